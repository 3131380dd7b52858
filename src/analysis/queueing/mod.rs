//! Closed forms for limits, queues, rate limits and retries.
//!
//! Plain numbers in and out: rates in 1/s, times in s, offered loads in
//! Erlangs (requests in progress). Each function is exact for its stated model;
//! the token bucket has its own file.

mod token_bucket;

pub use token_bucket::{FluidOverload, token_bucket_fluid, token_bucket_poisson_rejected};

/// Share of requests that find all `servers` busy, without a queue [1].
///
/// `load` is λ·E\[S\] in Erlangs; holds for any service law. Evaluates
/// 1/B = Σⱼ c(c−1)…(c−j+1)/aʲ, all positive terms and stopped when they no
/// longer matter, so that a limit of a million costs no more than a thousand
/// terms where it is near the load.
///
/// Source: Erlang 1917; Kleinrock, *Queueing Systems* I, §3.6.
#[must_use]
pub fn erlang_b(servers: u32, load: f64) -> f64 {
    if servers == 0 {
        return 1.0;
    }
    if load.is_nan() || load <= 0.0 {
        return 0.0;
    }
    let (mut sum, mut term) = (1.0, 1.0);
    for left in (1..=servers).rev() {
        let factor = f64::from(left) / load;
        term *= factor;
        sum += term;
        let exhausted = factor < 1.0 && term < 1e-17 * sum;
        if exhausted || sum > 1e300 {
            break;
        }
    }
    1.0 / sum
}

/// Throttling when rejected callers try again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetriedLoss {
    /// Share of attempts that are throttled [1].
    pub per_attempt: f64,
    /// Share of requests that fail for good [1].
    pub per_request: f64,
    /// Mean attempts per request [1].
    pub attempts: f64,
}

/// Erlang B when clients retry a throttled call up to `retries` times.
///
/// The smallest fixed point of B = B(c, a(1 + B + … + Bʳ)), which assumes
/// random delays long against the service time: a lower estimate, short delays
/// are worse.
///
/// Source: Cohen 1957, as in Falin & Templeton, *Retrial Queues*, §2.
#[must_use]
pub fn erlang_b_with_retries(servers: u32, load: f64, retries: u32) -> RetriedLoss {
    let mut loss = erlang_b(servers, load);
    // The map rises with B, so that iteration from below climbs to the smallest root.
    for _ in 0..5_000 {
        let next = erlang_b(servers, load * expected_attempts(loss, retries));
        let settled = (next - loss).abs() <= 1e-15 + 1e-13 * next;
        loss = next;
        if settled {
            break;
        }
    }
    RetriedLoss {
        per_attempt: loss,
        per_request: loss.powf(f64::from(retries) + 1.0),
        attempts: expected_attempts(loss, retries),
    }
}

/// Throttling of several functions that share one limit: all see the same share [1].
///
/// Source: multi-class Erlang loss, insensitive to the service laws (Kaufman 1981).
#[must_use]
pub fn erlang_b_shared(servers: u32, loads: &[f64]) -> f64 {
    erlang_b(servers, loads.iter().filter(|load| **load > 0.0).sum())
}

/// M/M/c: Poisson arrivals, exponential service, one queue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErlangC {
    /// Probability that a request waits at all [1]; 1 when overloaded.
    pub waits: f64,
    /// Mean wait before service [s]; infinite when overloaded.
    pub mean_wait: f64,
    /// cμ − λ [1/s]: what capacity is left; waits decay at this rate.
    pub spare_rate: f64,
}

impl ErlangC {
    /// The wait that a share `p` of all requests stays within [s].
    #[must_use]
    pub fn wait_quantile(&self, p: f64) -> f64 {
        if p <= 1.0 - self.waits {
            return 0.0;
        }
        if self.spare_rate <= 0.0 || p >= 1.0 {
            return f64::INFINITY;
        }
        (self.waits / (1.0 - p)).ln() / self.spare_rate
    }
}

