//! What each node uses: the terms that meters' formulas speak of.
//!
//! Rates become counts over a stretch of time, a month for the bill and an
//! hour for a runaway; sizes stay distributions, so that chunks are counted per
//! event.

mod activity;
mod network;

use std::collections::BTreeMap;

use petgraph::Direction;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::catalog::Archetype;
use crate::design::settings::{
    Architecture, CapacityMode, FunctionSettings, Package, StreamSettings, TriggerKind,
};
use crate::design::{LinkKind, Settings};
use crate::expression::Quantity;
use crate::units::SECONDS_PER_MONTH;

use super::{Analysis, capacity, latency};

/// Days in a month of 730 h.
const DAYS_PER_MONTH: f64 = 730.0 / 24.0;
/// Kilobytes in a gigabyte, both binary.
const KB_PER_GB: f64 = 1_048_576.0;

/// Terms and their quantities.
pub type Usage = BTreeMap<String, Quantity>;

struct Terms(Usage);

impl Terms {
    fn set(&mut self, name: &str, value: f64) {
        self.0.insert(name.to_owned(), Quantity::Number(value));
    }

    fn flag(&mut self, name: &str, value: bool) {
        self.set(name, f64::from(u8::from(value)));
    }

    fn sizes(&mut self, name: &str, sizes: Vec<(f64, f64)>) {
        let idle = sizes.iter().all(|(weight, _)| *weight <= 0.0);
        let value = match sizes.as_slice() {
            [] => Quantity::Number(0.0),
            [(_, only)] => Quantity::Number(*only),
            [(_, first), ..] if idle => Quantity::Number(*first),
            _ => Quantity::Mixture(sizes),
        };
        self.0.insert(name.to_owned(), value);
    }
}

