//! Time: every trigger's traffic as rates over weighted bins.
//!
//! Averages hide throttling, so nothing below works on one scalar rate. The
//! month is cut into the hours of a day or week, as far as any shape needs
//! them, and into short bins for spikes and firings. Each bin knows how many
//! seconds of the month it stands for; means over the month stay exact.

use crate::design::Series;
use crate::design::settings::{Shape, TriggerSettings};
use crate::units::SECONDS_PER_MONTH;

use super::cron::Schedule;

/// What holds inside a bin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Regime {
    /// Long against service times and idle timeouts: stationary formulae.
    Stationary,
    /// Part of a spike: transient formulae; the n-th spike's bins follow each
    /// other.
    Transient(usize),
    /// A firing: everything arrives at once.
    Burst(usize),
}

/// A stretch of time with constant rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Start within its day, week or spike [s].
    pub start: f64,
    /// Length [s].
    pub length: f64,
    /// Seconds of the month that it stands for.
    pub weight: f64,
    /// What holds inside.
    pub regime: Regime,
}

/// The month of a design.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// Stretches of time; weights add up to the month.
    pub bins: Vec<Bin>,
    /// Rates by trigger and bin [1/s].
    pub rates: Vec<Vec<f64>>,
}

impl Timeline {
    /// Mean over the month of a quantity given by bin.
    pub fn mean(&self, value: impl Fn(usize) -> f64) -> f64 {
        let sum: f64 = self
            .bins
            .iter()
            .enumerate()
            .map(|(i, bin)| bin.weight * value(i))
            .sum();
        sum / SECONDS_PER_MONTH
    }

    /// Highest value of a quantity given by bin.
    pub fn peak(&self, value: impl Fn(usize) -> f64) -> f64 {
        (0..self.bins.len()).map(value).fold(0.0, f64::max)
    }
}

/// Longest stretch after a spike or firing that is followed until what waits
/// has drained [s].
const LONGEST_TAIL: f64 = 48.0 * 3_600.0;
/// Stretches that a replay is summed up in at most.
const STRETCHES: usize = 336;
/// Bins from this length on are long against idle timeouts [s].
const LONG: f64 = 600.0;
/// The event that a replay of short intervals counts as.
const REPLAYED: usize = usize::MAX;

/// One trigger's settings, and the series that it replays.
pub type Source<'a> = (&'a TriggerSettings, Option<&'a Series>);

/// A trigger's traffic before it is laid on the common bins.
#[derive(Clone, Debug, PartialEq)]
struct Traffic<'a> {
    /// Factors on the base rate by hour: 1, 24 or 168 of them.
    hourly: Vec<f64>,
    /// Counts to replay, multiplied by the factor.
    replay: Option<(&'a Series, f64)>,
    /// Base rate [1/s].
    base: f64,
    /// Spike or firing: lengths and rates of its bins, and how often it
    /// happens in a month.
    event: Option<Event>,
}

#[derive(Clone, Debug, PartialEq)]
struct Event {
    /// Length [s] and rate [1/s] of each bin.
    bins: Vec<(f64, f64)>,
    /// Times per month.
    times: f64,
    /// Everything arrives at once in the first bin.
    burst: bool,
    /// How many of the bins, at the end, only show what is left.
    tail: usize,
}

