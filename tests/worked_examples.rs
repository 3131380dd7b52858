//! Bills that AWS itself has worked out, to the cent.
//!
//! Each row transcribes one example: what is used, what the account has free,
//! how its author rounds, and the total printed. The bill must come to it.
//! Usage that a page states in other units (units of 128 MB-seconds, billions
//! of byte-hours) is converted in a comment beside it.
#![expect(clippy::panic, reason = "a test stops where it fails")]

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::{Decimal, RoundingStrategy};

use nephoscope::catalog::billing::{Bill, Consumer, FreeTier, Terms, bill};
use nephoscope::catalog::{Catalog, FigureId, Service, vocabulary};
use nephoscope::expression::Quantity;

/// How an author comes from lines to a total.
#[derive(Clone, Copy, Debug)]
enum Rounding {
    /// Each line half-up to cents, as AWS bills.
    Cents,
    /// Each line to tenths of a dollar.
    Tenths,
    /// Each line to whole dollars.
    Dollars,
    /// Only the sum, to so many places.
    Sum(u32),
}

/// What holds for the account.
#[derive(Clone, Copy)]
struct Account {
    free_tier: FreeTier,
    /// Hours in the page's month; none where nothing is billed by the hour.
    hours: Option<f64>,
    /// Allowances used up elsewhere, as `aws/free.name`.
    used_up: &'static [(&'static str, f64)],
    discount: &'static [(&'static str, f64)],
    /// Prices in force when the page was written, where they have changed.
    old_prices: &'static [(&'static str, f64)],
}

/// Nothing is free, list prices of today.
const PLAIN: Account = Account {
    free_tier: FreeTier::None,
    hours: None,
    used_up: &[],
    discount: &[],
    old_prices: &[],
};

/// With what every account has free for good.
const FREE: Account = Account {
    free_tier: FreeTier::AlwaysOnly,
    ..PLAIN
};

const fn month_of(hours: f64) -> Account {
    Account {
        hours: Some(hours),
        ..PLAIN
    }
}

type Uses = &'static [(&'static str, &'static [(&'static str, f64)])];

struct Example {
    id: &'static str,
    /// Page and the time it speaks of.
    page: (&'static str, &'static str),
    /// Services with their usage in a month; terms left out are 0.
    uses: Uses,
    account: Account,
    rounding: Rounding,
    /// The published total; of its covered lines where `without` says so. [USD]
    total: &'static str,
    /// Printed on the page but not part of `total`.
    without: &'static str,
}

const LAMBDA: &str = "AWS Lambda pricing";
const GAME_ANALYTICS: &str = "AWS guidance for a game analytics pipeline, cost table";
const PAYMENTS: &str = "AWS guidance for payment systems, cost table";
const AURORA: &str = "AWS agent toolkit, references on Aurora MySQL";
const S3_FAQ: &str = "Amazon S3 FAQ, billing examples, restated in course notes";
const CLOUDWATCH: &str = "Amazon CloudWatch pricing, examples, restated in study notes";

