//! End-to-end latency: an expression over laws, and its distribution.
//!
//! A request's way through a system is an expression: calls one after another,
//! side by side, one of several, with retries and timeouts. Its distribution is
//! computed on a grid of equal cells with fast Fourier transforms: sequence
//! multiplies spectra, parallel multiplies distribution functions, retries are a
//! polynomial in the spectrum of failure. For each percentile asked for, the
//! grid is zoomed until that percentile lies in its upper half. No samples are
//! drawn, so the same design always gives the same numbers.

mod branches;
mod grid;
mod leaves;
mod level;
mod means;
mod spectra;

use std::sync::Arc;

use crate::law::Law;
use crate::units::Millis;

use branches::Branches;
use leaves::Leaves;
use level::Level;
use means::{Memo, exact_mean, reach};
use spectra::Transforms;

/// The time until an answer, as an expression over independent steps.
///
/// Subexpressions are shared by [`Arc`]; one that occurs several times is
/// computed once, and each occurrence is an independent repetition.
#[derive(Clone, Debug, PartialEq)]
pub enum Response {
    /// No time at all.
    Zero,
    /// One step.
    Law(Law),
    /// One after another: times add.
    Sequence(Vec<Arc<Response>>),
    /// Side by side: the slowest counts.
    Parallel(Vec<Arc<Response>>),
    /// One of several, by weight; weights sum to at most 1, the rest takes no time.
    Choice(Vec<(f64, Arc<Response>)>),
    /// Tried again after failures, until success or the last attempt.
    Attempts {
        /// One attempt.
        inner: Arc<Response>,
        /// Probability that an attempt that finishes in time has failed [1].
        failure: f64,
        /// An attempt longer than this fails after exactly this long [ms].
        timeout: Option<Millis>,
        /// The pause before each retry [ms]; as many retries as pauses.
        backoff: Vec<Millis>,
    },
    /// Given up after a while: never longer than `at`.
    Truncated {
        /// What is waited for.
        inner: Arc<Response>,
        /// The longest wait [ms].
        at: Millis,
    },
}

impl Response {
    /// Mean time [ms]: exact where every part has a closed form, otherwise from
    /// the distribution.
    #[must_use]
    pub fn mean(self: &Arc<Self>) -> Millis {
        match exact_mean(self, &mut Memo::default()) {
            Some(mean) => Millis(mean),
            None => evaluate(self).mean(),
        }
    }
}

/// How attempts end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttemptOutcome {
    /// Probability that one of the attempts succeeds [1].
    pub success: f64,
    /// Mean number of attempts made [1].
    pub mean_attempts: f64,
}

/// The distribution of a response time.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    mean: f64,
    /// (ms, P(D ≤ ms)) in rising order, linear in between.
    knots: Vec<(f64, f64)>,
    outcome: Option<AttemptOutcome>,
}

impl Distribution {
    /// Mean [ms].
    #[must_use]
    pub fn mean(&self) -> Millis {
        Millis(self.mean)
    }

    /// The time that a share `p` of all stays within [ms].
    ///
    /// Within a thousandth or so at p50, p95, p99 and p99.9 and near them.
    #[must_use]
    pub fn quantile(&self, p: f64) -> Millis {
        let above = self.knots.partition_point(|(_, share)| *share < p);
        let right = self.knots.get(above).or(self.knots.last());
        let left = above.checked_sub(1).and_then(|index| self.knots.get(index));
        Millis(match (left, right) {
            (Some(&(x, low)), Some(&(y, high))) if high > low => {
                x + ((p - low) / (high - low)).clamp(0.0, 1.0) * (y - x)
            }
            (_, Some(&(x, _))) => x,
            _ => 0.0,
        })
    }

