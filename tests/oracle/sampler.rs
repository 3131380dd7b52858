//! An independent Monte Carlo of what a trigger's callers wait for.
//!
//! Requests are followed through the *system*, node by node and call by call;
//! no expression of the analysis is read. What is taken from it are the
//! probabilities that it assumes: of cold starts (all together, or each alone)
//! and of failures. Everything else is drawn: counts, choices, the slowest of
//! parallel calls, attempts with pauses, timeouts, cache hits.

use std::collections::BTreeMap;

use nephoscope::analysis::Analysis;
use nephoscope::catalog::Operation;
use nephoscope::design::link::CountLaw;
use nephoscope::design::{LinkKind, Settings};
use nephoscope::law::Law;
use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use crate::random::{Draw, Random};

/// Where the failures of calls come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failures {
    /// From the analysis, independent of how long a call took: its assumption.
    Assumed,
    /// From what happened to this very call: its own error, a call that failed
    /// for good, a timeout.
    Caused,
}

/// A system ready for following requests from its first trigger.
pub struct Oracle {
    stations: Vec<Station>,
    start: usize,
    /// Probability that all functions are cold together.
    together: f64,
    failures: Failures,
}

struct Station {
    /// Steps before any work: how many times, and how long each.
    before: Vec<(f64, Draw)>,
    /// The parts of a cold start.
    start: Vec<Draw>,
    /// Probability of a cold start where not all are cold together.
    alone: f64,
    /// Probability that the work is needed: 1 − cache hits.
    works: f64,
    /// Steps of the work besides calls.
    work: Vec<Draw>,
    stages: Vec<Stage>,
    /// The work is cut off after this [ms].
    timeout: f64,
    /// Whether running into the timeout is a failure of the node.
    timeout_fails: bool,
    error: f64,
}

#[derive(Default)]
struct Stage {
    calls: Vec<(CountLaw, f64, Call)>,
    groups: Vec<Vec<(f64, Call)>>,
}

struct Call {
    /// Steps of the call before the node is asked.
    before: Vec<Draw>,
    /// The node asked; none where only the steps before count.
    node: Option<usize>,
    /// The node whose failures are the call's.
    to: usize,
    failure: f64,
    /// [ms]; infinite for none.
    timeout: f64,
    backoff: f64,
    retries: u32,
}

impl Oracle {
    /// The first trigger's callers; expects one steady bin and no cycles.
    pub fn new(analysis: &Analysis<'_>, failures: Failures) -> Self {
        let graph = &analysis.system.graph;
        let start = analysis.triggers[0];
        let reached = reached(analysis, start);
        let cold = |node: NodeIndex| analysis.station(node).pool[0].cold;
        let functions = || {
            let nodes = reached.iter().copied();
            nodes.filter(|&node| matches!(graph[node].settings, Settings::Function(_)))
        };
        let together = functions()
            .map(|node| all_cold(analysis, node).min(cold(node)))
            .reduce(f64::min)
            .unwrap_or(0.0);
        let stations = graph.node_indices().map(|node| {
            let mut station = station(analysis, node);
            if functions().any(|function| function == node) {
                station.alone = ((cold(node) - together) / (1.0 - together)).clamp(0.0, 1.0);
            }
            station
        });
        Self {
            stations: stations.collect(),
            start: start.index(),
            together,
            failures,
        }
    }

    /// What one caller waits for [ms].
    pub fn sample(&self, random: &mut Random) -> f64 {
        let all_cold = random.chance(self.together);
        self.visit(self.start, all_cold, random).0
    }

    /// Time at a node, and whether it failed.
    fn visit(&self, node: usize, all_cold: bool, random: &mut Random) -> (f64, bool) {
        let station = &self.stations[node];
        let mut time = 0.0;
        for (times, step) in &station.before {
            time += sum(*times, step, random);
        }
        if !station.start.is_empty() && (all_cold || random.chance(station.alone)) {
            time += station
                .start
                .iter()
                .map(|step| step.draw(random))
                .sum::<f64>();
        }
        let mut failed = station.error > 0.0 && random.chance(station.error);
        if station.works >= 1.0 || random.chance(station.works) {
            let mut work: f64 = station.work.iter().map(|step| step.draw(random)).sum();
            for stage in &station.stages {
                let (longest, broken) = self.stage(stage, all_cold, random);
                work += longest;
                failed |= broken;
            }
            failed |= station.timeout_fails && work > station.timeout;
            time += work.min(station.timeout);
        }
        (time, failed)
    }

