//! Standard, Express or durable workflow?

use super::{Ask, Card, Matter};
use crate::catalog::Archetype;

pub(super) const CARD: Card = Card {
    id: "workflow",
    title: "Which kind of workflow?",
    ask,
};

fn ask<'a>(ask: &Ask<'a>) -> Vec<Matter<'a>> {
    let nodes = ask.nodes();
    let workflows = nodes.filter(|(_, node, _, _)| node.archetype() == Archetype::Workflow);
    workflows
        .map(|(id, node, _, service)| Matter {
            node: id.clone(),
            current: service.short.clone(),
            proposals: ask.other_services(id, node, service, |_| true),
            yardstick: None,
        })
        .collect()
}
