//! Steady-state event rates along every link.
//!
//! Each link passes on `gain` events per event of its sender: uses x (1 −
//! filtered) x attempts. The traffic equations x = e + Gᵀx are linear, so they
//! are solved once per trigger and scaled by bin; cycles are solved as linear
//! equations, not looped over. A strongly connected component whose gain matrix
//! has a spectral radius of 1 or more feeds itself: it is a runaway, its
//! feedback is cut here and reported apart.

use std::collections::BTreeMap;

use petgraph::Direction;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::catalog::Archetype;
use crate::design::link::CountLaw;
use crate::design::{LinkKind, LinkSettings, Settings};
use crate::system::System;

use super::hits::Hits;
pub use super::late::Late;
use super::queueing::{expected_attempts, spectral_radius};

/// Radius from which a component is called a runaway.
const CRITICAL: f64 = 1.0 - 1e-9;

/// Event rates per event of each trigger.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Gain by link: events passed on per event of the sender.
    pub gain: Vec<f64>,
    /// Attempts per use, by link.
    pub attempts: Vec<f64>,
    /// Probability that one event fails at a node, by node.
    pub failure: Vec<f64>,
    /// Events at each node per event of a trigger: `influence[trigger][node]`.
    pub influence: Vec<Vec<f64>>,
    /// Components that feed themselves.
    pub loops: Vec<Component>,
    /// Links whose feedback was cut.
    pub cut: Vec<bool>,
    /// Strongly connected components, senders before receivers.
    pub order: Vec<Vec<NodeIndex>>,
    /// What caches answer.
    pub hits: Hits,
}

/// A strongly connected component that feeds itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Its nodes.
    pub nodes: Vec<NodeIndex>,
    /// Spectral radius of its gain matrix.
    pub radius: f64,
    /// A cycle through it, first node repeated at the end.
    pub path: Vec<NodeIndex>,
}

impl Flow {
    /// Events at a node, from the rates of all triggers [1/s].
    pub fn events(&self, node: NodeIndex, trigger_rates: impl Fn(usize) -> f64) -> f64 {
        self.influence
            .iter()
            .enumerate()
            .map(|(trigger, influence)| trigger_rates(trigger) * influence[node.index()])
            .sum()
    }
}

/// Solves the traffic equations.
pub fn flow(system: &System<'_>, late: &Late) -> Flow {
    let graph = &system.graph;
    let hits = Hits::of(system, late);
    let failure = failures(system, late, &hits);
    let mut gain = vec![0.0; graph.edge_count()];
    let mut attempts = vec![1.0; graph.edge_count()];
    for edge in graph.edge_indices() {
        attempts[edge.index()] = link_attempts(system, edge, &failure, late);
        gain[edge.index()] =
            link_gain(system, edge, &failure, (late, &hits)) * attempts[edge.index()];
    }
    let mut flow = Flow {
        gain,
        attempts,
        failure,
        influence: Vec::new(),
        loops: Vec::new(),
        cut: vec![false; graph.edge_count()],
        order: components(system),
        hits,
    };
    let order = std::mem::take(&mut flow.order);
    for component in &order {
        find_runaway(system, &mut flow, component);
    }
    flow.influence = system
        .triggers()
        .into_iter()
        .map(|trigger| solve(system, &flow, &order, trigger))
        .collect();
    flow.order = order;
    flow
}

/// The flow that one event at a node of a runaway sets off in one turn: the
/// loop is cut where it comes back to the node.
pub fn one_turn(system: &System<'_>, flow: &Flow, component: &Component, node: NodeIndex) -> Flow {
    let mut turn = flow.clone();
    for edge in system.graph.edge_indices() {
        let inner = system.graph.edge_endpoints(edge).is_some_and(|(from, to)| {
            component.nodes.contains(&from) && component.nodes.contains(&to)
        });
        turn.cut[edge.index()] &= !inner;
    }
    let start = component.nodes.iter().position(|&other| other == node);
    let links = inner_links(system, &turn, &component.nodes);
    cut_feedback(&mut turn, component.nodes.len(), &links, start);
    turn.influence = vec![solve(system, &turn, &flow.order, node)];
    turn
}

/// Mean uses of a link by one event of its sender. Shares of a choice group
/// that add up to more than 1 are taken as weights.
pub fn uses(system: &System<'_>, edge: EdgeIndex) -> f64 {
    let settings = &system.graph[edge].settings;
    match settings.count_law() {
        CountLaw::Fixed | CountLaw::Poisson => settings.count(),
        CountLaw::Probability => settings.count().clamp(0.0, 1.0),
        CountLaw::Choice => settings.count().max(0.0) / choice_total(system, edge).max(1.0),
    }
}

