//! Functions that wait for functions that wait for functions.

use std::collections::{BTreeMap, BTreeSet};

use super::{Facts, Rule};
use crate::design::{Command, LinkId, LinkKind, NodeId};
use crate::format;
use crate::report::{Problem, Severity};

/// Functions that may wait for each other in a row.
const DEEPEST: usize = 3;

pub const RULE: Rule = Rule {
    code: "sync-chain",
    title: "More than three functions wait for each other in a row",
    judge,
};

/// Waits between functions: from caller to called.
type Calls<'a> = BTreeMap<&'a NodeId, Vec<(&'a LinkId, &'a NodeId)>>;

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    let mut calls = Calls::new();
    let mut called = BTreeSet::new();
    for (id, link, from, to) in facts.wires(LinkKind::Request) {
        if from.function().is_some() && to.function().is_some() {
            calls.entry(&link.from).or_default().push((id, &link.to));
            called.insert(&link.to);
        }
    }
    let heads: Vec<&NodeId> = calls
        .keys()
        .copied()
        .filter(|head| !called.contains(head))
        .collect();
    for head in heads {
        let chain = longest(&calls, head);
        if chain.len() < DEEPEST {
            continue;
        }
        let names: Vec<&str> = std::iter::once(head.as_str())
            .chain(chain.iter().map(|(_, node)| node.as_str()))
            .collect();
        let waits = facts.node(head).map_or(0.0, |seen| facts.response(seen));
        found.push(
            Problem::new(
                RULE.code,
                Severity::Warning,
                format!("{} functions wait for each other in a row.", names.len()),
                format!(
                    "{}: one request keeps all of them busy, {} on average, each of them may be cold or refuse, and a failure of the last one fails them all.",
                    names.join(" → "),
                    format::millis(waits)
                ),
            )
            .at(head)
            .mended_by(
                "Start the deeper ones without waiting, if their answers are not needed",
                cuts(calls.clone(), head),
            ),
        );
    }
}

/// The longest way down from a function; loops are walked once.
fn longest<'a>(calls: &Calls<'a>, head: &'a NodeId) -> Vec<(&'a LinkId, &'a NodeId)> {
    fn walk<'a>(
        calls: &Calls<'a>,
        node: &'a NodeId,
        open: &mut BTreeSet<&'a NodeId>,
        known: &mut BTreeMap<&'a NodeId, Vec<(&'a LinkId, &'a NodeId)>>,
    ) -> Vec<(&'a LinkId, &'a NodeId)> {
        if let Some(known) = known.get(node) {
            return known.clone();
        }
        if !open.insert(node) {
            return Vec::new();
        }
        let mut best = Vec::new();
        for &(link, next) in calls.get(node).into_iter().flatten() {
            if open.contains(next) {
                continue;
            }
            let rest = walk(calls, next, open, known);
            if rest.len() + 1 > best.len() {
                best = std::iter::once((link, next)).chain(rest).collect();
            }
        }
        open.remove(node);
        known.insert(node, best.clone());
        best
    }
    walk(calls, head, &mut BTreeSet::new(), &mut BTreeMap::new())
}

/// The calls to stop waiting for, so that no way down from a function is too
/// deep.
fn cuts<'a>(mut calls: Calls<'a>, head: &'a NodeId) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut heads = vec![head];
    while let Some(head) = heads.pop() {
        while let Some(&(cut, below)) = longest(&calls, head).get(DEEPEST - 1) {
            for links in calls.values_mut() {
                links.retain(|(link, _)| *link != cut);
            }
            commands.push(Command::SetLinkKind {
                id: cut.clone(),
                kind: LinkKind::Invoke,
            });
            heads.push(below);
        }
    }
    commands
}
