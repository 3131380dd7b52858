//! How sure an estimate is: ranges in, bands and a tornado out.
//!
//! Every range is a belief about one parameter or catalog figure ([`belief`]).
//! All are drawn together by a Latin hypercube for the bands of cost and p99,
//! and turned one by one for the tornado: what moves the answer most is what
//! to measure next. The same seed gives the same numbers, whatever the number
//! of threads.

mod assumed;
mod belief;

use std::collections::BTreeMap;
use std::thread;

use serde::Serialize;

use crate::catalog::Catalog;
use crate::design::generate::Random;
use crate::design::{Design, ParamPath, Range};
use crate::report::{self, Options, Report};

pub use assumed::default_ranges;
pub use belief::{Belief, Refused, Spread};

/// Draws where nobody says otherwise.
pub const SAMPLES: usize = 200;

/// What to draw.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The ranges: the design's own, or [`default_ranges`].
    pub ranges: &'a BTreeMap<ParamPath, Range>,
    /// Whether they are assumptions of ours rather than somebody's belief.
    pub assumed: bool,
    /// Draws; [`SAMPLES`].
    pub samples: usize,
    /// Equal seeds give equal numbers.
    pub seed: u64,
    /// Threads to work on; the numbers do not depend on it.
    pub threads: usize,
}

/// How sure an estimate is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Uncertainty {
    /// Whether the ranges are assumptions of ours.
    pub assumed: bool,
    /// Draws of the Latin hypercube.
    pub samples: usize,
    /// The seed.
    pub seed: u64,
    /// Monthly cost [USD].
    pub usd: Band,
    /// 99th percentile of the slowest trigger [ms].
    pub p99: Band,
    /// What each range alone does, widest first: measure the first next.
    pub tornado: Vec<Swing>,
    /// Ranges that could not be used.
    pub refused: Vec<Refused>,
}

/// Quantiles of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Band {
    /// With everything as it is set.
    pub base: f64,
    /// 10 % of the draws lie below.
    pub p10: f64,
    /// Half of them.
    pub p50: f64,
    /// 90 % of them.
    pub p90: f64,
}

/// What one range alone does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Swing {
    /// The parameter or catalog figure.
    #[serde(flatten)]
    pub belief: Belief,
    /// Change of the monthly cost at its low and its high end [USD].
    pub usd: [f64; 2],
    /// Change of the p99 at its low and its high end [ms].
    pub p99: [f64; 2],
    /// The wider of both swings, as a share of the base value.
    pub swing: f64,
}

/// Cost and p99 of one draw.
type Answer = (f64, f64);

/// Draws all ranges; none if it was told to stop.
pub fn uncertainty(
    design: &Design,
    catalog: &Catalog,
    options: &Options,
    request: &Request<'_>,
    stopped: &(dyn Fn() -> bool + Sync),
) -> Option<Uncertainty> {
    // A lock keeps people from editing, not estimates from asking "what if".
    let mut free = design.clone();
    for node in free.nodes.values_mut() {
        node.locked = false;
    }
    let options = Options {
        trace: false,
        ..options.clone()
    };
    let (beliefs, refused) = belief::beliefs(&free, catalog, request);
    let ask = |values: &[(usize, f64)]| answer(&free, catalog, &options, &beliefs, values);
    let base = ask(&[])?;
    let mut cases: Vec<Vec<(usize, f64)>> = Vec::new();
    for (index, belief) in beliefs.iter().enumerate() {
        cases.push(vec![(index, belief.low)]);
        cases.push(vec![(index, belief.high)]);
    }
    let ends = cases.len();
    if !beliefs.is_empty() {
        cases.extend(hypercube(&beliefs, request));
    }
    let answers = in_order(&cases, request.threads, &|case| {
        if stopped() { None } else { ask(case) }
    })?;
    let (ends, draws) = answers.split_at(ends);
    let mut tornado: Vec<Swing> = beliefs
        .iter()
        .zip(ends.chunks(2))
        .filter_map(|(belief, ends)| Some(swing(belief, base, *ends.first()?, *ends.last()?)))
        .collect();
    tornado.sort_by(|a, b| {
        let order = b.swing.total_cmp(&a.swing);
        order.then_with(|| a.belief.path.cmp(&b.belief.path))
    });
    Some(Uncertainty {
        assumed: request.assumed,
        samples: draws.len(),
        seed: request.seed,
        usd: band(base.0, draws.iter().map(|draw| draw.0).collect()),
        p99: band(base.1, draws.iter().map(|draw| draw.1).collect()),
        tornado,
        refused,
    })
}