    /// P(D ≤ x).
    #[must_use]
    pub fn cdf(&self, x: Millis) -> f64 {
        let above = self.knots.partition_point(|(at, _)| *at <= x.0);
        let left = above.checked_sub(1).and_then(|index| self.knots.get(index));
        match (left, self.knots.get(above)) {
            (Some(&(start, low)), Some(&(end, high))) => {
                low + (high - low) * (x.0 - start) / (end - start)
            }
            (Some(&(_, share)), None) => share,
            (None, _) => 0.0,
        }
    }

    /// Median [ms].
    #[must_use]
    pub fn p50(&self) -> Millis {
        self.quantile(0.5)
    }

    /// 95th percentile [ms].
    #[must_use]
    pub fn p95(&self) -> Millis {
        self.quantile(0.95)
    }

    /// 99th percentile [ms].
    #[must_use]
    pub fn p99(&self) -> Millis {
        self.quantile(0.99)
    }

    /// `n` points (time, P(D ≤ time)) of the curve up to p99.9, for drawing.
    ///
    /// Evenly spaced in time, from the fastest answer on.
    #[must_use]
    pub fn points(&self, n: usize) -> Vec<(Millis, f64)> {
        let start = self.knots.first().map_or(0.0, |(x, _)| *x);
        let end = self.quantile(0.999).0;
        let gap = (end - start) / n.saturating_sub(1).max(1) as f64;
        let times = (0..n).map(|i| Millis(start + gap * i as f64));
        times.map(|time| (time, self.cdf(time))).collect()
    }

    /// How the attempts end, where the whole response consists of attempts.
    #[must_use]
    pub fn outcome(&self) -> Option<AttemptOutcome> {
        self.outcome
    }
}

/// The distribution of a response time on a grid of 1,024 cells.
///
/// Expects laws that validate; weights and probabilities are clamped.
#[must_use]
pub fn evaluate(response: &Arc<Response>) -> Distribution {
    Evaluator::new(1_024).evaluate(response)
}

/// The percentiles for which the grid is zoomed [1], and those for which a
/// coarse one is: it holds the 95th percentile in its upper half, too.
const TARGETS: [f64; 4] = [0.5, 0.95, 0.99, 0.999];
const COARSE_TARGETS: [f64; 2] = [0.5, 0.99];
/// Grids of fewer cells are coarse.
const FINE: usize = 512;

/// Room that a grid leaves above the quantile that it is zoomed for.
const MARGIN: f64 = 1.02;

/// Zooms until a grid fits; each one narrows the span at least to a hundredth or fits.
const MAX_ZOOMS: u32 = 40;

/// Evaluates many responses with one set of transforms, and keeps what it knows
/// of laws: the longer one lives, the faster it gets, at equal results.
pub struct Evaluator {
    transforms: Transforms,
    leaves: Leaves,
    branches: Branches,
}

impl Evaluator {
    /// An evaluator with grids of `cells`, at least 64.
    ///
    /// On trees of 20 leaves 256 cells stay within 0.5 % of the limit, 1,024
    /// within 0.2 %, at a quarter and all of the time.
    #[must_use]
    pub fn new(cells: usize) -> Self {
        Self {
            transforms: Transforms::new(cells.max(64)),
            leaves: Leaves::default(),
            branches: Branches::default(),
        }
    }

    /// The distribution of a response time.
    #[must_use]
    pub fn evaluate(&self, response: &Arc<Response>) -> Distribution {
        let wide = self.wide_level(response);
        let mut levels: Vec<Level> = Vec::new();
        for &p in self.targets() {
            if levels
                .last()
                .is_some_and(|level| level.quantile(p).is_some())
            {
                continue;
            }
            let guess = wide
                .quantile(p)
                .map_or(wide.span(), |q| MARGIN * (q - wide.offset()));
            levels.push(self.zoomed(response, p, guess.max(wide.span() / 256.0)));
        }
        levels.push(wide);
        let knots = merged(&levels);
        let mean = exact_mean(response, &mut Memo::default()).unwrap_or_else(|| integral(&knots));
        Distribution {
            mean,
            knots,
            outcome: self.outcome(response),
        }
    }

