//! Backlogs as fluids: what piles up while more arrives than is served, and
//! when it is gone.

use std::f64::consts::{FRAC_PI_2, TAU};

use super::bisect;

/// A backlog that a consumer with growing concurrency works off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drain {
    /// Messages waiting at the start [1].
    pub backlog: f64,
    /// Messages that still arrive [1/s].
    pub rate: f64,
    /// Messages of a batch [1].
    pub batch: f64,
    /// Duration of a batch [s].
    pub duration: f64,
    /// Concurrency at the start [1]; SQS standard queues: 5.
    pub start: f64,
    /// Concurrency added per second [1/s]; SQS standard queues: 5.
    pub ramp: f64,
    /// Most concurrency [1].
    pub most: f64,
}

/// When a backlog is gone [s]; infinite where it never is.
///
/// c(t) = min(c₀ + rt, c_max) batches in progress serve c·b/D messages a second.
/// Within the ramp the time solves a quadratic, after it what is left goes at
/// c_max·b/D − λ.
#[must_use]
pub fn backlog_drain_ramp(drain: &Drain) -> f64 {
    let backlog = drain.backlog;
    if backlog.is_nan() || backlog <= 0.0 {
        return 0.0;
    }
    let each = drain.batch.max(1.0) / drain.duration.max(1e-12);
    let start = drain.start.max(0.0).min(drain.most);
    let ramp = if drain.ramp > 0.0 { drain.ramp } else { 0.0 };
    let first = start * each - drain.rate.max(0.0);
    let ramping = if drain.most <= start {
        0.0
    } else if ramp > 0.0 {
        (drain.most - start) / ramp
    } else {
        f64::INFINITY
    };
    if ramping.is_infinite() {
        return if first > 0.0 {
            backlog / first
        } else {
            f64::INFINITY
        };
    }
    let growth = each * ramp;
    let served = first * ramping + 0.5 * growth * ramping * ramping;
    if served >= backlog {
        // ½gt² + ft = Q, in the form that keeps its digits for either sign of f.
        let root = (first * first + 2.0 * growth * backlog).sqrt();
        return if first > 0.0 {
            2.0 * backlog / (first + root)
        } else {
            (root - first) / growth
        };
    }
    let last = drain.most.max(0.0) * each - drain.rate.max(0.0);
    if last > 0.0 {
        ramping + (backlog - served) / last
    } else {
        f64::INFINITY
    }
}

/// A consumer in order that is overloaded for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overload {
    /// Arrivals during the overload [1/s].
    pub rate: f64,
    /// What is served [1/s].
    pub capacity: f64,
    /// How long the overload lasts [s].
    pub duration: f64,
    /// Arrivals afterwards [1/s].
    pub afterwards: f64,
}

/// The age of the record next to be served.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Age {
    /// When the overload ends [s].
    pub at_end: f64,
    /// At its highest [s].
    pub peak: f64,
    /// When it is highest [s].
    pub peak_at: f64,
    /// Records waiting when the overload ends [1].
    pub backlog: f64,
    /// When all are served [s]; infinite where the load stays too high.
    pub drained_at: f64,
}

/// The iterator age of one shard that is overloaded, as a fluid.
///
/// At time t the record that arrived at tμ/λ is served. The age goes on rising
/// after the overload, until the last record of it is reached at t₁λ/μ.
#[must_use]
pub fn iterator_age_overload(overload: &Overload) -> Age {
    let Overload {
        rate,
        capacity,
        duration,
        afterwards,
    } = *overload;
    if !(rate > capacity && duration > 0.0) {
        return Age::default();
    }
    let capacity = capacity.max(0.0);
    let backlog = (rate - capacity) * duration;
    let spare = capacity - afterwards.max(0.0);
    let stretched = if capacity > 0.0 {
        duration * rate / capacity
    } else {
        f64::INFINITY
    };
    Age {
        at_end: duration * (1.0 - capacity / rate),
        peak: stretched - duration,
        peak_at: stretched,
        backlog,
        drained_at: if spare > 0.0 {
            duration + backlog / spare
        } else {
            f64::INFINITY
        },
    }
}

/// Load that goes up and down like a sine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wave {
    /// Mean rate [1/s].
    pub mean: f64,
    /// How far it rises above the mean [1/s].
    pub amplitude: f64,
    /// Length of a period [s].
    pub period: f64,
}

/// The backlog that the crest of a wave leaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaveBacklog {
    /// When it begins [s], from a rising passage of the mean.
    pub from: f64,
    /// When it is longest [s].
    pub peak_at: f64,
    /// Its length then [1].
    pub most: f64,
    /// What an arrival then waits [s].
    pub longest_wait: f64,
    /// When it is gone [s]; infinite where the mean load is too high.
    pub until: f64,
}

/// The backlog of a wave before a server of `capacity` 1/s; `None` where the
/// crest stays below it.
///
/// λ(t) = λ̄ + β sin(2πt/P) exceeds μ from t_a = asin((μ − λ̄)/β)·P/2π to
/// P/2 − t_a; the backlog is the integral of the difference. A stationary
/// formula for each hour would call these hours unstable.
///
/// Source: fluid limit, Newell 1982, *Applications of queueing theory*, ch. 2.
#[must_use]
pub fn backlog_sinusoid_fluid(wave: &Wave, capacity: f64) -> Option<WaveBacklog> {
    let Wave {
        mean,
        amplitude,
        period,
    } = *wave;
    if !(amplitude > 0.0 && period > 0.0 && mean + amplitude > capacity) {
        return None;
    }
    let frequency = TAU / period;
    // Where even the trough is too much the backlog begins with it.
    let level = (capacity - mean) / amplitude;
    let crossing = if level > -1.0 {
        level.asin()
    } else {
        -FRAC_PI_2
    };
    let from = crossing / frequency;
    let peak_at = 0.5 * period - from;
    let backlog = |t: f64| {
        (mean - capacity) * (t - from)
            + amplitude / frequency * (crossing.cos() - (frequency * t).cos())
    };
    let most = backlog(peak_at);
    let until = if mean >= capacity {
        f64::INFINITY
    } else {
        bisect(|t| -backlog(t), peak_at, from + period)
    };
    Some(WaveBacklog {
        from,
        peak_at,
        most,
        longest_wait: if capacity > 0.0 {
            most / capacity
        } else {
            f64::INFINITY
        },
        until,
    })
}
