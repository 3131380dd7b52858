//! A small shop, with everything a report can say about it: what tests and
//! trial pictures of the window show.
//!
//! Written by hand rather than computed, so that the window can be tested
//! without the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::advice::sweep::{POINTS, SweepPoint, TrafficSweep};
use crate::catalog::{
    Archetype, Catalog, FigureId, Grade, Provider, ProviderId, RegionId, Service, ServiceId,
};
use crate::design::{Command, Design, LinkId, LinkKind, Node, NodeId, ParamPath, Settings, Value};
use crate::design::{Editor, Link, LinkSettings};
use crate::law::Law;
use crate::report::*;
use crate::units::Millis;
use crate::workspace::Workspace;

use Archetype as A;

/// The workspace with design, report and sweep.
pub fn workspace() -> Workspace {
    Workspace::with_results(catalog(), design(), report(), Some(sweep()))
}

/// A workspace without anything.
pub fn empty_workspace() -> Workspace {
    Workspace::with_results(catalog(), Design::default(), Report::default(), None)
}

/// Five nodes: trigger, gateway, function, table, queue.
pub fn design() -> Design {
    let nodes = [
        ("orders-client", "Shoppers", A::Trigger, [0.0, 0.0]),
        ("api", "Shop API", A::Gateway, [240.0, 0.0]),
        ("checkout", "Checkout", A::Function, [480.0, 0.0]),
        ("orders", "Orders", A::Table, [720.0, -64.0]),
        ("mail", "Mail queue", A::Queue, [720.0, 64.0]),
    ];
    let mut commands: Vec<Command> = vec![Command::Describe {
        name: "Checkout".to_owned(),
        description: "Does checkout stay below 300 ms on sale days?".to_owned(),
    }];
    commands.extend(nodes.map(|(id, label, kind, at)| {
        let mut node = Node::new(Settings::default_of(kind));
        node.label = label.to_owned();
        Command::AddNode {
            id: NodeId::from(id),
            node,
            at,
        }
    }));
    let links = [
        ("orders-client", "api", LinkKind::Request),
        ("api", "checkout", LinkKind::Request),
        ("checkout", "orders", LinkKind::Write),
        ("checkout", "mail", LinkKind::Publish),
    ];
    commands.extend(links.map(|(from, to, kind)| Command::AddLink {
        id: LinkId(format!("{from}->{to}")),
        link: Link {
            from: from.into(),
            to: to.into(),
            kind,
            settings: LinkSettings::default(),
            carrier: None,
        },
    }));
    let set = |node: &str, key: &str, value| Command::Set {
        path: ParamPath::Node(node.into(), key.to_owned()),
        value: Some(value),
    };
    let cpu = Law::Lognormal {
        p50: Millis(18.0),
        p99: Millis(90.0),
    };
    commands.extend([
        set(
            "orders-client",
            "rate",
            Value::Rate("3M/month".parse().unwrap()),
        ),
        set("orders-client", "shape", Value::Choice("daily".to_owned())),
        set("checkout", "memory", Value::Number(1_024.0)),
        set("checkout", "cpu", Value::Law(cpu)),
    ]);
    Editor::tried(&Design::default(), &commands).unwrap()
}

fn note(figure: &str, value: &str, title: &str, checked: &str, grade: Grade) -> SourceNote {
    SourceNote {
        figure: FigureId(figure.to_owned()),
        value: value.to_owned(),
        title: title.to_owned(),
        url: "https://example.org".to_owned(),
        checked: checked.to_owned(),
        grade,
    }
}

fn figure(value: f64, unit: &'static str, formula: &str) -> Figure {
    let lambda = note(
        "aws.lambda/requests",
        "$0.20 per 1M",
        "Lambda pricing",
        "2026-10-04",
        Grade::A,
    );
    let start = note(
        "aws.lambda/init",
        "240 ms",
        "Cold start measurements",
        "2026-05-04",
        Grade::B,
    );
    Figure::new(value, unit, formula).resting_on([lambda, start])
}

fn line(
    node: &str,
    service: &str,
    name: &str,
    unit: &str,
    quantity: f64,
    free: f64,
    usd: f64,
) -> CostLine {
    CostLine {
        node: node.into(),
        companion: (name == "Log ingestion").then(|| "logs".to_owned()),
        reason: (name == "Log ingestion").then(|| "Every invocation writes a log.".to_owned()),
        service: ServiceId(format!("aws.{}", service.to_lowercase())),
        service_name: service.to_owned(),
        meter: name.to_lowercase(),
        name: name.to_owned(),
        unit: unit.to_owned(),
        quantity,
        free,
        cost: figure(
            usd,
            "USD/month",
            &format!("({quantity} - {free}) x price = {usd}"),
        ),
        exact: format!("{usd}").parse().unwrap(),
    }
}

