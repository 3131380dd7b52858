use super::*;
use crate::advice::fixture::{bare, calls, catalog, node, number, pin, rate, wire};
use crate::catalog::Archetype;
use crate::design::param::Parameters as _;
use crate::design::{Editor, LinkKind, Value};
use crate::law::Law;
use crate::units::Millis;

fn law(millis: f64) -> Value {
    Value::Law(Law::Fixed(Millis(millis)))
}

fn trial(design: &Design) -> Trial<'_> {
    Trial {
        design,
        catalog: catalog(),
        provider: None,
        traffic: 1.0,
    }
}

#[track_caller]
fn answer(design: &Design, card: &str, node: &str) -> BreakEven {
    let answers = break_even(trial(design), card, &|| false).unwrap();
    let found = answers
        .into_iter()
        .find(|answer| answer.node.as_str() == node);
    found.unwrap_or_else(|| panic!("no answer to {card} for {node}"))
}

#[track_caller]
fn choice<'a>(answer: &'a BreakEven, label: &str) -> &'a Choice {
    let found = answer
        .choices
        .iter()
        .find(|choice| choice.label.contains(label));
    found.unwrap_or_else(|| panic!("no {label} in {:#?}", answer.choices))
}

fn usd(choice: &Choice) -> f64 {
    choice.outcome.as_ref().unwrap().usd
}

/// Nothing but an orchestration of ten transitions at 64 MB.
fn workflow(seconds: f64) -> Design {
    let mut design = bare();
    let runs = [("rate", rate("1M/month"))];
    node(&mut design, "clients", Archetype::Trigger, &runs);
    let settings = [
        ("extra_steps", number(10.0)),
        ("wait", law(seconds * 1_000.0)),
        ("memory", number(64.0)),
    ];
    node(&mut design, "flow", Archetype::Workflow, &settings);
    pin(&mut design, "flow", "aws.step-functions-standard");
    wire(&mut design, "clients", "flow", LinkKind::Invoke);
    design
}

#[test]
fn a_million_runs_cost_250_dollars_or_two() {
    let answer = answer(&workflow(1.0), "workflow", "flow");
    let standard = usd(&answer.choices[0]);
    assert!((standard - 250.0).abs() < 0.01, "{standard}");
    let express = choice(&answer, "Express");
    // Besides the second the ten transitions take their time, and each tenth
    // of a second costs 0.0001042 dollars a thousand: $2.04 and a little.
    assert!((2.0..2.4).contains(&usd(express)), "{}", usd(express));
    assert!(
        express
            .lost
            .iter()
            .any(|lost| lost.contains("exactly once"))
    );
    assert!(express.crossovers.is_empty(), "cheaper at any traffic");
    let design = Editor::tried(&workflow(1.0), &express.commands).unwrap();
    let made = trial(&design).base();
    assert!((made.cost.total.value - usd(express)).abs() < 1e-9);
}

#[test]
fn runs_of_more_than_five_minutes_rule_express_out() {
    let answer = answer(&workflow(400.0), "workflow", "flow");
    let express = choice(&answer, "Express");
    let why = express.blocked.as_deref().unwrap();
    assert!(why.contains("allows"), "{why}");
    assert!(express.outcome.is_none() && express.commands.is_empty() && !express.holds);
}

/// Steady writes and consistent reads of one unit each.
fn table(shape: &str) -> Design {
    let mut design = bare();
    let traffic = [
        ("rate", rate("1000/s")),
        ("shape", Value::Choice(shape.to_owned())),
    ];
    node(&mut design, "source", Archetype::Trigger, &traffic);
    let settings = [("consistent", Value::Flag(true)), ("storage", number(0.0))];
    node(&mut design, "items", Archetype::Table, &settings);
    wire(&mut design, "source", "items", LinkKind::Write);
    design
}

#[test]
fn a_table_on_demand_is_dearer_above_28_9_percent() {
    for shape in ["steady", "daily"] {
        let answer = answer(&table(shape), "table-capacity", "items");
        let yardstick = answer.yardstick.as_ref().unwrap();
        assert!(
            (yardstick.threshold - 0.2889).abs() < 0.001,
            "{yardstick:?}"
        );
        let fixed = choice(&answer, "Provisioned for the peak");
        let ratio = usd(&answer.choices[0]) / usd(fixed);
        // 730 hours against the month of the traffic, which has 730.5 at most.
        let expected = yardstick.value / yardstick.threshold;
        assert!(
            (ratio / expected - 1.0).abs() < 0.01,
            "{shape}: {ratio}, {expected}"
        );
        assert!(fixed.holds, "the peak fits: {fixed:?}");
    }
}

#[test]
fn logs_cost_more_than_the_work_from_0_8_kilobytes_on() {
    #[track_caller]
    fn check(memory: f64, expected: f64) {
        let mut design = calls("100/s");
        let work = design.nodes.get_mut("work").unwrap();
        for (key, value) in [
            ("memory", number(memory)),
            ("cpu", law(0.0)),
            ("wait", law(100.0)),
            ("log", number(1.0)),
            ("working_set", number(64.0)),
        ] {
            work.settings.set(key, Some(value)).unwrap();
        }
        let answer = answer(&design, "logs", "work");
        let found = answer.yardstick.unwrap().threshold;
        assert!((found - expected).abs() < 0.05, "{memory} MB: {found}");
    }
    check(128.0, 0.8);
    check(512.0, 2.1);
}

