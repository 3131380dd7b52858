//! From a drawing to its report: known answers, end to end.
//!
//! Designs are made the way a person makes them, by commands; figures are
//! compared with closed forms, with sums done by hand, or with plain sampling.
#![expect(clippy::panic, reason = "a test stops where it fails")]
#![expect(clippy::unnecessary_wraps, reason = "settings hold options")]

mod caches;
mod network;
mod outlook;
mod stores;
mod time;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use nephoscope::analysis::pool::{PoolLoad, pool};
use nephoscope::catalog::{Archetype, Catalog, FigureId, Operation, ProviderId};
use nephoscope::design::link::CountLaw;
use nephoscope::design::settings::{
    BucketSettings, CapacityMode, ContainerSettings, ExternalSettings, FunctionSettings,
    GatewaySettings, NoteSettings, OtherSettings, QueueSettings, Shape, TableSettings,
    TopicSettings, TriggerSettings,
};
use nephoscope::design::{
    Command, Design, Editor, Environment, Link, LinkId, LinkKind, LinkSettings, Node, NodeId,
    Settings,
};
use nephoscope::law::Law;
use nephoscope::report::{self, Options, Report};
use nephoscope::units::{Kilobytes, Megabytes, Millis, Rate};

/// Seconds of a month of 730 hours.
const MONTH: f64 = 2_628_000.0;

// Making designs.

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap_or_else(|error| panic!("{error}"))
}

type Wire<'a> = (&'a str, &'a str, LinkKind, LinkSettings);

/// Draws nodes and wires; a second wire between two nodes gets a number.
#[track_caller]
fn drawn(nodes: &[(&str, Settings)], wires: &[Wire]) -> Design {
    let mut editor = Editor::new(Design::default());
    for (id, settings) in nodes {
        let add = Command::AddNode {
            id: NodeId::from(*id),
            node: Node::new(settings.clone()),
            at: [0.0, 0.0],
        };
        editor
            .apply(&[add])
            .unwrap_or_else(|error| panic!("{error}"));
    }
    for (from, to, kind, settings) in wires {
        let (from, to) = (NodeId::from(*from), NodeId::from(*to));
        let link = Link {
            from: from.clone(),
            to: to.clone(),
            kind: *kind,
            settings: settings.clone(),
            carrier: None,
        };
        let id = editor.free_link_id(&from, &to);
        editor
            .apply(&[Command::AddLink { id, link }])
            .unwrap_or_else(|error| panic!("{error}"));
    }
    Design::clone(editor.design())
}

fn changed(design: &Design, commands: &[Command]) -> Design {
    Editor::tried(design, commands).unwrap_or_else(|error| panic!("{error}"))
}

fn built(design: &Design) -> Report {
    report::build(design, catalog(), &Options::default())
}

fn at_traffic(design: &Design, traffic: f64) -> Report {
    let options = Options {
        traffic,
        ..Options::default()
    };
    report::build(design, catalog(), &options)
}

/// Without formulas and on the coarse grid, as sweeps are.
fn untraced(design: &Design, traffic: f64) -> Report {
    let options = Options {
        traffic,
        trace: false,
        ..Options::default()
    };
    report::build(design, catalog(), &options)
}

fn fixed(millis: f64) -> Option<Law> {
    Some(Law::Fixed(Millis(millis)))
}

fn lognormal(p50: f64, p99: f64) -> Law {
    let (p50, p99) = (Millis(p50), Millis(p99));
    Law::Lognormal { p50, p99 }
}

fn rate(text: &str) -> Option<Rate> {
    Some(text.parse().unwrap_or_else(|error| panic!("{error}")))
}

fn every(text: &str) -> Settings {
    Settings::Trigger(TriggerSettings {
        rate: rate(text),
        ..TriggerSettings::default()
    })
}

/// A function that does nothing but wait, never redeployed.
fn waiting(millis: f64) -> FunctionSettings {
    FunctionSettings {
        cpu: fixed(0.0),
        wait: fixed(millis),
        deployments: Some(0.0),
        ..FunctionSettings::default()
    }
}

fn function(millis: f64) -> Settings {
    Settings::Function(waiting(millis))
}

fn failing(share: f64) -> Settings {
    Settings::Function(FunctionSettings {
        error_rate: Some(share),
        ..waiting(10.0)
    })
}

fn plain() -> LinkSettings {
    LinkSettings::default()
}

fn counted(count: f64) -> LinkSettings {
    LinkSettings {
        count: Some(count),
        ..plain()
    }
}

fn by_law(count: f64, law: CountLaw) -> LinkSettings {
    LinkSettings {
        count_law: Some(law),
        ..counted(count)
    }
}

fn tried(retries: u32) -> LinkSettings {
    LinkSettings {
        retries: Some(retries),
        ..plain()
    }
}

// Comparing.

#[track_caller]
fn near(what: &str, got: f64, expected: f64, relative: f64) {
    let off = (got - expected).abs();
    assert!(
        off <= relative * expected.abs().max(1e-12),
        "{what}: {got}, expected {expected} within {relative}"
    );
}

#[track_caller]
fn node_rate(report: &Report, node: &str) -> f64 {
    report.nodes[node].rate.value
}

#[track_caller]
fn link_rate(report: &Report, link: &str) -> f64 {
    report.links[link].rate.value
}

fn codes(report: &Report) -> Vec<&str> {
    report.problems.iter().map(|p| p.code).collect()
}

// Money.

