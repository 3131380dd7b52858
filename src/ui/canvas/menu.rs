//! The context menu: what can be done here, with the keys that do it too.
//!
//! A right click opens it; a right drag pans instead. Entries are action
//! kinds, so words and keys are those of the menus.

use egui::{Button, Key, Modifiers, Pos2, Ui};

use crate::ui::view::Selection;
use crate::workspace::ActionKind;

/// What came of the menu in this frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It stays.
    Open,
    /// It was closed.
    Closed,
    /// Something was chosen.
    Chosen(ActionKind),
}

/// What the menu offers for a selection.
fn kinds(selection: &Selection) -> Vec<ActionKind> {
    let mut kinds = vec![ActionKind::QuickAdd];
    if selection.nodes.len() == 1 {
        kinds.push(ActionKind::Rename);
    }
    if !selection.nodes.is_empty() {
        kinds.extend([ActionKind::Duplicate, ActionKind::FitSelection]);
    }
    if !selection.is_empty() {
        kinds.push(ActionKind::Delete);
    }
    kinds.extend([ActionKind::SelectAll, ActionKind::FitAll]);
    kinds
}

/// Shows the menu at a point of the screen. `fresh` when just opened.
pub fn show_ui(ui: &mut Ui, at: Pos2, selection: &Selection, fresh: bool) -> Outcome {
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        return Outcome::Closed;
    }
    let area = egui::Area::new(ui.id().with("menu"))
        .order(egui::Order::Foreground)
        .fixed_pos(at)
        .constrain_to(ui.clip_rect())
        .show(ui.ctx(), |ui| {
            egui::Frame::menu(ui.style())
                .show(ui, |ui| rows_ui(ui, selection))
                .inner
        });
    match area.inner {
        Some(kind) => Outcome::Chosen(kind),
        None if !fresh && area.response.clicked_elsewhere() => Outcome::Closed,
        None => Outcome::Open,
    }
}

fn rows_ui(ui: &mut Ui, selection: &Selection) -> Option<ActionKind> {
    ui.set_width(200.0);
    ui.spacing_mut().item_spacing.y = 2.0;
    let mut chosen = None;
    for kind in kinds(selection) {
        let keys = kind.shortcuts().first().copied().unwrap_or_default();
        let row = Button::new(kind.label())
            .shortcut_text(keys)
            .frame_when_inactive(false);
        let response = ui.add_sized([ui.available_width(), 26.0], row);
        if response.on_hover_text(kind.tooltip()).clicked() {
            chosen = Some(kind);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::NodeId;

    #[test]
    fn only_what_can_be_done_is_offered() {
        let mut selection = Selection::default();
        assert!(!kinds(&selection).contains(&ActionKind::Delete));
        selection.nodes.insert(NodeId::from("a"));
        assert!(kinds(&selection).contains(&ActionKind::Rename));
        selection.nodes.insert(NodeId::from("b"));
        assert!(!kinds(&selection).contains(&ActionKind::Rename));
        assert!(kinds(&selection).contains(&ActionKind::Delete));
    }
}