/// Lays the triggers' shapes on common bins.
///
/// `closed_loop` gives the mean response that users of the n-th trigger wait
/// for [ms]; `tails` asks for bins after each spike and firing, in which what
/// waits drains.
pub fn timeline(
    triggers: &[Source<'_>],
    multiplier: f64,
    closed_loop: &dyn Fn(usize) -> f64,
    tails: bool,
) -> Timeline {
    let mut traffic: Vec<Traffic<'_>> = triggers
        .iter()
        .enumerate()
        .map(|(i, trigger)| traffic(*trigger, multiplier, closed_loop(i)))
        .collect();
    let mut events: f64 = traffic.iter().map(event_seconds).sum();
    if events > SECONDS_PER_MONTH {
        // More than a month holds, as each event has its bins for itself.
        for event in traffic.iter_mut().filter_map(|own| own.event.as_mut()) {
            event.times *= SECONDS_PER_MONTH / events;
        }
        events = SECONDS_PER_MONTH;
    }
    if tails {
        add_tails(&mut traffic, SECONDS_PER_MONTH - events);
        events = traffic.iter().map(event_seconds).sum();
    }
    let mut timeline = calm_bins(&traffic, SECONDS_PER_MONTH - events);
    for (index, own) in traffic.iter().enumerate() {
        if let Some(event) = &own.event {
            lay_event(&mut timeline, &traffic, index, event);
        }
    }
    timeline
}

/// Follows each event by bins at the base rate, each longer than the last,
/// until the next one or the time is up that is left for all.
fn add_tails(traffic: &mut [Traffic<'_>], calm: f64) {
    #[expect(clippy::cast_precision_loss, reason = "a handful of triggers")]
    let events = traffic.iter().filter(|own| own.event.is_some()).count() as f64;
    for own in traffic {
        let base = own.base;
        let Some(event) = own.event.as_mut() else {
            continue;
        };
        let share = 0.9 * calm / events / event.times.max(1e-9);
        let end = share.min(LONGEST_TAIL);
        let (mut passed, mut step) = (0.0, 5.0);
        while passed < end {
            let length = f64::min(step, end - passed);
            event.bins.push((length, base));
            event.tail += 1;
            passed += length;
            step *= 1.6;
        }
    }
}

/// The bins outside spikes and firings: the hours of a day or week, or the
/// intervals of a replay.
fn calm_bins(traffic: &[Traffic<'_>], calm: f64) -> Timeline {
    let longest = traffic
        .iter()
        .filter_map(|own| own.replay)
        .max_by(|a, b| a.0.seconds().total_cmp(&b.0.seconds()));
    if let Some((series, _)) = longest {
        return replay_bins(traffic, series, calm);
    }
    let hours = traffic.iter().map(|t| t.hourly.len()).max().unwrap_or(1);
    Timeline {
        bins: hour_bins(hours, calm),
        rates: traffic.iter().map(|t| hour_rates(t, hours)).collect(),
    }
}

/// The intervals of a series. Where there are many, neighbours are summed up,
/// but the busiest of each stretch keeps a bin of its own: averages hide
/// throttling.
fn replay_bins(traffic: &[Traffic<'_>], series: &Series, calm: f64) -> Timeline {
    let merged = series.counts.len().div_ceil(STRETCHES).max(1);
    let weight = calm / series.seconds().max(1e-9);
    let mut timeline = Timeline {
        bins: Vec::new(),
        rates: vec![Vec::new(); traffic.len()],
    };
    let mut lay = |start: f64, length: f64, rate_of: &dyn Fn(&Traffic<'_>) -> f64| {
        timeline.bins.push(Bin {
            start,
            length,
            weight: length * weight,
            regime: if length >= LONG {
                Regime::Stationary
            } else {
                Regime::Transient(REPLAYED)
            },
        });
        for (rates, own) in timeline.rates.iter_mut().zip(traffic) {
            rates.push(rate_of(own));
        }
    };
    let mut start = 0.0;
    for stretch in series.counts.chunks(merged) {
        let first = start / series.interval;
        let busiest = stretch
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .map_or(0, |(place, _)| place);
        #[expect(clippy::cast_precision_loss, reason = "a few thousand intervals")]
        let (length, place) = (stretch.len() as f64 * series.interval, busiest as f64);
        let at = (first + place) * series.interval;
        let peak = |own: &Traffic<'_>| own.rate_at(at, series.interval);
        lay(start, series.interval, &peak);
        if stretch.len() > 1 {
            let rest = length - series.interval;
            let others = |own: &Traffic<'_>| {
                let whole = own.rate_at(start, length) * length;
                ((whole - peak(own) * series.interval) / rest).max(0.0)
            };
            lay(start + series.interval, rest, &others);
        }
        start += length;
    }
    timeline
}

impl Traffic<'_> {
    /// The mean rate over a stretch of the calm time [1/s].
    fn rate_at(&self, start: f64, length: f64) -> f64 {
        match self.replay {
            Some((series, factor)) => factor * series.mean_rate(start, length),
            None => {
                #[expect(clippy::cast_possible_truncation, reason = "hours of a replay")]
                #[expect(clippy::cast_sign_loss, reason = "starts are not negative")]
                let hour = (start / 3_600.0) as usize;
                let factor = self.hourly.get(hour % self.hourly.len().max(1));
                self.base * factor.copied().unwrap_or(1.0)
            }
        }
    }
}

fn event_seconds(traffic: &Traffic<'_>) -> f64 {
    traffic.event.as_ref().map_or(0.0, |event| {
        event.times * event.bins.iter().map(|(length, _)| length).sum::<f64>()
    })
}

#[expect(clippy::cast_precision_loss, reason = "at most 168 hours")]
fn hour_bins(hours: usize, calm: f64) -> Vec<Bin> {
    let weight = calm / hours as f64;
    (0..hours)
        .map(|hour| Bin {
            start: hour as f64 * 3_600.0,
            length: if hours == 1 {
                SECONDS_PER_MONTH
            } else {
                3_600.0
            },
            weight,
            regime: Regime::Stationary,
        })
        .collect()
}

fn hour_rates(traffic: &Traffic<'_>, hours: usize) -> Vec<f64> {
    (0..hours)
        .map(|hour| {
            let factor = traffic.hourly.get(hour % traffic.hourly.len().max(1));
            traffic.base * factor.copied().unwrap_or(1.0)
        })
        .collect()
}

/// Appends the bins of one trigger's spikes; the others run at their mean.
fn lay_event(timeline: &mut Timeline, all: &[Traffic<'_>], index: usize, event: &Event) {
    let mut start = 0.0;
    let own = event.bins.len().saturating_sub(event.tail);
    for (place, &(length, rate)) in event.bins.iter().enumerate() {
        timeline.bins.push(Bin {
            start,
            length,
            weight: length * event.times,
            regime: if event.burst && place < own {
                Regime::Burst(index)
            } else {
                Regime::Transient(index)
            },
        });
        start += length;
        for (other, rates) in timeline.rates.iter_mut().enumerate() {
            let mean = all.get(other).map_or(0.0, Traffic::mean_rate);
            rates.push(if other == index { rate } else { mean });
        }
    }
}

impl Traffic<'_> {
    /// The mean rate outside spikes and firings [1/s].
    fn mean_rate(&self) -> f64 {
        match self.replay {
            Some((series, factor)) => factor * series.mean_rate(0.0, series.seconds()),
            None => self.base,
        }
    }
}

fn traffic<'a>(source: Source<'a>, multiplier: f64, response: f64) -> Traffic<'a> {
    let (trigger, series) = source;
    let base = trigger.rate().per_second().0 * multiplier;
    let steady = Traffic {
        hourly: vec![1.0],
        replay: None,
        base,
        event: None,
    };
    match trigger.shape() {
        Shape::Steady => steady,
        Shape::Replay => Traffic {
            replay: series.map(|series| (series, multiplier)),
            ..steady
        },
        Shape::Daily => Traffic {
            hourly: daily(trigger.peak_to_mean(), trigger.peak_hour()),
            ..steady
        },
        Shape::Weekly => Traffic {
            hourly: weekly(trigger),
            ..steady
        },
        Shape::Spike | Shape::Step | Shape::Ramp => Traffic {
            event: spike(trigger, base, multiplier),
            ..steady
        },
        Shape::Cron => Traffic {
            base: 0.0,
            event: firing(trigger, multiplier),
            ..steady
        },
        Shape::ClosedLoop => Traffic {
            base: closed_loop_rate(trigger, multiplier, response),
            ..steady
        },
    }
}

