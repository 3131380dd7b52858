//! What stands in the way: quotas, how close the load comes, who is refused.

use std::collections::BTreeMap;
use std::rc::Rc;

use petgraph::graph::NodeIndex;

use crate::catalog::{FigureId, LimitKind, LimitScope, RegionId, ServiceId};
use crate::design::Settings;
use crate::design::settings::CapacityMode;

use super::Analysis;
use super::account;
use super::connections;
use super::hot_keys;
use super::queueing::token_bucket_poisson_rejected;
use super::single_thread;

/// The tightest limit of a node and the load on it at the peak.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitUse {
    /// What is limited, in words.
    pub name: &'static str,
    /// Load at the peak, in the limit's unit.
    pub load: f64,
    /// The limit.
    pub limit: f64,
    /// The catalog figure, where it is not a setting.
    pub figure: Option<FigureId>,
}

impl LimitUse {
    /// Load against limit.
    pub fn utilisation(&self) -> f64 {
        if self.limit > 0.0 {
            self.load / self.limit
        } else {
            f64::INFINITY
        }
    }
}

/// The tightest limit of a node, if it has any.
pub fn tightest(analysis: &Analysis<'_>, node: NodeIndex) -> Option<LimitUse> {
    uses(analysis, node)
        .into_iter()
        .filter(|used| used.limit.is_finite())
        .max_by(|a, b| a.utilisation().total_cmp(&b.utilisation()))
}

/// What refuses requests at a node.
pub enum Binding {
    /// A limit that the load reaches.
    Limit(LimitUse),
    /// How fast environments start: at once, and further ones a second.
    Starts(f64, f64),
}

/// What refuses requests at a node: the tightest limit where the load comes
/// near it, else, of a function, how fast environments start.
pub fn binding(analysis: &Analysis<'_>, node: NodeIndex) -> Option<Binding> {
    let used = tightest(analysis, node);
    let compute = analysis.system.graph[node]
        .service
        .and_then(|service| service.compute.as_ref());
    match (used, compute) {
        (used, Some(compute)) if used.as_ref().is_none_or(|used| used.utilisation() < 0.9) => Some(
            Binding::Starts(compute.start_burst.value, compute.start_rate.value),
        ),
        (used, _) => used.map(Binding::Limit),
    }
}

fn uses(analysis: &Analysis<'_>, node: NodeIndex) -> Vec<LimitUse> {
    let system = analysis.system;
    let state = analysis.station(node);
    let peak = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    let arrivals = peak(&state.arrivals);
    let quota = |name: &'static str, kind: LimitKind, load: f64| {
        system.limit(node, kind).map(|limit| LimitUse {
            name,
            load,
            limit,
            figure: system.limit_figure(node, kind).cloned(),
        })
    };
    let own = |name: &'static str, limit: f64, load: f64| {
        (limit > 0.0).then_some(LimitUse {
            name,
            load,
            limit,
            figure: None,
        })
    };
    let candidates = match &system.graph[node].settings {
        Settings::Function(function) => vec![
            function_limit(analysis, node, function.reserved() > 0),
            quota(
                "requests per second of the account",
                LimitKind::RequestRate,
                account_peak(analysis, node),
            ),
        ],
        Settings::Gateway(gateway) => vec![
            own("its rate limit", gateway.rate_limit(), arrivals),
            quota(
                "requests per second of the account",
                LimitKind::RequestRate,
                account_peak(analysis, node),
            ),
        ],
        Settings::Table(table) => {
            let (reads, writes) = capacity_needed(analysis, node);
            // Indexes have partitions of their own.
            let base = (reads, writes / (1.0 + f64::from(table.indexes())));
            let mut candidates = Vec::from(hot_keys::uses(analysis, node, table, base));
            candidates.push(single_thread::uses(analysis, node));
            if table.capacity() == CapacityMode::Provisioned {
                candidates.push(own("provisioned read units", table.read_units(), reads));
                candidates.push(own("provisioned write units", table.write_units(), writes));
                return candidates.into_iter().flatten().collect();
            }
            let whole = |kind| {
                let limit = system.graph[node].service?.limits.get(&kind)?;
                (limit.scope != LimitScope::Partition).then_some(kind)
            };
            let reads = whole(LimitKind::ReadRate)
                .and_then(|kind| quota("read units of the table", kind, reads));
            let writes = whole(LimitKind::WriteRate)
                .and_then(|kind| quota("write units of the table", kind, writes));
            candidates.extend([reads, writes]);
            candidates
        }
        Settings::Stream(stream) if stream.capacity() == CapacityMode::Provisioned => {
            let shards = f64::from(stream.shards());
            vec![quota(
                "records per second of a shard",
                LimitKind::WriteRate,
                arrivals / shards,
            )]
        }
        Settings::Container(container) => {
            let needed = arrivals * container.cpu().mean().0 / 1_000.0;
            vec![own(
                "CPU of all instances",
                f64::from(container.maximum()) * container.vcpu(),
                needed,
            )]
        }
        Settings::Database(database) => {
            if let Some(thread) = single_thread::uses(analysis, node) {
                return vec![thread];
            }
            let held = connections::held(analysis, node);
            let needed = arrivals / database.statements_per_unit();
            vec![
                own("maximum capacity", database.maximum(), needed),
                held.and_then(|held| own("connections", held.limit, held.load)),
            ]
        }
        Settings::External(external) => {
            vec![own("its rate limit", external.rate_limit(), arrivals)]
        }
        Settings::Workflow(_)
        | Settings::Topic(_)
        | Settings::Bus(_)
        | Settings::Queue(_)
        | Settings::Service(_) => {
            vec![quota(
                "requests per second",
                LimitKind::RequestRate,
                account_peak(analysis, node),
            )]
        }
        _ => Vec::new(),
    };
    candidates.into_iter().flatten().collect()
}

