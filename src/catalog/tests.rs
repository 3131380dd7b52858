//! Loading, checking and listing, over a small made-up catalog.

use std::fs;

use super::load::Draft;
use super::*;
use crate::expression::Quantity;

/// A provider with two regions and one of each kind of allowance.
pub(super) const PROVIDER: &str = r#"(
    id: "aws",
    name: "Amazon Web Services",
    regions: { "us-east-1": "N. Virginia", "eu-west-1": "Ireland" },
    default_region: "us-east-1",
    hours_per_month: 730,
    sources: { "pricing": (title: "Prices", url: "https://aws", checked: "2026-05-04") },
    allowances: {
        "compute": (name: "Compute", quantity: (400_000, "pricing", B), period: Month, kind: Always),
        "requests": (name: "Requests", quantity: (1_000_000, "pricing", A), period: Month, kind: Always),
        "storage": (name: "Storage", quantity: (5, "pricing", A), period: Month, kind: FirstYear),
        "daily": (name: "Daily", quantity: (24_000, "pricing", A), period: Day, kind: Always),
        "packs": (name: "Packs", quantity: (400_000, "pricing", A), period: Month, kind: Always),
    },
    credits: { "plan": (name: "Credit of the plan", usd: (10, "pricing", A)) },
)"#;

/// Lambda, reduced to what is worth testing.
pub(super) const LAMBDA: &str = r#"(
    id: "aws.lambda",
    name: "AWS Lambda",
    short: "Lambda",
    archetype: Function,
    timing: { Accept: (Lognormal(p50: 10, p99: 50), "pricing", M) },
    limits: { Concurrency: (value: (1_000, "pricing", A), scope: Account, exceeded: Throttle) },
    compute: (
        memory_min: 128, memory_max: 10_240, memory_step: 1,
        full_core_memory: (1_769, "pricing", A),
        allocation: (Fixed(100), "pricing", M),
        init: { "nodejs22": (Fixed(140), "pricing", C) },
        init_billed: (true, "pricing", A),
        idle_timeout: (600, "pricing", C),
        start_burst: (1_000, "pricing", A),
        start_rate: (100, "pricing", A),
        async_retries: (2, "pricing", A),
    ),
    meters: [
        (id: "requests", name: "Requests", unit: "request", quantity: "requests", per: 1_000_000,
         free: "requests", prices: { "*": [(usd: (0.20, "pricing", A))] }),
        (id: "duration-x86", name: "Duration, x86", unit: "GB-s", when: "arm == 0", free: "compute",
         quantity: "requests * round_up(duration, 1) / 1000 * memory / 1024",
         prices: {
            "us-east-1": [
                (up_to: 6_000_000_000, usd: (0.0000166667, "pricing", A)),
                (up_to: 15_000_000_000, usd: (0.0000150000, "pricing", A)),
                (usd: (0.0000133334, "pricing", C)),
            ],
            "eu-west-1": [
                (up_to: 6_000_000_000, usd: (0.0000166667, "pricing", A)),
                (usd: (0.0000150000, "pricing", A)),
            ],
         }),
        (id: "duration-arm", name: "Duration, Arm", unit: "GB-s", when: "arm", free: "compute",
         quantity: "requests * round_up(duration, 1) / 1000 * memory / 1024",
         prices: { "us-east-1": [(usd: (0.0000133334, "pricing", A))] }),
    ],
    companions: [
        (id: "logs", service: "aws.logs", when: "log > 0", reason: "It prints.",
         usage: { "ingested": "requests * log / 1_000_000", "payload": "payload" }),
    ],
)"#;

