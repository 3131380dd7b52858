use super::*;

#[track_caller]
fn close(actual: f64, expected: f64, relative: f64) {
    let error = (actual - expected).abs();
    assert!(
        error <= relative * expected.abs(),
        "{actual} instead of {expected}"
    );
}

fn measured() -> Law {
    Law::Quantiles(vec![
        (0.5, Millis(16.2)),
        (0.9, Millis(33.8)),
        (0.99, Millis(105.0)),
    ])
}

fn lognormal(p50: f64, p99: f64) -> Law {
    Law::Lognormal {
        p50: Millis(p50),
        p99: Millis(p99),
    }
}

#[test]
fn forms_in_files() {
    for (text, law) in [
        ("Fixed(120.0)", Law::Fixed(Millis(120.0))),
        ("Lognormal(p50:16.0,p99:105.0)", lognormal(16.0, 105.0)),
        (
            "Quantiles([(0.5,16.2),(0.9,33.8),(0.99,105.0)])",
            measured(),
        ),
        (
            "Exponential(mean:5.0)",
            Law::Exponential { mean: Millis(5.0) },
        ),
    ] {
        assert_eq!(ron::from_str::<Law>(text).unwrap(), law);
        assert_eq!(ron::to_string(&law).unwrap(), text);
    }
}

#[test]
fn moments() {
    let law = lognormal(16.0, 105.0);
    close(law.mean().0, 22.18919313997162, 1e-12);
    close(law.variance(), 454.587_588_024_332_1, 1e-12);
    close(law.quantile(0.99).0, 105.0, 1e-12);
    close(law.cdf(Millis(16.0)), 0.5, 1e-12);
    let law = Law::Exponential { mean: Millis(5.0) };
    close(law.mean().0, 5.0, 1e-12);
    close(law.variance(), 25.0, 1e-12);
    close(law.quantile(0.5).0, 5.0 * std::f64::consts::LN_2, 1e-12);
    assert_eq!(Law::Fixed(Millis(0.1)).variance(), 0.0);
}

/// Two points are a lognormal, and more points on it change nothing.
#[test]
fn quantiles_of_a_lognormal() {
    let law = lognormal(16.0, 105.0);
    let points = [0.05, 0.5, 0.8, 0.99].map(|p| (p, law.quantile(p)));
    let pieces = Law::Quantiles(points.to_vec());
    close(pieces.mean().0, law.mean().0, 1e-10);
    close(pieces.variance(), law.variance(), 1e-10);
    for p in [0.001, 0.3, 0.5, 0.95, 0.9999] {
        close(pieces.quantile(p).0, law.quantile(p).0, 1e-10);
        close(pieces.cdf(law.quantile(p)), p, 1e-10);
    }
}

#[test]
fn quantiles_with_zeros_and_steps() {
    let at = |points: &[(f64, f64)]| {
        Law::Quantiles(points.iter().map(|(p, x)| (*p, Millis(*x))).collect())
    };
    close(at(&[(0.5, 7.0)]).mean().0, 7.0, 1e-12);
    close(at(&[(0.5, 0.0), (0.9, 0.0)]).mean().0 + 1.0, 1.0, 1e-12);
    // Half at 0, 0.4 uniform over 0..10, 0.1 at 10.
    close(at(&[(0.5, 0.0), (0.9, 10.0)]).mean().0, 3.0, 1e-12);
    let step = at(&[(0.2, 5.0), (0.8, 5.0)]);
    assert_eq!((step.cdf(Millis(4.9)), step.cdf(Millis(5.0))), (0.0, 1.0));
    // A cliff too steep for a lognormal piece stays finite.
    let cliff = at(&[(0.5, 1.0), (0.500_001, 1e6)]);
    cliff.validate().unwrap();
    assert!(cliff.mean().0.is_finite() && cliff.variance().is_finite());
}

#[test]
fn rounding_up() {
    #[track_caller]
    fn check(law: &Law, step: f64, minimum: f64, expected: f64) {
        close(
            law.mean_rounded_up(Millis(step), Millis(minimum)).0,
            expected,
            1e-9,
        );
    }
    for (value, step, expected) in [
        (120.0, 1.0, 120.0),
        (120.000_001, 1.0, 121.0),
        (0.3, 0.1, 0.3),
        (29.0, 0.29, 29.0),
        (101.0, 100.0, 200.0),
    ] {
        check(&Law::Fixed(Millis(value)), step, 0.0, expected);
    }
    check(&Law::Fixed(Millis(3.0)), 1.0, 100.0, 100.0);
    check(&Law::Fixed(Millis(3.0)), 0.0, 0.0, 3.0);
    check(
        &Law::Exponential { mean: Millis(5.0) },
        1.0,
        0.0,
        5.516_655_566_126_995,
    );
    check(&lognormal(16.0, 105.0), 1.0, 10.0, 23.532272222080546);
    check(&lognormal(16.0, 105.0), 1.0, 0.0, 22.689197386800352);
    check(&lognormal(16.0, 105.0), 100.0, 0.0, 101.28160403375091);
    check(&lognormal(16.0, 105.0), 100.0, 150.0, 150.6953470192726);
    check(&lognormal(1000.0, 1001.0), 1.0, 0.0, 1000.5000619386789);
    check(&lognormal(0.5, 3.0), 1.0, 1.0, 1.2361892797830818);
    // A step tiny against the spread adds half of itself.
    check(&lognormal(16e6, 105e6), 1.0, 0.0, 22.18919313997162e6 + 0.5);
    // Atoms on a boundary do not round up.
    let atoms = Law::Quantiles(vec![(0.2, Millis(29.0)), (0.8, Millis(29.0))]);
    check(&atoms, 0.29, 0.0, 29.0);
}

#[test]
fn scaling() {
    close(
        measured().scaled(2.0).mean().0,
        2.0 * measured().mean().0,
        1e-12,
    );
    close(measured().scaled(2.0).quantile(0.9).0, 67.6, 1e-12);
}

#[test]
fn refusals() {
    let at = |points: &[(f64, f64)]| {
        Law::Quantiles(points.iter().map(|(p, x)| (*p, Millis(*x))).collect())
    };
    for (law, expected) in [
        (Law::Fixed(Millis(f64::NAN)), "finite"),
        (Law::Fixed(Millis(-1.0)), "zero or more"),
        (lognormal(20.0, 10.0), "p99 (10 ms)"),
        (lognormal(0.0, 10.0), "million"),
        (at(&[]), "at least one"),
        (at(&[(0.5, 1.0), (1.0, 2.0)]), "between 0 and 1"),
        (at(&[(0.5, 1.0), (0.5, 2.0)]), "must rise"),
        (at(&[(0.5, 3.0), (0.9, 2.0)]), "must rise"),
        (at(&[(f64::NAN, 3.0)]), "between 0 and 1"),
        (at(&[(0.5, 1.0), (0.9, 2e6)]), "million"),
    ] {
        let error = law.validate().unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    for law in [
        lognormal(0.0, 0.0),
        measured(),
        Law::Exponential { mean: Millis(0.0) },
    ] {
        law.validate().unwrap();
        assert!(law.mean_rounded_up(Millis(1.0), Millis(0.0)).0.is_finite());
    }
}
