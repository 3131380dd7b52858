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

/// Fewer would mean that files were lost.
const LEAST_SERVICES: usize = 90;
const LEAST_PROVIDERS: usize = 9;

/// What a person must find, by provider.
#[rustfmt::skip] // One row a kind of service.
const EXPECTED: &[(&str, &[&str])] = &[
    ("aws", &[
        "lambda", "lambda-url", "lambda-durable", "fargate",
        "api-gateway-rest", "api-gateway-http", "api-gateway-websocket", "alb", "appsync", "cloudfront",
        "step-functions-standard", "step-functions-express",
        "sqs", "sqs-fifo", "sns", "eventbridge", "eventbridge-pipes", "eventbridge-scheduler",
        "kinesis", "firehose", "msk-serverless", "iot-core",
        "dynamodb", "aurora-serverless-v2", "rds-postgres", "elasticache-serverless", "opensearch-serverless", "s3",
        "ses", "cognito", "secrets-manager", "nat-gateway", "vpc-endpoint",
        "cloudwatch-logs", "cloudwatch-metrics", "cloudwatch-alarms",
    ]),
    ("azure", &[
        "functions-consumption", "functions-flex", "functions-premium", "durable-functions",
        "container-apps", "app-service-b1", "app-service-p1v3", "vm-b2s", "vm-d2s-v5",
        "api-management", "front-door", "logic-apps",
        "service-bus-basic", "service-bus-standard", "service-bus-premium", "service-bus-topic",
        "storage-queue", "event-grid", "event-hubs",
        "cosmos-serverless", "cosmos-provisioned", "cosmos-autoscale", "sql-serverless", "blob",
        "monitor-logs",
    ]),
    ("gcp", &[
        "functions", "functions-gen1", "run", "run-instances",
        "compute-engine-e2-medium", "compute-engine-e2-standard-2", "compute-engine-n2-standard-2",
        "api-gateway", "pubsub", "tasks", "scheduler", "eventarc", "workflows",
        "firestore", "bigtable", "cloud-sql", "spanner", "storage", "logging",
    ]),
    ("cloudflare", &["workers", "queues", "kv", "r2", "d1", "durable-objects", "workflows"]),
    ("vercel", &["functions"]),
    ("neon", &["launch"]),
    ("planetscale", &["ps-10"]),
    ("upstash", &["redis"]),
    ("supabase", &["db-micro"]),
    ("turso", &["developer"]),
    ("knative", &["serving"]),
];

#[test]
fn services_that_people_look_for_are_there() {
    let Catalog {
        providers,
        services,
    } = catalog();
    assert!(services.len() >= LEAST_SERVICES, "{}", services.len());
    assert!(providers.len() >= LEAST_PROVIDERS, "{}", providers.len());
    let missing: Vec<String> = EXPECTED
        .iter()
        .flat_map(|(provider, ids)| ids.iter().map(move |id| format!("{provider}.{id}")))
        .filter(|id| !services.contains_key(id.as_str()))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
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

/// What `assets/catalog/README.md` says that designs ask for.
const ASKED_FOR: [&str; 16] = [
    "backup",
    "change-stream",
    "dead-letter",
    "fifo",
    "filter",
    "image",
    "indexes",
    "long-running",
    "notifications",
    "on-demand",
    "provisioned",
    "provisioned-concurrency",
    "replicas",
    "scale-to-zero",
    "schedule",
    "websocket",
];

#[test]
fn features_that_designs_ask_for_exist() {
    let readme = include_str!("../assets/catalog/README.md");
    for feature in ASKED_FOR {
        let offered = catalog()
            .services
            .values()
            .any(|service| service.features.contains(feature));
        assert!(offered, "no service offers `{feature}`");
        assert!(readme.contains(&format!("`{feature}`")), "{feature}");
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
