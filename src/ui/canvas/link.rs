//! How a wire is drawn: its line by kind, its head, its label.
//!
//! Waiting is solid, handing over is dashed, polling is dotted, data access is
//! thin. A filled head means that the sender waits for the work, an open one
//! that it does not. Curves are sampled into straight pieces, because egui's
//! own curves cost five times as much to tessellate.

use std::sync::Arc;

use egui::{Align2, Color32, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, vec2};
use egui_graphs::{DisplayEdge, DrawContext, EdgeProps};
use petgraph::EdgeType;
use petgraph::stable_graph::IndexType;

use crate::design::{LinkId, LinkKind, NodeId};
use crate::format;
use crate::ui::theme::{Theme, mix};

use super::node::{CardShape, DOT};
use super::route::Route;
use super::scene::{Scene, Target};
use super::text::Line;

/// Above this zoom every wire says its rate.
const LABELS: f32 = 0.8;

/// The picture of one wire in the view graph.
#[derive(Clone)]
pub struct WireShape {
    id: Arc<LinkId>,
    lane: f32,
    scene: Option<Arc<Scene>>,
}

impl WireShape {
    /// Its place among the wires of one pair.
    pub fn lane(&self) -> f32 {
        self.lane
    }

    /// Changes its place among the wires of one pair.
    pub fn set_lane(&mut self, lane: f32) {
        self.lane = lane;
    }

    /// Sets what the next drawing depends on.
    pub fn dress(&mut self, scene: &Arc<Scene>) {
        self.scene = Some(Arc::clone(scene));
    }
}

impl From<EdgeProps<LinkId>> for WireShape {
    fn from(props: EdgeProps<LinkId>) -> Self {
        Self {
            id: Arc::new(props.payload),
            lane: 0.0,
            scene: None,
        }
    }
}

type ViewNode<Ty, Ix> = egui_graphs::Node<NodeId, LinkId, Ty, Ix, CardShape>;

impl<Ty: EdgeType, Ix: IndexType> DisplayEdge<NodeId, LinkId, Ty, Ix, CardShape> for WireShape {
    fn shapes(
        &mut self,
        start: &ViewNode<Ty, Ix>,
        end: &ViewNode<Ty, Ix>,
        context: &DrawContext<'_>,
    ) -> Vec<Shape> {
        let Some(scene) = &self.scene else {
            return Vec::new();
        };
        let [from, to] = ends(start.display(), end.display());
        let route = Route::between(from, to, self.lane);
        let bounds = scene.lens.rect_to_screen(route.bounds()).expand(12.0);
        if !context.painter.clip_rect().intersects(bounds) {
            return Vec::new();
        }
        let Some(link) = scene.design.links.get(&*self.id) else {
            return Vec::new();
        };
        let mut shapes = Vec::new();
        let look = Look::of(scene, &self.id, link.kind);
        let zoom = scene.lens.camera.zoom;
        let points = route.points(zoom, |point| scene.lens.to_screen(point));
        if zoom < DOT {
            shapes.push(Shape::line(points, look.stroke));
            return shapes;
        }
        wire(&mut shapes, points, link.kind, look.stroke, zoom);
        if (zoom > LABELS || look.is_near) && look.has_room(to.x - from.x, zoom) {
            look.label(context.ctx, scene, &self.id, route.middle(), &mut shapes);
        }
        shapes
    }

    fn update(&mut self, _: &EdgeProps<LinkId>) {}

    fn is_inside(&self, start: &ViewNode<Ty, Ix>, end: &ViewNode<Ty, Ix>, pos: Pos2) -> bool {
        let [from, to] = ends(start.display(), end.display());
        Route::between(from, to, self.lane).distance(pos) < 10.0
    }
}

/// Where a wire leaves its sender and reaches its receiver, on the canvas.
pub fn ends(from: &CardShape, to: &CardShape) -> [Pos2; 2] {
    [from.rect().right_center(), to.rect().left_center()]
}

/// How a wire stands out.
struct Look {
    stroke: Stroke,
    /// Selected, hovered or at a hovered card.
    is_near: bool,
}

impl Look {
    fn of(scene: &Scene, id: &LinkId, kind: LinkKind) -> Self {
        let theme = &scene.theme;
        let selected = scene.selection.links.contains(id);
        let hovered = matches!(&scene.hovered, Target::Link(link) if link == id);
        let plain = mix(theme.canvas, theme.muted, 0.75);
        let colour = if scene.facts.runaway.contains(id) {
            theme.danger
        } else if selected {
            theme.accent
        } else if hovered {
            mix(plain, theme.accent, 0.6)
        } else {
            plain
        };
        let colour = if scene.wiring.is_some() {
            mix(theme.canvas, colour, 0.5)
        } else {
            colour
        };
        let extra = if selected || hovered { 1.0 } else { 0.0 };
        Self {
            stroke: Stroke::new(width(kind, scene.lens.camera.zoom) + extra, colour),
            is_near: selected || hovered,
        }
    }

    /// Whether a label fits between the cards; hovered ones always show it.
    fn has_room(&self, gap: f32, zoom: f32) -> bool {
        self.is_near || !(0.0..72.0).contains(&(gap * zoom))
    }

    fn label(
        &self,
        ctx: &egui::Context,
        scene: &Scene,
        id: &LinkId,
        middle: Pos2,
        shapes: &mut Vec<Shape>,
    ) {
        let Some(report) = scene.report.links.get(id) else {
            return;
        };
        let theme = &scene.theme;
        let at = scene.lens.to_screen(middle);
        let text = format::rate_per_second(report.rate.value);
        let size = 10.5 * scene.lens.camera.zoom.clamp(0.9, 1.4);
        chip(ctx, theme, at, &text, size, self.stroke.color, shapes);
    }
}

