//! Which plan, machine or billing mode of the same provider?

use super::{Ask, Card, Matter};
use crate::catalog::{Archetype, Service};

/// Services that do something else than run ordinary code.
const SPECIAL: [&str; 3] = ["edge", "sandbox", "windows"];

pub(super) const CARD: Card = Card {
    id: "plan",
    title: "Which plan or machine?",
    ask,
};

fn ask<'a>(ask: &Ask<'a>) -> Vec<Matter<'a>> {
    let nodes = ask.nodes().filter_map(|(id, node, _, service)| {
        let runs_code = matches!(
            node.archetype(),
            Archetype::Function | Archetype::Container | Archetype::Database | Archetype::Bucket
        );
        runs_code.then(|| Matter {
            node: id.clone(),
            current: service.short.clone(),
            proposals: ask.other_services(id, node, service, |other| {
                SPECIAL
                    .iter()
                    .all(|special| !other.features.contains(*special))
                    && is_alike(service, other)
            }),
            yardstick: None,
        })
    });
    nodes.collect()
}

/// Whether one can take the place of the other as it is: a database that
/// speaks the same, a container that is cut to size in the same way. A machine
/// has the size that it has, so that the setting does not hold for it.
fn is_alike(service: &Service, other: &Service) -> bool {
    let is_machine = |service: &Service| service.features.contains("vm");
    match service.archetype {
        Archetype::Database | Archetype::Bucket => !service.apis.is_disjoint(&other.apis),
        Archetype::Container => {
            is_machine(service) == is_machine(other)
                && is_cut_to_size(service) == is_cut_to_size(other)
                && (is_machine(service) || is_cut_to_size(service))
        }
        _ => true,
    }
}

/// Whether processors are billed by their number.
fn is_cut_to_size(service: &Service) -> bool {
    let mut meters = service.meters.iter();
    meters.any(|meter| meter.quantity.names().any(|name| name == "vcpu"))
}
