//! Every edit there is.
//!
//! A command names a change and checks it; it is a value, so that gestures,
//! fixes, scenarios and tests speak of edits in one way. Undo needs no inverse:
//! the [`super::Editor`] keeps snapshots. [`edit`] carries them out.

mod edit;

pub use edit::{follow_expressions, is_slug};

use serde::{Deserialize, Serialize};

use crate::catalog::{FigureId, ProviderId, RegionId};

use super::link::{Link, LinkKind};
use super::param::{ParamPath, ValueError};
use super::value::Value;
use super::{
    BusinessUnit, Comment, Design, Environment, Group, GroupId, LinkId, Measurement, Node, NodeId,
    Objectives, Override, Pin, Range,
};
use edit::{
    add_link, add_node, check_finite, edit_group, move_nodes, node_mut, remove_link, remove_node,
    scale_traffic, set, set_link_kind, set_or_remove, unlocked,
};

/// One edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::large_enum_variant,
    reason = "commands are few and short-lived; a box would show in every match"
)]
pub enum Command {
    /// Sets title and description.
    Describe {
        /// Title.
        name: String,
        /// What it is for.
        description: String,
    },
    /// Places a node.
    AddNode {
        /// A free id.
        id: NodeId,
        /// The node.
        node: Node,
        /// Where its centre goes.
        at: [f32; 2],
    },
    /// Removes a node with its links.
    RemoveNode {
        /// Which.
        id: NodeId,
    },
    /// Draws a link.
    AddLink {
        /// A free id.
        id: LinkId,
        /// The link.
        link: Link,
    },
    /// Removes a link.
    RemoveLink {
        /// Which.
        id: LinkId,
    },
    /// Changes how a link carries.
    SetLinkKind {
        /// Which.
        id: LinkId,
        /// The new kind.
        kind: LinkKind,
    },
    /// Sets a parameter, or with none returns to its default.
    Set {
        /// Which.
        path: ParamPath,
        /// The value.
        value: Option<Value>,
    },
    /// Makes a parameter follow an expression, or with none sets it free.
    SetExpression {
        /// Which.
        path: ParamPath,
        /// Over the design's variables.
        expression: Option<String>,
    },
    /// Sets how uncertain a parameter is.
    SetRange {
        /// Which.
        path: ParamPath,
        /// The range.
        range: Option<Range>,
    },
    /// Replaces a catalog figure in this design.
    SetOverride {
        /// Which.
        figure: FigureId,
        /// The replacement.
        value: Option<Override>,
    },
    /// Renames a node; the id stays.
    Rename {
        /// Which.
        id: NodeId,
        /// The new label.
        label: String,
    },
    /// Moves nodes.
    Move {
        /// New centres.
        to: Vec<(NodeId, [f32; 2])>,
    },
    /// Bends a link.
    Reroute {
        /// Which.
        id: LinkId,
        /// Its bends, in order.
        points: Vec<[f32; 2]>,
    },
    /// Places a node on a provider, or with none on the environment's.
    SetProvider {
        /// Which.
        id: NodeId,
        /// The provider.
        provider: Option<ProviderId>,
    },
    /// Places a node in a region, or with none in the environment's.
    SetRegion {
        /// Which.
        id: NodeId,
        /// The region.
        region: Option<RegionId>,
    },
    /// Chooses a service by hand, or with none lets the catalog choose.
    SetPin {
        /// Which node.
        id: NodeId,
        /// On which provider.
        provider: ProviderId,
        /// The service.
        pin: Option<Pin>,
    },
    /// Locks or unlocks a node.
    SetLocked {
        /// Which.
        id: NodeId,
        /// Whether it refuses edits.
        locked: bool,
    },
    /// Puts a node into a group, or with none out of it.
    SetGroup {
        /// Which.
        id: NodeId,
        /// The group.
        group: Option<GroupId>,
    },
    /// Makes or changes a group, or with none dissolves it.
    EditGroup {
        /// Which.
        id: GroupId,
        /// The group.
        group: Option<Group>,
    },
    /// Collapses or expands a group.
    Collapse {
        /// Which.
        id: GroupId,
        /// Whether it is drawn as one card.
        collapsed: bool,
    },
    /// Replaces the environment.
    SetEnvironment(Environment),
    /// Replaces the objectives.
    SetObjectives(Objectives),
    /// Sets what the business counts.
    SetBusinessUnit(Option<BusinessUnit>),
    /// Sets a variable, or with none removes it.
    SetVariable {
        /// Its name.
        name: String,
        /// Its value.
        value: Option<f64>,
    },
    /// Ignores a finding with a reason, or with none minds it again.
    Ignore {
        /// The finding's code with its place.
        finding: String,
        /// Why it is accepted.
        reason: Option<String>,
    },
    /// Keeps what was measured; a later measurement of the same parameter from
    /// the same file replaces it.
    AddMeasurement(Measurement),
    /// Adds a remark.
    AddComment(Comment),
    /// Removes the n-th remark.
    RemoveComment(usize),
    /// Switches a node off or on again.
    SetOutage {
        /// Which.
        id: NodeId,
        /// Whether it is off.
        out: bool,
    },
    /// Switches a companion off or on again.
    SetCompanion {
        /// `node/companion`.
        key: String,
        /// Whether it counts.
        on: bool,
    },
    /// Keeps an alternative, or with none drops it.
    SetScenario {
        /// Its name.
        name: String,
        /// The edits that make it from the base.
        commands: Option<Vec<Command>>,
    },
    /// Keeps a view under a digit, or with none drops it.
    SetBookmark {
        /// The digit.
        digit: u8,
        /// Centre and zoom.
        view: Option<(f32, f32, f32)>,
    },
    /// Multiplies the rates of all triggers.
    ScaleTraffic(f64),
}

