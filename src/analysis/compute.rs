//! Functions as pools of instances: concurrency, cold starts, throttling.
//!
//! In stationary bins the exact most-recently-used pool holds; inside a spike
//! the pool grows, limited by a token bucket of new environments; at a firing
//! everything arrives at once and finds what is still alive. Between bins the
//! growth of the pool counts as cold starts.

use crate::catalog::Compute;

use super::steady::{Steady, spill};
use super::timeline::{Bin, Regime, Timeline};
use super::waiting::{Door, Room, Waiting};

/// What a pool has to do.
#[derive(Clone)]
pub struct Demand<'a> {
    /// Invocations by bin that do not wait [1/s].
    pub direct: &'a [f64],
    /// Invocations by bin that are lost where they are turned away [1/s].
    pub lossy: &'a [f64],
    /// All invocations by bin, as far as they are known before anything waits
    /// [1/s].
    pub invocations: &'a [f64],
    /// Events of one invocation.
    pub per_invocation: f64,
    /// Busy time of one invocation [s].
    pub service: f64,
    /// Provisioned instances.
    pub provisioned: u32,
    /// Share of the time in which they are.
    pub provisioned_share: f64,
    /// Highest concurrency, by bin.
    pub limit: &'a dyn Fn(usize) -> f64,
    /// Longest gap between firings of the n-th trigger [s].
    pub gaps: &'a dyn Fn(usize) -> f64,
    /// Further cold starts in a month, for each instance alive: deployments.
    pub deployments: f64,
    /// Requests that one instance takes at once.
    pub per_instance: u32,
    /// Pings that keep an instance warm [1/s].
    pub pings: f64,
    /// Variance to mean of the busy count that the arrivals bring about; 1 for
    /// Poisson arrivals.
    pub peakedness: f64,
    /// How often clients try again what was refused.
    pub client_retries: u32,
    /// Probability that a run times out, which resets its environment.
    pub resets: f64,
}

impl Demand<'_> {
    fn whole(&self, bin: usize) -> f64 {
        self.invocations.get(bin).copied().unwrap_or(0.0)
    }

    fn lossy(&self, bin: usize) -> f64 {
        self.lossy.get(bin).copied().unwrap_or(0.0)
    }
}

/// One bin of a pool.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PoolBin {
    /// Busy executions.
    pub busy: f64,
    /// Instances alive.
    pub alive: f64,
    /// Probability that an invocation starts an instance.
    pub cold: f64,
    /// Probability that an invocation is refused for good: nobody waits, and
    /// nothing delivers it again.
    pub throttle: f64,
    /// Probability that an attempt finds no place, whether it comes back or not.
    pub turned_away: f64,
    /// Executions wanted: those that run and those that find no place.
    pub wanted: f64,
    /// Share of the invocations that provisioned instances serve.
    pub provisioned: f64,
    /// Share of the invocations that do not wait: what is turned away of them
    /// is lost.
    pub waits_not: f64,
}

impl PoolBin {
    /// Adds invocations that come one after another to those of a firing, as
    /// far as there is room; returns the share that finds none.
    fn add_stream(&mut self, rate: f64, limit: f64, bin: &Bin, service: f64) -> f64 {
        let load = rate * service;
        if load <= 0.0 {
            return 0.0;
        }
        let busy = load.min((limit - self.busy).max(0.0));
        let starts = (self.busy + busy - self.alive).max(0.0);
        let fired = self.busy;
        self.busy += busy;
        self.wanted += load;
        self.alive = self.alive.max(self.busy);
        let arrivals = fired + rate * bin.length;
        let cold = self.cold * fired + starts.min(rate * bin.length);
        self.cold = (cold / arrivals.max(1e-9)).min(1.0);
        1.0 - busy / load
    }

    /// Turns away a larger share, as others fill the pool that it belongs to.
    pub(super) fn turn_away(&mut self, share: f64) {
        let lost = self.waits_not;
        self.busy = self.wanted * (1.0 - share * lost);
        self.throttle = share * lost;
        self.turned_away = share;
    }

