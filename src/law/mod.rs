//! Laws of duration: how long one step takes, as a distribution.
//!
//! A design states durations in the form people have them: one number, a median
//! and a tail, or a handful of measured percentiles. All of them answer the same
//! questions here: mean, quantiles, and the mean after a provider rounds the
//! duration up for billing.

mod curve;
mod excess;
pub(crate) mod normal;

use serde::{Deserialize, Serialize};

use crate::units::Millis;

pub(crate) use curve::Curve;
pub(crate) use excess::Excess;
pub(crate) use normal::inverse_cdf as normal_quantile;

/// How far p99 may lie above p50, and the last quantile above the first positive one [1].
const MAX_SPREAD: f64 = 1e6;

/// Steps of billing that are summed one by one before the integral takes over.
const ROUNDING_TERMS: u32 = 128;

/// A distribution of durations [ms].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Law {
    /// Always the same.
    Fixed(Millis),
    /// Memoryless, as in the textbook queues.
    Exponential {
        /// Mean [ms].
        mean: Millis,
    },
    /// ln D is normal; the usual shape of measured response times.
    Lognormal {
        /// Median [ms].
        p50: Millis,
        /// 99th percentile [ms].
        p99: Millis,
    },
    /// Measured percentiles as (probability, duration), strictly rising.
    ///
    /// Between two points ln D is linear in the normal deviate of the
    /// probability, that is, each segment is part of a lognormal. Beyond the
    /// outer points the outermost segments continue (σ at most 3 above, so that
    /// p99.9 is at most ten times p99); where the neighbouring segment is flat
    /// or starts at zero the tail is flat too. Segments that start at zero are
    /// uniform.
    Quantiles(Vec<(f64, Millis)>),
}

/// Why a law cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LawError {
    /// A duration is negative, infinite or NaN.
    #[error("a duration must be zero or more and finite, not {0} ms")]
    Duration(f64),
    /// p99 < p50.
    #[error("p99 ({p99} ms) must not be below p50 ({p50} ms)")]
    TailBelowMedian {
        /// Median [ms].
        p50: f64,
        /// 99th percentile [ms].
        p99: f64,
    },
    /// The largest duration is absurdly far above the smallest.
    #[error("{high} ms is more than a million times {low} ms; a law this wide has no useful mean")]
    TooWide {
        /// Smaller duration [ms].
        low: f64,
        /// Larger duration [ms].
        high: f64,
    },
    /// No percentile at all.
    #[error("at least one quantile is needed, as in Quantiles([(0.5, 16.2), (0.99, 105.0)])")]
    NoQuantiles,
    /// A probability outside the open interval (0, 1).
    #[error("the probability of a quantile must lie between 0 and 1 (p99 is 0.99), not {0}")]
    Probability(f64),
    /// Quantiles are out of order.
    #[error("quantiles must rise: (p, ms) = ({after}, {later}) follows ({before}, {earlier})")]
    NotRising {
        /// Probability of the earlier point.
        before: f64,
        /// Duration of the earlier point [ms].
        earlier: f64,
        /// Probability of the later point.
        after: f64,
        /// Duration of the later point [ms].
        later: f64,
    },
}

impl Law {
    /// Checks that the law describes a distribution.
    ///
    /// # Errors
    ///
    /// Names the first figure that is out of range or out of order.
    pub fn validate(&self) -> Result<(), LawError> {
        match self {
            Self::Fixed(value) | Self::Exponential { mean: value } => check_duration(*value),
            Self::Lognormal { p50, p99 } => check_lognormal(*p50, *p99),
            Self::Quantiles(points) => check_quantiles(points),
        }
    }

    /// The law as closed-form pieces, for repeated evaluation.
    pub(crate) fn curve(&self) -> Curve {
        match self {
            Self::Fixed(value) => Curve::atom(value.0),
            Self::Exponential { mean } => Curve::exponential(mean.0),
            Self::Lognormal { p50, p99 } => Curve::lognormal(p50.0, p99.0),
            Self::Quantiles(points) => {
                let points: Vec<_> = points.iter().map(|(p, x)| (*p, x.0)).collect();
                Curve::through(&points)
            }
        }
    }

    /// Mean [ms].
    #[must_use]
    pub fn mean(&self) -> Millis {
        Millis(self.curve().mean())
    }

    /// Variance [ms²].
    #[must_use]
    pub fn variance(&self) -> f64 {
        let curve = self.curve();
        if curve.constant().is_some() {
            return 0.0;
        }
        let square = curve.moment(f64::NEG_INFINITY, f64::INFINITY, 2);
        (square - curve.mean().powi(2)).max(0.0)
    }