/// Sum of the shares of a link's choice group: those of its stage by the same
/// name.
fn choice_total(system: &System<'_>, edge: EdgeIndex) -> f64 {
    let Some((from, _)) = system.graph.edge_endpoints(edge) else {
        return 0.0;
    };
    let group = |settings: &LinkSettings| (settings.stage(), settings.choice_group());
    let own = group(&system.graph[edge].settings);
    system
        .graph
        .edges_directed(from, Direction::Outgoing)
        .map(|other| (&other.weight().settings, other.weight().kind))
        .filter(|(settings, _)| settings.count_law() == CountLaw::Choice && group(settings) == own)
        .map(|(settings, _)| settings.count().max(0.0))
        .sum()
}

/// Whether what passes over a link makes an event at its receiver. Reads do
/// not: they never reach a change stream or a notification.
pub fn makes_events(kind: LinkKind) -> bool {
    kind != LinkKind::Read
}

fn link_gain(
    system: &System<'_>,
    edge: EdgeIndex,
    failure: &[f64],
    (late, hits): (&Late, &Hits),
) -> f64 {
    let Some((from, _)) = system.graph.edge_endpoints(edge) else {
        return 0.0;
    };
    let route = &system.graph[edge];
    let share = if route.kind == LinkKind::DeadLetter {
        dead_share(system, from, failure, late)
    } else {
        hits.passed(system, from)
    };
    uses(system, edge) * hits.left(edge) * share
}

/// Tries after the first, as link, service or queue say.
pub fn retries(system: &System<'_>, edge: EdgeIndex) -> u32 {
    let route = &system.graph[edge];
    if let Some(retries) = route.settings.retries {
        return retries;
    }
    let Some((from, to)) = system.graph.edge_endpoints(edge) else {
        return 0;
    };
    match route.kind {
        LinkKind::Poll => match &system.graph[from].settings {
            Settings::Queue(queue) => queue.max_receives().saturating_sub(1),
            _ => 0,
        },
        LinkKind::Invoke | LinkKind::Notify | LinkKind::Deliver => {
            asynchronous_retries(system, to).unwrap_or_else(|| delivery_retries(system, from))
        }
        _ => 0,
    }
}

/// Retries of a topic or bus towards what has none of its own: queues, third
/// parties, gateways.
fn delivery_retries(system: &System<'_>, from: NodeIndex) -> u32 {
    match &system.graph[from].settings {
        Settings::Topic(topic) => topic.retries(),
        Settings::Bus(bus) => bus.retries(),
        _ => 0,
    }
}

fn asynchronous_retries(system: &System<'_>, to: NodeIndex) -> Option<u32> {
    let compute = system.graph[to].service?.compute.as_ref()?;
    Some(compute.async_retries.value)
}

fn link_attempts(system: &System<'_>, edge: EdgeIndex, failure: &[f64], late: &Late) -> f64 {
    let Some((_, to)) = system.graph.edge_endpoints(edge) else {
        return 1.0;
    };
    if system.graph[edge].kind == LinkKind::DeadLetter {
        return 1.0;
    }
    let failed = either(failure[to.index()], late.link(edge));
    let returned = late.comes_back(system, edge, failed);
    expected_attempts(returned, retries(system, edge))
}

/// Share of a node's events that end in its dead-letter queue: those that fail
/// every time.
fn dead_share(system: &System<'_>, from: NodeIndex, failure: &[f64], late: &Late) -> f64 {
    let exhausted = |failed: f64, retries: u32| failed.powf(f64::from(retries) + 1.0);
    let consumers = || system.graph.edges_directed(from, Direction::Outgoing);
    match &system.graph[from].settings {
        Settings::Queue(_)
        | Settings::Topic(_)
        | Settings::Bus(_)
        | Settings::Stream(_)
        | Settings::Table(_) => consumers()
            .filter(|edge| edge.weight().kind != LinkKind::DeadLetter)
            .map(|edge| {
                let failed = failure[edge.target().index()];
                let returned = late.comes_back(system, edge.id(), failed);
                exhausted(returned, retries(system, edge.id()))
            })
            .fold(0.0, f64::max),
        _ => {
            // Every attempt is an event of its own here, so that the share of
            // events is the share of first tries over the attempts they cause.
            let retries = asynchronous_retries(system, from).unwrap_or(0);
            let failed = failure[from.index()];
            exhausted(failed, retries) / expected_attempts(failed, retries)
        }
    }
}

