//! One row of a form: a parameter's name and its value, ready to be changed.
//!
//! Works from the registry alone: [`Param`] gives label, unit, range and
//! shape, so a new setting appears here by itself. A field answers with a
//! [`Change`]; it edits nothing. Dragging previews, letting go commits.

mod number;
mod other;
pub mod text;

use egui::{Id, Response, RichText, Sense, Ui, vec2};

use crate::design::param::ValueError;
use crate::design::value::{FieldKind, Unit};
use crate::design::{Param, Value};

use super::panel::{caption, muted};
use super::theme::Theme;

/// Room around text that is typed, so that entries are as high as buttons.
pub(crate) const ENTRY: egui::Margin = egui::Margin::symmetric(8, 4);
/// Least width of a number.
pub(crate) const NUMBER: f32 = 76.0;
/// Width of the marker before the label.
const GUTTER: f32 = 12.0;
/// Share of the row that the label takes.
const LABEL_SHARE: f32 = 0.44;

/// A parameter with its present value.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// What is known of it.
    pub param: &'static Param,
    /// The value in force.
    pub value: Value,
    /// Whether it is stored, rather than the default.
    pub is_stored: bool,
    /// The expression that it follows.
    pub expression: Option<&'a str>,
    /// Several nodes are selected and differ.
    pub is_mixed: bool,
}

/// What a field asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Try this value while it is being dragged.
    Preview(Value),
    /// Store this value, or return to the default.
    Commit(Option<Value>),
    /// Follow this expression.
    Follow(String),
}

/// The label of a row, and how far it was dragged.
struct Label {
    id: Id,
    drag: Option<f32>,
    stopped: bool,
}

/// Shows a row and answers with what was asked.
pub fn field_ui(ui: &mut Ui, theme: &Theme, field: &Field<'_>) -> Option<Change> {
    ui.push_id(field.param.key, |ui| row_ui(ui, theme, field))
        .inner
}

fn row_ui(ui: &mut Ui, theme: &Theme, field: &Field<'_>) -> Option<Change> {
    let mut change = None;
    let mut label_id = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        if marker_ui(ui, theme, field) {
            change = Some(Change::Commit(None));
        }
        let (label, response) = label_ui(ui, theme, field);
        label_id = Some(label.id);
        if response.double_clicked() && field.is_stored {
            change = Some(Change::Commit(None));
        }
        let ink = if field.is_stored {
            theme.text
        } else {
            theme.muted
        };
        ui.visuals_mut().override_text_color = Some(ink);
        change = change.take().or(value_ui(ui, field, &label));
    });
    if let Some(expression) = field.expression {
        note_ui(ui, caption(theme, format!("= {expression}")));
    }
    if let Some(problem) = label_id.and_then(|id| refusal(ui, id)) {
        note_ui(ui, RichText::new(problem).small().color(theme.danger));
    }
    change
}

fn note_ui(ui: &mut Ui, text: RichText) {
    ui.horizontal(|ui| {
        ui.add_space(GUTTER);
        ui.add(egui::Label::new(text).wrap());
    });
}

fn value_ui(ui: &mut Ui, field: &Field<'_>, label: &Label) -> Option<Change> {
    match (field.param.kind, &field.value) {
        (FieldKind::Number | FieldKind::Whole, Value::Number(value)) => {
            number::number_ui(ui, field, *value, label)
        }
        (FieldKind::Flag, Value::Flag(flag)) => other::flag_ui(ui, field, *flag, label),
        (FieldKind::Choice(texts), Value::Choice(text)) => {
            other::choice_ui(ui, field, texts, text, label)
        }
        (FieldKind::Law, Value::Law(law)) => number::law_ui(ui, field, law, label),
        (FieldKind::Rate, Value::Rate(rate)) => other::rate_ui(ui, field, *rate, label),
        (FieldKind::Text, Value::Text(text)) => other::text_ui(ui, field, text, label),
        // The registry gives every parameter a value of its own shape.
        _ => None,
    }
}

