//! End-to-end latency: what a caller waits for, as a [`Response`].
//!
//! A node's response is its own time and then its calls, stage after stage,
//! calls of one stage side by side. Cold starts of functions behind one trigger
//! are correlated: after a silence all are cold together. So a trigger's
//! response is a mixture of "all cold" and "cold independently of each other",
//! which keeps the tail honest where independence would overstate it.

use std::collections::BTreeMap;
use std::sync::Arc;

use petgraph::Direction;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::catalog::{Compute, LimitKind, Operation, Sourced};
use crate::design::link::CountLaw;
use crate::design::settings::{FunctionSettings, Package};
use crate::design::{LinkKind, Settings};
use crate::law::Law;
use crate::system::System;
use crate::units::Millis;

use super::flow::{self, Flow};
use super::moments::{Known, Moments, moments};
use super::response::Response;

/// Most repetitions that are spelled out; more are scaled.
const SPELLED_OUT: f64 = 32.0;

/// A response with something taken away from it, to see what it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Without {
    /// Everything as it is.
    #[default]
    Nothing,
    /// Every instance is there, every database awake.
    ColdStarts,
    /// Every call is made once.
    Retries,
    /// Requests have their processors and threads to themselves.
    Queueing,
    /// A node takes no time of its own.
    Time(NodeIndex),
    /// A node takes its median time every time.
    Tail(NodeIndex),
}

/// Builds responses for one assumption about cold starts.
pub struct Builder<'a> {
    system: &'a System<'a>,
    flow: &'a Flow,
    cold: &'a dyn Fn(NodeIndex) -> f64,
    /// How much longer processor time takes where requests share a processor.
    sharing: Option<&'a dyn Fn(NodeIndex) -> f64>,
    /// What an access waits for where a store has one thread.
    waiting: Option<&'a dyn Fn(NodeIndex) -> Arc<Response>>,
    without: Without,
    known: BTreeMap<NodeIndex, Arc<Response>>,
    open: Vec<NodeIndex>,
}

