//! What is wrong, risky or wasteful, with the remedy one click away.
//!
//! Problems with the same cause stand together, worst first. [`list`] decides
//! what is listed and steps through it, [`row`] shows one problem, [`sign`]
//! draws severities.

mod list;
mod row;
mod sign;

use std::sync::Arc;

use egui::{Color32, RichText, Stroke, Ui};

use super::{Asked, Look, caption, empty_ui};
use crate::format;
use crate::report::{Problem, Runaway, Severity};
use crate::ui::figure::explained;
use crate::ui::theme::Theme;
use crate::ui::view::{Fit, View};

pub use list::{State, count, step};
pub use row::effect_words;
pub use sign::{colour, sign, sign_ui, word};

use list::{Group, groups};

/// Groups with more problems than this are folded at first.
const UNFOLDED: usize = 3;

/// Shows all problems by cause, worst first.
pub fn problems_ui(
    ui: &mut Ui,
    look: Look<'_>,
    view: &mut View,
    state: &mut State,
    asked: &mut Asked,
) {
    let report = look.workspace.report();
    state.follow(look);
    // While a remedy is tried the list stays what it was.
    let kept = state.trial.as_ref().map(|trial| Arc::clone(&trial.list));
    let groups = groups(look.workspace, kept.as_deref());
    head_ui(ui, look, &groups);
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            if groups.is_empty() && report.runaways.is_empty() {
                empty_ui(ui, look.theme, "Nothing stands out.");
            }
            for (index, runaway) in report.runaways.iter().enumerate() {
                ui.push_id(("runaway", index), |ui| runaway_ui(ui, look, runaway, view));
            }
            for group in &groups {
                group_ui(ui, look, group, &groups, view, state, asked);
            }
        });
}

/// How old the list is, and the keys that step through it.
fn head_ui(ui: &mut Ui, look: Look<'_>, groups: &[Group<'_>]) {
    let workspace = look.workspace;
    let is_old = workspace.findings().is_some() && !workspace.findings_are_current();
    let text = if look.is_previewing() {
        "Trying an edit; the list is of the design without it."
    } else if is_old {
        "Of an earlier state; being brought up to date."
    } else if workspace.is_surveying() {
        "Remedies are being tried."
    } else if groups.is_empty() {
        return;
    } else {
        "Step with the keys . and ,"
    };
    ui.label(caption(look.theme, text));
}

fn group_ui(
    ui: &mut Ui,
    look: Look<'_>,
    group: &Group<'_>,
    groups: &[Group<'_>],
    view: &mut View,
    state: &mut State,
    asked: &mut Asked,
) {
    let id = ui
        .id()
        .with((group.code, group.severity as u8, group.is_ignored));
    let is_open = !group.is_ignored && group.rows.len() <= UNFOLDED;
    let mut fold =
        egui::collapsing_header::CollapsingState::load_with_default_open(ui.ctx(), id, is_open);
    let current = state.current.as_ref().filter(|_| state.scrolls);
    if current.is_some_and(|key| group.rows.iter().any(|row| row.key() == *key)) {
        fold.set_open(true);
    }
    let ignored = if group.is_ignored { ", ignored" } else { "" };
    let title = format!("{} ({}{ignored})", group.title(), group.rows.len());
    let header = ui.horizontal(|ui| {
        fold.show_toggle_button(ui, egui::collapsing_header::paint_default_icon);
        sign_ui(ui, look.theme, group.severity);
        let text = RichText::new(title).strong();
        let label = egui::Label::new(text)
            .truncate()
            .sense(egui::Sense::click());
        ui.add(label).clicked()
    });
    if header.inner {
        fold.toggle(ui);
    }
    fold.show_body_unindented(ui, |ui| {
        for (index, row) in group.rows.iter().enumerate() {
            let salt = (group.code, group.is_ignored, index);
            ui.push_id(salt, |ui| {
                row::row_ui(ui, look, row, groups, view, state, asked);
            });
        }
    });
}

fn card<R>(ui: &mut Ui, theme: &Theme, edge: Color32, content: impl FnOnce(&mut Ui) -> R) -> R {
    let frame = egui::Frame::new()
        .fill(theme.card)
        .stroke(Stroke::new(1.0, edge))
        .corner_radius(6.0)
        .inner_margin(8.0);
    let inner = frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.set_min_width(ui.available_width());
        content(ui)
    });
    inner.inner
}

fn runaway_ui(ui: &mut Ui, look: Look<'_>, runaway: &Runaway, view: &mut View) {
    let theme = look.theme;
    card(ui, theme, theme.danger, |ui| {
        let design = look.workspace.shown();
        ui.horizontal(|ui| {
            sign_ui(ui, theme, Severity::Error);
            ui.label(RichText::new("Runaway loop").strong().color(theme.danger));
        });
        let titles = runaway.path.iter().map(|id| {
            design
                .nodes
                .get(id)
                .map_or(id.as_str(), |node| node.title(id))
        });
        let path: Vec<_> = titles.collect();
        ui.label(path.join(" > "));
        let cost = format!("{} an hour", format::usd(runaway.usd_per_hour.value));
        let response = ui.label(RichText::new(&cost).strong().color(theme.danger));
        explained(
            response,
            theme,
            "Cost of the loop",
            &cost,
            &runaway.usd_per_hour,
        );
        let gain = format!("Gain {} a turn", format::significant(runaway.gain.value, 3));
        let response = ui.label(caption(theme, &gain));
        explained(response, theme, "Gain", &gain, &runaway.gain);
        let spans = ["5 minutes", "an hour", "a weekend"]
            .iter()
            .zip(&runaway.cost_after);
        for (span, figure) in spans {
            let value = format!("{} after {span}", format::usd(figure.value));
            let response = ui.label(caption(theme, &value));
            explained(response, theme, "Cost", &value, figure);
        }
        ui.label(caption(theme, format!("Ends at: {}", runaway.cap)));
        if ui.small_button("Show").clicked() {
            view.selection.clear();
            view.selection.nodes.extend(runaway.path.iter().cloned());
            view.fit = Some(Fit::Selection);
        }
    });
}

/// One problem in words, with the shape of its severity, and more below it.
pub fn problem_ui(ui: &mut Ui, theme: &Theme, problem: &Problem, more_ui: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        sign_ui(ui, theme, problem.severity);
        ui.vertical(|ui| {
            ui.add(egui::Label::new(&problem.what).wrap());
            if !problem.why.is_empty() {
                ui.add(egui::Label::new(caption(theme, &problem.why)).wrap());
            }
            more_ui(ui);
        });
    });
}