#[rustfmt::skip] // One row a service.
const EXAMPLES: &[Example] = &[
    Example {
        id: "lambda-durable",
        page: (LAMBDA, "2026-07"),
        uses: &[
            // 32 s of work in two invocations: the start, and after the wait.
            ("aws.lambda", &[("requests", 2e6), ("duration", 16_000.0), ("memory", 1_024.0), ("arm", 1.0)]),
            // Two steps and a wait of 7 days; 8 KB in, 32 KB each.
            ("aws.lambda-durable", &[("requests", 1e6), ("steps", 3.0), ("payload", 8.0), ("response", 32.0), ("duration", 604_800_000.0)]),
        ],
        account: Account { hours: Some(720.0), ..FREE },
        rounding: Rounding::Cents,
        total: "490.46",
        without: "",
    },
    Example {
        id: "lambda-mobile-backend",
        page: (LAMBDA, "2026-07"),
        uses: &[("aws.lambda", &[("requests", 3e6), ("duration", 120.0), ("memory", 1_536.0)])],
        account: FREE,
        rounding: Rounding::Cents,
        total: "2.73",
        without: "",
    },
    Example {
        id: "lambda-telemetry",
        page: (LAMBDA, "2026-07"),
        // 10,000 an hour over 31 days.
        uses: &[("aws.lambda", &[("requests", 7_440_000.0), ("duration", 2_000.0), ("memory", 1_024.0)])],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "249.49",
        without: "",
    },
    Example {
        id: "lambda-ml-tickets",
        page: (LAMBDA, "2026-07"),
        uses: &[("aws.lambda", &[("requests", 6e6), ("duration", 280.0), ("memory", 4_096.0), ("ephemeral", 2_048.0)])],
        account: FREE,
        rounding: Rounding::Cents,
        total: "106.41",
        without: "",
    },
    Example {
        id: "lambda-pc-launch",
        page: (LAMBDA, "2026-07"),
        uses: &[
            // 100 instances kept ready for 8 hours serve half a million requests of 100 ms.
            ("aws.lambda", &[("requests", 5e5), ("provisioned_requests", 5e5), ("duration", 100.0), ("memory", 1_536.0), ("provisioned", 100.0), ("provisioned_hours", 8.0)]),
            ("aws.lambda", &[("requests", 2.5e6), ("duration", 120.0), ("memory", 1_536.0)]),
        ],
        account: FREE,
        rounding: Rounding::Cents,
        total: "19.96",
        without: "",
    },
    Example {
        id: "lambda-pc-cyber-monday",
        page: (LAMBDA, "2026-07"),
        uses: &[("aws.lambda", &[("requests", 2e6), ("provisioned_requests", 2e6), ("duration", 280.0), ("memory", 4_096.0), ("provisioned", 7.0), ("provisioned_hours", 24.0)])],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "32.26",
        without: "",
    },
    Example {
        id: "lambda-kafka-esm-pm",
        page: (LAMBDA, "2026-07"),
        uses: &[
            // The page bills 60 million requests for 1 million a day over 30
            // days, and their 2 s once: as printed, 60 million of 1 s.
            ("aws.lambda", &[("requests", 6e7), ("duration", 1_000.0), ("memory", 1_024.0)]),
            ("aws.lambda-kafka-pollers", &[("items", 1.0), ("hours", 800.0)]),
        ],
        // Only GB-seconds are free here.
        account: Account { used_up: &[("aws/free.lambda-requests", 1e6)], ..FREE },
        rounding: Rounding::Tenths,
        total: "1153.3",
        without: "",
    },
    Example {
        id: "lambda-sqs-esm-pm",
        page: (LAMBDA, "2026-07"),
        uses: &[
            ("aws.lambda", &[("requests", 3e7), ("duration", 1_000.0), ("memory", 1_024.0)]),
            ("aws.lambda-sqs-pollers", &[("items", 1.0), ("hours", 8_000.0)]),
        ],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "580",
        without: "",
    },
    Example {
        id: "lambda-kafka-10esm",
        page: (LAMBDA, "2026-07"),
        uses: &[
            ("aws.lambda", &[("requests", 3e8), ("duration", 200.0), ("memory", 1_024.0)]),
            ("aws.lambda-kafka-pollers", &[("items", 1.0)]),
        ],
        account: month_of(720.0),
        rounding: Rounding::Cents,
        total: "1193.2",
        without: "",
    },
    Example {
        id: "lambda-edge",
        page: (LAMBDA, "2026-07"),
        uses: &[("aws.lambda-edge", &[("requests", 1e7), ("duration", 10.0), ("memory", 128.0)])],
        account: FREE,
        rounding: Rounding::Cents,
        total: "6.63",
        without: "",
    },
    Example {
        id: "fargate-eks-pods",
        page: ("AWS Fargate pricing", "2025 or 2026"),
        // One hour a day over 30 days.
        uses: &[("aws.fargate", &[("instances", 10.0), ("vcpu", 0.25), ("memory", 1_024.0), ("storage", 20.0), ("hours", 30.0)])],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "4.37",
        without: "",
    },
    Example {
        id: "apigw-http-432m",
        page: ("Amazon API Gateway pricing", "2025-11-02"),
        uses: &[("aws.api-gateway-http", &[("requests", 4.32e8), ("payload", 12.0), ("response", 46.0)])],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "418.8",
        without: "",
    },
    Example {
        id: "apigw-rest-5m",
        page: ("Amazon API Gateway pricing", "2025-11-02"),
        uses: &[
            ("aws.api-gateway-rest", &[("requests", 5e6), ("response", 3.0)]),
            // 5 million times 3 KB; the 100 GB that are free are not counted.
            ("aws.data-transfer", &[("transfer", 14.3)]),
        ],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "18.79",
        without: "",
    },
    Example {
        id: "ddb-ondemand-gaming-2023",
        page: ("Amazon DynamoDB pricing for on-demand capacity, restated", "2023"),
        uses: &[("aws.dynamodb", &[
            ("on_demand", 1.0),
            ("writes", 42_177_000.0), ("write_size", 1.0),
            ("reads", 42_177_000.0), ("read_size", 4.0), ("consistent", 1.0),
            ("storage", 27.0), ("backup", 1.0), ("stream_reads", 2_592_000.0),
        ])],
        // Reads and writes cost twice as much until 2024-11-01.
        account: Account { old_prices: &[("aws.dynamodb/write-units", 1.25), ("aws.dynamodb/read-units", 0.25)], ..FREE },
        rounding: Rounding::Cents,
        total: "69.18",
        without: "of 100.05: backups on demand 5.00, restore 4.35, change capture 4.22, export 2.90, DAX 14.40",
    },
    Example {
        id: "cw-logs-30gb",
        page: (CLOUDWATCH, "2021 to 2023"),
        uses: &[("aws.cloudwatch-logs-custom", &[("ingested", 30.0), ("stored", 6.0)])],
        account: FREE,
        rounding: Rounding::Cents,
        total: "12.53",
        without: "",
    },
    Example {
        id: "cw-vpc-flow-72tb",
        page: (CLOUDWATCH, "2021 to 2023"),
        // TB of 1,024 GB. The tiers of vended logs are those of Lambda's.
        uses: &[("aws.cloudwatch-logs", &[("ingested", 73_728.0), ("stored", 30_720.0)])],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "14336",
        without: "",
    },
    Example {
        id: "s3-dto-62tb",
        page: (S3_FAQ, "2019 to 2023"),
        uses: &[("aws.data-transfer", &[("transfer", 63_488.0)])],
        // One GB was free then; 100 GB are now.
        account: Account { used_up: &[("aws/free.internet-egress", 99.0)], ..FREE },
        rounding: Rounding::Cents,
        total: "5263.27",
        without: "",
    },
    Example {
        id: "s3-requests",
        page: (S3_FAQ, "2019 to 2023"),
        uses: &[("aws.s3", &[("writes", 310_000.0), ("reads", 620_000.0)])],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "1.8",
        without: "",
    },
    Example {
        id: "s3-versioning-bytehours",
        page: (S3_FAQ, "2019 to 2023"),
        // 4 GB for 31 days and 5 GB for 16: 4,896 GB-hours of 744 hours.
        uses: &[("aws.s3", &[("storage", 4_896.0 / 744.0)])],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "0.15",
        without: "",
    },
    Example {
        id: "sfn-express-nested",
        page: ("AWS Step Functions workshop, Express workflows", "2023 to 2025"),
        uses: &[("aws.step-functions-express", &[("requests", 1_000.0), ("duration", 11_300.0), ("memory", 64.0)])],
        account: PLAIN,
        rounding: Rounding::Sum(4),
        total: "0.0128",
        without: "",
    },
    Example {
        id: "aurora-sv2-6acu",
        page: (AURORA, "2026-06-15"),
        uses: &[("aws.aurora-serverless-v2", &[("capacity", 6.0), ("storage", 500.0)])],
        account: month_of(730.0),
        rounding: Rounding::Dollars,
        total: "576",
        without: "",
    },
    Example {
        id: "aurora-sv2-13.5acu",
        page: (AURORA, "2026-06-15"),
        uses: &[("aws.aurora-serverless-v2", &[("capacity", 13.5), ("storage", 1_000.0)])],
        account: month_of(730.0),
        rounding: Rounding::Dollars,
        total: "1283",
        without: "",
    },
    Example {
        id: "aurora-sv2-dsp",
        page: (AURORA, "2026-06-15"),
        uses: &[("aws.aurora-serverless-v2", &[("capacity", 6.0)])],
        account: Account { discount: &[("aws.aurora-serverless-v2", 0.35)], ..month_of(730.0) },
        rounding: Rounding::Dollars,
        total: "342",
        without: "",
    },
    Example {
        id: "gap-apigw",
        page: (GAME_ANALYTICS, "2026-07-17"),
        // One a second over 30 days.
        uses: &[("aws.api-gateway-rest", &[("requests", 2_592_000.0)])],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "9.07",
        without: "",
    },
    Example {
        id: "gap-lambda-authorizer",
        page: (GAME_ANALYTICS, "2026-07-17"),
        // Memory and architecture are inferred from the printed total.
        uses: &[("aws.lambda", &[("requests", 2_592_000.0), ("duration", 200.0), ("memory", 256.0), ("arm", 1.0)])],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "2.25",
        without: "",
    },
    Example {
        id: "gap-lambda-processing",
        page: (GAME_ANALYTICS, "2026-07-17"),
        uses: &[("aws.lambda", &[("requests", 2_592_000.0), ("duration", 120.0), ("memory", 256.0), ("arm", 1.0)])],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "1.56",
        without: "",
    },
    Example {
        id: "gap-kds-ondemand",
        page: (GAME_ANALYTICS, "2026-07-17"),
        uses: &[("aws.kinesis", &[("on_demand", 1.0), ("requests", 259_200_000.0), ("payload", 1.0), ("consumers", 1.0), ("retention", 24.0)])],
        account: month_of(730.0),
        rounding: Rounding::Cents,
        total: "58.87",
        without: "",
    },
    Example {
        id: "gap-firehose",
        page: (GAME_ANALYTICS, "2026-07-17"),
        // Records of 1 KB, each billed as 5 KB.
        uses: &[("aws.firehose", &[("requests", 259_200_000.0), ("payload", 1.0), ("conversion", 1.0)])],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "58.09",
        without: "of 58.90, which is 0.81 more than the lines that the page names",
    },
    Example {
        id: "pay-sfn",
        page: (PAYMENTS, "2024-04 to 2025-05"),
        uses: &[("aws.step-functions-standard", &[("requests", 3_000.0), ("steps", 3.0)])],
        account: FREE,
        rounding: Rounding::Cents,
        total: "0.13",
        without: "",
    },
    Example {
        id: "pay-sns-email",
        page: (PAYMENTS, "2024-04 to 2025-05"),
        uses: &[("aws.sns", &[("deliveries_email", 3_000.0)])],
        account: FREE,
        rounding: Rounding::Cents,
        total: "0.04",
        without: "",
    },
    Example {
        id: "qm-dynamodb-2024",
        page: ("AWS guidance, Quota Monitor, cost table", "2024-11"),
        uses: &[("aws.dynamodb", &[("on_demand", 1.0), ("writes", 5e6), ("write_size", 1.0), ("reads", 1e6), ("read_size", 4.0), ("consistent", 1.0)])],
        account: PLAIN,
        rounding: Rounding::Sum(2),
        total: "3.25",
        without: "of 3.44, which holds storage and streams that the page does not name",
    },
    Example {
        id: "sportsbook-apigw",
        page: ("AWS guidance for a sportsbook, cost table", "2024"),
        uses: &[("aws.api-gateway-rest", &[("requests", 1e6)])],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "3.5",
        without: "",
    },
    Example {
        id: "generic-rest-100k",
        page: ("AWS guidance, cost table", "2024"),
        uses: &[("aws.api-gateway-rest", &[("requests", 1e5)])],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "0.35",
        without: "",
    },
    Example {
        id: "drivethru-apigw",
        page: ("AWS guidance for a drive-through, cost table", "2026-04"),
        uses: &[("aws.api-gateway-rest", &[("requests", 5e4)])],
        account: PLAIN,
        rounding: Rounding::Cents,
        total: "0.18",
        without: "",
    },
];

