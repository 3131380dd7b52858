//! One server with constant service: waits, and the function that rate limits
//! rest on.
//!
//! W(x) = Σ_{k ≤ x} (−ρ(x − k))ᵏ/k! · e^(ρ(x − k)), with x in service times, is
//! P(wait ≤ x) ÷ (1 − ρ) below saturation and grows without bound above. The
//! series alternates and cancels in double precision from x of about 20. Short
//! times are therefore computed from the numbers present, by sums of positive
//! terms alone; longer ones from the poles of the transform, 1 and the roots z
//! of z = ρ(1 − e^(−z)), of which a few pairs give all digits.

use rustfft::num_complex::Complex64;

use super::single::tail_quantile;

/// From here on the poles are used [service times].
const FAR: f64 = 11.0;
/// Pairs of complex poles.
const PAIRS: u32 = 4;
/// From here on the real poles alone give all digits [service times].
const VERY_FAR: f64 = 40.0;
/// Load from which one service time settles everything to all digits.
const SWAMPED: f64 = 30.0;
/// Distance from saturation below which the real poles merge numerically.
const CRITICAL: f64 = 1e-5;

/// P(wait > `wait`) in M/D/1 [1].
///
/// `arrival_rate` [1/s], constant `service` [s]; 1 when overloaded.
///
/// Source: Erlang 1909; short waits as in Franx 2001, *A simple solution for the
/// M/D/c waiting time distribution*.
#[must_use]
pub fn md1_wait_exceeds(arrival_rate: f64, service: f64, wait: f64) -> f64 {
    let load = arrival_rate * service;
    if load.is_nan() || load <= 0.0 || service <= 0.0 {
        return 0.0;
    }
    if load >= 1.0 {
        return 1.0;
    }
    exceeds(load, wait.max(0.0) / service)
}

/// The wait that a share `p` of all stays within in M/D/1 [s].
#[must_use]
pub fn md1_wait_quantile(arrival_rate: f64, service: f64, p: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    tail_quantile(
        |wait| md1_wait_exceeds(arrival_rate, service, wait),
        1.0 - p,
        service.max(f64::MIN_POSITIVE),
    )
}

fn exceeds(load: f64, x: f64) -> f64 {
    if x < FAR {
        1.0 - (1.0 - load) * short(load, x)
    } else {
        let poles = Poles::at(load, x);
        -(1.0 - load) * (poles.root * x).exp() * (1.0 / poles.slope + poles.others)
    }
    .clamp(0.0, 1.0)
}

/// Share of Poisson arrivals that find fewer than one token, with `x` tokens
/// above the first: (1 + (ρ − 1)W) ÷ (1 + ρW) [1].
pub(super) fn rejected(load: f64, x: f64) -> f64 {
    let gap = 1.0 - load;
    if load > SWAMPED {
        let inverse = if x < 1.0 { (-load * x).exp() } else { 0.0 };
        return (inverse + load - 1.0) / (inverse + load);
    }
    if x < FAR {
        let w = short(load, x);
        return (1.0 - gap * w) / (1.0 + load * w);
    }
    let poles = Poles::at(load, x);
    let grown = poles.root * x;
    // 1 − gap·W, over e^(zx).
    let beyond = -gap * (1.0 / poles.slope + poles.others);
    if gap.abs() < CRITICAL {
        // W where both real poles are near 0: their sum is finite, they are not.
        let (z_by_gap, lacking) = near_saturation(gap);
        let ratio = -gap_over_slope(z_by_gap);
        let growth = if grown == 0.0 {
            1.0
        } else {
            grown.exp_m1() / grown
        };
        let w = -growth * z_by_gap * x * ratio + lacking;
        return (1.0 - gap * w) / (1.0 + load * w);
    }
    if load < 1.0 {
        let e = grown.exp();
        let w = 1.0 / gap + e * (1.0 / poles.slope + poles.others);
        beyond * e / (1.0 + load * w)
    } else {
        let shrunk = (-grown).exp();
        let w = shrunk / gap + 1.0 / poles.slope + poles.others;
        beyond / (shrunk + load * w)
    }
}

/// z ÷ gap at the root near saturation, and what W keeps at x = 0 there.
fn near_saturation(gap: f64) -> (f64, f64) {
    // z = −2g − ⅔g² − 4/9 g³; (1 − r)/g with r = −g/(g + z).
    let z_by_gap = -2.0 - gap * (2.0 / 3.0 + gap * 4.0 / 9.0);
    let sum = -(2.0 / 3.0 + gap * 4.0 / 9.0);
    (z_by_gap, sum / (1.0 + z_by_gap))
}

/// g ÷ (g + z) with z given over g.
fn gap_over_slope(z_by_gap: f64) -> f64 {
    1.0 / (1.0 + z_by_gap)
}

