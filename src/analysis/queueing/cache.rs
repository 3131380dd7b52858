//! Caches under popularity that falls off as a power (Zipf).

/// Terms of a sum over ranks that are added one by one; the rest is integrated.
const SUMMED: f64 = 1_024.0;

/// H(n, s) = Σ i^(−s) over 1 ≤ i ≤ n [1].
#[must_use]
pub fn harmonic(n: f64, exponent: f64) -> f64 {
    let exponent = if exponent > 0.0 { exponent } else { 0.0 };
    over_ranks(n, |rank| rank.powf(-exponent))
}

/// Share of reads that a cache answers [1].
///
/// Poisson reads at `rate` 1/s of `keys` keys with popularity pᵢ ~ i^(−s); an
/// entry expires `ttl` s after it was filled, reads do not prolong it:
/// Σ pᵢ · λpᵢT ÷ (1 + λpᵢT).
///
/// Source: renewal reward over fill and expiry; Jung, Berger & Balakrishnan
/// 2003, *Modeling TTL-based internet caches*.
#[must_use]
pub fn ttl_cache_hit(keys: f64, rate: f64, ttl: f64, exponent: f64) -> f64 {
    let reads = rate * ttl;
    if reads.is_nan() || reads <= 0.0 {
        return 0.0;
    }
    let exponent = if exponent > 0.0 { exponent } else { 0.0 };
    let all = harmonic(keys, exponent);
    let hits = over_ranks(keys, |rank| {
        let popularity = rank.powf(-exponent) / all;
        // So written that endless reads still give a share.
        popularity / (1.0 + 1.0 / (reads * popularity))
    });
    hits.clamp(0.0, 1.0)
}

/// Σ f(i) over 1 ≤ i ≤ n, for f that varies as powers of i.
///
/// Ranks beyond the first thousand by Euler–Maclaurin at the midpoints, the
/// integral by Gauss–Legendre over ln i: 12 digits at a cost of ln n.
pub(super) fn over_ranks(n: f64, f: impl Fn(f64) -> f64) -> f64 {
    let n = if n >= 1.0 { n.floor().min(1e18) } else { 1.0 };
    let (mut sum, mut rank) = (0.0, 1.0);
    while rank <= n.min(SUMMED) {
        sum += f(rank);
        rank += 1.0;
    }
    if n <= SUMMED {
        return sum;
    }
    let (low, high) = (SUMMED + 0.5, n + 0.5);
    let slope_low = f(SUMMED + 1.0) - f(SUMMED);
    let slope_high = f(n + 1.0) - f(n);
    sum + integral(&f, low.ln(), high.ln()) - (slope_high - slope_low) / 24.0
}

/// Nodes above 0 and weights of the Gauss–Legendre rule of eight points.
const GAUSS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// ∫ f(eᵘ) eᵘ du.
fn integral(f: &impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    let pieces = (2.0 * (high - low)).ceil().max(1.0);
    let half = 0.5 * (high - low) / pieces;
    let (mut sum, mut piece) = (0.0, 0.0);
    while piece < pieces {
        let middle = low + (2.0 * piece + 1.0) * half;
        for (node, weight) in GAUSS {
            for u in [middle - node * half, middle + node * half] {
                let x = u.exp();
                sum += weight * half * f(x) * x;
            }
        }
        piece += 1.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sums_are_integrated_to_all_digits() {
        for exponent in [0.0, 0.7, 1.0, 2.0] {
            let n = 200_000;
            let exact: f64 = (1..=n).rev().map(|i| f64::from(i).powf(-exponent)).sum();
            let found = harmonic(f64::from(n), exponent);
            assert!((found / exact - 1.0).abs() < 1e-12, "{exponent}: {found}");
        }
        // ln n + γ.
        let far = harmonic(1e12, 1.0);
        assert!((far / (1e12_f64.ln() + 0.577_215_664_901_532_9) - 1.0).abs() < 1e-12);
        assert_eq!(harmonic(0.0, 1.0), 1.0);
    }

    #[test]
    fn edges() {
        assert_eq!(ttl_cache_hit(1_000.0, 0.0, 60.0, 1.0), 0.0);
        assert_eq!(ttl_cache_hit(1_000.0, 10.0, 0.0, 1.0), 0.0);
        assert!(ttl_cache_hit(1e9, 1e12, f64::INFINITY, 1.0) > 0.999_999);
        assert!(ttl_cache_hit(1e9, 1e-12, 1.0, 0.8) < 1e-9);
    }
}
