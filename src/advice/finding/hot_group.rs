//! A message group that gets more than one consumer can handle.

use super::{Facts, Rule};
use crate::design::{LinkKind, Settings, Value};
use crate::format;
use crate::report::{Problem, Severity};

/// Load of one group that is worth a word, and that cannot be carried.
const LOADS: (f64, f64) = (0.8, 1.0);

pub const RULE: Rule = Rule {
    code: "hot-group",
    title: "One message group gets more than it can handle in order",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for (_, link, from, to) in facts.wires(LinkKind::Poll) {
        let Settings::Queue(queue) = &from.settings else {
            continue;
        };
        if !queue.fifo() || to.function().is_none() {
            continue;
        }
        // The events of a batch are handled one after the other, so that D(b)/b
        // is the time of one event whatever the batch size.
        let (rate, work) = (from.report.peak_rate.value, facts.work(to) / 1_000.0);
        let load = |groups: u32| rate * largest_share(groups, queue.skew()) * work;
        let now = load(queue.groups());
        if now < LOADS.0 {
            continue;
        }
        let share = largest_share(queue.groups(), queue.skew());
        let made = Problem::new(
            RULE.code,
            if now >= LOADS.1 { Severity::Error } else { Severity::Warning },
            format!("One message group of {} is too busy.", from.label()),
            format!(
                "Its messages are handled one after the other. The busiest of {} groups gets {} of {}, {} each: {} of what one consumer can do{}.",
                format::whole(f64::from(queue.groups())),
                format::percent(share),
                format::rate_per_second(rate),
                format::millis(work * 1_000.0),
                format::percent(now),
                if now >= LOADS.1 {
                    ", so its backlog grows while the peak lasts"
                } else {
                    ", so that messages queue up for long"
                }
            ),
        )
        .at(&link.from);
        let enough = std::iter::successors(Some(queue.groups().max(1)), |groups| {
            groups.checked_mul(2).filter(|groups| *groups <= 10_000_000)
        })
        .find(|groups| load(*groups) < LOADS.0);
        let commands =
            enough.and_then(|groups| facts.set(from, "groups", Value::Number(f64::from(groups))));
        found.push(match (enough, commands) {
            (Some(groups), Some(commands)) => made.mended_by(
                format!(
                    "Spread the messages over {} groups",
                    format::whole(f64::from(groups))
                ),
                commands,
            ),
            _ => made.mended_by(
                "Split the busiest group: more groups do not help, its share is too large",
                Vec::new(),
            ),
        });
    }
}

/// The share of the first of n groups whose sizes follow Zipf's law.
///
/// Source: 1 / Σ k^-s, k = 1 … n; the tail beyond a thousand terms by the
/// integral with its Euler-Maclaurin midpoint.
fn largest_share(groups: u32, skew: f64) -> f64 {
    const SUMMED: u32 = 1_000;
    let groups = groups.max(1);
    let head: f64 = (1..=groups.min(SUMMED))
        .map(|k| f64::from(k).powf(-skew))
        .sum();
    if groups <= SUMMED {
        return 1.0 / head;
    }
    let (low, high) = (f64::from(SUMMED) + 0.5, f64::from(groups) + 0.5);
    let tail = if (skew - 1.0).abs() < 1e-9 {
        (high / low).ln()
    } else {
        (high.powf(1.0 - skew) - low.powf(1.0 - skew)) / (1.0 - skew)
    };
    1.0 / (head + tail)
}

#[cfg(test)]
mod tests {
    use super::largest_share;

    #[test]
    fn shares_follow_zipf() {
        assert!((largest_share(100, 0.0) - 0.01).abs() < 1e-12);
        // 1 + 1/2 + 1/3 = 11/6.
        assert!((largest_share(3, 1.0) - 6.0 / 11.0).abs() < 1e-12);
        // The harmonic number of a million is 14.392 727.
        assert!((largest_share(1_000_000, 1.0) - 1.0 / 14.392_727).abs() < 1e-7);
        assert!((largest_share(10_000, 0.0) - 1e-4).abs() < 1e-9);
    }
}
