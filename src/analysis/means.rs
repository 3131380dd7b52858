//! What an analysis says of a node over the whole month.

use petgraph::graph::NodeIndex;

use super::Analysis;
use super::compute::PoolBin;

impl Analysis<'_> {
    /// Everything that arrives, mean over the month [1/s].
    pub fn arrivals_mean(&self, node: NodeIndex) -> f64 {
        self.stations[node.index()].arrivals_mean
    }

    /// Events, mean over the month [1/s].
    pub fn events_mean(&self, node: NodeIndex) -> f64 {
        self.stations[node.index()].events_mean
    }

    /// Requests that are not refused, mean over the month [1/s].
    pub fn served_mean(&self, node: NodeIndex) -> f64 {
        let state = &self.stations[node.index()];
        if state.refused.is_empty() {
            return state.arrivals_mean;
        }
        self.timeline.mean(|bin| {
            let refused = state.refused.get(bin).copied().unwrap_or(0.0);
            state.arrivals.get(bin).copied().unwrap_or(0.0) * (1.0 - refused)
        })
    }

    /// Invocations that run, mean over the month [1/s].
    pub fn carried_mean(&self, node: NodeIndex) -> f64 {
        let state = &self.stations[node.index()];
        if state.refused.is_empty() {
            return state.invocations_mean;
        }
        self.timeline.mean(|bin| {
            let refused = state.refused.get(bin).copied().unwrap_or(0.0);
            state.invocations.get(bin).copied().unwrap_or(0.0) * (1.0 - refused)
        })
    }

    /// Invocations, mean over the month [1/s].
    pub fn invocations_mean(&self, node: NodeIndex) -> f64 {
        self.stations[node.index()].invocations_mean
    }

    /// Running instances or capacity units, mean over the month.
    pub fn instances_mean(&self, node: NodeIndex) -> f64 {
        let pool = &self.stations[node.index()].pool;
        self.timeline
            .mean(|bin| pool.get(bin).map_or(0.0, |b| b.alive))
    }

    /// Share of invocations that start an instance.
    pub fn cold_mean(&self, node: NodeIndex) -> f64 {
        self.per_invocation(node, |bin| bin.cold)
    }

    /// Share of what arrives that finds a database paused.
    pub fn cold_by_arrival(&self, node: NodeIndex) -> f64 {
        let state = &self.stations[node.index()];
        let met = self.timeline.mean(|bin| {
            let cold = state.pool.get(bin).map_or(0.0, |pool| pool.cold);
            cold * state.arrivals.get(bin).copied().unwrap_or(0.0)
        });
        if state.arrivals_mean > 0.0 {
            met / state.arrivals_mean
        } else {
            0.0
        }
    }

    /// Share of invocations that are refused.
    pub fn throttle_mean(&self, node: NodeIndex) -> f64 {
        self.per_invocation(node, |bin| bin.throttle)
    }

    /// Invocations that provisioned instances serve [1/s].
    pub fn provisioned_mean(&self, node: NodeIndex) -> f64 {
        self.carried_mean(node) * self.per_invocation(node, |bin| bin.provisioned)
    }

    fn per_invocation(&self, node: NodeIndex, value: impl Fn(&PoolBin) -> f64) -> f64 {
        let state = &self.stations[node.index()];
        let weighted = self.timeline.mean(|bin| {
            state.pool.get(bin).map_or(0.0, &value)
                * state.invocations.get(bin).copied().unwrap_or(0.0)
        });
        let invocations = state.invocations_mean;
        if invocations > 0.0 {
            weighted / invocations
        } else {
            0.0
        }
    }
}
