//! Measurements into settings: what was measured about a function becomes its
//! CPU time, waiting and initialisation.
//!
//! [`reading`] understands files' text, nothing here opens one. The fit is
//! duration = waiting + CPU time x stretch(memory), as the analysis computes it
//! the other way round; each point is shown predicted against measured.

mod reading;
mod solve;

use serde::Serialize;

use crate::catalog::{Catalog, Compute};
use crate::design::param::Parameters;
use crate::design::settings::FunctionSettings;
use crate::design::{Command, Design, Editor, Measurement, NodeId, ParamPath, Settings, Value};
use crate::format;
use crate::law::Law;
use crate::report::{self, Options};
use crate::units::Millis;

pub use reading::{ImportError, Measured, PowerPoint, Run, read};
use solve::{Observed, split};

/// Probabilities of an empirical law, as far as the sample supports them.
const QUANTILES: [f64; 11] = [
    0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999,
];

/// Where a measurement came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The file's name.
    pub file: &'a str,
    /// The day it was taken, `YYYY-MM-DD`.
    pub date: &'a str,
}

/// What measurements say about a function.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fit {
    /// The function.
    pub node: NodeId,
    /// CPU time of one event at one full core.
    pub cpu: Law,
    /// Waiting besides the calls drawn.
    pub wait: Law,
    /// Initialisation; none where nothing says it.
    pub init: Option<Law>,
    /// What the calls drawn and the platform take of each run, which is no
    /// part of the settings [ms].
    pub around: f64,
    /// Each point that was measured.
    pub points: Vec<Point>,
    /// What could not be told from the file.
    pub notes: Vec<String>,
    /// The edits, for one undo step.
    #[serde(skip)]
    pub commands: Vec<Command>,
}

/// One point, predicted against measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// What: `mean at 512 MB`, `p99`.
    pub what: String,
    /// Measured [ms].
    pub measured: f64,
    /// What the fitted settings give [ms].
    pub predicted: f64,
    /// Predicted over measured, less 1.
    pub error: f64,
}

/// Why measurements do not fit a design.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// No such node.
    #[error("there is no node `{0}`; functions here are {1}")]
    NoNode(NodeId, String),
    /// Another kind of node.
    #[error("`{0}` is a {1}; durations describe functions: {2}")]
    NoFunction(NodeId, String, String),
    /// The edits are refused.
    #[error("{0}")]
    Refused(String),
    /// Every run was cold.
    #[error("every run in the file is a cold start; the handler needs warm runs too")]
    NoWarmRun,
}

/// Fits a function's settings to measurements.
///
/// # Errors
///
/// If the node is no function, or what follows cannot be set on it.
pub fn fit(
    design: &Design,
    catalog: &Catalog,
    node: &NodeId,
    measured: &Measured,
    origin: &Origin<'_>,
) -> Result<Fit, FitError> {
    let function = function(design, node)?;
    let compute = compute(design, catalog, node);
    let around = around(design, catalog, node);
    let stretch = |memory: f64| stretch(compute, memory, function.parallel());
    let mut notes = Vec::new();
    let observed = observed(measured, function);
    if observed.is_empty() {
        return Err(FitError::NoWarmRun);
    }
    let set = (function.cpu().mean().0, function.wait().mean().0);
    let fitted = split(&observed, &stretch, around, set, &mut notes);
    let (cpu, wait) = match measured {
        Measured::Power(_) => (fitted.cpu_law(), fitted.wait_law()),
        Measured::Runs(runs) => {
            let memory = usual_memory(runs, function);
            let sample = warm(runs, memory, function.memory().0);
            let s = stretch(memory);
            if fitted.cpu * s >= fitted.wait {
                let rest = around + fitted.wait;
                let scaled = sample.iter().map(|ms| ((ms - rest) / s).max(0.0));
                (empirical(scaled.collect()), fitted.wait_law())
            } else {
                let rest = around + fitted.cpu * s;
                let shifted = sample.iter().map(|ms| (ms - rest).max(0.0));
                (fitted.cpu_law(), empirical(shifted.collect()))
            }
        }
    };
    let init = init(measured, &mut notes);
    let mut points: Vec<Point> = observed
        .iter()
        .map(|seen| {
            let predicted = around + wait.mean().0 + cpu.mean().0 * stretch(seen.memory);
            let what = format!("mean at {}", format::memory_mb(seen.memory));
            point(what, seen.millis, predicted)
        })
        .collect();
    if let Measured::Runs(runs) = measured {
        let memory = usual_memory(runs, function);
        let sample = sorted(warm(runs, memory, function.memory().0));
        for (name, p) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
            let spread = if matches!(cpu, Law::Quantiles(_)) {
                cpu.quantile(p).0 * stretch(memory) + wait.mean().0
            } else {
                wait.quantile(p).0 + cpu.mean().0 * stretch(memory)
            };
            if let Some(seen) = quantile(&sample, p) {
                points.push(point(name.to_owned(), seen, around + spread));
            }
        }
    }
    let commands = commands(node, (&cpu, &wait, init.as_ref()), origin);
    Editor::tried(design, &commands).map_err(|error| FitError::Refused(error.to_string()))?;
    Ok(Fit {
        node: node.clone(),
        cpu,
        wait,
        init,
        around,
        points,
        notes,
        commands,
    })
}

