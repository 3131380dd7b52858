//! What is known about a response without a grid: its mean and its reach.

use std::collections::HashMap;
use std::sync::Arc;

use super::Response;
use super::grid::{share, weights};
use crate::analysis::queueing::expected_attempts;

/// Results by shared subexpression, so that each is visited once.
pub(super) type Memo<T> = HashMap<*const Response, T>;

/// The mean where it has a closed form [ms].
///
/// Parallel steps have none, nor have timeouts around anything but a law.
pub(super) fn exact_mean(response: &Arc<Response>, memo: &mut Memo<Option<f64>>) -> Option<f64> {
    if let Some(known) = memo.get(&Arc::as_ptr(response)) {
        return *known;
    }
    let mean = match response.as_ref() {
        Response::Zero => Some(0.0),
        Response::Law(law) => Some(law.curve().mean()),
        Response::Sequence(parts) => parts.iter().map(|part| exact_mean(part, memo)).sum(),
        Response::Choice(parts) => weights(parts)
            .map(|(weight, part)| Some(weight * exact_mean(part, memo)?))
            .sum(),
        Response::Parallel(parts) => match parts.as_slice() {
            [] => Some(0.0),
            [only] => exact_mean(only, memo),
            _ => None,
        },
        Response::Truncated { inner, at } => law_within(inner, at.0).map(|(mean, _)| mean),
        Response::Attempts {
            inner,
            failure,
            timeout,
            backoff,
        } => {
            let attempt = match timeout {
                Some(timeout) => law_within(inner, timeout.0),
                None => exact_mean(inner, memo).map(|mean| (mean, 0.0)),
            };
            attempt.map(|(mean, late)| {
                let failed = late + (1.0 - late) * share(*failure);
                let retries = u32::try_from(backoff.len()).unwrap_or(u32::MAX);
                let pauses = backoff.iter().scan(1.0, |reached, pause| {
                    *reached *= failed;
                    Some(*reached * pause.0.max(0.0))
                });
                mean * expected_attempts(failed, retries) + pauses.sum::<f64>()
            })
        }
    };
    memo.insert(Arc::as_ptr(response), mean);
    mean
}

/// E\[min(D, limit)\] [ms] and P(D > limit) of a single law.
fn law_within(response: &Response, limit: f64) -> Option<(f64, f64)> {
    match response {
        Response::Zero => Some((0.0, 0.0)),
        Response::Law(law) => {
            let curve = law.curve();
            let limit = limit.max(0.0);
            Some((curve.mean() - curve.excess(limit), curve.survival(limit)))
        }
        _ => None,
    }
}

/// A time that is hardly ever exceeded [ms]; a first guess for the grid.
pub(super) fn reach(response: &Arc<Response>, memo: &mut Memo<f64>) -> f64 {
    if let Some(known) = memo.get(&Arc::as_ptr(response)) {
        return *known;
    }
    let reached = match response.as_ref() {
        Response::Zero => 0.0,
        Response::Law(law) => law.quantile(0.999_99).0,
        Response::Sequence(parts) => parts.iter().map(|part| reach(part, memo)).sum(),
        Response::Parallel(parts) => parts
            .iter()
            .map(|part| reach(part, memo))
            .fold(0.0, f64::max),
        Response::Choice(parts) => weights(parts)
            .map(|(_, part)| reach(part, memo))
            .fold(0.0, f64::max),
        Response::Truncated { inner, at } => reach(inner, memo).min(at.0.max(0.0)),
        Response::Attempts {
            inner,
            timeout,
            backoff,
            ..
        } => {
            let longest = timeout.map_or(f64::INFINITY, |timeout| timeout.0.max(0.0));
            let attempt = reach(inner, memo).min(longest);
            let pauses: f64 = backoff.iter().map(|pause| pause.0.max(0.0)).sum();
            attempt * (backoff.len() as f64 + 1.0) + pauses
        }
    };
    memo.insert(Arc::as_ptr(response), reached);
    reached
}
