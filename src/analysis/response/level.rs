//! One grid's distribution function: quantiles, and whether it is fine enough.

/// A distribution function on one grid.
pub(super) struct Level {
    pub(super) offset: f64,
    pub(super) atom: f64,
    /// Width of a cell [ms].
    pub(super) step: f64,
    pub(super) cdf: Vec<f64>,
}

impl Level {
    /// Smallest value [ms].
    pub(super) fn offset(&self) -> f64 {
        self.offset
    }

    /// Mass exactly at the smallest value [1].
    pub(super) fn atom(&self) -> f64 {
        self.atom
    }

    /// Width of the grid [ms].
    pub(super) fn span(&self) -> f64 {
        self.step * self.cdf.len() as f64
    }

    /// Share of the mass that the grid holds [1].
    pub(super) fn covered(&self) -> f64 {
        self.cdf.last().copied().unwrap_or(0.0)
    }

    /// Whether the grid is fine enough for this quantile: about in its upper
    /// half, or far above the width of a cell anyway.
    pub(super) fn resolves(&self, quantile: f64) -> bool {
        quantile - self.offset >= 0.45 * self.span() || self.step <= 4e-4 * quantile
    }

    /// The quantile, if the grid reaches that far [ms].
    pub(super) fn quantile(&self, p: f64) -> Option<f64> {
        if p <= self.atom {
            return Some(self.offset);
        }
        let cell = self.cdf.partition_point(|share| *share < p);
        let above = *self.cdf.get(cell)?;
        let (low, below, width) = match cell.checked_sub(1).and_then(|left| self.cdf.get(left)) {
            Some(below) => (cell as f64 - 0.5, *below, 1.0),
            None => (0.0, self.atom, 0.5),
        };
        let share = if above > below {
            (p - below) / (above - below)
        } else {
            1.0
        };
        Some(self.offset + (low + width * share) * self.step)
    }

    /// (ms, P(D ≤ ms)): a cell's mass stands for the values within half a cell of it.
    pub(super) fn knots(&self) -> impl Iterator<Item = (f64, f64)> {
        let start = [(self.offset, 0.0), (self.offset, self.atom)];
        let cells = self.cdf.iter().enumerate().map(|(cell, share)| {
            (
                self.offset + (cell as f64 + 0.5) * self.step,
                share.max(self.atom),
            )
        });
        start.into_iter().chain(cells)
    }
}
