//! What it costs: bills, their hidden parts, terms and providers.

use nephoscope::advice::compare::compare;
use nephoscope::advice::sweep::{self, CliffKind};
use nephoscope::design::Design;

use crate::help::{
    GB_SECOND, Links, MILLION_CALLS, MONTH, Nodes, SILENT, aws, built, calls, card, catalog,
    choice, companion, drawn, finding, found, meter, near, own, pinned, saved, usd, with,
};

/// The example of AWS's price page: 3 million requests of 120 ms at 1,536 MB,
/// $2.73 with what is free.
fn backend(rate: &str, wait: &str, memory: &str) -> Design {
    let clients = format!("Trigger(rate: \"{rate}\")");
    let work = format!(
        "Function(log: 0.0, memory: {memory}, cpu: Fixed(0.0), wait: Fixed({wait}), init: Fixed(0.001))"
    );
    drawn(
        "environment: (provider: \"aws\"),",
        &[("clients", &clients), ("work", &work)],
        &[("clients->work", "Request", SILENT)],
    )
}

pub fn ten_times_the_traffic() {
    let design = backend("3M/month", "120.0", "1536.0");
    let sweep = sweep::traffic(&design, catalog(), None, &|| false);
    let sweep = sweep.unwrap_or_default();
    let at = |traffic: f64| {
        let point = sweep
            .points
            .iter()
            .find(|p| (p.traffic / traffic - 1.0).abs() < 1e-9);
        point.map_or(0.0, |point| point.usd)
    };
    // A million requests and 400,000 GB-s are free.
    let by_hand = |factor: f64| {
        let requests = 3.0 * factor;
        (requests - 1.0) * MILLION_CALLS + (requests * 1e6 * 0.18 - 400_000.0) * GB_SECOND
    };
    near("published", at(1.0), 2.73, 2e-3);
    near("ten times", at(10.0), by_hand(10.0), 1e-3);
    near("a hundred times", at(100.0), by_hand(100.0), 1e-3);
    // 0.6 f − 0.2 + 9 f − 6.667 = 2 × 2.733 dollars.
    near("doubled", sweep.doubling().unwrap_or(0.0), 1.285, 0.01);
}

pub fn what_calculators_miss() {
    let design = aws(
        &[
            ("clients", "Trigger(rate: \"10M/month\")"),
            ("api", &pinned("Gateway()", "aws.api-gateway-http")),
            (
                "work",
                "Function(memory: 128.0, cpu: Fixed(0.0), wait: Fixed(100.0), log: 4.0, init: Fixed(0.001))",
            ),
        ],
        &[
            ("clients->api", "Request", "payload: 0.0, response: 50.0"),
            ("api->work", "Request", "payload: 0.0, response: 50.0"),
        ],
    );
    let report = built(&design);
    let function = own(&report, "work");
    near("function", function, 2.0 + 1e6 * 0.125 * GB_SECOND, 2e-3);
    near("gateway", own(&report, "api"), 10.0, 1e-6);
    near(
        "logs",
        companion(&report, "work", "logs"),
        40.0 * 0.50,
        0.05,
    );
    let gigabytes = 10e6 * 50.0 / 1_048_576.0;
    near(
        "transfer",
        companion(&report, "api", "egress"),
        gigabytes * 0.09,
        1e-3,
    );
    assert!(
        report.cost.total.value > 15.0 * function,
        "{}",
        report.cost.total.value
    );
    let reasons = report
        .cost
        .lines
        .iter()
        .filter(|line| line.companion.is_some());
    for line in reasons {
        assert!(line.reason.is_some(), "{line:?}");
    }
}

