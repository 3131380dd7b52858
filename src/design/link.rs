//! Links: how one node hands work to another, and which pairs may.

use serde::{Deserialize, Serialize};

use crate::catalog::{Archetype, ServiceId};
use crate::units::{Kilobytes, Millis};

use super::NodeId;
use super::param::settings;
use super::value::{Unit, choices};

/// A wire between two nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Sender.
    pub from: NodeId,
    /// Receiver.
    pub to: NodeId,
    /// How it carries.
    pub kind: LinkKind,
    /// Explicit settings.
    #[serde(default, skip_serializing_if = "LinkSettings::is_empty")]
    pub settings: LinkSettings,
    /// The service that carries it, where that is billed: a pipe, a mapping
    /// with provisioned pollers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<ServiceId>,
}

/// How a link carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LinkKind {
    /// The caller waits for the reply.
    Request,
    /// The caller waits until the invocation is accepted.
    Invoke,
    /// The caller waits until the message is accepted.
    Publish,
    /// The sender pushes and retries.
    Deliver,
    /// The receiver fetches batches.
    Poll,
    /// A store reports a change.
    Notify,
    /// A store is read; the caller waits.
    Read,
    /// A store is written; the caller waits.
    Write,
    /// A workflow runs a step.
    Step,
    /// What could not be handled goes here.
    DeadLetter,
}

impl LinkKind {
    /// All kinds, commonest first.
    pub const ALL: [Self; 10] = [
        Self::Request,
        Self::Read,
        Self::Write,
        Self::Poll,
        Self::Publish,
        Self::Deliver,
        Self::Notify,
        Self::Step,
        Self::Invoke,
        Self::DeadLetter,
    ];

    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Request => "Request",
            Self::Invoke => "Invoke",
            Self::Publish => "Publish",
            Self::Deliver => "Deliver",
            Self::Poll => "Poll",
            Self::Notify => "Notify",
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Step => "Step",
            Self::DeadLetter => "Dead letter",
        }
    }

    /// Whether the sender waits for the work itself, not only for acceptance.
    pub fn is_synchronous(self) -> bool {
        matches!(self, Self::Request | Self::Read | Self::Write | Self::Step)
    }

    /// Whether the sender waits at least for acceptance.
    pub fn sender_waits(self) -> bool {
        matches!(
            self,
            Self::Request | Self::Invoke | Self::Publish | Self::Read | Self::Write | Self::Step
        )
    }

    /// Whether two archetypes can play the parts of this kind.
    pub fn allows(self, from: Archetype, to: Archetype) -> bool {
        self.senders().contains(&from) && self.receivers(from).contains(&to)
    }

    fn senders(self) -> &'static [Archetype] {
        use Archetype as A;
        match self {
            Self::Request => &[
                A::Trigger,
                A::Cdn,
                A::Gateway,
                A::Function,
                A::Container,
                A::Workflow,
                A::External,
                A::Other,
            ],
            Self::Invoke => &[
                A::Trigger,
                A::Function,
                A::Container,
                A::Gateway,
                A::Workflow,
                A::Topic,
                A::Bus,
                A::External,
                A::Other,
            ],
            Self::Publish => &[
                A::Trigger,
                A::Gateway,
                A::Function,
                A::Container,
                A::Workflow,
                A::Topic,
                A::Bus,
                A::Bucket,
                A::Table,
                A::External,
                A::Other,
            ],
            Self::Deliver => &[A::Topic, A::Bus, A::Stream, A::Queue, A::Other],
            Self::Poll => &[A::Queue, A::Stream, A::Table, A::Database, A::Other],
            Self::Notify => &[A::Bucket, A::Table, A::Database, A::Service, A::Other],
            Self::Read | Self::Write => &[
                A::Trigger,
                A::Gateway,
                A::Cdn,
                A::Function,
                A::Container,
                A::Workflow,
                A::External,
                A::Other,
            ],
            Self::Step => &[A::Workflow],
            Self::DeadLetter => &[
                A::Function,
                A::Queue,
                A::Topic,
                A::Bus,
                A::Stream,
                A::Table,
                A::Workflow,
                A::Other,
            ],
        }
    }

    fn receivers(self, from: Archetype) -> &'static [Archetype] {
        use Archetype as A;
        match self {
            Self::Request => &[
                A::Gateway,
                A::Cdn,
                A::Function,
                A::Container,
                A::Workflow,
                A::Service,
                A::External,
                A::Bucket,
                A::Other,
            ],
            Self::Invoke => &[A::Function, A::Workflow, A::Container, A::Other],
            Self::Publish => &[A::Queue, A::Topic, A::Bus, A::Stream, A::Other],
            Self::Deliver if from == A::Queue => {
                &[A::Function, A::Container, A::External, A::Gateway, A::Other]
            }
            Self::Deliver => &[
                A::Function,
                A::Queue,
                A::Stream,
                A::Workflow,
                A::Bucket,
                A::Search,
                A::Table,
                A::Gateway,
                A::External,
                A::Container,
                A::Topic,
                A::Bus,
                A::Service,
                A::Other,
            ],
            Self::Poll => &[
                A::Function,
                A::Container,
                A::Workflow,
                A::Bus,
                A::Stream,
                A::Other,
            ],
            Self::Notify => &[
                A::Function,
                A::Workflow,
                A::Queue,
                A::Topic,
                A::Bus,
                A::Other,
            ],
            Self::Read | Self::Write => &[
                A::Table,
                A::Database,
                A::Bucket,
                A::Cache,
                A::Search,
                A::Other,
            ],
            Self::Step => &[
                A::Function,
                A::Container,
                A::Service,
                A::External,
                A::Workflow,
                A::Queue,
                A::Topic,
                A::Bus,
                A::Table,
                A::Database,
                A::Bucket,
                A::Other,
            ],
            Self::DeadLetter => &[A::Queue, A::Topic, A::Bucket, A::Bus, A::Other],
        }
    }
}