/// Everything that can be said about [`design`].
pub fn report() -> Report {
    let lines = vec![
        line("checkout", "Lambda", "Requests", "requests", 3e6, 1e6, 0.4),
        line(
            "checkout",
            "Lambda",
            "Compute, x86",
            "GB-s",
            129_000.0,
            0.0,
            2.15,
        ),
        line(
            "checkout",
            "CloudWatch",
            "Log ingestion",
            "GB",
            2.9,
            5.0,
            1.43,
        ),
        line("api", "HTTP API", "Requests", "requests", 3e6, 0.0, 3.0),
        line(
            "orders",
            "DynamoDB",
            "Write request units",
            "units",
            3.0e6,
            0.0,
            3.75,
        ),
        line("orders", "DynamoDB", "Storage", "GB-month", 1.0, 25.0, 0.0),
        line("mail", "SQS", "Requests", "requests", 9.1e6, 1e6, 3.24),
    ];
    let total: f64 = lines.iter().map(|line| line.cost.value).sum();
    let mut total_figure = figure(total, "USD/month", "sum of 7 lines = $13.97");
    total_figure.grade = Some(Grade::B);
    let design = design();
    let nodes = design.nodes.iter();
    Report {
        schema: SCHEMA_VERSION,
        name: "Checkout".to_owned(),
        provider: "aws".into(),
        region: "us-east-1".into(),
        traffic: 1.0,
        cost: CostReport {
            total: total_figure,
            invoice: "13.97".parse().unwrap(),
            complete: true,
            lines: lines.clone(),
        },
        triggers: vec![trigger("orders-client", "Shoppers", 1.0)],
        nodes: nodes
            .map(|(id, node)| (id.clone(), node_report(id, node, &lines)))
            .collect(),
        links: design
            .links
            .iter()
            .map(|(id, link)| (id.clone(), link_report(link)))
            .collect(),
        risk: risk(),
        problems: problems(),
        ..Report::default()
    }
}

/// One trigger, with times so many times the usual.
pub fn trigger(id: &str, label: &str, times: f64) -> TriggerReport {
    let ms = |value: f64| {
        figure(
            value * times,
            "ms",
            "gateway 11 ms + checkout 34 ms + orders 6 ms",
        )
    };
    let law = Law::Lognormal {
        p50: Millis(52.0 * times),
        p99: Millis(214.0 * times),
    };
    let distribution = (1..=160).map(|step| {
        let (low, high) = (
            Millis(f64::from(step - 1) * 3.0 * times),
            Millis(f64::from(step) * 3.0 * times),
        );
        (high.0, law.cdf(high) - law.cdf(low))
    });
    TriggerReport {
        node: id.into(),
        label: label.to_owned(),
        rate: figure(1.14, "1/s", "3M/month / 2,628,000 s"),
        peak: figure(2.85, "1/s", "1.14 /s x 2.5"),
        p50: ms(52.0),
        p95: ms(139.0),
        p99: ms(214.0),
        mean: ms(63.0),
        cold_start: figure(0.0123, "share", "1 - P(an idle instance is there)"),
        throttle: figure(0.0, "share", "Erlang B over 1,000 executions"),
        distribution: distribution.collect(),
        completions: Vec::new(),
        stages: vec![
            Stage {
                node: "api".into(),
                own_mean: 11.0,
                share: 0.2,
            },
            Stage {
                node: "checkout".into(),
                own_mean: 34.0,
                share: 0.6,
            },
        ],
        causes: Vec::new(),
    }
}

