//! What one node costs, line by line, with the prices that can be replaced.

use egui::{RichText, Ui};

use super::super::{Asked, Look, caption, empty_ui};
use super::price::prices_ui;
use crate::design::NodeId;
use crate::format;
use crate::report::{CostLine, Weakness};
use crate::ui::figure::{explained, value_row_ui};
use crate::ui::theme;
use crate::ui::weak::badge_ui;

/// Shows what a node costs.
pub fn cost_ui(ui: &mut Ui, look: Look<'_>, id: &NodeId, asked: &mut Asked) {
    let report = look.workspace.report();
    let Some(node) = report.nodes.get(id) else {
        empty_ui(ui, look.theme, "Nothing was computed for this node.");
        return;
    };
    let prefix = if node.cost_complete { "" } else { "at least " };
    let total = format!("{prefix}{}", format::usd_per_month(node.cost.value));
    let response = ui.label(RichText::new(&total).text_style(theme::kpi()));
    explained(response, look.theme, "Monthly cost", &total, &node.cost);
    if !node.cost_complete {
        let text = "A price is missing: the true cost is higher.";
        ui.label(RichText::new(text).small().color(look.theme.warn));
    }
    let mut lines: Vec<_> = report
        .cost
        .lines
        .iter()
        .filter(|line| line.node == *id)
        .collect();
    badge_ui(ui, look.theme, &Weakness::of(lines.iter().copied()));
    lines.sort_by(|a, b| b.cost.value.total_cmp(&a.cost.value));
    if lines.is_empty() {
        empty_ui(ui, look.theme, "Nothing here is billed.");
    }
    for line in lines {
        line_ui(ui, look, line, asked);
    }
}

fn line_ui(ui: &mut Ui, look: Look<'_>, line: &CostLine, asked: &mut Asked) {
    let salt = (&line.service, &line.meter, &line.companion);
    ui.push_id(salt, |ui| {
        title_ui(ui, look, line);
        prices_ui(ui, look, line, asked);
        ui.add_space(4.0);
    });
}

/// What is billed, how much of it, and what it costs.
fn title_ui(ui: &mut Ui, look: Look<'_>, line: &CostLine) {
    let cost = format::usd(line.cost.value);
    value_row_ui(ui, look.theme, &line.name, &cost, |response| {
        response.on_hover_ui(|ui| {
            crate::ui::figure::figure_tooltip_ui(ui, look.theme, &line.name, &cost, &line.cost);
            if let Some(reason) = &line.reason {
                ui.label(caption(look.theme, reason));
            }
        });
    });
    let free = match line.free {
        free if free > 0.0 => format!(", {} free", format::count(free)),
        _ => String::new(),
    };
    let quantity = format::count(line.quantity);
    let detail = format!("{}: {quantity} {}{free}", line.service_name, line.unit);
    ui.add_space(-6.0);
    ui.label(caption(look.theme, detail));
}
