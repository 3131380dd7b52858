//! The usage vocabulary: the words that a meter's formula may use.
//!
//! The analysis fills these terms for every node of the archetype; the command
//! line lets a person fill them by hand. Counts are per month, sizes and
//! durations per event. A term marked as a law or a mixture keeps its spread,
//! so that `round_up(duration, 1)` and `chunks(payload, 64)` are expectations
//! over single events rather than roundings of a mean.

use std::collections::BTreeMap;

use super::Archetype;
use crate::expression::{Expression, ExpressionError, Quantity};

/// One word of the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// As written in formulas.
    pub name: &'static str,
    /// Unit of the value.
    pub unit: &'static str,
    /// What it counts.
    pub meaning: &'static str,
    /// What it is taken to be where only other terms are known, a formula over
    /// those before it.
    pub implied: &'static str,
}

const fn term(name: &'static str, unit: &'static str, meaning: &'static str) -> Term {
    implied(name, unit, meaning, "0")
}

const fn implied(
    name: &'static str,
    unit: &'static str,
    meaning: &'static str,
    implied: &'static str,
) -> Term {
    Term {
        name,
        unit,
        meaning,
        implied,
    }
}

/// Terms that every archetype has.
pub const COMMON: &[Term] = &[
    term("hours", "h", "hours in the provider's month"),
    term(
        "requests",
        "/month",
        "requests, events or messages that arrive",
    ),
    implied(
        "peak_rate",
        "/s",
        "highest rate of what arrives",
        "requests / (hours * 3600)",
    ),
    term("payload", "KB", "size of what arrives (mixture)"),
    term("response", "KB", "size of what is answered (mixture)"),
];

const FUNCTION: &[Term] = &[
    term(
        "duration",
        "ms",
        "billed time of one invocation, initialisation apart (law)",
    ),
    term("init", "ms", "initialisation of one cold start (mean)"),
    term(
        "cold_starts",
        "/month",
        "invocations that start an instance",
    ),
    term("cpu", "ms", "CPU time of one invocation"),
    term("memory", "MB", "configured memory"),
    implied("working_set", "MB", "memory that the code needs", "memory"),
    implied(
        "active",
        "s/month",
        "time in which instances handle at least one request",
        "requests * duration / 1000",
    ),
    implied(
        "active_periods",
        "/month",
        "periods in which an instance handles requests without a break",
        "requests",
    ),
    implied(
        "active_period",
        "ms",
        "length of one such period (law)",
        "duration",
    ),
    implied(
        "instances",
        "instances",
        "instances alive, mean over the month",
        "active / (hours * 3600)",
    ),
    implied(
        "peak_instances",
        "instances",
        "instances alive at the peak",
        "instances",
    ),
    implied(
        "concurrency",
        "requests",
        "requests that one instance handles at once",
        "1",
    ),
    term("java", "0/1", "runs on the Java virtual machine"),
    term("arm", "0/1", "runs on Arm"),
    term("image", "0/1", "packaged as a container image"),
    term("ephemeral", "MB", "configured scratch disk"),
    term("provisioned", "instances", "provisioned concurrency"),
    term(
        "provisioned_hours",
        "h/month",
        "hours in which it is provisioned",
    ),
    term(
        "provisioned_requests",
        "/month",
        "requests served by provisioned instances",
    ),
    term("snapshot", "0/1", "starts from a snapshot"),
    term("log", "KB", "log volume of one invocation"),
    term("traced", "share", "share of requests that are traced"),
    term(
        "asynchronous",
        "/month",
        "requests that arrive asynchronously",
    ),
    term("private", "0/1", "runs in a private network"),
    term(
        "internet",
        "GB/month",
        "what leaves that network and comes back, endpoints apart",
    ),
];

const GATEWAY: &[Term] = &[
    term(
        "connection_minutes",
        "min/month",
        "minutes of open connections",
    ),
    term(
        "messages",
        "/month",
        "messages over open connections, both ways",
    ),
    term("message", "KB", "size of one message (mixture)"),
    term("cache", "GB", "provisioned response cache"),
    term("log", "KB", "access log volume of one request"),
];

