//! How each command changes a design.
//!
//! A change may stop half way: the [`super::super::Editor`] throws such a
//! design away.

use super::EditError;
use crate::design::link::{self, Link, LinkKind};
use crate::design::param::{ParamPath, Parameters};
use crate::design::settings::Shape;
use crate::design::value::Value;
use crate::design::{Design, Group, GroupId, LinkId, Node, NodeId, Override, Settings};
use crate::units::Rate;

pub(super) fn set_or_remove<K: Ord + Clone, V>(
    map: &mut std::collections::BTreeMap<K, V>,
    key: &K,
    value: Option<V>,
) {
    match value {
        Some(value) => {
            map.insert(key.clone(), value);
        }
        None => {
            map.remove(key);
        }
    }
}

pub(super) fn check_finite(value: Option<f64>) -> Result<(), EditError> {
    match value {
        Some(value) if !value.is_finite() => Err(EditError::BadNumber(format!(
            "{value} is not a finite number"
        ))),
        _ => Ok(()),
    }
}

pub(super) fn node_mut<'a>(design: &'a mut Design, id: &NodeId) -> Result<&'a mut Node, EditError> {
    design
        .nodes
        .get_mut(id)
        .ok_or_else(|| EditError::NoNode(id.clone()))
}

pub(super) fn unlocked<'a>(design: &'a mut Design, id: &NodeId) -> Result<&'a mut Node, EditError> {
    let node = node_mut(design, id)?;
    if node.locked {
        return Err(EditError::Locked(id.clone()));
    }
    Ok(node)
}

/// Whether a text can be the id of a node or group.
pub fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn check_position(at: [f32; 2]) -> Result<(), EditError> {
    if at.iter().all(|c| c.is_finite() && c.abs() < 1e6) {
        return Ok(());
    }
    Err(EditError::BadNumber(format!(
        "position {at:?} is outside the canvas (±1,000,000)"
    )))
}

pub(super) fn add_node(
    design: &mut Design,
    id: &NodeId,
    node: &Node,
    at: [f32; 2],
) -> Result<(), EditError> {
    if !is_slug(id.as_str()) {
        return Err(EditError::BadId(id.to_string()));
    }
    if design.nodes.contains_key(id) {
        return Err(EditError::Taken(id.to_string()));
    }
    check_position(at)?;
    design.nodes.insert(id.clone(), node.clone());
    design.layout.positions.insert(id.clone(), at);
    Ok(())
}

pub(super) fn remove_node(design: &mut Design, id: &NodeId) -> Result<(), EditError> {
    unlocked(design, id)?;
    design.nodes.remove(id);
    design.layout.positions.remove(id);
    design.outages.remove(id);
    design.objectives.latency.remove(id);
    let attached: Vec<LinkId> = design
        .links
        .iter()
        .filter(|(_, link)| link.from == *id || link.to == *id)
        .map(|(link, _)| link.clone())
        .collect();
    for link in &attached {
        remove_link(design, link)?;
    }
    let concerns = |path: &ParamPath| matches!(path, ParamPath::Node(node, _) if node == id);
    design.expressions.retain(|path, _| !concerns(path));
    design.ranges.retain(|path, _| !concerns(path));
    Ok(())
}

pub(super) fn remove_link(design: &mut Design, id: &LinkId) -> Result<(), EditError> {
    design
        .links
        .remove(id)
        .ok_or_else(|| EditError::NoLink(id.clone()))?;
    design.layout.reroutes.remove(id);
    let concerns = |path: &ParamPath| matches!(path, ParamPath::Link(link, _) if link == id);
    design.expressions.retain(|path, _| !concerns(path));
    design.ranges.retain(|path, _| !concerns(path));
    Ok(())
}

fn check_link(design: &Design, link: &Link) -> Result<(), EditError> {
    let end = |id: &NodeId| {
        design
            .nodes
            .get(id)
            .map(Node::archetype)
            .ok_or_else(|| EditError::NoNode(id.clone()))
    };
    let (from, to) = (end(&link.from)?, end(&link.to)?);
    if link.kind.allows(from, to) {
        return Ok(());
    }
    let others = link::proposals(from, to);
    Err(EditError::Illegal(if others.is_empty() {
        link::refusal(from, to)
    } else {
        let names: Vec<_> = others.iter().map(|kind| kind.label()).collect();
        format!(
            "A {} cannot go from a {} to a {}; {} can.",
            link.kind.label().to_lowercase(),
            from.label().to_lowercase(),
            to.label().to_lowercase(),
            names.join(", ")
        )
    }))
}

pub(super) fn add_link(design: &mut Design, id: &LinkId, link: &Link) -> Result<(), EditError> {
    if !id.as_str().contains("->") || id.as_str().contains('.') {
        return Err(EditError::BadId(id.to_string()));
    }
    if design.links.contains_key(id) {
        return Err(EditError::Taken(id.to_string()));
    }
    check_link(design, link)?;
    design.links.insert(id.clone(), link.clone());
    Ok(())
}

