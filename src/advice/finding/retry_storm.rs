//! Retries at every hop, which multiply.

use std::collections::{BTreeMap, BTreeSet};

use super::{Facts, Rule};
use crate::design::{LinkId, LinkKind, NodeId, Settings, Value};
use crate::format;
use crate::report::{Problem, Severity};

/// Attempts at the end of a chain for one event at its start.
const MOST: f64 = 10.0;

pub const RULE: Rule = Rule {
    code: "retry-storm",
    title: "Retries along a chain multiply",
    judge,
};

/// A link, the node that it leads to, and the tries over it.
type Hop<'a> = (&'a LinkId, &'a NodeId, f64);

/// Hops by sender.
type Hops<'a> = BTreeMap<&'a NodeId, Vec<Hop<'a>>>;

/// The product of tries along a way, and the way.
type Way<'a> = (f64, Vec<Hop<'a>>);

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    let mut hops = Hops::new();
    for (id, link) in facts
        .links()
        .filter(|(_, l)| l.kind != LinkKind::DeadLetter)
    {
        let tries = match facts.node(&link.from).map(|seen| &seen.settings) {
            Some(Settings::Queue(queue)) if link.kind == LinkKind::Poll => {
                f64::from(queue.max_receives())
            }
            _ => f64::from(link.settings.retries()) + 1.0,
        };
        hops.entry(&link.from)
            .or_default()
            .push((id, &link.to, tries));
    }
    let Some((product, path)) = worst(&hops).filter(|(product, _)| *product > MOST) else {
        return;
    };
    let Some((_, end, _)) = path.last() else {
        return;
    };
    let steps: Vec<String> = path
        .iter()
        .filter(|(.., tries)| *tries > 1.0)
        .map(|(id, _, tries)| format!("{id} {}", format::whole(*tries)))
        .collect();
    let made = Problem::new(
        RULE.code,
        Severity::Warning,
        format!(
            "If {end} fails, one request becomes up to {} attempts on it.",
            format::count(product)
        ),
        format!(
            "Tries multiply along the way: {}. What is overloaded gets more load the longer it fails, and every attempt is billed.",
            steps.join(" × ")
        ),
    )
    .at(end);
    let commands = calmed(facts, hops);
    found.push(made.mended_by(
        "Retry in one place only: at the start of the chain",
        commands,
    ));
}

/// The way with the largest product of tries; loops are walked once.
fn worst<'a>(hops: &Hops<'a>) -> Option<Way<'a>> {
    let mut known = BTreeMap::new();
    let starts: Vec<&NodeId> = hops.keys().copied().collect();
    let mut best: Option<Way<'a>> = None;
    for start in starts {
        let way = walk(hops, start, &mut BTreeSet::new(), &mut known);
        if best.as_ref().is_none_or(|(most, _)| way.0 > *most) {
            best = Some(way);
        }
    }
    best
}

fn walk<'a>(
    hops: &Hops<'a>,
    node: &'a NodeId,
    open: &mut BTreeSet<&'a NodeId>,
    known: &mut BTreeMap<&'a NodeId, Way<'a>>,
) -> Way<'a> {
    if let Some(known) = known.get(node) {
        return known.clone();
    }
    open.insert(node);
    let mut best: Way<'a> = (1.0, Vec::new());
    for &(id, to, tries) in hops.get(node).into_iter().flatten() {
        if open.contains(to) {
            continue;
        }
        let (rest, path) = walk(hops, to, open, known);
        if rest * tries > best.0 {
            best = (
                rest * tries,
                std::iter::once((id, to, tries)).chain(path).collect(),
            );
        }
    }
    open.remove(node);
    known.insert(node, best.clone());
    best
}

/// Takes retries away, from the end of the worst way first, until no product
/// is too large.
fn calmed(facts: &Facts<'_>, mut hops: Hops<'_>) -> Vec<crate::design::Command> {
    let mut commands = Vec::new();
    while let Some((_, path)) = worst(&hops).filter(|(product, _)| *product > MOST) {
        let settable = |id: &LinkId| {
            let link = facts.design.links.get(id);
            link.is_some_and(|link| link.kind != LinkKind::Poll && link.settings.retries() > 0)
        };
        let last = path
            .iter()
            .rev()
            .find(|(id, _, tries)| *tries > 1.0 && settable(id));
        let Some(&(id, ..)) = last else {
            return Vec::new();
        };
        let left = if path.iter().filter(|(.., tries)| *tries > 1.0).count() == 1 {
            2.0
        } else {
            0.0
        };
        let Some(edit) = facts.set_link(id, "retries", Value::Number(left)) else {
            return Vec::new();
        };
        commands.extend(edit);
        let Some(hop) = hops.values_mut().flatten().find(|(link, ..)| *link == id) else {
            return Vec::new();
        };
        hop.2 = left + 1.0;
    }
    commands
}
