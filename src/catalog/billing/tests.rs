//! Bills that a reader can check with pencil and paper.

use super::*;
use crate::catalog::Sourced;
use crate::catalog::tests::sample;
use crate::law::Law;
use crate::units::Millis;

/// Usage: numbers by name.
fn usage(numbers: &[(&str, f64)]) -> BTreeMap<String, Quantity> {
    numbers
        .iter()
        .map(|(name, n)| ((*name).to_owned(), Quantity::Number(*n)))
        .collect()
}

/// A function that comes to a number of GB-s in one request.
fn function<'a>(
    catalog: &'a Catalog,
    owner: &str,
    region: &str,
    gb_s: f64,
    arm: f64,
) -> Consumer<'a> {
    Consumer {
        owner: owner.to_owned(),
        service: &catalog.services["aws.lambda"],
        region: RegionId::from(region),
        usage: usage(&[
            ("requests", 1.0),
            ("duration", gb_s * 1_000.0),
            ("memory", 1_024.0),
            ("arm", arm),
        ]),
        units: BTreeMap::new(),
    }
}

fn logs<'a>(catalog: &'a Catalog, owner: &str, numbers: &[(&str, f64)]) -> Consumer<'a> {
    let mut all = usage(&[
        ("requests", 0.0),
        ("ingested", 0.0),
        ("transfer", 0.0),
        ("stored", 0.0),
        ("items", 0.0),
        ("users", 0.0),
    ]);
    all.extend(usage(numbers));
    Consumer {
        owner: owner.to_owned(),
        service: &catalog.services["aws.logs"],
        region: RegionId::from("us-east-1"),
        usage: all,
        units: BTreeMap::new(),
    }
}

fn terms(free_tier: FreeTier) -> Terms {
    Terms {
        free_tier,
        ..Terms::default()
    }
}

fn money(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[track_caller]
fn line<'a>(bill: &'a Bill, meter: &str, region: &str) -> &'a BillLine {
    let wanted = |line: &&BillLine| line.meter == meter && line.region.as_str() == region;
    bill.lines
        .iter()
        .find(wanted)
        .unwrap_or_else(|| panic!("{bill:#?}"))
}

#[track_caller]
fn adds_up(bill: &Bill) {
    for line in &bill.lines {
        let parts: Decimal = line.shares.iter().map(|share| share.exact).sum();
        assert_eq!(parts, line.exact, "{}", line.meter);
    }
    assert_eq!(
        bill.by_owner().values().sum::<Decimal>(),
        bill.exact_total()
    );
}

#[test]
fn one_allowance_for_all_regions() {
    let catalog = sample();
    let consumers = [
        function(&catalog, "a", "us-east-1", 300_000.0, 0.0),
        function(&catalog, "b", "eu-west-1", 300_000.0, 0.0),
    ];
    let bill = bill(&catalog, &consumers, &terms(FreeTier::AlwaysOnly), true);
    let us = line(&bill, "duration-x86", "us-east-1");
    let eu = line(&bill, "duration-x86", "eu-west-1");
    assert_eq!(
        (us.free, us.billed, eu.billed),
        (200_000.0, 100_000.0, 100_000.0)
    );
    assert_eq!(us.exact + eu.exact, money("3.33334"));
    assert_eq!(us.rounded, money("1.67"));
    assert_eq!(
        us.formula.as_deref(),
        Some("300,000 GB-s − 200,000 free = 100,000: 100,000 × $0.0000166667 = $1.66667"),
    );
    assert_eq!(
        us.shares[0].formula.as_deref(),
        Some("requests 1 × round_up(duration 300,000,000, 1) ÷ 1,000 × memory 1,024 ÷ 1,024"),
    );
    assert_eq!(us.grade, Some(Grade::B)); // the allowance is the weakest figure
    assert!(
        us.figures
            .contains(&FigureId("aws/free.compute".to_owned()))
    );
    assert!(bill.is_complete());
    assert_eq!(bill.to_string(), "$3.34"); // two lines of $1.67
    adds_up(&bill);
}

