//! Traffic through time: what is refused goes no further, what can wait is
//! handled later.

use nephoscope::design::settings::Arrivals;
use nephoscope::design::{ParamPath, Series, Value};

use super::*;

fn trigger(settings: TriggerSettings) -> Settings {
    Settings::Trigger(settings)
}

fn reserved(millis: f64, reserved: u32) -> Settings {
    Settings::Function(FunctionSettings {
        reserved: Some(reserved),
        ..waiting(millis)
    })
}

fn problem<'a>(report: &'a Report, code: &str) -> Option<&'a report::Problem> {
    report.problems.iter().find(|problem| problem.code == code)
}

/// Ten executions of 1 s offered to five places: half is refused, and only what
/// is let through reaches the table and the bill.
#[test]
fn what_is_refused_goes_no_further() {
    let design = drawn(
        &[
            ("users", every("10/s")),
            ("work", reserved(1_000.0, 5)),
            ("table", Settings::default_of(Archetype::Table)),
        ],
        &[
            ("users", "work", LinkKind::Request, plain()),
            ("work", "table", LinkKind::Write, plain()),
        ],
    );
    let report = built(&design);
    let refused = nephoscope::analysis::queueing::erlang_b(5, 10.0);
    // The table's own time and the service's are on top of the second.
    let throttle = report.nodes["work"]
        .throttle
        .as_ref()
        .map_or(0.0, |t| t.value);
    near("refused", throttle, refused, 0.02);
    near(
        "written",
        node_rate(&report, "table"),
        10.0 * (1.0 - throttle),
        1e-9,
    );
    let requests = report
        .cost
        .lines
        .iter()
        .find(|line| line.node == NodeId::from("work") && line.meter == "requests")
        .map_or(0.0, |line| line.quantity);
    near("billed", requests, 10.0 * MONTH * (1.0 - throttle), 1e-9);
    let episode = &report.nodes["work"].refusals[0];
    near("all the time", episode.lasts, MONTH, 1e-9);
    assert!(
        episode.limit.contains("reserved concurrency"),
        "{}",
        episode.limit
    );
}

/// A step of 600 s at 30/s into a queue whose consumer takes 10/s: 12,000 wait
/// at its end, and they drain at 9/s.
#[test]
fn a_peak_in_a_queue_is_a_delay() {
    let step = TriggerSettings {
        rate: rate("1/s"),
        peak: rate("30/s"),
        shape: Some(Shape::Step),
        hold: Some(Millis(600_000.0)),
        ..TriggerSettings::default()
    };
    let mapping = LinkSettings {
        maximum_concurrency: Some(5),
        ..plain()
    };
    let design = drawn(
        &[
            ("orders", trigger(step)),
            ("queue", Settings::default_of(Archetype::Queue)),
            ("work", function(500.0)),
        ],
        &[
            ("orders", "queue", LinkKind::Publish, plain()),
            ("queue", "work", LinkKind::Poll, mapping),
        ],
    );
    let report = built(&design);
    let backlog = report.nodes["queue"].backlog.clone();
    let backlog = backlog.unwrap_or_else(|| panic!("nothing waits"));
    let capacity = 5.0 / 0.5;
    near(
        "deepest",
        backlog.deepest.value,
        (30.0 - capacity) * 600.0,
        0.01,
    );
    near("longest", backlog.longest.value, 12_000.0 / capacity, 0.05);
    let drained = backlog.drained.map_or(0.0, |figure| figure.value);
    let expected = 600.0 + 12_000.0 / (capacity - 1.0);
    // Known to the bin, each 1.6 times as long as the last.
    assert!((expected..1.7 * expected).contains(&drained), "{drained}");
    assert_eq!(backlog.growth.value, 0.0);
    // Nothing is lost: what comes is worked off within the month.
    near(
        "worked off",
        node_rate(&report, "work"),
        node_rate(&report, "queue"),
        1e-3,
    );
    assert!(problem(&report, "backlog-grows").is_none());
}

/// 20/s for 10/s of capacity, for ever.
#[test]
fn a_backlog_that_never_drains_is_unstable() {
    let mapping = LinkSettings {
        maximum_concurrency: Some(5),
        ..plain()
    };
    let design = drawn(
        &[
            ("orders", every("20/s")),
            ("queue", Settings::default_of(Archetype::Queue)),
            ("work", function(500.0)),
        ],
        &[
            ("orders", "queue", LinkKind::Publish, plain()),
            ("queue", "work", LinkKind::Poll, mapping),
        ],
    );
    let report = built(&design);
    near("taken", node_rate(&report, "work"), 10.0, 1e-6);
    let backlog = report.nodes["queue"].backlog.clone();
    let backlog = backlog.unwrap_or_else(|| panic!("nothing waits"));
    near("growth", backlog.growth.value, 10.0, 1e-6);
    // What waits longer than the retention of four days is dropped.
    near("deepest", backlog.deepest.value, 10.0 * 345_600.0, 1e-6);
    assert!(problem(&report, "backlog-grows").is_some());
}

