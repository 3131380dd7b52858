//! The whole window, as a person uses it: place, wire, change, undo, save,
//! reopen. Needs neither display nor GPU.
#![cfg(feature = "ui")]
#![expect(clippy::expect_used, reason = "a test stops where it fails")]

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use nephoscope::advice::compare::{Column, Comparison, compare};
use nephoscope::catalog::{Archetype, Catalog};
use nephoscope::design::generate::generate;
use nephoscope::design::{Design, LinkKind, NodeId};
use nephoscope::project;
use nephoscope::report::Problem;
use nephoscope::ui::chart::{CHARTS, Subject};
use nephoscope::ui::theme::Theme;
use nephoscope::ui::view::{DrawerTab, Measure};
use nephoscope::ui::{App, FrameLog};
use nephoscope::workspace::{Action, Topic, Workspace};

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

fn compared(design: &Design) -> Comparison {
    let catalog = Catalog::embedded().expect("the catalog is whole");
    compare(design, catalog, 1.0, &|| false).expect("nobody stopped it")
}

fn known_cost(column: &Column) -> String {
    let total = nephoscope::format::usd_per_month(column.total.value);
    let prefix = if column.complete { "" } else { "at least " };
    format!("{prefix}{total}")
}

/// The tab shows the providers that can run the design, with the numbers of
/// the comparison; choosing one shows the design there, unchanged.
#[test]
fn providers_are_compared_and_one_is_chosen() {
    let sample = project::sample("api-backend").expect("the sample is there");
    let expected = compared(&sample);
    let mut window = window(sample.clone());
    assert!(window.state().workspace().comparison().is_none());
    window.get_by_label("Compare").click();
    window.run();
    for column in &expected.providers {
        let (cost, word) = (known_cost(column), column.fidelity.label());
        window.get_by_label(&format!("Show {}, {cost}, fidelity {word}", column.name));
        window.get_by_label(&format!("{}, per month, {cost}", column.name));
    }
    let other = &expected.providers[1];
    window
        .get_by_label_contains(&format!("Show {},", other.name))
        .click();
    window.run();
    let workspace = window.state().workspace();
    assert_eq!(workspace.provider(), &other.provider);
    assert_eq!(workspace.report().cost.total.value, other.total.value);
    assert!(!workspace.is_dirty(), "looking is not editing");
    assert_eq!(design(&window), sample);
    let steps = window.run();
    assert!(steps <= 2, "{steps} frames without anything to do");
}

/// The menu of providers offers all of them, with whether they can run it.
#[test]
fn the_menu_of_providers_says_who_can_run_the_design() {
    let sample = project::sample("api-backend").expect("the sample is there");
    let expected = compared(&sample);
    let mut window = window(sample);
    let menu = centre(&window, "Provider");
    window.drag_at(menu);
    window.drop_at(menu);
    window.run();
    for column in &expected.providers[1..] {
        let word = column.fidelity.label();
        window.get_by_label(&format!("{}, {word}", column.name));
    }
    for excluded in &expected.excluded {
        window.get_by_label(&format!("{}, cannot run it", excluded.name));
    }
    let other = &expected.providers[1];
    let label = format!("{}, {}", other.name, other.fidelity.label());
    window.get_by_label(&label).click();
    window.run();
    assert_eq!(window.state().workspace().provider(), &other.provider);
}

/// An edit makes the comparison follow; a hidden tab computes nothing.
#[test]
fn the_comparison_follows_the_design_while_it_is_shown() {
    let sample = project::sample("api-backend").expect("the sample is there");
    let mut window = window(sample);
    window.state_mut().view_mut().drawer_tab = DrawerTab::Compare;
    window.run();
    let before = Arc::clone(window.state().workspace().comparison().expect("compared"));
    window.get_by_role_and_label(Role::Button, "Table").click();
    window.run();
    let workspace = window.state().workspace();
    let after = Arc::clone(workspace.comparison().expect("compared"));
    assert!(workspace.comparison_is_current());
    assert_eq!(*after, compared(&design(&window)));
    assert_ne!(
        after.providers[0].nodes.len(),
        before.providers[0].nodes.len()
    );
    window.state_mut().view_mut().drawer_tab = DrawerTab::Cost;
    window.run();
    press(&mut window, Modifiers::COMMAND, Key::Z);
    let workspace = window.state().workspace();
    assert!(!workspace.comparison_is_current() && !workspace.is_comparing());
}