/// W(x) for x below [`FAR`], from positive terms.
///
/// With k = ⌊x⌋ + 1 and y = k − x: e^(−ρy) Σⱼ Q_{k−1−j} (ρy)ʲ/j!, where Qₘ is
/// the (unnormalised) probability of at most m + 1 present.
fn short(load: f64, x: f64) -> f64 {
    const STATES: usize = 12;
    let whole = x.floor().min(FAR - 1.0);
    let y = whole + 1.0 - x;
    // P(more than m arrive during one service).
    let mut above = [0.0; STATES + 1];
    let mut term = (-load).exp();
    let mut upto = [0.0; STATES + 1];
    for (m, slot) in upto.iter_mut().enumerate() {
        *slot = term;
        term *= load / (m as f64 + 1.0);
    }
    let mut rest = 0.0;
    let mut m = STATES as f64 + 1.0;
    while term > 1e-17 * rest || m < load {
        rest += term;
        m += 1.0;
        term *= load / m;
    }
    for (slot, own) in above.iter_mut().zip(upto).rev() {
        *slot = rest;
        rest += own;
    }
    // Crossings upward equal those downward: all terms positive.
    let none = (-load).exp();
    let mut present = [0.0; STATES + 1];
    present[0] = 1.0;
    for n in 0..STATES {
        let up: f64 = (1..=n).map(|j| present[j] * above[n + 1 - j]).sum();
        present[n + 1] = (above[n] + up) / none;
    }
    let mut cumulated = [0.0; STATES + 1];
    let mut total = 0.0;
    for (slot, own) in cumulated.iter_mut().zip(present) {
        total += own;
        *slot = total;
    }
    let (mut sum, mut weight, mut j) = (0.0, (-load * y).exp(), 0.0);
    // From Q_{k−1}, which counts k present, down to Q₀.
    let states = cumulated.iter().skip(1).take(whole as usize + 1);
    for state in states.rev() {
        sum += weight * state;
        j += 1.0;
        weight *= load * y / j;
    }
    sum
}

/// The poles besides 0, seen from a distance `x`.
struct Poles {
    /// The real root z ≠ 0 of z = ρ(1 − e^(−z)).
    root: f64,
    /// 1 − ρe^(−z) there.
    slope: f64,
    /// Σ e^((z′ − z)x) ÷ slope over the complex roots z′.
    others: f64,
}

impl Poles {
    fn at(load: f64, x: f64) -> Self {
        let gap = 1.0 - load;
        let root = real_root(load, gap);
        // ρe^(−z) = ρ − z at a root, so that the slope needs no exponential.
        let slope = gap + root;
        let mut others = 0.0;
        if x < VERY_FAR {
            for pair in 1..=PAIRS {
                let z = complex_root(load, pair);
                others += 2.0 * (((z - root) * x).exp() / (z + gap)).re;
            }
        }
        Self {
            root,
            slope,
            others,
        }
    }
}

/// The nonzero real z with z = ρ(1 − e^(−z)), where `gap` = 1 − ρ.
fn real_root(load: f64, gap: f64) -> f64 {
    // With u = (1 − e^(−z))/z the root solves gap·u + (1 − u) = 0, which keeps
    // its digits when ρ is near 1 and z near 0.
    let residual = |z: f64| {
        let lacking = one_minus_u(z);
        gap * (1.0 - lacking) + lacking
    };
    // 1 − u rises from −∞ to 1, and so does the residual times ρ > 0.
    if gap > 0.0 {
        super::bisect(residual, lower_bound(load), 0.0)
    } else {
        super::bisect(residual, 0.0, load)
    }
}

/// A number below the root for ρ < 1.
fn lower_bound(load: f64) -> f64 {
    let mut z = -1.0_f64;
    while z > -700.0 && load * -(-z).exp_m1() > z {
        z *= 2.0;
    }
    z
}

/// 1 − (1 − e^(−z))/z, by its series near zero.
fn one_minus_u(z: f64) -> f64 {
    if z.abs() > 0.5 {
        return 1.0 + (-z).exp_m1() / z;
    }
    // z/2! − z²/3! + z³/4! − …
    let (mut term, mut sum) = (-1.0, 0.0);
    for n in 2..20 {
        term *= -z / f64::from(n);
        sum += term;
    }
    sum
}

/// The n-th root above the real axis, by Newton's method on its logarithm.
///
/// z − ρ = W_n(−ρe^(−ρ)), the branches of Lambert's function, so with v = z − ρ:
/// v + ln v = ln ρ − ρ + iπ(2n + 1).
fn complex_root(load: f64, n: u32) -> Complex64 {
    let imaginary = std::f64::consts::PI * (2.0 * f64::from(n) + 1.0);
    let target = Complex64::new(load.ln() - load, imaginary);
    let mut v = target - target.ln();
    for _ in 0..30 {
        let step = (v + v.ln() - target) * v / (v + 1.0);
        v -= step;
        if step.norm() < 1e-15 * v.norm() {
            break;
        }
    }
    v + load
}
