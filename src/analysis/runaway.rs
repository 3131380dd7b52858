//! Loops that feed themselves: how fast they grow and what they cost.

use petgraph::graph::NodeIndex;

use crate::catalog::billing::{FreeTier, Terms};
use crate::design::Settings;
use crate::units::SECONDS_PER_MONTH;

use super::flow::{self, Component};
use super::latency;
use super::timeline::{Bin, Regime, Timeline};
use super::{Analysis, account, carried, cost};

/// Turns after which Lambda's own loop detection stops a chain.
pub const DETECTED_AFTER: u32 = 16;

/// What one loop does.
#[derive(Clone, Debug)]
pub struct RunawayState {
    /// Events that one event causes per turn along the path.
    pub gain: f64,
    /// Time of one turn [s].
    pub turn: f64,
    /// Growth rate [1/s]; 0 where the loop only sustains itself.
    pub growth: f64,
    /// What starts the loop [events/s].
    pub seed: f64,
    /// Highest rate of events at the capping node [1/s].
    pub cap: f64,
    /// The node whose limit caps it, and the limit's name and value.
    pub capped_by: Option<(NodeIndex, String, f64)>,
    /// Cost of an hour at the cap [USD].
    pub usd_per_hour: f64,
    /// Cost of one event at the capping node [USD].
    pub usd_per_event: f64,
    /// Whether the provider's loop detection watches every node of the loop.
    pub watched: bool,
}

impl RunawayState {
    /// Cost after so many seconds [USD], growth and cap in force.
    pub fn cost_after(&self, seconds: f64) -> f64 {
        const STEPS: u32 = 4_000;
        let dt = seconds / f64::from(STEPS);
        let events: f64 = (0..STEPS)
            .map(|step| self.rate((f64::from(step) + 0.5) * dt) * dt)
            .sum();
        events * self.usd_per_event
    }

    /// Rate of events so many seconds after the start [1/s].
    fn rate(&self, seconds: f64) -> f64 {
        if self.seed <= 0.0 {
            return 0.0;
        }
        let turns = if self.turn > 0.0 {
            seconds / self.turn
        } else {
            f64::INFINITY
        };
        let rate = if self.growth > 0.0 {
            // Each turn's events add to those of the turns before.
            let gain = (self.growth * self.turn).exp();
            self.seed * (gain.powf((turns + 1.0).min(2_000.0)) - 1.0) / (gain - 1.0)
        } else {
            self.seed * (1.0 + turns)
        };
        rate.min(self.cap)
    }
}

/// Follows a loop to its cap.
pub fn follow(analysis: &Analysis<'_>, component: &Component) -> RunawayState {
    let turn = turn(analysis, component);
    let gain = gain(component);
    let growth = if gain > 1.0 + 1e-9 && turn > 0.0 {
        gain.ln() / turn
    } else {
        0.0
    };
    let capped_by = cap(analysis, component);
    let anchor = capped_by
        .as_ref()
        .map(|cap| cap.0)
        .or_else(|| component.path.first().copied());
    let seed = anchor.map_or(0.0, |node| analysis.events_mean(node));
    let rate = capped_by.as_ref().map_or(1_000.0, |(node, _, limit)| {
        limit / (analysis.work_mean(*node) / 1_000.0).max(1e-3)
    });
    let usd_per_hour = anchor.map_or(0.0, |node| hourly(analysis, component, node, rate));
    let watched = component
        .path
        .iter()
        .all(|&node| flow::is_watched(analysis.system.graph[node].archetype()));
    RunawayState {
        gain,
        turn,
        growth,
        seed,
        cap: rate,
        capped_by,
        usd_per_hour,
        usd_per_event: usd_per_hour / (rate * 3_600.0).max(1e-9),
        watched,
    }
}

/// Gain of one turn: the spectral radius counts one link, a turn has as many as
/// the path; for a single cycle this is the product of its gains.
fn gain(component: &Component) -> f64 {
    let links = component.path.len().saturating_sub(1).max(1);
    component
        .radius
        .powf(f64::from(u32::try_from(links).unwrap_or(u32::MAX)))
}

/// Time of one turn along the loop's path [s].
fn turn(analysis: &Analysis<'_>, component: &Component) -> f64 {
    component
        .path
        .windows(2)
        .map(|pair| {
            let (Some(&from), Some(&to)) = (pair.first(), pair.last()) else {
                return 0.0;
            };
            let hop = analysis
                .system
                .graph
                .find_edge(from, to)
                .map_or(0.0, |edge| {
                    analysis.moments(&latency::hop(analysis.system, edge)).mean
                });
            let work = match &analysis.system.graph[from].settings {
                Settings::Function(_) => analysis.work_mean(from),
                _ => 0.0,
            };
            (hop + work) / 1_000.0
        })
        .sum()
}

/// The function of the loop that reaches its concurrency limit first.
fn cap(analysis: &Analysis<'_>, component: &Component) -> Option<(NodeIndex, String, f64)> {
    component
        .nodes
        .iter()
        .filter_map(|&node| {
            let limit = account::concurrency_limit(analysis, node)?;
            let Settings::Function(function) = &analysis.system.graph[node].settings else {
                return None;
            };
            let name = if function.reserved() > 0 {
                "reserved concurrency"
            } else {
                "concurrency of the account"
            };
            Some((node, name.to_owned(), limit))
        })
        .min_by(|a, b| a.2.total_cmp(&b.2))
}

/// What an hour costs while a node handles events at a rate, beyond what the
/// same system costs idle.
fn hourly(analysis: &Analysis<'_>, component: &Component, node: NodeIndex, rate: f64) -> f64 {
    let total = |rate: f64| {
        let flow = flow::one_turn(analysis.system, &analysis.flow, component, node);
        let timeline = Timeline {
            bins: vec![Bin {
                start: 0.0,
                length: SECONDS_PER_MONTH,
                weight: SECONDS_PER_MONTH,
                regime: Regime::Stationary,
            }],
            rates: vec![vec![rate]],
        };
        let run = carried(analysis.system, vec![node], flow, timeline);
        let terms = Terms {
            free_tier: FreeTier::None,
            hours_per_month: Some(1.0),
            ..Terms::default()
        };
        let priced = cost::price(&run, &terms, 3_600.0, false);
        let parties: f64 = priced.third_parties.iter().map(|party| party.1).sum();
        let bill: f64 = priced
            .bill
            .lines
            .iter()
            .filter_map(|line| f64::try_from(line.exact).ok())
            .sum();
        bill + parties
    };
    (total(rate) - total(0.0)).max(0.0)
}
