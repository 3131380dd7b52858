//! A function, or a container or virtual machine that always runs?
//!
//! The container gets the function's work and as many instances as the load
//! needs at its target utilisation, never fewer than two.

use std::cmp::Reverse;

use super::{Ask, Card, Matter, Proposal, lost};
use crate::advice::replace::{Replacement, replace};
use crate::catalog::{Archetype, ProviderId, Service};
use crate::design::settings::{ContainerSettings, FunctionSettings};
use crate::design::{Command, Commitment, Node, NodeId, Pin, Settings};
use crate::format;
use crate::report::NodeReport;
use crate::units::Megabytes;

/// Fewest instances: one may fail.
const FEWEST: u32 = 2;
/// Most instances that a proposal may scale to.
const MOST: f64 = 100_000.0;
/// Room above what the peak needs.
const HEADROOM: f64 = 2.0;
/// vCPU of one instance, virtual machines included: the catalog's machines
/// have two.
const VCPU: (f64, f64) = (1.0, 2.0);

pub(super) const CARD: Card = Card {
    id: "container",
    title: "Function, or container or virtual machine?",
    ask,
};

fn ask<'a>(ask: &Ask<'a>) -> Vec<Matter<'a>> {
    let functions = ask.nodes().filter_map(|(id, node, report, service)| {
        let Settings::Function(function) = &node.settings else {
            return None;
        };
        let provider = ask.trial.provider_of(node);
        let proposals: Vec<Proposal<'a>> = candidates(ask, &provider)
            .into_iter()
            .map(|(container, plan)| {
                propose(
                    ask,
                    (id, node, report),
                    function,
                    (service, container),
                    plan,
                )
            })
            .collect();
        Some(Matter {
            node: id.clone(),
            current: service.short.clone(),
            proposals,
            yardstick: None,
        })
    });
    functions.collect()
}

/// The provider's usual container and its usual machine, each on demand and
/// with its largest commitment of a year.
fn candidates<'a>(ask: &Ask<'a>, provider: &ProviderId) -> Vec<(&'a Service, Option<&'a str>)> {
    let catalog = ask.trial.catalog;
    let of = |is_machine: bool| {
        catalog
            .services_of(provider, Archetype::Container)
            .filter(|service| service.features.contains("vm") == is_machine)
            .filter(|service| !service.features.contains("sandbox"))
            .min_by_key(|service| (service.rank, &service.id))
    };
    let mut found = Vec::new();
    for service in [of(false), of(true)].into_iter().flatten() {
        found.push((service, None));
        let plans = service.commitments.iter();
        let year = plans.filter(|(key, _)| key.contains("1y")).max_by(|a, b| {
            let discount = |plan: &crate::catalog::Commitment| plan.discount.value;
            discount(a.1)
                .total_cmp(&discount(b.1))
                .then(Reverse(a.0).cmp(&Reverse(b.0)))
        });
        found.extend(year.map(|(key, _)| (service, Some(key.as_str()))));
    }
    found
}

fn propose<'a>(
    ask: &Ask<'a>,
    (id, node, report): (&'a NodeId, &Node, &NodeReport),
    function: &'a FunctionSettings,
    (current, service): (&Service, &'a Service),
    plan: Option<&'a str>,
) -> Proposal<'a> {
    let is_machine = service.features.contains("vm");
    let vcpu = if is_machine { VCPU.1 } else { VCPU.0 };
    let needed = instances(function, report.peak_rate.value, vcpu);
    let mut lost = lost(current, service);
    lost.retain(|feature| feature != "provisioned concurrency" && feature != "provisioned");
    lost.push("scaling to zero".to_owned());
    let mut label = format!("{} × {}", format::count(needed), service.short);
    if let Some(commitment) = plan.and_then(|plan| service.commitments.get(plan)) {
        label = format!("{label}, {}", commitment.name);
        lost.push("freedom to use less for a year".to_owned());
    }
    let trial = ask.trial;
    let provider = trial.provider_of(node);
    let plain = (
        node.label.clone(),
        node.provider.clone(),
        node.region.clone(),
    );
    let group = node.group.clone();
    let make = move |most: f64| -> Result<(Replacement, Vec<Command>), String> {
        let mut container = Node::new(Settings::Container(settings(function, vcpu, most)));
        (container.label, container.provider, container.region) = plain.clone();
        container.group.clone_from(&group);
        let pin = Pin {
            service: service.id.clone(),
            settings: std::collections::BTreeMap::new(),
        };
        container.pins.insert(provider.clone(), pin);
        let made = replace(trial.design, id, container, "container", None)?;
        let mut commands = made.commands.clone();
        commands.extend(plan.map(|plan| {
            let mut environment = trial.design.environment.clone();
            let promise = Commitment {
                plan: plan.to_owned(),
                coverage: 1.0,
            };
            environment.commitments.insert(service.id.clone(), promise);
            Command::SetEnvironment(environment)
        }));
        Ok((made, commands))
    };
    let (made, commands) = match make(needed * HEADROOM) {
        Ok(made) => made,
        Err(why) => {
            return Proposal {
                label,
                blocked: Some(why),
                ..Proposal::default()
            };
        }
    };
    lost.extend(made.lost);
    if is_entered(ask, id) {
        let address = "an address of its own: a load balancer in front is not counted";
        lost.push(address.to_owned());
    }
    Proposal {
        label,
        lost,
        commands,
        // Autoscaling: as many as any traffic needs.
        scaled: Some(Box::new(move |_| {
            make(MOST).map(|(_, commands)| commands).unwrap_or_default()
        })),
        stands_in: Some(made.id),
        ..Proposal::default()
    }
}

/// Whether clients call the function itself.
fn is_entered(ask: &Ask<'_>, id: &NodeId) -> bool {
    let kind = |id: &NodeId| ask.trial.design.nodes.get(id).map(Node::archetype);
    let mut links = ask.trial.design.links.values();
    links.any(|link| link.to == *id && kind(&link.from) == Some(Archetype::Trigger))
}

/// Instances that the peak needs at the target utilisation.
fn instances(function: &FunctionSettings, peak: f64, vcpu: f64) -> f64 {
    let target = ContainerSettings::default().target();
    let busy = peak * function.cpu().mean().0 / 1_000.0;
    (busy / (vcpu * target))
        .ceil()
        .clamp(f64::from(FEWEST), MOST)
}

fn settings(function: &FunctionSettings, vcpu: f64, most: f64) -> ContainerSettings {
    let memory = (function.working_set().0 / 1_024.0).ceil() * 1_024.0;
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    #[expect(clippy::cast_sign_loss, reason = "clamped")]
    let maximum = most.clamp(f64::from(FEWEST), MOST) as u32;
    ContainerSettings {
        vcpu: Some(vcpu),
        memory: Some(Megabytes(memory.max(2_048.0 * vcpu))),
        architecture: function.architecture,
        minimum: Some(FEWEST),
        maximum: Some(maximum),
        cpu: Some(function.cpu()),
        wait: Some(function.wait()),
        error_rate: function.error_rate,
        log: Some(function.log()),
        ..ContainerSettings::default()
    }
}
