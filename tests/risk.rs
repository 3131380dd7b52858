//! What an hour can cost at worst, and what a unit costs: known answers.
#![expect(clippy::panic, reason = "a test stops where it fails")]

use nephoscope::catalog::Catalog;
use nephoscope::design::settings::{
    FunctionSettings, GatewaySettings, QueueSettings, TriggerKind, TriggerSettings,
};
use nephoscope::design::{
    BusinessUnit, Command, Design, Editor, Link, LinkId, LinkKind, LinkSettings, Node, NodeId,
    Settings,
};
use nephoscope::law::Law;
use nephoscope::project;
use nephoscope::report::{self, Options, Report, Risk};
use nephoscope::units::{Kilobytes, Megabytes, Millis};

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap_or_else(|error| panic!("{error}"))
}

fn drawn(nodes: &[(&str, Settings)], wires: &[(&str, &str, LinkKind, LinkSettings)]) -> Design {
    let mut design = Design::default();
    for (id, settings) in nodes {
        design
            .nodes
            .insert(NodeId::from(*id), Node::new(settings.clone()));
    }
    for (from, to, kind, settings) in wires {
        let link = Link {
            from: NodeId::from(*from),
            to: NodeId::from(*to),
            kind: *kind,
            settings: settings.clone(),
            carrier: None,
        };
        let id = LinkId(format!("{from}->{to}"));
        design.links.insert(id, link);
    }
    design
}

fn built(design: &Design) -> Report {
    report::build(design, catalog(), &Options::default())
}

#[track_caller]
fn near(what: &str, got: f64, expected: f64, tolerance: f64) {
    let off = (got - expected).abs() / expected.abs().max(1e-12);
    assert!(off <= tolerance, "{what}: {got}, not {expected}");
}

fn users(rate: &str) -> Settings {
    Settings::Trigger(TriggerSettings {
        rate: Some(rate.parse().unwrap_or_else(|error| panic!("{error}"))),
        ..TriggerSettings::default()
    })
}

/// A function of 250 ms and 512 MB that writes 1 KB of logs.
fn quarter_second() -> FunctionSettings {
    FunctionSettings {
        cpu: Some(Law::Fixed(Millis(0.0))),
        wait: Some(Law::Fixed(Millis(250.0))),
        memory: Some(Megabytes(512.0)),
        log: Some(Kilobytes(1.0)),
        ..FunctionSettings::default()
    }
}

fn api(gateway: GatewaySettings, function: FunctionSettings) -> Design {
    let plain = LinkSettings::default;
    drawn(
        &[
            ("users", users("2/s")),
            ("api", Settings::Gateway(gateway)),
            ("work", Settings::Function(function)),
        ],
        &[
            ("users", "api", LinkKind::Request, plain()),
            ("api", "work", LinkKind::Request, plain()),
        ],
    )
}

fn node(risk: &Risk, id: &str) -> f64 {
    risk.nodes
        .get(&NodeId::from(id))
        .map_or(0.0, |node| node.usd_per_hour.value)
}

#[test]
fn the_account_caps_a_flooded_api() {
    let report = built(&api(GatewaySettings::default(), quarter_second()));
    let risk = &report.risk;
    let [trigger] = risk.triggers.as_slice() else {
        panic!("{:?}", risk.triggers);
    };
    // The gateway's own quota lets 10,000 a second through.
    near("rate", trigger.rate.value, 10_000.0, 1e-9);
    assert!(
        trigger.bounded_by.contains("10k a second"),
        "{}",
        trigger.bounded_by
    );
    assert!(risk.bounded);
    // 1,000 executions of 250 ms are 4,000 calls a second.
    let calls = 1_000.0 / 0.25 * 3_600.0;
    let function = 1_000.0 * 3_600.0 * 0.5 * 0.000_016_666_7 // GB-s
        + calls * 0.2e-6 // requests
        + calls / 1e6 * 0.50; // logs: a KB each
    near("function", node(risk, "work"), function, 0.03);
    let bound = risk.nodes[&NodeId::from("work")].bound.as_ref();
    let bound = bound.unwrap_or_else(|| panic!("nothing bounds the function"));
    near("limit", bound.limit.value, 1_000.0, 1e-12);
    assert_eq!(bound.name, "concurrency of the account");
    assert!(!bound.limit.sources.is_empty(), "the quota has a source");
    // Parts add up.
    let nodes: f64 = risk.nodes.values().map(|n| n.usd_per_hour.value).sum();
    near("nodes", nodes, risk.usd_per_hour.value, 1e-9);
    let causes: f64 = risk.causes.iter().map(|c| c.usd_per_hour.value).sum();
    near("causes", causes, risk.usd_per_hour.value, 1e-9);
    let losses: Vec<f64> = risk.losses.iter().map(|loss| loss.usd.value).collect();
    near("five minutes", losses[0] * 12.0, losses[1], 1e-3);
    near("an hour", losses[1], risk.usd_per_hour.value, 1e-9);
    near("a day", losses[2], risk.per_day.value, 1e-12);
    // Volume discounts may lower the price of what follows, never raise it.
    assert!(losses[2] <= 24.0 * losses[1] * (1.0 + 1e-9) && losses[2] > 12.0 * losses[1]);
    assert!(losses[3] <= 62.0 * losses[1] * (1.0 + 1e-9) && losses[3] > 31.0 * losses[1]);
    assert!(!risk.usd_per_hour.sources.is_empty());
}

