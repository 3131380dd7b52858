//! Cost and latency against traffic.

use serde::Serialize;

use crate::catalog::{Catalog, ProviderId};
use crate::design::{Design, NodeId};
use crate::report::{self, Options};

/// Points of a sweep: 0.1x to 1000x on a logarithmic scale.
pub const POINTS: usize = 61;

/// One multiplier.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweepPoint {
    /// Multiplier on all traffic.
    pub traffic: f64,
    /// USD per month.
    pub usd: f64,
    /// 99th percentile by trigger [ms], in the order of `TrafficSweep::triggers`.
    pub p99: Vec<f64>,
    /// Highest probability of being refused, over all triggers.
    pub throttle: f64,
}

/// A whole sweep.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrafficSweep {
    /// The triggers that percentiles are given for.
    pub triggers: Vec<NodeId>,
    /// From the lowest multiplier to the highest.
    pub points: Vec<SweepPoint>,
}

/// Sweeps the traffic; none if it was told to stop.
pub fn traffic(
    design: &Design,
    catalog: &Catalog,
    provider: Option<&ProviderId>,
    stopped: &dyn Fn() -> bool,
) -> Option<TrafficSweep> {
    let mut sweep = TrafficSweep {
        triggers: Vec::new(),
        points: Vec::with_capacity(POINTS),
    };
    for step in 0..POINTS {
        if stopped() {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "61 points")]
        let traffic = 10_f64.powf(-1.0 + 4.0 * step as f64 / (POINTS - 1) as f64);
        let options = Options {
            traffic,
            provider: provider.cloned(),
            region: None,
            trace: false,
        };
        let report = report::build(design, catalog, &options);
        sweep.triggers = report.triggers.iter().map(|t| t.node.clone()).collect();
        sweep.points.push(SweepPoint {
            traffic,
            usd: report.cost.total.value,
            p99: report.triggers.iter().map(|t| t.p99.value).collect(),
            throttle: report
                .triggers
                .iter()
                .map(|t| t.throttle.value)
                .fold(0.0, f64::max),
        });
    }
    Some(sweep)
}
