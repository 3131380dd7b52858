//! One design on several providers: translation, comparison, and providers
//! that somebody else writes, without a line of Rust.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should say so and stop"
)]

use std::path::Path;

use nephoscope::advice::compare::{Column, Comparison, compare};
use nephoscope::advice::translate::{Fidelity, lock_in, translate};
use nephoscope::catalog::{Archetype, Catalog, ProviderId};
use nephoscope::design::settings::{FunctionSettings, Runtime};
use nephoscope::design::{Design, Link, LinkId, LinkKind, LinkSettings, Node, NodeId, Settings};
use nephoscope::project;
use nephoscope::report::{self, Options};
use nephoscope::units::Megabytes;

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

fn compared(design: &Design, catalog: &Catalog) -> Comparison {
    compare(design, catalog, 1.0, &|| false).unwrap()
}

fn column<'a>(comparison: &'a Comparison, provider: &str) -> &'a Column {
    let mut columns = comparison.providers.iter();
    let found = columns.find(|column| column.provider.as_str() == provider);
    found.unwrap_or_else(|| panic!("{provider} cannot run it: {:?}", comparison.excluded))
}

#[test]
fn the_api_backend_runs_on_four_providers() {
    let design = project::sample("api-backend").unwrap();
    let comparison = compared(&design, catalog());
    let ids: Vec<&str> = comparison
        .providers
        .iter()
        .map(|c| c.provider.as_str())
        .collect();
    assert_eq!(ids.first(), Some(&"aws"), "home comes first");
    for provider in ["azure", "cloudflare", "gcp"] {
        let column = column(&comparison, provider);
        assert!(column.total.value > 0.0 && column.complete, "{provider}");
        assert!(column.p99 > 0.0 && column.p99 >= column.p50, "{provider}");
        assert!((1..=3).contains(&column.causes.len()), "{provider}");
        assert!(!column.latency_causes.is_empty(), "{provider}");
        assert_eq!(column.fidelity, Fidelity::Near, "{provider}");
        let by_size: Vec<f64> = column.causes.iter().map(|c| c.difference.abs()).collect();
        assert!(
            by_size.is_sorted_by(|a, b| a >= b),
            "{provider}: {by_size:?}"
        );
    }
    let totals: Vec<f64> = comparison.providers[1..]
        .iter()
        .map(|c| c.total.value)
        .collect();
    assert!(totals.is_sorted(), "cheapest first: {totals:?}");
    let others: Vec<&str> = comparison
        .excluded
        .iter()
        .map(|e| e.provider.as_str())
        .collect();
    assert_eq!(ids.len() + others.len(), catalog().providers.len());
    assert!(others.contains(&"neon"), "{others:?}");
}

#[test]
fn every_sample_adds_up_on_every_provider() {
    for sample in project::samples() {
        let design = project::sample(&sample.name).unwrap();
        let comparison = compared(&design, catalog());
        for column in &comparison.providers {
            let place = format!("{} on {}", sample.name, column.provider);
            let nodes: f64 = column.nodes.iter().map(|cell| cell.cost.value).sum();
            let total = column.total.value;
            assert!(
                (nodes - total).abs() <= 1e-6 * total.max(1.0),
                "{place}: {nodes}, not {total}"
            );
            // A column is the report that this provider would get by itself.
            let options = Options {
                provider: Some(column.provider.clone()),
                ..Options::default()
            };
            let report = report::build(&design, catalog(), &options);
            assert_eq!(report.cost.total.value, total, "{place}");
            for cell in &column.nodes {
                let chosen = report
                    .nodes
                    .get(&cell.node)
                    .and_then(|node| node.service.as_ref());
                assert_eq!(
                    chosen,
                    cell.translation.service.as_ref(),
                    "{place}, {}",
                    cell.node
                );
                assert!(
                    !cell.translation.reason.is_empty(),
                    "{place}, {}",
                    cell.node
                );
            }
        }
    }
}

