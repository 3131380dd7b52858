//! Asynchronous work that is lost when it keeps failing.

use super::facts::MONTH;
use super::{Facts, Rule};
use crate::design::LinkKind;
use crate::format;
use crate::report::{Problem, Severity};

pub const RULE: Rule = Rule {
    code: "lost-events",
    title: "Asynchronous work that keeps failing is lost",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for (seen, function) in facts.functions() {
        let Some(compute) = seen.service.and_then(|service| service.compute.as_ref()) else {
            continue;
        };
        let has_place = facts
            .outgoing(seen.id)
            .any(|(_, link)| link.kind == LinkKind::DeadLetter);
        if has_place || !seen.has("dead-letter") {
            continue;
        }
        let pushed: f64 = facts
            .incoming(seen.id)
            .filter(|(_, link)| {
                matches!(
                    link.kind,
                    LinkKind::Invoke | LinkKind::Notify | LinkKind::Deliver
                ) && !has_dead_letters(facts, link)
            })
            .map(|(id, _)| facts.link_rate(id) * MONTH)
            .sum();
        let tries = compute.async_retries.value.saturating_add(1);
        let failing = function.error_rate().powf(f64::from(tries));
        let lost = pushed * failing;
        if lost < 1.0 {
            continue;
        }
        let Some(fix) = super::remedy::dead_letters(facts, seen.id) else {
            continue;
        };
        found.push(
            Problem::new(
                RULE.code,
                Severity::Warning,
                format!("{} loses events that keep failing.", seen.label()),
                format!(
                    "{} of its runs fail. An event is tried {tries} times and then dropped: about {} of {} a month, if failures come by chance; all of them, if the event itself is bad.",
                    format::percent(function.error_rate()),
                    format::count(lost),
                    format::count(pushed)
                ),
            )
            .at(seen.id)
            .mended_by(fix.label, fix.commands),
        );
    }
}

fn has_dead_letters(facts: &Facts<'_>, link: &crate::design::Link) -> bool {
    facts
        .outgoing(&link.from)
        .any(|(_, other)| other.kind == LinkKind::DeadLetter)
}
