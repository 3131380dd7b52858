//! How much memory a function should have: cost and time of every size.

use serde::Serialize;

use super::trial::{NoAdvice, Outcome, Trial, duration, function, set_number};
use crate::catalog::Compute;
use crate::design::settings::FunctionSettings;
use crate::design::{Command, NodeId};
use crate::report::Report;

/// Sizes that are tried where a service has any multiple of a step:
/// `(up to, every)` [MB].
const GRID: [(f64, f64); 4] = [
    (1_024.0, 64.0),
    (2_048.0, 128.0),
    (4_096.0, 256.0),
    (f64::INFINITY, 512.0),
];
/// Durations that differ by less than this share count as equal: between them
/// the cheaper size is the better one.
const SAME: f64 = 0.005;

/// One size.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MemoryPoint {
    /// Memory [MB].
    pub memory: f64,
    /// Cost of the function with its companions [USD/month].
    pub usd: f64,
    /// Mean time that one event keeps it busy [ms].
    pub duration: f64,
    /// What the whole design comes to.
    pub outcome: Outcome,
    /// The edits that choose this size.
    #[serde(skip)]
    pub commands: Vec<Command>,
}

/// All sizes of one function.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MemorySweep {
    /// The function.
    pub node: NodeId,
    /// Its label.
    pub label: String,
    /// From the smallest size to the largest; never empty.
    pub points: Vec<MemoryPoint>,
    /// The size in force.
    pub current: usize,
    /// The size that costs least.
    pub cheapest: usize,
    /// The size that is done first.
    pub fastest: usize,
    /// The size with the least sum of cost and time, each against its highest,
    /// at equal weights.
    ///
    /// Source: AWS Lambda Power Tuning, strategy `balanced`, weight 0.5.
    pub balanced: usize,
}

/// Tries every size of a function.
///
/// # Errors
///
/// If there is no such function, nothing reaches it, its service has no sizes,
/// or it was told to stop.
pub fn memory(
    trial: Trial<'_>,
    node: &NodeId,
    stopped: &dyn Fn() -> bool,
) -> Result<MemorySweep, NoAdvice> {
    let settings = function(trial.design, node)?;
    let base = trial.base();
    let service = trial.service(&base, node);
    let compute = service.and_then(|service| service.compute.as_ref());
    let compute = compute.ok_or_else(|| {
        NoAdvice::Impossible(format!("nothing is known of the sizes of `{node}`"))
    })?;
    if duration(&base, node).is_none() {
        let what = format!("nothing reaches `{node}`, so that its memory makes no difference");
        return Err(NoAdvice::Impossible(what));
    }
    let now = compute.memory(settings.memory().0);
    let mut points = Vec::new();
    for size in sizes(compute, settings, now) {
        if stopped() {
            return Err(NoAdvice::Stopped);
        }
        let commands = vec![set_number(node, "memory", size)];
        let report = trial.tried(&commands);
        points.extend(report.and_then(|report| point(&report, node, size, commands)));
    }
    let at = |size: f64| points.iter().position(|point| point.memory == size);
    let current = at(now);
    let Some(current) = current else {
        let what = format!("the memory of `{node}` cannot be changed: is it locked?");
        return Err(NoAdvice::Impossible(what));
    };
    let label = base.nodes.get(node).map(|node| node.label.clone());
    Ok(MemorySweep {
        node: node.clone(),
        label: label.unwrap_or_default(),
        current,
        cheapest: least(&points, |point| point.usd),
        fastest: fastest(&points),
        balanced: balanced(&points),
        points,
    })
}

fn point(
    report: &Report,
    node: &NodeId,
    memory: f64,
    commands: Vec<Command>,
) -> Option<MemoryPoint> {
    Some(MemoryPoint {
        memory,
        usd: report.nodes.get(node)?.cost.value,
        duration: duration(report, node)?,
        outcome: Outcome::of(report),
        commands,
    })
}

/// The sizes that make sense: those in which the code fits, and none beyond
/// the second core where a second core has nothing to do.
fn sizes(compute: &Compute, settings: &FunctionSettings, now: f64) -> Vec<f64> {
    let mut sizes = if compute.memory_sizes.is_empty() {
        grid(compute)
    } else {
        compute.memory_sizes.clone()
    };
    let needed = settings.working_set().0;
    let is_serial = settings.parallel() <= 0.0;
    let enough = |size: f64| compute.cores(size) >= 2.0;
    let useful = sizes.iter().copied().find(|size| enough(*size));
    let most = useful.filter(|_| is_serial).unwrap_or(f64::INFINITY);
    sizes.retain(|size| (needed..=most).contains(size));
    sizes.push(now);
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    sizes
}

