//! A rise of traffic that is faster than instances can start.

use super::{Facts, Rule, Seen};
use crate::design::settings::Shape;
use crate::design::{LinkKind, NodeId, Settings};
use crate::format;
use crate::report::{Problem, Severity};
use std::collections::BTreeSet;

pub const RULE: Rule = Rule {
    code: "burst-ramp",
    title: "Traffic rises faster than instances can start",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.nodes() {
        let Settings::Trigger(trigger) = &seen.settings else {
            continue;
        };
        let rise = match trigger.shape() {
            Shape::Spike | Shape::Ramp => trigger.ramp().seconds(),
            Shape::Step => 0.0,
            _ => continue,
        };
        for function in pushed(facts, seen.id) {
            if let Some(node) = facts.node(&function) {
                check(facts, seen, node, rise, found);
            }
        }
    }
}

fn check(
    facts: &Facts<'_>,
    trigger: &Seen<'_>,
    seen: &Seen<'_>,
    rise: f64,
    found: &mut Vec<Problem>,
) {
    let (Some(own), Some(compute)) = (
        seen.function(),
        seen.service.and_then(|service| service.compute.as_ref()),
    ) else {
        return;
    };
    let least = seen
        .report
        .profile
        .iter()
        .map(|bin| bin.concurrency)
        .fold(f64::INFINITY, f64::min);
    let wanted = facts.wanted(seen);
    let per_instance = compute
        .concurrency(own.concurrency.map(f64::from), own.memory().0)
        .max(1.0);
    let ready = least.max(f64::from(own.provisioned()));
    let needed = (wanted - ready).max(0.0) / per_instance;
    let can = compute.start_burst.value + compute.start_rate.value * rise;
    if needed <= can {
        return;
    }
    let made = Problem::new(
        RULE.code,
        Severity::Warning,
        format!(
            "The rise at {} is faster than {} can start instances.",
            trigger.label(),
            seen.label()
        ),
        format!(
            "Within {} it needs {} more instances; {} starts {} at once and {} a second after that, so {} in all. What comes before they run is refused.",
            format::millis(rise * 1_000.0),
            format::count(needed),
            seen.report.service_name,
            format::count(compute.start_burst.value),
            format::count(compute.start_rate.value),
            format::count(can)
        ),
    )
    .at(seen.id);
    let ready = (wanted - can * per_instance).ceil().max(1.0);
    let commands = seen
        .has("provisioned-concurrency")
        .then(|| facts.set_number(seen, "provisioned", ready))
        .flatten();
    found.push(match commands {
        Some(commands) => made.mended_by(
            format!("Keep {} instances ready", format::whole(ready)),
            commands,
        ),
        None => made.mended_by(
            "Put a queue in front, or let clients spread their calls",
            Vec::new(),
        ),
    });
}

/// The functions that a trigger's events are pushed into: a queue or stream
/// between would take the rise up.
fn pushed(facts: &Facts<'_>, trigger: &NodeId) -> BTreeSet<NodeId> {
    let mut reached = BTreeSet::new();
    let mut next = vec![trigger.clone()];
    while let Some(node) = next.pop() {
        for (_, link) in facts.outgoing(&node) {
            let pushes = !matches!(link.kind, LinkKind::Poll | LinkKind::DeadLetter);
            if pushes && reached.insert(link.to.clone()) {
                next.push(link.to.clone());
            }
        }
    }
    reached
}
