//! Plotters drawing onto egui's shapes.
//!
//! Charts in the window are smoothed by egui and written in its fonts, and
//! the same drawing code writes the SVG export. Plotters counts in whole
//! pixels, so a chart is drawn [`UNIT`] times too large and scaled back here.
//!
//! Polygons must be convex or x-monotone, which every area under a line is;
//! egui fills no others. What is drawn is decided in [`super::plot`].

use std::convert::Infallible;
use std::f32::consts::FRAC_PI_2;

use egui::epaint::TextShape;
use egui::{
    Align2, Color32, FontFamily, FontId, Galley, Mesh, Pos2, Rect, Shape, Stroke, StrokeKind, vec2,
};
use plotters_backend::text_anchor::{HPos, Pos as Anchor, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontFamily as PlottersFamily, FontTransform,
};

/// Plotters' pixels in a point.
pub const UNIT: u32 = 8;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// Draws into a rectangle of the window by adding to its shapes.
pub struct ShapeBackend<'a> {
    ctx: egui::Context,
    rect: Rect,
    shapes: &'a mut Vec<Shape>,
}

impl<'a> ShapeBackend<'a> {
    /// A drawing that covers `rect`, in fonts of `ctx`.
    pub fn new(ctx: &egui::Context, rect: Rect, shapes: &'a mut Vec<Shape>) -> Self {
        Self {
            ctx: ctx.clone(),
            rect,
            shapes,
        }
    }

    fn place(&self, (x, y): BackendCoord) -> Pos2 {
        self.rect.min + vec2(points(x), points(y))
    }

    fn galley<S: BackendTextStyle>(&self, text: &str, style: &S) -> std::sync::Arc<Galley> {
        let family = match style.family() {
            PlottersFamily::Monospace => FontFamily::Monospace,
            _ => FontFamily::Proportional,
        };
        let font = FontId::new(style.size() as f32 / UNIT as f32, family);
        let colour = colour_of(style.color());
        self.ctx
            .fonts_mut(|fonts| fonts.layout_no_wrap(text.to_owned(), font, colour))
    }
}

impl DrawingBackend for ShapeBackend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let side = |points: f32| (points * UNIT as f32) as u32;
        (side(self.rect.width()), side(self.rect.height()))
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, colour: BackendColor) -> Drawn {
        self.draw_rect((x, y), (x + 1, y + 1), &colour, true)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        if style.color().alpha == 0.0 {
            return Ok(());
        }
        // A segment, unlike a path, is snapped to pixels when upright or level.
        let segment = Shape::line_segment([self.place(from), self.place(to)], stroke_of(style));
        self.shapes.push(segment);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let rect = Rect::from_two_pos(self.place(upper_left), self.place(bottom_right));
        self.shapes.push(if fill {
            Shape::rect_filled(rect, 0.0, colour_of(style.color()))
        } else {
            Shape::rect_stroke(rect, 0.0, stroke_of(style), StrokeKind::Middle)
        });
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let mut path: Vec<_> = path.into_iter().collect();
        path.dedup();
        match path[..] {
            [] | [_] => {}
            [from, to] => self.draw_line(from, to, style)?,
            _ => {
                let path = path.into_iter().map(|at| self.place(at)).collect();
                self.shapes.push(Shape::line(path, stroke_of(style)));
            }
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (centre, radius) = (self.place(centre), radius as f32 / UNIT as f32);
        self.shapes.push(if fill {
            Shape::circle_filled(centre, radius, colour_of(style.color()))
        } else {
            Shape::circle_stroke(centre, radius, stroke_of(style))
        });
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        polygon: I,
        style: &S,
    ) -> Drawn {
        let mut polygon: Vec<_> = polygon.into_iter().collect();
        polygon.dedup();
        let colour = colour_of(style.color());
        let convex = is_convex(&polygon);
        let polygon: Vec<Pos2> = polygon.into_iter().map(|at| self.place(at)).collect();
        match area(&polygon, colour) {
            Some(mesh) if !convex => self.shapes.push(Shape::mesh(mesh)),
            _ => self
                .shapes
                .push(Shape::convex_polygon(polygon, colour, Stroke::NONE)),
        }
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        position: BackendCoord,
    ) -> Drawn {
        let galley = self.galley(text, style);
        let angle = match style.transform() {
            FontTransform::None => 0.0,
            FontTransform::Rotate90 => FRAC_PI_2,
            FontTransform::Rotate180 => 2.0 * FRAC_PI_2,
            FontTransform::Rotate270 => 3.0 * FRAC_PI_2,
        };
        let anchor = align(style.anchor());
        let corner = self.place(position) - anchor.pos_in_rect(&galley.rect).to_vec2();
        let text = TextShape::new(corner, galley, Color32::PLACEHOLDER);
        self.shapes
            .push(text.with_angle_and_anchor(angle, anchor).into());
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let size = self.galley(text, style).size() * UNIT as f32;
        Ok((size.x.ceil() as u32, size.y.ceil() as u32))
    }
}