/// A client, a function and a store.
fn small(function: FunctionSettings, store: Settings, pin: Option<&str>) -> Design {
    let mut design = Design::default();
    let mut add = |id: &str, settings: Settings| {
        design.nodes.insert(NodeId::from(id), Node::new(settings));
    };
    add("client", Settings::default_of(Archetype::Trigger));
    add("work", Settings::Function(function));
    add("store", store);
    for (from, to, kind) in [
        ("client", "work", LinkKind::Request),
        ("work", "store", LinkKind::Write),
    ] {
        let link = Link {
            from: NodeId::from(from),
            to: NodeId::from(to),
            kind,
            settings: LinkSettings::default(),
            carrier: None,
        };
        design.links.insert(LinkId(format!("{from}->{to}")), link);
    }
    if let Some(service) = pin {
        let pin = nephoscope::design::Pin {
            service: service.into(),
            settings: Default::default(),
        };
        let store = design.nodes.get_mut(&NodeId::from("store")).unwrap();
        store.pins.insert(ProviderId::from("aws"), pin);
    }
    design
}

#[test]
fn each_grade_has_its_reason() {
    #[track_caller]
    fn check(design: &Design, provider: &str, node: &str, fidelity: Fidelity, reason: &str) {
        let nodes = translate(design, catalog(), &ProviderId::from(provider));
        let node = &nodes[&NodeId::from(node)];
        assert_eq!(node.fidelity, fidelity, "{node:?}");
        assert!(node.reason.contains(reason), "{node:?}");
    }
    let bucket = || Settings::default_of(Archetype::Bucket);
    let plain = small(FunctionSettings::default(), bucket(), None);
    check(&plain, "aws", "work", Fidelity::Exact, "as designed");
    check(
        &plain,
        "gcp",
        "client",
        Fidelity::Exact,
        "no provider is bound",
    );
    check(&plain, "gcp", "work", Fidelity::Near, "in place of Lambda");
    check(
        &plain,
        "cloudflare",
        "store",
        Fidelity::Exact,
        "both speak the S3 API",
    );
    check(&plain, "turso", "work", Fidelity::Impossible, "no function");

    let java = FunctionSettings {
        runtime: Some(Runtime::Java21),
        ..FunctionSettings::default()
    };
    let java = small(java, bucket(), None);
    check(
        &java,
        "cloudflare",
        "work",
        Fidelity::Impossible,
        "java21 does not run",
    );
    let large = FunctionSettings {
        working_set: Some(Megabytes(512.0)),
        ..FunctionSettings::default()
    };
    let large = small(large, bucket(), None);
    check(
        &large,
        "cloudflare",
        "work",
        Fidelity::Impossible,
        "needs 512 MB",
    );
    let ready = FunctionSettings {
        provisioned: Some(5),
        ..FunctionSettings::default()
    };
    let ready = small(ready, bucket(), None);
    check(
        &ready,
        "cloudflare",
        "work",
        Fidelity::Lossy,
        "provisioned concurrency",
    );

    let sql = || Settings::default_of(Archetype::Database);
    let postgres = small(FunctionSettings::default(), sql(), Some("aws.rds-postgres"));
    check(
        &postgres,
        "gcp",
        "store",
        Fidelity::Exact,
        "both speak PostgreSQL",
    );
}

#[test]
fn lock_in_counts_what_does_not_move_well() {
    let design = small(
        FunctionSettings {
            provisioned: Some(5),
            ..FunctionSettings::default()
        },
        Settings::default_of(Archetype::Bucket),
        None,
    );
    let on = |provider: &str| {
        let nodes = translate(&design, catalog(), &ProviderId::from(provider));
        lock_in(nodes.values())
    };
    assert_eq!(on("aws"), 0.0);
    assert_eq!(on("cloudflare"), 0.5); // the function is lossy, the bucket exact
    assert_eq!(on("turso"), 1.0);
}

#[test]
fn a_pin_overrides_the_choice_and_a_node_can_stay() {
    let mut design = small(
        FunctionSettings::default(),
        Settings::default_of(Archetype::Bucket),
        None,
    );
    let google = ProviderId::from("gcp");
    let pin = nephoscope::design::Pin {
        service: "gcp.functions-gen1".into(),
        settings: Default::default(),
    };
    let work = design.nodes.get_mut(&NodeId::from("work")).unwrap();
    work.pins.insert(google.clone(), pin);
    let store = design.nodes.get_mut(&NodeId::from("store")).unwrap();
    store.provider = Some(ProviderId::from("cloudflare"));
    let nodes = translate(&design, catalog(), &google);
    let work = &nodes[&NodeId::from("work")];
    assert_eq!(
        work.service.as_ref().unwrap().as_str(),
        "gcp.functions-gen1"
    );
    assert!(work.reason.contains("by hand"), "{}", work.reason);
    let store = &nodes[&NodeId::from("store")];
    assert_eq!(store.service.as_ref().unwrap().as_str(), "cloudflare.r2");
    assert!(
        store.reason.contains("stays on Cloudflare"),
        "{}",
        store.reason
    );
    // What the function writes leaves Google's network.
    let options = Options {
        provider: Some(google),
        ..Options::default()
    };
    let report = report::build(&design, catalog(), &options);
    let egress =
        report.cost.lines.iter().find(|line| {
            line.node.as_str() == "work" && line.companion.as_deref() == Some("egress")
        });
    assert!(egress.is_some_and(|line| line.quantity > 0.0));
}