fn function_limit(analysis: &Analysis<'_>, node: NodeIndex, reserved: bool) -> Option<LimitUse> {
    let limit = account::concurrency_limit(analysis, node)?;
    let pool = analysis.accounts.pool(node);
    let load = analysis.timeline.peak(|bin| match pool {
        Some(pool) => account::wanted_by(analysis, pool, bin),
        None => account::wanted(analysis, node, bin),
    });
    let quota = || analysis.system.limit_figure(node, LimitKind::Concurrency);
    let name = if reserved {
        "reserved concurrency"
    } else {
        "concurrency of the account"
    };
    Some(LimitUse {
        name,
        load,
        limit,
        figure: if reserved { None } else { quota().cloned() },
    })
}

/// Read and write units that a table needs at the peak [units/s].
fn capacity_needed(analysis: &Analysis<'_>, node: NodeIndex) -> (f64, f64) {
    (0..analysis.timeline.bins.len())
        .map(|bin| capacity_in(analysis, node, bin))
        .fold((0.0, 0.0), |peak, bin| {
            (peak.0.max(bin.0), peak.1.max(bin.1))
        })
}

/// Read and write units that a table needs in a bin [units/s].
fn capacity_in(analysis: &Analysis<'_>, node: NodeIndex, bin: usize) -> (f64, f64) {
    let Settings::Table(table) = &analysis.system.graph[node].settings else {
        return (0.0, 0.0);
    };
    let units = |step: f64| (table.item().0 / step).ceil().max(1.0);
    let (reads, writes) = requests_in(analysis, node, bin);
    let consistency = if table.consistent() { 1.0 } else { 0.5 };
    let indexes = 1.0 + f64::from(table.indexes());
    (
        reads * units(4.0) * consistency,
        writes * units(1.0) * indexes,
    )
}

/// Reads and writes that reach a table in a bin [1/s].
fn requests_in(analysis: &Analysis<'_>, node: NodeIndex, bin: usize) -> (f64, f64) {
    let state = analysis.station(node);
    let all = state.arrivals.get(bin).copied().unwrap_or(0.0);
    let writes = state.events.get(bin).copied().unwrap_or(0.0);
    ((all - writes).max(0.0), writes)
}

/// Requests of all nodes that share a quota of the account, by node and bin
/// [1/s]; none where the quota is a node's own.
pub type AccountRates = Vec<Option<Rc<Vec<f64>>>>;

