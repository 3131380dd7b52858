//! Cost and latency against traffic, and where either jumps.
//!
//! [`cliff`] finds and names the multipliers at which something gives way: an
//! allowance ends, a tier begins, a limit holds requests up. [`providers`]
//! does the same for several providers and finds where one becomes cheaper
//! than another.

pub mod cliff;
pub mod providers;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;

use super::trial::{Outcome, Trial};
use crate::catalog::{Catalog, ProviderId};
use crate::design::{Design, NodeId};
use crate::report::{CostLine, Report};

use cliff::Surveyor;
pub use cliff::{Cliff, CliffKind};
pub use providers::{ProviderSweep, ProviderSweeps, providers, providers_over};

/// Points of a sweep: 0.1x to 1000x on a logarithmic scale.
pub const POINTS: usize = 61;
/// Parts of the cost that a curve is kept for; the rest is one more.
const STACKS: usize = 11;

/// One multiplier.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweepPoint {
    /// Multiplier on all traffic.
    pub traffic: f64,
    /// USD per month.
    pub usd: f64,
    /// False where a price is missing: the cost then is a lower bound.
    pub complete: bool,
    /// 99th percentile by trigger [ms], in the order of `TrafficSweep::triggers`.
    pub p99: Vec<f64>,
    /// Highest probability of being refused, over all triggers.
    pub throttle: f64,
}

/// One part of the cost against traffic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stack {
    /// The node that causes it; none for the sum of all that is small.
    pub node: Option<NodeId>,
    /// The companion that bills it, where the node itself does not.
    pub companion: Option<String>,
    /// Service and meter, for people.
    pub name: String,
    /// USD per month, point by point.
    pub usd: Vec<f64>,
}

/// A whole sweep.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TrafficSweep {
    /// The triggers that percentiles are given for.
    pub triggers: Vec<NodeId>,
    /// From the lowest multiplier to the highest.
    pub points: Vec<SweepPoint>,
    /// Where something gives way, from the lowest multiplier to the highest.
    pub cliffs: Vec<Cliff>,
    /// What the cost is made of, largest share first; parts add up to the
    /// cost of each point.
    pub stacks: Vec<Stack>,
}

impl TrafficSweep {
    /// What breaks first: limits in the order in which they are hit.
    pub fn breaks(&self) -> impl Iterator<Item = &Cliff> {
        self.cliffs.iter().filter(|cliff| cliff.kind.is_limit())
    }

    /// The multiplier at which the cost is twice that of 1x; none where it
    /// does not double within the sweep, or costs nothing.
    pub fn doubling(&self) -> Option<f64> {
        let (lower, upper) = self.around(1.0)?;
        let now = along(lower, upper, 1.0);
        let pairs = self.points.iter().zip(self.points.iter().skip(1));
        let (before, after) = pairs
            .filter(|(before, after)| after.traffic > 1.0 && before.usd < 2.0 * now)
            .find(|(_, after)| now > 0.0 && after.usd >= 2.0 * now)?;
        let share = (2.0 * now - before.usd) / (after.usd - before.usd);
        Some(before.traffic * (after.traffic / before.traffic).powf(share))
    }

    fn around(&self, traffic: f64) -> Option<(&SweepPoint, &SweepPoint)> {
        let above = self.points.iter().position(|p| p.traffic >= traffic)?;
        let upper = self.points.get(above)?;
        Some((self.points.get(above.saturating_sub(1))?, upper))
    }
}

/// Cost between two points, which are close to each other.
fn along(lower: &SweepPoint, upper: &SweepPoint, traffic: f64) -> f64 {
    if upper.traffic <= lower.traffic {
        return upper.usd;
    }
    let share = (traffic - lower.traffic) / (upper.traffic - lower.traffic);
    lower.usd + share * (upper.usd - lower.usd)
}

/// The n-th multiplier of a sweep.
pub fn multiplier(step: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "61 points")]
    let share = step as f64 / (POINTS - 1) as f64;
    10_f64.powf(4.0 * share - 1.0)
}

