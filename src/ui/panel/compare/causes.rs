//! What makes one provider dearer or slower than home.

use egui::{Label, RichText, ScrollArea, Ui, vec2};

use super::super::{caption, muted};
use super::WIDE;
use crate::advice::compare::{Cause, Column};
use crate::format;
use crate::ui::theme::Theme;

/// A title, causes, and how their difference is written.
type Part<'a> = (&'a str, &'a [Cause], fn(f64) -> String);

/// Shows the causes of cost and latency, one below or beside the other.
pub fn causes_ui(ui: &mut Ui, theme: &Theme, column: Option<&Column>) {
    let Some(column) = column else {
        ui.label(muted(theme, "No other provider can run this design."));
        return;
    };
    let (name, gap) = (&column.name, column.gap);
    let cost = if gap == 0.0 {
        format!("{name} costs the same")
    } else {
        let word = if gap > 0.0 { "more" } else { "less" };
        format!("{name} costs {} a month {word}", format::usd(gap.abs()))
    };
    let time = "Its time against home";
    ui.spacing_mut().item_spacing.y = 3.0;
    let parts: [Part<'_>; 2] = [
        (&cost, &column.causes, format::usd_delta),
        (time, &column.latency_causes, millis_delta),
    ];
    let room = ui.available_rect_before_wrap();
    let is_flat = room.width() > room.height() * 3.0 && room.width() < WIDE;
    if is_flat {
        // Words about money are longer than words about time.
        let cost = (room.width() - 16.0) * 0.6;
        let widths = [cost, room.width() - 16.0 - cost];
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            for (part, width) in parts.into_iter().zip(widths) {
                ui.allocate_ui(vec2(width, room.height()), |ui| {
                    ui.vertical(|ui| {
                        let area = ScrollArea::vertical().id_salt(part.0);
                        area.show(ui, |ui| list_ui(ui, theme, part));
                    });
                });
            }
        });
    } else {
        ScrollArea::vertical().id_salt("causes").show(ui, |ui| {
            for part in parts {
                list_ui(ui, theme, part);
                ui.add_space(10.0);
            }
        });
    }
}

fn list_ui(ui: &mut Ui, theme: &Theme, (title, causes, difference): Part<'_>) {
    ui.label(RichText::new(title).small().strong());
    if causes.is_empty() {
        ui.label(caption(theme, "No node differs noticeably."));
    }
    for cause in causes {
        let amount = difference(cause.difference);
        let mut job = egui::text::LayoutJob::default();
        let font = egui::TextStyle::Small.resolve(ui.style());
        let format = |color| egui::TextFormat {
            font_id: font.clone(),
            color,
            ..Default::default()
        };
        job.append(&format!("{amount}  "), 0.0, format(theme.text));
        job.append(&cause.text, 0.0, format(theme.muted));
        ui.add(Label::new(job).wrap().selectable(false));
    }
}

/// A change of a duration, with its sign.
fn millis_delta(millis: f64) -> String {
    let sign = if millis < 0.0 { "-" } else { "+" };
    format!("{sign}{}", format::millis(millis.abs()))
}
