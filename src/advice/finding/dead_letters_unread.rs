//! A dead-letter queue that nobody looks at.

use super::facts::MONTH;
use super::{Facts, Rule};
use crate::catalog::Archetype;
use crate::design::{Command, Link, LinkId, LinkKind, LinkSettings, Node, Settings};
use crate::format;
use crate::report::{Problem, Severity};

pub const RULE: Rule = Rule {
    code: "dead-letters-unread",
    title: "Nobody looks at a dead-letter queue",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    // An alarm is no wire; that there is one must do.
    if facts.nodes().any(|seen| seen.has("alarms")) {
        return;
    }
    for seen in facts.nodes().filter(|n| n.kind() == Archetype::Queue) {
        let read = facts
            .outgoing(seen.id)
            .any(|(_, link)| link.kind != LinkKind::DeadLetter);
        if read || !facts.is_dead_letters(seen.id) {
            continue;
        }
        let Settings::Queue(queue) = &seen.settings else {
            continue;
        };
        let lost: f64 = facts
            .incoming(seen.id)
            .map(|(id, _)| facts.link_rate(id) * MONTH)
            .sum();
        let wish = facts.free_node(&format!("{}-handler", seen.id));
        let mut handler = Node::new(Settings::default_of(Archetype::Function));
        handler.provider.clone_from(&seen.node.provider);
        handler.region.clone_from(&seen.node.region);
        handler.label = format!("{} handler", seen.label());
        let link = Link {
            from: seen.id.clone(),
            to: wish.clone(),
            kind: LinkKind::Poll,
            settings: LinkSettings::default(),
            carrier: None,
        };
        found.push(
            Problem::new(
                RULE.code,
                Severity::Hint,
                format!("Nobody looks at {}.", seen.label()),
                format!(
                    "{} there and deleted after {}, unseen: nothing reads the queue and the design has no alarm.",
                    if lost < 1.0 {
                        "What cannot be handled is put".to_owned()
                    } else {
                        format!("About {} messages a month are put", format::count(lost))
                    },
                    format::millis(queue.retention().0)
                ),
            )
            .at(seen.id)
            .mended_by(
                "Add a function that reports them and sends them back",
                vec![
                    facts.add_beside(seen.id, &wish, handler),
                    Command::AddLink {
                        id: LinkId(format!("{}->{wish}", seen.id)),
                        link,
                    },
                ],
            ),
        );
    }
}
