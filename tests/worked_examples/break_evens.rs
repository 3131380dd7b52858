//! Where one way of paying becomes dearer than another, from billed amounts.
//!
//! Nothing here knows a price: both ways are billed from the catalog, without
//! free quantities, and the crossing is searched.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::{Account, PLAIN, bill_of, catalog_of, month_of};

const HOURS: f64 = 730.0;

/// A month's bill before rounding. [USD]
fn cost(account: &Account, service: &str, usage: &[(&str, f64)]) -> Decimal {
    let catalog = catalog_of(account);
    bill_of(&catalog, account, &[(service, usage)]).exact_total()
}

/// The least share of use, from 0 to 1, from which `by_use` costs no less than
/// `fixed`; the difference must rise with the share.
fn crossing(by_use: impl Fn(f64) -> Decimal, fixed: impl Fn(f64) -> Decimal) -> f64 {
    let dearer = |share| by_use(share) >= fixed(share);
    let (mut low, mut high) = (0.0, 1.0);
    assert!(!dearer(low) && dearer(high), "there is no crossing");
    for _ in 0..44 {
        let middle = f64::midpoint(low, high);
        if dearer(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

#[track_caller]
fn check(what: &str, found: f64, published: f64, within: f64) {
    assert!(
        (found - published).abs() <= within,
        "{what}: {found}, published {published}"
    );
}

#[test]
fn dynamodb_on_demand_is_dearer_above_28_9_percent_of_use() {
    let account = month_of(HOURS);
    let capacity = 1_000.0;
    for (calls, units) in [("reads", "read_capacity"), ("writes", "write_capacity")] {
        let on_demand = |share| {
            let calls = (calls, share * capacity * HOURS * 3_600.0);
            // One unit each: a consistent read of 4 KB, a write of 1 KB.
            let sizes = [("read_size", 4.0), ("write_size", 1.0)];
            let usage = [
                calls,
                sizes[0],
                sizes[1],
                ("consistent", 1.0),
                ("on_demand", 1.0),
            ];
            cost(&account, "aws.dynamodb", &usage)
        };
        let provisioned = |_| cost(&account, "aws.dynamodb", &[(units, capacity)]);
        check(calls, crossing(on_demand, provisioned), 0.289, 0.0005);
    }
}

#[test]
fn lambda_on_demand_is_dearer_than_provisioned_above_60_percent_of_use() {
    #[track_caller]
    fn check_use(what: &str, account: &Account, arm: f64, published: f64, within: f64) {
        // Always ready, 1 GB each; every request lasts a second.
        let instances = 1_000.0;
        let usage = |share: f64, ready: f64| {
            let requests = share * instances * HOURS * 3_600.0;
            [
                ("requests", requests),
                ("provisioned_requests", ready * requests),
                ("provisioned", ready * instances),
                ("provisioned_hours", ready * HOURS),
                ("duration", 1_000.0),
                ("memory", 1_024.0),
                ("arm", arm),
            ]
        };
        let bill = |share, ready| cost(account, "aws.lambda", &usage(share, ready));
        let found = crossing(|share| bill(share, 0.0), |share| bill(share, 1.0));
        check(what, found, published, within);
    }
    let first = month_of(HOURS);
    // The account's other functions fill the first tier.
    let second = Account {
        used_up: &[("aws.lambda/duration-x86", 6e9)],
        ..first
    };
    check_use("x86", &first, 0.0, 0.6, 1e-9);
    check_use("Arm", &first, 1.0, 0.600_007, 5e-7);
    check_use("x86, second tier", &second, 0.0, 0.789_476_675_888, 1e-11);
}

/// What runs cost as Standard and as Express: ten states, 64 MB. [USD]
fn workflows(runs: f64, seconds: f64) -> (Decimal, Decimal) {
    let usage = [
        ("requests", runs),
        ("steps", 10.0),
        ("duration", seconds * 1_000.0),
        ("memory", 64.0),
    ];
    (
        cost(&PLAIN, "aws.step-functions-standard", &usage),
        cost(&PLAIN, "aws.step-functions-express", &usage),
    )
}

#[test]
fn ten_short_states_cost_a_hundredth_as_express() {
    let (standard, express) = workflows(1e6, 1.0);
    assert_eq!(standard, Decimal::new(250, 0));
    assert_eq!(express, Decimal::new(2_041_875, 6));
    assert_eq!(express.round_dp(2), Decimal::new(204, 2));
}

#[test]
fn express_is_dearer_above_239_seconds() {
    // Few enough runs for the first tier. Time is billed by 100 ms, so the
    // crossing lies between two steps of it.
    let excess = |seconds| {
        let (standard, express) = workflows(10_000.0, seconds);
        (express - standard).to_f64()
    };
    let (Some(below), Some(above)) = (excess(238.9), excess(239.0)) else {
        panic!("amounts are numbers");
    };
    assert!(below < 0.0 && above > 0.0, "{below}, {above}");
    let crossing = 238.9 + 0.1 * below / (below - above);
    check("seconds", crossing, 238.99, 0.005);
}
