//! How a card is drawn, at three levels of detail.
//!
//! Below 35 % a plain box in the colour of its category (or of its heat); up
//! to 60 % icon and cost; above that the whole card. What stands on the card
//! is decided in [`super::card`]; what the pointer does with it elsewhere.

use std::sync::Arc;

use egui::{Color32, CornerRadius, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};
use egui_graphs::{DisplayNode, DrawContext, NodeProps};
use petgraph::EdgeType;
use petgraph::stable_graph::IndexType;

use crate::design::{LinkId, Node, NodeId, Settings};
use crate::ui::theme::{Heat, Theme, mix};
use crate::ui::view::Measure;

use super::card::{self, Face};
use super::measure::{Reading, tinted};
use super::scene::Scene;

/// Below this zoom a card is a box.
pub const DOT: f32 = 0.35;
/// Below this zoom a card is an icon with a number.
pub const ICON: f32 = 0.6;

/// The picture of one node in the view graph.
#[derive(Clone)]
pub struct CardShape {
    id: Arc<NodeId>,
    at: Pos2,
    size: Vec2,
    scene: Option<Arc<Scene>>,
}

impl CardShape {
    /// Changes the size at 100 %.
    pub fn set_size(&mut self, size: Vec2) {
        self.size = size;
    }

    /// Sets what the next drawing depends on.
    pub fn dress(&mut self, scene: &Arc<Scene>) {
        self.scene = Some(Arc::clone(scene));
    }

    /// Where the card is on the canvas.
    pub fn rect(&self) -> Rect {
        Rect::from_center_size(self.at, self.size)
    }
}

impl From<NodeProps<NodeId>> for CardShape {
    fn from(props: NodeProps<NodeId>) -> Self {
        Self {
            at: props.location(),
            id: Arc::new(props.payload),
            size: super::route::CARD,
            scene: None,
        }
    }
}

impl<Ty: EdgeType, Ix: IndexType> DisplayNode<NodeId, LinkId, Ty, Ix> for CardShape {
    fn closest_boundary_point(&self, dir: Vec2) -> Pos2 {
        self.at + vec2(self.size.x / 2.0 * dir.x.signum(), 0.0)
    }

    fn shapes(&mut self, context: &DrawContext<'_>) -> Vec<Shape> {
        let Some(scene) = &self.scene else {
            return Vec::new();
        };
        let rect = scene.lens.rect_to_screen(self.rect());
        // Ports, outline and badge stand out a little.
        if !context.painter.clip_rect().intersects(rect.expand(12.0)) {
            return Vec::new();
        }
        let Some(node) = scene.design.nodes.get(&*self.id) else {
            return Vec::new();
        };
        Pen {
            ctx: context.ctx,
            scene,
            id: &self.id,
            node,
            rect,
            zoom: scene.lens.camera.zoom,
            shapes: Vec::new(),
        }
        .draw()
    }

    fn update(&mut self, state: &NodeProps<NodeId>) {
        self.at = state.location();
    }

    fn is_inside(&self, pos: Pos2) -> bool {
        self.rect().contains(pos)
    }
}

/// Draws one card.
pub(super) struct Pen<'a> {
    pub(super) ctx: &'a egui::Context,
    pub(super) scene: &'a Scene,
    pub(super) id: &'a NodeId,
    pub(super) node: &'a Node,
    pub(super) rect: Rect,
    pub(super) zoom: f32,
    pub(super) shapes: Vec<Shape>,
}

impl<'a> Pen<'a> {
    fn draw(mut self) -> Vec<Shape> {
        if let Settings::Note(note) = &self.node.settings {
            self.note(&note.text());
            return self.shapes;
        }
        if self.zoom < DOT {
            self.dot();
            return self.shapes;
        }
        let face = Face::of(self.scene, self.id, self.node);
        self.body(&face);
        if self.zoom < ICON {
            self.icon(&face);
        } else {
            self.words(&face);
        }
        self.badge(&face);
        self.ports();
        self.shapes
    }