/// A price of one's own changes the bill at once, says what it replaced, makes
/// the total lean on it, is saved, and is taken back by one undo.
#[test]
fn a_price_is_replaced_saved_and_taken_back() {
    let sample = project::sample("api-backend").expect("the sample is there");
    let mut window = window(sample.clone());
    let before = cost(&window);
    let line = {
        let report = window.state().workspace().report();
        let dearest = report
            .cost
            .lines
            .iter()
            .max_by(|a, b| a.exact.cmp(&b.exact));
        dearest.expect("something is billed").clone()
    };
    let view = window.state_mut().view_mut();
    view.selection.only_node(line.node.clone());
    window.run();
    let tabs = window
        .get_all_by_label("Cost")
        .map(|tab| tab.rect().center());
    let inspector = tabs.max_by(|a, b| a.x.total_cmp(&b.x)).expect("a tab");
    window.drag_at(inspector);
    window.drop_at(inspector);
    window.run();

    let mut figures = line.cost.sources.iter().map(|note| note.figure.clone());
    let figure = figures
        .rfind(|figure| figure.0.contains('@'))
        .expect("the line has a price");
    let field = format!("Price {figure}");
    enter(&mut window, Role::SpinButton, &field, "$500");
    let changed = design(&window);
    assert_eq!(changed.overrides[&figure].value, 500.0);
    assert!(cost(&window) > before * 2.0, "the bill follows at once");
    window.get_by_label_contains("yours, catalog says $");
    let badges = window.get_all_by_label_contains("leans on").count();
    assert_eq!(badges, 2, "in the inspector and in the status bar");

    let reason = format!("Reason for {figure}");
    enter(&mut window, Role::TextInput, &reason, "our contract");
    assert_eq!(design(&window).overrides[&figure].reason, "our contract");

    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("own.ron");
    press(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    let typed = path.to_string_lossy();
    enter(&mut window, Role::TextInput, "Path", &typed);
    let saved = project::open(&path).expect("the file is read again");
    assert_eq!(saved.design.overrides, design(&window).overrides);

    press(&mut window, Modifiers::COMMAND, Key::Z);
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!(cost(&window), before);
    assert_eq!(design(&window), sample, "value and reason were a step each");
}

/// Stepping goes through all findings in the order of the list, selects what
/// each is about, and starts over.
#[test]
fn keys_step_through_problems() {
    let mut window = window(project::sample("order-notification").expect("the sample is there"));
    let findings = Arc::clone(window.state().workspace().findings().expect("reviewed"));
    assert!(findings.len() > 1, "the sample has problems");
    let first_two = [0, 1].map(|index| findings[index].problem.clone());
    for key in [Key::Period, Key::Period, Key::Comma] {
        press(&mut window, Modifiers::NONE, key);
    }
    let selected = |window: &Window| {
        let selection = &window.state().view().selection;
        let link = selection.links.first().cloned();
        (selection.nodes.first().cloned(), link)
    };
    let place = |problem: &Problem| match &problem.node {
        Some(node) => (Some(node.clone()), None),
        None => (None, problem.link.clone()),
    };
    assert_eq!(selected(&window), place(&first_two[0]));
    press(&mut window, Modifiers::NONE, Key::Period);
    assert_eq!(selected(&window), place(&first_two[1]));
    for _ in 1..findings.len() {
        press(&mut window, Modifiers::NONE, Key::Period);
    }
    assert_eq!(selected(&window), place(&first_two[0]), "it starts over");
}

/// A remedy is tried, taken back, and made; what it does is measured.
#[test]
fn a_remedy_is_previewed_and_made() {
    let mut window = window(project::sample("order-notification").expect("the sample is there"));
    let before = design(&window);
    let findings = Arc::clone(window.state().workspace().findings().expect("reviewed"));
    let is_alone = |what: &str| findings.iter().filter(|f| f.problem.what == what).count() == 1;
    let at = findings
        .iter()
        .position(|finding| finding.effect.is_some() && is_alone(&finding.problem.what))
        .expect("a remedy that is an edit");
    for _ in 0..=at {
        press(&mut window, Modifiers::NONE, Key::Period);
    }
    let what = &findings[at].problem.what;
    window.get_by_label(&format!("Preview: {what}")).click();
    window.run();
    let workspace = window.state().workspace();
    assert!(!Arc::ptr_eq(workspace.shown(), workspace.design()));
    assert_eq!(design(&window), before, "trying is not editing");
    window.get_by_label(&format!("End preview: {what}")).click();
    window.run();
    let workspace = window.state().workspace();
    assert!(Arc::ptr_eq(workspace.shown(), workspace.design()));
    window.get_by_label(&format!("Fix: {what}")).click();
    window.run();
    assert_ne!(design(&window), before);
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!(design(&window), before);
}

/// A problem is ignored for a reason, which is kept in the design.
#[test]
fn a_problem_is_ignored_with_a_reason() {
    let mut window = window(project::sample("order-notification").expect("the sample is there"));
    let findings = Arc::clone(window.state().workspace().findings().expect("reviewed"));
    let is_alone = |what: &str| findings.iter().filter(|f| f.problem.what == what).count() == 1;
    let at = findings
        .iter()
        .position(|finding| is_alone(&finding.problem.what))
        .expect("a problem with words of its own");
    for _ in 0..=at {
        press(&mut window, Modifiers::NONE, Key::Period);
    }
    let finding = &findings[at];
    let ignore = format!("Ignore…: {}", finding.problem.what);
    window.get_by_label(&ignore).click();
    window.run();
    let role = Role::TextInput;
    window
        .get_by_role_and_label(role, "Reason for ignoring")
        .type_text("We can live with it");
    window.run();
    window.get_by_label("Ignore here").click();
    window.run();
    let ignored = design(&window).ignored;
    assert_eq!(ignored[&finding.key], "We can live with it");
    let now = Arc::clone(window.state().workspace().findings().expect("reviewed"));
    let found = now.iter().find(|other| other.key == finding.key);
    assert!(found.is_some_and(|other| other.ignored.is_some()));
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert!(design(&window).ignored.is_empty());
}

/// Each lens has a key and a button, and cards say what it says.
#[test]
fn lenses_have_keys_and_buttons() {
    let mut window = window(project::sample("api-backend").expect("the sample is there"));
    let keys = [
        (Modifiers::NONE, Key::L, Measure::Latency),
        (Modifiers::SHIFT, Key::Num4, Measure::Cost),
        (Modifiers::NONE, Key::U, Measure::Utilisation),
        (Modifiers::NONE, Key::C, Measure::Cold),
        (Modifiers::NONE, Key::R, Measure::Risk),
        (Modifiers::NONE, Key::Num0, Measure::Usual),
    ];
    for (modifiers, key, measure) in keys {
        press(&mut window, modifiers, key);
        assert_eq!(window.state().view().measure, measure);
        let said = format!("{} lens: ", measure.label());
        let cards = window.query_all_by_label_contains(&said).count();
        assert_eq!(cards > 0, measure != Measure::Usual, "{measure:?}");
    }
    for (measure, kind) in Measure::ALL {
        window.get_by_label(kind.label()).click();
        window.run();
        assert_eq!(window.state().view().measure, measure);
    }
}

/// The inspector says why: what a trigger waits for, with a way there.
#[test]
fn the_inspector_says_why() {
    let sample = project::sample("api-backend").expect("the sample is there");
    let mut window = window(sample);
    let report = Arc::clone(window.state().workspace().report());
    let trigger = &report.triggers[0];
    let view = window.state_mut().view_mut();
    view.selection.only_node(trigger.node.clone());
    window.run();
    window.get_by_label("Why").click();
    window.run();
    window.get_by_label_contains("Response time, mean");
    let stage = trigger
        .stages
        .iter()
        .filter(|stage| stage.node != trigger.node)
        .max_by(|a, b| a.own_mean.total_cmp(&b.own_mean))
        .expect("something is waited for");
    let label = &report.nodes[&stage.node].label;
    let time = nephoscope::format::millis(stage.own_mean);
    window
        .get_by_label_contains(&format!("{label}: {time}, "))
        .click();
    window.run();
    let selected = &window.state().view().selection.nodes;
    assert!(selected.contains(&stage.node), "{selected:?}");
}

/// Every tab of the drawer opens, and charts can be read as tables.
#[test]
fn charts_can_be_read_as_tables() {
    let mut window = window(project::sample("api-backend").expect("the sample is there"));
    for tab in ["Latency", "Load", "Sweep", "Risk"] {
        window.get_all_by_label(tab).next().expect("a tab").click();
        window.run();
    }
    window.state_mut().view_mut().drawer_tab = DrawerTab::Latency;
    window.run();
    window.get_by_label("Charts as tables").click();
    window.run();
    window.get_by_label("Begins at");
    window.get_all_by_label("p99").next().expect("a row");
}

/// Every chart draws itself for every sample, in both themes, and has a table;
/// or it says what is missing.
#[test]
fn every_chart_draws_every_sample() {
    let catalog = Arc::new(Catalog::embedded().expect("the catalog is whole").clone());
    for sample in project::samples() {
        let design = project::sample(&sample.name).expect("the sample is there");
        let mut workspace = Workspace::new(Arc::clone(&catalog), design, None);
        let function = workspace.report().nodes.iter();
        let mut function = function
            .filter(|(_, node)| node.archetype == Archetype::Function)
            .map(|(id, _)| id.clone());
        if let Some(node) = function.next_back() {
            workspace.perform(Action::Want(Topic::Memory(node)));
        }
        workspace.perform(Action::Want(Topic::Uncertainty));
        workspace.perform(Action::Want(Topic::Front));
        workspace.settle();
        let subject = Subject {
            design: workspace.design(),
            report: workspace.report(),
            sweep: workspace.sweep().map(Arc::as_ref),
            sizes: workspace.studies().memory.answer().map(Arc::as_ref),
            uncertainty: workspace.studies().uncertainty.answer().map(Arc::as_ref),
            front: workspace.studies().front.answer().map(Arc::as_ref),
            trigger: None,
            node: None,
        };
        for chart in CHARTS {
            let name = format!("{} of {}", chart.name(), sample.name);
            let picture = match chart.picture(&subject) {
                Ok(picture) => picture,
                Err(missing) => {
                    assert!(missing.ends_with('.'), "{name}: {missing}");
                    continue;
                }
            };
            for theme in [Theme::dark(), Theme::light()] {
                let drawn = picture.svg(&theme, Vec2::new(520.0, 220.0));
                assert!(drawn.is_ok(), "{name}: {:?}", drawn.err());
            }
            let table = picture.table();
            assert!(!table.rows.is_empty(), "{name}");
            let is_whole = |row: &Vec<String>| row.len() == table.columns.len();
            assert!(table.rows.iter().all(is_whole), "{name}");
        }
    }
}

/// While the traffic of a large design is dragged, no frame waits for an
/// analysis; reports come in meanwhile, each of one state; the log says so.
#[test]
fn a_drag_on_a_large_design_waits_for_no_analysis() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("frames.csv");
    let file = std::fs::File::create(&path).expect("a file for the log");
    let log = FrameLog::new(file).expect("a log");
    let catalog = Catalog::embedded().expect("the catalog is whole").clone();
    let workspace = Workspace::new(Arc::new(catalog), generate(200, 1), None);
    let mut window = Harness::builder()
        .with_size([1_440.0, 900.0])
        .build_ui_state(
            |ui, app: &mut App| {
                app.poll(ui.ctx());
                app.frame_ui(ui);
            },
            App::new(workspace).with_log(Some(log)),
        );
    window.run_steps(4);
    let rail = window.get_by_role_and_label(Role::Slider, "Traffic").rect();
    window.drag_at(rail.center());
    window.run_steps(1);
    let before = window.state().workspace().reports();
    let (mut frames, mut was_pending) = (0_u16, false);
    while window.state().workspace().reports() < before + 3 {
        frames += 1;
        assert!(frames < 20_000, "the drag shows no progress");
        let share = f32::from(frames % 100) / 100.0;
        let at = egui::lerp(rail.x_range(), 0.3 + 0.4 * share);
        window.hover_at(Pos2::new(at, rail.center().y));
        window.run_steps(1);
        was_pending |= !window.state().workspace().report_is_current();
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    assert!(was_pending);
    window.drop_at(rail.center());
    window.run_steps(2);
    window.state_mut().settle();
    window.run_steps(1);
    let workspace = window.state().workspace();
    assert!(workspace.report_is_current());
    let options = nephoscope::report::Options {
        traffic: workspace.traffic(),
        ..Default::default()
    };
    let alone = nephoscope::report::build(workspace.design(), workspace.catalog(), &options);
    assert_eq!(workspace.report().cost, alone.cost);
    let text = std::fs::read_to_string(&path).expect("the log");
    let asked: Vec<&str> = text
        .lines()
        .filter(|line| line.contains(",traffic,"))
        .collect();
    assert!(asked.len() > 2, "{text}");
    for line in asked {
        assert!(line.contains(",traffic,background,"), "{line}");
    }
}
