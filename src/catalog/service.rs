//! The schema of one service file, `assets/catalog/<provider>/<service>.ron`.
//!
//! Rust knows archetypes; everything that tells one service from another is
//! data in these types. A meter's quantity is an [`Expression`] over the usage
//! vocabulary of the archetype (see [`super::vocabulary`]), so that rounding,
//! chunks and conditions need no code, and the formula shown to a person is
//! the very expression that was evaluated.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};

use super::sourced::Sourced;
use super::{Archetype, RegionId, ServiceId};
use crate::expression::{Expression, ceil_guarded};
use crate::law::Law;

/// One service of one provider.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// `provider.service`, equal to the file's place in the catalog.
    pub id: ServiceId,
    /// Full name, as the provider writes it.
    pub name: String,
    /// Name that fits on a node card.
    pub short: String,
    /// The kind of node it can stand for.
    pub archetype: Archetype,
    /// Among services of one archetype and provider the lowest rank that has
    /// all required features is chosen where nothing is pinned.
    #[serde(default = "last_rank")]
    pub rank: u32,
    /// What it can do beyond its archetype: `fifo`, `durable`, `websocket` …
    #[serde(default)]
    pub features: BTreeSet<String>,
    /// Protocols and formats that other services speak as well: `postgres`,
    /// `redis`, `s3`, `oci-image` … Two services that share one can stand in
    /// for each other without a change of code.
    #[serde(default)]
    pub apis: BTreeSet<String>,
    /// Resource types by dialect: `terraform`, `cloudformation` …
    #[serde(default)]
    pub iac: BTreeMap<String, Vec<String>>,
    /// Latency laws by operation.
    #[serde(default)]
    pub timing: BTreeMap<Operation, Sourced<Law>>,
    /// Quotas and what exceeding them does.
    #[serde(default)]
    pub limits: BTreeMap<LimitKind, Limit>,
    /// How instances start, scale and are sized, where it runs code.
    #[serde(default)]
    pub compute: Option<Compute>,
    /// How consumers poll it, where it is polled.
    #[serde(default)]
    pub polling: Option<Polling>,
    /// How capacity follows the load, where it does.
    #[serde(default)]
    pub scaling: Option<Scaling>,
    /// What is billed.
    pub meters: Vec<Meter>,
    /// Cheaper prices for a promise of use: savings plans, reservations.
    #[serde(default)]
    pub commitments: BTreeMap<String, Commitment>,
    /// Other services that its use brings along.
    #[serde(default)]
    pub companions: Vec<Companion>,
    /// Anything a reader of the figures should know.
    #[serde(default)]
    pub note: String,
}

fn last_rank() -> u32 {
    100
}

/// What a latency law describes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, serde::Serialize,
)]
pub enum Operation {
    /// Time a synchronous request spends in the service itself, callees apart.
    Handle,
    /// Until an asynchronous request, message or event is accepted.
    Accept,
    /// A read of one item or object.
    Read,
    /// A write of one item or object.
    Write,
    /// From acceptance (or from the change) to the start of the consumer.
    Deliver,
}

/// The quotas that analyses understand. [unit in brackets]
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, serde::Serialize,
)]
pub enum LimitKind {
    /// Simultaneous executions. [executions]
    Concurrency,
    /// Sustained requests. [requests/s]
    RequestRate,
    /// Bucket size over the sustained rate. [requests]
    Burst,
    /// Longest execution or integration. [ms]
    Timeout,
    /// Largest synchronous request. [KB]
    RequestPayload,
    /// Largest synchronous response. [KB]
    ResponsePayload,
    /// Largest asynchronous event, message, record or item. [KB]
    EventPayload,
    /// Sustained writes of the smallest billable unit. [writes/s]
    WriteRate,
    /// Sustained reads of the smallest billable unit. [reads/s]
    ReadRate,
    /// Sustained writes of the smallest billable unit to one partition, where
    /// the whole table has another limit. [writes/s]
    PartitionWriteRate,
    /// The same of reads. [reads/s]
    PartitionReadRate,
    /// Messages received and not yet deleted. [messages]
    InFlight,
    /// Messages per batch. [messages]
    Batch,
    /// Unzipped package. [MB]
    Package,
    /// Steps or events of one run. [steps]
    Steps,
    /// Longest retention. [s]
    Retention,
    /// Connections opened. [connections/s]
    ConnectionRate,
}

