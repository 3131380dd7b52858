//! One event that becomes a great many.

use super::facts::MONTH;
use super::{Facts, Rule};
use crate::design::LinkKind;
use crate::format;
use crate::report::{Problem, Severity};

/// Events caused by one event that are worth a word, and that hurt.
const MANY: (f64, f64) = (20.0, 200.0);

/// Events a month below which a great many is still little.
const FEWEST: f64 = 100_000.0;

pub const RULE: Rule = Rule {
    code: "fan-out",
    title: "One event becomes a great many",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.nodes() {
        let rate = seen.report.rate.value;
        let caused: Vec<_> = facts
            .outgoing(seen.id)
            .filter(|(_, link)| !matches!(link.kind, LinkKind::DeadLetter | LinkKind::Read))
            .map(|(id, _)| (id, facts.link_rate(id)))
            .collect();
        let all: f64 = caused.iter().map(|(_, rate)| rate).sum();
        if rate <= 0.0 || all < MANY.0 * rate || all * MONTH < FEWEST {
            continue;
        }
        let Some((most, _)) = caused.iter().max_by(|a, b| a.1.total_cmp(&b.1)) else {
            continue;
        };
        let severity = if all >= MANY.1 * rate {
            Severity::Warning
        } else {
            Severity::Hint
        };
        found.push(
            Problem::new(
                RULE.code,
                severity,
                format!(
                    "Each event at {} becomes {}.",
                    seen.label(),
                    format::count(all / rate)
                ),
                format!(
                    "{} a month become {}, most of them over {most}. A tenfold rise here is a tenfold rise of the larger number, in load as in cost.",
                    format::count(rate * MONTH),
                    format::count(all * MONTH)
                ),
            )
            .at(seen.id)
            .mended_by("Send several at once, in batches, or filter before sending", Vec::new()),
        );
    }
}
