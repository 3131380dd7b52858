//! Connections that consumers hold open to a database.

use std::collections::BTreeSet;

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use crate::design::settings::{DatabaseSettings, FunctionSettings};
use crate::design::{LinkKind, Settings};

use super::Analysis;

/// Protocols that keep a connection open between statements; what speaks none
/// of them is asked over HTTP.
const CONNECTED: [&str; 3] = ["postgres", "mysql", "mssql"];

/// Connections held at the peak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    /// How many.
    pub load: f64,
    /// How many the database accepts.
    pub limit: f64,
    /// Whether a proxy lends them out statement by statement.
    pub is_shared: bool,
}

/// What is held at the peak; none where nothing keeps connections.
///
/// Each busy instance of a consumer holds a pool of its own. Behind a proxy a
/// connection is held for a statement only: rate x time of one (Little's law).
pub fn held(analysis: &Analysis<'_>, node: NodeIndex) -> Option<Held> {
    let station = &analysis.system.graph[node];
    let Settings::Database(database) = &station.settings else {
        return None;
    };
    let speaks =
        |service: &crate::catalog::Service| CONNECTED.iter().any(|api| service.apis.contains(*api));
    if !station.service.is_none_or(speaks) {
        return None;
    }
    Some(Held {
        load: if database.proxy() {
            statements(analysis, node)
        } else {
            pools(analysis, node, database)
        },
        limit: f64::from(database.connections()),
        is_shared: database.proxy(),
    })
}

/// Statements in progress at the peak.
fn statements(analysis: &Analysis<'_>, node: NodeIndex) -> f64 {
    let arrivals = &analysis.station(node).arrivals;
    let rate = analysis
        .timeline
        .peak(|bin| arrivals.get(bin).copied().unwrap_or(0.0));
    rate * analysis.own_mean(node) / 1_000.0
}

/// Connections of all consumers' pools in the bin where they are most.
fn pools(analysis: &Analysis<'_>, node: NodeIndex, database: &DatabaseSettings) -> f64 {
    let consumers = consumers(analysis, node);
    let instances = analysis.timeline.peak(|bin| {
        let own = consumers.iter().map(|&n| instances(analysis, n, bin));
        own.sum()
    });
    instances * f64::from(database.pool())
}

/// Who asks a database, each once.
pub fn consumers(analysis: &Analysis<'_>, node: NodeIndex) -> BTreeSet<NodeIndex> {
    analysis
        .system
        .graph
        .edges_directed(node, Direction::Incoming)
        .filter(|edge| {
            matches!(
                edge.weight().kind,
                LinkKind::Read | LinkKind::Write | LinkKind::Request
            )
        })
        .map(|edge| edge.source())
        .collect()
}

/// Instances of a consumer that have a pool open in a bin.
fn instances(analysis: &Analysis<'_>, node: NodeIndex, bin: usize) -> f64 {
    let Some(pool) = analysis.station(node).pool.get(bin) else {
        return 0.0;
    };
    match &analysis.system.graph[node].settings {
        Settings::Function(function) => pool.busy / per_instance(analysis, node, function),
        Settings::Container(_) => pool.alive,
        _ => 0.0,
    }
}

fn per_instance(analysis: &Analysis<'_>, node: NodeIndex, function: &FunctionSettings) -> f64 {
    let compute = analysis.system.graph[node]
        .service
        .and_then(|service| service.compute.as_ref());
    compute.map_or(1.0, |compute| {
        compute.concurrency(function.concurrency.map(f64::from), function.memory().0)
    })
}
