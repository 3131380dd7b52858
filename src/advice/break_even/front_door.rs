//! REST API, HTTP API, function address or load balancer?

use super::{Ask, Card, Matter, Proposal};
use crate::catalog::{Archetype, Service};
use crate::design::{Node, NodeId, Settings};

/// What speaks something else than plain HTTP.
const SPECIAL: [&str; 3] = ["websocket", "mqtt", "graphql"];
/// Ends of ids of services that are the address of one function.
const ADDRESSES: [&str; 3] = ["-url", "-http", "-https"];

pub(super) const CARD: Card = Card {
    id: "front-door",
    title: "Which front door?",
    ask,
};

fn ask<'a>(ask: &Ask<'a>) -> Vec<Matter<'a>> {
    let gateways = ask.nodes().filter_map(|(id, node, _, service)| {
        let Settings::Gateway(gateway) = &node.settings else {
            return None;
        };
        if is_special(service) && !service.features.contains("load-balancer")
            || gateway.connection() > 0.0
        {
            return None;
        }
        let plain =
            |other: &Service| !is_special(other) || other.features.contains("load-balancer");
        let mut proposals = ask.other_services(id, node, service, plain);
        for proposal in &mut proposals {
            if proposal.service.is_some_and(|other| is_address(ask, other)) {
                block(ask, id, proposal);
            }
        }
        Some(Matter {
            node: id.clone(),
            current: service.short.clone(),
            proposals,
            yardstick: None,
        })
    });
    gateways.collect()
}

fn is_special(service: &Service) -> bool {
    SPECIAL
        .iter()
        .any(|special| service.features.contains(*special))
}

/// Whether a service is the address that comes with a function.
fn is_address(ask: &Ask<'_>, service: &Service) -> bool {
    let provider = service.id.provider();
    let stems = ADDRESSES
        .iter()
        .find_map(|end| service.id.as_str().strip_suffix(end));
    let mut functions = ask
        .trial
        .catalog
        .services_of(&provider, Archetype::Function);
    stems.is_some_and(|stem| functions.any(|function| function.id.as_str().starts_with(stem)))
}

/// The address of a function leads to that function only.
fn block(ask: &Ask<'_>, id: &NodeId, proposal: &mut Proposal<'_>) {
    let links = ask.trial.design.links.values();
    let mut targets: Vec<&NodeId> = links.filter(|l| l.from == *id).map(|l| &l.to).collect();
    targets.dedup();
    let kind = |id: &NodeId| ask.trial.design.nodes.get(id).map(Node::archetype);
    let leads_on = matches!(targets.as_slice(), [one] if kind(one) == Some(Archetype::Function));
    if !leads_on {
        proposal.blocked = Some("it is the address of one function".to_owned());
    }
}
