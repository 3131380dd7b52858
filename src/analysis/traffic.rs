//! Traffic from the triggers down, bin by bin.
//!
//! What a node refuses goes no further; what waits in front of a consumer goes
//! on later. Both are known only once the nodes behind have been looked at, so
//! [`super::assemble`] repeats this pass until they agree; where nothing is
//! refused and nothing waits, once is enough.

use std::sync::Arc;

use petgraph::Direction;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::design::{LinkKind, Settings};
use crate::law::Law;
use crate::units::Millis;

use super::flow::makes_events;
use super::response::Response;
use super::waiting::Waiting;
use super::{Analysis, StationState, latency};

/// Waits below this are not worth a word [s].
const SHORT: f64 = 1e-4;

/// One link over the bins.
#[derive(Clone, Debug, Default)]
pub struct WireState {
    /// What the sender puts on it, retries included [1/s].
    pub offered: Vec<f64>,
    /// Hand-overs: batches where it polls [1/s].
    pub batches: Vec<f64>,
    /// What waits in front of the receiver, where anything does.
    pub waiting: Option<Waiting>,
    rate_mean: f64,
    batches_mean: f64,
    /// The outflow that the receiver has been carried with.
    carried: f64,
}

impl WireState {
    /// Whether what passes has changed since it was last asked.
    pub(super) fn has_moved(&mut self) -> bool {
        let Some(waiting) = &self.waiting else {
            return false;
        };
        // A sum that no two different series share by chance.
        let sum: f64 = waiting
            .outflow
            .iter()
            .enumerate()
            .map(|(bin, rate)| rate * (1.0 + 0.1 * (bin % 7) as f64))
            .sum();
        let moved = (sum - self.carried).abs() > 1e-4 * sum.abs();
        self.carried = sum;
        moved
    }

    /// What passes, retries included, by bin [1/s].
    pub fn rate(&self) -> &[f64] {
        self.waiting
            .as_ref()
            .map_or(&self.offered, |waiting| &waiting.outflow)
    }

    /// The same, mean over the month [1/s].
    pub fn rate_mean(&self) -> f64 {
        self.rate_mean
    }

    /// Hand-overs, mean over the month [1/s].
    pub fn batches_mean(&self) -> f64 {
        self.batches_mean
    }
}

impl Analysis<'_> {
    /// How long what comes over a link waits for its consumer, over the month:
    /// nothing for those who find it free, else by the backlog of their bin.
    pub fn wait(&self, edge: EdgeIndex) -> Arc<Response> {
        let Some(waiting) = &self.wires[edge.index()].waiting else {
            return Arc::new(Response::Zero);
        };
        let offered = &self.wires[edge.index()].offered;
        let mut delays: Vec<(f64, f64)> = self
            .timeline
            .bins
            .iter()
            .zip(offered)
            .zip(&waiting.delay)
            .map(|((bin, rate), delay)| (*delay, rate * bin.weight))
            .collect();
        let all: f64 = delays.iter().map(|(_, weight)| weight).sum();
        delays.retain(|(delay, weight)| *delay > SHORT && *weight > 0.0);
        let waits: f64 = delays.iter().map(|(_, weight)| weight).sum();
        if all <= 0.0 || waits <= 0.0 {
            return Arc::new(Response::Zero);
        }
        delays.sort_by(|a, b| a.0.total_cmp(&b.0));
        let law = Law::Quantiles(quantiles(&delays, waits));
        latency::sometimes(waits / all, Arc::new(Response::Law(law)))
    }
}

/// Quantiles of sorted, weighted delays [s], strictly rising [ms].
fn quantiles(delays: &[(f64, f64)], total: f64) -> Vec<(f64, Millis)> {
    let mut points: Vec<(f64, Millis)> = Vec::new();
    for p in [0.02, 0.25, 0.5, 0.75, 0.9, 0.98] {
        let mut passed = 0.0;
        let found = delays.iter().find(|(_, weight)| {
            passed += weight;
            passed >= p * total
        });
        let delay = found.or(delays.last()).map_or(SHORT, |found| found.0) * 1_000.0;
        let last = points.last().map_or(0.0, |point| point.1.0);
        points.push((p, Millis(delay.max(last * 1.000_1))));
    }
    points
}

/// Carries the triggers' traffic through the design.
pub(super) fn carry(analysis: &mut Analysis<'_>) {
    let order = std::mem::take(&mut analysis.flow.order);
    for component in &order {
        let only = match component.as_slice() {
            [only] if !analysis.system.graph.contains_edge(*only, *only) => Some(*only),
            _ => None,
        };
        match only {
            Some(node) => analysis.stations[node.index()].events = events(analysis, node),
            None => cycle(analysis, component),
        }
        for &node in component {
            send(analysis, node);
        }
        for &node in component {
            arrive(analysis, node);
        }
    }
    analysis.flow.order = order;
}

/// What a trigger sends of itself, by bin; nothing at other nodes [1/s].
fn own<'a>(analysis: &'a Analysis<'_>, node: NodeIndex) -> Option<&'a [f64]> {
    let place = analysis.triggers.iter().position(|&other| other == node)?;
    analysis.timeline.rates.get(place).map(Vec::as_slice)
}

