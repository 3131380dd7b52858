//! Messages that end in a dead-letter queue because nobody was free to take them.

use super::delay::erlang_c;
use super::loss::{RetriedLoss, erlang_b_with_client_retries};

/// Dead letters where each receive is one attempt that throttling can fail.
///
/// `rate` of batches [1/s], `mean_service` [s], `limit` on concurrency,
/// `max_receives` before a message is given up. `per_request` is the share of
/// dead letters, `per_attempt` that of throttled receives, `attempts` the mean
/// receives: q = B(c, a(1 − qᴿ)/(1 − q)) and P = qᴿ.
///
/// A lower estimate: a constant visibility timeout brings throttled messages
/// back in clumps, which simulation puts at 1.05 to 2.5 times as many dead
/// letters for three receives and at 13 times for five.
///
/// Source: fixed point as in Cohen 1957, *Basic problems of telephone traffic
/// theory and the influence of repeated calls*.
#[must_use]
pub fn dlq_throttled_receives_independent(
    rate: f64,
    mean_service: f64,
    limit: u32,
    max_receives: u32,
) -> RetriedLoss {
    let load = (rate * mean_service).max(0.0);
    erlang_b_with_client_retries(limit, load, max_receives.max(1) - 1)
}

/// What a crowd of messages loses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HerdLoss {
    /// Messages that end in the dead-letter queue [1].
    pub lost: f64,
    /// When the last of their receives has run out [s]; `None` where none is lost.
    pub after: Option<f64>,
}

/// Dead letters when `messages` become visible at once.
///
/// Each round of receives serves `limit` batches of `batch` messages; the rest
/// is throttled and waits for the visibility timeout [s]. After R rounds
/// n − R·c·b are left. For work shorter than the timeout.
#[must_use]
pub fn dlq_throttled_receives_herd(
    messages: f64,
    limit: u32,
    batch: u32,
    max_receives: u32,
    visibility: f64,
) -> HerdLoss {
    let rounds = f64::from(max_receives);
    let served = rounds * f64::from(limit) * f64::from(batch);
    let lost = (messages - served).max(0.0);
    HerdLoss {
        lost,
        after: (lost > 0.0).then_some(rounds * visibility.max(0.0)),
    }
}

/// Share of dead letters where pollers retry within the visibility timeout [1].
///
/// A message is lost when it waits longer than R timeouts:
/// C(c, a) e^(−(cμ − λ)RV) for a < c, else the overload 1 − c/a. As AWS
/// documents its pollers.
///
/// Source: the waiting time of M/M/c (Erlang 1917).
#[must_use]
pub fn dlq_retry_inside_visibility(
    rate: f64,
    mean_service: f64,
    limit: u32,
    max_receives: u32,
    visibility: f64,
) -> f64 {
    let load = rate * mean_service;
    if load.is_nan() || load <= 0.0 {
        return 0.0;
    }
    if load >= f64::from(limit) {
        return 1.0 - f64::from(limit) / load;
    }
    let queue = erlang_c(limit, rate, mean_service);
    let patience = f64::from(max_receives) * visibility.max(0.0);
    queue.waits * (-queue.spare_rate * patience).exp()
}
