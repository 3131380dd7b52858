//! The command line as scripts see it: output, errors and exit codes.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should say so and stop"
)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use nephoscope::export::EXPORTERS;
use nephoscope::project;
use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nephoscope"))
        .args(arguments)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .env("COLUMNS", "120")
        .output()
        .unwrap()
}

/// Standard output of a run that ends well.
#[track_caller]
fn good(arguments: &[&str]) -> String {
    let output = run(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Standard error of a run that ends with a code.
#[track_caller]
fn bad(code: i32, arguments: &[&str]) -> String {
    let output = run(arguments);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
    assert!(output.stdout.is_empty(), "{arguments:?} printed a result");
    errors
}

#[track_caller]
fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&good(arguments)).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

const SAMPLE: &str = "sample:order-notification";

#[test]
fn help_names_commands_formats_and_exit_codes() {
    let help = good(&["--help"]);
    for word in [
        "estimate",
        "check",
        "measure",
        "export",
        "catalog",
        "new",
        "samples",
        "screenshot",
        "sweep",
        "weigh",
        "Exit codes",
        "sample:NAME",
    ] {
        assert!(help.contains(word), "{word} is missing:\n{help}");
    }
    let help = good(&["export", "--help"]);
    for exporter in EXPORTERS {
        assert!(
            help.contains(exporter.name()) && help.contains(exporter.description()),
            "{help}"
        );
    }
    assert!(good(&["--version"]).starts_with("nephoscope "));
}

#[test]
fn the_documentation_covers_every_command_and_format() {
    let documentation = include_str!("../docs/CLI.md");
    for exporter in EXPORTERS {
        assert!(
            documentation.contains(&format!("`{}`", exporter.name())),
            "{}",
            exporter.name()
        );
    }
    for field in fields(&json(&["estimate", SAMPLE, "--format", "json"])) {
        assert!(
            documentation.contains(&format!("`{field}`")),
            "docs/CLI.md lacks `{field}`"
        );
    }
}

/// The fields of objects, apart from those named after nodes and links.
fn fields(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, value)| match (key.as_str(), value) {
                ("nodes" | "links", Value::Object(entries)) => {
                    let inner = entries.values().flat_map(fields);
                    std::iter::once(key.clone())
                        .chain(inner)
                        .collect::<Vec<_>>()
                }
                _ => std::iter::once(key.clone()).chain(fields(value)).collect(),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(fields).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn wrong_command_lines_end_with_2() {
    for arguments in [
        vec!["estimate"],
        vec!["estimate", SAMPLE, "--traffic", "nine"],
        vec!["estimate", SAMPLE, "--format", "pdf"],
        vec!["export", SAMPLE, "--to", "pdf", "-o", "x.pdf"],
        vec!["new", "--nodes", "1000000000"],
        vec!["screenshot", SAMPLE, "-o", "x.png", "--size", "huge"],
    ] {
        assert!(bad(2, &arguments).starts_with("error: "), "{arguments:?}");
    }
}

#[test]
fn impossible_wishes_end_with_1() {
    let errors = bad(1, &["estimate", SAMPLE, "--provider", "acme"]);
    assert!(
        errors.contains("error: the catalog has no provider `acme`\nhelp: there are "),
        "{errors}"
    );
    assert!(bad(1, &["estimate", SAMPLE, "--region", "mars-1"]).contains("mars-1"));
    assert!(bad(1, &["catalog", "show", "lambda"]).contains("aws.lambda"));
    assert!(bad(1, &["catalog", "show", "zzz"]).contains("catalog list"));
    assert!(
        bad(
            1,
            &[
                "export",
                SAMPLE,
                "--to",
                "csv",
                "-o",
                "/no/such/folder/x.csv"
            ]
        )
        .contains("cannot be written")
    );
}

#[test]
fn unreadable_files_end_with_3() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let missing = folder.path().join("missing.ron");
    assert!(bad(3, &["estimate", text(&missing)]).contains("there is no such file"));
    assert!(bad(3, &["estimate", text(folder.path())]).contains("this is a folder"));
    assert!(bad(3, &["estimate", "sample:nothing"]).contains("order-notification"));
    let newer = file("newer.ron", "(\n    format: 9,\n)");
    let errors = bad(3, &["estimate", text(&newer)]);
    assert!(
        errors.contains("newer.ron:2:13: written by a newer Nephoscope (format 9)"),
        "{errors}"
    );

    let whole = good(&["new", "--nodes", "20"]);
    let cut = file("cut.ron", &whole[..whole.find("    links:").unwrap()]);
    let errors = bad(3, &["estimate", text(&cut)]);
    assert!(
        errors.contains("error: ") && errors.contains("20 nodes and 0 links (--salvage)"),
        "{errors}"
    );
    let output = run(&["estimate", text(&cut), "--salvage"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("warning: "));

    let odd = file(
        "odd.ron",
        "(format: 1, nodes: {\"f\": (settings: Function(memory: 1))})",
    );
    let output = run(&["estimate", text(&odd)]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("warning: "));
    assert!(bad(3, &["catalog", "list", "--catalog", text(&missing)]).contains("README"));
}

#[test]
fn new_makes_files_that_can_be_estimated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("design.ron");
    assert_eq!(
        good(&["new", "--nodes", "30", "--seed", "7", "-o", text(&path)]),
        ""
    );
    let opened = project::open(&path).unwrap();
    assert_eq!(opened.design.nodes.len(), 30);
    assert_eq!(
        project::write(&opened.design).unwrap(),
        good(&["new", "--nodes", "30", "--seed", "7"])
    );
    assert!(bad(1, &["new", "-o", text(&path)]).contains("exists already"));
    good(&["new", "-o", text(&path), "--force"]);
    assert_eq!(project::open(&path).unwrap().design.nodes.len(), 0);
    good(&["new", "--from", SAMPLE, "-o", text(&path), "--force"]);
    assert!(good(&["estimate", text(&path)]).starts_with("Order notification"));
}

#[test]
fn estimates_come_in_every_format() {
    let table = good(&["estimate", SAMPLE, "--traffic", "10x"]);
    assert!(
        table.contains("traffic 10x") || table.contains("traffic"),
        "{table}"
    );
    let report = json(&["estimate", SAMPLE, "--format", "json", "--traffic", "10"]);
    for field in [
        "schema",
        "name",
        "provider",
        "region",
        "traffic",
        "cost",
        "triggers",
        "nodes",
        "links",
        "runaways",
        "problems",
        "risk",
        "unit_cost",
        "advice",
    ] {
        assert!(report.get(field).is_some(), "{field}");
    }
    let csv = good(&["estimate", SAMPLE, "--format", "csv"]);
    assert!(csv.starts_with("node,label,companion,service,"));
    assert!(good(&["estimate", SAMPLE, "--format", "markdown"]).starts_with("## "));
}

#[test]
fn every_format_can_be_exported() {
    let folder = tempfile::tempdir().unwrap();
    for exporter in EXPORTERS {
        let path = folder
            .path()
            .join(exporter.name())
            .with_extension(exporter.extension());
        good(&["export", SAMPLE, "--to", exporter.name(), "-o", text(&path)]);
        let written = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            written,
            good(&["export", SAMPLE, "--to", exporter.name(), "-o", "-"])
        );
    }
}

