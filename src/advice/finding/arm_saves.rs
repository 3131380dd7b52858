//! Work that would cost less on Arm.

use super::{Facts, Rule};
use crate::catalog::Archetype;
use crate::design::settings::Architecture;
use crate::design::{Settings, Value};
use crate::format;
use crate::report::{Problem, Severity};

pub const RULE: Rule = Rule {
    code: "arm-saves",
    title: "The same work costs less on Arm",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    let functions = facts.dearest(Archetype::Function);
    for seen in functions.chain(facts.dearest(Archetype::Container)) {
        let now = match &seen.settings {
            Settings::Function(function) => function.architecture(),
            Settings::Container(container) => container.architecture(),
            _ => continue,
        };
        if now == Architecture::Arm || !seen.has("arm") {
            continue;
        }
        let arm = Value::Choice(Architecture::Arm.text().to_owned());
        let Some(commands) = facts.set(seen, "architecture", arm) else {
            continue;
        };
        let Some(effect) = facts.saving(&commands) else {
            continue;
        };
        found.push(
            Problem::new(
                RULE.code,
                Severity::Hint,
                format!("{} would cost less on Arm.", seen.label()),
                format!(
                    "The month costs {} less if the code is as fast there, which the figures assume: measure it. Native libraries have to be built for Arm.",
                    format::usd(-effect.usd)
                ),
            )
            .at(seen.id)
            .mended_by("Run it on Arm", commands),
        );
    }
}
