//! The Poisson law: how many are busy where nothing limits them, how many
//! messages arrive within a window.

/// From this mean on the law is as good as constant.
const FAR: f64 = 1e12;

/// P(N = k) of a Poisson number of mean `mean` [1].
///
/// Source: Loader 2000, *Fast and accurate computation of binomial
/// probabilities*: keeps all digits where k! and powers overflow.
#[must_use]
pub fn poisson_pmf(mean: f64, k: f64) -> f64 {
    if !(mean > 0.0 && k >= 0.0) {
        return if k == 0.0 { 1.0 } else { 0.0 };
    }
    if k == 0.0 {
        return (-mean).exp();
    }
    (-stirling_error(k) - deviance(k, mean)).exp() / (std::f64::consts::TAU * k).sqrt()
}

/// P(N > k) of a Poisson number [1]; 1 for k < 0.
///
/// The busy instances of M/G/∞, whatever the law of service.
/// Sums about √mean terms from the boundary outwards.
#[must_use]
pub fn poisson_tail(mean: f64, k: f64) -> f64 {
    let k = k.floor();
    if k.is_nan() || k < 0.0 {
        return 1.0;
    }
    if mean.is_nan() || mean <= 0.0 {
        return 0.0;
    }
    if mean >= FAR {
        return if k < mean { 1.0 } else { 0.0 };
    }
    if k + 1.0 > mean {
        rising_sum(mean, k + 1.0).min(1.0)
    } else {
        (1.0 - falling_sum(mean, k)).max(0.0)
    }
}

/// P(N ≤ k) of a Poisson number [1]; 0 for k < 0.
pub(super) fn poisson_cdf(mean: f64, k: f64) -> f64 {
    if k >= 0.0 && k + 1.0 <= mean && mean < FAR {
        falling_sum(mean, k.floor()).min(1.0)
    } else {
        1.0 - poisson_tail(mean, k)
    }
}

/// The least k with P(N ≤ k) ≥ p [1]; infinite for p ≥ 1.
#[must_use]
pub fn poisson_quantile(mean: f64, p: f64) -> f64 {
    if mean.is_nan() || mean <= 0.0 || p.is_nan() || p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    if mean >= FAR {
        return mean;
    }
    let (mut low, mut high) = (-1.0, mean.floor() + 10.0);
    while poisson_tail(mean, high) > 1.0 - p {
        low = high;
        high *= 2.0;
    }
    while high - low > 1.0 {
        let middle = (0.5 * (low + high)).floor();
        if poisson_tail(mean, middle) > 1.0 - p {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// P(N ≥ k) for k above the mean.
fn rising_sum(mean: f64, k: f64) -> f64 {
    let mut term = poisson_pmf(mean, k);
    let (mut sum, mut next) = (0.0, k);
    while term > 1e-17 * sum {
        sum += term;
        next += 1.0;
        term *= mean / next;
    }
    sum
}

/// P(N ≤ k) for k below the mean.
fn falling_sum(mean: f64, k: f64) -> f64 {
    let mut term = poisson_pmf(mean, k);
    let (mut sum, mut next) = (0.0, k);
    while term > 1e-17 * sum {
        sum += term;
        term *= next / mean;
        next -= 1.0;
    }
    sum
}

/// ln k! − (k + ½) ln k + k − ½ ln 2π.
fn stirling_error(k: f64) -> f64 {
    if k <= 15.0 {
        let (mut factorial, mut n) = (1.0, 1.0);
        while n < k {
            n += 1.0;
            factorial *= n;
        }
        return f64::ln(factorial) - (k + 0.5) * k.ln() + k - 0.5 * std::f64::consts::TAU.ln();
    }
    let q = k * k;
    let inner = 1.0 / 1_260.0 - (1.0 / 1_680.0 - 1.0 / (1_188.0 * q)) / q;
    (1.0 / 12.0 - (1.0 / 360.0 - inner / q) / q) / k
}

/// k ln(k/mean) + mean − k, without cancellation where they are close.
fn deviance(k: f64, mean: f64) -> f64 {
    let (difference, sum) = (k - mean, k + mean);
    if difference.abs() >= 0.1 * sum {
        return k * (k / mean).ln() - difference;
    }
    let v = difference / sum;
    let (mut total, mut term, mut n) = (difference * v, 2.0 * k * v, 1.0);
    loop {
        term *= v * v;
        n += 2.0;
        let next = total + term / n;
        if next == total || n > 2_000.0 {
            return next;
        }
        total = next;
    }
}
