//! The design itself: name, terms, objectives, totals. Shown while nothing is
//! selected.

use egui::{DragValue, RichText, Ui};

use super::super::{Asked, Look, muted, section_ui};
use super::scroll_ui;
use crate::catalog::RegionId;
use crate::design::environment::LatencyObjective;
use crate::design::{Command, Environment, NodeId, Objectives};
use crate::format;
use crate::ui::field::{NUMBER, entry_ui};
use crate::ui::figure::{explained, figure_row_ui, total_text};
use crate::ui::theme;
use crate::workspace::Action;

/// The percentile that objectives are set for here.
const PERCENTILE: f64 = 0.99;

/// Shows the design itself.
pub fn design_ui(ui: &mut Ui, look: Look<'_>, asked: &mut Asked) {
    scroll_ui(ui, "design", |ui| {
        describe_ui(ui, look, asked);
        ui.scope(|ui| totals_ui(ui, look));
        section_ui(ui, look.theme, "Environment");
        environment_ui(ui, look, asked);
        section_ui(ui, look.theme, "Objectives");
        objectives_ui(ui, look, asked);
    });
}

fn describe_ui(ui: &mut Ui, look: Look<'_>, asked: &mut Asked) {
    let design = look.workspace.design();
    let (name, description) = (&design.name, &design.description);
    let id = ui.id().with("name");
    let (response, committed) = entry_ui(ui, id, name, "Untitled design", f32::INFINITY);
    response.widget_info(|| named(egui::WidgetType::TextEdit, "Design name"));
    if let Some(name) = committed {
        asked.edit(vec![Command::Describe {
            name,
            description: description.clone(),
        }]);
    }
    let id = ui.id().with("description");
    let hint = "What question does this design answer?";
    let (response, committed) = entry_ui(ui, id, description, hint, f32::INFINITY);
    response.widget_info(|| named(egui::WidgetType::TextEdit, "Design description"));
    if !description.is_empty() {
        response.on_hover_text(description);
    }
    if let Some(description) = committed {
        asked.edit(vec![Command::Describe {
            name: name.clone(),
            description,
        }]);
    }
}

fn named(kind: egui::WidgetType, label: &str) -> egui::WidgetInfo {
    egui::WidgetInfo::labeled(kind, true, label)
}

fn totals_ui(ui: &mut Ui, look: Look<'_>) {
    let (report, theme) = (look.workspace.report(), look.theme);
    section_ui(ui, theme, "Totals");
    ui.spacing_mut().item_spacing.y = 2.0;
    let text = total_text(report);
    let response = ui.label(RichText::new(&text).text_style(theme::kpi()));
    explained(response, theme, "Monthly cost", &text, &report.cost.total);
    let label_of = |id: &NodeId| {
        report
            .nodes
            .get(id)
            .map_or_else(|| id.to_string(), |node| node.label.clone())
    };
    for trigger in &report.triggers {
        ui.push_id(&trigger.node, |ui| {
            section_ui(ui, theme, &trigger.label);
            figure_row_ui(ui, theme, "Rate", &trigger.rate, format::rate_per_second);
            figure_row_ui(ui, theme, "p50", &trigger.p50, format::millis);
            figure_row_ui(ui, theme, "p99", &trigger.p99, format::millis);
            for completion in &trigger.completions {
                let title = format!("Done at {}, p99", label_of(&completion.node));
                figure_row_ui(ui, theme, &title, &completion.p99, format::millis);
            }
        });
    }
    if report.triggers.is_empty() {
        ui.label(muted(theme, "Add a trigger to see latency and load."));
    }
}

/// A row of a form that is not made from the registry.
fn row_ui<R>(
    ui: &mut Ui,
    look: Look<'_>,
    label: &str,
    value: impl FnOnce(&mut Ui, egui::Id) -> R,
) -> R {
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.x = NUMBER;
        let width = ui.available_width() * 0.44;
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        let size = egui::vec2(width, ui.spacing().interact_size.y);
        let id = ui
            .allocate_ui_with_layout(size, layout, |ui| {
                ui.set_min_width(width);
                ui.add(
                    egui::Label::new(muted(look.theme, label))
                        .truncate()
                        .selectable(false),
                )
                .id
            })
            .inner;
        value(ui, id)
    })
    .inner
}