fn grid(compute: &Compute) -> Vec<f64> {
    let mut sizes = Vec::new();
    let mut size = compute.memory_min;
    while size <= compute.memory_max {
        sizes.push(compute.memory(size));
        let every = GRID.iter().find(|(up_to, _)| size < *up_to);
        let every = every.map_or(512.0, |(_, every)| *every);
        size = ((size / every).floor() + 1.0) * every;
    }
    sizes
}

/// The first point with the least value.
fn least(points: &[MemoryPoint], value: impl Fn(&MemoryPoint) -> f64) -> usize {
    let indices = 0..points.len();
    let of = |index: usize| points.get(index).map_or(f64::INFINITY, &value);
    indices
        .min_by(|a, b| of(*a).total_cmp(&of(*b)))
        .unwrap_or(0)
}

fn fastest(points: &[MemoryPoint]) -> usize {
    let first = points
        .iter()
        .map(|p| p.duration)
        .fold(f64::INFINITY, f64::min);
    least(points, |point| {
        if point.duration <= first * (1.0 + SAME) {
            point.usd
        } else {
            f64::INFINITY
        }
    })
}

fn balanced(points: &[MemoryPoint]) -> usize {
    let highest =
        |value: fn(&MemoryPoint) -> f64| points.iter().map(value).fold(f64::MIN_POSITIVE, f64::max);
    let usd = highest(|point| point.usd);
    let duration = highest(|point| point.duration);
    least(points, |point| {
        0.5 * point.usd / usd + 0.5 * point.duration / duration
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::fixture::{calls, catalog};
    use crate::design::Value;
    use crate::design::param::Parameters as _;
    use crate::law::Law;
    use crate::units::Millis;

    fn law(millis: f64) -> Value {
        Value::Law(Law::Fixed(Millis(millis)))
    }

    fn swept(key: &str, value: Value) -> MemorySweep {
        let mut design = calls("10/s");
        let work = design.nodes.get_mut("work").unwrap();
        work.settings.set(key, Some(value)).unwrap();
        let trial = Trial {
            design: &design,
            catalog: catalog(),
            provider: None,
            traffic: 1.0,
        };
        memory(trial, &"work".into(), &|| false).unwrap()
    }

    #[test]
    fn work_that_waits_wants_the_least_memory() {
        let sweep = swept("cpu", law(0.001));
        assert_eq!(sweep.cheapest, 0);
        assert!((128.0..=192.0).contains(&sweep.points[sweep.cheapest].memory));
    }

    #[test]
    fn work_of_the_processor_is_done_first_at_one_full_core() {
        let sweep = swept("cpu", law(400.0));
        assert!(
            (12..=46).contains(&sweep.points.len()),
            "{}",
            sweep.points.len()
        );
        // AWS gives a full core at 1,769 MB: 400 ms there, 400 × 1,769/512 at
        // 512 MB, and no more speed above.
        let of = |index: usize| &sweep.points[index];
        assert!((1_769.0..=1_920.0).contains(&of(sweep.fastest).memory));
        let current = of(sweep.current);
        assert_eq!(current.memory, 512.0);
        let expected = 400.0 * 1_769.0 / 512.0;
        assert!(
            (current.duration / expected - 1.0).abs() < 0.01,
            "{}",
            current.duration
        );
        let fastest = of(sweep.fastest);
        assert!(
            (fastest.duration / 400.0 - 1.0).abs() < 0.02,
            "{}",
            fastest.duration
        );
        // GB-seconds are the same below the full core, so that time is free.
        assert!(fastest.usd < current.usd * 1.1);
        assert!(of(sweep.balanced).memory >= 1_024.0);
        assert!(fastest.outcome.p99 < current.outcome.p99);
    }

    #[test]
    fn what_cannot_be_swept_says_why() {
        let design = calls("10/s");
        let trial = Trial {
            design: &design,
            catalog: catalog(),
            provider: None,
            traffic: 1.0,
        };
        let error = |node: &str| {
            memory(trial, &node.into(), &|| false)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(error("clients"), "`clients` is no function but a trigger");
        assert_eq!(error("nobody"), "there is no node `nobody`");
        let stopped = memory(trial, &"work".into(), &|| true);
        assert_eq!(stopped, Err(NoAdvice::Stopped));
    }
}
