//! How many instances to keep ready, and what else keeps cold starts away.

use std::cmp::Ordering;

use serde::Serialize;

use super::trial::{NoAdvice, Outcome, Trial, function, set, set_number};
use crate::design::{Command, NodeId, Value};
use crate::report::{NodeReport, Report};

/// Numbers of instances that are tried, those around the best apart.
const COUNTS: u32 = 16;
/// Instances beyond which no number is tried.
const MOST: u32 = 20_000;
/// Time between warm-up pings as a share of the idle timeout: early enough
/// that no instance is taken away between two.
const PING_EVERY: f64 = 0.5;

/// One number of instances.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProvisionedPoint {
    /// Instances kept ready.
    pub instances: u32,
    /// Hours of each day in which they are.
    pub hours: f64,
    /// Share of the function's invocations that wait for a start.
    pub cold: f64,
    /// What the whole design comes to.
    pub outcome: Outcome,
    /// The edits that choose this number.
    #[serde(skip)]
    pub commands: Vec<Command>,
}

/// Another way to avoid cold starts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternative {
    /// What it is.
    pub label: String,
    /// Share of the function's invocations that wait for a start.
    pub cold: f64,
    /// What the whole design comes to.
    pub outcome: Outcome,
    /// The edits that choose it.
    #[serde(skip)]
    pub commands: Vec<Command>,
}

/// Numbers of instances kept ready for one function.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProvisionedSweep {
    /// The function.
    pub node: NodeId,
    /// Its label.
    pub label: String,
    /// By hours, then by instances; all day first. Never empty.
    pub points: Vec<ProvisionedPoint>,
    /// The settings in force, where they are among the points.
    pub current: Option<usize>,
    /// The point that costs least.
    pub cheapest: usize,
    /// Share of its time for which an instance must be busy to pay for itself:
    /// what keeping it ready costs, against what a busy one saves. None where
    /// it saves nothing.
    pub break_even: Option<f64>,
    /// Instances that pay for themselves: each is busy for more of its time
    /// than the break-even, all day.
    ///
    /// Source: the n-th server of an Erlang loss system carries
    /// a (B(n − 1, a) − B(n, a)).
    pub rule: Option<u32>,
    /// Other ways, where they make a difference.
    pub alternatives: Vec<Alternative>,
}

/// Tries numbers of instances kept ready, all day and in the busy hours.
///
/// # Errors
///
/// If there is no such function, its service keeps no instances ready, or it
/// was told to stop.
pub fn provisioned(
    trial: Trial<'_>,
    node: &NodeId,
    stopped: &dyn Fn() -> bool,
) -> Result<ProvisionedSweep, NoAdvice> {
    let own = function(trial.design, node)?;
    let base = trial.base();
    let service = trial.service(&base, node);
    if !service.is_some_and(|service| service.features.contains("provisioned-concurrency")) {
        let name = service.map_or("its service", |service| service.short.as_str());
        let what = format!("{name} keeps no instances of `{node}` ready");
        return Err(NoAdvice::Impossible(what));
    }
    let Some(load) = base.nodes.get(node) else {
        return Err(NoAdvice::Impossible(format!(
            "nothing is known of `{node}`"
        )));
    };
    let break_even = break_even(trial, node, load);
    let rule = break_even.map(|share| marginal_rule(&bins(load), share));
    let mut sweep = Sweep {
        trial,
        node,
        stopped,
        points: Vec::new(),
    };
    let mut counts = counts(load);
    counts.extend(rule);
    counts.push(own.provisioned());
    let mut hours = vec![24.0];
    hours.extend(busy_hours(load));
    hours.push(own.provisioned_hours());
    hours.sort_by(|a, b| b.total_cmp(a));
    hours.dedup();
    for hours in hours {
        for count in &counts {
            sweep.try_out(*count, hours)?;
        }
        sweep.refine(hours)?;
    }
    let mut points = sweep.points;
    points.sort_by(|a, b| {
        let by_hours = b.hours.total_cmp(&a.hours);
        by_hours.then(a.instances.cmp(&b.instances))
    });
    let current = points.iter().position(|point| {
        point.instances == own.provisioned()
            && (point.instances == 0 || point.hours == own.provisioned_hours())
    });
    let cheapest =
        (0..points.len()).min_by(|a, b| points[*a].outcome.usd.total_cmp(&points[*b].outcome.usd));
    let Some(cheapest) = cheapest else {
        let what = format!("`{node}` cannot be changed: is it locked?");
        return Err(NoAdvice::Impossible(what));
    };
    Ok(ProvisionedSweep {
        node: node.clone(),
        label: load.label.clone(),
        points,
        current,
        cheapest,
        break_even,
        rule,
        alternatives: alternatives(trial, node, &base),
    })
}