fn environment_ui(ui: &mut Ui, look: Look<'_>, asked: &mut Asked) {
    let environment = &look.workspace.design().environment;
    let mut next = environment.clone();
    region_ui(ui, look, asked);
    row_ui(ui, look, "Free tier", |ui, label| {
        let checkbox = egui::Checkbox::without_text(&mut next.free_tier);
        let _ = ui
            .add(checkbox)
            .labelled_by(label)
            .on_hover_text("Whether allowances are counted.");
    });
    row_ui(ui, look, "Account opened", |ui, label| {
        let shown = environment.account_opened.clone().unwrap_or_default();
        let id = ui.id().with("opened");
        let (response, committed) = entry_ui(ui, id, &shown, "YYYY-MM-DD", ui.available_width());
        let help =
            "Decides first-year allowances; without a date only what is free for good counts.";
        let _ = response.labelled_by(label).on_hover_text(help);
        if let Some(date) = committed {
            next.account_opened = is_date(&date).then_some(date);
        }
    });
    row_ui(ui, look, "Copies", |ui, label| {
        let drag = DragValue::new(&mut next.copies)
            .range(1..=1_000)
            .speed(0.05);
        let help = "Like environments: preview, staging. Multiplies the bill.";
        let _ = ui.add(drag).labelled_by(label).on_hover_text(help);
    });
    ask_if_changed(ui, environment, next, asked);
}

/// `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').map(str::parse::<u32>).collect();
    matches!(parts.as_slice(), [Ok(1990..=2200), Ok(1..=12), Ok(1..=31)]) && text.len() == 10
}

fn ask_if_changed(ui: &Ui, before: &Environment, next: Environment, asked: &mut Asked) {
    if next != *before {
        ask(ui, Command::SetEnvironment(next), asked);
    }
}

/// Previews while the pointer drags a number, commits otherwise.
fn ask(ui: &Ui, command: Command, asked: &mut Asked) {
    if ui.ctx().dragged_id().is_some() {
        asked.act(Action::Preview(vec![command]));
    } else {
        asked.edit(vec![command]);
    }
}

fn region_ui(ui: &mut Ui, look: Look<'_>, asked: &mut Asked) {
    let provider_id = look.workspace.provider();
    let Some(provider) = look.workspace.catalog().providers.get(provider_id) else {
        return;
    };
    let environment = &look.workspace.design().environment;
    let region = environment
        .regions
        .get(provider_id)
        .unwrap_or(&provider.default_region);
    let name = |id: &RegionId| match provider.regions.get(id) {
        Some(name) if !name.is_empty() => format!("{id}, {name}"),
        _ => id.to_string(),
    };
    row_ui(ui, look, "Region", |ui, label| {
        let combo = egui::ComboBox::from_id_salt("region")
            .width(ui.available_width())
            .truncate();
        let response = combo.selected_text(name(region)).show_ui(ui, |ui| {
            for id in provider.regions.keys() {
                if ui.selectable_label(id == region, name(id)).clicked() && id != region {
                    asked.act(Action::SetHomeRegion(provider_id.clone(), id.clone()));
                }
            }
        });
        let _ = response.response.labelled_by(label);
    });
}

fn objectives_ui(ui: &mut Ui, look: Look<'_>, asked: &mut Asked) {
    let shown = &look.workspace.shown().objectives;
    let mut next = shown.clone();
    budget_ui(ui, look, &mut next);
    errors_ui(ui, look, &mut next);
    for trigger in &look.workspace.report().triggers {
        ui.push_id(&trigger.node, |ui| {
            latency_ui(ui, look, &trigger.node, &trigger.label, &mut next);
        });
    }
    let is_left = ui.input(|input| input.pointer.any_released()) && look.is_previewing();
    if next != *shown || (is_left && next != look.workspace.design().objectives) {
        ask(ui, Command::SetObjectives(next), asked);
    }
}

