//! More memory than pays for itself.

use super::{Facts, Rule, Seen};
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
/// Growth of its time that counts as none, for each step.
const SLACK: f64 = 0.005;
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
        let shrunk = std::iter::successors(Some(now), |size| Some(size * STEP)).take(SIZES);
        let shrunk = shrunk
            .map(|size| compute.memory(size))
            .filter(|size| *size > least);
        let mut sizes: Vec<f64> = shrunk.chain([least]).collect();
        sizes.dedup();
        let best = sizes
            .into_iter()
            .filter(|size| *size < now && *size >= least)
            .filter_map(|size| smaller(facts, seen, now, size))
            .max_by(|a, b| a.usd.total_cmp(&b.usd));
        let Some(best) = best else {
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
                    "It needs {}, has {}, and is {} faster for it: {} costs {} less a month.{measured}",
                    format::memory_mb(function.working_set().0),
                    format::memory_mb(now),
                    if best.slower < 0.000_5 {
                        "no".to_owned()
                    } else {
                        format!("only {}", format::percent(best.slower))
                    },
                    format::memory_mb(best.size),
                    format::usd(best.usd)
                ),
            )
            .at(seen.id)
            .mended_by(format!("Set memory to {}", format::memory_mb(best.size)), best.commands),
        );
    }
}

/// What a smaller size changes.
struct Smaller {
    size: f64,
    usd: f64,
    /// Growth of the time that the function works.
    slower: f64,
    commands: Vec<Command>,
}

/// A smaller size, where it is worth it and the function itself takes hardly
/// longer: nobody may wait for it, and still somebody wants the work done. The
/// slack is for each step, so that a mended design is not mended again.
fn smaller(facts: &Facts<'_>, seen: &Seen<'_>, now: f64, size: f64) -> Option<Smaller> {
    let commands = facts.set_number(seen, "memory", size)?;
    let mended = facts.tried(&commands)?;
    let steps = (now / size).ln() / (1.0 / STEP).ln();
    let effect = facts.harmless(&mended, steps)?;
    let busy = seen.report.concurrency.value;
    let slower = mended.nodes.get(seen.id)?.concurrency.value / busy - 1.0;
    let cheaper = -effect.usd >= NOTABLE * seen.report.cost.value;
    (cheaper && slower <= SLACK * steps).then_some(Smaller {
        size,
        usd: -effect.usd,
        slower: slower.max(0.0),
        commands,
    })
}
