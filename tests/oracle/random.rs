//! Random numbers and durations for the oracle, written apart from the crate's
//! own laws: an error in those must not hide in here.

use nephoscope::law::Law;

/// splitmix64.
///
/// Source: Steele, Lea, Flood, *Fast splittable pseudorandom number
/// generators*, OOPSLA 2014.
pub struct Random {
    state: u64,
}

impl Random {
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Strictly between 0 and 1.
    pub fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// A Poisson number (Knuth: products of uniforms).
    pub fn poisson(&mut self, mean: f64) -> u32 {
        let limit = (-mean).exp();
        let (mut product, mut count) = (self.uniform(), 0);
        while product > limit {
            product *= self.uniform();
            count += 1;
        }
        count
    }

    /// One of a list.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.next() as usize % items.len()]
    }
}

/// A law ready for drawing.
#[derive(Clone, Debug)]
pub enum Draw {
    Fixed(f64),
    Exponential(f64),
    Lognormal {
        location: f64,
        sigma: f64,
    },
    /// (probability, its normal deviate, duration [ms]).
    Quantiles(Vec<(f64, f64, f64)>),
}

impl Draw {
    pub fn new(law: &Law) -> Self {
        match law {
            Law::Fixed(value) => Self::Fixed(value.0),
            Law::Exponential { mean } => Self::Exponential(mean.0),
            Law::Lognormal { p50, p99 } if p99.0 > p50.0 => Self::Lognormal {
                location: p50.0.ln(),
                sigma: (p99.0 / p50.0).ln() / 2.326_347_874_040_841,
            },
            Law::Lognormal { p50, .. } => Self::Fixed(p50.0),
            Law::Quantiles(points) => {
                let points = points.iter();
                Self::Quantiles(points.map(|(p, x)| (*p, deviate(*p), x.0)).collect())
            }
        }
    }

    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Fixed(0.0) | Self::Exponential(0.0))
    }

    /// The duration at probability `u` [ms].
    pub fn at(&self, u: f64) -> f64 {
        match self {
            Self::Fixed(value) => *value,
            Self::Exponential(mean) => -mean * (1.0 - u).ln(),
            Self::Lognormal { location, sigma } => (location + sigma * deviate(u)).exp(),
            Self::Quantiles(points) => through(points, u),
        }
    }

    pub fn draw(&self, random: &mut Random) -> f64 {
        match self {
            Self::Fixed(value) => *value,
            _ => self.at(random.uniform()),
        }
    }
}

/// Lognormal between quantiles; the outer pieces go on, flat where their
/// neighbour is flat or starts at zero.
fn through(points: &[(f64, f64, f64)], u: f64) -> f64 {
    let above = points.partition_point(|(p, ..)| *p < u);
    let last = points.len() - 1;
    let (left, right) = match above {
        0 => (0, 1.min(last)),
        _ if above > last => (last.saturating_sub(1), last),
        _ => (above - 1, above),
    };
    let ((p, z, x), (q, y_z, y)) = (points[left], points[right]);
    let outside = above == 0 || above > last;
    if x > 0.0 && y > x {
        let slope = (y / x).ln() / (y_z - z);
        let (from, at) = if above > last { (y_z, y) } else { (z, x) };
        let slope = if above > last { slope.min(3.0) } else { slope };
        (at.ln() + slope * (deviate(u) - from)).exp()
    } else if outside {
        points[if above == 0 { 0 } else { last }].2
    } else {
        x + (u - p) / (q - p) * (y - x)
    }
}

const CENTRE: [[f64; 8]; 2] = [
    [
        2509.0809287301227,
        33430.57558358813,
        67265.7709270087,
        45921.95393154987,
        13731.69376550946,
        1971.5909503065513,
        133.14166789178438,
        3.3871328727963665,
    ],
    [
        5226.495278852854,
        28729.085735721943,
        39307.89580009271,
        21213.794301586597,
        5394.196021424751,
        687.1870074920579,
        42.31333070160091,
        1.0,
    ],
];
const TAIL: [[f64; 8]; 2] = [
    [
        0.0007745450142783414,
        0.022723844989269184,
        0.2417807251774506,
        1.2704582524523684,
        3.6478483247632045,
        5.769497221460691,
        4.630337846156546,
        1.4234371107496835,
    ],
    [
        1.0507500716444169e-09,
        0.0005475938084995345,
        0.015198666563616457,
        0.14810397642748008,
        0.6897673349851,
        1.6763848301838038,
        2.053191626637759,
        1.0,
    ],
];
const FAR: [[f64; 8]; 2] = [
    [
        2.0103343992922881e-07,
        2.7115555687434876e-05,
        0.0012426609473880784,
        0.026532189526576124,
        0.29656057182850487,
        1.7848265399172913,
        5.463784911164114,
        6.657904643501103,
    ],
    [
        2.0442631033899397e-15,
        1.421511758316446e-07,
        1.8463183175100548e-05,
        0.0007868691311456133,
        0.014875361290850615,
        0.1369298809227358,
        0.599832206555888,
        1.0,
    ],
];

/// The standard normal quantile.
///
/// Source: M. J. Wichura 1988, Algorithm AS 241 (PPND16), *Applied Statistics*
/// 37(3). Relative error about 1e-16.
pub fn deviate(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(&CENTRE, 0.180_625 - q * q);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-tail.ln()).sqrt();
    let z = if r <= 5.0 {
        ratio(&TAIL, r - 1.6)
    } else {
        ratio(&FAR, r - 5.0)
    };
    z.copysign(q)
}

fn ratio([over, under]: &[[f64; 8]; 2], r: f64) -> f64 {
    let polynomial = |terms: &[f64; 8]| terms.iter().fold(0.0, |sum, term| sum * r + term);
    polynomial(over) / polynomial(under)
}
