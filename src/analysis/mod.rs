//! The instant tier: closed forms, fluids and numeric convolution.
//!
//! A pure function of [`System`]; runs on every edit. Time profiles give rates
//! ([`timeline`]), links pass them on ([`flow`]), functions become pools of
//! instances ([`compute`]), waiting becomes distributions ([`latency`],
//! [`response`]), and usage becomes a bill ([`usage`], [`cost`]).

pub mod account;
mod batch;
mod capacity;
pub mod cause;
pub mod compute;
pub mod connections;
pub mod cost;
pub mod cron;
pub mod dead_letter;
pub mod flow;
pub mod hits;
mod hot_keys;
mod late;
pub mod latency;
pub mod limits;
mod means;
pub mod moments;
pub mod pool;
pub mod queueing;
pub mod response;
pub mod risk;
pub mod runaway;
mod serve;
pub mod single_thread;
mod steady;
pub mod timeline;
pub mod traffic;
pub mod trigger;
pub mod usage;
pub mod waiting;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use petgraph::Direction;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::catalog::Operation;
use crate::design::settings::{Shape, TriggerSettings};
use crate::design::{LinkKind, Settings};
use crate::law::Law;
use crate::system::System;
use crate::units::Millis;

use compute::PoolBin;
use flow::{Flow, Late};
use latency::Builder;
use moments::{Known, Moments};
use response::{Distribution, Evaluator, Response};
use timeline::Timeline;
use traffic::WireState;

/// Cells of the latency grid: fine for what is shown, coarse for sweeps.
const CELLS: (usize, usize) = (1_024, 256);
/// Passes through a design in which something is refused or has to wait: each
/// carries it one such node further.
const ROUNDS: usize = 8;
/// Shares of refused requests that change nothing [1].
const NEGLIGIBLE: f64 = 1e-6;
/// Nodes up to which every node gets a distribution of its own.
const DETAILED: usize = 60;

/// A system with its traffic and what follows from it.
pub struct Analysis<'a> {
    /// What is analysed.
    pub system: &'a System<'a>,
    /// The month in bins.
    pub timeline: Timeline,
    /// Rates per event of each trigger.
    pub flow: Flow,
    /// The triggers, in the order of `timeline.rates`.
    pub triggers: Vec<NodeIndex>,
    stations: Vec<StationState>,
    wires: Vec<WireState>,
    /// Which functions share concurrency.
    pub accounts: account::Accounts,
    /// Whether functions of one pool come near to filling it.
    is_crowded: bool,
    evaluator: Rc<Evaluator>,
    means: RefCell<Vec<Option<f64>>>,
    responses: RefCell<BTreeMap<NodeIndex, Arc<Response>>>,
    works: RefCell<BTreeMap<NodeIndex, Arc<Response>>>,
    known: RefCell<Known>,
    account_rates: limits::AccountRates,
    /// What timeouts cut off and caches answer.
    pub late: Late,
}

/// One node over the bins.
#[derive(Clone, Debug, Default)]
pub struct StationState {
    /// Events [1/s].
    pub events: Vec<f64>,
    /// Everything that arrives, reads included [1/s].
    pub arrivals: Vec<f64>,
    /// Invocations after batching [1/s].
    pub invocations: Vec<f64>,
    /// Pool of a function, instances of a container.
    pub pool: Vec<PoolBin>,
    /// Share of what arrives that is refused and does not come back; empty
    /// where nothing is.
    pub refused: Vec<f64>,
    events_mean: f64,
    arrivals_mean: f64,
    invocations_mean: f64,
}

/// Analyses a system with all traffic multiplied.
///
/// Some things feed back and are fixed points that a few rounds reach: users of
/// a closed loop slow down as answers do, and timeouts fail calls, which are
/// retried. Further rounds tell caches how often they are read.
pub fn analyse<'a>(system: &'a System<'a>, multiplier: f64, fine: bool) -> Analysis<'a> {
    let triggers = system.triggers();
    let mut responses = vec![0.0; triggers.len()];
    let mut late = Late::default();
    let mut flow = flow::flow(system, &late);
    let mut analysis = round(system, &triggers, &flow, multiplier, &responses, fine);
    for _ in 0..8 {
        let next = closed_loops(&analysis);
        let cut = late::late(&analysis);
        let is_late = moved(&cut.nodes, &late.nodes)
            || moved(&cut.links, &late.links)
            || moved(&cut.hits, &late.hits)
            || moved(&cut.batches, &late.batches);
        if !moved(&next, &responses) && !is_late {
            break;
        }
        if is_late {
            late = cut;
            flow = flow::flow(system, &late);
        }
        responses = next;
        analysis = round(system, &triggers, &flow, multiplier, &responses, fine);
    }
    analysis.late = late;
    analysis
}