    fn targets(&self) -> &'static [f64] {
        if self.transforms.cells < FINE {
            &COARSE_TARGETS
        } else {
            &TARGETS
        }
    }

    /// A grid that holds all but a hundred-thousandth of the mass.
    fn wide_level(&self, response: &Arc<Response>) -> Level {
        let mut span = reach(response, &mut Memo::default());
        let mut level = self.level(response, span);
        for _ in 0..8 {
            if level.covered() > 1.0 - 1e-5 {
                break;
            }
            span = 2.0 * level.span();
            level = self.level(response, span);
        }
        level
    }

    /// The grid that has quantile `p` in its upper half or nearly so.
    fn zoomed(&self, response: &Arc<Response>, p: f64, mut span: f64) -> Level {
        let mut level = self.level(response, span);
        for _ in 0..MAX_ZOOMS {
            match level.quantile(p) {
                None => span = 1.5 * level.span(),
                Some(q) if level.resolves(q) || p <= level.atom() => break,
                Some(q) => span = (MARGIN * (q - level.offset())).max(span / 256.0),
            }
            level = self.level(response, span);
        }
        level
    }

    fn level(&self, response: &Arc<Response>, span: f64) -> Level {
        let span = if span.is_finite() && span > 0.0 {
            span
        } else {
            1.0
        };
        grid::level(
            &self.transforms,
            (&self.leaves, &self.branches),
            response,
            snapped(span),
        )
    }

    /// How a response that consists of attempts ends.
    fn outcome(&self, response: &Response) -> Option<AttemptOutcome> {
        let Response::Attempts {
            inner,
            failure,
            timeout,
            backoff,
        } = response
        else {
            return None;
        };
        let late = timeout.map_or(0.0, |timeout| self.share_above(inner, timeout.0));
        let failed = late + (1.0 - late) * grid::share(*failure);
        let retries = u32::try_from(backoff.len()).unwrap_or(u32::MAX);
        Some(AttemptOutcome {
            success: 1.0 - failed.powf(f64::from(retries) + 1.0),
            mean_attempts: super::queueing::expected_attempts(failed, retries),
        })
    }

    fn share_above(&self, response: &Arc<Response>, x: f64) -> f64 {
        match response.as_ref() {
            Response::Zero => 0.0,
            Response::Law(law) => law.curve().survival(x),
            _ => {
                let level = self.level(response, 1.4 * x);
                1.0 - level_cdf(&level, x)
            }
        }
    }
}

/// The next power of two: zooms and responses then ask for the same grids, on
/// which laws are known already.
fn snapped(span: f64) -> f64 {
    span.log2().ceil().exp2()
}

/// P(D ≤ x) on one grid.
fn level_cdf(level: &Level, x: f64) -> f64 {
    let knots = level.knots().collect();
    Distribution {
        mean: 0.0,
        knots,
        outcome: None,
    }
    .cdf(Millis(x))
}

/// One curve out of several grids, finest first: each adds what lies beyond the last.
fn merged(levels: &[Level]) -> Vec<(f64, f64)> {
    let mut knots: Vec<(f64, f64)> = Vec::new();
    for level in levels {
        for (x, share) in level.knots() {
            let (end, reached) = knots.last().copied().unwrap_or((f64::NEG_INFINITY, 0.0));
            // Two knots at one place are a jump: an atom at the start of the grid.
            let jump = x == end && knots.len() == 1;
            if x > end || jump {
                knots.push((x, share.clamp(reached, 1.0)));
            }
        }
    }
    knots
}

/// Mean from the distribution function: ∫ P(D > x) dx.
fn integral(knots: &[(f64, f64)]) -> f64 {
    let start = knots.first().map_or(0.0, |(x, _)| *x);
    let areas = knots.iter().zip(knots.iter().skip(1));
    start
        + areas
            .map(|(a, b)| (b.0 - a.0) * (1.0 - 0.5 * (a.1 + b.1)))
            .sum::<f64>()
}

#[cfg(test)]
mod tests;
