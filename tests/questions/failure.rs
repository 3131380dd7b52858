//! What goes wrong: limits, loops, queues, retries, slow neighbours.

use nephoscope::advice::sweep::{self, CliffKind};
use nephoscope::design::{Design, NodeId};
use nephoscope::report::{Report, Severity};

use crate::help::{
    GB_SECOND, MILLION_CALLS, MONTH, SILENT, aws, built, calls, catalog, changed, codes, erlang_b,
    finding, found, id, meter, near, pinned, swept, with,
};

/// Every picture becomes two, which arrive as pictures.
fn thumbnails() -> Design {
    aws(
        &[
            ("uploads", "Trigger(source: \"upload\", rate: \"1/h\")"),
            ("pictures", "Bucket(object: 1.0)"),
            (
                "work",
                "Function(memory: 1024.0, cpu: Fixed(0.0), wait: Fixed(5000.0), log: 0.0, init: Fixed(0.001))",
            ),
        ],
        &[
            ("uploads->pictures", "Write", "payload: 1.0"),
            ("pictures->work", "Notify", SILENT),
            (
                "work->pictures",
                "Write",
                "count: 2.0, payload: 1.0, response: 0.0",
            ),
        ],
    )
}

pub fn loops() {
    let design = thumbnails();
    let report = built(&design);
    let [runaway] = report.runaways.as_slice() else {
        panic!("{:?}", report.runaways);
    };
    near("gain", runaway.gain.value, 2.0, 1e-9);
    // It doubles with each turn, which takes more than the five seconds.
    let turn = 2.0_f64.ln() / runaway.growth.value;
    assert!((5.0..6.5).contains(&turn), "{turn} s");
    // The account runs 1,000 at once: 200 a second, each of which writes two.
    let calls = 1_000.0 * 3_600.0 / 5.0;
    let hour = calls * (5.0 * GB_SECOND + MILLION_CALLS / 1e6 + 2.0 * 0.000_005);
    near("an hour", runaway.usd_per_hour.value, hour, 0.03);
    assert!(
        runaway.cap.contains("1,000") || runaway.cap.contains("1k"),
        "{}",
        runaway.cap
    );
    let [minutes, first, weekend] = runaway.cost_after.as_slice() else {
        panic!("{:?}", runaway.cost_after);
    };
    assert!(minutes.value < first.value / 12.0, "it has to grow first");
    near(
        "a weekend",
        weekend.value / runaway.usd_per_hour.value,
        62.0,
        0.03,
    );
    let all = found(&design);
    let own = all.iter().find(|finding| finding.problem.code == "runaway");
    let commands = own.and_then(|finding| finding.mend());
    let commands = commands.unwrap_or_else(|| panic!("no remedy: {own:?}"));
    assert_eq!(built(&changed(&design, commands)).runaways, Vec::new());
}

fn flooded(limit: &str) -> Design {
    let api = pinned(&format!("Gateway({limit})"), "aws.api-gateway-http");
    aws(
        &[
            ("users", "Trigger(rate: \"2/s\")"),
            ("api", &api),
            (
                "work",
                "Function(cpu: Fixed(0.0), wait: Fixed(250.0), log: 0.0, init: Fixed(0.001))",
            ),
        ],
        &[
            ("users->api", "Request", SILENT),
            ("api->work", "Request", SILENT),
        ],
    )
}

pub fn worst_hour() {
    let hour =
        |calls: f64| calls * 3_600.0 * (0.25 * 0.5 * GB_SECOND + MILLION_CALLS / 1e6 + 0.000_001);
    let capped = built(&flooded("rate_limit: 100.0")).risk;
    near("capped", capped.usd_per_hour.value, hour(100.0), 0.02);
    // The account's own limits: 10,000 a second reach the gateway, and 1,000
    // executions take 4,000 of them.
    let design = flooded("");
    let open = built(&design).risk;
    let function = 4_000.0 * 3_600.0 * (0.25 * 0.5 * GB_SECOND + MILLION_CALLS / 1e6);
    near("open", open.usd_per_hour.value, function + 36.0, 0.03);
    let lever = open.levers.first();
    let lever = lever.unwrap_or_else(|| panic!("no cap"));
    let after = built(&changed(&design, &lever.commands));
    near(
        &lever.label,
        after.risk.usd_per_hour.value,
        lever.usd_per_hour.value,
        0.01,
    );
    assert!(lever.usd_per_hour.value < 0.1 * open.usd_per_hour.value);
    // What it refuses of the usual traffic.
    near(
        "refused",
        after.triggers[0].throttle.value,
        lever.refused.value,
        0.02,
    );
    // A cap below the usual traffic refuses the rest: one of two.
    let tight = built(&flooded("rate_limit: 1.0, burst_limit: 1.0"));
    assert!(
        tight.triggers[0].throttle.value >= 0.5,
        "{:?}",
        tight.triggers[0].throttle
    );
}

