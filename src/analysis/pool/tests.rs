use super::*;

fn load(arrival_rate: f64, mean_service_s: f64, idle_timeout_s: f64) -> PoolLoad {
    PoolLoad {
        arrival_rate,
        mean_service_s,
        idle_timeout_s,
        lifetime_cap_s: None,
        limit: None,
    }
}

#[track_caller]
fn near(actual: f64, expected: f64, relative: f64) {
    let error = (actual - expected).abs();
    // What the tables call zero is below 1e-11 here.
    assert!(
        error <= relative * expected.abs() + 1e-11,
        "{actual} instead of {expected}"
    );
}

#[test]
fn most_recently_used() {
    for (rate, service, timeout, limit, cold, idle, busy, throttled) in [
        (
            0.9,
            1.991,
            600.0,
            None,
            0.00132930664918,
            5.90003350769,
            1.7919,
            0.0,
        ),
        (
            0.1,
            1.991,
            600.0,
            None,
            0.00709609695025,
            2.44782100105,
            0.1991,
            0.0,
        ),
        (
            0.01,
            1.991,
            600.0,
            None,
            0.0196948145506,
            1.08757234843,
            0.01991,
            0.0,
        ),
        (
            0.002,
            1.991,
            600.0,
            None,
            0.303937016496,
            0.700767669964,
            0.003982,
            0.0,
        ),
        (
            10.0,
            1.991,
            600.0,
            None,
            0.000287930247116,
            17.2956359254,
            19.91,
            0.0,
        ),
        (
            100.0,
            1.991,
            600.0,
            None,
            7.9120603258e-05,
            52.0757839581,
            199.1,
            0.0,
        ),
        (
            5.0,
            0.2,
            300.0,
            None,
            0.000353637134652,
            5.54508743655,
            1.0,
            0.0,
        ),
        (
            1.0,
            2.0,
            60.0,
            None,
            0.015272099921,
            4.28181792708,
            2.0,
            0.0,
        ),
        (
            0.9,
            1.991,
            600.0,
            Some(3),
            0.0,
            1.52890399206,
            1.47109600794,
            0.179030075373,
        ),
        (
            10.0,
            2.0,
            600.0,
            Some(20),
            0.0,
            3.17783923084,
            16.8221607692,
            0.158891961542,
        ),
    ] {
        let state = pool(&PoolLoad {
            limit,
            ..load(rate, service, timeout)
        });
        near(state.cold_probability, cold, 1e-6);
        near(state.idle, idle, 1e-6);
        near(state.busy, busy, 1e-9);
        near(state.throttle_probability, throttled, 1e-9);
    }
}

#[test]
fn lifetime_cap() {
    for (rate, uncapped, cold) in [
        (0.9, 0.00132930664918, 0.0016013011847),
        (10.0, 0.000287930247116, 0.000559924782635),
        (50.0, 0.000115251485619, 0.000387246021138),
        (0.1, 0.00709609695025, 0.00736809148577),
        (0.02, 0.0244465925592, 0.0247185870947),
    ] {
        let free = load(rate, 1.991, 600.0);
        near(pool(&free).cold_probability, uncapped, 1e-6);
        let capped = PoolLoad {
            lifetime_cap_s: Some(7_320.0),
            ..free
        };
        near(pool(&capped).cold_probability, cold, 1e-6);
    }
}

#[test]
fn several_requests_per_instance() {
    for (rate, service, timeout, k, cold, busy, idle) in [
        (
            0.9,
            1.991,
            600.0,
            1,
            0.00132930664918,
            1.7919,
            5.90003350769,
        ),
        (
            40.0,
            0.25,
            60.0,
            4,
            0.000144244687823,
            2.87500334856,
            3.10251611462,
        ),
        (
            2.0,
            2.0,
            600.0,
            4,
            0.000255291085056,
            1.374485712,
            2.02232242785,
        ),
        (
            20.0,
            0.5,
            900.0,
            10,
            1.1289268899e-07,
            1.41850319038,
            1.58352895915,
        ),
        (
            200.0,
            0.5,
            900.0,
            10,
            2.15324228875e-06,
            10.4500000015,
            4.32654055566,
        ),
        (
            0.01,
            0.5,
            900.0,
            80,
            0.000122794295121,
            0.00498752080732,
            0.994889684898,
        ),
    ] {
        let state = packed_pool(&load(rate, service, timeout), k);
        near(state.cold_probability, cold, 1e-6);
        near(state.busy, busy, 1e-9);
        near(state.idle, idle, 1e-6);
        near(state.alive(), busy + idle, 1e-6);
    }
}

