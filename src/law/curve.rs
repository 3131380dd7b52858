//! A law prepared for fast evaluation: a list of pieces over probability.
//!
//! Every law is a sequence of pieces, each covering a range of probability with
//! a shape whose partial moments are known in closed form. Means, distribution
//! functions, rounding and discretisation are sums over pieces.

use super::normal;

/// 99 % quantile of the standard normal law.
const Z99: f64 = 2.326_347_874_040_841;

/// The steepest lognormal piece [1]; beyond it a straight line is used, since exp(σ²/2) would overflow.
const MAX_SIGMA: f64 = 30.0;

/// The steepest upper tail beyond the last given quantile [1]; p99.9 / p99 is at most 10.
const MAX_TAIL_SIGMA: f64 = 3.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    /// One value.
    Atom(f64),
    /// Exponential with this mean, over the whole range of probability.
    Exponential(f64),
    /// ln x = `location` + `sigma`·z for z between `low` and `high`.
    Lognormal {
        location: f64,
        sigma: f64,
        low: f64,
        high: f64,
    },
    /// Uniform between two values.
    Uniform { low: f64, high: f64 },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece {
    from: f64,
    to: f64,
    pub(super) shape: Shape,
}

/// A law as pieces in order of probability, ready for evaluation [ms].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Curve {
    pieces: Vec<Piece>,
}

impl Curve {
    pub(crate) fn atom(value: f64) -> Self {
        Self::whole(Shape::Atom(value))
    }

    pub(crate) fn exponential(mean: f64) -> Self {
        if mean > 0.0 {
            Self::whole(Shape::Exponential(mean))
        } else {
            Self::atom(0.0)
        }
    }

    pub(crate) fn lognormal(p50: f64, p99: f64) -> Self {
        let sigma = (p99 / p50).ln() / Z99;
        if sigma > 0.0 && sigma.is_finite() {
            let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
            Self::whole(Shape::Lognormal {
                location: p50.ln(),
                sigma,
                low,
                high,
            })
        } else {
            Self::atom(p50)
        }
    }

