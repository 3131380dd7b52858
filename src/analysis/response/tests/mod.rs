use super::*;

fn leaf(law: Law) -> Arc<Response> {
    Arc::new(Response::Law(law))
}

fn exponential(mean: f64) -> Arc<Response> {
    leaf(Law::Exponential { mean: Millis(mean) })
}

fn fixed(value: f64) -> Arc<Response> {
    leaf(Law::Fixed(Millis(value)))
}

/// A lognormal by median and σ.
fn lognormal(median: f64, sigma: f64) -> Arc<Response> {
    let p99 = median * (2.326_347_874_040_841 * sigma).exp();
    leaf(Law::Lognormal {
        p50: Millis(median),
        p99: Millis(p99),
    })
}

fn sequence(parts: &[&Arc<Response>]) -> Arc<Response> {
    Arc::new(Response::Sequence(
        parts.iter().map(|part| Arc::clone(part)).collect(),
    ))
}

fn parallel(parts: &[&Arc<Response>]) -> Arc<Response> {
    Arc::new(Response::Parallel(
        parts.iter().map(|part| Arc::clone(part)).collect(),
    ))
}

fn choice(parts: &[(f64, &Arc<Response>)]) -> Arc<Response> {
    Arc::new(Response::Choice(
        parts
            .iter()
            .map(|(w, part)| (*w, Arc::clone(part)))
            .collect(),
    ))
}

#[track_caller]
fn near(actual: f64, expected: f64, relative: f64) {
    let error = (actual - expected).abs();
    assert!(
        error <= relative * expected.abs(),
        "{actual} instead of {expected}"
    );
}

#[track_caller]
fn check(response: &Arc<Response>, quantiles: &[(f64, f64)], relative: f64) -> Distribution {
    let distribution = evaluate(response);
    for &(p, expected) in quantiles {
        near(distribution.quantile(p).0, expected, relative);
    }
    distribution
}

#[test]
fn sequences() {
    let response = sequence(&[&exponential(1.0), &exponential(1.0)]);
    let rows = [
        (0.5, 1.67834699002),
        (0.95, 4.74386451839),
        (0.99, 6.63835206799),
    ];
    let distribution = check(&response, &rows, 1e-3);
    near(distribution.mean().0, 2.0, 1e-12);
    near(distribution.cdf(Millis(1.67834699002)), 0.5, 1e-3);
    // Exponential stages of a tandem queue.
    for (rates, rows) in [
        (
            [0.5, 1.5],
            [
                (0.5, 2.11515362715),
                (0.95, 6.80165333576),
                (0.99, 10.0212409575),
            ],
        ),
        (
            [0.2, 0.2],
            [
                (0.5, 8.39173495008),
                (0.95, 23.719322592),
                (0.99, 33.19176034),
            ],
        ),
        (
            [10.0, 5.0],
            [
                (0.5, 0.24558943546),
                (0.95, 0.735227669416),
                (0.99, 1.05916158782),
            ],
        ),
    ] {
        let stages = rates.map(|rate| exponential(1.0 / rate));
        check(&sequence(&[&stages[0], &stages[1]]), &rows, 1e-3);
    }
}

#[test]
fn parallel_steps() {
    let both = parallel(&[&exponential(1.0), &exponential(0.5)]);
    let response = sequence(&[&exponential(1.0), &both]);
    let rows = [
        (0.5, 1.86219568177),
        (0.95, 4.84162694689),
        (0.99, 6.71042680837),
    ];
    let distribution = check(&response, &rows, 1e-3);
    near(distribution.mean().0, 1.0 + 1.0 + 0.5 - 1.0 / 3.0, 1e-3);
    for (n, mean, p50, p99) in [
        (2, 1.5, 1.2279471773, 5.29580793912),
        (10, 2.92896825397, 2.70355519186, 6.90323679448),
        (100, 5.18737751764, 4.97514684059, 9.20536966402),
    ] {
        let fanout = Arc::new(Response::Parallel(vec![exponential(1.0); n]));
        let distribution = check(&fanout, &[(0.5, p50), (0.99, p99)], 1e-3);
        near(distribution.mean().0, mean, 1e-3);
        near(fanout.mean().0, mean, 1e-3);
    }
}

