//! What leaves a private network.

use petgraph::Direction;
use petgraph::visit::EdgeRef;

use petgraph::graph::{EdgeIndex, NodeIndex};

use crate::catalog::Archetype;
use crate::design::settings::FunctionSettings;
use crate::design::{LinkKind, Settings};

use super::{Analysis, KB_PER_GB, Terms, crosses_providers};

/// The terms of a function that runs in a private network.
pub(super) fn terms(
    terms: &mut Terms,
    analysis: &Analysis<'_>,
    node: NodeIndex,
    function: &FunctionSettings,
    seconds: f64,
) {
    let leaves = if function.network() {
        outside(analysis, node, seconds)
    } else {
        0.0
    };
    terms.flag("private", function.network());
    terms.set("internet", leaves);
}

/// What a node exchanges with whatever is not in its private network, both
/// ways: third parties, other providers and its own provider's public services
/// [GB].
fn outside(analysis: &Analysis<'_>, node: NodeIndex, seconds: f64) -> f64 {
    let edges = analysis
        .system
        .graph
        .edges_directed(node, Direction::Outgoing);
    let volumes = edges
        .filter(|edge| is_outside(analysis, edge.id()))
        .map(|edge| analysis.link_rate_mean(edge.id()) * exchanged(analysis, edge.id()));
    volumes.sum::<f64>() * seconds / KB_PER_GB
}

/// Whether the function itself sends over a link that leads out of its
/// network: databases, caches, searches and containers are inside.
fn is_outside(analysis: &Analysis<'_>, edge: EdgeIndex) -> bool {
    let graph = &analysis.system.graph;
    let Some((_, to)) = graph.edge_endpoints(edge) else {
        return false;
    };
    let is_inside = matches!(
        graph[to].archetype(),
        Archetype::Database | Archetype::Cache | Archetype::Search | Archetype::Container
    );
    // What could not be handled is handed on by the service, not by the code.
    graph[edge].kind != LinkKind::DeadLetter && (!is_inside || crosses_providers(analysis, edge))
}

/// Request and answer of one use; items and objects have their own size where
/// the link names none [KB].
fn exchanged(analysis: &Analysis<'_>, edge: EdgeIndex) -> f64 {
    let graph = &analysis.system.graph;
    let route = &graph[edge];
    let item = graph
        .edge_endpoints(edge)
        .and_then(|(_, to)| match &graph[to].settings {
            Settings::Table(table) => Some(table.item().0),
            Settings::Bucket(bucket) => Some(bucket.object().0),
            _ => None,
        });
    let (sent, answered) = (route.settings.payload(), route.settings.response());
    let stored = |given: Option<f64>, own: f64| given.or(item).unwrap_or(own);
    match route.kind {
        LinkKind::Read => sent.0 + stored(route.settings.response.map(|size| size.0), answered.0),
        LinkKind::Write => stored(route.settings.payload.map(|size| size.0), sent.0) + answered.0,
        LinkKind::Request => sent.0 + answered.0,
        _ => sent.0,
    }
}