fn node_report(id: &NodeId, node: &Node, lines: &[CostLine]) -> NodeReport {
    let usd: f64 = lines
        .iter()
        .filter(|line| line.node == *id)
        .map(|line| line.cost.value)
        .sum();
    let is_function = node.archetype() == A::Function;
    let is_queue = node.archetype() == A::Queue;
    let profile = (0..24).map(|hour| {
        let angle = (f64::from(hour) - 14.0) / 24.0 * std::f64::consts::TAU;
        let rate = 1.14 * (1.0 + 0.9 * angle.cos());
        ProfileBin {
            start: f64::from(hour) * 3_600.0,
            length: 3_600.0,
            weight: 109_500.0,
            rate,
            concurrency: rate * 4.2,
            cold: 0.01,
            throttle: 0.0,
            alive: rate * 6.0,
            waiting: if is_queue { 400.0 * rate } else { 0.0 },
            delay: if is_queue { 400.0 } else { 0.0 },
        }
    });
    let short = catalog()
        .default_service(&"aws".into(), node.archetype(), &[])
        .map(|s| s.short.clone());
    NodeReport {
        label: node.title(id).to_owned(),
        archetype: node.archetype(),
        service: None,
        service_name: short.unwrap_or_default(),
        rate: figure(1.14, "1/s", "3M/month / 2,628,000 s"),
        peak_rate: figure(2.85, "1/s", "1.14 /s x 2.5"),
        concurrency: figure(4.8, "", "1.14 /s x 4.2 s"),
        peak_concurrency: figure(9.1, "", "2.17 /s x 4.2 s"),
        utilisation: is_function.then(|| figure(0.91, "share", "9.1 / 10 executions")),
        limit: is_function.then(|| "reserved concurrency of 10".to_owned()),
        cold_start: is_function
            .then(|| figure(0.0123, "share", "1 - P(an idle instance is there)")),
        throttle: is_function.then(|| figure(0.0004, "share", "Erlang B")),
        p50: is_function.then(|| figure(34.0, "ms", "18 ms CPU / 0.58 core + 6 ms")),
        p99: is_function.then(|| figure(188.0, "ms", "99 % quantile")),
        mean: is_function.then(|| figure(41.0, "ms", "mean")),
        cost: figure(usd, "USD/month", "sum of its lines"),
        cost_complete: true,
        profile: if is_function || is_queue {
            profile.collect()
        } else {
            Vec::new()
        },
        backlog: is_queue.then(backlog),
        refusals: Vec::new(),
        connections: None,
        hit_ratio: None,
    }
}

fn link_report(link: &Link) -> LinkReport {
    LinkReport {
        from: link.from.clone(),
        to: link.to.clone(),
        kind: link.kind,
        rate: figure(1.14, "1/s", "1.14 /s x 1 use x 1 attempt"),
        attempts: 1.0,
    }
}

fn problems() -> Vec<Problem> {
    let raise = Command::Set {
        path: ParamPath::Node("checkout".into(), "reserved".to_owned()),
        value: Some(Value::Number(50.0)),
    };
    vec![
        Problem {
            code: "no-consumer",
            severity: Severity::Error,
            node: Some("mail".into()),
            link: None,
            what: "Mail queue is never read.".to_owned(),
            why: "Messages are dropped after 4 d; 3M a month are paid for nothing.".to_owned(),
            fix: Some(Fix {
                label: "Connect a consumer to the queue.".to_owned(),
                commands: Vec::new(),
            }),
            docs: None,
        },
        Problem {
            code: "near-limit",
            severity: Severity::Warning,
            node: Some("checkout".into()),
            link: None,
            what: "Checkout works at 91 % of its reserved concurrency.".to_owned(),
            why: "9.1 of 10 executions are busy at 14:00; a tenth more traffic is refused."
                .to_owned(),
            fix: Some(Fix {
                label: "Reserve 50".to_owned(),
                commands: vec![raise],
            }),
            docs: None,
        },
        Problem {
            code: "arm-saves",
            severity: Severity::Hint,
            node: Some("checkout".into()),
            link: None,
            what: "Arm would save $0.43 a month.".to_owned(),
            why: "The same memory costs a fifth less.".to_owned(),
            fix: None,
            docs: None,
        },
    ]
}

/// A loop that feeds itself.
pub fn runaway() -> Runaway {
    let usd = |value| figure(value, "USD", "rate x price");
    Runaway {
        path: vec!["checkout".into(), "mail".into(), "checkout".into()],
        gain: figure(1.5, "", "0.5 x 3 events a turn"),
        growth: figure(0.4, "1/s", "ln 1.5 / 1 s"),
        usd_per_hour: usd(41.0),
        cost_after: vec![usd(0.9), usd(38.0), usd(2_590.0)],
        cap: "1,000 concurrent executions".to_owned(),
    }
}

/// What waits in a queue.
fn backlog() -> Backlog {
    Backlog {
        link: "queue->worker".into(),
        deepest: figure(860.0, "events", "what comes less what is taken"),
        longest: figure(400.0, "s", "waiting / taken"),
        drained: None,
        growth: figure(0.0, "1/s", ""),
        expired: figure(0.0, "events/month", ""),
        dead_letters: None,
    }
}