#[test]
fn catalog_and_samples_are_listed() {
    assert!(good(&["catalog", "list"]).contains("aws.lambda"));
    let services = json(&["catalog", "list", "--format", "json"]);
    assert!(
        services
            .as_array()
            .unwrap()
            .iter()
            .any(|service| service["id"] == "aws.lambda")
    );
    let lambda = good(&["catalog", "show", "aws.lambda"]);
    assert!(
        lambda.contains("Price") && lambda.contains("Limit"),
        "{lambda}"
    );
    let lambda = json(&["catalog", "show", "aws.lambda", "--format", "json"]);
    for price in lambda["prices"].as_array().unwrap() {
        assert!(
            price["source"].as_str().unwrap().contains("read 20"),
            "{price}"
        );
    }
    let samples = json(&["samples", "--format", "json"]);
    for sample in samples.as_array().unwrap() {
        let name = format!("sample:{}", sample["name"].as_str().unwrap());
        good(&["estimate", &name]);
        assert!(good(&["samples"]).contains(&name));
    }
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_nephoscope"))
        .args(["new", "--nodes", "5000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn without_a_display_the_window_ends_with_4() {
    assert!(bad(4, &[]).starts_with("error: "));
    assert!(bad(4, &[SAMPLE]).contains("nephoscope estimate") || cfg!(not(feature = "ui")));
    bad(3, &["no-such-file.ron"]);
}

#[test]
fn checks_fail_with_5_and_say_why() {
    let quiet = ["--deny", "none"];
    let check = |more: &[&str]| run(&[&["check", SAMPLE], &quiet[..], more].concat());
    assert_eq!(check(&["--budget", "$1,000,000"]).status.code(), Some(0));
    let output = check(&["--budget", "0.01", "--p99", "1ms"]);
    assert_eq!(output.status.code(), Some(5));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("FAILED error[over-budget]"), "{said}");
    assert!(said.contains("FAILED error[too-slow]"), "{said}");
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: the check failed: "));
    // The runaway sample has an error, which fails unless it is let be.
    let runaway = ["check", "sample:runaway"];
    assert_eq!(run(&runaway).status.code(), Some(5));
    assert_eq!(
        run(&[&runaway[..], &quiet[..]].concat()).status.code(),
        Some(0)
    );
    let output = run(&[&runaway[..], &["--format", "json"]].concat());
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["passed"], false);
    let rules: Vec<_> = value["remarks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["rule"])
        .collect();
    assert!(rules.iter().any(|rule| **rule == "runaway"), "{rules:?}");
}

#[test]
fn checks_hold_the_design_to_its_own_objectives_and_leave_what_it_ignores() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("design.ron");
    let mut design = project::sample("runaway").unwrap();
    let found = run(&[
        "check",
        "sample:runaway",
        "--deny",
        "hints",
        "--format",
        "json",
    ]);
    let value: Value = serde_json::from_slice(&found.stdout).unwrap();
    for remark in value["remarks"].as_array().unwrap() {
        let rule = remark["rule"].as_str().unwrap();
        let place = remark["link"].as_str().or(remark["node"].as_str());
        let key = place.map_or(rule.to_owned(), |place| format!("{rule}@{place}"));
        design.ignored.insert(key, "on purpose".to_owned());
    }
    let saved = |design: &nephoscope::design::Design| {
        std::fs::write(&path, project::write(design).unwrap()).unwrap();
    };
    saved(&design);
    good(&["check", text(&path), "--deny", "hints"]);
    design.objectives.budget = Some(0.01);
    saved(&design);
    assert_eq!(run(&["check", text(&path)]).status.code(), Some(5));
    good(&["check", text(&path), "--budget", "1000"]);
}

