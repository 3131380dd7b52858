//! Distributions on a grid of equal cells.
//!
//! Every part is its smallest value (kept exactly, off the grid) and the mass of
//! each cell beyond. Mass that would fall behind the last cell is dropped: it
//! belongs to times longer than the grid, which is what it then stands for.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rustfft::num_complex::Complex64;

use super::Response;
use super::branches::{Branches, Prints};
use super::leaves::Leaves;
use super::level::Level;
use super::spectra::{Transforms, add_at, add_shifted, multiply};
use crate::law::Law;

/// A number as a probability; NaN is 0.
pub(super) fn share(p: f64) -> f64 {
    if p.is_nan() { 0.0 } else { p.clamp(0.0, 1.0) }
}

/// The positive weights of a choice, scaled down if they exceed 1 together.
pub(super) fn weights(
    parts: &[(f64, Arc<Response>)],
) -> impl Iterator<Item = (f64, &Arc<Response>)> {
    let total: f64 = parts.iter().map(|(weight, _)| share(*weight)).sum();
    let scale = total.max(1.0).recip();
    let weighted = parts
        .iter()
        .map(move |(weight, part)| (share(*weight) * scale, part));
    weighted.filter(|(weight, _)| *weight > 0.0)
}

/// A distribution: nothing below `offset`, cell j of `mass` at `offset` + j·step.
pub(super) struct Part {
    /// Smallest value [ms].
    offset: f64,
    /// Mass known to lie exactly at `offset` [1].
    atom: f64,
    /// Mass per cell [1]; empty for a constant.
    mass: Vec<f64>,
    /// Its spectrum, once it has been asked for.
    spectrum: OnceLock<Vec<Complex64>>,
}

impl Part {
    pub(super) fn new(offset: f64, atom: f64, mass: Vec<f64>) -> Self {
        Self {
            offset,
            atom,
            mass,
            spectrum: OnceLock::new(),
        }
    }

    pub(super) fn constant(offset: f64) -> Self {
        Self::new(offset, 1.0, Vec::new())
    }

    fn spectrum(&self, transforms: &Transforms) -> &[Complex64] {
        self.spectrum
            .get_or_init(|| transforms.spectrum(&self.mass))
    }

    fn is_constant(&self) -> bool {
        self.mass.is_empty()
    }
}

/// One evaluation of a response on one grid.
struct Pass<'a> {
    transforms: &'a Transforms,
    leaves: &'a Leaves,
    branches: &'a Branches,
    /// Width of a cell [ms].
    step: f64,
    memo: HashMap<*const Response, Arc<Part>>,
    prints: Prints,
}

/// One attempt of several, relative to its smallest value.
struct Attempt {
    offset: f64,
    atom: f64,
    /// Mass that finishes in time.
    within: Vec<f64>,
    /// Share that times out, and where [cells].
    late: f64,
    late_at: f64,
}

/// The distribution of `response` on cells that span `span` ms from its smallest value.
pub(super) fn level(
    transforms: &Transforms,
    (leaves, branches): (&Leaves, &Branches),
    response: &Arc<Response>,
    span: f64,
) -> Level {
    let step = span / transforms.cells as f64;
    let mut pass = Pass {
        transforms,
        leaves,
        branches,
        step,
        memo: HashMap::new(),
        prints: Prints::default(),
    };
    let part = pass.part(response);
    let mut cdf = vec![1.0; transforms.cells];
    if !part.is_constant() {
        let mut sum = 0.0;
        for (slot, mass) in cdf.iter_mut().zip(&part.mass) {
            sum += mass;
            *slot = f64::min(sum, 1.0);
        }
    }
    Level {
        offset: part.offset,
        atom: part.atom,
        step,
        cdf,
    }
}

