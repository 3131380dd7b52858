//! Every exporter of the registry against hostile labels.

use std::collections::BTreeSet;

use super::*;
use crate::catalog::{Archetype, FigureId, Grade, ProviderId, RegionId, ServiceId};
use crate::design::generate::generate;
use crate::design::{LinkId, NodeId, Settings};
use crate::report::{
    Completion, CostLine, CostReport, Figure, Fix, NodeReport, Problem, Runaway, SCHEMA_VERSION,
    Severity, SourceNote, TriggerReport,
};

/// Marks that a label came through; harmless itself.
const MARK: &str = "Zoë";

const HOSTILE: [&str; 10] = [
    "Zoë \"quoted\" 'single' `tick`",
    "Zoë <script>alert(1)</script> & <b>",
    "Zoë | pipe | \\ back\\slash\\",
    "Zoë line\nbreak\r\nand\ttab",
    "Zoë 🚀👩‍👩‍👧 ünïcode \u{202e}rtl",
    "=Zoë+cmd|' /C calc'!A0",
    "Zoë ]]> --> <!-- */ #; %% end {{x}} [[y]]",
    "@Zoë,with;commas",
    "Zoë \u{0}\u{1b}[31m control \u{7f}",
    "-Zoë\u{2028}line separator",
];

fn figure(value: f64, unit: &'static str) -> Figure {
    Figure::new(value, unit, HOSTILE[1]).resting_on([SourceNote {
        figure: FigureId("aws.lambda/requests".to_owned()),
        value: HOSTILE[0].to_owned(),
        title: HOSTILE[2].to_owned(),
        url: "javascript:alert(1)".to_owned(),
        checked: "2026-11-01".to_owned(),
        grade: Grade::B,
    }])
}

/// A design whose every label is hostile.
fn design() -> Design {
    let mut design = generate(20, 9);
    design.name = HOSTILE[1].to_owned();
    design.description = HOSTILE.concat();
    for (node, label) in design.nodes.values_mut().zip(HOSTILE.iter().cycle()) {
        (*label).clone_into(&mut node.label);
    }
    let note = crate::design::Node::new(Settings::default_of(Archetype::Note));
    design.nodes.insert(NodeId::from("end"), note);
    let link = design.links.keys().next().unwrap().clone();
    design.layout.reroutes.insert(link, vec![[5.0, -700.0]]);
    design
}

fn report(design: &Design) -> Report {
    let ids: Vec<&NodeId> = design.nodes.keys().collect();
    Report {
        schema: SCHEMA_VERSION,
        name: design.name.clone(),
        provider: ProviderId::from("aws"),
        region: RegionId::from("us-east-1"),
        traffic: 10.0,
        cost: CostReport {
            total: figure(1_234.5, "USD/month"),
            invoice: "1234.50".parse().unwrap(),
            complete: false,
            lines: ids.iter().map(|id| line(id)).collect(),
        },
        triggers: vec![trigger(ids[0], f64::INFINITY), trigger(ids[1], 120.0)],
        nodes: design
            .nodes
            .keys()
            .map(|id| (id.clone(), node(design, id)))
            .collect(),
        problems: vec![
            problem(Severity::Error, Some(ids[0]), None),
            problem(Severity::Hint, None, design.links.keys().next()),
            problem(Severity::Warning, None, None),
        ],
        runaways: vec![Runaway {
            path: vec![ids[0].clone(), ids[1].clone(), ids[0].clone()],
            gain: figure(1.5, "events"),
            growth: figure(0.1, "1/s"),
            usd_per_hour: figure(42.0, "USD/h"),
            cost_after: vec![
                figure(3.0, "USD"),
                figure(40.0, "USD"),
                figure(f64::NAN, "USD"),
            ],
            cap: HOSTILE[4].to_owned(),
        }],
        ..Report::default()
    }
}

fn line(id: &NodeId) -> CostLine {
    CostLine {
        node: id.clone(),
        companion: Some("logs".to_owned()),
        reason: Some(HOSTILE[3].to_owned()),
        service: ServiceId::from("aws.lambda"),
        service_name: HOSTILE[5].to_owned(),
        meter: "requests".to_owned(),
        name: HOSTILE[7].to_owned(),
        unit: "request".to_owned(),
        quantity: 1e6,
        free: -0.5,
        cost: figure(0.2, "USD/month"),
        exact: "0.20".parse().unwrap(),
    }
}