const PROVIDER: &str = r#"(
    id: "acme",
    name: "Acme Cloud",
    regions: { "here": "Next door" },
    areas: { "here": "us-east" },
    default_region: "here",
    hours_per_month: 730,
    sources: { "price-list": (title: "Acme price list", url: "https://acme.example/prices", checked: "2026-11-01") },
    allowances: {
        "calls": (name: "Acme: 1 million calls", quantity: (1_000_000, "price-list", A), period: Month, kind: Always),
    },
)"#;

const FUNCTION: &str = r#"(
    id: "acme.run", name: "Acme Run", short: "Acme Run", archetype: Function, rank: 10,
    timing: { Handle: (Fixed(2), "price-list", C) },
    limits: { Timeout: (value: (60_000, "price-list", A), scope: Item, exceeded: Abort) },
    compute: (
        memory_min: 128, memory_max: 2_048, memory_step: 128,
        full_core_memory: (1_024, "price-list", A),
        allocation: (Fixed(50), "price-list", C),
        init: { "python3.13": (Fixed(80), "price-list", C), "nodejs22": (Fixed(90), "price-list", C) },
        init_billed: (false, "price-list", A),
        idle_timeout: (300, "price-list", C),
        start_burst: (1_000, "price-list", A),
        start_rate: (100, "price-list", A),
        async_retries: (2, "price-list", A),
    ),
    meters: [
        (id: "calls", name: "Calls", unit: "call", quantity: "requests", per: 1_000_000, free: "calls",
         prices: { "*": [(usd: (1, "price-list", A))] }),
        (id: "time", name: "Time", unit: "GB-s", quantity: "requests * round_up(duration, 50, 100) / 1000 * memory / 1024",
         prices: { "here": [(usd: (0.00001, "price-list", A))] }),
    ],
)"#;

const GATEWAY: &str = r#"(
    id: "acme.door", name: "Acme Door", short: "Acme Door", archetype: Gateway, rank: 10,
    timing: { Handle: (Fixed(3), "price-list", C) },
    meters: [(id: "calls", name: "Calls", unit: "call", quantity: "requests", per: 1_000_000,
              prices: { "*": [(usd: (0.5, "price-list", A))] })],
)"#;

const TABLE: &str = r#"(
    id: "acme.rows", name: "Acme Rows", short: "Acme Rows", archetype: Table, rank: 10,
    features: ["on-demand", "backup"],
    timing: { Read: (Fixed(4), "price-list", C), Write: (Fixed(6), "price-list", C) },
    meters: [(id: "rows", name: "Rows", unit: "row", quantity: "reads + 5 * writes", per: 1_000_000,
              prices: { "*": [(usd: (0.2, "price-list", A))] })],
)"#;

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join("acme");
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join(name), text).unwrap();
}

/// A folder with a provider that nobody has heard of.
fn acme() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "provider.ron", PROVIDER);
    write(folder.path(), "run.ron", FUNCTION);
    write(folder.path(), "door.ron", GATEWAY);
    write(folder.path(), "rows.ron", TABLE);
    folder
}