    /// What is lost of invocations of which so many do not wait.
    fn lose(mut self, direct: f64, all: f64) -> Self {
        let share = if all > 0.0 {
            (direct / all).min(1.0)
        } else {
            1.0
        };
        self.waits_not = share;
        self.throttle = self.turned_away * share;
        self
    }
}

/// Follows a pool through the bins of a month, and what waits for a place in
/// it.
pub fn follow(
    timeline: &Timeline,
    demand: &Demand<'_>,
    compute: &Compute,
    rooms: Vec<Room<'_>>,
) -> (Vec<PoolBin>, Vec<Waiting>) {
    let mut run = Run {
        timeline,
        demand,
        compute,
        steady: Steady::new(demand, compute),
        calm: PoolBin::default(),
        doors: rooms
            .into_iter()
            .map(|room| Door::new(room, timeline.bins.len()))
            .collect(),
    };
    run.calm = run.calm_state();
    let mut bins = vec![PoolBin::default(); timeline.bins.len()];
    run.hours(&mut bins);
    if run.doors.iter().any(Door::is_backlogged) {
        // What the last hour leaves is there when the first begins.
        run.doors.iter_mut().for_each(Door::begin_cycle);
        run.hours(&mut bins);
    }
    run.events(&mut bins);
    add_growth(timeline, demand, &mut bins);
    let waiting = run.doors.into_iter().map(Door::finish).collect();
    (bins, waiting)
}

/// What waits before a consumer that takes at most so much at once [events/s],
/// instances apart.
pub(super) fn drain(
    timeline: &Timeline,
    direct: &[f64],
    most: f64,
    rooms: Vec<Room<'_>>,
) -> Vec<Waiting> {
    let mut doors: Vec<Door<'_>> = rooms
        .into_iter()
        .map(|room| Door::new(room, timeline.bins.len()))
        .collect();
    let pass = |doors: &mut Vec<Door<'_>>, hours: bool| {
        let mut current = None;
        for (index, bin) in timeline.bins.iter().enumerate() {
            if (bin.regime == Regime::Stationary) != hours {
                continue;
            }
            if let Regime::Transient(event) | Regime::Burst(event) = bin.regime
                && current != Some(event)
            {
                doors.iter_mut().for_each(Door::rest);
                current = Some(event);
            }
            let own = direct.get(index).copied().unwrap_or(0.0);
            let offered: f64 = doors.iter_mut().map(|door| door.offer(index, bin)).sum();
            let room = (most - own).max(0.0);
            let over = if offered > room {
                1.0 - room / offered
            } else {
                0.0
            };
            for door in doors.iter_mut() {
                door.settle(index, bin, over);
            }
        }
    };
    pass(&mut doors, true);
    if doors.iter().any(Door::is_backlogged) {
        doors.iter_mut().for_each(Door::begin_cycle);
        pass(&mut doors, true);
    }
    pass(&mut doors, false);
    doors.into_iter().map(Door::finish).collect()
}

/// A pool on its way through the month.
struct Run<'a> {
    timeline: &'a Timeline,
    demand: &'a Demand<'a>,
    compute: &'a Compute,
    steady: Steady<'a>,
    calm: PoolBin,
    doors: Vec<Door<'a>>,
}