/// Cost and latency of [`design`] against traffic.
pub fn sweep() -> TrafficSweep {
    let point = |step: u32| {
        let traffic = 10_f64.powf(-1.0 + 4.0 * f64::from(step) / 60.0);
        SweepPoint {
            traffic,
            usd: 0.02 + (13.97 * traffic - 2.0).max(0.4 * traffic) * 1.16,
            complete: true,
            p99: vec![214.0],
            throttle: if traffic > 120.0 { 0.2 } else { 0.0 },
        }
    };
    let steps = 0..u32::try_from(POINTS).unwrap();
    TrafficSweep {
        triggers: vec!["orders-client".into()],
        points: steps.map(point).collect(),
        ..TrafficSweep::default()
    }
}

/// What a flood of orders would cost.
fn risk() -> Risk {
    let usd = |value| figure(value, "USD", "bill at the worst rates");
    let loss = |(seconds, value)| Loss {
        seconds,
        usd: usd(value),
    };
    let losses = [(300.0, 14.0), (3_600.0, 170.0), (86_400.0, 4_080.0)];
    let part = |value| NodeRisk {
        usd_per_hour: figure(value, "USD/h", "its part of the worst hour"),
        per_day: figure(24.0 * value, "USD/day", "24 worst hours"),
        bound: None,
    };
    Risk {
        usd_per_hour: figure(170.0, "USD/h", "bill of an hour, flooded"),
        losses: losses.map(loss).to_vec(),
        nodes: [
            ("checkout".into(), part(120.0)),
            ("orders".into(), part(50.0)),
        ]
        .into(),
        ..Risk::default()
    }
}

/// Two providers with a few services, without prices.
pub fn catalog() -> Arc<Catalog> {
    let aws = [
        (A::Gateway, "http-api", "HTTP API"),
        (A::Gateway, "rest-api", "REST API"),
        (A::Cdn, "cloudfront", "CloudFront"),
        (A::Function, "lambda", "Lambda"),
        (A::Container, "fargate", "Fargate"),
        (A::Workflow, "step-functions", "Step Functions"),
        (A::Queue, "sqs", "SQS"),
        (A::Topic, "sns", "SNS"),
        (A::Bus, "eventbridge", "EventBridge"),
        (A::Stream, "kinesis", "Kinesis"),
        (A::Table, "dynamodb", "DynamoDB"),
        (A::Database, "aurora", "Aurora Serverless"),
        (A::Cache, "elasticache", "ElastiCache"),
        (A::Bucket, "s3", "S3"),
        (A::Search, "opensearch", "OpenSearch"),
    ];
    let gcp = [
        (A::Function, "functions", "Cloud Functions"),
        (A::Queue, "tasks", "Cloud Tasks"),
    ];
    let of = |provider: &str, (archetype, id, short): (Archetype, &str, &str)| {
        let id = ServiceId(format!("{provider}.{id}"));
        (id.clone(), service(id, archetype, short))
    };
    let services = aws
        .map(|s| of("aws", s))
        .into_iter()
        .chain(gcp.map(|s| of("gcp", s)));
    let providers = [
        provider(
            "aws",
            "Amazon Web Services",
            &[("us-east-1", "N. Virginia"), ("eu-central-1", "Frankfurt")],
        ),
        provider("gcp", "Google Cloud", &[("us-central1", "Iowa")]),
    ];
    Arc::new(Catalog {
        providers: providers.into(),
        services: services.collect(),
    })
}

fn provider(id: &str, name: &str, regions: &[(&str, &str)]) -> (ProviderId, Provider) {
    let provider = Provider {
        id: id.into(),
        name: name.to_owned(),
        regions: regions
            .iter()
            .map(|(id, name)| (RegionId::from(*id), (*name).to_owned()))
            .collect(),
        default_region: regions[0].0.into(),
        hours_per_month: 730.0,
        sources: BTreeMap::new(),
        allowances: BTreeMap::new(),
        areas: BTreeMap::new(),
        credits: BTreeMap::new(),
        internet_egress: None,
    };
    (id.into(), provider)
}

fn service(id: ServiceId, archetype: Archetype, short: &str) -> Service {
    Service {
        id,
        name: format!("{short} by its full name"),
        short: short.to_owned(),
        archetype,
        rank: 100,
        features: BTreeSet::new(),
        apis: BTreeSet::new(),
        iac: BTreeMap::new(),
        timing: BTreeMap::new(),
        limits: BTreeMap::new(),
        compute: None,
        polling: None,
        scaling: None,
        meters: Vec::new(),
        commitments: BTreeMap::new(),
        companions: Vec::new(),
        note: String::new(),
    }
}
