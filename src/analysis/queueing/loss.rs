//! Limits without a queue: what finds all servers busy is turned away.

use super::gamma::scaled_upper_gamma;
use super::retry::expected_attempts;

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
pub fn erlang_b_with_client_retries(servers: u32, load: f64, retries: u32) -> RetriedLoss {
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

/// Erlang B with a number of servers that need not be whole [1].
///
/// `servers` ≥ 0 and `load` in Erlangs. 1/B(x, a) = ∫₀^∞ e^(−t) (1 + t/a)ˣ dt,
/// brought down to 0 ≤ x < 1 by 1/B(x, a) = 1 + x/a ÷ B(x − 1, a).
///
/// Source: Jagerman 1974, *Some properties of the Erlang loss function*.
#[must_use]
pub fn erlang_b_continuous(servers: f64, load: f64) -> f64 {
    if servers.is_nan() || servers <= 0.0 {
        return 1.0;
    }
    if load.is_nan() || load <= 0.0 {
        return 0.0;
    }
    let (mut sum, mut term, mut left) = (0.0, 1.0, servers);
    while left >= 1.0 {
        sum += term;
        let factor = left / load;
        term *= factor;
        if (factor < 1.0 && term < 1e-17 * sum) || sum > 1e300 {
            return 1.0 / sum;
        }
        left -= 1.0;
    }
    // e^a a^(−x) Γ(x + 1, a) is the integral for what is left.
    1.0 / (sum + term * scaled_upper_gamma(left + 1.0, load) * load)
}

/// Loss of arrivals that come in bursts: Hayward's approximation [1].
///
/// `peakedness` is variance ÷ mean of the busy servers that the stream would
/// keep were there no limit: 1 for Poisson arrivals, more for bursts, less for
/// regular ones. B ≈ B(c/z, a/z).
///
/// Source: Fredericks 1980, *Congestion in blocking systems*.
#[must_use]
pub fn hayward_bursty(servers: u32, load: f64, peakedness: f64) -> f64 {
    let z = if peakedness > 0.0 && peakedness.is_finite() {
        peakedness
    } else {
        1.0
    };
    erlang_b_continuous(f64::from(servers) / z, load / z)
}

/// Peakedness of Poisson batches of `size` and exponential service: (g + 1)/2 [1].
///
/// Source: Eckberg 1983, *Generalized peakedness of teletraffic processes*.
#[must_use]
pub fn batch_peakedness(size: f64) -> f64 {
    0.5 * (size.max(1.0) + 1.0)
}

/// What a second of one instance costs, in any one unit of money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProvisionedPrices {
    /// Kept ready, used or not.
    pub ready: f64,
    /// Use of one that is kept ready.
    pub provisioned_use: f64,
    /// Use on demand.
    pub on_demand_use: f64,
}

/// How many instances are worth keeping ready.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProvisionedOptimum {
    /// Instances to keep ready.
    pub instances: u32,
    /// Load that the last of them carries [Erlang]; 0 where none is worth it.
    pub marginal: f64,
    /// Load that spills over to instances on demand [Erlang].
    pub spill: f64,
    /// Cost in the prices' money, per second.
    pub cost: f64,
}

impl ProvisionedPrices {
    /// The share of use from which an instance is worth keeping ready [1].
    ///
    /// u* = ready ÷ (on demand − provisioned use); infinite where use is no cheaper.
    #[must_use]
    pub fn break_even(&self) -> f64 {
        let saved = self.on_demand_use - self.provisioned_use;
        if saved > 0.0 {
            self.ready.max(0.0) / saved
        } else {
            f64::INFINITY
        }
    }

    /// Cost of keeping `instances` ready under a load in Erlangs, per second.
    #[must_use]
    pub fn cost(&self, instances: u32, load: f64) -> f64 {
        let spill = load.max(0.0) * erlang_b(instances, load);
        let carried = load.max(0.0) - spill;
        self.ready * f64::from(instances)
            + self.provisioned_use * carried
            + self.on_demand_use * spill
    }
}

/// The cheapest number of instances to keep ready under a steady Poisson load.
///
/// Ready instances serve first, what they cannot take spills to instances on
/// demand. The n-th carries a(B(n − 1, a) − B(n, a)), less than the one before
/// it, and is worth its price while that is at least the break-even share.
///
/// Source: Jagerman 1974 for the convexity of B in n.
#[must_use]
pub fn provisioned_concurrency_optimum(
    load: f64,
    prices: &ProvisionedPrices,
) -> ProvisionedOptimum {
    let load = if load > 0.0 && load.is_finite() {
        load
    } else {
        0.0
    };
    let share = prices.break_even();
    let carried = |n: u32| load * (erlang_b(n - 1, load) - erlang_b(n, load));
    let mut instances = 0;
    if load > 0.0 && share < 1.0 {
        // Far above the load no instance carries anything.
        let most = load + 40.0 * load.sqrt() + 100.0;
        #[expect(clippy::cast_possible_truncation, reason = "bounded just here")]
        #[expect(clippy::cast_sign_loss, reason = "a positive number")]
        let (mut low, mut high) = (0_u32, most.min(4e9) as u32);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if carried(middle) >= share {
                low = middle;
            } else {
                high = middle;
            }
        }
        instances = low;
    }
    ProvisionedOptimum {
        instances,
        marginal: if instances > 0 {
            carried(instances)
        } else {
            0.0
        },
        spill: load * erlang_b(instances, load),
        cost: prices.cost(instances, load),
    }
}
