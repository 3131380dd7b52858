//! The badge beside a total that leans on weak figures.
//!
//! A total of grade D may rest on a recalled price for a cent of it or for all
//! of it. The badge appears where it is a part that matters, and its tooltip
//! says how large the part is and which lines it is.

use egui::{Rect, Response, RichText, Sense, StrokeKind, Ui, WidgetInfo, WidgetType, pos2, vec2};

use super::figure::{grade_colour, grade_meaning};
use super::panel::caption;
use super::panel::problems::sign;
use super::theme::Theme;
use crate::format;
use crate::report::{Severity, Weakness};

const HEIGHT: f32 = 17.0;
const SIGN: f32 = 10.0;

/// Shows the badge where there is reason to.
pub fn badge_ui(ui: &mut Ui, theme: &Theme, weakness: &Weakness) {
    if !weakness.leans() {
        return;
    }
    let galley = galley(ui, theme, weakness.text());
    let width = galley.size().x + SIGN + 15.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    paint(ui, theme, rect, galley);
    explained(response, theme, weakness);
}

/// Paints the badge at the left of a row and explains it; false where there is
/// no reason for one.
pub fn badge_in(ui: &Ui, theme: &Theme, weakness: &Weakness, row: Rect, id: egui::Id) -> bool {
    if !weakness.leans() {
        return false;
    }
    // In a narrow column the last word is one too many.
    let text = weakness.text();
    let text = text.strip_suffix(" figures").unwrap_or(&text);
    let galley = galley(ui, theme, text.to_owned());
    let width = (galley.size().x + SIGN + 15.0).min(row.width());
    let centre = pos2(row.left() + width / 2.0, row.center().y);
    let rect = Rect::from_center_size(centre, vec2(width, HEIGHT));
    let response = ui.interact(rect, id, Sense::hover());
    paint(ui, theme, rect, galley);
    explained(response, theme, weakness);
    true
}

fn galley(ui: &Ui, theme: &Theme, text: String) -> std::sync::Arc<egui::Galley> {
    let font = egui::TextStyle::Small.resolve(ui.style());
    ui.painter().layout_no_wrap(text, font, theme.warn)
}

fn paint(ui: &Ui, theme: &Theme, rect: Rect, galley: std::sync::Arc<egui::Galley>) {
    let outline = egui::Stroke::new(1.0, theme.warn);
    let painter = ui.painter();
    painter.rect_stroke(rect, HEIGHT / 2.0, outline, StrokeKind::Inside);
    let centre = pos2(rect.left() + 5.0 + SIGN / 2.0, rect.center().y + 0.5);
    let square = Rect::from_center_size(centre, vec2(SIGN, SIGN));
    painter.add(sign(theme, Severity::Warning, square));
    let top = rect.center().y - galley.size().y / 2.0;
    painter.galley(pos2(square.right() + 3.0, top), galley, theme.warn);
}

fn explained(response: Response, theme: &Theme, weakness: &Weakness) {
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, weakness.text()));
    response.on_hover_ui(|ui| tooltip_ui(ui, theme, weakness));
}

fn tooltip_ui(ui: &mut Ui, theme: &Theme, weakness: &Weakness) {
    ui.set_max_width(380.0);
    let share = format::percent(weakness.share);
    ui.label(RichText::new(format!("{share} of the cost {}", weakness.text())).strong());
    for grade in &weakness.grades {
        let text = format!("Grade {grade}: {}", grade_meaning(*grade));
        let ink = grade_colour(theme, *grade);
        ui.label(RichText::new(text).small().color(ink));
    }
    let sum = format::usd_per_month(weakness.usd);
    ui.label(caption(theme, format!("{sum} in all. The largest lines:")));
    for line in &weakness.lines {
        let cost = format::usd_per_month(line.usd);
        ui.label(format!("{cost}  {}, grade {}", line.name, line.grade));
    }
}