/// A quota and what exceeding it does.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Default value, in the unit of its [`LimitKind`].
    pub value: Sourced<f64>,
    /// What it is counted over.
    pub scope: LimitScope,
    /// What happens above it.
    pub exceeded: Exceeded,
    /// Whether the provider raises it on request.
    #[serde(default)]
    pub adjustable: bool,
}

/// What a quota is counted over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
pub enum LimitScope {
    /// All resources of the service in the account and region.
    Account,
    /// One resource: function, queue, table, stream.
    Resource,
    /// One shard, partition or message group.
    Partition,
    /// One request, message or item.
    Item,
}

/// What happens above a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
pub enum Exceeded {
    /// Refused; the caller may retry (HTTP 429).
    Throttle,
    /// Refused for good.
    Reject,
    /// Waits inside the service.
    Delay,
    /// Cut off while running.
    Abort,
    /// Cannot be deployed.
    FailDeployment,
}

/// How a service runs code.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compute {
    /// Smallest memory. [MB]
    pub memory_min: f64,
    /// Largest memory. [MB]
    pub memory_max: f64,
    /// Granularity of memory. [MB]
    pub memory_step: f64,
    /// The only sizes that there are, ascending; none where any multiple of
    /// the step will do. [MB]
    #[serde(default)]
    pub memory_sizes: Vec<f64>,
    /// Memory at which one full core is given; CPU share is linear in memory
    /// below it, unless `cpu_steps` say otherwise. [MB]
    pub full_core_memory: Sourced<f64>,
    /// Cores by memory, `(MB, cores)`, ascending: the last step that the memory
    /// reaches holds.
    #[serde(default)]
    pub cpu_steps: Option<Sourced<Vec<(f64, f64)>>>,
    /// Most requests that one instance handles at once; 1 where it is left out.
    /// [requests]
    #[serde(default)]
    pub concurrency: Option<Sourced<f64>>,
    /// Requests that one instance handles at once where nobody has set it, by
    /// memory as in `cpu_steps`; 1 where it is left out.
    #[serde(default)]
    pub default_concurrency: Option<Sourced<Vec<(f64, f64)>>>,
    /// Unbilled part of a cold start: placing and fetching. [ms]
    pub allocation: Sourced<Law>,
    /// Initialisation of the runtime by runtime, zip package. [ms]
    pub init: BTreeMap<String, Sourced<Law>>,
    /// The same for container images, where it differs. [ms]
    #[serde(default)]
    pub init_image: BTreeMap<String, Sourced<Law>>,
    /// How long it takes to restore a snapshot taken after initialisation, by
    /// runtime. [ms]
    #[serde(default)]
    pub restore: BTreeMap<String, Sourced<Law>>,
    /// Whether initialisation is billed as duration.
    pub init_billed: Sourced<bool>,
    /// An idle instance is taken away after this. [s]
    pub idle_timeout: Sourced<f64>,
    /// Any instance is replaced after this. [s]
    #[serde(default)]
    pub lifetime: Option<Sourced<f64>>,
    /// Environments that can start at once. [instances]
    pub start_burst: Sourced<f64>,
    /// Environments that can start per second beyond the burst. [instances/s]
    pub start_rate: Sourced<f64>,
    /// Retries of a failed asynchronous invocation. [count]
    pub async_retries: Sourced<u32>,
}