#[test]
fn sarif_has_what_scanners_ask_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runaway.ron");
    good(&["new", "--from", "sample:runaway", "-o", text(&path)]);
    let output = run(&["check", text(&path), "--format", "sarif"]);
    assert_eq!(output.status.code(), Some(5));
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().contains("sarif-2.1.0"));
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "nephoscope");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    let written = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0];
        let physical = &place["physicalLocation"];
        assert!(
            physical["artifactLocation"]["uri"]
                .as_str()
                .unwrap()
                .ends_with("/runaway.ron")
        );
        let line = usize::try_from(physical["region"]["startLine"].as_u64().unwrap()).unwrap();
        if let Some(id) = place["logicalLocations"][0]["fullyQualifiedName"].as_str() {
            assert!(
                lines[line - 1]
                    .trim_start()
                    .starts_with(&format!("\"{id}\":")),
                "{line}"
            );
        }
    }
}

#[test]
fn measurements_are_fitted_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let power = file(
        "power.json",
        r#"{"results": {"power": "512", "cost": 1e-6, "duration": 300, "stats": [
            {"value": 256, "averageDuration": 900}, {"value": 512, "averageDuration": 500},
            {"value": 1024, "averageDuration": 300}]}}"#,
    );
    let out = folder.path().join("out.ron");
    let measure = [
        "measure",
        SAMPLE,
        "--node",
        "confirm",
        "--date",
        "2026-01-02",
        "--from",
    ];
    let shown = good(&[&measure[..], &[text(&power), "-o", text(&out)]].concat());
    assert!(
        shown.contains("Predicted") && shown.contains("mean at 512 MB"),
        "{shown}"
    );
    let design = project::open(&out).unwrap().design;
    assert_eq!(design.measurements.len(), 2);
    assert_eq!(design.measurements[0].file, "power.json");
    assert_eq!(design.measurements[0].date, "2026-01-02");
    good(&["estimate", text(&out)]);
    let value = json(&[&measure[..], &[text(&power), "--format", "json"]].concat());
    assert_eq!(value["points"].as_array().unwrap().len(), 3);

    let csv = file(
        "runs.csv",
        "duration_ms,cold,init_ms\n80,,\n90,,\n85,,\n400,true,310\n",
    );
    let value = json(&[&measure[..], &[text(&csv), "--format", "json"]].concat());
    assert!(value["init"].is_object(), "{value}");
    let broken = file("broken.csv", "duration_ms\n80\nfast\n");
    let errors = bad(3, &[&measure[..], &[text(&broken)]].concat());
    assert!(
        errors.contains("broken.csv:3:1: `fast`: a duration in milliseconds"),
        "{errors}"
    );
    let errors = bad(1, &["measure", SAMPLE, "--node", "x", "--from", text(&csv)]);
    assert!(
        errors.contains("there is no node `x`; functions here are "),
        "{errors}"
    );
    assert_eq!(
        run(&["measure", SAMPLE, "--node", "confirm"]).status.code(),
        Some(2)
    );
}

