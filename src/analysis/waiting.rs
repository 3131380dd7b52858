//! Work that can wait: messages in a queue, records in a stream, events that a
//! service delivers again. What a consumer cannot take now it takes later, so
//! load moves in time instead of being lost.
//!
//! A fluid: in each bin the consumer gets what has just come and what still
//! waits, as far as its mapping lets it; the rest is carried into the next bin.
//! A peak that drains afterwards is therefore a delay, not an overload.

use super::timeline::{Bin, Regime};

/// Backlogs below this are what a fluid leaves of nothing [events].
const NOTHING: f64 = 1e-6;

/// The wait in front of one consumer.
#[derive(Clone, Debug)]
pub struct Room<'a> {
    /// What comes in, by bin [events/s].
    pub inflow: &'a [f64],
    /// Time that one event keeps a consumer busy [s].
    pub work: f64,
    /// Most consumers at once.
    pub most: f64,
    /// Consumers at the start of a burst.
    pub start: f64,
    /// Consumers added [1/s].
    pub ramp: f64,
    /// An event that waits longer is dropped [s].
    pub retention: f64,
}

/// What waits in front of one consumer, by bin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    /// What the consumer takes [events/s].
    pub outflow: Vec<f64>,
    /// Events waiting at the end of the bin.
    pub depth: Vec<f64>,
    /// How long an event that arrives in the bin waits, on average [s].
    pub delay: Vec<f64>,
    /// Events dropped because they waited too long, over a month.
    pub expired: f64,
    /// By how much the backlog grows without end [events/s]; 0 where it drains.
    pub growth: f64,
}

impl Waiting {
    /// The deepest backlog [events].
    pub fn deepest(&self) -> f64 {
        self.depth.iter().copied().fold(0.0, f64::max)
    }

    /// The longest wait [s].
    pub fn longest(&self) -> f64 {
        self.delay.iter().copied().fold(0.0, f64::max)
    }
}

/// A room while time passes.
pub(super) struct Door<'a> {
    room: Room<'a>,
    backlog: f64,
    consumers: f64,
    offered: f64,
    /// What came less what was taken since the cycle began [events], and how
    /// long ago that was [s].
    net: f64,
    seconds: f64,
    state: Waiting,
}

impl<'a> Door<'a> {
    pub(super) fn new(room: Room<'a>, bins: usize) -> Self {
        let state = Waiting {
            outflow: vec![0.0; bins],
            depth: vec![0.0; bins],
            delay: vec![0.0; bins],
            ..Waiting::default()
        };
        Self {
            consumers: room.start.min(room.most),
            room,
            backlog: 0.0,
            offered: 0.0,
            net: 0.0,
            seconds: 0.0,
            state,
        }
    }

    /// A burst begins: nothing waits, and only the first consumers are there.
    pub(super) fn rest(&mut self) {
        self.backlog = 0.0;
        self.consumers = self.room.start.min(self.room.most);
    }

    /// Whether something waits.
    pub(super) fn is_backlogged(&self) -> bool {
        self.backlog > NOTHING
    }

    /// What the mapping offers to the consumer in a bin [events/s].
    pub(super) fn offer(&mut self, index: usize, bin: &Bin) -> f64 {
        let come = self.room.inflow.get(index).copied().unwrap_or(0.0);
        let wanted = come + self.backlog / bin.length.max(1e-9);
        let consumers = match bin.regime {
            Regime::Stationary => self.room.most,
            Regime::Transient(_) | Regime::Burst(_) => {
                let needed = wanted * self.room.work;
                let after = (self.consumers + self.room.ramp * bin.length)
                    .min(self.room.most)
                    .min(needed.max(self.room.start.min(self.room.most)));
                let mean = 0.5 * (self.consumers + after.max(self.consumers));
                self.consumers = after;
                mean
            }
        };
        self.offered = if self.room.work > 0.0 {
            wanted.min(consumers / self.room.work)
        } else {
            wanted
        };
        self.offered
    }

    /// Closes a bin in which the consumer could not take a share of what was
    /// offered.
    pub(super) fn settle(&mut self, index: usize, bin: &Bin, refused: f64) {
        let come = self.room.inflow.get(index).copied().unwrap_or(0.0);
        let taken = self.offered * (1.0 - refused);
        let before = self.backlog;
        let length = bin.length;
        let mut after = (before + (come - taken) * length).max(0.0);
        if after < NOTHING * (1.0 + come * length) {
            after = 0.0;
        }
        let most = taken * self.room.retention;
        if after > most {
            self.state.expired += (after - most) * bin.weight / length.max(1e-9);
            after = most;
        }
        self.backlog = after;
        if bin.regime == Regime::Stationary {
            self.net += (come - taken) * length;
            self.seconds += length;
            let growth = self.net / self.seconds.max(1e-9);
            self.state.growth = if growth > 1e-9 * come.max(1e-9) {
                growth
            } else {
                0.0
            };
        }
        let set = |series: &mut Vec<f64>, value: f64| {
            if let Some(slot) = series.get_mut(index) {
                *slot = value;
            }
        };
        set(&mut self.state.outflow, taken);
        set(&mut self.state.depth, after);
        let waiting = 0.5 * (before + after);
        set(
            &mut self.state.delay,
            if taken > 0.0 { waiting / taken } else { 0.0 },
        );
    }

    /// The hours of a cycle begin again, with what the last ones have left.
    pub(super) fn begin_cycle(&mut self) {
        self.net = 0.0;
        self.seconds = 0.0;
        self.state.expired = 0.0;
    }

    /// The result.
    pub(super) fn finish(self) -> Waiting {
        self.state
    }
}
