//! A small design with the fault of each rule, and its like without.

use super::{Design, check, drawn};

const AWS: &str = "environment: (provider: \"aws\", regions: {\"aws\": \"us-east-1\"}),";

type Nodes<'a> = &'a [(&'a str, &'a str)];
type Links<'a> = &'a [(&'a str, &'a str, &'a str)];

fn aws(nodes: Nodes<'_>, links: Links<'_>) -> Design {
    drawn(AWS, nodes, links)
}

/// One node differs.
#[track_caller]
fn node(code: &str, name: &str, bad: &str, good: &str, others: Nodes<'_>, links: Links<'_>) {
    let with = |settings: &str| {
        let mut nodes = vec![(name, settings)];
        nodes.extend(others);
        aws(&nodes, links)
    };
    check(code, &with(bad), &with(good));
}

/// One link differs.
#[track_caller]
fn link(
    code: &str,
    ends: &str,
    bad: (&str, &str),
    good: (&str, &str),
    nodes: Nodes<'_>,
    others: Links<'_>,
) {
    let with = |(kind, settings): (&str, &str)| {
        let mut links = vec![(ends, kind, settings)];
        links.extend(others);
        aws(nodes, &links)
    };
    check(code, &with(bad), &with(good));
}

#[test]
fn chains() {
    let chain = |last: &str| {
        let calls = [
            ("clients->a", "Request", ""),
            ("a->b", "Request", ""),
            ("b->c", "Request", ""),
            ("c->d", last, ""),
        ];
        let mut nodes = vec![("clients", "Trigger(rate: \"1/s\")")];
        nodes.extend(["a", "b", "c", "d"].map(|id| (id, "Function()")));
        aws(&nodes, &calls)
    };
    check("sync-chain", &chain("Request"), &chain("Invoke"));
    let slow: Nodes<'_> = &[
        ("clients", "Trigger(rate: \"5/s\")"),
        ("a", "Function(memory: 1024.0)"),
        ("b", "Function(wait: Fixed(2000.0))"),
    ];
    let calls: Links<'_> = &[("clients->a", "Request", "")];
    link(
        "waits-on-function",
        "a->b",
        ("Request", ""),
        ("Invoke", ""),
        slow,
        calls,
    );
    link(
        "retry-storm",
        "a->b",
        ("Request", "retries: 4"),
        ("Request", "retries: 1"),
        slow,
        &[("clients->a", "Request", "retries: 3")],
    );
}

const POLLED: Links<'static> = &[
    ("clients->jobs", "Publish", ""),
    ("jobs->work", "Poll", ""),
    ("jobs->failed", "DeadLetter", ""),
    ("failed->triage", "Poll", ""),
];
const FAILED: [(&str, &str); 3] = [
    ("clients", "Trigger(rate: \"2/s\")"),
    ("failed", "Queue()"),
    ("triage", "Function()"),
];

#[test]
fn queues() {
    let with_work = |work: &'static str| {
        let mut nodes = FAILED.to_vec();
        nodes.push(("work", work));
        nodes
    };
    let plain = with_work("Function()");
    node(
        "max-receives",
        "jobs",
        "Queue(max_receives: 1)",
        "Queue(max_receives: 3)",
        &plain,
        POLLED,
    );
    let slow = with_work("Function(wait: Fixed(4000.0))");
    node(
        "hot-group",
        "jobs",
        "Queue(fifo: true, groups: 4)",
        "Queue(fifo: true, groups: 100)",
        &slow,
        POLLED,
    );
    let failing = [
        ("clients", "Trigger(rate: \"2/s\")"),
        ("jobs", "Queue()"),
        ("work", "Function(error_rate: 0.02)"),
        ("failed", "Queue()"),
        ("triage", "Function()"),
    ];
    let others: Links<'_> = &[POLLED[0], POLLED[2], POLLED[3]];
    link(
        "batch-redone",
        "jobs->work",
        ("Poll", "batch_size: 10"),
        ("Poll", "batch_size: 10, partial_failures: true"),
        &failing,
        others,
    );
    let once: Nodes<'_> = &[("clients", "Trigger(rate: \"2/s\")"), ("jobs", "Queue()")];
    let both: Links<'_> = &[("clients->jobs", "Publish", ""), ("jobs->work", "Poll", "")];
    node(
        "not-idempotent",
        "work",
        "Function(idempotent: false)",
        "Function()",
        once,
        both,
    );
    check(
        "dead-letters-unread",
        &aws(
            &[
                ("clients", "Trigger()"),
                ("jobs", "Queue()"),
                ("work", "Function()"),
                ("failed", "Queue()"),
            ],
            &POLLED[..3],
        ),
        &aws(
            &[
                ("clients", "Trigger()"),
                ("jobs", "Queue()"),
                ("work", "Function()"),
                ("failed", "Queue()"),
                ("triage", "Function()"),
            ],
            POLLED,
        ),
    );
    check(
        "no-dead-letters",
        &aws(
            &[
                ("clients", "Trigger()"),
                ("jobs", "Queue()"),
                ("work", "Function()"),
            ],
            &POLLED[..2],
        ),
        &aws(
            &[
                ("clients", "Trigger()"),
                ("jobs", "Queue()"),
                ("work", "Function()"),
                ("failed", "Queue()"),
                ("triage", "Function()"),
            ],
            POLLED,
        ),
    );
}

