//! A timeout beyond what the service allows.

use super::{Facts, Rule};
use crate::catalog::LimitKind;
use crate::design::Settings;
use crate::format;
use crate::report::{Problem, Severity};

pub const RULE: Rule = Rule {
    code: "timeout-limit",
    title: "A timeout is longer than the service allows",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.nodes() {
        let asked = match &seen.settings {
            Settings::Function(function) => function.timeout().0,
            // The default is no wish of anybody's.
            Settings::Gateway(gateway) => gateway.timeout.map_or(0.0, |timeout| timeout.0),
            _ => continue,
        };
        let Some(most) = facts
            .limit(seen, LimitKind::Timeout)
            .filter(|most| asked > *most)
        else {
            continue;
        };
        let mut made = Problem::new(
            RULE.code,
            Severity::Error,
            format!(
                "{} may not run for {}.",
                seen.label(),
                format::millis(asked)
            ),
            format!(
                "{} ends everything after {}: the figures assume that already. Longer work needs a workflow, a container, or smaller pieces.",
                seen.report.service_name,
                format::millis(most)
            ),
        )
        .at(seen.id);
        if let Some(commands) = facts.set_number(seen, "timeout", most) {
            made = made.mended_by(
                format!("Set the timeout to {}", format::millis(most)),
                commands,
            );
        }
        made.docs = facts.limit_page(seen, LimitKind::Timeout);
        found.push(made);
    }
}