#[test]
fn chains_go_cold_together() {
    for (rate, each, together, any) in [
        (0.001, 0.548901800794, 0.548701884742, 0.549501017754),
        (0.002, 0.301473326923, 0.30107375832, 0.30267066268),
        (0.005, 0.0507328265155, 0.0497373061847, 0.0537131342766),
        (0.01, 0.00444416315679, 0.00247379962651, 0.0103319327206),
        (0.03, 0.00534667686881, 1.51388734584e-08, 0.0212157518645),
        (1.0, 0.000606839102158, 2.1699611658e-261, 0.0024251477802),
    ] {
        let stage = load(rate, 0.2, 600.0);
        near(pool(&stage).cold_probability, each, 1e-6);
        let chain = chain_cold(&stage, &[each; 4]);
        near(chain.all_together, together, 1e-9);
        near(chain.any, any, 1e-9);
    }
    assert_eq!(chain_cold(&load(0.0, 0.2, 600.0), &[1.0, 1.0]).any, 1.0);
    assert_eq!(chain_cold(&load(1.0, 0.2, 600.0), &[]).any, 0.0);
}

#[test]
fn regular_arrivals() {
    let at = |interval: f64| regular_pool(&load(1.0 / interval, 2.0, 600.0)).cold_probability;
    assert_eq!((at(300.0), at(900.0)), (0.0, 1.0));
    let steady = regular_pool(&load(2.0, 1.2, 600.0));
    near(steady.alive(), 3.0, 1e-12);
}

/// Without service time the pool is one instance: P(cold) = exp(−λT).
#[test]
fn instantaneous_service() {
    let state = pool(&load(0.002, 0.0, 600.0));
    near(state.cold_probability, (-1.2_f64).exp(), 1e-9);
    near(state.idle, 1.0 - (-1.2_f64).exp(), 1e-9);
}

#[test]
fn edges() {
    let empty = pool(&load(0.0, 2.0, 600.0));
    assert_eq!(
        (empty.cold_probability, empty.busy, empty.idle),
        (1.0, 0.0, 0.0)
    );
    let closed = pool(&PoolLoad {
        limit: Some(0),
        ..load(1.0, 2.0, 600.0)
    });
    assert_eq!(
        (closed.throttle_probability, closed.cold_probability),
        (1.0, 0.0)
    );
    near(pool(&load(1.0, 2.0, 0.0)).cold_probability, 1.0, 1e-12);
    let forever = pool(&load(1.0, 2.0, f64::INFINITY));
    assert!(forever.cold_probability < 1e-9 && forever.idle.is_finite());
    for service in [f64::INFINITY, f64::NAN] {
        let odd = PoolLoad {
            limit: Some(5),
            ..load(1.0, service, 600.0)
        };
        assert!(pool(&odd).idle.is_finite() && regular_pool(&odd).idle.is_finite());
    }
    let swamped = pool(&PoolLoad {
        limit: Some(10),
        ..load(1e9, 2.0, 600.0)
    });
    near(swamped.throttle_probability, 1.0, 1e-8);
}

#[test]
fn a_hundred_thousand_busy() {
    let state = pool(&load(50_000.0, 2.0, 600.0));
    assert!((1e-7..1e-5).contains(&state.cold_probability), "{state:?}");
    assert!((500.0..3_000.0).contains(&state.idle), "{state:?}");
}