#[test]
fn one_allowance_for_two_meters() {
    let catalog = sample();
    let consumers = [
        function(&catalog, "a", "us-east-1", 600_000.0, 0.0),
        function(&catalog, "b", "us-east-1", 200_000.0, 1.0),
    ];
    let bill = bill(&catalog, &consumers, &terms(FreeTier::AlwaysOnly), false);
    assert_eq!(line(&bill, "duration-x86", "us-east-1").billed, 300_000.0);
    assert_eq!(line(&bill, "duration-arm", "us-east-1").billed, 100_000.0);
    assert_eq!(line(&bill, "duration-arm", "us-east-1").formula, None);
    adds_up(&bill);
}

#[test]
fn tiers_count_per_region() {
    let catalog = sample();
    let consumers = [
        function(&catalog, "a", "us-east-1", 4e9, 0.0),
        function(&catalog, "b", "eu-west-1", 4e9, 0.0),
    ];
    let bill = bill(&catalog, &consumers, &terms(FreeTier::None), false);
    let durations = bill
        .lines
        .iter()
        .filter(|line| line.meter == "duration-x86");
    assert_eq!(
        durations.map(|line| line.exact).sum::<Decimal>(),
        money("133333.6")
    );
}

#[test]
fn tiers_are_cut_at_their_edges() {
    #[track_caller]
    fn check(gb_s: f64, used: f64, tiers: &[f64], exact: &str) {
        let catalog = sample();
        let consumers = [function(&catalog, "a", "us-east-1", gb_s, 0.0)];
        let key = FigureId("aws.lambda/duration-x86".to_owned());
        let mut terms = terms(FreeTier::None);
        terms.already_used.insert(key, used);
        let bill = bill(&catalog, &consumers, &terms, false);
        let line = line(&bill, "duration-x86", "us-east-1");
        assert_eq!(
            line.tiers
                .iter()
                .map(|tier| tier.quantity)
                .collect::<Vec<_>>(),
            tiers
        );
        assert_eq!(line.exact, money(exact));
    }
    check(6e9, 0.0, &[6e9], "100000.2");
    check(7e9, 0.0, &[6e9, 1e9], "115000.2");
    check(16e9, 0.0, &[6e9, 9e9, 1e9], "248333.6");
    check(1e9, 5.5e9, &[5e8, 5e8], "15833.35");
    check(1e9, 6e9, &[1e9], "15000");
    check(1e9, 2e10, &[1e9], "13333.4");
}

#[test]
fn what_the_account_uses_already_eats_the_allowance() {
    #[track_caller]
    fn check(key: &str, used: f64, billed: f64) {
        let catalog = sample();
        let consumers = [function(&catalog, "a", "us-east-1", 300_000.0, 0.0)];
        let mut terms = terms(FreeTier::AlwaysOnly);
        terms.already_used.insert(FigureId(key.to_owned()), used);
        let bill = bill(&catalog, &consumers, &terms, false);
        assert_eq!(line(&bill, "duration-x86", "us-east-1").billed, billed);
        assert!(bill.is_complete());
    }
    check("aws.lambda/duration-x86", 100_000.0, 0.0);
    check("aws.lambda/duration-x86", 250_000.0, 150_000.0);
    check("aws.lambda/duration-x86@eu-west-1", 1e9, 300_000.0);
    check("aws.lambda/duration-arm", 300_000.0, 200_000.0);
    check("aws/free.compute", 350_000.0, 250_000.0);
    check("aws/free.requests", 350_000.0, 0.0);
}

#[test]
fn allowances_depend_on_the_account() {
    #[track_caller]
    fn check(free_tier: FreeTier, calls: f64, held: f64) {
        let catalog = sample();
        let consumers = [logs(
            &catalog,
            "a",
            &[("requests", 1_000_000.0), ("stored", 8.0)],
        )];
        let bill = bill(&catalog, &consumers, &terms(free_tier), false);
        assert_eq!(line(&bill, "calls", "us-east-1").billed, calls);
        assert_eq!(line(&bill, "held", "us-east-1").billed, held);
    }
    // 24,000 a day, 730 h / 24 h days: 730,000.
    check(FreeTier::None, 1_000_000.0, 8.0);
    check(FreeTier::AlwaysOnly, 270_000.0, 8.0);
    check(FreeTier::FirstYear, 270_000.0, 3.0);
}