/// The kinds that fit between two archetypes, commonest first.
pub fn proposals(from: Archetype, to: Archetype) -> Vec<LinkKind> {
    LinkKind::ALL
        .into_iter()
        .filter(|kind| kind.allows(from, to))
        .collect()
}

/// Why no link can go between two archetypes, and what would work.
pub fn refusal(from: Archetype, to: Archetype) -> String {
    use Archetype as A;
    let (sender, receiver) = (from.label().to_lowercase(), to.label().to_lowercase());
    if to == A::Trigger {
        return format!(
            "A {sender} cannot call a trigger: triggers only send. Draw the wire the other way."
        );
    }
    if from == A::Note || to == A::Note {
        return "A note has no ports: it is text on the canvas.".to_owned();
    }
    if !proposals(to, from).is_empty() {
        return format!("A {sender} cannot send to a {receiver}. Draw the wire the other way.");
    }
    if !proposals(from, A::Function).is_empty() && !proposals(A::Function, to).is_empty() {
        return format!("A {sender} cannot send to a {receiver}. Put a function between them.");
    }
    format!("A {sender} cannot send to a {receiver}.")
}

choices! {
    /// How often a link is used by one event of its sender.
    CountLaw {
        /// Exactly `count` times.
        Fixed = "fixed",
        /// Once, with probability `count`.
        Probability = "probability",
        /// A Poisson number with mean `count`.
        Poisson = "poisson",
        /// One of its choice group, with share `count`.
        Choice = "choice",
    }
}

settings! {
    /// Settings of a link, whatever its kind.
    LinkSettings {
        /// Uses per event of the sender.
        count: f64 = 1.0, "Uses per event", Unit::None, [0.0, 1e9], "How many times one event of the sender uses this link, on average.";
        /// What the count means.
        count_law: CountLaw = CountLaw::Fixed, "Count is", Unit::None, [], "Fixed number, probability, Poisson mean, or share of a choice group.";
        /// The group in which shares add up to 1.
        choice_group: String = String::new(), "Choice group", Unit::None, [], "Links of one group exclude each other; their shares add up to 1.";
        /// Order among the sender's calls.
        stage: u32 = 1, "Stage", Unit::None, [1.0, 100.0], "Calls of equal stage run in parallel, lower stages first.";
        /// Size of what is sent.
        payload: Kilobytes = Kilobytes(2.0), "Payload", Unit::Kilobytes, [0.0, 1e7], "Size of one request, message, item or record.";
        /// Size of what comes back.
        response: Kilobytes = Kilobytes(2.0), "Response", Unit::Kilobytes, [0.0, 1e7], "Size of one reply.";
        /// Tries after the first.
        retries: u32 = 0, "Retries", Unit::None, [0.0, 100.0], "Further attempts after a failure, as the caller is configured.";
        /// Wait before the first retry; doubles for each further one.
        backoff: Millis = Millis(100.0), "Backoff", Unit::Millis, [0.0, 3_600_000.0], "Wait before the first retry; it doubles each time.";
        /// The caller gives up after this.
        timeout: Millis = Millis(0.0), "Caller timeout", Unit::Millis, [0.0, 900_000.0], "The caller gives up after this; 0 for never.";
        /// Share of events dropped by a filter before they count.
        filtered: f64 = 0.0, "Filtered out", Unit::Share, [0.0, 1.0], "Share of events that a filter drops before they reach the receiver.";
        /// Only what a cache does not answer.
        misses_of: String = String::new(), "Only misses of", Unit::None, [], "Id of a cache that the sender reads: only what it does not find there goes over this wire.";
        /// Most messages of one batch.
        batch_size: u32 = 10, "Batch size", Unit::None, [1.0, 10_000.0], "Most messages that one poll hands over.";
        /// Wait for a batch to fill.
        batch_window: Millis = Millis(0.0), "Batch window", Unit::Millis, [0.0, 300_000.0], "How long a batch waits to fill; 0 hands over at once.";
        /// Most simultaneous consumers of this mapping.
        maximum_concurrency: u32 = 0, "Maximum concurrency", Unit::None, [0.0, 10_000.0], "Most simultaneous consumers that this mapping starts; 0 for the service's own limit.";
        /// Whether only failed messages of a batch come back.
        partial_failures: bool = false, "Partial batch failures", Unit::None, [], "Only the failed messages of a batch come back, not the whole of it.";
        /// Batches of one shard in parallel.
        parallelisation: u32 = 1, "Parallelisation", Unit::None, [1.0, 10.0], "Batches of one shard that are handled in parallel; more keep up with more records.";
    }
}