/// Analyses the design with some beliefs at some values. A draw that does not
/// fit, such as a variable that leads an expression out of its range, is taken
/// at the nearer end of its range, which does.
fn answer(
    design: &Design,
    catalog: &Catalog,
    options: &Options,
    beliefs: &[Belief],
    values: &[(usize, f64)],
) -> Option<Answer> {
    let mut drawn = design.clone();
    for (index, value) in values {
        let belief = beliefs.get(*index)?;
        let nearer = if *value > belief.base {
            belief.high
        } else {
            belief.low
        };
        for value in [*value, nearer] {
            let mut next = drawn.clone();
            if belief.command(design, value)?.apply(&mut next).is_ok() {
                drawn = next;
                break;
            }
        }
    }
    let report = report::build(&drawn, catalog, options);
    Some((report.cost.total.value, slowest(&report)))
}

fn slowest(report: &Report) -> f64 {
    let p99 = report.triggers.iter().map(|trigger| trigger.p99.value);
    p99.fold(0.0, f64::max)
}

fn swing(belief: &Belief, base: Answer, low: Answer, high: Answer) -> Swing {
    let usd = [low.0 - base.0, high.0 - base.0];
    let p99 = [low.1 - base.1, high.1 - base.1];
    let share = |ends: [f64; 2], base: f64| {
        let [low, high] = ends;
        let span = low.max(high).max(0.0) - low.min(high).min(0.0);
        if base > 0.0 { span / base } else { 0.0 }
    };
    Swing {
        belief: belief.clone(),
        usd,
        p99,
        swing: share(usd, base.0).max(share(p99, base.1)),
    }
}

/// A Latin hypercube: each belief is drawn once from each of its N equally
/// likely strata, in an order of its own.
///
/// Source: McKay, Beckman, Conover, *A comparison of three methods for
/// selecting values of input variables*, Technometrics 21 (1979).
fn hypercube(beliefs: &[Belief], request: &Request<'_>) -> Vec<Vec<(usize, f64)>> {
    let samples = request.samples.max(1);
    let mut random = Random::new(request.seed);
    let mut draws = vec![Vec::with_capacity(beliefs.len()); samples];
    for (index, belief) in beliefs.iter().enumerate() {
        let mut strata: Vec<usize> = (0..samples).collect();
        for last in (1..samples).rev() {
            strata.swap(last, random.below(last + 1));
        }
        for (draw, stratum) in draws.iter_mut().zip(strata) {
            #[expect(clippy::cast_precision_loss, reason = "53 bits are kept")]
            let within = (random.next() >> 11) as f64 / (1_u64 << 53) as f64;
            #[expect(clippy::cast_precision_loss, reason = "a few hundred strata")]
            let probability = (stratum as f64 + within) / samples as f64;
            draw.push((index, belief.quantile(probability)));
        }
    }
    draws
}

/// Answers to all cases in their order, on several threads; none if any is
/// missing.
fn in_order<C: Sync, A: Send>(
    cases: &[C],
    threads: usize,
    ask: &(dyn Fn(&C) -> Option<A> + Sync),
) -> Option<Vec<A>> {
    let part = cases.len().div_ceil(threads.max(1)).max(1);
    let parts: Option<Vec<Vec<A>>> = thread::scope(|scope| {
        let handles: Vec<_> = cases
            .chunks(part)
            .map(|chunk| scope.spawn(move || chunk.iter().map(ask).collect::<Option<Vec<A>>>()))
            .collect();
        let parts = handles.into_iter().map(|handle| handle.join().ok()?);
        parts.collect()
    });
    Some(parts?.into_iter().flatten().collect())
}

/// Quantiles by linear interpolation between the sorted draws.
fn band(base: f64, mut draws: Vec<f64>) -> Band {
    draws.sort_by(f64::total_cmp);
    let quantile = |p: f64| {
        let Some(last) = draws.len().checked_sub(1) else {
            return base;
        };
        #[expect(clippy::cast_precision_loss, reason = "a few hundred draws")]
        let place = p * last as f64;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and the last draw"
        )]
        let below = place as usize;
        let (low, high) = (draws[below], draws[(below + 1).min(last)]);
        low + (high - low) * place.fract()
    };
    Band {
        base,
        p10: quantile(0.1),
        p50: quantile(0.5),
        p90: quantile(0.9),
    }
}

#[cfg(test)]
mod tests;
