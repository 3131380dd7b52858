//! How far a flood gets: each node takes what its limits let through and
//! passes that on, retries included.

use std::collections::BTreeSet;

use petgraph::Direction;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::analysis::Analysis;
use crate::analysis::flow::{self, Flow};

use super::ceiling::{Ceiling, Counts};

/// Sweeps until a cycle settles; each passes on less than it took.
const SWEEPS: usize = 200;
/// Halvings that find the share that a shared limit lets through.
const HALVINGS: usize = 50;
/// Rounds in which shared limits settle beside each other.
const ROUNDS: usize = 3;

/// What comes in from outside.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Events that begin at nodes [1/s].
    pub rates: Vec<(NodeIndex, f64)>,
    /// Whether every event fails and is tried as often as it can be.
    pub retries: bool,
}

/// What happens then.
#[derive(Clone, Debug)]
pub struct Flood {
    /// Events by node [1/s].
    pub events: Vec<f64>,
    /// Everything that arrives, by node [1/s].
    pub arrivals: Vec<f64>,
    /// What passes, by link [1/s].
    pub links: Vec<f64>,
    /// The limit that binds at each node, as an index into the ceilings.
    pub binding: Vec<Option<usize>>,
}

impl Flood {
    /// The limit that bounds what a node does: its own, or that of whoever
    /// sends most of it.
    pub fn bound(&self, analysis: &Analysis<'_>, node: NodeIndex) -> Option<usize> {
        let (mut here, mut seen) = (node, BTreeSet::new());
        while seen.insert(here) {
            if let Some(ceiling) = self.binding[here.index()] {
                return Some(ceiling);
            }
            let graph = &analysis.system.graph;
            here = graph
                .edges_directed(here, Direction::Incoming)
                .max_by(|a, b| self.links[a.id().index()].total_cmp(&self.links[b.id().index()]))
                .filter(|edge| self.links[edge.id().index()] > 0.0)?
                .source();
        }
        None
    }
}

/// Follows a flood over the links of `flow` that are not cut.
pub fn flood(
    analysis: &Analysis<'_>,
    flow: &Flow,
    ceilings: &[Ceiling],
    sources: &Sources,
) -> Flood {
    let mut order: Vec<NodeIndex> = Vec::new();
    let components = tarjan_scc(&analysis.system.graph);
    let cyclic = components.iter().any(|component| component.len() > 1);
    for component in components.into_iter().rev() {
        order.extend(component);
    }
    let walk = Walk {
        analysis,
        flow,
        ceilings,
        gain: gains(analysis, flow, sources.retries),
        by_node: by_node(analysis, ceilings),
        order,
        sweeps: if cyclic { SWEEPS } else { 2 },
        sources,
    };
    let mut shares = vec![1.0; ceilings.len()];
    for _ in 0..ROUNDS {
        for index in 0..ceilings.len() {
            walk.share(index, &mut shares);
        }
    }
    walk.run(&shares)
}

/// Events passed on per event; where everything fails, each is tried as often
/// as its link allows.
fn gains(analysis: &Analysis<'_>, flow: &Flow, retries: bool) -> Vec<f64> {
    let tries = |edge: EdgeIndex| {
        let most = f64::from(flow::retries(analysis.system, edge)) + 1.0;
        most / flow.attempts[edge.index()].max(1.0)
    };
    let graph = &analysis.system.graph;
    graph
        .edge_indices()
        .map(|edge| {
            let more = if retries { tries(edge).max(1.0) } else { 1.0 };
            flow.gain[edge.index()] * more
        })
        .collect()
}

fn by_node(analysis: &Analysis<'_>, ceilings: &[Ceiling]) -> Vec<Vec<(usize, Counts, f64)>> {
    let mut found = vec![Vec::new(); analysis.system.graph.node_count()];
    for (index, ceiling) in ceilings.iter().enumerate() {
        for member in &ceiling.members {
            found[member.node.index()].push((index, member.counts, member.takes));
        }
    }
    // A link's own limit before the sides', theirs before the whole node's.
    for limits in &mut found {
        limits.sort_by_key(|(_, counts, _)| match counts {
            Counts::Link(_) => 0,
            Counts::Reads | Counts::Writes => 1,
            Counts::Arrivals => 2,
        });
    }
    found
}

struct Walk<'a> {
    analysis: &'a Analysis<'a>,
    flow: &'a Flow,
    ceilings: &'a [Ceiling],
    gain: Vec<f64>,
    by_node: Vec<Vec<(usize, Counts, f64)>>,
    order: Vec<NodeIndex>,
    sweeps: usize,
    sources: &'a Sources,
}

