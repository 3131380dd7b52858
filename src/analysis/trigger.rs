//! Each trigger end to end: what its callers wait for, how often they meet a
//! cold start or a refusal, and when the work behind them is done.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::{DfsPostOrder, EdgeFiltered, EdgeRef, Walker};

use crate::catalog::Archetype;
use crate::design::{LinkKind, Settings};

use super::latency::{self, Builder, Without};
use super::response::Response;
use super::{Analysis, capacity, single_thread};

/// What callers of one trigger meet.
pub struct Journey {
    /// What they wait for.
    pub response: Arc<Response>,
    /// Probability that any function on the way starts cold.
    pub cold: f64,
    /// Probability that the request is refused.
    pub throttle: f64,
    /// Mean uses of each node that they wait for, by node.
    pub visits: BTreeMap<NodeIndex, f64>,
    /// Probability that all functions on the way are cold together.
    together: f64,
    /// Probability that each is cold otherwise.
    alone: BTreeMap<NodeIndex, f64>,
}

impl Journey {
    /// What callers would wait for without something.
    pub fn without(
        &self,
        analysis: &Analysis<'_>,
        start: NodeIndex,
        what: Without,
    ) -> Arc<Response> {
        mixture(analysis, start, self.together, &self.alone, what)
    }
}

/// Follows the n-th trigger.
pub fn journey(analysis: &Analysis<'_>, trigger: usize) -> Option<Journey> {
    let node = *analysis.triggers.get(trigger)?;
    let visits = visits(analysis, node);
    let functions: Vec<NodeIndex> = visits
        .keys()
        .copied()
        .filter(|&n| analysis.system.graph[n].archetype() == Archetype::Function)
        .collect();
    let share = |value: &dyn Fn(usize) -> f64| trigger_mean(analysis, trigger, value);
    let cold: BTreeMap<NodeIndex, f64> = functions
        .iter()
        .map(|&f| (f, share(&|bin| pool_cold(analysis, f, bin))))
        .collect();
    let together = functions
        .iter()
        .map(|&f| share(&|bin| all_cold(analysis, f, bin)))
        .reduce(f64::min)
        .map_or(0.0, |q| q.min(cold.values().copied().fold(1.0, f64::min)));
    let alone: BTreeMap<NodeIndex, f64> = cold
        .iter()
        .map(|(&f, &p)| (f, residual(p, together)))
        .collect();
    Some(Journey {
        response: mixture(analysis, node, together, &alone, Without::Nothing),
        cold: any_cold(together, &alone, &visits),
        throttle: share(&|bin| refused(analysis, &visits, bin)),
        visits,
        together,
        alone,
    })
}

/// Probability of a cold start given that not all are cold together.
fn residual(probability: f64, together: f64) -> f64 {
    if together >= 1.0 {
        1.0
    } else {
        ((probability - together) / (1.0 - together)).clamp(0.0, 1.0)
    }
}

fn mixture(
    analysis: &Analysis<'_>,
    node: NodeIndex,
    together: f64,
    alone: &BTreeMap<NodeIndex, f64>,
    without: Without,
) -> Arc<Response> {
    // A paused database is found by itself, whatever the functions do.
    let independently = |n: NodeIndex| {
        let known = alone.get(&n).copied();
        known.unwrap_or_else(|| match analysis.system.graph[n].archetype() {
            Archetype::Database => analysis.cold_by_arrival(n),
            _ => 0.0,
        })
    };
    let sharing = |n: NodeIndex| capacity::sharing(analysis, n);
    let waiting = |n: NodeIndex| single_thread::response(analysis, n);
    let usual = Builder::new(analysis.system, &analysis.flow, &independently)
        .sharing(&sharing)
        .waiting(&waiting)
        .without(without)
        .response(node);
    if together <= 1e-9 || without == Without::ColdStarts {
        return usual;
    }
    let everywhere = |n: NodeIndex| match analysis.system.graph[n].archetype() {
        Archetype::Function => 1.0,
        _ => independently(n),
    };
    let cold = Builder::new(analysis.system, &analysis.flow, &everywhere)
        .sharing(&sharing)
        .waiting(&waiting)
        .without(without)
        .response(node);
    Arc::new(Response::Choice(vec![
        (together, cold),
        (1.0 - together, usual),
    ]))
}

/// 1 − (1 − q) Π (1 − r)^visits.
fn any_cold(
    together: f64,
    alone: &BTreeMap<NodeIndex, f64>,
    visits: &BTreeMap<NodeIndex, f64>,
) -> f64 {
    let warm: f64 = alone
        .iter()
        .map(|(f, r)| (1.0 - r).powf(visits.get(f).copied().unwrap_or(1.0)))
        .product();
    1.0 - (1.0 - together) * warm
}

/// A mean over bins, weighted by what the trigger sends in them.
fn trigger_mean(analysis: &Analysis<'_>, trigger: usize, value: &dyn Fn(usize) -> f64) -> f64 {
    let Some(rates) = analysis.timeline.rates.get(trigger) else {
        return 0.0;
    };
    let rate = |bin: usize| rates.get(bin).copied().unwrap_or(0.0);
    let sent = analysis.timeline.mean(rate);
    if sent > 0.0 {
        analysis.timeline.mean(|bin| rate(bin) * value(bin)) / sent
    } else {
        value(0)
    }
}