/// A small label on a wire.
fn chip(
    ctx: &egui::Context,
    theme: &Theme,
    at: Pos2,
    text: &str,
    size: f32,
    outline: Color32,
    shapes: &mut Vec<Shape>,
) {
    let line = Line {
        text,
        size,
        colour: theme.muted,
        width: f32::INFINITY,
    };
    let mut words = Vec::new();
    let rect = line.add(ctx, &mut words, Align2::CENTER_CENTER, at);
    let rect = rect.expand2(vec2(5.0, 1.0));
    let radius = rect.height() / 2.0;
    shapes.push(Shape::rect_filled(rect, radius, theme.canvas));
    let outline = Stroke::new(1.0, mix(theme.canvas, outline, 0.5));
    shapes.push(Shape::rect_stroke(
        rect,
        radius,
        outline,
        StrokeKind::Inside,
    ));
    shapes.extend(words);
}

/// Width of a wire on screen.
pub fn width(kind: LinkKind, zoom: f32) -> f32 {
    let points = match kind {
        LinkKind::Read | LinkKind::Write => 1.5,
        _ => 2.0,
    };
    points * zoom.clamp(0.5, 1.5)
}

/// Adds line and head; the last point is the middle of the receiving port.
pub fn wire(
    shapes: &mut Vec<Shape>,
    mut points: Vec<Pos2>,
    kind: LinkKind,
    stroke: Stroke,
    zoom: f32,
) {
    let scale = zoom.clamp(0.5, 1.5);
    let Some(port) = points.last().copied() else {
        return;
    };
    let tip = port - vec2(5.0 * zoom, 0.0);
    let head = vec2(9.0, 4.5) * scale;
    let filled = kind.is_synchronous();
    if let Some(last) = points.last_mut() {
        // The line ends inside the head, so that it does not blunt the tip.
        *last = if filled {
            tip - vec2(head.x * 0.7, 0.0)
        } else {
            tip - vec2(1.0, 0.0)
        };
    }
    // Points past the new end would draw the line back and forth.
    while let [.., before, last] = points.as_slice()
        && before.x > last.x
        && (before.y - last.y).abs() < 2.0
        && points.len() > 2
    {
        let end = *last;
        points.pop();
        if let Some(last) = points.last_mut() {
            *last = end;
        }
    }
    match pattern(kind) {
        Some([dash, gap]) => dashes(shapes, &points, stroke, dash * scale, gap * scale),
        None => shapes.push(Shape::line(points, stroke)),
    }
    let corners = [
        tip - Vec2::new(head.x, head.y),
        tip,
        tip - Vec2::new(head.x, -head.y),
    ];
    shapes.push(if filled {
        Shape::convex_polygon(corners.to_vec(), stroke.color, Stroke::NONE)
    } else {
        Shape::line(
            corners.to_vec(),
            Stroke::new(stroke.width.max(1.0), stroke.color),
        )
    });
}

/// Where the label of a wire is to be found, for pointer and keyboard.
pub fn handle(middle: Pos2) -> Rect {
    Rect::from_center_size(middle, vec2(28.0, 20.0))
}

/// Lengths of dash and gap at 100 %; none for solid lines.
fn pattern(kind: LinkKind) -> Option<[f32; 2]> {
    match kind {
        LinkKind::Request | LinkKind::Step | LinkKind::Read | LinkKind::Write => None,
        LinkKind::Poll => Some([2.0, 4.0]),
        LinkKind::Invoke
        | LinkKind::Publish
        | LinkKind::Deliver
        | LinkKind::Notify
        | LinkKind::DeadLetter => Some([6.0, 4.0]),
    }
}

/// Adds a dashed line; a dash that meets a corner bends around it.
fn dashes(shapes: &mut Vec<Shape>, points: &[Pos2], stroke: Stroke, dash: f32, gap: f32) {
    let mut drawing = true;
    let mut left = dash;
    let mut current: Vec<Pos2> = points.first().copied().into_iter().collect();
    for (from, to) in points.iter().zip(points.iter().skip(1)) {
        let length = from.distance(*to);
        let mut along = 0.0;
        while length - along > left {
            along += left;
            let at = from.lerp(*to, along / length);
            if drawing {
                current.push(at);
                shapes.push(Shape::line(std::mem::take(&mut current), stroke));
            } else {
                current = vec![at];
            }
            drawing = !drawing;
            left = if drawing { dash } else { gap };
        }
        left -= length - along;
        if drawing {
            current.push(*to);
        }
    }
    if drawing && current.len() > 1 {
        shapes.push(Shape::line(current, stroke));
    }
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    #[test]
    fn dashes_go_around_corners_and_cover_their_share() {
        let points = [pos2(0.0, 0.0), pos2(33.0, 0.0), pos2(33.0, 67.0)];
        let mut shapes = Vec::new();
        dashes(
            &mut shapes,
            &points,
            Stroke::new(1.0, Color32::WHITE),
            6.0,
            4.0,
        );
        assert_eq!(shapes.len(), 10);
        let length: f32 = shapes
            .iter()
            .map(|shape| match shape {
                Shape::Path(path) => path
                    .points
                    .iter()
                    .zip(path.points.iter().skip(1))
                    .map(|(a, b)| a.distance(*b))
                    .sum(),
                _ => 0.0,
            })
            .sum();
        assert!((length - 60.0).abs() < 0.01, "{length}");
    }

    #[test]
    fn a_wire_without_length_is_drawn_without_trouble() {
        for kind in LinkKind::ALL {
            let mut shapes = Vec::new();
            wire(
                &mut shapes,
                vec![Pos2::ZERO; 3],
                kind,
                Stroke::new(1.0, Color32::WHITE),
                1.0,
            );
            assert!(!shapes.is_empty());
        }
    }
}
