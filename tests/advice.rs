//! Advice on every sample: it ends, and whatever it proposes can be applied
//! and comes to what it says.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on should say so and stop"
)]

use nephoscope::advice::break_even::{CARDS, break_evens};
use nephoscope::advice::memory::memory;
use nephoscope::advice::pareto::front;
use nephoscope::advice::provisioned::provisioned;
use nephoscope::advice::sweep::{CliffKind, traffic};
use nephoscope::advice::trial::{Outcome, Trial};
use nephoscope::catalog::{Archetype, Catalog, ProviderId};
use nephoscope::design::{Command, Design, Editor};
use nephoscope::project;

fn samples() -> Vec<(String, Design)> {
    let samples = project::samples().into_iter();
    let opened: Vec<_> = samples
        .map(|sample| (sample.name.clone(), project::sample(&sample.name).unwrap()))
        .collect();
    assert!(opened.len() >= 15);
    opened
}

fn trial<'a>(design: &'a Design, provider: Option<&'a ProviderId>) -> Trial<'a> {
    Trial {
        design,
        catalog: Catalog::embedded().unwrap(),
        provider,
        traffic: 1.0,
    }
}

/// What some edits make of a design.
#[track_caller]
fn made(trial: Trial<'_>, commands: &[Command], what: &str) -> Outcome {
    let made = Editor::tried(trial.design, commands);
    let made = made.unwrap_or_else(|error| panic!("{what}: {error}"));
    Outcome::of(&trial.report(&made, trial.traffic))
}

#[test]
fn every_card_answers_on_every_sample() {
    let mut answered = std::collections::BTreeSet::new();
    for (name, design) in samples() {
        let trial = trial(&design, None);
        for answer in break_evens(trial, None, &|| false).unwrap() {
            answered.insert(answer.card);
            let what = format!("{name}: {} of {}", answer.card, answer.node);
            assert!(answer.choices.len() > 1, "{what}");
            for choice in &answer.choices {
                let what = format!("{what}: {}", choice.label);
                match (&choice.outcome, &choice.blocked) {
                    (Some(outcome), None) => {
                        let now = made(trial, &choice.commands, &what);
                        assert!((now.usd - outcome.usd).abs() < 1e-9, "{what}");
                    }
                    (None, Some(_)) => assert!(choice.commands.is_empty(), "{what}"),
                    _ => panic!("{what}: blocked or weighed"),
                }
                for crossing in &choice.crossovers {
                    assert!((0.1..=1_000.0).contains(&crossing.traffic), "{what}");
                }
            }
        }
    }
    for card in [
        "container",
        "provisioned",
        "front-door",
        "table-capacity",
        "logs",
        "hop",
    ] {
        assert!(answered.contains(card), "{card} of {answered:?}");
        assert!(CARDS.iter().any(|known| known.id == card));
    }
}

#[test]
fn cards_answer_on_other_providers_too() {
    let (_, design) = samples()
        .into_iter()
        .find(|(name, _)| name == "api-backend")
        .unwrap();
    for provider in ["azure", "gcp", "cloudflare", "vercel"] {
        let provider = ProviderId::from(provider);
        let trial = trial(&design, Some(&provider));
        for answer in break_evens(trial, None, &|| false).unwrap() {
            for choice in answer.choices.iter().filter(|c| c.outcome.is_some()) {
                made(trial, &choice.commands, &choice.label);
            }
        }
    }
}

#[test]
fn sweeps_of_every_sample() {
    for (name, design) in samples() {
        let catalog = Catalog::embedded().unwrap();
        let sweep = traffic(&design, catalog, None, &|| false).unwrap();
        let factors: Vec<f64> = sweep.cliffs.iter().map(|cliff| cliff.traffic).collect();
        assert!(factors.is_sorted(), "{name}");
        for cliff in &sweep.cliffs {
            assert!(
                !cliff.text.is_empty() && !cliff.text.contains(": ."),
                "{cliff:?}"
            );
            assert!(
                cliff.trigger.is_some() && cliff.peak > 0.0,
                "{name}: {cliff:?}"
            );
        }
        for (step, point) in sweep.points.iter().enumerate() {
            let parts: f64 = sweep.stacks.iter().filter_map(|s| s.usd.get(step)).sum();
            assert!(
                (parts - point.usd).abs() <= 1e-6 * point.usd.max(1.0),
                "{name}"
            );
        }
        let functions = design.nodes.iter();
        for (id, _) in functions.filter(|(_, n)| n.archetype() == Archetype::Function) {
            let trial = trial(&design, None);
            if let Ok(sweep) = memory(trial, id, &|| false) {
                for point in &sweep.points {
                    let now = made(trial, &point.commands, &name);
                    assert_eq!(now, point.outcome, "{name}: {id}");
                }
            }
            let sweep = provisioned(trial, id, &|| false).unwrap();
            assert!(!sweep.points.is_empty(), "{name}: {id}");
        }
    }
}

#[test]
fn a_design_that_loops_is_broken_from_the_start() {
    let (_, design) = samples()
        .into_iter()
        .find(|(name, _)| name == "runaway")
        .unwrap();
    let sweep = traffic(&design, Catalog::embedded().unwrap(), None, &|| false).unwrap();
    let first = sweep.breaks().next().unwrap();
    assert!(first.from_the_start);
    assert!(sweep.breaks().any(|cliff| cliff.kind == CliffKind::Runaway));
}

#[test]
fn fronts_of_every_sample() {
    for (name, design) in samples() {
        let trial = trial(&design, None);
        let Ok(front) = front(trial, 120, &|| false) else {
            continue;
        };
        assert!(front.evaluations <= 120, "{name}");
        for point in &front.points {
            assert_eq!(made(trial, &point.commands, &name), point.outcome, "{name}");
        }
        let cheapest = front.points.first().unwrap();
        assert!(cheapest.outcome.usd <= front.now.usd + 1e-9, "{name}");
    }
}
