//! Functions as pools of instances: concurrency, cold starts, throttling.
//!
//! In stationary bins the exact most-recently-used pool holds; inside a spike
//! the pool grows, limited by a token bucket of new environments; at a firing
//! everything arrives at once and finds what is still alive. Between bins the
//! growth of the pool counts as cold starts.

use std::collections::BTreeMap;

use crate::catalog::Compute;

use super::pool::{PoolLoad, pool};
use super::queueing::erlang_b;
use super::timeline::{Bin, Regime, Timeline};

/// What a pool has to do.
#[derive(Clone)]
pub struct Demand<'a> {
    /// Invocations by bin [1/s].
    pub invocations: &'a [f64],
    /// Busy time of one invocation [s].
    pub service: f64,
    /// Provisioned instances.
    pub provisioned: u32,
    /// Share of the time in which they are.
    pub provisioned_share: f64,
    /// Highest concurrency.
    pub limit: f64,
    /// Longest gap between firings of the n-th trigger [s].
    pub gaps: &'a dyn Fn(usize) -> f64,
    /// Further cold starts in a month, for each instance alive: deployments.
    pub deployments: f64,
}

/// One bin of a pool.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PoolBin {
    /// Busy executions.
    pub busy: f64,
    /// Instances alive.
    pub alive: f64,
    /// Probability that an invocation starts an instance.
    pub cold: f64,
    /// Probability that an invocation is refused.
    pub throttle: f64,
    /// Share of the invocations that provisioned instances serve.
    pub provisioned: f64,
}

impl PoolBin {
    /// Executions wanted: those that run and those that were refused a place.
    pub fn wanted(&self) -> f64 {
        self.busy / (1.0 - self.throttle).max(1e-6)
    }
}

/// Follows a pool through the bins of a month.
pub fn follow(timeline: &Timeline, demand: &Demand<'_>, compute: &Compute) -> Vec<PoolBin> {
    let mut known = BTreeMap::new();
    let mut bins: Vec<PoolBin> = Vec::with_capacity(timeline.bins.len());
    let calm = calm_state(timeline, demand, compute, &mut known);
    let mut spike = Spike::resting(calm.alive, compute);
    let mut current = None;
    for (index, bin) in timeline.bins.iter().enumerate() {
        let rate = demand.invocations.get(index).copied().unwrap_or(0.0);
        if current != Some(bin.regime) {
            spike = Spike::resting(calm.alive, compute);
            current = Some(bin.regime);
        }
        bins.push(match bin.regime {
            Regime::Stationary => stationary(rate, demand, compute, &mut known),
            Regime::Transient(_) => spike.step(bin, rate, demand, compute),
            Regime::Burst(trigger) => firing(bin, rate, trigger, &calm, demand, compute),
        });
    }
    add_growth(timeline, demand, &mut bins);
    bins
}

/// The mean state outside spikes and firings.
fn calm_state(
    timeline: &Timeline,
    demand: &Demand<'_>,
    compute: &Compute,
    known: &mut BTreeMap<u64, PoolBin>,
) -> PoolBin {
    let (mut rate, mut weight) = (0.0, 0.0);
    for (bin, own) in timeline.bins.iter().zip(demand.invocations) {
        if bin.regime == Regime::Stationary {
            rate += bin.weight * own;
            weight += bin.weight;
        }
    }
    if weight > 0.0 && rate > 0.0 {
        stationary(rate / weight, demand, compute, known)
    } else {
        PoolBin::default()
    }
}

fn stationary(
    rate: f64,
    demand: &Demand<'_>,
    compute: &Compute,
    known: &mut BTreeMap<u64, PoolBin>,
) -> PoolBin {
    if rate <= 0.0 {
        return PoolBin {
            cold: 1.0,
            ..PoolBin::default()
        };
    }
    let key = rate.to_bits();
    if let Some(bin) = known.get(&key) {
        return *bin;
    }
    let busy = rate * demand.service;
    let spill = spill(demand, busy);
    let state = pool(&PoolLoad {
        arrival_rate: rate * spill.max(1e-12),
        mean_service_s: demand.service,
        idle_timeout_s: compute.idle_timeout.value,
        lifetime_cap_s: compute.lifetime.as_ref().map(|figure| figure.value),
        limit: whole_limit(demand.limit),
    });
    let refused = throttle(demand.limit, busy);
    let bin = PoolBin {
        busy: busy * (1.0 - refused),
        alive: state.busy + state.idle + f64::from(demand.provisioned),
        cold: state.cold_probability * spill,
        throttle: refused,
        provisioned: 1.0 - spill,
    };
    known.insert(key, bin);
    bin
}

/// Share of the load that finds no provisioned instance free.
fn spill(demand: &Demand<'_>, busy: f64) -> f64 {
    if demand.provisioned == 0 {
        return 1.0;
    }
    let lost = erlang_b(demand.provisioned, busy);
    1.0 - (1.0 - lost) * demand.provisioned_share
}

