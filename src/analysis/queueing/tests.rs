use super::*;

#[track_caller]
fn near(actual: f64, expected: f64, relative: f64) {
    let error = (actual - expected).abs();
    assert!(
        error <= relative * expected.abs(),
        "{actual} instead of {expected}"
    );
}

#[track_caller]
fn close(actual: f64, expected: f64) {
    near(actual, expected, 1e-9);
}

#[test]
fn limits_without_queue() {
    for (load, servers, blocked) in [
        (1.0, 1, 0.5),
        (1.7919, 5, 0.0259187554997),
        (10.0, 10, 0.214582343107),
        (100.0, 100, 0.0757004527109),
        (950.0, 1000, 0.00364929368894),
        (2016.0, 1000, 0.504454581899),
        (900.0, 1000, 5.92986267015e-05),
    ] {
        close(erlang_b(servers, load), blocked);
    }
    assert_eq!(erlang_b(0, 3.0), 1.0);
    assert_eq!(erlang_b(5, 0.0), 0.0);
    assert!(erlang_b(4_000_000_000, 10.0) < 1e-290);
    close(erlang_b(1, 1e12), 1e12 / (1e12 + 1.0));
}

/// The textbook recurrence gives the same.
#[test]
fn recurrence() {
    for load in [0.01, 3.0, 40.0, 55.5] {
        let mut blocked = 1.0;
        for servers in 1..60_u32 {
            blocked = load * blocked / (f64::from(servers) + load * blocked);
            close(erlang_b(servers, load), blocked);
        }
    }
}

#[test]
fn limits_with_client_retries() {
    for (load, servers, retries, per_attempt, per_request, attempts) in [
        (
            95.0,
            100,
            2,
            0.128801603453,
            0.00213679967418,
            1.14539145651,
        ),
        (120.0, 100, 2, 0.557412308003, 0.173192731573, 1.86812078912),
    ] {
        let loss = erlang_b_with_client_retries(servers, load, retries);
        close(loss.per_attempt, per_attempt);
        close(loss.per_request, per_request);
        close(loss.attempts, attempts);
    }
    close(
        erlang_b_with_client_retries(100, 95.0, 0).per_attempt,
        0.0488042061787,
    );
    close(
        erlang_b_with_client_retries(100, 120.0, 0).per_attempt,
        0.196269989455,
    );
}

#[test]
fn shared_limits() {
    close(
        erlang_b_shared(1000, &[400.0, 300.0, 250.0]),
        0.00364929368894,
    );
    close(erlang_b_shared(100, &[30.0, 40.0]), 0.000137820462618);
}

#[test]
fn one_queue_many_servers() {
    for (rate, mu, servers, waits, mean_wait, wait_p99) in [
        (0.5, 1.0, 1, 0.5, 1.0, 7.82404601086),
        (8.0, 1.0, 10, 0.409180150796, 0.204590075398, 1.85578521628),
        (
            95.0,
            1.0,
            100,
            0.506456853913,
            0.101291370783,
            0.784970808459,
        ),
        (0.9, 1.0, 1, 0.9, 9.0, 44.9980967033),
        (
            1900.0,
            2.0,
            1000,
            0.0682534153771,
            0.000682534153771,
            0.0192064238197,
        ),
    ] {
        let queue = erlang_c(servers, rate, 1.0 / mu);
        close(queue.waits, waits);
        close(queue.mean_wait, mean_wait);
        close(queue.wait_quantile(0.99), wait_p99);
    }
    assert_eq!(erlang_c(10, 8.0, 1.0).wait_quantile(0.5), 0.0);
    assert_eq!(erlang_c(1, 2.0, 1.0).mean_wait, f64::INFINITY);
    assert_eq!(erlang_c(0, 2.0, 1.0).wait_quantile(0.5), f64::INFINITY);
    assert_eq!(erlang_c(1, 0.0, 1.0).mean_wait, 0.0);
}

#[test]
fn one_server_any_law() {
    for (scv, waits) in [
        (1.0, [1.0, 4.0, 19.0]),
        (0.0, [0.5, 2.0, 9.5]),
        (0.25, [0.625, 2.5, 11.875]),
        (4.0, [2.5, 10.0, 47.5]),
        (9.0, [5.0, 20.0, 95.0]),
    ] {
        for (rate, wait) in [0.5, 0.8, 0.95].into_iter().zip(waits) {
            close(mg1_mean_wait(rate, 1.0, scv), wait);
        }
    }
    assert_eq!(mg1_mean_wait(1.0, 1.0, 0.0), f64::INFINITY);
}