/// "Mobile application backend" on the AWS Lambda pricing page, July 2026:
/// 3 million requests of 120 ms at 1,536 MB. The page leaves cold starts out;
/// their initialisation, billed since August 2025, comes to a cent.
#[test]
fn the_official_example_of_lambda_end_to_end() {
    #[track_caller]
    fn check(init: Option<Law>, cents: i64) {
        let backend = Settings::Function(FunctionSettings {
            memory: Some(Megabytes(1_536.0)),
            init,
            ..waiting(120.0)
        });
        let design = drawn(
            &[("clients", every("3M/month")), ("backend", backend)],
            &[("clients", "backend", LinkKind::Request, plain())],
        );
        let logs_off = Command::SetCompanion {
            key: "backend/logs".to_owned(),
            on: false,
        };
        let report = built(&changed(&design, &[logs_off]));
        assert_eq!(report.cost.invoice, Decimal::new(cents, 2));
        assert!(report.cost.complete);
    }
    check(fixed(1e-6), 273);
    check(None, 274);
}

/// Nodes' amounts add up to the total to the last digit.
#[test]
fn nodes_add_up_to_the_total() {
    for seed in 1..=6 {
        let design = generated(seed);
        for traffic in [1.0, 1e4] {
            let report = untraced(&design, traffic);
            let mut nodes: BTreeMap<&NodeId, Decimal> = BTreeMap::new();
            for line in &report.cost.lines {
                assert!(!line.exact.is_sign_negative(), "{line:?}");
                *nodes.entry(&line.node).or_default() += line.exact;
            }
            let total: Decimal = nodes.values().sum();
            assert_eq!(
                Some(report.cost.total.value),
                total.to_f64(),
                "design {seed}"
            );
            for (id, node) in &report.nodes {
                let own = nodes.remove(id).unwrap_or_default();
                assert_eq!(Some(node.cost.value), own.to_f64(), "design {seed}: {id}");
            }
            assert!(nodes.is_empty(), "design {seed}: nobody pays for {nodes:?}");
            let off = (report.cost.invoice - total).abs();
            let lines = Decimal::from(report.cost.lines.len());
            assert!(
                off <= lines * Decimal::new(5, 3),
                "design {seed}: rounding moves {off}"
            );
        }
    }
}

/// A web application of a few dozen nodes, wired at random.
fn generated(seed: u64) -> Design {
    let mut random = Random(seed);
    let mut nodes = vec![("clients".to_owned(), every("40/s"))];
    let mut wires = Vec::new();
    for number in 0..6 + random.below(10) {
        let function_id = format!("work-{number}");
        let memory = [256.0, 512.0, 1_769.0, 3_008.0][random.below(4)];
        let settings = FunctionSettings {
            memory: Some(Megabytes(memory)),
            provisioned: Some([0, 0, 3][random.below(3)]),
            traced: Some(random.uniform()),
            ..waiting(5.0 + 200.0 * random.uniform())
        };
        let store = [
            Archetype::Table,
            Archetype::Bucket,
            Archetype::Cache,
            Archetype::Database,
        ][random.below(4)];
        let store_id = format!("store-{number}");
        let share = by_law(random.uniform(), CountLaw::Probability);
        let caller = match number {
            0 => "clients".to_owned(),
            _ => format!("work-{}", random.below(number)),
        };
        nodes.push((function_id.clone(), Settings::Function(settings)));
        nodes.push((store_id.clone(), Settings::default_of(store)));
        wires.push((
            function_id.clone(),
            store_id.clone(),
            LinkKind::Write,
            share.clone(),
        ));
        wires.push((function_id.clone(), store_id, LinkKind::Read, counted(1.5)));
        if random.below(2) == 0 || number == 0 {
            wires.push((caller, function_id, LinkKind::Request, share));
        } else {
            let queue_id = format!("queue-{number}");
            nodes.push((queue_id.clone(), Settings::default_of(Archetype::Queue)));
            wires.push((caller, queue_id.clone(), LinkKind::Publish, plain()));
            wires.push((queue_id, function_id, LinkKind::Poll, plain()));
        }
    }
    let nodes: Vec<_> = nodes
        .iter()
        .map(|(id, s)| (id.as_str(), s.clone()))
        .collect();
    let wires: Vec<_> = wires
        .iter()
        .map(|(from, to, kind, s)| (from.as_str(), to.as_str(), *kind, s.clone()))
        .collect();
    drawn(&nodes, &wires)
}

// Rates.

#[test]
fn little() {
    #[track_caller]
    fn check(per_second: &str, millis: f64, busy: f64) {
        let design = drawn(
            &[("clients", every(per_second)), ("work", function(millis))],
            &[("clients", "work", LinkKind::Request, plain())],
        );
        near(
            "busy",
            built(&design).nodes["work"].concurrency.value,
            busy,
            1e-9,
        );
    }
    check("10/s", 200.0, 2.0);
    check("0.5/s", 4_000.0, 2.0);
    check("3M/month", 876.0, 1.0);
    check("100/s", 5_000.0, 500.0);
}

/// Events at `b` for each of `a`.
#[test]
fn gains() {
    #[track_caller]
    fn check(b: Settings, kind: LinkKind, wire: LinkSettings, gain: f64) {
        let design = drawn(
            &[("clients", every("2/s")), ("a", function(10.0)), ("b", b)],
            &[
                ("clients", "a", LinkKind::Request, plain()),
                ("a", "b", kind, wire),
            ],
        );
        let report = built(&design);
        near("wire", link_rate(&report, "a->b"), 2.0 * gain, 1e-12);
        near("node", node_rate(&report, "b"), 2.0 * gain, 1e-12);
    }
    let request = LinkKind::Request;
    let b = || function(10.0);
    check(b(), request, plain(), 1.0);
    check(b(), request, counted(3.0), 3.0);
    check(b(), request, counted(0.25), 0.25);
    check(b(), request, by_law(0.25, CountLaw::Probability), 0.25);
    check(b(), request, by_law(2.5, CountLaw::Poisson), 2.5);
    let filtered = LinkSettings {
        filtered: Some(0.4),
        ..counted(2.0)
    };
    check(b(), request, filtered, 2.0 * 0.6);
    // 1 + p + p² attempts.
    check(failing(0.1), request, tried(2), 1.11);
    check(failing(1.0), request, tried(2), 3.0);
    check(failing(0.5), request, tried(0), 1.0);
    // Lambda tries asynchronous events twice again.
    check(failing(0.5), LinkKind::Invoke, plain(), 1.75);
    check(failing(0.5), LinkKind::Invoke, tried(1), 1.5);
}