/// Why an edit was refused; nothing changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EditError {
    /// No such node.
    #[error("there is no node `{0}`")]
    NoNode(NodeId),
    /// No such link.
    #[error("there is no link `{0}`")]
    NoLink(LinkId),
    /// No such group.
    #[error("there is no group `{0}`")]
    NoGroup(GroupId),
    /// The id is in use.
    #[error("`{0}` already exists")]
    Taken(String),
    /// The id is no slug.
    #[error("`{0}` cannot be an id: use lower-case letters, digits and hyphens")]
    BadId(String),
    /// The node is locked.
    #[error("`{0}` is locked; unlock it first")]
    Locked(NodeId),
    /// The two ends cannot play their parts.
    #[error("{0}")]
    Illegal(String),
    /// The value does not fit.
    #[error("`{path}`: {error}")]
    Value {
        /// Where.
        path: ParamPath,
        /// Why.
        error: ValueError,
    },
    /// The expression cannot be computed.
    #[error("`{path}`: {error}")]
    Expression {
        /// Where.
        path: ParamPath,
        /// Why.
        error: String,
    },
    /// A number that cannot be.
    #[error("{0}")]
    BadNumber(String),
}

impl Command {
    /// Checks the edit and carries it out.
    ///
    /// # Errors
    ///
    /// If something it names does not exist, is locked, or does not fit. The
    /// design may then be half changed: the [`super::Editor`] throws it away.
    pub fn apply(&self, design: &mut Design) -> Result<(), EditError> {
        match self {
            Self::Describe { name, description } => {
                design.name.clone_from(name);
                design.description.clone_from(description);
            }
            Self::AddNode { id, node, at } => add_node(design, id, node, *at)?,
            Self::RemoveNode { id } => remove_node(design, id)?,
            Self::AddLink { id, link } => add_link(design, id, link)?,
            Self::RemoveLink { id } => remove_link(design, id)?,
            Self::SetLinkKind { id, kind } => set_link_kind(design, id, *kind)?,
            Self::Set { path, value } => {
                design.expressions.remove(path);
                set(design, path, value.clone())?;
            }
            Self::SetExpression { path, expression } => {
                set_or_remove(&mut design.expressions, path, expression.clone());
                follow_expressions(design)?;
            }
            Self::SetRange { path, range } => set_or_remove(&mut design.ranges, path, *range),
            Self::SetOverride { figure, value } => {
                check_finite(value.as_ref().map(|o| o.value))?;
                set_or_remove(&mut design.overrides, figure, value.clone());
            }
            Self::Rename { id, label } => {
                label.trim().clone_into(&mut unlocked(design, id)?.label);
            }
            Self::Move { to } => move_nodes(design, to)?,
            Self::Reroute { id, points } => {
                if !design.links.contains_key(id) {
                    return Err(EditError::NoLink(id.clone()));
                }
                let points = (!points.is_empty()).then(|| points.clone());
                set_or_remove(&mut design.layout.reroutes, id, points);
            }
            Self::SetProvider { id, provider } => {
                unlocked(design, id)?.provider.clone_from(provider);
            }
            Self::SetRegion { id, region } => unlocked(design, id)?.region.clone_from(region),
            Self::SetPin { id, provider, pin } => {
                set_or_remove(&mut unlocked(design, id)?.pins, provider, pin.clone());
            }
            Self::SetLocked { id, locked } => node_mut(design, id)?.locked = *locked,
            Self::SetGroup { id, group } => {
                if let Some(group) = group.as_ref().filter(|g| !design.groups.contains_key(*g)) {
                    return Err(EditError::NoGroup(group.clone()));
                }
                unlocked(design, id)?.group.clone_from(group);
            }
            Self::EditGroup { id, group } => edit_group(design, id, group.as_ref())?,
            Self::Collapse { id, collapsed } => {
                if *collapsed {
                    design.layout.collapsed.insert(id.clone());
                } else {
                    design.layout.collapsed.remove(id);
                }
            }
            Self::SetEnvironment(environment) => design.environment.clone_from(environment),
            Self::SetObjectives(objectives) => design.objectives.clone_from(objectives),
            Self::SetBusinessUnit(unit) => design.business_unit.clone_from(unit),
            Self::SetVariable { name, value } => {
                check_finite(*value)?;
                set_or_remove(&mut design.variables, name, *value);
                follow_expressions(design)?;
            }
            Self::Ignore { finding, reason } => {
                set_or_remove(&mut design.ignored, finding, reason.clone());
            }
            Self::AddMeasurement(measurement) => {
                let same = |other: &Measurement| {
                    (&other.path, &other.file) == (&measurement.path, &measurement.file)
                };
                design.measurements.retain(|other| !same(other));
                design.measurements.push(measurement.clone());
            }
            Self::AddComment(comment) => design.comments.push(comment.clone()),
            Self::RemoveComment(index) => {
                if *index < design.comments.len() {
                    design.comments.remove(*index);
                }
            }
            Self::SetOutage { id, out } => {
                node_mut(design, id)?;
                if *out {
                    design.outages.insert(id.clone());
                } else {
                    design.outages.remove(id);
                }
            }
            Self::SetCompanion { key, on } => {
                if *on {
                    design.companions_off.remove(key);
                } else {
                    design.companions_off.insert(key.clone());
                }
            }
            Self::SetScenario { name, commands } => {
                set_or_remove(&mut design.scenarios, name, commands.clone());
            }
            Self::SetBookmark { digit, view } => {
                set_or_remove(&mut design.layout.bookmarks, digit, *view);
            }
            Self::ScaleTraffic(factor) => scale_traffic(design, *factor)?,
        }
        Ok(())
    }