/// Probability that one event fails at a node: of itself, or because a call
/// that it waits for failed for good.
fn failures(system: &System<'_>, late: &Late, hits: &Hits) -> Vec<f64> {
    let graph = &system.graph;
    let mut failure: Vec<f64> = graph
        .node_indices()
        .map(|node| either(own_failure(system, node), late.node(node)))
        .collect();
    // Tarjan's order visits what is called before who calls it; within a cycle
    // a call into the cycle counts with the callee's own failures only.
    for component in tarjan_scc(graph) {
        for &node in &component {
            let called = hits.passed(system, node);
            let calls = calls_work(system, &failure, &component, node, (late, hits));
            let works = (1.0 - failure[node.index()]) * (1.0 - called * (1.0 - calls));
            failure[node.index()] = (1.0 - works).clamp(0.0, 1.0);
        }
    }
    failure
}

/// Probability that all calls out of a component that one event makes work.
fn calls_work(
    system: &System<'_>,
    failure: &[f64],
    component: &[NodeIndex],
    node: NodeIndex,
    (late, hits): (&Late, &Hits),
) -> f64 {
    let mut works = 1.0;
    // Of a choice group only one call is made: its failures exclude each other.
    let mut groups: BTreeMap<(u32, String), f64> = BTreeMap::new();
    for edge in system.graph.edges_directed(node, Direction::Outgoing) {
        let route = edge.weight();
        if !route.kind.is_synchronous() || component.contains(&edge.target()) {
            continue;
        }
        let tries = f64::from(retries(system, edge.id())) + 1.0;
        let one = either(failure[edge.target().index()], late.link(edge.id()));
        let fails = one.powf(tries) * hits.left(edge.id());
        let uses = uses(system, edge.id());
        match route.settings.count_law() {
            CountLaw::Fixed => {
                works *= (1.0 - fails).powf(uses.floor()) * (1.0 - fails * uses.fract());
            }
            CountLaw::Poisson => works *= (-uses * fails).exp(),
            CountLaw::Probability => works *= 1.0 - uses * fails,
            CountLaw::Choice => {
                let group = (route.settings.stage(), route.settings.choice_group());
                *groups.entry(group).or_default() += uses * fails;
            }
        }
    }
    let chosen: f64 = groups.into_values().map(|fails| 1.0 - fails).product();
    works * chosen
}

/// Probability that at least one of two independent things happens.
fn either(one: f64, other: f64) -> f64 {
    1.0 - (1.0 - one) * (1.0 - other)
}

fn own_failure(system: &System<'_>, node: NodeIndex) -> f64 {
    let station = &system.graph[node];
    if station.out {
        return 1.0;
    }
    match &station.settings {
        Settings::Function(function) => function.error_rate(),
        Settings::Container(container) => container.error_rate(),
        Settings::Service(service) => service.error_rate(),
        Settings::External(external) => external.error_rate(),
        _ => 0.0,
    }
}

/// Strongly connected components, senders before receivers.
fn components(system: &System<'_>) -> Vec<Vec<NodeIndex>> {
    let mut order = tarjan_scc(&system.graph);
    order.reverse();
    order
}

fn is_cyclic(system: &System<'_>, component: &[NodeIndex]) -> bool {
    match component {
        [only] => system.graph.contains_edge(*only, *only),
        _ => true,
    }
}

/// Links within a component that make events: sender, receiver, gain.
fn inner_links(
    system: &System<'_>,
    flow: &Flow,
    component: &[NodeIndex],
) -> Vec<(usize, usize, EdgeIndex, f64)> {
    let place = |node: NodeIndex| component.iter().position(|&other| other == node);
    component
        .iter()
        .enumerate()
        .flat_map(|(from, &node)| {
            system
                .graph
                .edges_directed(node, Direction::Outgoing)
                .map(move |edge| (from, edge))
        })
        .filter(|(_, edge)| makes_events(edge.weight().kind) && !flow.cut[edge.id().index()])
        .filter_map(|(from, edge)| {
            let to = place(edge.target())?;
            Some((from, to, edge.id(), flow.gain[edge.id().index()]))
        })
        .collect()
}

fn find_runaway(system: &System<'_>, flow: &mut Flow, component: &[NodeIndex]) {
    if !is_cyclic(system, component) {
        return;
    }
    let links = inner_links(system, flow, component);
    let gains: Vec<(usize, usize, f64)> = links
        .iter()
        .map(|&(from, to, _, gain)| (from, to, gain))
        .collect();
    let radius = spectral_radius(component.len(), &gains);
    if radius < CRITICAL {
        return;
    }
    let entry = entries(system, component);
    cut_feedback(flow, component.len(), &links, entry);
    flow.loops.push(Component {
        nodes: component.to_vec(),
        radius,
        path: strongest_cycle(component, &links),
    });
}

/// The nodes of a component at which events come in.
fn entries(system: &System<'_>, component: &[NodeIndex]) -> Vec<usize> {
    let is_entry = |node: NodeIndex| {
        system
            .graph
            .neighbors_directed(node, Direction::Incoming)
            .any(|sender| !component.contains(&sender))
    };
    let places = component.iter().enumerate();
    places
        .filter(|(_, node)| is_entry(**node))
        .map(|(place, _)| place)
        .collect()
}

