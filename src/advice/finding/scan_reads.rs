//! Reads that look at many rows, where rows are what is paid for.

use super::facts::WORTH;
use super::{Facts, Rule};
use crate::catalog::Archetype;
use crate::design::Settings;
use crate::format;
use crate::report::{Problem, Severity};

/// Rows of one read that suggest a missing index.
const MANY: f64 = 1_000.0;
/// Rows of one read with an index.
const INDEXED: f64 = 10.0;

pub const RULE: Rule = Rule {
    code: "scan-reads",
    title: "Reads look at many rows, and rows are billed",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.dearest(Archetype::Database) {
        let Settings::Database(database) = &seen.settings else {
            continue;
        };
        let rows = database.rows_read();
        let cost = facts.cost(seen.id, &["rows-read"]);
        if rows < MANY || cost < WORTH {
            continue;
        }
        let Some(commands) = facts.set_number(seen, "rows_read", INDEXED) else {
            continue;
        };
        found.push(
            Problem::new(
                RULE.code,
                Severity::Hint,
                format!("A read of {} looks at {} rows.", seen.label(), format::count(rows)),
                format!(
                    "{} bills every row that it looks at, whether it is in the result or not: {} a month.",
                    seen.report.service_name,
                    format::usd(cost)
                ),
            )
            .at(seen.id)
            .mended_by("Add an index, so that a read looks at about 10 rows", commands),
        );
    }
}
