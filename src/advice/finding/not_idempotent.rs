//! Work that is done twice where an event may come twice.

use super::facts::MONTH;
use super::{Facts, Rule, Seen};
use crate::design::{Link, LinkKind, Settings, Value};
use crate::format;
use crate::report::{Problem, Severity};

pub const RULE: Rule = Rule {
    code: "not-idempotent",
    title: "An event may come twice and does harm then",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for (seen, function) in facts.functions() {
        if function.idempotent() {
            continue;
        }
        let repeating: Vec<_> = facts
            .incoming(seen.id)
            .filter(|(_, link)| {
                facts
                    .node(&link.from)
                    .is_some_and(|from| repeats(from, link))
            })
            .collect();
        let rate: f64 = repeating.iter().map(|(id, _)| facts.link_rate(id)).sum();
        if repeating.is_empty() || rate <= 0.0 {
            continue;
        }
        let senders: Vec<&str> = repeating
            .iter()
            .map(|(_, link)| link.from.as_str())
            .collect();
        let Some(commands) = facts.set(seen, "idempotent", Value::Flag(true)) else {
            continue;
        };
        found.push(
            Problem::new(
                RULE.code,
                Severity::Warning,
                format!("{} may do the same work twice.", seen.label()),
                format!(
                    "{} hands over each event at least once, not exactly once: of {} a month {} or more come again after a failure or timeout, and the function is marked as not safe to repeat.",
                    senders.join(", "),
                    format::count(rate * MONTH),
                    format::count(rate * MONTH * function.error_rate())
                ),
            )
            .at(seen.id)
            .mended_by("Remember the ids of handled events, then mark it as idempotent", commands),
        );
    }
}

/// Whether a sender may hand over an event twice.
fn repeats(from: &Seen<'_>, link: &Link) -> bool {
    match link.kind {
        LinkKind::Invoke | LinkKind::Notify | LinkKind::Deliver => true,
        LinkKind::Poll => !matches!(&from.settings, Settings::Queue(queue) if queue.fifo()),
        LinkKind::Request | LinkKind::Step => link.settings.retries() > 0,
        _ => false,
    }
}
