//! The limits that a flood of events runs into.
//!
//! A ceiling says how much there is of something and how much one event takes
//! of it, at one node or at all nodes that share it.

use std::collections::BTreeMap;

use petgraph::graph::{EdgeIndex, NodeIndex};

use crate::analysis::{Analysis, account};
use crate::catalog::{FigureId, LimitKind, LimitScope, ProviderId, RegionId, ServiceId};
use crate::design::settings::CapacityMode;
use crate::design::{LinkKind, Settings};

/// What of a node's traffic counts against a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Everything that arrives.
    Arrivals,
    /// Reads only.
    Reads,
    /// Everything but reads.
    Writes,
    /// What comes over one link.
    Link(EdgeIndex),
}

/// One node's part in a ceiling.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// The node.
    pub node: NodeIndex,
    /// What counts.
    pub counts: Counts,
    /// How much one event takes of the limit, in the limit's unit x seconds.
    pub takes: f64,
}

/// One limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Ceiling {
    /// What is limited, in words.
    pub name: String,
    /// How much there is.
    pub limit: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The catalog figure, where it is not a setting.
    pub figure: Option<FigureId>,
    /// Whose traffic counts.
    pub members: Vec<Member>,
}

impl Ceiling {
    /// A limit of one node's own.
    pub fn own(
        name: &str,
        limit: f64,
        unit: &'static str,
        node: NodeIndex,
        (counts, takes): (Counts, f64),
    ) -> Self {
        Self {
            name: name.to_owned(),
            limit,
            unit,
            figure: None,
            members: vec![Member {
                node,
                counts,
                takes,
            }],
        }
    }

    fn resting_on(mut self, figure: Option<FigureId>) -> Self {
        self.figure = figure;
        self
    }
}

/// Every limit in place. Those of a partition are none for a bug or an
/// attacker, who spreads over as many keys as he likes; shards that somebody
/// has provisioned are.
pub fn ceilings(analysis: &Analysis<'_>) -> Vec<Ceiling> {
    let mut found = Found::default();
    for node in analysis.system.graph.node_indices() {
        found.own.extend(own(analysis, node));
        found.concurrency(analysis, node);
        found.requests(analysis, node);
    }
    for edge in analysis.system.graph.edge_indices() {
        found.own.extend(polled(analysis, edge));
    }
    let pools = found.pools.into_values().chain(found.quotas.into_values());
    found
        .own
        .into_iter()
        .chain(pools)
        .filter(|ceiling| ceiling.limit.is_finite())
        .collect()
}

#[derive(Default)]
struct Found {
    own: Vec<Ceiling>,
    pools: BTreeMap<(ProviderId, RegionId), Ceiling>,
    quotas: BTreeMap<(ServiceId, RegionId), Ceiling>,
}

impl Found {
    /// Reserved concurrency is the function's own; the rest of the account's
    /// is shared.
    fn concurrency(&mut self, analysis: &Analysis<'_>, node: NodeIndex) {
        let station = &analysis.system.graph[node];
        let (Settings::Function(function), Some(limit)) = (
            &station.settings,
            account::concurrency_limit(analysis, node),
        ) else {
            return;
        };
        let busy = (analysis.work_mean(node) / 1_000.0).max(1e-3);
        let counts = (Counts::Arrivals, busy);
        if function.reserved() > 0 {
            let name = "reserved concurrency";
            let ceiling = Ceiling::own(name, limit, "executions", node, counts);
            self.own.push(ceiling);
            return;
        }
        let place = (station.provider.clone(), station.region.clone());
        let figure = analysis.system.limit_figure(node, LimitKind::Concurrency);
        let name = "concurrency of the account";
        let made = || Ceiling {
            members: Vec::new(),
            ..Ceiling::own(name, limit, "executions", node, counts).resting_on(figure.cloned())
        };
        let pool = self.pools.entry(place).or_insert_with(made);
        pool.members.push(Member {
            node,
            counts: Counts::Arrivals,
            takes: busy,
        });
    }

    /// Requests a second, of the node or of all of its service in the account.
    fn requests(&mut self, analysis: &Analysis<'_>, node: NodeIndex) {
        let station = &analysis.system.graph[node];
        let Some((service, quota)) = station
            .service
            .and_then(|service| Some((service, service.limits.get(&LimitKind::RequestRate)?)))
        else {
            return;
        };
        let Some(limit) = analysis.system.limit(node, LimitKind::RequestRate) else {
            return;
        };
        let state = analysis.station(node);
        let (events, invocations) = (
            analysis.mean_of(&state.events),
            analysis.invocations_mean(node),
        );
        let batched = matches!(station.settings, Settings::Function(_)) && events > 0.0;
        let takes = if batched { invocations / events } else { 1.0 };
        let figure = Some(quota.value.id.clone());
        let counts = (Counts::Arrivals, takes);
        if quota.scope != LimitScope::Account {
            if quota.scope == LimitScope::Resource {
                let name = "requests per second";
                self.own
                    .push(Ceiling::own(name, limit, "1/s", node, counts).resting_on(figure));
            }
            return;
        }
        let place = (service.id.clone(), station.region.clone());
        let made = || Ceiling {
            name: "requests per second of the account".to_owned(),
            limit,
            unit: "1/s",
            figure,
            members: Vec::new(),
        };
        let pool = self.quotas.entry(place).or_insert_with(made);
        pool.members.push(Member {
            node,
            counts: Counts::Arrivals,
            takes,
        });
    }
}