    fn stage(&self, stage: &Stage, all_cold: bool, random: &mut Random) -> (f64, bool) {
        let (mut longest, mut failed) = (0.0_f64, false);
        let mut take = |(time, broken): (f64, bool)| {
            longest = longest.max(time);
            failed |= broken;
        };
        for (law, count, call) in &stage.calls {
            let times = match law {
                CountLaw::Poisson => random.poisson(*count),
                _ => whole(*count, random),
            };
            let mut row = (0.0, false);
            for _ in 0..times {
                let one = self.attempts(call, all_cold, random);
                row = (row.0 + one.0, row.1 | one.1);
            }
            take(row);
        }
        for group in &stage.groups {
            let mut at =
                random.uniform() * group.iter().map(|(share, _)| share).sum::<f64>().max(1.0);
            for (share, call) in group {
                if at < *share {
                    take(self.attempts(call, all_cold, random));
                    break;
                }
                at -= share;
            }
        }
        (longest, failed)
    }

    /// Until success or the last attempt; whether that failed too.
    fn attempts(&self, call: &Call, all_cold: bool, random: &mut Random) -> (f64, bool) {
        let (mut time, mut pause) = (0.0, call.backoff);
        for attempt in 0..=call.retries {
            let (one, failed) = self.attempt(call, all_cold, random);
            time += one;
            if !failed {
                return (time, false);
            }
            if attempt < call.retries {
                time += pause;
                pause *= 2.0;
            }
        }
        (time, true)
    }

    fn attempt(&self, call: &Call, all_cold: bool, random: &mut Random) -> (f64, bool) {
        let mut time: f64 = call.before.iter().map(|step| step.draw(random)).sum();
        let mut broken = false;
        if let Some(node) = call.node {
            let (inner, failed) = self.visit(node, all_cold, random);
            time += inner;
            broken = failed;
        } else if self.failures == Failures::Caused {
            broken = random.chance(self.stations[call.to].error);
        }
        if self.failures == Failures::Assumed {
            broken = call.failure > 0.0 && random.chance(call.failure);
        }
        if time > call.timeout {
            (call.timeout, true)
        } else {
            (time, broken)
        }
    }
}

/// A whole number of this mean: a fraction is a chance of once more.
fn whole(times: f64, random: &mut Random) -> u32 {
    let more = times.fract() > 0.0 && random.chance(times.fract());
    times as u32 + u32::from(more)
}

fn sum(times: f64, step: &Draw, random: &mut Random) -> f64 {
    (0..whole(times, random)).map(|_| step.draw(random)).sum()
}

/// Nodes that the trigger's callers may wait for.
fn reached(analysis: &Analysis<'_>, start: NodeIndex) -> Vec<NodeIndex> {
    let (mut seen, mut open) = (vec![start], vec![start]);
    while let Some(node) = open.pop() {
        for edge in analysis
            .system
            .graph
            .edges_directed(node, Direction::Outgoing)
        {
            if edge.weight().kind.is_synchronous() && !seen.contains(&edge.target()) {
                seen.push(edge.target());
                open.push(edge.target());
            }
        }
    }
    seen
}

/// exp(−λ (T + E[S])): nothing has come for so long that no instance is left.
fn all_cold(analysis: &Analysis<'_>, node: NodeIndex) -> f64 {
    let compute = analysis.system.graph[node]
        .service
        .and_then(|service| service.compute.as_ref())
        .unwrap();
    let rate = analysis.station(node).invocations[0];
    (-rate * (compute.idle_timeout.value + analysis.work_mean(node) / 1_000.0)).exp()
}