/// A daily peak above capacity drains at night: a delay, not an overload.
#[test]
fn a_daily_peak_drains_at_night() {
    let day = TriggerSettings {
        rate: rate("6/s"),
        shape: Some(Shape::Daily),
        ..TriggerSettings::default()
    };
    let mapping = LinkSettings {
        maximum_concurrency: Some(5),
        ..plain()
    };
    let design = drawn(
        &[
            ("orders", trigger(day)),
            ("queue", Settings::default_of(Archetype::Queue)),
            ("work", function(500.0)),
        ],
        &[
            ("orders", "queue", LinkKind::Publish, plain()),
            ("queue", "work", LinkKind::Poll, mapping),
        ],
    );
    let report = built(&design);
    assert!(
        problem(&report, "backlog-grows").is_none(),
        "{:?}",
        report.problems
    );
    near("worked off", node_rate(&report, "work"), 6.0, 1e-3);
    let backlog = report.nodes["queue"].backlog.clone();
    let backlog = backlog.unwrap_or_else(|| panic!("nothing waits"));
    assert!(backlog.deepest.value > 10_000.0, "{:?}", backlog.deepest);
    assert_eq!(backlog.growth.value, 0.0);
    let peak = report.nodes["work"].peak_rate.value;
    assert!(peak <= 10.0 + 1e-6, "{peak}");
}

/// The incident: reserved concurrency 1, four messages at once, 3 s of work, 90
/// s of visibility, at most 3 receives. One message is lost after 270 s, though
/// the code is fine; a maximum concurrency on the mapping is the remedy.
#[test]
fn throttled_receives_lose_valid_messages() {
    let fired = TriggerSettings {
        shape: Some(Shape::Cron),
        cron: Some("0 6 * * *".to_owned()),
        batch: Some(4.0),
        ..TriggerSettings::default()
    };
    let queue = QueueSettings {
        visibility: Some(Millis(90_000.0)),
        max_receives: Some(3),
        ..QueueSettings::default()
    };
    let design = drawn(
        &[
            ("night", trigger(fired)),
            ("queue", Settings::Queue(queue)),
            ("dead", Settings::default_of(Archetype::Queue)),
            ("work", reserved(3_000.0, 1)),
        ],
        &[
            ("night", "queue", LinkKind::Publish, plain()),
            ("queue", "work", LinkKind::Poll, plain()),
            ("queue", "dead", LinkKind::DeadLetter, plain()),
        ],
    );
    let report = built(&design);
    let backlog = report.nodes["queue"].backlog.clone();
    let lost = backlog.and_then(|backlog| backlog.dead_letters);
    let lost = lost.unwrap_or_else(|| panic!("nothing is lost"));
    near("one of four each day", lost.lost.value, 730.0 / 24.0, 1e-6);
    near("share", lost.share, 0.25, 1e-9);
    near("about five minutes", lost.after.value, 270.0, 1e-12);
    let found = problem(&report, "throttled-poller").unwrap_or_else(|| panic!("not reported"));
    assert_eq!(found.severity, report::Severity::Error);
    assert!(found.why.contains("dead-letter queue"), "{}", found.why);
    let fix = found.fix.clone().unwrap_or_else(|| panic!("no remedy"));
    assert!(fix.label.contains("maximum concurrency"), "{}", fix.label);
    let mended = built(&changed(&design, &fix.commands));
    assert!(problem(&mended, "throttled-poller").is_none());
    let still = mended.nodes["queue"].backlog.as_ref();
    assert!(still.is_none_or(|backlog| backlog.dead_letters.is_none()));
}

