//! Pictures of the window without a window: egui's triangles to pixels.
//!
//! For screenshots on machines without a display or driver, for the picture
//! export and for image tests. Blends premultiplied colours in gamma space as
//! egui's own OpenGL painter does, so the result is what the window shows,
//! less its dithering. [`triangle`] fills, [`png`] encodes.
//!
//! Paint callbacks are skipped: they are OpenGL code. What is drawn is not
//! decided here.

mod png;
mod triangle;

pub use self::png::PngError;

use std::collections::HashMap;

use egui::epaint::{ClippedPrimitive, ClippedShape, ImageData, ImageDelta, Primitive};
use egui::{Color32, Rect, TextureFilter, TextureId, TextureOptions, TextureWrapMode, Vec2};

use super::theme::Theme;
use png::Shades;
use triangle::{Canvas, Clip, Corner};

/// A finished picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Pixels a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Red, green, blue and alpha, not premultiplied, row by row from the top.
    pub rgba: Vec<u8>,
}

impl Image {
    /// The pixel in a column and row, if it lies within the picture.
    pub fn pixel(&self, x: usize, y: usize) -> Option<[u8; 4]> {
        if x >= self.width || y >= self.height {
            return None;
        }
        let at = (y * self.width + x) * 4;
        self.rgba.get(at..at + 4)?.try_into().ok()
    }

    /// The picture as a PNG file.
    ///
    /// # Errors
    ///
    /// A picture without pixels, or too large for the format.
    pub fn to_png(&self) -> Result<Vec<u8>, PngError> {
        png::encode(self, Shades::Exact)
    }

    /// As a PNG file of about a third of the size, in which close shades are
    /// one: for pictures in documents, not for comparison.
    ///
    /// # Errors
    ///
    /// As [`Self::to_png`].
    pub fn to_small_png(&self) -> Result<Vec<u8>, PngError> {
        png::encode(self, Shades::Few)
    }
}

/// The painter: keeps egui's textures from frame to frame.
#[derive(Default)]
pub struct Raster {
    textures: HashMap<TextureId, Texture>,
    outdated: Vec<TextureId>,
}

impl Raster {
    /// Takes over what changed in the textures; before [`Self::render`].
    pub fn update(&mut self, mut delta: egui::TexturesDelta) {
        for id in self.outdated.drain(..) {
            self.textures.remove(&id);
        }
        for (id, changes) in std::mem::take(&mut delta.set) {
            for change in changes {
                self.textures.entry(id).or_default().apply(change);
            }
        }
        // This frame may still show them; they go with the next update.
        self.outdated.extend(std::mem::take(&mut delta.free));
    }

    /// Paints tessellated shapes onto a background of `width` x `height` pixels.
    pub fn render(
        &self,
        primitives: &[ClippedPrimitive],
        [width, height]: [usize; 2],
        pixels_per_point: f32,
        background: Color32,
    ) -> Image {
        let mut canvas = Canvas::new(width, height, background);
        for ClippedPrimitive {
            clip_rect,
            primitive,
        } in primitives
        {
            let Primitive::Mesh(mesh) = primitive else {
                continue;
            };
            let Some(texture) = self.textures.get(&mesh.texture_id) else {
                continue;
            };
            let clip = Clip::new(*clip_rect, pixels_per_point, [width, height]);
            let corners: Vec<Corner> = mesh
                .vertices
                .iter()
                .map(|vertex| Corner::new(vertex, pixels_per_point))
                .collect();
            for [a, b, c] in mesh.triangles() {
                let corner = |index: u32| corners.get(index as usize);
                if let (Some(a), Some(b), Some(c)) = (corner(a), corner(b), corner(c)) {
                    canvas.triangle([a, b, c], texture, &clip);
                }
            }
        }
        canvas.into_image()
    }

    /// Paints shapes over the whole of `ctx`.
    pub fn paint(
        &self,
        ctx: &egui::Context,
        shapes: Vec<ClippedShape>,
        pixels_per_point: f32,
        background: Color32,
    ) -> Image {
        let size = (ctx.content_rect().size() * pixels_per_point)
            .round()
            .max(Vec2::ZERO);
        let primitives = ctx.tessellate(shapes, pixels_per_point);
        self.render(
            &primitives,
            [size.x as usize, size.y as usize],
            pixels_per_point,
            background,
        )
    }

