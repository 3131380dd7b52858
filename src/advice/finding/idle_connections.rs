//! Connections that stay open and say nothing.

use super::facts::WORTH;
use super::{Facts, Rule};
use crate::catalog::Archetype;
use crate::design::Settings;
use crate::format;
use crate::report::{Problem, Severity};

/// Minutes without a message that are worth a word.
const QUIET: f64 = 10.0;

pub const RULE: Rule = Rule {
    code: "idle-connections",
    title: "Open connections are paid for while nothing is said",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.dearest(Archetype::Gateway) {
        let Settings::Gateway(gateway) = &seen.settings else {
            continue;
        };
        let (minutes, messages) = (gateway.connection(), gateway.messages());
        let lines = facts.report.cost.lines.iter();
        let open: f64 = lines
            .filter(|line| line.node == *seen.id && line.unit.contains("min"))
            .map(|line| line.cost.value)
            .sum();
        if open < WORTH || minutes <= QUIET * messages.max(1.0) {
            continue;
        }
        let enough = QUIET * messages.max(1.0);
        let Some(commands) = facts.set_number(seen, "connection", enough) else {
            continue;
        };
        found.push(
            Problem::new(
                RULE.code,
                Severity::Hint,
                format!("Connections to {} are mostly silent.", seen.label()),
                format!(
                    "Each is open for {} minutes and carries {} messages. The minutes cost {} a month.",
                    format::significant(minutes, 3),
                    format::significant(messages, 3),
                    format::usd(open)
                ),
            )
            .at(seen.id)
            .mended_by(
                format!("Close them after {} silent minutes", format::significant(QUIET, 2)),
                commands,
            ),
        );
    }
}
