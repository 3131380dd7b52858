//! The status bar: the numbers that matter most, always in view.

use egui::{Align, Label, Layout, Response, RichText, Sense, Ui};

use super::left::LeftTab;
use super::problems::{colour, sign_ui, word};
use super::{Asked, Look, Panels, caption};
use crate::catalog::Grade;
use crate::format;
use crate::report::{Report, Severity, SourceNote, TriggerReport, Weakness};
use crate::ui::chart::slowest;
use crate::ui::figure::{explained, grade_colour, grade_meaning, total_text};
use crate::ui::view::View;
use crate::ui::weak::badge_ui;
use crate::workspace::{ActionKind, Workspace};

/// Shows the bar.
pub fn status_ui(
    ui: &mut Ui,
    look: Look<'_>,
    view: &mut View,
    panels: &mut Panels,
    asked: &mut Asked,
) {
    let whole = ui.max_rect();
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        cost_ui(ui, look);
        runaway_ui(ui, look);
        if let Some(trigger) = slowest(look.workspace.report()) {
            trigger_ui(ui, look, trigger);
        }
        problems_ui(ui, look, view, panels);
    });
    let rest = egui::UiBuilder::new()
        .max_rect(whole)
        .layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(rest, |ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        zoom_ui(ui, look, view, asked);
        sources_ui(ui, look);
        if !look.workspace.report_is_current() {
            let label = ui.label(caption(look.theme, "analysing"));
            label.on_hover_text("All numbers are of the state before the last change.");
        } else if look.workspace.is_comparing() {
            ui.label(caption(look.theme, "comparing providers"));
        } else if look.workspace.is_sweeping() {
            ui.label(caption(look.theme, "sweeping traffic"));
        } else if look.workspace.is_surveying() {
            ui.label(caption(look.theme, "trying remedies"));
        }
    });
}

/// A caption followed by its value, as one thing to point at.
fn pair_ui(ui: &mut Ui, look: Look<'_>, name: &str, value: &str, ink: egui::Color32) -> Response {
    let mut text = egui::text::LayoutJob::default();
    let small = egui::TextStyle::Small.resolve(ui.style());
    let format = |colour| egui::TextFormat {
        font_id: small.clone(),
        color: colour,
        ..Default::default()
    };
    if !name.is_empty() {
        text.append(&format!("{name} "), 0.0, format(look.theme.muted));
    }
    text.append(value, 0.0, format(ink));
    ui.add(Label::new(text).selectable(false).sense(Sense::hover()))
}

/// Numbers that are about to change stand back.
fn ink(look: Look<'_>) -> egui::Color32 {
    if look.workspace.report_is_current() {
        look.theme.text
    } else {
        look.theme.muted
    }
}

fn cost_ui(ui: &mut Ui, look: Look<'_>) {
    let cost = &look.workspace.report().cost;
    let text = total_text(look.workspace.report());
    let response = ui.add(
        Label::new(RichText::new(&text).strong().color(ink(look)))
            .selectable(false)
            .sense(Sense::hover()),
    );
    if !look.workspace.report_is_current() {
        let label = ui.label(caption(look.theme, "before the last change").color(look.theme.warn));
        label.on_hover_text("The design is large: it is being analysed in the background.");
    }
    explained(response, look.theme, "Monthly cost", &text, &cost.total);
    badge_ui(ui, look.theme, &Weakness::of(&cost.lines));
}

/// The hourly cost of the dearest loop: no monthly total can say that.
fn runaway_ui(ui: &mut Ui, look: Look<'_>) {
    let hourly = look
        .workspace
        .report()
        .runaways
        .iter()
        .map(|loops| &loops.usd_per_hour);
    if let Some(worst) = hourly.max_by(|a, b| a.value.total_cmp(&b.value)) {
        let value = format!("up to {} /h", format::usd(worst.value));
        let response = pair_ui(ui, look, "runaway", &value, look.theme.danger);
        explained(response, look.theme, "Runaway loop", &value, worst);
    }
}

