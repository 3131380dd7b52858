//! How far to trust it, what to do first, and how to show it.

use std::collections::BTreeMap;

use nephoscope::advice::finding::Finding;
use nephoscope::advice::measured::{Origin, fit, read};
use nephoscope::advice::pareto::front;
use nephoscope::advice::uncertainty::{Request, Uncertainty, uncertainty};
use nephoscope::design::{Design, ParamPath, Range};
use nephoscope::export::exporter;
use nephoscope::format;
use nephoscope::project;
use nephoscope::report::Options;

use crate::help::{SILENT, aws, built, calls, catalog, found, id, near, saved, trial};

fn ranged(design: &Design, ranges: &[(&str, f64, f64)]) -> Uncertainty {
    let ranges: BTreeMap<ParamPath, Range> = ranges
        .iter()
        .map(|&(path, low, high)| {
            let path = path.parse().unwrap_or_else(|error| panic!("{error}"));
            (path, Range { low, high })
        })
        .collect();
    let request = Request {
        ranges: &ranges,
        assumed: false,
        samples: 100,
        seed: 3,
        threads: 1,
    };
    let sure = uncertainty(design, catalog(), &Options::default(), &request, &|| false);
    sure.unwrap_or_else(|| panic!("stopped"))
}

pub fn what_to_do_first() {
    let design = aws(
        &[
            ("clients", "Trigger(rate: \"20/s\")"),
            (
                "large",
                "Function(memory: 6000.0, cpu: Fixed(400.0), log: 0.0)",
            ),
            (
                "small",
                "Function(memory: 6000.0, cpu: Fixed(20.0), log: 0.0)",
            ),
        ],
        &[
            ("clients->large", "Invoke", SILENT),
            ("clients->small", "Invoke", SILENT),
        ],
    );
    let all = found(&design);
    let too_large: Vec<&Finding> = all
        .iter()
        .filter(|finding| finding.problem.code == "memory-oversized")
        .collect();
    let nodes: Vec<_> = too_large
        .iter()
        .filter_map(|f| f.problem.node.as_ref())
        .collect();
    assert_eq!(nodes, [&id("large"), &id("small")]);
    let [first, second] = [too_large[0], too_large[1]].map(|finding| saved(&design, finding));
    assert!(first > 5.0 * second && second > 0.0, "{first} and {second}");
    let tornado = ranged(
        &design,
        &[("small.cpu", 10.0, 40.0), ("large.cpu", 200.0, 800.0)],
    )
    .tornado;
    assert_eq!(tornado[0].belief.path.to_string(), "large.cpu");
    let front = front(trial(&design), 200, &|| false).unwrap_or_else(|error| panic!("{error}"));
    let cheapest = &front.points[0];
    assert!(
        cheapest.outcome.usd <= front.now.usd - first,
        "{:?}",
        cheapest.changes
    );
}

pub fn reports() {
    let design = project::sample("order-notification").unwrap_or_else(|error| panic!("{error}"));
    let report = built(&design);
    let written = |name: &str| {
        let bytes = exporter(name).and_then(|exporter| exporter.export(&design, &report));
        let bytes = bytes.unwrap_or_else(|error| panic!("{error}"));
        String::from_utf8(bytes).unwrap_or_else(|error| panic!("{error}"))
    };
    let total = format::usd(report.cost.total.value);
    for name in ["markdown", "html"] {
        let text = written(name).replace('\\', "");
        assert!(text.contains(&total), "{name} without {total}");
        for trigger in &report.triggers {
            let p99 = format::millis(trigger.p99.value);
            assert!(text.contains(&p99), "{name} without {p99}");
        }
    }
    let page = written("html");
    for source in &report.cost.total.sources {
        assert!(page.contains(&source.checked), "{source:?}");
        assert!(
            page.contains(source.url.trim_end_matches('/')),
            "{source:?}"
        );
    }
    assert!(!report.cost.total.sources.is_empty());
    let json: serde_json::Value =
        serde_json::from_str(&written("json")).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        json["cost"]["total"]["value"].as_f64(),
        Some(report.cost.total.value)
    );
}

pub fn confidence() {
    // The bill is in proportion to the rate: so is its band.
    let design = calls(
        "10/s",
        "cpu: Fixed(0.0), wait: Fixed(500.0), init: Fixed(0.001)",
    );
    let sure = ranged(&design, &[("clients.rate", 5.0, 20.0)]);
    let now = built(&design).cost.total.value;
    near("base", sure.usd.base, now, 1e-9);
    near("a tenth below", sure.usd.p10, 0.5 * now, 0.05);
    near("half of them", sure.usd.p50, now, 0.05);
    near("a tenth above", sure.usd.p90, 2.0 * now, 0.05);
    // Predicted and measured, at a size that takes 3.455 times a full core's.
    let sizes = [(128.0, 13.82), (256.0, 6.910), (512.0, 3.455)];
    let stats = sizes.map(|(memory, stretch)| {
        let millis = 60.0 + 120.0 * stretch;
        format!("{{\"value\": {memory}, \"averageDuration\": {millis}}}")
    });
    let text = format!("{{\"stats\": [{}]}}", stats.join(", "));
    let measured = read(&text, "power.json").unwrap_or_else(|error| panic!("{error}"));
    let origin = Origin {
        file: "power.json",
        date: "2026-01-02",
    };
    let fit = fit(&design, catalog(), &id("work"), &measured, &origin);
    let fit = fit.unwrap_or_else(|error| panic!("{error}"));
    near("CPU time", fit.cpu.mean().0, 120.0, 2e-3);
    near("waiting", fit.wait.mean().0 + fit.around, 60.0, 0.02);
    assert!(
        fit.points.iter().all(|point| point.error.abs() < 2e-3),
        "{:?}",
        fit.points
    );
    // What rests on assumptions says so.
    let leaning = built(&project::sample("chat-bot").unwrap_or_else(|error| panic!("{error}")));
    let grades = leaning.cost.lines.iter().filter_map(|line| line.cost.grade);
    assert_eq!(leaning.cost.total.grade, grades.max());
}