fn trigger(id: &NodeId, p99: f64) -> TriggerReport {
    TriggerReport {
        node: id.clone(),
        label: HOSTILE[0].to_owned(),
        rate: figure(5.0, "/s"),
        peak: figure(15.0, "/s"),
        p50: figure(12.0, "ms"),
        p95: figure(60.0, "ms"),
        p99: figure(p99, "ms"),
        mean: figure(20.0, "ms"),
        cold_start: figure(0.01, "share"),
        throttle: figure(0.0, "share"),
        distribution: vec![(1.0, 0.5), (2.0, 0.5)],
        completions: vec![Completion {
            node: id.clone(),
            p50: figure(1.0, "ms"),
            p95: figure(2.0, "ms"),
            p99: figure(3.0, "ms"),
        }],
        stages: Vec::new(),
        causes: Vec::new(),
    }
}

fn node(design: &Design, id: &NodeId) -> NodeReport {
    NodeReport {
        label: design.nodes[id].title(id).to_owned(),
        archetype: design.nodes[id].archetype(),
        service: None,
        service_name: HOSTILE[2].to_owned(),
        rate: figure(1.0, "/s"),
        peak_rate: figure(1.0, "/s"),
        concurrency: figure(1.0, ""),
        peak_concurrency: figure(1.0, ""),
        utilisation: None,
        limit: None,
        cold_start: None,
        throttle: None,
        p50: None,
        p99: None,
        mean: None,
        cost: figure(0.2, "USD/month"),
        cost_complete: false,
        profile: Vec::new(),
        backlog: None,
        refusals: Vec::new(),
        connections: None,
        hit_ratio: None,
    }
}

fn problem(severity: Severity, node: Option<&NodeId>, link: Option<&LinkId>) -> Problem {
    Problem {
        code: "throttled",
        severity,
        node: node.cloned(),
        link: link.cloned(),
        what: HOSTILE[1].to_owned(),
        why: HOSTILE[6].to_owned(),
        fix: Some(Fix {
            label: HOSTILE[2].to_owned(),
            commands: Vec::new(),
        }),
        docs: None,
    }
}

fn exported(format: &str) -> String {
    let design = design();
    let bytes = exporter(format)
        .unwrap()
        .export(&design, &report(&design))
        .unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_format_takes_any_label_and_nothing_at_all() {
    let design = design();
    let report = report(&design);
    for exporter in EXPORTERS {
        let text = String::from_utf8(exporter.export(&design, &report).unwrap()).unwrap();
        assert!(text.contains(MARK), "{} lost the labels", exporter.name());
        assert!(text.ends_with('\n'), "{}", exporter.name());
        assert!(!text.contains('\u{1b}'), "{}", exporter.name());
        // For these two a tag is text like any other; DOT labels are no markup.
        if !["json", "csv", "dot"].contains(&exporter.name()) {
            assert!(!text.contains("<script>"), "{}", exporter.name());
        }
        exporter
            .export(&Design::default(), &Report::default())
            .unwrap();
        exporter.export(&design, &Report::default()).unwrap();
    }
    let names: BTreeSet<_> = EXPORTERS.iter().map(|e| e.name()).collect();
    assert_eq!(names.len(), EXPORTERS.len());
    assert!(
        exporter("pdf")
            .err()
            .unwrap()
            .to_string()
            .contains("markdown")
    );
}

#[test]
fn json_keeps_the_schema() {
    let value: serde_json::Value = serde_json::from_str(&exported("json")).unwrap();
    assert_eq!(value["schema"], 1);
    assert_eq!(value["cost"]["invoice"], "1234.50");
    assert_eq!(
        value["cost"]["lines"][0]["cost"]["sources"][0]["grade"],
        "B"
    );
    assert!(
        value["triggers"][0]["p99"]["value"].is_null(),
        "unbounded is null"
    );
    assert_eq!(value["problems"][0]["fix"]["label"], HOSTILE[2]);
}

/// Reads CSV as RFC 4180 has it.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            c => field.push(c),
        }
    }
    assert!(!quoted && field.is_empty() && row.is_empty());
    rows
}

