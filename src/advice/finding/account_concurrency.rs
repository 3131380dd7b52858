//! Functions that together need more than the account has.

use std::collections::BTreeMap;

use super::{Facts, Rule, Seen};
use crate::catalog::{LimitKind, LimitScope};
use crate::design::Command;
use crate::format;
use crate::report::{Problem, Severity};

/// Share of the account's concurrency that is worth a word.
const CLOSE: f64 = 0.8;

pub const RULE: Rule = Rule {
    code: "account-concurrency",
    title: "All functions together come close to the account's limit",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    let mut pools: BTreeMap<_, Vec<&Seen<'_>>> = BTreeMap::new();
    for (seen, _) in facts.functions() {
        let limit = seen
            .service
            .and_then(|s| s.limits.get(&LimitKind::Concurrency));
        if limit.is_some_and(|limit| limit.scope == LimitScope::Account) {
            pools.entry(facts.place(seen)).or_default().push(seen);
        }
    }
    for ((_, region), mut members) in pools {
        let Some(first) = members.first() else {
            continue;
        };
        let Some(limit) = facts.limit(first, LimitKind::Concurrency) else {
            continue;
        };
        // What is reserved is taken away whether it is used or not.
        let taken = |seen: &Seen<'_>| {
            let reserved = seen.function().map_or(0.0, |f| f64::from(f.reserved()));
            if reserved > 0.0 {
                reserved
            } else {
                facts.wanted(seen)
            }
        };
        let all: f64 = members.iter().map(|seen| taken(seen)).sum();
        if all < CLOSE * limit {
            continue;
        }
        members.sort_by(|a, b| taken(b).total_cmp(&taken(a)));
        let largest: Vec<String> = members
            .iter()
            .take(3)
            .map(|seen| format!("{} {}", seen.label(), format::count(taken(seen))))
            .collect();
        let made = Problem::new(
            RULE.code,
            if all > limit {
                Severity::Error
            } else {
                Severity::Warning
            },
            format!(
                "All functions together take {} of the account's concurrency.",
                format::percent(all / limit)
            ),
            format!(
                "At their peaks and by reservation they take {} of {} in {region}; most: {}. Above the limit whichever calls next is refused, however small. Other applications of the account come on top.",
                format::count(all),
                format::count(limit),
                largest.join(", ")
            ),
        );
        let mut made = match members.first() {
            Some(most) => mended(facts, most, all, made.at(most.id)),
            None => made,
        };
        made.docs = members
            .first()
            .and_then(|seen| facts.limit_page(seen, LimitKind::Concurrency));
        found.push(made);
    }
}

fn mended(facts: &Facts<'_>, seen: &Seen<'_>, all: f64, made: Problem) -> Problem {
    let limit = seen
        .service
        .and_then(|s| s.limits.get(&LimitKind::Concurrency));
    let Some(limit) = limit.filter(|limit| limit.adjustable) else {
        return made.mended_by(
            "Move some of the work to containers or another account",
            Vec::new(),
        );
    };
    let enough = (all / CLOSE * 1.25 / 100.0).ceil() * 100.0;
    let mut environment = facts.design.environment.clone();
    environment
        .raised_limits
        .insert(limit.value.id.clone(), enough);
    made.mended_by(
        format!(
            "Ask the provider for {} and enter it",
            format::whole(enough)
        ),
        vec![Command::SetEnvironment(environment)],
    )
}