#[test]
fn choices_exclude_each_other() {
    #[track_caller]
    fn check(left: f64, right: f64, gains: [f64; 2]) {
        let design = drawn(
            &[
                ("clients", every("1/s")),
                ("a", function(10.0)),
                ("b", function(10.0)),
                ("c", function(10.0)),
            ],
            &[
                ("clients", "a", LinkKind::Request, plain()),
                ("a", "b", LinkKind::Request, by_law(left, CountLaw::Choice)),
                ("a", "c", LinkKind::Request, by_law(right, CountLaw::Choice)),
            ],
        );
        let report = built(&design);
        near("b", node_rate(&report, "b"), gains[0], 1e-12);
        near("c", node_rate(&report, "c"), gains[1], 1e-12);
    }
    check(0.7, 0.3, [0.7, 0.3]);
    check(0.2, 0.3, [0.2, 0.3]);
    check(3.0, 1.0, [0.75, 0.25]); // weights
}

#[test]
fn a_topic_fans_out_and_a_queue_retries() {
    let queue = QueueSettings {
        max_receives: Some(3),
        ..QueueSettings::default()
    };
    let design = drawn(
        &[
            ("clients", every("4/s")),
            ("topic", Settings::Topic(TopicSettings::default())),
            ("mail", function(10.0)),
            ("audit", function(10.0)),
            ("queue", Settings::Queue(queue)),
            ("work", failing(0.5)),
            ("dead", Settings::default_of(Archetype::Queue)),
        ],
        &[
            ("clients", "topic", LinkKind::Publish, plain()),
            ("topic", "mail", LinkKind::Deliver, plain()),
            (
                "topic",
                "audit",
                LinkKind::Deliver,
                LinkSettings {
                    filtered: Some(0.75),
                    ..plain()
                },
            ),
            ("topic", "queue", LinkKind::Deliver, plain()),
            ("queue", "work", LinkKind::Poll, plain()),
            ("queue", "dead", LinkKind::DeadLetter, plain()),
        ],
    );
    let report = built(&design);
    for (node, expected) in [
        ("mail", 4.0),
        ("audit", 1.0),
        ("queue", 4.0),
        ("work", 7.0),
        ("dead", 0.5),
    ] {
        near(node, node_rate(&report, node), expected, 1e-12);
    }
}

/// A call that is made only sometimes breaks only sometimes: attempts on the
/// way to its caller show how often.
#[test]
fn failures_spread_as_often_as_they_are_met() {
    #[track_caller]
    fn check(wire: LinkSettings, fails: f64) {
        let design = drawn(
            &[
                ("clients", every("1/s")),
                ("a", function(10.0)),
                ("b", function(10.0)),
                ("c", function(10.0)),
            ],
            &[
                ("clients", "a", LinkKind::Request, plain()),
                ("a", "b", LinkKind::Request, tried(1)),
                ("b", "c", LinkKind::Request, wire),
            ],
        );
        let out = Command::SetOutage {
            id: NodeId::from("c"),
            out: true,
        };
        let report = built(&changed(&design, &[out]));
        near(
            "attempts",
            report.links["a->b"].attempts,
            1.0 + fails,
            1e-12,
        );
    }
    check(plain(), 1.0);
    check(by_law(0.3, CountLaw::Probability), 0.3);
    check(by_law(0.3, CountLaw::Choice), 0.3);
    check(counted(0.3), 0.3);
    check(by_law(2.0, CountLaw::Poisson), 1.0 - (-2.0_f64).exp());
    check(
        LinkSettings {
            filtered: Some(0.9),
            ..plain()
        },
        0.1,
    );
}

#[test]
fn a_change_stream_carries_writes_only() {
    let design = drawn(
        &[
            ("clients", every("5/s")),
            ("work", function(10.0)),
            ("table", Settings::Table(TableSettings::default())),
            ("follow", function(10.0)),
            ("note", function(10.0)),
        ],
        &[
            ("clients", "work", LinkKind::Request, plain()),
            ("work", "table", LinkKind::Read, counted(4.0)),
            ("work", "table", LinkKind::Write, counted(0.5)),
            ("table", "follow", LinkKind::Notify, plain()),
            ("table", "note", LinkKind::Poll, plain()),
        ],
    );
    let report = built(&design);
    near("table", node_rate(&report, "table"), 22.5, 1e-12);
    near("notified", link_rate(&report, "table->follow"), 2.5, 1e-12);
    near("polled", link_rate(&report, "table->note"), 2.5, 1e-12);
}

// Loops.

#[test]
fn a_damped_loop_is_solved_exactly() {
    // Each of 3 events causes half an event more: 3 / (1 − 0.5).
    let own = drawn(
        &[("clients", every("3/s")), ("a", function(10.0))],
        &[
            ("clients", "a", LinkKind::Request, plain()),
            ("a", "a", LinkKind::Invoke, counted(0.5)),
        ],
    );
    let round = drawn(
        &[
            ("clients", every("3/s")),
            ("a", function(10.0)),
            ("b", function(10.0)),
        ],
        &[
            ("clients", "a", LinkKind::Request, plain()),
            ("a", "b", LinkKind::Invoke, plain()),
            ("b", "a", LinkKind::Invoke, counted(0.5)),
        ],
    );
    for design in [own, round] {
        let report = built(&design);
        near("a", node_rate(&report, "a"), 6.0, 1e-12);
        assert!(report.runaways.is_empty());
    }
}