impl<'a> Builder<'a> {
    /// `cold` gives the probability that a function starts cold.
    pub fn new(system: &'a System<'a>, flow: &'a Flow, cold: &'a dyn Fn(NodeIndex) -> f64) -> Self {
        Self {
            system,
            flow,
            cold,
            sharing: None,
            waiting: None,
            without: Without::Nothing,
            known: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    /// Stretches processor time where requests share a processor.
    #[must_use]
    pub fn sharing(mut self, sharing: &'a dyn Fn(NodeIndex) -> f64) -> Self {
        self.sharing = Some(sharing);
        self
    }

    /// Lets accesses wait where a store has one thread.
    #[must_use]
    pub fn waiting(mut self, waiting: &'a dyn Fn(NodeIndex) -> Arc<Response>) -> Self {
        self.waiting = Some(waiting);
        self
    }

    /// Takes something away.
    #[must_use]
    pub fn without(mut self, what: Without) -> Self {
        self.without = what;
        self
    }

    /// A node's own time.
    fn own(&self, node: NodeIndex, law: Option<&Law>) -> Arc<Response> {
        let Some(law) = law else {
            return Arc::new(Response::Zero);
        };
        Arc::new(match self.without {
            Without::Time(other) if other == node => Response::Zero,
            Without::Tail(other) if other == node => Response::Law(Law::Fixed(law.quantile(0.5))),
            _ => Response::Law(law.clone()),
        })
    }

    /// Probability that a function starts cold, or a database is paused.
    fn cold_share(&self, node: NodeIndex) -> f64 {
        if self.without == Without::ColdStarts {
            0.0
        } else {
            (self.cold)(node)
        }
    }

    /// Starts from responses that were built before under the same assumption.
    #[must_use]
    pub fn knowing(mut self, known: BTreeMap<NodeIndex, Arc<Response>>) -> Self {
        self.known = known;
        self
    }

    /// What was built.
    pub fn into_known(self) -> BTreeMap<NodeIndex, Arc<Response>> {
        self.known
    }

    /// What a caller of the node waits for.
    pub fn response(&mut self, node: NodeIndex) -> Arc<Response> {
        if let Some(known) = self.known.get(&node) {
            return Arc::clone(known);
        }
        if self.open.contains(&node) {
            // A synchronous cycle: reported as a problem; counted once here.
            return Arc::new(Response::Zero);
        }
        self.open.push(node);
        let response = self.build(node);
        self.open.pop();
        self.known.insert(node, Arc::clone(&response));
        response
    }

    fn build(&mut self, node: NodeIndex) -> Arc<Response> {
        let station = &self.system.graph[node];
        let handle = |builder: &Self| builder.own(node, station.timing(Operation::Handle));
        match &station.settings {
            Settings::Function(function) => {
                let start = self.start(node, function);
                let work = self.work(node, function);
                let timeout = Response::Truncated {
                    inner: work,
                    at: timeout(self.system, node).unwrap_or(function.timeout()),
                };
                sequence(vec![handle(self), start, Arc::new(timeout)])
            }
            Settings::Gateway(gateway) => {
                let hits = self.flow.hits.node(node);
                let at = timeout(self.system, node).unwrap_or(gateway.timeout());
                let inner = self.stages(node);
                let calls = Arc::new(Response::Truncated { inner, at });
                sequence(vec![handle(self), sometimes(1.0 - hits, calls)])
            }
            Settings::Cdn(_) => {
                let misses = 1.0 - self.flow.hits.node(node);
                let calls = self.stages(node);
                sequence(vec![handle(self), sometimes(misses, calls)])
            }
            Settings::Container(container) => {
                let shared = match self.sharing {
                    Some(sharing) if self.without != Without::Queueing => sharing(node),
                    _ => 1.0,
                };
                let cpu = container.cpu().scaled(shared / container.vcpu().min(1.0));
                let wait = self.own(node, Some(&container.wait()));
                let calls = self.stages(node);
                let cpu = self.own(node, Some(&cpu));
                sequence(vec![handle(self), cpu, wait, calls])
            }
            Settings::Workflow(workflow) => {
                let extra = repeated(&handle(self), workflow.extra_steps());
                let wait = self.own(node, Some(&workflow.wait()));
                let calls = self.stages(node);
                sequence(vec![extra, wait, calls])
            }
            Settings::Service(service) if service.latency().mean().0 > 0.0 => {
                self.own(node, Some(&service.latency()))
            }
            Settings::External(external) => self.own(node, Some(&external.latency())),
            Settings::Trigger(trigger) => {
                let round_trip = trigger.round_trip();
                let handshakes = self.own(node, Some(&round_trip.scaled(2.0)));
                let connect = sometimes(trigger.new_connections(), handshakes);
                let calls = self.stages(node);
                sequence(vec![self.own(node, Some(&round_trip)), connect, calls])
            }
            Settings::Bucket(_) => self.own(node, station.timing(Operation::Read)),
            Settings::Queue(_) | Settings::Topic(_) | Settings::Bus(_) | Settings::Stream(_) => {
                self.own(node, station.timing(Operation::Accept))
            }
            _ => handle(self),
        }
    }

    /// The handler of a function: CPU time, waiting and calls, cold start apart.
    pub fn work(&mut self, node: NodeIndex, function: &FunctionSettings) -> Arc<Response> {
        let cpu = function
            .cpu()
            .scaled(cpu_stretch(self.system, node, function));
        let wait = self.own(node, Some(&function.wait()));
        let calls = self.stages(node);
        sequence(vec![self.own(node, Some(&cpu)), wait, calls])
    }

    fn start(&self, node: NodeIndex, function: &FunctionSettings) -> Arc<Response> {
        let probability = self.cold_share(node);
        match cold_start(self.system, node, function) {
            Some(start) if probability > 0.0 => sometimes(probability, start.whole()),
            _ => Arc::new(Response::Zero),
        }
    }

    /// The calls that a node waits for, stage after stage.
    fn stages(&mut self, node: NodeIndex) -> Arc<Response> {
        let mut stages: BTreeMap<u32, Vec<EdgeIndex>> = BTreeMap::new();
        for edge in self.system.graph.edges_directed(node, Direction::Outgoing) {
            if edge.weight().kind.sender_waits() {
                let stage = edge.weight().settings.stage();
                stages.entry(stage).or_default().push(edge.id());
            }
        }
        let stages = stages
            .into_values()
            .map(|edges| self.stage(&edges))
            .collect();
        sequence(stages)
    }

    fn stage(&mut self, edges: &[EdgeIndex]) -> Arc<Response> {
        let mut parallel = Vec::new();
        let mut choices: BTreeMap<String, Vec<(f64, Arc<Response>)>> = BTreeMap::new();
        for &edge in edges {
            let settings = &self.system.graph[edge].settings;
            let (law, group) = (settings.count_law(), settings.choice_group());
            // What a filter drops or a cache answers is not waited for.
            let count = settings.count() * self.flow.hits.left(edge);
            let call = self.call(edge);
            match law {
                CountLaw::Choice => choices.entry(group).or_default().push((count, call)),
                CountLaw::Probability => parallel.push(sometimes(count, call)),
                CountLaw::Fixed => parallel.push(repeated(&call, count)),
                CountLaw::Poisson => parallel.push(poisson(&call, count)),
            }
        }
        parallel.extend(choices.into_values().map(|options| {
            let total: f64 = options.iter().map(|(share, _)| share).sum();
            let scale = 1.0 / total.max(1.0);
            let options = options
                .into_iter()
                .map(|(share, call)| (share * scale, call));
            Arc::new(Response::Choice(options.collect()))
        }));
        match parallel.len() {
            0 => Arc::new(Response::Zero),
            1 => parallel.swap_remove(0),
            _ => Arc::new(Response::Parallel(parallel)),
        }
    }

    /// One use of a link, retries included.
    fn call(&mut self, edge: EdgeIndex) -> Arc<Response> {
        let Some((_, to)) = self.system.graph.edge_endpoints(edge) else {
            return Arc::new(Response::Zero);
        };
        let inner = self.single_call(edge, to);
        let settings = &self.system.graph[edge].settings;
        let timeout = settings.timeout();
        let retries = settings.retries();
        let is_single = retries == 0 && timeout.0 <= 0.0;
        if is_single || self.without == Without::Retries {
            return inner;
        }
        let mut pause = settings.backoff();
        let backoff = (0..retries).map(|_| {
            let now = pause;
            pause = pause * 2.0;
            now
        });
        Arc::new(Response::Attempts {
            inner,
            failure: self.flow.failure[to.index()],
            timeout: (timeout.0 > 0.0).then_some(timeout),
            backoff: backoff.collect(),
        })
    }

    fn single_call(&mut self, edge: EdgeIndex, to: NodeIndex) -> Arc<Response> {
        let station = &self.system.graph[to];
        match self.system.graph[edge].kind {
            LinkKind::Read => self.access(to, Operation::Read),
            LinkKind::Write => self.access(to, Operation::Write),
            LinkKind::Request => self.response(to),
            LinkKind::Step => {
                let transition = self.transition(edge);
                let step = match &station.settings {
                    Settings::Table(_) | Settings::Database(_) | Settings::Bucket(_) => {
                        self.access(to, Operation::Write)
                    }
                    _ => self.response(to),
                };
                sequence(vec![transition, step])
            }
            LinkKind::Invoke | LinkKind::Publish => self.own(to, station.timing(Operation::Accept)),
            LinkKind::Deliver | LinkKind::Poll | LinkKind::Notify | LinkKind::DeadLetter => {
                Arc::new(Response::Zero)
            }
        }
    }

    /// One access to a store, which may have to resume from a pause.
    fn access(&self, to: NodeIndex, operation: Operation) -> Arc<Response> {
        let station = &self.system.graph[to];
        let own = self.own(to, station.timing(operation));
        let own = match self.waiting {
            Some(waiting) if self.without != Without::Queueing => sequence(vec![waiting(to), own]),
            _ => own,
        };
        let resume = station
            .service
            .and_then(|service| service.scaling.as_ref()?.resume.as_ref());
        match (resume, self.cold_share(to)) {
            (Some(resume), paused) if paused > 0.0 => {
                sequence(vec![sometimes(paused, law(Some(&resume.value))), own])
            }
            _ => own,
        }
    }

    /// What the workflow itself takes for one step.
    fn transition(&self, edge: EdgeIndex) -> Arc<Response> {
        let from = self.system.graph.edge_endpoints(edge).map(|ends| ends.0);
        law(from.and_then(|node| self.system.graph[node].timing(Operation::Handle)))
    }
}

/// From the change, message or event to the start of its consumer.
pub fn hop(system: &System<'_>, edge: EdgeIndex) -> Arc<Response> {
    let Some((from, _)) = system.graph.edge_endpoints(edge) else {
        return Arc::new(Response::Zero);
    };
    let route = &system.graph[edge];
    let deliver = match route.kind {
        LinkKind::Deliver | LinkKind::Poll | LinkKind::Notify => {
            law(system.graph[from].timing(Operation::Deliver))
        }
        _ => Arc::new(Response::Zero),
    };
    let collects = match &system.graph[from].settings {
        Settings::Stream(stream) if route.kind == LinkKind::Deliver => stream.buffer(),
        _ if route.kind == LinkKind::Poll => route.settings.batch_window(),
        _ => Millis(0.0),
    };
    if collects.0 <= 0.0 {
        return deliver;
    }
    // An event falls anywhere into the window that its batch is open.
    let uniform = Law::Quantiles(vec![
        (0.01, collects * 0.01),
        (0.25, collects * 0.25),
        (0.5, collects * 0.5),
        (0.75, collects * 0.75),
        (0.99, collects * 0.99),
    ]);
    sequence(vec![deliver, Arc::new(Response::Law(uniform))])
}

/// The two parts of a cold start.
pub struct ColdStart {
    /// Placing and fetching: never billed.
    pub allocation: Law,
    /// Starting runtime and code.
    pub init: Law,
    /// What the code adds.
    pub extra: Law,
}

impl ColdStart {
    fn whole(&self) -> Arc<Response> {
        sequence(
            [&self.allocation, &self.init, &self.extra]
                .into_iter()
                .map(|law| Arc::new(Response::Law(law.clone())))
                .collect(),
        )
    }

    /// Mean of the whole [ms].
    pub fn mean(&self) -> f64 {
        self.allocation.mean().0 + self.init_mean()
    }

    /// Mean of what the provider may bill [ms].
    pub fn init_mean(&self) -> f64 {
        self.init.mean().0 + self.extra.mean().0
    }
}

/// What a cold start of a function takes; none where nothing is known of how
/// its service starts.
pub fn cold_start(
    system: &System<'_>,
    node: NodeIndex,
    function: &FunctionSettings,
) -> Option<ColdStart> {
    let compute = system.graph[node].service?.compute.as_ref()?;
    let runtime = function.runtime().text();
    let measured = match function.package() {
        Package::Image => compute
            .init_image
            .get(runtime)
            .or_else(|| compute.init.get(runtime)),
        Package::Zip => compute.init.get(runtime),
    };
    // A snapshot is taken after initialisation, whatever that took.
    if let Some(restore) = restore(compute, function) {
        return Some(ColdStart {
            allocation: compute.allocation.value.clone(),
            init: restore.value.clone(),
            extra: Law::Fixed(Millis(0.0)),
        });
    }
    let given = function.init();
    let init = if given.mean().0 > 0.0 {
        given
    } else {
        measured.map_or(Law::Fixed(Millis(0.0)), |figure| figure.value.clone())
    };
    Some(ColdStart {
        allocation: compute.allocation.value.clone(),
        init,
        extra: function.init_extra(),
    })
}

/// How long a snapshot takes to restore, where the function starts from one.
fn restore<'a>(compute: &'a Compute, function: &FunctionSettings) -> Option<&'a Sourced<Law>> {
    let from_snapshot = function.snapshot() && function.package() == Package::Zip;
    from_snapshot.then(|| compute.restore.get(function.runtime().text()))?
}

