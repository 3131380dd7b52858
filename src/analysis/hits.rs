//! What caches answer, and what that lets through to others.
//!
//! A share that a person sets, or, where the number of keys is known, what a
//! time to live makes of them: that needs the rate of reads, so it is read off
//! one round of the analysis and put into the flow of the next.

use petgraph::Direction;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::design::{LinkKind, NodeId, Settings};
use crate::system::System;

use super::Analysis;
use super::late::Late;
use super::queueing::ttl_cache_hit;

/// What caches answer, and what passes them.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    /// Share of the reads of a node that its cache answers, by node.
    nodes: Vec<f64>,
    /// Share of a link's uses that filter and caches leave, by link.
    links: Vec<f64>,
}

impl Hits {
    /// Of a system, with what the last round has read off.
    pub(super) fn of(system: &System<'_>, late: &Late) -> Self {
        let graph = &system.graph;
        let of_node = |node: NodeIndex| match &graph[node].settings {
            Settings::Gateway(gateway) => gateway.hit_ratio(),
            Settings::Cdn(cdn) if cdn.keys() <= 0.0 => cdn.hit_ratio(),
            Settings::Cache(cache) if cache.keys() <= 0.0 => cache.hit_ratio(),
            Settings::Cdn(_) | Settings::Cache(_) => late.hit(node),
            _ => 0.0,
        };
        let nodes: Vec<f64> = graph.node_indices().map(of_node).collect();
        let of_link = |edge: EdgeIndex| {
            let missed = cache_before(system, edge).map_or(1.0, |cache| 1.0 - nodes[cache.index()]);
            (1.0 - graph[edge].settings.filtered()) * missed
        };
        let links = graph.edge_indices().map(of_link).collect();
        Self { nodes, links }
    }

    /// Share of the reads of a CDN, gateway or cache that it answers itself.
    pub fn node(&self, node: NodeIndex) -> f64 {
        self.nodes.get(node.index()).copied().unwrap_or(0.0)
    }

    /// Share of a link's uses that its filter, and the cache asked before it,
    /// leave over.
    pub fn left(&self, edge: EdgeIndex) -> f64 {
        self.links.get(edge.index()).copied().unwrap_or(1.0)
    }

    /// Share of a node's events that it does not answer from its own cache.
    pub(super) fn passed(&self, system: &System<'_>, node: NodeIndex) -> f64 {
        match &system.graph[node].settings {
            Settings::Cdn(_) | Settings::Gateway(_) => 1.0 - self.node(node),
            _ => 1.0,
        }
    }
}

/// The cache that the sender of a link reads before it, where only what is not
/// found there goes over the link.
pub fn cache_before(system: &System<'_>, edge: EdgeIndex) -> Option<NodeIndex> {
    let name = system.graph[edge].settings.misses_of.as_deref()?;
    let cache = *system.index.get(&NodeId::from(name))?;
    let (from, _) = system.graph.edge_endpoints(edge)?;
    let is_read = system
        .graph
        .edges_connecting(from, cache)
        .any(|other| other.weight().kind == LinkKind::Read);
    let is_cache = matches!(system.graph[cache].settings, Settings::Cache(_));
    (is_cache && is_read).then_some(cache)
}

/// Share of the reads that entries with a time to live answer, at the mean
/// rate of the month; 0 where a share is set instead.
pub(super) fn by_time_to_live(analysis: &Analysis<'_>, node: NodeIndex) -> f64 {
    match &analysis.system.graph[node].settings {
        Settings::Cdn(cdn) if cdn.keys() > 0.0 => {
            let rate = analysis.arrivals_mean(node);
            ttl_cache_hit(cdn.keys(), rate, cdn.ttl().seconds(), cdn.skew())
        }
        Settings::Cache(cache) if cache.keys() > 0.0 => {
            let reads = analysis
                .system
                .graph
                .edges_directed(node, Direction::Incoming)
                .filter(|edge| edge.weight().kind == LinkKind::Read);
            let rate = reads.map(|edge| analysis.link_rate_mean(edge.id())).sum();
            ttl_cache_hit(cache.keys(), rate, cache.ttl().seconds(), cache.skew())
        }
        _ => 0.0,
    }
}
