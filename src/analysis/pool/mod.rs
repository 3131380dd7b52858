//! The pool of instances behind a function: how often an arrival starts cold.
//!
//! Platforms hand a request to the most recently used idle instance and retire
//! one that has been idle for the timeout. Under Poisson arrivals this pool has
//! an exact solution. The instance at stack position k + 1 is needed whenever
//! the number of busy instances rises from k to k + 1; it has been idle since
//! the number last fell from k + 1 to k, that is, for the first passage time
//! τₖ from k to k + 1. So
//!
//! - P(cold) = Σ πₖ P(τₖ > T), with π the Poisson (or Erlang) weights of the busy
//!   number that an arrival finds;
//! - idle instances = λ Σ πₖ E\[min(τₖ, T)\], by Little's law.
//!
//! The Laplace transform φₖ of τₖ obeys φₖ(s) = λ/(λ + s + kμ(1 − φₖ₋₁(s))).
//! Its complement ψₖ = 1 − φₖ is what gets computed, free of cancellation; both
//! sums are inverted at once by the fixed Talbot method.

mod autoscale;
mod extra;
mod renewal;
mod table;
mod talbot;

pub use autoscale::{
    Active, Autoscaler, Scaled, active_instances_fill_first, active_instances_random_split,
    minimum_billing, shared_duration,
};
pub use extra::{cold_after_resets, cold_starts_in_spike, cold_warm_quantile, deploy_cold};
pub use renewal::{Gaps, function_idle_cold, renewal_cold};
pub use table::{Line, SMOOTH, exact};

use talbot::{NODES, Points};

/// Busy requests up to which the sums run [1]; beyond any account's limit, and cold starts are rarer than 1e-7 there.
const MOST_BUSY: f64 = 1e6;

/// A function's traffic and its platform's policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoolLoad {
    /// Poisson arrivals [1/s].
    pub arrival_rate: f64,
    /// Mean time an instance is busy per request [s].
    pub mean_service_s: f64,
    /// An instance idle for this long is retired [s].
    pub idle_timeout_s: f64,
    /// An instance this old is retired whatever it does [s].
    pub lifetime_cap_s: Option<f64>,
    /// Most instances at once; arrivals beyond are throttled.
    pub limit: Option<u32>,
}

/// What the pool does on average.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PoolState {
    /// Share of all arrivals that start a new instance [1].
    pub cold_probability: f64,
    /// Share of all arrivals turned away at the limit [1].
    pub throttle_probability: f64,
    /// Mean busy instances [1].
    pub busy: f64,
    /// Mean idle instances kept alive [1].
    pub idle: f64,
}

impl PoolState {
    /// Instances alive, busy or idle [1].
    #[must_use]
    pub fn alive(&self) -> f64 {
        self.busy + self.idle
    }
}

/// The exact most-recently-used pool, one request per instance.
///
/// Exact for exponential service; the service law matters little. A lifetime cap
/// L adds E\[S\]/L to P(cold), within −7..+2 % of simulation.
///
/// Source: parenthesis matching of the birth–death busy process, derived for
/// this project; numeric inversion by Abate & Valko 2004.
#[must_use]
pub fn pool(load: &PoolLoad) -> PoolState {
    packed_pool(load, 1)
}

/// The pool when every instance takes `per_instance` requests at once, filled first.
///
/// Instances start when the requests in progress cross a multiple of k upward,
/// so every k-th term of the sums is taken (`mru_pool_concurrency_k` of the
/// reference values). `busy` is a lower estimate of the
/// instances with at least one request, since real routing packs less tightly.
#[must_use]
pub fn packed_pool(load: &PoolLoad, per_instance: u32) -> PoolState {
    let rate = load.arrival_rate;
    if !(rate > 0.0 && rate.is_finite()) {
        // Whoever arrives would find nothing.
        return PoolState {
            cold_probability: 1.0,
            ..PoolState::default()
        };
    }
    let per_instance = per_instance.max(1);
    let places = load.limit.map(|limit| limit.saturating_mul(per_instance));
    if places == Some(0) {
        return PoolState {
            throttle_probability: 1.0,
            ..PoolState::default()
        };
    }
    let offered = offered_load(load);
    let weights = busy_weights(offered, places);
    let throttled = match places {
        Some(places) if weights.len() > places as usize => weights.last().copied().unwrap_or(0.0),
        _ => 0.0,
    };
    let busy = if per_instance == 1 {
        offered * (1.0 - throttled)
    } else {
        packed_busy(&weights, per_instance)
    };
    let waiting = IdleTimes {
        load,
        weights: &weights,
        per_instance,
        places,
    };
    let (outlived, mean_idle) = waiting.over_timeout();
    PoolState {
        cold_probability: (outlived + recycled(load)).clamp(0.0, 1.0 - throttled),
        throttle_probability: throttled,
        busy,
        idle: idle_within_limit(rate * mean_idle, busy, load.limit),
    }
}

