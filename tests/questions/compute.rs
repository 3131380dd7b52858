//! What runs code: size, starts, plans, waiting.

use nephoscope::advice::memory::memory as sizes;
use nephoscope::advice::provisioned::provisioned as ready;
use nephoscope::design::Design;

use crate::help::{
    GB_SECOND, MILLION_CALLS, MONTH, SILENT, at_traffic, aws, built, calls, card, changed, choice,
    codes, cold, erlang_b, finding, id, meter, near, on, own, pinned, saved, trial, usd,
};

pub fn memory() {
    // All CPU: 400 ms on a full core, which AWS gives at 1,769 MB.
    let design = calls("10/s", "cpu: Fixed(400.0)");
    let sweep = sizes(trial(&design), &id("work"), &|| false).unwrap_or_else(|e| panic!("{e}"));
    let (now, fastest) = (&sweep.points[sweep.current], &sweep.points[sweep.fastest]);
    assert!(now.memory == 512.0 && (1_769.0..=1_920.0).contains(&fastest.memory));
    near("at 512 MB", now.duration, 400.0 * 1_769.0 / 512.0, 0.01);
    near("at a full core", fastest.duration, 400.0, 0.02);
    // All waiting: memory buys nothing, and 384 MB less of it save their price.
    let design = calls(
        "10/s",
        "cpu: Fixed(0.0), wait: Fixed(1000.0), working_set: 64.0",
    );
    let sweep = sizes(trial(&design), &id("work"), &|| false).unwrap_or_else(|e| panic!("{e}"));
    let (now, least) = (&sweep.points[sweep.current], &sweep.points[sweep.cheapest]);
    assert_eq!((now.memory, least.memory), (512.0, 128.0));
    let month = 10.0 * MONTH * 0.375 * GB_SECOND;
    near("saved a month", now.usd - least.usd, month, 0.01);
}

/// The most instances of which each is busy for at least so much of its time.
fn paying(offered: f64, share: f64) -> u32 {
    let carried = |n: u32| offered * (erlang_b(n - 1, offered) - erlang_b(n, offered));
    (1..1_000)
        .take_while(|n| carried(*n) >= share)
        .last()
        .unwrap_or(0)
}

pub fn provisioned() {
    let design = calls(
        "10/s",
        "memory: 1024.0, cpu: Fixed(0.0), wait: Fixed(1000.0)",
    );
    let sweep = ready(trial(&design), &id("work"), &|| false).unwrap_or_else(|e| panic!("{e}"));
    // 4.1667 / (16.6667 − 9.7222), as prices have it.
    near("break-even", sweep.break_even.unwrap_or(0.0), 0.60, 5e-3);
    assert_eq!(sweep.rule, Some(paying(10.0, 0.60)));
    let daily = aws(
        &[
            (
                "clients",
                "Trigger(rate: \"10/s\", shape: \"daily\", peak_to_mean: 3.0)",
            ),
            (
                "work",
                "Function(log: 0.0, memory: 1024.0, cpu: Fixed(0.0), wait: Fixed(1000.0))",
            ),
        ],
        &[("clients->work", "Request", SILENT)],
    );
    let sweep = ready(trial(&daily), &id("work"), &|| false).unwrap_or_else(|e| panic!("{e}"));
    let best = &sweep.points[sweep.cheapest];
    let none = sweep.points.iter().find(|point| point.instances == 0);
    // The base load is there all day; the peak is not.
    let all_day = best.hours * f64::from(best.instances) / 24.0;
    assert!(
        all_day > 0.0 && all_day < f64::from(paying(10.0, 0.60)),
        "{best:?}"
    );
    assert!(none.is_some_and(|none| best.outcome.usd < none.outcome.usd));
}

pub fn containers() {
    let design = calls("5/s", "cpu: Fixed(50.0), init: Fixed(0.001)");
    let answer = card(&design, "container", "work");
    let fargate = choice(&answer, "Fargate");
    assert!(
        fargate.label.starts_with("2 ×") && fargate.holds,
        "{fargate:?}"
    );
    // One vCPU and 2 GB each, day and night.
    let machines = 2.0 * 730.0 * (0.040_48 + 2.0 * 0.004_445);
    near("two", usd(fargate), machines, 0.01);
    // 50 ms on 512/1,769 of a core, at half a GB.
    let call = 0.05 * 1_769.0 / 512.0 * 0.5 * GB_SECOND + MILLION_CALLS / 1e6;
    let crossing = fargate.crossovers.first();
    let crossing = crossing.unwrap_or_else(|| panic!("{fargate:?}"));
    assert!(crossing.cheaper_above);
    near(
        "crossing",
        crossing.traffic,
        machines / (5.0 * MONTH * call),
        0.02,
    );
}

