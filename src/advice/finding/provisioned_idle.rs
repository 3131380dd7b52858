//! Instances that are kept ready and mostly idle.

use super::{Facts, Rule, Seen};
use crate::catalog::Archetype;
use crate::design::settings::FunctionSettings;
use crate::format;
use crate::report::{Problem, Severity};

/// Utilisation below which instances kept ready are looked at. The point at
/// which they pay for themselves is 60 % on AWS; elsewhere the bill decides.
const USED: f64 = 0.6;

pub const RULE: Rule = Rule {
    code: "provisioned-idle",
    title: "Instances kept ready are mostly idle",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.dearest(Archetype::Function) {
        let Some(function) = seen.function().filter(|f| f.provisioned() > 0) else {
            continue;
        };
        let kept = function.provisioned();
        let used = utilisation(seen, function, kept);
        if used >= USED {
            continue;
        }
        let fewer = (1..kept)
            .rev()
            .find(|n| utilisation(seen, function, *n) >= USED);
        let fewer = fewer.unwrap_or(0);
        let Some(commands) = facts.set_number(seen, "provisioned", f64::from(fewer)) else {
            continue;
        };
        let Some(effect) = facts.effect(&commands).filter(|effect| effect.usd < 0.0) else {
            continue;
        };
        let label = if fewer == 0 {
            "Keep none ready".to_owned()
        } else {
            format!("Keep {fewer} ready")
        };
        found.push(
            Problem::new(
                RULE.code,
                Severity::Hint,
                format!("The instances that {} keeps ready are mostly idle.", seen.label()),
                format!(
                    "{kept} are ready {} h a day and {} of that time is used. With {fewer} the month costs {} less; the slowest requests change by {}.",
                    format::significant(function.provisioned_hours(), 3),
                    format::percent(used),
                    format::usd(-effect.usd),
                    format::millis(effect.p99)
                ),
            )
            .at(seen.id)
            .mended_by(label, commands),
        );
    }
}

/// Share of the ready instances that work while they are ready: in the busiest
/// hours, if they are not ready all day.
fn utilisation(seen: &Seen<'_>, function: &FunctionSettings, kept: u32) -> f64 {
    let kept = f64::from(kept);
    let mut bins: Vec<_> = seen.report.profile.iter().collect();
    bins.sort_by(|a, b| b.concurrency.total_cmp(&a.concurrency));
    let month: f64 = bins.iter().map(|bin| bin.weight).sum();
    let ready = month * function.provisioned_hours() / 24.0;
    let (mut left, mut used) = (ready, 0.0);
    for bin in bins {
        let weight = bin.weight.min(left);
        used += weight * bin.concurrency.min(kept);
        left -= weight;
    }
    if ready > 0.0 && kept > 0.0 {
        used / (ready * kept)
    } else {
        1.0
    }
}