const CDN: &[Term] = &[
    term("transfer", "GB/month", "sent to clients"),
    term("misses", "/month", "requests passed to the origin"),
];

const CONTAINER: &[Term] = &[
    term(
        "instances",
        "instances",
        "running instances, mean over the month",
    ),
    term("vcpu", "vCPU", "virtual processors of one instance"),
    term("memory", "MB", "memory of one instance"),
    term("arm", "0/1", "runs on Arm"),
    term("storage", "GB", "disk of one instance"),
    implied(
        "active",
        "share",
        "share of the instances' time in which they handle a request",
        "1",
    ),
    term("log", "KB", "log volume of one request"),
];

const WORKFLOW: &[Term] = &[
    term(
        "steps",
        "steps",
        "state transitions of one run, retries included",
    ),
    term(
        "external_steps",
        "steps",
        "those of them that call third parties",
    ),
    term("duration", "ms", "time of one run (law)"),
    term("memory", "MB", "memory of one run"),
    term("log", "KB", "log volume of one run"),
    term("traced", "share", "share of runs that are traced"),
];

const QUEUE: &[Term] = &[
    implied("sends", "/month", "messages sent", "requests"),
    implied(
        "receive_calls",
        "/month",
        "receive calls that return messages",
        "sends",
    ),
    term(
        "empty_receives",
        "/month",
        "receive calls that return nothing",
    ),
    implied(
        "delete_calls",
        "/month",
        "delete calls, one a batch",
        "receive_calls",
    ),
    implied(
        "batch",
        "messages",
        "messages of one receive or delete call",
        "1",
    ),
    term("fifo", "0/1", "first in, first out"),
];

const TOPIC: &[Term] = &[
    term("deliveries_function", "/month", "deliveries to functions"),
    term("deliveries_queue", "/month", "deliveries to queues"),
    term("deliveries_http", "/month", "deliveries over HTTP"),
    term("deliveries_email", "/month", "deliveries by e-mail"),
    term(
        "deliveries_stream",
        "/month",
        "deliveries to delivery streams",
    ),
    term("deliveries_push", "/month", "deliveries to mobile devices"),
    term("fifo", "0/1", "first in, first out"),
];

const BUS: &[Term] = &[
    implied(
        "deliveries",
        "/month",
        "events handed to targets",
        "requests",
    ),
    term("deliveries_http", "/month", "events sent over HTTP"),
];

const STREAM: &[Term] = &[
    term("shards", "shards", "provisioned shards"),
    implied("on_demand", "0/1", "capacity on demand", "shards == 0"),
    term("consumers", "consumers", "readers of the whole stream"),
    term(
        "fan_out_consumers",
        "consumers",
        "readers with dedicated throughput",
    ),
    implied("retention", "h", "retention", "24"),
    term("conversion", "0/1", "converts the record format"),
    term(
        "partitions",
        "partitions",
        "partitions, where the service has them",
    ),
];

const TABLE: &[Term] = &[
    term("reads", "/month", "reads"),
    term("read_size", "KB", "size of one read (mixture)"),
    term("writes", "/month", "writes"),
    term("write_size", "KB", "size of one write (mixture)"),
    term("deletes", "/month", "deletes"),
    term("lists", "/month", "listings of keys"),
    implied(
        "load",
        "/s",
        "reads and writes in the busiest moment of each hour (mixture over hours)",
        "(reads + writes) / (hours * 3600)",
    ),
    term("consistent", "0/1", "reads are strongly consistent"),
    term(
        "indexes",
        "indexes",
        "secondary indexes, each written along",
    ),
    term(
        "read_capacity",
        "units",
        "provisioned read units, mean over the month",
    ),
    term(
        "write_capacity",
        "units",
        "provisioned write units, mean over the month",
    ),
    implied(
        "on_demand",
        "0/1",
        "capacity on demand",
        "read_capacity + write_capacity == 0",
    ),
    term("storage", "GB", "stored"),
    term(
        "stream_reads",
        "/month",
        "change stream reads by others than functions",
    ),
    term("backup", "0/1", "continuous backup"),
    term("replicas", "replicas", "further regions"),
];

