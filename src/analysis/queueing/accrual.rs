//! Storage that fills as time goes on.

/// What is stored at the end of a month of some age.
///
/// `ingest` a month in any unit, what `compression` leaves of it [1], `month`
/// counted from 1, `retention` in months (`None`: nothing expires). The result
/// is in the unit of `ingest`: g · x · min(n, R).
#[must_use]
pub fn stored(ingest: f64, compression: f64, month: f64, retention: Option<f64>) -> f64 {
    let kept = retention.map_or(month, |months| month.min(months)).max(0.0);
    ingest.max(0.0) * compression.max(0.0) * kept
}