/// What a node uses over `seconds`.
pub fn usage(analysis: &Analysis<'_>, node: NodeIndex, seconds: f64) -> Usage {
    let mut terms = Terms(Usage::new());
    // What is refused is not billed.
    let requests = analysis.served_mean(node) * seconds;
    terms.set("requests", requests);
    let arrivals = &analysis.station(node).arrivals;
    let peak = |bin: usize| arrivals.get(bin).copied().unwrap_or(0.0);
    terms.set("peak_rate", analysis.timeline.peak(peak));
    terms.sizes("payload", sizes(analysis, node, Side::Payload, |_| true));
    terms.sizes("response", sizes(analysis, node, Side::Response, |_| true));
    match &analysis.system.graph[node].settings {
        Settings::Function(function) => {
            self::function(&mut terms, analysis, node, function, seconds);
        }
        Settings::Gateway(gateway) => {
            let connections = if gateway.connection() > 0.0 {
                requests
            } else {
                0.0
            };
            terms.set("connection_minutes", connections * gateway.connection());
            terms.set("messages", connections * gateway.messages());
            terms.sizes("message", sizes(analysis, node, Side::Payload, |_| true));
            terms.set("cache", gateway.cache().0);
            terms.set("log", gateway.log().0);
        }
        Settings::Cdn(_) => {
            let sent = mean_size(&sizes(analysis, node, Side::Response, |_| true));
            terms.set("transfer", requests * sent / KB_PER_GB);
            let hits = analysis.flow.hits.node(node);
            terms.set("misses", requests * (1.0 - hits));
        }
        Settings::Container(container) => {
            terms.set("instances", analysis.instances_mean(node));
            terms.set("vcpu", container.vcpu());
            terms.set("memory", container.memory().0);
            terms.flag("arm", container.architecture() == Architecture::Arm);
            terms.set("storage", container.storage().0);
            terms.set("active", activity::active_share(analysis, node));
            terms.set("log", container.log().0);
        }
        Settings::Workflow(workflow) => {
            terms.set("steps", workflow.extra_steps() + steps(analysis, node));
            terms.set("external_steps", external_steps(analysis, node));
            let law = analysis.duration_law(node);
            terms.0.insert("duration".to_owned(), Quantity::Law(law));
            terms.set("memory", workflow.memory().0);
            terms.set("log", workflow.log().0);
            terms.set("traced", 0.0);
        }
        Settings::Queue(queue) => queue_terms(&mut terms, analysis, node, queue.fifo(), seconds),
        Settings::Topic(topic) => {
            deliveries(&mut terms, analysis, node, seconds);
            terms.flag("fifo", topic.fifo());
        }
        Settings::Bus(_) => deliveries(&mut terms, analysis, node, seconds),
        Settings::Stream(stream) => stream_terms(&mut terms, analysis, node, stream),
        Settings::Table(table) => {
            let item = table.item().0;
            access(&mut terms, analysis, node, Some(item), seconds);
            let on_demand = table.capacity() == CapacityMode::OnDemand;
            terms.set("deletes", 0.0);
            terms.set("lists", 0.0);
            terms.sizes("load", activity::hourly_peaks(analysis, node));
            terms.flag("consistent", table.consistent());
            terms.set("indexes", f64::from(table.indexes()));
            terms.flag("on_demand", on_demand);
            terms.set(
                "read_capacity",
                if on_demand { 0.0 } else { table.read_units() },
            );
            terms.set(
                "write_capacity",
                if on_demand { 0.0 } else { table.write_units() },
            );
            terms.set("storage", table.storage().0);
            terms.set("stream_reads", 0.0);
            terms.flag("backup", table.backup());
            terms.set("replicas", f64::from(table.replicas()));
        }
        Settings::Database(database) => {
            access(&mut terms, analysis, node, None, seconds);
            let statements =
                |terms: &Terms, name: &str| terms.0.get(name).map_or(0.0, Quantity::mean);
            let (reads, writes) = (statements(&terms, "reads"), statements(&terms, "writes"));
            terms.set("rows_read", reads * database.rows_read());
            terms.set("rows_written", writes * database.rows_written());
            terms.set("minimum", database.minimum());
            terms.set("maximum", database.maximum());
            let running = capacity::running(analysis, node, database);
            terms.set("running_hours", running * seconds / 3_600.0);
            terms.set("capacity", analysis.instances_mean(node));
            terms.set("storage", database.storage().0);
            terms.set("io", requests * database.io());
            terms.flag("proxy", database.proxy());
        }
        Settings::Cache(cache) => {
            access(&mut terms, analysis, node, Some(cache.item().0), seconds);
            terms.set("storage", cache.storage().0);
        }
        Settings::Bucket(bucket) => {
            let object = bucket.object().0;
            let written = access(&mut terms, analysis, node, Some(object), seconds);
            // In the steady state of a month this is what lies there; over a
            // shorter time it is what that time's objects will have cost.
            let months = bucket.retention() / DAYS_PER_MONTH;
            terms.set("storage", bucket.storage().0 + written * months);
            terms.set("deletes", 0.0);
            terms.set("transitions", 0.0);
        }
        Settings::Search(search) => {
            access(&mut terms, analysis, node, None, seconds);
            terms.set("units", search.units());
            terms.set("storage", search.storage().0);
        }
        Settings::Service(service) => {
            let sent = mean_size(&sizes(analysis, node, Side::Payload, |_| true));
            terms.set("users", service.users());
            terms.set("ingested", requests * sent / KB_PER_GB);
            terms.set("stored", service.stored().0);
            let answered = mean_size(&sizes(analysis, node, Side::Response, |_| true));
            terms.set("transfer", requests * (sent + answered) / KB_PER_GB);
            terms.set("items", service.items());
        }
        Settings::Trigger(_) | Settings::External(_) | Settings::Other(_) | Settings::Note(_) => {}
    }
    terms.0
}

