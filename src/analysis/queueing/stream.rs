//! Consumers that take records in order: shards of a stream, groups of a FIFO queue.

use super::cache::harmonic;

/// One shard and its consumer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StreamShard {
    /// Records that arrive [1/s].
    pub rate: f64,
    /// Duration of a batch however small [s].
    pub base: f64,
    /// Duration that each record adds [s].
    pub per_record: f64,
    /// Most records of a batch.
    pub most: f64,
    /// Batches of the shard in progress at once.
    pub parallel: f64,
    /// Least time between two polls [s].
    pub poll: f64,
}

/// The steady cycle of polling and processing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PollCycle {
    /// From one batch to the next [s].
    pub cycle: f64,
    /// Mean records of a batch [1].
    pub batch: f64,
    /// Mean age of a record when its batch starts [s].
    pub mean_age: f64,
    /// Batches of the shard [1/s].
    pub invocations: f64,
}

impl StreamShard {
    /// Records that the consumer can keep up with [1/s].
    ///
    /// Full batches back to back: parallel × B ÷ (d₀ + d₁B).
    #[must_use]
    pub fn capacity(&self) -> f64 {
        let most = self.most.max(1.0);
        let duration = self.base.max(0.0) + self.per_record.max(0.0) * most;
        if duration > 0.0 {
            self.parallel.max(1.0) * most / duration
        } else {
            f64::INFINITY
        }
    }
}

/// How a shard is polled; `None` where the consumer falls behind.
///
/// What arrives during one batch is the next: the cycle c solves
/// c = d₀ + d₁λc, so c = max(poll, d₀ ÷ (1 − λd₁)), and batches are λc records.
/// Batches that are full follow each other at once, every B/λ. Parallel batches
/// share the records. A poll that finds nothing starts no batch.
///
/// Source: fluid limit of the polling loop; derived for this project.
#[must_use]
pub fn stream_poll_cycle(shard: &StreamShard) -> Option<PollCycle> {
    let rate = if shard.rate > 0.0 { shard.rate } else { 0.0 };
    if rate >= shard.capacity() {
        return None;
    }
    let lanes = shard.parallel.max(1.0);
    let lane = rate / lanes;
    let most = shard.most.max(1.0);
    // Positive below capacity, which is less than lanes ÷ d₁.
    let idle = 1.0 - lane * shard.per_record.max(0.0);
    let cycle = shard.poll.max(shard.base.max(0.0) / idle).max(0.0);
    let cycle = if lane * cycle > most {
        most / lane
    } else {
        cycle
    };
    let collected = lane * cycle;
    // P(a poll finds something).
    let found = -(-collected).exp_m1();
    let (batch, invocations) = if found > 0.0 {
        (collected / found, lanes * found / cycle)
    } else {
        (1.0, rate)
    };
    Some(PollCycle {
        cycle,
        batch: batch.min(most),
        mean_age: 0.5 * cycle,
        invocations,
    })
}

/// What the most popular group of a FIFO queue allows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HotGroup {
    /// Share of the messages that belong to it [1].
    pub share: f64,
    /// Rate of all messages from which it falls behind [1/s].
    pub max_rate: f64,
}

/// The hottest of `groups` message groups whose popularity follows Zipf's law.
///
/// One batch of a group is in progress at a time: stable while
/// λ p₁ D(b)/b < 1 with p₁ = 1/H(G, s). `duration` of a batch [s], `batch` in
/// messages.
#[must_use]
pub fn fifo_hot_group(groups: f64, exponent: f64, duration: f64, batch: f64) -> HotGroup {
    let share = 1.0 / harmonic(groups.max(1.0), exponent);
    let busy = share * duration;
    HotGroup {
        share,
        max_rate: if busy > 0.0 {
            batch.max(1.0) / busy
        } else {
            f64::INFINITY
        },
    }
}
