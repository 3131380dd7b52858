//! Forms made from the registry: every parameter of one or several owners.

use std::collections::BTreeSet;

use egui::{RichText, Ui};

use super::super::{Asked, Look, caption, muted, section_ui};
use crate::catalog::Archetype;
use crate::design::param::Parameters;
use crate::design::{Command, Link, LinkId, Node, NodeId, Param, ParamPath, Value};
use crate::ui::field::{Change, Field, field_ui};
use crate::workspace::Action;

/// Something with parameters, and where they are.
pub struct Owner<'a> {
    /// Reads the values.
    pub parameters: &'a dyn Parameters,
    /// The address of a parameter.
    pub path: Box<dyn Fn(&str) -> ParamPath + 'a>,
}

impl<'a> Owner<'a> {
    /// A node.
    pub fn node(id: &'a NodeId, node: &'a Node) -> Self {
        let path = |key: &str| ParamPath::Node(id.clone(), key.to_owned());
        Self {
            parameters: &node.settings,
            path: Box::new(path),
        }
    }

    /// A link.
    pub fn link(id: &'a LinkId, link: &'a Link) -> Self {
        let path = |key: &str| ParamPath::Link(id.clone(), key.to_owned());
        Self {
            parameters: &link.settings,
            path: Box::new(path),
        }
    }
}

/// The rows of some parameters, for all owners at once.
pub fn rows_ui(
    ui: &mut Ui,
    look: Look<'_>,
    owners: &[Owner<'_>],
    params: &[&'static Param],
    asked: &mut Asked,
) {
    for param in params {
        let Some(field) = field_of(look, owners, param) else {
            continue;
        };
        if let Some(change) = field_ui(ui, look.theme, &field) {
            let paths = owners.iter().map(|owner| (owner.path)(param.key)).collect();
            ask(look, paths, change, asked);
        }
    }
}

fn field_of<'a>(look: Look<'a>, owners: &[Owner<'_>], param: &'static Param) -> Option<Field<'a>> {
    let (first, others) = owners.split_first()?;
    let value = first.parameters.effective(param.key)?;
    let differs =
        |owner: &Owner<'_>| owner.parameters.effective(param.key).as_ref() != Some(&value);
    let path = (first.path)(param.key);
    Some(Field {
        param,
        is_stored: owners
            .iter()
            .any(|owner| owner.parameters.get(param.key).is_some()),
        expression: look
            .workspace
            .shown()
            .expressions
            .get(&path)
            .map(String::as_str),
        is_mixed: others.iter().any(differs),
        value,
    })
}

/// Turns the answer of a field into actions on all addresses.
fn ask(look: Look<'_>, paths: Vec<ParamPath>, change: Change, asked: &mut Asked) {
    let set = |value: Option<Value>| -> Vec<Command> {
        paths
            .iter()
            .map(|path| Command::Set {
                path: path.clone(),
                value: value.clone(),
            })
            .collect()
    };
    match change {
        Change::Preview(value) => asked.act(Action::Preview(set(Some(value)))),
        Change::Commit(Some(value)) if paths.iter().all(|path| holds(look, path, &value)) => {
            asked.act(Action::EndPreview);
        }
        Change::Commit(value) => asked.edit(set(value)),
        Change::Follow(expression) => asked.edit(
            paths
                .iter()
                .map(|path| Command::SetExpression {
                    path: path.clone(),
                    expression: Some(expression.clone()),
                })
                .collect(),
        ),
    }
}

/// Whether the design, previews apart, has this value in force already.
fn holds(look: Look<'_>, path: &ParamPath, value: &Value) -> bool {
    let design = look.workspace.design();
    if design.expressions.contains_key(path) {
        return false;
    }
    let in_force = match path {
        ParamPath::Node(id, key) => design.nodes.get(id).and_then(|n| n.settings.effective(key)),
        ParamPath::Link(id, key) => design.links.get(id).and_then(|l| l.settings.effective(key)),
        ParamPath::Figure(_) | ParamPath::Variable(_) => None,
    };
    in_force.as_ref() == Some(value)
}

/// The form of one owner: the parameters that matter, and the rest folded.
pub fn folded_ui(
    ui: &mut Ui,
    look: Look<'_>,
    owner: Owner<'_>,
    is_first: impl Fn(&Param) -> bool,
    asked: &mut Asked,
) {
    let (first, rest): (Vec<_>, Vec<_>) = owner
        .parameters
        .params()
        .iter()
        .partition(|param| is_first(param));
    let owners = [owner];
    rows_ui(ui, look, &owners, &first, asked);
    if rest.is_empty() {
        return;
    }
    let is_changed = |param: &&&'static Param| {
        owners
            .iter()
            .any(|owner| owner.parameters.get(param.key).is_some())
    };
    let changed = rest.iter().filter(is_changed).count();
    let title = match changed {
        0 => format!("More settings ({})", rest.len()),
        _ => format!("More settings ({}, {changed} changed)", rest.len()),
    };
    let title = muted(look.theme, title);
    egui::CollapsingHeader::new(title)
        .id_salt("more")
        .default_open(changed > 0)
        .show_unindented(ui, |ui| rows_ui(ui, look, &owners, &rest, asked));
}

/// Several nodes: what all of them have.
pub fn nodes_ui(ui: &mut Ui, look: Look<'_>, nodes: &[(&NodeId, &Node)], asked: &mut Asked) {
    ui.heading(format!("{} nodes", nodes.len()));
    let kinds: BTreeSet<Archetype> = nodes.iter().map(|(_, node)| node.archetype()).collect();
    let names: Vec<_> = kinds.iter().map(|kind| kind.label()).collect();
    ui.label(caption(look.theme, names.join(", ")));
    total_ui(ui, look, nodes);
    let owners: Vec<_> = nodes
        .iter()
        .map(|(id, node)| Owner::node(id, node))
        .collect();
    shared_ui(ui, look, &owners, asked);
}

fn total_ui(ui: &mut Ui, look: Look<'_>, nodes: &[(&NodeId, &Node)]) {
    let report = look.workspace.report();
    let reports = nodes.iter().filter_map(|(id, _)| report.nodes.get(*id));
    let usd: f64 = reports.map(|node| node.cost.value).sum();
    ui.label(RichText::new(crate::format::usd_per_month(usd)).strong());
}

/// Several links: what all of them have.
pub fn links_ui(ui: &mut Ui, look: Look<'_>, links: &[(&LinkId, &Link)], asked: &mut Asked) {
    ui.heading(format!("{} links", links.len()));
    let owners: Vec<_> = links
        .iter()
        .map(|(id, link)| Owner::link(id, link))
        .collect();
    shared_ui(ui, look, &owners, asked);
}

fn shared_ui(ui: &mut Ui, look: Look<'_>, owners: &[Owner<'_>], asked: &mut Asked) {
    let Some((first, others)) = owners.split_first() else {
        return;
    };
    // Parameters of the same key on different kinds may differ in unit.
    let is_shared = |param: &&Param| {
        others.iter().all(|owner| {
            owner.parameters.param(param.key).is_some_and(|other| {
                other.kind == param.kind && other.unit == param.unit && other.range == param.range
            })
        })
    };
    let params: Vec<_> = first.parameters.params().iter().filter(is_shared).collect();
    section_ui(ui, look.theme, "Shared settings");
    if params.is_empty() {
        ui.label(muted(look.theme, "These nodes have no setting in common."));
    }
    super::scroll_ui(ui, "shared", |ui| rows_ui(ui, look, owners, &params, asked));
}
