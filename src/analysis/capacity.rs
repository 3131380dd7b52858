//! Databases whose capacity follows the load, and that pause without it; the
//! time in which instances that take several requests at once are busy.

use petgraph::graph::NodeIndex;

use crate::catalog::{Compute, Scaling};
use crate::design::Settings;
use crate::design::settings::{DatabaseSettings, FunctionSettings};
use crate::expression::ceil_guarded;
use crate::law::Law;
use crate::units::Millis;

use super::Analysis;
use super::compute::PoolBin;
use super::pool::shared_duration;
use super::pool::{Autoscaler, active_instances_random_split};
use super::queueing::database_autopause;

/// Utilisation of the concurrency per instance and of the processor that
/// autoscalers aim at.
///
/// Source: Cloud Run documentation, "About instance autoscaling", 60 % of both.
const TARGET: f64 = 0.6;

/// Stretch from which a processor counts as overloaded, which is reported.
const MOST_SHARED: f64 = 20.0;

/// The capacity of a database by bin: enough for the load, in the service's
/// steps, within the bounds of settings and service; 0 while it is paused.
///
/// `cold` is the probability that a request finds it paused.
pub(super) fn database_pool(
    analysis: &Analysis<'_>,
    node: NodeIndex,
    database: &DatabaseSettings,
) -> Vec<PoolBin> {
    let scaling = analysis.system.graph[node]
        .service
        .and_then(|service| service.scaling.as_ref());
    let mut pool = scaled_pool(analysis, node, |rate| units(rate, database, scaling));
    if !database.auto_pause() {
        return pool;
    }
    let arrivals = analysis.station(node).arrivals.clone();
    for (bin, rate) in pool.iter_mut().zip(arrivals) {
        let (found, share) = paused(rate, scaling);
        bin.alive *= 1.0 - share;
        bin.cold = found;
    }
    pool
}

/// Instances or units that follow the load.
pub(super) fn scaled_pool(
    analysis: &Analysis<'_>,
    node: NodeIndex,
    instances: impl Fn(f64) -> f64,
) -> Vec<PoolBin> {
    let mean = analysis.response_mean(node) / 1_000.0;
    analysis
        .station(node)
        .arrivals
        .iter()
        .map(|&rate| PoolBin {
            busy: rate * mean,
            wanted: rate * mean,
            alive: instances(rate),
            ..PoolBin::default()
        })
        .collect()
}

/// How much longer processor time takes in a container, whose requests share
/// its processors: 1 ÷ (1 − utilisation), at the mean load.
///
/// Source: processor sharing, Kleinrock, *Queueing Systems* II, § 4.4.
pub(super) fn sharing(analysis: &Analysis<'_>, node: NodeIndex) -> f64 {
    let Settings::Container(container) = &analysis.system.graph[node].settings else {
        return 1.0;
    };
    let cpu = container.cpu().mean().0 / 1_000.0;
    let rate = analysis.arrivals_mean(node);
    if rate <= 0.0 || cpu <= 0.0 {
        return 1.0;
    }
    let wanted = (rate * cpu / (container.vcpu() * container.target())).ceil();
    let (low, high) = (
        f64::from(container.minimum()),
        f64::from(container.maximum()),
    );
    let instances = wanted.clamp(low.min(high), high.max(low)).max(1.0);
    shared_duration(0.0, cpu, rate, instances, container.vcpu()).min(cpu * MOST_SHARED) / cpu
}

/// Units that carry a load.
fn units(rate: f64, database: &DatabaseSettings, scaling: Option<&Scaling>) -> f64 {
    let (mut low, mut high) = (database.minimum(), database.maximum());
    let mut wanted = rate / database.statements_per_unit();
    if let Some(scaling) = scaling {
        low = low.max(scaling.minimum.value);
        high = high.min(scaling.maximum.value);
        if scaling.step.value > 0.0 {
            wanted = ceil_guarded(wanted / scaling.step.value) * scaling.step.value;
        }
    }
    wanted.clamp(low.min(high), high.max(low))
}

/// How likely a request finds a database paused, and the share of the time in
/// which it is, for Poisson arrivals.
fn paused(rate: f64, scaling: Option<&Scaling>) -> (f64, f64) {
    let Some((scaling, after)) = scaling.and_then(|s| Some((s, s.pause_after.as_ref()?.value)))
    else {
        return (0.0, 0.0);
    };
    let resume = scaling
        .resume
        .as_ref()
        .map_or(0.0, |law| law.value.mean().0 / 1_000.0);
    let pause = database_autopause(rate, after, resume);
    (pause.found_paused, pause.share)
}

/// Share of the month in which a database runs.
pub(super) fn running(
    analysis: &Analysis<'_>,
    node: NodeIndex,
    database: &DatabaseSettings,
) -> f64 {
    if !database.auto_pause() {
        return 1.0;
    }
    let scaling = analysis.system.graph[node]
        .service
        .and_then(|service| service.scaling.as_ref());
    let arrivals = &analysis.station(node).arrivals;
    1.0 - analysis
        .timeline
        .mean(|bin| paused(arrivals.get(bin).copied().unwrap_or(0.0), scaling).1)
}

