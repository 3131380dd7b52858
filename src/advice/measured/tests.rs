use super::*;
use crate::design::settings::TriggerSettings;
use crate::design::{Link, LinkId, LinkKind, LinkSettings, Node};
use crate::units::Megabytes;

/// The example of the tool's own documentation.
const LINK: &str = "https://lambda-power-tuning.show/#gAAAAQACAAQABsAL;ZooQR4yvkUa/pQRGRC5zRaADHUVjOftE;QdWhOEMkoziDT5Q4xhiIOMYYiDi6RNc4";

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

/// Users call a function of 1,024 MB.
fn design() -> Design {
    let mut design = Design::default();
    let function = FunctionSettings {
        memory: Some(Megabytes(1_024.0)),
        ..FunctionSettings::default()
    };
    let nodes = [
        ("users", Settings::Trigger(TriggerSettings::default())),
        ("work", Settings::Function(function)),
    ];
    for (id, settings) in nodes {
        design.nodes.insert(NodeId::from(id), Node::new(settings));
    }
    let link = Link {
        from: NodeId::from("users"),
        to: NodeId::from("work"),
        kind: LinkKind::Request,
        settings: LinkSettings::default(),
        carrier: None,
    };
    design.links.insert(LinkId::from("users->work"), link);
    design
}

fn fitted(text: &str) -> Fit {
    let measured = read(text, "file").unwrap();
    let origin = Origin {
        file: "file",
        date: "2026-01-02",
    };
    fit(
        &design(),
        catalog(),
        &NodeId::from("work"),
        &measured,
        &origin,
    )
    .unwrap()
}

fn stretch_at(memory: f64) -> f64 {
    let design = design();
    stretch(
        compute(&design, catalog(), &NodeId::from("work")),
        memory,
        0.0,
    )
}

#[track_caller]
fn near(got: f64, expected: f64, tolerance: f64) {
    let off = (got - expected).abs() / expected.abs().max(1e-9);
    assert!(off <= tolerance, "{got}, not {expected}");
}

#[test]
fn the_documented_link_is_understood() {
    let text = format!(
        r#"{{"power": "1536", "cost": 6.5e-5, "duration": 2512.2, "stateMachine": {{"executionCost": 0.00045, "lambdaCost": 0.1, "visualization": "{LINK}"}}}}"#
    );
    let Measured::Power(points) = read(&text, "power.json").unwrap() else {
        panic!("power");
    };
    let sizes: Vec<f64> = points.iter().map(|point| point.memory).collect();
    assert_eq!(sizes, [128.0, 256.0, 512.0, 1_024.0, 1_536.0, 3_008.0]);
    // The first of the README's chart: 37 s at 128 MB.
    near(points[0].duration, 37_002.4, 1e-4);
    assert!(
        points
            .windows(2)
            .all(|pair| pair[1].duration < pair[0].duration)
    );
    near(points[0].usd.unwrap(), 7.717e-5, 1e-3);
}

#[test]
fn statistics_and_single_points_are_understood() {
    let text = r#"{"results": {"power": "128", "duration": 2.9, "cost": 2e-7,
        "stats": [{"averagePrice": 2.1e-7, "averageDuration": 2.9, "value": 128, "totalCost": 1e-5},
                  {"averagePrice": 4.2e-7, "averageDuration": 1.5, "value": 256}]}}"#;
    let Measured::Power(points) = read(text, "power.json").unwrap() else {
        panic!("power");
    };
    assert_eq!(points.len(), 2);
    assert_eq!((points[1].memory, points[1].duration), (256.0, 1.5));
    let text = r#"{"power": "512", "cost": 1e-6, "duration": 80}"#;
    assert!(matches!(read(text, "x"), Ok(Measured::Power(points)) if points.len() == 1));
}

