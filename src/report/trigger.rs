//! Each trigger, end to end, and why it takes as long as it does.

use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;
use serde::Serialize;

use crate::analysis::cause::{self, Without};
use crate::analysis::{Analysis, trigger};
use crate::design::NodeId;
use crate::format;

use super::build::estimated;
use super::figures::{Figures, cold_figures, timing_figures};
use super::{Completion, Stage, TriggerReport};

/// Points of a distribution in a report.
const POINTS: usize = 160;

/// What lengthens a response, and what would be gained without it. Effects are
/// marginal, so they need not add up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cause {
    /// `cold-starts`, `retries`, `queueing`, `time` or `tail`.
    pub kind: &'static str,
    /// The node, where it is one's.
    pub node: Option<NodeId>,
    /// In words.
    pub text: String,
    /// By how much the median would fall [ms].
    pub p50_ms: f64,
    /// By how much the 99th percentile would fall [ms].
    pub p99_ms: f64,
}

fn causes(analysis: &Analysis<'_>, start: NodeIndex, journey: &trigger::Journey) -> Vec<Cause> {
    let name = |node: NodeIndex| analysis.system.graph[node].label.clone();
    cause::causes(analysis, start, journey)
        .into_iter()
        .map(|found| {
            let (kind, node, what) = match found.without {
                Without::Nothing => ("nothing", None, "everything as it is".to_owned()),
                Without::ColdStarts => ("cold-starts", None, "cold starts".to_owned()),
                Without::Retries => ("retries", None, "retries and client timeouts".to_owned()),
                Without::Queueing => (
                    "queueing",
                    None,
                    "requests that share processors".to_owned(),
                ),
                Without::Time(node) => ("time", Some(node), format!("the time of {}", name(node))),
                Without::Tail(node) => (
                    "tail",
                    Some(node),
                    format!("what {} takes beyond its median", name(node)),
                ),
            };
            Cause {
                kind,
                node: node.map(|node| analysis.system.graph[node].id.clone()),
                text: format!(
                    "Without {what}: p50 {} and p99 {} less",
                    format::millis(found.p50.max(0.0)),
                    format::millis(found.p99.max(0.0))
                ),
                p50_ms: found.p50,
                p99_ms: found.p99,
            }
        })
        .collect()
}

/// Every trigger.
pub(super) fn triggers(figures: Figures<'_>, analysis: &Analysis<'_>) -> Vec<TriggerReport> {
    (0..analysis.triggers.len())
        .filter_map(|index| one_trigger(figures, analysis, index))
        .collect()
}

fn one_trigger(
    figures: Figures<'_>,
    analysis: &Analysis<'_>,
    index: usize,
) -> Option<TriggerReport> {
    let journey = trigger::journey(analysis, index)?;
    let node = *analysis.triggers.get(index)?;
    let station = &analysis.system.graph[node];
    let rates = analysis.timeline.rates.get(index)?;
    let rate = |bin: usize| rates.get(bin).copied().unwrap_or(0.0);
    let distribution = analysis.distribution(&journey.response);
    let mut timings: Vec<_> = journey
        .visits
        .keys()
        .flat_map(|&n| timing_figures(analysis, n))
        .collect();
    timings.dedup();
    let path = || path_text(analysis, &journey.visits);
    let percentile = |value: f64, name: &str| {
        let figure = figures.figure(value, "ms", || {
            format!(
                "{name} of the response over {}, cold starts included",
                path()
            )
        });
        figures.resting_on(figure, &timings)
    };
    let colds: Vec<_> = journey
        .visits
        .keys()
        .flat_map(|&n| cold_figures(analysis, n))
        .collect();
    let cold = figures.figure(journey.cold, "probability", || {
        "1 − (1 − q) Π (1 − r): q that all functions on the way are cold together, r each alone"
            .to_owned()
    });
    let throttle = figures.figure(journey.throttle, "probability", || {
        "1 − Π (1 − refused) over the nodes on the way, weighted by when requests come".to_owned()
    });
    Some(TriggerReport {
        node: station.id.clone(),
        label: station.label.clone(),
        rate: figures.figure(analysis.timeline.mean(rate), "1/s", || {
            "mean over the month".to_owned()
        }),
        peak: figures.figure(analysis.timeline.peak(rate), "1/s", || {
            "highest rate of the profile".to_owned()
        }),
        p50: percentile(distribution.p50().0, "median"),
        p95: percentile(distribution.p95().0, "95th percentile"),
        p99: percentile(distribution.p99().0, "99th percentile"),
        mean: percentile(distribution.mean().0, "mean"),
        cold_start: figures.resting_on(cold, &colds),
        throttle,
        distribution: if figures.trace {
            distribution
                .points(POINTS)
                .into_iter()
                .map(|(x, p)| (x.0, p))
                .collect()
        } else {
            Vec::new()
        },
        completions: if figures.trace {
            completions(figures, analysis, index)
        } else {
            Vec::new()
        },
        stages: stages(analysis, &journey),
        causes: if figures.trace && analysis.is_detailed() {
            causes(analysis, node, &journey)
        } else {
            Vec::new()
        },
    })
}

fn path_text(analysis: &Analysis<'_>, visits: &BTreeMap<NodeIndex, f64>) -> String {
    let labels: Vec<&str> = visits
        .iter()
        .filter(|(_, uses)| **uses > 0.0)
        .map(|(&node, _)| analysis.system.graph[node].id.as_str())
        .collect();
    labels.join(", ")
}

fn completions(figures: Figures<'_>, analysis: &Analysis<'_>, index: usize) -> Vec<Completion> {
    trigger::completions(analysis, index)
        .into_iter()
        .map(|(node, response)| {
            let [p50, p95, p99] = analysis.percentiles(&response);
            let figure = |value: f64, name: &str| {
                figures.figure(value, "ms", || {
                    format!(
                        "{name} of the time from the trigger until this node is done{}",
                        estimated(analysis)
                    )
                })
            };
            Completion {
                node: analysis.system.graph[node].id.clone(),
                p50: figure(p50, "median"),
                p95: figure(p95, "95th percentile"),
                p99: figure(p99, "99th percentile"),
            }
        })
        .collect()
}

/// What each node on the way contributes to the mean, its callees apart.
fn stages(analysis: &Analysis<'_>, journey: &trigger::Journey) -> Vec<Stage> {
    let own: Vec<(NodeIndex, f64)> = journey
        .visits
        .iter()
        .map(|(&node, &uses)| (node, uses * analysis.own_mean(node)))
        .filter(|(_, mean)| *mean > 0.0)
        .collect();
    let total: f64 = own.iter().map(|(_, mean)| mean).sum();
    let mut stages: Vec<Stage> = own
        .into_iter()
        .map(|(node, own_mean)| Stage {
            node: analysis.system.graph[node].id.clone(),
            own_mean,
            share: if total > 0.0 { own_mean / total } else { 0.0 },
        })
        .collect();
    stages.sort_by(|a, b| b.own_mean.total_cmp(&a.own_mean));
    stages
}