/// Examples that the catalog cannot bill, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "lambda-response-streaming",
        "bytes streamed beyond 6 MB a request have no meter",
    ),
    ("lambda-microvm-dev", "MicroVMs are not in the catalog"),
    ("fargate-windows", "the catalog has Linux tasks only"),
    (
        "aurora-r7g-2xlarge",
        "provisioned instances are not in the catalog",
    ),
    (
        "aurora-ioopt-heavy-io",
        "provisioned instances are not in the catalog",
    ),
    (
        "gap-opensearch-ingestion",
        "OpenSearch Ingestion is not in the catalog",
    ),
];

/// Every worked example by AWS that was collected.
const OFFICIAL: [&str; 40] = [
    "lambda-durable",
    "lambda-mobile-backend",
    "lambda-telemetry",
    "lambda-ml-tickets",
    "lambda-pc-launch",
    "lambda-pc-cyber-monday",
    "lambda-response-streaming",
    "lambda-kafka-esm-pm",
    "lambda-sqs-esm-pm",
    "lambda-kafka-10esm",
    "lambda-edge",
    "lambda-microvm-dev",
    "fargate-eks-pods",
    "fargate-windows",
    "apigw-http-432m",
    "apigw-rest-5m",
    "ddb-ondemand-gaming-2023",
    "cw-logs-30gb",
    "cw-vpc-flow-72tb",
    "s3-dto-62tb",
    "s3-requests",
    "s3-versioning-bytehours",
    "sfn-express-nested",
    "aurora-sv2-6acu",
    "aurora-sv2-13.5acu",
    "aurora-r7g-2xlarge",
    "aurora-ioopt-heavy-io",
    "aurora-sv2-dsp",
    "gap-apigw",
    "gap-lambda-authorizer",
    "gap-lambda-processing",
    "gap-kds-ondemand",
    "gap-firehose",
    "gap-opensearch-ingestion",
    "pay-sfn",
    "pay-sns-email",
    "qm-dynamodb-2024",
    "sportsbook-apigw",
    "generic-rest-100k",
    "drivethru-apigw",
];

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap_or_else(|error| panic!("{error}"))
}

