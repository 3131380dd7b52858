//! Drawing a wire: from a port to a port, onto a card, or into the open.
//!
//! While it is drawn the cursor says what would become of it: the kind of
//! link, or why there can be none. Dropped in the open it asks for a new node
//! that fits.

use egui::{Align2, Color32, Pos2, Rect, Shape, Stroke, StrokeKind, vec2};

use crate::design::{Command, LinkId, LinkKind, NodeId, link};
use crate::ui::theme::Theme;
use crate::workspace::Workspace;

use super::camera::Lens;
use super::edits;
use super::link as wires;
use super::projection::Projection;
use super::route::Route;
use super::scene::Wiring;
use super::text::Line;

/// What would become of the wire if it were dropped now.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Over empty canvas: a new node.
    NewNode,
    /// A link of this kind.
    Link {
        /// Sender.
        from: NodeId,
        /// Receiver.
        to: NodeId,
        /// Kind.
        kind: LinkKind,
    },
    /// Nothing, for this reason.
    Refused(String),
    /// Back where it started: nothing.
    Nothing,
}

/// Judges a wire over a node, or over empty canvas.
pub fn judge(workspace: &Workspace, wiring: &Wiring, onto: Option<&NodeId>) -> Verdict {
    let Some(onto) = onto else {
        return Verdict::NewNode;
    };
    if *onto == wiring.from {
        return Verdict::Nothing;
    }
    let Some(other) = workspace.design().nodes.get(onto) else {
        return Verdict::Nothing;
    };
    let (from, to) = if wiring.sends {
        ((&wiring.from, wiring.archetype), (onto, other.archetype()))
    } else {
        ((onto, other.archetype()), (&wiring.from, wiring.archetype))
    };
    match link::proposals(from.1, to.1).first() {
        Some(kind) => Verdict::Link {
            from: from.0.clone(),
            to: to.0.clone(),
            kind: *kind,
        },
        None => Verdict::Refused(link::refusal(from.1, to.1)),
    }
}

/// The edit that a verdict asks for.
pub fn command(workspace: &Workspace, verdict: &Verdict) -> Option<(LinkId, Command)> {
    match verdict {
        Verdict::Link { from, to, kind } => Some(edits::connect(workspace, from, to, *kind)),
        Verdict::NewNode | Verdict::Refused(_) | Verdict::Nothing => None,
    }
}

/// The first kind of link that a new node of some archetype could be wired
/// with.
pub fn kind_with(wiring: &Wiring, other: crate::catalog::Archetype) -> Option<LinkKind> {
    let proposals = if wiring.sends {
        link::proposals(wiring.archetype, other)
    } else {
        link::proposals(other, wiring.archetype)
    };
    proposals.first().copied()
}

/// Draws the loose wire with its verdict at the pointer.
pub fn paint_ui(
    ui: &egui::Ui,
    theme: &Theme,
    lens: &Lens,
    projection: &Projection,
    wiring: &Wiring,
    verdict: &Verdict,
    pointer: Pos2,
) {
    let Some(card) = projection.rect(&wiring.from) else {
        return;
    };
    let port = |card: Rect, sends: bool| {
        if sends {
            card.right_center()
        } else {
            card.left_center()
        }
    };
    let own = port(card, wiring.sends);
    // Over a card that takes it, the wire snaps to the port.
    let other = match verdict {
        Verdict::Link { from, to, .. } => {
            let onto = if wiring.sends { to } else { from };
            projection.rect(onto).map(|card| port(card, !wiring.sends))
        }
        Verdict::NewNode | Verdict::Refused(_) | Verdict::Nothing => None,
    };
    let other = other.unwrap_or_else(|| lens.to_canvas(pointer));
    let (start, end) = if wiring.sends {
        (own, other)
    } else {
        (other, own)
    };
    let (kind, colour, text) = match verdict {
        Verdict::Link { kind, .. } => (*kind, theme.ok, Some(kind.label().to_owned())),
        Verdict::Refused(why) => (LinkKind::Request, theme.danger, Some(why.clone())),
        Verdict::NewNode => (LinkKind::Request, theme.accent, None),
        Verdict::Nothing => (LinkKind::Request, theme.muted, None),
    };
    let zoom = lens.camera.zoom;
    let points = Route::between(start, end, 0.0).points(zoom, |point| lens.to_screen(point));
    let stroke = Stroke::new(wires::width(kind, zoom), colour);
    let mut shapes = Vec::new();
    wires::wire(&mut shapes, points, kind, stroke, zoom);
    if let Some(text) = text {
        hint(ui, theme, &text, colour, pointer, lens.rect, &mut shapes);
    }
    ui.painter().extend(shapes);
}

/// A box beside the pointer, kept inside the canvas.
fn hint(
    ui: &egui::Ui,
    theme: &Theme,
    text: &str,
    colour: Color32,
    pointer: Pos2,
    within: Rect,
    shapes: &mut Vec<Shape>,
) {
    let line = Line {
        text,
        size: 12.0,
        colour: theme.text,
        width: 260.0,
    };
    let galley = line.laid_out(ui.ctx(), 6);
    let size = galley.size() + vec2(20.0, 12.0);
    let mut rect = Align2::LEFT_TOP.anchor_size(pointer + vec2(16.0, 16.0), size);
    let over = (rect.max - within.max + vec2(8.0, 8.0)).max(egui::Vec2::ZERO);
    rect = rect.translate(-over);
    shapes.push(Shape::rect_filled(rect, 6.0, theme.raised));
    shapes.push(Shape::rect_stroke(
        rect,
        6.0,
        Stroke::new(1.0, colour),
        StrokeKind::Inside,
    ));
    shapes.push(Shape::galley(
        rect.min + vec2(10.0, 6.0),
        galley,
        theme.text,
    ));
    // For those who do not see the box.
    let id = ui.id().with("connect hint");
    let response = ui.interact(
        Rect::from_min_size(rect.min, size),
        id,
        egui::Sense::hover(),
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Label, true, text));
}