/// Loops on one node add up: the spectral radius counts, not one way round.
#[test]
fn loops_on_one_node_add_up() {
    let once = ("a", "a", LinkKind::Invoke, counted(0.6));
    let nodes = [("clients", every("1/s")), ("a", function(10.0))];
    let call = ("clients", "a", LinkKind::Request, plain());
    let one = built(&drawn(&nodes, &[call.clone(), once.clone()]));
    assert!(one.runaways.is_empty());
    near("a", node_rate(&one, "a"), 2.5, 1e-12);
    let two = built(&drawn(&nodes, &[call, once.clone(), once]));
    assert_eq!(two.runaways.len(), 1);
    near("radius", two.runaways[0].gain.value, 1.2, 1e-9);
    near("each event once", node_rate(&two, "a"), 1.0, 1e-12);
}

/// Where a loop branches, only the way back is cut.
#[test]
fn a_runaway_keeps_its_branches() {
    let design = drawn(
        &[
            ("clients", every("1/s")),
            ("a", function(10.0)),
            ("b", function(10.0)),
            ("c", function(10.0)),
        ],
        &[
            ("clients", "a", LinkKind::Request, plain()),
            ("a", "b", LinkKind::Invoke, plain()),
            ("a", "c", LinkKind::Invoke, plain()),
            ("b", "c", LinkKind::Invoke, counted(3.0)),
            ("c", "a", LinkKind::Invoke, plain()),
        ],
    );
    let report = built(&design);
    assert_eq!(report.runaways.len(), 1);
    for (node, expected) in [("a", 1.0), ("b", 1.0), ("c", 4.0)] {
        near(node, node_rate(&report, node), expected, 1e-12);
    }
}

/// The classic: a function is notified of objects and writes into the same
/// bucket. An hour at the cap is computed by hand.
#[test]
fn a_bucket_that_feeds_its_own_function() {
    let resize = FunctionSettings {
        reserved: Some(100),
        memory: Some(Megabytes(512.0)),
        log: Some(Kilobytes(1.0)),
        ..waiting(1_000.0)
    };
    let design = drawn(
        &[
            ("uploads", every("1/min")),
            ("bucket", Settings::Bucket(BucketSettings::default())),
            ("resize", Settings::Function(resize)),
        ],
        &[
            ("uploads", "bucket", LinkKind::Write, plain()),
            ("bucket", "resize", LinkKind::Notify, plain()),
            ("resize", "bucket", LinkKind::Write, counted(2.0)),
        ],
    );
    let report = built(&design);
    assert!(codes(&report).contains(&"runaway"));
    let [runaway] = report.runaways.as_slice() else {
        panic!("{:?}", report.runaways);
    };
    assert_eq!(runaway.path.len(), 3);
    assert_eq!(runaway.path.first(), runaway.path.last());
    near("a turn", runaway.gain.value, 2.0, 1e-6); // two objects for each
    let write = catalog().services["aws.s3"].timing[&Operation::Write]
        .value
        .mean()
        .0;
    let events = 3_600.0 * 100.0 / (1.0 + 2.0 * write / 1_000.0);
    let hour = 3_600.0 * 100.0 * 0.5 * 0.000_016_666_7 // 100 busy, half a GB each
        + events * 0.2e-6 // requests
        + events * 2.0 * 0.005e-3 // writes
        + events * 2.0 * 512.0 / 1_048_576.0 * 24.0 * 30.0 / 730.0 * 0.023 // kept for 30 days
        + events * 1e-6 * 0.50; // logs
    near("an hour", runaway.usd_per_hour.value, hour, 2e-3);
    let after: Vec<f64> = runaway
        .cost_after
        .iter()
        .map(|figure| figure.value)
        .collect();
    assert!(after.is_sorted() && after[0] > 0.0, "{after:?}");
    assert!(after[1] <= runaway.usd_per_hour.value);
    assert!(after[2] <= 62.0 * runaway.usd_per_hour.value * (1.0 + 1e-9));
    assert!(report.cost.total.value.is_finite());
    near(
        "each event once",
        node_rate(&report, "resize"),
        1.0 / 60.0,
        1e-12,
    );
}

// Pools.

/// 0.9/s for 1.991 s, idle for up to 600 s: the case of the reference table
/// for the exact pool, 0.00132930665.
#[test]
fn cold_starts_follow_the_exact_pool() {
    let mut load = PoolLoad {
        arrival_rate: 0.9,
        mean_service_s: 1.991,
        idle_timeout_s: 600.0,
        lifetime_cap_s: None,
        limit: None,
    };
    near(
        "without a cap",
        pool(&load).cold_probability,
        0.001_329_306_65,
        1e-7,
    );
    let compute = catalog().services["aws.lambda"].compute.as_ref();
    let compute = compute.unwrap_or_else(|| panic!("a function has no pool"));
    load.idle_timeout_s = compute.idle_timeout.value;
    load.lifetime_cap_s = compute.lifetime.as_ref().map(|figure| figure.value);
    let design = drawn(
        &[("clients", every("0.9/s")), ("work", function(1_991.0))],
        &[("clients", "work", LinkKind::Request, plain())],
    );
    let report = built(&design);
    let expected = pool(&load).cold_probability;
    let cold = report.nodes["work"]
        .cold_start
        .as_ref()
        .map_or(f64::NAN, |f| f.value);
    near("work", cold, expected, 1e-6);
    near(
        "clients",
        report.triggers[0].cold_start.value,
        expected,
        1e-6,
    );
}

/// B(0) = 1, B(c) = aB/(c + aB): the recursion of Erlang's loss formula.
fn erlang(servers: u32, load: f64) -> f64 {
    (1..=servers).fold(1.0, |b, c| load * b / (f64::from(c) + load * b))
}

