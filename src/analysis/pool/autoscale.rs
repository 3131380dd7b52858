//! Instances that take several requests at once: how many an autoscaler keeps,
//! and how long they are active, which request-billed platforms bill.

use crate::expression::ceil_guarded;

/// What an autoscaler aims at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Autoscaler {
    /// Requests that one instance takes at once [1].
    pub concurrency: f64,
    /// Share of them that it aims at [1].
    pub target_concurrency: f64,
    /// Cores of one instance [1].
    pub cores: f64,
    /// Use of the processor that it aims at [1].
    pub target_cpu: f64,
    /// Instances that are always kept [1].
    pub minimum: f64,
}

/// What an autoscaler keeps for a load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaled {
    /// Instances that the requests in progress ask for [1].
    pub by_concurrency: f64,
    /// Instances that the processor asks for [1].
    pub by_cpu: f64,
    /// Instances kept, a whole number of at least the minimum [1].
    pub kept: f64,
}

impl Autoscaler {
    /// Instances for `rate` requests a second of `duration` and `cpu` s each.
    ///
    /// M = max(min, ⌈max(λD ÷ (u·k), λC ÷ (u_cpu·cores))⌉). The duration
    /// includes what requests wait for the processor, [`shared_duration`].
    ///
    /// Source: Cloud Run documentation, "About instance autoscaling".
    #[must_use]
    pub fn instances(&self, rate: f64, duration: f64, cpu: f64) -> Scaled {
        let rate = if rate > 0.0 { rate } else { 0.0 };
        let by_concurrency =
            rate * duration / (self.target_concurrency * self.concurrency).max(1e-9);
        let by_cpu = rate * cpu / (self.target_cpu * self.cores).max(1e-9);
        Scaled {
            by_concurrency,
            by_cpu,
            kept: ceil_guarded(by_concurrency.max(by_cpu)).max(self.minimum),
        }
    }
}

/// Time in which instances handle at least one request.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Active {
    /// Instances that do, on average [1].
    pub instances: f64,
    /// Periods without a break that begin [1/s].
    pub periods: f64,
    /// Mean length of one [s].
    pub length: f64,
}

/// How long `kept` instances are active that share a Poisson load at random.
///
/// Each is M/G/∞ with a/M Erlangs: M(1 − e^(−a/M)) are active, periods begin at
/// rate λe^(−a/M). Any law of service; `rate` [1/s], `duration` [s].
///
/// Source: busy periods of M/G/∞, Takács 1962.
#[must_use]
pub fn active_instances_random_split(rate: f64, duration: f64, kept: f64) -> Active {
    if !(rate > 0.0 && kept > 0.0) {
        return Active::default();
    }
    let each = -rate * duration.max(0.0) / kept;
    let instances = kept * -each.exp_m1();
    let periods = rate * each.exp();
    Active {
        instances,
        periods,
        length: if periods > 0.0 {
            instances / periods
        } else {
            f64::INFINITY
        },
    }
}

/// Instances active where requests fill one instance after another [1].
///
/// `load` a in Erlangs, `per_instance` k: Σⱼ 1 − e^(−a(B(jk, a) − B((j+1)k, a))),
/// each instance M/G/∞ with what the ones before it leave: above simulation.
///
/// Source: overflow of Erlang's ordered trunks, Wilkinson 1956.
#[must_use]
pub fn active_instances_fill_first(load: f64, per_instance: u32) -> f64 {
    let load = if load > 0.0 { load.min(1e7) } else { 0.0 };
    let each = per_instance.max(1);
    let (mut sum, mut places, mut overflow) = (0.0, 0_u32, load);
    while overflow > 1e-12 * load && places < u32::MAX - each {
        places += each;
        let left = load * crate::analysis::queueing::erlang_b(places, load);
        sum -= (left - overflow).min(0.0).exp_m1();
        overflow = left;
    }
    sum
}

/// Seconds billed per second where each active period bills at least `minimum` s [1].
///
/// λe^(−ρ) max(minimum, mean period) on one instance: a lower bound (Jensen),
/// exact where all periods are shorter than the minimum.
#[must_use]
pub fn minimum_billing(rate: f64, duration: f64, minimum: f64) -> f64 {
    let active = active_instances_random_split(rate, duration, 1.0);
    active.instances.max(active.periods * minimum.max(0.0))
}

/// Duration of a request that shares its instance's processor [s].
///
/// `waits` D₀ for others, `cpu` C of the processor: D₀ + C ÷ (1 − λC/(M·cores));
/// infinite where the processor is overloaded.
///
/// Source: processor sharing, Kleinrock, *Queueing Systems* II, §4.4.
#[must_use]
pub fn shared_duration(waits: f64, cpu: f64, rate: f64, instances: f64, cores: f64) -> f64 {
    if cpu.is_nan() || cpu <= 0.0 {
        return waits;
    }
    let used = rate.max(0.0) * cpu / (instances * cores).max(1e-12);
    if used < 1.0 {
        waits + cpu / (1.0 - used)
    } else {
        f64::INFINITY
    }
}
