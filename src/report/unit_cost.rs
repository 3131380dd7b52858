//! Unit economics: what a unit of business and a million requests cost.
//!
//! A node's cost is shared among triggers by what each causes there; what no
//! trigger reaches stays apart. A share of standing costs (storage, minimum
//! capacity) is in it, so that the parts add up to the bill.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use serde::Serialize;

use crate::analysis::{Analysis, flow};
use crate::design::{Design, NodeId};
use crate::format;
use crate::units::SECONDS_PER_MONTH;

use super::Figure;
use super::cost::Costs;
use super::figures::Figures;

/// Requests that costs are given for.
const MILLION: f64 = 1e6;

/// What units cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct UnitCost {
    /// Cost of one unit of business; none where the design names none.
    pub unit: Option<BusinessUnitCost>,
    /// Each trigger, dearest per million requests first.
    pub triggers: Vec<TriggerCost>,
    /// Cost of nodes that no trigger reaches.
    pub unassigned: Figure,
}

/// Cost of what the business counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BusinessUnitCost {
    /// What is counted: `order`, `report`.
    pub name: String,
    /// The trigger whose requests make one.
    pub trigger: NodeId,
    /// Cost of one.
    pub usd: Figure,
}

/// What one trigger costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TriggerCost {
    /// The trigger.
    pub node: NodeId,
    /// Its label.
    pub label: String,
    /// Its part of the bill.
    pub usd_per_month: Figure,
    /// The same per million requests; none without traffic.
    pub usd_per_million: Option<Figure>,
    /// The dearest way through the design, from the trigger on, with the part
    /// of each node's cost that this trigger causes.
    pub path: Vec<PathCost>,
}

/// One node of a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathCost {
    /// The node.
    pub node: NodeId,
    /// What the trigger causes there [USD/month].
    pub usd: f64,
}

/// Shares the bill among triggers.
pub fn unit_cost(
    figures: Figures<'_>,
    design: &Design,
    analysis: &Analysis<'_>,
    costs: &Costs,
) -> UnitCost {
    let triggers = &analysis.triggers;
    let traffic: Vec<Vec<f64>> = (0..triggers.len()).map(|t| traffic(analysis, t)).collect();
    let mut parts = vec![BTreeMap::new(); triggers.len()];
    let mut unassigned = 0.0;
    for (id, &node) in &analysis.system.index {
        let usd = costs.by_node.get(id).copied().unwrap_or(0.0);
        let all: f64 = traffic.iter().map(|own| own[node.index()]).sum();
        if all <= 0.0 {
            unassigned += usd;
            continue;
        }
        for (own, parts) in traffic.iter().zip(&mut parts) {
            if own[node.index()] > 0.0 {
                parts.insert(node, usd * own[node.index()] / all);
            }
        }
    }
    let mut found: Vec<TriggerCost> = triggers
        .iter()
        .zip(&parts)
        .map(|(&trigger, parts)| one(figures, analysis, trigger, parts))
        .collect();
    let unit = business_unit(figures, design, &found);
    let per_million = |cost: &TriggerCost| cost.usd_per_million.as_ref().map_or(0.0, |f| f.value);
    found.sort_by(|a, b| per_million(b).total_cmp(&per_million(a)));
    UnitCost {
        unit,
        triggers: found,
        unassigned: figures.figure(unassigned, "USD/month", || {
            "cost of nodes that no trigger reaches".to_owned()
        }),
    }
}

fn business_unit(
    figures: Figures<'_>,
    design: &Design,
    triggers: &[TriggerCost],
) -> Option<BusinessUnitCost> {
    let unit = design.business_unit.as_ref()?;
    let cost = triggers.iter().find(|cost| cost.node == unit.trigger)?;
    let million = cost.usd_per_million.as_ref()?;
    let usd = million.value / MILLION * unit.requests_per_unit;
    Some(BusinessUnitCost {
        name: unit.name.clone(),
        trigger: unit.trigger.clone(),
        usd: figures
            .figure(usd, "USD", || {
                format!(
                    "{} per million requests × {} requests for one {}",
                    format::usd(million.value),
                    format::significant(unit.requests_per_unit, 4),
                    unit.name
                )
            })
            .resting_on(million.sources.clone()),
    })
}

fn one(
    figures: Figures<'_>,
    analysis: &Analysis<'_>,
    trigger: NodeIndex,
    parts: &BTreeMap<NodeIndex, f64>,
) -> TriggerCost {
    let station = &analysis.system.graph[trigger];
    let usd: f64 = parts.values().sum();
    let requests = analysis.mean_of(&analysis.station(trigger).events) * SECONDS_PER_MONTH;
    let per_million = (requests > 0.0).then(|| {
        figures.figure(usd / requests * MILLION, "USD", || {
            format!(
                "{} of the bill ÷ {} requests a month × 1,000,000",
                format::usd(usd),
                format::count(requests)
            )
        })
    });
    TriggerCost {
        node: station.id.clone(),
        label: station.label.clone(),
        usd_per_month: figures.figure(usd, "USD/month", || {
            "sum over nodes of their cost × this trigger's share of what arrives there".to_owned()
        }),
        usd_per_million: per_million,
        path: path(analysis, trigger, parts),
    }
}

/// What arrives at each node because of one trigger [1/s].
fn traffic(analysis: &Analysis<'_>, trigger: usize) -> Vec<f64> {
    let graph = &analysis.system.graph;
    let rate = analysis.timeline.rates.get(trigger).map_or(0.0, |rates| {
        analysis
            .timeline
            .mean(|bin| rates.get(bin).copied().unwrap_or(0.0))
    });
    let Some(influence) = analysis.flow.influence.get(trigger) else {
        return vec![0.0; graph.node_count()];
    };
    let mut found: Vec<f64> = influence.iter().map(|events| rate * events).collect();
    // Reads cause no events, but they are work.
    for edge in graph.edge_indices() {
        let reads = !flow::makes_events(graph[edge].kind);
        if let (true, Some((from, to))) = (reads, graph.edge_endpoints(edge)) {
            found[to.index()] += rate * influence[from.index()] * analysis.flow.gain[edge.index()];
        }
    }
    found
}

/// The way from a trigger along which most is spent.
fn path(
    analysis: &Analysis<'_>,
    trigger: NodeIndex,
    parts: &BTreeMap<NodeIndex, f64>,
) -> Vec<PathCost> {
    let own = |node: NodeIndex| parts.get(&node).copied().unwrap_or(0.0);
    let graph = &analysis.system.graph;
    // Receivers first, so that each node knows its best way on; a way back
    // into a cycle is none.
    let mut best: BTreeMap<NodeIndex, (f64, Option<NodeIndex>)> = BTreeMap::new();
    for component in petgraph::algo::tarjan_scc(graph) {
        for node in component {
            let onward = graph
                .edges_directed(node, Direction::Outgoing)
                .filter(|edge| !analysis.flow.cut[edge.id().index()])
                .filter_map(|edge| Some((best.get(&edge.target())?.0, edge.target())))
                .max_by(|a, b| a.0.total_cmp(&b.0));
            let whole = own(node) + onward.map_or(0.0, |way| way.0);
            best.insert(node, (whole, onward.map(|way| way.1)));
        }
    }
    let (mut here, mut seen, mut path) = (Some(trigger), BTreeSet::new(), Vec::new());
    while let Some(node) = here.filter(|&node| seen.insert(node)) {
        path.push(PathCost {
            node: graph[node].id.clone(),
            usd: own(node),
        });
        here = best.get(&node).and_then(|way| way.1);
    }
    path
}