#[test]
fn a_provider_is_a_folder_and_takes_no_rust() {
    let folder = acme();
    let catalog = catalog().clone().with_extra(folder.path()).unwrap();
    let design = project::sample("api-backend").unwrap();
    let comparison = compared(&design, &catalog);
    let column = column(&comparison, "acme");
    let reasons: Vec<_> = column.nodes.iter().map(|n| &n.translation.reason).collect();
    assert_eq!(
        (column.fidelity, column.lock_in),
        (Fidelity::Near, 0.0),
        "{reasons:?}"
    );
    assert_eq!(column.region.as_str(), "here");
    assert!(column.complete && column.total.value > 0.0);
    let cost = |node: &str| {
        let mut cells = column.nodes.iter();
        cells
            .find(|cell| cell.node.as_str() == node)
            .unwrap()
            .cost
            .value
    };
    // 5 million calls a day over 730 hours at $0.50 a million.
    let calls = 5e6 * 730.0 / 24.0;
    let door = cost("front-door");
    assert!((door - calls * 0.5 / 1e6).abs() < 0.01, "{door}");
}

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_nephoscope"))
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn total(arguments: &[&str]) -> String {
    let (code, out, errors) = run(&[arguments, &["--format", "json"]].concat());
    assert_eq!(code, Some(0), "{arguments:?}: {errors}");
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(value["complete"], true, "{arguments:?}: {value}");
    value["total"].as_str().unwrap().to_owned()
}

#[test]
fn usage_is_priced_on_the_command_line() {
    #[track_caller]
    fn check(arguments: &[&str], expected: &str) {
        assert_eq!(
            total(&[&["price"], arguments].concat()),
            expected,
            "{arguments:?}"
        );
    }
    check(
        &[
            "aws.lambda",
            "requests=3M",
            "duration=120ms",
            "memory=1536MB",
        ],
        "2.73",
    );
    check(&["cloudflare.workers", "requests=15M", "cpu=7ms"], "8.00");
    check(&["cloudflare.workers", "requests=100M", "cpu=7ms"], "45.40");
    check(
        &["cloudflare.kv", "lists=574M", "--without", "plan"],
        "2865.00",
    );
    check(
        &[
            "cloudflare.durable-objects",
            "rows-written=4.01G",
            "--without",
            "plan",
        ],
        "3960.00",
    );
    // Yesterday's price; a law; a rate; another month; two services at once.
    check(
        &[
            "aws.sqs",
            "requests-fifo=3M",
            "--unit-price",
            "requests-fifo=1",
        ],
        "2.00",
    );
    check(
        &[
            "aws.lambda",
            "requests=1/s",
            "duration=Fixed(100)",
            "memory=1GB",
            "--free-tier",
            "none",
        ],
        "4.91",
    );
    check(
        &[
            "aws.lambda",
            "requests=3M",
            "aws.secrets-manager",
            "items=10",
        ],
        "4.40",
    );
    check(
        &[
            "azure.functions-consumption",
            "requests=3M",
            "duration=1s",
            "memory=512MB",
        ],
        "18.00",
    );
    check(
        &[
            "gcp.functions-gen1",
            "requests=10M",
            "duration=300ms",
            "memory=128MB",
        ],
        "7.20",
    );
    let folder = acme();
    let dir = folder.path().to_str().unwrap();
    check(
        &[
            "acme.run",
            "requests=3M",
            "duration=101ms",
            "memory=1GB",
            "--catalog",
            dir,
        ],
        "6.50",
    );
}

#[test]
fn what_cannot_be_priced_is_told() {
    #[track_caller]
    fn check(arguments: &[&str], expected: &str) {
        let (code, out, errors) = run(&[&["price"], arguments].concat());
        assert_eq!((code, out.as_str()), (Some(1), ""), "{arguments:?}");
        assert!(errors.contains(expected), "{arguments:?}: {errors}");
    }
    check(&["aws.lamda", "requests=1"], "did you mean `aws.lambda`?");
    check(&["aws.lambda", "request=1"], "did you mean `requests`?");
    check(&["aws.lambda", "requests=many"], "`many` is not a number");
    check(&["aws.lambda", "requests=-1"], "negative");
    check(&["requests=1", "aws.lambda"], "before any service");
    check(
        &["aws.lambda", "requests=1", "--region", "mars"],
        "us-east-1",
    );
    check(
        &["aws.lambda", "requests=1", "--unit-price", "storage=1"],
        "no price is called `storage`",
    );
    check(
        &[
            "aws.lambda",
            "requests=1",
            "--allowance",
            "aws/free.nothing=1",
        ],
        "no allowance",
    );
    check(
        &["aws.lambda", "requests=1", "--commit", "aws.lambda=none"],
        "does not offer it",
    );
    check(
        &["aws.lambda", "requests=1", "--discount", "aws.lambda=3"],
        "a share from 0 to 1",
    );
    check(
        &["aws.lambda", "requests=1", "--used", "aws.lambda/x=3"],
        "no such meter",
    );
}
