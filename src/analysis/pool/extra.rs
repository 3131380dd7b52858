//! Cold starts besides the steady pool's: spikes, deployments, environments
//! that are lost; and the mixture of cold and warm answers.

use crate::law::Law;
use crate::units::{Millis, SECONDS_PER_MONTH};

/// Cold starts in a spike from an almost idle pool [1].
///
/// `rate` [1/s] for `length` H [s], `mean_service` [s], `warm` instances before
/// it; for H far below the idle timeout. With m = λE\[S\](1 − e^(−H/E\[S\])) busy:
/// m + √(2m ln(1 + H/E\[S\])) − warm, within 3 % of simulation.
///
/// Source: maximum of the M(t)/G/∞ process, after Berman 1992, *Sojourns and
/// extremes of stochastic processes*.
#[must_use]
pub fn cold_starts_in_spike(rate: f64, mean_service: f64, length: f64, warm: f64) -> f64 {
    if !(rate > 0.0 && mean_service > 0.0 && length > 0.0) {
        return 0.0;
    }
    let turns = length / mean_service;
    let mean = rate * mean_service * -(-turns).exp_m1();
    (mean + (2.0 * mean * turns.ln_1p()).sqrt() - warm.max(0.0)).max(0.0)
}

/// P(cold) that deployments add, each of which replaces the pool [1].
///
/// `rate` [1/s], `alive` instances, deployments per month; at most 1.
#[must_use]
pub fn deploy_cold(rate: f64, alive: f64, deployments: f64) -> f64 {
    if rate.is_nan() || rate <= 0.0 {
        return 0.0;
    }
    (deployments.max(0.0) * alive.max(0.0) / (rate * SECONDS_PER_MONTH)).min(1.0)
}

/// P(cold) where a timeout or a crash resets the environment [1].
///
/// The next use of the place initialises again: P(cold) + P(timeout) + P(crash),
/// at most 1.
#[must_use]
pub fn cold_after_resets(cold: f64, timeout: f64, crash: f64) -> f64 {
    (cold.max(0.0) + timeout.max(0.0) + crash.max(0.0)).min(1.0)
}

/// The time that a share `p` of answers stays within, some cold, some warm.
///
/// Solves (1 − c)F_warm(x) + c·F_cold(x) = p, to all digits of the laws.
#[must_use]
pub fn cold_warm_quantile(cold_probability: f64, warm: &Law, cold: &Law, p: f64) -> Millis {
    let share = cold_probability.clamp(0.0, 1.0);
    if p >= 1.0 {
        return Millis(warm.quantile(p).0.max(cold.quantile(p).0));
    }
    let (one, other) = (warm.quantile(p).0, cold.quantile(p).0);
    // The mixture's quantile lies between those of its parts.
    let (mut low, mut high) = (one.min(other), one.max(other));
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        let at = Millis(middle);
        if (1.0 - share) * warm.cdf(at) + share * cold.cdf(at) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    Millis(0.5 * (low + high))
}
