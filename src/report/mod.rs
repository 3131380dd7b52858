//! Everything that was computed about one revision of a design.
//!
//! Plain data: window, command line and exporters read nothing else, so they
//! cannot disagree. Every number is a [`Figure`] that says its unit, the
//! formula with the inputs in force, and the dated sources that it rests on.

mod backlog;
mod build;
mod cost;
mod figures;
mod outlook;
mod problems;
mod risk;
mod store;
mod trigger;
mod unit_cost;
mod weak;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::catalog::{Archetype, Catalog, FigureId, Grade, ProviderId, RegionId, ServiceId};
use crate::design::{Command, Design, LinkId, LinkKind, NodeId};

pub use backlog::{Backlog, DeadLetters, Refusal};
pub use outlook::Outlook;
pub use risk::{Bound, Lever, Loss, NodeRisk, Risk, RiskCause, TriggerRisk};
pub use trigger::Cause;
pub use unit_cost::{BusinessUnitCost, PathCost, TriggerCost, UnitCost};
pub use weak::{WeakLine, Weakness};

/// The version of the JSON that [`Report`] serialises to.
pub const SCHEMA_VERSION: u32 = 1;

/// The result of analysing one revision.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema: u32,
    /// Title of the design.
    pub name: String,
    /// Revision of the design that this belongs to.
    #[serde(skip)]
    pub revision: u64,
    /// The provider in force.
    pub provider: ProviderId,
    /// The home region in force.
    pub region: RegionId,
    /// Multiplier on all traffic.
    pub traffic: f64,
    /// Monthly cost.
    pub cost: CostReport,
    /// End-to-end behaviour, by trigger.
    pub triggers: Vec<TriggerReport>,
    /// Each node.
    pub nodes: BTreeMap<NodeId, NodeReport>,
    /// Each link.
    pub links: BTreeMap<LinkId, LinkReport>,
    /// Loops that feed themselves.
    pub runaways: Vec<Runaway>,
    /// What it can cost at worst, and what caps it.
    pub risk: Risk,
    /// What units cost.
    pub unit_cost: UnitCost,
    /// What growth makes of the bill; empty where nothing grows.
    pub outlook: Vec<Outlook>,
    /// What is wrong, risky or wasteful, worst first.
    pub problems: Vec<Problem>,
}

/// A number that can be traced.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figure {
    /// The number, in `unit`.
    pub value: f64,
    /// Its unit, such as `USD/month` or `ms`.
    pub unit: &'static str,
    /// How it came about, with the inputs in force.
    pub formula: String,
    /// What it rests on.
    pub sources: Vec<SourceNote>,
    /// The weakest grade among the sources.
    pub grade: Option<Grade>,
}

impl Figure {
    /// A figure without sources of its own.
    pub fn new(value: f64, unit: &'static str, formula: impl Into<String>) -> Self {
        Self {
            value,
            unit,
            formula: formula.into(),
            sources: Vec::new(),
            grade: None,
        }
    }

    /// Adds sources and lets the weakest grade win.
    #[must_use]
    pub fn resting_on(mut self, notes: impl IntoIterator<Item = SourceNote>) -> Self {
        for note in notes {
            self.grade = self.grade.max(Some(note.grade));
            if !self.sources.contains(&note) {
                self.sources.push(note);
            }
        }
        self
    }
}

/// One catalog figure that a number rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceNote {
    /// The catalog figure.
    pub figure: FigureId,
    /// Its value as written, with unit.
    pub value: String,
    /// Title of the page.
    pub title: String,
    /// Address of the page.
    pub url: String,
    /// The day it was read.
    pub checked: String,
    /// How far to trust it.
    pub grade: Grade,
}

/// Monthly cost of the whole design.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CostReport {
    /// Total; a lower bound where `complete` is false.
    pub total: Figure,
    /// Sum of the lines as the provider rounds them [USD/month].
    pub invoice: Decimal,
    /// False where a price is missing: the total then reads "at least".
    pub complete: bool,
    /// The bill, shared back to nodes.
    pub lines: Vec<CostLine>,
}