    pub(super) fn theme(&self) -> &'a Theme {
        &self.scene.theme
    }

    pub(super) fn is_selected(&self) -> bool {
        self.scene.selection.nodes.contains(self.id)
    }

    pub(super) fn is_hovered(&self) -> bool {
        self.scene.hovered.node() == Some(self.id)
    }

    /// Whether it cannot take the wire being drawn.
    fn is_unfit(&self) -> bool {
        let wiring = self.scene.wiring.as_ref();
        wiring.is_some_and(|w| w.from != *self.id && !w.fits(self.node.archetype()))
    }

    pub(super) fn is_fit(&self) -> bool {
        let wiring = self.scene.wiring.as_ref();
        wiring.is_some_and(|w| w.from != *self.id && w.fits(self.node.archetype()))
    }

    /// A colour, faint where the card stands back.
    pub(super) fn ink(&self, colour: Color32) -> Color32 {
        if self.is_unfit() {
            mix(self.theme().canvas, colour, 0.35)
        } else if self.scene.design.outages.contains(self.id) {
            mix(self.theme().canvas, colour, 0.55)
        } else {
            colour
        }
    }

    /// A length on the card, on screen.
    pub(super) fn scaled(&self, points: f32) -> f32 {
        points * self.zoom
    }

    /// A place on the card, on screen.
    pub(super) fn place(&self, x: f32, y: f32) -> Pos2 {
        self.rect.min + vec2(x, y) * self.zoom
    }

    pub(super) fn outline(&self) -> Stroke {
        let theme = self.theme();
        let over = Some(Heat::Over) == self.heat();
        if self.is_selected() {
            Stroke::new(2.0, theme.accent)
        } else if self.is_fit() {
            Stroke::new(if self.is_hovered() { 3.0 } else { 1.5 }, theme.ok)
        } else if over && !self.is_unfit() {
            Stroke::new(1.5, theme.danger)
        } else if self.is_hovered() {
            Stroke::new(1.0, mix(theme.border, theme.accent, 0.5))
        } else {
            Stroke::new(1.0, self.ink(theme.border))
        }
    }

    fn heat(&self) -> Option<Heat> {
        let report = self.scene.report.nodes.get(self.id)?;
        report.utilisation.as_ref().map(|load| Heat::of(load.value))
    }

    fn dot(&mut self) {
        let theme = self.theme();
        let plain = card::category(theme, self.node.archetype());
        let colour = match (self.scene.measure, self.heat()) {
            (Measure::Usual, Some(heat)) if heat >= Heat::High => heat.colour(theme),
            (Measure::Usual, _) => plain,
            _ => Reading::of(self.scene, self.id)
                .and_then(|reading| reading.colour)
                .unwrap_or(theme.border),
        };
        let fill = self.ink(mix(theme.card, colour, 0.7));
        // Corners of less than a point cannot be told from square ones, which
        // take a third of the triangles.
        let radius = Some(self.scaled(8.0)).filter(|radius| *radius >= 1.0);
        let radius = radius.unwrap_or(0.0);
        self.shapes
            .push(Shape::rect_filled(self.rect, radius, fill));
        if self.is_selected() || self.is_hovered() || self.is_fit() {
            let outline =
                Shape::rect_stroke(self.rect, radius, self.outline(), StrokeKind::Outside);
            self.shapes.push(outline);
        }
    }

    fn body(&mut self, face: &Face) {
        let theme = self.theme();
        let radius = self.scaled(8.0);
        let fill = if self.is_selected() {
            mix(theme.card, theme.accent, 0.08)
        } else {
            match face.reading.as_ref().and_then(|reading| reading.colour) {
                Some(colour) => tinted(theme.card, colour),
                None => theme.card,
            }
        };
        let strip = self.ink(card::category(theme, self.node.archetype()));
        let fill = self.ink(fill);
        let outline = self.outline();
        // The strip keeps the card's round corners: it is what a plain card
        // that starts further right leaves free.
        self.shapes
            .push(Shape::rect_filled(self.rect, radius, strip));
        let plain = self
            .rect
            .with_min_x(self.rect.min.x + self.scaled(4.0).max(2.0));
        let right = CornerRadius {
            nw: 0,
            sw: 0,
            ne: rounded(radius),
            se: rounded(radius),
        };
        self.shapes.push(Shape::rect_filled(plain, right, fill));
        self.load(face);
        self.shapes.push(Shape::rect_stroke(
            self.rect,
            radius,
            outline,
            StrokeKind::Inside,
        ));
    }

    /// The bar at the bottom edge; hatched where the limit is exceeded.
    fn load(&mut self, face: &Face) {
        let theme = self.theme();
        let (share, colour, is_over) = if face.is_measured {
            let Some(reading) = &face.reading else { return };
            let colour = reading.colour.unwrap_or(theme.muted);
            (reading.share, colour, reading.is_over)
        } else {
            let load = face.utilisation.unwrap_or(0.0);
            (load, Heat::of(load).colour(theme), load > 1.0)
        };
        if !(share.is_finite() && share > 0.0) {
            return;
        }
        let colour = self.ink(colour);
        if is_over {
            self.hatch(colour);
        }
        let height = self.scaled(3.0).max(1.5);
        let inset = self.scaled(8.0);
        let bottom = self.rect.max.y - self.scaled(1.0).max(1.0);
        let track = Rect::from_min_max(
            pos2(self.rect.min.x + inset, bottom - height),
            pos2(self.rect.max.x - inset, bottom),
        );
        let empty = self.ink(theme.raised);
        self.shapes
            .push(Shape::rect_filled(track, height / 2.0, empty));
        let width = track.width() * share.min(1.0) as f32;
        let full = track.with_max_x(track.min.x + width);
        self.shapes
            .push(Shape::rect_filled(full, height / 2.0, colour));
    }

    fn hatch(&mut self, colour: Color32) {
        let area = self.rect.shrink(self.scaled(4.0).max(2.0));
        let stroke = Stroke::new(1.0, mix(self.theme().card, colour, 0.16));
        let step = self.scaled(10.0).max(4.0);
        let mut x = area.min.x - area.height();
        while x < area.max.x {
            let from = pos2(x.max(area.min.x), area.max.y - (area.min.x - x).max(0.0));
            let over = (x + area.height() - area.max.x).max(0.0);
            let to = pos2((x + area.height()).min(area.max.x), area.min.y + over);
            self.shapes.push(Shape::line_segment([from, to], stroke));
            x += step;
        }
    }
}

fn rounded(radius: f32) -> u8 {
    radius.round().clamp(0.0, 255.0) as u8
}
