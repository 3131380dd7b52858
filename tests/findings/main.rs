//! Each rule on a small design that has the fault and on one that has not;
//! every remedy on every sample and on generated designs.
#![expect(clippy::panic, reason = "a test stops where it fails")]

mod rules;

use std::collections::{BTreeMap, BTreeSet};

use nephoscope::advice::finding::{FINDINGS, Finding, NOT_ENOUGH, findings, without_effects};
use nephoscope::catalog::Catalog;
use nephoscope::design::generate::generate;
use nephoscope::design::{Design, Editor};
use nephoscope::project;
use nephoscope::report::{self, Options};

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap_or_else(|error| panic!("{error}"))
}

fn found(design: &Design) -> Vec<Finding> {
    let options = Options::default();
    let report = report::build(design, catalog(), &options);
    findings(design, catalog(), &report, &options, &|| false).unwrap_or_default()
}

/// The same without the effects of remedies, which takes far less time.
fn untried(design: &Design) -> Vec<Finding> {
    let options = Options::default();
    let report = report::build(design, catalog(), &options);
    without_effects(design, catalog(), &report, &options)
}

/// A design from the inside of its file.
#[track_caller]
fn design(body: &str) -> Design {
    let text = format!("(format: 1, defaults_version: 1, name: \"test\", {body})");
    let opened = project::read(&text, "test").unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(opened.problems, Vec::<String>::new(), "{text}");
    opened.design
}

/// `id: settings` for nodes and `from->to kind settings` for links.
fn drawn(environment: &str, nodes: &[(&str, &str)], links: &[(&str, &str, &str)]) -> Design {
    let nodes: Vec<String> = nodes
        .iter()
        .map(|(id, rest)| {
            format!(
                "\"{id}\": ({})",
                if rest.starts_with("settings") {
                    (*rest).to_owned()
                } else {
                    format!("settings: {rest}")
                }
            )
        })
        .collect();
    let links: Vec<String> = links
        .iter()
        .map(|(ends, kind, settings)| {
            let (from, to) = ends.split_once("->").unwrap_or_default();
            format!(
                "\"{ends}\": (from: \"{from}\", to: \"{to}\", kind: {kind}, settings: ({settings}))"
            )
        })
        .collect();
    design(&format!(
        "{environment} nodes: {{{}}}, links: {{{}}}",
        nodes.join(", "),
        links.join(", ")
    ))
}

/// The code is found in the first design and not in the second.
#[track_caller]
fn check(code: &str, faulty: &Design, sound: &Design) {
    let all = found(faulty);
    let keys = |all: &[Finding]| -> Vec<String> { all.iter().map(|f| f.key.clone()).collect() };
    let has = |keys: &[String]| keys.iter().any(|key| key.split('@').next() == Some(code));
    let (bad, good) = (keys(&all), keys(&untried(sound)));
    assert!(has(&bad), "{code} is missing in {bad:?}");
    assert!(!has(&good), "{code} is wrong in {good:?}");
    for finding in all {
        let fix = finding.problem.fix.as_ref();
        let falls_short = fix.is_some_and(|fix| fix.label.ends_with(NOT_ENOUGH));
        assert!(!falls_short || finding.problem.code != code, "{fix:?}");
        cures(faulty, &finding);
    }
}

/// The remedy can be carried out, and the finding is gone then.
#[track_caller]
fn cures(design: &Design, finding: &Finding) {
    let Some(fix) = finding
        .problem
        .fix
        .as_ref()
        .filter(|fix| !fix.commands.is_empty())
    else {
        assert_eq!(finding.effect, None, "{}", finding.key);
        return;
    };
    let mended = Editor::tried(design, &fix.commands)
        .unwrap_or_else(|error| panic!("{}: {error}", finding.key));
    let effect = finding
        .effect
        .unwrap_or_else(|| panic!("{} has no effect", finding.key));
    assert!(
        effect.usd.is_finite() && !effect.p99.is_nan() && effect.throttle.is_finite(),
        "{}: {effect:?}",
        finding.key
    );
    if fix.label.ends_with(NOT_ENOUGH) {
        return;
    }
    let left: Vec<Finding> = untried(&mended)
        .into_iter()
        .filter(|f| f.key == finding.key)
        .collect();
    assert!(
        left.is_empty(),
        "{} is left after {fix:?}: {left:#?}",
        finding.key
    );
}