/// The samples of a viral story and of a launch say when, why and for how long
/// requests are refused; a raised limit makes it vanish.
#[test]
fn spikes_say_which_limit_gives_way() {
    for sample in ["viral-news", "product-launch"] {
        let design = nephoscope::project::sample(sample).unwrap_or_else(|e| panic!("{e}"));
        let report = built(&design);
        let refusing: Vec<_> = report
            .nodes
            .iter()
            .filter(|(_, node)| !node.refusals.is_empty())
            .collect();
        assert!(!refusing.is_empty(), "{sample}: nothing refuses");
        for (id, node) in &refusing {
            for refusal in &node.refusals {
                assert!(
                    refusal.lasts > 0.0 && refusal.refused > 0.0,
                    "{sample}/{id}: {refusal:?}"
                );
                assert!(refusal.limit.len() > 10, "{sample}/{id}: {refusal:?}");
            }
        }
        let throttled = |report: &Report| {
            let all = report.triggers.iter().map(|trigger| trigger.throttle.value);
            all.fold(0.0, f64::max)
        };
        let mut raised = design.clone();
        for service in catalog().services.values() {
            for limit in service.limits.values() {
                raised
                    .environment
                    .raised_limits
                    .insert(limit.value.id.clone(), 1e7);
            }
        }
        // The launch's table has units of its own, which are a setting.
        let provisioned: Vec<NodeId> = raised
            .nodes
            .iter()
            .filter(|(_, node)| matches!(&node.settings, Settings::Table(table) if table.capacity() == CapacityMode::Provisioned))
            .map(|(id, _)| id.clone())
            .collect();
        for id in provisioned {
            for key in ["read_units", "write_units"] {
                let path = ParamPath::Node(id.clone(), key.to_owned());
                let value = Some(Value::Number(20_000.0));
                raised = changed(&raised, &[Command::Set { path, value }]);
            }
        }
        let (before, after) = (throttled(&report), throttled(&built(&raised)));
        assert!(
            before > 0.1 && after < 1e-3,
            "{sample}: {before} and then {after}"
        );
    }
}

/// Clustered arrivals are refused more often than independent ones, evenly
/// spaced ones less.
#[test]
fn bursts_are_refused_more() {
    let refused = |arrivals: Arrivals| {
        let users = TriggerSettings {
            rate: rate("80/s"),
            arrivals: Some(arrivals),
            peakedness: Some(4.0),
            ..TriggerSettings::default()
        };
        let design = drawn(
            &[("users", trigger(users)), ("work", reserved(1_000.0, 100))],
            &[("users", "work", LinkKind::Request, plain())],
        );
        built(&design).nodes["work"]
            .throttle
            .as_ref()
            .map_or(0.0, |t| t.value)
    };
    let poisson = refused(Arrivals::Poisson);
    near("Erlang B", poisson, 0.003_992_028_604_55, 0.03);
    near(
        "Hayward",
        refused(Arrivals::Bursty),
        0.050_221_777_890_8,
        0.02,
    );
    assert!(refused(Arrivals::Regular) < 0.5 * poisson);
}

/// Warm-up pings keep the first instance, so that only overlaps start cold.
#[test]
fn pings_keep_one_instance_warm() {
    let cold = |pings: f64| {
        let work = FunctionSettings {
            warm_up: Some(pings),
            ..waiting(200.0)
        };
        let design = drawn(
            &[("users", every("6/h")), ("work", Settings::Function(work))],
            &[("users", "work", LinkKind::Request, plain())],
        );
        built(&design).nodes["work"]
            .cold_start
            .as_ref()
            .map_or(0.0, |c| c.value)
    };
    assert!(cold(0.0) > 0.3, "{}", cold(0.0));
    assert!(cold(1.0 / 300.0) < 0.001, "{}", cold(1.0 / 300.0));
    near("too rarely", cold(1.0 / 3_600.0), cold(0.0), 1e-9);
}

/// Instances that take several requests at once start less often.
#[test]
fn packed_instances_start_less_often() {
    let cold = |concurrency: u32| {
        let work = FunctionSettings {
            concurrency: Some(concurrency),
            ..waiting(1_991.0)
        };
        let mut design = drawn(
            &[
                ("users", every("0.9/s")),
                ("work", Settings::Function(work)),
            ],
            &[("users", "work", LinkKind::Request, plain())],
        );
        design.environment.provider = ProviderId::from("gcp");
        built(&design).nodes["work"]
            .cold_start
            .as_ref()
            .map_or(0.0, |c| c.value)
    };
    assert!(cold(10) < 0.5 * cold(1), "{} {}", cold(10), cold(1));
}

