//! The whole window, as a person uses it: place, wire, change, undo, save,
//! reopen. Needs neither display nor GPU.
#![cfg(feature = "ui")]
#![expect(clippy::expect_used, reason = "a test stops where it fails")]

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use nephoscope::catalog::Catalog;
use nephoscope::design::{Design, LinkKind, NodeId};
use nephoscope::project;
use nephoscope::ui::App;
use nephoscope::workspace::Workspace;

type Window = Harness<'static, App>;

fn window(design: Design) -> Window {
    let catalog = Catalog::embedded().expect("the catalog is whole").clone();
    let workspace = Workspace::new(Arc::new(catalog), design, None);
    let mut window = Harness::builder()
        .with_size([1_440.0, 900.0])
        .with_max_steps(12)
        .build_ui_state(
            |ui, app: &mut App| {
                app.settle();
                app.frame_ui(ui);
            },
            App::new(workspace),
        );
    window.run();
    window
}

fn cost(window: &Window) -> f64 {
    window.state().workspace().report().cost.total.value
}

fn design(window: &Window) -> Design {
    Design::clone(window.state().workspace().design())
}

fn centre(window: &Window, label: &str) -> Pos2 {
    window.get_by_label(label).rect().center()
}

fn drag(window: &mut Window, from: Pos2, to: Pos2) {
    window.hover_at(from);
    window.run_steps(1);
    window.drag_at(from);
    window.run_steps(1);
    for step in 1..=4_u8 {
        window.hover_at(from + (to - from) * (f32::from(step) / 4.0));
        window.run_steps(1);
    }
    window.drop_at(to);
    window.run();
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run();
}

fn enter(window: &mut Window, role: Role, label: &str, text: &str) {
    window.get_by_role_and_label(role, label).click();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.get_by_role_and_label(role, label).type_text(text);
    window.run();
    window.key_press(Key::Enter);
    window.run();
}

/// Places two nodes, wires them and changes the memory; what the canvas shows
/// and what the design costs follow each step, and undo takes each back.
#[test]
fn place_wire_change_undo_save_reopen() {
    let mut empty = Design::default();
    empty.environment.free_tier = false; // So that small traffic costs too.
    let mut window = window(empty.clone());
    assert_eq!(cost(&window), 0.0);

    window
        .get_by_role_and_label(Role::Button, "Trigger")
        .click();
    window.run();
    window
        .get_by_role_and_label(Role::Button, "Function")
        .click();
    window.run();
    assert_eq!(design(&window).nodes.len(), 2);
    let (trigger, function) = (NodeId::from("trigger"), NodeId::from("function"));
    assert!(design(&window).nodes.contains_key(&trigger));
    let unwired = cost(&window);

    // Apart from each other, so that the ports are free.
    let card = window.get_by_label_contains("Function function").rect();
    drag(
        &mut window,
        card.center(),
        card.center() + Vec2::new(280.0, 0.0),
    );
    let from = centre(&window, "trigger sends");
    let to = centre(&window, "function receives");
    drag(&mut window, from, to);
    let wired = design(&window);
    let link = wired.links.values().next().expect("a wire was drawn");
    assert_eq!(
        (&link.from, &link.to, link.kind),
        (&trigger, &function, LinkKind::Request)
    );
    let wired_cost = cost(&window);
    assert!(wired_cost > unwired, "{wired_cost} against {unwired}");
    window.get_by_label("trigger calls function");

    window.get_by_label_contains("Function function").click();
    window.run();
    enter(&mut window, Role::SpinButton, "Memory", "4GB");
    let changed = design(&window);
    let memory = |design: &Design| match &design.nodes[&function].settings {
        nephoscope::design::Settings::Function(function) => function.memory().0,
        _ => 0.0,
    };
    assert_eq!(memory(&changed), 4_096.0);
    assert!(
        (cost(&window) - wired_cost).abs() > 0.01,
        "the cost follows the memory"
    );
    window.get_by_label_contains("Function function, 4 GB");

    // Memory, wire, move, two nodes.
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!(memory(&design(&window)), 512.0);
    assert_eq!(cost(&window), wired_cost);
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert!(design(&window).links.is_empty());
    assert_eq!(cost(&window), unwired);
    for _ in 0..3 {
        press(&mut window, Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(design(&window), empty);
    assert!(
        window
            .query_by_label_contains("Function function")
            .is_none()
    );
    assert_eq!(cost(&window), 0.0);

    for _ in 0..5 {
        press(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    }
    assert_eq!(design(&window), changed);

    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("shop.ron");
    press(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    enter(
        &mut window,
        Role::TextInput,
        "Path",
        &path.to_string_lossy(),
    );
    assert!(path.exists(), "the file was written");
    assert!(!window.state().workspace().is_dirty());
    let reopened = project::open(&path).expect("the file is read again");
    assert!(reopened.problems.is_empty(), "{:?}", reopened.problems);
    assert_eq!(reopened.design.nodes, changed.nodes);
    assert_eq!(reopened.design.links, changed.links);
    assert_eq!(reopened.design.layout, changed.layout);
}

/// The same numbers stand in the window and in the report that the command
/// line prints.
#[test]
fn the_window_shows_the_numbers_of_the_report() {
    let window = window(project::sample("order-notification").expect("the sample is there"));
    let report = Arc::clone(window.state().workspace().report());
    let total = nephoscope::format::usd_per_month(report.cost.total.value);
    let found = window.get_all_by_label_contains(&total).count();
    assert!(found > 0, "{total} stands nowhere in the window");
}

/// Nothing asks for another frame once everything is drawn.
#[test]
fn a_window_at_rest_draws_nothing() {
    let mut window = window(project::sample("api-backend").expect("the sample is there"));
    window.run();
    let steps = window.run();
    assert!(steps <= 2, "{steps} frames without anything to do");
}