#[test]
fn remedies_hold_on_every_sample() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for sample in project::samples() {
        let design = project::sample(&sample.name).unwrap_or_else(|error| panic!("{error}"));
        for finding in found(&design) {
            *seen.entry(finding.problem.code).or_default() += 1;
            cures(&design, &finding);
        }
    }
    assert!(seen.len() > 3, "{seen:?}");
}

#[test]
fn remedies_hold_on_generated_designs() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (size, seed) in [(12, 1), (24, 2), (24, 3)] {
        let design = generate(size, seed);
        for finding in found(&design) {
            *seen.entry(finding.problem.code).or_default() += 1;
            cures(&design, &finding);
        }
    }
    assert!(seen.len() > 3, "{seen:?}");
}

#[test]
fn every_provider_is_judged_without_panic() {
    for provider in catalog().providers.keys() {
        let options = Options {
            provider: Some(provider.clone()),
            ..Options::default()
        };
        let design = generate(20, 5);
        let report = report::build(&design, catalog(), &options);
        let all = findings(&design, catalog(), &report, &options, &|| false).unwrap_or_default();
        for finding in all {
            if let Some(fix) = &finding.problem.fix {
                let made = Editor::tried(&design, &fix.commands);
                assert!(made.is_ok(), "{provider} {}: {made:?}", finding.key);
            }
        }
    }
}

#[test]
fn codes_are_unique_and_stopping_stops() {
    let codes: BTreeSet<&str> = FINDINGS.iter().map(|rule| rule.code).collect();
    assert_eq!(codes.len(), FINDINGS.len());
    let design = generate(12, 1);
    let (options, catalog) = (Options::default(), catalog());
    let report = report::build(&design, catalog, &options);
    assert_eq!(
        findings(&design, catalog, &report, &options, &|| true),
        None
    );
}

#[test]
fn what_is_ignored_comes_last_with_its_reason() {
    let mut design = project::sample("queue-worker").unwrap_or_else(|error| panic!("{error}"));
    let all = found(&design);
    let Some(first) = all.first() else {
        panic!("the sample has findings");
    };
    assert_eq!(first.ignore("  "), None);
    if let Some(command) = first.ignore("measured: it is slower there") {
        command
            .apply(&mut design)
            .unwrap_or_else(|error| panic!("{error}"));
    }
    let after = found(&design);
    let last = after.last().unwrap_or_else(|| panic!("none is left"));
    assert_eq!(last.key, first.key);
    assert_eq!(
        last.ignored.as_deref(),
        Some("measured: it is slower there")
    );
    assert!(after.iter().filter(|f| f.ignored.is_some()).count() == 1);
    last.mind()
        .apply(&mut design)
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found(&design), all);
}

#[test]
fn a_lock_keeps_remedies_away() {
    let mut design = project::sample("queue-worker").unwrap_or_else(|error| panic!("{error}"));
    for node in design.nodes.values_mut() {
        node.locked = true;
    }
    let locked = found(&design);
    let arm = locked.iter().find(|f| f.key == "arm-saves@worker");
    let fix = arm.and_then(|finding| finding.problem.fix.as_ref());
    assert!(
        fix.is_some_and(|fix| fix.commands.is_empty() && fix.label.starts_with("Unlock worker")),
        "{locked:#?}"
    );
}

/// A pin with settings of its own is where a remedy has to be made.
#[test]
fn remedies_reach_settings_of_pins() {
    let work = "settings: Function(memory: 512.0, working_set: 300.0), pins: {\"aws\": (service: \"aws.lambda\", settings: {\"memory\": Number(256.0)})}";
    let design = drawn(
        "environment: (provider: \"aws\"),",
        &[("clients", "Trigger()"), ("work", work)],
        &[("clients->work", "Request", "")],
    );
    let all = found(&design);
    let small = all.iter().find(|f| f.key == "memory-too-small@work");
    let small = small.unwrap_or_else(|| panic!("{all:#?}"));
    cures(&design, small);
    assert!(
        !small
            .problem
            .fix
            .as_ref()
            .is_none_or(|fix| fix.label.ends_with(NOT_ENOUGH))
    );
}
