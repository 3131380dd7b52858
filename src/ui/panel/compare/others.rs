//! The last column: who cannot run the design, and why.

use std::sync::Arc;

use egui::{Galley, Label, Pos2, Rect, RichText, Ui, vec2};

use super::{Look, grid, part_ui};
use crate::advice::compare::{Excluded, why_not};

/// Width of the column, at least and at most.
const WIDTH: (f32, f32) = (240.0, 420.0);
const GAP: f32 = 8.0;

/// The providers that are left out, laid out.
pub struct Others {
    texts: Vec<Arc<Galley>>,
    width: f32,
}

impl Others {
    /// Lays them out, so that their height is known.
    pub fn of(ui: &Ui, look: Look<'_>, excluded: &[Excluded], room: f32) -> Self {
        let width = room.clamp(WIDTH.0, WIDTH.1);
        let texts = excluded.iter().map(|other| text(ui, look, other, width));
        Self {
            texts: texts.collect(),
            width,
        }
    }

    /// Width of the column; none where all can run it.
    pub fn width(&self) -> f32 {
        if self.texts.is_empty() {
            0.0
        } else {
            self.width
        }
    }

    /// Height of the column.
    pub fn height(&self) -> f32 {
        let texts: f32 = self.texts.iter().map(|text| text.size().y + GAP).sum();
        grid::NAME + GAP + texts
    }

    /// Shows the column.
    pub fn show_ui(&self, ui: &mut Ui, corner: Pos2) {
        if self.texts.is_empty() {
            return;
        }
        let rect = Rect::from_min_size(corner, vec2(self.width, self.height()));
        part_ui(ui, rect.shrink2(vec2(grid::PAD, 3.0)), |ui| {
            ui.spacing_mut().item_spacing.y = GAP;
            ui.label(RichText::new("Cannot run it").strong());
            for text in &self.texts {
                ui.add(Label::new(Arc::clone(text)).selectable(false));
            }
        });
    }
}

/// `Turso: nothing there is a function (resize, thumbnail)`.
fn text(ui: &Ui, look: Look<'_>, excluded: &Excluded, width: f32) -> Arc<Galley> {
    let mut job = egui::text::LayoutJob::default();
    let font = egui::TextStyle::Small.resolve(ui.style());
    let format = |color| egui::TextFormat {
        font_id: font.clone(),
        color,
        ..Default::default()
    };
    let name = format!("{}: ", excluded.name);
    job.append(&name, 0.0, format(look.theme.text));
    job.append(&why_not(excluded), 0.0, format(look.theme.muted));
    job.wrap.max_width = width - 2.0 * grid::PAD;
    ui.painter().layout_job(job)
}