#[test]
fn estimates_carry_advice() {
    let report = json(&["estimate", SAMPLE, "--format", "json"]);
    assert!(report["advice"]["findings"].is_array());
    assert!(report["advice"]["uncertainty"].is_null());
    assert!(report["risk"]["usd_per_hour"]["value"].as_f64().unwrap() > 0.0);
    let report = json(&["estimate", SAMPLE, "--format", "json", "--assume-ranges"]);
    let found = &report["advice"]["uncertainty"];
    assert_eq!(found["assumed"], true);
    let band = |name: &str| found["usd"][name].as_f64().unwrap();
    assert!(band("p10") <= band("p50") && band("p50") <= band("p90"));
    let documentation = include_str!("../docs/CLI.md");
    for field in fields(found) {
        assert!(
            documentation.contains(&format!("`{field}`")),
            "docs/CLI.md lacks `{field}`"
        );
    }
    let table = good(&["estimate", "sample:runaway"]);
    assert!(table.contains("At worst $"), "{table}");
}

#[test]
fn a_sweep_of_the_traffic_names_what_gives_way() {
    let all = json(&["sweep", SAMPLE, "--format", "json"]);
    let own = &all["sweep"]["providers"][0];
    assert_eq!(all["schema"], 1);
    assert_eq!(own["provider"], "aws");
    assert_eq!(own["sweep"]["points"].as_array().unwrap().len(), 61);
    let cliffs = own["sweep"]["cliffs"].as_array().unwrap();
    assert!(
        cliffs.iter().any(|cliff| cliff["kind"] == "allowance"),
        "{cliffs:#?}"
    );
    let documentation = include_str!("../docs/CLI.md");
    for field in fields(&cliffs[0]) {
        assert!(
            documentation.contains(&format!("`{field}`")),
            "docs/CLI.md lacks `{field}`"
        );
    }
    let text = good(&[
        "sweep",
        SAMPLE,
        "--points",
        "5",
        "--provider",
        "aws",
        "--provider",
        "gcp",
    ]);
    assert!(
        text.contains("free quantity ends") && text.contains("Google"),
        "{text}"
    );
    // Equal command lines give equal output.
    let again = [
        "sweep",
        SAMPLE,
        "--points",
        "5",
        "--provider",
        "aws",
        "--provider",
        "gcp",
    ];
    assert_eq!(good(&again), text);
}

