//! Notices in the corner: what happened, until it is read.
//!
//! Errors stay until they are dismissed; good news goes by itself.

use egui::{Align2, RichText, Stroke, Ui, vec2};

use super::{Asked, Look};
use crate::ui::glyph::{Glyph, glyph_ui};
use crate::workspace::{Action, Notice};

/// Seconds for which good news is shown.
const SHOWN: f64 = 6.0;
/// Notices shown at once; older ones wait.
const AT_ONCE: usize = 4;

/// When each notice was first seen.
#[derive(Debug, Default)]
pub struct Toasts(Vec<(Notice, f64)>);

impl Toasts {
    /// Keeps up with the notices there are.
    fn follow(&mut self, notices: &[Notice], now: f64) {
        let mut seen = std::mem::take(&mut self.0);
        self.0 = notices
            .iter()
            .map(|notice| {
                let known = seen.iter().position(|(other, _)| other == notice);
                known.map_or_else(|| (notice.clone(), now), |at| seen.swap_remove(at))
            })
            .collect();
    }
}

/// Shows the newest notices at the bottom right of `rect`.
pub fn toasts_ui(
    ui: &Ui,
    look: Look<'_>,
    rect: egui::Rect,
    toasts: &mut Toasts,
    asked: &mut Asked,
) {
    let now = ui.input(|input| input.time);
    toasts.follow(look.workspace.notices(), now);
    // Later ones first, so that the places of the others still hold.
    let goes = |(notice, since): &(Notice, f64)| !notice.is_error && now - since > SHOWN;
    for index in (0..toasts.0.len())
        .rev()
        .filter(|index| toasts.0.get(*index).is_some_and(goes))
    {
        asked.act(Action::Dismiss(index));
    }
    let leaving = toasts.0.iter().filter(|(notice, _)| !notice.is_error);
    if let Some(next) = leaving
        .map(|(_, since)| since + SHOWN - now)
        .min_by(f64::total_cmp)
    {
        let wait = std::time::Duration::from_secs_f64(next.max(0.0) + 0.05);
        ui.ctx().request_repaint_after(wait);
    }
    let mut bottom = rect.max - vec2(16.0, 16.0);
    let first = toasts.0.len().saturating_sub(AT_ONCE);
    for (index, (notice, _)) in toasts.0.iter().enumerate().skip(first).rev() {
        let area = egui::Area::new(egui::Id::new(("toast", index)))
            .order(egui::Order::Foreground)
            .pivot(Align2::RIGHT_BOTTOM)
            .fixed_pos(bottom)
            .constrain(true);
        let shown = area.show(ui.ctx(), |ui| toast_ui(ui, look, notice));
        if shown.inner {
            asked.act(Action::Dismiss(index));
        }
        bottom.y = shown.response.rect.top() - 8.0;
    }
}

fn toast_ui(ui: &mut Ui, look: Look<'_>, notice: &Notice) -> bool {
    let theme = look.theme;
    let (glyph, colour) = if notice.is_error {
        (Glyph::Error, theme.danger)
    } else {
        (Glyph::Check, theme.ok)
    };
    let frame = egui::Frame::new()
        .fill(theme.raised)
        .stroke(Stroke::new(
            1.0,
            if notice.is_error {
                colour
            } else {
                theme.border
            },
        ))
        .corner_radius(8.0)
        .inner_margin(10.0);
    let inner = frame.show(ui, |ui| {
        ui.set_max_width(360.0);
        ui.spacing_mut().interact_size.y = 16.0;
        ui.horizontal_top(|ui| {
            glyph_ui(ui, glyph, 16.0, colour);
            ui.scope(|ui| {
                ui.set_max_width(290.0);
                ui.add(egui::Label::new(RichText::new(&notice.text)).wrap());
            });
            let close = egui::Button::new(RichText::new("×").color(theme.muted)).frame(false);
            let response = ui.add(close);
            response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::WidgetType::Button, true, "Dismiss")
            });
            response.clicked()
        })
        .inner
    });
    inner.inner
}