#[test]
fn csv_has_a_field_for_every_column_and_no_formulas() {
    let rows = csv_rows(&exported("csv"));
    assert_eq!(rows.len(), 1 + design().nodes.len());
    assert_eq!(rows[0][0], "node");
    for row in &rows[1..] {
        assert_eq!(row.len(), rows[0].len(), "{row:?}");
        assert!(row[4].starts_with("'="), "{}", row[4]);
        assert!(row[6].starts_with("'@"), "{}", row[6]);
        assert_eq!(
            (row[8].as_str(), row[9].as_str(), row[11].as_str()),
            ("1000000", "-0.5", "0.20")
        );
    }
}

/// Follows tags and entities; void elements are those of HTML.
#[track_caller]
fn check_markup(text: &str, void: &[&str]) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        check_entities(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.find('>').expect("a tag ends");
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        assert_eq!(tag.matches('"').count() % 2, 0, "quotes in <{tag}>");
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/', '\n'])
            .next()
            .unwrap();
        if tag.starts_with('!') || tag.ends_with('/') || void.contains(&name) {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(
                open.pop(),
                Some(name),
                "</{name}> closes what it does not open"
            );
        } else {
            open.push(name);
        }
        if name == "style" && !tag.starts_with('/') {
            rest = &rest[rest.find("</style>").unwrap()..];
        }
    }
    check_entities(rest);
    assert_eq!(open, Vec::<&str>::new());
}

#[track_caller]
fn check_entities(text: &str) {
    for part in text.split('&').skip(1) {
        let name = part.split(';').next().unwrap();
        assert!(
            ["amp", "lt", "gt", "quot", "#39"].contains(&name),
            "&{name};"
        );
    }
    assert!(!text.contains('>'), "a stray > in {text}");
}

#[test]
fn markup_is_well_formed() {
    let html = exported("html");
    check_markup(&html, &["meta"]);
    assert!(html.starts_with("<!DOCTYPE html>"));
    assert!(!html.contains("href=\"javascript:"));
    assert!(html.contains("at least $1,230 /mo") && html.contains("prefers-color-scheme"));
    for outside in ["<link", "<img", "<iframe", "@import", "url(http"] {
        assert!(!html.contains(outside), "{outside}");
    }
    let svg = exported("svg");
    check_markup(&svg, &[]);
    assert_eq!(
        svg.matches("<rect class=\"card").count(),
        design().nodes.len()
    );
    assert_eq!(svg.matches("marker-end").count(), design().links.len());
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
}

#[test]
fn markdown_tables_keep_their_columns() {
    let text = exported("markdown");
    assert!(
        text.contains("**at least $1,230 /mo** · aws · us-east-1 · traffic 10x"),
        "{text}"
    );
    let mut rows = 0;
    for line in text.lines().filter(|line| line.starts_with('|')) {
        let pipes = line
            .replace("\\\\", "")
            .replace("\\|", "")
            .matches('|')
            .count();
        assert!(pipes == 8 || pipes == 4, "{pipes} in {line}");
        rows += 1;
    }
    assert!(rows > 20);
    assert!(!text.contains("@Zo"));
}

#[test]
fn graphs_have_a_line_for_every_part() {
    let design = design();
    let mermaid = exported("mermaid");
    assert_eq!(
        mermaid.lines().count(),
        1 + design.nodes.len() + design.links.len()
    );
    for line in mermaid.lines().skip(1) {
        assert!(line.trim_start().starts_with('n'), "{line}");
        assert!(
            line.matches('"').count() == 2 || line.contains("->|"),
            "{line}"
        );
    }
    let dot = exported("dot");
    assert_eq!(
        dot.lines().count(),
        5 + design.nodes.len() + design.links.len()
    );
    for line in dot.lines() {
        let quotes = line
            .replace("\\\\", "")
            .replace("\\\"", "")
            .matches('"')
            .count();
        assert_eq!(quotes % 2, 0, "{line}");
    }
}

#[test]
fn files_are_written_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.csv");
    let design = design();
    to_file("csv", &design, &report(&design), &path).unwrap();
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .starts_with("node,label")
    );
    assert!(to_file("nothing", &design, &report(&design), &path).is_err());
}