/// A service of the archetype `Service`: pools, rounding, daily allowance.
pub(super) const LOGS: &str = r#"(
    id: "aws.logs",
    name: "Logs",
    short: "Logs",
    archetype: Service,
    rank: 1,
    features: ["search"],
    meters: [
        (id: "in", name: "Ingestion", unit: "GB", quantity: "ingested", pool: "volume", round_up: 1,
         prices: { "*": [(up_to: 10, usd: (0.5, "pricing", A)), (usd: (0.1, "pricing", A))] }),
        (id: "out", name: "Delivery", unit: "GB", quantity: "transfer", pool: "volume",
         prices: { "*": [(up_to: 10, usd: (0.05, "pricing", A)), (usd: (0.01, "pricing", A))] }),
        (id: "calls", name: "Calls", unit: "call", quantity: "requests", free: "daily",
         prices: { "*": [(usd: (0.001, "pricing", A))] }),
        (id: "held", name: "Kept", unit: "GB-month", quantity: "stored * hours / 730", free: "storage",
         prices: { "*": [(usd: (0.03, "pricing", A))] }),
        (id: "fee", name: "Plan", unit: "plan", quantity: "items", combine: Highest,
         prices: { "*": [(usd: (25, "pricing", A))] }),
        (id: "packs", name: "Packs", unit: "GB-s", quantity: "users", free: "packs", round_billed: 1_000_000,
         per: 1_000_000, credit: "plan", prices: { "*": [(usd: (12.5, "pricing", A))] }),
        (id: "raw", name: "Raw", unit: "thing", quantity: 0, credit: "plan",
         prices: { "*": [(usd: (1, "pricing", A))] }),
    ],
    commitments: {
        "plan-1y": (name: "Plan, 1 year", meters: ["in"], discount: (0.2, "pricing", A)),
    },
)"#;

fn read(files: &[(&str, &str)]) -> Result<Catalog, CatalogError> {
    let text = |text: &str| Ok(text.to_owned());
    let files: Vec<_> = files
        .iter()
        .map(|(place, t)| ((*place).to_owned(), text(t)))
        .collect();
    Draft::read(files.into_iter()).finish()
}

/// The made-up catalog.
pub(super) fn sample() -> Catalog {
    read(&[
        ("aws/provider.ron", PROVIDER),
        ("aws/lambda.ron", LAMBDA),
        ("aws/logs.ron", LOGS),
    ])
    .unwrap()
}

#[test]
fn the_embedded_catalog_is_right() {
    if let Err(error) = Catalog::embedded() {
        panic!("{error}");
    }
}

#[test]
fn figures_are_called_by_their_places() {
    #[track_caller]
    fn check(catalog: &Catalog, id: &str, value: &str, unit: &str) {
        let figure = catalog.figure(&FigureId(id.to_owned()));
        let figure = figure.unwrap_or_else(|| panic!("there is no {id}"));
        assert_eq!(
            (figure.value.as_str(), figure.unit.as_str()),
            (value, unit),
            "{id}"
        );
        assert_eq!(figure.origin.unwrap().checked, "2026-05-04");
    }
    let catalog = sample();
    check(
        &catalog,
        "aws.lambda/requests",
        "0.2",
        "USD per 1,000,000 request",
    );
    check(
        &catalog,
        "aws.lambda/duration-x86@us-east-1",
        "0.0000166667",
        "USD per GB-s",
    );
    check(
        &catalog,
        "aws.lambda/duration-x86.2@us-east-1",
        "0.000015",
        "USD per GB-s",
    );
    check(
        &catalog,
        "aws.lambda/duration-arm@us-east-1",
        "0.0000133334",
        "USD per GB-s",
    );
    check(
        &catalog,
        "aws.lambda#limit.Concurrency",
        "1,000",
        "executions",
    );
    check(&catalog, "aws.lambda#timing.Accept", "p50 10, p99 50", "ms");
    check(&catalog, "aws.lambda#init.nodejs22", "140", "ms");
    check(&catalog, "aws.lambda#init-billed", "yes", "yes or no");
    check(&catalog, "aws.lambda#idle-timeout", "600", "s");
    check(&catalog, "aws/free.requests", "1,000,000", "free per month");
    assert_eq!(
        catalog.figure(&FigureId("aws.lambda/nothing".to_owned())),
        None
    );
    let mut ids: Vec<_> = catalog
        .figures()
        .into_iter()
        .map(|figure| figure.id)
        .collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), all), (33, 33));
}

