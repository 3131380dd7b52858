//! Moving, framing, deleting, copying, renaming.

use egui::{Key, Modifiers, Pos2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::{App, app, click, drag, screen, selected, trio};
use crate::design::NodeId;

#[test]
fn moving_the_selection_is_one_step_on_the_grid_and_undone_at_once() {
    let mut harness = app(trio());
    let at = screen(&harness, pos2(0.0, 10.0));
    click(&mut harness, at, 1, Modifiers::NONE);
    let at = screen(&harness, pos2(280.0, 10.0));
    click(&mut harness, at, 1, Modifiers::SHIFT);
    assert_eq!(selected(&harness), ["carts", "checkout"]);
    let grab = screen(&harness, pos2(10.0, 10.0));
    drag(&mut harness, grab, grab + vec2(51.0, 30.0), Modifiers::NONE);
    let state = harness.state();
    assert_eq!(state.at("checkout"), pos2(48.0, 32.0));
    assert_eq!(state.at("carts"), pos2(328.0, 32.0));
    assert_eq!(state.at("orders"), pos2(-280.0, 0.0));
    assert_eq!(state.steps, 1);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    let state = harness.state();
    assert_eq!(state.at("checkout"), Pos2::ZERO);
    let shown = state.canvas.projection.position(&NodeId::from("checkout"));
    assert_eq!(shown, Some(Pos2::ZERO));
}

#[test]
fn ctrl_suspends_the_grid() {
    let mut harness = app(trio());
    let grab = screen(&harness, pos2(10.0, 10.0));
    drag(
        &mut harness,
        grab,
        grab + vec2(51.0, 30.0),
        Modifiers::COMMAND,
    );
    assert_eq!(harness.state().at("checkout"), pos2(51.0, 30.0));
}

#[test]
fn escape_puts_dragged_cards_back() {
    let mut harness = app(trio());
    let grab = screen(&harness, pos2(10.0, 10.0));
    harness.hover_at(grab);
    harness.run_steps(1);
    harness.drag_at(grab);
    harness.run_steps(1);
    harness.hover_at(grab + vec2(100.0, 0.0));
    harness.run_steps(2);
    let id = NodeId::from("checkout");
    let shown = harness.state().canvas.projection.position(&id);
    assert_eq!(shown, Some(pos2(104.0, 0.0)));
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    let shown = harness.state().canvas.projection.position(&id);
    assert_eq!(shown, Some(Pos2::ZERO));
    harness.drop_at(grab + vec2(100.0, 0.0));
    harness.run();
    assert_eq!(harness.state().steps, 0);
}

#[test]
fn a_frame_selects_and_shift_adds_and_alt_takes_away() {
    let mut harness = app(trio());
    let frame = |harness: &mut Harness<'_, App>, from, to, modifiers| {
        let (from, to) = (screen(harness, from), screen(harness, to));
        drag(harness, from, to, modifiers);
    };
    frame(
        &mut harness,
        pos2(-150.0, -90.0),
        pos2(130.0, 90.0),
        Modifiers::NONE,
    );
    assert_eq!(selected(&harness), ["checkout"]);
    frame(
        &mut harness,
        pos2(450.0, -90.0),
        pos2(300.0, 90.0),
        Modifiers::SHIFT,
    );
    assert_eq!(selected(&harness), ["carts", "checkout"]);
    frame(
        &mut harness,
        pos2(-150.0, -90.0),
        pos2(130.0, 90.0),
        Modifiers::ALT,
    );
    assert_eq!(selected(&harness), ["carts"]);
    assert_eq!(harness.state().steps, 0);
}

#[test]
fn deleting_a_node_takes_its_wires_along() {
    let mut harness = app(trio());
    let at = screen(&harness, pos2(0.0, 10.0));
    click(&mut harness, at, 1, Modifiers::NONE);
    harness.key_press(Key::Delete);
    harness.run();
    let design = harness.state().design();
    assert_eq!((design.nodes.len(), design.links.len()), (2, 0));
    assert!(harness.state().workspace.notices().is_empty());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(harness.state().design().links.len(), 1);
    harness.get_by_label("orders calls checkout");
}