    /// The duration that a share `p` of all stays within [ms].
    ///
    /// Infinite at p = 1 for laws without an upper bound.
    #[must_use]
    pub fn quantile(&self, p: f64) -> Millis {
        Millis(self.curve().quantile(p))
    }

    /// P(D ≤ x).
    #[must_use]
    pub fn cdf(&self, x: Millis) -> f64 {
        self.curve().cdf(x.0)
    }

    /// The law of `factor`·D.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        match self {
            Self::Fixed(value) => Self::Fixed(*value * factor),
            Self::Exponential { mean } => Self::Exponential {
                mean: *mean * factor,
            },
            Self::Lognormal { p50, p99 } => Self::Lognormal {
                p50: *p50 * factor,
                p99: *p99 * factor,
            },
            Self::Quantiles(points) => {
                Self::Quantiles(points.iter().map(|(p, x)| (*p, *x * factor)).collect())
            }
        }
    }

    /// The mean billed duration E[max(minimum, ⌈D / step⌉·step)] [ms].
    ///
    /// Sums the survival function over the steps; where the spread covers more
    /// than 128 steps the rest is E\[D\] + step/2 by
    /// Euler–Maclaurin, whose error is then far below a thousandth of a step.
    #[must_use]
    pub fn mean_rounded_up(&self, step: Millis, minimum: Millis) -> Millis {
        let (step, minimum) = (step.0, minimum.0.max(0.0));
        let curve = self.curve();
        if !(step > 0.0 && step.is_finite()) {
            return Millis(minimum + curve.excess(minimum));
        }
        match curve.constant() {
            Some(value) => Millis(minimum.max(round_up(value, step))),
            None => Millis(mean_over_steps(&curve, step, minimum)),
        }
    }
}

/// `value` rounded up to whole steps; 120.0 stays 120.0 whatever the last bit says.
fn round_up(value: f64, step: f64) -> f64 {
    let steps = value / step;
    let nearest = steps.round();
    if (steps - nearest).abs() <= 1e-9 * nearest.max(1.0) {
        nearest * step
    } else {
        steps.ceil() * step
    }
}

/// `minimum` plus the integral of P(⌈D / step⌉·step > x) above it.
fn mean_over_steps(curve: &Curve, step: f64, minimum: f64) -> f64 {
    // A hair above the boundary, so that an atom on it does not round up.
    let above = |k: f64| curve.survival(k * step * (1.0 + 1e-12));
    let first = (minimum / step * (1.0 + 1e-12)).floor();
    let start = ((first + 1.0) * step - minimum).max(0.0) * above(first);
    // Below the bulk of the law every step is passed for certain.
    let bulk = (curve.quantile(1e-12) / step).floor().max(first + 1.0);
    let mut sum = minimum + start + (bulk - first - 1.0) * step;
    let mut k = bulk;
    for _ in 0..ROUNDING_TERMS {
        let share = above(k);
        if share < 1e-16 {
            return sum;
        }
        sum += step * share;
        k += 1.0;
    }
    // Euler–Maclaurin: integral, half the first term, a twelfth of the slope.
    let slope = above(k - 0.5) - above(k + 0.5);
    sum + curve.excess(k * step) + step * (0.5 * above(k) + slope / 12.0)
}

fn check_duration(value: Millis) -> Result<(), LawError> {
    if value.0.is_finite() && value.0 >= 0.0 {
        Ok(())
    } else {
        Err(LawError::Duration(value.0))
    }
}

fn check_lognormal(p50: Millis, p99: Millis) -> Result<(), LawError> {
    check_duration(p50)?;
    check_duration(p99)?;
    if p99 < p50 {
        return Err(LawError::TailBelowMedian {
            p50: p50.0,
            p99: p99.0,
        });
    }
    check_spread(p50.0, p99.0)
}

fn check_spread(low: f64, high: f64) -> Result<(), LawError> {
    if high <= low * MAX_SPREAD {
        Ok(())
    } else {
        Err(LawError::TooWide { low, high })
    }
}

fn check_quantiles(points: &[(f64, Millis)]) -> Result<(), LawError> {
    let Some((_, last)) = points.last() else {
        return Err(LawError::NoQuantiles);
    };
    for (p, value) in points {
        check_duration(*value)?;
        if !(*p > 0.0 && *p < 1.0) {
            return Err(LawError::Probability(*p));
        }
    }
    for (a, b) in points.iter().zip(points.iter().skip(1)) {
        if a.0 >= b.0 || a.1 > b.1 {
            return Err(LawError::NotRising {
                before: a.0,
                earlier: a.1.0,
                after: b.0,
                later: b.1.0,
            });
        }
    }
    match points.iter().find(|(_, value)| value.0 > 0.0) {
        Some((_, lowest)) => check_spread(lowest.0, last.0),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
