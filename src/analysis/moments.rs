//! Mean and variance of a response, without its distribution.
//!
//! Bills, concurrency and loads need means of every node on every edit, which
//! the grid of [`super::response`] would be far too slow for. Sequences,
//! choices and retries are exact; what is not additive (the slowest of several,
//! a timeout) is integrated over lognormal laws of equal mean and variance:
//! within about 1 % for the sums of calls that occur here.

use std::collections::HashMap;
use std::sync::Arc;

use crate::law::{Law, normal};
use crate::units::Millis;

use super::response::Response;

/// Steps of the integrals.
const POINTS: u32 = 28;
/// Squared coefficient of variation below which a time is taken as fixed [1].
const STEADY: f64 = 1e-12;
/// The widest lognormal that is fitted, by the deviation of its logarithm [1].
const WIDEST: f64 = 3.0;
/// A cut that many standard deviations above the mean changes nothing.
const FAR: f64 = 8.0;

/// Mean and variance of a time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    /// Mean [ms].
    pub mean: f64,
    /// Variance [ms²].
    pub variance: f64,
}

impl Moments {
    /// The lognormal law of this mean and variance; fixed where nothing varies.
    pub fn law(self) -> Law {
        let Some(law) = Lognormal::of(self) else {
            return Law::Fixed(Millis(self.mean.max(0.0)));
        };
        let z = 2.326_347_874_040_841; // 99 % quantile of the normal law.
        Law::Lognormal {
            p50: Millis(law.location.exp()),
            p99: Millis((law.location + z * law.sigma).exp()),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            mean: self.mean + other.mean,
            variance: self.variance + other.variance,
        }
    }

    fn second(self) -> f64 {
        self.variance + self.mean * self.mean
    }

    fn of_raw(mean: f64, second: f64) -> Self {
        Self {
            mean,
            variance: (second - mean * mean).max(0.0),
        }
    }
}

/// Moments already known, by the address of the response; the response is kept
/// alive with them, so that no other can take its address.
#[derive(Debug, Default)]
pub struct Known(HashMap<*const Response, (Arc<Response>, Moments)>);

/// Mean and variance of a response.
pub fn moments(response: &Arc<Response>, known: &mut Known) -> Moments {
    if let Some((_, moments)) = known.0.get(&Arc::as_ptr(response)) {
        return *moments;
    }
    let moments = compute(response, known);
    let kept = (Arc::clone(response), moments);
    known.0.insert(Arc::as_ptr(response), kept);
    moments
}

fn compute(response: &Response, known: &mut Known) -> Moments {
    match response {
        Response::Zero => Moments::default(),
        Response::Law(law) => Moments {
            mean: law.mean().0,
            variance: law.variance(),
        },
        Response::Sequence(parts) => parts
            .iter()
            .map(|part| moments(part, known))
            .fold(Moments::default(), Moments::plus),
        Response::Parallel(parts) => {
            let parts: Vec<Moments> = parts.iter().map(|part| moments(part, known)).collect();
            slowest(&parts)
        }
        Response::Choice(options) => {
            let (mut mean, mut second) = (0.0, 0.0);
            for (weight, option) in options {
                let one = moments(option, known);
                mean += weight * one.mean;
                second += weight * one.second();
            }
            Moments::of_raw(mean, second)
        }
        Response::Truncated { inner, at } => cut(moments(inner, known), at.0),
        Response::Attempts {
            inner,
            failure,
            timeout,
            backoff,
        } => attempts(moments(inner, known), *failure, *timeout, backoff),
    }
}

/// A lognormal time by the mean and deviation of its logarithm.
#[derive(Clone, Copy)]
struct Lognormal {
    location: f64,
    sigma: f64,
}

impl Lognormal {
    /// The lognormal of some moments; none where nothing varies.
    fn of(moments: Moments) -> Option<Self> {
        let spread = moments.variance / (moments.mean * moments.mean);
        if moments.mean <= 0.0 || spread.is_nan() || spread < STEADY {
            return None;
        }
        let sigma = (1.0 + spread).ln().sqrt().min(WIDEST);
        Some(Self {
            location: moments.mean.ln() - 0.5 * sigma * sigma,
            sigma,
        })
    }

    /// P(X ≤ eᵘ).
    fn cdf_of_log(self, u: f64) -> f64 {
        normal::cdf((u - self.location) / self.sigma)
    }
}

/// P(X ≤ x) of the lognormal of some moments.
pub fn cdf(moments: Moments, x: f64) -> f64 {
    match Lognormal::of(moments) {
        Some(law) if x > 0.0 => law.cdf_of_log(x.ln()),
        Some(_) => 0.0,
        None => f64::from(u8::from(moments.mean <= x)),
    }
}

