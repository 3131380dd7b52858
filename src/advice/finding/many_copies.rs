//! Environments that multiply the bill.

use super::{Facts, Rule};
use crate::design::Command;
use crate::format;
use crate::report::{Problem, Severity};

/// Cost of the further environments that is worth a word [USD/month].
const MUCH: f64 = 10.0;

pub const RULE: Rule = Rule {
    code: "many-copies",
    title: "Preview and test environments multiply the bill",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    let copies = facts.design.environment.copies;
    if copies < 2 {
        return;
    }
    let mut environment = facts.design.environment.clone();
    environment.copies = 1;
    let commands = vec![Command::SetEnvironment(environment)];
    let Some(effect) = facts.effect(&commands).filter(|effect| effect.usd < -MUCH) else {
        return;
    };
    found.push(
        Problem::new(
            RULE.code,
            Severity::Hint,
            format!("{copies} environments are paid for."),
            format!(
                "All but one of them cost {} a month, as if each had the whole traffic. Previews need none of it, but what is kept ready, stored or billed by the hour costs the same in each.",
                format::usd(-effect.usd)
            ),
        )
        .mended_by("Count one environment, and take previews down after use", commands),
    );
}
