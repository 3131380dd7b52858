//! Answers and items that are too large.

use super::{Facts, Rule, Seen};
use crate::catalog::{Archetype, LimitKind};
use crate::design::{Link, LinkId, LinkKind};
use crate::format;
use crate::report::{Problem, Severity};

pub const RULE: Rule = Rule {
    code: "answer-too-large",
    title: "An answer or item is larger than the service takes",
    judge,
};

/// The report judges what is sent; here is what comes back and what is stored.
fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for (id, link) in facts.links() {
        let Some(to) = facts.node(&link.to) else {
            continue;
        };
        match (link.kind, to.kind()) {
            (LinkKind::Request, _) => {
                let size = link.settings.response().0;
                let what = format!(
                    "{} cannot answer with {}.",
                    to.label(),
                    format::size_kb(size)
                );
                check(
                    facts,
                    to,
                    (id, link),
                    (LimitKind::ResponsePayload, size),
                    what,
                    found,
                );
            }
            (LinkKind::Write, Archetype::Table) => {
                let size = link.settings.payload().0;
                let what = format!(
                    "{} does not store items of {}.",
                    to.label(),
                    format::size_kb(size)
                );
                check(
                    facts,
                    to,
                    (id, link),
                    (LimitKind::EventPayload, size),
                    what,
                    found,
                );
            }
            (LinkKind::Step, _) => {
                let Some(from) = facts.node(&link.from) else {
                    continue;
                };
                let size = link.settings.payload().0.max(link.settings.response().0);
                let what = format!(
                    "{} does not pass on {}.",
                    from.label(),
                    format::size_kb(size)
                );
                check(
                    facts,
                    from,
                    (id, link),
                    (LimitKind::EventPayload, size),
                    what,
                    found,
                );
            }
            _ => {}
        }
    }
}

fn check(
    facts: &Facts<'_>,
    limited: &Seen<'_>,
    (id, _): (&LinkId, &Link),
    (kind, size): (LimitKind, f64),
    what: String,
    found: &mut Vec<Problem>,
) {
    let Some(most) = facts.limit(limited, kind).filter(|most| size > *most) else {
        return;
    };
    let mut made = Problem::new(
        RULE.code,
        Severity::Error,
        what,
        format!(
            "The limit of {} is {}.",
            limited.report.service_name,
            format::size_kb(most)
        ),
    )
    .on(id)
    .at(limited.id)
    .mended_by("Put it into a bucket and pass on where it is", Vec::new());
    made.docs = facts.limit_page(limited, kind);
    found.push(made);
}