#[test]
fn cpu_and_waiting_come_apart_at_several_sizes() {
    // Made from 120 ms of CPU and 45 ms of waiting, the platform's own time
    // included.
    let stats: Vec<String> = [128.0, 256.0, 512.0, 1_024.0]
        .iter()
        .map(|&memory| {
            let duration = 45.0 + 120.0 * stretch_at(memory);
            format!(r#"{{"value": {memory}, "averageDuration": {duration}}}"#)
        })
        .collect();
    let fit = fitted(&format!(r#"{{"stats": [{}]}}"#, stats.join(", ")));
    near(fit.cpu.mean().0, 120.0, 1e-4);
    near(fit.wait.mean().0 + fit.around, 45.0, 1e-3);
    assert!(
        fit.points.iter().all(|point| point.error.abs() < 1e-4),
        "{fit:?}"
    );
    // One step sets both and keeps the measurement.
    let after = Editor::tried(&design(), &fit.commands).unwrap();
    assert_eq!(after.measurements.len(), 2);
    assert_eq!(after.measurements[0].date, "2026-01-02");
    // Importing again replaces it.
    let again = Editor::tried(&after, &fit.commands).unwrap();
    assert_eq!(again.measurements.len(), 2);
    // The design now takes what was measured.
    let report = report::build(&after, catalog(), &Options::default());
    let work = &report.nodes[&NodeId::from("work")];
    let busy = work.concurrency.value / work.rate.value * 1_000.0;
    near(busy, 45.0 + 120.0 * stretch_at(1_024.0), 1e-3);
}

#[test]
fn neither_part_falls_below_zero() {
    let fit = fitted(
        r#"{"stats": [{"value": 128, "averageDuration": 50}, {"value": 1024, "averageDuration": 60}]}"#,
    );
    assert_eq!(fit.cpu.mean().0, 0.0);
    let steep = format!(
        r#"{{"stats": [{{"value": 128, "averageDuration": {}}}, {{"value": 1024, "averageDuration": 1}}]}}"#,
        100.0 * stretch_at(128.0)
    );
    assert!(fitted(&steep).wait.mean().0 == 0.0);
}

#[test]
fn durations_become_an_empirical_law() {
    let rows: Vec<String> = (1..=2_000)
        .map(|n| format!("{}", 100.0 + f64::from(n) / 10.0))
        .collect();
    let fit = fitted(&rows.join("\n"));
    let Law::Quantiles(points) = &fit.wait else {
        panic!("{:?}", fit.wait);
    };
    assert_eq!(points.len(), QUANTILES.len());
    for point in &fit.points {
        assert!(point.error.abs() < 0.01, "{point:?}");
    }
    assert!(
        fit.notes
            .iter()
            .any(|note| note.contains("two memory sizes"))
    );
    // Few runs say nothing about the tail.
    let fit = fitted("90\n100\n110\n100\n95\n105\n99\n101\n97\n103\n");
    assert!(
        matches!(&fit.wait, Law::Quantiles(points) if points.len() == 5),
        "{:?}",
        fit.wait
    );
}

#[test]
fn cold_rows_become_initialisation() {
    let mut text = "duration_ms,memory_mb,cold,init_ms\n".to_owned();
    for n in 0..50 {
        text.push_str(&format!("{},1024,false,\n", 80 + n % 7));
        text.push_str(&format!("{},512,,0\n", 110 + n % 7));
        text.push_str(&format!("{},1024,true,{}\n", 300 + n, 200 + n));
    }
    let fit = fitted(&text);
    near(fit.init.as_ref().unwrap().quantile(0.5).0, 224.5, 1e-6);
    let at = |what: &str| fit.points.iter().find(|p| p.what == what).unwrap().measured;
    near(at("mean at 1 GB"), 83.0, 0.01);
    assert_eq!(fit.commands.len(), 6);
}

#[test]
fn mistakes_are_placed() {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = read(text, "f").unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    check("", "f:1:1: the file is empty");
    check(
        "1\n2\nx\n",
        "f:3:1: `x`: a duration in milliseconds is expected",
    );
    check("a,b\n1,2\n", "f:1:1: no durations in `a,b`");
    check("1,2\n", "f:1:1: a head is missing");
    check(
        "duration_ms,cold\n12,maybe\n",
        "f:2:4: `maybe`: true or false is expected",
    );
    check(
        "duration_ms,memory_mb\n12,-1\n",
        "f:2:4: `-1`: memory in MB is expected",
    );
    check("duration_ms\n", "rows of durations are expected");
    check("{\n \"stats\": [\n", "f:3:0: no JSON");
    check(
        "{}",
        "field `power`: the output of AWS Lambda Power Tuning is expected",
    );
    check(
        r#"{"stats": [{"value": 128}]}"#,
        "field `stats[0].averageDuration`",
    );
    check(r#"{"stats": []}"#, "at least one size");
    check(
        r#"{"stats": [{"value": 0, "averageDuration": 3}]}"#,
        "above 0 MB",
    );
    let link =
        |data: &str| format!(r#"{{"stateMachine": {{"visualization": "https://x/{data}"}}}}"#);
    check(&link(""), "a link with data after # is expected");
    check(&link("#gAAAAQ;!!"), "`!` is no Base64");
    check(&link("#gAAAAQ;ZooQRw"), "as many durations as sizes");
    let design = design();
    let measured = read("1\n", "f").unwrap();
    let origin = Origin {
        file: "f",
        date: "2026-01-02",
    };
    let wrong = |node: &str| {
        fit(&design, catalog(), &NodeId::from(node), &measured, &origin)
            .unwrap_err()
            .to_string()
    };
    assert!(wrong("nothing").contains("functions here are work"));
    assert!(wrong("users").contains("is a trigger"));
}
