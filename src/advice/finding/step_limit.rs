//! A workflow with more steps than one run may have.

use super::{Facts, Rule};
use crate::catalog::LimitKind;
use crate::design::{LinkKind, Settings};
use crate::format;
use crate::report::{Problem, Severity};

pub const RULE: Rule = Rule {
    code: "too-many-steps",
    title: "A run has more steps than the service allows",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.nodes() {
        let Settings::Workflow(workflow) = &seen.settings else {
            continue;
        };
        let Some(most) = facts.limit(seen, LimitKind::Steps) else {
            continue;
        };
        let drawn: f64 = facts
            .outgoing(seen.id)
            .filter(|(_, link)| link.kind == LinkKind::Step)
            .map(|(_, link)| link.settings.count())
            .sum();
        let steps = workflow.extra_steps() + drawn;
        // Step Functions limits the events of the history: each state enters
        // and exits.
        let (events, named) = if seen.has("standard") {
            (2.0 * steps, "events, at least two a step")
        } else {
            (steps, "steps")
        };
        if events <= most {
            continue;
        }
        let mut made = Problem::new(
            RULE.code,
            Severity::Error,
            format!("A run of {} is cut off half way.", seen.label()),
            format!(
                "It takes {} steps, so {} {named}; {} ends a run after {}.",
                format::count(steps),
                format::count(events),
                seen.report.service_name,
                format::count(most)
            ),
        )
        .at(seen.id)
        .mended_by(
            "Start a run of its own for each part of the work",
            Vec::new(),
        );
        made.docs = facts.limit_page(seen, LimitKind::Steps);
        found.push(made);
    }
}
