//! What a timeout cuts off: functions that run into theirs, callers that give
//! up on an answer. Both count as failures, which are retried, cost their full
//! time and end in dead-letter queues.

use petgraph::graph::{EdgeIndex, NodeIndex};

use crate::catalog::Operation;
use crate::design::{LinkKind, Settings};
use crate::units::Millis;

use super::Analysis;
use super::flow::Late;
use super::moments;
use super::response::Response;

/// Probabilities below this are noise of the fitted tail.
const NOISE: f64 = 1e-5;

/// Probabilities from here on are worth a distribution.
const BITES: f64 = 1e-4;

/// Reads off an analysis how often timeouts bite.
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
                beyond(analysis.distribution(inner).cdf(*at))
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