    /// Paints one frame of `ctx`, consuming its output.
    pub fn frame(
        &mut self,
        ctx: &egui::Context,
        output: egui::FullOutput,
        background: Color32,
    ) -> Image {
        self.update(output.textures_delta);
        self.paint(ctx, output.shapes, output.pixels_per_point, background)
    }
}

/// Draws a user interface of `size` points without a window.
///
/// Runs several frames a second apart before the one that is painted, because
/// egui measures in the first ones and animates in the next.
pub fn screenshot(
    theme: &Theme,
    size: Vec2,
    pixels_per_point: f32,
    mut run_ui: impl FnMut(&mut egui::Ui),
) -> Image {
    const FRAMES: u32 = 4;
    let ctx = egui::Context::default();
    theme.apply(&ctx);
    let mut raster = Raster::default();
    for frame in 0..FRAMES - 1 {
        let output = ctx.run_ui(still(size, pixels_per_point, frame), &mut run_ui);
        raster.update(output.textures_delta);
    }
    let output = ctx.run_ui(still(size, pixels_per_point, FRAMES - 1), &mut run_ui);
    raster.frame(&ctx, output, theme.canvas)
}

/// The input of a frame in which nothing happens.
pub fn still(size: Vec2, pixels_per_point: f32, second: u32) -> egui::RawInput {
    let mut input = egui::RawInput {
        screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, size)),
        time: Some(f64::from(second)),
        ..Default::default()
    };
    if let Some(viewport) = input.viewports.get_mut(&egui::ViewportId::ROOT) {
        viewport.native_pixels_per_point = Some(pixels_per_point);
    }
    input
}

/// A texture as egui uploads it, in premultiplied colours.
#[derive(Default)]
struct Texture {
    size: [usize; 2],
    texels: Vec<Color32>,
    options: TextureOptions,
}

impl Texture {
    fn apply(&mut self, change: ImageDelta) {
        let ImageData::Color(image) = &change.image;
        self.options = change.options;
        let Some([left, top]) = change.pos else {
            (self.size, self.texels) = (image.size, image.pixels.clone());
            return;
        };
        let [width, _] = image.size;
        for (row, texels) in image.pixels.chunks_exact(width.max(1)).enumerate() {
            let start = (top + row) * self.size[0] + left;
            if left + width <= self.size[0]
                && let Some(target) = self.texels.get_mut(start..start + width)
            {
                target.copy_from_slice(texels);
            }
        }
    }

    /// The colour at a place where (0, 0) and (1, 1) are opposite corners.
    fn sample(&self, u: f32, v: f32) -> Color32 {
        let x = u * self.size[0] as f32 - 0.5;
        let y = v * self.size[1] as f32 - 0.5;
        let (column, row) = (x.floor(), y.floor());
        let (fx, fy) = (x - column, y - row);
        // Text is laid out so that texels meet pixels, nearly always.
        const MEETS: f32 = 1.0 / 256.0;
        let off = |fraction: f32| fraction.min(1.0 - fraction) > MEETS;
        if self.options.magnification == TextureFilter::Nearest || !(off(fx) || off(fy)) {
            return self.texel(x.round(), y.round());
        }
        let top = blend(self.texel(column, row), self.texel(column + 1.0, row), fx);
        let bottom = blend(
            self.texel(column, row + 1.0),
            self.texel(column + 1.0, row + 1.0),
            fx,
        );
        blend(top, bottom, fy)
    }

    fn texel(&self, column: f32, row: f32) -> Color32 {
        let wrap = |at: f32, size: usize| match self.options.wrap_mode {
            TextureWrapMode::ClampToEdge => at.clamp(0.0, (size.max(1) - 1) as f32) as usize,
            TextureWrapMode::Repeat => at.rem_euclid(size as f32) as usize,
            TextureWrapMode::MirroredRepeat => {
                let at = at.rem_euclid(2.0 * size as f32) as usize;
                at.min((2 * size).saturating_sub(at + 1))
            }
        };
        let [width, height] = self.size;
        let at = wrap(row, height) * width + wrap(column, width);
        self.texels.get(at).copied().unwrap_or(Color32::TRANSPARENT)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a pixel that was computed, not a new colour"
)]
fn blend(from: Color32, to: Color32, share: f32) -> Color32 {
    let (from, to) = (from.to_array(), to.to_array());
    let channel = |at: usize| {
        let (from, to) = (f32::from(from[at]), f32::from(to[at]));
        (from + (to - from) * share + 0.5) as u8
    };
    Color32::from_rgba_premultiplied(channel(0), channel(1), channel(2), channel(3))
}

#[cfg(test)]
mod tests;
