//! Laws on grids, each discretised once and kept for the next response that
//! asks for the same law on the same grid: in a design most nodes share a few
//! laws, and all triggers share nodes.
//!
//! The mass between two points is shared between them in inverse proportion to
//! the distance, which keeps means exact.
//!
//! Source: Gerber 1982 for mean-preserving discretisation.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::grid::{Part, share};
use super::spectra::Transforms;
use crate::law::{Curve, Excess, Law};

/// Cells of all grids that are kept; about 24 bytes each.
const KEPT_CELLS: usize = 1 << 20;

/// Discretised laws.
#[derive(Default)]
pub(super) struct Leaves {
    known: RefCell<HashMap<Key, Arc<Part>>>,
}

/// A law cut off at a limit, on a grid.
#[derive(PartialEq)]
struct Key {
    law: Law,
    limit: f64,
    step: f64,
}

/// Equal only to itself unless it holds NaN, which is then computed anew.
impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut add = |value: f64| value.to_bits().hash(state);
        add(self.limit);
        add(self.step);
        match &self.law {
            Law::Fixed(value) | Law::Exponential { mean: value } => add(value.0),
            Law::Lognormal { p50, p99 } => {
                add(p50.0);
                add(p99.0);
            }
            Law::Quantiles(points) => {
                for (p, value) in points {
                    add(*p);
                    add(value.0);
                }
            }
        }
    }
}

impl Leaves {
    /// min(D, limit) of a law on cells of `step` ms.
    pub(super) fn leaf(
        &self,
        transforms: &Transforms,
        law: &Law,
        limit: f64,
        step: f64,
    ) -> Arc<Part> {
        let key = Key {
            law: law.clone(),
            limit,
            step,
        };
        if let Some(known) = self.known.borrow().get(&key) {
            return Arc::clone(known);
        }
        let part = Arc::new(discretised(transforms, &law.curve(), limit, step));
        let mut known = self.known.borrow_mut();
        if known.len() * transforms.cells >= KEPT_CELLS {
            known.clear();
        }
        known.insert(key, Arc::clone(&part));
        part
    }
}

fn discretised(transforms: &Transforms, curve: &Curve, limit: f64, step: f64) -> Part {
    match curve.constant() {
        Some(value) => Part::constant(value.min(limit)),
        None if limit <= 0.0 => Part::constant(0.0),
        None => Part::new(
            0.0,
            share(curve.cdf(0.0)),
            masses(transforms, curve, limit, step),
        ),
    }
}

/// Cell masses as second differences of E\[(min(D, limit) − x)⁺\].
fn masses(transforms: &Transforms, curve: &Curve, limit: f64, step: f64) -> Vec<f64> {
    let beyond = if limit.is_finite() {
        curve.excess(limit)
    } else {
        0.0
    };
    let mean = curve.mean() - beyond;
    let (certain, ln_step) = (curve.quantile(1e-17).min(limit), step.ln());
    let prepared = Excess::new(curve);
    let mut last = f64::INFINITY;
    let mut excess = |cell: usize| {
        let x = cell as f64 * step;
        if x <= certain {
            last = mean - x;
        } else if x >= limit || last < 1e-13 * mean {
            last = 0.0;
        } else {
            let ln_cell = transforms.logarithms.get(cell).copied();
            let ln_x = ln_cell.map_or_else(|| x.ln(), |ln_cell| ln_cell + ln_step);
            last = (prepared.at(x, ln_x) - beyond).max(0.0);
        }
        last
    };
    let (mut before, mut here) = (mean + step, excess(0));
    let cells = (0..transforms.cells).map(|cell| {
        let after = excess(cell + 1);
        let mass = ((before - here) - (here - after)).max(0.0) / step;
        (before, here) = (here, after);
        mass
    });
    cells.collect()
}
