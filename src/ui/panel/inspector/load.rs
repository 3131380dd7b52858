//! How busy one node is, against which limit, and how fast it answers.

use egui::{RichText, Sense, Ui, vec2};

use super::super::{Look, empty_ui, section_ui};
use crate::design::{Node, NodeId};
use crate::format;
use crate::report::{Figure, NodeReport, Problem};
use crate::ui::figure::figure_row_ui;
use crate::ui::panel::problems::problem_ui;
use crate::ui::theme::{Heat, Theme};

/// Shows load, limit and response of a node.
pub fn load_ui(ui: &mut Ui, look: Look<'_>, id: &NodeId, _node: &Node) {
    let report = look.workspace.report();
    let Some(node) = report.nodes.get(id) else {
        empty_ui(ui, look.theme, "Nothing was computed for this node.");
        return;
    };
    ui.spacing_mut().item_spacing.y = 4.0;
    utilisation_ui(ui, look.theme, node);
    section_ui(ui, look.theme, "Load");
    let theme = look.theme;
    figure_row_ui(
        ui,
        theme,
        "Arrivals, mean",
        &node.rate,
        format::rate_per_second,
    );
    figure_row_ui(
        ui,
        theme,
        "Arrivals, peak",
        &node.peak_rate,
        format::rate_per_second,
    );
    figure_row_ui(
        ui,
        theme,
        "Busy executions, mean",
        &node.concurrency,
        format::count,
    );
    figure_row_ui(
        ui,
        theme,
        "Busy executions, peak",
        &node.peak_concurrency,
        format::count,
    );
    optional_ui(
        ui,
        theme,
        "Refused",
        node.throttle.as_ref(),
        format::percent,
    );
    if node.mean.is_some() || node.cold_start.is_some() {
        section_ui(ui, theme, "Response");
    }
    optional_ui(ui, theme, "Mean", node.mean.as_ref(), format::millis);
    optional_ui(ui, theme, "p50", node.p50.as_ref(), format::millis);
    optional_ui(ui, theme, "p99", node.p99.as_ref(), format::millis);
    optional_ui(
        ui,
        theme,
        "Cold starts",
        node.cold_start.as_ref(),
        format::percent,
    );
    let here: Vec<&Problem> = report
        .problems
        .iter()
        .filter(|problem| problem.node.as_ref() == Some(id))
        .collect();
    if !here.is_empty() {
        section_ui(ui, theme, "Problems");
    }
    for problem in here {
        // Fixes are offered in the list of problems.
        problem_ui(ui, theme, problem, |_| {});
    }
}

fn optional_ui(
    ui: &mut Ui,
    theme: &Theme,
    title: &str,
    figure: Option<&Figure>,
    format: fn(f64) -> String,
) {
    if let Some(figure) = figure {
        figure_row_ui(ui, theme, title, figure, format);
    }
}

/// The load against the tightest limit as a number, a bar and a word.
fn utilisation_ui(ui: &mut Ui, theme: &Theme, node: &NodeReport) {
    let Some(utilisation) = &node.utilisation else {
        ui.label("No limit applies.");
        return;
    };
    let heat = Heat::of(utilisation.value);
    let colour = heat.colour(theme);
    figure_row_ui(
        ui,
        theme,
        "Utilisation at the peak",
        utilisation,
        format::percent,
    );
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 6.0), Sense::hover());
    ui.painter().rect_filled(rect, 3.0, theme.raised);
    #[expect(clippy::cast_possible_truncation, reason = "a share of the width")]
    let share = utilisation.value.clamp(0.0, 1.0) as f32;
    let mut bar = rect;
    bar.set_width(rect.width() * share);
    ui.painter().rect_filled(bar, 3.0, colour);
    let limit = node.limit.as_deref().unwrap_or("its limit");
    let text = match heat.word() {
        Some(word) => format!("{limit}: {word}"),
        None => limit.to_owned(),
    };
    ui.label(RichText::new(text).small().color(colour));
}