#[test]
fn events() {
    let pushed: Links<'_> = &[
        ("uploads->files", "Write", ""),
        ("files->work", "Notify", ""),
    ];
    let sent: Nodes<'_> = &[("uploads", "Trigger(rate: \"5/s\")"), ("files", "Bucket()")];
    node(
        "lost-events",
        "work",
        "Function(error_rate: 0.05)",
        "Function(error_rate: 0.0001)",
        sent,
        pushed,
    );
    let streamed = [
        ("clients", "Trigger(rate: \"50/s\")"),
        ("records", "Stream()"),
        ("work", "Function(error_rate: 0.001)"),
    ];
    link(
        "poison-record",
        "records->work",
        ("Poll", ""),
        ("Poll", "retries: 3"),
        &streamed,
        &[("clients->records", "Publish", "")],
    );
    let two: Nodes<'_> = &[
        ("clients", "Trigger(rate: \"5/s\")"),
        ("split", "Function()"),
        ("jobs", "Queue()"),
        ("work", "Function()"),
    ];
    link(
        "fan-out",
        "split->jobs",
        ("Publish", "count: 40.0"),
        ("Publish", "count: 4.0"),
        two,
        &[
            ("clients->split", "Request", ""),
            ("jobs->work", "Poll", ""),
        ],
    );
    node(
        "cron-overlap",
        "clock",
        "Trigger(source: \"schedule\", shape: \"cron\", cron: \"* * * * *\", batch: 1.0)",
        "Trigger(source: \"schedule\", shape: \"cron\", cron: \"0 * * * *\", batch: 1.0)",
        &[("work", "Function(timeout: 600000.0, wait: Fixed(90000.0))")],
        &[("clock->work", "Request", "")],
    );
    let loops = |bucket: &'static str| {
        let write = if bucket == "files" {
            ("work->files", "Write", "count: 2.0")
        } else {
            ("work->others", "Write", "count: 2.0")
        };
        aws(
            &[
                ("uploads", "Trigger(rate: \"1/s\")"),
                ("files", "Bucket()"),
                ("others", "Bucket()"),
                ("work", "Function()"),
            ],
            &[pushed[0], pushed[1], write],
        )
    };
    check("runaway", &loops("files"), &loops("others"));
}