/// Sweeps the traffic from 0.1x to 1000x; none if it was told to stop.
pub fn traffic(
    design: &Design,
    catalog: &Catalog,
    provider: Option<&ProviderId>,
    stopped: &dyn Fn() -> bool,
) -> Option<TrafficSweep> {
    let factors: Vec<f64> = (0..POINTS).map(multiplier).collect();
    over(design, catalog, provider, &factors, stopped)
}

/// Sweeps the traffic over rising multipliers; none if it was told to stop.
pub fn over(
    design: &Design,
    catalog: &Catalog,
    provider: Option<&ProviderId>,
    factors: &[f64],
    stopped: &dyn Fn() -> bool,
) -> Option<TrafficSweep> {
    let trial = Trial {
        design,
        catalog,
        provider,
        traffic: 1.0,
    };
    let surveyor = Surveyor::new(trial);
    let mut sweep = TrafficSweep::default();
    let mut stacks = Stacks::new(factors.len());
    let mut before: Option<(f64, Report)> = None;
    for (step, &factor) in factors.iter().enumerate() {
        if stopped() {
            return None;
        }
        let report = trial.report(design, factor);
        sweep.triggers = report.triggers.iter().map(|t| t.node.clone()).collect();
        sweep.points.push(point(factor, &report));
        stacks.add(step, &report.cost.lines);
        match &before {
            None => sweep.cliffs.extend(surveyor.at_the_start(factor, &report)),
            Some((low, earlier)) => {
                let found = surveyor.between((*low, earlier), (factor, &report), stopped)?;
                sweep.cliffs.extend(found);
            }
        }
        before = Some((factor, report));
    }
    sweep.cliffs.sort_by(|a, b| a.traffic.total_cmp(&b.traffic));
    sweep.stacks = stacks.finish();
    Some(sweep)
}

fn point(traffic: f64, report: &Report) -> SweepPoint {
    SweepPoint {
        traffic,
        usd: report.cost.total.value,
        complete: report.cost.complete,
        p99: report.triggers.iter().map(|t| t.p99.value).collect(),
        throttle: Outcome::of(report).refused,
    }
}

/// Node, companion, and name.
type Part = (NodeId, Option<String>, String);

/// The parts of the cost while they are collected.
struct Stacks {
    parts: BTreeMap<Part, Vec<f64>>,
    points: usize,
}

impl Stacks {
    fn new(points: usize) -> Self {
        Self {
            parts: BTreeMap::new(),
            points,
        }
    }

    fn add(&mut self, step: usize, lines: &[CostLine]) {
        for line in lines.iter().filter(|line| line.cost.value != 0.0) {
            let name = format!("{}: {}", line.service_name, line.name);
            let part = (line.node.clone(), line.companion.clone(), name);
            let empty = || vec![0.0; self.points];
            let curve = self.parts.entry(part).or_insert_with(empty);
            if let Some(usd) = curve.get_mut(step) {
                *usd += line.cost.value;
            }
        }
    }

    /// The largest parts, and the sum of all others.
    fn finish(self) -> Vec<Stack> {
        let mut all: Vec<Stack> = self
            .parts
            .into_iter()
            .map(|((node, companion, name), usd)| Stack {
                node: Some(node),
                companion,
                name,
                usd,
            })
            .collect();
        let total = sum(&all, self.points);
        // A part that is small in the end can be the largest at first, so
        // shares are compared, not amounts.
        let weight = |stack: &Stack| -> f64 {
            let shares = stack.usd.iter().zip(&total);
            shares.map(|(usd, all)| usd / all.max(1e-12)).sum()
        };
        all.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
        if all.len() > STACKS + 1 {
            let rest = all.split_off(STACKS);
            all.push(Stack {
                node: None,
                companion: None,
                name: format!("{} smaller lines", rest.len()),
                usd: sum(&rest, self.points),
            });
        }
        all
    }
}

fn sum(stacks: &[Stack], points: usize) -> Vec<f64> {
    let mut total = vec![0.0; points];
    for stack in stacks {
        for (sum, usd) in total.iter_mut().zip(&stack.usd) {
            *sum += usd;
        }
    }
    total
}