pub fn throttled() {
    // Ten executions offered to five places.
    let design = calls("10/s", "cpu: Fixed(0.0), wait: Fixed(1000.0), reserved: 5");
    let report = built(&design);
    let refusal = &report.nodes["work"].refusals[0];
    near("share", refusal.share, erlang_b(5, 10.0), 0.02);
    near("all month", refusal.lasts * refusal.times, MONTH, 1e-6);
    assert!(
        refusal.limit.contains("reserved concurrency"),
        "{}",
        refusal.limit
    );
    // 600 and 700 executions offered to the account's 1,000.
    let shared = aws(
        &[
            ("clients", "Trigger(rate: \"100/s\")"),
            ("many", "Function(cpu: Fixed(0.0), wait: Fixed(7000.0))"),
            ("some", "Function(cpu: Fixed(0.0), wait: Fixed(6000.0))"),
        ],
        &[
            ("clients->many", "Request", SILENT),
            ("clients->some", "Request", SILENT),
        ],
    );
    let report = built(&shared);
    let refusal = &report.nodes["some"].refusals[0];
    assert!(refusal.limit.contains("account"), "{}", refusal.limit);
    near("share", refusal.share, erlang_b(1_000, 1_300.0), 0.05);
    let all = found(&shared);
    let pool = all.iter().find(|f| f.problem.code == "account-concurrency");
    let pool = pool.unwrap_or_else(|| panic!("{:?}", codes(&report)));
    let why = &pool.problem.why;
    assert!(
        why.find("many") < why.find("some") && why.contains("many"),
        "{why}"
    );
}

/// Once a day four messages of three seconds each come at once.
fn nightly(mapping: &str) -> Design {
    aws(
        &[
            (
                "night",
                "Trigger(source: \"schedule\", shape: \"cron\", cron: \"0 6 * * *\", batch: 4.0)",
            ),
            ("queue", "Queue(visibility: 90000.0, max_receives: 3)"),
            ("dead", "Queue()"),
            (
                "work",
                "Function(cpu: Fixed(0.0), wait: Fixed(3000.0), reserved: 1)",
            ),
        ],
        &[
            ("night->queue", "Publish", ""),
            ("queue->work", "Poll", mapping),
            ("queue->dead", "DeadLetter", ""),
        ],
    )
}

pub fn valid_dead_letters() {
    let design = nightly("");
    let report = built(&design);
    let backlog = report.nodes["queue"].backlog.as_ref();
    let lost = backlog.and_then(|backlog| backlog.dead_letters.as_ref());
    let lost = lost.unwrap_or_else(|| panic!("nothing is lost"));
    // As somebody saw it: one of four, after three receipts 90 s apart.
    near("one of four each day", lost.lost.value, 730.0 / 24.0, 1e-6);
    near("after", lost.after.value, 270.0, 1e-9);
    let all = found(&design);
    let poller = all.iter().find(|f| f.problem.code == "throttled-poller");
    let poller = poller.unwrap_or_else(|| panic!("{:?}", codes(&report)));
    assert_eq!(poller.problem.severity, Severity::Error);
    let fix = poller
        .problem
        .fix
        .as_ref()
        .map_or("", |fix| fix.label.as_str());
    assert!(fix.contains("maximum concurrency"), "{fix}");
    let mended = built(&changed(&design, poller.mend().unwrap_or_default()));
    let backlog = mended.nodes["queue"].backlog.as_ref();
    assert!(backlog.is_none_or(|backlog| backlog.dead_letters.is_none()));
}