fn station(analysis: &Analysis<'_>, node: NodeIndex) -> Station {
    let system = analysis.system;
    let own = &system.graph[node];
    let timing = |operation| own.timing(operation).map(|law| (1.0, Draw::new(law)));
    let mut station = Station {
        before: Vec::new(),
        start: Vec::new(),
        alone: 0.0,
        works: 1.0,
        work: Vec::new(),
        stages: Vec::new(),
        timeout: f64::INFINITY,
        timeout_fails: false,
        error: 0.0,
    };
    let mut calls = true;
    match &own.settings {
        Settings::Trigger(trigger) => {
            let round_trip = trigger.round_trip();
            station.before = vec![
                (1.0, Draw::new(&round_trip)),
                (
                    trigger.new_connections(),
                    Draw::new(&round_trip.scaled(2.0)),
                ),
            ];
        }
        Settings::Cdn(cdn) => {
            station.before.extend(timing(Operation::Handle));
            station.works = 1.0 - cdn.hit_ratio();
        }
        Settings::Gateway(gateway) => {
            station.before.extend(timing(Operation::Handle));
            station.works = 1.0 - gateway.hit_ratio();
            station.timeout = gateway.timeout().0;
        }
        Settings::Function(function) => {
            let compute = own
                .service
                .and_then(|service| service.compute.as_ref())
                .unwrap();
            let cores = compute.cores(function.memory().0);
            let parallel = function.parallel();
            let stretch = if cores < 1.0 {
                1.0 / cores
            } else {
                1.0 - parallel + parallel / cores
            };
            station.before.extend(timing(Operation::Handle));
            let init = &compute.init[function.runtime().text()].value;
            station.start = [&compute.allocation.value, init, &function.init_extra()]
                .map(Draw::new)
                .to_vec();
            station.work = vec![
                Draw::new(&function.cpu().scaled(stretch)),
                Draw::new(&function.wait()),
            ];
            station.timeout = function.timeout().0;
            station.timeout_fails = true;
            station.error = function.error_rate();
        }
        Settings::Container(container) => {
            let cpu = container.cpu().scaled(1.0 / container.vcpu().min(1.0));
            station.before.extend(timing(Operation::Handle));
            station.work = vec![Draw::new(&cpu), Draw::new(&container.wait())];
            station.error = container.error_rate();
        }
        Settings::Workflow(workflow) => {
            let step = timing(Operation::Handle).map(|(_, step)| (workflow.extra_steps(), step));
            station.before.extend(step);
            station.work = vec![Draw::new(&workflow.wait())];
        }
        Settings::External(external) => {
            station.before = vec![(1.0, Draw::new(&external.latency()))];
            station.error = external.error_rate();
            calls = false;
        }
        Settings::Service(service) => {
            let law = service.latency();
            station
                .before
                .extend(if law == Law::Fixed(law.mean() * 0.0) {
                    timing(Operation::Handle)
                } else {
                    Some((1.0, Draw::new(&law)))
                });
            station.error = service.error_rate();
            calls = false;
        }
        Settings::Bucket(_) => {
            station.before.extend(timing(Operation::Read));
            calls = false;
        }
        Settings::Queue(_) | Settings::Topic(_) | Settings::Bus(_) | Settings::Stream(_) => {
            station.before.extend(timing(Operation::Accept));
            calls = false;
        }
        _ => {
            station.before.extend(timing(Operation::Handle));
            calls = false;
        }
    }
    station
        .before
        .retain(|(times, step)| *times > 0.0 && !step.is_nothing());
    station.work.retain(|step| !step.is_nothing());
    station.start.retain(|step| !step.is_nothing());
    if calls {
        station.stages = stages(analysis, node);
    }
    station
}

fn stages(analysis: &Analysis<'_>, node: NodeIndex) -> Vec<Stage> {
    let graph = &analysis.system.graph;
    let mut stages: BTreeMap<u32, Stage> = BTreeMap::new();
    let mut groups: BTreeMap<(u32, String), Vec<(f64, Call)>> = BTreeMap::new();
    for edge in graph.edges_directed(node, Direction::Outgoing) {
        let (route, settings) = (edge.weight(), &edge.weight().settings);
        if !route.kind.sender_waits() {
            continue;
        }
        let call = call(analysis, node, edge.target(), route.kind, settings);
        let (stage, count) = (settings.stage(), settings.count());
        let slot = stages.entry(stage).or_default();
        match settings.count_law() {
            CountLaw::Choice => groups
                .entry((stage, settings.choice_group()))
                .or_default()
                .push((count, call)),
            law => slot.calls.push((law, count, call)),
        }
    }
    for ((stage, _), group) in groups {
        stages.entry(stage).or_default().groups.push(group);
    }
    stages.into_values().collect()
}

fn call(
    analysis: &Analysis<'_>,
    from: NodeIndex,
    to: NodeIndex,
    kind: LinkKind,
    settings: &nephoscope::design::LinkSettings,
) -> Call {
    let graph = &analysis.system.graph;
    let is_store = matches!(
        graph[to].settings,
        Settings::Table(_) | Settings::Database(_) | Settings::Bucket(_)
    );
    let (operations, asks): (Vec<(NodeIndex, Operation)>, bool) = match kind {
        LinkKind::Read => (vec![(to, Operation::Read)], false),
        LinkKind::Write => (vec![(to, Operation::Write)], false),
        LinkKind::Request => (Vec::new(), true),
        LinkKind::Step if is_store => {
            let steps = vec![(from, Operation::Handle), (to, Operation::Write)];
            (steps, false)
        }
        LinkKind::Step => (vec![(from, Operation::Handle)], true),
        _ => (vec![(to, Operation::Accept)], false),
    };
    let timeout = settings.timeout().0;
    Call {
        before: operations
            .into_iter()
            .filter_map(|(node, operation)| graph[node].timing(operation).map(Draw::new))
            .collect(),
        node: asks.then_some(to.index()),
        to: to.index(),
        failure: analysis.flow.failure[to.index()],
        timeout: if timeout > 0.0 {
            timeout
        } else {
            f64::INFINITY
        },
        backoff: settings.backoff().0,
        retries: settings.retries(),
    }
}