    /// Pieces of lognormals through the given quantiles, with fitted tails.
    pub(crate) fn through(points: &[(f64, f64)]) -> Self {
        let (Some(&first), Some(&last)) = (points.first(), points.last()) else {
            return Self::atom(0.0);
        };
        let mut inner = points.windows(2).filter_map(|pair| match *pair {
            [a, b] => Some((a, b)),
            _ => None,
        });
        let mut pieces = vec![lower_tail(first, inner.clone().next())];
        pieces.extend(inner.clone().map(|(a, b)| between(a, b)));
        pieces.push(upper_tail(last, inner.next_back()));
        Self { pieces }
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    fn whole(shape: Shape) -> Self {
        Self {
            pieces: vec![Piece {
                from: 0.0,
                to: 1.0,
                shape,
            }],
        }
    }

    /// The single value of a law without spread [ms].
    pub(crate) fn constant(&self) -> Option<f64> {
        match self.pieces.as_slice() {
            [
                Piece {
                    shape: Shape::Atom(value),
                    ..
                },
            ] => Some(*value),
            _ => None,
        }
    }

    /// The value at probability `p` [ms]; unbounded laws are infinite at 1.
    pub(crate) fn quantile(&self, p: f64) -> f64 {
        let piece = self
            .pieces
            .iter()
            .find(|piece| p <= piece.to)
            .or(self.pieces.last());
        piece.map_or(0.0, |piece| piece.quantile(p))
    }

    /// E[Xⁿ; low < X ≤ high] [msⁿ].
    pub(crate) fn moment(&self, low: f64, high: f64, order: u8) -> f64 {
        self.pieces
            .iter()
            .map(|piece| piece.moment(low, high, order))
            .sum()
    }

    /// P(X ≤ x).
    pub(crate) fn cdf(&self, x: f64) -> f64 {
        self.moment(f64::NEG_INFINITY, x, 0).clamp(0.0, 1.0)
    }

    /// P(X > x), accurate where it is tiny.
    pub(crate) fn survival(&self, x: f64) -> f64 {
        self.moment(x, f64::INFINITY, 0).clamp(0.0, 1.0)
    }

    /// E[max(0, X − x)] [ms].
    pub(crate) fn excess(&self, x: f64) -> f64 {
        self.pieces
            .iter()
            .map(|piece| piece.excess(x))
            .sum::<f64>()
            .max(0.0)
    }

    pub(crate) fn mean(&self) -> f64 {
        self.moment(f64::NEG_INFINITY, f64::INFINITY, 1)
    }
}

impl Piece {
    fn quantile(&self, p: f64) -> f64 {
        match self.shape {
            Shape::Atom(value) => value,
            Shape::Exponential(mean) => -mean * (-p.clamp(0.0, 1.0)).ln_1p(),
            Shape::Lognormal {
                location,
                sigma,
                low,
                high,
            } => (location + sigma * normal::inverse_cdf(p).clamp(low, high)).exp(),
            Shape::Uniform { low, high } => {
                let share = ((p - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
                low + share * (high - low)
            }
        }
    }

    /// E\[max(0, X − x)\] over this piece [ms].
    fn excess(&self, x: f64) -> f64 {
        match self.shape {
            Shape::Lognormal {
                location,
                sigma,
                low,
                high,
            } if x > 0.0 => {
                let z = ((x.ln() - location) / sigma).max(low);
                if z >= high {
                    return 0.0;
                }
                let scale = (location + 0.5 * sigma * sigma).exp();
                scale * normal::between(z - sigma, high - sigma) - x * normal::between(z, high)
            }
            _ => self.moment(x, f64::INFINITY, 1) - x * self.moment(x, f64::INFINITY, 0),
        }
    }

    pub(super) fn moment(&self, low: f64, high: f64, order: u8) -> f64 {
        let weight = self.to - self.from;
        match self.shape {
            Shape::Atom(value) if low < value && value <= high => weight * value.powi(order.into()),
            Shape::Atom(_) => 0.0,
            Shape::Exponential(mean) => {
                exponential_above(mean, low, order) - exponential_above(mean, high, order)
            }
            Shape::Lognormal {
                location,
                sigma,
                low: z_low,
                high: z_high,
            } => {
                let n = f64::from(order);
                let z = |x: f64| {
                    if x > 0.0 {
                        (x.ln() - location) / sigma
                    } else {
                        f64::NEG_INFINITY
                    }
                };
                let share = normal::between(
                    z(low).max(z_low) - n * sigma,
                    z(high).min(z_high) - n * sigma,
                );
                share * (n * location + 0.5 * (n * sigma).powi(2)).exp()
            }
            Shape::Uniform {
                low: start,
                high: end,
            } => {
                let (low, high) = (low.clamp(start, end), high.clamp(start, end));
                let n = i32::from(order) + 1;
                weight / (end - start) * (high.powi(n) - low.powi(n)) / f64::from(n)
            }
        }
    }
}

/// E[Xⁿ; X > x] of an exponential law, n ≤ 2.
fn exponential_above(mean: f64, x: f64, order: u8) -> f64 {
    if x == f64::INFINITY {
        return 0.0;
    }
    let x = x.max(0.0);
    let factor = match order {
        0 => 1.0,
        1 => x + mean,
        _ => x * x + 2.0 * mean * x + 2.0 * mean * mean,
    };
    factor * (-x / mean).exp()
}

/// σ of the lognormal through two quantiles, if both are positive and differ.
fn sigma_through((p, x): (f64, f64), (q, y): (f64, f64)) -> Option<f64> {
    let sigma = (y / x).ln() / (normal::inverse_cdf(q) - normal::inverse_cdf(p));
    (x > 0.0 && sigma > 0.0 && sigma.is_finite()).then_some(sigma)
}

fn between((p, x): (f64, f64), (q, y): (f64, f64)) -> Piece {
    let shape = match sigma_through((p, x), (q, y)) {
        Some(sigma) if sigma <= MAX_SIGMA => {
            let (low, high) = (normal::inverse_cdf(p), normal::inverse_cdf(q));
            Shape::Lognormal {
                location: x.ln() - sigma * low,
                sigma,
                low,
                high,
            }
        }
        _ if y > x => Shape::Uniform { low: x, high: y },
        _ => Shape::Atom(x),
    };
    Piece {
        from: p,
        to: q,
        shape,
    }
}

fn lower_tail((p, x): (f64, f64), next: Option<((f64, f64), (f64, f64))>) -> Piece {
    let shape = match next.and_then(|(a, b)| sigma_through(a, b)) {
        Some(sigma) => {
            let (sigma, high) = (sigma.min(MAX_SIGMA), normal::inverse_cdf(p));
            let location = x.ln() - sigma * high;
            Shape::Lognormal {
                location,
                sigma,
                low: f64::NEG_INFINITY,
                high,
            }
        }
        None => Shape::Atom(x),
    };
    Piece {
        from: 0.0,
        to: p,
        shape,
    }
}

fn upper_tail((p, x): (f64, f64), previous: Option<((f64, f64), (f64, f64))>) -> Piece {
    let shape = match previous.and_then(|(a, b)| sigma_through(a, b)) {
        Some(sigma) => {
            let (sigma, low) = (sigma.min(MAX_TAIL_SIGMA), normal::inverse_cdf(p));
            let location = x.ln() - sigma * low;
            Shape::Lognormal {
                location,
                sigma,
                low,
                high: f64::INFINITY,
            }
        }
        None => Shape::Atom(x),
    };
    Piece {
        from: p,
        to: 1.0,
        shape,
    }
}