pub(super) fn set_link_kind(
    design: &mut Design,
    id: &LinkId,
    kind: LinkKind,
) -> Result<(), EditError> {
    let mut changed = design
        .links
        .get(id)
        .cloned()
        .ok_or_else(|| EditError::NoLink(id.clone()))?;
    changed.kind = kind;
    check_link(design, &changed)?;
    design.links.insert(id.clone(), changed);
    Ok(())
}

pub(super) fn move_nodes(design: &mut Design, to: &[(NodeId, [f32; 2])]) -> Result<(), EditError> {
    for (id, at) in to {
        check_position(*at)?;
        node_mut(design, id)?;
        design.layout.positions.insert(id.clone(), *at);
    }
    Ok(())
}

pub(super) fn edit_group(
    design: &mut Design,
    id: &GroupId,
    group: Option<&Group>,
) -> Result<(), EditError> {
    if !is_slug(id.as_str()) {
        return Err(EditError::BadId(id.to_string()));
    }
    if group.is_none() {
        for node in design.nodes.values_mut() {
            if node.group.as_ref() == Some(id) {
                node.group = None;
            }
        }
        design.layout.collapsed.remove(id);
    }
    set_or_remove(&mut design.groups, id, group.cloned());
    Ok(())
}

/// Stores a parameter's value, wherever the path leads.
pub(super) fn set(
    design: &mut Design,
    path: &ParamPath,
    value: Option<Value>,
) -> Result<(), EditError> {
    if let ParamPath::Node(id, _) = path {
        unlocked(design, id)?;
    }
    put(design, path, value)
}

/// The same for what follows from something else: a lock keeps people from
/// editing, not expressions from holding.
fn put(design: &mut Design, path: &ParamPath, value: Option<Value>) -> Result<(), EditError> {
    let refused = |error| EditError::Value {
        path: path.clone(),
        error,
    };
    match path {
        ParamPath::Node(id, key) => node_mut(design, id)?
            .settings
            .set(key, value)
            .map_err(refused),
        ParamPath::Link(id, key) => design
            .links
            .get_mut(id)
            .ok_or_else(|| EditError::NoLink(id.clone()))?
            .settings
            .set(key, value)
            .map_err(refused),
        ParamPath::Figure(figure) => {
            let number = value.as_ref().and_then(Value::as_number);
            check_finite(number)?;
            let replacement = number.map(|value| Override {
                value,
                reason: String::new(),
            });
            set_or_remove(&mut design.overrides, figure, replacement);
            Ok(())
        }
        ParamPath::Variable(name) => {
            let number = value.as_ref().and_then(Value::as_number);
            check_finite(number)?;
            set_or_remove(&mut design.variables, name, number);
            follow_expressions(design)
        }
    }
}

/// Gives every parameter with an expression the value that it has now.
///
/// # Errors
///
/// If an expression cannot be computed or its value does not fit.
pub fn follow_expressions(design: &mut Design) -> Result<(), EditError> {
    for (path, text) in design.expressions.clone() {
        let failed = |error: String| EditError::Expression {
            path: path.clone(),
            error,
        };
        if matches!(path, ParamPath::Variable(_)) {
            return Err(failed(
                "a variable is a number, not an expression".to_owned(),
            ));
        }
        let expression = crate::expression::Expression::parse(text.trim_start_matches('='))
            .map_err(|error| failed(error.to_string()))?;
        let value = expression
            .evaluate(&design.variables)
            .map_err(|error| failed(error.to_string()))?;
        put(design, &path, Some(Value::Number(value)))?;
    }
    Ok(())
}

pub(super) fn scale_traffic(design: &mut Design, factor: f64) -> Result<(), EditError> {
    if !(factor.is_finite() && factor >= 0.0) {
        return Err(EditError::BadNumber(format!(
            "traffic can be multiplied by 0 or more, not by {factor}"
        )));
    }
    let scaled = |rate: Rate| {
        Rate::new(rate.count() * factor, rate.period())
            .map_err(|error| EditError::BadNumber(error.to_string()))
    };
    for node in design.nodes.values_mut() {
        let Settings::Trigger(trigger) = &mut node.settings else {
            continue;
        };
        trigger.rate = Some(scaled(trigger.rate())?);
        match trigger.shape() {
            Shape::Spike | Shape::Step | Shape::Ramp => {
                trigger.peak = Some(scaled(trigger.peak())?);
            }
            Shape::Cron => trigger.batch = Some(trigger.batch() * factor),
            Shape::ClosedLoop => trigger.users = Some(trigger.users() * factor),
            Shape::Steady | Shape::Daily | Shape::Weekly | Shape::Replay => {}
        }
    }
    Ok(())
}
