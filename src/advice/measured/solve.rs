//! Durations at several memory sizes into CPU time and waiting.

use crate::format;
use crate::law::Law;
use crate::units::Millis;

/// A mean duration at a memory size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Observed {
    /// [MB]
    pub memory: f64,
    /// [ms]
    pub millis: f64,
}

/// What durations are made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Parts {
    /// CPU time at one full core [ms].
    pub cpu: f64,
    /// Waiting [ms].
    pub wait: f64,
}

impl Parts {
    pub fn cpu_law(self) -> Law {
        Law::Fixed(Millis(rounded(self.cpu)))
    }

    pub fn wait_law(self) -> Law {
        Law::Fixed(Millis(rounded(self.wait)))
    }
}

/// Six digits: more is noise in a file that people read.
fn rounded(millis: f64) -> f64 {
    format::rounded(millis, 6)
}

/// Least squares of the relative errors, neither part below 0. `around` is
/// what else a run takes; `set` are CPU time and waiting as they are set.
pub(super) fn split(
    observed: &[Observed],
    stretch: &dyn Fn(f64) -> f64,
    around: f64,
    set: (f64, f64),
    notes: &mut Vec<String>,
) -> Parts {
    // Duration less what is around it, stretch, and weight of each point.
    let points: Vec<(f64, f64, f64)> = observed
        .iter()
        .map(|seen| {
            let weight = 1.0 / seen.millis.max(1e-3).powi(2);
            (seen.millis - around, stretch(seen.memory), weight)
        })
        .collect();
    let sum = |value: &dyn Fn(&(f64, f64, f64)) -> f64| points.iter().map(value).sum::<f64>();
    if sum(&|p| p.2 * p.0) < 0.0 {
        notes.push(format!(
            "the calls drawn and the platform alone take {}, more than was measured: their times are too long",
            format::millis(around)
        ));
    }
    let (w, s) = (sum(&|p| p.2), sum(&|p| p.2 * p.1));
    let (ss, d) = (sum(&|p| p.2 * p.1 * p.1), sum(&|p| p.2 * p.0));
    let sd = sum(&|p| p.2 * p.1 * p.0);
    let spread = w * ss - s * s;
    if spread <= 1e-9 * w * ss {
        return one_size(d / w, s / w, set, notes);
    }
    let cpu = (w * sd - s * d) / spread;
    let wait = (d - cpu * s) / w;
    if wait < 0.0 {
        let cpu = (sd / ss).max(0.0);
        Parts { cpu, wait: 0.0 }
    } else if cpu < 0.0 {
        let wait = (d / w).max(0.0);
        Parts { cpu: 0.0, wait }
    } else {
        Parts { cpu, wait }
    }
}

/// One size cannot tell CPU time from waiting: CPU time stays as it is set as
/// far as it fits.
fn one_size(rest: f64, stretch: f64, set: (f64, f64), notes: &mut Vec<String>) -> Parts {
    let rest = rest.max(0.0);
    let cpu = set.0.min(rest / stretch.max(1e-9));
    notes.push(format!(
        "one CPU share cannot tell CPU time from waiting: CPU time is taken to be {}; measure at two memory sizes or more",
        format::millis(cpu)
    ));
    Parts {
        cpu,
        wait: rest - cpu * stretch,
    }
}
