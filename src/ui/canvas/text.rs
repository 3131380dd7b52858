//! Text that zooms with the canvas.
//!
//! Font sizes are quantised to half points, so that a smooth zoom does not
//! fill the font atlas with a size for every frame.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Color32, Context, FontId, Galley, Pos2, Rect, Shape};

/// Text on one line, ended with an ellipsis where it is too wide.
pub struct Line<'a> {
    /// What it says.
    pub text: &'a str,
    /// Font size on screen.
    pub size: f32,
    /// Colour.
    pub colour: Color32,
    /// Widest on screen.
    pub width: f32,
}

/// A font size near to the wanted one.
pub fn quantised(size: f32) -> f32 {
    (size * 2.0).round().max(2.0) / 2.0
}

impl Line<'_> {
    /// Lays it out.
    pub fn galley(&self, ctx: &Context) -> Arc<Galley> {
        self.laid_out(ctx, 1)
    }

    /// Lays it out over several lines.
    pub fn laid_out(&self, ctx: &Context, rows: usize) -> Arc<Galley> {
        let font = FontId::proportional(quantised(self.size));
        let mut job =
            LayoutJob::single_section(self.text.to_owned(), TextFormat::simple(font, self.colour));
        job.wrap = TextWrapping {
            max_width: self.width.max(0.0),
            max_rows: rows,
            break_anywhere: rows == 1,
            ..Default::default()
        };
        ctx.fonts_mut(|fonts| fonts.layout_job(job))
    }

    /// Adds it at a corner or edge; returns its rectangle.
    pub fn add(&self, ctx: &Context, shapes: &mut Vec<Shape>, anchor: Align2, at: Pos2) -> Rect {
        let galley = self.galley(ctx);
        let rect = anchor.anchor_size(at, galley.size());
        shapes.push(Shape::galley(rect.min, galley, self.colour));
        rect
    }
}