#[test]
fn reservations_refuse_by_erlang() {
    for (per_second, millis, reserved) in [
        ("1/s", 500.0, 1),
        ("2/s", 500.0, 1),
        ("10/s", 500.0, 3),
        ("10/s", 500.0, 10),
        ("50/s", 1_000.0, 40),
    ] {
        let work = FunctionSettings {
            reserved: Some(reserved),
            ..waiting(millis)
        };
        let design = drawn(
            &[
                ("clients", every(per_second)),
                ("work", Settings::Function(work)),
            ],
            &[("clients", "work", LinkKind::Request, plain())],
        );
        let report = built(&design);
        let load = node_rate(&report, "work") * millis / 1_000.0;
        let refused = erlang(reserved, load);
        let work = &report.nodes["work"];
        near(
            "refused",
            work.throttle.as_ref().map_or(f64::NAN, |f| f.value),
            refused,
            1e-9,
        );
        near(
            "to clients",
            report.triggers[0].throttle.value,
            refused,
            1e-9,
        );
        near("busy", work.concurrency.value, load * (1.0 - refused), 1e-9);
        let used = work.utilisation.as_ref().map_or(f64::NAN, |f| f.value);
        near("wanted", used, load / f64::from(reserved), 1e-9);
    }
}

#[test]
fn functions_share_what_the_account_has_left() {
    let reserved = FunctionSettings {
        reserved: Some(2),
        ..waiting(1_000.0)
    };
    let design = drawn(
        &[
            ("clients", every("4/s")),
            ("a", function(1_000.0)),
            ("b", function(500.0)),
            ("c", Settings::Function(reserved)),
        ],
        &[
            ("clients", "a", LinkKind::Request, plain()),
            ("clients", "b", LinkKind::Request, counted(2.0)),
            ("clients", "c", LinkKind::Request, counted(0.25)),
        ],
    );
    let ten = Environment {
        raised_limits: BTreeMap::from([(
            FigureId("aws.lambda#limit.Concurrency".to_owned()),
            10.0,
        )]),
        ..Environment::default()
    };
    let report = built(&changed(&design, &[Command::SetEnvironment(ten)]));
    // Loads 4 and 4 on 10 − 2 places; load 1 on 2 of its own.
    for (node, refused, busy) in [
        ("a", erlang(8, 8.0), 4.0),
        ("b", erlang(8, 8.0), 4.0),
        ("c", erlang(2, 1.0), 1.0),
    ] {
        let own = &report.nodes[node];
        near(
            node,
            own.throttle.as_ref().map_or(f64::NAN, |f| f.value),
            refused,
            1e-9,
        );
        near(node, own.concurrency.value, busy * (1.0 - refused), 1e-9);
    }
    near(
        "wanted",
        report.nodes["a"]
            .utilisation
            .as_ref()
            .map_or(f64::NAN, |f| f.value),
        1.0,
        1e-9,
    );
}

/// A quota beyond any number of places is no quota of none.
#[test]
fn a_huge_quota_refuses_nobody() {
    let design = drawn(
        &[("clients", every("5/s")), ("work", function(100.0))],
        &[("clients", "work", LinkKind::Request, plain())],
    );
    let huge = Environment {
        raised_limits: BTreeMap::from([(
            FigureId("aws.lambda#limit.Concurrency".to_owned()),
            1e12,
        )]),
        ..Environment::default()
    };
    let report = built(&changed(&design, &[Command::SetEnvironment(huge)]));
    assert_eq!(report.triggers[0].throttle.value, 0.0);
    near("busy", report.nodes["work"].concurrency.value, 0.5, 1e-9);
}

// Latency.

/// SplitMix64 (Steele, Lea and Flood 2014), and normal deviates by Box and
/// Muller (1958).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Above 0, up to 1.
    fn uniform(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits are left")]
        let bits = (self.next() >> 11) as f64;
        (bits + 1.0) / 9_007_199_254_740_992.0
    }

    fn below(&mut self, limit: usize) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "below a small limit")]
        let number = (self.next() % limit as u64) as usize;
        number
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn draw(&mut self, law: &Law) -> f64 {
        match law {
            Law::Fixed(time) => time.0,
            Law::Exponential { mean } => -mean.0 * self.uniform().ln(),
            // 2.3263 is the 99 % quantile of the normal law.
            Law::Lognormal { p50, p99 } => {
                let sigma = (p99.0 / p50.0).ln() / 2.326_347_874_040_841;
                p50.0 * (sigma * self.normal()).exp()
            }
            Law::Quantiles(_) => law.quantile(self.uniform().min(1.0 - 1e-9)).0,
        }
    }
}

fn timing(service: &str, operation: Operation) -> Law {
    catalog().services[service].timing[&operation].value.clone()
}

const SAMPLES: usize = 400_000;