/// The M/M/c queue: `arrival_rate` [1/s], `mean_service` [s].
///
/// Source: Erlang 1917; Kleinrock, *Queueing Systems* I, §3.5.
#[must_use]
pub fn erlang_c(servers: u32, arrival_rate: f64, mean_service: f64) -> ErlangC {
    let load = arrival_rate * mean_service;
    if load.is_nan() || load <= 0.0 {
        let spare_rate = f64::from(servers) / mean_service.max(f64::MIN_POSITIVE);
        return ErlangC {
            waits: 0.0,
            mean_wait: 0.0,
            spare_rate,
        };
    }
    let utilisation = load / f64::from(servers);
    if servers == 0 || utilisation >= 1.0 {
        return ErlangC {
            waits: 1.0,
            mean_wait: f64::INFINITY,
            spare_rate: 0.0,
        };
    }
    let blocked = erlang_b(servers, load);
    let waits = blocked / (1.0 - utilisation * (1.0 - blocked));
    let spare_rate = (f64::from(servers) - load) / mean_service;
    ErlangC {
        waits,
        mean_wait: waits / spare_rate,
        spare_rate,
    }
}

/// Mean wait in M/G/1 [s]: one server, any service law; infinite when overloaded.
///
/// `mean_service` [s] and `scv`, the squared coefficient of variation of the
/// service time [1].
///
/// Source: Pollaczek–Khinchine; Kleinrock, *Queueing Systems* I, §5.6.
#[must_use]
pub fn mg1_mean_wait(arrival_rate: f64, mean_service: f64, scv: f64) -> f64 {
    let utilisation = arrival_rate * mean_service;
    if utilisation >= 1.0 {
        return f64::INFINITY;
    }
    utilisation * mean_service * (1.0 + scv) / (2.0 * (1.0 - utilisation))
}

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

/// Mean busy instances `elapsed` s after the rate steps from `before` to `after` [1].
///
/// Rates in 1/s, `mean_service` in s, exponential service, unlimited instances.
///
/// Source: Eick, Massey & Whitt 1993, *The physics of the M(t)/G/∞ queue*.
#[must_use]
pub fn mt_ginf_step(before: f64, after: f64, mean_service: f64, elapsed: f64) -> f64 {
    let reached = -(-elapsed.max(0.0) / mean_service).exp_m1();
    mean_service * (before + (after - before) * reached)
}

/// How new environments may start, and the load they start under.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnvStartRamp {
    /// Arrival rate after the step at t = 0 [1/s].
    pub arrival_rate: f64,
    /// Mean service time [s], exponential.
    pub mean_service: f64,
    /// Environments busy before the step [1].
    pub warm: f64,
    /// Environments that may start at once [1]; AWS Lambda: 1,000.
    pub burst: f64,
    /// Further starts per second [1/s]; AWS Lambda: 100 per function.
    pub rate: f64,
    /// How long the step lasts [s].
    pub horizon: f64,
}

/// When starting environments throttles, and how much.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RampThrottling {
    /// First throttled instant [s].
    pub from: f64,
    /// When supply has caught up [s].
    pub until: f64,
    /// Requests throttled within the horizon [1].
    pub throttled: f64,
}

/// Throttling while environments start through a token bucket after a step in load.
///
/// Fluid model: demand m(t) = a + (E₀ − a)e^(−μt) outruns E₀ + b + r·t at `from`;
/// from there each second serves only what the ramp has started. `None` when
/// the bucket suffices.
#[must_use]
pub fn env_start_ramp_step(ramp: &EnvStartRamp) -> Option<RampThrottling> {
    let EnvStartRamp {
        arrival_rate,
        mean_service,
        warm,
        burst,
        rate,
        horizon,
    } = *ramp;
    let load = arrival_rate * mean_service;
    let grown = |t: f64| (load - warm) * -(-t / mean_service).exp_m1();
    let shortage = |t: f64| grown(t) - burst - rate * t;
    // The shortage is concave: it peaks where demand grows as fast as supply.
    let growth = (load - warm) / mean_service;
    let peak = if growth > rate && rate > 0.0 {
        mean_service * (growth / rate).ln()
    } else {
        horizon
    };
    let peak = peak.min(horizon);
    if !(growth > rate && shortage(peak) > 0.0) {
        return None;
    }
    let from = bisect(shortage, 0.0, peak);
    // Throttled per second: what arrives less what runs and what starts.
    let excess = arrival_rate - (warm + burst) / mean_service - rate;
    let slope = rate / mean_service;
    let caught_up = if slope > 0.0 {
        excess / slope
    } else {
        f64::INFINITY
    };
    let end = caught_up.min(horizon).max(from);
    let throttled = excess * (end - from) - 0.5 * slope * (end * end - from * from);
    Some(RampThrottling {
        from,
        until: caught_up.max(from),
        throttled: throttled.max(0.0),
    })
}

/// The zero of a function that rises through it once between `low` and `high`.
fn bisect(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if f(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests;
