//! Which service for a job: workflows, tables, queues, front doors.

use nephoscope::design::Design;
use nephoscope::report::Report;

use crate::help::{
    MILLION_CALLS, MONTH, SILENT, aws, built, card, choice, finding, meter, near, on, own, pinned,
    saved, usd,
};

pub fn table_capacity() {
    // Mean over peak: 0.4 and 0.2, on both sides of the published 28.9 %.
    for (peak, by_use_is_dearer) in [(2.5, true), (5.0, false)] {
        let design = aws(
            &[
                (
                    "source",
                    &format!(
                        "Trigger(rate: \"1000/s\", shape: \"daily\", peak_to_mean: {peak:.1})"
                    ),
                ),
                ("items", "Table(consistent: true, storage: 0.0)"),
            ],
            &[("source->items", "Write", "payload: 1.0, response: 0.0")],
        );
        let answer = card(&design, "table-capacity", "items");
        let yardstick = answer.yardstick.as_ref();
        let yardstick = yardstick.unwrap_or_else(|| panic!("{answer:?}"));
        near("break-even", yardstick.threshold, 0.289, 3e-3);
        near("mean over peak", yardstick.value, 1.0 / peak, 1e-3);
        let fixed = choice(&answer, "Provisioned for the peak");
        assert_eq!(usd(&answer.choices[0]) > usd(fixed), by_use_is_dearer);
    }
}

/// Ten transitions at 64 MB, a million times a month.
fn workflow(millis: &str) -> Design {
    let flow = format!("Workflow(extra_steps: 10.0, memory: 64.0, wait: Fixed({millis}))");
    aws(
        &[
            ("clients", "Trigger(rate: \"1M/month\")"),
            ("flow", &pinned(&flow, "aws.step-functions-standard")),
        ],
        &[("clients->flow", "Invoke", SILENT)],
    )
}

pub fn workflows() {
    let answer = card(&workflow("1000.0"), "workflow", "flow");
    near("Standard", usd(&answer.choices[0]), 250.0, 1e-4);
    let express = choice(&answer, "Express");
    // Published: $2.04, and the time of the transitions themselves.
    assert!((2.04..2.4).contains(&usd(express)), "{}", usd(express));
    assert!(
        express
            .lost
            .iter()
            .any(|lost| lost.contains("exactly once")),
        "{:?}",
        express.lost
    );
    // Five minutes are the most.
    let answer = card(&workflow("400000.0"), "workflow", "flow");
    assert!(choice(&answer, "Express").blocked.is_some());
}

pub fn front_doors() {
    let of = |more: bool| {
        let mut nodes = vec![
            ("clients", "Trigger(rate: \"10M/month\")".to_owned()),
            ("api", pinned("Gateway()", "aws.api-gateway-rest")),
            ("work", "Function(log: 0.0)".to_owned()),
        ];
        let mut links = vec![
            ("clients->api", "Request", SILENT),
            ("api->work", "Request", SILENT),
        ];
        if more {
            nodes.push(("other", "Function(log: 0.0)".to_owned()));
            links.push(("api->other", "Request", SILENT));
        }
        let nodes: Vec<(&str, &str)> = nodes
            .iter()
            .map(|(id, text)| (*id, text.as_str()))
            .collect();
        aws(&nodes, &links)
    };
    let answer = card(&of(false), "front-door", "api");
    let rest = usd(&answer.choices[0]);
    let less = |label: &str| rest - usd(choice(&answer, label));
    // $3.50, $1.00 and nothing a million.
    near("HTTP API", less("HTTP"), 25.0, 1e-3);
    near("function address", less("URL"), 35.0, 1e-3);
    assert!(!choice(&answer, "HTTP").lost.is_empty());
    // An hour of a load balancer is $0.0225; a unit of its capacity takes 90,000
    // requests an hour and costs $0.008.
    let balancer = 730.0 * 0.0225 + 10e6 / 90_000.0 * 0.008;
    near("load balancer", 35.0 - less("ALB"), balancer, 0.01);
    let crossing = choice(&answer, "ALB").crossovers.first();
    let crossing = crossing.unwrap_or_else(|| panic!("{answer:?}"));
    let by_hand = 730.0 * 0.0225 / (35.0 - 10e6 / 90_000.0 * 0.008);
    near("crossing", crossing.traffic, by_hand, 0.01);
    let answer = card(&of(true), "front-door", "api");
    assert!(
        choice(&answer, "URL").blocked.is_some(),
        "an address leads to one function"
    );
}

pub fn hops() {
    let design = aws(
        &[
            (
                "source",
                "Trigger(rate: \"10M/month\", source: \"records\")",
            ),
            ("news", &pinned("Topic()", "aws.sns")),
            ("work", "Function(log: 0.0, init: Fixed(0.001))"),
        ],
        &[
            ("source->news", "Publish", "payload: 2.0"),
            ("news->work", "Deliver", "payload: 2.0"),
        ],
    );
    let answer = card(&design, "hop", "news");
    let topic = usd(&answer.choices[0]);
    // $0.50 and $1.00 a million.
    near("bus", usd(choice(&answer, "Event bus")) - topic, 5.0, 0.02);
    let hop = own(&built(&design), "news");
    near("topic", hop, 5.0, 1e-6);
    // A send and, by batches, receipts and deletions at $0.40 a million.
    let queue = usd(choice(&answer, "Queue")) - topic + hop;
    assert!((4.0..=12.0 + 0.3).contains(&queue), "{queue}");
    assert!(choice(&answer, "Stream").outcome.is_some());
    let second = aws(
        &[
            ("source", "Trigger()"),
            ("news", "Topic()"),
            ("one", "Function()"),
            ("two", "Function()"),
        ],
        &[
            ("source->news", "Publish", ""),
            ("news->one", "Deliver", ""),
            ("news->two", "Deliver", ""),
        ],
    );
    let answer = card(&second, "hop", "news");
    assert!(
        choice(&answer, "Queue").blocked.is_some(),
        "each message goes to one receiver"
    );
}