/// Rate of users who wait for each answer: N / (think time + response).
///
/// Source: the interactive response time law, Lazowska et al., *Quantitative
/// System Performance*, § 3.3.
fn closed_loop_rate(trigger: &TriggerSettings, multiplier: f64, response: f64) -> f64 {
    let cycle = (trigger.think_time().0 + response) / 1_000.0;
    if cycle > 0.0 {
        trigger.users() * multiplier / cycle
    } else {
        0.0
    }
}

/// Hourly factors with mean 1 whose highest is `peak_to_mean`: a von Mises
/// curve, which unlike a cosine stays positive for any peak.
fn daily(peak_to_mean: f64, peak_hour: f64) -> Vec<f64> {
    let curve = |kappa: f64, centre: f64| -> Vec<f64> {
        let raw: Vec<f64> = (0..24_u8)
            .map(|hour| {
                let angle = (f64::from(hour) + 0.5 - centre) * std::f64::consts::TAU / 24.0;
                (kappa * (angle.cos() - 1.0)).exp()
            })
            .collect();
        let mean = raw.iter().sum::<f64>() / 24.0;
        raw.into_iter().map(|value| value / mean).collect()
    };
    let centre = peak_hour.floor() + 0.5;
    let peak = |kappa: f64| curve(kappa, centre).into_iter().fold(0.0, f64::max);
    let (mut low, mut high) = (0.0, 4_000.0);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if peak(middle) < peak_to_mean {
            low = middle;
        } else {
            high = middle;
        }
    }
    curve(0.5 * (low + high), centre)
}

