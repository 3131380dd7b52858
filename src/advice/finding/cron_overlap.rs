//! Runs of a schedule that are not done when the next one starts.

use super::{Facts, Rule};
use crate::catalog::Archetype;
use crate::design::Settings;
use crate::design::settings::{Shape, TriggerKind};
use crate::format;
use crate::report::{Problem, Severity};

pub const RULE: Rule = Rule {
    code: "cron-overlap",
    title: "A scheduled run is not done when the next one starts",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for trigger in &facts.report.triggers {
        let Some(seen) = facts
            .node(&trigger.node)
            .filter(|seen| seen.kind() == Archetype::Trigger)
        else {
            continue;
        };
        let Settings::Trigger(own) = &seen.settings else {
            continue;
        };
        let fired = match own.shape() {
            Shape::Cron => own.batch().max(1.0),
            _ if own.source() == TriggerKind::Schedule => 1.0,
            _ => continue,
        };
        if trigger.rate.value <= 0.0 {
            continue;
        }
        let interval = fired / trigger.rate.value * 1_000.0;
        let done = trigger.completions.iter().map(|done| done.p99.value);
        let slowest = done.fold(trigger.p99.value, f64::max);
        if slowest <= interval {
            continue;
        }
        found.push(
            Problem::new(
                RULE.code,
                Severity::Warning,
                format!("{} starts again before its last run is done.", seen.label()),
                format!(
                    "It fires every {} on average, and one run in a hundred takes {} or more: two runs then work on the same data, and load adds up.",
                    format::millis(interval),
                    format::millis(slowest)
                ),
            )
            .at(seen.id)
            .mended_by("Run it less often, or let a run end at once while another is at work", Vec::new()),
        );
    }
}
