//! Parts of responses on grids, kept for the next response that holds the same
//! part: the triggers of a design share what lies behind them, and after an
//! edit only the way from the changed node to its callers is new.
//!
//! Parts are told apart by a 128-bit print of all that they are made of.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::Response;
use super::grid::Part;
use super::spectra::Transforms;
use crate::law::Law;

/// Cells of all grids that are kept; about 40 bytes each, spectra included.
const KEPT_CELLS: usize = 1 << 19;

/// Parts on grids.
#[derive(Default)]
pub(super) struct Branches {
    known: RefCell<HashMap<(u128, u64), Arc<Part>>>,
}

impl Branches {
    /// A part on cells of `step` ms, if it is known.
    pub(super) fn get(&self, print: u128, step: f64) -> Option<Arc<Part>> {
        self.known.borrow().get(&(print, step.to_bits())).cloned()
    }

    /// Keeps a part.
    pub(super) fn keep(&self, transforms: &Transforms, print: u128, step: f64, part: &Arc<Part>) {
        let mut known = self.known.borrow_mut();
        if known.len() * transforms.cells >= KEPT_CELLS {
            known.clear();
        }
        known.insert((print, step.to_bits()), Arc::clone(part));
    }
}

/// Prints of responses, each found once.
#[derive(Default)]
pub(super) struct Prints(HashMap<*const Response, u128>);

impl Prints {
    /// The print of a response.
    pub(super) fn of(&mut self, response: &Arc<Response>) -> u128 {
        if let Some(known) = self.0.get(&Arc::as_ptr(response)) {
            return *known;
        }
        let mut print = Print::default();
        match response.as_ref() {
            Response::Zero => print.add(0),
            Response::Law(law) => print.law(law),
            Response::Sequence(parts) => {
                print.add(2);
                for part in parts {
                    print.part(self.of(part));
                }
            }
            Response::Parallel(parts) => {
                print.add(3);
                for part in parts {
                    print.part(self.of(part));
                }
            }
            Response::Choice(options) => {
                print.add(4);
                for (weight, option) in options {
                    print.number(*weight);
                    print.part(self.of(option));
                }
            }
            Response::Attempts {
                inner,
                failure,
                timeout,
                backoff,
            } => {
                print.add(5);
                print.part(self.of(inner));
                print.number(*failure);
                print.number(timeout.map_or(-1.0, |timeout| timeout.0));
                for pause in backoff {
                    print.number(pause.0);
                }
            }
            Response::Truncated { inner, at } => {
                print.add(6);
                print.part(self.of(inner));
                print.number(at.0);
            }
        }
        let print = print.finish();
        self.0.insert(Arc::as_ptr(response), print);
        print
    }
}

/// Two mixers side by side.
#[derive(Default)]
struct Print(u64, u64);

impl Print {
    fn add(&mut self, word: u64) {
        self.0 = mixed(self.0 ^ word);
        self.1 = mixed(self.1.rotate_left(23) ^ word.wrapping_mul(0xD6E8_FEB8_6659_FD93));
    }

    fn number(&mut self, value: f64) {
        self.add(value.to_bits());
    }

    fn part(&mut self, print: u128) {
        self.add((print >> 64) as u64);
        self.add(print as u64);
    }

    fn law(&mut self, law: &Law) {
        match law {
            Law::Fixed(value) => {
                self.add(11);
                self.number(value.0);
            }
            Law::Exponential { mean } => {
                self.add(12);
                self.number(mean.0);
            }
            Law::Lognormal { p50, p99 } => {
                self.add(13);
                self.number(p50.0);
                self.number(p99.0);
            }
            Law::Quantiles(points) => {
                self.add(14);
                for (p, value) in points {
                    self.number(*p);
                    self.number(value.0);
                }
            }
        }
    }

    fn finish(self) -> u128 {
        (u128::from(self.0) << 64) | u128::from(self.1)
    }
}

/// The finaliser of splitmix64.
///
/// Source: Steele, Lea, Flood, *Fast splittable pseudorandom number
/// generators*, OOPSLA 2014.
fn mixed(word: u64) -> u64 {
    let mut z = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