pub fn logs_and_nat() {
    // Published: 0.8 KB at 128 MB and 100 ms, 2.1 KB at 512 MB.
    for (memory, kilobytes) in [("128.0", 0.8), ("512.0", 2.1)] {
        let function = format!("memory: {memory}, cpu: Fixed(0.0), wait: Fixed(100.0)");
        let design = with(&calls("100/s", &function), "work.log", 1.0);
        let answer = card(&design, "logs", "work");
        let threshold = answer
            .yardstick
            .map_or(0.0, |yardstick| yardstick.threshold);
        assert!(
            (threshold - kilobytes).abs() < 0.05,
            "{memory} MB: {threshold} KB"
        );
    }
    let design = aws(
        &[
            ("clients", "Trigger(rate: \"10/s\")"),
            ("work", "Function(log: 0.0)"),
            ("nat", &pinned("Service(items: 2.0)", "aws.nat-gateway")),
        ],
        &[
            ("clients->work", "Request", SILENT),
            ("work->nat", "Request", "payload: 2.0, response: 2.0"),
        ],
    );
    let report = built(&design);
    // By the hour, and by what goes through them, both ways.
    let nat = 2.0 * 730.0 * 0.045;
    let hours = meter(&report, "nat", "hours").cost.value;
    near("two gateways", hours, nat, 1e-6);
    let answer = card(&design, "network", "nat");
    let endpoints = 2.0 * 730.0 * 0.01;
    let less = usd(&answer.choices[0]) - usd(choice(&answer, "endpoint"));
    let gigabytes = 10.0 * MONTH * 4.0 / 1_048_576.0;
    let data = gigabytes * (0.045 - 0.01);
    near("endpoints instead", less, nat - endpoints + data, 1e-6);
}

pub fn providers() {
    let design = calls(
        "10M/month",
        "cpu: Fixed(20.0), wait: Fixed(80.0), init: Fixed(0.001)",
    );
    let comparison = compare(&design, catalog(), 1.0, &|| false);
    let comparison = comparison.unwrap_or_else(|| panic!("stopped"));
    let home = &comparison.providers[0];
    assert_eq!(home.provider.as_str(), "aws");
    let others = &comparison.providers[1..];
    assert!(others.len() >= 3 && others.is_sorted_by_key(|column| column.total.value));
    for column in others {
        near(
            "gap",
            column.gap,
            column.total.value - home.total.value,
            1e-9,
        );
        let causes: f64 = column.causes.iter().map(|cause| cause.difference).sum();
        near(&column.name, causes, column.gap, 1e-9);
        let cost: f64 = column.nodes.iter().map(|cell| cell.cost.value).sum();
        near(&column.name, cost, column.total.value, 1e-9);
    }
    // Requests, CPU time and the plan: $3, $4 and $5.
    let workers = others.iter().find(|c| c.provider.as_str() == "cloudflare");
    near(
        "workers",
        workers.map_or(0.0, |c| c.total.value),
        12.0,
        1e-6,
    );
}

pub fn free_tier() {
    // 400,000 GB-s are 800,000 runs of half a GB-s: they end before the
    // million requests do.
    let design = backend("100k/month", "1000.0", "512.0");
    let sweep = sweep::over(&design, catalog(), None, &[1.0, 3.0, 9.0, 30.0], &|| false);
    let sweep = sweep.unwrap_or_default();
    let ends: Vec<(f64, &str)> = sweep
        .cliffs
        .iter()
        .filter(|cliff| cliff.kind == CliffKind::Allowance)
        .map(|cliff| (cliff.traffic, cliff.text.as_str()))
        .collect();
    let [compute, requests] = ends.as_slice() else {
        panic!("{ends:?}");
    };
    near(compute.1, compute.0, 8.0, 2e-3);
    near(requests.1, requests.0, 10.0, 2e-3);
}

pub fn transfer() {
    let design = aws(
        &[
            ("clients", "Trigger(rate: \"20/s\")"),
            ("files", "Bucket()"),
        ],
        &[("clients->files", "Read", "payload: 0.0, response: 500.0")],
    );
    let report = built(&design);
    let gigabytes = 20.0 * MONTH * 500.0 / 1_048_576.0;
    let usd = 10_240.0 * 0.09 + (gigabytes - 10_240.0) * 0.085;
    near(
        "to the internet",
        companion(&report, "files", "egress"),
        usd,
        1e-4,
    );
    let cache = finding(&design, "egress-cdn@files");
    let less = saved(&design, &cache);
    assert!((0.0..usd).contains(&less), "{less} of {usd}");
}

