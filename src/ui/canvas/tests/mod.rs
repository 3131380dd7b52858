//! The canvas under a robot's hands, without a window or a driver.

mod editing;
mod picture;

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Key, Modifiers, Pos2, Vec2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::Canvas;
use crate::catalog::{Archetype, Catalog};
use crate::design::{Design, Link, LinkId, LinkKind, LinkSettings, Node, NodeId, Settings};
use crate::ui::view::{Camera, View};
use crate::workspace::{Action, Workspace};

/// A window with nothing but the canvas.
struct App {
    canvas: Canvas,
    workspace: Workspace,
    view: View,
    steps: usize,
}

impl App {
    fn ui(&mut self, ui: &mut egui::Ui) {
        let mut actions = Vec::new();
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Z)) {
            actions.push(Action::Undo);
        }
        actions.extend(self.canvas.ui(ui, &self.workspace, &mut self.view));
        for action in actions {
            self.steps += usize::from(matches!(action, Action::Edit(_)));
            self.workspace.perform(action);
        }
    }

    fn design(&self) -> &Design {
        self.workspace.design()
    }

    fn at(&self, id: &str) -> Pos2 {
        Pos2::from(self.design().layout.positions[&NodeId::from(id)])
    }
}

fn empty_catalog() -> Arc<Catalog> {
    Arc::new(Catalog {
        providers: BTreeMap::new(),
        services: BTreeMap::new(),
    })
}

/// A design from rows of id, kind and place, and rows of sender, receiver and
/// kind.
fn design(nodes: &[(&str, Archetype, [f32; 2])], links: &[(&str, &str, LinkKind)]) -> Design {
    let mut design = Design::default();
    for (id, archetype, at) in nodes {
        let id = NodeId::from(*id);
        let node = Node::new(Settings::default_of(*archetype));
        design.nodes.insert(id.clone(), node);
        design.layout.positions.insert(id, *at);
    }
    for (from, to, kind) in links {
        let mut id = format!("{from}->{to}");
        while design.links.contains_key(id.as_str()) {
            id.push_str("-2");
        }
        let link = Link {
            from: NodeId::from(*from),
            to: NodeId::from(*to),
            kind: *kind,
            settings: LinkSettings::default(),
            carrier: None,
        };
        design.links.insert(LinkId(id), link);
    }
    design
}

/// Trigger, function and table in a row, one wire; 100 %, origin in the middle.
fn trio() -> Design {
    design(
        &[
            ("orders", Archetype::Trigger, [-280.0, 0.0]),
            ("checkout", Archetype::Function, [0.0, 0.0]),
            ("carts", Archetype::Table, [280.0, 0.0]),
        ],
        &[("orders", "checkout", LinkKind::Request)],
    )
}

const SIZE: Vec2 = vec2(1_000.0, 600.0);

fn app(design: Design) -> Harness<'static, App> {
    let view = View {
        fit: None,
        camera: Camera::default(),
        ..View::default()
    };
    let app = App {
        canvas: Canvas::default(),
        workspace: Workspace::new(empty_catalog(), design, None),
        view,
        steps: 0,
    };
    let mut harness = Harness::builder()
        .with_size(SIZE)
        .with_step_dt(0.05)
        .with_max_steps(40)
        .build_ui_state(|ui, app: &mut App| app.ui(ui), app);
    harness.run();
    harness
}

/// Where a canvas point appears at 100 %.
fn screen(harness: &Harness<'_, App>, at: Pos2) -> Pos2 {
    let app = harness.state();
    app.canvas.lens(&app.view).to_screen(at)
}

fn drag(harness: &mut Harness<'_, App>, from: Pos2, to: Pos2, modifiers: Modifiers) {
    let event = |pressed, pos| egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers,
    };
    harness.event(egui::Event::ModifiersChanged(modifiers));
    harness.hover_at(from);
    harness.run_steps(1);
    harness.event(event(true, from));
    harness.run_steps(1);
    for share in [0.3, 0.7, 1.0] {
        harness.hover_at(from.lerp(to, share));
        harness.run_steps(1);
    }
    harness.event(event(false, to));
    harness.run_steps(1);
    harness.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    harness.run();
}

fn click(harness: &mut Harness<'_, App>, at: Pos2, times: usize, modifiers: Modifiers) {
    harness.event(egui::Event::ModifiersChanged(modifiers));
    harness.hover_at(at);
    harness.run_steps(1);
    for _ in 0..times {
        for pressed in [true, false] {
            harness.event(egui::Event::PointerButton {
                pos: at,
                button: egui::PointerButton::Primary,
                pressed,
                modifiers,
            });
            harness.run_steps(1);
        }
    }
    harness.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    harness.run();
}

