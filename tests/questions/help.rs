//! Small designs as a file has them, and where answers are read off.

use nephoscope::advice::break_even::{BreakEven, Choice, break_even};
use nephoscope::advice::finding::{Finding, findings};
use nephoscope::advice::parameter::{ParameterPoint, parameter};
use nephoscope::advice::trial::Trial;
use nephoscope::catalog::Catalog;
use nephoscope::design::{Command, Design, Editor, NodeId, Value};
use nephoscope::project;
use nephoscope::report::{self, CostLine, Options, Report};

/// Seconds of a month of 730 hours.
pub const MONTH: f64 = 2_628_000.0;
/// A GB-second of Lambda in Virginia [USD].
pub const GB_SECOND: f64 = 0.000_016_666_7;
/// A million requests of Lambda [USD].
pub const MILLION_CALLS: f64 = 0.20;
/// A wire that carries no bytes.
pub const SILENT: &str = "payload: 0.0, response: 0.0";

pub type Nodes<'a> = &'a [(&'a str, &'a str)];
pub type Links<'a> = &'a [(&'a str, &'a str, &'a str)];

pub fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap_or_else(|error| panic!("{error}"))
}

// Making designs.

/// A design from what stands before its nodes, from `id: settings` and from
/// `from->to, kind, settings`.
#[track_caller]
pub fn drawn(head: &str, nodes: Nodes<'_>, links: Links<'_>) -> Design {
    let nodes = nodes.iter().map(|(id, rest)| {
        if rest.starts_with("settings") {
            format!("\"{id}\": ({rest})")
        } else {
            format!("\"{id}\": (settings: {rest})")
        }
    });
    let links = links.iter().map(|(ends, kind, settings)| {
        let (from, to) = ends.split_once("->").unwrap_or_default();
        format!(
            "\"{ends}\": (from: \"{from}\", to: \"{to}\", kind: {kind}, settings: ({settings}))"
        )
    });
    let text = format!(
        "(format: 1, defaults_version: 1, name: \"Test\", {head} nodes: {{{}}}, links: {{{}}})",
        nodes.collect::<Vec<_>>().join(", "),
        links.collect::<Vec<_>>().join(", ")
    );
    let opened = project::read(&text, "test").unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(opened.problems, Vec::<String>::new(), "{text}");
    opened.design
}

/// At a provider's default region, nothing free.
#[track_caller]
pub fn on(provider: &str, nodes: Nodes<'_>, links: Links<'_>) -> Design {
    let head = format!("environment: (provider: \"{provider}\", free_tier: false),");
    drawn(&head, nodes, links)
}

/// In Virginia, nothing free.
#[track_caller]
pub fn aws(nodes: Nodes<'_>, links: Links<'_>) -> Design {
    on("aws", nodes, links)
}

/// Clients at a rate call one function that writes no logs.
#[track_caller]
pub fn calls(rate: &str, function: &str) -> Design {
    let clients = format!("Trigger(rate: \"{rate}\")");
    let work = format!("Function(log: 0.0, {function})");
    aws(
        &[("clients", &clients), ("work", &work)],
        &[("clients->work", "Request", SILENT)],
    )
}

/// A node with a service of its own.
pub fn pinned(settings: &str, service: &str) -> String {
    let (provider, _) = service.split_once('.').unwrap_or_default();
    format!("settings: {settings}, pins: {{\"{provider}\": (service: \"{service}\")}}")
}

#[track_caller]
pub fn changed(design: &Design, commands: &[Command]) -> Design {
    Editor::tried(design, commands).unwrap_or_else(|error| panic!("{error}"))
}

/// The design with a number in place of one of its parameters.
#[track_caller]
pub fn with(design: &Design, path: &str, number: f64) -> Design {
    let path = path.parse().unwrap_or_else(|error| panic!("{error}"));
    let value = Some(Value::Number(number));
    changed(design, &[Command::Set { path, value }])
}

// Asking.

pub fn built(design: &Design) -> Report {
    report::build(design, catalog(), &Options::default())
}

pub fn at_traffic(design: &Design, traffic: f64) -> Report {
    let options = Options {
        traffic,
        ..Options::default()
    };
    report::build(design, catalog(), &options)
}

pub fn trial(design: &Design) -> Trial<'_> {
    Trial {
        design,
        catalog: catalog(),
        provider: None,
        traffic: 1.0,
    }
}