#[test]
fn limits_on_the_way_bound_what_is_behind_them() {
    let limited = GatewaySettings {
        rate_limit: Some(100.0),
        ..GatewaySettings::default()
    };
    let report = built(&api(limited, quarter_second()));
    let risk = &report.risk;
    near("rate", risk.triggers[0].rate.value, 100.0, 1e-9);
    let bound = risk.nodes[&NodeId::from("work")].bound.clone();
    let bound = bound.unwrap_or_else(|| panic!("nothing bounds the function"));
    assert_eq!(
        (bound.name.as_str(), bound.node.as_str()),
        ("its rate limit", "api")
    );
    let calls = 100.0 * 3_600.0;
    let function = calls * (0.25 * 0.5 * 0.000_016_666_7 + 0.2e-6 + 0.50e-6);
    near("function", node(risk, "work"), function, 0.03);
    // The same with reserved concurrency: 20 of 250 ms are 80 a second.
    let reserved = FunctionSettings {
        reserved: Some(20),
        ..quarter_second()
    };
    let report = built(&api(GatewaySettings::default(), reserved));
    let calls = 80.0 * 3_600.0;
    let function = calls * (0.25 * 0.5 * 0.000_016_666_7 + 0.2e-6 + 0.50e-6);
    near("reserved", node(&report.risk, "work"), function, 0.03);
}

#[test]
fn a_lever_does_what_it_says() {
    let design = api(GatewaySettings::default(), quarter_second());
    let report = built(&design);
    let risk = &report.risk;
    assert!(risk.levers.len() >= 2, "{:?}", risk.levers);
    for lever in &risk.levers {
        let mended = Editor::tried(&design, &lever.commands).unwrap_or_else(|e| panic!("{e}"));
        let after = built(&mended).risk.usd_per_hour.value;
        near(&lever.label, after, lever.usd_per_hour.value, 0.01);
        assert!(after < risk.usd_per_hour.value);
        // Twice the peak leaves nearly all of the usual traffic alone.
        assert!((0.0..0.1).contains(&lever.refused.value), "{lever:?}");
    }
}

#[test]
fn what_nothing_caps_is_said_to_be_assumed() {
    let upload = Settings::Trigger(TriggerSettings {
        source: Some(TriggerKind::Upload),
        ..TriggerSettings::default()
    });
    let design = drawn(
        &[
            ("uploads", upload),
            (
                "bucket",
                Settings::default_of(nephoscope::catalog::Archetype::Bucket),
            ),
        ],
        &[(
            "uploads",
            "bucket",
            LinkKind::Write,
            LinkSettings::default(),
        )],
    );
    let risk = built(&design).risk;
    assert!(!risk.bounded);
    assert_eq!(risk.triggers[0].bound, None);
    assert!(
        risk.triggers[0]
            .bounded_by
            .starts_with("nothing in the design caps it")
    );
    near("assumed", risk.triggers[0].rate.value, 1_000.0, 1e-12);
    let kept = 512.0 / 1_048_576.0 * 24.0 * 30.0 / 730.0 * 0.023; // 30 days
    near(
        "writes",
        node(&risk, "bucket"),
        3.6e6 * (0.005e-3 + kept),
        1e-3,
    );
}