#[test]
fn prices_can_be_set_by_hand() {
    let mut catalog = sample();
    let id = FigureId("aws.lambda/duration-x86.2@us-east-1".to_owned());
    catalog.with_override(&id, 0.000_012).unwrap();
    let figure = catalog.figure(&id).unwrap();
    assert_eq!(
        (figure.value.as_str(), figure.grade),
        ("0.000012", Grade::M)
    );
    assert_eq!(figure.source, "override");
    assert!(figure.origin.is_some());
    let not_a_price = catalog.with_override(&id, -1.0).unwrap_err();
    assert_eq!(not_a_price, OverrideError::NotAPrice("-1".to_owned()));
    for unknown in [
        "",
        "aws.lambda#idle-timeout",
        "aws/free.requests",
        "aws.lambda/x",
    ] {
        let id = FigureId(unknown.to_owned());
        assert_eq!(
            catalog.with_override(&id, 1.0),
            Err(OverrideError::Unknown(id))
        );
    }
}

#[test]
fn every_problem_is_told_at_once() {
    #[track_caller]
    fn check(changes: &[(&str, &str)], expected: &[&str]) {
        let mut files = [PROVIDER, LAMBDA, LOGS].map(str::to_owned);
        for (from, to) in changes {
            assert!(files.iter().any(|file| file.contains(from)), "{from}");
            files = files.map(|file| file.replacen(from, to, 1));
        }
        let [provider, lambda, logs] = &files;
        let read = read(&[
            ("aws/provider.ron", provider),
            ("aws/lambda.ron", lambda),
            ("aws/logs.ron", logs),
        ]);
        let problems: Vec<_> = read
            .unwrap_err()
            .problems
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(problems, expected);
    }
    check(
        &[
            ("2026-05-04", "2026-02-30"),
            ("hours_per_month: 730", "hours_per_month: 7"),
        ],
        &[
            "aws/provider.ron: hours_per_month is 7, expected 672 to 744",
            "aws/provider.ron: source `pricing`: checked is `2026-02-30`, expected a day as YYYY-MM-DD",
        ],
    );
    check(
        &[("default_region: \"us-east-1\"", "default_region: \"us\"")],
        &["aws/provider.ron: default_region `us` is not in regions"],
    );
    check(
        &[("id: \"aws.logs\"", "id: \"aws.log\"")],
        &["aws/logs.ron: the id is `aws.log`, but this file's place makes it `aws.logs`"],
    );
    check(
        &[("(1_769, \"pricing\"", "(1_769, \"pricings\"")],
        &[
            "aws/lambda.ron: figure `aws.lambda#full-core-memory`: source `pricings` is not in aws/provider.ron; did you mean `pricing`?",
        ],
    );
    check(
        &[(
            "quantity: \"requests\", per: 1_000_000",
            "quantity: \"request + users\", per: 0",
        )],
        &[
            "aws/lambda.ron: meter `requests`: per is 0, expected a number above 0",
            "aws/lambda.ron: meter `requests`: quantity: `request` is not in the vocabulary of Function; did you mean `requests`?",
            "aws/lambda.ron: meter `requests`: quantity: `users` is not in the vocabulary of Function",
        ],
    );
    check(
        &[
            ("when: \"arm\"", "when: \"arms\""),
            ("id: \"duration-arm\"", "id: \"duration-x86\""),
        ],
        &[
            "aws/lambda.ron: meter `duration-x86` is there twice",
            "aws/lambda.ron: meter `duration-x86`: when: `arms` is not in the vocabulary of Function; did you mean `arm`?",
        ],
    );
    check(
        &[
            ("(0.20, ", "(-0.20, "),
            ("free: \"requests\"", "free: \"request\""),
        ],
        &[
            "aws/lambda.ron: figure `aws.lambda/requests`: is -0.2, expected a price of 0 or more",
            "aws/lambda.ron: meter `requests`: allowance `request` is not in aws/provider.ron; did you mean `requests`?",
        ],
    );
    check(
        &[
            ("up_to: 15_000_000_000", "up_to: 5"),
            ("\"eu-west-1\": [", "\"eu-west\": ["),
        ],
        &[
            "aws/lambda.ron: meter `duration-x86`, `us-east-1`: tier 2 ends at 5, expected more than 6000000000",
            "aws/lambda.ron: meter `duration-x86`: region `eu-west` is not in aws/provider.ron; did you mean `eu-west-1`?",
        ],
    );
    check(
        &[
            ("up_to: 15_000_000_000, ", ""),
            (
                "(usd: (0.0000133334, \"pricing\", C))",
                "(up_to: 7_000_000_000, usd: (1, \"pricing\", C))",
            ),
        ],
        &[
            "aws/lambda.ron: meter `duration-x86`, `us-east-1`: the last tier ends at 7000000000, expected no `up_to`",
            "aws/lambda.ron: meter `duration-x86`, `us-east-1`: tier 2 has no `up_to`, but is not the last",
        ],
    );
    check(
        &[("service: \"aws.logs\"", "service: \"aws.loge\"")],
        &[
            "aws/lambda.ron: companion `logs`: there is no service `aws.loge`; did you mean `aws.logs`?",
        ],
    );
    check(
        &[(
            "\"ingested\": \"requests * log",
            "\"ingest\": \"requests * ingested",
        )],
        &[
            "aws/lambda.ron: companion `logs`: usage `ingest`: `ingested` is not in the vocabulary of Function",
            "aws/lambda.ron: companion `logs`: usage of aws.logs: `ingest` is not in the vocabulary of Service; did you mean `ingested`?",
        ],
    );
    check(
        &[(
            "unit: \"GB-s\", when: \"arm\"",
            "unit: \"s\", when: \"arm\"",
        )],
        &[
            "aws/lambda.ron: meter `duration-arm` counts in `s`, but allowance `compute` also serves `duration-x86`, in `GB-s`",
        ],
    );
    check(
        &[("(up_to: 10, usd: (0.05", "(up_to: 11, usd: (0.05")],
        &["aws/logs.ron: meter `out`: unit or tier edges differ from `in` in pool `volume`"],
    );
    check(
        &[("Lognormal(p50: 10, p99: 50)", "Fixed(-1)")],
        &[&format!(
            "aws/lambda.ron: figure `aws.lambda#timing.Accept`: {}",
            crate::law::Law::Fixed(crate::units::Millis(-1.0))
                .validate()
                .unwrap_err()
        )],
    );
}

