//! How sure an estimate is, asked from outside.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should say so and stop"
)]

use std::collections::BTreeMap;

use nephoscope::advice::uncertainty::{Request, Uncertainty, default_ranges, uncertainty};
use nephoscope::catalog::{Catalog, FigureId};
use nephoscope::design::param::Parameters;
use nephoscope::design::{Command, Design, Editor, LinkId, NodeId, ParamPath, Range, Value};
use nephoscope::project;
use nephoscope::report::{self, Options, Report};

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

fn slowest(report: &Report) -> f64 {
    let p99 = report.triggers.iter().map(|trigger| trigger.p99.value);
    p99.fold(0.0, f64::max)
}

fn ranges(entries: &[(&str, f64, f64)]) -> BTreeMap<ParamPath, Range> {
    let range =
        |&(path, low, high): &(&str, f64, f64)| (path.parse().unwrap(), Range { low, high });
    entries.iter().map(range).collect()
}

fn ask(design: &Design, ranges: &BTreeMap<ParamPath, Range>, threads: usize) -> Uncertainty {
    let request = Request {
        ranges,
        assumed: false,
        samples: 40,
        seed: 7,
        threads,
    };
    uncertainty(design, catalog(), &Options::default(), &request, &|| false).unwrap()
}

#[test]
fn threads_do_not_change_the_numbers() {
    let design = project::sample("api-backend").unwrap();
    let ranges = ranges(&[
        ("recipes.cpu", 10.0, 60.0),
        ("recipes.memory", 512.0, 2_048.0),
    ]);
    let one = ask(&design, &ranges, 1);
    assert_eq!(one, ask(&design, &ranges, 2));
    assert_eq!(one, ask(&design, &ranges, 3));
    assert!(one.usd.p10 <= one.usd.p50 && one.usd.p50 <= one.usd.p90);
    assert!(one.usd.p10 < one.usd.p90 && one.p99.p10 < one.p99.p90);
}

#[test]
fn a_tornado_puts_the_widest_first_and_scales_laws() {
    let design = project::sample("api-backend").unwrap();
    let found = ask(
        &design,
        &ranges(&[("recipes.cpu", 5.0, 200.0), ("recipes.log", 0.99, 1.01)]),
        2,
    );
    assert_eq!(found.tornado[0].belief.path.to_string(), "recipes.cpu");
    assert!(found.tornado[0].swing > found.tornado[1].swing);
    assert!(found.tornado[0].p99[1] > 0.0 && found.tornado[0].usd[1] > 0.0);
    // What the tornado says is what the edit does.
    let Some(Value::Law(law)) = design.nodes[&NodeId::from("recipes")]
        .settings
        .effective("cpu")
    else {
        panic!("a law");
    };
    let set = Command::Set {
        path: "recipes.cpu".parse().unwrap(),
        value: Some(Value::Law(law.scaled(200.0 / law.mean().0))),
    };
    let edited = Editor::tried(&design, &[set]).unwrap();
    let at = |design: &Design| {
        let report = report::build(
            design,
            catalog(),
            &Options {
                trace: false,
                ..Options::default()
            },
        );
        (report.cost.total.value, slowest(&report))
    };
    let (base, high) = (at(&design), at(&edited));
    assert!((found.tornado[0].usd[1] - (high.0 - base.0)).abs() < 1e-9);
    assert!((found.tornado[0].p99[1] - (high.1 - base.1)).abs() < 1e-9);
    assert_eq!(found.usd.base, base.0);
}

#[test]
fn what_has_no_range_is_refused_with_a_reason() {
    let mut design = project::sample("api-backend").unwrap();
    design.variables.insert("n".to_owned(), 3.0);
    let path: ParamPath = "recipes.reserved".parse().unwrap();
    design.expressions.insert(path, "=n*2".to_owned());
    let found = ask(
        &design,
        &ranges(&[
            ("recipes.reserved", 1.0, 4.0),
            ("recipes.runtime", 1.0, 2.0),
            ("recipes.nothing", 1.0, 2.0),
            ("recipes.memory", 1.0, 2.0),
            ("recipes.cpu", 9.0, 2.0),
            ("catalog:aws.lambda#idle-timeout", 1.0, 2.0),
            // Twice this is more than can be reserved.
            ("variable:n", 2.0, 1e7),
        ]),
        1,
    );
    assert_eq!(found.refused.len(), 7, "{:?}", found.refused);
    let why = |path: &str| {
        let refused = found.refused.iter().find(|r| r.path.to_string() == path);
        refused.unwrap().why.clone()
    };
    assert!(why("recipes.reserved").contains("`=n*2`"));
    assert!(why("recipes.memory").contains("64"));
    assert_eq!(found.usd.p10, found.usd.base);
}

#[test]
fn prices_and_variables_can_be_uncertain() {
    let mut design = project::sample("api-backend").unwrap();
    design.variables.insert("mb".to_owned(), 512.0);
    let path: ParamPath = "recipes.memory".parse().unwrap();
    design.expressions.insert(path, "=mb*2".to_owned());
    let priced = report::build(&design, catalog(), &Options::default());
    let price = priced
        .cost
        .lines
        .iter()
        .filter(|line| line.cost.value > 0.1)
        .flat_map(|line| &line.cost.sources)
        .find(|note| note.value.contains("USD"))
        .unwrap();
    let now: f64 = price
        .value
        .split_whitespace()
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let figure = FigureId(price.figure.0.clone());
    let all = BTreeMap::from([
        (
            ParamPath::Figure(figure),
            Range {
                low: now / 2.0,
                high: now * 2.0,
            },
        ),
        (
            ParamPath::Variable("mb".to_owned()),
            Range {
                low: 256.0,
                high: 1_024.0,
            },
        ),
    ]);
    let found = ask(&design, &all, 2);
    assert!(found.refused.is_empty(), "{:?}", found.refused);
    assert!(
        found.tornado.iter().all(|swing| swing.usd[1] > 0.0),
        "{:?}",
        found.tornado
    );
}

#[test]
fn weak_inputs_get_ranges_that_work() {
    let design = project::sample("order-notification").unwrap();
    let report = report::build(&design, catalog(), &Options::default());
    let assumed = default_ranges(&design, &report);
    assert!(!assumed.is_empty());
    let found = ask(&design, &assumed, 2);
    assert!(found.refused.is_empty(), "{:?}", found.refused);
    assert!(found.usd.p10 < found.usd.p90);
    let known = ParamPath::Link(LinkId::from("x"), "payload".to_owned());
    assert!(!assumed.contains_key(&known));
}