pub fn unit_cost() {
    let design = drawn(
        "environment: (provider: \"aws\", free_tier: false), business_unit: (name: \"order\", trigger: \"shop\", requests_per_unit: 12.0),",
        &[
            ("shop", "Trigger(rate: \"3M/month\")"),
            ("staff", "Trigger(rate: \"1M/month\")"),
            (
                "work",
                "Function(memory: 1024.0, cpu: Fixed(0.0), wait: Fixed(250.0), log: 0.0, init: Fixed(0.001))",
            ),
            ("bank", "External(price: 0.01, latency: Fixed(50.0))"),
        ],
        &[
            ("shop->work", "Request", SILENT),
            ("staff->work", "Request", SILENT),
            ("work->bank", "Request", SILENT),
        ],
    );
    let costs = built(&design).unit_cost;
    // A call of 300 ms at 1 GB, and a cent to the bank.
    let call = 0.3 * GB_SECOND + MILLION_CALLS / 1e6 + 0.01;
    let order = costs.unit.as_ref().map_or(0.0, |unit| unit.usd.value);
    near("an order", order, 12.0 * call, 2e-3);
    let shop = costs
        .triggers
        .iter()
        .find(|cost| cost.node.as_str() == "shop");
    let shop = shop.unwrap_or_else(|| panic!("{costs:?}"));
    near("three of four", shop.usd_per_month.value, 3e6 * call, 2e-3);
    let dearest = shop.path.iter().max_by(|a, b| a.usd.total_cmp(&b.usd));
    assert_eq!(dearest.map(|part| part.node.as_str()), Some("bank"));
}

pub fn commitments() {
    let design = aws(
        &[
            (
                "clients",
                "Trigger(rate: \"50/s\", shape: \"daily\", peak_to_mean: 1.8)",
            ),
            (
                "work",
                "Function(memory: 1024.0, wait: Fixed(500.0), log: 0.0)",
            ),
        ],
        &[("clients->work", "Request", SILENT)],
    );
    let report = built(&design);
    let bins = &report.nodes["work"].profile;
    let lowest = bins
        .iter()
        .map(|bin| bin.rate)
        .fold(f64::INFINITY, f64::min);
    let safe = (lowest / 50.0 * 100.0).floor() / 100.0;
    assert!((0.1..0.9).contains(&safe), "{safe}");
    let answer = card(&design, "commitment", "work");
    let promised = choice(&answer, "1 year");
    let less = usd(&answer.choices[0]) - usd(promised);
    // The plan takes 12 % off duration, not off requests.
    let duration = meter(&report, "work", "duration-x86").cost.value;
    near("what it saves", less, 0.12 * safe * duration, 0.03);
    let head = |coverage: &str| {
        format!(
            "environment: (provider: \"aws\", free_tier: false, commitments: {{\"aws.lambda\": (plan: \"compute-savings-1y\", coverage: {coverage})}}),"
        )
    };
    let with = |coverage: &str| {
        let nodes = [
            (
                "clients",
                "Trigger(rate: \"50/s\", shape: \"daily\", peak_to_mean: 1.8)",
            ),
            (
                "work",
                "Function(memory: 1024.0, wait: Fixed(500.0), log: 0.0)",
            ),
        ];
        let all = found(&drawn(
            &head(coverage),
            &nodes,
            &[("clients->work", "Request", SILENT)],
        ));
        all.iter()
            .any(|finding| finding.problem.code == "commitment-over")
    };
    assert!(with("0.99") && !with(&format!("{}", safe - 0.01)));
}

pub fn copies() {
    let nodes: Nodes<'_> = &[
        ("clients", "Trigger(rate: \"20/s\")"),
        ("work", "Function()"),
        ("items", "Table(storage: 900.0)"),
    ];
    let links: Links<'_> = &[
        ("clients->work", "Request", ""),
        ("work->items", "Read", ""),
    ];
    let of = |copies: u32| {
        let head = format!("environment: (provider: \"aws\", free_tier: false, copies: {copies}),");
        drawn(&head, nodes, links)
    };
    let total = |copies: u32| built(&of(copies)).cost.total.value;
    // Transfer comes in tiers, so that five are a little less than five times.
    near("five", total(5), 5.0 * total(1), 2e-3);
    let many = finding(&of(5), "many-copies");
    assert!(!many.problem.why.is_empty());
}
