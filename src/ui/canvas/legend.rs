//! The choice of the lens, and what its colours mean, in a corner of the
//! canvas.

use egui::{Align2, Color32, Mesh, Order, Pos2, Rect, RichText, Sense, Shape, Stroke, Ui, vec2};

use crate::format;
use crate::report::Severity;
use crate::ui::panel::problems;
use crate::ui::panel::{caption, muted};
use crate::ui::theme::{Heat, Theme};
use crate::ui::view::{Measure, View};

use super::measure::Scales;

/// Size of a scale.
const SCALE: egui::Vec2 = vec2(168.0, 8.0);

/// Shows the choice in the lower left corner of the canvas.
pub fn legend_ui(ui: &Ui, theme: &Theme, canvas: Rect, scales: &Scales, view: &mut View) {
    let corner = canvas.left_bottom() + vec2(12.0, -12.0);
    let area = egui::Area::new(ui.id().with("lens"))
        .order(Order::Middle)
        .pivot(Align2::LEFT_BOTTOM)
        .fixed_pos(corner)
        .constrain_to(canvas)
        .movable(false);
    area.show(ui.ctx(), |ui| {
        let frame = egui::Frame::new()
            .fill(theme.panel)
            .stroke(Stroke::new(1.0, theme.border))
            .corner_radius(6.0)
            .inner_margin(egui::Margin::symmetric(8, 4));
        frame.show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(2.0, 4.0);
            ui.spacing_mut().interact_size.y = 20.0;
            choice_ui(ui, theme, view);
            scale_ui(ui, theme, view.measure, scales);
        });
    });
}

fn choice_ui(ui: &mut Ui, theme: &Theme, view: &mut View) {
    ui.horizontal(|ui| {
        for (measure, kind) in Measure::ALL {
            let is_chosen = view.measure == measure;
            let ink = if is_chosen { theme.text } else { theme.muted };
            let text = RichText::new(measure.label()).small().color(ink);
            let button = egui::Button::new(text)
                .frame_when_inactive(is_chosen)
                .selected(is_chosen);
            let response = ui.add(button);
            response.widget_info(|| {
                let label = kind.label();
                egui::WidgetInfo::selected(egui::WidgetType::RadioButton, true, is_chosen, label)
            });
            let keys = match measure {
                // The sign on the key rather than the way to it.
                Measure::Cost => "$",
                _ => kind.shortcuts().first().copied().unwrap_or_default(),
            };
            let response = response.on_hover_ui(|ui| {
                ui.label(kind.tooltip());
                ui.label(muted(theme, format!("Key: {keys}")).small());
            });
            if response.clicked() {
                view.measure = measure;
            }
        }
    });
}

/// From little to much, with the numbers at the ends.
fn scale_ui(ui: &mut Ui, theme: &Theme, measure: Measure, scales: &Scales) {
    let most = match measure {
        Measure::Usual => return,
        Measure::Utilisation => return steps_ui(ui, theme),
        Measure::Risk if scales.hourly <= 0.0 => return signs_ui(ui, theme),
        Measure::Risk => format!("{} /h at worst", format::usd(scales.hourly)),
        Measure::Latency => format!("p99 {}", format::millis(scales.latency)),
        Measure::Cost => format::usd_per_month(scales.cost),
        Measure::Cold => format::percent(scales.cold),
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(caption(theme, "0"));
        let (rect, _) = ui.allocate_exact_size(SCALE, Sense::hover());
        let stops = [0.0, 0.33, 0.67, 1.0].map(|share| theme.ramp(share));
        ui.painter().add(ramp(rect, &stops));
        ui.label(caption(theme, most));
    });
}

/// The steps of load, as long as they are and in their colours.
fn steps_ui(ui: &mut Ui, theme: &Theme) {
    let (rect, _) = ui.allocate_exact_size(vec2(320.0, 22.0), Sense::hover());
    let bar = Rect::from_min_size(rect.min + vec2(0.0, 2.0), vec2(rect.width(), 6.0));
    let x = |load: f64| egui::lerp(bar.x_range(), (load / 1.2) as f32);
    for (from, to) in [(0.0, 0.6), (0.6, 0.8), (0.8, 0.95), (0.95, 1.0), (1.0, 1.2)] {
        let heat = Heat::of((from + to) / 2.0);
        let colour = if heat == Heat::Calm {
            theme.border
        } else {
            heat.colour(theme)
        };
        let part = bar.with_min_x(x(from)).with_max_x(x(to) - 1.0);
        ui.painter().rect_filled(part, 1.0, colour);
    }
    let font = egui::FontId::proportional(10.0);
    let words = [
        (0.6, Align2::RIGHT_TOP, "60 %"),
        (0.8, Align2::RIGHT_TOP, "80 %"),
        (1.0, Align2::RIGHT_TOP, "100 %"),
        (1.2, Align2::RIGHT_TOP, "hatched"),
    ];
    for (load, anchor, text) in words {
        let at = egui::pos2(x(load), bar.bottom() + 1.0);
        ui.painter()
            .text(at, anchor, text, font.clone(), theme.muted);
    }
}

fn signs_ui(ui: &mut Ui, theme: &Theme) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for severity in [Severity::Error, Severity::Warning, Severity::Hint] {
            problems::sign_ui(ui, theme, severity);
            ui.label(caption(theme, problems::word(severity)));
        }
        ui.label(caption(theme, "hatched: refuses, or feeds itself"));
    });
}

fn ramp(rect: Rect, stops: &[Color32]) -> Shape {
    let mut mesh = Mesh::default();
    let last = stops.len().saturating_sub(1).max(1) as f32;
    for (index, colour) in stops.iter().enumerate() {
        let x = egui::lerp(rect.x_range(), index as f32 / last);
        mesh.colored_vertex(Pos2::new(x, rect.top()), *colour);
        mesh.colored_vertex(Pos2::new(x, rect.bottom()), *colour);
    }
    for step in 0..stops.len().saturating_sub(1) as u32 {
        let at = 2 * step;
        mesh.add_triangle(at, at + 1, at + 2);
        mesh.add_triangle(at + 1, at + 2, at + 3);
    }
    Shape::mesh(mesh)
}
