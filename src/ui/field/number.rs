//! Numbers and laws: drag to change, click to type.
//!
//! What is typed may carry a unit (`1.5GB`, `2s`, `50%`) or be an expression
//! over the design's variables (`=users*3`). A number out of range is refused
//! in words and the old one stays.

use std::cell::RefCell;

use egui::{DragValue, Id, Ui};

use crate::design::value::{FieldKind, Unit};
use crate::design::{Param, Value};
use crate::law::Law;
use crate::units::Millis;

use super::{Change, Field, Label, NUMBER, checked, is_fraction, refuse, text};

/// What was typed besides a number.
#[derive(Default)]
struct Typed {
    refused: Option<String>,
    expression: Option<String>,
    is_read: bool,
}

/// The answer of a number that can be dragged.
enum Turn {
    Dragging(f64),
    Done(f64),
    Follow(String),
}

pub(super) fn number_ui(
    ui: &mut Ui,
    field: &Field<'_>,
    value: f64,
    label: &Label,
) -> Option<Change> {
    let param = field.param;
    let check = |number: f64| checked_number(param, number);
    let turn = turn_ui(
        ui,
        Dial {
            param,
            value,
            is_mixed: field.is_mixed,
            label,
            name: None,
        },
        &check,
    )?;
    Some(match turn {
        Turn::Dragging(value) => Change::Preview(Value::Number(value)),
        Turn::Done(value) => Change::Commit(Some(Value::Number(value))),
        Turn::Follow(expression) => Change::Follow(expression),
    })
}

fn checked_number(param: &Param, number: f64) -> Result<f64, String> {
    if param.kind == FieldKind::Whole && number.fract() != 0.0 {
        return Err(format!("{} takes a whole number.", param.label));
    }
    checked(param, Value::Number(number)).map(|_| number)
}

/// A number that can be turned.
struct Dial<'a> {
    param: &'static Param,
    value: f64,
    is_mixed: bool,
    /// The label of the row, which can be dragged too.
    label: &'a Label,
    /// What it is called where the row has several numbers.
    name: Option<String>,
}

fn turn_ui(
    ui: &mut Ui,
    dial: Dial<'_>,
    check: &dyn Fn(f64) -> Result<f64, String>,
) -> Option<Turn> {
    let Dial { param, value, .. } = dial;
    let unit = param.unit;
    let typed = RefCell::<Typed>::default();
    let shown = text::number_text(unit, value);
    let parse = |text: &str| {
        let mut typed = typed.borrow_mut();
        typed.is_read = true;
        if text.trim() == shown {
            return Some(value);
        }
        if let Some(expression) = text.trim().strip_prefix('=') {
            typed.expression = Some(expression.trim().to_owned());
            return None;
        }
        let number = text::parse(unit, text).and_then(check);
        number.map_err(|problem| typed.refused = Some(problem)).ok()
    };
    let is_mixed = dial.is_mixed;
    let mut turned = value;
    let (low, high) = param.range.unwrap_or((0.0, f64::MAX));
    let mut drag = DragValue::new(&mut turned)
        .speed(speed(param, value))
        .range(low..=high)
        .clamp_existing_to_range(false)
        .update_while_editing(false)
        .custom_formatter(|number, _| {
            if is_mixed {
                "mixed".to_owned()
            } else {
                text::number_text(unit, number)
            }
        })
        .custom_parser(parse);
    if param.kind == FieldKind::Whole {
        drag = drag.max_decimals(0);
    }
    ui.spacing_mut().interact_size.x = NUMBER;
    let response = ui.add(drag);
    let response = match &dial.name {
        Some(name) => {
            ui.ctx()
                .accesskit_node_builder(response.id, |node| node.set_label(name.as_str()));
            response
        }
        None => response.labelled_by(dial.label.id),
    };
    let typed = typed.into_inner();
    if typed.is_read || turned != value {
        refuse(ui, dial.label, typed.refused);
    }
    if let Some(expression) = typed.expression {
        return Some(Turn::Follow(expression));
    }
    if let Some(turn) = scrubbed(ui, dial.label, param, value) {
        return Some(turn);
    }
    if response.drag_stopped() {
        Some(Turn::Done(turned))
    } else if turned == value {
        None
    } else if response.dragged() {
        Some(Turn::Dragging(turned))
    } else {
        Some(Turn::Done(turned))
    }
}

/// What dragging the label comes to.
fn scrubbed(ui: &Ui, label: &Label, param: &Param, value: f64) -> Option<Turn> {
    if label.stopped {
        ui.data_mut(|data| data.remove::<f64>(label.id));
        return Some(Turn::Done(value));
    }
    let delta = f64::from(label.drag?);
    let fine = ui.input(|input| match input.modifiers {
        held if held.shift => 0.1,
        held if held.command => 10.0,
        _ => 1.0,
    });
    let precise = kept(ui, label.id).unwrap_or(value) + delta * speed(param, value) * fine;
    let (low, high) = param.range.unwrap_or((0.0, f64::MAX));
    let precise = precise.clamp(low, high);
    ui.data_mut(|data| data.insert_temp(label.id, precise));
    let rounded = rounded(param, precise, speed(param, value) * fine).clamp(low, high);
    (rounded != value).then_some(Turn::Dragging(rounded))
}