const DATABASE: &[Term] = &[
    term("reads", "/month", "read statements"),
    term("writes", "/month", "write statements"),
    implied(
        "rows_read",
        "/month",
        "rows that statements look at",
        "reads",
    ),
    implied(
        "rows_written",
        "/month",
        "rows that statements change",
        "writes",
    ),
    implied("minimum", "units", "least capacity", "0"),
    term("maximum", "units", "most capacity"),
    implied(
        "running_hours",
        "h/month",
        "hours in which it is not paused",
        "hours",
    ),
    term(
        "capacity",
        "units",
        "capacity units in use, mean over the month",
    ),
    term("storage", "GB", "stored"),
    term("io", "/month", "input and output operations"),
    term("proxy", "0/1", "a connection proxy is used"),
];

const CACHE: &[Term] = &[
    term("reads", "/month", "reads"),
    term("read_size", "KB", "size of one read (mixture)"),
    term("writes", "/month", "writes"),
    term("write_size", "KB", "size of one write (mixture)"),
    term("storage", "GB", "held"),
];

const BUCKET: &[Term] = &[
    term("reads", "/month", "objects read"),
    term("read_size", "KB", "size of one read (mixture)"),
    term("writes", "/month", "objects written or listed"),
    term("deletes", "/month", "objects deleted"),
    term("write_size", "KB", "size of one write (mixture)"),
    term("storage", "GB", "stored, mean over the month"),
    term("transitions", "/month", "objects moved to a colder class"),
];

const SEARCH: &[Term] = &[
    term("units", "units", "running capacity units"),
    term("storage", "GB", "stored"),
    term("reads", "/month", "searches"),
    term("writes", "/month", "documents indexed"),
];

const SERVICE: &[Term] = &[
    term("users", "/month", "monthly active users"),
    term("ingested", "GB/month", "taken in"),
    term("stored", "GB", "kept, mean over the month"),
    term("transfer", "GB/month", "passed, there and back"),
    term(
        "items",
        "items",
        "things kept for the month: secrets, metrics, alarms",
    ),
];

/// The terms of an archetype beyond [`COMMON`].
pub fn of(archetype: Archetype) -> &'static [Term] {
    match archetype {
        Archetype::Function => FUNCTION,
        Archetype::Gateway => GATEWAY,
        Archetype::Cdn => CDN,
        Archetype::Container => CONTAINER,
        Archetype::Workflow => WORKFLOW,
        Archetype::Queue => QUEUE,
        Archetype::Topic => TOPIC,
        Archetype::Bus => BUS,
        Archetype::Stream => STREAM,
        Archetype::Table => TABLE,
        Archetype::Database => DATABASE,
        Archetype::Cache => CACHE,
        Archetype::Bucket => BUCKET,
        Archetype::Search => SEARCH,
        Archetype::Service => SERVICE,
        Archetype::Trigger | Archetype::External | Archetype::Other | Archetype::Note => &[],
    }
}

/// Fills in the terms that are not given with what the others imply, in the
/// order of the vocabulary; `hours` has to be given.
///
/// # Errors
///
/// When a given quantity makes an implied one impossible.
pub fn complete(
    archetype: Archetype,
    usage: &mut BTreeMap<String, Quantity>,
) -> Result<(), ExpressionError> {
    for term in COMMON.iter().chain(of(archetype)) {
        if !usage.contains_key(term.name) {
            let implied = Expression::parse(term.implied)?.quantity(usage)?;
            usage.insert(term.name.to_owned(), implied);
        }
    }
    Ok(())
}

/// Looks a term up by name.
pub fn find(archetype: Archetype, name: &str) -> Option<&'static Term> {
    COMMON
        .iter()
        .chain(of(archetype))
        .find(|term| term.name == name)
}