/// Strictly regular arrivals: cold exactly when the interval exceeds the timeout.
///
/// Schedules and pollers; service takes its mean. The pool holds as many
/// instances as requests overlap.
#[must_use]
pub fn regular_pool(load: &PoolLoad) -> PoolState {
    let rate = load.arrival_rate;
    if !(rate > 0.0 && rate.is_finite()) {
        return PoolState {
            cold_probability: 1.0,
            ..PoolState::default()
        };
    }
    let offered = offered_load(load);
    let limit = load.limit.map_or(f64::INFINITY, f64::from);
    let busy = offered.min(limit);
    let throttled = if offered > limit {
        1.0 - limit / offered
    } else {
        0.0
    };
    let cold = 1.0 / rate > load.idle_timeout_s;
    let idle = if cold {
        rate * load.idle_timeout_s.max(0.0)
    } else {
        offered.ceil().max(1.0) - offered
    };
    let first_use = if cold { 1.0 } else { recycled(load) };
    PoolState {
        cold_probability: first_use.clamp(0.0, 1.0) * (1.0 - throttled),
        throttle_probability: throttled,
        busy,
        idle: idle.clamp(0.0, limit - busy),
    }
}

/// Cold starts along a chain of functions that one trigger feeds one to one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChainCold {
    /// Probability that all are cold together after a long pause [1].
    pub all_together: f64,
    /// Probability that at least one is cold [1].
    pub any: f64,
}

/// The cold starts of functions that see the same Poisson arrivals.
///
/// A pause longer than T + E\[S\] empties every pool at once (q); what remains of
/// each P(cold) is taken as independent, r = (p − q)/(1 − q), so that
/// P(any) = 1 − (1 − q)Π(1 − rᵢ): 0..+34 % above simulation, where plain
/// independence is up to +260 %.
#[must_use]
pub fn chain_cold(load: &PoolLoad, cold_probabilities: &[f64]) -> ChainCold {
    let pause = load.idle_timeout_s + load.mean_service_s;
    let lowest = cold_probabilities.iter().copied().fold(1.0, f64::min);
    let together = (-load.arrival_rate * pause).exp().min(lowest);
    let apart = 1.0 - together;
    if apart <= 0.0 || cold_probabilities.is_empty() {
        let any = if cold_probabilities.is_empty() {
            0.0
        } else {
            1.0
        };
        return ChainCold {
            all_together: any,
            any,
        };
    }
    let none_alone: f64 = cold_probabilities
        .iter()
        .map(|p| 1.0 - (p - together) / apart)
        .product();
    ChainCold {
        all_together: together,
        any: 1.0 - apart * none_alone,
    }
}

/// P(cold) that the lifetime cap adds: one restart per lifetime of work.
fn recycled(load: &PoolLoad) -> f64 {
    match load.lifetime_cap_s {
        Some(cap) if cap > 0.0 => load.mean_service_s.max(0.0) / cap,
        _ => 0.0,
    }
}

/// λ·E\[S\] in Erlangs, always finite.
fn offered_load(load: &PoolLoad) -> f64 {
    (load.arrival_rate * load.mean_service_s.max(0.0)).min(1e15)
}

fn idle_within_limit(idle: f64, busy: f64, limit: Option<u32>) -> f64 {
    let room = limit.map_or(f64::INFINITY, |limit| (f64::from(limit) - busy).max(0.0));
    idle.clamp(0.0, room)
}