#[test]
fn unreadable_files_are_told_with_line_and_column() {
    let broken = LOGS.replacen("rank: 1", "rang: 1", 1);
    let formula = LAMBDA.replacen("\"requests\", per", "\"requests +\", per", 1);
    let files = [
        ("aws/provider.ron", PROVIDER),
        ("aws/logs.ron", &broken),
        ("aws/lambda.ron", &formula),
    ];
    let error = read(&files).unwrap_err();
    let [lambda, logs] = error.problems.as_slice() else {
        panic!("{error}");
    };
    assert_eq!(lambda.position.unwrap().0, 20);
    assert!(
        lambda.problem.contains("column 11: found the end"),
        "{lambda}"
    );
    assert_eq!(logs.position.unwrap().0, 6);
    assert!(logs.to_string().contains("rang"), "{logs}");
    assert!(
        error
            .to_string()
            .starts_with("the catalog has 2 problems:\n  aws/lambda.ron:20:")
    );
    let orphan = read(&[("aws/logs.ron", LOGS)]).unwrap_err().to_string();
    assert_eq!(
        orphan,
        "the catalog has a problem: aws/logs.ron: there is no `aws/provider.ron`"
    );
}

#[test]
fn folders_are_read_and_laid_on_top() {
    let base = tempfile::tempdir().unwrap();
    let dir = base.path().join("aws");
    fs::create_dir(&dir).unwrap();
    for (file, text) in [
        ("provider.ron", PROVIDER),
        ("lambda.ron", LAMBDA),
        ("logs.ron", LOGS),
        ("x.md", ""),
    ] {
        fs::write(dir.join(file), text).unwrap();
    }
    let catalog = Catalog::load_dir(base.path()).unwrap();
    assert_eq!(catalog, sample());

    let extra = tempfile::tempdir().unwrap();
    let dir = extra.path().join("aws");
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("logs.ron"), LOGS.replace("(0.5, ", "(0.7, ")).unwrap();
    let catalog = catalog.with_extra(extra.path()).unwrap();
    let price = catalog.figure(&FigureId("aws.logs/in".to_owned())).unwrap();
    assert_eq!((price.value.as_str(), catalog.services.len()), ("0.7", 2));

    fs::remove_dir_all(extra.path().join("aws")).unwrap();
    let nothing = catalog.clone().with_extra(extra.path()).unwrap_err();
    assert!(nothing.to_string().contains("holds no"), "{nothing}");
    let nowhere = Catalog::load_dir(&extra.path().join("nowhere")).unwrap_err();
    assert!(
        nowhere.to_string().contains("cannot be listed"),
        "{nowhere}"
    );
}

