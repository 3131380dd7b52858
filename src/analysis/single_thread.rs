//! Stores that work on one statement or request at a time: everything else
//! that comes waits before that one thread.

use std::sync::Arc;

use petgraph::graph::NodeIndex;

use crate::catalog::{LimitKind, Operation, Service};
use crate::design::Settings;
use crate::law::Law;
use crate::units::Millis;

use super::limits::LimitUse;
use super::queueing::{KeyedWait, hottest_share, mg1_wait_by_key, over_key_limit};
use super::response::Response;
use super::{Analysis, hot_keys, latency};

/// The feature word of such services.
const FEATURE: &str = "single-threaded";
/// Utilisation that a thread is taken to have at most: what is above it is
/// refused, and the wait of the rest is finite.
const FULL: f64 = 0.95;

/// The threads of a store.
struct Threads {
    /// Objects with a thread each.
    objects: f64,
    /// Zipf exponent of how often each is asked.
    skew: f64,
    /// Time of one request on its thread [s].
    service: f64,
}

/// Whether a service has one thread for each object.
pub fn is_single(service: &Service) -> bool {
    service.features.contains(FEATURE)
}

/// The threads of a node. A database is one object; a table has one for each
/// item, as a design spreads its keys over them.
fn threads(analysis: &Analysis<'_>, node: NodeIndex) -> Option<Threads> {
    let station = &analysis.system.graph[node];
    station.service.filter(|service| is_single(service))?;
    let of = |objects: f64, skew: f64, most: f64| Threads {
        objects,
        skew,
        service: 1.0 / most,
    };
    let threads = match &station.settings {
        Settings::Database(database) => of(1.0, 0.0, database.statements_per_unit()),
        Settings::Table(table) => {
            let most = analysis.system.limit(node, LimitKind::RequestRate)?;
            of(hot_keys::keys(table), table.skew(), most)
        }
        _ => return None,
    };
    (threads.service.is_finite() && threads.service > 0.0).then_some(threads)
}

/// How busy the thread of the hottest object is at the peak.
pub(super) fn uses(analysis: &Analysis<'_>, node: NodeIndex) -> Option<LimitUse> {
    let threads = threads(analysis, node)?;
    let arrivals = &analysis.station(node).arrivals;
    let peak = arrivals.iter().copied().fold(0.0, f64::max);
    Some(LimitUse {
        name: "thread of the busiest object",
        load: peak * threads.service * hottest_share(threads.objects, threads.skew),
        limit: 1.0,
        figure: analysis
            .system
            .limit_figure(node, LimitKind::Concurrency)
            .or_else(|| analysis.system.limit_figure(node, LimitKind::RequestRate))
            .cloned(),
    })
}

/// Share of the requests at a rate [1/s] that no thread has time for.
pub(super) fn refused(analysis: &Analysis<'_>, node: NodeIndex, rate: f64) -> f64 {
    threads(analysis, node).map_or(0.0, |threads| {
        over_key_limit(threads.objects, rate, 1.0 / threads.service, threads.skew)
    })
}

/// What requests wait for, at the rate that a request meets: Σλ² ÷ Σλ over the
/// month.
fn wait(analysis: &Analysis<'_>, node: NodeIndex) -> Option<KeyedWait> {
    let threads = threads(analysis, node)?;
    let rates = &analysis.station(node).arrivals;
    let mean = analysis.mean_of(rates);
    if mean <= 0.0 {
        return None;
    }
    let squares: Vec<f64> = rates.iter().map(|rate| rate * rate).collect();
    let met = analysis.mean_of(&squares) / mean;
    let keys = (threads.objects, threads.skew);
    Some(mg1_wait_by_key(
        keys,
        met,
        threads.service,
        spread(analysis, node),
        FULL,
    ))
}

/// Squared coefficient of variation of the time of a read, which stands for
/// that of its time on the thread.
fn spread(analysis: &Analysis<'_>, node: NodeIndex) -> f64 {
    let law = analysis.system.graph[node].timing(Operation::Read);
    law.map_or(1.0, |law| {
        let mean = law.mean().0;
        if mean > 0.0 {
            law.variance() / (mean * mean)
        } else {
            1.0
        }
    })
}

/// Mean wait of a request for its thread [ms].
pub fn wait_mean(analysis: &Analysis<'_>, node: NodeIndex) -> f64 {
    wait(analysis, node).map_or(0.0, |wait| wait.mean * 1_000.0)
}

/// The wait of a request for its thread: none with the probability that the
/// thread is free, else exponential, of the mean that Pollaczek and Khinchine
/// give.
pub fn response(analysis: &Analysis<'_>, node: NodeIndex) -> Arc<Response> {
    match wait(analysis, node) {
        Some(wait) if wait.waits > 0.0 && wait.mean > 0.0 => {
            let law = Law::Exponential {
                mean: Millis(wait.mean * 1_000.0 / wait.waits),
            };
            latency::sometimes(wait.waits, Arc::new(Response::Law(law)))
        }
        _ => Arc::new(Response::Zero),
    }
}