/// What a node sends to the internet: answers to clients and to other
/// providers, and requests to third parties and to other providers [GB].
pub fn egress(analysis: &Analysis<'_>, node: NodeIndex, seconds: f64) -> f64 {
    if analysis.system.graph[node].archetype() == Archetype::Cdn {
        return 0.0; // A CDN bills its own transfer.
    }
    let graph = &analysis.system.graph;
    let volume =
        |edge: EdgeIndex, size: f64| analysis.link_rate_mean(edge) * seconds * size / KB_PER_GB;
    let answers: f64 = incoming(analysis, node)
        .filter(|&edge| from_internet(analysis, edge) || crosses_providers(analysis, edge))
        .map(|edge| volume(edge, graph[edge].settings.response().0))
        .sum();
    let requests: f64 = graph
        .edges_directed(node, Direction::Outgoing)
        .filter(|edge| {
            graph[edge.target()].archetype() == Archetype::External
                || crosses_providers(analysis, edge.id())
        })
        .map(|edge| volume(edge.id(), edge.weight().settings.payload().0))
        .sum();
    answers + requests
}

/// Whether a link leads from a service of one provider to one of another.
fn crosses_providers(analysis: &Analysis<'_>, edge: EdgeIndex) -> bool {
    let graph = &analysis.system.graph;
    graph.edge_endpoints(edge).is_some_and(|(from, to)| {
        let (from, to) = (&graph[from], &graph[to]);
        from.service.is_some() && to.service.is_some() && from.provider != to.provider
    })
}

/// Whether a client on the internet is answered over this link.
fn from_internet(analysis: &Analysis<'_>, edge: EdgeIndex) -> bool {
    let system = analysis.system;
    if !matches!(system.graph[edge].kind, LinkKind::Request | LinkKind::Read) {
        return false;
    }
    let Some((from, _)) = system.graph.edge_endpoints(edge) else {
        return false;
    };
    match &system.graph[from].settings {
        Settings::Trigger(trigger) => matches!(
            trigger.source(),
            TriggerKind::Http | TriggerKind::Webhook | TriggerKind::Devices | TriggerKind::Upload
        ),
        _ => false,
    }
}

fn function(
    terms: &mut Terms,
    analysis: &Analysis<'_>,
    node: NodeIndex,
    function: &FunctionSettings,
    seconds: f64,
) {
    let invocations = analysis.carried_mean(node) * seconds;
    // A ping is billed as a run: an upper estimate, as it can end at once.
    terms.set("requests", invocations + function.warm_up() * seconds);
    let law = analysis.duration_law(node);
    terms.0.insert("duration".to_owned(), Quantity::Law(law));
    let start = latency::cold_start(analysis.system, node, function);
    terms.set("init", start.map_or(0.0, |start| start.init_mean()));
    terms.set("cold_starts", invocations * analysis.cold_mean(node));
    terms.set("cpu", function.cpu().mean().0);
    terms.set("memory", function.memory().0);
    terms.set("working_set", function.working_set().0);
    activity::function_terms(terms, analysis, node, function, seconds);
    network::terms(terms, analysis, node, function, seconds);
    terms.flag("arm", function.architecture() == Architecture::Arm);
    terms.flag("image", function.package() == Package::Image);
    terms.set("ephemeral", function.ephemeral().0);
    terms.set("provisioned", f64::from(function.provisioned()));
    let hours = function.provisioned_hours() * DAYS_PER_MONTH * seconds / SECONDS_PER_MONTH;
    terms.set("provisioned_hours", hours);
    terms.set(
        "provisioned_requests",
        analysis.provisioned_mean(node) * seconds,
    );
    terms.flag("snapshot", function.snapshot());
    terms.set("log", function.log().0);
    terms.set("traced", function.traced());
    let asynchronous: f64 = incoming(analysis, node)
        .filter(|&edge| {
            matches!(
                analysis.system.graph[edge].kind,
                LinkKind::Invoke | LinkKind::Notify | LinkKind::Deliver
            )
        })
        .map(|edge| analysis.link_rate_mean(edge))
        .sum();
    terms.set("asynchronous", asynchronous * seconds);
}