impl Pass<'_> {
    fn part(&mut self, response: &Arc<Response>) -> Arc<Part> {
        if let Some(known) = self.memo.get(&Arc::as_ptr(response)) {
            return Arc::clone(known);
        }
        let is_leaf = matches!(response.as_ref(), Response::Law(_) | Response::Zero);
        let print = if is_leaf { 0 } else { self.prints.of(response) };
        if !is_leaf && let Some(known) = self.branches.get(print, self.step) {
            self.memo.insert(Arc::as_ptr(response), Arc::clone(&known));
            return known;
        }
        let part = match response.as_ref() {
            Response::Law(law) => self.leaf(law, f64::INFINITY),
            Response::Truncated { inner, at } => self.truncated(inner, at.0.max(0.0)),
            Response::Zero => Arc::new(Part::constant(0.0)),
            Response::Sequence(parts) => Arc::new(self.sequence(parts)),
            Response::Parallel(parts) => Arc::new(self.parallel(parts)),
            Response::Choice(parts) => self.choice(parts),
            Response::Attempts {
                inner,
                failure,
                timeout,
                backoff,
            } => {
                let timeout = timeout.map_or(f64::INFINITY, |timeout| timeout.0.max(0.0));
                let attempt = self.attempt(inner, timeout);
                let pauses = backoff.iter().map(|pause| pause.0.max(0.0));
                Arc::new(self.attempts(attempt, share(*failure), pauses))
            }
        };
        if !is_leaf {
            self.branches.keep(self.transforms, print, self.step, &part);
        }
        self.memo.insert(Arc::as_ptr(response), Arc::clone(&part));
        part
    }

    fn empty(&self) -> Vec<f64> {
        vec![0.0; self.transforms.cells]
    }

    /// min(D, limit) of a law.
    fn leaf(&self, law: &Law, limit: f64) -> Arc<Part> {
        self.leaves.leaf(self.transforms, law, limit, self.step)
    }

    fn sequence(&mut self, parts: &[Arc<Response>]) -> Part {
        let mut sum = Part::constant(0.0);
        let mut spread: Vec<Arc<Part>> = Vec::new();
        for part in parts {
            let part = self.part(part);
            sum.offset += part.offset;
            sum.atom *= part.atom;
            if !part.is_constant() {
                spread.push(part);
            }
        }
        match spread.as_slice() {
            [] => {}
            [only] => sum.mass.clone_from(&only.mass),
            [first, others @ ..] => {
                let mut product = first.spectrum(self.transforms).to_vec();
                for other in others {
                    multiply(&mut product, other.spectrum(self.transforms));
                }
                sum.mass = self.transforms.mass(product);
            }
        }
        sum
    }

    fn parallel(&mut self, parts: &[Arc<Response>]) -> Part {
        let parts: Vec<_> = parts.iter().map(|part| self.part(part)).collect();
        if parts.iter().all(|part| part.is_constant()) {
            return Part::constant(parts.iter().map(|part| part.offset).fold(0.0, f64::max));
        }
        let offset = parts
            .iter()
            .map(|part| part.offset)
            .fold(f64::INFINITY, f64::min);
        let mut cdf = vec![1.0; self.transforms.cells];
        let mut atom = 1.0;
        for part in &parts {
            atom *= if part.offset <= offset {
                part.atom
            } else {
                0.0
            };
            let mut mass = self.empty();
            self.add_part(&mut mass, part, offset, 1.0);
            let mut sum = 0.0;
            for (product, mass) in cdf.iter_mut().zip(mass) {
                sum += mass;
                *product *= f64::min(sum, 1.0);
            }
        }
        let mut below = 0.0;
        let mass = cdf
            .iter()
            .map(|share| f64::max(share - std::mem::replace(&mut below, *share), 0.0));
        Part::new(offset, atom, mass.collect())
    }

    fn choice(&mut self, parts: &[(f64, Arc<Response>)]) -> Arc<Part> {
        let mut parts: Vec<_> = weights(parts)
            .map(|(weight, part)| (weight, self.part(part)))
            .collect();
        let rest = 1.0 - parts.iter().map(|(weight, _)| weight).sum::<f64>();
        if rest > 1e-12 {
            parts.push((rest, Arc::new(Part::constant(0.0))));
        }
        if let [(_, only)] = parts.as_slice() {
            return Arc::clone(only);
        }
        let offset = parts
            .iter()
            .map(|(_, part)| part.offset)
            .fold(f64::INFINITY, f64::min);
        let mut mixed = Part::new(offset, 0.0, self.empty());
        for (weight, part) in &parts {
            mixed.atom += if part.offset <= offset {
                weight * part.atom
            } else {
                0.0
            };
            self.add_part(&mut mixed.mass, part, offset, *weight);
        }
        Arc::new(mixed)
    }

    /// Adds a part to masses that start at `offset`, which is not above its own.
    fn add_part(&self, target: &mut [f64], part: &Part, offset: f64, weight: f64) {
        let shift = (part.offset - offset) / self.step;
        let mass = if part.is_constant() {
            &[1.0]
        } else {
            part.mass.as_slice()
        };
        add_shifted(target, mass, shift, weight);
    }

    fn truncated(&mut self, inner: &Arc<Response>, limit: f64) -> Arc<Part> {
        if let Response::Law(law) = inner.as_ref() {
            return self.leaf(law, limit);
        }
        let part = self.part(inner);
        let position = (limit - part.offset) / self.step;
        if part.is_constant() || position <= 0.0 {
            return Arc::new(Part::constant(part.offset.min(limit)));
        }
        if position >= self.transforms.cells as f64 {
            return part;
        }
        let (mut capped, mut kept) = (part.mass.clone(), 0.0);
        for (cell, mass) in capped.iter_mut().enumerate() {
            if cell as f64 > position {
                *mass = 0.0;
            }
            kept += *mass;
        }
        add_at(&mut capped, position, (1.0 - kept).max(0.0));
        Arc::new(Part::new(part.offset, part.atom, capped))
    }

    /// One attempt, split into what finishes in time and what does not.
    fn attempt(&mut self, inner: &Arc<Response>, timeout: f64) -> Attempt {
        if let Response::Law(law) = inner.as_ref() {
            return self.law_attempt(law, timeout);
        }
        let part = self.part(inner);
        let (offset, late_at) = (part.offset, (timeout - part.offset) / self.step);
        if late_at < 0.0 {
            return Attempt {
                offset: timeout,
                atom: 0.0,
                within: Vec::new(),
                late: 1.0,
                late_at: 0.0,
            };
        }
        if part.is_constant() {
            return Attempt {
                offset,
                atom: 1.0,
                within: vec![1.0],
                late: 0.0,
                late_at: 0.0,
            };
        }
        let mut within = part.mass.clone();
        if late_at >= self.transforms.cells as f64 {
            return Attempt {
                offset,
                atom: part.atom,
                within,
                late: 0.0,
                late_at,
            };
        }
        let mut kept = 0.0;
        for (cell, mass) in within.iter_mut().enumerate() {
            // A cell's mass stands for the values within half a cell of it.
            *mass *= (late_at + 0.5 - cell as f64).clamp(0.0, 1.0);
            kept += *mass;
        }
        Attempt {
            offset,
            atom: part.atom,
            within,
            late: (1.0 - kept).max(0.0),
            late_at,
        }
    }

    /// The same for a law, whose share beyond the timeout is known exactly.
    fn law_attempt(&self, law: &Law, timeout: f64) -> Attempt {
        let curve = law.curve();
        let late = if timeout.is_finite() {
            curve.survival(timeout)
        } else {
            0.0
        };
        let late_at = timeout / self.step;
        if let Some(offset) = curve.constant() {
            let within = if late > 0.0 { Vec::new() } else { vec![1.0] };
            let (offset, atom) = (offset.min(timeout), 1.0 - late);
            return Attempt {
                offset,
                atom,
                within,
                late,
                late_at: 0.0,
            };
        }
        let mut within = if timeout > 0.0 {
            self.leaf(law, timeout).mass.clone()
        } else {
            Vec::new()
        };
        add_at(&mut within, late_at, -late);
        for mass in &mut within {
            *mass = mass.max(0.0);
        }
        Attempt {
            offset: 0.0,
            atom: share(curve.cdf(0.0)),
            within,
            late,
            late_at,
        }
    }

    /// Σⱼ (failed j times, then succeeded), and the last attempt however it ends.
    fn attempts(
        &self,
        attempt: Attempt,
        failure: f64,
        pauses: impl ExactSizeIterator<Item = f64>,
    ) -> Part {
        let Attempt {
            offset,
            atom,
            mut within,
            late,
            late_at,
        } = attempt;
        within.resize(self.transforms.cells, 0.0);
        let mut failed: Vec<f64> = within.iter().map(|mass| mass * failure).collect();
        add_at(&mut failed, late_at, late);
        let retries = pauses.len();
        let done = |last: bool| -> Vec<f64> {
            let over = within.iter().zip(&failed);
            // Whatever finishes in time succeeds, except for `failure` of it.
            over.map(|(all, bad)| {
                if last {
                    all * (1.0 - failure) + bad
                } else {
                    all * (1.0 - failure)
                }
            })
            .collect()
        };
        let mut total = done(retries == 0);
        if retries == 0 {
            let atom = if late >= 1.0 { 1.0 } else { atom };
            return Part::new(offset, atom, total);
        }
        let failing = self.transforms.spectrum(&failed);
        let (succeeding, ending) = (
            self.transforms.spectrum(&done(false)),
            self.transforms.spectrum(&done(true)),
        );
        let mut power = failing.clone();
        let mut start = 0.0;
        for (retry, pause) in pauses.enumerate() {
            start += offset + pause;
            let mut spectrum = power.clone();
            let last = retry + 1 == retries;
            multiply(&mut spectrum, if last { &ending } else { &succeeding });
            add_shifted(
                &mut total,
                &self.transforms.mass(spectrum),
                start / self.step,
                1.0,
            );
            multiply(&mut power, &failing);
        }
        Part::new(offset, atom * (1.0 - failure), total)
    }
}