fn kept(ui: &Ui, id: Id) -> Option<f64> {
    ui.data(|data| data.get_temp::<f64>(id))
}

fn rounded(param: &Param, value: f64, step: f64) -> f64 {
    let rounded = egui::emath::smart_aim::best_in_range_f64(value - step, value + step);
    if param.kind == FieldKind::Whole {
        rounded.round()
    } else {
        rounded
    }
}

/// Change per point of dragging.
fn speed(param: &Param, value: f64) -> f64 {
    if is_fraction(param.unit) {
        return 0.002;
    }
    let least = match (param.kind, param.unit) {
        (FieldKind::Whole, _) => 0.1,
        (_, Unit::None | Unit::Hours | Unit::Days | Unit::Usd) => 0.02,
        _ => 0.25,
    };
    (value.abs() * 0.005).max(least)
}

/// A duration with its spread: one number, or median and tail.
pub(super) fn law_ui(ui: &mut Ui, field: &Field<'_>, law: &Law, label: &Label) -> Option<Change> {
    match law {
        Law::Fixed(value) => {
            let fixed = |ms: f64| Law::Fixed(Millis(ms));
            let change = millis_ui(ui, field, value.0, label, "", &fixed);
            change.or(kind_ui(ui, law, label))
        }
        Law::Exponential { mean } => {
            let exponential = |ms: f64| Law::Exponential { mean: Millis(ms) };
            let change = millis_ui(ui, field, mean.0, label, "mean", &exponential);
            change.or(kind_ui(ui, law, label))
        }
        Law::Lognormal { p50, p99 } => {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 4.0;
                let change = kind_ui(ui, law, label);
                change.or(percentiles_ui(ui, field, (p50.0, p99.0), label))
            })
            .inner
        }
        Law::Quantiles(_) => kind_ui(ui, law, label),
    }
}

/// Median and tail; the tail moves along where the median would pass it.
fn percentiles_ui(
    ui: &mut Ui,
    field: &Field<'_>,
    (p50, p99): (f64, f64),
    label: &Label,
) -> Option<Change> {
    let spread = p99 / p50.max(f64::MIN_POSITIVE);
    let of_median = |ms: f64| Law::Lognormal {
        p50: Millis(ms),
        p99: Millis(if ms > p99 { ms * spread } else { p99 }),
    };
    let of_tail = |ms: f64| Law::Lognormal {
        p50: Millis(p50),
        p99: Millis(ms),
    };
    let median = millis_ui(ui, field, p50, label, "p50", &of_median);
    // Dragging the label moves the median alone.
    let still = Label {
        id: label.id,
        drag: None,
        stopped: false,
    };
    median.or(millis_ui(ui, field, p99, &still, "p99", &of_tail))
}

/// The chooser between one number and median with tail.
fn kind_ui(ui: &mut Ui, law: &Law, label: &Label) -> Option<Change> {
    let name = match law {
        Law::Fixed(_) => "fixed",
        Law::Exponential { .. } => "exponential",
        Law::Lognormal { .. } => "p50 and p99",
        Law::Quantiles(_) => "measured",
    };
    let (median, tail) = (law.quantile(0.5), law.quantile(0.99));
    let wide = Law::Lognormal {
        p50: Millis(median.0.max(1.0)),
        p99: Millis(tail.0.max(median.0.max(1.0) * 4.0)),
    };
    let choices = [
        ("fixed", Law::Fixed(law.mean())),
        ("p50 and p99", wide),
        ("exponential", Law::Exponential { mean: law.mean() }),
    ];
    let mut chosen = None;
    let combo = egui::ComboBox::from_id_salt("kind")
        .width(ui.available_width())
        .selected_text(name);
    let response = combo.show_ui(ui, |ui| {
        for (choice, law) in choices {
            if ui.selectable_label(choice == name, choice).clicked() && choice != name {
                chosen = Some(Change::Commit(Some(Value::Law(law))));
            }
        }
    });
    let _ = response.response.labelled_by(label.id);
    chosen
}

fn millis_ui(
    ui: &mut Ui,
    field: &Field<'_>,
    value: f64,
    label: &Label,
    part: &str,
    law: &dyn Fn(f64) -> Law,
) -> Option<Change> {
    let check = |ms: f64| {
        law(ms)
            .validate()
            .map(|()| ms)
            .map_err(|error| error.to_string())
    };
    let name = (!part.is_empty()).then(|| format!("{} {part}", field.param.label));
    let turn = ui
        .horizontal(|ui| {
            if !part.is_empty() {
                ui.label(part);
            }
            ui.push_id(part, |ui| {
                let dial = Dial {
                    param: field.param,
                    value,
                    is_mixed: field.is_mixed,
                    label,
                    name,
                };
                turn_ui(ui, dial, &check)
            })
            .inner
        })
        .inner?;
    let as_value = |ms: f64| check(ms).ok().map(|ms| Value::Law(law(ms)));
    match turn {
        Turn::Dragging(ms) => as_value(ms).map(Change::Preview),
        Turn::Done(ms) => as_value(ms).map(|value| Change::Commit(Some(value))),
        Turn::Follow(expression) => Some(Change::Follow(expression)),
    }
}