#[test]
fn unused_days_are_lost() {
    let month: Vec<_> = (0..30)
        .map(|day| if day < 22 { 100_000.0 } else { 0.0 })
        .collect();
    assert_eq!(billed_after_daily_allowance(&month, 50_000.0), 1_100_000.0);
    assert_eq!(billed_after_daily_allowance(&[], 50_000.0), 0.0);
}

#[test]
fn pools_share_tiers_and_sums_are_rounded_up() {
    let catalog = sample();
    let consumers = [
        logs(&catalog, "a", &[("ingested", 4.25)]),
        logs(&catalog, "b", &[("ingested", 7.25), ("transfer", 4.0)]),
    ];
    let bill = bill(&catalog, &consumers, &Terms::default(), true);
    // 11.5 becomes 12; 12 + 4 = 16 fill 10 of the first tier, so 7.5 and 2.5.
    let ingested = line(&bill, "in", "us-east-1");
    assert_eq!((ingested.quantity, ingested.billed), (11.5, 12.0));
    assert_eq!(ingested.exact, money("4.2")); // 7.5 × 0.5 + 4.5 × 0.1
    assert_eq!(line(&bill, "out", "us-east-1").exact, money("0.14")); // 2.5 × 0.05 + 1.5 × 0.01
    assert_eq!(
        ingested.formula.as_deref(),
        Some("11.5 GB = 12: 7.5 × $0.5 + 4.5 × $0.1 = $4.2"),
    );
    adds_up(&bill);
}

#[test]
fn spreads_are_billed_event_by_event() {
    let catalog = sample();
    let mut consumer = function(&catalog, "a", "us-east-1", 0.0, 0.0);
    let law = Law::Exponential { mean: Millis(1.0) };
    consumer.usage.extend(usage(&[("requests", 1e9)]));
    consumer.usage.insert("duration".to_owned(), law.into());
    let consumers = [consumer];
    let bill = bill(&catalog, &consumers, &terms(FreeTier::None), false);
    // E⌈X⌉ = 1 / (1 − e⁻¹) = 1.5819767…, not ⌈1⌉.
    let quantity = line(&bill, "duration-x86", "us-east-1").quantity;
    assert!(
        (quantity / 1_581_976.706_869 - 1.0).abs() < 1e-6,
        "{quantity}"
    );
}

#[test]
fn discounts_are_shares_of_the_price() {
    let catalog = sample();
    let consumers = [logs(&catalog, "a", &[("ingested", 10.0)])];
    let mut terms = Terms::default();
    let mut exact = |key: &str, share: f64| {
        terms.discount.insert(key.to_owned(), share);
        let bill = bill(&catalog, &consumers, &terms, false);
        (bill.lines[0].exact, bill.problems.len())
    };
    assert_eq!(exact("aws", 0.1), (money("4.5"), 0));
    assert_eq!(exact("aws.logs", 0.2), (money("4"), 0));
    assert_eq!(exact("aws.logs", 1.2), (money("5"), 1));
    assert_eq!(exact("aws.logs", f64::NAN), (money("5"), 1));
}

#[test]
fn a_missing_price_is_a_lower_bound() {
    let catalog = sample();
    let consumers = [
        function(&catalog, "a", "us-east-1", 600_000.0, 0.0),
        function(&catalog, "b", "eu-west-1", 600_000.0, 1.0),
    ];
    let bill = bill(&catalog, &consumers, &Terms::default(), false);
    assert!(!bill.is_complete());
    assert_eq!(bill.to_string(), "at least $6.67"); // 400,000 × 0.0000166667
    assert_eq!(
        bill.problems[0].to_string(),
        "the price of aws.lambda, Duration, Arm, in `eu-west-1` is not known",
    );
    let covered = [function(&catalog, "b", "eu-west-1", 300_000.0, 1.0)];
    assert!(super::bill(&catalog, &covered, &Terms::default(), false).is_complete());
}

