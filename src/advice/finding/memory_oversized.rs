//! More memory than pays for itself.

use super::{Effect, Facts, Rule, Seen};
use crate::catalog::Archetype;
use crate::design::Command;
use crate::format;
use crate::report::{Problem, Severity};

/// Room above the working set.
const ROOM: f64 = 1.25;
/// Each size that is tried has this share of the one before.
const STEP: f64 = 0.8;
/// A saving is worth the change from this share of the function's cost on.
const NOTABLE: f64 = 0.05;
/// Time that counts as equal, against the time before.
const SLACK: f64 = 1.005;
/// Most sizes that are tried.
const SIZES: usize = 12;

pub const RULE: Rule = Rule {
    code: "memory-oversized",
    title: "A function has more memory than it can use",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.dearest(Archetype::Function) {
        let (Some(function), Some(compute)) = (
            seen.function(),
            seen.service.and_then(|service| service.compute.as_ref()),
        ) else {
            continue;
        };
        let now = compute.memory(function.memory().0);
        let least = compute.memory(function.working_set().0 * ROOM);
        let smaller = std::iter::successors(Some(now), |size| Some(size * STEP)).take(SIZES);
        let smaller = smaller
            .map(|size| compute.memory(size))
            .filter(|size| *size > least);
        let mut sizes: Vec<f64> = smaller.chain([least]).collect();
        sizes.dedup();
        let best = sizes
            .into_iter()
            .filter(|size| *size < now && *size >= least)
            .filter_map(|size| {
                let commands = facts.set_number(seen, "memory", size)?;
                Some((size, no_slower(facts, seen, &commands)?, commands))
            })
            .min_by(|a, b| a.1.usd.total_cmp(&b.1.usd));
        let Some((size, effect, commands)) = best else {
            continue;
        };
        let measured = if function.working_set.is_none() {
            " The working set is only assumed: measure it first."
        } else {
            ""
        };
        found.push(
            Problem::new(
                RULE.code,
                Severity::Hint,
                format!("{} has more memory than it can use.", seen.label()),
                format!(
                    "It needs {}, has {}, and is no faster for it: {} costs {} less a month.{measured}",
                    format::memory_mb(function.working_set().0),
                    format::memory_mb(now),
                    format::memory_mb(size),
                    format::usd(-effect.usd)
                ),
            )
            .at(seen.id)
            .mended_by(format!("Set memory to {}", format::memory_mb(size)), commands),
        );
    }
}

/// What less memory changes, where it is worth it and the function itself
/// takes no longer: nobody may wait for it, and still somebody wants the work
/// done.
fn no_slower(facts: &Facts<'_>, seen: &Seen<'_>, commands: &[Command]) -> Option<Effect> {
    let effect = facts.saving(commands)?;
    let mended = facts.tried(commands)?;
    let busy = mended.nodes.get(seen.id)?.concurrency.value;
    let cheaper = -effect.usd >= NOTABLE * seen.report.cost.value;
    (cheaper && busy <= SLACK * seen.report.concurrency.value).then_some(effect)
}
