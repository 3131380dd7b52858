//! Queue, topic, bus or stream between two nodes?

use super::{Ask, Card, Matter, Proposal};
use crate::advice::replace::replace;
use crate::catalog::{Archetype, Service};
use crate::design::placement::{Needs, usual_service};
use crate::design::{LinkKind, Node, NodeId, Settings};

const KINDS: [Archetype; 4] = [
    Archetype::Queue,
    Archetype::Topic,
    Archetype::Bus,
    Archetype::Stream,
];

pub(super) const CARD: Card = Card {
    id: "hop",
    title: "Queue, topic, bus or stream?",
    ask,
};

fn ask<'a>(ask: &Ask<'a>) -> Vec<Matter<'a>> {
    let hops = ask.nodes().filter_map(|(id, node, _, service)| {
        let kind = node.archetype();
        if !KINDS.contains(&kind) || !hands_on(ask, id) {
            return None;
        }
        let others = KINDS.into_iter().filter(|other| *other != kind);
        Some(Matter {
            node: id.clone(),
            current: format!("{}: {}", kind.label(), service.short),
            proposals: others
                .filter_map(|other| propose(ask, id, node, other))
                .collect(),
            yardstick: None,
        })
    });
    hops.collect()
}

/// Whether something comes in and goes on, dead letters apart.
fn hands_on(ask: &Ask<'_>, id: &NodeId) -> bool {
    let mut links = ask.trial.design.links.values();
    let is_work = |kind| kind != LinkKind::DeadLetter;
    links.clone().any(|l| l.to == *id && is_work(l.kind))
        && links.any(|l| l.from == *id && is_work(l.kind))
}

fn propose<'a>(ask: &Ask<'a>, id: &NodeId, node: &Node, kind: Archetype) -> Option<Proposal<'a>> {
    let provider = ask.trial.provider_of(node);
    let service: &Service = usual_service(ask.trial.catalog, &provider, kind)?;
    let label = format!("{}: {}", kind.label(), service.short);
    let links = ask.trial.design.links.values();
    let receivers = links.filter(|l| l.from == *id && l.kind != LinkKind::DeadLetter);
    if kind == Archetype::Queue && receivers.count() > 1 {
        return Some(Proposal {
            label,
            blocked: Some("a queue hands each message to one receiver only".to_owned()),
            ..Proposal::default()
        });
    }
    let mut stand_in = Node::new(Settings::default_of(kind));
    stand_in.label.clone_from(&node.label);
    stand_in.provider.clone_from(&node.provider);
    stand_in.region.clone_from(&node.region);
    stand_in.group.clone_from(&node.group);
    let carries = match kind {
        Archetype::Queue | Archetype::Stream => LinkKind::Poll,
        _ => LinkKind::Deliver,
    };
    let suffix = kind.label().to_lowercase().replace(' ', "-");
    match replace(ask.trial.design, id, stand_in, &suffix, Some(carries)) {
        Ok(made) => Some(Proposal {
            label,
            lost: all_lost(node, kind, made.lost),
            commands: made.commands,
            stands_in: Some(made.id),
            ..Proposal::default()
        }),
        Err(why) => Some(Proposal {
            label,
            blocked: Some(why),
            ..Proposal::default()
        }),
    }
}

fn all_lost(node: &Node, to: Archetype, wires: Vec<String>) -> Vec<String> {
    let mut lost = lost(node.archetype(), to);
    let is_ordered = Needs::of_settings(&node.settings).required.contains("fifo");
    if is_ordered && to != Archetype::Stream {
        lost.push("strict order".to_owned());
    }
    lost.extend(wires);
    lost
}

/// What the kind of a hop brings with it, and another does not.
fn lost(from: Archetype, to: Archetype) -> Vec<String> {
    let gifts = |kind: Archetype| -> &'static [&'static str] {
        match kind {
            Archetype::Queue => &["a backlog that receivers work off at their own pace"],
            Archetype::Topic => &["a copy for each of many receivers"],
            Archetype::Bus => &["a copy for each of many receivers", "rules on the content"],
            _ => &[
                "a backlog that receivers work off at their own pace",
                "a copy for each of many receivers",
                "order within a key",
                "reading again",
            ],
        }
    };
    let kept = gifts(to);
    let own = gifts(from).iter();
    own.filter(|gift| !kept.contains(gift))
        .map(|gift| (*gift).to_owned())
        .collect()
}