/// One node's part of one meter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostLine {
    /// The node that causes it.
    pub node: NodeId,
    /// The companion that bills it, where the node itself does not.
    pub companion: Option<String>,
    /// Why the companion is there.
    pub reason: Option<String>,
    /// The billing service.
    pub service: ServiceId,
    /// Its short name.
    pub service_name: String,
    /// The meter's id.
    pub meter: String,
    /// The meter's name.
    pub name: String,
    /// Units of the quantity.
    pub unit: String,
    /// Units that this node uses per month.
    pub quantity: f64,
    /// Units of it that an allowance covers.
    pub free: f64,
    /// USD per month, with formula and sources.
    pub cost: Figure,
    /// The same as an exact decimal.
    pub exact: Decimal,
}

/// One trigger, end to end.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TriggerReport {
    /// The trigger.
    pub node: NodeId,
    /// Its label.
    pub label: String,
    /// Mean rate.
    pub rate: Figure,
    /// Highest rate.
    pub peak: Figure,
    /// What waits for an answer: median.
    pub p50: Figure,
    /// 95th percentile.
    pub p95: Figure,
    /// 99th percentile.
    pub p99: Figure,
    /// Mean.
    pub mean: Figure,
    /// Probability that any instance on the way has to start.
    pub cold_start: Figure,
    /// Probability that a request is refused for want of capacity.
    pub throttle: Figure,
    /// Distribution of the response time: milliseconds, probability.
    pub distribution: Vec<(f64, f64)>,
    /// When asynchronous work caused by it is done, by last node.
    pub completions: Vec<Completion>,
    /// Stages that the trigger waits for: node, mean, share of the mean.
    pub stages: Vec<Stage>,
    /// What lengthens the response, by its effect on the 99th percentile.
    pub causes: Vec<Cause>,
}

/// When asynchronous work is done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Completion {
    /// The node that does it.
    pub node: NodeId,
    /// Median from the trigger on.
    pub p50: Figure,
    /// 95th percentile.
    pub p95: Figure,
    /// 99th percentile.
    pub p99: Figure,
}

/// One stage of a synchronous path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stage {
    /// The node.
    pub node: NodeId,
    /// What it contributes to the mean, its callees apart [ms].
    pub own_mean: f64,
    /// Its share of the mean response.
    pub share: f64,
}

/// One node.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeReport {
    /// Label or id.
    pub label: String,
    /// Kind.
    pub archetype: Archetype,
    /// The service that stands for it.
    pub service: Option<ServiceId>,
    /// The service's short name.
    pub service_name: String,
    /// Mean rate of what arrives.
    pub rate: Figure,
    /// Highest rate of what arrives.
    pub peak_rate: Figure,
    /// Mean busy executions.
    pub concurrency: Figure,
    /// Busy executions at the peak.
    pub peak_concurrency: Figure,
    /// Load against the tightest limit at the peak; none without a limit.
    pub utilisation: Option<Figure>,
    /// What the utilisation is measured against.
    pub limit: Option<String>,
    /// Probability that a request starts an instance.
    pub cold_start: Option<Figure>,
    /// Probability that a request is refused.
    pub throttle: Option<Figure>,
    /// Response time of the node, its synchronous callees included: median.
    pub p50: Option<Figure>,
    /// 99th percentile.
    pub p99: Option<Figure>,
    /// Mean.
    pub mean: Option<Figure>,
    /// Monthly cost with companions.
    pub cost: Figure,
    /// False where one of its prices is missing.
    pub cost_complete: bool,
    /// Over the hours of the profile: rate [/s], busy executions, share of the
    /// month.
    pub profile: Vec<ProfileBin>,
    /// What waits here for a consumer; none where nothing ever does.
    pub backlog: Option<Backlog>,
    /// When, why and for how long requests are refused.
    pub refusals: Vec<Refusal>,
    /// Connections that consumers hold to a database at the peak.
    pub connections: Option<Figure>,
    /// Share of the reads that a cache or CDN answers itself.
    pub hit_ratio: Option<Figure>,
}

