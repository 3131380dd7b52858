//! When instances are busy, and how much arrives at the busiest moments: what
//! is billed by activity and by the highest use in the hour.

use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;

use super::Terms;
use crate::analysis::timeline::Regime;
use crate::analysis::{Analysis, capacity};
use crate::design::settings::{FunctionSettings, Runtime};
use crate::expression::Quantity;
use crate::units::SECONDS_PER_MONTH;

/// How long instances are active, how many there are, what runs on them.
pub(super) fn function_terms(
    terms: &mut Terms,
    analysis: &Analysis<'_>,
    node: NodeIndex,
    function: &FunctionSettings,
    seconds: f64,
) {
    let compute = analysis.system.graph[node]
        .service
        .and_then(|service| service.compute.as_ref());
    let activity = capacity::activity(analysis, node, function, compute);
    terms.set("active", activity.instances * seconds);
    terms.set("active_periods", activity.periods * seconds);
    terms
        .0
        .insert("active_period".to_owned(), Quantity::Law(activity.period));
    terms.set("concurrency", activity.concurrency);
    let pool = &analysis.station(node).pool;
    let alive = |bin: usize| pool.get(bin).map_or(0.0, |state| state.alive);
    let (mean, peak) = activity.kept.unwrap_or_else(|| {
        let peak = analysis.timeline.peak(alive);
        (analysis.instances_mean(node), peak)
    });
    terms.set("instances", mean);
    terms.set("peak_instances", peak);
    let runtime = function.runtime();
    let java = [Runtime::Java17, Runtime::Java21, Runtime::Java25].contains(&runtime);
    terms.flag("java", java);
}

/// Share of the instances' time in which they handle a request: the load is
/// shared at random (M/G/∞ each).
pub(super) fn active_share(analysis: &Analysis<'_>, node: NodeIndex) -> f64 {
    let pool = &analysis.station(node).pool;
    let of = |bin: usize, value: &dyn Fn(f64, f64) -> f64| {
        pool.get(bin)
            .map_or(0.0, |state| value(state.busy, state.alive))
    };
    let alive = analysis.timeline.mean(|bin| of(bin, &|_, alive| alive));
    let active = analysis.timeline.mean(|bin| {
        of(bin, &|busy, alive| {
            if alive > 0.0 {
                alive * -(-busy / alive).exp_m1()
            } else {
                0.0
            }
        })
    });
    if alive > 0.0 { active / alive } else { 0.0 }
}

/// What arrives in the busiest moment of each hour, weighted by hours [1/s].
///
/// A spike makes every hour that it touches one of its highest rate; the hours
/// around it lose as much weight.
pub(super) fn hourly_peaks(analysis: &Analysis<'_>, node: NodeIndex) -> Vec<(f64, f64)> {
    const HOUR: f64 = 3_600.0;
    let arrivals = &analysis.station(node).arrivals;
    let mut peaks = Vec::new();
    let mut spiked: BTreeMap<(Regime, u64), (f64, f64)> = BTreeMap::new();
    for (bin, rate) in analysis.timeline.bins.iter().zip(arrivals) {
        let spike = match bin.regime {
            Regime::Transient(_) | Regime::Burst(_) if bin.length < HOUR => bin.regime,
            _ => {
                peaks.push((bin.weight, *rate));
                continue;
            }
        };
        #[expect(clippy::cast_possible_truncation, reason = "hours of a month")]
        #[expect(clippy::cast_sign_loss, reason = "starts are not negative")]
        let hour = (bin.start / HOUR) as u64;
        let times = bin.weight / bin.length.max(1e-9);
        let (most, highest) = spiked.entry((spike, hour)).or_default();
        *most = most.max(times);
        *highest = highest.max(*rate);
    }
    let touched: f64 = spiked.values().map(|(times, _)| times * HOUR).sum();
    let calm: f64 = peaks.iter().map(|(weight, _)| weight).sum();
    let left = ((SECONDS_PER_MONTH - touched) / calm.max(1e-9)).clamp(0.0, 1.0);
    for (weight, _) in &mut peaks {
        *weight *= left;
    }
    peaks.extend(
        spiked
            .into_values()
            .map(|(times, rate)| (times * HOUR, rate)),
    );
    peaks
}
