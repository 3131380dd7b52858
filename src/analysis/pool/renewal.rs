//! Cold starts where requests never overlap: an instance is cold when the gap
//! before an arrival outlasts the idle timeout.

use crate::analysis::queueing::upper_gamma;

/// The law of the time between two arrivals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gaps {
    /// Poisson arrivals.
    Exponential {
        /// Arrivals [1/s].
        rate: f64,
    },
    /// More regular than Poisson above a shape of 1, burstier below.
    Gamma {
        /// Shape [1].
        shape: f64,
        /// Mean gap [s].
        mean: f64,
    },
    /// As gamma, with another tail.
    Weibull {
        /// Shape [1].
        shape: f64,
        /// Scale [s].
        scale: f64,
    },
}

/// P(cold) = P(gap > timeout) of one instance whose service takes no time [1].
///
/// `timeout` in s.
///
/// Source: renewal theory; Shahrad et al. 2020, *Serverless in the wild*, for
/// the policy.
#[must_use]
pub fn renewal_cold(gaps: Gaps, timeout: f64) -> f64 {
    let timeout = timeout.max(0.0);
    if timeout == 0.0 {
        return 1.0;
    }
    match gaps {
        Gaps::Exponential { rate } => (-rate.max(0.0) * timeout).exp(),
        Gaps::Gamma { shape, mean } => {
            if mean > 0.0 {
                upper_gamma(shape, shape * timeout / mean)
            } else {
                0.0
            }
        }
        Gaps::Weibull { shape, scale } => {
            if scale > 0.0 {
                (-(timeout / scale).powf(shape.max(0.0))).exp()
            } else {
                0.0
            }
        }
    }
}

/// P(an arrival finds the function idle for the timeout and no request running) [1].
///
/// e^(−λE\[S\]) e^(−λT) for Poisson arrivals and any law of service: what is cold
/// where all instances are reclaimed together, and a lower bound of P(cold)
/// where each has a timeout of its own. `rate` [1/s], `mean_service` and
/// `timeout` [s].
///
/// Source: idle periods of M/G/∞.
#[must_use]
pub fn function_idle_cold(rate: f64, mean_service: f64, timeout: f64) -> f64 {
    (-rate.max(0.0) * (mean_service.max(0.0) + timeout.max(0.0))).exp()
}