impl Compute {
    /// The memory that an instance gets where so much is asked for: the next
    /// size that the service has, or its largest. [MB]
    pub fn memory(&self, asked: f64) -> f64 {
        if let Some(largest) = self.memory_sizes.last() {
            let fits = self.memory_sizes.iter().find(|size| **size >= asked);
            return fits.copied().unwrap_or(*largest);
        }
        let steps = ceil_guarded(asked / self.memory_step) * self.memory_step;
        steps.clamp(self.memory_min, self.memory_max)
    }

    /// Cores at so much memory.
    pub fn cores(&self, memory: f64) -> f64 {
        let linear = memory / self.full_core_memory.value;
        let steps = self.cpu_steps.as_ref();
        steps.and_then(|s| step(&s.value, memory)).unwrap_or(linear)
    }

    /// Requests that one instance handles at once: as set, or the service's
    /// default at so much memory; never more than the service can.
    pub fn concurrency(&self, set: Option<f64>, memory: f64) -> f64 {
        let most = self.concurrency.as_ref().map_or(1.0, |most| most.value);
        let default = || step(&self.default_concurrency.as_ref()?.value, memory);
        set.or_else(default).unwrap_or(1.0).min(most).max(1.0)
    }
}

/// The last of ascending steps that is reached, or else the first.
fn step(steps: &[(f64, f64)], at: f64) -> Option<f64> {
    let reached = steps.iter().rev().find(|(from, _)| *from <= at);
    reached.or(steps.first()).map(|(_, value)| *value)
}

/// How consumers poll a queue or stream.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Polling {
    /// Pollers that run even when nothing arrives. [pollers]
    pub idle_pollers: Sourced<f64>,
    /// How long one empty poll waits. [s]
    pub wait: Sourced<f64>,
    /// Concurrent consumers at the start of a burst. [consumers]
    pub start: Sourced<f64>,
    /// Consumers added per minute. [consumers/min]
    pub ramp: Sourced<f64>,
    /// Most consumers of one mapping. [consumers]
    pub maximum: Sourced<f64>,
}

/// How capacity follows the load.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    /// Least capacity while it runs. [units]
    pub minimum: Sourced<f64>,
    /// Most capacity. [units]
    pub maximum: Sourced<f64>,
    /// Capacity comes in multiples of this. [units]
    pub step: Sourced<f64>,
    /// It can pause after so long without a request; none where it cannot. [s]
    #[serde(default)]
    pub pause_after: Option<Sourced<f64>>,
    /// How long the first request after a pause waits. [ms]
    #[serde(default)]
    pub resume: Option<Sourced<Law>>,
}

/// A discount on some meters for a promise of use.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// As the provider calls it, with its term: `Savings plan, 1 year`.
    pub name: String,
    /// The meters that it makes cheaper.
    pub meters: BTreeSet<String>,
    /// Share of the list price that is not paid. [0 to 1]
    pub discount: Sourced<f64>,
}

/// How the use of several consumers adds up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
pub enum Combine {
    /// Everybody's use is billed.
    #[default]
    Sum,
    /// The highest is billed once for all: a plan's fee, a shared unit.
    Highest,
}

/// One thing that is billed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meter {
    /// Unique within the service.
    pub id: String,
    /// As the provider's bill calls it.
    pub name: String,
    /// What one unit is: `request`, `GB-s`, `GB-month` …
    pub unit: String,
    /// Units used per month, over the usage vocabulary of the archetype.
    pub quantity: Expression,
    /// The meter applies only where this is not 0.
    #[serde(default)]
    pub when: Option<Expression>,
    /// Numbers that the quantity rests on beside usage: further words of its
    /// formula, each a figure with a grade of its own.
    #[serde(default)]
    pub assumes: BTreeMap<String, Sourced<f64>>,
    /// Prices are for this many units.
    #[serde(default = "one")]
    pub per: f64,
    /// Tiers by region; `"*"` where one price holds everywhere.
    pub prices: BTreeMap<RegionId, Vec<Tier>>,
    /// The provider's allowance that it draws on first.
    #[serde(default)]
    pub free: Option<String>,
    /// What its tiers add up over, where that is more than this meter: meters
    /// that name the same pool are summed before tiers apply. Always per
    /// account and region.
    #[serde(default)]
    pub pool: Option<String>,
    /// How the use of several consumers adds up.
    #[serde(default)]
    pub combine: Combine,
    /// The summed quantity is rounded up to a multiple of this; 0 for none.
    #[serde(default)]
    pub round_up: f64,
    /// What an allowance leaves is rounded up to a multiple of this; 0 for none.
    #[serde(default)]
    pub round_billed: f64,
    /// The provider's credit that pays it first.
    #[serde(default)]
    pub credit: Option<String>,
}

