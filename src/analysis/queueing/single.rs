//! Queues before one server, and one after another.

/// Mean wait in M/G/1 [s]: one server, any service law; infinite when overloaded.
///
/// `mean_service` [s] and `scv`, the squared coefficient of variation of the
/// service time [1].
///
/// Source: Pollaczek–Khinchine; Kleinrock, *Queueing Systems* I, §5.6.
#[must_use]
pub fn mg1_mean_wait(arrival_rate: f64, mean_service: f64, scv: f64) -> f64 {
    let utilisation = arrival_rate * mean_service;
    if utilisation >= 1.0 {
        return f64::INFINITY;
    }
    utilisation * mean_service * (1.0 + scv) / (2.0 * (1.0 - utilisation))
}

/// (e^(−at) − e^(−bt)) ÷ (b − a) [s], for rates `a` and `b` [1/s] close or far.
///
/// Times `a` it is the probability to be in a second stage of rate `b` at time `t`
/// after a first of rate `a`.
pub(super) fn both_outlast(a: f64, b: f64, t: f64) -> f64 {
    let (gap, slower) = ((a - b).abs(), a.min(b));
    let decay = (-slower * t).exp();
    if gap * t < 1e-12 {
        decay * t
    } else {
        decay * -(-gap * t).exp_m1() / gap
    }
}

/// Where a falling tail reaches `share` [s].
pub(super) fn tail_quantile(tail: impl Fn(f64) -> f64, share: f64, scale: f64) -> f64 {
    if share >= tail(0.0) {
        return 0.0;
    }
    let mut high = scale;
    while high.is_finite() && tail(high) > share {
        high *= 2.0;
    }
    if !high.is_finite() || share <= 0.0 {
        return f64::INFINITY;
    }
    super::bisect(|t| share - tail(t), 0.0, high)
}

/// Two single servers one after another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tandem {
    /// Spare rate of the first, μ₁ − λ [1/s].
    pub first: f64,
    /// Spare rate of the second, μ₂ − λ [1/s].
    pub second: f64,
}

/// M/M/1 after M/M/1 with rates of service `first` and `second` [1/s]; `None`
/// where one is overloaded.
///
/// The times in both are independent and exponential, of rates μᵢ − λ.
///
/// Source: Jackson 1957; Reich 1957, *Waiting times when queues are in tandem*.
#[must_use]
pub fn tandem(arrival_rate: f64, first: f64, second: f64) -> Option<Tandem> {
    let spare = Tandem {
        first: first - arrival_rate,
        second: second - arrival_rate,
    };
    (spare.first > 0.0 && spare.second > 0.0).then_some(spare)
}

impl Tandem {
    /// Mean time in both [s]; times the rate of arrivals, the mean number.
    #[must_use]
    pub fn mean(&self) -> f64 {
        1.0 / self.first + 1.0 / self.second
    }

    /// P(time in both > t) [1].
    #[must_use]
    pub fn exceeds(&self, t: f64) -> f64 {
        // The second stage has begun and not ended, or the first has not ended.
        (-self.first * t).exp() + self.first * both_outlast(self.first, self.second, t)
    }

    /// The time that a share `p` of all stays within [s].
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        tail_quantile(|t| self.exceeds(t), 1.0 - p, self.mean())
    }
}

/// A single server to which some of what it served comes back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Feedback {
    /// Arrivals with those that come back [1/s].
    pub rate: f64,
    /// Mean number present [1].
    pub present: f64,
    /// Mean time of a request over all its visits [s].
    pub time: f64,
}

/// M/M/1 of rate `service_rate` [1/s] with retries: each service fails with
/// `again` and is repeated. `None` where it is overloaded.
///
/// Source: Jackson 1957, *Networks of waiting lines*.
#[must_use]
pub fn bernoulli_feedback(arrival_rate: f64, service_rate: f64, again: f64) -> Option<Feedback> {
    let rate = arrival_rate / (1.0 - again.clamp(0.0, 1.0));
    let utilisation = rate / service_rate;
    if !(arrival_rate > 0.0 && utilisation < 1.0) {
        return None;
    }
    let present = utilisation / (1.0 - utilisation);
    Some(Feedback {
        rate,
        present,
        time: present / arrival_rate,
    })
}