#[test]
fn bad_numbers_are_problems() {
    #[track_caller]
    fn check(ingested: f64, expected: &str) {
        let catalog = sample();
        let consumers = [logs(&catalog, "a", &[("ingested", ingested)])];
        let bill = bill(&catalog, &consumers, &Terms::default(), true);
        let problems: Vec<_> = bill.problems.iter().map(ToString::to_string).collect();
        assert!(problems.concat().contains(expected), "{problems:?}");
        adds_up(&bill);
    }
    check(f64::NAN, "stands for no finite number");
    check(f64::INFINITY, "stands for no finite number");
    check(-1.0, "comes to -1,");
    check(1e30, "which cannot be billed");
    check(-1e-9, "");
}

#[test]
fn what_is_too_large_is_a_problem() {
    let mut catalog = sample();
    let id = FigureId("aws.logs/in.2".to_owned());
    catalog.with_override(&id, 1e20).unwrap();
    let consumers = [
        logs(&catalog, "a", &[("ingested", 1e18)]),
        logs(&catalog, "b", &[("ingested", 1.0), ("transfer", 0.1)]),
    ];
    let bill = bill(&catalog, &consumers, &Terms::default(), true);
    assert!(
        matches!(bill.problems.as_slice(), [BillProblem::Overflow { .. }]),
        "{bill:?}"
    );
    adds_up(&bill);
}

#[test]
fn missing_terms_and_unknown_keys_are_problems() {
    let catalog = sample();
    let mut consumer = logs(&catalog, "a", &[]);
    consumer.usage.remove("stored");
    let mut terms = Terms::default();
    for key in ["aws.logs/in", "aws.logs/x", "aws.x/in", "aws/free.x", "x"] {
        terms.already_used.insert(FigureId(key.to_owned()), 1.0);
    }
    let consumers = [consumer];
    let bill = bill(&catalog, &consumers, &terms, true);
    let problems: Vec<_> = bill.problems.iter().map(ToString::to_string).collect();
    assert!(
        problems[0].contains("nothing is known by the name `stored`"),
        "{problems:?}"
    );
    assert_eq!(problems.len(), 5);
    assert_eq!(bill.lines, []);
}

#[test]
fn companions_cause_what_they_say() {
    let catalog = sample();
    let function = &catalog.services["aws.lambda"];
    let target = &catalog.services["aws.logs"];
    let payload = Quantity::Mixture(vec![(1.0, 1.0), (1.0, 3.0)]);
    let mut own = usage(&[("requests", 2e6), ("log", 1.5)]);
    own.insert("payload".to_owned(), payload.clone());
    let caused = companion_usage(&function.companions[0], target, &own)
        .unwrap()
        .unwrap();
    assert_eq!(caused["ingested"], Quantity::Number(3.0));
    assert_eq!(caused["payload"], payload); // a bare name keeps its spread
    assert_eq!(caused["stored"], Quantity::Number(0.0));
    assert!(!caused.contains_key("hours"));
    own.insert("log".to_owned(), Quantity::Number(0.0));
    assert_eq!(
        companion_usage(&function.companions[0], target, &own),
        Ok(None)
    );
}

#[test]
fn many_small_shares_add_up() {
    let catalog = sample();
    let names: Vec<_> = (1..=97).map(|i| format!("node-{i}")).collect();
    let consumers: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let n = (i + 1) as f64;
            logs(
                &catalog,
                name,
                &[
                    ("ingested", n / 7.0),
                    ("transfer", n.sqrt()),
                    ("requests", 1e6 / n),
                ],
            )
        })
        .collect();
    adds_up(&bill(&catalog, &consumers, &Terms::default(), false));
}

#[test]
fn a_fee_is_paid_once_whoever_uses_it() {
    let catalog = sample();
    let names = ["a", "b", "c"];
    let consumers: Vec<_> = names
        .iter()
        .map(|name| logs(&catalog, name, &[("items", 1.0)]))
        .collect();
    let bill = bill(&catalog, &consumers, &Terms::default(), true);
    let fee = line(&bill, "fee", "us-east-1");
    assert_eq!((fee.quantity, fee.exact), (1.0, money("25")));
    assert_eq!(fee.shares.len(), 3);
    adds_up(&bill);
}

#[test]
fn what_an_allowance_leaves_is_rounded_up() {
    #[track_caller]
    fn check(used: f64, billed: f64) {
        let catalog = sample();
        let consumers = [logs(&catalog, "a", &[("users", used)])];
        let bill = bill(&catalog, &consumers, &Terms::default(), false);
        assert_eq!(line(&bill, "packs", "us-east-1").billed, billed);
        adds_up(&bill);
    }
    check(400_000.0, 0.0);
    check(400_001.0, 1e6);
    check(11_059_200.0, 11e6); // 10,659,200 are left, not 11,600,000
}