/// How much longer than on one full core the CPU time takes.
///
/// Below a full core time is stretched by the share; above it only the
/// parallel part gains (Amdahl's law).
pub fn cpu_stretch(system: &System<'_>, node: NodeIndex, function: &FunctionSettings) -> f64 {
    let Some(compute) = system.graph[node].service.and_then(|s| s.compute.as_ref()) else {
        return 1.0;
    };
    let cores = compute.cores(function.memory().0);
    if cores <= 0.0 {
        return 1.0;
    }
    if cores < 1.0 {
        1.0 / cores
    } else {
        let parallel = function.parallel();
        (1.0 - parallel) + parallel / cores
    }
}

/// The longest run that service and settings allow [ms].
pub fn timeout(system: &System<'_>, node: NodeIndex) -> Option<Millis> {
    let own = match &system.graph[node].settings {
        Settings::Function(function) => Some(function.timeout().0),
        Settings::Gateway(gateway) => Some(gateway.timeout().0),
        _ => None,
    };
    let limit = system.limit(node, LimitKind::Timeout);
    match (own, limit) {
        (Some(own), Some(limit)) => Some(Millis(own.min(limit))),
        (Some(only), None) | (None, Some(only)) => Some(Millis(only)),
        (None, None) => None,
    }
}

fn law(law: Option<&Law>) -> Arc<Response> {
    Arc::new(law.map_or(Response::Zero, |law| Response::Law(law.clone())))
}