/// Steps of one run that call third parties.
fn external_steps(analysis: &Analysis<'_>, node: NodeIndex) -> f64 {
    let graph = &analysis.system.graph;
    outgoing(analysis, node)
        .filter(|&edge| graph[edge].kind != LinkKind::DeadLetter)
        .filter(|&edge| {
            let ends = graph.edge_endpoints(edge);
            ends.is_some_and(|(_, to)| graph[to].archetype() == Archetype::External)
        })
        .map(|edge| latency::mean_uses(analysis.system, &analysis.flow, edge))
        .sum()
}

fn queue_terms(
    terms: &mut Terms,
    analysis: &Analysis<'_>,
    node: NodeIndex,
    fifo: bool,
    seconds: f64,
) {
    terms.set("sends", analysis.arrivals_mean(node) * seconds);
    let (mut calls, mut messages, mut empty) = (0.0, 0.0, 0.0);
    for edge in outgoing(analysis, node) {
        if analysis.system.graph[edge].kind == LinkKind::Poll {
            calls += analysis.batches_mean(edge) * seconds;
            messages += analysis.link_rate_mean(edge) * seconds;
            empty += empty_receives(analysis, node, edge) * seconds;
        }
    }
    terms.set("receive_calls", calls);
    terms.set("delete_calls", calls);
    terms.set("empty_receives", empty);
    terms.set("batch", if calls > 0.0 { messages / calls } else { 1.0 });
    terms.flag("fifo", fifo);
}

/// Receives that return nothing [1/s]: each idle poller waits up to `wait`
/// for the first message of a Poisson stream and then asks again.
fn empty_receives(analysis: &Analysis<'_>, node: NodeIndex, edge: EdgeIndex) -> f64 {
    let Some(polling) = analysis.system.graph[node]
        .service
        .and_then(|s| s.polling.as_ref())
    else {
        return 0.0;
    };
    let (pollers, wait) = (polling.idle_pollers.value, polling.wait.value);
    if pollers <= 0.0 || wait <= 0.0 {
        return 0.0;
    }
    let own_rate = analysis.link_rate_mean(edge) / pollers;
    let expected = own_rate * wait;
    if expected < 1e-9 {
        return pollers / wait;
    }
    pollers * own_rate * (-expected).exp() / -(-expected).exp_m1()
}

fn deliveries(terms: &mut Terms, analysis: &Analysis<'_>, node: NodeIndex, seconds: f64) {
    let mut counts = BTreeMap::from([
        ("deliveries_function", 0.0),
        ("deliveries_queue", 0.0),
        ("deliveries_http", 0.0),
        ("deliveries_email", 0.0),
        ("deliveries_stream", 0.0),
        ("deliveries_push", 0.0),
    ]);
    let mut all = 0.0;
    for edge in analysis
        .system
        .graph
        .edges_directed(node, Direction::Outgoing)
    {
        if edge.weight().kind == LinkKind::DeadLetter {
            continue;
        }
        let count = analysis.link_rate_mean(edge.id()) * seconds;
        let kind = match analysis.system.graph[edge.target()].archetype() {
            Archetype::Queue => "deliveries_queue",
            Archetype::Gateway | Archetype::External | Archetype::Container => "deliveries_http",
            Archetype::Service => "deliveries_email",
            Archetype::Stream => "deliveries_stream",
            _ => "deliveries_function",
        };
        all += count;
        *counts.entry(kind).or_default() += count;
    }
    for (name, count) in counts {
        terms.set(name, count);
    }
    terms.set("deliveries", all);
}

fn stream_terms(
    terms: &mut Terms,
    analysis: &Analysis<'_>,
    node: NodeIndex,
    stream: &StreamSettings,
) {
    let on_demand = stream.capacity() == CapacityMode::OnDemand;
    let readers = outgoing(analysis, node).count();
    #[expect(clippy::cast_precision_loss, reason = "a handful of readers")]
    let readers = readers as f64;
    let dedicated = f64::from(stream.fan_out()).min(readers);
    terms.set(
        "shards",
        if on_demand {
            0.0
        } else {
            f64::from(stream.shards())
        },
    );
    terms.flag("on_demand", on_demand);
    terms.set("consumers", readers - dedicated);
    terms.set("fan_out_consumers", dedicated);
    terms.set("retention", stream.retention());
    terms.flag("conversion", stream.conversion());
    terms.set("partitions", f64::from(stream.shards()));
}

