//! Concurrency that functions share: what is reserved for one, and the
//! account's pool for all the others of a region.

use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;

use crate::catalog::{LimitKind, LimitScope, RegionId, ServiceId};
use crate::design::Settings;
use crate::system::System;

use super::Analysis;
use super::steady::throttle;

/// Load against a pool from which sharing it is looked at bin by bin.
const CROWDED: f64 = 0.5;

/// Functions that share a quota of executions.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    /// Those without a reservation.
    pub members: Vec<NodeIndex>,
    /// What reservations leave of the quota [executions].
    pub limit: f64,
}

/// The pools of a system.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    pools: Vec<Pool>,
    /// Place in `pools`, by node.
    of: BTreeMap<NodeIndex, usize>,
}

impl Accounts {
    /// Looks up which functions share what.
    pub fn of(system: &System<'_>) -> Self {
        let mut accounts = Self::default();
        let mut known: BTreeMap<(&ServiceId, &RegionId), usize> = BTreeMap::new();
        for node in system.graph.node_indices() {
            let station = &system.graph[node];
            let (Settings::Function(function), Some(service)) =
                (&station.settings, station.service)
            else {
                continue;
            };
            let Some(quota) = system.limit(node, LimitKind::Concurrency) else {
                continue;
            };
            let shared = service
                .limits
                .get(&LimitKind::Concurrency)
                .is_some_and(|limit| limit.scope == LimitScope::Account);
            let new = accounts.pools.len();
            let place = if shared {
                *known.entry((&service.id, &station.region)).or_insert(new)
            } else {
                new
            };
            if place == new {
                accounts.pools.push(Pool {
                    members: Vec::new(),
                    limit: quota,
                });
            }
            let Some(pool) = accounts.pools.get_mut(place) else {
                continue;
            };
            if function.reserved() > 0 {
                pool.limit = (pool.limit - f64::from(function.reserved())).max(0.0);
            } else {
                pool.members.push(node);
                accounts.of.insert(node, place);
            }
        }
        accounts
    }

    /// The pool that a function without a reservation takes part in.
    pub fn pool(&self, node: NodeIndex) -> Option<&Pool> {
        self.pools.get(*self.of.get(&node)?)
    }
}

/// Highest concurrency that a function can reach: its reservation, or what
/// others' reservations leave of the account's.
pub fn concurrency_limit(analysis: &Analysis<'_>, node: NodeIndex) -> Option<f64> {
    let Settings::Function(function) = &analysis.system.graph[node].settings else {
        return None;
    };
    if function.reserved() > 0 {
        return Some(f64::from(function.reserved()));
    }
    Some(analysis.accounts.pool(node)?.limit)
}

/// Executions that a node wants in a bin.
pub fn wanted(analysis: &Analysis<'_>, node: NodeIndex, bin: usize) -> f64 {
    let pool = analysis.stations[node.index()].pool.get(bin);
    pool.map_or(0.0, |pool| pool.wanted)
}

/// Places that a function can take, by bin.
pub(super) struct Places {
    limit: f64,
    /// What functions of the same pool leave it, where they fill the pool.
    left: Vec<f64>,
}

impl Places {
    pub(super) fn at(&self, bin: usize) -> f64 {
        self.left.get(bin).copied().unwrap_or(self.limit)
    }
}

/// What a function can take of its pool: all that others leave, and never less
/// than its share of what all want.
pub(super) fn places(analysis: &Analysis<'_>, node: NodeIndex) -> Places {
    let limit = concurrency_limit(analysis, node).unwrap_or(f64::INFINITY);
    let mut places = Places {
        limit,
        left: Vec::new(),
    };
    let Some(pool) = analysis.accounts.pool(node) else {
        return places;
    };
    if !analysis.is_crowded || pool.members.len() < 2 {
        return places;
    }
    places.left = (0..analysis.timeline.bins.len())
        .map(|bin| {
            let all = wanted_by(analysis, pool, bin);
            let own = wanted(analysis, node, bin);
            if all <= limit || all <= 0.0 {
                limit
            } else {
                (limit - (all - own)).max(limit * own / all)
            }
        })
        .collect();
    places
}

/// Executions that the members of a pool want in a bin.
pub(super) fn wanted_by(analysis: &Analysis<'_>, pool: &Pool, bin: usize) -> f64 {
    let members = pool.members.iter();
    members.map(|&member| wanted(analysis, member, bin)).sum()
}

/// Whether any pool of several functions is filled to a good part in any bin.
pub(super) fn is_crowded(analysis: &Analysis<'_>) -> bool {
    analysis
        .accounts
        .pools
        .iter()
        .filter(|pool| pool.members.len() > 1)
        .any(|pool| {
            let peaks = pool
                .members
                .iter()
                .map(|&member| analysis.timeline.peak(|bin| wanted(analysis, member, bin)));
            peaks.sum::<f64>() > CROWDED * pool.limit
        })
}

/// Functions without a reservation share the account's concurrency: each is
/// refused with the loss probability of their summed load.
///
/// Source: the multi-class Erlang loss system is insensitive and equal for all
/// classes of one slot each (Kaufman 1981).
pub(super) fn share_pools(analysis: &mut Analysis<'_>) {
    if !is_crowded(analysis) {
        return;
    }
    let accounts = std::mem::take(&mut analysis.accounts);
    for pool in accounts.pools.iter().filter(|pool| pool.members.len() > 1) {
        for bin in 0..analysis.timeline.bins.len() {
            let refused = throttle(pool.limit, wanted_by(analysis, pool, bin));
            for &node in &pool.members {
                if let Some(state) = analysis.stations[node.index()].pool.get_mut(bin)
                    && refused > state.turned_away
                {
                    state.turn_away(refused);
                }
            }
        }
    }
    analysis.accounts = accounts;
}
