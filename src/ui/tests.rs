//! The window as a person uses it: buttons found by their names, pressed.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::app::App;
use super::demo;
use super::panel::inspector::Tab;
use super::panel::left::LeftTab;
use super::screenshot::{Picture, photograph, screenshot};
use super::view::DrawerTab;
use crate::catalog::Archetype;
use crate::design::param::Parameters;
use crate::design::{Command, Node, NodeId, Settings, Value};
use crate::workspace::{Action, Workspace};

fn harness(app: App) -> Harness<'static, App> {
    Harness::builder()
        .with_size([1_440.0, 1_000.0])
        .with_max_steps(12)
        .build_ui_state(
            |ui, app: &mut App| {
                app.settle();
                app.frame_ui(ui);
            },
            app,
        )
}

fn shop(selected: Option<&str>) -> Harness<'static, App> {
    let mut app = App::new(demo::workspace());
    if let Some(id) = selected {
        app.view_mut().selection.only_node(id.into());
    }
    let mut harness = harness(app);
    harness.run();
    harness
}

fn memory(harness: &Harness<'_, App>) -> Option<Value> {
    let node = &harness.state().workspace().design().nodes[&NodeId::from("checkout")];
    node.settings.effective("memory")
}

/// Types into a number and presses Enter.
fn enter(harness: &mut Harness<'_, App>, label: &str, text: &str) {
    harness
        .get_by_role_and_label(Role::SpinButton, label)
        .click();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness
        .get_by_role_and_label(Role::SpinButton, label)
        .type_text(text);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
}

#[test]
fn memory_is_changed_in_the_inspector_and_undone() {
    let mut harness = shop(Some("checkout"));
    enter(&mut harness, "Memory", "2GB");
    assert_eq!(memory(&harness), Some(Value::Number(2_048.0)));
    assert!(harness.state().workspace().is_dirty());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(memory(&harness), Some(Value::Number(1_024.0)));
    assert_eq!(harness.state().workspace().editor().undo_label(), None);
}

#[test]
fn a_number_out_of_range_is_refused_with_the_range() {
    let mut harness = shop(Some("checkout"));
    enter(&mut harness, "Memory", "1");
    assert_eq!(memory(&harness), Some(Value::Number(1_024.0)));
    harness.get_by_label("Memory takes 64 MB to 32 GB.");
}

#[test]
fn dragging_previews_and_letting_go_is_one_step() {
    let mut harness = shop(Some("checkout"));
    let start = harness
        .get_by_role_and_label(Role::SpinButton, "Memory")
        .rect()
        .center();
    harness.drag_at(start);
    harness.run_steps(1);
    for step in 1..=8_u8 {
        harness.hover_at(start + egui::vec2(f32::from(step) * 8.0, 0.0));
        harness.run_steps(1);
    }
    let shown = harness.state().workspace().shown().nodes[&NodeId::from("checkout")]
        .settings
        .effective("memory");
    assert_ne!(
        shown,
        Some(Value::Number(1_024.0)),
        "the preview shows the dragged value"
    );
    assert_eq!(
        memory(&harness),
        Some(Value::Number(1_024.0)),
        "the design waits"
    );
    harness.drop_at(start + egui::vec2(64.0, 0.0));
    harness.run();
    assert_eq!(memory(&harness), shown);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(
        memory(&harness),
        Some(Value::Number(1_024.0)),
        "one undo takes it all back"
    );
}

#[test]
fn the_marker_returns_to_the_default() {
    let mut harness = shop(Some("checkout"));
    harness.get_by_label("Reset Memory").click();
    harness.run();
    assert_eq!(memory(&harness), Some(Value::Number(512.0)));
}

#[test]
fn every_number_has_a_name() {
    let kinds = ["orders-client", "api", "checkout", "orders", "mail"];
    for id in kinds {
        let harness = shop(Some(id));
        for node in harness.get_all_by_role(Role::SpinButton) {
            let label = node.accesskit_node().label();
            assert!(
                label.is_some_and(|label| !label.is_empty()),
                "{id}: {node:?}"
            );
        }
    }
    let mut harness = shop(None);
    harness.get_by_role_and_label(Role::Slider, "Traffic");
    harness.get_by_role_and_label(Role::SpinButton, "Budget per month");
    harness.run();
}

#[test]
fn several_nodes_are_edited_at_once() {
    let mut app = App::new(demo::workspace());
    app.view_mut()
        .selection
        .nodes
        .extend(["orders".into(), "mail".into(), "checkout".into()]);
    let mut harness = harness(app);
    harness.run();
    harness.get_by_label("3 nodes");
    harness.get_by_label("These nodes have no setting in common.");
}