#[test]
fn providers_are_merged_entry_by_entry() {
    let mut catalog = sample();
    let mut other = sample();
    other.services.clear();
    let provider = other.providers.get_mut("aws").unwrap();
    provider.regions = BTreeMap::from([(RegionId::from("eu-north-1"), "Stockholm".to_owned())]);
    catalog.merge(other);
    assert_eq!(catalog.providers["aws"].regions.len(), 3);
    assert_eq!(catalog.services.len(), 2);
}

#[test]
fn services_are_found_by_what_they_must_do() {
    let catalog = sample();
    let aws = ProviderId::from("aws");
    let find = |required: &[&str]| {
        let found = catalog.default_service(&aws, Archetype::Service, required);
        found.map(|service| service.id.as_str())
    };
    assert_eq!(find(&["search"]), Some("aws.logs"));
    assert_eq!(find(&["fifo"]), None);
}

#[test]
fn what_is_left_out_is_implied_by_the_rest() {
    #[track_caller]
    fn check(archetype: Archetype, given: &[(&str, f64)], term: &str, expected: f64) {
        let number = |(name, n): &(&str, f64)| ((*name).to_owned(), Quantity::Number(*n));
        let mut usage: BTreeMap<_, _> = given.iter().map(number).collect();
        usage.insert("hours".to_owned(), Quantity::Number(730.0));
        vocabulary::complete(archetype, &mut usage).unwrap();
        assert_eq!(usage[term].mean(), expected, "{term}");
    }
    // Every formula of every archetype has a value.
    for archetype in Archetype::ALL {
        check(archetype, &[], "requests", 0.0);
    }
    let calls = [("requests", 1e6), ("duration", 200.0)];
    check(Archetype::Function, &calls, "active_periods", 1e6);
    check(Archetype::Function, &calls, "active_period", 200.0);
    check(Archetype::Function, &calls, "active", 200_000.0);
    check(
        Archetype::Queue,
        &[("requests", 10.0)],
        "delete_calls",
        10.0,
    );
    check(Archetype::Queue, &[("sends", 10.0)], "receive_calls", 10.0);
    check(Archetype::Table, &[("reads", 10.0)], "on_demand", 1.0);
    check(
        Archetype::Table,
        &[("read_capacity", 5.0)],
        "on_demand",
        0.0,
    );
    check(Archetype::Table, &[("reads", 2_628_000.0)], "load", 1.0);
}