#[test]
fn cold_and_warm() {
    for (cold, warm, cold_law, rows) in [
        (
            0.001,
            (50.0, 0.4),
            (400.0, 0.3),
            [50.0250976775, 96.9001353337, 128.781962625, 239.888015355],
        ),
        (
            0.02,
            (50.0, 0.4),
            (400.0, 0.3),
            [50.5142390072, 105.717533213, 400.001479655, 655.18696926],
        ),
        (
            0.2,
            (20.0, 0.5),
            (900.0, 0.25),
            [23.4542556382, 1065.30582961, 1357.78254993, 1713.60066748],
        ),
    ] {
        let (warm, slow) = (lognormal(warm.0, warm.1), lognormal(cold_law.0, cold_law.1));
        let mixture = choice(&[(1.0 - cold, &warm), (cold, &slow)]);
        let rows: Vec<_> = [0.5, 0.95, 0.99, 0.999].into_iter().zip(rows).collect();
        check(&mixture, &rows, 3e-3);
    }
}

#[test]
fn attempts_with_timeout() {
    let response = Arc::new(Response::Attempts {
        inner: exponential(1.0),
        failure: 0.0,
        timeout: Some(Millis(2.0)),
        backoff: vec![Millis(0.5); 2],
    });
    let rows = [
        (0.5, std::f64::consts::LN_2),
        (0.95, 3.49573227355),
        (0.99, 5.60517018599),
    ];
    let distribution = check(&response, &rows, 2e-3);
    let outcome = distribution.outcome().unwrap();
    near(outcome.success, 0.997521247823, 1e-9);
    near(outcome.mean_attempts, 1.15365092213, 1e-9);
    near(distribution.mean().0, integral(&distribution.knots), 1e-3);
    // A composite attempt: the same law in disguise.
    let disguised = sequence(&[&exponential(1.0), &fixed(0.0)]);
    let response = Arc::new(Response::Attempts {
        inner: disguised,
        failure: 0.0,
        timeout: Some(Millis(2.0)),
        backoff: vec![Millis(0.5); 2],
    });
    let outcome = check(&response, &rows, 3e-3).outcome().unwrap();
    near(outcome.mean_attempts, 1.15365092213, 1e-3);
}

#[test]
fn attempts_with_failures() {
    let attempts = |inner: &Arc<Response>, timeout: Option<f64>| {
        Arc::new(Response::Attempts {
            inner: Arc::clone(inner),
            failure: 0.2,
            timeout: timeout.map(Millis),
            backoff: vec![Millis(50.0), Millis(100.0)],
        })
    };
    // 80 %: 100 ms; 16 %: 100 + 50 + 100; the rest another 100 + 100.
    let rows = [(0.5, 100.0), (0.9, 250.0), (0.99, 450.0)];
    let distribution = check(&attempts(&fixed(100.0), Some(100.0)), &rows, 3e-3);
    near(
        distribution.mean().0,
        100.0 * 1.24 + 50.0 * 0.2 + 100.0 * 0.04,
        1e-9,
    );
    near(distribution.outcome().unwrap().success, 1.0 - 0.008, 1e-12);
    // Always too late: three timeouts and both pauses.
    let distribution = check(&attempts(&fixed(100.0), Some(80.0)), &[(0.5, 390.0)], 3e-3);
    assert_eq!(distribution.outcome().unwrap().success, 0.0);
    near(
        attempts(&exponential(10.0), None).mean().0,
        12.4 + 14.0,
        1e-9,
    );
}