/// Adds up the requests of all nodes of a service and region.
pub fn account_rates(analysis: &Analysis<'_>) -> AccountRates {
    let graph = &analysis.system.graph;
    let mut groups: BTreeMap<(&ServiceId, &RegionId), Vec<NodeIndex>> = BTreeMap::new();
    for node in graph.node_indices() {
        let station = &graph[node];
        let limit = station
            .service
            .and_then(|service| Some((service, service.limits.get(&LimitKind::RequestRate)?)));
        if let Some((service, limit)) = limit
            && limit.scope == LimitScope::Account
        {
            let key = (&service.id, &station.region);
            groups.entry(key).or_default().push(node);
        }
    }
    let mut rates = vec![None; graph.node_count()];
    for members in groups.into_values().filter(|members| members.len() > 1) {
        let mut sum = vec![0.0; analysis.timeline.bins.len()];
        for &node in &members {
            for (sum, own) in sum.iter_mut().zip(requests(analysis, node)) {
                *sum += own;
            }
        }
        let sum = Rc::new(sum);
        for node in members {
            rates[node.index()] = Some(Rc::clone(&sum));
        }
    }
    rates
}

/// What a quota counts at a node: invocations, or everything that arrives.
fn requests<'a>(analysis: &'a Analysis<'_>, node: NodeIndex) -> &'a [f64] {
    let state = analysis.station(node);
    match &analysis.system.graph[node].settings {
        Settings::Function(_) => &state.invocations,
        _ => &state.arrivals,
    }
}

/// Requests in a bin that count against a node's quota: where the quota is the
/// account's, those of every node of its service and region [1/s].
fn account_rate(analysis: &Analysis<'_>, node: NodeIndex, bin: usize) -> f64 {
    let shared = analysis.account_rates.get(node.index());
    let series = match shared {
        Some(Some(shared)) => shared.as_slice(),
        _ => requests(analysis, node),
    };
    series.get(bin).copied().unwrap_or(0.0)
}

/// The same at the peak [1/s].
fn account_peak(analysis: &Analysis<'_>, node: NodeIndex) -> f64 {
    analysis
        .timeline
        .peak(|bin| account_rate(analysis, node, bin))
}

/// Probability that a node refuses a request in a bin.
pub fn refused(analysis: &Analysis<'_>, node: NodeIndex, bin: usize) -> f64 {
    let state = analysis.station(node);
    let rate = state.arrivals.get(bin).copied().unwrap_or(0.0);
    match &analysis.system.graph[node].settings {
        Settings::Function(_) => state.pool.get(bin).map_or(0.0, |pool| pool.throttle),
        Settings::Gateway(gateway) => {
            let account = |kind| analysis.system.limit(node, kind).unwrap_or(f64::INFINITY);
            let pick = |own: f64, kind| if own > 0.0 { own } else { account(kind) };
            let limit = pick(gateway.rate_limit(), LimitKind::RequestRate);
            let burst = pick(gateway.burst_limit(), LimitKind::Burst);
            let own = gateway.rate_limit() > 0.0;
            let load = if own {
                rate
            } else {
                account_rate(analysis, node, bin)
            };
            token_bucket(load, limit, burst)
        }
        Settings::Table(table) => {
            let (reads, writes) = capacity_in(analysis, node, bin);
            let base = (reads, writes / (1.0 + f64::from(table.indexes())));
            let hot = hot_keys::refused(analysis, node, requests_in(analysis, node, bin), base)
                .max(single_thread::refused(analysis, node, rate));
            if table.capacity() != CapacityMode::Provisioned {
                return hot;
            }
            // Burst capacity is best effort, so it is not counted on.
            let all = over(reads, table.read_units()).max(over(writes, table.write_units()));
            all.max(hot)
        }
        Settings::Database(_) => single_thread::refused(analysis, node, rate),
        Settings::External(external) if external.rate_limit() > 0.0 => {
            over(rate, external.rate_limit())
        }
        _ => 0.0,
    }
}

fn token_bucket(rate: f64, limit: f64, burst: f64) -> f64 {
    if rate <= 0.0 || !limit.is_finite() || limit <= 0.0 {
        return 0.0;
    }
    let burst = if burst.is_finite() {
        burst.max(1.0)
    } else {
        1.0
    };
    // Far below the limit the bucket never empties; the series says 0 anyway.
    if rate < 0.5 * limit && burst > 20.0 {
        return 0.0;
    }
    token_bucket_poisson_rejected(rate, limit, burst).clamp(0.0, 1.0)
}

/// Share of a steady overload that is lost.
fn over(load: f64, limit: f64) -> f64 {
    if load > limit && load > 0.0 {
        1.0 - limit / load
    } else {
        0.0
    }
}