#[test]
fn sweeps_of_memory_instances_and_parameters() {
    let csv = good(&[
        "sweep",
        SAMPLE,
        "--param",
        "memory:confirm",
        "--format",
        "csv",
    ]);
    let mut lines = csv.lines();
    let head = "provider,value,hours,usd_per_month,complete,p99_ms,duration_ms,refused,cold,mark";
    assert_eq!(lines.next(), Some(head));
    let sizes = lines.filter(|line| line.starts_with("aws,")).count();
    assert!((12..=46).contains(&sizes), "{csv}");
    assert!(csv.contains("cheapest") && csv.contains("current"), "{csv}");
    let ready = good(&["sweep", SAMPLE, "--param", "provisioned:confirm"]);
    assert!(ready.contains("pays for itself"), "{ready}");
    let swept = [
        "sweep",
        SAMPLE,
        "--param",
        "confirm.memory",
        "--format",
        "json",
    ];
    let few = [
        &swept[..],
        &["--from", "128", "--to", "1024", "--points", "4"],
    ]
    .concat();
    let points = json(&few)["sweep"][0]["points"].clone();
    let values: Vec<_> = points
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["value"].clone())
        .collect();
    let even = [128.0, 128.0 + 896.0 / 3.0, 128.0 + 1_792.0 / 3.0, 1_024.0];
    assert_eq!(values.len(), even.len());
    for (value, expected) in values.iter().zip(even) {
        let value = value.as_f64().unwrap();
        assert!((value / expected - 1.0).abs() < 1e-12, "{value}");
    }
    assert!(
        good(&["sweep", SAMPLE, "--param", "shop.rate", "--points", "3"]).contains("shop.rate")
    );
}

#[test]
fn sweeps_that_cannot_be() {
    let error = |arguments: &[&str]| bad(1, &[&["sweep", SAMPLE], arguments].concat());
    assert!(error(&["--param", "tea"]).contains("memory:NODE"));
    assert!(error(&["--param", "memory:orders"]).contains("is no function"));
    assert!(error(&["--param", "confirm.runtime"]).contains("is no number"));
    assert!(error(&["--param", "confirm.reserved"]).contains("--from and --to"));
    assert!(error(&["--from", "0.001"]).contains("0.1x to 1000x"));
    assert!(error(&["--param", "memory:confirm", "--points", "3"]).contains("confirm.memory"));
    assert!(error(&["--provider", "tea"]).contains("there are aws"));
    bad(2, &["sweep", SAMPLE, "--format", "png"]);
}

#[test]
fn parts_of_a_sweep_make_the_whole() {
    let dir = tempfile::tempdir().unwrap();
    let sweep = [
        "sweep",
        SAMPLE,
        "--param",
        "confirm.memory",
        "--provider",
        "aws",
        "--provider",
    ];
    let sweep = [&sweep[..], &["gcp", "--points", "7", "--format", "json"]].concat();
    let mut parts = Vec::new();
    for part in ["3/3", "1/3", "2/3"] {
        let path = dir.path().join(part.replace('/', "-"));
        let printed = good(&[&sweep[..], &["--shard", part]].concat());
        std::fs::write(&path, printed).unwrap();
        parts.push(path);
    }
    let parts: Vec<&str> = parts.iter().map(|path| text(path)).collect();
    let merged = [&sweep[..], &["--merge"], &parts[..]].concat();
    assert_eq!(good(&merged), good(&sweep));
    let other = [
        "sweep",
        SAMPLE,
        "--param",
        "confirm.timeout",
        "--merge",
        parts[0],
    ];
    assert!(bad(3, &other).contains("confirm.memory"));
    assert!(bad(1, &["sweep", SAMPLE, "--shard", "1/2"]).contains("not split"));
    bad(2, &["sweep", SAMPLE, "--shard", "3/2"]);
}

#[test]
fn other_ways_are_weighed_against_what_there_is() {
    let asked = ["weigh", "sample:api-backend", "--card", "front-door"];
    let answers = json(&[&asked[..], &["--format", "json"]].concat())["break_evens"].clone();
    let choices = answers[0]["choices"].as_array().unwrap();
    assert!(choices.len() > 2 && choices[0]["crossovers"] == serde_json::json!([]));
    let usd = |choice: &Value| choice["outcome"]["usd"].as_f64();
    // The first is the design as it is.
    let estimate = json(&["estimate", "sample:api-backend", "--format", "json"]);
    let total = estimate["cost"]["total"]["value"].as_f64().unwrap();
    assert!((usd(&choices[0]).unwrap() - total).abs() < 1e-9);
    let documentation = include_str!("../docs/CLI.md");
    for field in fields(&answers) {
        assert!(documentation.contains(&format!("`{field}`")), "`{field}`");
    }
    let table = good(&asked);
    assert!(table.starts_with("Which front door?"), "{table}");
    assert!(bad(1, &["weigh", SAMPLE, "--card", "tea"]).contains("front-door"));
    assert!(bad(1, &["weigh", SAMPLE, "--node", "tea"]).contains("there is no node"));
}