/// Compares p50, p95, p99 and mean of what the clients wait for with samples.
#[track_caller]
fn check_response(what: &str, report: &Report, mut sample: impl FnMut(&mut Random) -> f64) {
    let mut random = Random(20_261_121);
    let mut times: Vec<f64> = (0..SAMPLES).map(|_| sample(&mut random)).collect();
    times.sort_by(f64::total_cmp);
    let clients = &report.triggers[0];
    for (per_thousand, figure) in [
        (500, &clients.p50),
        (950, &clients.p95),
        (990, &clients.p99),
    ] {
        let quantile = times[SAMPLES / 1_000 * per_thousand];
        near(
            &format!("{what}: p{per_thousand}"),
            figure.value,
            quantile,
            0.015,
        );
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand")]
    let mean = times.iter().sum::<f64>() / SAMPLES as f64;
    near(&format!("{what}: mean"), clients.mean.value, mean, 0.01);
}

/// Clients, gateway, and a function that reads and writes a table in stages.
fn web(read: (u32, f64), write: (u32, f64)) -> Design {
    let staged = |(stage, count): (u32, f64)| LinkSettings {
        stage: Some(stage),
        ..counted(count)
    };
    let work = FunctionSettings {
        memory: Some(Megabytes(1_769.0)), // one full core
        cpu: Some(lognormal(12.0, 60.0)),
        ..waiting(0.0)
    };
    drawn(
        &[
            ("clients", every("50/s")),
            ("api", Settings::Gateway(GatewaySettings::default())),
            ("work", Settings::Function(work)),
            ("table", Settings::Table(TableSettings::default())),
        ],
        &[
            ("clients", "api", LinkKind::Request, plain()),
            ("api", "work", LinkKind::Request, plain()),
            ("work", "table", LinkKind::Read, staged(read)),
            ("work", "table", LinkKind::Write, staged(write)),
        ],
    )
}

#[test]
fn latency_agrees_with_sampling() {
    let gateway = timing("aws.api-gateway-http", Operation::Handle);
    let handle = timing("aws.lambda", Operation::Handle);
    let read = timing("aws.dynamodb", Operation::Read);
    let write = timing("aws.dynamodb", Operation::Write);
    let cpu = lognormal(12.0, 60.0);
    let before =
        |random: &mut Random| random.draw(&gateway) + random.draw(&handle) + random.draw(&cpu);
    let one = (1, 1.0);
    check_response("side by side", &built(&web(one, one)), |random| {
        before(random) + random.draw(&read).max(random.draw(&write))
    });
    check_response(
        "one after the other",
        &built(&web(one, (2, 1.0))),
        |random| before(random) + random.draw(&read) + random.draw(&write),
    );
    check_response("repeated", &built(&web((1, 3.5), (2, 1.0))), |random| {
        let again = if random.uniform() <= 0.5 {
            random.draw(&read)
        } else {
            0.0
        };
        let reads = random.draw(&read) + random.draw(&read) + random.draw(&read) + again;
        before(random) + reads + random.draw(&write)
    });
}

#[test]
fn retries_and_timeouts_agree_with_sampling() {
    let latency = lognormal(100.0, 600.0);
    let bank = ExternalSettings {
        latency: Some(latency.clone()),
        error_rate: Some(0.1),
        ..ExternalSettings::default()
    };
    let wire = LinkSettings {
        timeout: Some(Millis(250.0)),
        backoff: Some(Millis(40.0)),
        ..tried(2)
    };
    let design = drawn(
        &[
            ("clients", every("50/s")),
            ("work", function(5.0)),
            ("bank", Settings::External(bank)),
        ],
        &[
            ("clients", "work", LinkKind::Request, plain()),
            ("work", "bank", LinkKind::Request, wire),
        ],
    );
    let handle = timing("aws.lambda", Operation::Handle);
    check_response("retried", &built(&design), |random| {
        let mut time = random.draw(&handle) + 5.0;
        for pause in [40.0, 80.0, 0.0] {
            let answer = random.draw(&latency);
            time += answer.min(250.0);
            if answer <= 250.0 && random.uniform() > 0.1 {
                break;
            }
            time += pause;
        }
        time
    });
}

/// What is done in the background is done after the answer, the hop and the
/// work, each counted once.
#[test]
fn background_work_is_done_when_it_is() {
    let design = drawn(
        &[
            ("clients", every("50/s")),
            ("api", Settings::Gateway(GatewaySettings::default())),
            ("take", function(20.0)),
            ("queue", Settings::Queue(QueueSettings::default())),
            ("work", function(300.0)),
        ],
        &[
            ("clients", "api", LinkKind::Request, plain()),
            ("api", "take", LinkKind::Request, plain()),
            ("take", "queue", LinkKind::Publish, plain()),
            ("queue", "work", LinkKind::Poll, plain()),
        ],
    );
    let laws = [
        timing("aws.api-gateway-http", Operation::Handle),
        timing("aws.lambda", Operation::Handle),
        timing("aws.sqs", Operation::Accept),
        timing("aws.sqs", Operation::Deliver),
        timing("aws.lambda", Operation::Handle),
    ];
    let report = built(&design);
    let [done] = report.triggers[0].completions.as_slice() else {
        panic!("{:?}", report.triggers[0].completions);
    };
    assert_eq!(done.node.as_str(), "work");
    let mut random = Random(7);
    let mut times: Vec<f64> = (0..SAMPLES)
        .map(|_| 320.0 + laws.iter().map(|law| random.draw(law)).sum::<f64>())
        .collect();
    times.sort_by(f64::total_cmp);
    near("p50", done.p50.value, times[SAMPLES / 2], 0.015);
    near("p95", done.p95.value, times[SAMPLES / 100 * 95], 0.015);
}

// Time.

#[test]
fn a_daily_curve_moves_the_peak_and_not_the_bill() {
    let of = |shape: Shape, peak_to_mean: f64| {
        let clients = TriggerSettings {
            rate: rate("20/s"),
            shape: Some(shape),
            peak_to_mean: Some(peak_to_mean),
            ..TriggerSettings::default()
        };
        built(&drawn(
            &[
                ("clients", Settings::Trigger(clients)),
                ("api", Settings::Gateway(GatewaySettings::default())),
                ("work", function(80.0)),
                ("table", Settings::Table(TableSettings::default())),
            ],
            &[
                ("clients", "api", LinkKind::Request, plain()),
                ("api", "work", LinkKind::Request, plain()),
                ("work", "table", LinkKind::Write, plain()),
            ],
        ))
    };
    let steady = of(Shape::Steady, 1.0);
    for peak_to_mean in [1.5, 2.5, 6.0] {
        let daily = of(Shape::Daily, peak_to_mean);
        near("mean", daily.triggers[0].rate.value, 20.0, 1e-9);
        near(
            "peak",
            daily.triggers[0].peak.value,
            20.0 * peak_to_mean,
            1e-6,
        );
        near(
            "at the table",
            daily.nodes["table"].peak_rate.value,
            20.0 * peak_to_mean,
            1e-6,
        );
        for (day, calm) in daily.cost.lines.iter().zip(&steady.cost.lines) {
            assert_eq!((&day.node, &day.meter), (&calm.node, &calm.meter));
            // Only cold starts differ, whose initialisation Lambda bills.
            let tolerance = if day.meter.starts_with("duration") {
                2e-3
            } else {
                1e-9
            };
            near(&day.meter, day.quantity, calm.quantity, tolerance);
        }
        near(
            "bill",
            daily.cost.total.value,
            steady.cost.total.value,
            2e-3,
        );
    }
}

/// The interactive response time law: users = rate × (think time + response).
#[test]
fn waiting_users_slow_down() {
    for (users, think, millis) in [
        (50.0, 2_000.0, 500.0),
        (3.0, 100.0, 900.0),
        (400.0, 0.0, 40.0),
    ] {
        let clients = TriggerSettings {
            shape: Some(Shape::ClosedLoop),
            users: Some(users),
            think_time: Some(Millis(think)),
            ..TriggerSettings::default()
        };
        let report = built(&drawn(
            &[
                ("clients", Settings::Trigger(clients)),
                ("work", function(millis)),
            ],
            &[("clients", "work", LinkKind::Request, plain())],
        ));
        let clients = &report.triggers[0];
        let cycle = (think + clients.mean.value) / 1_000.0;
        near("users", clients.rate.value * cycle, users, 1e-4);
    }
}

#[test]
fn a_month_has_no_more_seconds_than_it_has() {
    let step = |peak: &str| {
        Settings::Trigger(TriggerSettings {
            rate: rate("1/s"),
            peak: rate(peak),
            shape: Some(Shape::Step),
            hold: Some(Millis(2.6e9)), // almost all of the month
            ..TriggerSettings::default()
        })
    };
    let report = built(&drawn(
        &[
            ("a", step("2/s")),
            ("b", step("3/s")),
            ("work", function(10.0)),
        ],
        &[
            ("a", "work", LinkKind::Request, plain()),
            ("b", "work", LinkKind::Request, plain()),
        ],
    ));
    let seconds: f64 = report.nodes["work"]
        .profile
        .iter()
        .map(|bin| bin.weight)
        .sum();
    near("month", seconds, MONTH, 1e-9);
    assert!(node_rate(&report, "work") <= 5.0);
}

/// Provisioned units are short in the hours in which they are, not all day.
#[test]
fn a_table_refuses_at_its_peak_only() {
    let clients = TriggerSettings {
        rate: rate("10/s"),
        shape: Some(Shape::Daily),
        peak_to_mean: Some(3.0),
        ..TriggerSettings::default()
    };
    let table = TableSettings {
        capacity: Some(CapacityMode::Provisioned),
        write_units: Some(15.0),
        ..TableSettings::default()
    };
    let report = built(&drawn(
        &[
            ("clients", Settings::Trigger(clients)),
            ("work", function(10.0)),
            ("table", Settings::Table(table)),
        ],
        &[
            ("clients", "work", LinkKind::Request, plain()),
            ("work", "table", LinkKind::Write, plain()),
        ],
    ));
    for bin in &report.nodes["table"].profile {
        let refused = (1.0 - 15.0 / bin.rate).max(0.0);
        near("refused", bin.throttle, refused, 1e-9);
    }
}

// What cannot be.

fn everything() -> Design {
    drawn(
        &[
            ("clients", every("5/s")),
            ("api", Settings::Gateway(GatewaySettings::default())),
            ("work", function(50.0)),
            ("table", Settings::Table(TableSettings::default())),
            ("bucket", Settings::Bucket(BucketSettings::default())),
            ("queue", Settings::Queue(QueueSettings::default())),
            ("box", Settings::Container(ContainerSettings::default())),
            (
                "bank",
                Settings::External(ExternalSettings {
                    price: Some(0.01),
                    ..ExternalSettings::default()
                }),
            ),
            ("other", Settings::Other(OtherSettings::default())),
            ("memo", Settings::Note(NoteSettings::default())),
        ],
        &[
            ("clients", "api", LinkKind::Request, plain()),
            ("api", "work", LinkKind::Request, plain()),
            ("work", "table", LinkKind::Write, plain()),
            ("work", "bucket", LinkKind::Write, plain()),
            ("work", "queue", LinkKind::Publish, plain()),
            ("queue", "box", LinkKind::Poll, plain()),
            ("box", "bank", LinkKind::Request, plain()),
            ("work", "other", LinkKind::Request, plain()),
        ],
    )
}

#[track_caller]
fn assert_sound(what: &str, report: &Report) {
    let cost = &report.cost;
    let finite = cost.total.value.is_finite()
        && cost.total.value >= 0.0
        && cost.lines.iter().all(|line| line.quantity.is_finite())
        && report.triggers.iter().all(|t| {
            [
                &t.rate,
                &t.p50,
                &t.p95,
                &t.p99,
                &t.mean,
                &t.cold_start,
                &t.throttle,
            ]
            .iter()
            .all(|figure| figure.value.is_finite())
        })
        && report.nodes.values().all(|node| {
            [&node.rate, &node.concurrency, &node.cost]
                .iter()
                .all(|figure| figure.value.is_finite())
        });
    let flagged = !cost.complete && !report.problems.is_empty();
    assert!(finite || flagged, "{what}: {report:#?}");
    assert!(cost.total.value >= 0.0, "{what}");
    for node in report.nodes.values() {
        for bin in &node.profile {
            let shares = [bin.cold, bin.throttle];
            assert!(
                shares.iter().all(|p| (0.0..=1.0).contains(p)),
                "{what}: {bin:?}"
            );
        }
    }
}

#[test]
fn no_traffic_is_too_odd() {
    for traffic in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-300, 1e9, 1e18, 1e300] {
        let report = at_traffic(&everything(), traffic);
        assert_sound(&format!("traffic × {traffic}"), &report);
    }
    assert_eq!(at_traffic(&everything(), -1.0).triggers[0].rate.value, 0.0);
    let beyond = at_traffic(&everything(), 1e300);
    assert!(
        !beyond.cost.complete,
        "a bill beyond any bill reads as complete"
    );
}

