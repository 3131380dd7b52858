//! A workflow that runs longer than its service lets it.

use super::{Facts, Rule, Seen};
use crate::catalog::{Archetype, LimitKind, Service};
use crate::format;
use crate::report::{Problem, Severity};

pub const RULE: Rule = Rule {
    code: "run-too-long",
    title: "A workflow runs longer than its service allows",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.nodes().filter(|n| n.kind() == Archetype::Workflow) {
        let Some(most) = facts.limit(seen, LimitKind::Timeout) else {
            continue;
        };
        let (mean, slow) = (
            facts.response(seen),
            seen.report.p99.as_ref().map_or(0.0, |p99| p99.value),
        );
        if slow <= most {
            continue;
        }
        let made = Problem::new(
            RULE.code,
            if mean > most { Severity::Error } else { Severity::Warning },
            format!("Runs of {} are ended before they are done.", seen.label()),
            format!(
                "{} ends a run after {}. A run takes {} on average, and one in a hundred {} or more.",
                seen.report.service_name,
                format::millis(most),
                format::millis(mean),
                format::millis(slow)
            ),
        )
        .at(seen.id);
        let mut made = match patient(facts, seen, slow) {
            Some(other) => made.mended_by(
                format!("Use {}, which lets a run take longer", other.name),
                facts.choose(seen, &other.id),
            ),
            None => made.mended_by("Split the run, or wait outside of it", Vec::new()),
        };
        made.docs = facts.limit_page(seen, LimitKind::Timeout);
        found.push(made);
    }
}

/// The usual workflow of the same provider that lets a run take so long [ms].
fn patient<'a>(facts: &Facts<'a>, seen: &Seen<'_>, needed: f64) -> Option<&'a Service> {
    let (provider, _) = facts.place(seen);
    let lets = |service: &&Service| {
        let limit = service.limits.get(&LimitKind::Timeout);
        limit.is_none_or(|limit| limit.value.value >= needed)
    };
    facts
        .catalog
        .services_of(&provider, Archetype::Workflow)
        .filter(lets)
        .min_by_key(|service| (service.rank, &service.id))
}
