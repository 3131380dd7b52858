//! Capacity from the deepest callee up: a caller's time holds its callees'.
//!
//! Functions become pools of instances, containers and databases follow their
//! load, and in front of each consumer waits what it cannot take at once.

use petgraph::Direction;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::catalog::Compute;
use crate::design::settings::{Arrivals, FunctionSettings};
use crate::design::{LinkKind, Settings};

use super::compute::{self, Demand, PoolBin};
use super::queueing::harmonic;
use super::timeline::Regime;
use super::waiting::{Room, Waiting};
use super::{Analysis, account, capacity};

/// How long a service goes on delivering an event that finds no place.
///
/// Source: AWS Lambda developer guide, "Asynchronous invocation": events are
/// retried for up to six hours.
const DELIVERY: f64 = 6.0 * 3_600.0;
/// Peakedness of evenly spaced arrivals at many busy instances.
const REGULAR: f64 = 0.5;

/// Pools of all nodes.
pub(super) fn fill_pools(analysis: &mut Analysis<'_>) {
    let order = std::mem::take(&mut analysis.flow.order);
    for &node in order.iter().rev().flatten() {
        let pool = match &analysis.system.graph[node].settings {
            Settings::Function(function) => function_pool(analysis, node, function),
            Settings::Container(container) => {
                let cpu = container.cpu().mean().0 / 1_000.0;
                let capacity = container.vcpu() * container.target();
                let (low, high) = (
                    f64::from(container.minimum()),
                    f64::from(container.maximum()),
                );
                let most = f64::from(container.maximum()) * container.vcpu() / cpu.max(1e-9);
                wait_before_container(analysis, node, most);
                capacity::scaled_pool(analysis, node, |rate| {
                    (rate * cpu / capacity)
                        .ceil()
                        .clamp(low.min(high), high.max(low))
                })
            }
            Settings::Database(database) => capacity::database_pool(analysis, node, database),
            _ => Vec::new(),
        };
        analysis.stations[node.index()].pool = pool;
    }
    analysis.flow.order = order;
}

fn function_pool(
    analysis: &mut Analysis<'_>,
    node: NodeIndex,
    function: &FunctionSettings,
) -> Vec<PoolBin> {
    let station = &analysis.system.graph[node];
    let state = &analysis.stations[node.index()];
    let work = analysis.work_mean(node) / 1_000.0;
    let per_invocation = if state.invocations_mean > 0.0 {
        state.events_mean / state.invocations_mean
    } else {
        1.0
    };
    let service = work * per_invocation.max(1e-9);
    let Some(compute) = station.service.and_then(|service| service.compute.as_ref()) else {
        let unlimited = |rate: &f64| PoolBin {
            busy: rate * service,
            alive: rate * service,
            wanted: rate * service,
            ..PoolBin::default()
        };
        return state.invocations.iter().map(unlimited).collect();
    };
    let limits = account::places(analysis, node);
    let waits = waiting_edges(analysis, node, work, &limits);
    let direct = direct(analysis, node, &waits);
    let patient: Vec<EdgeIndex> = asynchronous(analysis, node).collect();
    let lossy = self::direct(analysis, node, &patient);
    let rooms: Vec<Room<'_>> = waits
        .iter()
        .map(|&edge| room(analysis, edge, work))
        .collect();
    let demand = Demand {
        direct: &direct,
        lossy: &lossy,
        invocations: &state.invocations,
        per_invocation,
        service: service.max(1e-6),
        provisioned: function.provisioned(),
        provisioned_share: function.provisioned_hours() / 24.0,
        limit: &|bin| limits.at(bin),
        gaps: &|trigger| analysis.firing_gap(trigger),
        deployments: function.deployments(),
        per_instance: concurrency(function, compute),
        pings: function.warm_up(),
        peakedness: peakedness(analysis, node),
        client_retries: client_retries(analysis, node),
        resets: analysis
            .late
            .nodes
            .get(node.index())
            .copied()
            .unwrap_or(0.0),
    };
    let (pool, waiting) = compute::follow(&analysis.timeline, &demand, compute, rooms);
    keep(analysis, &waits, waiting);
    pool
}

