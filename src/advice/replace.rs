//! A node with another kind in its place: the edits, wires included.
//!
//! A pin cannot do this: it chooses among services of one kind.

use crate::catalog::Archetype;
use crate::design::link::{proposals, refusal};
use crate::design::{Command, Design, Link, LinkId, LinkKind, Node, NodeId};

/// The edits that put one node in the place of another.
pub struct Replacement {
    /// The new node.
    pub id: NodeId,
    /// The edits, in order.
    pub commands: Vec<Command>,
    /// What the new node cannot do and the old one did.
    pub lost: Vec<String>,
}

/// Puts `node` in the place of `old`; `carries` is how it hands on what it
/// does not wait for, where that fits.
///
/// # Errors
///
/// If a wire can go neither to nor from the new kind; the text says which.
pub fn replace(
    design: &Design,
    old: &NodeId,
    node: Node,
    suffix: &str,
    carries: Option<LinkKind>,
) -> Result<Replacement, String> {
    let id = free_id(design, old, suffix);
    let kind = node.archetype();
    let at = design.layout.positions.get(old).copied();
    let mut made = Replacement {
        commands: vec![Command::AddNode {
            id: id.clone(),
            node,
            at: at.unwrap_or([0.0, 0.0]),
        }],
        id,
        lost: Vec::new(),
    };
    let mut taken: Vec<LinkId> = Vec::new();
    for link in design.links.values() {
        if link.from != *old && link.to != *old {
            continue;
        }
        let Some(link) = rewired(design, link, old, (&made.id, kind), carries)? else {
            made.lost.push("its dead-letter queue".to_owned());
            continue;
        };
        let id = free_link(design, &link, &taken);
        taken.push(id.clone());
        made.commands.push(Command::AddLink { id, link });
    }
    made.commands.push(Command::RemoveNode { id: old.clone() });
    Ok(made)
}

/// A wire with its end at the new node; none for dead letters that the new
/// kind does not send.
fn rewired(
    design: &Design,
    link: &Link,
    old: &NodeId,
    (new, kind): (&NodeId, Archetype),
    carries: Option<LinkKind>,
) -> Result<Option<Link>, String> {
    let kind_of = |id: &NodeId| {
        if id == old {
            Some(kind)
        } else {
            design.nodes.get(id).map(Node::archetype)
        }
    };
    let (Some(from), Some(to)) = (kind_of(&link.from), kind_of(&link.to)) else {
        return Err(format!("one end of {}→{} is missing", link.from, link.to));
    };
    let is_sender = link.from == *old;
    let asked = carries.filter(|_| is_sender && link.kind != LinkKind::DeadLetter);
    let fits = |carrier: &LinkKind| carrier.allows(from, to);
    let own = Some(link.kind).filter(fits);
    let chosen = asked.filter(fits).or(own);
    let chosen = match chosen {
        Some(chosen) => chosen,
        None if link.kind == LinkKind::DeadLetter => return Ok(None),
        // Another way to hand work on is as good only where nobody waits.
        None if link.kind.is_synchronous() => return Err(refusal(from, to)),
        None => proposals(from, to)
            .into_iter()
            .find(|kind| !kind.is_synchronous() && *kind != LinkKind::DeadLetter)
            .ok_or_else(|| refusal(from, to))?,
    };
    let end = |id: &NodeId| if id == old { new.clone() } else { id.clone() };
    Ok(Some(Link {
        from: end(&link.from),
        to: end(&link.to),
        kind: chosen,
        settings: link.settings.clone(),
        carrier: None,
    }))
}

fn free_id(design: &Design, old: &NodeId, suffix: &str) -> NodeId {
    let stem: String = old.as_str().chars().take(40).collect();
    let stem = format!("{}-{suffix}", stem.trim_end_matches('-'));
    let numbered = (2_u64..).map(|n| format!("{stem}-{n}"));
    std::iter::once(stem.clone())
        .chain(numbered)
        .map(NodeId)
        .find(|id| !design.nodes.contains_key(id))
        .unwrap_or_default()
}

fn free_link(design: &Design, link: &Link, taken: &[LinkId]) -> LinkId {
    let stem = format!("{}->{}", link.from, link.to);
    let numbered = (2_u64..).map(|n| format!("{stem}-{n}"));
    std::iter::once(stem.clone())
        .chain(numbered)
        .map(LinkId)
        .find(|id| !design.links.contains_key(id) && !taken.contains(id))
        .unwrap_or_default()
}