#[test]
fn limits() {
    let called: Links<'_> = &[("clients->work", "Request", "")];
    let clients: Nodes<'_> = &[("clients", "Trigger(rate: \"5/s\")")];
    node(
        "package-too-large",
        "work",
        "Function(package_size: 400.0)",
        "Function(package_size: 200.0)",
        clients,
        called,
    );
    node(
        "memory-too-small",
        "work",
        "Function(memory: 256.0, working_set: 300.0)",
        "Function(memory: 512.0, working_set: 300.0)",
        clients,
        called,
    );
    node(
        "times-out",
        "work",
        "Function(timeout: 2000.0, wait: Fixed(3000.0))",
        "Function(timeout: 8000.0, wait: Fixed(3000.0))",
        clients,
        called,
    );
    let workers: Nodes<'_> = &[
        ("clients", "Trigger(rate: \"5/s\")"),
        ("work", "Function()"),
    ];
    link(
        "answer-too-large",
        "clients->work",
        ("Request", "response: 7000.0"),
        ("Request", "response: 5000.0"),
        workers,
        &[],
    );
    link(
        "answer-too-large",
        "work->items",
        ("Write", "payload: 500.0"),
        ("Write", "payload: 300.0"),
        &[workers[0], workers[1], ("items", "Table()")],
        called,
    );
    let flow: Links<'_> = &[("clients->flow", "Invoke", ""), ("flow->work", "Step", "")];
    node(
        "too-many-steps",
        "flow",
        "Workflow(extra_steps: 20000.0)",
        "Workflow(extra_steps: 2000.0)",
        workers,
        flow,
    );
    let express = |wait: &str| {
        format!(
            "settings: Workflow(wait: Fixed({wait})), pins: {{\"aws\": (service: \"aws.step-functions-express\")}}"
        )
    };
    node(
        "run-too-long",
        "flow",
        &express("400000.0"),
        &express("4000.0"),
        workers,
        flow,
    );
    // Ten minutes at most on the consumption plan of Azure.
    let azure = |timeout: &str| {
        let work = format!(
            "settings: Function(timeout: {timeout}), pins: {{\"azure\": (service: \"azure.functions-consumption\")}}"
        );
        let nodes: Nodes<'_> = &[clients[0], ("work", &work)];
        drawn("environment: (provider: \"azure\"),", nodes, called)
    };
    check("timeout-limit", &azure("800000.0"), &azure("500000.0"));
}

#[test]
fn capacity() {
    let called: Links<'_> = &[("clients->work", "Request", "")];
    let many = "Trigger(rate: \"450/s\")";
    node(
        "account-concurrency",
        "work",
        "Function(wait: Fixed(2000.0))",
        "Function(wait: Fixed(1000.0))",
        &[("clients", many)],
        called,
    );
    let spike = |ramp: &str| {
        format!(
            "Trigger(rate: \"1/s\", shape: \"spike\", peak: \"2k/s\", ramp: {ramp}, hold: 60000.0)"
        )
    };
    let work: Nodes<'_> = &[("work", "Function(wait: Fixed(2000.0))")];
    node(
        "burst-ramp",
        "clients",
        &spike("1000.0"),
        &spike("600000.0"),
        work,
        called,
    );
    let stored: Links<'_> = &[("clients->work", "Request", ""), ("work->db", "Read", "")];
    let callers: Nodes<'_> = &[
        ("clients", "Trigger(rate: \"100/s\")"),
        ("work", "Function(wait: Fixed(1000.0))"),
    ];
    node(
        "db-connections",
        "db",
        "Database(connections: 80)",
        "Database(connections: 1000)",
        callers,
        stored,
    );
    let clients: Nodes<'_> = &[("clients", "Trigger(rate: \"5/s\")")];
    node(
        "provisioned-idle",
        "work",
        "Function(provisioned: 50)",
        "Function()",
        clients,
        called,
    );
    let hot: Nodes<'_> = &[
        ("clients", "Trigger(rate: \"300/s\")"),
        ("work", "Function()"),
    ];
    node(
        "throttled",
        "items",
        "Table(capacity: \"provisioned\", read_units: 100.0)",
        "Table(capacity: \"provisioned\", read_units: 400.0)",
        hot,
        &[
            ("clients->work", "Request", ""),
            ("work->items", "Read", ""),
        ],
    );
}

