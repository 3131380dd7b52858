//! One design on all providers: cost, latency, fidelity, and what makes the
//! difference.
//!
//! Every provider is a whole report of the same design, so that each column
//! can be followed to its formulas and sources like any other number.

use std::collections::BTreeMap;

use serde::Serialize;

use super::translate::{Fidelity, Translation, lock_in, translate};
use crate::catalog::{Catalog, Grade, Provider, ProviderId, RegionId};
use crate::design::{Design, NodeId};
use crate::format;
use crate::report::{self, CostLine, Figure, NodeReport, Options, Report, TriggerReport, Weakness};

/// Causes that are named for each gap.
const CAUSES: usize = 3;

/// A design on all providers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The provider that the design names, which the others are held against.
    pub home: ProviderId,
    /// Multiplier on all traffic.
    pub traffic: f64,
    /// Home first, then those that can run it, cheapest first.
    pub providers: Vec<Column>,
    /// Those that cannot, by id.
    pub excluded: Vec<Excluded>,
}

/// One provider that can run the design.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// The provider.
    pub provider: ProviderId,
    /// Its name.
    pub name: String,
    /// The region compared: the peer of the home region where there is one.
    pub region: RegionId,
    /// Monthly cost.
    pub total: Figure,
    /// False where a price is missing: the total then is a lower bound.
    pub complete: bool,
    /// What part of the total rests on weak figures.
    pub weakness: Weakness,
    /// Slowest trigger: median [ms].
    pub p50: f64,
    /// Slowest trigger: 99th percentile [ms].
    pub p99: f64,
    /// Highest probability of being refused.
    pub throttle: f64,
    /// Highest probability that an instance has to start.
    pub cold_start: f64,
    /// Every trigger.
    pub triggers: Vec<Tail>,
    /// Every node.
    pub nodes: Vec<Cell>,
    /// The worst grade of any node.
    pub fidelity: Fidelity,
    /// Share of the nodes below near, if home were left for this provider.
    pub lock_in: f64,
    /// Cost above home [USD/month].
    pub gap: f64,
    /// What makes the difference in cost, largest first.
    pub causes: Vec<Cause>,
    /// What makes the difference in latency, largest first.
    pub latency_causes: Vec<Cause>,
}

/// The response of one trigger.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tail {
    /// The trigger.
    pub node: NodeId,
    /// Median.
    pub p50: Figure,
    /// 99th percentile.
    pub p99: Figure,
}

/// One node on one provider.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cell {
    /// The node.
    pub node: NodeId,
    /// Its label.
    pub label: String,
    /// The service that stands for it, and how well.
    #[serde(flatten)]
    pub translation: Translation,
    /// Monthly cost with companions; costs of all nodes add up to the total.
    pub cost: Figure,
}

/// One reason for a gap.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cause {
    /// The node.
    pub node: NodeId,
    /// Difference to home, in USD/month or ms.
    pub difference: f64,
    /// In words.
    pub text: String,
}

/// One provider that cannot run the design.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Excluded {
    /// The provider.
    pub provider: ProviderId,
    /// Its name.
    pub name: String,
    /// Nodes that cannot run there, with the reason.
    pub impossible: BTreeMap<NodeId, String>,
}

impl Column {
    /// The weakest grade that the total rests on.
    pub fn grade(&self) -> Option<Grade> {
        self.total.grade
    }
}

/// Analyses a design on every provider; none if it was told to stop.
pub fn compare(
    design: &Design,
    catalog: &Catalog,
    traffic: f64,
    stopped: &dyn Fn() -> bool,
) -> Option<Comparison> {
    let home = design.environment.provider.clone();
    let base = report_on(design, catalog, &home, traffic);
    let mut comparison = Comparison {
        home: home.clone(),
        traffic,
        providers: Vec::new(),
        excluded: Vec::new(),
    };
    for provider in catalog.providers.values() {
        if stopped() {
            return None;
        }
        let nodes = translate(design, catalog, &provider.id);
        if let Some(excluded) = excluded(provider, &nodes).filter(|_| provider.id != home) {
            comparison.excluded.push(excluded);
            continue;
        }
        let column = if provider.id == home {
            column(&provider.name, nodes, &base, &base)
        } else {
            let report = report_on(design, catalog, &provider.id, traffic);
            column(&provider.name, nodes, &report, &base)
        };
        comparison.providers.push(column);
    }
    comparison.providers.sort_by(|a, b| {
        let is_home = |column: &Column| column.provider == home;
        (is_home(b).cmp(&is_home(a))).then(a.total.value.total_cmp(&b.total.value))
    });
    Some(comparison)
}

/// Why a provider cannot run a design that translates to these nodes; none if
/// it can.
pub fn excluded(provider: &Provider, nodes: &BTreeMap<NodeId, Translation>) -> Option<Excluded> {
    let impossible: BTreeMap<_, _> = nodes
        .iter()
        .filter(|(_, node)| node.fidelity == Fidelity::Impossible)
        .map(|(id, node)| (id.clone(), node.reason.clone()))
        .collect();
    (!impossible.is_empty()).then(|| Excluded {
        provider: provider.id.clone(),
        name: provider.name.clone(),
        impossible,
    })
}

fn report_on(design: &Design, catalog: &Catalog, provider: &ProviderId, traffic: f64) -> Report {
    let options = Options {
        traffic,
        provider: Some(provider.clone()),
        ..Options::default()
    };
    report::build(design, catalog, &options)
}

