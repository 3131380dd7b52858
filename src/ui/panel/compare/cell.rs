//! One node on one provider: its service, how well that does, and a bar.

use egui::{Align2, Color32, Rect, RichText, Sense, Ui, WidgetInfo, WidgetType, pos2, vec2};

use super::super::{Look, caption};
use super::column::Shown;
use super::grid::PAD;
use crate::advice::compare::Cell;
use crate::format;
use crate::ui::fidelity;
use crate::ui::figure::figure_tooltip_ui;

const BAR: f32 = 8.0;

/// Shows a node in its row; true while the pointer is on it.
pub fn cell_ui(ui: &Ui, look: Look<'_>, shown: &Shown<'_>, rect: Rect, cell: &Cell) -> bool {
    let (theme, translation) = (look.theme, &cell.translation);
    let id = ui.id().with((&shown.column.provider, &cell.node));
    let response = ui.interact(rect, id, Sense::hover());
    if response.contains_pointer() {
        ui.painter().rect_filled(rect, 3.0, theme.raised);
    }
    let inner = rect.shrink2(vec2(PAD, 2.0));
    let (top, bottom) = inner.split_top_bottom_at_y(inner.top() + 16.0);
    let ink = fidelity::colour(theme, translation.fidelity);
    let centre = pos2(top.left() + 5.0, top.center().y);
    let mark = fidelity::mark(theme, translation.fidelity, centre, 4.0);
    ui.painter().extend(mark);
    let word = translation.fidelity.label();
    let room = number_in(ui, top, word, ink);
    let name = pos2(centre.x + 10.0, top.top());
    let name = Rect::from_min_max(name, pos2(room - 6.0, top.bottom()));
    text_in(ui, name, service(cell), theme.text);
    let cost = format::usd(cell.cost.value);
    bar_in(ui, look, shown, bottom, cell.cost.value, &cost);
    response.widget_info(|| {
        let words = [&shown.column.name, &cell.label, service(cell), word, &cost];
        WidgetInfo::labeled(WidgetType::Label, true, words.join(", "))
    });
    let is_pointed_at = response.contains_pointer();
    response.on_hover_ui(|ui| {
        figure_tooltip_ui(ui, theme, &cell.label, &cost, &cell.cost);
        ui.separator();
        let text = format!(
            "{}: {word}, {}",
            service(cell),
            fidelity::meaning(translation.fidelity)
        );
        ui.label(RichText::new(text).color(ink));
        ui.label(caption(theme, &translation.reason));
    });
    is_pointed_at
}

fn service(cell: &Cell) -> &str {
    if cell.translation.service_name.is_empty() {
        "no service"
    } else {
        &cell.translation.service_name
    }
}

/// A bar from the left with its amount at the end.
fn bar_in(ui: &Ui, look: Look<'_>, shown: &Shown<'_>, row: Rect, usd: f64, text: &str) {
    let length = shown.grid.bar(usd);
    let corner = pos2(row.left(), row.center().y - BAR / 2.0);
    let bar = Rect::from_min_size(corner, vec2(length, BAR));
    ui.painter().rect_filled(bar, 1.0, look.theme.ramp(0.6));
    let after = if length > 0.0 { 5.0 } else { 0.0 };
    let font = egui::TextStyle::Small.resolve(ui.style());
    let at = pos2(bar.right() + after, row.center().y);
    let ink = if usd > 0.0 {
        look.theme.text
    } else {
        look.theme.muted
    };
    ui.painter().text(at, Align2::LEFT_CENTER, text, font, ink);
}

/// A small text at the left of a row, cut with an ellipsis where it is long;
/// where it ends.
pub fn text_in(ui: &Ui, rect: Rect, text: &str, ink: Color32) -> f32 {
    line_in(ui, rect, text, ink, &egui::TextStyle::Small)
}

/// A text at the left of a row, cut with an ellipsis where it is long; where
/// it ends.
pub fn line_in(ui: &Ui, rect: Rect, text: &str, ink: Color32, style: &egui::TextStyle) -> f32 {
    let font = style.resolve(ui.style());
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(rect.width());
    let galley = ui.painter().layout_job(job);
    let at = pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    let end = at.x + galley.size().x;
    ui.painter().galley(at, galley, ink);
    end
}

/// A small text at the right of a row, never cut; where it begins.
pub fn number_in(ui: &Ui, rect: Rect, text: &str, ink: Color32) -> f32 {
    let font = egui::TextStyle::Small.resolve(ui.style());
    let painter = ui.painter();
    let place = painter.text(rect.right_center(), Align2::RIGHT_CENTER, text, font, ink);
    place.left()
}
