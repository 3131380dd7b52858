use super::*;
use crate::advice::fixture::{bare, calls, catalog, node, number, rate, wire};
use crate::catalog::Archetype;
use crate::design::LinkKind;
use crate::design::param::Parameters as _;

fn swept(design: &Design) -> TrafficSweep {
    traffic(design, catalog(), None, &|| false).unwrap()
}

#[track_caller]
fn cliff<'a>(sweep: &'a TrafficSweep, kind: CliffKind, of: &str) -> &'a Cliff {
    let is_it = |cliff: &&Cliff| {
        let node = cliff.node.as_ref().is_some_and(|node| node.as_str() == of);
        cliff.kind == kind && (node || cliff.meter.as_deref() == Some(of))
    };
    let found = sweep.cliffs.iter().find(is_it);
    found.unwrap_or_else(|| panic!("no {kind:?} of {of} in {:#?}", sweep.cliffs))
}

#[track_caller]
fn within_a_thousandth(found: f64, expected: f64) {
    assert!(
        (1.0 - 1e-6..=1.0011).contains(&(found / expected)),
        "{found}, expected {expected}"
    );
}

#[test]
fn a_million_free_requests_end_at_ten_times_100_000() {
    let mut design = calls("100k/month");
    design.environment.free_tier = true;
    let sweep = swept(&design);
    let found = cliff(&sweep, CliffKind::Allowance, "aws/free.lambda-requests");
    within_a_thousandth(found.traffic, 10.0);
    assert_eq!(found.node, Some("work".into()));
    assert_eq!(found.trigger, Some("clients".into()));
    assert!(found.text.contains("1 million requests"), "{}", found.text);
    // Without free quantities there is no such edge.
    design.environment.free_tier = false;
    let kinds = |sweep: &TrafficSweep| {
        let mut cliffs = sweep.cliffs.iter();
        cliffs.any(|cliff| cliff.kind == CliffKind::Allowance)
    };
    assert!(kinds(&sweep) && !kinds(&swept(&design)));
}

#[test]
fn the_second_tier_of_an_api_begins_at_300_million_calls() {
    let mut design = bare();
    let requests = [("rate", rate("10M/month"))];
    node(&mut design, "clients", Archetype::Trigger, &requests);
    node(&mut design, "api", Archetype::Gateway, &[]);
    wire(&mut design, "clients", "api", LinkKind::Request);
    let sweep = swept(&design);
    let found = cliff(&sweep, CliffKind::Tier, "api");
    within_a_thousandth(found.traffic, 30.0);
    assert!(found.text.contains("$0.9 instead of $1"), "{}", found.text);
    // 300 million at a dollar.
    let calls_usd = sweep
        .stacks
        .iter()
        .find(|stack| stack.name.contains("HTTP"));
    assert!(calls_usd.is_some(), "{:?}", sweep.stacks);
    // What the account uses besides moves the edge.
    let key = crate::catalog::FigureId(found.meter.clone().unwrap());
    design.environment.already_used.insert(key, 200e6);
    within_a_thousandth(cliff(&swept(&design), CliffKind::Tier, "api").traffic, 10.0);
}

#[test]
fn ten_reserved_executions_begin_to_refuse_where_erlang_says() {
    let mut design = calls("1/s");
    let work = design.nodes.get_mut("work").unwrap();
    work.settings.set("reserved", Some(number(10.0))).unwrap();
    work.settings
        .set(
            "cpu",
            Some(crate::design::Value::Law(crate::law::Law::Fixed(
                crate::units::Millis(0.0),
            ))),
        )
        .unwrap();
    work.settings
        .set(
            "wait",
            Some(crate::design::Value::Law(crate::law::Law::Fixed(
                crate::units::Millis(1_000.0),
            ))),
        )
        .unwrap();
    let sweep = swept(&design);
    let found = cliff(&sweep, CliffKind::Refusal, "work");
    // B(10, a) = 0.001 at a = 3.09 (tables of Erlang B); a second of work each,
    // and the little that the service itself takes.
    assert!((2.95..3.10).contains(&found.traffic), "{}", found.traffic);
    assert!(
        found.text.contains("reserved concurrency"),
        "{}",
        found.text
    );
    assert!((found.rate - found.traffic).abs() < 0.01 * found.traffic);
    assert_eq!(sweep.breaks().next(), Some(found));
    let traced = sweep.points.iter().find(|p| p.throttle >= 0.01).unwrap();
    assert!(traced.traffic > found.traffic);
}

#[test]
fn parts_of_the_cost_add_up() {
    let sweep = swept(&calls("5/s"));
    assert_eq!(sweep.points.len(), POINTS);
    for (step, point) in sweep.points.iter().enumerate() {
        let parts: f64 = sweep.stacks.iter().map(|stack| stack.usd[step]).sum();
        assert!((parts - point.usd).abs() <= 1e-9 * point.usd.max(1.0));
    }
    // All is proportional to traffic: twice the cost at twice the traffic.
    let doubling = sweep.doubling().unwrap();
    assert!((1.95..2.05).contains(&doubling), "{doubling}");
}

#[test]
fn a_break_even_costs_the_same_on_both_sides() {
    let design = calls("1/s");
    let two = [ProviderId::from("aws"), ProviderId::from("cloudflare")];
    let sweeps = providers(&design, catalog(), &two, &|| false).unwrap();
    assert_eq!(sweeps.providers.len(), 2);
    let crossing = sweeps.crossings.first().unwrap();
    let usd = |provider: &ProviderId| {
        let trial = Trial {
            design: &design,
            catalog: catalog(),
            provider: Some(provider),
            traffic: crossing.traffic,
        };
        trial.base().cost.total.value
    };
    let (aws, cloudflare) = (usd(&two[0]), usd(&two[1]));
    assert!(
        (aws / cloudflare - 1.0).abs() < 0.002,
        "{aws} and {cloudflare}"
    );
    assert_eq!(crossing.kind, CliffKind::BreakEven);
    // In the order asked for, whichever thread was first.
    assert_eq!(providers(&design, catalog(), &two, &|| false), Some(sweeps));
}

#[test]
fn a_sweep_that_is_told_to_stop_gives_nothing() {
    let design = calls("1/s");
    assert_eq!(traffic(&design, catalog(), None, &|| true), None);
    let two = [ProviderId::from("aws"), ProviderId::from("gcp")];
    assert_eq!(providers(&design, catalog(), &two, &|| true), None);
}
