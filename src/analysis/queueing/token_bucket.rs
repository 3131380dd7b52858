//! Rate limits: a bucket of tokens refilled at a constant rate.
//!
//! Each request takes one token or is rejected. Small buckets have an exact
//! series; it cancels in double precision from a burst of about 20, where the
//! two dominant roots of the same transform are exact to seven digits already.

/// The largest burst for which the exact series is used.
const SERIES_BURST: f64 = 12.0;

/// Share of Poisson arrivals that a token bucket rejects [1].
///
/// `arrival_rate` and `rate` in 1/s, `burst` ≥ 1 in tokens, refilled
/// continuously. Relative error at most 2e-7 above a burst of 12 (loads of half
/// the rate and more), exact below.
///
/// Source: the virtual waiting time of M/D/1 with finite capacity (Erlang 1909,
/// Takács 1962); W is its unnormalised distribution function.
#[must_use]
pub fn token_bucket_poisson_rejected(arrival_rate: f64, rate: f64, burst: f64) -> f64 {
    if arrival_rate.is_nan() || arrival_rate <= 0.0 {
        return 0.0;
    }
    if rate.is_nan() || rate <= 0.0 || burst < 1.0 {
        return 1.0;
    }
    let load = arrival_rate / rate;
    let rejected = if burst <= SERIES_BURST {
        by_series(load, burst - 1.0)
    } else {
        by_two_roots(load, burst - 1.0)
    };
    rejected.clamp(0.0, 1.0)
}

/// 1 − W/(1 + ρW) with W(n) = Σₖ (−ρ(n−k))ᵏ/k!·e^(ρ(n−k)).
fn by_series(load: f64, spare: f64) -> f64 {
    let (mut sum, mut factorial, mut k) = (0.0, 1.0, 0.0);
    while k <= spare {
        let x = load * (spare - k);
        // powf would be NaN for a negative base.
        let power = if k % 2.0 == 0.0 {
            x.powf(k)
        } else {
            -x.powf(k)
        };
        sum += power / factorial * x.exp();
        k += 1.0;
        factorial *= k;
    }
    if sum.is_finite() {
        // 1 − W/(1 + ρW) without the cancellation.
        (1.0 + (load - 1.0) * sum) / (1.0 + load * sum)
    } else {
        1.0 - 1.0 / load
    }
}

/// The same from the poles at 0 and z = ρ(1 − e^(−z)).
fn by_two_roots(load: f64, spare: f64) -> f64 {
    let gap = 1.0 - load;
    if gap.abs() * spare < 1e-9 {
        return 1.0 / (2.0 * (spare + 1.0) - 1.0 / 3.0);
    }
    let root = nonzero_root(load, gap);
    // ρe^(−z) = ρ − z at the root, so that d = 1 − ρe^(−z) needs no exponential.
    let d = gap + root;
    if load < 1.0 {
        let e = (root * spare).exp();
        -gap * e / d / (1.0 / gap + load * e / d)
    } else {
        -gap / d / ((-root * spare).exp() / gap + load / d)
    }
}

/// The nonzero z with z = ρ(1 − e^(−z)), where `gap` = 1 − ρ.
fn nonzero_root(load: f64, gap: f64) -> f64 {
    // With u = (1 − e^(−z))/z the root solves gap·u + (1 − u) = 0, which keeps
    // its digits when ρ is near 1 and z near 0.
    let residual = |z: f64| {
        let lacking = one_minus_u(z);
        gap * (1.0 - lacking) + lacking
    };
    // 1 − u rises from −∞ to 1, and so does the residual times ρ > 0.
    let (mut low, mut high) = if gap > 0.0 {
        (lower_bound(load), 0.0)
    } else {
        (0.0, load)
    };
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if residual(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
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

/// What a steady overload does to a full bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FluidOverload {
    /// When the bucket runs dry [s]; `None` if it lasts.
    pub exhausted_at: Option<f64>,
    /// Requests rejected over the whole time [1].
    pub rejected: f64,
}

/// A bucket of `burst` tokens under `demand` 1/s for `duration` s, without randomness.
///
/// Dry at b/(λ − r); from there λ − r are rejected per second.
#[must_use]
pub fn token_bucket_fluid(demand: f64, rate: f64, burst: f64, duration: f64) -> FluidOverload {
    let overload = demand - rate;
    let dry = burst.max(0.0) / overload;
    if overload > 0.0 && dry < duration {
        FluidOverload {
            exhausted_at: Some(dry),
            rejected: overload * (duration - dry),
        }
    } else {
        FluidOverload {
            exhausted_at: None,
            rejected: 0.0,
        }
    }
}