/// What users of each closed loop wait for [ms]; 0 for other triggers.
fn closed_loops(analysis: &Analysis<'_>) -> Vec<f64> {
    let response = |&trigger: &NodeIndex| match settings(analysis.system, trigger) {
        Some(own) if own.shape() == Shape::ClosedLoop => analysis.response_mean(trigger),
        _ => 0.0,
    };
    analysis.triggers.iter().map(response).collect()
}

/// Whether any value has changed by more than a millionth; what is missing
/// was 0.
fn moved(new: &[f64], old: &[f64]) -> bool {
    new.iter().enumerate().any(|(index, new)| {
        let old = old.get(index).copied().unwrap_or(0.0);
        (new - old).abs() > 1e-6 * old.abs().max(1.0)
    })
}

fn settings<'a>(system: &'a System<'_>, node: NodeIndex) -> Option<&'a TriggerSettings> {
    match &system.graph[node].settings {
        Settings::Trigger(trigger) => Some(trigger),
        _ => None,
    }
}

fn round<'a>(
    system: &'a System<'a>,
    triggers: &[NodeIndex],
    flow: &Flow,
    multiplier: f64,
    responses: &[f64],
    fine: bool,
) -> Analysis<'a> {
    let sources: Vec<timeline::Source<'_>> = triggers
        .iter()
        .filter_map(|&trigger| settings(system, trigger))
        .map(|trigger| {
            (
                trigger,
                system.series.get(&trigger.replay()).map(Arc::as_ref),
            )
        })
        .collect();
    // Only what nobody waits for can be handled after an event.
    let tails = system
        .graph
        .edge_weights()
        .any(|route| !route.kind.is_synchronous());
    let response = |place: usize| responses.get(place).copied().unwrap_or(0.0);
    let timeline = timeline::timeline(&sources, multiplier, &response, tails);
    assemble(system, triggers.to_vec(), flow.clone(), timeline, fine)
}

/// Puts an analysis together for any timeline and influence.
pub fn assemble<'a>(
    system: &'a System<'a>,
    triggers: Vec<NodeIndex>,
    flow: Flow,
    timeline: Timeline,
    fine: bool,
) -> Analysis<'a> {
    let mut analysis = bare(system, triggers, flow, timeline, fine);
    for _ in 0..ROUNDS {
        analysis.pass();
        if !analysis.settle() {
            break;
        }
        analysis.forget();
    }
    analysis
}

/// The same where everything is carried, whatever limits say: for rates that
/// are known to be what a limit lets through.
pub fn carried<'a>(
    system: &'a System<'a>,
    triggers: Vec<NodeIndex>,
    flow: Flow,
    timeline: Timeline,
) -> Analysis<'a> {
    let mut analysis = bare(system, triggers, flow, timeline, false);
    analysis.pass();
    analysis
}

thread_local! {
    // The evaluators of this thread. They only remember what
    // laws look like on their grids, so results do not depend on what they
    // have seen; edits and sweeps find most laws of the last run still there.
    static DETAILED_GRID: Rc<Evaluator> = Rc::new(Evaluator::new(CELLS.0));
    static COARSE_GRID: Rc<Evaluator> = Rc::new(Evaluator::new(CELLS.1));
}

fn evaluator(fine: bool) -> Rc<Evaluator> {
    if fine {
        DETAILED_GRID.with(Rc::clone)
    } else {
        COARSE_GRID.with(Rc::clone)
    }
}

fn bare<'a>(
    system: &'a System<'a>,
    triggers: Vec<NodeIndex>,
    flow: Flow,
    timeline: Timeline,
    fine: bool,
) -> Analysis<'a> {
    let nodes = system.graph.node_count();
    Analysis {
        system,
        stations: vec![StationState::default(); nodes],
        wires: vec![WireState::default(); system.graph.edge_count()],
        accounts: account::Accounts::of(system),
        is_crowded: false,
        evaluator: evaluator(fine && nodes <= DETAILED),
        means: RefCell::new(vec![None; nodes]),
        responses: RefCell::default(),
        works: RefCell::default(),
        known: RefCell::default(),
        account_rates: limits::AccountRates::new(),
        late: Late::default(),
        triggers,
        timeline,
        flow,
    }
}

