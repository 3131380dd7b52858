//! The window as a picture, without a display: the very same [`App`], drawn
//! frame by frame until it settles, and rasterised by the CPU.

use egui::Vec2;

use super::app::App;
use super::raster::{self, Raster};
use super::view::{DrawerTab, Measure};
use crate::design::NodeId;
use crate::workspace::Workspace;

/// Frames after which a window that keeps moving is photographed anyway.
const MOST_FRAMES: u32 = 12;
/// Frames that egui needs to measure and place everything.
const LEAST_FRAMES: u32 = 5;

/// How the picture is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Width and height in points.
    pub size: [f32; 2],
    /// Pixels a point: 2 for a sharp picture of the same layout.
    pub pixels_per_point: f32,
    /// Dark or light.
    pub dark: bool,
    /// The node to select, with its settings in the inspector.
    pub selected: Option<NodeId>,
    /// The tab of the drawer.
    pub tab: DrawerTab,
    /// The lens that cards are seen through.
    pub measure: Measure,
}

impl Default for Picture {
    fn default() -> Self {
        Self {
            size: [1_440.0, 900.0],
            pixels_per_point: 1.0,
            dark: true,
            selected: None,
            tab: DrawerTab::default(),
            measure: Measure::default(),
        }
    }
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum ScreenshotError {
    /// Too small, too large, or not a size at all.
    #[error(
        "A picture of {width} x {height} points at {pixels_per_point} pixels a point cannot be \
         drawn; use 320 to 16,384 pixels a side."
    )]
    Size {
        /// Width in points.
        width: f32,
        /// Height in points.
        height: f32,
        /// Pixels a point.
        pixels_per_point: f32,
    },
    /// The picture could not be written.
    #[error(transparent)]
    Png(#[from] raster::PngError),
}

/// The window as a PNG file.
///
/// # Errors
///
/// If the size makes no sense.
pub fn screenshot(mut workspace: Workspace, picture: &Picture) -> Result<Vec<u8>, ScreenshotError> {
    let [width, height] = picture.size;
    let pixels_per_point = picture.pixels_per_point;
    let is_possible = |points: f32| (320.0..=16_384.0).contains(&(points * pixels_per_point));
    if !(is_possible(width) && is_possible(height)) {
        return Err(ScreenshotError::Size {
            width,
            height,
            pixels_per_point,
        });
    }
    workspace.settle();
    let mut app = App::new(workspace);
    app.pose(picture);
    let image = photograph(&mut app, Vec2::new(width, height), pixels_per_point);
    Ok(image.to_png()?)
}

pub(super) fn photograph(app: &mut App, size: Vec2, pixels_per_point: f32) -> raster::Image {
    let ctx = egui::Context::default();
    app.dress(&ctx);
    let mut raster = Raster::default();
    let mut frame = 0;
    loop {
        // What a tab wants computed is only known once it was drawn.
        app.settle();
        // A second apart, so that whatever moves has arrived.
        let input = raster::still(size, pixels_per_point, frame);
        let output = ctx.run_ui(input, |ui| app.frame_ui(ui));
        let is_settled = frame >= LEAST_FRAMES && !ctx.has_requested_repaint();
        frame += 1;
        if is_settled || frame >= MOST_FRAMES {
            let ground = app.view().theme().canvas;
            return raster.frame(&ctx, output, ground);
        }
        raster.update(output.textures_delta);
    }
}