fn events(analysis: &Analysis<'_>, node: NodeIndex) -> Vec<f64> {
    sum(
        analysis,
        node,
        |_, kind| makes_events(kind),
        WireState::rate,
    )
}

/// What comes in over some links and of itself, by bin [1/s].
fn sum(
    analysis: &Analysis<'_>,
    node: NodeIndex,
    counts: impl Fn(EdgeIndex, LinkKind) -> bool,
    of: impl Fn(&WireState) -> &[f64],
) -> Vec<f64> {
    let mut sum = own(analysis, node)
        .map_or_else(|| vec![0.0; analysis.timeline.bins.len()], <[f64]>::to_vec);
    for edge in analysis
        .system
        .graph
        .edges_directed(node, Direction::Incoming)
    {
        // The feedback of a runaway is reported apart.
        if analysis.flow.cut[edge.id().index()] || !counts(edge.id(), edge.weight().kind) {
            continue;
        }
        let wire = &analysis.wires[edge.id().index()];
        for (sum, rate) in sum.iter_mut().zip(of(wire)) {
            *sum += rate;
        }
    }
    sum
}

/// Events in a cycle: the solution of its linear equations, scaled by what
/// really comes in where something was refused or waits before it.
fn cycle(analysis: &mut Analysis<'_>, component: &[NodeIndex]) {
    let bins = analysis.timeline.bins.len();
    let linear = |node: NodeIndex, bin: usize| {
        analysis
            .flow
            .events(node, |trigger| analysis.timeline.rates[trigger][bin])
    };
    let (mut come, mut expected) = (vec![0.0; bins], vec![0.0; bins]);
    for &node in component {
        for edge in analysis
            .system
            .graph
            .edges_directed(node, Direction::Incoming)
        {
            if component.contains(&edge.source()) || !makes_events(edge.weight().kind) {
                continue;
            }
            let gain = analysis.flow.gain[edge.id().index()];
            let rate = analysis.wires[edge.id().index()].rate();
            for (bin, (come, expected)) in come.iter_mut().zip(&mut expected).enumerate() {
                *come += rate.get(bin).copied().unwrap_or(0.0);
                *expected += gain * linear(edge.source(), bin);
            }
        }
    }
    let scale = |bin: usize| {
        if expected[bin] > 0.0 {
            come[bin] / expected[bin]
        } else {
            1.0
        }
    };
    let all: Vec<Vec<f64>> = component
        .iter()
        .map(|&node| {
            (0..bins)
                .map(|bin| linear(node, bin) * scale(bin))
                .collect()
        })
        .collect();
    for (&node, events) in component.iter().zip(all) {
        analysis.stations[node.index()].events = events;
    }
}

/// Puts on each outgoing link what the node passes on.
fn send(analysis: &mut Analysis<'_>, node: NodeIndex) {
    let state = &analysis.stations[node.index()];
    let served: Vec<f64> = state.served().collect();
    let edges: Vec<EdgeIndex> = analysis
        .system
        .graph
        .edges_directed(node, Direction::Outgoing)
        .map(|edge| edge.id())
        .collect();
    let shards = matches!(
        analysis.system.graph[node].settings,
        Settings::Stream(_) | Settings::Table(_) | Settings::Database(_)
    )
    .then(|| analysis.shards(node));
    for edge in edges {
        let gain = analysis.flow.gain[edge.index()];
        let wire = &mut analysis.wires[edge.index()];
        wire.offered = served.iter().map(|rate| rate * gain).collect();
        let batches = if analysis.system.graph[edge].kind == LinkKind::Poll {
            let rates = analysis.wires[edge.index()].rate();
            rates
                .iter()
                .enumerate()
                .map(|(bin, &rate)| {
                    let size = analysis.batch_size(edge, rate, shards.unwrap_or(1.0), bin);
                    rate / size
                })
                .collect()
        } else {
            analysis.wires[edge.index()].rate().to_vec()
        };
        let rate_mean = analysis.mean_of(analysis.wires[edge.index()].rate());
        let batches_mean = analysis.mean_of(&batches);
        let wire = &mut analysis.wires[edge.index()];
        wire.rate_mean = rate_mean;
        wire.batches_mean = batches_mean;
        wire.batches = batches;
    }
}

fn arrive(analysis: &mut Analysis<'_>, node: NodeIndex) {
    let arrivals = sum(analysis, node, |_, _| true, WireState::rate);
    let invocations = sum(analysis, node, |_, _| true, |wire| &wire.batches);
    let means = [&arrivals, &invocations].map(|values| analysis.mean_of(values));
    let events_mean = analysis.mean_of(&analysis.stations[node.index()].events);
    let state = &mut analysis.stations[node.index()];
    state.arrivals_mean = means[0];
    state.invocations_mean = means[1];
    state.events_mean = events_mean;
    state.arrivals = arrivals;
    state.invocations = invocations;
}

impl StationState {
    /// Share of what arrives in a bin that is refused and does not come back.
    pub fn refused_in(&self, bin: usize) -> f64 {
        self.refused.get(bin).copied().unwrap_or(0.0)
    }

    /// Events that are not refused, by bin [1/s].
    pub fn served(&self) -> impl Iterator<Item = f64> + '_ {
        self.events
            .iter()
            .enumerate()
            .map(|(bin, rate)| rate * (1.0 - self.refused_in(bin)))
    }
}