impl Analysis<'_> {
    /// One node over the bins.
    pub fn station(&self, node: NodeIndex) -> &StationState {
        &self.stations[node.index()]
    }

    /// Traffic down, capacity up.
    fn pass(&mut self) {
        traffic::carry(self);
        serve::fill_pools(self);
        account::share_pools(self);
        self.account_rates = limits::account_rates(self);
    }

    /// Forgets what rests on the pools of the last pass.
    fn forget(&mut self) {
        self.means.get_mut().fill(None);
        self.responses.get_mut().clear();
        self.works.get_mut().clear();
    }

    /// Takes over what was refused and what waits; whether that changes what
    /// arrives anywhere.
    fn settle(&mut self) -> bool {
        let crowded = account::is_crowded(self);
        let mut changed = crowded != self.is_crowded;
        self.is_crowded = crowded;
        for node in self.system.graph.node_indices() {
            let bins = self.timeline.bins.len();
            let refused: Vec<f64> = (0..bins)
                .map(|bin| limits::refused(self, node, bin))
                .collect();
            let state = &mut self.stations[node.index()];
            if refused.iter().all(|share| *share <= NEGLIGIBLE) {
                changed |= !state.refused.is_empty();
                state.refused = Vec::new();
                continue;
            }
            let before = |bin: usize| state.refused_in(bin);
            changed |= refused
                .iter()
                .enumerate()
                .any(|(bin, share)| (share - before(bin)).abs() > 1e-4);
            state.refused = refused;
        }
        changed | self.wires.iter_mut().any(WireState::has_moved)
    }

    /// Mean over the month of a quantity by bin; 0 where there is none.
    pub fn mean_of(&self, values: &[f64]) -> f64 {
        self.timeline
            .mean(|bin| values.get(bin).copied().unwrap_or(0.0))
    }

    /// One link over the bins.
    pub fn wire(&self, edge: EdgeIndex) -> &WireState {
        &self.wires[edge.index()]
    }

    /// What passes over a link, retries included, mean over the month [1/s].
    pub fn link_rate_mean(&self, edge: EdgeIndex) -> f64 {
        self.wires[edge.index()].rate_mean()
    }

    /// Hand-overs over a link, mean over the month [1/s].
    pub fn batches_mean(&self, edge: EdgeIndex) -> f64 {
        self.wires[edge.index()].batches_mean()
    }

    /// Longest time between firings of the n-th trigger [s].
    fn firing_gap(&self, trigger: usize) -> f64 {
        self.triggers
            .get(trigger)
            .and_then(|&node| settings(self.system, node))
            .and_then(|trigger| cron::Schedule::parse(&trigger.cron()).ok())
            .map_or(f64::INFINITY, |schedule| schedule.longest_gap())
    }

    /// What callers of a node wait for, cold starts at their mean share.
    pub fn response(&self, node: NodeIndex) -> Arc<Response> {
        self.built(|builder| builder.response(node))
    }

    /// Builds with cold starts at their mean share. Pools are filled from the
    /// deepest callee up, so that a response once built stays true and is kept.
    fn built(&self, build: impl FnOnce(&mut Builder<'_>) -> Arc<Response>) -> Arc<Response> {
        let cold = |function: NodeIndex| self.cold_mean(function);
        let known = self.responses.take();
        let sharing = |container: NodeIndex| capacity::sharing(self, container);
        let waiting = |store: NodeIndex| single_thread::response(self, store);
        let mut builder = Builder::new(self.system, &self.flow, &cold)
            .sharing(&sharing)
            .waiting(&waiting)
            .knowing(known);
        let response = build(&mut builder);
        self.responses.replace(builder.into_known());
        response
    }

    /// Its mean [ms].
    pub fn response_mean(&self, node: NodeIndex) -> f64 {
        self.moments(&self.response(node)).mean
    }

    /// The handler of a function for one event, cold start apart.
    pub fn work(&self, node: NodeIndex) -> Arc<Response> {
        let Settings::Function(function) = &self.system.graph[node].settings else {
            return self.response(node);
        };
        if let Some(known) = self.works.borrow().get(&node) {
            return Arc::clone(known);
        }
        let inner = self.built(|builder| builder.work(node, function));
        let at = latency::timeout(self.system, node).unwrap_or(function.timeout());
        let work = Arc::new(Response::Truncated { inner, at });
        self.works.borrow_mut().insert(node, Arc::clone(&work));
        work
    }

    /// Its mean [ms].
    pub fn work_mean(&self, node: NodeIndex) -> f64 {
        if let Some(Some(known)) = self.means.borrow().get(node.index()) {
            return *known;
        }
        let mean = self.moments(&self.work(node)).mean;
        if let Some(slot) = self.means.borrow_mut().get_mut(node.index()) {
            *slot = Some(mean);
        }
        mean
    }

    /// The mean that the handler would have without its timeout [ms].
    pub fn uncut_mean(&self, node: NodeIndex) -> f64 {
        match self.work(node).as_ref() {
            Response::Truncated { inner, .. } => self.moments(inner).mean,
            _ => self.work_mean(node),
        }
    }

    /// What a node itself takes, its callees apart [ms].
    pub fn own_mean(&self, node: NodeIndex) -> f64 {
        let station = &self.system.graph[node];
        let timing = |operation| station.timing(operation).map_or(0.0, |law| law.mean().0);
        match &station.settings {
            Settings::Function(function) => {
                let stretch = latency::cpu_stretch(self.system, node, function);
                let start = latency::cold_start(self.system, node, function)
                    .map_or(0.0, |start| start.mean() * self.cold_mean(node));
                let cpu = function.cpu().mean().0 * stretch;
                timing(Operation::Handle) + cpu + function.wait().mean().0 + start
            }
            Settings::Container(container) => {
                container.cpu().mean().0 / container.vcpu().min(1.0) + container.wait().mean().0
            }
            Settings::Trigger(trigger) => {
                trigger.round_trip().mean().0 * (1.0 + 2.0 * trigger.new_connections())
            }
            Settings::Table(_)
            | Settings::Database(_)
            | Settings::Bucket(_)
            | Settings::Cache(_)
            | Settings::Search(_) => self.access_mean(node),
            Settings::Queue(_) | Settings::Topic(_) | Settings::Bus(_) | Settings::Stream(_) => {
                timing(Operation::Accept)
            }
            Settings::Workflow(workflow) => {
                timing(Operation::Handle) * workflow.extra_steps() + workflow.wait().mean().0
            }
            Settings::Service(_) | Settings::External(_) => self.response_mean(node),
            _ => timing(Operation::Handle),
        }
    }

    /// Mean time of one access to a store, reads and writes by their rates [ms].
    fn access_mean(&self, node: NodeIndex) -> f64 {
        let (mut time, mut rate) = (0.0, 0.0);
        for edge in self.system.graph.edges_directed(node, Direction::Incoming) {
            let operation = match edge.weight().kind {
                LinkKind::Read | LinkKind::Request => Operation::Read,
                _ => Operation::Write,
            };
            let own = self.link_rate_mean(edge.id());
            let law = self.system.graph[node].timing(operation);
            time += own * law.map_or(0.0, |law| law.mean().0);
            rate += own;
        }
        if rate > 0.0 {
            time / rate + single_thread::wait_mean(self, node)
        } else {
            0.0
        }
    }

    /// Time of one invocation or run as a law of the same mean and variance:
    /// fixed where nothing varies, else lognormal.
    pub fn duration_law(&self, node: NodeIndex) -> Law {
        let work = self.work(node);
        let events = self.stations[node.index()].events_mean;
        let invocations = self.invocations_mean(node);
        let batch = if invocations > 0.0 {
            (events / invocations).max(0.0)
        } else {
            1.0
        };
        let one = self.moments(&work);
        // The events of a batch are handled one after the other.
        Moments {
            mean: one.mean * batch,
            variance: one.variance * batch,
        }
        .law()
    }

    /// Mean and variance of a response.
    pub fn moments(&self, response: &Arc<Response>) -> Moments {
        moments::moments(response, &mut self.known.borrow_mut())
    }

    /// Median, 95th and 99th percentile of a response [ms]: from its
    /// distribution where the design is small enough to afford it for every
    /// node, else from the lognormal law of its mean and variance.
    pub fn percentiles(&self, response: &Arc<Response>) -> [f64; 3] {
        if self.is_detailed() {
            let distribution = self.distribution(response);
            return [
                distribution.p50().0,
                distribution.p95().0,
                distribution.p99().0,
            ];
        }
        let law = self.moments(response).law();
        [0.5, 0.95, 0.99].map(|p| law.quantile(p).0)
    }

    /// Whether every node gets a distribution of its own.
    pub fn is_detailed(&self) -> bool {
        self.system.graph.node_count() <= DETAILED
    }

    /// P(response ≤ at), on a coarse grid whoever looks: rates and bills rest on
    /// it, which are the same in a report and in a sweep.
    pub fn cdf(&self, response: &Arc<Response>, at: Millis) -> f64 {
        evaluator(false).evaluate(response).cdf(at)
    }

    /// The distribution of a response.
    pub fn distribution(&self, response: &Arc<Response>) -> Distribution {
        self.evaluator.evaluate(response)
    }
}
