//! The traffic slider: what if ten times as many came?
//!
//! Multiplies all traffic without touching the design; a button makes the
//! present multiplier the design's own.

use egui::{RichText, Slider, Stroke, Ui};

use super::{Asked, Look, caption};
use crate::format;
use crate::ui::chart::times;
use crate::ui::figure::explained;
use crate::workspace::{Action, TRAFFIC_RANGE};

/// Width of the rail.
const WIDTH: f32 = 320.0;

/// Height of the slider, of which the handle takes four fifths.
const HANDLE: f32 = 16.0;

/// Width that the whole takes in the bar.
pub const TOTAL: f32 = 640.0;

/// Shows slider, multiplier and the rate that it comes to.
pub fn traffic_ui(ui: &mut Ui, look: Look<'_>, asked: &mut Asked) {
    let now = look.workspace.traffic();
    let label = ui.label(caption(look.theme, "Traffic"));
    let mut factor = now;
    ui.spacing_mut().slider_width = WIDTH.min(ui.available_width() - 60.0).max(80.0);
    let (low, high) = TRAFFIC_RANGE;
    // A handle that leaves the ticks in sight.
    let tall = std::mem::replace(&mut ui.spacing_mut().interact_size.y, HANDLE);
    let slider = Slider::new(&mut factor, low..=high)
        .logarithmic(true)
        .show_value(false);
    let response = ui.add(slider.smart_aim(true)).labelled_by(label.id);
    ui.spacing_mut().interact_size.y = tall;
    ticks(ui, look, response.rect);
    if response.double_clicked() {
        factor = 1.0;
    } else if response.dragged() {
        factor = snapped(factor);
    }
    if factor != now {
        asked.act(Action::SetTraffic(factor));
    }
    let hint = "Multiplies all traffic without changing the design. Double-click for 1x.";
    response.on_hover_text(hint);
    amount_ui(ui, look, asked);
}

/// Two figures are enough, and a decade is easy to hit.
fn snapped(factor: f64) -> f64 {
    let decade = 10_f64.powf(factor.log10().round());
    if (factor / decade).log10().abs() < 0.02 {
        decade
    } else {
        format::rounded(factor, 2)
    }
}

/// A short line at every decade, a number under it.
fn ticks(ui: &Ui, look: Look<'_>, rect: egui::Rect) {
    let inset = rect.height() / 2.5;
    let rail = rect.x_range().shrink(inset);
    let (low, high) = TRAFFIC_RANGE;
    let decades = (high / low).log10();
    let mut factor = low;
    while factor <= high * 1.001 {
        #[expect(clippy::cast_possible_truncation, reason = "a place on the rail")]
        let share = ((factor / low).log10() / decades) as f32;
        let x = rail.min + share * rail.span();
        let is_home = (factor - 1.0).abs() < 1e-9;
        let colour = if is_home {
            look.theme.text
        } else {
            look.theme.muted
        };
        let y = egui::Rangef::new(rect.center().y + 7.0, rect.center().y + 9.0);
        ui.painter().vline(x, y, Stroke::new(1.0, colour));
        let font = egui::FontId::proportional(9.0);
        let at = egui::pos2(x, y.max);
        ui.painter()
            .text(at, egui::Align2::CENTER_TOP, times(factor), font, colour);
        factor *= 10.0;
    }
}

fn amount_ui(ui: &mut Ui, look: Look<'_>, asked: &mut Asked) {
    let factor = look.workspace.traffic();
    let is_home = (factor - 1.0).abs() < 1e-9;
    let colour = if is_home {
        look.theme.text
    } else {
        look.theme.accent
    };
    let text = RichText::new(times(factor)).strong().color(colour);
    let width = egui::vec2(38.0, ui.spacing().interact_size.y);
    ui.add_sized(width, egui::Label::new(text).selectable(false));
    let triggers = &look.workspace.report().triggers;
    if let Some(busiest) = triggers
        .iter()
        .max_by(|a, b| a.peak.value.total_cmp(&b.peak.value))
    {
        let rate = format::rate_per_second(busiest.peak.value);
        let response = ui.label(caption(look.theme, format!("peak {rate}")));
        explained(
            response,
            look.theme,
            &format!("Peak rate of {}", busiest.label),
            &rate,
            &busiest.peak,
        );
    }
    if !is_home {
        let hint = "Make this the design's own traffic and return the slider to 1x.";
        if ui
            .small_button("Set as traffic")
            .on_hover_text(hint)
            .clicked()
        {
            asked.act(Action::CommitTraffic);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::snapped;

    #[test]
    fn decades_are_easy_to_hit() {
        assert_eq!(snapped(9.7), 10.0);
        assert_eq!(snapped(1.03), 1.0);
        assert_eq!(snapped(4.318), 4.3);
        assert_eq!(snapped(0.1), 0.1);
    }
}
