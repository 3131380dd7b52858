//! Masses on a grid: their spectra, and moving them by fractions of a cell.
//!
//! Spectra are taken of mass damped by e^(−14 x/L), which shrinks what wraps
//! around the end by a factor of a million.
//!
//! Source: Embrechts & Frei 2009, *Panjer recursion versus FFT*.

use std::sync::Arc;

use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

/// Exponent of the damping over the whole grid; balances aliasing (e^−14 ≈ 8e-7
/// of the dropped mass) and rounding (e^14 × 1e-16).
const TILT: f64 = 14.0;

/// Forward and inverse transforms of one size, with the damping.
pub(super) struct Transforms {
    pub(super) cells: usize,
    forward: Arc<dyn Fft<f64>>,
    inverse: Arc<dyn Fft<f64>>,
    damping: Vec<f64>,
    /// ln of each cell's number.
    pub(super) logarithms: Vec<f64>,
}

impl Transforms {
    pub(super) fn new(cells: usize) -> Self {
        let mut planner = FftPlanner::new();
        let per_cell = TILT / cells as f64;
        Self {
            cells,
            forward: planner.plan_fft_forward(cells),
            inverse: planner.plan_fft_inverse(cells),
            damping: (0..cells)
                .map(|cell| (-per_cell * cell as f64).exp())
                .collect(),
            logarithms: (0..=cells).map(|cell| (cell as f64).ln()).collect(),
        }
    }

    /// The spectrum of damped mass.
    pub(super) fn spectrum(&self, mass: &[f64]) -> Vec<Complex64> {
        let damped = mass
            .iter()
            .zip(&self.damping)
            .map(|(m, d)| Complex64::from(m * d));
        let mut buffer: Vec<_> = damped.collect();
        buffer.resize(self.cells, Complex64::ZERO);
        self.forward.process(&mut buffer);
        buffer
    }

    /// The mass with this spectrum.
    pub(super) fn mass(&self, mut spectrum: Vec<Complex64>) -> Vec<f64> {
        self.inverse.process(&mut spectrum);
        let scale = 1.0 / self.cells as f64;
        let damped = spectrum.iter().zip(&self.damping);
        damped
            .map(|(value, damping)| (value.re * scale / damping).max(0.0))
            .collect()
    }
}

/// Convolves: the product of two spectra.
pub(super) fn multiply(product: &mut [Complex64], factor: &[Complex64]) {
    for (value, factor) in product.iter_mut().zip(factor) {
        *value *= factor;
    }
}

/// Adds `weight` at a position between two cells, keeping the mean.
pub(super) fn add_at(mass: &mut [f64], position: f64, weight: f64) {
    add_shifted(mass, &[1.0], position, weight);
}

/// Adds `weight`·`mass` moved up by `shift` ≥ 0 cells; what leaves the grid is dropped.
pub(super) fn add_shifted(target: &mut [f64], mass: &[f64], shift: f64, weight: f64) {
    if shift.is_nan() || shift >= target.len() as f64 {
        return;
    }
    let whole = shift.max(0.0).floor();
    let upper = shift.max(0.0) - whole;
    let first = whole as usize;
    let lower = weight * (1.0 - upper);
    for (slot, m) in target.iter_mut().skip(first).zip(mass) {
        *slot += lower * m;
    }
    if upper > 0.0 {
        for (slot, m) in target.iter_mut().skip(first + 1).zip(mass) {
            *slot += weight * upper * m;
        }
    }
}
