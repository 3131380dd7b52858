//! Attempts after failures, and calls side by side.

/// Mean number of attempts when each fails with `failure` and up to `retries` follow [1].
///
/// 1 + p + … + pʳ = (1 − pʳ⁺¹) / (1 − p).
#[must_use]
pub fn expected_attempts(failure: f64, retries: u32) -> f64 {
    let (p, attempts) = (failure.clamp(0.0, 1.0), f64::from(retries) + 1.0);
    let success = 1.0 - p;
    if p <= 0.0 {
        1.0
    } else if success * attempts < 1e-12 {
        attempts
    } else {
        // expm1 keeps the digits when p is almost 1.
        -(attempts * (-success).ln_1p()).exp_m1() / success
    }
}

/// Mean of the slowest of `n` exponential times of rate `rate` [s]: H(n) ÷ μ.
///
/// Source: order statistics, Rényi 1953.
#[must_use]
pub fn slowest_exponential_mean(n: u32, rate: f64) -> f64 {
    if n == 0 {
        return 0.0;
    }
    super::cache::harmonic(f64::from(n), 1.0) / rate.max(0.0)
}

/// What a share `p` of the slowest of `n` exponential times stays within [s].
///
/// −ln(1 − p^(1/n)) ÷ μ.
#[must_use]
pub fn slowest_exponential_quantile(n: u32, rate: f64, p: f64) -> f64 {
    if n == 0 || p.is_nan() || p <= 0.0 {
        return 0.0;
    }
    // expm1 keeps the digits for many, where p^(1/n) is almost 1.
    let beyond = -(p.min(1.0).ln() / f64::from(n)).exp_m1();
    -beyond.ln() / rate.max(0.0)
}