/// A replayed series keeps its volume; its busiest interval decides what is
/// refused.
#[test]
fn a_series_is_replayed() {
    let replayed = TriggerSettings {
        shape: Some(Shape::Replay),
        replay: Some("traffic.csv".to_owned()),
        ..TriggerSettings::default()
    };
    let mut design = drawn(
        &[("users", trigger(replayed)), ("work", reserved(1_000.0, 5))],
        &[("users", "work", LinkKind::Request, plain())],
    );
    let mut counts = vec![3_600.0; 168];
    counts[50] = 36_000.0;
    let series = Series {
        interval: 3_600.0,
        counts,
    };
    design
        .series
        .insert("traffic.csv".to_owned(), std::sync::Arc::new(series));
    let report = built(&design);
    let mean = (167.0 + 10.0) / 168.0;
    near("volume", report.triggers[0].rate.value, mean, 1e-9);
    near("peak", report.triggers[0].peak.value, 10.0, 1e-9);
    let refusals = &report.nodes["work"].refusals;
    let worst = refusals.iter().map(|r| r.share).fold(0.0, f64::max);
    near("in the busiest hour", worst, 0.564, 0.02);
}

/// Without its cold starts, a trigger whose p99 they make is faster by them.
#[test]
fn causes_of_the_tail_are_ranked() {
    let design = drawn(
        &[("users", every("20/h")), ("work", function(20.0))],
        &[("users", "work", LinkKind::Request, plain())],
    );
    let report = built(&design);
    let trigger = &report.triggers[0];
    let cause = &trigger.causes[0];
    assert_eq!(cause.kind, "cold-starts", "{:?}", trigger.causes);
    assert!(cause.p99_ms > 0.5 * trigger.p99.value, "{cause:?}");
    let calm = drawn(
        &[
            ("users", every("50/s")),
            (
                "shop",
                Settings::External(ExternalSettings {
                    latency: Some(lognormal(100.0, 2_000.0)),
                    error_rate: Some(0.0),
                    ..ExternalSettings::default()
                }),
            ),
            ("work", function(20.0)),
        ],
        &[
            ("users", "work", LinkKind::Request, plain()),
            ("work", "shop", LinkKind::Request, plain()),
        ],
    );
    let report = built(&calm);
    let causes = &report.triggers[0].causes;
    assert_eq!(causes[0].node, Some(NodeId::from("shop")), "{causes:?}");
}

/// A setting of a link by its address, as the remedies set it.
#[test]
fn a_maximum_on_the_mapping_bounds_the_consumer() {
    let design = drawn(
        &[
            ("orders", every("20/s")),
            ("queue", Settings::default_of(Archetype::Queue)),
            ("work", function(500.0)),
        ],
        &[
            ("orders", "queue", LinkKind::Publish, plain()),
            ("queue", "work", LinkKind::Poll, plain()),
        ],
    );
    near("free", node_rate(&built(&design), "work"), 20.0, 1e-6);
    let path = ParamPath::Link(
        LinkId::from("queue->work"),
        "maximum_concurrency".to_owned(),
    );
    let value = Some(Value::Number(4.0));
    let bound = changed(&design, &[Command::Set { path, value }]);
    near("bound", node_rate(&built(&bound), "work"), 8.0, 1e-6);
}

/// A gateway that is drawn bills what passes it, both ways; pings are billed as
/// runs.
#[test]
fn what_passes_a_drawn_gateway_and_pings_are_billed() {
    let work = FunctionSettings {
        warm_up: Some(1.0 / 300.0),
        ..waiting(100.0)
    };
    let mut design = drawn(
        &[
            ("users", every("10/s")),
            ("work", Settings::Function(work)),
            ("nat", Settings::default_of(Archetype::Service)),
        ],
        &[
            ("users", "work", LinkKind::Request, plain()),
            (
                "work",
                "nat",
                LinkKind::Request,
                LinkSettings {
                    payload: Some(Kilobytes(10.0)),
                    response: Some(Kilobytes(54.0)),
                    ..plain()
                },
            ),
        ],
    );
    if let Some(node) = design.nodes.get_mut("nat") {
        let pin = nephoscope::design::Pin {
            service: nephoscope::catalog::ServiceId("aws.nat-gateway".to_owned()),
            settings: BTreeMap::new(),
        };
        node.pins.insert(ProviderId::from("aws"), pin);
    }
    let report = built(&design);
    let quantity = |node: &str, unit: &str| {
        let lines = report.cost.lines.iter();
        lines
            .filter(|line| line.node == NodeId::from(node) && line.companion.is_none())
            .filter(|line| line.unit == unit)
            .map(|line| line.quantity)
            .sum::<f64>()
    };
    near(
        "passed",
        quantity("nat", "GB"),
        10.0 * MONTH * 64.0 / 1_048_576.0,
        1e-9,
    );
    near(
        "runs",
        quantity("work", "request"),
        (10.0 + 1.0 / 300.0) * MONTH,
        1e-9,
    );
}