fn whole_limit(limit: f64) -> Option<u32> {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be in range")]
    #[expect(clippy::cast_sign_loss, reason = "checked to be in range")]
    (limit.is_finite() && (1.0..4e9).contains(&limit)).then_some(limit as u32)
}

/// Probability that a limit refuses an invocation (Erlang B).
pub fn throttle(limit: f64, busy: f64) -> f64 {
    if busy <= 0.0 || !limit.is_finite() {
        return 0.0;
    }
    match whole_limit(limit) {
        Some(limit) => erlang_b(limit, busy),
        None if limit < 1.0 => 1.0,
        None => erlang_b(u32::MAX, busy),
    }
}

/// A pool inside a spike: how many are alive, how many more may start.
struct Spike {
    alive: f64,
    tokens: f64,
}

impl Spike {
    fn resting(alive: f64, compute: &Compute) -> Self {
        Self {
            alive,
            tokens: compute.start_burst.value,
        }
    }

    /// Lets the bucket refill and environments start, in steps short against
    /// the bin.
    fn step(&mut self, bin: &Bin, rate: f64, demand: &Demand<'_>, compute: &Compute) -> PoolBin {
        const STEPS: u32 = 16;
        let dt = bin.length / f64::from(STEPS);
        let wanted = needed(rate, demand.service, bin.length);
        let (mut started, mut refused, mut busy) = (0.0, 0.0, 0.0);
        for _ in 0..STEPS {
            self.tokens =
                (self.tokens + compute.start_rate.value * dt).min(compute.start_burst.value);
            let room = (demand.limit - self.alive).max(0.0);
            let starts = (wanted - self.alive).clamp(0.0, self.tokens.min(room));
            self.alive += starts;
            self.tokens -= starts;
            started += starts;
            let load = rate * demand.service;
            let served = load.min(self.alive.max(f64::from(demand.provisioned)));
            busy += served;
            refused += if load > 0.0 { 1.0 - served / load } else { 0.0 };
        }
        let arrivals = rate * bin.length;
        PoolBin {
            busy: busy / f64::from(STEPS),
            alive: self.alive,
            cold: if arrivals > 0.0 {
                (started / arrivals).min(1.0)
            } else {
                0.0
            },
            throttle: refused / f64::from(STEPS),
            provisioned: 1.0 - spill(demand, rate * demand.service),
        }
    }
}

/// Instances that a stretch of steady load needs at once: its mean and the
/// highest excursion that so many service times bring about.
///
/// Within 3 % of simulation (maximum of the M/G/∞ process).
fn needed(rate: f64, service: f64, length: f64) -> f64 {
    let mean = rate * service;
    if mean <= 0.0 || service <= 0.0 {
        return 0.0;
    }
    mean + (2.0 * mean * (1.0 + length / service).ln()).sqrt()
}

/// Everything arrives at once.
fn firing(
    bin: &Bin,
    rate: f64,
    trigger: usize,
    calm: &PoolBin,
    demand: &Demand<'_>,
    compute: &Compute,
) -> PoolBin {
    let arrivals = rate * bin.length;
    if arrivals <= 0.0 {
        return PoolBin::default();
    }
    let kept = (demand.gaps)(trigger) <= compute.idle_timeout.value;
    let alive = if kept {
        arrivals.max(calm.alive)
    } else {
        calm.alive.max(f64::from(demand.provisioned))
    };
    let free = (alive - calm.busy).max(0.0);
    let served = arrivals.min(demand.limit);
    let starts = (served - free).max(0.0).min(compute.start_burst.value);
    let lifetime = compute
        .lifetime
        .as_ref()
        .map_or(0.0, |cap| ((demand.gaps)(trigger) / cap.value).min(1.0));
    let cold = (starts / arrivals).max(if kept { lifetime } else { 0.0 });
    let carried = (free + starts).min(served);
    PoolBin {
        busy: carried,
        alive: free + starts + calm.busy,
        cold: cold.min(1.0),
        throttle: (1.0 - carried / arrivals).max(0.0),
        provisioned: (f64::from(demand.provisioned) / arrivals).min(1.0),
    }
}

/// Between hours the pool grows by cold starts; deployments replace it.
fn add_growth(timeline: &Timeline, demand: &Demand<'_>, bins: &mut [PoolBin]) {
    let hours: Vec<usize> = (0..bins.len())
        .filter(|&i| timeline.bins[i].regime == Regime::Stationary)
        .collect();
    let kept = f64::from(demand.provisioned);
    let Some(&last) = hours.last() else {
        return;
    };
    let mut before = bins[last].alive;
    let many = hours.len() > 1;
    for index in hours {
        let bin = &mut bins[index];
        let arrivals = demand.invocations[index] * timeline.bins[index].length;
        let growth = if many {
            (bin.alive - before).max(0.0)
        } else {
            0.0
        };
        before = bin.alive;
        let redeployed = demand.deployments * (bin.alive - kept).max(0.0)
            / crate::units::SECONDS_PER_MONTH
            * timeline.bins[index].length;
        if arrivals > 0.0 {
            bin.cold = (bin.cold + (growth + redeployed) / arrivals).min(1.0);
        }
    }
}
