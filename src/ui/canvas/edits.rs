//! What keys and menus do to the design: remove, copy, nudge, place.
//!
//! Each function turns a selection into the commands of one undo step; none
//! changes anything itself.

use std::collections::{BTreeMap, BTreeSet};

use egui::{Pos2, Vec2};

use crate::design::{Command, Link, LinkId, LinkKind, LinkSettings, Node, NodeId, Pin};
use crate::ui::view::Selection;
use crate::workspace::Workspace;

/// Cards stand on a grid of so many points.
pub const GRID: f32 = 8.0;
/// Where a copy lies beside its original.
const COPY: Vec2 = Vec2::new(32.0, 32.0);

/// The nearest point of the grid.
pub fn snapped(point: Pos2) -> Pos2 {
    (point / GRID).round() * GRID
}

/// Removes nodes with their wires, and further wires.
pub fn delete(workspace: &Workspace, selection: &Selection) -> Vec<Command> {
    let design = workspace.design();
    let nodes = selection
        .nodes
        .iter()
        .filter(|id| design.nodes.contains_key(*id));
    // Wires of removed nodes go with them.
    let links = selection.links.iter().filter(|id| {
        let link = design.links.get(*id);
        link.is_some_and(|link| {
            ![&link.from, &link.to]
                .iter()
                .any(|end| selection.nodes.contains(*end))
        })
    });
    nodes
        .map(|id| Command::RemoveNode { id: id.clone() })
        .chain(links.map(|id| Command::RemoveLink { id: id.clone() }))
        .collect()
}

/// Copies nodes and the wires among them; returns the copies too.
pub fn duplicate(
    workspace: &Workspace,
    chosen: &BTreeSet<NodeId>,
) -> (Vec<Command>, BTreeSet<NodeId>) {
    let design = workspace.design();
    let mut copies: BTreeMap<&NodeId, NodeId> = BTreeMap::new();
    let mut commands = Vec::new();
    for id in chosen {
        let Some(node) = design.nodes.get(id) else {
            continue;
        };
        let copy = free_copy_id(workspace, id, &copies);
        let at = design.layout.positions.get(id).copied().unwrap_or_default();
        let mut node = node.clone();
        node.locked = false;
        node.origin = None;
        if !node.label.is_empty() {
            node.label.push_str(" copy");
        }
        commands.push(Command::AddNode {
            id: copy.clone(),
            node,
            at: (snapped(Pos2::from(at)) + COPY).into(),
        });
        copies.insert(id, copy);
    }
    let mut taken: BTreeSet<LinkId> = BTreeSet::new();
    for link in design.links.values() {
        let (Some(from), Some(to)) = (copies.get(&link.from), copies.get(&link.to)) else {
            continue;
        };
        // Both ends are new, so only copies of this gesture can clash.
        let wish = workspace.editor().free_link_id(from, to);
        let mut id = wish.clone();
        let mut number = 2;
        while !taken.insert(id.clone()) {
            id = LinkId(format!("{wish}-{number}"));
            number += 1;
        }
        let link = Link {
            from: from.clone(),
            to: to.clone(),
            ..link.clone()
        };
        commands.push(Command::AddLink { id, link });
    }
    (commands, copies.into_values().collect())
}

/// An id like the original's that neither history nor this gesture has.
fn free_copy_id(workspace: &Workspace, id: &NodeId, copies: &BTreeMap<&NodeId, NodeId>) -> NodeId {
    let stem = id.as_str().trim_end_matches(|c: char| c.is_ascii_digit());
    let stem = stem
        .strip_suffix('-')
        .filter(|stem| !stem.is_empty())
        .unwrap_or(id.as_str());
    // The editor cuts long wishes off; the number has to survive.
    let stem: String = stem.chars().take(32).collect();
    let stem = stem.trim_end_matches('-');
    let mut number = 2_u64;
    loop {
        let wish = format!("{stem}-{number}");
        let free = workspace.editor().free_node_id(&wish);
        if free.as_str() == wish && !copies.values().any(|copy| *copy == free) {
            return free;
        }
        number += 1;
    }
}

/// Moves nodes by so much.
pub fn nudge(workspace: &Workspace, chosen: &BTreeSet<NodeId>, by: Vec2) -> Vec<Command> {
    let positions = &workspace.design().layout.positions;
    let to: Vec<_> = chosen
        .iter()
        .filter_map(|id| Some((id.clone(), (Pos2::from(*positions.get(id)?) + by).into())))
        .collect();
    if to.is_empty() {
        Vec::new()
    } else {
        vec![Command::Move { to }]
    }
}

/// A new wire between two nodes. Where the sender waits, the call comes after
/// the calls that it makes already, as code usually does.
pub fn connect(
    workspace: &Workspace,
    from: &NodeId,
    to: &NodeId,
    kind: LinkKind,
) -> (LinkId, Command) {
    let id = workspace.editor().free_link_id(from, to);
    let link = Link {
        from: from.clone(),
        to: to.clone(),
        kind,
        settings: LinkSettings {
            stage: next_stage(workspace, from, kind),
            ..LinkSettings::default()
        },
        carrier: None,
    };
    (id.clone(), Command::AddLink { id, link })
}

/// The stage after all calls that a node waits for; none for the first.
fn next_stage(workspace: &Workspace, from: &NodeId, kind: LinkKind) -> Option<u32> {
    let links = workspace.design().links.values();
    let last = links
        .filter(|link| link.from == *from && link.kind.sender_waits())
        .map(|link| link.settings.stage())
        .max()?;
    kind.sender_waits().then(|| last.saturating_add(1).min(100))
}

/// A new node, pinned to a service where one was chosen.
pub fn place(
    workspace: &Workspace,
    mut node: Node,
    pin: Option<Pin>,
    at: Pos2,
) -> (NodeId, Command) {
    let id = workspace.editor().free_node_id(node.archetype().label());
    if let Some(pin) = pin {
        node.pins.insert(pin.service.provider(), pin);
    }
    let command = Command::AddNode {
        id: id.clone(),
        node,
        at: snapped(at).into(),
    };
    (id, command)
}
