//! Edited copies of a design, analysed: what all advice is made of.
//!
//! Whatever advice says of money or time comes from a whole report of a whole
//! design, so that it cannot differ from what the report will say once the
//! advice is taken.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

use crate::catalog::{Catalog, ProviderId, Service};
use crate::design::settings::FunctionSettings;
use crate::design::{Command, Design, Editor, Node, NodeId, ParamPath, Settings, Value};
use crate::report::{self, Options, Report, TriggerReport};

/// Codes of problems that say that a node cannot carry its load.
const STRAINED: [&str; 3] = ["throttled", "overloaded", "times-out"];

/// A design and the circumstances that copies of it are analysed under.
#[derive(Clone, Copy)]
pub struct Trial<'a> {
    /// The design that nothing changes.
    pub design: &'a Design,
    /// The facts.
    pub catalog: &'a Catalog,
    /// Another provider than the design's.
    pub provider: Option<&'a ProviderId>,
    /// Multiplier on all traffic.
    pub traffic: f64,
}

impl<'a> Trial<'a> {
    /// The report of any design, without formulas and sources.
    pub fn report(&self, design: &Design, traffic: f64) -> Report {
        self.build(design, traffic, false)
    }

    /// The same of the design itself, at the trial's traffic.
    pub fn base(&self) -> Report {
        self.report(self.design, self.traffic)
    }

    /// The same with formulas and sources, and with the response of each node.
    pub fn traced(&self, design: &Design) -> Report {
        self.build(design, self.traffic, true)
    }

    fn build(&self, design: &Design, traffic: f64, trace: bool) -> Report {
        let options = Options {
            traffic,
            provider: self.provider.cloned(),
            region: None,
            trace,
        };
        report::build(design, self.catalog, &options)
    }

    /// The design with some edits; none where one of them is refused.
    pub fn edited(&self, commands: &[Command]) -> Option<Design> {
        Editor::tried(self.design, commands).ok()
    }

    /// The report of the design with some edits; none where one is refused.
    pub fn tried(&self, commands: &[Command]) -> Option<Report> {
        Some(self.report(&self.edited(commands)?, self.traffic))
    }

    /// Where a node is placed.
    pub fn provider_of(&self, node: &Node) -> ProviderId {
        let home = self.provider.unwrap_or(&self.design.environment.provider);
        node.provider.as_ref().unwrap_or(home).clone()
    }

    /// The service that stands for a node in a report.
    pub fn service(&self, report: &Report, node: &NodeId) -> Option<&'a Service> {
        let id = report.nodes.get(node)?.service.as_ref()?;
        self.catalog.services.get(id)
    }
}

/// What a report comes to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Cost of the whole design [USD/month].
    pub usd: f64,
    /// False where a price is missing: the cost then is a lower bound.
    pub complete: bool,
    /// 99th percentile of the slowest trigger [ms].
    #[serde(deserialize_with = "unbounded")]
    pub p99: f64,
    /// Highest share of requests that a trigger has refused.
    pub refused: f64,
    /// Highest share of requests that a trigger has wait for a cold start.
    pub cold: f64,
    /// Nodes that refuse work, are overloaded, or cut their work off.
    pub strained: BTreeSet<NodeId>,
}

impl Outcome {
    /// Reads it off a report.
    pub fn of(report: &Report) -> Self {
        let highest = |value: &dyn Fn(&TriggerReport) -> f64| {
            report.triggers.iter().map(value).fold(0.0, f64::max)
        };
        let strained = report.problems.iter();
        Self {
            usd: report.cost.total.value,
            complete: report.cost.complete,
            p99: highest(&|trigger| trigger.p99.value),
            refused: highest(&|trigger| trigger.throttle.value),
            cold: highest(&|trigger| trigger.cold_start.value),
            strained: strained
                .filter(|problem| STRAINED.contains(&problem.code))
                .filter_map(|problem| problem.node.clone())
                .collect(),
        }
    }
}

/// JSON has no infinity: what is unbounded is written as `null`.
fn unbounded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = Option::<f64>::deserialize(deserializer)?;
    Ok(number.unwrap_or(f64::INFINITY))
}

/// Sets one setting of a node.
pub fn set(node: &NodeId, key: &str, value: Value) -> Command {
    Command::Set {
        path: ParamPath::Node(node.clone(), key.to_owned()),
        value: Some(value),
    }
}

/// The same for a number.
pub fn set_number(node: &NodeId, key: &str, value: f64) -> Command {
    set(node, key, Value::Number(value))
}

/// Why there is no advice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAdvice {
    /// It was told to stop.
    #[error("stopped")]
    Stopped,
    /// There is nothing to advise on; the text says why.
    #[error("{0}")]
    Impossible(String),
}

/// Mean time that one event keeps a function busy [ms]; none where nothing
/// arrives. By Little's law, from what the report says of its concurrency.
pub fn duration(report: &Report, function: &NodeId) -> Option<f64> {
    let node = report.nodes.get(function)?;
    let refused = node.throttle.as_ref().map_or(0.0, |share| share.value);
    let served = node.rate.value * (1.0 - refused);
    (served > 0.0).then(|| node.concurrency.value / served * 1_000.0)
}

/// The settings of a function.
///
/// # Errors
///
/// If there is no such node, or it is none.
pub fn function<'a>(design: &'a Design, node: &NodeId) -> Result<&'a FunctionSettings, NoAdvice> {
    let impossible = |text: String| Err(NoAdvice::Impossible(text));
    match design.nodes.get(node).map(|node| &node.settings) {
        Some(Settings::Function(function)) => Ok(function),
        Some(other) => impossible(format!(
            "`{node}` is no function but a {}",
            other.archetype().label().to_lowercase()
        )),
        None => impossible(format!("there is no node `{node}`")),
    }
}
