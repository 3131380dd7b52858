//! Rate limits: a bucket of tokens refilled at a constant rate.

use super::md1;

/// Share of Poisson arrivals that a token bucket rejects [1].
///
/// `arrival_rate` and `rate` in 1/s, `burst` ≥ 1 in tokens, refilled
/// continuously; a request takes one token or is rejected. Nine digits, or 1e-15
/// where the share is smaller.
///
/// Source: the virtual waiting time of M/D/1 with finite capacity (Erlang 1909,
/// Takács 1962), as in Berger 1991, *Performance analysis of a rate-control
/// throttle where tokens and jobs queue*.
#[must_use]
pub fn token_bucket_poisson_rejected(arrival_rate: f64, rate: f64, burst: f64) -> f64 {
    if arrival_rate.is_nan() || arrival_rate <= 0.0 {
        return 0.0;
    }
    if rate.is_nan() || rate <= 0.0 || burst < 1.0 {
        return 1.0;
    }
    md1::rejected(arrival_rate / rate, burst - 1.0).clamp(0.0, 1.0)
}

/// What a steady overload does to a full bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FluidOverload {
    /// When the bucket runs dry [s]; `None` if it lasts.
    pub exhausted_at: Option<f64>,
    /// Requests rejected over the whole time [1].
    pub rejected: f64,
}

/// A bucket of `burst` tokens under `demand` 1/s for `duration` s, without randomness.
///
/// Dry at b/(λ − r); from there λ − r are rejected per second.
#[must_use]
pub fn token_bucket_fluid(demand: f64, rate: f64, burst: f64, duration: f64) -> FluidOverload {
    let overload = demand - rate;
    let dry = burst.max(0.0) / overload;
    if overload > 0.0 && dry < duration {
        FluidOverload {
            exhausted_at: Some(dry),
            rejected: overload * (duration - dry),
        }
    } else {
        FluidOverload {
            exhausted_at: None,
            rejected: 0.0,
        }
    }
}
