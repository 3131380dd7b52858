//! The bill, line by line, dearest first.

use egui::{Align2, FontId, Pos2, Rect, Sense, Ui, WidgetInfo, WidgetType, vec2};

use super::{Look, caption, empty_ui};
use crate::format;
use crate::report::CostLine;
use crate::ui::figure::figure_tooltip_ui;
use crate::ui::theme::Theme;
use crate::ui::view::View;

const ROW: f32 = 22.0;

/// Title, share of the width, and whether numbers stand in it.
const COLUMNS: [(&str, f32, bool); 6] = [
    ("Node", 0.17, false),
    ("Service", 0.16, false),
    ("Meter", 0.28, false),
    ("Quantity", 0.15, true),
    ("Free", 0.12, true),
    ("Per month", 0.12, true),
];

/// Shows the table.
pub fn lines_ui(ui: &mut Ui, look: Look<'_>, view: &mut View) {
    let cost = &look.workspace.report().cost;
    if cost.lines.is_empty() {
        empty_ui(ui, look.theme, "Nothing here is billed yet.");
        return;
    }
    let mut lines: Vec<_> = cost.lines.iter().collect();
    lines.sort_by(|a, b| b.cost.value.total_cmp(&a.cost.value));
    let header = COLUMNS.map(|(title, ..)| title.to_owned());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width() - 10.0, ROW), Sense::hover());
    paint_row(ui, look.theme, rect, &header, look.theme.muted);
    ui.painter().hline(
        rect.x_range(),
        rect.bottom(),
        egui::Stroke::new(1.0, look.theme.border),
    );
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = egui::ScrollArea::vertical().auto_shrink(false);
    area.show_rows(ui, ROW, lines.len() + 1, |ui, rows| {
        for row in rows {
            match lines.get(row) {
                Some(line) => line_ui(ui, look, view, line, row),
                None => total_ui(ui, look),
            }
        }
    });
}

fn line_ui(ui: &mut Ui, look: Look<'_>, view: &mut View, line: &CostLine, row: usize) {
    let size = vec2(ui.available_width() - 10.0, ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let report = look.workspace.report();
    let node = report
        .nodes
        .get(&line.node)
        .map_or(line.node.as_str(), |node| &node.label);
    let cost = format::usd_exact(line.cost.value);
    let free = if line.free > 0.0 {
        format::count(line.free)
    } else {
        String::new()
    };
    let quantity = format!("{} {}", format::count(line.quantity), line.unit);
    let service = match &line.companion {
        Some(companion) => format!("{} ({companion})", line.service_name),
        None => line.service_name.clone(),
    };
    let cells = [
        node.to_owned(),
        service,
        line.name.clone(),
        quantity,
        free,
        cost.clone(),
    ];
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, cells.join(", ")));
    let is_marked = view.selection.nodes.contains(&line.node);
    if response.hovered() || is_marked {
        ui.painter().rect_filled(rect, 3.0, look.theme.raised);
    } else if row % 2 == 1 {
        ui.painter()
            .rect_filled(rect, 0.0, ui.visuals().faint_bg_color);
    }
    paint_row(ui, look.theme, rect, &cells, look.theme.text);
    if response.clicked() {
        view.selection.only_node(line.node.clone());
    }
    response.on_hover_ui(|ui| {
        figure_tooltip_ui(ui, look.theme, &line.name, &cost, &line.cost);
        if let Some(reason) = &line.reason {
            ui.label(caption(look.theme, reason));
        }
    });
}

fn total_ui(ui: &mut Ui, look: Look<'_>) {
    let cost = &look.workspace.report().cost;
    let size = vec2(ui.available_width() - 10.0, ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().hline(
        rect.x_range(),
        rect.top(),
        egui::Stroke::new(1.0, look.theme.border),
    );
    let total = format::usd_exact(cost.total.value);
    let text = if cost.complete {
        total
    } else {
        format!("at least {total}")
    };
    let title = "Total".to_owned();
    let empty = String::new;
    let cells = [title, empty(), empty(), empty(), empty(), text.clone()];
    paint_row(ui, look.theme, rect, &cells, look.theme.text);
    response.on_hover_ui(|ui| {
        figure_tooltip_ui(ui, look.theme, "Monthly cost", &text, &cost.total);
        ui.label(caption(
            look.theme,
            format!("Rounded as on the bill: ${}", cost.invoice),
        ));
    });
}

fn paint_row(ui: &Ui, theme: &Theme, rect: Rect, cells: &[String; 6], ink: egui::Color32) {
    let font = egui::TextStyle::Small.resolve(ui.style());
    let mut left = rect.left();
    for ((_, share, is_number), text) in COLUMNS.iter().zip(cells) {
        let cell =
            Rect::from_min_size(Pos2::new(left, rect.top()), vec2(rect.width() * share, ROW));
        paint_cell(
            ui,
            theme,
            cell.shrink2(vec2(6.0, 0.0)),
            text,
            *is_number,
            &font,
            ink,
        );
        left = cell.right();
    }
}

fn paint_cell(
    ui: &Ui,
    theme: &Theme,
    cell: Rect,
    text: &str,
    is_number: bool,
    font: &FontId,
    ink: egui::Color32,
) {
    if is_number {
        // A number is never cut: it may reach into its neighbour instead.
        ui.painter().text(
            cell.right_center(),
            Align2::RIGHT_CENTER,
            text,
            font.clone(),
            ink,
        );
        return;
    }
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font.clone(), ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(cell.width());
    let galley = ui.painter().layout_job(job);
    let at = Pos2::new(cell.left(), cell.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, theme.text);
}