impl Run<'_> {
    /// The mean state outside spikes and firings.
    fn calm_state(&mut self) -> PoolBin {
        let (mut rate, mut weight) = (0.0, 0.0);
        for (index, bin) in self.timeline.bins.iter().enumerate() {
            if bin.regime == Regime::Stationary {
                rate += bin.weight * self.demand.whole(index);
                weight += bin.weight;
            }
        }
        if weight <= 0.0 {
            // Nothing but a sequence, as a replay is: its mean.
            rate = self.timeline.mean(|index| self.demand.whole(index));
            weight = 1.0;
        }
        if rate > 0.0 {
            let limit = (self.demand.limit)(0);
            self.steady.at(rate / weight, limit)
        } else {
            PoolBin::default()
        }
    }

    fn hours(&mut self, bins: &mut [PoolBin]) {
        for (index, bin) in self.timeline.bins.iter().enumerate() {
            if bin.regime != Regime::Stationary {
                continue;
            }
            let rate = self.offered(index, bin);
            let limit = (self.demand.limit)(index);
            let state = self.steady.at(rate, limit);
            let load = rate * self.demand.service;
            let over = if load > limit {
                1.0 - limit / load
            } else {
                0.0
            };
            self.settle(index, bin, over);
            let lossy = self.demand.lossy(index);
            let mut state = state.lose(lossy, rate);
            // What waits is let in as soon as a place is free.
            let waited = (load - lossy * self.demand.service).max(0.0);
            state.busy = (state.busy + waited * (state.turned_away - over)).max(0.0);
            if let Some(slot) = bins.get_mut(index) {
                *slot = state;
            }
        }
    }

    fn events(&mut self, bins: &mut [PoolBin]) {
        let mut spike = Spike::resting(self.calm.alive, self.compute);
        let mut current = None;
        for (index, bin) in self.timeline.bins.iter().enumerate() {
            let event = match bin.regime {
                Regime::Stationary => continue,
                Regime::Transient(event) | Regime::Burst(event) => event,
            };
            if current != Some(event) {
                spike = Spike::resting(self.calm.alive, self.compute);
                self.doors.iter_mut().for_each(Door::rest);
                current = Some(event);
            }
            let limit = (self.demand.limit)(index);
            let direct = self.demand.direct.get(index).copied().unwrap_or(0.0);
            let rate = self.offered(index, bin);
            let state = if matches!(bin.regime, Regime::Burst(_)) {
                let mut state = self.firing(bin, direct, event, limit);
                let over = state.add_stream(rate - direct, limit, bin, self.demand.service);
                spike.alive = state.alive;
                self.settle(index, bin, over);
                state
            } else {
                let state = spike.step(bin, rate, limit, self.demand, self.compute);
                self.settle(index, bin, state.turned_away);
                state
            };
            if let Some(slot) = bins.get_mut(index) {
                *slot = state.lose(self.demand.lossy(index), rate);
            }
        }
    }

    /// Invocations offered in a bin: those that come by themselves, and those
    /// that wait and are let through [1/s].
    fn offered(&mut self, index: usize, bin: &Bin) -> f64 {
        let direct = self.demand.direct.get(index).copied().unwrap_or(0.0);
        let per_invocation = self.demand.per_invocation.max(1e-9);
        let waiting: f64 = self
            .doors
            .iter_mut()
            .map(|door| door.offer(index, bin) / per_invocation)
            .sum();
        direct + waiting
    }

    fn settle(&mut self, index: usize, bin: &Bin, refused: f64) {
        for door in &mut self.doors {
            door.settle(index, bin, refused);
        }
    }
}

/// A pool inside a spike: how many are alive, how many more may start.
struct Spike {
    alive: f64,
    tokens: f64,
}

impl Spike {
    fn resting(alive: f64, compute: &Compute) -> Self {
        Self {
            alive,
            tokens: compute.start_burst.value,
        }
    }