fn column(
    name: &str,
    nodes: BTreeMap<NodeId, Translation>,
    report: &Report,
    base: &Report,
) -> Column {
    let highest = |value: &dyn Fn(&TriggerReport) -> f64| {
        report.triggers.iter().map(value).fold(0.0, f64::max)
    };
    Column {
        provider: report.provider.clone(),
        name: name.to_owned(),
        region: report.region.clone(),
        total: report.cost.total.clone(),
        complete: report.cost.complete,
        weakness: Weakness::of(&report.cost.lines),
        p50: highest(&|trigger| trigger.p50.value),
        p99: highest(&|trigger| trigger.p99.value),
        throttle: highest(&|trigger| trigger.throttle.value),
        cold_start: highest(&|trigger| trigger.cold_start.value),
        triggers: report.triggers.iter().map(tail).collect(),
        fidelity: nodes
            .values()
            .map(|node| node.fidelity)
            .max()
            .unwrap_or(Fidelity::Exact),
        lock_in: lock_in(nodes.values()),
        gap: report.cost.total.value - base.cost.total.value,
        causes: causes(report, base),
        latency_causes: latency_causes(report, base),
        nodes: nodes
            .into_iter()
            .map(|(id, translation)| cell(id, translation, report))
            .collect(),
    }
}

fn tail(trigger: &TriggerReport) -> Tail {
    Tail {
        node: trigger.node.clone(),
        p50: trigger.p50.clone(),
        p99: trigger.p99.clone(),
    }
}

fn cell(id: NodeId, translation: Translation, report: &Report) -> Cell {
    let node = report.nodes.get(&id);
    Cell {
        label: node.map_or_else(|| id.to_string(), |node| node.label.clone()),
        cost: node.map(|node| node.cost.clone()).unwrap_or_default(),
        translation,
        node: id,
    }
}

/// The nodes whose cost differs most, with the meters that stand out.
fn causes(report: &Report, base: &Report) -> Vec<Cause> {
    let mut causes: Vec<Cause> = report
        .nodes
        .iter()
        .filter_map(|(id, node)| {
            let at_home = base.nodes.get(id)?;
            let difference = node.cost.value - at_home.cost.value;
            let text = format!(
                "{}: {}; {} at home",
                node.label,
                billed(report, id, node),
                billed(base, id, at_home)
            );
            Some(Cause {
                node: id.clone(),
                difference,
                text,
            })
        })
        .filter(|cause| cause.difference.abs() >= 0.005)
        .collect();
    largest(&mut causes);
    causes
}

/// `Firestore $12.40, most of it Writes`.
fn billed(report: &Report, id: &NodeId, node: &NodeReport) -> String {
    let lines = &report.cost.lines;
    let own = lines.iter().filter(|line| line.node == *id);
    let most = own.max_by(|a, b| a.exact.cmp(&b.exact));
    let cost = format::usd(node.cost.value);
    let name = if node.service_name.is_empty() {
        "nothing"
    } else {
        node.service_name.as_str()
    };
    match most.filter(|line| line.cost.value > 0.0) {
        Some(line) => format!("{name} {cost}, most of it {}", meter_text(line)),
        None => format!("{name} {cost}"),
    }
}

fn meter_text(line: &CostLine) -> String {
    match &line.companion {
        Some(_) => format!("{} ({})", line.name, line.service_name),
        None => line.name.clone(),
    }
}

/// The nodes on a trigger's path whose share of the mean differs most.
fn latency_causes(report: &Report, base: &Report) -> Vec<Cause> {
    let mut by_node: BTreeMap<NodeId, (f64, f64)> = BTreeMap::new();
    for trigger in &report.triggers {
        for stage in &trigger.stages {
            by_node.entry(stage.node.clone()).or_default().0 += stage.own_mean;
        }
    }
    for trigger in &base.triggers {
        for stage in &trigger.stages {
            by_node.entry(stage.node.clone()).or_default().1 += stage.own_mean;
        }
    }
    let label = |id: &NodeId| {
        let node = report.nodes.get(id);
        node.map_or_else(|| id.to_string(), |node| node.label.clone())
    };
    let mut causes: Vec<Cause> = by_node
        .into_iter()
        .map(|(id, (here, there))| Cause {
            difference: here - there,
            text: format!(
                "{}: {} of the mean; {} at home",
                label(&id),
                format::millis(here),
                format::millis(there)
            ),
            node: id,
        })
        .filter(|cause| cause.difference.abs() >= 0.05)
        .collect();
    largest(&mut causes);
    causes
}

/// Keeps the largest, whichever way they go.
fn largest(causes: &mut Vec<Cause>) {
    causes.sort_by(|a, b| b.difference.abs().total_cmp(&a.difference.abs()));
    causes.truncate(CAUSES);
}

/// Why a provider cannot run a design, in one line.
pub fn why_not(excluded: &Excluded) -> String {
    let mut nodes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (node, reason) in &excluded.impossible {
        nodes.entry(reason).or_default().push(node.as_str());
    }
    let texts: Vec<String> = nodes
        .into_iter()
        .map(|(reason, nodes)| format!("{reason} ({})", nodes.join(", ")))
        .collect();
    texts.join("; ")
}