pub fn retries() {
    // Half of the calls fail, each is tried three times: 1 + ½ + ¼. An eighth
    // of the callers fails with them, and is tried three times again.
    let design = aws(
        &[
            ("clients", "Trigger(rate: \"1/s\")"),
            ("a", "Function(log: 0.0)"),
            ("b", "Function(log: 0.0, error_rate: 0.5)"),
        ],
        &[
            ("clients->a", "Request", "retries: 2"),
            ("a->b", "Request", "retries: 2"),
        ],
    );
    let report = built(&design);
    let below = 1.0 + 0.5 + 0.25;
    let above = 1.0 + 1.0 / 8.0 + 1.0 / 64.0;
    near("below", report.links["a->b"].attempts, below, 1e-6);
    near("above", report.links["clients->a"].attempts, above, 1e-6);
    near("load", report.nodes["b"].rate.value, below * above, 1e-6);
    let billed = meter(&report, "b", "requests");
    near(
        "billed",
        billed.cost.value,
        MONTH * below * above * MILLION_CALLS / 1e6,
        1e-6,
    );
    let storm = aws(
        &[
            ("clients", "Trigger(rate: \"1/s\")"),
            ("a", "Function()"),
            ("b", "Function()"),
        ],
        &[
            ("clients->a", "Request", "retries: 3"),
            ("a->b", "Request", "retries: 4"),
        ],
    );
    let storm = finding(&storm, "retry-storm@b");
    assert!(
        storm.problem.what.contains("20 attempts"),
        "{}",
        storm.problem.what
    );
}

pub fn database_connections() {
    let of = |rest: &str| {
        aws(
            &[
                ("clients", "Trigger(rate: \"100/s\")"),
                ("work", "Function(cpu: Fixed(0.0), wait: Fixed(1000.0))"),
                ("db", &format!("Database(pool: 2, {rest})")),
            ],
            &[
                ("clients->work", "Request", SILENT),
                ("work->db", "Read", SILENT),
            ],
        )
    };
    let report = built(&of("connections: 5000"));
    let busy = report.nodes["work"].peak_concurrency.value;
    assert!(
        (100.0..120.0).contains(&busy),
        "{busy}: 100/s for a second and the read"
    );
    let severity = |connections: f64| {
        let all = found(&of(&format!("connections: {connections:.0}")));
        let own = all.into_iter().find(|f| f.key == "db-connections@db");
        own.map(|finding| finding.problem.severity)
    };
    // Two for each execution.
    let opened = 2.0 * busy.ceil();
    assert_eq!(severity(opened - 2.0), Some(Severity::Error));
    assert_eq!(severity(opened + 2.0), Some(Severity::Warning));
    assert_eq!(severity(opened / 0.8 + 5.0), None);
    let all = found(&of("connections: 100, proxy: true"));
    assert!(all.iter().all(|finding| finding.key != "db-connections@db"));
}

pub fn tail() {
    let design = aws(
        &[
            ("users", "Trigger(rate: \"50/s\")"),
            ("work", "Function(cpu: Fixed(0.0), wait: Fixed(5.0))"),
            (
                "shop",
                "External(latency: Lognormal(p50: 100.0, p99: 2000.0), error_rate: 0.0)",
            ),
        ],
        &[
            ("users->work", "Request", SILENT),
            ("work->shop", "Request", SILENT),
        ],
    );
    let users = &built(&design).triggers[0];
    assert!(
        users.p99.value > 10.0 * users.p50.value,
        "{} {}",
        users.p50.value,
        users.p99.value
    );
    let cause = &users.causes[0];
    assert_eq!(cause.node.as_ref().map(NodeId::as_str), Some("shop"));
    assert!(
        users.p99.value - cause.p99_ms < 4.0 * users.p50.value,
        "{cause:?}"
    );
    // 20 an hour, of which most find no instance: the start is the tail.
    let rare = built(&calls(
        "2/h",
        "runtime: \"java21\", cpu: Fixed(0.0), wait: Fixed(20.0)",
    ));
    let users = &rare.triggers[0];
    assert_eq!(users.causes[0].kind, "cold-starts");
    assert!(users.causes[0].p99_ms > 0.8 * users.p99.value);
}

