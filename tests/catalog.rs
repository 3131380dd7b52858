//! The catalog that ships: every figure can be followed to a page and a day.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should say so and stop"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use nephoscope::catalog::billing::{Consumer, Terms, bill, companion_usage};
use nephoscope::catalog::{Archetype, Catalog, Grade, Service, vocabulary};
use nephoscope::expression::Quantity;

/// Prices change yearly at most; what is older than this was never verified.
const OLDEST_PRICE: &str = "2021-01-01";

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn files_and_program_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/catalog");
    let loaded = Catalog::load_dir(&folder).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        &loaded,
        catalog(),
        "the program holds an older catalog than the folder"
    );
}

#[test]
fn every_figure_has_a_source_a_day_a_grade_and_an_id() {
    let mut ids = BTreeSet::new();
    for figure in catalog().figures() {
        assert!(
            !figure.id.0.is_empty() && !figure.what.is_empty(),
            "{figure:?}"
        );
        assert!(
            ids.insert(figure.id.clone()),
            "{} is there twice",
            figure.id
        );
        let source = figure
            .origin
            .unwrap_or_else(|| panic!("{} has no source", figure.id));
        assert!(!source.title.is_empty(), "{}", figure.id);
        assert_eq!(source.checked.len(), "2026-01-01".len(), "{}", figure.id);
        assert_eq!(catalog().figure(&figure.id), Some(figure));
    }
    assert!(!ids.is_empty());
}

#[test]
fn sources_are_used_and_our_own_guesses_say_so() {
    for provider in catalog().providers.values() {
        let used: BTreeMap<&str, Grade> = catalog()
            .figures()
            .into_iter()
            .filter(|figure| figure.id.0.split(['.', '/']).next() == Some(provider.id.as_str()))
            .map(|figure| (figure.source, figure.grade))
            .collect();
        for key in provider.sources.keys() {
            assert!(
                used.contains_key(key.as_str()),
                "{}: nothing uses source `{key}`",
                provider.id
            );
        }
    }
    for figure in catalog().figures() {
        let guess = figure.source == "our-assumption";
        assert_eq!(
            guess,
            figure.grade == Grade::M,
            "{}: grade M and our own source go together",
            figure.id
        );
    }
}

#[test]
fn no_price_is_older_than_it_may_be() {
    for figure in catalog()
        .figures()
        .iter()
        .filter(|figure| figure.unit.starts_with("USD"))
    {
        let checked = figure.origin.map_or("", |source| &source.checked);
        assert!(
            checked >= OLDEST_PRICE,
            "{} was read on {checked}",
            figure.id
        );
    }
}

#[test]
fn names_are_fit_to_be_shown() {
    for service in catalog().services.values() {
        assert!(
            service.short.chars().count() <= 24,
            "{}: `{}` is long for a card",
            service.id,
            service.short
        );
        for text in [&service.name, &service.short]
            .into_iter()
            .chain(service.meters.iter().map(|m| &m.name))
        {
            assert_eq!(text.trim(), text, "{}", service.id);
            assert!(!text.is_empty(), "{}", service.id);
        }
    }
}

#[test]
fn every_resource_type_means_one_service_per_rank() {
    let mut seen = BTreeMap::new();
    for service in catalog().services.values() {
        for (dialect, kinds) in &service.iac {
            for kind in kinds {
                let other = seen.insert((dialect, kind, service.rank), &service.id);
                assert_eq!(
                    other, None,
                    "{}: {dialect} `{kind}` is ambiguous",
                    service.id
                );
            }
        }
    }
}

#[test]
fn every_meter_can_be_billed() {
    for service in catalog().services.values() {
        let consumers = consumers(service);
        let bill = bill(catalog(), &consumers, &Terms::default(), true);
        let problems: Vec<_> = bill.problems.iter().map(ToString::to_string).collect();
        assert!(
            problems.iter().all(|p| p.starts_with("the price of")),
            "{problems:#?}"
        );
    }
}

/// A consumer with every term at 1, and its companions.
fn consumers(service: &Service) -> Vec<Consumer<'_>> {
    let provider = &catalog().providers[&service.id.provider()];
    let region = provider.default_region.clone();
    let usage = ones(service.archetype);
    let companions = service.companions.iter().filter_map(|companion| {
        let target = &catalog().services[&companion.service];
        let usage = companion_usage(companion, target, &usage).expect("every term is known")?;
        Some((format!("it/{}", companion.id), target, usage))
    });
    let own = ("it".to_owned(), service, usage.clone());
    std::iter::once(own)
        .chain(companions)
        .map(|(owner, service, usage)| Consumer {
            owner,
            service,
            region: region.clone(),
            usage,
            units: BTreeMap::new(),
        })
        .collect()
}

fn ones(archetype: Archetype) -> BTreeMap<String, Quantity> {
    vocabulary::COMMON
        .iter()
        .chain(vocabulary::of(archetype))
        .map(|term| (term.name.to_owned(), Quantity::Number(1.0)))
        .collect()
}
