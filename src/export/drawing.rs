//! The plan of a drawing: where cards and wires go, without a format.
//!
//! Nodes stand where the design has them; those that have no position yet are
//! put in rows below. Coordinates are canvas points, y downwards.

use std::collections::BTreeMap;

use crate::design::{Design, LinkId, NodeId};

/// Width of a card.
pub(super) const WIDTH: f32 = 176.0;
/// Height of a card.
pub(super) const HEIGHT: f32 = 68.0;
/// Space around everything.
const MARGIN: f32 = 32.0;
/// Cards in a row of those without a position.
const ROW: usize = 6;

/// Where everything goes.
pub(super) struct Plan<'a> {
    /// Left edge, top edge, width and height of the whole.
    pub frame: [f32; 4],
    /// Centres of cards.
    pub cards: BTreeMap<&'a NodeId, [f32; 2]>,
    /// Wires with their points: the sender's right edge, bends, the receiver's
    /// left edge.
    pub wires: Vec<(&'a LinkId, Vec<[f32; 2]>)>,
}

impl<'a> Plan<'a> {
    /// Plans the drawing of a design.
    pub fn new(design: &'a Design) -> Self {
        let cards = cards(design);
        let wires: Vec<_> = design
            .links
            .iter()
            .filter_map(|(id, link)| {
                let (from, to) = (cards.get(&link.from)?, cards.get(&link.to)?);
                let bends = design
                    .layout
                    .reroutes
                    .get(id)
                    .into_iter()
                    .flatten()
                    .copied();
                let mut points = vec![[from[0] + WIDTH / 2.0, from[1]]];
                points.extend(bends);
                points.push([to[0] - WIDTH / 2.0, to[1]]);
                Some((id, points))
            })
            .collect();
        Self {
            frame: frame(&cards, &wires),
            cards,
            wires,
        }
    }
}

fn cards(design: &Design) -> BTreeMap<&NodeId, [f32; 2]> {
    let mut cards = BTreeMap::new();
    let mut homeless = Vec::new();
    for id in design.nodes.keys() {
        match design.layout.positions.get(id) {
            Some(at) => {
                cards.insert(id, *at);
            }
            None => homeless.push(id),
        }
    }
    let left = cards
        .values()
        .map(|at| at[0])
        .reduce(f32::min)
        .unwrap_or_default();
    let lowest = cards.values().map(|at| at[1]).reduce(f32::max);
    let top = lowest.map_or(0.0, |lowest| lowest + 2.0 * HEIGHT);
    for (index, id) in homeless.into_iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "canvas points")]
        let (column, row) = ((index % ROW) as f32, (index / ROW) as f32);
        cards.insert(id, [left + column * WIDTH * 1.4, top + row * HEIGHT * 1.6]);
    }
    cards
}

fn frame(cards: &BTreeMap<&NodeId, [f32; 2]>, wires: &[(&LinkId, Vec<[f32; 2]>)]) -> [f32; 4] {
    let corners = cards.values().flat_map(|[x, y]| {
        [
            [x - WIDTH / 2.0, y - HEIGHT / 2.0],
            [x + WIDTH / 2.0, y + HEIGHT / 2.0],
        ]
    });
    let bends = wires.iter().flat_map(|(_, points)| points.iter().copied());
    let all: Vec<[f32; 2]> = corners.chain(bends).collect();
    let most = |axis: usize, pick: fn(f32, f32) -> f32| {
        all.iter()
            .map(|at| at[axis])
            .reduce(pick)
            .unwrap_or_default()
    };
    let (left, top) = (most(0, f32::min) - MARGIN, most(1, f32::min) - MARGIN);
    let (right, bottom) = (most(0, f32::max) + MARGIN, most(1, f32::max) + MARGIN);
    [left, top, right - left, bottom - top]
}
