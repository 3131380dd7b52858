//! The signs of severity: a shape, a colour and a word, never one alone.

use egui::{Color32, Pos2, Rect, Sense, Shape, Stroke, Ui, vec2};

use crate::report::Severity;
use crate::ui::theme::Theme;

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
