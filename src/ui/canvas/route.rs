//! Where a wire runs: from the right edge of one card to the left edge of
//! another, in canvas points.
//!
//! Forward wires are one cubic with horizontal tangents. A wire whose receiver
//! lies behind its sender turns around, runs back under the card row (or
//! through the gap between two rows) and turns again, so that it crosses
//! neither card. Several wires of one pair keep apart by their lanes.
//!
//! Nothing here draws; [`super::link`] does, and the gestures ask
//! [`Route::distance`] what the pointer is near to.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Size of a card at 100 %.
pub const CARD: Vec2 = vec2(184.0, 72.0);

/// Shortest handle of a curve.
const HANDLE: f32 = 48.0;
/// How far a wire that turns around leaves its card.
const TURN: f32 = 64.0;
/// Receivers closer than this in front of the sender count as behind it.
const NARROW: f32 = 24.0;
/// Space between the card row and a wire that runs under it.
const UNDER: f32 = 28.0;
/// Distance of two wires of one pair.
const LANE: f32 = 22.0;

/// One cubic piece.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cubic([Pos2; 4]);

impl Cubic {
    fn at(&self, t: f32) -> Pos2 {
        let [a, b, c, d] = self.0.map(Pos2::to_vec2);
        let s = 1.0 - t;
        (a * (s * s * s) + b * (3.0 * s * s * t) + c * (3.0 * s * t * t) + d * (t * t * t))
            .to_pos2()
    }

    fn straight(from: Pos2, to: Pos2) -> Self {
        Self([from, from.lerp(to, 1.0 / 3.0), from.lerp(to, 2.0 / 3.0), to])
    }

    /// Length of the control polygon, never shorter than the curve.
    fn reach(&self) -> f32 {
        let [a, b, c, d] = self.0;
        a.distance(b) + b.distance(c) + c.distance(d)
    }
}

/// The way of one wire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Route {
    pieces: [Cubic; 3],
    count: usize,
}

impl Route {
    /// The way between two ports. `lane` is 0 for a single wire, and -0.5 and
    /// 0.5, or -1, 0 and 1 … for several of one pair.
    pub fn between(start: Pos2, end: Pos2, lane: f32) -> Self {
        let offset = lane * LANE;
        let gap = end.x - start.x;
        if gap >= NARROW {
            let handle = (gap / 2.0).max(HANDLE);
            let bow = vec2(0.0, offset * 4.0 / 3.0);
            let curve = Cubic([
                start,
                start + vec2(handle, 0.0) + bow,
                end - vec2(handle, 0.0) + bow,
                end,
            ]);
            return Self {
                pieces: [curve; 3],
                count: 1,
            };
        }
        let drop = (end.y - start.y).abs();
        let level = if drop >= CARD.y + NARROW {
            f32::midpoint(start.y, end.y)
        } else {
            start.y.max(end.y) + CARD.y / 2.0 + UNDER
        } + offset;
        let turn = TURN + offset.abs() / 2.0;
        let (out, back) = (pos2(start.x, level), pos2(end.x, level));
        Self {
            pieces: [
                Cubic([start, start + vec2(turn, 0.0), out + vec2(turn, 0.0), out]),
                Cubic::straight(out, back),
                Cubic([back, back - vec2(turn, 0.0), end - vec2(turn, 0.0), end]),
            ],
            count: 3,
        }
    }

    fn pieces(&self) -> impl Iterator<Item = &Cubic> {
        self.pieces.iter().take(self.count)
    }

    /// A box around it, handles included.
    pub fn bounds(&self) -> Rect {
        self.pieces()
            .flat_map(|piece| piece.0)
            .fold(Rect::NOTHING, |bounds, point| {
                bounds.union(Rect::from_min_max(point, point))
            })
    }

    /// Its points on screen: 8 to 24 for each curve, fewer where it is tiny.
    pub fn points(&self, zoom: f32, to_screen: impl Fn(Pos2) -> Pos2) -> Vec<Pos2> {
        let mut points = Vec::with_capacity(25);
        let [first, ..] = &self.pieces;
        points.push(to_screen(first.at(0.0)));
        for piece in self.pieces() {
            let steps = steps(piece.reach() * zoom);
            points.extend((1..=steps).map(|step| {
                let t = step as f32 / steps as f32;
                to_screen(piece.at(t))
            }));
        }
        points
    }

    /// The point half-way, where its label goes.
    pub fn middle(&self) -> Pos2 {
        let [first, second, _] = &self.pieces;
        if self.count == 1 { first } else { second }.at(0.5)
    }

    /// How far a point is from it.
    pub fn distance(&self, from: Pos2) -> f32 {
        let points = self.points(1.0, |point| point);
        points
            .iter()
            .zip(points.iter().skip(1))
            .map(|(a, b)| distance_to_segment(from, *a, *b))
            .fold(f32::INFINITY, f32::min)
    }
}

fn steps(reach: f32) -> u32 {
    match reach {
        reach if reach < 12.0 => 1,
        reach if reach < 36.0 => 4,
        reach => (reach / 14.0).clamp(8.0, 24.0) as u32,
    }
}

fn distance_to_segment(point: Pos2, a: Pos2, b: Pos2) -> f32 {
    let along = b - a;
    let length = along.length_sq();
    let share = if length > 0.0 {
        ((point - a).dot(along) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    point.distance(a + along * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forward_wire_leaves_and_arrives_horizontally() {
        let route = Route::between(pos2(0.0, 0.0), pos2(200.0, 80.0), 0.0);
        let points = route.points(1.0, |p| p);
        assert!((8..=25).contains(&points.len()));
        assert!(points[1].y < points[1].x / 4.0);
        assert_eq!(route.middle(), pos2(100.0, 40.0));
        assert!(route.distance(pos2(100.0, 45.0)) < 5.0);
        assert!(route.distance(pos2(100.0, 90.0)) > 20.0);
    }

    #[test]
    fn a_back_edge_runs_under_the_row() {
        let route = Route::between(pos2(500.0, 0.0), pos2(0.0, 0.0), 0.0);
        assert!(route.middle().y > CARD.y / 2.0 + 20.0);
        // Neither card is crossed: sender ends at x 500, receiver starts at 0.
        for point in route.points(1.0, |p| p) {
            assert!(point.y.abs() < 1.0 || point.y > 0.0, "{point:?}");
            let inside = (316.0..499.0).contains(&point.x) || (1.0..184.0).contains(&point.x);
            assert!(!inside || point.y > CARD.y / 2.0, "{point:?}");
        }
    }

    #[test]
    fn stacked_cards_are_wired_through_the_gap_between_them() {
        let route = Route::between(pos2(184.0, 0.0), pos2(0.0, 120.0), 0.0);
        assert_eq!(route.middle(), pos2(92.0, 60.0));
    }

    #[test]
    fn wires_of_one_pair_keep_apart() {
        for end in [pos2(300.0, 0.0), pos2(-300.0, 0.0)] {
            let one = Route::between(Pos2::ZERO, end, -0.5).middle();
            let two = Route::between(Pos2::ZERO, end, 0.5).middle();
            assert!(one.distance(two) > 15.0, "{one:?} {two:?}");
        }
    }

    #[test]
    fn a_wire_of_no_length_has_a_distance() {
        let route = Route::between(Pos2::ZERO, Pos2::ZERO, 0.0);
        assert!(route.distance(pos2(0.0, 3.0)).is_finite());
        assert!(route.bounds().is_finite());
    }
}