/// A dot before a changed value; clicking it returns to the default.
fn marker_ui(ui: &mut Ui, theme: &Theme, field: &Field<'_>) -> bool {
    let size = vec2(GUTTER - 4.0, ui.spacing().interact_size.y);
    let sense = if field.is_stored {
        Sense::click()
    } else {
        Sense::empty()
    };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    if !field.is_stored {
        return false;
    }
    let radius = if response.hovered() { 4.0 } else { 2.5 };
    ui.painter()
        .circle_filled(rect.center(), radius, theme.accent);
    let default = text::value_text(field.param, &(field.param.default)());
    let words = format!("Reset {}", field.param.label);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, &words));
    response
        .on_hover_text(format!("Changed; click to return to {default}."))
        .clicked()
}

fn label_ui(ui: &mut Ui, theme: &Theme, field: &Field<'_>) -> (Label, Response) {
    let width = (ui.available_width() + GUTTER) * LABEL_SHARE - GUTTER;
    let size = vec2(width, ui.spacing().interact_size.y);
    let can_scrub = matches!(
        field.param.kind,
        FieldKind::Number | FieldKind::Whole | FieldKind::Rate | FieldKind::Law
    );
    let sense = if can_scrub {
        Sense::click_and_drag()
    } else {
        Sense::click()
    };
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let response = ui
        .allocate_ui_with_layout(size, layout, |ui| {
            ui.set_min_width(width);
            let label = egui::Label::new(muted(theme, field.param.label));
            ui.add(label.truncate().selectable(false).sense(sense))
        })
        .inner;
    let response = response.on_hover_ui(|ui| help_ui(ui, theme, field));
    let response = if can_scrub {
        response.on_hover_cursor(egui::CursorIcon::ResizeHorizontal)
    } else {
        response
    };
    let label = Label {
        id: response.id,
        drag: response.dragged().then(|| response.drag_delta().x),
        stopped: response.drag_stopped(),
    };
    (label, response)
}

fn help_ui(ui: &mut Ui, theme: &Theme, field: &Field<'_>) {
    let param = field.param;
    ui.set_max_width(320.0);
    ui.label(RichText::new(param.label).strong());
    ui.label(param.help);
    if let Some(range) = text::range_text(param) {
        ui.label(caption(theme, format!("Range: {range}")));
    }
    let default = text::value_text(param, &(param.default)());
    ui.label(caption(theme, format!("Default: {default}")));
    ui.label(caption(theme, format!("Written as {}", param.key)));
}

/// Where the last refusal of the row with this label is kept.
fn refusal_id(label: Id) -> Id {
    label.with("refusal")
}

fn refusal(ui: &Ui, label: Id) -> Option<String> {
    ui.data(|data| data.get_temp(refusal_id(label)))
}

/// Remembers why something was refused, or that nothing was.
fn refuse(ui: &Ui, label: &Label, problem: Option<String>) {
    let id = refusal_id(label.id);
    ui.data_mut(|data| match problem {
        Some(problem) => {
            data.insert_temp(id, problem);
        }
        None => {
            data.remove_temp::<String>(id);
        }
    });
}

/// Checks a value against the registry, in words with the allowed range.
fn checked(param: &Param, value: Value) -> Result<Value, String> {
    match param.check(&value) {
        Ok(()) => Ok(value),
        Err(ValueError::OutOfRange { .. }) => {
            let range = text::range_text(param).unwrap_or_default();
            Err(format!("{} takes {range}.", param.label))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// A single line of text that commits when it is left, and the text then.
pub(crate) fn entry_ui(
    ui: &mut Ui,
    id: Id,
    shown: &str,
    hint: &str,
    width: f32,
) -> (Response, Option<String>) {
    let kept = ui.data(|data| data.get_temp::<String>(id));
    let mut text = kept.clone().unwrap_or_else(|| shown.to_owned());
    let edit = egui::TextEdit::singleline(&mut text)
        .id(id)
        .hint_text(hint)
        .desired_width(width)
        .margin(ENTRY);
    let response = ui.add(edit);
    let mut committed = None;
    if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, text));
    } else if kept.is_some() || response.lost_focus() {
        ui.data_mut(|data| data.remove::<String>(id));
        let is_taken_back = ui.input(|input| input.key_pressed(egui::Key::Escape));
        let is_changed = response.lost_focus() && !is_taken_back && text != shown;
        committed = is_changed.then_some(text);
    }
    (response, committed)
}

/// Whether numbers of the unit look odd without thousands.
fn is_fraction(unit: Unit) -> bool {
    unit == Unit::Share
}