/// The catalog as it stood when the page was written.
fn catalog_of(account: &Account) -> Catalog {
    let mut catalog = catalog().clone();
    for (price, usd) in account.old_prices {
        let id = FigureId(format!("{price}@us-east-1"));
        catalog
            .with_override(&id, *usd)
            .unwrap_or_else(|error| panic!("{error}"));
    }
    catalog
}

fn terms(account: &Account) -> Terms {
    let id = |(key, value): &(&str, f64)| (FigureId((*key).to_owned()), *value);
    let share = |(key, value): &(&str, f64)| ((*key).to_owned(), *value);
    Terms {
        free_tier: account.free_tier,
        hours_per_month: account.hours,
        already_used: account.used_up.iter().map(id).collect(),
        discount: account.discount.iter().map(share).collect(),
        commitments: BTreeMap::new(),
    }
}

/// The terms given, all others of the vocabulary at 0; hours are the month's
/// unless given.
fn usage(id: &str, service: &Service, given: &[(&str, f64)]) -> BTreeMap<String, Quantity> {
    let mut usage: BTreeMap<String, Quantity> = vocabulary::COMMON
        .iter()
        .chain(vocabulary::of(service.archetype))
        .filter(|term| term.name != "hours")
        .map(|term| (term.name.to_owned(), Quantity::Number(0.0)))
        .collect();
    for (term, value) in given {
        let known = vocabulary::find(service.archetype, term).is_some();
        assert!(known, "{id}: {} has no term `{term}`", service.id);
        usage.insert((*term).to_owned(), Quantity::Number(*value));
    }
    usage
}