    /// Lets the bucket refill and environments start, in steps short against
    /// the bin.
    fn step(
        &mut self,
        bin: &Bin,
        rate: f64,
        limit: f64,
        demand: &Demand<'_>,
        compute: &Compute,
    ) -> PoolBin {
        const STEPS: u32 = 16;
        let dt = bin.length / f64::from(STEPS);
        let wanted = needed(rate, demand.service, bin.length);
        // Instances that the load no longer needs are retired once they have
        // been idle for the timeout.
        let kept = (-bin.length / compute.idle_timeout.value.max(1.0)).exp();
        if self.alive > wanted {
            self.alive = wanted + (self.alive - wanted) * kept;
        }
        let (mut started, mut refused, mut busy) = (0.0, 0.0, 0.0);
        for _ in 0..STEPS {
            self.tokens =
                (self.tokens + compute.start_rate.value * dt).min(compute.start_burst.value);
            let room = (limit - self.alive).max(0.0);
            let starts = (wanted - self.alive).clamp(0.0, self.tokens.min(room));
            self.alive += starts;
            self.tokens -= starts;
            started += starts;
            let load = rate * demand.service;
            let served = load
                .min(self.alive.max(f64::from(demand.provisioned)))
                .min(limit);
            busy += served;
            refused += if load > 0.0 { 1.0 - served / load } else { 0.0 };
        }
        let arrivals = rate * bin.length;
        PoolBin {
            busy: busy / f64::from(STEPS),
            alive: self.alive,
            cold: if arrivals > 0.0 {
                (started / arrivals).min(1.0)
            } else {
                0.0
            },
            throttle: refused / f64::from(STEPS),
            turned_away: refused / f64::from(STEPS),
            wanted: rate * demand.service,
            provisioned: 1.0 - spill(demand, rate * demand.service),
            waits_not: 1.0,
        }
    }
}

/// Instances that a stretch of steady load needs at once: its mean and the
/// highest excursion that so many service times bring about.
///
/// Within 3 % of simulation (maximum of the M/G/∞ process).
fn needed(rate: f64, service: f64, length: f64) -> f64 {
    let mean = rate * service;
    if mean <= 0.0 || service <= 0.0 {
        return 0.0;
    }
    mean + (2.0 * mean * (1.0 + length / service).ln()).sqrt()
}

impl Run<'_> {
    /// Everything arrives at once.
    fn firing(&self, bin: &Bin, rate: f64, trigger: usize, limit: f64) -> PoolBin {
        let (demand, compute, calm) = (self.demand, self.compute, &self.calm);
        let provisioned = f64::from(demand.provisioned);
        let arrivals = rate * bin.length;
        if arrivals <= 0.0 {
            return PoolBin {
                alive: calm.alive.max(provisioned),
                ..PoolBin::default()
            };
        }
        let kept = (demand.gaps)(trigger) <= compute.idle_timeout.value;
        let alive = if kept {
            arrivals.max(calm.alive)
        } else {
            calm.alive.max(provisioned)
        };
        let free = (alive - calm.busy).max(0.0);
        let served = arrivals.min(limit);
        let starts = (served - free).max(0.0).min(compute.start_burst.value);
        let lifetime = compute
            .lifetime
            .as_ref()
            .map_or(0.0, |cap| ((demand.gaps)(trigger) / cap.value).min(1.0));
        let cold = (starts / arrivals).max(if kept { lifetime } else { 0.0 });
        let carried = (free + starts).min(served);
        PoolBin {
            busy: carried,
            alive: free + starts + calm.busy,
            cold: cold.min(1.0),
            throttle: (1.0 - carried / arrivals).max(0.0),
            turned_away: (1.0 - carried / arrivals).max(0.0),
            wanted: arrivals,
            provisioned: (provisioned / arrivals).min(1.0),
            waits_not: 1.0,
        }
    }
}

/// Between hours the pool grows by cold starts; deployments replace it.
fn add_growth(timeline: &Timeline, demand: &Demand<'_>, bins: &mut [PoolBin]) {
    let hours: Vec<usize> = (0..bins.len())
        .filter(|&i| timeline.bins[i].regime == Regime::Stationary)
        .collect();
    let kept = f64::from(demand.provisioned);
    let Some(&last) = hours.last() else {
        return;
    };
    let mut before = bins[last].alive;
    let many = hours.len() > 1;
    for index in hours {
        let bin = &mut bins[index];
        let arrivals = demand.invocations[index] * timeline.bins[index].length;
        let growth = if many {
            (bin.alive - before).max(0.0)
        } else {
            0.0
        };
        before = bin.alive;
        let redeployed = demand.deployments * (bin.alive - kept).max(0.0)
            / crate::units::SECONDS_PER_MONTH
            * timeline.bins[index].length;
        if arrivals > 0.0 {
            bin.cold = (bin.cold + (growth + redeployed) / arrivals).min(1.0);
        }
    }
}
