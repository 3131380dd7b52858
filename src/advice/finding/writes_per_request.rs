//! Many writes for each request, where writes are what is paid for.

use super::facts::WORTH;
use super::{Facts, Rule};
use crate::catalog::Archetype;
use crate::design::{LinkKind, Value};
use crate::format;
use crate::report::{Problem, Severity};

/// Writes for one event that are worth a word.
const MANY: f64 = 2.0;
/// Share of a store's cost that writes must make up.
const SHARE: f64 = 0.5;

pub const RULE: Rule = Rule {
    code: "writes-per-request",
    title: "Several writes for one request, where writes are what costs",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    let stores = facts.dearest(Archetype::Table);
    for seen in stores.chain(facts.dearest(Archetype::Database)) {
        let lines = facts.report.cost.lines.iter();
        let own = lines.filter(|line| line.node == *seen.id && line.companion.is_none());
        let writes: f64 = own
            .filter(|line| {
                ["write", "writes", "written"]
                    .iter()
                    .any(|word| line.meter.split('-').any(|part| part == *word))
            })
            .map(|line| line.cost.value)
            .sum();
        if writes < WORTH || writes < SHARE * seen.report.cost.value {
            continue;
        }
        for (id, link) in facts.incoming(seen.id) {
            let count = link.settings.count();
            if link.kind != LinkKind::Write || count < MANY {
                continue;
            }
            let Some(commands) = facts.set_link(id, "count", Value::Number(1.0)) else {
                continue;
            };
            found.push(
                Problem::new(
                    RULE.code,
                    Severity::Hint,
                    format!(
                        "Each event at {} writes {} times.",
                        link.from,
                        format::significant(count, 3)
                    ),
                    format!(
                        "Writes are {} of what {} costs: {} a month.",
                        format::percent(writes / seen.report.cost.value),
                        seen.label(),
                        format::usd(writes)
                    ),
                )
                .on(id)
                .at(seen.id)
                .mended_by(
                    "Write once: put what belongs together into one item",
                    commands,
                ),
            );
        }
    }
}