/// Requests that one instance takes at once, as whole places.
#[expect(clippy::cast_possible_truncation, reason = "bounded")]
#[expect(clippy::cast_sign_loss, reason = "at least 1")]
fn concurrency(function: &FunctionSettings, compute: &Compute) -> u32 {
    let set = function.concurrency.map(f64::from);
    compute
        .concurrency(set, function.memory().0)
        .clamp(1.0, 10_000.0) as u32
}

/// Variance to mean of the busy count at a function, by the triggers that its
/// load comes from: a share g of a stream of peakedness z has 1 + g (z − 1).
fn peakedness(analysis: &Analysis<'_>, node: NodeIndex) -> f64 {
    let (mut excess, mut all) = (0.0, 0.0);
    for (place, &trigger) in analysis.triggers.iter().enumerate() {
        let Settings::Trigger(settings) = &analysis.system.graph[trigger].settings else {
            continue;
        };
        let share = analysis
            .flow
            .influence
            .get(place)
            .and_then(|influence| influence.get(node.index()))
            .copied()
            .unwrap_or(0.0);
        let rates = analysis.timeline.rates.get(place);
        let load = share * rates.map_or(0.0, |rates| analysis.mean_of(rates));
        let own = match settings.arrivals() {
            Arrivals::Poisson => 1.0,
            Arrivals::Regular => REGULAR,
            Arrivals::Bursty => settings.peakedness(),
        };
        excess += load * share.min(1.0) * (own - 1.0);
        all += load;
    }
    if all > 0.0 {
        (1.0 + excess / all).max(0.1)
    } else {
        1.0
    }
}

/// How often callers who wait try again.
fn client_retries(analysis: &Analysis<'_>, node: NodeIndex) -> u32 {
    analysis
        .system
        .graph
        .edges_directed(node, Direction::Incoming)
        .filter(|edge| edge.weight().kind == LinkKind::Request)
        .map(|edge| edge.weight().settings.retries())
        .max()
        .unwrap_or(0)
}

fn keep(analysis: &mut Analysis<'_>, edges: &[EdgeIndex], waiting: Vec<Waiting>) {
    for (edge, waiting) in edges.iter().zip(waiting) {
        analysis.wires[edge.index()].waiting = Some(waiting);
    }
}

/// What a container takes over in each bin, at its most instances.
fn wait_before_container(analysis: &mut Analysis<'_>, node: NodeIndex, most: f64) {
    let edges: Vec<EdgeIndex> = asynchronous(analysis, node).collect();
    let arrivals = &analysis.stations[node.index()].arrivals;
    let peak = arrivals.iter().copied().fold(0.0, f64::max);
    if edges.is_empty() || peak < 0.8 * most {
        return;
    }
    let direct = direct(analysis, node, &edges);
    let rooms = edges.iter().map(|&edge| room(analysis, edge, 1.0 / most));
    let waiting = compute::drain(&analysis.timeline, &direct, most, rooms.collect());
    keep(analysis, &edges, waiting);
}

/// Links that bring work which can wait.
fn asynchronous<'a>(
    analysis: &'a Analysis<'_>,
    node: NodeIndex,
) -> impl Iterator<Item = EdgeIndex> + 'a {
    analysis
        .system
        .graph
        .edges_directed(node, Direction::Incoming)
        .filter(|edge| {
            matches!(
                edge.weight().kind,
                LinkKind::Poll | LinkKind::Deliver | LinkKind::Notify | LinkKind::Invoke
            ) && !analysis.flow.cut[edge.id().index()]
        })
        .map(|edge| edge.id())
}

