//! Batches that are handled again for one bad message.

use super::facts::MONTH;
use super::{Facts, Rule};
use crate::design::{LinkKind, Value};
use crate::format;
use crate::report::{Problem, Severity};

/// Share of batches that fail, above which it hurts.
const OFTEN: f64 = 0.05;

pub const RULE: Rule = Rule {
    code: "batch-redone",
    title: "One bad message brings its whole batch back",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for (id, link, from, to) in facts.wires(LinkKind::Poll) {
        let Some(function) = to.function() else {
            continue;
        };
        // Only where the provider's own pollers hand batches over.
        let polled = from
            .service
            .is_some_and(|service| service.polling.is_some());
        let (batch, fails) = (f64::from(link.settings.batch_size()), function.error_rate());
        if !polled || batch < 2.0 || fails <= 0.0 || link.settings.partial_failures() {
            continue;
        }
        let bad = 1.0 - (1.0 - fails).powf(1.0 / batch);
        let again = facts.link_rate(id) * MONTH * (fails - bad).max(0.0);
        let Some(commands) = facts.set_link(id, "partial_failures", Value::Flag(true)) else {
            continue;
        };
        found.push(
            Problem::new(
                RULE.code,
                if fails >= OFTEN { Severity::Warning } else { Severity::Hint },
                format!("One message that fails brings its whole batch back to {}.", from.label()),
                format!(
                    "{} of its runs fail; in full batches of {} that is {} of the messages. Up to {} good messages a month are handled again, twice billed, and count towards the maximum of receives.",
                    format::percent(fails),
                    format::whole(batch),
                    format::percent(bad),
                    format::count(again)
                ),
            )
            .on(id)
            .at(to.id)
            .mended_by("Report only the messages that failed", commands),
        );
    }
}
