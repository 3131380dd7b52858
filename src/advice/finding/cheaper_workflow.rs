//! A workflow service that bills transitions where another bills less.

use super::{Facts, Rule};
use crate::catalog::{Archetype, LimitKind};
use crate::format;
use crate::report::{Problem, Severity};

pub const RULE: Rule = Rule {
    code: "cheaper-workflow",
    title: "Another workflow service costs less at this volume",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.dearest(Archetype::Workflow) {
        let Some(now) = seen.service else {
            continue;
        };
        let slow = seen.report.p99.as_ref().map_or(0.0, |p99| p99.value);
        let (provider, _) = facts.place(seen);
        let best = facts
            .catalog
            .services_of(&provider, Archetype::Workflow)
            // Those that are written as code would be another program.
            .filter(|other| other.id != now.id && !other.features.contains("code"))
            .filter(|other| {
                let limit = other.limits.get(&LimitKind::Timeout);
                limit.is_none_or(|limit| limit.value.value >= slow)
            })
            .filter_map(|other| {
                let effect = facts.saving(&facts.choose(seen, &other.id))?;
                Some((other, effect))
            })
            .min_by(|a, b| a.1.usd.total_cmp(&b.1.usd));
        let Some((other, effect)) = best else {
            continue;
        };
        let lost: Vec<String> = now
            .features
            .difference(&other.features)
            .filter(|feature| feature.as_str() != "standard")
            .map(|feature| feature.replace('-', " "))
            .collect();
        let loses = if lost.is_empty() {
            String::new()
        } else {
            format!(" It lacks: {}.", lost.join(", "))
        };
        found.push(
            Problem::new(
                RULE.code,
                Severity::Hint,
                format!("{} would cost less on {}.", seen.label(), other.short),
                format!(
                    "{} {} a month here; {} costs {} less.{loses}",
                    now.short,
                    format::usd(seen.report.cost.value),
                    other.short,
                    format::usd(-effect.usd)
                ),
            )
            .at(seen.id)
            .mended_by(format!("Use {}", other.name), facts.choose(seen, &other.id)),
        );
    }
}