/// P(N = k) of the requests in progress, up to where the tail no longer counts.
///
/// Poisson, or cut at `places` and renormalised (Erlang). Starts at the mode and
/// works outwards, so that nothing over- or underflows.
fn busy_weights(offered: f64, places: Option<u32>) -> Vec<f64> {
    let top = places.map_or(MOST_BUSY, f64::from).min(MOST_BUSY);
    let mode = offered.floor().min(top) as usize;
    let mut weights = vec![0.0; mode + 1];
    let mut weight = 1.0;
    for (k, slot) in weights.iter_mut().enumerate().rev() {
        *slot = weight;
        weight *= k as f64 / offered.max(f64::MIN_POSITIVE);
        if weight < 1e-17 {
            break;
        }
    }
    let mut weight = 1.0;
    let mut k = mode as f64 + 1.0;
    while k <= top {
        weight *= offered / k;
        if weight < 1e-17 {
            break;
        }
        weights.push(weight);
        k += 1.0;
    }
    let total: f64 = weights.iter().sum();
    for weight in &mut weights {
        *weight /= total;
    }
    weights
}

/// Σⱼ P(N > jk): instances in use when requests are packed.
fn packed_busy(weights: &[f64], per_instance: u32) -> f64 {
    let instances = |n: usize| n.div_ceil(per_instance as usize) as f64;
    weights
        .iter()
        .enumerate()
        .map(|(n, weight)| weight * instances(n))
        .sum()
}

/// Σ πₖ of the idle times that end in an arrival, as a Laplace transform.
struct IdleTimes<'a> {
    load: &'a PoolLoad,
    weights: &'a [f64],
    per_instance: u32,
    places: Option<u32>,
}

impl IdleTimes<'_> {
    /// Σ πₖ P(τₖ > T) and Σ πₖ E\[min(τₖ, T)\] \[s\].
    fn over_timeout(&self) -> (f64, f64) {
        let timeout = self.load.idle_timeout_s;
        if timeout.is_nan() || timeout <= 0.0 {
            return (self.weights_of_starts().sum(), 0.0);
        }
        // Longer than any instance lives, and finite for the inversion.
        let timeout = timeout.min(1e12);
        talbot::invert_integrals(timeout, |points| self.complement(points))
    }

    /// The weights of states from which an arrival needs another instance.
    fn weights_of_starts(&self) -> impl Iterator<Item = f64> {
        self.weights
            .iter()
            .take(self.states())
            .step_by(self.per_instance as usize)
            .copied()
    }

    /// States below the limit: an arrival at the limit starts nothing.
    fn states(&self) -> usize {
        self.places.map_or(usize::MAX, |places| places as usize)
    }

    /// Σ πₖ ψₖ(s), with ψₖ = (s + kμψₖ₋₁)/(λ + s + kμψₖ₋₁), at all points side by
    /// side.
    fn complement(&self, points: &Points) -> Points {
        let rate = self.load.arrival_rate;
        let mu = 1.0 / self.load.mean_service_s.max(f64::MIN_POSITIVE);
        let every = self.per_instance as usize;
        // States that never occur weigh nothing, and what the passage from
        // them took is forgotten as fast as their weights grow.
        let first = self.weights.iter().position(|weight| *weight > 0.0);
        let first = first.unwrap_or(0) / every * every;
        let (mut psi, mut sum) = (Points::ZERO, Points::ZERO);
        let mut until_start = 0;
        let states = self.weights.iter().take(self.states()).enumerate();
        for (k, weight) in states.skip(first) {
            let back = k as f64 * mu;
            let starts = if until_start == 0 {
                until_start = every;
                *weight
            } else {
                0.0
            };
            until_start -= 1;
            for node in 0..NODES {
                let leaving_re = points.re[node] + psi.re[node] * back;
                let leaving_im = points.im[node] + psi.im[node] * back;
                let whole = leaving_re + rate;
                let inverse = 1.0 / (whole * whole + leaving_im * leaving_im);
                let re = (leaving_re * whole + leaving_im * leaving_im) * inverse;
                let im = rate * leaving_im * inverse;
                psi.re[node] = re;
                psi.im[node] = im;
                sum.re[node] += re * starts;
                sum.im[node] += im * starts;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests;