pub fn cold_starts() {
    let function = "cpu: Fixed(0.0), wait: Fixed(200.0)";
    let design = calls("6/h", function);
    let report = built(&design);
    // An instance is kept for 600 s, and some age out: e⁻¹ of the calls come
    // later than that.
    near("cold", cold(&report, "work"), (-1.0_f64).exp(), 0.06);
    let users = &report.triggers[0];
    let cause = &users.causes[0];
    assert_eq!(cause.kind, "cold-starts");
    // Twelve times the calls are cold seldom, so that p99 is that of warm ones.
    let warm = built(&calls("72/h", &format!("{function}, provisioned: 2")));
    near(
        "p99",
        users.p99.value - cause.p99_ms,
        warm.triggers[0].p99.value,
        0.02,
    );
    let sweep = ready(trial(&design), &id("work"), &|| false).unwrap_or_else(|e| panic!("{e}"));
    let of = |instances: u32| {
        let point = sweep
            .points
            .iter()
            .find(|p| p.instances == instances && p.hours == 24.0);
        point.or(sweep.points.iter().find(|p| p.instances == instances))
    };
    let (Some(none), Some(one)) = (of(0), of(1)) else {
        panic!("{:?}", sweep.points);
    };
    assert!(one.cold < 1e-3 && one.outcome.p99 < 0.5 * none.outcome.p99);
    // Half a GB, ready for a month; calls and starts are a cent or two.
    let month = 0.5 * MONTH * 0.000_004_166_7;
    near("one ready", one.outcome.usd - none.outcome.usd, month, 0.01);
}

fn language_model(provider: &str, wait: &str) -> Design {
    let work = format!(
        "Function(log: 0.0, cpu: Fixed(50.0), wait: Fixed({wait}), timeout: 60000.0, init: Fixed(0.001))"
    );
    on(
        provider,
        &[("clients", "Trigger(rate: \"10M/month\")"), ("work", &work)],
        &[("clients->work", "Request", SILENT)],
    )
}

pub fn cpu_or_wall_time() {
    let of = |provider: &str, wait: &str| built(&language_model(provider, wait));
    let vercel = |wait: &str, line: &str| meter(&of("vercel", wait), "work", line).cost.value;
    // 10 million times 50 ms are 138.9 hours.
    let cpu = 10e6 * 50.0 / 3_600_000.0 * 0.128;
    near("active CPU", vercel("10000.0", "active-cpu"), cpu, 1e-6);
    near(
        "whatever it waits",
        vercel("20000.0", "active-cpu"),
        cpu,
        1e-6,
    );
    assert!(vercel("20000.0", "memory") > 1.2 * vercel("10000.0", "memory"));
    let workers = own(&of("cloudflare", "10000.0"), "work");
    near("CPU only", workers, 3.0 + 10e6 * 50.0 * 0.02 / 1e6, 1e-6);
    let lambda = own(&of("aws", "10000.0"), "work");
    let seconds = 10.0 + 0.05 * 1_769.0 / 512.0;
    near(
        "all of it",
        lambda,
        10e6 * seconds * 0.5 * GB_SECOND + 2.0,
        5e-3,
    );
}

pub fn cloud_run() {
    let work = pinned(
        "Container(vcpu: 1.0, memory: 2048.0, minimum: 1, maximum: 1, cpu: Fixed(50.0), log: 0.0)",
        "gcp.run",
    );
    let design = on(
        "gcp",
        &[("clients", "Trigger(rate: \"2/s\")"), ("work", &work)],
        &[("clients->work", "Request", SILENT)],
    );
    let answer = card(&design, "plan", "work");
    let instances = choice(&answer, "Cloud Run (instances)");
    let always = MONTH * (0.000_018 + 2.0 * 0.000_002);
    near("by instance", usd(instances), always, 1e-3);
    // By request, while one is in flight: vCPU, two GiB and the call.
    let report = built(&design);
    let busy = meter(&report, "work", "cpu").quantity / MONTH;
    assert!((0.1..0.2).contains(&busy), "{busy}");
    let calls = 2.0 * MONTH / 1e6 * 0.40;
    let by_request = busy * MONTH * (0.000_024 + 2.0 * 0.000_002_5) + calls;
    near("by request", usd(&answer.choices[0]), by_request, 1e-3);
    let crossing = instances.crossovers.first();
    let crossing = crossing.unwrap_or_else(|| panic!("{instances:?}"));
    assert!(
        crossing.cheaper_above && crossing.traffic > 1.0,
        "{crossing:?}"
    );
    let there = at_traffic(&design, crossing.traffic);
    near("at the crossing", there.cost.total.value, always, 0.01);
}