fn trigger_ui(ui: &mut Ui, look: Look<'_>, trigger: &TriggerReport) {
    let theme = look.theme;
    let percentiles = [("p50", &trigger.p50), ("p99", &trigger.p99)];
    for (name, figure) in percentiles {
        let value = format::millis(figure.value);
        let response = pair_ui(ui, look, name, &value, ink(look));
        explained(
            response,
            theme,
            &format!("{name} of {}", trigger.label),
            &value,
            figure,
        );
    }
    let shares = [
        ("cold", "Cold starts", &trigger.cold_start, ink(look)),
        ("refused", "Refused", &trigger.throttle, theme.danger),
    ];
    for (name, title, figure, alarm) in shares {
        let value = format::percent(figure.value);
        let colour = if figure.value > 0.0 { alarm } else { ink(look) };
        let response = pair_ui(ui, look, name, &value, colour);
        explained(
            response,
            theme,
            &format!("{title} of {}", trigger.label),
            &value,
            figure,
        );
    }
}

fn problems_ui(ui: &mut Ui, look: Look<'_>, view: &mut View, panels: &mut Panels) {
    let counts = [Severity::Error, Severity::Warning, Severity::Hint]
        .map(|severity| (severity, count_of(look.workspace, severity)));
    let mut is_clicked = false;
    ui.spacing_mut().item_spacing.x = 6.0;
    for (severity, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        sign_ui(ui, look.theme, severity);
        let plural = if count == 1 { "" } else { "s" };
        let text = format!("{count} {}{plural}", word(severity));
        let text = RichText::new(text)
            .small()
            .color(colour(look.theme, severity));
        let label = ui.add(Label::new(text).selectable(false).sense(Sense::click()));
        is_clicked |= label.on_hover_text("Show the list of problems.").clicked();
    }
    if counts.iter().all(|(_, count)| *count == 0) {
        ui.label(caption(look.theme, "no problems"));
    }
    if is_clicked {
        view.left_open = true;
        panels.left = LeftTab::Problems;
    }
}

/// Problems of a severity that nobody has decided to live with.
fn count_of(workspace: &Workspace, severity: Severity) -> usize {
    match workspace.findings() {
        Some(findings) => {
            let open = findings.iter().filter(|found| found.ignored.is_none());
            open.filter(|found| found.problem.severity == severity)
                .count()
        }
        None => {
            let problems = workspace.report().problems.iter();
            problems.filter(|found| found.severity == severity).count()
        }
    }
}

fn zoom_ui(ui: &mut Ui, look: Look<'_>, view: &View, asked: &mut Asked) {
    let text = format!("{:.0} %", view.camera.zoom * 100.0);
    let label = Label::new(caption(look.theme, text))
        .selectable(false)
        .sense(Sense::click());
    if ui
        .add(label)
        .on_hover_text("Zoom; click for 100 %.")
        .clicked()
    {
        asked.kinds.push(ActionKind::ZoomReset);
    }
}

/// The oldest price in use, and the weakest grade.
fn sources_ui(ui: &mut Ui, look: Look<'_>) {
    let report = look.workspace.report();
    if let Some(grade) = report.cost.total.grade {
        let text = RichText::new(format!("grade {grade}"))
            .small()
            .color(grade_colour(look.theme, grade));
        let label = ui.add(Label::new(text).selectable(false).sense(Sense::hover()));
        label.on_hover_text(grade_words(grade));
    }
    // A price that somebody set by hand has no day.
    let dated = notes(report).filter(|note| !note.checked.is_empty());
    if let Some(oldest) = dated.min_by(|a, b| a.checked.cmp(&b.checked)) {
        let response = pair_ui(ui, look, "prices of", &oldest.checked, look.theme.text);
        response.on_hover_text(format!(
            "The oldest figure in use: {}\n{}",
            oldest.figure, oldest.title
        ));
    }
}

fn grade_words(grade: Grade) -> String {
    format!(
        "The weakest figure behind the total is of grade {grade}: {}.",
        grade_meaning(grade)
    )
}

fn notes(report: &Report) -> impl Iterator<Item = &SourceNote> {
    let lines = report.cost.lines.iter().flat_map(|line| &line.cost.sources);
    report.cost.total.sources.iter().chain(lines)
}