impl Walk<'_> {
    /// Finds the share that a limit shared by several nodes lets through; a
    /// node's own limit needs no search.
    fn share(&self, index: usize, shares: &mut [f64]) {
        let ceiling = &self.ceilings[index];
        if ceiling.members.len() < 2 {
            return;
        }
        let mut at = |share: f64| {
            shares[index] = share;
            load(ceiling, &self.run(shares))
        };
        if at(1.0) <= ceiling.limit * (1.0 + 1e-9) {
            return;
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if at(middle) > ceiling.limit {
                high = middle;
            } else {
                low = middle;
            }
        }
        shares[index] = low;
    }

    fn run(&self, shares: &[f64]) -> Flood {
        let nodes = self.analysis.system.graph.node_count();
        let mut flood = Flood {
            events: vec![0.0; nodes],
            arrivals: vec![0.0; nodes],
            links: vec![0.0; self.gain.len()],
            binding: vec![None; nodes],
        };
        for _ in 0..self.sweeps {
            let mut moved = false;
            for &node in &self.order {
                moved |= self.take(node, shares, &mut flood);
            }
            if !moved {
                break;
            }
        }
        flood
    }

    /// What one node takes of what is offered; whether that has changed.
    fn take(&self, node: NodeIndex, shares: &[f64], flood: &mut Flood) -> bool {
        let graph = &self.analysis.system.graph;
        let own: f64 = self
            .sources
            .rates
            .iter()
            .filter(|(source, _)| *source == node)
            .map(|(_, rate)| rate)
            .sum();
        let mut offered: Vec<(EdgeIndex, bool, f64)> = graph
            .edges_directed(node, Direction::Incoming)
            .filter(|edge| !self.flow.cut[edge.id().index()])
            .map(|edge| {
                let events = flow::makes_events(edge.weight().kind);
                let rate = flood.events[edge.source().index()] * self.gain[edge.id().index()];
                (edge.id(), events, rate)
            })
            .collect();
        let mut started = own;
        let mut binding = None;
        for &(index, counts, takes) in &self.by_node[node.index()] {
            let counted = |edge: EdgeIndex, events: bool| match counts {
                Counts::Arrivals => true,
                Counts::Reads => !events,
                Counts::Writes => events,
                Counts::Link(only) => edge == only,
            };
            let with_own = matches!(counts, Counts::Arrivals | Counts::Writes);
            let load: f64 = offered
                .iter()
                .filter(|(edge, events, _)| counted(*edge, *events))
                .map(|(_, _, rate)| rate)
                .sum::<f64>()
                + if with_own { started } else { 0.0 };
            let most = self.ceilings[index].limit / takes.max(1e-12) * shares[index];
            // A shared limit lets the same share of everything through.
            let shared = self.ceilings[index].members.len() > 1;
            let passed = if load > most && load > 0.0 {
                most / load
            } else if shared {
                shares[index]
            } else {
                1.0
            };
            if passed < 1.0 - 1e-9 {
                binding = Some(index);
            }
            for (edge, events, rate) in &mut offered {
                if counted(*edge, *events) {
                    *rate *= passed;
                }
            }
            if with_own {
                started *= passed;
            }
        }
        let events: f64 = started + sum(&offered, |events| events);
        let arrivals: f64 = started + sum(&offered, |_| true);
        for (edge, _, rate) in offered {
            flood.links[edge.index()] = rate;
        }
        let before = std::mem::replace(&mut flood.events[node.index()], events);
        flood.arrivals[node.index()] = arrivals;
        flood.binding[node.index()] = binding;
        (events - before).abs() > 1e-9 * events.max(1e-9)
    }
}

/// What a flood takes of a limit.
fn load(ceiling: &Ceiling, flood: &Flood) -> f64 {
    ceiling
        .members
        .iter()
        .map(|member| {
            let node = member.node.index();
            let counted = match member.counts {
                Counts::Arrivals => flood.arrivals[node],
                Counts::Reads => flood.arrivals[node] - flood.events[node],
                Counts::Writes => flood.events[node],
                Counts::Link(edge) => flood.links[edge.index()],
            };
            counted * member.takes
        })
        .sum()
}

fn sum(offered: &[(EdgeIndex, bool, f64)], counts: impl Fn(bool) -> bool) -> f64 {
    let counted = offered.iter().filter(|(_, events, _)| counts(*events));
    counted.map(|(_, _, rate)| rate).sum()
}