/// Reads and writes with their sizes; returns the volume written [GB].
fn access(
    terms: &mut Terms,
    analysis: &Analysis<'_>,
    node: NodeIndex,
    item: Option<f64>,
    seconds: f64,
) -> f64 {
    let graph = &analysis.system.graph;
    let is_read = |edge: EdgeIndex| matches!(graph[edge].kind, LinkKind::Read | LinkKind::Request);
    let (mut reads, mut writes) = (0.0, 0.0);
    for edge in incoming(analysis, node) {
        let count = analysis.link_rate_mean(edge) * seconds;
        if is_read(edge) {
            reads += count;
        } else {
            writes += count;
        }
    }
    let sized = |side, only: &dyn Fn(EdgeIndex) -> bool| -> Vec<(f64, f64)> {
        incoming(analysis, node)
            .filter(|&edge| only(edge))
            .map(|edge| {
                let settings = &graph[edge].settings;
                let given = match side {
                    Side::Payload => settings.payload,
                    Side::Response => settings.response,
                };
                let own = match side {
                    Side::Payload => settings.payload(),
                    Side::Response => settings.response(),
                };
                let size = given.map(|size| size.0).or(item).unwrap_or(own.0);
                (analysis.link_rate_mean(edge), size)
            })
            .collect()
    };
    let written = sized(Side::Payload, &|edge| !is_read(edge));
    let volume = writes * mean_size(&written) / KB_PER_GB;
    terms.set("reads", reads);
    terms.sizes("read_size", sized(Side::Response, &is_read));
    terms.set("writes", writes);
    terms.sizes("write_size", written);
    volume
}

/// State transitions of one run by the steps drawn, retries included.
fn steps(analysis: &Analysis<'_>, node: NodeIndex) -> f64 {
    outgoing(analysis, node)
        .filter(|&edge| analysis.system.graph[edge].kind != LinkKind::DeadLetter)
        .map(|edge| latency::mean_uses(analysis.system, &analysis.flow, edge))
        .sum()
}

#[derive(Clone, Copy)]
enum Side {
    Payload,
    Response,
}

/// Sizes of what arrives or is answered, weighted by rate [KB].
fn sizes(
    analysis: &Analysis<'_>,
    node: NodeIndex,
    side: Side,
    only: impl Fn(EdgeIndex) -> bool,
) -> Vec<(f64, f64)> {
    incoming(analysis, node)
        .filter(|&edge| only(edge))
        .map(|edge| {
            let settings = &analysis.system.graph[edge].settings;
            let size = match side {
                Side::Payload => settings.payload(),
                Side::Response => settings.response(),
            };
            (analysis.link_rate_mean(edge), size.0)
        })
        .collect()
}

/// Weighted mean of sizes; 0 where there are none.
fn mean_size(sizes: &[(f64, f64)]) -> f64 {
    let weight: f64 = sizes.iter().map(|(weight, _)| weight).sum();
    if weight <= 0.0 {
        return sizes.first().map_or(0.0, |(_, size)| *size);
    }
    sizes
        .iter()
        .map(|(weight, size)| weight * size)
        .sum::<f64>()
        / weight
}

fn incoming<'a>(
    analysis: &'a Analysis<'_>,
    node: NodeIndex,
) -> impl Iterator<Item = EdgeIndex> + 'a {
    analysis
        .system
        .graph
        .edges_directed(node, Direction::Incoming)
        .map(|edge| edge.id())
}

fn outgoing<'a>(
    analysis: &'a Analysis<'_>,
    node: NodeIndex,
) -> impl Iterator<Item = EdgeIndex> + 'a {
    analysis
        .system
        .graph
        .edges_directed(node, Direction::Outgoing)
        .map(|edge| edge.id())
}