/// Time in which instances handle at least one request.
pub(super) struct Activity {
    /// Instances active, mean over the month.
    pub instances: f64,
    /// Periods without a break [1/s], mean over the month.
    pub periods: f64,
    /// Length of one period.
    pub period: Law,
    /// Requests that one instance handles at once.
    pub concurrency: f64,
    /// Instances that an autoscaler keeps, mean and most, where they handle
    /// several at once.
    pub kept: Option<(f64, f64)>,
}

/// How long instances of a function are active, the time that request-billed
/// platforms bill.
///
/// One request at a time: each is a period. With more, M instances that share
/// a Poisson load a at random are M(1 − e^(−a/M)) active, and periods begin at
/// rate λ e^(−a/M) (M/G/∞ each, any law of service). M is what an autoscaler
/// keeps: enough for concurrency and processor at 60 %.
pub(super) fn activity(
    analysis: &Analysis<'_>,
    node: NodeIndex,
    function: &FunctionSettings,
    compute: Option<&Compute>,
) -> Activity {
    let law = analysis.duration_law(node);
    let set = function.concurrency.map(f64::from);
    let concurrency = compute.map_or(1.0, |c| c.concurrency(set, function.memory().0));
    let service = law.mean().0 / 1_000.0;
    if concurrency <= 1.0 {
        let rate = analysis.carried_mean(node);
        return Activity {
            instances: rate * service,
            periods: rate,
            period: law,
            concurrency,
            kept: None,
        };
    }
    let cores = compute.map_or(1.0, |compute| compute.cores(function.memory().0));
    let cpu = function.cpu().mean().0 / 1_000.0;
    let rates = &analysis.station(node).invocations;
    let shared = |bin: usize| {
        let rate = rates.get(bin).copied().unwrap_or(0.0);
        let kept = instances(rate, service, cpu, concurrency, cores);
        (kept, active_instances_random_split(rate, service, kept))
    };
    let instances = analysis.timeline.mean(|bin| shared(bin).1.instances);
    let periods = analysis.timeline.mean(|bin| shared(bin).1.periods);
    let mean = if periods > 0.0 {
        instances / periods
    } else {
        0.0
    };
    Activity {
        instances,
        periods,
        // A busy period of M/G/∞ is nearly exponential beyond its first request.
        period: Law::Exponential {
            mean: Millis((mean * 1_000.0).max(1e-6)),
        },
        concurrency,
        kept: Some((
            analysis.timeline.mean(|bin| shared(bin).0),
            analysis.timeline.peak(|bin| shared(bin).0),
        )),
    }
}

/// Instances that an autoscaler keeps for a load.
fn instances(rate: f64, service: f64, cpu: f64, concurrency: f64, cores: f64) -> f64 {
    let autoscaler = Autoscaler {
        concurrency,
        target_concurrency: TARGET,
        cores,
        target_cpu: TARGET,
        minimum: 1.0,
    };
    autoscaler.instances(rate, service, cpu).kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Grade, Sourced};

    #[track_caller]
    fn near(got: f64, expected: f64) {
        assert!(
            (got - expected).abs() <= 1e-9 * expected.abs(),
            "{got}, not {expected}"
        );
    }

    #[test]
    fn autoscaled_instances_and_their_active_share() {
        #[track_caller]
        fn check(rate: f64, service: f64, cpu: f64, cores: f64, kept: f64, active: f64) {
            let got = instances(rate, service, cpu, 80.0, cores);
            assert_eq!(got, kept);
            near(
                active_instances_random_split(rate, service, got).instances,
                active,
            );
        }
        check(40.0, 0.5, 0.02, 1.0, 2.0, 1.999_909_200_140_475);
        check(5.0, 0.1, 0.005, 1.0, 1.0, 0.393_469_340_287_366_6);
        assert_eq!(instances(500.0, 0.2, 0.004, 80.0, 2.0), 3.0);
    }

    #[test]
    fn databases_pause_between_requests() {
        let figure = |value: f64| Sourced::from((value, String::new(), Grade::A));
        let scaling = Scaling {
            minimum: figure(0.25),
            maximum: figure(8.0),
            step: figure(0.25),
            pause_after: Some(figure(300.0)),
            resume: Some(Sourced::from((
                Law::Fixed(Millis(15_000.0)),
                String::new(),
                Grade::A,
            ))),
        };
        let (found, share) = paused(6.0 / 3_600.0, Some(&scaling));
        near(found, 0.606_530_659_712_633_4);
        assert!((share / 0.597_471_047_005 - 1.0).abs() < 1e-11, "{share}");
        assert_eq!(paused(1.0, None), (0.0, 0.0));
        // Steps of a quarter, never below the least.
        let database = DatabaseSettings {
            minimum: Some(0.0),
            statements_per_unit: Some(100.0),
            ..DatabaseSettings::default()
        };
        for (rate, expected) in [(0.0, 0.25), (26.0, 0.5), (130.0, 1.5), (1e6, 8.0)] {
            assert_eq!(units(rate, &database, Some(&scaling)), expected, "{rate}");
        }
    }
}