#[test]
fn credits_pay_first_and_what_they_leave_is_shared() {
    #[track_caller]
    fn check(free_tier: FreeTier, raw: f64, due: &str, credit: &str) {
        let catalog = sample();
        let mut consumer = logs(&catalog, "a", &[("users", 1_400_000.0)]);
        consumer.units.insert("raw".to_owned(), raw);
        let consumers = [consumer];
        let bill = bill(&catalog, &consumers, &terms(free_tier), true);
        let credits: Decimal = bill.lines.iter().map(|line| line.credit).sum();
        assert_eq!((bill.exact_total(), credits), (money(due), money(credit)));
        adds_up(&bill);
    }
    // One pack of 1,000,000 for $12.50, and things for a dollar each.
    check(FreeTier::AlwaysOnly, 0.0, "2.5", "10");
    check(FreeTier::AlwaysOnly, 7.5, "10", "10");
    check(FreeTier::None, 7.5, "32.5", "0"); // two packs without the allowance
}

#[test]
fn given_units_replace_the_formula() {
    let catalog = sample();
    let mut consumer = logs(&catalog, "a", &[("stored", 5.0)]);
    consumer.units.insert("held".to_owned(), 200.0);
    let consumers = [consumer];
    let bill = bill(&catalog, &consumers, &terms(FreeTier::None), true);
    let held = line(&bill, "held", "us-east-1");
    assert_eq!(held.exact, money("6"));
    assert_eq!(
        held.shares[0].formula.as_deref(),
        Some("200 GB-month as given")
    );
}

#[test]
fn commitments_cover_a_share_of_the_use() {
    let catalog = sample();
    let consumers = [logs(&catalog, "a", &[("ingested", 10.0)])];
    let exact = |plan: &str, coverage: f64, agreed: f64| {
        let mut terms = Terms::default();
        let promise = Promise {
            commitment: plan.to_owned(),
            coverage,
        };
        terms.commitments.insert("aws.logs".to_owned(), promise);
        terms.discount.insert("aws".to_owned(), agreed);
        let bill = bill(&catalog, &consumers, &terms, true);
        (bill.lines[0].exact, bill.problems.len())
    };
    assert_eq!(exact("plan-1y", 1.0, 0.0), (money("4"), 0)); // 5 × 0.8
    assert_eq!(exact("plan-1y", 0.5, 0.0), (money("4.5"), 0));
    assert_eq!(exact("plan-1y", 1.0, 0.1), (money("3.6"), 0)); // 5 × 0.8 × 0.9
    assert_eq!(exact("plan-3y", 1.0, 0.0), (money("5"), 1));
    assert_eq!(exact("plan-1y", 1.5, 0.0), (money("5"), 1));
}

#[test]
fn a_line_carries_the_grade_of_what_its_formula_assumes() {
    let mut catalog = sample();
    let logs_service = catalog.services.get_mut("aws.logs").unwrap();
    let meter = logs_service
        .meters
        .iter_mut()
        .find(|m| m.id == "raw")
        .unwrap();
    meter.quantity = "requests * each".parse().unwrap();
    let guess = Sourced::from((3.0, "pricing".to_owned(), Grade::M));
    meter.assumes.insert("each".to_owned(), guess);
    let mut consumer = logs(&catalog, "a", &[("requests", 4.0)]);
    let computed = bill(&catalog, &[consumer.clone()], &terms(FreeTier::None), true);
    let raw = line(&computed, "raw", "us-east-1");
    assert_eq!((raw.exact, raw.grade), (money("12"), Some(Grade::M)));
    assert_eq!(
        raw.shares[0].formula.as_deref(),
        Some("requests 4 × each 3")
    );
    // Units that are known rest on no assumption.
    consumer.units.insert("raw".to_owned(), 4.0);
    let given = bill(&catalog, &[consumer], &terms(FreeTier::None), true);
    assert_eq!(line(&given, "raw", "us-east-1").grade, Some(Grade::A));
}