/// Instances of a function that pay for themselves, see
/// [`ProvisionedSweep::rule`], without trying any number; none where its
/// service keeps nothing ready.
pub fn paying(trial: Trial<'_>, node: &NodeId, base: &Report) -> Option<u32> {
    let service = trial.service(base, node)?;
    if !service.features.contains("provisioned-concurrency") {
        return None;
    }
    let load = base.nodes.get(node)?;
    let share = break_even(trial, node, load);
    Some(share.map_or(0, |share| marginal_rule(&bins(load), share)))
}

struct Sweep<'a> {
    trial: Trial<'a>,
    node: &'a NodeId,
    stopped: &'a dyn Fn() -> bool,
    points: Vec<ProvisionedPoint>,
}

impl Sweep<'_> {
    /// Analyses a number once; nothing is kept ready in no hours.
    fn try_out(&mut self, instances: u32, hours: f64) -> Result<(), NoAdvice> {
        if (self.stopped)() {
            return Err(NoAdvice::Stopped);
        }
        let hours = if instances == 0 { 24.0 } else { hours };
        let is_known = |p: &ProvisionedPoint| p.instances == instances && p.hours == hours;
        if self.points.iter().any(is_known) {
            return Ok(());
        }
        let commands = choose(self.node, instances, hours);
        if let Some(report) = self.trial.tried(&commands) {
            self.points.push(ProvisionedPoint {
                instances,
                hours,
                cold: cold(&report, self.node),
                outcome: Outcome::of(&report),
                commands,
            });
        }
        Ok(())
    }

    /// Closes in on the cheapest number: the cost is convex in it, so that it
    /// lies between the neighbours of the cheapest that is known.
    fn refine(&mut self, hours: f64) -> Result<(), NoAdvice> {
        loop {
            let mut known: Vec<(u32, f64)> = self
                .points
                .iter()
                .filter(|point| point.hours == hours || point.instances == 0)
                .map(|point| (point.instances, point.outcome.usd))
                .collect();
            known.sort_by_key(|(instances, _)| *instances);
            let best = (0..known.len()).min_by(|a, b| known[*a].1.total_cmp(&known[*b].1));
            let Some(best) = best else {
                return Ok(());
            };
            let gap = |low: usize, high: usize| {
                let (low, high) = (known.get(low)?.0, known.get(high)?.0);
                (high - low > 1).then(|| low + (high - low) / 2)
            };
            let below = best.checked_sub(1).and_then(|before| gap(before, best));
            let Some(next) = below.or_else(|| gap(best, best + 1)) else {
                return Ok(());
            };
            let before = self.points.len();
            self.try_out(next, hours)?;
            if self.points.len() == before {
                return Ok(()); // The edit is refused.
            }
        }
    }
}

fn choose(node: &NodeId, instances: u32, hours: f64) -> Vec<Command> {
    vec![
        set_number(node, "provisioned", f64::from(instances)),
        set_number(node, "provisioned_hours", hours),
    ]
}

fn cold(report: &Report, node: &NodeId) -> f64 {
    let own = report.nodes.get(node);
    let cold = own.and_then(|node| node.cold_start.as_ref());
    cold.map_or(0.0, |share| share.value)
}

/// Load by bin: seconds of the month, executions wanted.
fn bins(node: &NodeReport) -> Vec<(f64, f64)> {
    let bins = node.profile.iter();
    bins.map(|bin| {
        let wanted = bin.concurrency / (1.0 - bin.throttle).max(1e-6);
        (bin.weight, wanted)
    })
    .collect()
}

