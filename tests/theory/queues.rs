//! Limits, queues, rate limits, changing load, retries, caches and loops.

use nephoscope::analysis::queueing;

use crate::rows;
use crate::{between, exact};

#[test]
fn erlang_b() {
    for &[a, c, lost, carried] in rows::ERLANG_B {
        let found = queueing::erlang_b(c as u32, a);
        exact(found, lost);
        exact(a * (1.0 - found), carried);
    }
}

#[test]
fn erlang_c_mmc() {
    for &[lam, mu, c, waits, wq, w, lq, p99, s50, s95, s99, s999] in rows::ERLANG_C_MMC {
        let queue = queueing::erlang_c(c as u32, lam, 1.0 / mu);
        exact(queue.waits, waits);
        exact(queue.mean_wait, wq);
        exact(queue.mean_wait + 1.0 / mu, w);
        exact(lam * queue.mean_wait, lq);
        exact(queue.wait_quantile(0.99), p99);
        for (p, time) in [(0.5, s50), (0.95, s95), (0.99, s99), (0.999, s999)] {
            exact(queue.sojourn_quantile(p, 1.0 / mu), time);
        }
    }
}

#[test]
fn mg1_pollaczek_khinchine() {
    for &[rho, scv, wq, w, lq] in rows::MG1_POLLACZEK_KHINCHINE {
        let wait = queueing::mg1_mean_wait(rho, 1.0, scv);
        exact(wait, wq);
        exact(wait + 1.0, w);
        exact(rho * wait, lq);
    }
}

#[test]
fn md1() {
    for &[rho, wq, none, p90, p95, p99, p999] in rows::MD1 {
        exact(queueing::mg1_mean_wait(rho, 1.0, 0.0), wq);
        exact(1.0 - queueing::md1_wait_exceeds(rho, 1.0, 0.0), none);
        for (p, wait) in [(0.9, p90), (0.95, p95), (0.99, p99), (0.999, p999)] {
            exact(queueing::md1_wait_quantile(rho, 1.0, p), wait);
        }
    }
}

#[test]
fn mginf_poisson() {
    for &[rho, c, above, p50, p99, p999] in rows::MGINF_POISSON {
        exact(queueing::poisson_tail(rho, c), above);
        for (p, busy) in [(0.5, p50), (0.99, p99), (0.999, p999)] {
            exact(queueing::poisson_quantile(rho, p), busy);
        }
    }
}

#[test]
fn jackson_tandem() {
    for &[lam, mu1, mu2, w, l, p50, p95, p99] in rows::JACKSON_TANDEM {
        let both = queueing::tandem(lam, mu1, mu2).unwrap();
        exact(both.mean(), w);
        exact(lam * both.mean(), l);
        for (p, time) in [(0.5, p50), (0.95, p95), (0.99, p99)] {
            exact(both.quantile(p), time);
        }
    }
    let again = queueing::bernoulli_feedback(0.6, 1.0, 0.25).unwrap();
    exact(again.rate, 0.8);
    exact(again.present, 4.0);
    exact(again.time, 6.66666666667);
}

#[test]
fn token_bucket_poisson() {
    for &[lam, rate, burst, rejected, accepted] in rows::TOKEN_BUCKET_POISSON {
        let found = queueing::token_bucket_poisson_rejected(lam, rate, burst);
        exact(found, rejected);
        exact(lam * (1.0 - found), accepted);
    }
}

#[test]
fn token_bucket_large_burst() {
    for &[rho, burst, rejected, two_roots] in rows::TOKEN_BUCKET_LARGE_BURST {
        let found = queueing::token_bucket_poisson_rejected(rho, 1.0, burst);
        exact(found, rejected);
        // Two roots alone are within 2e-7.
        crate::near(found, two_roots, 2e-7);
    }
}

#[test]
fn token_bucket_fluid() {
    for &[r, b, lam, h, dry, rejected, fraction] in rows::TOKEN_BUCKET_FLUID {
        let found = queueing::token_bucket_fluid(lam, r, b, h);
        exact(found.exhausted_at.unwrap(), dry);
        exact(found.rejected, rejected);
        exact(found.rejected / (lam * h), fraction);
    }
}

#[test]
fn env_start_ramp_step() {
    for &[
        lam,
        mu,
        warm,
        burst,
        rate,
        horizon,
        from,
        until,
        throttled,
        fraction,
    ] in rows::ENV_START_RAMP_STEP
    {
        let ramp = queueing::EnvStartRamp {
            arrival_rate: lam,
            mean_service: 1.0 / mu,
            warm,
            burst,
            rate,
            horizon,
        };
        let found = queueing::env_start_ramp_step(&ramp).unwrap();
        exact(found.from, from);
        exact(found.until, until);
        exact(found.throttled, throttled);
        exact(found.throttled / (lam * horizon), fraction);
        // Two simulations.
        between(found.throttled, 75_041.0, -0.005, 0.005);
        between(found.throttled, 74_935.0, -0.005, 0.005);
    }
}

#[test]
fn mt_ginf_sinusoid() {
    for &[t, mean, amplitude, period, mu, exponential, d, fixed] in rows::MT_GINF_SINUSOID {
        let load = queueing::SinusoidLoad {
            mean,
            amplitude,
            period,
        };
        exact(
            queueing::mt_ginf_sinusoid_exponential(&load, 1.0 / mu, t),
            exponential,
        );
        exact(queueing::mt_ginf_sinusoid_fixed(&load, d, t), fixed);
    }
}