fn weekly(trigger: &TriggerSettings) -> Vec<f64> {
    let day = daily(trigger.peak_to_mean(), trigger.peak_hour());
    let weekend = trigger.weekend().max(0.0);
    let mean = (5.0 + 2.0 * weekend) / 7.0;
    (0..7_u8)
        .flat_map(|weekday| {
            let factor = if weekday < 5 { 1.0 } else { weekend } / mean;
            day.iter().map(move |hour| hour * factor)
        })
        .collect()
}

fn spike(trigger: &TriggerSettings, base: f64, multiplier: f64) -> Option<Event> {
    let peak = trigger.peak().per_second().0 * multiplier;
    let (ramp, decay) = match trigger.shape() {
        Shape::Spike => (trigger.ramp().seconds(), trigger.decay().seconds()),
        Shape::Ramp => (trigger.ramp().seconds(), 0.0),
        _ => (0.0, 0.0),
    };
    let hold = trigger.hold().seconds();
    let mut bins = slope(base, peak, ramp, 30);
    bins.extend(plateau(peak, hold));
    bins.extend(slope(peak, base, decay, 12));
    let total: f64 = bins.iter().map(|(length, _)| length).sum();
    let times = trigger.spikes().min(SECONDS_PER_MONTH / total.max(1.0));
    (total > 0.0 && times > 0.0).then_some(Event {
        bins,
        times,
        burst: false,
        tail: 0,
    })
}

/// A linear change in equal steps, each at the rate of its middle.
fn slope(from: f64, to: f64, length: f64, steps: u32) -> Vec<(f64, f64)> {
    if length <= 0.0 {
        return Vec::new();
    }
    (0..steps)
        .map(|step| {
            let middle = (f64::from(step) + 0.5) / f64::from(steps);
            (length / f64::from(steps), from + (to - from) * middle)
        })
        .collect()
}

/// A constant rate, cut finer at the start, where the system still adapts.
fn plateau(rate: f64, length: f64) -> Vec<(f64, f64)> {
    let mut bins = Vec::new();
    let mut left = length;
    let mut step = (length / 64.0).clamp(0.5, 5.0);
    while left > 1e-9 {
        let next = if bins.len() < 40 {
            step.min(left)
        } else {
            left
        };
        bins.push((next, rate));
        left -= next;
        step *= 1.35;
    }
    bins
}