    /// What the history panel calls it.
    pub fn label(&self) -> String {
        match self {
            Self::Describe { .. } => "Describe the design".to_owned(),
            Self::AddNode { id, .. } => format!("Add {id}"),
            Self::RemoveNode { id } => format!("Remove {id}"),
            Self::AddLink { id, .. } => format!("Connect {id}"),
            Self::RemoveLink { id } => format!("Disconnect {id}"),
            Self::SetLinkKind { id, kind } => {
                format!("Make {id} a {}", kind.label().to_lowercase())
            }
            Self::Set { path, .. } => format!("Set {path}"),
            Self::SetExpression { path, .. } => format!("Set the expression of {path}"),
            Self::SetRange { path, .. } => format!("Set the range of {path}"),
            Self::SetOverride { figure, .. } => format!("Override {figure}"),
            Self::Rename { id, .. } => format!("Rename {id}"),
            Self::Move { to } => match to.as_slice() {
                [(id, _)] => format!("Move {id}"),
                many => format!("Move {} nodes", many.len()),
            },
            Self::Reroute { id, .. } => format!("Reroute {id}"),
            Self::SetProvider { id, .. } => format!("Set the provider of {id}"),
            Self::SetRegion { id, .. } => format!("Set the region of {id}"),
            Self::SetPin { id, .. } => format!("Choose the service of {id}"),
            Self::SetLocked { id, locked: true } => format!("Lock {id}"),
            Self::SetLocked { id, locked: false } => format!("Unlock {id}"),
            Self::SetGroup { id, .. } => format!("Regroup {id}"),
            Self::EditGroup { id, .. } => format!("Edit group {id}"),
            Self::Collapse { id, .. } => format!("Collapse {id}"),
            Self::SetEnvironment(_) => "Set the environment".to_owned(),
            Self::SetObjectives(_) => "Set the objectives".to_owned(),
            Self::SetBusinessUnit(_) => "Set the business unit".to_owned(),
            Self::SetVariable { name, .. } => format!("Set variable {name}"),
            Self::Ignore { finding, .. } => format!("Ignore {finding}"),
            Self::AddMeasurement(measurement) => format!("Import {}", measurement.file),
            Self::AddComment(_) => "Add a comment".to_owned(),
            Self::RemoveComment(_) => "Remove a comment".to_owned(),
            Self::SetOutage { id, .. } => format!("Switch {id}"),
            Self::SetCompanion { key, .. } => format!("Switch {key}"),
            Self::SetScenario { name, .. } => format!("Edit scenario {name}"),
            Self::SetBookmark { digit, .. } => format!("Set bookmark {digit}"),
            Self::ScaleTraffic(factor) => format!("Set traffic to {factor}x"),
        }
    }
}
