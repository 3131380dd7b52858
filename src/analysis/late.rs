//! What only the traffic decides, read off one round for the next: above all
//! what a timeout cuts off, functions that run into theirs and callers that
//! give up on an answer. Both count as failures, which are retried, cost their
//! full time and end in dead-letter queues.

use petgraph::graph::{EdgeIndex, NodeIndex};

use crate::catalog::Operation;
use crate::design::{LinkKind, Settings};
use crate::system::System;
use crate::units::Millis;

use super::Analysis;
use super::hits;
use super::moments;
use super::response::Response;

/// Probabilities below this are noise of the fitted tail.
const NOISE: f64 = 1e-5;

/// Probabilities from here on are worth a distribution.
const BITES: f64 = 1e-4;

/// What only the traffic decides, as far as it is known: nothing at first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Late {
    /// Probability that a function runs into its timeout, by node.
    pub nodes: Vec<f64>,
    /// Probability that a caller gives up on an answer, by link.
    pub links: Vec<f64>,
    /// Share of reads that entries with a time to live answer, by node.
    pub hits: Vec<f64>,
    /// Mean messages of a batch of which only the failed ones come back, by
    /// link; 0 elsewhere.
    pub batches: Vec<f64>,
}

impl Late {
    pub(super) fn node(&self, node: NodeIndex) -> f64 {
        self.nodes.get(node.index()).copied().unwrap_or(0.0)
    }

    pub(super) fn link(&self, edge: EdgeIndex) -> f64 {
        self.links.get(edge.index()).copied().unwrap_or(0.0)
    }

    pub(super) fn hit(&self, node: NodeIndex) -> f64 {
        self.hits.get(node.index()).copied().unwrap_or(0.0)
    }

    /// Probability that one message comes back over a link whose batches fail
    /// with `failed`: all of a batch do, unless only those that failed are
    /// reported, 1 − (1 − p)^(1/b) of batches of b.
    pub(super) fn comes_back(&self, system: &System<'_>, edge: EdgeIndex, failed: f64) -> f64 {
        let route = &system.graph[edge];
        if route.kind != LinkKind::Poll || !route.settings.partial_failures() {
            return failed;
        }
        let batch = self.batches.get(edge.index()).copied().unwrap_or(1.0);
        1.0 - (1.0 - failed).powf(1.0 / batch.max(1.0))
    }
}

/// Reads off an analysis how often timeouts bite and caches answer.
pub fn late(analysis: &Analysis<'_>) -> Late {
    let graph = &analysis.system.graph;
    Late {
        nodes: graph
            .node_indices()
            .map(|node| cut_off(analysis, node))
            .collect(),
        links: graph
            .edge_indices()
            .map(|edge| given_up(analysis, edge))
            .collect(),
        hits: graph
            .node_indices()
            .map(|node| hits::by_time_to_live(analysis, node))
            .collect(),
        batches: graph
            .edge_indices()
            .map(|edge| reported_apart(analysis, edge))
            .collect(),
    }
}

fn cut_off(analysis: &Analysis<'_>, node: NodeIndex) -> f64 {
    if !matches!(analysis.system.graph[node].settings, Settings::Function(_)) {
        return 0.0;
    }
    match analysis.work(node).as_ref() {
        Response::Truncated { inner, at } => {
            let estimate = beyond(moments::cdf(analysis.moments(inner), at.0));
            // A lognormal of equal mean and variance is too rough where the
            // timeout bites.
            if (BITES..1.0 - BITES).contains(&estimate) {
                beyond(analysis.cdf(inner, *at))
            } else {
                estimate
            }
        }
        _ => 0.0,
    }
}

fn given_up(analysis: &Analysis<'_>, edge: EdgeIndex) -> f64 {
    let graph = &analysis.system.graph;
    let route = &graph[edge];
    let timeout = route.settings.timeout();
    let Some((_, to)) = graph.edge_endpoints(edge) else {
        return 0.0;
    };
    if timeout.0 <= 0.0 || !route.kind.is_synchronous() {
        return 0.0;
    }
    let operation = match route.kind {
        LinkKind::Read => Some(Operation::Read),
        LinkKind::Write => Some(Operation::Write),
        _ => None,
    };
    let in_time = |timeout: Millis| match operation {
        Some(operation) => graph[to]
            .timing(operation)
            .map_or(1.0, |law| law.cdf(timeout)),
        None => moments::cdf(analysis.moments(&analysis.response(to)), timeout.0),
    };
    beyond(in_time(timeout))
}

fn beyond(in_time: f64) -> f64 {
    let late = 1.0 - in_time;
    if late < NOISE { 0.0 } else { late.min(1.0) }
}

/// Mean messages of a batch of which only the failed ones come back; 0 where
/// that makes no difference.
fn reported_apart(analysis: &Analysis<'_>, edge: EdgeIndex) -> f64 {
    let route = &analysis.system.graph[edge];
    let Some((_, to)) = analysis.system.graph.edge_endpoints(edge) else {
        return 0.0;
    };
    let applies = route.kind == LinkKind::Poll
        && route.settings.partial_failures()
        && analysis.flow.failure[to.index()] > 0.0;
    let batches = analysis.batches_mean(edge);
    if applies && batches > 0.0 {
        analysis.link_rate_mean(edge) / batches
    } else {
        0.0
    }
}