fn batched(mapping: &str, error_rate: &str) -> Design {
    let work = format!(
        "Function(log: 0.0, cpu: Fixed(0.0), wait: Fixed(100.0), init: Fixed(0.001), error_rate: {error_rate})"
    );
    aws(
        &[
            ("source", "Trigger(rate: \"100/s\", source: \"records\")"),
            ("jobs", "Queue()"),
            ("work", &work),
        ],
        &[
            ("source->jobs", "Publish", ""),
            ("jobs->work", "Poll", mapping),
        ],
    )
}

pub fn batches() {
    // A window long enough to fill batches: a tenth of the invocations.
    let single = built(&batched("batch_size: 1", "0.0"));
    let tens = built(&batched("batch_size: 10, batch_window: 5000.0", "0.0"));
    let requests = |report: &Report| meter(report, "work", "requests").quantity;
    near("single", requests(&single), 100.0 * MONTH, 1e-6);
    near("tens", requests(&tens), 10.0 * MONTH, 0.02);
    let saved = own(&single, "work") - own(&tens, "work");
    assert!(saved > 90.0 * MONTH * MILLION_CALLS / 1e6 * 0.98, "{saved}");
    // Of a hundred runs two fail, so of 500 messages one, and nine good ones
    // come back with it: 262.8M × 0.02/0.98 × (1 − 0.002/0.02).
    let again = finding(
        &batched("batch_size: 10", "0.02"),
        "batch-redone@jobs->work",
    );
    let why = &again.problem.why;
    assert!(why.contains("0.2 %") && why.contains("4.82M"), "{why}");
    assert!(again.mend().is_some());
}

pub fn idle_pollers() {
    let design = aws(
        &[
            ("source", "Trigger(rate: \"1/month\", source: \"records\")"),
            ("jobs", "Queue()"),
            ("work", "Function(log: 0.0)"),
        ],
        &[("source->jobs", "Publish", ""), ("jobs->work", "Poll", "")],
    );
    // Five pollers that wait 20 s each.
    let report = built(&design);
    let receipts = meter(&report, "jobs", "requests");
    near("receipts", receipts.quantity, 5.0 * MONTH / 20.0, 1e-3);
    near("a month", receipts.cost.value, 0.26, 0.02);
}

pub fn live_updates() {
    // 10,000 people, eight hours on 30 days; a connection lives two hours.
    let socket = pinned("Gateway(connection: 120.0)", "aws.api-gateway-websocket");
    let open = aws(
        &[
            ("people", "Trigger(rate: \"1.2M/month\")"),
            ("socket", &socket),
            ("work", "Function(log: 0.0)"),
        ],
        &[
            ("people->socket", "Request", SILENT),
            ("socket->work", "Request", SILENT),
        ],
    );
    let report = built(&open);
    let lines = report.cost.lines.iter();
    let minutes = lines
        .filter(|line| line.unit.contains("min"))
        .map(|line| line.quantity);
    near("minutes", minutes.sum(), 144e6, 1e-9);
    let lines = report.cost.lines.iter();
    let usd: f64 = lines
        .filter(|line| line.unit.contains("min"))
        .map(|line| line.cost.value)
        .sum();
    near("published", usd, 36.0, 1e-6);
    // The same people ask every five seconds: $1.00 a million, 0.90 above 300.
    let polls = aws(
        &[
            ("people", "Trigger(rate: \"1728M/month\")"),
            ("api", &pinned("Gateway()", "aws.api-gateway-http")),
            ("work", "Function(log: 0.0)"),
        ],
        &[
            ("people->api", "Request", SILENT),
            ("api->work", "Request", SILENT),
        ],
    );
    near(
        "polls",
        own(&built(&polls), "api"),
        300.0 + 1_428.0 * 0.90,
        1e-4,
    );
}

pub fn rows_and_keys() {
    let of = |rows: &str| {
        on(
            "cloudflare",
            &[
                ("clients", "Trigger(rate: \"20/s\")"),
                ("work", "Function(log: 0.0)"),
                ("db", &format!("Database(rows_read: {rows})")),
                ("keys", &pinned("Table(storage: 0.0)", "cloudflare.kv")),
            ],
            &[
                ("clients->work", "Request", SILENT),
                ("work->db", "Read", SILENT),
                ("work->keys", "Read", SILENT),
            ],
        )
    };
    let design = of("5000.0");
    let report = built(&design);
    // A tenth of a cent for a million rows, half a dollar for a million keys.
    let reads = 20.0 * MONTH;
    near(
        "rows",
        meter(&report, "db", "rows-read").cost.value,
        reads * 5_000.0 * 1e-9,
        1e-6,
    );
    near(
        "keys",
        meter(&report, "keys", "reads").cost.value,
        reads * 0.5e-6,
        1e-6,
    );
    let scan = finding(&design, "scan-reads@db");
    near("index", saved(&design, &scan), reads * 4_990.0 * 1e-9, 1e-6);
}

pub fn durable_functions() {
    let answer = card(&workflow("1000.0"), "workflow", "flow");
    let durable = choice(&answer, "Durable");
    // The start and ten steps at $8 a million, against 25 cents for ten
    // transitions of Standard and two dollars a million of Express.
    near("durable", usd(durable), 11.0 * 8.0, 1e-3);
    assert!(usd(choice(&answer, "Express")) < usd(durable));
    assert!(usd(durable) < usd(&answer.choices[0]));
}