pub fn azure_plans() {
    let design = on(
        "azure",
        &[
            ("clients", "Trigger(rate: \"2/s\")"),
            (
                "work",
                &pinned(
                    "Function(log: 0.0, cpu: Fixed(20.0))",
                    "azure.functions-flex",
                ),
            ),
        ],
        &[("clients->work", "Request", SILENT)],
    );
    let answer = card(&design, "plan", "work");
    let premium = choice(&answer, "Premium");
    // One instance of a vCPU and 3.5 GB, all the time.
    near(
        "premium",
        usd(premium),
        730.0 * (0.173 + 3.5 * 0.0123),
        1e-3,
    );
    let by_use = answer
        .choices
        .iter()
        .find(|choice| choice.label == "Functions");
    assert!(by_use.is_some_and(|by_use| usd(by_use) < usd(premium)));
    let sweep = ready(trial(&design), &id("work"), &|| false).unwrap_or_else(|e| panic!("{e}"));
    let one = sweep.points.iter().find(|point| point.instances == 1);
    let one = one.unwrap_or_else(|| panic!("{:?}", sweep.points));
    let made = built(&changed(&design, &one.commands));
    let baseline = meter(&made, "work", "always-ready-baseline");
    near(
        "always ready",
        baseline.cost.value,
        MONTH * 0.5 * 0.000_004,
        1e-3,
    );
}

pub fn arm() {
    let design = calls("10/s", "cpu: Fixed(200.0), init: Fixed(0.001)");
    let answer = card(&design, "arm", "work");
    let arm = choice(&answer, "arm64");
    // A fifth off duration, nothing off requests.
    let duration = meter(&built(&design), "work", "duration-x86").cost.value;
    near(
        "saved",
        usd(&answer.choices[0]) - usd(arm),
        0.2 * duration,
        1e-3,
    );
    assert!(
        arm.lost.iter().any(|lost| lost.contains("native")),
        "{:?}",
        arm.lost
    );
    let hint = finding(&design, "arm-saves@work");
    near("finding", saved(&design, &hint), 0.2 * duration, 1e-3);
}

pub fn initialisation() {
    // Calls so seldom that nearly all of them start an instance: a second of
    // initialisation to a tenth of work.
    let function = |init: &str| format!("cpu: Fixed(0.0), wait: Fixed(100.0), init: Fixed({init})");
    let seconds = |init: &str| {
        let report = built(&calls("0.5/h", &function(init)));
        let used = meter(&report, "work", "duration-x86").quantity;
        (used / 0.5, cold(&report, "work"))
    };
    let (with, cold) = seconds("1000.0");
    assert!(cold > 0.9, "{cold}");
    let calls = 0.5 * 730.0;
    near("GB-s", with, calls * (0.1 + cold * 1.0), 0.02);
    let (without, _) = seconds("0.001");
    near("GB-s of the work", without, calls * 0.1, 0.02);
}

pub fn waiting_for_functions() {
    let design = aws(
        &[
            ("clients", "Trigger(rate: \"5/s\")"),
            ("a", "Function(memory: 1024.0, log: 0.0)"),
            (
                "b",
                "Function(cpu: Fixed(0.0), wait: Fixed(2000.0), log: 0.0)",
            ),
        ],
        &[
            ("clients->a", "Request", SILENT),
            ("a->b", "Request", SILENT),
        ],
    );
    let double = finding(&design, "waits-on-function@a->b");
    // A GB that waits for two seconds, five times a second.
    near(
        "billed twice",
        saved(&design, &double),
        5.0 * MONTH * 2.0 * GB_SECOND,
        0.03,
    );
}

pub fn language_models() {
    let of = |timeout: &str| {
        aws(
            &[
                ("users", "Trigger(rate: \"1/s\")"),
                (
                    "agent",
                    &format!(
                        "Function(memory: 1024.0, log: 0.0, cpu: Fixed(0.0), timeout: {timeout}, init: Fixed(0.001))"
                    ),
                ),
                (
                    "model",
                    "External(latency: Lognormal(p50: 8000.0, p99: 40000.0), error_rate: 0.0, price: 0.004)",
                ),
            ],
            &[
                ("users->agent", "Request", SILENT),
                ("agent->model", "Request", SILENT),
            ],
        )
    };
    let cut = built(&of("15000.0"));
    assert!(codes(&cut).contains(&"times-out"), "{:?}", codes(&cut));
    let patient = built(&of("120000.0"));
    assert!(!codes(&patient).contains(&"times-out"));
    assert!(patient.triggers[0].p99.value > 40_000.0);
    near(
        "paid to the model",
        own(&patient, "model"),
        MONTH * 0.004,
        1e-6,
    );
    // The mean of the lognormal law: e^(σ²/2) times its median, σ = ln 5 / 2.326.
    let sigma = 5.0_f64.ln() / 2.326_348;
    let mean = 8.0 * (sigma * sigma / 2.0).exp();
    near(
        "the wait is billed",
        own(&patient, "agent"),
        MONTH * (mean * GB_SECOND + 2e-7),
        0.01,
    );
}