#[test]
fn an_http_api_costs_less_than_a_third_of_a_rest_api() {
    let mut design = bare();
    let requests = [("rate", rate("10/s"))];
    node(&mut design, "clients", Archetype::Trigger, &requests);
    node(&mut design, "api", Archetype::Gateway, &[]);
    node(
        &mut design,
        "work",
        Archetype::Function,
        &[("log", number(0.0))],
    );
    pin(&mut design, "api", "aws.api-gateway-rest");
    wire(&mut design, "clients", "api", LinkKind::Request);
    wire(&mut design, "api", "work", LinkKind::Request);
    let all = answer(&design, "front-door", "api");
    let rest = usd(&all.choices[0]);
    // A million calls cost $3.50 and $1; a month has 26.28 million of these.
    let http = usd(choice(&all, "HTTP"));
    assert!(
        ((rest - http) / 26.28 - 2.5).abs() < 0.05,
        "{rest} and {http}"
    );
    let address = choice(&all, "URL");
    assert!(address.blocked.is_none() && usd(address) < http);
    // A load balancer costs by the hour: dearer for few calls.
    let balancer = choice(&all, "ALB");
    let crossing = balancer.crossovers.first().unwrap();
    assert!(crossing.cheaper_above && (0.1..10.0).contains(&crossing.traffic));
    // The address of a function leads to one function only.
    node(&mut design, "other", Archetype::Function, &[]);
    wire(&mut design, "api", "other", LinkKind::Request);
    let all = answer(&design, "front-door", "api");
    assert!(choice(&all, "URL").blocked.is_some());
}

#[test]
fn a_busy_function_pays_as_containers() {
    let mut design = calls("5/s");
    let work = design.nodes.get_mut("work").unwrap();
    work.settings.set("cpu", Some(law(50.0))).unwrap();
    let all = answer(&design, "container", "work");
    let fargate = choice(&all, "Fargate");
    assert!(fargate.holds, "{fargate:?}");
    assert!(fargate.label.starts_with("2 ×"), "{}", fargate.label);
    let crossing = fargate
        .crossovers
        .first()
        .expect("Fargate pays at some traffic");
    assert!(crossing.cheaper_above && crossing.traffic > 1.0);
    // On both sides of it the order is as it says.
    let at = |traffic: f64, commands: &[Command]| {
        let design = Editor::tried(&design, commands).unwrap();
        trial(&design).report(&design, traffic).cost.total.value
    };
    let made = |traffic: f64| at(traffic, &fargate.commands) - at(traffic, &[]);
    assert!(made(crossing.traffic * 0.9) > 0.0);
    // A promise of a year makes the same machine cheaper.
    let promised = choice(&all, "1 year");
    let (machine, _) = promised.label.split_once(',').unwrap();
    assert!(usd(promised) < usd(choice(&all, machine)));
}

/// The other plans of one node on a provider, by label.
fn plans(provider: &str, kind: Archetype) -> Vec<(String, bool)> {
    let mut design = bare();
    node(
        &mut design,
        "clients",
        Archetype::Trigger,
        &[("rate", rate("20/s"))],
    );
    node(&mut design, "work", kind, &[]);
    wire(&mut design, "clients", "work", LinkKind::Request);
    let provider = ProviderId::from(provider);
    let trial = Trial {
        provider: Some(&provider),
        ..trial(&design)
    };
    let answers = break_even(trial, "plan", &|| false).unwrap();
    let choices = answers.into_iter().flat_map(|answer| answer.choices);
    choices
        .map(|choice| (choice.label, choice.outcome.is_some_and(|o| o.usd > 0.0)))
        .collect()
}

#[test]
fn plans_of_azure_and_billing_modes_of_cloud_run() {
    let azure = plans("azure", Archetype::Function);
    assert_eq!(azure.len(), 3, "Flex, Consumption and Premium: {azure:?}");
    let google = plans("gcp", Archetype::Container);
    assert!(
        google.len() >= 3,
        "by request, by instance, kept ready: {google:?}"
    );
    for (label, is_priced) in azure.iter().chain(&google) {
        assert!(is_priced, "{label}");
    }
}

#[test]
fn a_queue_between_many_receivers_is_ruled_out() {
    let mut design = bare();
    node(&mut design, "source", Archetype::Trigger, &[]);
    node(&mut design, "news", Archetype::Topic, &[]);
    wire(&mut design, "source", "news", LinkKind::Publish);
    for receiver in ["one", "two"] {
        node(&mut design, receiver, Archetype::Function, &[]);
        wire(&mut design, "news", receiver, LinkKind::Deliver);
    }
    let all = answer(&design, "hop", "news");
    assert!(choice(&all, "Queue").blocked.is_some());
    let bus = choice(&all, "Event bus");
    let made = Editor::tried(&design, &bus.commands).unwrap();
    assert!(!made.nodes.contains_key("news"));
    assert_eq!(made.links.len(), 3, "every wire leads to the new node");
    let report = trial(&made).base();
    let one = &report.nodes["one"];
    assert!((one.rate.value - 1.0).abs() < 1e-9, "{}", one.rate.value);
}

#[test]
fn an_unknown_card_names_those_that_there_are() {
    let error = break_even(trial(&bare()), "tea", &|| false).unwrap_err();
    assert!(error.to_string().contains("front-door"), "{error}");
    let ids: std::collections::BTreeSet<_> = CARDS.iter().map(|card| card.id).collect();
    assert_eq!(ids.len(), CARDS.len(), "ids are unique");
}