fn rounded(bill: &Bill, rounding: Rounding) -> Decimal {
    let half_up = |amount: Decimal, places| {
        amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
    };
    let lines = |places| bill.lines.iter().map(|l| half_up(l.exact, places)).sum();
    match rounding {
        Rounding::Cents => bill.total(),
        Rounding::Tenths => lines(1),
        Rounding::Dollars => lines(0),
        Rounding::Sum(places) => half_up(bill.exact_total(), places),
    }
}

#[test]
fn bills_come_to_the_published_totals() {
    for example in EXAMPLES {
        let catalog = catalog_of(&example.account);
        let terms = terms(&example.account);
        let consumers: Vec<Consumer> = example
            .uses
            .iter()
            .enumerate()
            .map(|(number, (service, given))| {
                let service = &catalog.services[*service];
                Consumer {
                    owner: format!("part-{number}"),
                    service,
                    region: "us-east-1".into(),
                    usage: usage(example.id, service, given),
                    units: BTreeMap::new(),
                }
            })
            .collect();
        let bill = bill(&catalog, &consumers, &terms, true);
        assert!(bill.is_complete(), "{}: {:?}", example.id, bill.problems);
        let lines: Vec<_> = bill
            .lines
            .iter()
            .map(|l| (&l.meter, &l.formula, l.rounded))
            .collect();
        let published: Decimal = example
            .total
            .parse()
            .unwrap_or_else(|e| panic!("{}: {e}", example.id));
        assert_eq!(
            rounded(&bill, example.rounding),
            published,
            "{} ({}, {}) by {:?}: {lines:#?}",
            example.id,
            example.page.0,
            example.page.1,
            example.rounding
        );
        let shares: Decimal = bill.by_owner().values().sum();
        assert_eq!(shares, bill.exact_total(), "{}", example.id);
    }
}

#[test]
fn every_official_example_is_covered_or_left_out_for_a_reason() {
    let covered = EXAMPLES.iter().map(|example| example.id);
    let left_out = LEFT_OUT.iter().map(|(id, _)| *id);
    let listed: Vec<&str> = covered.chain(left_out).collect();
    let once: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(
        listed.len(),
        once.len(),
        "an example is listed twice: {listed:?}"
    );
    assert_eq!(once, BTreeSet::from(OFFICIAL));
    for (id, reason) in LEFT_OUT {
        assert!(!reason.is_empty(), "{id}");
    }
}

#[test]
fn what_is_not_covered_of_an_example_is_said() {
    let partly: Vec<&str> = EXAMPLES
        .iter()
        .filter(|example| !example.without.is_empty())
        .map(|example| example.id)
        .collect();
    assert_eq!(
        partly,
        [
            "ddb-ondemand-gaming-2023",
            "gap-firehose",
            "qm-dynamodb-2024"
        ]
    );
    for example in EXAMPLES.iter().filter(|e| !e.without.is_empty()) {
        assert!(example.without.starts_with("of "), "{}", example.id);
    }
}
