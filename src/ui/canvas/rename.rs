//! Editing text on the canvas: the title of a card, the text of a note.
//!
//! Enter or a click elsewhere keeps the text, Esc drops it; in a note Enter
//! starts a line and Ctrl+Enter keeps.

use egui::{FontId, Key, Modifiers, Rect, TextEdit, Ui, vec2};

use crate::design::{Command, NodeId, ParamPath, Settings, Value};
use crate::ui::view::View;
use crate::workspace::{Action, Workspace};

use super::camera::Lens;
use super::projection::Projection;
use super::text::quantised;

/// Shows the field while there is something to rename.
pub fn show_ui(
    ui: &mut Ui,
    lens: &Lens,
    projection: &Projection,
    workspace: &Workspace,
    view: &mut View,
    fresh: bool,
) -> Vec<Action> {
    let Some((id, mut text)) = view.renaming.take() else {
        return Vec::new();
    };
    let (Some(card), Some(node)) = (projection.rect(&id), workspace.design().nodes.get(&id)) else {
        return Vec::new();
    };
    let is_note = matches!(node.settings, Settings::Note(_));
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        return Vec::new();
    }
    let keep = if is_note {
        Modifiers::COMMAND
    } else {
        Modifiers::NONE
    };
    let kept = ui.input_mut(|input| input.consume_key(keep, Key::Enter));
    let zoom = lens.camera.zoom;
    let size = quantised((13.0 * zoom).clamp(12.0, 40.0));
    let card = lens.rect_to_screen(card);
    let field = ui.id().with("rename");
    let edit = if is_note {
        TextEdit::multiline(&mut text)
    } else {
        TextEdit::singleline(&mut text)
    };
    let rect = if is_note {
        Rect::from_min_size(card.min, card.size().max(vec2(160.0, 80.0)))
    } else {
        let min = card.min + vec2(40.0, 3.0) * zoom;
        let width = (card.max.x - min.x - 6.0 * zoom).max(120.0);
        Rect::from_min_size(min, vec2(width, size + 10.0))
    };
    let response = ui.put(rect, edit.id(field).font(FontId::proportional(size)));
    if fresh {
        response.request_focus();
        if !is_note {
            select_all(ui, field, &text);
        }
    }
    let name = if is_note { "Text of the note" } else { "Title" };
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::text_edit(true, &text, &text, "");
        info.label = Some(name.to_owned());
        info
    });
    if kept || (!fresh && !response.has_focus()) {
        return commit(workspace, &id, is_note, text);
    }
    view.renaming = Some((id, text));
    Vec::new()
}

/// Typing replaces the title as a whole.
fn select_all(ui: &Ui, field: egui::Id, text: &str) {
    use egui::text::{CCursor, CCursorRange};
    let mut state = egui::text_edit::TextEditState::load(ui.ctx(), field).unwrap_or_default();
    let end = CCursor::new(text.chars().count());
    let all = CCursorRange::two(CCursor::new(0), end);
    state.cursor.set_char_range(Some(all));
    state.store(ui.ctx(), field);
}

fn commit(workspace: &Workspace, id: &NodeId, is_note: bool, text: String) -> Vec<Action> {
    let Some(node) = workspace.design().nodes.get(id) else {
        return Vec::new();
    };
    let command = match &node.settings {
        Settings::Note(note) if is_note && note.text() != text => Command::Set {
            path: ParamPath::Node(id.clone(), "text".to_owned()),
            value: Some(Value::Text(text)),
        },
        Settings::Note(_) => return Vec::new(),
        // The id is shown where there is no label; typing it means no label.
        _ if node.title(id) == text.trim() => return Vec::new(),
        _ => Command::Rename {
            id: id.clone(),
            label: if text.trim() == id.as_str() {
                String::new()
            } else {
                text
            },
        },
    };
    vec![Action::Edit(vec![command])]
}