pub fn backlog() {
    let design = aws(
        &[
            (
                "orders",
                "Trigger(rate: \"1/s\", shape: \"step\", peak: \"30/s\", hold: 600000.0)",
            ),
            ("queue", "Queue()"),
            ("work", "Function(cpu: Fixed(0.0), wait: Fixed(500.0))"),
        ],
        &[
            ("orders->queue", "Publish", ""),
            ("queue->work", "Poll", "maximum_concurrency: 5"),
        ],
    );
    let report = built(&design);
    let backlog = report.nodes["queue"].backlog.as_ref();
    let backlog = backlog.unwrap_or_else(|| panic!("nothing waits"));
    // 30/s in, 10/s out, for ten minutes; then 1/s in.
    near("deepest", backlog.deepest.value, 12_000.0, 0.01);
    near("longest", backlog.longest.value, 1_200.0, 0.05);
    let drained = backlog
        .drained
        .as_ref()
        .map_or(0.0, |drained| drained.value);
    let by_hand = 600.0 + 12_000.0 / 9.0;
    // Known to the bin of the profile.
    assert!(
        (by_hand..1.7 * by_hand).contains(&drained),
        "{drained} for {by_hand}"
    );
    // With 16 at once 32/s are taken: nothing waits for minutes.
    let fast = built(&with(&design, "queue->work.maximum_concurrency", 16.0));
    let left = fast.nodes["queue"].backlog.as_ref();
    assert!(
        left.is_none_or(|backlog| backlog.longest.value < 60.0),
        "{left:?}"
    );
}

pub fn what_breaks_first() {
    let design = aws(
        &[
            ("clients", "Trigger(rate: \"1/s\")"),
            (
                "api",
                &pinned("Gateway(rate_limit: 200.0)", "aws.api-gateway-http"),
            ),
            (
                "work",
                "Function(cpu: Fixed(0.0), wait: Fixed(1000.0), reserved: 100, log: 0.0)",
            ),
            (
                "items",
                "Table(capacity: \"provisioned\", write_units: 20.0, read_units: 1000.0)",
            ),
        ],
        &[
            ("clients->api", "Request", SILENT),
            ("api->work", "Request", SILENT),
            ("work->items", "Write", "payload: 1.0"),
        ],
    );
    let factors = [1.0, 10.0, 40.0, 120.0, 400.0];
    let sweep = sweep::over(&design, catalog(), None, &factors, &|| false).unwrap_or_default();
    let refusals: Vec<(&str, f64)> = sweep
        .breaks()
        .filter(|cliff| cliff.kind == CliffKind::Refusal)
        .filter_map(|cliff| Some((cliff.node.as_ref()?.as_str(), cliff.rate)))
        .collect();
    let [(first, units), (second, executions), (third, requests)] = refusals.as_slice() else {
        panic!("{refusals:?}");
    };
    assert_eq!((*first, *second, *third), ("items", "work", "api"));
    near("units", *units, 20.0, 0.02);
    // Below the hundred at which all places would be busy.
    assert!((60.0..100.0).contains(executions), "{executions}");
    near("rate limit", *requests, 200.0, 0.02);
}

pub fn slow_dependency() {
    let design = aws(
        &[
            ("users", "Trigger(rate: \"20/s\")"),
            (
                "work",
                "Function(cpu: Fixed(0.0), wait: Fixed(0.0), reserved: 50, timeout: 60000.0, log: 0.0)",
            ),
            ("bank", "External(latency: Fixed(200.0), error_rate: 0.0)"),
        ],
        &[
            ("users->work", "Request", SILENT),
            ("work->bank", "Request", SILENT),
        ],
    );
    let [usual, slow] = &swept(&design, "bank.latency", &[200.0, 5_000.0])[..] else {
        panic!("two points");
    };
    // Four executions at 200 ms, a hundred at 5 s: for fifty places.
    assert!(usual.outcome.refused < 1e-6 && usual.outcome.strained.is_empty());
    near("refused", slow.outcome.refused, erlang_b(50, 100.0), 0.02);
    assert!(slow.outcome.strained.contains(&id("work")));
    let paid = |report: &Report| meter(report, "work", "duration-x86").quantity;
    let sick = |millis: &str| {
        let text = format!("External(latency: Fixed({millis}), error_rate: 0.0)");
        aws(
            &[
                ("users", "Trigger(rate: \"20/s\")"),
                (
                    "work",
                    "Function(cpu: Fixed(0.0), wait: Fixed(0.0), timeout: 60000.0, init: Fixed(0.001))",
                ),
                ("bank", &text),
            ],
            &[
                ("users->work", "Request", SILENT),
                ("work->bank", "Request", SILENT),
            ],
        )
    };
    // Without a cap nobody is refused, and the wait is paid for.
    let ratio = paid(&built(&sick("5000.0"))) / paid(&built(&sick("200.0")));
    near("25 times", ratio, 25.0, 0.05);
}
