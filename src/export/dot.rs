//! The design as a Graphviz graph.

use std::fmt::Write;

use super::escape::dot;
use super::{Exporter, wording};
use crate::catalog::Archetype;
use crate::design::Design;
use crate::report::Report;

/// See the module.
pub(super) struct Dot;

impl Exporter for Dot {
    fn name(&self) -> &'static str {
        "dot"
    }

    fn extension(&self) -> &'static str {
        "dot"
    }

    fn description(&self) -> &'static str {
        "The design as a graph for Graphviz"
    }

    fn export(&self, design: &Design, report: &Report) -> anyhow::Result<Vec<u8>> {
        let mut text = format!("digraph \"{}\" {{\n", dot(wording::name(design)));
        text.push_str("    rankdir=LR;\n    node [fontname=\"sans-serif\" fontsize=11];\n");
        text.push_str("    edge [fontname=\"sans-serif\" fontsize=9];\n");
        for (id, node) in &design.nodes {
            let mut label = dot(&wording::title(design, id));
            if let Some(node) = report.nodes.get(id) {
                if !node.service_name.is_empty() {
                    write!(label, "\\n{}", dot(&node.service_name))?;
                }
                if node.cost.value > 0.0 {
                    let cost = wording::known_cost(node.cost.value, node.cost_complete);
                    write!(label, "\\n{}", dot(&cost))?;
                }
            }
            let shape = shape(node.archetype());
            writeln!(
                text,
                "    \"{}\" [label=\"{label}\" shape={shape}];",
                dot(id.as_str())
            )?;
        }
        for link in design.links.values() {
            let (from, to) = (dot(link.from.as_str()), dot(link.to.as_str()));
            let style = if link.kind.is_synchronous() {
                "solid"
            } else {
                "dashed"
            };
            let label = link.kind.label();
            writeln!(
                text,
                "    \"{from}\" -> \"{to}\" [label=\"{label}\" style={style}];"
            )?;
        }
        text.push_str("}\n");
        Ok(text.into_bytes())
    }
}

fn shape(archetype: Archetype) -> &'static str {
    use Archetype as A;
    match archetype {
        A::Trigger => "ellipse",
        A::Gateway | A::Cdn => "hexagon",
        A::Function | A::Container | A::Service | A::Other => "box",
        A::Workflow => "component",
        A::Queue | A::Topic | A::Bus | A::Stream => "cds",
        A::Table | A::Database | A::Cache | A::Bucket | A::Search => "cylinder",
        A::External => "octagon",
        A::Note => "note",
    }
}
