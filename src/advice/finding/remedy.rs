//! Remedies for problems that the report points out without one.

use super::Facts;
use crate::catalog::Archetype;
use crate::design::{Command, Link, LinkId, LinkKind, LinkSettings, Node, NodeId, Settings};
use crate::report::{Fix, Problem};

/// Gives a problem the remedy that there is for its code.
pub fn complete(facts: &Facts<'_>, problem: &mut Problem) {
    let has_one = problem
        .fix
        .as_ref()
        .is_some_and(|fix| !fix.commands.is_empty());
    if has_one {
        return;
    }
    let node = problem.node.as_ref();
    let fix = match problem.code {
        "no-dead-letters" => node.and_then(|node| dead_letters(facts, node)),
        _ => None,
    };
    if let Some(fix) = fix {
        problem.fix = Some(fix);
    }
}

/// A second queue for what cannot be handled.
pub(super) fn dead_letters(facts: &Facts<'_>, queue: &NodeId) -> Option<Fix> {
    let seen = facts.node(queue)?;
    let id = facts.free_node(&format!("{queue}-failed"));
    let mut node = Node::new(Settings::default_of(Archetype::Queue));
    node.provider.clone_from(&seen.node.provider);
    node.region.clone_from(&seen.node.region);
    node.label = format!("{} failed", seen.label());
    Some(Fix {
        label: "Add a dead-letter queue".to_owned(),
        commands: vec![
            facts.add_beside(queue, &id, node),
            Command::AddLink {
                id: LinkId(format!("{queue}->{id}")),
                link: Link {
                    from: queue.clone(),
                    to: id,
                    kind: LinkKind::DeadLetter,
                    settings: LinkSettings::default(),
                    carrier: None,
                },
            },
        ],
    })
}