fn one() -> f64 {
    1.0
}

/// A price that holds up to a monthly quantity, exclusive of earlier tiers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Upper edge, cumulative, in units; none for the last tier.
    #[serde(default)]
    pub up_to: Option<f64>,
    /// USD for [`Meter::per`] units.
    pub usd: Sourced<Usd>,
}

/// Money as written, without binary rounding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usd(pub Decimal);

impl<'de> Deserialize<'de> for Usd {
    /// Reads a number; the shortest decimal that names the same `f64` is what
    /// the file says, so no digit is lost or invented.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        let text = number.to_string();
        text.parse()
            .map(Self)
            .map_err(|_| serde::de::Error::custom(format!("`{text}` is not an amount of money")))
    }
}

/// A service that comes along unasked: logs, traces, transfer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Companion {
    /// Name of its switch: `logs`, `traces`, `egress` …
    pub id: String,
    /// The service that bills it.
    pub service: ServiceId,
    /// The usage that it causes there, over this service's usage vocabulary.
    pub usage: BTreeMap<String, Expression>,
    /// Present only where this is not 0.
    #[serde(default)]
    pub when: Option<Expression>,
    /// Why it is there, for the person who did not draw it.
    pub reason: String,
}

/// `provider.ron`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Short id, equal to the folder's name.
    pub id: super::ProviderId,
    /// As the provider writes it.
    pub name: String,
    /// Regions with their names.
    pub regions: BTreeMap<RegionId, String>,
    /// Part of the world by region: `us-east`, `eu-west`, `japan` … Regions of
    /// different providers in one area are peers.
    #[serde(default)]
    pub areas: BTreeMap<RegionId, String>,
    /// The region taken where a design names none of this provider's.
    pub default_region: RegionId,
    /// Hours in the month that it bills by.
    pub hours_per_month: f64,
    /// Where figures come from.
    pub sources: BTreeMap<String, super::Source>,
    /// Free quantities, each for the account over all regions.
    #[serde(default)]
    pub allowances: BTreeMap<String, Allowance>,
    /// Money that a plan includes, for the account over all regions.
    #[serde(default)]
    pub credits: BTreeMap<String, Credit>,
    /// Services that the provider names for companions of any node, such as
    /// data transfer to the internet.
    #[serde(default)]
    pub internet_egress: Option<ServiceId>,
}

/// A free quantity, possibly shared by several meters in proportion to use.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// What is free, for people.
    pub name: String,
    /// Units free per period.
    pub quantity: Sourced<f64>,
    /// How often it renews.
    pub period: AllowancePeriod,
    /// Who gets it.
    pub kind: AllowanceKind,
}

/// Money that pays for some meters before the account does.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// What it is, for people.
    pub name: String,
    /// Credit for a month.
    pub usd: Sourced<Usd>,
}

/// How often an allowance renews.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
pub enum AllowancePeriod {
    /// Each month.
    Month,
    /// Each day: unused parts are lost.
    Day,
}

/// Who gets an allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
pub enum AllowanceKind {
    /// Every account, for good.
    Always,
    /// Accounts in their first twelve months, under the rules in force when
    /// they were opened.
    FirstYear,
}