#[test]
fn everything_can_be_deleted_at_once() {
    let mut harness = app(trio());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run();
    harness.key_press(Key::Backspace);
    harness.run();
    assert!(harness.state().design().nodes.is_empty());
    assert!(harness.state().workspace.notices().is_empty());
}

#[test]
fn a_wire_is_selected_and_deleted() {
    let mut harness = app(trio());
    // Eight points off the wire, away from its label.
    let at = screen(&harness, pos2(-170.0, 8.0));
    click(&mut harness, at, 1, Modifiers::NONE);
    let links = harness.state().view.selection.links.len();
    assert_eq!(links, 1);
    harness.key_press(Key::Delete);
    harness.run();
    let design = harness.state().design();
    assert_eq!((design.nodes.len(), design.links.len()), (3, 0));
}

#[test]
fn duplicates_keep_the_wires_among_them() {
    let mut harness = app(trio());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run();
    for _ in 0..2 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
        harness.run();
    }
    let state = harness.state();
    assert_eq!(state.design().nodes.len(), 9);
    assert_eq!(state.design().links.len(), 3);
    assert_eq!(selected(&harness), ["carts-3", "checkout-3", "orders-3"]);
    assert_eq!(state.at("checkout-2"), pos2(32.0, 32.0));
    assert_eq!(state.steps, 2);
}

#[test]
fn arrows_nudge_the_selection() {
    let mut harness = app(trio());
    let at = screen(&harness, pos2(0.0, 10.0));
    click(&mut harness, at, 1, Modifiers::NONE);
    harness.key_press(Key::ArrowRight);
    harness.run();
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    harness.run();
    assert_eq!(harness.state().at("checkout"), pos2(8.0, 64.0));
}

#[test]
fn a_double_click_renames_and_escape_does_not() {
    let mut harness = app(trio());
    let title = screen(&harness, pos2(0.0, -20.0));
    click(&mut harness, title, 2, Modifiers::NONE);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run();
    harness.get_by_label("Title").type_text("Pay");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let label =
        |harness: &Harness<'_, App>| harness.state().design().nodes["checkout"].label.clone();
    assert_eq!(label(&harness), "Pay");
    assert!(harness.state().view.renaming.is_none());

    harness.key_press(Key::F2);
    harness.run();
    harness.get_by_label("Title").type_text("x");
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    assert_eq!(label(&harness), "Pay");
    // Delete while typing removes letters, not nodes.
    harness.key_press(Key::F2);
    harness.run();
    harness.key_press(Key::Backspace);
    harness.run();
    assert_eq!(harness.state().design().nodes.len(), 3);
}

#[test]
fn a_click_elsewhere_keeps_the_new_title() {
    let mut harness = app(trio());
    let at = screen(&harness, pos2(0.0, 10.0));
    click(&mut harness, at, 2, Modifiers::NONE);
    harness.get_by_label("Title").type_text("till");
    harness.run();
    let away = screen(&harness, pos2(0.0, 200.0));
    click(&mut harness, away, 1, Modifiers::NONE);
    assert_eq!(harness.state().design().nodes["checkout"].label, "till");
    assert!(harness.state().view.renaming.is_none());
}

#[test]
fn a_right_click_offers_what_can_be_done() {
    let mut harness = app(trio());
    let at = screen(&harness, pos2(0.0, 10.0));
    harness.hover_at(at);
    harness.run_steps(1);
    for pressed in [true, false] {
        harness.event(egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Secondary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        harness.run_steps(1);
    }
    harness.run();
    assert_eq!(selected(&harness), ["checkout"]);
    harness.get_by_label_contains("Delete").click();
    harness.run();
    assert_eq!(harness.state().design().nodes.len(), 2);
    assert!(harness.query_by_label_contains("Delete").is_none());
}