/// What a node's own settings and quotas cap.
fn own(analysis: &Analysis<'_>, node: NodeIndex) -> Vec<Ceiling> {
    let system = analysis.system;
    let set = |name: &str, limit: f64, unit, counts, takes: f64| {
        (limit > 0.0).then(|| Ceiling::own(name, limit, unit, node, (counts, takes)))
    };
    let quota = |name: &str, kind: LimitKind, counts, takes: f64| {
        let scope = system.graph[node].service?.limits.get(&kind)?.scope;
        let ceiling = set(name, system.limit(node, kind)?, "1/s", counts, takes)?;
        let counted = matches!(scope, LimitScope::Account | LimitScope::Resource);
        counted.then(|| ceiling.resting_on(system.limit_figure(node, kind).cloned()))
    };
    let found = match &system.graph[node].settings {
        Settings::Gateway(gateway) => vec![set(
            "its rate limit",
            gateway.rate_limit(),
            "1/s",
            Counts::Arrivals,
            1.0,
        )],
        Settings::Table(table) => {
            let units = |step: f64| (table.item().0 / step).ceil().max(1.0);
            let reads = units(4.0) * if table.consistent() { 1.0 } else { 0.5 };
            let writes = units(1.0) * (1.0 + f64::from(table.indexes()));
            if table.capacity() == CapacityMode::Provisioned {
                let (name, limit) = ("provisioned read units", table.read_units());
                let read = set(name, limit, "1/s", Counts::Reads, reads);
                let (name, limit) = ("provisioned write units", table.write_units());
                vec![read, set(name, limit, "1/s", Counts::Writes, writes)]
            } else {
                let (name, kind) = ("read units of the table", LimitKind::ReadRate);
                let read = quota(name, kind, Counts::Reads, reads);
                let (name, kind) = ("write units of the table", LimitKind::WriteRate);
                vec![read, quota(name, kind, Counts::Writes, writes)]
            }
        }
        Settings::Stream(stream) if stream.capacity() == CapacityMode::Provisioned => {
            let shards = f64::from(stream.shards());
            let limit = system.limit(node, LimitKind::WriteRate);
            let name = "records per second of all shards";
            let figure = system.limit_figure(node, LimitKind::WriteRate).cloned();
            let all = limit.map_or(0.0, |limit| limit * shards);
            let ceiling = set(name, all, "1/s", Counts::Writes, 1.0);
            vec![ceiling.map(|ceiling| ceiling.resting_on(figure))]
        }
        Settings::Stream(_) | Settings::Bucket(_) => vec![
            quota("reads per second", LimitKind::ReadRate, Counts::Reads, 1.0),
            quota(
                "writes per second",
                LimitKind::WriteRate,
                Counts::Writes,
                1.0,
            ),
        ],
        Settings::Container(container) => vec![set(
            "CPU of all instances",
            f64::from(container.maximum()) * container.vcpu(),
            "vCPU",
            Counts::Arrivals,
            (container.cpu().mean().0 / 1_000.0).max(1e-6),
        )],
        Settings::Database(database) => vec![set(
            "maximum capacity",
            database.maximum(),
            "units",
            Counts::Arrivals,
            1.0 / database.statements_per_unit(),
        )],
        Settings::External(external) => vec![set(
            "its rate limit",
            external.rate_limit(),
            "1/s",
            Counts::Arrivals,
            1.0,
        )],
        _ => Vec::new(),
    };
    found.into_iter().flatten().collect()
}

/// Most consumers that the pollers of a link start.
fn polled(analysis: &Analysis<'_>, edge: EdgeIndex) -> Option<Ceiling> {
    let graph = &analysis.system.graph;
    let (from, to) = graph.edge_endpoints(edge)?;
    let route = &graph[edge];
    if route.kind != LinkKind::Poll {
        return None;
    }
    let busy = (analysis.work_mean(to) / 1_000.0).max(1e-3);
    let counts = (Counts::Link(edge), busy);
    let most = route.settings.maximum_concurrency();
    if most > 0 {
        let name = "maximum concurrency of the mapping";
        return Some(Ceiling::own(
            name,
            f64::from(most),
            "executions",
            to,
            counts,
        ));
    }
    let polling = graph[from].service?.polling.as_ref()?;
    let name = "consumers of one mapping";
    let limit = polling.maximum.value;
    let figure = Some(polling.maximum.id.clone());
    (limit > 0.0).then(|| Ceiling::own(name, limit, "executions", to, counts).resting_on(figure))
}