/// Numbers of instances from none to what the peak could need.
fn counts(load: &NodeReport) -> Vec<u32> {
    let peak = bins(load).iter().map(|bin| bin.1).fold(0.0, f64::max);
    let most = (peak + 4.0 * peak.sqrt())
        .ceil()
        .clamp(1.0, f64::from(MOST));
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    #[expect(clippy::cast_sign_loss, reason = "clamped")]
    let most = most as u32;
    let mut counts: Vec<u32> = (0..=COUNTS).map(|n| most * n / COUNTS).collect();
    counts.dedup();
    counts
}

/// Hours of a day in which the load is above its mean; none where it is steady.
fn busy_hours(load: &NodeReport) -> Option<f64> {
    let bins = bins(load);
    let all: f64 = bins.iter().map(|bin| bin.0).sum();
    let mean = bins.iter().map(|bin| bin.0 * bin.1).sum::<f64>() / all;
    let busy = bins.iter().filter(|bin| bin.1 > mean);
    let share = busy.map(|bin| bin.0).sum::<f64>() / all;
    let hours = (24.0 * share).ceil();
    (hours.is_finite() && (1.0..=20.0).contains(&hours)).then_some(hours)
}

/// What an idle instance costs against what a busy one saves, both by analysis:
/// without traffic and one instance, and with so many that nothing spills.
fn break_even(trial: Trial<'_>, node: &NodeId, load: &NodeReport) -> Option<f64> {
    let wanted = bins(load);
    let (seconds, work) = wanted.iter().fold((0.0, 0.0), |sum, (weight, busy)| {
        (sum.0 + weight, sum.1 + weight * busy)
    });
    let busy = work / seconds;
    let enough = counts(load).last().map(|most| 2 * most + 20)?;
    let usd = |instances: u32, traffic: f64| {
        let design = trial.edited(&choose(node, instances, 24.0))?;
        let report = trial.report(&design, traffic);
        Some(report.nodes.get(node)?.cost.value)
    };
    let ready = usd(1, 0.0)? - usd(0, 0.0)?;
    let (none, all) = (usd(0, trial.traffic)?, usd(enough, trial.traffic)?);
    let saved = (none + f64::from(enough) * ready - all) / busy;
    let share = ready / saved;
    (share.is_finite() && share > 0.0).then_some(share)
}

/// The number of instances of which each is busy for at least so much of its
/// time; `bins` are weights and executions wanted.
fn marginal_rule(bins: &[(f64, f64)], share: f64) -> u32 {
    let all: f64 = bins.iter().map(|(weight, _)| weight).sum();
    let mut blocked = vec![1.0; bins.len()];
    for n in 1..=MOST {
        let mut carried = 0.0;
        for ((weight, load), blocked) in bins.iter().zip(&mut blocked) {
            // Erlang's recursion from n − 1 servers to n.
            let next = load * *blocked / (f64::from(n) + load * *blocked);
            carried += weight * load * (*blocked - next);
            *blocked = next;
        }
        let used = (carried / all).partial_cmp(&share);
        if used.is_none_or(Ordering::is_lt) {
            return n - 1;
        }
    }
    MOST
}