#[test]
fn a_fix_is_one_click() {
    let mut harness = shop(None);
    harness.get_by_label("1 warning").click();
    harness.run();
    let what = "Checkout works at 91 % of its reserved concurrency.";
    harness.get_by_label(&format!("Fix: {what}")).click();
    harness.run();
    let checkout = &harness.state().workspace().design().nodes[&NodeId::from("checkout")];
    assert_eq!(
        checkout.settings.effective("reserved"),
        Some(Value::Number(50.0))
    );
}

#[test]
fn the_palette_adds_and_selects() {
    let mut harness = shop(None);
    harness.get_by_role_and_label(Role::Button, "Cache").click();
    harness.run();
    let id = NodeId::from("cache");
    assert!(harness.state().workspace().design().nodes.contains_key(&id));
    assert!(harness.state().view().selection.nodes.contains(&id));
}

#[test]
fn traffic_and_provider_do_not_touch_the_design() {
    let mut harness = shop(None);
    let slider = harness
        .get_by_role_and_label(Role::Slider, "Traffic")
        .rect();
    harness.drag_at(slider.center());
    harness.run_steps(1);
    harness.drop_at(slider.center());
    harness.run_steps(2);
    assert!(harness.state().workspace().traffic() > 1.0);
    assert!(!harness.state().workspace().is_dirty());
    harness.get_by_label("Set as traffic");
}

#[test]
fn unsaved_changes_are_asked_about() {
    let mut harness = shop(None);
    harness.get_by_role_and_label(Role::Button, "Cache").click();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::N);
    harness.run();
    harness.get_by_label("Cancel").click();
    harness.run();
    assert_eq!(harness.state().workspace().design().nodes.len(), 6);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::N);
    harness.run();
    harness.get_by_label("Discard changes").click();
    harness.run();
    assert!(harness.state().workspace().design().nodes.is_empty());
}

#[test]
fn a_path_can_always_be_typed() {
    let mut harness = shop(None);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Path");
    harness.key_press(Key::Escape);
    harness.run();
    assert!(
        harness
            .query_by_role_and_label(Role::TextInput, "Path")
            .is_none()
    );
}

#[test]
fn numbers_explain_themselves() {
    let mut harness = shop(None);
    harness.get_by_label("p99 214 ms").hover();
    harness.run_steps(6);
    harness.get_by_label_contains("gateway 11 ms + checkout 34 ms");
    harness.get_by_label_contains("Cold start measurements, read 2026-05-04, grade B");
    harness.get_by_label_contains("Grade B: derived");
}

#[test]
fn mixed_values_become_one() {
    let mut app = App::new(demo::workspace());
    let add = |id: &str, memory: f64| {
        let mut node = Node::new(Settings::default_of(Archetype::Function));
        let value = Some(Value::Number(memory));
        node.settings.set("memory", value).unwrap();
        Command::AddNode {
            id: id.into(),
            node,
            at: [0.0, 300.0],
        }
    };
    app.perform_now(Action::Edit(vec![add("one", 256.0), add("two", 768.0)]));
    app.view_mut()
        .selection
        .nodes
        .extend(["one".into(), "two".into()]);
    let mut harness = harness(app);
    harness.run();
    let shown = harness
        .get_by_role_and_label(Role::SpinButton, "Memory")
        .value();
    assert_eq!(shown.as_deref(), Some("mixed"));
    enter(&mut harness, "Memory", "1GB");
    let nodes = &harness.state().workspace().design().nodes;
    for id in ["one", "two"] {
        let memory = nodes[&NodeId::from(id)].settings.effective("memory");
        assert_eq!(memory, Some(Value::Number(1_024.0)), "{id}");
    }
}

#[test]
fn the_sheet_lists_every_action() {
    let mut harness = shop(None);
    harness.key_press(Key::Questionmark);
    harness.run();
    for kind in crate::workspace::ActionKind::ALL {
        assert!(
            harness.query_all_by_label(kind.label()).next().is_some(),
            "{kind:?}"
        );
    }
}

#[test]
fn pictures_have_the_size_that_was_asked_for() {
    let picture = Picture {
        size: [640.0, 400.0],
        pixels_per_point: 2.0,
        ..Picture::default()
    };
    let png = screenshot(demo::workspace(), &picture).unwrap();
    let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((side(16), side(20)), (1_280, 800));
    let picture = Picture {
        size: [f32::NAN, 400.0],
        ..Picture::default()
    };
    assert!(screenshot(demo::workspace(), &picture).is_err());
}

