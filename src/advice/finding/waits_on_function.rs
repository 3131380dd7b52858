//! A function that is paid for waiting for another one.

use super::{Facts, Rule};
use crate::design::{Command, LinkKind};
use crate::format;
use crate::report::{Problem, Severity};

pub const RULE: Rule = Rule {
    code: "waits-on-function",
    title: "A function is paid for waiting for another",
    judge,
};

/// Calls that are tried: each is an analysis.
const TRIED: usize = 20;

/// Whether waiting is billed at all, which differs by provider, shows in the
/// bill of the design that does not wait.
fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    let mut waits: Vec<_> = facts
        .wires(LinkKind::Request)
        .filter(|(_, _, from, to)| from.function().is_some() && to.function().is_some())
        .map(|(id, _, from, to)| (facts.link_rate(id) * facts.work(to), id, from, to))
        .filter(|(busy, ..)| *busy > 0.0)
        .collect();
    waits.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (_, id, from, to) in waits.into_iter().take(TRIED) {
        let commands = vec![Command::SetLinkKind {
            id: id.clone(),
            kind: LinkKind::Invoke,
        }];
        let Some(effect) = facts.saving(&commands) else {
            continue;
        };
        found.push(
            Problem::new(
                RULE.code,
                Severity::Hint,
                format!("{} is paid for waiting for {}.", from.label(), to.label()),
                format!(
                    "Both run, and are billed, while {} works for {}; without the wait the month costs {} less.",
                    to.label(),
                    format::millis(facts.work(to)),
                    format::usd(-effect.usd)
                ),
            )
            .on(id)
            .at(from.id)
            .mended_by(
                format!("Start {} without waiting, if its answer is not needed", to.label()),
                commands,
            ),
        );
    }
}
