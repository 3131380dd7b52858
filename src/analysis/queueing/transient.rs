//! Load that changes: instances busy after a step or along a daily wave, and
//! starts of environments that cannot keep up.

use super::bisect;

/// Mean busy instances `elapsed` s after the rate steps from `before` to `after` [1].
///
/// Rates in 1/s, `mean_service` in s, exponential service, unlimited instances.
///
/// Source: Eick, Massey & Whitt 1993, *The physics of the M(t)/G/∞ queue*.
#[must_use]
pub fn mt_ginf_step(before: f64, after: f64, mean_service: f64, elapsed: f64) -> f64 {
    let reached = -(-elapsed.max(0.0) / mean_service).exp_m1();
    mean_service * (before + (after - before) * reached)
}

/// Load that follows a sine: λ(t) = λ̄ + β sin(2πt/P).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SinusoidLoad {
    /// Mean rate λ̄ [1/s].
    pub mean: f64,
    /// How far it rises above the mean, β [1/s].
    pub amplitude: f64,
    /// Length of a period P [s]; not positive: no sine.
    pub period: f64,
}

impl SinusoidLoad {
    /// γ = 2π/P [1/s].
    fn frequency(&self) -> f64 {
        if self.period > 0.0 {
            std::f64::consts::TAU / self.period
        } else {
            0.0
        }
    }
}

/// Mean busy instances at time `t` [s] under a sine, exponential service of mean
/// `mean_service` [s], unlimited instances [1].
///
/// λ̄/μ + β(μ sin γt − γ cos γt) ÷ (μ² + γ²) with γ = 2π/P; the number is Poisson.
///
/// Source: Eick, Massey & Whitt 1993, *Mₜ/G/∞ queues with sinusoidal arrival rates*.
#[must_use]
pub fn mt_ginf_sinusoid_exponential(load: &SinusoidLoad, mean_service: f64, t: f64) -> f64 {
    let frequency = load.frequency();
    let lag = frequency * mean_service;
    let (sin, cos) = (frequency * t).sin_cos();
    mean_service * (load.mean + load.amplitude * (sin - lag * cos) / (1.0 + lag * lag))
}

/// The same for service that always takes `service` [s].
///
/// λ̄D + β/γ (cos γ(t − D) − cos γt).
#[must_use]
pub fn mt_ginf_sinusoid_fixed(load: &SinusoidLoad, service: f64, t: f64) -> f64 {
    let frequency = load.frequency();
    if frequency == 0.0 {
        return load.mean * service;
    }
    let half = 0.5 * frequency * service;
    // The difference of cosines as a product, which keeps its digits.
    let swing = 2.0 * (frequency * t - half).sin() * half.sin();
    load.mean * service + load.amplitude / frequency * swing
}

/// How new environments may start, and the load they start under.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnvStartRamp {
    /// Arrival rate after the step at t = 0 [1/s].
    pub arrival_rate: f64,
    /// Mean service time [s], exponential.
    pub mean_service: f64,
    /// Environments busy before the step [1].
    pub warm: f64,
    /// Environments that may start at once [1]; AWS Lambda: 1,000.
    pub burst: f64,
    /// Further starts per second [1/s]; AWS Lambda: 100 per function.
    pub rate: f64,
    /// How long the step lasts [s].
    pub horizon: f64,
}

/// When starting environments throttles, and how much.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RampThrottling {
    /// First throttled instant [s].
    pub from: f64,
    /// When supply has caught up [s].
    pub until: f64,
    /// Requests throttled within the horizon [1].
    pub throttled: f64,
}

/// Throttling while environments start through a token bucket after a step in load.
///
/// Fluid model: demand m(t) = a + (E₀ − a)e^(−μt) outruns E₀ + b + r·t at `from`;
/// from there each second serves only what the ramp has started. `None` when
/// the bucket suffices.
#[must_use]
pub fn env_start_ramp_step(ramp: &EnvStartRamp) -> Option<RampThrottling> {
    let EnvStartRamp {
        arrival_rate,
        mean_service,
        warm,
        burst,
        rate,
        horizon,
    } = *ramp;
    let positive = [arrival_rate, mean_service, horizon];
    if !positive.iter().all(|value| *value > 0.0) {
        return None;
    }
    let load = arrival_rate * mean_service;
    let grown = |t: f64| (load - warm) * -(-t / mean_service).exp_m1();
    let shortage = |t: f64| grown(t) - burst - rate * t;
    // The shortage is concave: it peaks where demand grows as fast as supply.
    let growth = (load - warm) / mean_service;
    let peak = if growth > rate && rate > 0.0 {
        mean_service * (growth / rate).ln()
    } else {
        horizon
    };
    let peak = peak.min(horizon);
    if !(growth > rate && shortage(peak) > 0.0) {
        return None;
    }
    let from = bisect(shortage, 0.0, peak);
    // Throttled per second: what arrives less what runs and what starts.
    let excess = arrival_rate - (warm + burst) / mean_service - rate;
    let slope = rate / mean_service;
    let caught_up = if slope > 0.0 {
        excess / slope
    } else {
        f64::INFINITY
    };
    let end = caught_up.min(horizon).max(from);
    let throttled = excess * (end - from) - 0.5 * slope * (end * end - from * from);
    Some(RampThrottling {
        from,
        until: caught_up.max(from),
        throttled: throttled.max(0.0),
    })
}
