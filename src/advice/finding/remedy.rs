//! Remedies for problems that the report points out without one.

use super::{Facts, Seen, capacity};
use crate::catalog::{Archetype, LimitKind};
use crate::design::param::Parameters;
use crate::design::{
    Command, Link, LinkId, LinkKind, LinkSettings, Node, NodeId, ParamPath, Settings,
};
use crate::format;
use crate::report::{Fix, Problem};

/// Gives a problem the remedy that there is for its code, and makes that of
/// the report hold where a pin has settings of its own.
pub fn complete(facts: &Facts<'_>, problem: &mut Problem) {
    let node = problem.node.as_ref().and_then(|node| facts.node(node));
    let better = match problem.code {
        "no-dead-letters" => node.and_then(|seen| dead_letters(facts, seen.id)),
        "times-out" => node.and_then(|seen| {
            more_time(facts, problem, seen).or_else(|| larger(facts, problem, seen, &["memory"]))
        }),
        "throttled" | "overloaded" | "backlog-grows" => {
            node.and_then(|seen| capacity::more(facts, problem, seen))
        }
        "runaway" => second_bucket(facts, problem),
        _ => None,
    };
    if better.is_some() {
        problem.fix = better;
    }
    if let Some(fix) = &mut problem.fix {
        let commands = std::mem::take(&mut fix.commands);
        fix.commands = commands
            .into_iter()
            .flat_map(|command| in_force(facts, command))
            .collect();
    }
}

/// An edit of a node's parameter, made where the parameter is in force.
fn in_force(facts: &Facts<'_>, command: Command) -> Vec<Command> {
    if let Command::Set {
        path: ParamPath::Node(node, key),
        value: Some(value),
    } = &command
    {
        let edits = facts
            .node(node)
            .and_then(|seen| facts.set(seen, key, value.clone()));
        if let Some(edits) = edits {
            return edits;
        }
    }
    vec![command]
}

/// A second queue for what cannot be handled.
pub(super) fn dead_letters(facts: &Facts<'_>, from: &NodeId) -> Option<Fix> {
    let seen = facts.node(from)?;
    let id = facts.free_node(&format!("{from}-failed"));
    let mut node = Node::new(Settings::default_of(Archetype::Queue));
    node.provider.clone_from(&seen.node.provider);
    node.region.clone_from(&seen.node.region);
    node.label = format!("{} failed", seen.label());
    LinkKind::DeadLetter
        .allows(seen.kind(), Archetype::Queue)
        .then(|| Fix {
            label: "Add a dead-letter queue".to_owned(),
            commands: vec![
                facts.add_beside(from, &id, node),
                Command::AddLink {
                    id: LinkId(format!("{from}->{id}")),
                    link: Link {
                        from: from.clone(),
                        to: id,
                        kind: LinkKind::DeadLetter,
                        settings: LinkSettings::default(),
                        carrier: None,
                    },
                },
            ],
        })
}

/// The shortest doubled timeout that lets a function finish, within what its
/// service and the gateways before it allow.
fn more_time(facts: &Facts<'_>, problem: &Problem, seen: &Seen<'_>) -> Option<Fix> {
    let now = seen.function()?.timeout().0;
    let service = facts.limit(seen, LimitKind::Timeout);
    let gateways = facts.incoming(seen.id).filter_map(|(_, link)| {
        match (&facts.node(&link.from)?.settings, link.kind) {
            (Settings::Gateway(gateway), LinkKind::Request) => Some(gateway.timeout().0),
            _ => None,
        }
    });
    let most = gateways.fold(service.unwrap_or(900_000.0).min(900_000.0), f64::min);
    let longer = std::iter::successors(Some(now), |timeout| Some(timeout * 2.0))
        .skip(1)
        .take_while(|timeout| *timeout < most)
        .chain([most])
        .filter(|timeout| *timeout > now)
        .take(10);
    for timeout in longer {
        let commands = facts.set_number(seen, "timeout", timeout)?;
        if is_gone(facts, problem, &commands)? {
            return Some(Fix {
                label: format!("Set the timeout to {}", format::millis(timeout)),
                commands,
            });
        }
    }
    None
}

/// Larger values of a node's settings, doubled until the problem is gone.
pub(super) fn larger(
    facts: &Facts<'_>,
    problem: &Problem,
    seen: &Seen<'_>,
    keys: &[&str],
) -> Option<Fix> {
    for factor in [1.5, 2.0, 3.0, 4.0, 8.0, 16.0, 64.0, 256.0] {
        let mut commands = Vec::new();
        let mut labels = Vec::new();
        for key in keys {
            let now = seen.settings.effective(key)?.as_number()?;
            let more = (now.max(1.0) * factor).ceil();
            commands.extend(facts.set_number(seen, key, more)?);
            labels.push(format!("{} {}", key.replace('_', " "), format::whole(more)));
        }
        if is_gone(facts, problem, &commands)? {
            let label = format!("Raise it: {}", labels.join(", "));
            return Some(Fix { label, commands });
        }
    }
    None
}

/// Whether a problem of the report is gone after some edits.
pub(super) fn is_gone(facts: &Facts<'_>, problem: &Problem, commands: &[Command]) -> Option<bool> {
    let mended = facts.tried(commands)?;
    let name = super::key(problem);
    Some(!mended.problems.iter().any(|left| super::key(left) == name))
}

/// A bucket of its own for what a loop through a bucket writes.
fn second_bucket(facts: &Facts<'_>, problem: &Problem) -> Option<Fix> {
    let node = problem.node.as_ref()?;
    let runaways = facts.report.runaways.iter();
    let path = &runaways
        .filter(|runaway| runaway.path.contains(node))
        .map(|runaway| &runaway.path)
        .next()?;
    let (writer, bucket) = path
        .windows(2)
        .filter_map(|pair| match pair {
            [from, to] => Some((from, facts.node(to)?)),
            _ => None,
        })
        .find(|(_, to)| to.kind() == Archetype::Bucket)?;
    let writes: Vec<(&LinkId, &Link)> = facts
        .outgoing(writer)
        .filter(|(_, link)| link.to == *bucket.id && link.kind == LinkKind::Write)
        .collect();
    if writes.is_empty() {
        return None;
    }
    let id = facts.free_node(&format!("{}-results", bucket.id));
    let mut second = Node {
        settings: bucket.node.settings.clone(),
        group: bucket.node.group.clone(),
        pins: bucket.node.pins.clone(),
        provider: bucket.node.provider.clone(),
        region: bucket.node.region.clone(),
        ..Node::new(bucket.node.settings.clone())
    };
    second.label = format!("{} results", bucket.label());
    if let Settings::Bucket(own) = &mut second.settings {
        own.storage = None;
    }
    let mut commands = vec![facts.add_beside(bucket.id, &id, second)];
    for (number, (old, link)) in writes.into_iter().enumerate() {
        let suffix = if number == 0 {
            String::new()
        } else {
            format!("-{}", number + 1)
        };
        commands.push(Command::RemoveLink { id: old.clone() });
        commands.push(Command::AddLink {
            id: LinkId(format!("{writer}->{id}{suffix}")),
            link: Link {
                to: id.clone(),
                ..link.clone()
            },
        });
    }
    Some(Fix {
        label: "Write the results into a second bucket".to_owned(),
        commands,
    })
}