fn point(what: String, measured: f64, predicted: f64) -> Point {
    let error = if measured > 0.0 {
        predicted / measured - 1.0
    } else {
        0.0
    };
    Point {
        what,
        measured,
        predicted,
        error,
    }
}

fn function<'a>(design: &'a Design, node: &NodeId) -> Result<&'a FunctionSettings, FitError> {
    let functions = || {
        let all = design.nodes.iter();
        let ids = all.filter(|(_, node)| matches!(node.settings, Settings::Function(_)));
        let ids: Vec<&str> = ids.map(|(id, _)| id.as_str()).collect();
        if ids.is_empty() {
            "none".to_owned()
        } else {
            ids.join(", ")
        }
    };
    match design.nodes.get(node).map(|node| &node.settings) {
        Some(Settings::Function(function)) => Ok(function),
        Some(other) => {
            let kind = other.archetype().label().to_lowercase();
            Err(FitError::NoFunction(node.clone(), kind, functions()))
        }
        None => Err(FitError::NoNode(node.clone(), functions())),
    }
}

fn compute<'a>(design: &Design, catalog: &'a Catalog, node: &NodeId) -> Option<&'a Compute> {
    let report = report::build(design, catalog, &quick());
    let service = report.nodes.get(node)?.service.as_ref()?;
    catalog.services.get(service)?.compute.as_ref()
}

fn quick() -> Options {
    Options {
        trace: false,
        ..Options::default()
    }
}

/// How much longer than on one full core the CPU time takes: the share of a
/// core below one, Amdahl's law above.
fn stretch(compute: Option<&Compute>, memory: f64, parallel: f64) -> f64 {
    let cores = compute.map_or(1.0, |compute| compute.cores(memory));
    if cores <= 0.0 {
        1.0
    } else if cores < 1.0 {
        1.0 / cores
    } else {
        (1.0 - parallel) + parallel / cores
    }
}

/// What a run takes besides CPU time and waiting: the calls drawn and the
/// platform's own handling [ms]. By Little's law from an analysis of the
/// design with both at 0.
fn around(design: &Design, catalog: &Catalog, node: &NodeId) -> f64 {
    let mut bare = design.clone();
    if let Some(own) = bare.nodes.get_mut(node) {
        for key in ["cpu", "wait"] {
            // Both take any duration.
            let _ = own.settings.set(key, Some(Value::Number(0.0)));
        }
    }
    bare.expressions
        .retain(|path, _| !matches!(path, ParamPath::Node(other, _) if other == node));
    let report = report::build(&bare, catalog, &quick());
    let Some(own) = report.nodes.get(node) else {
        return 0.0;
    };
    let refused = own.throttle.as_ref().map_or(0.0, |figure| figure.value);
    let served = own.rate.value * (1.0 - refused);
    if served > 0.0 {
        own.concurrency.value / served * 1_000.0
    } else {
        0.0
    }
}

/// Mean durations by memory.
fn observed(measured: &Measured, function: &FunctionSettings) -> Vec<Observed> {
    match measured {
        Measured::Power(points) => points
            .iter()
            .map(|point| Observed {
                memory: point.memory,
                millis: point.duration,
            })
            .collect(),
        Measured::Runs(runs) => {
            let here = function.memory().0;
            memories(runs, here)
                .into_iter()
                .filter_map(|memory| {
                    let sample = warm(runs, memory, here);
                    #[expect(clippy::cast_precision_loss, reason = "rows of a file")]
                    let count = sample.len() as f64;
                    let millis = sample.iter().sum::<f64>() / count;
                    (count > 0.0).then_some(Observed { memory, millis })
                })
                .collect()
        }
    }
}

