//! The mean excess of a law at many points, for grids.
//!
//! Of a law's pieces at most one lies across a point; the others count wholly
//! or not at all, so what they add is a straight line.

use super::curve::{Curve, Piece, Shape};
use super::normal;

/// E[max(0, X − x)] of a law, prepared for thousands of calls.
pub(crate) struct Excess {
    pieces: Vec<Prepared>,
}

struct Prepared {
    /// The range of values [ms].
    start: f64,
    end: f64,
    /// Probability and mean part of the whole piece [1], [ms].
    weight: f64,
    mean: f64,
    shape: Inner,
}

enum Inner {
    Atom,
    Exponential(f64),
    Lognormal {
        location: f64,
        sigma: f64,
        high: f64,
        scale: f64,
    },
    Uniform,
}

impl Excess {
    pub(crate) fn new(curve: &Curve) -> Self {
        let pieces = curve.pieces().iter().map(Prepared::new);
        Self {
            pieces: pieces.collect(),
        }
    }

    /// E\[max(0, X − x)\] [ms], within 1e-9 of the mean; `ln_x` is ln x.
    pub(crate) fn at(&self, x: f64, ln_x: f64) -> f64 {
        let parts = self.pieces.iter().map(|piece| piece.at(x, ln_x));
        parts.sum::<f64>().max(0.0)
    }
}

impl Prepared {
    fn new(piece: &Piece) -> Self {
        let whole = |order| piece.moment(f64::NEG_INFINITY, f64::INFINITY, order);
        let (start, end, shape) = match piece.shape {
            Shape::Atom(value) => (value, value, Inner::Atom),
            Shape::Exponential(mean) => (0.0, f64::INFINITY, Inner::Exponential(mean)),
            Shape::Lognormal {
                location,
                sigma,
                low,
                high,
            } => {
                let value = |z: f64| (location + sigma * z).exp();
                let scale = (location + 0.5 * sigma * sigma).exp();
                let inner = Inner::Lognormal {
                    location,
                    sigma,
                    high,
                    scale,
                };
                (value(low), value(high), inner)
            }
            Shape::Uniform { low, high } => (low, high, Inner::Uniform),
        };
        Self {
            start,
            end,
            weight: whole(0),
            mean: whole(1),
            shape,
        }
    }

    fn at(&self, x: f64, ln_x: f64) -> f64 {
        if x <= self.start {
            return self.mean - x * self.weight;
        }
        if x >= self.end {
            return 0.0;
        }
        match self.shape {
            Inner::Atom => 0.0,
            Inner::Exponential(mean) => mean * (-x / mean).exp(),
            Inner::Lognormal {
                location,
                sigma,
                high,
                scale,
            } => {
                let z = (ln_x - location) / sigma;
                scale * between(z - sigma, high - sigma) - x * between(z, high)
            }
            Inner::Uniform => {
                let left = self.end - x;
                0.5 * self.weight * left * left / (self.end - self.start)
            }
        }
    }
}

/// P(low < Z ≤ high), within 1e-9.
fn between(low: f64, high: f64) -> f64 {
    if high == f64::INFINITY {
        normal::near(-low)
    } else {
        normal::near(high) - normal::near(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Law;
    use crate::units::Millis;

    #[test]
    fn the_prepared_excess_is_the_exact_one() {
        let quantiles = |points: &[(f64, f64)]| {
            Law::Quantiles(points.iter().map(|(p, x)| (*p, Millis(*x))).collect())
        };
        let laws = [
            Law::Fixed(Millis(4.0)),
            Law::Exponential { mean: Millis(3.0) },
            Law::Lognormal {
                p50: Millis(2.0),
                p99: Millis(90.0),
            },
            quantiles(&[(0.5, 80.0), (0.95, 160.0), (0.99, 300.0)]),
            quantiles(&[(0.1, 0.0), (0.5, 10.0), (0.9, 10.0), (0.99, 40.0)]),
        ];
        for law in laws {
            let curve = law.curve();
            let (excess, mean) = (Excess::new(&curve), curve.mean());
            for step in 0..2_000 {
                let x = 0.37 * f64::from(step);
                let (found, exact) = (excess.at(x, x.ln()), curve.excess(x));
                assert!(
                    (found - exact).abs() <= 1e-9 * (mean + x),
                    "{law:?} at {x}: {found}, not {exact}"
                );
            }
        }
    }
}