#[test]
fn no_design_is_too_odd() {
    assert_sound("nothing", &built(&Design::default()));
    let memo = ("memo", Settings::Note(NoteSettings::default()));
    assert_sound("a note", &built(&drawn(&[memo], &[])));
    for archetype in Archetype::ALL {
        let one = drawn(&[("one", Settings::default_of(archetype))], &[]);
        assert_sound(archetype.label(), &built(&one));
    }
    // Every pair of kinds, every way to wire them, the receiver to itself too.
    for (from, to) in Archetype::ALL
        .into_iter()
        .flat_map(|a| Archetype::ALL.map(|b| (a, b)))
    {
        let nodes = [
            ("clients", every("2/s")),
            ("from", Settings::default_of(from)),
            ("to", Settings::default_of(to)),
        ];
        let mut wires = Vec::new();
        for (sender, receiver, ends) in [
            ("clients", "from", (Archetype::Trigger, from)),
            ("from", "to", (from, to)),
            ("to", "to", (to, to)),
        ] {
            let kinds = LinkKind::ALL
                .into_iter()
                .filter(|kind| kind.allows(ends.0, ends.1));
            wires.extend(kinds.map(|kind| (sender, receiver, kind, plain())));
        }
        let report = untraced(&drawn(&nodes, &wires), 1.0);
        assert_sound(&format!("{from} to {to}"), &report);
    }
}

