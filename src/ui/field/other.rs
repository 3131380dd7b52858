//! Rates, choices, flags and texts.

use egui::Ui;

use crate::design::Value;
use crate::units::Rate;

use super::{Change, Field, Label, checked, entry_ui, refuse};

pub(super) fn flag_ui(ui: &mut Ui, field: &Field<'_>, flag: bool, label: &Label) -> Option<Change> {
    let mut on = flag;
    let checkbox = egui::Checkbox::without_text(&mut on).indeterminate(field.is_mixed);
    let response = ui.add(checkbox).labelled_by(label.id);
    response
        .changed()
        .then_some(Change::Commit(Some(Value::Flag(on))))
}

pub(super) fn choice_ui(
    ui: &mut Ui,
    field: &Field<'_>,
    texts: &[&str],
    current: &str,
    label: &Label,
) -> Option<Change> {
    let shown = if field.is_mixed { "mixed" } else { current };
    let mut chosen = None;
    let combo = egui::ComboBox::from_id_salt("choice").width(ui.available_width());
    let response = combo.selected_text(shown).show_ui(ui, |ui| {
        for &text in texts {
            let is_current = text == current && !field.is_mixed;
            if ui.selectable_label(is_current, text).clicked() && !is_current {
                chosen = Some(Change::Commit(Some(Value::Choice(text.to_owned()))));
            }
        }
    });
    let _ = response.response.labelled_by(label.id);
    chosen
}

pub(super) fn text_ui(ui: &mut Ui, field: &Field<'_>, text: &str, label: &Label) -> Option<Change> {
    let shown = if field.is_mixed { "" } else { text };
    let hint = if field.is_mixed { "mixed" } else { "" };
    let (id, width) = (ui.id().with("entry"), ui.available_width());
    let (response, committed) = entry_ui(ui, id, shown, hint, width);
    let _ = response.labelled_by(label.id);
    committed.map(|text| Change::Commit(Some(Value::Text(text))))
}

/// `3M/month`, `5k/day` or `=users*3`; dragging the label scales it.
pub(super) fn rate_ui(ui: &mut Ui, field: &Field<'_>, rate: Rate, label: &Label) -> Option<Change> {
    let shown = if field.is_mixed {
        String::new()
    } else {
        rate.to_string()
    };
    let hint = if field.is_mixed {
        "mixed"
    } else {
        "12/s, 5k/day, 3M/month"
    };
    let (id, width) = (ui.id().with("entry"), ui.available_width());
    let (response, committed) = entry_ui(ui, id, &shown, hint, width);
    let _ = response.labelled_by(label.id);
    if let Some(text) = committed {
        return read_rate(ui, field, &text, label);
    }
    if label.stopped {
        return Some(Change::Commit(Some(Value::Rate(rate))));
    }
    let factor = 1.0 + f64::from(label.drag?) * 0.01;
    let count = crate::format::rounded(rate.count() * factor.max(0.0), 3);
    let scaled = Rate::new(if count == 0.0 { 0.01 } else { count }, rate.period()).ok()?;
    let value = checked(field.param, Value::Rate(scaled)).ok()?;
    (scaled != rate).then_some(Change::Preview(value))
}

fn read_rate(ui: &Ui, field: &Field<'_>, text: &str, label: &Label) -> Option<Change> {
    if let Some(expression) = text.trim().strip_prefix('=') {
        return Some(Change::Follow(expression.trim().to_owned()));
    }
    let rate: Result<Rate, _> = text.trim().parse();
    let value = rate
        .map_err(|error| error.to_string())
        .and_then(|rate| checked(field.param, Value::Rate(rate)));
    let (value, problem) = match value {
        Ok(value) => (Some(value), None),
        Err(problem) => (None, Some(problem)),
    };
    refuse(ui, label, problem);
    value.map(|value| Change::Commit(Some(value)))
}
