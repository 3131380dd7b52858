//! A queue that gives a message up after the first receive.

use super::{Facts, Rule};
use crate::catalog::Archetype;
use crate::design::{LinkKind, Settings};
use crate::report::{Problem, Severity};

/// Receives that survive a throttled or crashed consumer.
const ENOUGH: f64 = 5.0;

pub const RULE: Rule = Rule {
    code: "max-receives",
    title: "Messages are given up after one receive",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.nodes().filter(|n| n.kind() == Archetype::Queue) {
        let Settings::Queue(queue) = &seen.settings else {
            continue;
        };
        let has_dead_letters = facts
            .outgoing(seen.id)
            .any(|(_, link)| link.kind == LinkKind::DeadLetter);
        if queue.max_receives() > 1 || !has_dead_letters {
            continue;
        }
        let Some(commands) = facts.set_number(seen, "max_receives", ENOUGH) else {
            continue;
        };
        found.push(
            Problem::new(
                RULE.code,
                Severity::Warning,
                format!("{} gives every message only one try.", seen.label()),
                "A consumer that is throttled, times out or restarts once is enough to send a good message to the dead-letter queue, and somebody has to send it back by hand.",
            )
            .at(seen.id)
            .mended_by("Allow 5 receives", commands),
        );
    }
}