/// One after another, without the parts that take no time.
pub fn sequence(parts: Vec<Arc<Response>>) -> Arc<Response> {
    let mut parts: Vec<_> = parts.into_iter().filter(|part| !is_nothing(part)).collect();
    match parts.len() {
        0 => Arc::new(Response::Zero),
        1 => parts.swap_remove(0),
        _ => Arc::new(Response::Sequence(parts)),
    }
}

fn is_nothing(response: &Response) -> bool {
    match response {
        Response::Zero => true,
        Response::Law(Law::Fixed(time)) => time.0 == 0.0,
        Response::Truncated { inner, .. } => is_nothing(inner),
        _ => false,
    }
}

/// With a probability, else at once.
pub fn sometimes(probability: f64, response: Arc<Response>) -> Arc<Response> {
    if probability >= 1.0 || is_nothing(&response) {
        return response;
    }
    if probability <= 0.0 {
        return Arc::new(Response::Zero);
    }
    Arc::new(Response::Choice(vec![(probability, response)]))
}

/// A number of times in a row; a fraction is a chance of once more.
fn repeated(call: &Arc<Response>, times: f64) -> Arc<Response> {
    if times > SPELLED_OUT {
        let one = moments(call, &mut Known::default());
        let sum = Moments {
            mean: one.mean * times,
            variance: one.variance * times,
        };
        return Arc::new(Response::Law(sum.law()));
    }
    let whole = times.floor();
    let mut parts = Vec::new();
    let mut count = 0.0;
    while count < whole {
        parts.push(Arc::clone(call));
        count += 1.0;
    }
    if times > whole {
        parts.push(sometimes(times - whole, Arc::clone(call)));
    }
    sequence(parts)
}

/// A Poisson number of times in a row.
fn poisson(call: &Arc<Response>, mean: f64) -> Arc<Response> {
    if mean > 8.0 {
        return repeated(call, mean);
    }
    let mut options = Vec::new();
    let mut probability = (-mean).exp();
    for times in 1..=24_u8 {
        probability *= mean / f64::from(times);
        if probability > 1e-9 {
            options.push((probability, repeated(call, f64::from(times))));
        }
    }
    Arc::new(Response::Choice(options))
}

/// Mean uses of a link on its sender's path, retries included.
pub fn mean_uses(system: &System<'_>, flow: &Flow, edge: EdgeIndex) -> f64 {
    flow::uses(system, edge) * flow.attempts[edge.index()]
}
