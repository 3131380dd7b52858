//! NAT gateway, private endpoints, or no private network at all?

use super::{Ask, Card, Matter, Proposal, pinned};
use crate::advice::trial::set;
use crate::catalog::Archetype;
use crate::design::{Settings, Value};

pub(super) const CARD: Card = Card {
    id: "network",
    title: "NAT gateway, or endpoints?",
    ask,
};

fn ask<'a>(ask: &Ask<'a>) -> Vec<Matter<'a>> {
    let nodes = ask.nodes().filter_map(|(id, node, _, service)| {
        let provider = ask.trial.provider_of(node);
        let (current, proposal) = match &node.settings {
            Settings::Service(_) if service.features.contains("nat") => {
                let mut services = ask.trial.catalog.services_of(&provider, Archetype::Service);
                let endpoint = services.find(|s| s.features.contains("vpc-endpoint"))?;
                let proposal = Proposal {
                    label: endpoint.short.clone(),
                    lost: vec![
                        "the internet: an endpoint leads to one service of the provider".to_owned(),
                    ],
                    commands: vec![pinned(id, node, &provider, endpoint)],
                    ..Proposal::default()
                };
                (service.short.clone(), proposal)
            }
            Settings::Function(function) if function.network() => {
                let proposal = Proposal {
                    label: "Outside the private network".to_owned(),
                    lost: vec!["what can be reached from inside only".to_owned()],
                    commands: vec![set(id, "network", Value::Flag(false))],
                    is_uncertain: true,
                    ..Proposal::default()
                };
                ("In a private network".to_owned(), proposal)
            }
            _ => return None,
        };
        Some(Matter {
            node: id.clone(),
            current,
            proposals: vec![proposal],
            yardstick: None,
        })
    });
    nodes.collect()
}