#[test]
fn savings() {
    let called: Links<'_> = &[("clients->work", "Request", "")];
    let clients: Nodes<'_> = &[("clients", "Trigger(rate: \"20/s\")")];
    let busy = |rest: &str| format!("Function(cpu: Fixed(200.0), {rest})");
    node(
        "arm-saves",
        "work",
        &busy(""),
        &busy("architecture: \"arm64\""),
        clients,
        called,
    );
    node(
        "memory-oversized",
        "work",
        &busy("memory: 6000.0"),
        &busy("memory: 1024.0"),
        clients,
        called,
    );
    node(
        "log-volume",
        "work",
        "Function(log: 20.0)",
        "Function(log: 0.2)",
        clients,
        called,
    );
    let reads: Links<'_> = &[
        ("clients->work", "Request", ""),
        ("work->items", "Read", ""),
        ("work->items-2", "Read", ""),
    ];
    let table: Nodes<'_> = &[
        ("clients", "Trigger(rate: \"400/s\")"),
        ("work", "Function()"),
        ("items-2", "Other()"),
    ];
    node(
        "steady-table",
        "items",
        "Table()",
        "Table(capacity: \"provisioned\", read_units: 500.0)",
        table,
        reads,
    );
    let workers: Nodes<'_> = &[
        ("clients", "Trigger(rate: \"20/s\")"),
        ("work", "Function()"),
    ];
    let flow: Links<'_> = &[("clients->flow", "Invoke", ""), ("flow->work", "Step", "")];
    let pinned = |kind: &str, service: &str| {
        format!("settings: {kind}(), pins: {{\"aws\": (service: \"aws.{service}\")}}")
    };
    node(
        "cheaper-workflow",
        "flow",
        &pinned("Workflow", "step-functions-standard"),
        &pinned("Workflow", "step-functions-express"),
        workers,
        flow,
    );
    node(
        "cheaper-gateway",
        "door",
        &pinned("Gateway", "api-gateway-rest"),
        &pinned("Gateway", "lambda-url"),
        workers,
        &[
            ("clients->door", "Request", ""),
            ("door->work", "Request", ""),
        ],
    );
    let socket = |minutes: &str| format!("Gateway(connection: {minutes}, messages: 2.0)");
    node(
        "idle-connections",
        "door",
        &socket("120.0"),
        &socket("10.0"),
        workers,
        &[
            ("clients->door", "Request", ""),
            ("door->work", "Request", ""),
        ],
    );
    link(
        "writes-per-request",
        "work->items",
        ("Write", "count: 5.0"),
        ("Write", ""),
        &[workers[0], workers[1], ("items", "Table()")],
        called,
    );
    link(
        "egress-cdn",
        "clients->files",
        ("Read", "response: 500.0"),
        ("Read", "response: 2.0"),
        &[
            ("clients", "Trigger(rate: \"20/s\")"),
            ("files", "Bucket()"),
        ],
        &[],
    );
}

#[test]
fn places_and_terms() {
    let nodes: Nodes<'_> = &[
        ("clients", "Trigger(rate: \"20/s\")"),
        ("work", "Function()"),
        ("items", "Table(storage: 900.0)"),
    ];
    let links: Links<'_> = &[
        ("clients->work", "Request", ""),
        ("work->items", "Read", "response: 4.0"),
    ];
    let terms = |rest: &str| {
        drawn(
            &format!("environment: (provider: \"aws\", {rest}),"),
            nodes,
            links,
        )
    };
    check("many-copies", &terms("copies: 5"), &terms("copies: 1"));
    let objective = |share: &str| {
        drawn(
            &format!("{AWS} objectives: (error_rate: {share}),"),
            nodes,
            links,
        )
    };
    check("single-region", &objective("0.0001"), &objective("0.01"));
    let daily: Nodes<'_> = &[
        (
            "clients",
            "Trigger(rate: \"20/s\", shape: \"daily\", peak_to_mean: 4.0)",
        ),
        nodes[1],
        nodes[2],
    ];
    let promised = |coverage: &str| {
        let plan = format!(
            "environment: (provider: \"aws\", commitments: {{\"aws.lambda\": (plan: \"compute-savings-1y\", coverage: {coverage})}}),"
        );
        drawn(&plan, daily, links)
    };
    check("commitment-over", &promised("0.95"), &promised("0.01"));
    node(
        "cross-region",
        "items",
        "settings: Table(), region: \"eu-west-1\"",
        "settings: Table()",
        &nodes[..2],
        links,
    );
    node(
        "nat-path",
        "work",
        "Function(network: true)",
        "Function(network: false)",
        &[nodes[0], nodes[2]],
        links,
    );
    node(
        "free-tier-cliff",
        "clients",
        "Trigger(rate: \"200k/month\", growth: 0.3)",
        "Trigger(rate: \"200k/month\", growth: 0.001)",
        &nodes[1..],
        links,
    );
    let rows = |read: &str| {
        let store = format!("Database(rows_read: {read})");
        drawn(
            "environment: (provider: \"cloudflare\"),",
            &[
                ("clients", "Trigger(rate: \"20/s\")"),
                ("work", "Function()"),
                ("db", &store),
            ],
            &[("clients->work", "Request", ""), ("work->db", "Read", "")],
        )
    };
    check("scan-reads", &rows("5000.0"), &rows("5.0"));
}