/// Pictures to look at, written to the folder in `PICTURES`.
#[test]
#[ignore = "writes pictures for people to look at"]
fn pictures_to_look_at() {
    let folder = std::env::var("PICTURES").unwrap();
    let take = |name: &str, workspace, picture: &Picture| {
        let png = screenshot(workspace, picture).unwrap();
        std::fs::write(format!("{folder}/{name}.png"), png).unwrap();
    };
    let icon = super::icon::icon(128).to_png().unwrap();
    std::fs::write(format!("{folder}/icon.png"), icon).unwrap();
    let catalog = std::sync::Arc::new(crate::catalog::Catalog::embedded().unwrap().clone());
    for sample in crate::project::samples() {
        let design = crate::project::sample(&sample.name).unwrap();
        let workspace = Workspace::new(catalog.clone(), design, None);
        take(
            &format!("sample-{}", sample.name),
            workspace,
            &Picture::default(),
        );
    }
    for (dark, theme) in [(true, "dark"), (false, "light")] {
        let small = Picture {
            size: [1_280.0, 800.0],
            dark,
            ..Picture::default()
        };
        take(&format!("design-{theme}"), demo::workspace(), &small);
        let node = Picture {
            selected: Some("checkout".into()),
            tab: DrawerTab::Latency,
            ..small.clone()
        };
        take(&format!("node-{theme}"), demo::workspace(), &node);
        let trigger = Picture {
            selected: Some("orders-client".into()),
            tab: DrawerTab::Load,
            ..small.clone()
        };
        take(&format!("trigger-{theme}"), demo::workspace(), &trigger);
        let lines = Picture {
            tab: DrawerTab::Lines,
            ..small.clone()
        };
        take(&format!("lines-{theme}"), demo::workspace(), &lines);
        take(&format!("empty-{theme}"), demo::empty_workspace(), &small);
        let large = Picture {
            size: [2_560.0, 1_440.0],
            dark,
            ..Picture::default()
        };
        take(&format!("large-{theme}"), demo::workspace(), &large);
        let pose = |name: &str, change: &dyn Fn(&mut App)| {
            let mut app = App::new(demo::workspace());
            app.pose(&small);
            change(&mut app);
            let image = photograph(&mut app, egui::Vec2::from(small.size), 1.0);
            std::fs::write(
                format!("{folder}/{name}-{theme}.png"),
                image.to_png().unwrap(),
            )
            .unwrap();
        };
        pose("problems", &|app| {
            app.panels_mut().left = LeftTab::Problems;
            app.panels_mut().inspector = Tab::Cost;
            app.view_mut().selection.only_node("checkout".into());
        });
        pose("limits", &|app| {
            app.panels_mut().inspector = Tab::Limits;
            app.view_mut().selection.only_node("checkout".into());
        });
        pose("link", &|app| {
            app.view_mut().selection.only_link("checkout->mail".into());
        });
        pose("sheet", &|app| app.view_mut().shortcuts_open = true);
        pose("runaway", &|app| {
            let mut report = demo::report();
            report.runaways.push(demo::runaway());
            report.cost.complete = false;
            let results = (demo::catalog(), demo::design(), report, Some(demo::sweep()));
            let workspace = Workspace::with_results(results.0, results.1, results.2, results.3);
            let view = app.view().clone();
            *app = App::new(workspace);
            *app.view_mut() = view;
            app.panels_mut().left = LeftTab::Problems;
            let bad = Action::Open("/no/such/file.ron".into());
            app.perform_now(bad);
        });
        let sample = || {
            let design = crate::project::sample("api-backend").unwrap();
            let figure =
                crate::catalog::FigureId("aws.api-gateway-http/requests@us-east-1".to_owned());
            let value = Some(crate::design::Override {
                value: 0.8,
                reason: "Our contract".to_owned(),
            });
            let own = Command::SetOverride { figure, value };
            let mut workspace = Workspace::new(catalog.clone(), design, None);
            workspace.perform(Action::Edit(vec![own]));
            workspace
        };
        for (name, picture) in [("small", &small), ("wide", &large)] {
            let compare = Picture {
                tab: DrawerTab::Compare,
                ..picture.clone()
            };
            take(&format!("compare-{name}-{theme}"), sample(), &compare);
        }
        pose("prices", &|app| {
            let view = app.view().clone();
            *app = App::new(sample());
            *app.view_mut() = view;
            app.panels_mut().inspector = Tab::Cost;
            app.view_mut().selection.only_node("front-door".into());
        });
        let sharp = Picture {
            pixels_per_point: 2.0,
            ..node
        };
        take(&format!("sharp-{theme}"), demo::workspace(), &sharp);
    }
}
