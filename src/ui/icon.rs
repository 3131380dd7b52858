//! The icon of the window: a cloud of three nodes, drawn by code.

use egui::{Color32, Pos2, Rect, Stroke, Vec2, pos2, vec2};

use super::raster::{self, Image, Raster};
use super::theme::Theme;

/// The icon as a square picture of so many pixels a side.
pub fn icon(side: u16) -> Image {
    let theme = Theme::dark();
    let ctx = egui::Context::default();
    theme.apply(&ctx);
    let size = Vec2::splat(f32::from(side));
    let mut raster = Raster::default();
    let first = ctx.run_ui(raster::still(size, 1.0, 0), |ui| {
        paint(ui.painter(), &theme, size);
    });
    raster.update(first.textures_delta);
    let output = ctx.run_ui(raster::still(size, 1.0, 1), |ui| {
        paint(ui.painter(), &theme, size);
    });
    raster.frame(&ctx, output, Color32::TRANSPARENT)
}

/// The icon as the window takes it.
pub fn data(side: u16) -> egui::IconData {
    let image = icon(side);
    egui::IconData {
        width: u32::try_from(image.width).unwrap_or_default(),
        height: u32::try_from(image.height).unwrap_or_default(),
        rgba: image.rgba,
    }
}

fn paint(painter: &egui::Painter, theme: &Theme, size: Vec2) {
    let unit = size.x / 64.0;
    let at = |x: f32, y: f32| -> Pos2 { pos2(x, y) * unit };
    let ground = Rect::from_min_size(Pos2::ZERO, size).shrink(2.0 * unit);
    painter.rect_filled(ground, 14.0 * unit, theme.card);
    let wire = Stroke::new(3.5 * unit, theme.muted);
    painter.line_segment([at(18.0, 34.0), at(46.0, 20.0)], wire);
    painter.line_segment([at(18.0, 34.0), at(46.0, 46.0)], wire);
    let nodes = [
        (at(18.0, 34.0), theme.trigger),
        (at(46.0, 20.0), theme.compute),
        (at(46.0, 46.0), theme.data),
    ];
    for (centre, colour) in nodes {
        let card = Rect::from_center_size(centre, vec2(17.0, 14.0) * unit);
        painter.rect_filled(card, 4.5 * unit, colour);
    }
}

#[cfg(test)]
mod tests {
    use super::icon;

    #[test]
    fn the_icon_has_round_corners_and_three_nodes() {
        let image = icon(64);
        assert_eq!((image.width, image.height), (64, 64));
        assert_eq!(image.pixel(0, 0).map(|pixel| pixel[3]), Some(0));
        let colour = |x, y| image.pixel(x, y).unwrap();
        assert_ne!(colour(18, 34), colour(46, 20));
        assert_ne!(colour(46, 20), colour(46, 46));
    }
}