fn points(pixels: i32) -> f32 {
    pixels as f32 / UNIT as f32
}

#[expect(
    clippy::disallowed_methods,
    reason = "a colour that plotters hands over, not a new one"
)]
fn colour_of(
    BackendColor {
        alpha,
        rgb: (r, g, b),
    }: BackendColor,
) -> Color32 {
    Color32::from_rgba_unmultiplied(r, g, b, (alpha * 255.0).round() as u8)
}

fn stroke_of(style: &impl BackendStyle) -> Stroke {
    Stroke::new(
        style.stroke_width() as f32 / UNIT as f32,
        colour_of(style.color()),
    )
}

fn align(anchor: Anchor) -> Align2 {
    use egui::Align::{Center, Max, Min};
    let across = match anchor.h_pos {
        HPos::Left => Min,
        HPos::Center => Center,
        HPos::Right => Max,
    };
    let down = match anchor.v_pos {
        VPos::Top => Min,
        VPos::Center => Center,
        VPos::Bottom => Max,
    };
    Align2([across, down])
}

/// Whether the outline turns only one way, and around only once.
fn is_convex(polygon: &[BackendCoord]) -> bool {
    let corner = |at: usize| {
        let (x, y) = polygon[at % polygon.len()];
        (i64::from(x), i64::from(y))
    };
    let (mut left, mut right, mut reversals) = (false, false, 0);
    for at in 0..polygon.len() {
        let (a, b, c) = (corner(at), corner(at + 1), corner(at + 2));
        let turn = (b.0 - a.0) * (c.1 - b.1) - (b.1 - a.1) * (c.0 - b.0);
        left |= turn > 0;
        right |= turn < 0;
        reversals += usize::from((b.0 >= a.0) != (c.0 >= b.0));
    }
    !(left && right) && reversals <= 2
}

/// The polygon between two x-monotone chains as upright strips.
///
/// `None` if the outline runs back and forth. Chains may cross, as the two
/// edges of a band between two series do.
fn area(polygon: &[Pos2], colour: Color32) -> Option<Mesh> {
    let start = (0..polygon.len()).min_by(|&a, &b| polygon[a].x.total_cmp(&polygon[b].x))?;
    let mut outline = polygon.to_vec();
    outline.rotate_left(start);
    outline.push(outline[0]);
    let end = (0..outline.len()).max_by(|&a, &b| outline[a].x.total_cmp(&outline[b].x))?;
    let there = &outline[..=end];
    let back: Vec<Pos2> = outline[end..].iter().rev().copied().collect();
    let rises = |chain: &[Pos2]| chain.windows(2).all(|pair| pair[0].x <= pair[1].x);
    if !(rises(there) && rises(&back)) {
        return None;
    }
    Some(strips(there, &back, colour))
}

fn strips(one: &[Pos2], other: &[Pos2], colour: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    let mut xs: Vec<f32> = one.iter().chain(other).map(|at| at.x).collect();
    xs.sort_by(f32::total_cmp);
    xs.dedup();
    for pair in xs.windows(2) {
        let [left, right] = [pair[0], pair[1]];
        let (a, b) = segment_over(one, left, right);
        let (c, d) = segment_over(other, left, right);
        let corners = [a, b, c, d].map(|at| {
            mesh.colored_vertex(at, colour);
            mesh.vertices.len() as u32 - 1
        });
        let (gap_left, gap_right) = (c.y - a.y, d.y - b.y);
        let [a_at, b_at, c_at, d_at] = corners;
        if gap_left * gap_right < 0.0 {
            let crossing = a.lerp(b, gap_left / (gap_left - gap_right));
            mesh.colored_vertex(crossing, colour);
            let cross_at = mesh.vertices.len() as u32 - 1;
            mesh.add_triangle(a_at, cross_at, c_at);
            mesh.add_triangle(b_at, cross_at, d_at);
        } else {
            mesh.add_triangle(a_at, b_at, c_at);
            mesh.add_triangle(b_at, d_at, c_at);
        }
    }
    mesh
}