#[test]
fn links_into_nothing_are_left_out_and_said() {
    let mut design = everything();
    let link = |from: &str, to: &str, kind| Link {
        from: NodeId::from(from),
        to: NodeId::from(to),
        kind,
        settings: plain(),
        carrier: None,
    };
    let id = |text: &str| LinkId::from(text);
    design
        .links
        .insert(id("work->gone"), link("work", "gone", LinkKind::Request));
    design
        .links
        .insert(id("gone->gone"), link("gone", "gone", LinkKind::Request));
    design
        .links
        .insert(id("memo->work"), link("memo", "work", LinkKind::Request));
    design.links.insert(
        id("table->clients"),
        link("table", "clients", LinkKind::Read),
    );
    let report = built(&design);
    assert_sound("dangling", &report);
    for (code, times) in [("dangling-link", 3), ("illegal-link", 1)] {
        let found = codes(&report)
            .into_iter()
            .filter(|found| *found == code)
            .count();
        assert_eq!(found, times, "{code}: {:#?}", report.problems);
    }
}

#[test]
fn unknown_providers_and_missing_prices_are_flagged() {
    let nowhere = Options {
        provider: Some(ProviderId::from("nowhere")),
        ..Options::default()
    };
    let only_a_bank = drawn(
        &[
            ("clients", every("1/s")),
            ("bank", Settings::External(ExternalSettings::default())),
        ],
        &[("clients", "bank", LinkKind::Request, plain())],
    );
    for design in [everything(), only_a_bank] {
        let report = report::build(&design, catalog(), &nowhere);
        assert!(!report.cost.complete);
        assert!(codes(&report).contains(&"no-provider"));
    }
    // Provisioned concurrency has no recorded price in Ireland.
    let ready = FunctionSettings {
        provisioned: Some(5),
        ..waiting(50.0)
    };
    let design = drawn(
        &[
            ("clients", every("1/s")),
            ("work", Settings::Function(ready)),
        ],
        &[("clients", "work", LinkKind::Request, plain())],
    );
    let ireland = Options {
        region: Some("eu-west-1".into()),
        ..Options::default()
    };
    let report = report::build(&design, catalog(), &ireland);
    assert!(!report.cost.complete && !report.nodes["work"].cost_complete);
    assert!(codes(&report).contains(&"missing-price"));
    assert!(built(&design).cost.complete);
}

/// Many ways lead to the last layer, 3¹⁹ of them; none is walked twice.
#[test]
fn many_ways_to_one_node_do_not_take_for_ever() {
    let layers = 20;
    let names: Vec<[String; 3]> = (0..layers)
        .map(|layer| [0, 1, 2].map(|place| format!("l{layer}-{place}")))
        .collect();
    let mut nodes = vec![("clients", every("1/s"))];
    let hop = || Settings::Gateway(GatewaySettings::default());
    nodes.extend(names.iter().flatten().map(|id| (id.as_str(), hop())));
    let third = || by_law(1.0 / 3.0, CountLaw::Probability);
    let mut wires = Vec::new();
    wires.extend(
        names[0]
            .iter()
            .map(|id| ("clients", id.as_str(), LinkKind::Request, third())),
    );
    for pair in names.windows(2) {
        for from in &pair[0] {
            wires.extend(
                pair[1]
                    .iter()
                    .map(|to| (from.as_str(), to.as_str(), LinkKind::Request, third())),
            );
        }
    }
    let report = untraced(&drawn(&nodes, &wires), 1.0);
    near(
        "last",
        node_rate(&report, &names[layers - 1][0]),
        1.0 / 3.0,
        1e-9,
    );
}

#[test]
fn the_same_design_gives_the_same_report() {
    for design in [everything(), generated(3)] {
        let text = |report: &Report| {
            serde_json::to_string(report).unwrap_or_else(|error| panic!("{error}"))
        };
        assert_eq!(text(&built(&design)), text(&built(&design)));
    }
}
