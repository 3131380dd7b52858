//! Filling triangles, row by row.
//!
//! A pixel belongs to a triangle when its centre does, and a centre on an
//! edge belongs to the triangle right of or below it. Both triangles at an
//! edge compute its crossings from the same corner on, so that no pixel
//! between them is left out or blended twice.

use egui::epaint::Vertex;
use egui::{Color32, Rect};

use super::{Image, Texture};

/// A corner in pixels.
pub struct Corner {
    x: f64,
    y: f64,
    uv: [f32; 2],
    colour: Color32,
}

impl Corner {
    pub fn new(vertex: &Vertex, pixels_per_point: f32) -> Self {
        Self {
            x: f64::from(vertex.pos.x * pixels_per_point),
            y: f64::from(vertex.pos.y * pixels_per_point),
            uv: [vertex.uv.x, vertex.uv.y],
            colour: vertex.color,
        }
    }
}

/// The pixels that may be painted: from `min`, up to but without `max`.
pub struct Clip {
    min: [usize; 2],
    max: [usize; 2],
}

impl Clip {
    pub fn new(rect: Rect, pixels_per_point: f32, size: [usize; 2]) -> Self {
        // The cast saturates, so a clip without bounds is that of the picture.
        let edge =
            |at: f32, axis: usize| ((at * pixels_per_point).round() as usize).min(size[axis]);
        Self {
            min: [edge(rect.min.x, 0), edge(rect.min.y, 1)],
            max: [edge(rect.max.x, 0), edge(rect.max.y, 1)],
        }
    }

    /// The pixels of one axis whose centres lie in [from, to), within the clip.
    fn span(&self, axis: usize, from: f64, to: f64) -> std::ops::Range<usize> {
        let edge = |at: f64| {
            ((at - 0.5).ceil() as usize).clamp(self.min[axis], self.max[axis].max(self.min[axis]))
        };
        edge(from)..edge(to)
    }
}

/// The picture in progress, in premultiplied colours.
pub struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 4]>,
}

impl Canvas {
    pub fn new(width: usize, height: usize, background: Color32) -> Self {
        let mut pixels = vec![[0; 4]; width * height];
        fill(&mut pixels, background.to_array());
        Self {
            width,
            height,
            pixels,
        }
    }

    pub fn triangle(&mut self, corners: [&Corner; 3], texture: &Texture, clip: &Clip) {
        if !corners
            .iter()
            .all(|corner| corner.x.is_finite() && corner.y.is_finite())
        {
            return;
        }
        let Some(paint) = Paint::of(corners, texture) else {
            return;
        };
        let [a, b, c] = corners;
        let edges = [Edge::new(a, b), Edge::new(b, c), Edge::new(c, a)];
        let top = a.y.min(b.y).min(c.y);
        let bottom = a.y.max(b.y).max(c.y);
        for row in clip.span(1, top, bottom) {
            let Some((left, right)) = crossings(&edges, row as f64 + 0.5) else {
                continue;
            };
            let columns = clip.span(0, left, right);
            let start = row * self.width;
            if let Some(pixels) = self
                .pixels
                .get_mut(start + columns.start..start + columns.end)
            {
                paint.row(pixels, columns.start, row);
            }
        }
    }

    pub fn into_image(self) -> Image {
        let Self {
            width,
            height,
            pixels,
        } = self;
        let rgba = if pixels.iter().all(|pixel| pixel[3] == 255) {
            pixels.into_flattened()
        } else {
            pixels.into_iter().flat_map(unmultiplied).collect()
        };
        Image {
            width,
            height,
            rgba,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a pixel that was computed, not a new colour"
)]
fn unmultiplied([r, g, b, a]: [u8; 4]) -> [u8; 4] {
    Color32::from_rgba_premultiplied(r, g, b, a).to_srgba_unmultiplied()
}

/// An edge from its upper to its lower end, whichever way it was given.
struct Edge {
    top: f64,
    bottom: f64,
    x: f64,
    slope: f64,
}

impl Edge {
    fn new(one: &Corner, other: &Corner) -> Self {
        let (upper, lower) = if (one.y, one.x) <= (other.y, other.x) {
            (one, other)
        } else {
            (other, one)
        };
        let slope = (lower.x - upper.x) / (lower.y - upper.y);
        Self {
            top: upper.y,
            bottom: lower.y,
            x: upper.x,
            slope,
        }
    }
}

/// Where a row enters and leaves the triangle.
fn crossings(edges: &[Edge; 3], y: f64) -> Option<(f64, f64)> {
    let mut found = edges
        .iter()
        .filter(|edge| edge.top <= y && y < edge.bottom)
        .map(|edge| edge.x + (y - edge.top) * edge.slope);
    let (one, other) = (found.next()?, found.next()?);
    Some((one.min(other), one.max(other)))
}

/// What colours a triangle, cheapest first.
enum Paint<'a> {
    /// One colour, which most of a user interface is.
    Flat([u8; 4]),
    /// Colours that change, as in every smoothed edge, under one texel.
    Shaded { colour: Gradient<4>, texel: Color32 },
    /// Text and pictures.
    Textured {
        colour: Gradient<4>,
        uv: Gradient<2>,
        texture: &'a Texture,
    },
}