/// Those of them before which anything may have to wait: the load comes near
/// what they or the function let through.
fn waiting_edges(
    analysis: &Analysis<'_>,
    node: NodeIndex,
    work: f64,
    limits: &account::Places,
) -> Vec<EdgeIndex> {
    let edges: Vec<EdgeIndex> = asynchronous(analysis, node).collect();
    let state = &analysis.stations[node.index()];
    let crowded = state
        .arrivals
        .iter()
        .enumerate()
        .any(|(bin, rate)| rate * work > 0.8 * limits.at(bin));
    let slow = |edge: EdgeIndex| {
        let room = room(analysis, edge, work);
        let bins = analysis.timeline.bins.iter().zip(room.inflow);
        bins.into_iter().any(|(bin, rate)| {
            let consumers = match bin.regime {
                Regime::Stationary => room.most,
                Regime::Transient(_) | Regime::Burst(_) => room.start,
            };
            rate * work > 0.8 * consumers
        })
    };
    if crowded || edges.iter().any(|&edge| slow(edge)) {
        edges
    } else {
        Vec::new()
    }
}

/// Invocations that come over other links, by bin [1/s].
fn direct(analysis: &Analysis<'_>, node: NodeIndex, waits: &[EdgeIndex]) -> Vec<f64> {
    let mut direct = analysis.stations[node.index()].invocations.clone();
    for edge in waits {
        let wire = &analysis.wires[edge.index()];
        for (direct, batches) in direct.iter_mut().zip(&wire.batches) {
            *direct = (*direct - batches).max(0.0);
        }
    }
    direct
}

/// The wait before the receiver of a link.
fn room<'a>(analysis: &'a Analysis<'_>, edge: EdgeIndex, work: f64) -> Room<'a> {
    let inflow = analysis.wires[edge.index()].offered.as_slice();
    let route = &analysis.system.graph[edge];
    let sender = analysis
        .system
        .graph
        .edge_endpoints(edge)
        .map(|ends| &analysis.system.graph[ends.0]);
    let polling = sender.and_then(|sender| sender.service?.polling.as_ref());
    let set = f64::from(route.settings.maximum_concurrency());
    let own = if set > 0.0 { set } else { f64::INFINITY };
    let mut room = Room {
        inflow,
        work,
        most: own,
        start: own,
        ramp: 0.0,
        retention: DELIVERY,
    };
    if route.kind != LinkKind::Poll {
        return room;
    }
    if let Some(polling) = polling {
        room.most = own.min(polling.maximum.value);
        room.start = own.min(polling.start.value.max(1.0));
        room.ramp = polling.ramp.value / 60.0;
    }
    let parallel = f64::from(route.settings.parallelisation().max(1));
    match sender.map(|sender| &sender.settings) {
        Some(Settings::Queue(queue)) => {
            room.retention = queue.retention().seconds();
            if queue.fifo() {
                // One batch of a group is in flight at a time, so that the
                // hottest group decides.
                room.most = room.most.min(1.0 / hottest(queue.groups(), queue.skew()));
                room.start = room.start.min(room.most);
            }
        }
        Some(Settings::Stream(stream)) => {
            room.retention = stream.retention() * 3_600.0;
            let shards = whole(analysis, edge);
            room.most = own.min(parallel / hottest(shards, stream.skew()));
            room.start = room.most;
        }
        Some(Settings::Table(table)) => {
            room.retention = 24.0 * 3_600.0;
            let shards = whole(analysis, edge);
            room.most = own.min(parallel / hottest(shards, table.skew()));
            room.start = room.most;
        }
        _ => {}
    }
    room
}

#[expect(clippy::cast_possible_truncation, reason = "bounded")]
#[expect(clippy::cast_sign_loss, reason = "at least 1")]
fn whole(analysis: &Analysis<'_>, edge: EdgeIndex) -> u32 {
    let sender = analysis
        .system
        .graph
        .edge_endpoints(edge)
        .map(|ends| ends.0);
    sender.map_or(1.0, |sender| analysis.shards(sender).clamp(1.0, 1e6)) as u32
}

/// The share of the hottest of so many keys under a Zipf law.
fn hottest(keys: u32, skew: f64) -> f64 {
    1.0 / harmonic(f64::from(keys.max(1)), skew)
}