#[test]
fn mt_ginf_step() {
    for &[before, after, mu, t, busy] in rows::MT_GINF_STEP {
        let found = queueing::mt_ginf_step(before, after, 1.0 / mu, t);
        exact(found, busy);
    }
}

#[test]
fn retry_amplification() {
    for &[fail, retries, attempts, for_good] in rows::RETRY_AMPLIFICATION {
        exact(queueing::expected_attempts(fail, retries as u32), attempts);
        exact(fail.powf(retries + 1.0), for_good);
    }
}

#[test]
fn fanout_max_exp() {
    for &[n, mu, mean, p50, p99] in rows::FANOUT_MAX_EXP {
        exact(queueing::slowest_exponential_mean(n as u32, mu), mean);
        exact(
            queueing::slowest_exponential_quantile(n as u32, mu, 0.5),
            p50,
        );
        exact(
            queueing::slowest_exponential_quantile(n as u32, mu, 0.99),
            p99,
        );
    }
}

#[test]
fn hayward_bursty() {
    for &[a, z, c, lost] in rows::HAYWARD_BURSTY {
        exact(queueing::hayward_bursty(c as u32, a, z), lost);
    }
    // Fractions of servers obey the recurrence 1/B(x) = 1 + x/a ÷ B(x − 1).
    for (x, a) in [(0.3, 0.05), (3.7, 2.0), (55.5, 60.0), (0.5, 40.0)] {
        let (less, more) = (
            queueing::erlang_b_continuous(x, a),
            queueing::erlang_b_continuous(x + 1.0, a),
        );
        exact(1.0 / more, 1.0 + (x + 1.0) / a / less);
    }
    // ∫ e^(−t) √(1 + t) dt = 1 + e√π/2 · erfc 1.
    exact(
        queueing::erlang_b_continuous(0.5, 1.0),
        1.0 / 1.378_936_078_9,
    );
    exact(queueing::batch_peakedness(7.0), 4.0);
}

#[test]
fn erlang_shared_pool() {
    exact(
        queueing::erlang_b_shared(1_000, &[400.0, 300.0, 250.0]),
        0.00364929368894,
    );
    exact(
        queueing::erlang_b_shared(100, &[30.0, 40.0]),
        0.000137820462618,
    );
}

#[test]
fn erlang_b_with_client_retries() {
    for &[a, c, retries, attempt, for_good, attempts, without] in rows::ERLANG_B_WITH_CLIENT_RETRIES
    {
        let with = |retries| queueing::erlang_b_with_client_retries(c as u32, a, retries);
        let found = with(retries as u32);
        exact(found.per_attempt, attempt);
        exact(found.per_request, for_good);
        exact(found.attempts, attempts);
        exact(with(0).per_attempt, without);
    }
}

#[test]
fn provisioned_concurrency_optimum() {
    let prices = queueing::ProvisionedPrices {
        ready: 4.1667,
        provisioned_use: 9.7222,
        on_demand_use: 16.6667,
    };
    exact(prices.break_even(), 0.6);
    for &[a, n, marginal, spill, used, on_demand, usd, others, theirs] in
        rows::PROVISIONED_CONCURRENCY_OPTIMUM
    {
        let best = queueing::provisioned_concurrency_optimum(a, &prices);
        assert_eq!(f64::from(best.instances), n);
        exact(best.marginal, marginal);
        // The row gives the share that spills.
        exact(best.spill / a, spill);
        exact((a - best.spill) / n, used);
        exact(best.cost, usd);
        exact(prices.cost(0, a), on_demand);
        assert_eq!((a / 0.6).floor(), others);
        exact(prices.cost(others as u32, a), theirs);
        for other in [best.instances - 1, best.instances + 1] {
            assert!(prices.cost(other, a) >= best.cost);
        }
    }
}

#[test]
fn ttl_cache_hit() {
    for &[keys, lam, ttl, zipf, hit] in rows::TTL_CACHE_HIT {
        exact(queueing::ttl_cache_hit(keys, lam, ttl, zipf), hit);
    }
}

#[test]
fn runaway_growth() {
    let growth = queueing::loop_growth_fixed(2.0, 1.5);
    exact(growth, 0.462098120373);
    exact(2.0_f64.ln() / growth, 1.5);
    exact(queueing::loop_growth_exponential(2.0, 1.5), 0.666666666667);
    assert_eq!(queueing::loop_growth_fixed(1.0, 0.0), 0.0);
    // Two loops through one node, each of which alone would die out.
    let root = 0.6_f64.sqrt();
    let both = [(0, 1, root), (1, 0, root), (0, 2, root), (2, 0, root)];
    exact(queueing::spectral_radius(2, &both[..2]).powi(2), 0.6);
    exact(queueing::spectral_radius(3, &both).powi(2), 1.2);
    exact(
        queueing::spectral_radius(1, &[(0, 0, 0.6), (0, 0, 0.6)]),
        1.2,
    );
    exact(queueing::chain_invocations(2.0, 16), 65_535.0);
    exact(queueing::chain_invocations(1.0, 16), 16.0);
    // The cap, at the catalog's prices: 1,000 functions of 1 GB that last 1 s.
    let hour = crate::bills::lambda(3.6e6);
    exact(hour, 60.72012);
}