fn selected(harness: &Harness<'_, App>) -> Vec<String> {
    let nodes = &harness.state().view.selection.nodes;
    nodes.iter().map(ToString::to_string).collect()
}

#[test]
fn two_nodes_are_placed_and_wired_from_port_to_port() {
    let mut harness = app(Design::default());
    harness.get_by_label("Double-click to add a trigger");
    for (at, search) in [(pos2(250.0, 300.0), "trig"), (pos2(700.0, 300.0), "func")] {
        click(&mut harness, at, 2, Modifiers::NONE);
        let popup = harness.state().view.quick_add.as_ref();
        assert!(popup.is_some(), "double-click opens quick-add");
        harness
            .get_by_role(egui::accesskit::Role::TextInput)
            .type_text(search);
        harness.run();
        harness.key_press(Key::Enter);
        harness.run();
    }
    assert_eq!(harness.state().design().nodes.len(), 2);
    assert_eq!(selected(&harness), ["function"]);
    assert_eq!(harness.state().at("trigger"), pos2(-248.0, 0.0));

    let from = harness.get_by_label("trigger sends").rect().center();
    let to = harness.get_by_label("function receives").rect().center();
    drag(&mut harness, from, to, Modifiers::NONE);
    let links = &harness.state().design().links;
    assert_eq!(links.len(), 1);
    let link = &links[&LinkId::from("trigger->function")];
    assert_eq!(link.kind, LinkKind::Request);
    harness.get_by_label("trigger calls function");
    assert_eq!(harness.state().steps, 3);
}

#[test]
fn a_wire_may_be_dropped_anywhere_on_a_card_and_drawn_backwards() {
    let mut harness = app(trio());
    let from = harness.get_by_label("carts receives").rect().center();
    let to = screen(&harness, pos2(20.0, 10.0));
    drag(&mut harness, from, to, Modifiers::NONE);
    let link = harness
        .state()
        .design()
        .links
        .get("checkout->carts")
        .cloned();
    assert_eq!(link.map(|link| link.kind), Some(LinkKind::Read));
}

#[test]
fn a_refused_pair_says_why() {
    let mut harness = app(trio());
    let from = harness.get_by_label("checkout sends").rect().center();
    let onto = screen(&harness, pos2(-280.0, 10.0));
    harness.hover_at(from);
    harness.run_steps(1);
    harness.drag_at(from);
    harness.run_steps(1);
    harness.hover_at(onto);
    harness.run_steps(2);
    harness.get_by_label_contains("triggers only send");
    harness.drop_at(onto);
    harness.run();
    assert_eq!(harness.state().design().links.len(), 1);
    assert!(
        harness
            .query_by_label_contains("triggers only send")
            .is_none()
    );
}

#[test]
fn a_wire_dropped_in_the_open_asks_for_what_fits() {
    let mut harness = app(trio());
    let from = harness.get_by_label("checkout sends").rect().center();
    let to = screen(&harness, pos2(120.0, 180.0));
    drag(&mut harness, from, to, Modifiers::NONE);
    assert!(
        harness.query_by_label("Trigger").is_none(),
        "nothing calls a trigger"
    );
    harness
        .get_by_role(egui::accesskit::Role::TextInput)
        .type_text("queue");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let design = harness.state().design();
    assert_eq!(design.links["checkout->queue"].kind, LinkKind::Publish);
    // Its port is where the wire was dropped.
    assert_eq!(harness.state().at("queue"), pos2(216.0, 184.0));
    assert_eq!(harness.state().steps, 1);
}

#[test]
fn quick_add_is_steered_by_keys_and_closed_by_escape() {
    let mut harness = app(trio());
    harness.key_press(Key::Tab);
    harness.run();
    harness.get_by_label("Trigger");
    for _ in 0..2 {
        harness.key_press(Key::ArrowDown);
        harness.run();
    }
    assert_eq!(
        harness
            .state()
            .view
            .quick_add
            .as_ref()
            .map(|popup| popup.row),
        Some(2)
    );
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.state().view.quick_add.is_none());
    assert_eq!(harness.state().steps, 0);
}

#[test]
fn a_notch_of_the_wheel_zooms_at_the_pointer_and_two_fingers_pan() {
    let mut harness = app(trio());
    let pointer = pos2(800.0, 200.0);
    let wheel = |unit, delta, modifiers| egui::Event::MouseWheel {
        unit,
        delta,
        phase: egui::TouchPhase::Move,
        modifiers,
    };
    let under = |harness: &Harness<'_, App>| {
        let app = harness.state();
        app.canvas.lens(&app.view).to_canvas(pointer)
    };
    harness.hover_at(pointer);
    harness.run();
    let before = under(&harness);
    harness.event(wheel(
        egui::MouseWheelUnit::Line,
        vec2(0.0, 1.0),
        Modifiers::NONE,
    ));
    harness.run();
    let zoom = harness.state().view.camera.zoom;
    assert!((1.05..1.5).contains(&zoom), "{zoom}");
    assert!(under(&harness).distance(before) < 0.5);

    harness.event(wheel(
        egui::MouseWheelUnit::Point,
        vec2(30.0, 20.0),
        Modifiers::NONE,
    ));
    harness.run();
    assert_eq!(harness.state().view.camera.zoom, zoom);
    let moved = (before - under(&harness)) * zoom;
    assert!(moved.distance(vec2(30.0, 20.0)) < 1.0, "{moved:?}");
}