fn firing(trigger: &TriggerSettings, multiplier: f64) -> Option<Event> {
    let times = Schedule::parse(&trigger.cron()).ok()?.per_month();
    let events = trigger.batch() * multiplier;
    (times > 0.0).then(|| Event {
        bins: vec![(1.0, events)],
        times,
        burst: true,
        tail: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Rate;

    fn trigger(shape: Shape) -> TriggerSettings {
        TriggerSettings {
            rate: "100/s".parse::<Rate>().ok(),
            shape: Some(shape),
            ..TriggerSettings::default()
        }
    }

    #[track_caller]
    fn check(trigger: &TriggerSettings, mean: f64, peak: f64) {
        let timeline = timeline(&[(trigger, None)], 1.0, &|_| 0.0, false);
        let weights: f64 = timeline.bins.iter().map(|bin| bin.weight).sum();
        assert!((weights / SECONDS_PER_MONTH - 1.0).abs() < 1e-12);
        let rate = |i: usize| timeline.rates[0][i];
        assert!(
            (timeline.mean(rate) / mean - 1.0).abs() < 1e-9,
            "{}",
            timeline.mean(rate)
        );
        assert!(
            (timeline.peak(rate) / peak - 1.0).abs() < 1e-6,
            "{}",
            timeline.peak(rate)
        );
    }

    #[test]
    fn shapes_keep_their_mean_and_peak() {
        check(&trigger(Shape::Steady), 100.0, 100.0);
        check(&trigger(Shape::Daily), 100.0, 250.0);
        let busiest_weekday = 250.0 * 7.0 / 5.8;
        check(&trigger(Shape::Weekly), 100.0, busiest_weekday);
    }

    #[test]
    fn a_spike_adds_its_own_volume() {
        let spike = TriggerSettings {
            peak: "1000/s".parse().ok(),
            ..trigger(Shape::Step)
        };
        // 600 s at 1,000/s instead of 100/s, once a month.
        check(&spike, 100.0 + 900.0 * 600.0 / SECONDS_PER_MONTH, 1_000.0);
    }

    #[test]
    fn a_schedule_fires_in_bursts() {
        let hourly = TriggerSettings {
            cron: Some("0 * * * *".to_owned()),
            batch: Some(20.0),
            ..trigger(Shape::Cron)
        };
        check(&hourly, 20.0 * 730.0 / SECONDS_PER_MONTH, 20.0);
    }

    #[test]
    fn waiting_users_slow_down_with_the_answer() {
        let loops = TriggerSettings {
            users: Some(50.0),
            ..trigger(Shape::ClosedLoop)
        };
        let timeline = timeline(&[(&loops, None)], 1.0, &|_| 5_000.0, false);
        assert!((timeline.rates[0][0] - 5.0).abs() < 1e-12); // 50 users / 10 s
    }

    #[test]
    fn a_replay_keeps_volume_and_peak() {
        let replayed = trigger(Shape::Replay);
        let mut counts = vec![60.0; 4_000];
        counts[1_234] = 6_000.0;
        for interval in [60.0, 3_600.0] {
            let series = Series {
                interval,
                counts: counts.clone(),
            };
            let timeline = timeline(&[(&replayed, Some(&series))], 2.0, &|_| 0.0, false);
            let weights: f64 = timeline.bins.iter().map(|bin| bin.weight).sum();
            assert!((weights / SECONDS_PER_MONTH - 1.0).abs() < 1e-9);
            let rate = |i: usize| timeline.rates[0][i];
            let mean = 2.0 * (60.0 * 3_999.0 + 6_000.0) / (4_000.0 * interval);
            assert!((timeline.mean(rate) / mean - 1.0).abs() < 1e-9);
            assert!((timeline.peak(rate) / (12_000.0 / interval) - 1.0).abs() < 1e-9);
            assert!(timeline.bins.len() <= 2 * STRETCHES);
        }
    }

    #[test]
    fn tails_follow_events_and_leave_the_month_whole() {
        let hourly = TriggerSettings {
            cron: Some("0 * * * *".to_owned()),
            ..trigger(Shape::Cron)
        };
        let spike = trigger(Shape::Spike);
        let timeline = timeline(&[(&hourly, None), (&spike, None)], 1.0, &|_| 0.0, true);
        let weights: f64 = timeline.bins.iter().map(|bin| bin.weight).sum();
        assert!((weights / SECONDS_PER_MONTH - 1.0).abs() < 1e-9);
        let after: f64 = timeline
            .bins
            .iter()
            .filter(|bin| bin.regime == Regime::Transient(0))
            .map(|bin| bin.length)
            .sum();
        assert!((1_000.0..3_600.0).contains(&after), "{after}");
    }
}