/// The sizes that were measured; rows without one ran at the function's own.
fn memories(runs: &[Run], own: f64) -> Vec<f64> {
    let mut found: Vec<f64> = runs.iter().map(|run| run.memory.unwrap_or(own)).collect();
    found.sort_by(f64::total_cmp);
    found.dedup();
    found
}

fn warm(runs: &[Run], memory: f64, own: f64) -> Vec<f64> {
    let here = runs.iter().filter(|run| !run.cold);
    let here = here.filter(|run| (run.memory.unwrap_or(own) - memory).abs() < 1e-9);
    here.map(|run| run.duration).collect()
}

/// The measured size nearest to the function's own that has warm runs.
fn usual_memory(runs: &[Run], function: &FunctionSettings) -> f64 {
    let own = function.memory().0;
    let off = |memory: &f64| (memory / own).ln().abs();
    let sizes = memories(runs, own).into_iter();
    let sizes = sizes.filter(|memory| !warm(runs, *memory, own).is_empty());
    sizes
        .min_by(|a, b| off(a).total_cmp(&off(b)))
        .unwrap_or(own)
}

fn init(measured: &Measured, notes: &mut Vec<String>) -> Option<Law> {
    let Measured::Runs(runs) = measured else {
        notes.push("this file says nothing about initialisation: it stays as it is".to_owned());
        return None;
    };
    let found: Vec<f64> = runs.iter().filter_map(|run| run.init).collect();
    if found.is_empty() {
        let why = if runs.iter().any(|run| run.cold) {
            "cold runs have no init_ms: they are left out, and initialisation stays as it is"
        } else {
            "there are no cold runs: initialisation stays as it is"
        };
        notes.push(why.to_owned());
        return None;
    }
    Some(empirical(found))
}

fn sorted(mut sample: Vec<f64>) -> Vec<f64> {
    sample.sort_by(f64::total_cmp);
    sample
}

/// A quantile of a sorted sample by linear interpolation; none of an empty one.
fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    #[expect(clippy::cast_precision_loss, reason = "rows of a file")]
    let place = p * last as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the last row"
    )]
    let below = place as usize;
    let low = sorted.get(below)?;
    let high = sorted.get((below + 1).min(last))?;
    Some(low + (high - low) * place.fract())
}

/// The law of a sample: quantiles with at least one run beyond them.
fn empirical(sample: Vec<f64>) -> Law {
    let sample = sorted(sample);
    #[expect(clippy::cast_precision_loss, reason = "rows of a file")]
    let count = sample.len() as f64;
    let supported = |p: &f64| (*p == 0.5) || p.min(1.0 - p) * count >= 1.0 - 1e-9;
    let points: Vec<(f64, Millis)> = QUANTILES
        .into_iter()
        .filter(supported)
        .filter_map(|p| Some((p, Millis(quantile(&sample, p)?))))
        .collect();
    let law = Law::Quantiles(points);
    let mean = sample.iter().sum::<f64>() / count.max(1.0);
    // Too few runs, or too wide for a law: the mean is still right.
    if count < 3.0 || law.validate().is_err() || mean <= 0.0 {
        return Law::Fixed(Millis(mean));
    }
    law
}

fn commands(
    node: &NodeId,
    (cpu, wait, init): (&Law, &Law, Option<&Law>),
    origin: &Origin<'_>,
) -> Vec<Command> {
    let laws = [("cpu", Some(cpu)), ("wait", Some(wait)), ("init", init)];
    let mut commands = Vec::new();
    for (key, law) in laws {
        let Some(law) = law else { continue };
        let path = ParamPath::Node(node.clone(), key.to_owned());
        commands.push(Command::Set {
            path: path.clone(),
            value: Some(Value::Law(law.clone())),
        });
        commands.push(Command::AddMeasurement(Measurement {
            path,
            value: Value::Law(law.clone()),
            file: origin.file.to_owned(),
            date: origin.date.to_owned(),
        }));
    }
    commands
}

#[cfg(test)]
mod tests;
