//! Why a response takes as long as it does: what its percentiles would be
//! without each thing that lengthens it.
//!
//! Effects are marginal: each cause is taken away alone and everything else
//! stays. So they need not add up, and are not shares of a whole.

use petgraph::graph::NodeIndex;

pub use super::latency::Without;
use super::trigger::Journey;
use super::{Analysis, capacity, single_thread};

/// Effects below this share of the percentile are left out.
const WORTH: f64 = 0.005;
/// Nodes on the way that are looked at, those with the longest time first.
const MOST_NODES: usize = 12;

/// What one cause does to a trigger's response.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cause {
    /// What is taken away.
    pub without: Without,
    /// By how much the median would fall [ms].
    pub p50: f64,
    /// By how much the 99th percentile would fall [ms].
    pub p99: f64,
}

/// Ranks what lengthens the response of a trigger, by its effect on p99.
pub fn causes(analysis: &Analysis<'_>, start: NodeIndex, journey: &Journey) -> Vec<Cause> {
    let whole = analysis.distribution(&journey.response);
    let (p50, p99) = (whole.p50().0, whole.p99().0);
    let mut causes: Vec<Cause> = candidates(analysis, journey)
        .into_iter()
        .filter_map(|without| {
            let response = journey.without(analysis, start, without);
            if response == journey.response {
                return None;
            }
            let rest = analysis.distribution(&response);
            let cause = Cause {
                without,
                p50: p50 - rest.p50().0,
                p99: p99 - rest.p99().0,
            };
            (cause.p99 > WORTH * p99 || cause.p50 > WORTH * p50).then_some(cause)
        })
        .collect();
    causes.sort_by(|a, b| b.p99.total_cmp(&a.p99));
    causes
}

fn candidates(analysis: &Analysis<'_>, journey: &Journey) -> Vec<Without> {
    let mut candidates = vec![Without::ColdStarts, Without::Retries];
    let shares = |node: &NodeIndex| {
        capacity::sharing(analysis, *node) > 1.001
            || single_thread::wait_mean(analysis, *node) > 0.001
    };
    if journey.visits.keys().any(shares) {
        candidates.push(Without::Queueing);
    }
    let mut nodes: Vec<(NodeIndex, f64)> = journey
        .visits
        .iter()
        .map(|(&node, uses)| (node, uses * analysis.own_mean(node)))
        .filter(|(_, time)| *time > 0.0)
        .collect();
    nodes.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (node, _) in nodes.into_iter().take(MOST_NODES) {
        candidates.push(Without::Time(node));
        candidates.push(Without::Tail(node));
    }
    candidates
}