trait Distance {
    fn distance(self, other: Self) -> f32;
}

impl Distance for Vec2 {
    fn distance(self, other: Self) -> f32 {
        (self - other).length()
    }
}

#[test]
fn the_right_button_pans() {
    let mut harness = app(trio());
    let (from, to) = (
        screen(&harness, pos2(0.0, 0.0)),
        screen(&harness, pos2(60.0, 40.0)),
    );
    harness.hover_at(from);
    harness.run_steps(1);
    for (pressed, at) in [(true, from), (true, to), (false, to)] {
        if at == to {
            harness.hover_at(to);
            harness.run_steps(1);
        }
        if (pressed, at) != (true, to) {
            harness.event(egui::Event::PointerButton {
                pos: at,
                button: egui::PointerButton::Secondary,
                pressed,
                modifiers: Modifiers::NONE,
            });
        }
        harness.run_steps(1);
    }
    assert_eq!(harness.state().view.camera.center, pos2(-60.0, -40.0));
    assert_eq!(harness.state().at("checkout"), Pos2::ZERO);
}

#[test]
fn cards_and_wires_speak() {
    let harness = app(trio());
    harness.get_by_label_contains("Function checkout, 512 MB, x86_64");
    harness.get_by_label_contains("1 in, 0 out");
    harness.get_by_label("orders calls checkout");
    harness.get_by_label("checkout receives");
    assert!(harness.query_by_label("orders receives").is_none());
}

#[test]
fn fit_shows_everything_and_then_rests() {
    let mut harness = app(trio());
    harness.key_press(Key::Home);
    // More frames than the harness allows would fail here.
    harness.run();
    let app = harness.state();
    let seen = app.canvas.lens(&app.view).seen();
    assert!(seen.contains_rect(app.canvas.projection.bounds(|_| true)));
    for _ in 0..3 {
        harness.step();
    }
    let delay = harness
        .output()
        .viewport_output
        .values()
        .map(|output| output.repaint_delay)
        .min();
    assert_eq!(delay, Some(std::time::Duration::MAX));
}

#[test]
fn nothing_is_drawn_anew_while_nothing_changes() {
    let mut harness = app(trio());
    let drawn = |harness: &Harness<'_, App>| {
        let drawn = harness.state().canvas.drawn.as_ref();
        drawn.map(|drawn| Arc::as_ptr(&drawn.scene))
    };
    let before = drawn(&harness);
    for x in [20.0, 60.0, 100.0] {
        harness.hover_at(pos2(x, 40.0));
        harness.run();
    }
    assert!(before.is_some());
    assert_eq!(drawn(&harness), before, "the pointer moved over nothing");
    harness.hover_at(screen(&harness, pos2(0.0, 10.0)));
    harness.run();
    assert_ne!(drawn(&harness), before, "a card is hovered");
}

/// Too many cards for a widget each: the background stands in for them.
#[test]
fn a_crowd_is_handled_too() {
    let mut crowd = Design::default();
    for index in 0..400_u16 {
        let id = NodeId(format!("n{index}"));
        let at = [f32::from(index % 20) * 256.0, f32::from(index / 20) * 128.0];
        let node = Node::new(Settings::default_of(Archetype::Function));
        crowd.nodes.insert(id.clone(), node);
        crowd.layout.positions.insert(id, at);
    }
    let mut harness = app(crowd);
    harness.key_press(Key::Home);
    harness.run();
    assert!(harness.query_by_label_contains("Function n0").is_none());
    let at = screen(&harness, pos2(0.0, 0.0));
    click(&mut harness, at, 1, Modifiers::NONE);
    assert_eq!(selected(&harness), ["n0"]);
    drag(&mut harness, at, at - vec2(20.0, 0.0), Modifiers::NONE);
    assert!(harness.state().at("n0").x < -60.0);
    assert_eq!(harness.state().steps, 1);
    let far = screen(&harness, pos2(-120.0, 448.0));
    let farther = screen(&harness, pos2(600.0, 900.0));
    drag(&mut harness, far, farther, Modifiers::NONE);
    assert!(selected(&harness).len() > 3);
}