#[test]
fn retries_multiply_and_loops_run_to_their_cap() {
    // Every message of a queue is tried five times where each fails.
    let failing = FunctionSettings {
        reserved: Some(1_000),
        ..quarter_second()
    };
    let messages = Settings::Trigger(TriggerSettings {
        source: Some(TriggerKind::Records),
        rate: "10/s".parse().ok(),
        ..TriggerSettings::default()
    });
    let design = drawn(
        &[
            ("source", messages),
            ("queue", Settings::Queue(QueueSettings::default())),
            ("work", Settings::Function(failing)),
        ],
        &[
            (
                "source",
                "queue",
                LinkKind::Publish,
                LinkSettings::default(),
            ),
            ("queue", "work", LinkKind::Poll, LinkSettings::default()),
        ],
    );
    let risk = built(&design).risk;
    assert!(risk.triggers.is_empty(), "records come from inside");
    let calls = 50.0 * 3_600.0;
    let function = calls * (0.25 * 0.5 * 0.000_016_666_7 + 0.2e-6 + 0.50e-6);
    near("five tries", node(&risk, "work"), function, 0.03);
    assert_eq!(risk.causes[1].kind, "retries");
    assert!(risk.causes[0].usd_per_hour.value == 0.0 && risk.causes[1].usd_per_hour.value > 0.0);

    let sample = project::sample("runaway").unwrap_or_else(|error| panic!("{error}"));
    let report = built(&sample);
    let hour = report.runaways[0].usd_per_hour.value;
    near("runaway", hour, 135.0, 0.02);
    let total = report.risk.usd_per_hour.value;
    assert!(total > hour && total < 2.0 * hour, "{total} against {hour}");
    assert!(report.risk.causes[2].usd_per_hour.value > 0.0);
    let cap = report.risk.levers.first();
    assert!(
        cap.is_some_and(|lever| lever.usd_per_hour.value < 0.6 * total),
        "{cap:?}"
    );
}

#[test]
fn sweeps_do_without() {
    let design = api(GatewaySettings::default(), quarter_second());
    let options = Options {
        trace: false,
        ..Options::default()
    };
    let report = report::build(&design, catalog(), &options);
    assert_eq!(report.risk, Risk::default());
}

#[test]
fn units_of_business_and_millions_of_requests() {
    let mut editor = Editor::new(api(GatewaySettings::default(), quarter_second()));
    editor
        .apply(&[Command::SetBusinessUnit(Some(BusinessUnit {
            name: "order".to_owned(),
            trigger: NodeId::from("users"),
            requests_per_unit: 12.0,
        }))])
        .unwrap_or_else(|error| panic!("{error}"));
    let report = built(editor.design());
    let costs = &report.unit_cost;
    let requests = 2.0 * 2_628_000.0;
    let million = report.cost.total.value / requests * 1e6;
    let trigger = &costs.triggers[0];
    near(
        "the whole bill",
        trigger.usd_per_month.value,
        report.cost.total.value,
        1e-9,
    );
    let own = trigger.usd_per_million.as_ref().map_or(0.0, |f| f.value);
    near("a million", own, million, 1e-9);
    let unit = costs.unit.as_ref().map_or(0.0, |unit| unit.usd.value);
    near("an order", unit, million * 12.0 / 1e6, 1e-9);
    let path: Vec<&str> = trigger.path.iter().map(|p| p.node.as_str()).collect();
    assert_eq!(path, ["users", "api", "work"]);
    near("nothing is left", costs.unassigned.value + 1.0, 1.0, 1e-12);
}

#[test]
fn two_triggers_share_a_node_by_what_they_cause() {
    let design = drawn(
        &[
            ("a", users("3/s")),
            ("b", users("1/s")),
            ("work", Settings::Function(quarter_second())),
        ],
        &[
            ("a", "work", LinkKind::Request, LinkSettings::default()),
            ("b", "work", LinkKind::Request, LinkSettings::default()),
        ],
    );
    let costs = built(&design).unit_cost;
    let of = |id: &str| {
        let found = costs.triggers.iter().find(|cost| cost.node.as_str() == id);
        found.map_or(0.0, |cost| cost.usd_per_month.value)
    };
    near("three to one", of("a"), 3.0 * of("b"), 1e-9);
}