/// The ends of the part of a rising chain that lies between two places.
fn segment_over(chain: &[Pos2], left: f32, right: f32) -> (Pos2, Pos2) {
    let next = chain
        .partition_point(|at| at.x <= left)
        .clamp(1, chain.len().max(2) - 1);
    let (from, to) = (chain[next - 1], chain[next.min(chain.len() - 1)]);
    let at = |x: f32| {
        let width = to.x - from.x;
        let share = if width > 0.0 {
            ((x - from.x) / width).clamp(0.0, 1.0)
        } else {
            0.0
        };
        Pos2::new(x, from.y + (to.y - from.y) * share)
    };
    (at(left), at(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    fn covered(mesh: &Mesh) -> f32 {
        mesh.triangles()
            .map(|[a, b, c]| {
                let at = |index: u32| mesh.vertices[index as usize].pos;
                let (ab, ac) = (at(b) - at(a), at(c) - at(a));
                (ab.x * ac.y - ab.y * ac.x).abs() / 2.0
            })
            .sum()
    }

    #[test]
    fn areas_cover_what_their_outline_encloses() {
        #[track_caller]
        fn check(outline: &[(f32, f32)], expected: Option<f32>) {
            let polygon: Vec<_> = outline.iter().map(|&(x, y)| pos2(x, y)).collect();
            let size = area(&polygon, Color32::WHITE).map(|mesh| covered(&mesh));
            assert_eq!(size, expected, "{outline:?}");
        }
        // A line with a dip, and the baseline back.
        check(
            &[(0., 0.), (1., 2.), (2., 0.), (2., 4.), (0., 4.)],
            Some(6.0),
        );
        // Two steps: upright parts of the outline.
        check(
            &[(0., 0.), (1., 0.), (1., 2.), (2., 2.), (2., 4.), (0., 4.)],
            Some(6.0),
        );
        // A band whose edges cross in the middle: two triangles.
        check(&[(0., 0.), (2., 2.), (2., 0.), (0., 2.)], Some(2.0));
        // Back and forth.
        check(
            &[(0., 0.), (3., 1.), (1., 2.), (3., 3.), (0., 4.), (1., 2.)],
            None,
        );
        check(&[], None);
        check(&[(1., 1.)], Some(0.0));
    }

    #[test]
    fn convexity_is_recognised() {
        assert!(is_convex(&[(0, 0), (4, 0), (4, 4), (0, 4)]));
        assert!(is_convex(&[(0, 0), (4, 0), (2, 3)]));
        assert!(!is_convex(&[(0, 0), (2, 1), (4, 0), (4, 4), (0, 4)]));
        assert!(is_convex(&[]));
    }

    /// Rotated text stays at its anchor: its centre does not move.
    #[test]
    fn rotation_turns_text_about_its_anchor() {
        use plotters::style::{IntoFont as _, text_anchor::Pos};
        let ctx = egui::Context::default();
        ctx.run_ui(Default::default(), |_| {})
            .drop_without_applying_deltas();
        for transform in [
            FontTransform::None,
            FontTransform::Rotate90,
            FontTransform::Rotate270,
        ] {
            let mut shapes = Vec::new();
            let rect = Rect::from_min_size(pos2(50.0, 50.0), vec2(200.0, 100.0));
            let mut backend = ShapeBackend::new(&ctx, rect, &mut shapes);
            let style = ("sans-serif", 12 * UNIT as i32)
                .into_font()
                .transform(transform.clone());
            let style = style
                .color(&plotters::style::WHITE)
                .pos(Pos::new(HPos::Center, VPos::Center));
            backend.draw_text("latency", &style, (800, 400)).unwrap();
            let bounds = shapes[0].visual_bounding_rect();
            assert!(
                bounds.center().distance(pos2(150.0, 100.0)) < 3.0,
                "{bounds:?}"
            );
            assert_eq!(
                bounds.width() > bounds.height(),
                matches!(transform, FontTransform::None)
            );
        }
    }
}