fn budget_ui(ui: &mut Ui, look: Look<'_>, next: &mut Objectives) {
    row_ui(ui, look, "Budget per month", |ui, label| {
        let mut usd = next.budget.unwrap_or(0.0);
        let speed = (usd * 0.005).max(0.25);
        let drag = DragValue::new(&mut usd)
            .range(0.0..=1e9)
            .speed(speed)
            .custom_formatter(|usd, _| {
                if usd > 0.0 {
                    format!("${usd}")
                } else {
                    "none".to_owned()
                }
            })
            .custom_parser(|text| {
                text.trim()
                    .trim_start_matches('$')
                    .replace(',', "")
                    .parse()
                    .ok()
            })
            .update_while_editing(false);
        let _ = ui
            .add(drag)
            .labelled_by(label)
            .on_hover_text("The most that a month may cost; 0 for none.");
        next.budget = (usd > 0.0).then_some(usd);
        if let Some(budget) = next.budget {
            let cost = &look.workspace.report().cost;
            let total = cost.total.value;
            // A lower bound can show that a budget is missed, not that it is met.
            if cost.complete || total > budget {
                verdict_ui(ui, look, total <= budget, &format::usd(total));
            }
        }
    });
}

fn errors_ui(ui: &mut Ui, look: Look<'_>, next: &mut Objectives) {
    row_ui(ui, look, "Requests that may fail", |ui, label| {
        let mut percent = next.error_rate.unwrap_or(0.0) * 100.0;
        let drag = DragValue::new(&mut percent)
            .range(0.0..=100.0)
            .speed(0.01)
            .max_decimals(3)
            .custom_formatter(|share, _| match share {
                share if share > 0.0 => format::percent(share / 100.0),
                _ => "no limit".to_owned(),
            })
            .custom_parser(|text| text.trim().trim_end_matches('%').trim().parse().ok())
            .update_while_editing(false);
        let _ = ui
            .add(drag)
            .labelled_by(label)
            .on_hover_text("Largest share of requests that may fail; 0 for no limit.");
        next.error_rate = (percent > 0.0).then_some(percent / 100.0);
    });
}

fn latency_ui(ui: &mut Ui, look: Look<'_>, trigger: &NodeId, label: &str, next: &mut Objectives) {
    let limits = next.latency.get(trigger);
    let limit = limits.and_then(|all| all.iter().find(|limit| limit.percentile == PERCENTILE));
    let before = limit.map_or(0.0, |limit| limit.millis);
    let mut millis = before;
    row_ui(ui, look, &format!("p99 of {label}"), |ui, label| {
        let drag = DragValue::new(&mut millis)
            .range(0.0..=1e9)
            .speed((before * 0.005).max(1.0))
            .custom_formatter(|ms, _| {
                if ms > 0.0 {
                    format::millis(ms)
                } else {
                    "no limit".to_owned()
                }
            })
            .custom_parser(|text| format::parse_number(text, format::Dimension::Millis).ok())
            .update_while_editing(false);
        let _ = ui
            .add(drag)
            .labelled_by(label)
            .on_hover_text("The slowest 1 % may take longer; 0 for no limit.");
        let report = look
            .workspace
            .report()
            .triggers
            .iter()
            .find(|t| t.node == *trigger);
        if let Some(report) = report.filter(|_| millis > 0.0) {
            let p99 = report.p99.value;
            verdict_ui(ui, look, p99 <= millis, &format::millis(p99));
        }
    });
    if millis != before {
        let mut limits = next.latency.remove(trigger).unwrap_or_default();
        limits.retain(|limit| limit.percentile != PERCENTILE);
        if millis > 0.0 {
            limits.push(LatencyObjective {
                percentile: PERCENTILE,
                millis,
            });
        }
        if !limits.is_empty() {
            next.latency.insert(trigger.clone(), limits);
        }
    }
}

/// Whether an objective is met, in a word as well as in colour.
fn verdict_ui(ui: &mut Ui, look: Look<'_>, is_met: bool, actual: &str) {
    let (word, colour) = if is_met {
        ("met", look.theme.ok)
    } else {
        ("missed", look.theme.danger)
    };
    ui.label(RichText::new(word).small().color(colour))
        .on_hover_text(format!("Now {actual}"));
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn dates_are_written_in_full() {
        assert!(is_date("2026-11-02"));
        for text in [
            "",
            "2026",
            "2026-13-01",
            "26-01-01",
            "2026-1-1",
            "yesterday",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }
}