/// One bin of a time profile.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ProfileBin {
    /// Start, in seconds from the profile's beginning.
    pub start: f64,
    /// Length [s].
    pub length: f64,
    /// Seconds of a month that it stands for.
    pub weight: f64,
    /// Rate of what arrives [/s].
    pub rate: f64,
    /// Busy executions.
    pub concurrency: f64,
    /// Probability of a cold start.
    pub cold: f64,
    /// Probability of being refused.
    pub throttle: f64,
    /// Instances alive.
    pub alive: f64,
    /// Events that wait here at the end of the bin.
    pub waiting: f64,
    /// How long an event that arrives in the bin waits [s].
    pub delay: f64,
}

/// One link.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LinkReport {
    /// Sender.
    pub from: NodeId,
    /// Receiver.
    pub to: NodeId,
    /// How it carries.
    pub kind: LinkKind,
    /// Mean rate, retries included.
    pub rate: Figure,
    /// Attempts per use.
    pub attempts: f64,
}

/// A loop that feeds itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Runaway {
    /// The loop, first node repeated at the end.
    pub path: Vec<NodeId>,
    /// Spectral radius of the loop's gain matrix: events caused per event and
    /// turn.
    pub gain: Figure,
    /// Growth; 0 where the loop only sustains itself [1/s].
    pub growth: Figure,
    /// Cost per hour once the cap is reached.
    pub usd_per_hour: Figure,
    /// Cost after five minutes, an hour and a weekend [USD].
    pub cost_after: Vec<Figure>,
    /// What ends the growth.
    pub cap: String,
}

/// How bad a problem is; worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Severity {
    /// Cannot work.
    Error,
    /// Will hurt.
    Warning,
    /// Could save.
    Hint,
}

/// Something wrong, risky or wasteful.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem {
    /// Stable code: `runaway`, `throttled`, `missing-price` …
    pub code: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Where, if at one node.
    pub node: Option<NodeId>,
    /// Where, if at one link.
    pub link: Option<LinkId>,
    /// What is the matter, in one sentence.
    pub what: String,
    /// Evidence and consequence.
    pub why: String,
    /// What to do, with the edits that do it where one click can.
    pub fix: Option<Fix>,
    /// Address of the provider's page that it rests on.
    pub docs: Option<String>,
}

impl Problem {
    /// A problem of the whole design, without a remedy yet.
    pub(crate) fn new(
        code: &'static str,
        severity: Severity,
        what: impl Into<String>,
        why: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity,
            node: None,
            link: None,
            what: what.into(),
            why: why.into(),
            fix: None,
            docs: None,
        }
    }

    /// Says at which node it is.
    pub(crate) fn at(mut self, node: &NodeId) -> Self {
        self.node = Some(node.clone());
        self
    }

    /// Says on which link it is.
    pub(crate) fn on(mut self, link: &LinkId) -> Self {
        self.link = Some(link.clone());
        self
    }

    /// Gives it a remedy.
    pub(crate) fn mended_by(mut self, label: impl Into<String>, commands: Vec<Command>) -> Self {
        self.fix = Some(Fix {
            label: label.into(),
            commands,
        });
        self
    }

    /// Whether it keeps the total from being complete.
    pub fn is_unpriced(&self) -> bool {
        matches!(
            self.code,
            "missing-price" | "no-service" | "no-such-service" | "no-provider" | "no-region"
        )
    }
}

/// A remedy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fix {
    /// What it does.
    pub label: String,
    /// The edits; empty where a person has to decide.
    #[serde(skip)]
    pub commands: Vec<Command>,
}

/// What to compute.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Multiplier on all traffic.
    pub traffic: f64,
    /// Another provider than the design's.
    pub provider: Option<ProviderId>,
    /// Another region than the design's.
    pub region: Option<RegionId>,
    /// Whether formulas and sources are written out; sweeps do without.
    pub trace: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            traffic: 1.0,
            provider: None,
            region: None,
            trace: true,
        }
    }
}

/// Resolves, analyses and prices a design; never fails.
pub fn build(design: &Design, catalog: &Catalog, options: &Options) -> Report {
    build::build(design, catalog, options)
}
