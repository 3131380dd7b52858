//! Words that several formats, and the command line, use alike.

use std::collections::BTreeMap;

use crate::design::{Design, NodeId};
use crate::format;
use crate::report::{CostLine, CostReport, NodeReport, Problem, Report, Severity};

/// Where a problem is, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// At a node, by its label.
    Node(String),
    /// On a link, by the labels of its ends.
    Link(String),
    /// In the design as a whole.
    Design,
}

impl std::fmt::Display for Where {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Node(name) | Self::Link(name) => f.write_str(name),
            Self::Design => f.write_str("design"),
        }
    }
}

/// Where a problem is.
pub fn place(design: &Design, problem: &Problem) -> Where {
    if let Some(node) = &problem.node {
        return Where::Node(title(design, node));
    }
    match &problem.link {
        Some(id) => Where::Link(design.links.get(id).map_or_else(
            || id.to_string(),
            |link| {
                format!(
                    "{} → {}",
                    title(design, &link.from),
                    title(design, &link.to)
                )
            },
        )),
        None => Where::Design,
    }
}

/// A total as it may be quoted: `at least $84.2 /mo` where a price is missing.
pub fn cost_text(cost: &CostReport) -> String {
    known_cost(cost.total.value, cost.complete)
}

/// A monthly cost, as a lower bound where it is not complete.
pub(crate) fn known_cost(usd: f64, complete: bool) -> String {
    let text = format::usd_per_month(usd);
    if complete {
        text
    } else {
        format!("at least {text}")
    }
}

/// What a node is called.
pub(crate) fn title(design: &Design, id: &NodeId) -> String {
    design
        .nodes
        .get(id)
        .map_or(id.as_str(), |node| node.title(id))
        .to_owned()
}

/// A loop, written as a path.
pub(crate) fn path(design: &Design, nodes: &[NodeId]) -> String {
    let titles: Vec<_> = nodes.iter().map(|id| title(design, id)).collect();
    titles.join(" → ")
}

/// The word for a severity.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    }
}

/// One row of the cost table: a node with its companions.
pub(crate) struct CostRow<'a> {
    /// The node.
    pub node: &'a NodeId,
    /// What it is called.
    pub title: String,
    /// The services that bill it, in order of cost.
    pub services: Vec<&'a str>,
    /// USD per month.
    pub usd: f64,
    /// Whether every price is known.
    pub complete: bool,
}

/// The bill by node, dearest first.
pub(crate) fn cost_rows<'a>(design: &Design, report: &'a Report) -> Vec<CostRow<'a>> {
    let mut lines: BTreeMap<&NodeId, Vec<&CostLine>> = BTreeMap::new();
    for line in &report.cost.lines {
        lines.entry(&line.node).or_default().push(line);
    }
    let mut rows: Vec<_> = report
        .nodes
        .iter()
        .map(|(id, node)| CostRow {
            node: id,
            title: title(design, id),
            services: services(node, lines.remove(id).unwrap_or_default()),
            usd: node.cost.value,
            complete: node.cost_complete,
        })
        .filter(|row| row.usd != 0.0 || !row.complete)
        .collect();
    rows.sort_by(|a, b| b.usd.total_cmp(&a.usd).then_with(|| a.node.cmp(b.node)));
    rows
}

/// The services that bill a node, dearest first.
fn services<'a>(node: &'a NodeReport, mut lines: Vec<&'a CostLine>) -> Vec<&'a str> {
    lines.sort_by(|a, b| b.cost.value.total_cmp(&a.cost.value));
    let mut services: Vec<&str> = Vec::new();
    for line in lines {
        if !services.contains(&line.service_name.as_str()) {
            services.push(&line.service_name);
        }
    }
    if services.is_empty() && !node.service_name.is_empty() {
        services.push(&node.service_name);
    }
    services
}

/// The worst problem of each node that has one.
pub(crate) fn worst(report: &Report) -> BTreeMap<&NodeId, Severity> {
    let mut worst = BTreeMap::new();
    for problem in &report.problems {
        if let Some(node) = &problem.node {
            let entry = worst.entry(node).or_insert(problem.severity);
            *entry = (*entry).min(problem.severity);
        }
    }
    worst
}

/// Under which circumstances a report holds, in one line.
pub(crate) fn circumstances(report: &Report) -> String {
    let mut parts = Vec::new();
    for part in [report.provider.as_str(), report.region.as_str()] {
        if !part.is_empty() {
            parts.push(part.to_owned());
        }
    }
    let traffic = format::significant(report.traffic, 4);
    parts.push(format!("traffic {traffic}x"));
    parts.join(" · ")
}

/// What a design is called.
pub(crate) fn name(design: &Design) -> &str {
    if design.name.is_empty() {
        "Unnamed design"
    } else {
        &design.name
    }
}

/// What is to be read with the numbers.
pub(crate) const NOTE: &str = "Estimates from published prices and documented or measured timings; \
                               every figure names its source and grade in the JSON and HTML reports.";
