//! The design as a Mermaid flowchart, for Markdown that renders it.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::escape::mermaid;
use super::{Exporter, wording};
use crate::catalog::Archetype;
use crate::design::{Design, Node, NodeId};
use crate::report::Report;

/// See the module.
pub(super) struct Mermaid;

impl Exporter for Mermaid {
    fn name(&self) -> &'static str {
        "mermaid"
    }

    fn extension(&self) -> &'static str {
        "mmd"
    }

    fn description(&self) -> &'static str {
        "The design as a flowchart that Markdown viewers draw"
    }

    fn export(&self, design: &Design, report: &Report) -> anyhow::Result<Vec<u8>> {
        // Ids such as `end` are words of Mermaid: numbers are not.
        let names: BTreeMap<&NodeId, String> = design
            .nodes
            .keys()
            .enumerate()
            .map(|(number, id)| (id, format!("n{number}")))
            .collect();
        let mut text = String::from("flowchart LR\n");
        for (id, node) in &design.nodes {
            let (open, close) = shape(node.archetype());
            writeln!(
                text,
                "    {}{open}\"{}\"{close}",
                names[id],
                label(design, report, id, node)
            )?;
        }
        for link in design.links.values() {
            let (Some(from), Some(to)) = (names.get(&link.from), names.get(&link.to)) else {
                continue;
            };
            let arrow = if link.kind.is_synchronous() {
                "-->"
            } else {
                "-.->"
            };
            writeln!(text, "    {from} {arrow}|{}| {to}", link.kind.label())?;
        }
        Ok(text.into_bytes())
    }
}

fn label(design: &Design, report: &Report, id: &NodeId, node: &Node) -> String {
    let mut label = mermaid(&wording::title(design, id));
    let kind = report.nodes.get(id).map(|n| n.service_name.as_str());
    let kind = kind
        .filter(|name| !name.is_empty())
        .unwrap_or(node.archetype().label());
    if node.archetype() != Archetype::Note {
        label = format!("{label}<br/>{}", mermaid(kind));
    }
    if let Some(node) = report.nodes.get(id).filter(|n| n.cost.value > 0.0) {
        let cost = wording::known_cost(node.cost.value, node.cost_complete);
        label = format!("{label}<br/>{}", mermaid(&cost));
    }
    label
}

/// The brackets of a shape.
fn shape(archetype: Archetype) -> (&'static str, &'static str) {
    use Archetype as A;
    match archetype {
        A::Trigger => ("([", "])"),
        A::Gateway | A::Cdn => ("{{", "}}"),
        A::Function | A::Container | A::Service | A::Other | A::Note => ("[", "]"),
        A::Workflow => ("[[", "]]"),
        A::Queue | A::Topic | A::Bus | A::Stream => ("[/", "/]"),
        A::Table | A::Database | A::Cache | A::Bucket | A::Search => ("[(", ")]"),
        A::External => ("(", ")"),
    }
}
