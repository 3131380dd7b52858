//! The incomplete gamma function, for gamma laws and servers in fractions.

/// Coefficients of Lanczos' approximation with g = 7.
const LANCZOS: [f64; 8] = [
    676.520_368_121_885_1,
    -1_259.139_216_722_402_8,
    771.323_428_777_653_1,
    -176.615_029_162_140_6,
    12.507_343_278_686_905,
    -0.138_571_095_265_720_12,
    9.984_369_578_019_572e-6,
    1.505_632_735_149_311_6e-7,
];

/// Γ(s) for s > 0, to 13 digits.
///
/// Source: Lanczos 1964, *A precision approximation of the gamma function*.
fn gamma(s: f64) -> f64 {
    let s = s - 1.0;
    let (mut sum, mut n) = (0.999_999_999_999_809_9, 1.0);
    for coefficient in LANCZOS {
        sum += coefficient / (s + n);
        n += 1.0;
    }
    let t = s + 7.5;
    // The power in two halves, which overflows later.
    let half = t.powf(0.5 * (s + 0.5));
    std::f64::consts::TAU.sqrt() * half * (-t).exp() * half * sum
}

/// Γ(s, x) e^x x^(−s) for s > 0, x > 0 by Lentz' continued fraction, or by the
/// series of its complement where x is small.
pub(super) fn scaled_upper_gamma(s: f64, x: f64) -> f64 {
    if x < s + 1.0 {
        return gamma(s) * x.exp() * x.powf(-s) - scaled_lower_gamma(s, x);
    }
    let tiny = 1e-300;
    let mut b = x + 1.0 - s;
    let (mut c, mut d) = (1.0 / tiny, 1.0 / b);
    let (mut fraction, mut n) = (d, 1.0);
    while n < 10_000.0 {
        let a = -n * (n - s);
        b += 2.0;
        d = 1.0 / nonzero(a * d + b, tiny);
        c = nonzero(b + a / c, tiny);
        fraction *= c * d;
        if (c * d - 1.0).abs() < 1e-16 {
            break;
        }
        n += 1.0;
    }
    fraction
}

/// γ(s, x) e^x x^(−s) = Σ xⁿ ÷ (s(s + 1)…(s + n)).
fn scaled_lower_gamma(s: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0 / s, 1.0 / s, s);
    while term > 1e-17 * sum && n < s + 10_000.0 {
        n += 1.0;
        term *= x / n;
        sum += term;
    }
    sum
}

/// Q(s, x) = Γ(s, x) ÷ Γ(s): share of a gamma law of shape `s` above `x` scales [1].
#[must_use]
pub fn upper_gamma(s: f64, x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 || s.is_nan() || s <= 0.0 {
        return 1.0;
    }
    // Beyond this shape the gamma function overflows and the law hardly varies.
    if s > 160.0 {
        return if x < s { 1.0 } else { 0.0 };
    }
    let front = (s * x.ln() - x).exp() / gamma(s);
    let share = if x < s + 1.0 {
        1.0 - front * scaled_lower_gamma(s, x)
    } else {
        front * scaled_upper_gamma(s, x)
    };
    share.clamp(0.0, 1.0)
}

fn nonzero(value: f64, tiny: f64) -> f64 {
    if value.abs() < tiny { tiny } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        #[track_caller]
        fn close(found: f64, expected: f64) {
            assert!(
                (found / expected - 1.0).abs() < 1e-12,
                "{found}, not {expected}"
            );
        }
        close(gamma(0.5), std::f64::consts::PI.sqrt());
        close(gamma(11.0), 3_628_800.0);
        for x in [0.01_f64, 0.7, 1.9, 2.1, 30.0] {
            close(upper_gamma(1.0, x), (-x).exp());
            close(upper_gamma(2.0, x), (1.0 + x) * (-x).exp());
            // ∫₀^∞ e^(−t) (1 + t/x) dt = 1 + 1/x.
            close(scaled_upper_gamma(2.0, x) * x, 1.0 + 1.0 / x);
        }
        assert_eq!(upper_gamma(3.0, 0.0), 1.0);
        assert_eq!(upper_gamma(1e6, 1.0), 1.0);
    }
}
