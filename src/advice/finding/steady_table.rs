//! A table that is paid by request though its load is steady.

use super::{Facts, Rule, Seen};
use crate::catalog::Archetype;
use crate::design::settings::{CapacityMode, TableSettings};
use crate::design::{LinkKind, Settings, Value};
use crate::format;
use crate::report::{Problem, Severity};

/// Capacity follows the load with so much room: the usual target of scaling.
const TARGET: f64 = 0.7;
/// Mean against capacity bought, above which buying ahead pays at list prices.
const BREAK_EVEN: f64 = 0.289;

pub const RULE: Rule = Rule {
    code: "steady-table",
    title: "A table with a steady load would cost less with capacity bought ahead",
    judge,
};

/// Steady means above the break-even of `DynamoDB`'s list prices; what is saved
/// says the bill of the other mode, with as much capacity as the peak needs and
/// room for arrivals that come together by chance.
fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.dearest(Archetype::Table) {
        let Settings::Table(table) = &seen.settings else {
            continue;
        };
        let both = seen.has("on-demand") && seen.has("provisioned");
        if table.capacity() != CapacityMode::OnDemand || !both {
            continue;
        }
        let mean = seen.report.rate.value;
        let to_peak = if mean > 0.0 {
            seen.report.peak_rate.value / mean
        } else {
            1.0
        };
        let (reads, writes) = units(facts, seen, table);
        if TARGET / to_peak < BREAK_EVEN {
            continue;
        }
        let bought = |units: f64| {
            let peak = units * to_peak;
            (peak / TARGET)
                .max(peak + 4.0 * peak.sqrt())
                .ceil()
                .max(1.0)
        };
        let (read, write) = (bought(reads), bought(writes));
        let mode = Value::Choice(CapacityMode::Provisioned.text().to_owned());
        let edits = [
            facts.set(seen, "capacity", mode),
            facts.set_number(seen, "read_units", read),
            facts.set_number(seen, "write_units", write),
        ];
        let commands: Vec<_> = edits.into_iter().flatten().flatten().collect();
        if commands.len() != 3 {
            continue;
        }
        let Some(effect) = facts.saving(&commands) else {
            continue;
        };
        found.push(
            Problem::new(
                RULE.code,
                Severity::Hint,
                format!("{} has a steady load and is paid by request.", seen.label()),
                format!(
                    "Its mean is {} of its peak. {} read and {} write units bought ahead carry the peak with room to spare and cost {} less a month; what exceeds them is refused.",
                    format::percent(1.0 / to_peak),
                    format::whole(read),
                    format::whole(write),
                    format::usd(-effect.usd)
                ),
            )
            .at(seen.id)
            .mended_by(
                format!("Buy {} read and {} write units", format::whole(read), format::whole(write)),
                commands,
            ),
        );
    }
}

/// Read and write units on average [1/s]: reads of 4 KB, writes of 1 KB.
fn units(facts: &Facts<'_>, seen: &Seen<'_>, table: &TableSettings) -> (f64, f64) {
    let (mut reads, mut writes) = (0.0, 0.0);
    for (id, link) in facts.incoming(seen.id) {
        let rate = facts.link_rate(id);
        let size = |own: Option<crate::units::Kilobytes>| {
            own.map_or(table.item().0, |kb| kb.0.max(table.item().0))
        };
        if matches!(link.kind, LinkKind::Read | LinkKind::Request) {
            reads += rate * (size(link.settings.response) / 4.0).ceil().max(1.0);
        } else {
            writes += rate * (size(link.settings.payload)).ceil().max(1.0);
        }
    }
    let strong = if table.consistent() { 1.0 } else { 0.5 };
    (reads * strong, writes * (1.0 + f64::from(table.indexes())))
}
