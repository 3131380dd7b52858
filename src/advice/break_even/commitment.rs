//! Which promise of use is safe?
//!
//! Only what runs in every hour is promised: the lowest load against the mean.

use std::collections::BTreeSet;

use super::{Ask, Card, Matter, Proposal};
use crate::catalog::Service;
use crate::design::{Command, Commitment};
use crate::format;
use crate::report::NodeReport;

pub(super) const CARD: Card = Card {
    id: "commitment",
    title: "Promise a year or three of use?",
    ask,
};

fn ask<'a>(ask: &Ask<'a>) -> Vec<Matter<'a>> {
    let mut seen = BTreeSet::new();
    let environment = &ask.trial.design.environment;
    let nodes = ask.nodes().filter_map(|(id, _, _, service)| {
        if service.commitments.is_empty() || !seen.insert(&service.id) {
            return None;
        }
        let now = environment.commitments.get(&service.id);
        let share = safe(ask, service);
        let proposals = service.commitments.iter().map(|(key, plan)| {
            let mut promised = environment.clone();
            let promise = Commitment {
                plan: key.clone(),
                coverage: share,
            };
            promised.commitments.insert(service.id.clone(), promise);
            Proposal {
                label: format!("{} on {}", plan.name, format::percent(share)),
                lost: vec!["freedom to use less".to_owned()],
                commands: vec![Command::SetEnvironment(promised)],
                ..Proposal::default()
            }
        });
        let is_safe = share >= 0.01;
        Some(Matter {
            node: id.clone(),
            current: now.map_or("None".to_owned(), |now| now.plan.clone()),
            proposals: if is_safe {
                proposals.collect()
            } else {
                Vec::new()
            },
            yardstick: None,
        })
    });
    nodes.collect()
}

/// The least baseline of all nodes on a service: what none of them can do
/// without.
fn safe(ask: &Ask<'_>, service: &Service) -> f64 {
    let nodes = ask.base.nodes.values();
    let own = nodes.filter(|node| node.service.as_ref() == Some(&service.id));
    let least = own.map(baseline).fold(f64::INFINITY, f64::min);
    if least.is_finite() { least } else { 0.0 }
}

/// Share of the use that is there in every hour, in whole percent.
fn baseline(node: &NodeReport) -> f64 {
    let bins = || node.profile.iter().filter(|bin| bin.weight > 0.0);
    let all: f64 = bins().map(|bin| bin.weight).sum();
    let mean = bins().map(|bin| bin.weight * bin.rate).sum::<f64>() / all;
    let lowest = bins().map(|bin| bin.rate).fold(f64::INFINITY, f64::min);
    let share = (lowest / mean * 100.0 + 1e-9).floor() / 100.0;
    if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    }
}
