//! How well a node survives a move to another provider: a drawn mark for each
//! grade, so that no colour has to say it alone.
//!
//! Drawn, because the bundled fonts have none of the half-filled discs. The
//! word always stands beside the mark or in its tooltip.

use egui::{Color32, Pos2, Shape, Stroke, vec2};

use super::theme::Theme;
use crate::advice::translate::Fidelity;

/// What the word means, in a few more words.
pub fn meaning(fidelity: Fidelity) -> &'static str {
    match fidelity {
        Fidelity::Exact => "the same protocol or service: nothing has to change",
        Fidelity::Near => "the same job with other semantics: code and operations change",
        Fidelity::Lossy => "something that the design asks for is lost",
        Fidelity::Impossible => "nothing there can do it",
    }
}

/// The colour of a grade; its mark always goes with it.
pub fn colour(theme: &Theme, fidelity: Fidelity) -> Color32 {
    match fidelity {
        Fidelity::Exact => theme.ok,
        Fidelity::Near => theme.muted,
        Fidelity::Lossy => theme.warn,
        Fidelity::Impossible => theme.danger,
    }
}

/// A disc as full as the node survives: full, half, a quarter, empty.
pub fn mark(theme: &Theme, fidelity: Fidelity, centre: Pos2, radius: f32) -> Vec<Shape> {
    let colour = colour(theme, fidelity);
    let ring = Shape::circle_stroke(centre, radius, Stroke::new(1.2, colour));
    let filled = match fidelity {
        Fidelity::Exact => return vec![Shape::circle_filled(centre, radius + 0.6, colour)],
        Fidelity::Near => sector(centre, radius, 0.5, colour),
        Fidelity::Lossy => sector(centre, radius, 0.25, colour),
        Fidelity::Impossible => return vec![ring],
    };
    vec![ring, filled]
}

/// A sector that begins at twelve o'clock and runs with the clock.
fn sector(centre: Pos2, radius: f32, turn: f32, colour: Color32) -> Shape {
    let steps = 12_u8;
    let mut corners = vec![centre];
    corners.extend((0..=steps).map(|step| {
        let angle = turn * std::f32::consts::TAU * f32::from(step) / f32::from(steps);
        centre + radius * vec2(angle.sin(), -angle.cos())
    }));
    Shape::convex_polygon(corners, colour, Stroke::NONE)
}