/// Functions behind one trigger go cold together.
#[test]
fn common_shock() {
    let (warm, start) = (exponential(50.0), exponential(400.0));
    let stage = |cold: f64| sequence(&[&warm, &choice(&[(cold, &start)])]);
    let two = |cold: f64| sequence(&[&stage(cold), &stage(cold)]);
    let response = choice(&[(0.02, &two(1.0)), (0.98, &two(0.001))]);
    let rows = [
        (0.5, 85.69843489),
        (0.95, 266.1824899),
        (0.99, 796.5332354),
        (0.999, 2011.009922),
    ];
    check(&response, &rows, 3e-3);
    let apart = two(0.02 + 0.98 * 0.001);
    check(&apart, &[(0.99, 682.8967058), (0.999, 1612.873122)], 3e-3);
}

#[test]
fn truncation() {
    let cut = |inner: &Arc<Response>, at: f64| {
        Arc::new(Response::Truncated {
            inner: Arc::clone(inner),
            at: Millis(at),
        })
    };
    let mean = 1.0 - (-2.0_f64).exp();
    let rows = [(0.5, std::f64::consts::LN_2), (0.95, 2.0), (0.99, 2.0)];
    near(
        check(&cut(&exponential(1.0), 2.0), &rows, 3e-3).mean().0,
        mean,
        1e-12,
    );
    let disguised = sequence(&[&exponential(1.0), &fixed(0.0)]);
    near(
        check(&cut(&disguised, 2.0), &rows, 3e-3).mean().0,
        mean,
        1e-3,
    );
    check(&cut(&fixed(5.0), 2.0), &[(0.5, 2.0)], 0.0);
}

#[test]
fn constants_are_exact() {
    let parts = [fixed(3.3), fixed(120.7), fixed(0.1)];
    let parts = [&parts[0], &parts[1], &parts[2]];
    let total = 3.3 + 120.7 + 0.1;
    for (response, expected) in [(sequence(&parts), total), (parallel(&parts), 120.7)] {
        let distribution = check(&response, &[(0.01, expected), (0.999, expected)], 1e-12);
        near(distribution.cdf(Millis(expected + 1e-6)), 1.0, 1e-9);
        assert_eq!(distribution.cdf(Millis(expected - 1e-6)), 0.0);
    }
    // Mostly nothing: the median is exactly nothing.
    let rarely = choice(&[(0.1, &exponential(5.0))]);
    check(
        &rarely,
        &[(0.5, 0.0), (0.95, 5.0 * std::f64::consts::LN_2)],
        2e-3,
    );
    check(&Arc::new(Response::Zero), &[(0.5, 0.0), (0.99, 0.0)], 0.0);
    check(&choice(&[]), &[(0.5, 0.0)], 0.0);
    check(&parallel(&[]), &[(0.5, 0.0)], 0.0);
}

#[test]
fn broken_input_does_not_panic() {
    for response in [
        choice(&[(f64::NAN, &fixed(1.0)), (7.0, &exponential(2.0))]),
        leaf(Law::Fixed(Millis(f64::NAN))),
        leaf(Law::Quantiles(Vec::new())),
        Arc::new(Response::Truncated {
            inner: exponential(1.0),
            at: Millis(-1.0),
        }),
        Arc::new(Response::Attempts {
            inner: exponential(1.0),
            failure: f64::NAN,
            timeout: Some(Millis(0.0)),
            backoff: vec![Millis(f64::NAN); 3],
        }),
    ] {
        let distribution = evaluate(&response);
        let _ = (
            distribution.p99(),
            distribution.points(0),
            distribution.points(1),
        );
    }
}

/// A diamond shared a hundred times over is still visited once per grid.
#[test]
fn shared_parts_are_computed_once() {
    let mut response = exponential(1.0);
    for _ in 0..60 {
        response = choice(&[(0.5, &response), (0.5, &response)]);
    }
    check(&response, &[(0.5, std::f64::consts::LN_2)], 2e-3);
}

#[test]
fn curve_for_drawing() {
    let points = evaluate(&lognormal(50.0, 0.4)).points(40);
    assert_eq!(points.len(), 40);
    assert!(points.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1));
    near(points.last().unwrap().1, 0.999, 1e-6);
}

mod sampling;