/// A time that is never longer than `at` [ms]: the partial moments of the
/// lognormal law are known in closed form.
fn cut(whole: Moments, at: f64) -> Moments {
    if whole.mean + FAR * whole.variance.sqrt() < at {
        return whole;
    }
    let Some(law) = Lognormal::of(whole) else {
        return Moments {
            mean: whole.mean.min(at),
            variance: 0.0,
        };
    };
    if at <= 0.0 {
        return Moments::default();
    }
    let z = (at.ln() - law.location) / law.sigma;
    let beyond = 1.0 - normal::cdf(z);
    let second = whole.mean * whole.mean * (law.sigma * law.sigma).exp();
    Moments::of_raw(
        whole.mean * normal::cdf(z - law.sigma) + at * beyond,
        second * normal::cdf(z - 2.0 * law.sigma) + at * at * beyond,
    )
}

/// The slowest of independent times: ∫ P(X > x) dx over the logarithm of x,
/// where the trapezoid rule converges fast.
fn slowest(parts: &[Moments]) -> Moments {
    // Nothing is over before the longest fixed time.
    let fixed = parts
        .iter()
        .filter(|part| Lognormal::of(**part).is_none())
        .map(|part| part.mean)
        .fold(0.0, f64::max);
    let laws: Vec<Lognormal> = parts
        .iter()
        .filter_map(|part| Lognormal::of(*part))
        .collect();
    let reach = |deviations: f64| {
        laws.iter()
            .map(move |law| law.location + deviations * law.sigma)
            .fold(f64::NEG_INFINITY, f64::max)
    };
    let (low, high) = (reach(-6.0).max(fixed.ln()), reach(FAR));
    if laws.is_empty() || high <= low {
        return Moments {
            mean: fixed,
            variance: 0.0,
        };
    }
    let step = (high - low) / f64::from(POINTS);
    let start = low.exp();
    let (mut mean, mut second) = (start, start * start);
    for point in 0..=POINTS {
        let u = low + f64::from(point) * step;
        let x = u.exp();
        let within: f64 = laws.iter().map(|law| law.cdf_of_log(u)).product();
        let ends = if point == 0 || point == POINTS {
            0.5
        } else {
            1.0
        };
        let area = ends * (1.0 - within) * x * step;
        mean += area;
        second += 2.0 * x * area;
    }
    Moments::of_raw(mean, second)
}

/// Tries until success or the last attempt, with a pause before each retry.
fn attempts(inner: Moments, failure: f64, timeout: Option<Millis>, backoff: &[Millis]) -> Moments {
    let (one, late) = match timeout {
        Some(limit) => {
            let late = 1.0 - cdf(inner, limit.0);
            (cut(inner, limit.0), late)
        }
        None => (inner, 0.0),
    };
    let again = (failure + (1.0 - failure) * late).clamp(0.0, 1.0);
    // P(at least k + 1 attempts) = again^k.
    let (mut count, mut count_second, mut pauses, mut reach) = (1.0, 1.0, 0.0, 1.0);
    let mut attempt = 1.0;
    for pause in backoff {
        reach *= again;
        count += reach;
        count_second += (2.0 * attempt + 1.0) * reach;
        pauses += reach * pause.0;
        attempt += 1.0;
    }
    let count_variance = (count_second - count * count).max(0.0);
    Moments {
        mean: count * one.mean + pauses,
        variance: count * one.variance + count_variance * one.mean * one.mean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exponential(mean: f64) -> Arc<Response> {
        Arc::new(Response::Law(Law::Exponential { mean: Millis(mean) }))
    }

    #[track_caller]
    fn check(response: Response, mean: f64, variance: f64, tolerance: f64) {
        let found = moments(&Arc::new(response), &mut Known::default());
        assert!((found.mean / mean - 1.0).abs() < tolerance, "{found:?}");
        assert!(
            (found.variance / variance - 1.0).abs() < 10.0 * tolerance,
            "{found:?}"
        );
    }

    #[test]
    fn sums_choices_and_retries_are_exact() {
        let two = Response::Sequence(vec![exponential(10.0), exponential(20.0)]);
        check(two, 30.0, 500.0, 1e-12);
        let half = Response::Choice(vec![(0.5, exponential(10.0))]);
        check(half, 5.0, 75.0, 1e-12); // E[X²] = 0.5 × 200
        let retried = Response::Attempts {
            inner: Arc::new(Response::Law(Law::Fixed(Millis(10.0)))),
            failure: 0.5,
            timeout: None,
            backoff: vec![Millis(0.0), Millis(0.0)],
        };
        check(retried, 17.5, 68.75, 1e-12); // 1, 2, 3 tries with ½, ¼, ¼
    }

    #[test]
    fn cuts_and_the_slowest_are_close() {
        // Mean of the slower of two lognormals by their distribution.
        let law = Law::Lognormal {
            p50: Millis(20.0),
            p99: Millis(80.0),
        };
        let one = Arc::new(Response::Law(law));
        let both = Arc::new(Response::Parallel(vec![Arc::clone(&one), one]));
        let exact = super::super::response::evaluate(&both).mean().0;
        let found = moments(&both, &mut Known::default()).mean;
        assert!(
            (found / exact - 1.0).abs() < 5e-3,
            "{found} against {exact}"
        );
    }
}
