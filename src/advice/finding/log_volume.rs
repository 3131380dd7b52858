//! Logs that cost as much as the work that they tell of.

use super::facts::WORTH;
use super::{Facts, Rule};
use crate::catalog::Archetype;
use crate::format;
use crate::report::{Problem, Severity};

/// Cost of logs against cost of the work, above which it is too much.
const SHARE: f64 = 0.5;

pub const RULE: Rule = Rule {
    code: "log-volume",
    title: "Logs cost more than half of what they tell of",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.dearest(Archetype::Function) {
        let Some(function) = seen.function() else {
            continue;
        };
        let lines = facts.report.cost.lines.iter();
        let logs: f64 = lines
            .filter(|line| line.node == *seen.id && line.companion.as_deref() == Some("logs"))
            .map(|line| line.cost.value)
            .sum();
        let work = facts.cost(seen.id, &[]);
        if logs < WORTH.max(SHARE * work) {
            continue;
        }
        // Prices fall by the step, so that a bit less than in proportion is
        // left.
        let fewer = function.log().0 * (0.9 * SHARE * work / logs).min(0.9);
        let fewer = if work > 0.0 { fewer } else { 0.0 };
        let Some(commands) = facts.set_number(seen, "log", format::rounded(fewer, 2)) else {
            continue;
        };
        // The platform writes lines of its own, which no setting takes away.
        if facts
            .effect(&commands)
            .is_none_or(|effect| effect.usd > -WORTH)
        {
            continue;
        }
        found.push(
            Problem::new(
                RULE.code,
                Severity::Hint,
                format!("The logs of {} cost {} a month.", seen.label(), format::usd(logs)),
                format!(
                    "The work itself costs {}. Every run writes {}; from {} on logs cost half of the work. Keeping them costs more with every month unless they expire, which the figures leave out.",
                    format::usd(work),
                    format::size_kb(function.log().0),
                    format::size_kb(function.log().0 * SHARE * work / logs)
                ),
            )
            .at(seen.id)
            .mended_by(
                format!("Write {} a run: log failures and a sample of the rest", format::size_kb(fewer)),
                commands,
            ),
        );
    }
}
