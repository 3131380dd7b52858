//! Measured traffic that a trigger replays.

/// Counts per interval, in order of time; they begin again after the last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Length of one interval [s].
    pub interval: f64,
    /// Events of each interval.
    pub counts: Vec<f64>,
}

impl Series {
    /// How long it lasts before it begins again [s].
    pub fn seconds(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a few million intervals")]
        let intervals = self.counts.len() as f64;
        intervals * self.interval
    }

    /// The mean rate over a stretch, in whole intervals [1/s].
    pub fn mean_rate(&self, start: f64, length: f64) -> f64 {
        if self.counts.is_empty() || self.interval <= 0.0 {
            return 0.0;
        }
        let first = (start / self.interval + 1e-9).floor().max(0.0);
        let intervals = (length / self.interval).round().max(1.0);
        #[expect(clippy::cast_possible_truncation, reason = "bounded by the series")]
        #[expect(clippy::cast_sign_loss, reason = "not negative")]
        let (first, intervals) = (
            first as usize % self.counts.len(),
            (intervals as usize).min(self.counts.len()),
        );
        let events: f64 = self.counts.iter().cycle().skip(first).take(intervals).sum();
        #[expect(clippy::cast_precision_loss, reason = "a few million intervals")]
        let seconds = intervals as f64 * self.interval;
        events / seconds
    }
}