/// The answer of a card for a node.
#[track_caller]
pub fn card(design: &Design, card: &str, node: &str) -> BreakEven {
    let answers = break_even(trial(design), card, &|| false);
    let answers = answers.unwrap_or_else(|error| panic!("{error}"));
    let own = answers.into_iter().find(|a| a.node.as_str() == node);
    own.unwrap_or_else(|| panic!("no answer to {card} for {node}"))
}

#[track_caller]
pub fn choice<'a>(answer: &'a BreakEven, label: &str) -> &'a Choice {
    let found = answer.choices.iter().find(|c| c.label.contains(label));
    found.unwrap_or_else(|| panic!("no {label} in {:#?}", answer.choices))
}

/// What the design costs with a choice [USD/month].
#[track_caller]
pub fn usd(choice: &Choice) -> f64 {
    let outcome = choice.outcome.as_ref();
    let outcome = outcome.unwrap_or_else(|| panic!("{choice:?}"));
    assert!(outcome.complete, "{choice:?}");
    outcome.usd
}

pub fn found(design: &Design) -> Vec<Finding> {
    let options = Options::default();
    let report = built(design);
    let all = findings(design, catalog(), &report, &options, &|| false);
    all.unwrap_or_default()
}

#[track_caller]
pub fn finding(design: &Design, key: &str) -> Finding {
    let all = found(design);
    let keys: Vec<&str> = all.iter().map(|f| f.key.as_str()).collect();
    let own = all.iter().find(|finding| finding.key == key).cloned();
    own.unwrap_or_else(|| panic!("no {key} in {keys:?}"))
}

/// What a finding's remedy saves a month [USD], measured on the mended design.
#[track_caller]
pub fn saved(design: &Design, finding: &Finding) -> f64 {
    let commands = finding.mend().unwrap_or_else(|| panic!("{finding:?}"));
    let effect = finding.effect.unwrap_or_else(|| panic!("{finding:?}"));
    let mended = built(&changed(design, commands)).cost.total.value;
    let before = built(design).cost.total.value;
    near(&finding.key, effect.usd, mended - before, 1e-6);
    before - mended
}

/// What a design comes to at some values of a parameter.
#[track_caller]
pub fn swept(design: &Design, path: &str, values: &[f64]) -> Vec<ParameterPoint> {
    let path = path.parse().unwrap_or_else(|error| panic!("{error}"));
    let sweep = parameter(trial(design), &path, values, &|| false);
    let sweep = sweep.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(sweep.refused, None);
    sweep.points
}

// Reading.

fn lines<'a>(report: &'a Report, node: &'a str) -> impl Iterator<Item = &'a CostLine> {
    let lines = report.cost.lines.iter();
    lines.filter(move |line| line.node.as_str() == node)
}

/// What a node itself costs, companions apart [USD/month].
pub fn own(report: &Report, node: &str) -> f64 {
    let own = lines(report, node).filter(|line| line.companion.is_none());
    own.map(|line| line.cost.value).sum()
}

/// What a companion of a node costs [USD/month].
pub fn companion(report: &Report, node: &str, companion: &str) -> f64 {
    let its = lines(report, node).filter(|l| l.companion.as_deref() == Some(companion));
    its.map(|line| line.cost.value).sum()
}

/// A meter of a node itself.
#[track_caller]
pub fn meter<'a>(report: &'a Report, node: &'a str, meter: &str) -> &'a CostLine {
    let mut own = lines(report, node).filter(|line| line.companion.is_none());
    let found = own.find(|line| line.meter == meter);
    found.unwrap_or_else(|| {
        let all: Vec<_> = lines(report, node).map(|line| &line.meter).collect();
        panic!("no {meter} at {node} in {all:?}")
    })
}

/// Share of what arrives at a node that starts an instance.
pub fn cold(report: &Report, node: &str) -> f64 {
    let cold = report.nodes[node].cold_start.as_ref();
    cold.map_or(0.0, |figure| figure.value)
}

pub fn codes(report: &Report) -> Vec<&str> {
    report.problems.iter().map(|p| p.code).collect()
}

pub fn id(node: &str) -> NodeId {
    NodeId::from(node)
}

/// Erlang's loss formula by its recursion: the share that finds no free place.
pub fn erlang_b(places: u32, offered: f64) -> f64 {
    (1..=places).fold(1.0, |blocked, n| {
        offered * blocked / (f64::from(n) + offered * blocked)
    })
}

#[track_caller]
pub fn near(what: &str, got: f64, expected: f64, relative: f64) {
    let off = (got - expected).abs();
    assert!(
        off <= relative * expected.abs().max(1e-12),
        "{what}: {got}, expected {expected} within {relative}"
    );
}
