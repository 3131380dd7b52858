//! The labels of the rows. They stay where they are while the columns move
//! under them.

use egui::{Rect, Sense, Ui, WidgetInfo, WidgetType, pos2, vec2};

use super::Look;
use super::cell::text_in;
use super::grid::{Fact, Grid};
use crate::ui::view::View;

/// Shows them at `left`, over whatever was drawn there.
pub fn labels_ui(ui: &mut Ui, look: Look<'_>, grid: &Grid, left: f32, view: &mut View) {
    let size = vec2(grid.labels, grid.height());
    let whole = Rect::from_min_size(pos2(left, grid.origin.y), size);
    ui.painter().rect_filled(whole, 0.0, look.theme.panel);
    let right = whole.right() - 6.0;
    for fact in Fact::ALL {
        let rect = grid.fact_rect(fact, left, right);
        // The total is as high as its bar allows; its label stands beside it.
        let rect = rect.with_max_y(rect.top() + rect.height().min(20.0));
        text_in(ui, rect, fact.label(), look.theme.muted);
        let id = ui.id().with(("label", fact.label()));
        ui.interact(rect, id, Sense::hover())
            .on_hover_text(fact.help());
    }
    for (row, (node, label)) in grid.rows.iter().enumerate() {
        let rect = grid.node_rect(row, left, right);
        let response = ui.interact(rect, ui.id().with(("label", node)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, label));
        let is_marked = view.selection.nodes.contains(node) || view.lit.as_ref() == Some(node);
        if is_marked || response.hovered() || response.has_focus() {
            let ground = rect.expand2(vec2(3.0, 0.0));
            ui.painter().rect_filled(ground, 3.0, look.theme.raised);
        }
        text_in(ui, rect, label, look.theme.text);
        if response.hovered() {
            view.lit = Some(node.clone());
        }
        if response.clicked() {
            view.selection.only_node(node.clone());
        }
        response.on_hover_text(format!("{label}: click to select it."));
    }
}
