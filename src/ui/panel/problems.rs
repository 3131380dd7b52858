//! What is wrong, risky or wasteful, with the remedy one click away.

use egui::{Color32, Pos2, Rect, RichText, Sense, Shape, Stroke, Ui, vec2};

use super::{Asked, Look, caption, empty_ui};
use crate::format;
use crate::report::{Problem, Runaway, Severity};
use crate::ui::figure::explained;
use crate::ui::theme::Theme;
use crate::ui::view::{Fit, View};

/// Shows all problems, worst first.
pub fn problems_ui(ui: &mut Ui, look: Look<'_>, view: &mut View, asked: &mut Asked) {
    let report = look.workspace.report();
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            if report.problems.is_empty() && report.runaways.is_empty() {
                empty_ui(ui, look.theme, "Nothing stands out.");
            }
            for (index, runaway) in report.runaways.iter().enumerate() {
                ui.push_id(("runaway", index), |ui| runaway_ui(ui, look, runaway, view));
            }
            for (index, problem) in report.problems.iter().enumerate() {
                ui.push_id(index, |ui| row_ui(ui, look, problem, view, asked));
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

fn row_ui(ui: &mut Ui, look: Look<'_>, problem: &Problem, view: &mut View, asked: &mut Asked) {
    card(ui, look.theme, look.theme.border, |ui| {
        problem_ui(ui, look.theme, problem, |ui| {
            remedy_ui(ui, problem, view, asked);
        });
    });
}

/// What to do, and the buttons that do it.
fn remedy_ui(ui: &mut Ui, problem: &Problem, view: &mut View, asked: &mut Asked) {
    if let Some(fix) = &problem.fix {
        ui.add(egui::Label::new(RichText::new(&fix.label).small()).wrap());
    }
    let commands = problem.fix.iter().flat_map(|fix| &fix.commands);
    let commands: Vec<_> = commands.cloned().collect();
    ui.horizontal(|ui| {
        if !commands.is_empty() && ui.small_button("Fix").clicked() {
            asked.edit(commands);
        }
        let has_place = problem.node.is_some() || problem.link.is_some();
        if has_place && ui.small_button("Show").clicked() {
            show(problem, view);
        }
    });
}

fn show(problem: &Problem, view: &mut View) {
    if let Some(id) = &problem.node {
        view.selection.only_node(id.clone());
    } else if let Some(id) = &problem.link {
        view.selection.only_link(id.clone());
    }
    view.fit = Some(Fit::Selection);
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

/// The word for a severity.
pub fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    }
}

/// The colour of a severity; its shape always goes with it.
pub fn colour(theme: &Theme, severity: Severity) -> Color32 {
    match severity {
        Severity::Error => theme.danger,
        Severity::Warning => theme.warn,
        Severity::Hint => theme.accent,
    }
}

/// Octagon, triangle or circle.
pub fn sign_ui(ui: &mut Ui, theme: &Theme, severity: Severity) {
    let (rect, response) = ui.allocate_exact_size(vec2(14.0, 16.0), Sense::hover());
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Image, true, word(severity)));
    let square = Rect::from_center_size(rect.center(), vec2(12.0, 12.0));
    ui.painter().add(sign(theme, severity, square));
}

/// The shape of a severity within a square.
pub fn sign(theme: &Theme, severity: Severity, rect: Rect) -> Shape {
    let (centre, radius) = (rect.center(), rect.width() / 2.0);
    let colour = colour(theme, severity);
    let corner = |turn: f32| -> Pos2 {
        let angle = turn * std::f32::consts::TAU;
        centre + radius * vec2(angle.sin(), -angle.cos())
    };
    let polygon = |turns: &[f32]| {
        let corners = turns.iter().map(|turn| corner(*turn)).collect();
        Shape::convex_polygon(corners, colour, Stroke::NONE)
    };
    match severity {
        Severity::Error => polygon(&[1., 3., 5., 7., 9., 11., 13., 15.].map(|i| i / 16.0)),
        Severity::Warning => polygon(&[0.0, 1.0 / 3.0, 2.0 / 3.0]),
        Severity::Hint => Shape::circle_stroke(centre, radius - 1.5, Stroke::new(2.0, colour)),
    }
}
