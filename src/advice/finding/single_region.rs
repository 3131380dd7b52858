//! An objective that one region cannot promise.

use std::collections::BTreeSet;

use super::{Facts, Rule};
use crate::format;
use crate::report::{Problem, Severity};

/// Share of the time in which one regional service is down. Providers' service
/// agreements promise between 99.9 and 99.99 %; the middle is assumed.
const DOWN: f64 = 0.000_5;

pub const RULE: Rule = Rule {
    code: "single-region",
    title: "One region cannot keep the objective for errors",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    let Some(allowed) = facts.design.objectives.error_rate else {
        return;
    };
    let places: BTreeSet<_> = facts
        .nodes()
        .filter(|seen| seen.service.is_some())
        .map(|seen| facts.place(seen))
        .collect();
    if places.len() != 1 {
        return;
    }
    let worst = facts
        .report
        .triggers
        .iter()
        .map(|trigger| {
            let services: BTreeSet<_> = trigger
                .stages
                .iter()
                .filter_map(|stage| facts.node(&stage.node)?.report.service.as_ref())
                .collect();
            (trigger, services.len())
        })
        .max_by_key(|(_, count)| *count);
    let Some((trigger, count)) = worst.filter(|(_, count)| *count > 0) else {
        return;
    };
    #[expect(clippy::cast_precision_loss, reason = "services of one design")]
    let down = 1.0 - (1.0 - DOWN).powf(count as f64);
    if down <= allowed {
        return;
    }
    found.push(
        Problem::new(
            RULE.code,
            Severity::Warning,
            "One region alone cannot keep the objective for errors.",
            format!(
                "{} needs {count} services of one region. If each is up {} of the time, which is assumed, requests fail {} of the time; the objective allows {}.",
                trigger.label,
                format::percent(1.0 - DOWN),
                format::percent(down),
                format::percent(allowed)
            ),
        )
        .mended_by("Run it in a second region as well, or allow more", Vec::new()),
    );
}
