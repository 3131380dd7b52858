//! Shapes that stay the same for many frames, tessellated once.
//!
//! egui tessellates every shape of every frame. For a chart, or a canvas of a
//! thousand cards, that takes longer than all else in the frame, and the
//! triangles are those of the frame before. What is kept to be drawn again is
//! therefore kept as triangles, which egui copies.
//!
//! Texts and dots stay what they are: their triangles point into the font
//! atlas, where egui has discs ready too, and the atlas may grow at any time,
//! even later in the same frame. Dots could do without the atlas, but then each
//! takes dozens of triangles instead of two.

use std::sync::Arc;

use egui::epaint::Tessellator;
use egui::{Color32, Context, Mesh, Shape, TextureId, Vec2};

/// The same picture with as much of it as possible as triangles. Right as long
/// as the pixels per point of `ctx` stay what they are.
pub fn baked(ctx: &Context, shapes: impl IntoIterator<Item = Shape>) -> Vec<Shape> {
    let options = ctx.tessellation_options(|options| *options);
    let mut oven = Oven {
        tessellator: Tessellator::new(ctx.pixels_per_point(), options, [1, 1], Vec::new()),
        mesh: Mesh::default(),
        done: Vec::new(),
    };
    for shape in shapes {
        oven.add(shape);
    }
    oven.flush();
    oven.done
}

/// Baked shapes moved by some whole pixels, so that edges that were put on
/// pixels stay on them.
pub fn moved(baked: &[Shape], by: Vec2) -> Vec<Shape> {
    let mut baked = baked.to_vec();
    if by != Vec2::ZERO {
        for shape in &mut baked {
            shape.translate(by);
        }
    }
    baked
}

struct Oven {
    tessellator: Tessellator,
    mesh: Mesh,
    done: Vec<Shape>,
}

impl Oven {
    fn add(&mut self, shape: Shape) {
        match shape {
            Shape::Vec(shapes) => {
                for shape in shapes {
                    self.add(shape);
                }
            }
            Shape::Text(_) | Shape::Callback(_) => self.keep(shape),
            Shape::Circle(dot) if dot.fill != Color32::TRANSPARENT => self.keep(shape),
            shape if shape.texture_id() != TextureId::default() => self.keep(shape),
            shape => self.tessellator.tessellate_shape(shape, &mut self.mesh),
        }
    }

    /// Keeps the order: later shapes lie above earlier ones.
    fn keep(&mut self, shape: Shape) {
        self.flush();
        self.done.push(shape);
    }

    fn flush(&mut self) {
        if !self.mesh.is_empty() {
            let mesh = std::mem::take(&mut self.mesh);
            self.done.push(Shape::Mesh(Arc::new(mesh)));
        }
    }
}

#[cfg(test)]
mod tests {
    use egui::{Align2, FontId, Pos2, Rect, Stroke, pos2, vec2};

    use super::*;

    fn context() -> Context {
        let ctx = Context::default();
        ctx.run_ui(egui::RawInput::default(), |_| {})
            .drop_without_applying_deltas();
        ctx
    }

    fn square(x: f32) -> Shape {
        let rect = Rect::from_min_size(pos2(x, 0.0), vec2(10.0, 10.0));
        Shape::rect_filled(rect, 2.0, Color32::RED)
    }

    fn word(ctx: &Context) -> Shape {
        ctx.fonts_mut(|fonts| {
            let font = FontId::proportional(12.0);
            let at = Pos2::ZERO;
            Shape::text(fonts, at, Align2::LEFT_TOP, "word", font, Color32::RED)
        })
    }

    #[test]
    fn texts_and_dots_stay_and_split_the_triangles() {
        let ctx = context();
        let dot = Shape::circle_filled(Pos2::ZERO, 3.0, Color32::RED);
        let wire =
            Shape::line_segment([Pos2::ZERO, pos2(9.0, 9.0)], Stroke::new(1.0, Color32::RED));
        let shapes = vec![
            square(0.0),
            Shape::Vec(vec![dot, word(&ctx), wire]),
            Shape::Noop,
            square(20.0),
        ];
        let kinds: Vec<_> = baked(&ctx, shapes)
            .iter()
            .map(|shape| match shape {
                Shape::Mesh(_) => "mesh",
                Shape::Text(_) => "text",
                Shape::Circle(_) => "dot",
                _ => "other",
            })
            .collect();
        assert_eq!(kinds, ["mesh", "dot", "text", "mesh"]);
    }

    /// Nothing may point into the font atlas, which changes.
    #[test]
    fn triangles_have_no_texture() {
        let ctx = context();
        let ring = Shape::circle_stroke(Pos2::ZERO, 3.0, Stroke::new(1.0, Color32::RED));
        for shape in baked(&ctx, [ring, square(0.0)]) {
            let Shape::Mesh(mesh) = shape else {
                panic!("{shape:?}");
            };
            assert!(mesh.vertices.iter().all(|v| v.uv == egui::epaint::WHITE_UV));
        }
    }

    #[test]
    fn moving_moves_all_and_keeps_the_original() {
        let ctx = context();
        let before = baked(&ctx, [square(0.0), word(&ctx)]);
        let after = moved(&before, vec2(3.0, -2.0));
        for (before, after) in before.iter().zip(&after) {
            let expected = before.visual_bounding_rect().translate(vec2(3.0, -2.0));
            assert_eq!(after.visual_bounding_rect(), expected);
        }
        assert_eq!(moved(&before, Vec2::ZERO), before);
    }
}