impl<'a> Paint<'a> {
    /// `None` for triangles without area or colour.
    fn of(corners: [&Corner; 3], texture: &'a Texture) -> Option<Self> {
        let [a, b, c] = corners;
        let one_texel = a.uv == b.uv && b.uv == c.uv;
        let one_colour = a.colour == b.colour && b.colour == c.colour;
        if one_colour && a.colour == Color32::TRANSPARENT {
            return None;
        }
        if one_texel {
            let texel = texture.sample(a.uv[0], a.uv[1]);
            if one_colour {
                return Some(Self::Flat(tinted(a.colour.to_array(), texel)));
            }
            let colour = Gradient::of(corners, corners.map(colour_of))?;
            return Some(Self::Shaded { colour, texel });
        }
        let colour = Gradient::of(corners, corners.map(colour_of))?;
        let uv = Gradient::of(corners, corners.map(|corner| corner.uv))?;
        Some(Self::Textured {
            colour,
            uv,
            texture,
        })
    }

    fn row(&self, pixels: &mut [[u8; 4]], column: usize, row: usize) {
        match self {
            Self::Flat(colour) if colour[3] == 255 => fill(pixels, *colour),
            Self::Flat(colour) => {
                for pixel in pixels {
                    over(pixel, *colour);
                }
            }
            Self::Shaded { colour, texel } => {
                let mut here = colour.at(column, row);
                for pixel in pixels {
                    over(
                        pixel,
                        tinted(here.map(|channel| (channel + 0.5) as u8), *texel),
                    );
                    colour.step(&mut here);
                }
            }
            Self::Textured {
                colour,
                uv,
                texture,
            } => {
                let (mut here, mut place) = (colour.at(column, row), uv.at(column, row));
                for pixel in pixels {
                    let texel = texture.sample(place[0], place[1]);
                    if texel != Color32::TRANSPARENT {
                        over(
                            pixel,
                            tinted(here.map(|channel| (channel + 0.5) as u8), texel),
                        );
                    }
                    colour.step(&mut here);
                    uv.step(&mut place);
                }
            }
        }
    }
}

fn colour_of(corner: &Corner) -> [f32; 4] {
    corner.colour.to_array().map(f32::from)
}

/// Values that change evenly across a triangle.
struct Gradient<const N: usize> {
    origin: [f64; 2],
    values: [f32; N],
    along_x: [f32; N],
    along_y: [f32; N],
}

impl<const N: usize> Gradient<N> {
    fn of([a, b, c]: [&Corner; 3], values: [[f32; N]; 3]) -> Option<Self> {
        let (bx, by, cx, cy) = (b.x - a.x, b.y - a.y, c.x - a.x, c.y - a.y);
        let area = bx * cy - cx * by;
        if area == 0.0 {
            return None;
        }
        let [va, vb, vc] = values;
        let difference = |at: usize, by: f64, cy: f64| {
            let (db, dc) = (f64::from(vb[at] - va[at]), f64::from(vc[at] - va[at]));
            ((db * cy - dc * by) / area) as f32
        };
        Some(Self {
            origin: [a.x, a.y],
            values: va,
            along_x: std::array::from_fn(|at| difference(at, by, cy)),
            along_y: std::array::from_fn(|at| -difference(at, bx, cx)),
        })
    }

    /// The values at the centre of a pixel.
    fn at(&self, column: usize, row: usize) -> [f32; N] {
        let dx = (column as f64 + 0.5 - self.origin[0]) as f32;
        let dy = (row as f64 + 0.5 - self.origin[1]) as f32;
        std::array::from_fn(|at| self.values[at] + self.along_x[at] * dx + self.along_y[at] * dy)
    }

    /// Moves on by one column.
    fn step(&self, values: &mut [f32; N]) {
        for (value, step) in values.iter_mut().zip(self.along_x) {
            *value += step;
        }
    }
}

/// A premultiplied colour seen through a texel.
fn tinted(colour: [u8; 4], texel: Color32) -> [u8; 4] {
    if texel == Color32::WHITE {
        return colour;
    }
    let texel = texel.to_array();
    let channel = |at: usize| product(colour[at], texel[at]);
    [channel(0), channel(1), channel(2), channel(3)]
}

/// Puts a premultiplied colour over a pixel, in gamma space as OpenGL does.
fn over(pixel: &mut [u8; 4], colour: [u8; 4]) {
    if colour[3] == 255 {
        *pixel = colour;
        return;
    }
    let kept = 255 - colour[3];
    for (below, above) in pixel.iter_mut().zip(colour) {
        *below = above.saturating_add(product(*below, kept));
    }
}

/// The product of two shares of 255, rounded.
fn product(one: u8, other: u8) -> u8 {
    ((u32::from(one) * u32::from(other) + 127) / 255) as u8
}

/// Fills by doubling, which copies blocks even in builds without optimisation.
fn fill(pixels: &mut [[u8; 4]], colour: [u8; 4]) {
    let Some(first) = pixels.first_mut() else {
        return;
    };
    *first = colour;
    let mut done = 1;
    while done < pixels.len() {
        let next = done.min(pixels.len() - done);
        pixels.copy_within(..next, done);
        done += next;
    }
}
