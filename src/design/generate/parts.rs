//! What generated designs are made of: usual kinds, settings, names and pairs.

use crate::catalog::Archetype;
use crate::law::Law;
use crate::units::{Gigabytes, Kilobytes, Megabytes, Millis, Period, Rate};

use super::super::link::LinkKind;
use super::super::settings::{Architecture, Runtime};
use super::super::{Node, Settings};
use super::Random;

/// The kinds besides triggers, gateways and functions, as often as they are
/// met, with their layers.
pub(super) const KINDS: &[(Archetype, &[usize])] = &[
    (Archetype::Table, &[7]),
    (Archetype::Table, &[7]),
    (Archetype::Table, &[7]),
    (Archetype::Queue, &[3, 5]),
    (Archetype::Queue, &[3, 5]),
    (Archetype::Queue, &[3, 5]),
    (Archetype::Topic, &[3, 5]),
    (Archetype::Bus, &[3, 5]),
    (Archetype::Stream, &[3, 5]),
    (Archetype::Workflow, &[3]),
    (Archetype::Bucket, &[7]),
    (Archetype::Bucket, &[7]),
    (Archetype::Cache, &[7]),
    (Archetype::Database, &[7]),
    (Archetype::External, &[7]),
];

const NOUNS: &[&str] = &[
    "orders",
    "payments",
    "users",
    "invoices",
    "emails",
    "images",
    "reports",
    "carts",
    "events",
    "sessions",
    "products",
    "reviews",
    "shipments",
    "prices",
    "documents",
    "messages",
];

const VERBS: &[&str] = &[
    "check", "create", "update", "list", "resize", "send", "index", "charge", "export", "import",
];

/// A node with usual settings and a wish for its id.
pub(super) fn settings(random: &mut Random, archetype: Archetype) -> (Node, String) {
    let mut settings = Settings::default_of(archetype);
    match &mut settings {
        Settings::Trigger(trigger) => {
            let count = random.pick(&[1.0, 5.0, 20.0, 50.0]).unwrap_or(1.0);
            trigger.rate = Rate::new(count, Period::Second).ok();
        }
        Settings::Function(function) => {
            let memory = random.pick(&[128.0, 256.0, 512.0, 1_024.0, 1_769.0]);
            function.memory = memory.map(Megabytes);
            function.runtime = random.pick(&[
                Runtime::Node22,
                Runtime::Python313,
                Runtime::Go,
                Runtime::Rust,
                Runtime::Java21,
            ]);
            function.architecture = random.pick(&[Architecture::X86, Architecture::Arm]);
            let p50 = random.pick(&[2.0, 8.0, 20.0, 60.0]).unwrap_or(20.0);
            function.cpu = Some(Law::Lognormal {
                p50: Millis(p50),
                p99: Millis(4.0 * p50),
            });
        }
        Settings::Queue(queue) => queue.fifo = (random.below(5) == 0).then_some(true),
        Settings::Table(table) => {
            table.item = random.pick(&[0.5, 1.0, 3.0]).map(Kilobytes);
            table.storage = random.pick(&[1.0, 20.0, 200.0]).map(Gigabytes);
        }
        Settings::Bucket(bucket) => {
            bucket.object = random.pick(&[64.0, 512.0, 4_096.0]).map(Kilobytes);
        }
        _ => {}
    }
    (Node::new(settings), name(random, archetype))
}

fn name(random: &mut Random, archetype: Archetype) -> String {
    let noun = random.pick(NOUNS).unwrap_or("things");
    match archetype {
        Archetype::Function => {
            let verb = random.pick(VERBS).unwrap_or("handle");
            format!("{verb}-{noun}")
        }
        Archetype::Trigger => format!("{noun}-clients"),
        Archetype::Gateway => format!("{noun}-api"),
        Archetype::External => format!("{noun}-partner"),
        other => format!("{noun}-{}", other.label().to_lowercase().replace(' ', "-")),
    }
}

/// The kind of wire that is usual between two kinds of node, if any is.
pub(super) fn kind_between(
    random: &mut Random,
    from: Archetype,
    to: Archetype,
) -> Option<LinkKind> {
    use Archetype as A;
    let kind = match (from, to) {
        (A::Trigger, A::Gateway) | (A::Gateway, A::Function) => LinkKind::Request,
        (A::Trigger, A::Function) => LinkKind::Invoke,
        (A::Function, A::Table | A::Database | A::Cache | A::Bucket) => {
            random.pick(&[LinkKind::Read, LinkKind::Read, LinkKind::Write])?
        }
        (A::Function, A::Queue | A::Topic | A::Bus | A::Stream) => LinkKind::Publish,
        (A::Function, A::Workflow) => LinkKind::Invoke,
        (A::Function, A::Function | A::External) => LinkKind::Request,
        (A::Queue | A::Stream, A::Function) => LinkKind::Poll,
        (A::Topic | A::Bus, A::Function | A::Queue) => LinkKind::Deliver,
        (A::Workflow, A::Function) => LinkKind::Step,
        (A::Gateway, A::Queue | A::Bus | A::Topic | A::Stream) => LinkKind::Publish,
        (A::Trigger, A::Workflow) => LinkKind::Invoke,
        _ => return None,
    };
    kind.allows(from, to).then_some(kind)
}
