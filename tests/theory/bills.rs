//! What the billing engine computes: break-evens, allowances, storage that accrues.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::BTreeMap;

use nephoscope::analysis::queueing::stored;
use nephoscope::catalog::billing::{Consumer, FreeTier, Terms, bill, billed_after_daily_allowance};
use nephoscope::catalog::{Catalog, FigureId, RegionId, vocabulary};
use nephoscope::expression::Quantity;
use rust_decimal::prelude::ToPrimitive;

use crate::exact;

const HOURS: f64 = 730.0;

/// A service, its region unless the default, and its usage in a month.
type Use<'a> = (&'a str, Option<&'a str>, &'a [(&'a str, f64)]);

/// A month's bill before rounding. [USD]
fn cost(terms: &Terms, uses: &[Use<'_>]) -> f64 {
    let catalog = Catalog::embedded().unwrap();
    let consumers: Vec<Consumer<'_>> = uses
        .iter()
        .enumerate()
        .map(|(number, (id, region, given))| {
            let service = &catalog.services[*id];
            let provider = &catalog.providers[&service.id.provider()];
            let mut usage: BTreeMap<String, Quantity> = vocabulary::COMMON
                .iter()
                .chain(vocabulary::of(service.archetype))
                .filter(|term| term.name != "hours")
                .map(|term| (term.name.to_owned(), Quantity::Number(0.0)))
                .collect();
            for (term, value) in *given {
                usage.insert((*term).to_owned(), Quantity::Number(*value));
            }
            Consumer {
                owner: format!("part-{number}"),
                service,
                region: region.map_or_else(|| provider.default_region.clone(), RegionId::from),
                usage,
                units: BTreeMap::new(),
            }
        })
        .collect();
    let bill = bill(catalog, &consumers, terms, false);
    assert!(bill.is_complete(), "{:?}", bill.problems);
    bill.exact_total().to_f64().unwrap()
}

fn terms(free_tier: FreeTier, used_up: &[(&str, f64)]) -> Terms {
    let id = |(key, units): &(&str, f64)| (FigureId((*key).to_owned()), *units);
    Terms {
        free_tier,
        hours_per_month: Some(HOURS),
        already_used: used_up.iter().map(id).collect(),
        ..Terms::default()
    }
}

/// So many requests of a second and 1 GB on AWS Lambda, nothing free. [USD]
pub fn lambda(requests: f64) -> f64 {
    let usage = [
        ("requests", requests),
        ("duration", 1_000.0),
        ("memory", 1_024.0),
    ];
    cost(&terms(FreeTier::None, &[]), &[("aws.lambda", None, &usage)])
}

/// Share of use from which an always ready instance pays: ready ÷ (on demand −
/// use of a ready one), from three bills.
fn provisioned(arm: f64, used_up: &[(&str, f64)]) -> f64 {
    let (instances, terms) = (1_000.0, terms(FreeTier::None, used_up));
    let requests = instances * HOURS * 3_600.0;
    let bill = |requests: f64, ready: f64| {
        let usage = [
            ("requests", requests),
            ("provisioned_requests", ready * requests),
            ("provisioned", ready * instances),
            ("provisioned_hours", ready * HOURS),
            ("duration", 1_000.0),
            ("memory", 1_024.0),
            ("arm", arm),
        ];
        cost(&terms, &[("aws.lambda", None, &usage)])
    };
    let ready = bill(0.0, 1.0);
    ready / (bill(requests, 0.0) - (bill(requests, 1.0) - ready))
}

/// Share of use from which provisioned capacity pays: its hour ÷ 3,600 requests.
fn table(calls: &str, capacity: &str) -> f64 {
    let terms = terms(FreeTier::None, &[]);
    let units = 1_000.0;
    let on_demand = [
        (calls, units * HOURS * 3_600.0),
        ("read_size", 4.0),
        ("write_size", 1.0),
        ("consistent", 1.0),
        ("on_demand", 1.0),
    ];
    let provisioned = [(capacity, units)];
    cost(&terms, &[("aws.dynamodb", None, &provisioned)])
        / cost(&terms, &[("aws.dynamodb", None, &on_demand)])
}

#[test]
fn break_even_units() {
    exact(provisioned(0.0, &[]), 0.6);
    exact(provisioned(1.0, &[]), 0.600007199942);
    let tier = |used| [("aws.lambda/duration-x86", used)];
    exact(provisioned(0.0, &tier(6e9)), 0.789476675888);
    // Above 1: in the third tier it never pays.
    exact(provisioned(0.0, &tier(15e9)), 1.15382698272);
    exact(table("writes", "write_capacity"), 0.288888888889);
    exact(table("reads", "read_capacity"), 0.288888888889);
    let workflow = |service: &str, runs: f64, seconds: f64| {
        let usage = [
            ("requests", runs),
            ("steps", 10.0),
            ("duration", seconds * 1_000.0),
            ("memory", 64.0),
        ];
        cost(&terms(FreeTier::None, &[]), &[(service, None, &usage)])
    };
    let (standard, express) = ("aws.step-functions-standard", "aws.step-functions-express");
    exact(workflow(standard, 1e6, 1.0), 250.0);
    exact(workflow(express, 1e6, 1.0), 2.041875);
    // Both are straight lines in the seconds, in the first tier.
    let runs = 1_000.0;
    let short = workflow(express, runs, 1.0);
    let slope = (workflow(express, runs, 101.0) - short) / 100.0;
    let crossing = 1.0 + (workflow(standard, runs, 1.0) - short) / slope;
    exact(crossing, 238.99220156);
}

#[test]
fn free_allowance_scope() {
    let mut days = vec![100_000.0; 22];
    days.extend([0.0; 8]);
    exact(billed_after_daily_allowance(&days, 50_000.0), 1_100_000.0);
    let whole: f64 = days.iter().sum();
    exact((whole - 50_000.0 * 30.0).max(0.0), 700_000.0);
    // Requests of a second and 1 GB in two regions, their number free.
    let seconds = |free_tier, each: f64| {
        let usage = [
            ("requests", each),
            ("duration", 1_000.0),
            ("memory", 1_024.0),
        ];
        let uses: [Use<'_>; 2] = [
            ("aws.lambda", Some("us-east-1"), &usage),
            ("aws.lambda", Some("eu-west-1"), &usage),
        ];
        let usd = cost(&terms(free_tier, &[]), &uses);
        let free = if free_tier == FreeTier::None {
            0.0
        } else {
            1e6
        };
        usd - 0.2e-6 * (2.0 * each - free).max(0.0)
    };
    // 600,000 GB-s in one account: 200,000 above what is free, once.
    exact(seconds(FreeTier::AlwaysOnly, 300_000.0), 3.33334);
    exact(3.33334 / 1.66667e-5, 200_000.0);
    // Tiers are counted per region: 4e9 GB-s each stays in the first.
    exact(seconds(FreeTier::None, 4e9), 133_333.6);
}

#[test]
fn logs_accrual() {
    let price = 0.03;
    exact(price * stored(100.0, 0.15, 36.0, None), 16.2);
    exact(price * stored(100.0, 0.15, 36.0, Some(1.0)), 0.45);
}
