//! What sleeps without traffic, and what piles up when a dependency hangs.

/// A database that pauses when it is idle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AutoPause {
    /// Probability that a request finds it paused [1].
    pub found_paused: f64,
    /// Share of the time in which it is paused [1].
    pub share: f64,
}

/// Pauses of a database under Poisson requests.
///
/// With `rate` λ [1/s], a pause `after` T s without a request and `resume` R s:
/// e^(−λT), and e^(−λT) ÷ (1 + λR e^(−λT)), since each pause ends with a request
/// and the database then runs for R before it serves.
///
/// Source: renewal reward over the gaps between requests.
#[must_use]
pub fn database_autopause(rate: f64, after: f64, resume: f64) -> AutoPause {
    let rate = if rate > 0.0 { rate } else { 0.0 };
    let found = (-rate * after.max(0.0)).exp();
    AutoPause {
        found_paused: found,
        share: found / (1.0 + rate * resume.max(0.0) * found),
    }
}

/// Concurrency while a dependency hangs [1]: every request takes the whole timeout.
///
/// λ × timeout by Little's law; `rate` in 1/s, `timeout` in s.
#[must_use]
pub fn outage_concurrency(rate: f64, timeout: f64) -> f64 {
    rate.max(0.0) * timeout.max(0.0)
}