#[test]
fn rate_limits_of_poisson_arrivals() {
    for (arrivals, rate, burst, rejected) in [
        (10.0, 10.0, 1.0, 0.5),
        (10.0, 10.0, 10.0, 0.0508474576307),
        (50.0, 100.0, 5.0, 0.002175962571),
        (9.0, 10.0, 5.0, 0.0643618971855),
    ] {
        // The series loses a few digits to cancellation.
        close(
            token_bucket_poisson_rejected(arrivals, rate, burst),
            rejected,
        );
    }
    for (load, burst, rejected) in [
        (0.5, 12.0, 3.28774529404e-07),
        (0.8, 20.0, 4.82717591023e-05),
        (0.9, 20.0, 0.00185317568273),
        (0.9, 100.0, 1.15804721143e-10),
        (0.99, 200.0, 0.000186530292573),
        (1.0, 50.0, 0.0100334448161),
        (1.0, 5000.0, 0.000100003333444),
        (0.9999, 5000.0, 5.82034907803e-05),
        (1.0001, 5000.0, 0.000158187990001),
        (1.2, 100.0, 0.166666666667),
        (1.2, 300.0, 0.166666666667),
    ] {
        near(
            token_bucket_poisson_rejected(load, 1.0, burst),
            rejected,
            2e-7,
        );
    }
}

#[test]
fn rate_limits_at_the_edges() {
    let rejected = token_bucket_poisson_rejected;
    assert_eq!(rejected(0.0, 10.0, 5.0), 0.0);
    assert_eq!(rejected(10.0, 0.0, 5.0), 1.0);
    assert_eq!(rejected(10.0, 10.0, 0.5), 1.0);
    close(rejected(1e6, 1.0, 12.0), 1.0 - 1e-6);
    close(rejected(1e6, 1.0, 1e6), 1.0 - 1e-6);
    assert!(rejected(1e-6, 1.0, 1e6) >= 0.0);
    // Both methods meet, and the load passes 1 without a jump.
    near(
        rejected(0.9, 1.0, 12.0),
        rejected(0.9, 1.0, 12.000_001),
        1e-5,
    );
    near(
        rejected(1.0 - 1e-10, 1.0, 50.0),
        rejected(1.0, 1.0, 50.0),
        1e-6,
    );
    near(
        rejected(1.0 + 1e-9, 1.0, 50.0),
        rejected(1.0, 1.0, 50.0),
        1e-6,
    );
}

#[test]
fn rate_limits_overloaded() {
    for (rate, burst, demand, duration, dry, rejected) in [
        (10_000.0, 5_000.0, 15_000.0, 60.0, 1.0, 295_000.0),
        (100.0, 30_000.0, 400.0, 300.0, 100.0, 60_000.0),
    ] {
        let overload = token_bucket_fluid(demand, rate, burst, duration);
        assert_eq!(
            overload,
            FluidOverload {
                exhausted_at: Some(dry),
                rejected
            }
        );
    }
    assert_eq!(token_bucket_fluid(5.0, 10.0, 1.0, 60.0).exhausted_at, None);
}

#[test]
fn starting_environments() {
    let step = EnvStartRamp {
        arrival_rate: 5_000.0,
        mean_service: 1.0,
        warm: 0.0,
        burst: 1_000.0,
        rate: 100.0,
        horizon: 60.0,
    };
    let throttling = env_start_ramp_step(&step).unwrap();
    close(throttling.from, 0.228882035863);
    close(throttling.until, 39.0);
    close(throttling.throttled, 75_159.9794094);
    let none = EnvStartRamp {
        arrival_rate: 900.0,
        ..step
    };
    assert_eq!(env_start_ramp_step(&none), None);
    // Without further starts the shortage lasts as long as the step.
    let endless = env_start_ramp_step(&EnvStartRamp { rate: 0.0, ..step }).unwrap();
    assert!(endless.until.is_infinite());
    close(endless.throttled, 4_000.0 * (60.0 - endless.from));
}

#[test]
fn attempts() {
    for (failure, retries, expected) in [
        (0.01, 2, 1.0101),
        (0.1, 2, 1.11),
        (0.5, 3, 1.875),
        (0.9, 5, 4.68559),
    ] {
        close(expected_attempts(failure, retries), expected);
    }
    assert_eq!(expected_attempts(1.0, 4), 5.0);
    assert_eq!(expected_attempts(0.0, 4), 1.0);
    close(expected_attempts(1.0 - 1e-9, 3), 4.0 - 6e-9);
}

#[test]
fn a_step_in_load() {
    for (elapsed, busy) in [
        (0.0, 20.0),
        (1.0, 405.599953482),
        (2.0, 639.478147652),
        (5.0, 919.556701349),
        (10.0, 993.396811941),
    ] {
        close(mt_ginf_step(10.0, 500.0, 2.0, elapsed), busy);
    }
}