/// Cuts the links that lead back to a node that an event has come through, and
/// no others: what is left has no cycle.
fn cut_feedback(
    flow: &mut Flow,
    size: usize,
    links: &[(usize, usize, EdgeIndex, f64)],
    entries: impl IntoIterator<Item = usize>,
) {
    let mut leaving: Vec<Vec<(usize, EdgeIndex)>> = vec![Vec::new(); size];
    for &(from, to, edge, _) in links {
        leaving[from].push((to, edge));
    }
    let (mut seen, mut open) = (vec![false; size], vec![false; size]);
    for start in entries.into_iter().chain(0..size) {
        if seen[start] {
            continue;
        }
        // A depth-first walk; each place comes with its next link.
        let mut walk = vec![(start, 0)];
        (seen[start], open[start]) = (true, true);
        while let Some((here, next)) = walk.last_mut() {
            let Some(&(to, edge)) = leaving[*here].get(*next) else {
                open[*here] = false;
                walk.pop();
                continue;
            };
            *next += 1;
            if open[to] {
                flow.cut[edge.index()] = true;
            } else if !seen[to] {
                (seen[to], open[to]) = (true, true);
                walk.push((to, 0));
            }
        }
    }
}

/// The cycle that a walk along the strongest links runs into.
fn strongest_cycle(
    component: &[NodeIndex],
    links: &[(usize, usize, EdgeIndex, f64)],
) -> Vec<NodeIndex> {
    let strongest = |from: usize| {
        links
            .iter()
            .filter(|link| link.0 == from)
            .max_by(|a, b| a.3.total_cmp(&b.3))
            .map(|link| link.1)
    };
    let mut seen: Vec<usize> = Vec::new();
    let mut here = 0;
    while !seen.contains(&here) {
        seen.push(here);
        match strongest(here) {
            Some(next) => here = next,
            None => return Vec::new(),
        }
    }
    let start = seen.iter().position(|&place| place == here).unwrap_or(0);
    seen[start..]
        .iter()
        .chain(std::iter::once(&here))
        .map(|&place| component[place])
        .collect()
}

/// Events at every node per event of one trigger.
fn solve(
    system: &System<'_>,
    flow: &Flow,
    order: &[Vec<NodeIndex>],
    trigger: NodeIndex,
) -> Vec<f64> {
    let mut events = vec![0.0; system.graph.node_count()];
    events[trigger.index()] = 1.0;
    for component in order {
        if is_cyclic(system, component) {
            solve_component(system, flow, component, &mut events);
        }
        for &node in component {
            let here = events[node.index()];
            for edge in system.graph.edges_directed(node, Direction::Outgoing) {
                let leaves = !component.contains(&edge.target());
                if leaves && makes_events(edge.weight().kind) {
                    events[edge.target().index()] += here * flow.gain[edge.id().index()];
                }
            }
        }
    }
    events
}

/// Solves (I − Gᵀ) x = e within a component by Gaussian elimination.
fn solve_component(system: &System<'_>, flow: &Flow, component: &[NodeIndex], events: &mut [f64]) {
    let size = component.len();
    let mut rows: Vec<Vec<f64>> = (0..size)
        .map(|row| {
            let mut coefficients = vec![0.0; size + 1];
            coefficients[row] = 1.0;
            coefficients[size] = events[component[row].index()];
            coefficients
        })
        .collect();
    for (from, to, _, gain) in inner_links(system, flow, component) {
        rows[to][from] -= gain;
    }
    for (node, value) in component.iter().zip(eliminate(rows)) {
        events[node.index()] = value;
    }
}

/// Gaussian elimination with partial pivoting; singular systems give zeros,
/// which cannot occur below the critical radius.
fn eliminate(mut rows: Vec<Vec<f64>>) -> Vec<f64> {
    let size = rows.len();
    for column in 0..size {
        let pivot = (column..size)
            .max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()))
            .unwrap_or(column);
        rows.swap(column, pivot);
        let head = rows[column].clone();
        if head[column].abs() < 1e-14 {
            return vec![0.0; size];
        }
        for (index, row) in rows.iter_mut().enumerate() {
            if index != column {
                let factor = row[column] / head[column];
                for (value, above) in row.iter_mut().zip(&head).skip(column) {
                    *value -= factor * above;
                }
            }
        }
    }
    (0..size)
        .map(|row| rows[row][size] / rows[row][row])
        .collect()
}

/// Whether a node can start a chain that the provider's own loop detection
/// watches; tables and streams are not watched.
pub fn is_watched(archetype: Archetype) -> bool {
    matches!(
        archetype,
        Archetype::Function | Archetype::Queue | Archetype::Topic | Archetype::Bucket
    )
}