/// Pings and snapshots, where they change anything.
fn alternatives(trial: Trial<'_>, node: &NodeId, base: &Report) -> Vec<Alternative> {
    let service = trial.service(base, node);
    let compute = service.and_then(|service| service.compute.as_ref());
    let mut ways: Vec<(String, Vec<Command>)> = Vec::new();
    if let Some(compute) = compute {
        let seconds = compute.idle_timeout.value * PING_EVERY;
        let label = format!("A ping every {}", crate::format::millis(seconds * 1_000.0));
        let pings = set_number(node, "warm_up", 1.0 / seconds);
        ways.push((label, vec![pings]));
    }
    if service.is_some_and(|service| service.features.contains("snapshot")) {
        let snapshot = set(node, "snapshot", Value::Flag(true));
        ways.push(("Start from a snapshot".to_owned(), vec![snapshot]));
    }
    // Without instances kept ready: each is held against the others.
    let without = set_number(node, "provisioned", 0.0);
    let plain = trial.tried(std::slice::from_ref(&without));
    let plain = plain.map(|report| (cold(&report, node), Outcome::of(&report)));
    ways.into_iter()
        .filter_map(|(label, mut commands)| {
            commands.push(without.clone());
            let report = trial.tried(&commands)?;
            let way = (cold(&report, node), Outcome::of(&report));
            // What no figure uses must not look like a result.
            (Some(&way) != plain.as_ref()).then_some(Alternative {
                label,
                cold: way.0,
                outcome: way.1,
                commands,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::fixture::{calls, catalog, rate};
    use crate::design::Design;
    use crate::design::param::Parameters as _;
    use crate::law::Law;
    use crate::units::Millis;

    #[test]
    fn the_marginal_rule_of_the_reference_table() {
        #[track_caller]
        fn check(load: f64, expected: u32) {
            assert_eq!(marginal_rule(&[(1.0, load)], 0.6), expected, "{load}");
        }
        check(5.0, 4);
        check(20.0, 20);
        check(100.0, 100);
        check(950.0, 954);
        check(0.0, 0);
        assert_eq!(marginal_rule(&[(1.0, 5.0)], f64::NAN), 0);
        // A day of which half is idle: an instance is busy half as long.
        assert_eq!(marginal_rule(&[(1.0, 20.0), (1.0, 0.0)], 0.6), 0);
    }

    /// A second of work each at 1 GB.
    fn busy(rate_text: &str) -> Design {
        let mut design = calls(rate_text);
        let second = Value::Law(Law::Fixed(Millis(1_000.0)));
        let work = design.nodes.get_mut("work").unwrap();
        for (key, value) in [
            ("wait", second),
            ("cpu", Value::Law(Law::Fixed(Millis(0.0)))),
            ("memory", Value::Number(1_024.0)),
        ] {
            work.settings.set(key, Some(value)).unwrap();
        }
        design
    }

    fn swept(design: &Design) -> ProvisionedSweep {
        let trial = Trial {
            design,
            catalog: catalog(),
            provider: None,
            traffic: 1.0,
        };
        provisioned(trial, &"work".into(), &|| false).unwrap()
    }

    #[test]
    fn an_instance_pays_when_busy_for_60_percent() {
        let sweep = swept(&busy("20/s"));
        let share = sweep.break_even.unwrap();
        // 4.1667 / (16.6667 − 9.7222), and cold starts are billed besides.
        assert!((share - 0.6).abs() < 0.003, "{share}");
        let rule = sweep.rule.unwrap();
        assert!((19..=21).contains(&rule), "{rule}");
        let cheapest = &sweep.points[sweep.cheapest];
        assert!(cheapest.instances.abs_diff(rule) <= 1, "{cheapest:?}");
        let now = &sweep.points[sweep.current.unwrap()];
        assert_eq!(now.instances, 0);
        // The reference table has 299.85 against 333.33.
        let saved = cheapest.outcome.usd / now.outcome.usd;
        assert!((saved - 299.846_5 / 333.334).abs() < 0.01, "{saved}");
        assert!(cheapest.cold < now.cold || now.cold < 1e-4);
    }

    #[test]
    fn a_daily_curve_is_tried_in_its_busy_hours_too() {
        let mut design = busy("20/s");
        let clients = design.nodes.get_mut("clients").unwrap();
        let daily = Value::Choice("daily".to_owned());
        clients.settings.set("shape", Some(daily)).unwrap();
        clients.settings.set("rate", Some(rate("20/s"))).unwrap();
        let sweep = swept(&design);
        let hours: Vec<f64> = sweep.points.iter().map(|p| p.hours).collect();
        assert!(hours.iter().any(|hours| *hours < 24.0), "{hours:?}");
        assert!(sweep.rule.unwrap() < 20);
    }

    #[test]
    fn a_service_that_keeps_nothing_ready_says_so() {
        let design = calls("1/s");
        let cloudflare = "cloudflare".into();
        let trial = Trial {
            design: &design,
            catalog: catalog(),
            provider: Some(&cloudflare),
            traffic: 1.0,
        };
        let error = provisioned(trial, &"work".into(), &|| false).unwrap_err();
        assert!(error.to_string().contains("keeps no instances"), "{error}");
    }
}
