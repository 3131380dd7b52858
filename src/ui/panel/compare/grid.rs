//! Where everything in the Compare tab lies: columns of providers, rows of
//! facts and nodes, and the one scale of all bars.

use std::collections::BTreeMap;

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use crate::advice::compare::{Cell, Comparison};
use crate::design::NodeId;

/// Height of the row of names.
pub const NAME: f32 = 22.0;
/// Room between the edge of a column and what stands in it.
pub const PAD: f32 = 7.0;
/// Height of the bar under the total.
const BAR: f32 = 8.0;
/// Height of a node: its service, and its bar.
const NODE: f32 = 34.0;
/// Room above the nodes.
const BREAK: f32 = 8.0;
/// Width of the labels of the rows, at least and at most.
const LABELS: (f32, f32) = (96.0, 150.0);
/// Width of a column, at least and at most.
const COLUMN: (f32, f32) = (142.0, 300.0);
const GAP: f32 = 6.0;
/// Room for the amount after the longest bar.
const AMOUNT: f32 = 48.0;

/// The facts about a provider, in order from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Which region was compared.
    Region,
    /// What it costs.
    Total,
    /// How much more than home.
    Gap,
    /// How fast it answers.
    Latency,
    /// How much of the design survives.
    Fidelity,
    /// How much would not survive well.
    Below,
    /// What the total rests on.
    Evidence,
}

impl Fact {
    /// All of them, from the top.
    pub const ALL: [Self; 7] = [
        Self::Region,
        Self::Total,
        Self::Gap,
        Self::Latency,
        Self::Fidelity,
        Self::Below,
        Self::Evidence,
    ];

    /// What stands before the row.
    pub fn label(self) -> &'static str {
        match self {
            Self::Region => "Region",
            Self::Total => "Per month",
            Self::Gap => "Against home",
            Self::Latency => "p50, p99",
            Self::Fidelity => "Fidelity",
            Self::Below => "Below near",
            Self::Evidence => "Evidence",
        }
    }

    /// What it means, in a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Self::Region => "The region nearest to the home region.",
            Self::Total => "What the design costs there; the bar is on the scale of all others.",
            Self::Gap => "How much more or less than at the provider that the design names.",
            Self::Latency => "Median and 99th percentile of the slowest trigger.",
            Self::Fidelity => "The worst grade of any node: exact, near, lossy or impossible.",
            Self::Below => "Share of the nodes that would fare worse than near: lock-in.",
            Self::Evidence => "The weakest figure behind the total.",
        }
    }

    fn height(self) -> f32 {
        match self {
            Self::Region => 16.0,
            Self::Total => 22.0 + BAR,
            Self::Evidence => 20.0,
            _ => 17.0,
        }
    }
}

/// The places of columns and rows.
pub struct Grid {
    /// The upper left corner of everything.
    pub origin: Pos2,
    /// Width of the labels.
    pub labels: f32,
    /// Width of a column.
    pub column: f32,
    /// Nodes with their labels, dearest first; the same in all columns.
    pub rows: Vec<(NodeId, String)>,
    /// The cost that fills a bar [USD/month].
    pub most: f64,
}

impl Grid {
    /// Fits as many columns as there are, or as many as can be read.
    pub fn of(comparison: &Comparison, room: Vec2) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a handful of providers")]
        let count = comparison.providers.len().max(1) as f32;
        let labels = (room.x * 0.1).clamp(LABELS.0, LABELS.1);
        // The last column stands a little aside, so it counts as one and a half.
        let others = if comparison.excluded.is_empty() {
            0.0
        } else {
            1.5
        };
        let fair = (room.x - labels) / (count + others) - GAP;
        Self {
            origin: Pos2::ZERO,
            labels,
            column: fair.clamp(COLUMN.0, COLUMN.1).floor(),
            rows: rows(comparison),
            most: dearest(comparison),
        }
    }

    /// Where a column begins, from the origin.
    pub fn left_of(&self, column: usize) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "a handful of providers")]
        let before = column as f32 * (self.column + GAP);
        self.labels + before
    }

    /// Height of everything.
    pub fn height(&self) -> f32 {
        Self::top_of_node(self.rows.len()) + 4.0
    }

    /// A column from top to bottom.
    pub fn column_rect(&self, column: usize) -> Rect {
        let corner = self.origin + vec2(self.left_of(column), 0.0);
        Rect::from_min_size(corner, vec2(self.column, self.height()))
    }

    /// Where a fact stands in rows from `left` to `right`.
    pub fn fact_rect(&self, fact: Fact, left: f32, right: f32) -> Rect {
        let before = Fact::ALL.iter().take_while(|other| **other != fact);
        let top = self.origin.y + NAME + before.map(|other| other.height()).sum::<f32>();
        Rect::from_min_max(pos2(left, top), pos2(right, top + fact.height()))
    }

    /// Where a node stands in rows from `left` to `right`.
    pub fn node_rect(&self, row: usize, left: f32, right: f32) -> Rect {
        let top = self.origin.y + Self::top_of_node(row);
        Rect::from_min_max(pos2(left, top), pos2(right, top + NODE))
    }

    fn top_of_node(row: usize) -> f32 {
        let facts: f32 = Fact::ALL.iter().map(|fact| fact.height()).sum();
        #[expect(clippy::cast_precision_loss, reason = "as many rows as nodes")]
        let rows = row as f32 * NODE;
        NAME + facts + BREAK + rows
    }

    /// Length of a bar, with room for its amount after the longest.
    pub fn bar(&self, usd: f64) -> f32 {
        let width = self.column - 2.0 * PAD - AMOUNT;
        if !(usd > 0.0 && self.most > 0.0) {
            return 0.0;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a share of the width")]
        let share = (usd / self.most).clamp(0.0, 1.0) as f32;
        // A sliver keeps small costs apart from nothing.
        (share * width).max(1.0)
    }
}

/// The highest total, which fills a bar: parts and totals share one scale, so
/// that the bars of the nodes add up to the bar of the total.
pub fn dearest(comparison: &Comparison) -> f64 {
    let totals = comparison.providers.iter().map(|column| column.total.value);
    totals.fold(0.0, f64::max)
}

/// The nodes that any provider bills or is bound to, by their highest cost.
fn rows(comparison: &Comparison) -> Vec<(NodeId, String)> {
    let mut known: BTreeMap<&NodeId, (&str, f64)> = BTreeMap::new();
    let columns = comparison.providers.iter();
    let is_shown = |cell: &&Cell| cell.translation.is_bound || cell.cost.value > 0.0;
    for cell in columns.flat_map(|column| &column.nodes).filter(is_shown) {
        let row = known.entry(&cell.node).or_insert((&cell.label, 0.0));
        row.1 = row.1.max(cell.cost.value);
    }
    let mut rows: Vec<_> = known.into_iter().collect();
    rows.sort_by(|(_, (_, a)), (_, (_, b))| b.total_cmp(a));
    let named = |(id, (label, _)): (&NodeId, (&str, f64))| (id.clone(), label.to_owned());
    rows.into_iter().map(named).collect()
}
