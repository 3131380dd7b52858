//! A stream that one bad record can stop.

use super::{Facts, Rule};
use crate::design::{Command, LinkKind, Settings, Value};
use crate::format;
use crate::report::{Problem, Severity};

/// Tries after the first that outlast a passing failure.
const RETRIES: f64 = 3.0;

pub const RULE: Rule = Rule {
    code: "poison-record",
    title: "One bad record stops a shard",
    judge,
};

/// That a shard waits for its oldest batch is how AWS Lambda reads streams;
/// other readers move on.
fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for (id, link, from, to) in facts.wires(LinkKind::Poll) {
        let Some(function) = to.function() else {
            continue;
        };
        let hours = match &from.settings {
            Settings::Stream(stream) if from.has("ordered") => stream.retention(),
            Settings::Table(_) => 24.0,
            _ => continue,
        };
        let on_lambda = to
            .service
            .is_some_and(|service| service.id.as_str() == "aws.lambda");
        if !on_lambda || function.error_rate() <= 0.0 || link.settings.retries() > 0 {
            continue;
        }
        let mut commands = facts
            .set_link(id, "retries", Value::Number(RETRIES))
            .unwrap_or_default();
        let has_place = facts
            .outgoing(to.id)
            .any(|(_, link)| link.kind == LinkKind::DeadLetter);
        if !has_place {
            commands.extend(add_failures(facts, to.id));
        }
        found.push(
            Problem::new(
                RULE.code,
                Severity::Warning,
                format!("One bad record stops a shard of {}.", from.label()),
                format!(
                    "{} of the records fail. Lambda tries a failed batch again until it expires after {} and hands on nothing else of its shard meanwhile; without a limit on retries everything behind it waits and may be lost.",
                    format::percent(function.error_rate()),
                    format::millis(hours * 3_600_000.0)
                ),
            )
            .on(id)
            .at(from.id)
            .mended_by("Retry 3 times, then put the record into a queue of failures", commands),
        );
    }
}

fn add_failures(facts: &Facts<'_>, node: &crate::design::NodeId) -> Vec<Command> {
    super::remedy::dead_letters(facts, node).map_or_else(Vec::new, |fix| fix.commands)
}
