//! Load that falls on single keys under Zipf's law: what their limits refuse,
//! how long one thread of each makes them wait.

use super::cache::{harmonic, over_ranks};
use super::mg1_mean_wait;

/// Share of the most popular of `keys` keys with popularity pᵢ ~ i^(−s) [1].
#[must_use]
pub fn hottest_share(keys: f64, exponent: f64) -> f64 {
    let keys = if keys >= 1.0 { keys.floor() } else { 1.0 };
    if exponent > 0.0 {
        1.0 / harmonic(keys, exponent)
    } else {
        1.0 / keys
    }
}

/// Share of a `load` that lies above the `limit` of its key [1]:
/// Σ max(0, pᵢλ − L) ÷ λ, load and limit in one unit.
///
/// Of the k keys above the limit: (H(k, s) − kLH(n, s)/λ) ÷ H(n, s).
#[must_use]
pub fn over_key_limit(keys: f64, load: f64, limit: f64, exponent: f64) -> f64 {
    // No key has more than all of the load.
    if !(load > limit && limit >= 0.0) {
        return 0.0;
    }
    let keys = if keys >= 1.0 { keys.floor() } else { 1.0 };
    let hottest = hottest_share(keys, exponent);
    if hottest * load <= limit {
        return 0.0;
    }
    let hot = if exponent > 0.0 {
        (hottest * load / limit)
            .powf(1.0 / exponent)
            .floor()
            .min(keys)
    } else {
        keys
    };
    let share = if hot >= keys {
        1.0
    } else {
        hottest * harmonic(hot, exponent)
    };
    (share - hot * limit / load).clamp(0.0, 1.0)
}

/// What requests meet whose keys are served one at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct KeyedWait {
    /// Mean wait over all requests [s].
    pub mean: f64,
    /// Probability that a request has to wait [1].
    pub waits: f64,
}

/// M/G/1 at each of `keys` keys that share a Poisson `rate` [1/s] by Zipf's
/// law: Σ pᵢ W(pᵢλ).
///
/// `most` is the utilisation that a key is taken to have at most, below 1.
///
/// Source: Pollaczek–Khinchine at each key; a Poisson stream that is split at
/// random leaves Poisson streams.
#[must_use]
pub fn mg1_wait_by_key(
    (keys, exponent): (f64, f64),
    rate: f64,
    mean_service: f64,
    scv: f64,
    most: f64,
) -> KeyedWait {
    let load = rate * mean_service;
    if load.is_nan() || load <= 0.0 {
        return KeyedWait::default();
    }
    let exponent = if exponent > 0.0 { exponent } else { 0.0 };
    let hottest = hottest_share(keys, exponent);
    let utilisation = |share: f64| (share * load).min(most);
    let wait = |share: f64| {
        let busy = utilisation(share);
        mg1_mean_wait(busy / mean_service, mean_service, scv)
    };
    if exponent == 0.0 {
        return KeyedWait {
            mean: wait(hottest),
            waits: utilisation(hottest),
        };
    }
    let share = |rank: f64| hottest * rank.powf(-exponent);
    KeyedWait {
        mean: over_ranks(keys, |rank| share(rank) * wait(share(rank))),
        waits: over_ranks(keys, |rank| share(rank) * utilisation(share(rank))).min(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn near(got: f64, expected: f64) {
        let off = (got - expected).abs();
        assert!(
            off <= 1e-12 * expected.abs().max(1e-3),
            "{got}, not {expected}"
        );
    }

    /// Three keys with 6/11, 3/11 and 2/11 of 1,100/s: 600, 300 and 200.
    #[test]
    fn keys_above_their_limit() {
        near(hottest_share(3.0, 1.0), 6.0 / 11.0);
        for (limit, over) in [
            (700.0, 0.0),
            (600.0, 0.0),
            (500.0, 100.0),
            (250.0, 350.0 + 50.0),
            (100.0, 500.0 + 200.0 + 100.0),
        ] {
            near(over_key_limit(3.0, 1_100.0, limit, 1.0), over / 1_100.0);
        }
        // Evenly spread: all of 100 keys have 11/s.
        near(over_key_limit(100.0, 1_100.0, 12.0, 0.0), 0.0);
        near(over_key_limit(100.0, 1_100.0, 10.0, 0.0), 1.0 / 11.0);
        near(over_key_limit(1.0, 4.0, 1.0, 1.2), 0.75);
        near(over_key_limit(10.0, 4.0, 0.0, 1.2), 1.0);
    }

    /// Two keys with 2/3 and 1/3 of 60/s, 10 ms each, exponential: M/M/1 at 40
    /// and 20 of 100/s wait 1/150 s and 1/400 s.
    #[test]
    fn keys_served_one_at_a_time() {
        let found = mg1_wait_by_key((2.0, 1.0), 60.0, 0.01, 1.0, 0.95);
        near(found.mean, 2.0 / 3.0 / 150.0 + 1.0 / 3.0 / 400.0);
        near(found.waits, 2.0 / 3.0 * 0.4 + 1.0 / 3.0 * 0.2);
        // One thread for all, fixed times: ρ S ÷ 2(1 − ρ).
        let one = mg1_wait_by_key((1.0, 0.0), 50.0, 0.01, 0.0, 0.95);
        near(one.mean, 0.005);
        near(one.waits, 0.5);
        // Overload is taken at the most that is allowed for.
        let full = mg1_wait_by_key((1.0, 0.0), 500.0, 0.01, 0.0, 0.95);
        near(full.mean, 0.95 * 0.01 / (2.0 * 0.05));
        assert_eq!(mg1_wait_by_key((1.0, 0.0), 0.0, 0.01, 0.0, 0.95).mean, 0.0);
    }
}