fn pool_cold(analysis: &Analysis<'_>, function: NodeIndex, bin: usize) -> f64 {
    analysis
        .station(function)
        .pool
        .get(bin)
        .map_or(0.0, |pool| pool.cold)
}

/// Probability that nothing has come for so long that every instance is gone:
/// exp(−λ (T + E[S])).
fn all_cold(analysis: &Analysis<'_>, function: NodeIndex, bin: usize) -> f64 {
    let station = &analysis.system.graph[function];
    let Some(compute) = station.service.and_then(|service| service.compute.as_ref()) else {
        return 0.0;
    };
    if let Settings::Function(settings) = &station.settings
        && settings.provisioned() > 0
    {
        return 0.0;
    }
    let rate = analysis
        .station(function)
        .invocations
        .get(bin)
        .copied()
        .unwrap_or(0.0);
    let silence = compute.idle_timeout.value + analysis.work_mean(function) / 1_000.0;
    (-rate * silence)
        .exp()
        .min(pool_cold(analysis, function, bin))
}

fn refused(analysis: &Analysis<'_>, visits: &BTreeMap<NodeIndex, f64>, bin: usize) -> f64 {
    let through: f64 = visits
        .iter()
        .map(|(&node, &uses)| (1.0 - analysis.station(node).refused_in(bin)).powf(uses))
        .product();
    1.0 - through
}

/// Mean uses of every node that a caller of `start` waits for, itself included.
///
/// Callers come before callees, so that each node is looked at once, however
/// many ways lead to it. A call back into a caller counts but is not followed.
fn visits(analysis: &Analysis<'_>, start: NodeIndex) -> BTreeMap<NodeIndex, f64> {
    let graph = &analysis.system.graph;
    let waits = EdgeFiltered::from_fn(graph, |edge| edge.weight().kind.is_synchronous());
    let mut callers_first: Vec<NodeIndex> = DfsPostOrder::new(&waits, start).iter(&waits).collect();
    callers_first.reverse();
    let mut visits = BTreeMap::from([(start, 1.0)]);
    for node in callers_first {
        let uses = visits.get(&node).copied().unwrap_or(0.0);
        for edge in graph.edges_directed(node, Direction::Outgoing) {
            let kind = edge.weight().kind;
            // Of a publication only the acceptance is waited for.
            let accepted = kind.sender_waits() && accepts(graph[edge.target()].archetype());
            if kind.is_synchronous() || accepted {
                *visits.entry(edge.target()).or_insert(0.0) +=
                    uses * analysis.flow.gain[edge.id().index()];
            }
        }
    }
    visits
}

/// Whether a node takes messages in without working on them at once.
fn accepts(archetype: Archetype) -> bool {
    matches!(
        archetype,
        Archetype::Queue | Archetype::Topic | Archetype::Bus | Archetype::Stream
    )
}

/// When each node that works in the background is done, from the trigger on.
pub fn completions(analysis: &Analysis<'_>, trigger: usize) -> Vec<(NodeIndex, Arc<Response>)> {
    let Some(&start) = analysis.triggers.get(trigger) else {
        return Vec::new();
    };
    let (mut seen, mut done) = (BTreeSet::new(), BTreeMap::new());
    background(
        analysis,
        start,
        &analysis.response(start),
        false,
        &mut seen,
        &mut done,
    );
    done.into_iter().collect()
}

/// `finished` is when the node's work is done; `asynchronous` whether it was
/// handed the work, rather than called by somebody who waits.
fn background(
    analysis: &Analysis<'_>,
    node: NodeIndex,
    finished: &Arc<Response>,
    asynchronous: bool,
    seen: &mut BTreeSet<NodeIndex>,
    done: &mut BTreeMap<NodeIndex, Arc<Response>>,
) {
    if seen.len() > 256 || !seen.insert(node) {
        return;
    }
    let graph = &analysis.system.graph;
    let works = matches!(
        graph[node].archetype(),
        Archetype::Function
            | Archetype::Container
            | Archetype::Workflow
            | Archetype::External
            | Archetype::Service
    );
    if asynchronous && works {
        done.insert(node, Arc::clone(finished));
    }
    for edge in graph.edges_directed(node, Direction::Outgoing) {
        let kind = edge.weight().kind;
        if kind == LinkKind::DeadLetter || analysis.flow.cut[edge.id().index()] {
            continue;
        }
        if kind.is_synchronous() {
            // The callee works while the caller waits: it is done, and what it
            // causes begins, at the latest when the caller is done.
            background(analysis, edge.target(), finished, false, seen, done);
            continue;
        }
        let arrived = latency::sequence(vec![
            Arc::clone(finished),
            latency::hop(analysis.system, edge.id()),
            analysis.wait(edge.id()),
        ]);
        // The sender has waited for the acceptance already.
        let accepted = kind.sender_waits() && accepts(graph[edge.target()].archetype());
        let finished = if accepted {
            arrived
        } else {
            latency::sequence(vec![arrived, analysis.response(edge.target())])
        };
        background(analysis, edge.target(), &finished, true, seen, done);
    }
}
