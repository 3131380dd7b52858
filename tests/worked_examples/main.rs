//! Bills that providers and others have worked out, to the cent.
//!
//! Each row transcribes one example: what is used, what the account has free,
//! how its author rounds, and the total printed. The bill must come to it.
//! Usage that a page states in other units (units of 128 MB-seconds, billions
//! of byte-hours) is converted in a comment beside it.
//!
//! Rows lie in one file per provider. Here is what turns a row into a bill;
//! [`incidents`] holds bills that people were sent, [`break_evens`] where one
//! way of paying becomes dearer than another.
#![expect(clippy::panic, reason = "a test stops where it fails")]

mod aws;
mod azure;
mod break_evens;
mod cloudflare;
mod databases;
mod google;
mod incidents;
mod vercel;

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::{Decimal, RoundingStrategy};

use nephoscope::catalog::billing::{Bill, BillLine, Consumer, FreeTier, Promise, Terms, bill};
use nephoscope::catalog::{AllowancePeriod, Catalog, FigureId, RegionId, Service, vocabulary};
use nephoscope::expression::Quantity;

/// How an author comes from lines to a total.
#[derive(Clone, Copy, Debug)]
enum Rounding {
    /// Each line half-up to cents, as AWS bills.
    Cents,
    /// Each line to tenths of a dollar.
    Tenths,
    /// Each line to whole dollars.
    Dollars,
    /// Only the sum, to so many places.
    Sum(u32),
    /// What has a daily allowance by the day, to cents, times the days; all
    /// else to cents. So does Firestore.
    CentsADay,
    /// Compute and the credit that pays for it to whole dollars, all else to
    /// cents. So does Supabase.
    DollarsOfCompute,
}

/// Who worked the example out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Author {
    /// The provider, perhaps restated by others.
    Provider,
    /// Somebody else: not official.
    Other,
}

/// What holds for the account.
#[derive(Clone, Copy)]
struct Account {
    free_tier: FreeTier,
    /// Hours in the page's month; none where nothing is billed by the hour.
    hours: Option<f64>,
    /// Allowances used up elsewhere, as `aws/free.name`, or units of a meter.
    used_up: &'static [(&'static str, f64)],
    /// Service, commitment and the share that it covers.
    commitments: &'static [(&'static str, &'static str, f64)],
    /// Prices that the page states where the catalog has others, by the full
    /// id of the figure.
    prices: &'static [(&'static str, f64)],
    /// Free quantities that the page states where the catalog has others.
    allowances: &'static [(&'static str, f64)],
}

/// Nothing is free, list prices of today.
const PLAIN: Account = Account {
    free_tier: FreeTier::None,
    hours: None,
    used_up: &[],
    commitments: &[],
    prices: &[],
    allowances: &[],
};

/// With what every account has free for good.
const FREE: Account = Account {
    free_tier: FreeTier::AlwaysOnly,
    ..PLAIN
};

const fn month_of(hours: f64) -> Account {
    Account {
        hours: Some(hours),
        ..PLAIN
    }
}

const fn free_month_of(hours: f64) -> Account {
    Account {
        hours: Some(hours),
        ..FREE
    }
}

/// Services, each with its usage in a month; terms left out are 0.
///
/// A service may name a region (`gcp.firestore@nam5`), else it is used in its
/// provider's default. A key is a term of the vocabulary or, where no formula
/// uses such a term, a meter whose units are given.
type Uses = &'static [(&'static str, &'static [(&'static str, f64)])];

#[derive(Clone, Copy)]
struct Example {
    id: &'static str,
    /// Page and the time it speaks of.
    page: (&'static str, &'static str),
    author: Author,
    uses: Uses,
    account: Account,
    rounding: Rounding,
    /// Meters that the page speaks of; all where empty.
    meters: &'static [&'static str],
    /// The published total; of its covered lines where `without` says so. [USD]
    total: &'static str,
    /// Printed on the page but not part of `total`.
    without: &'static str,
}

/// What most examples have in common.
const EXAMPLE: Example = Example {
    id: "",
    page: ("", ""),
    author: Author::Provider,
    uses: &[],
    account: PLAIN,
    rounding: Rounding::Cents,
    meters: &[],
    total: "",
    without: "",
};

/// An example that is not official.
const OTHERS: Example = Example {
    author: Author::Other,
    ..EXAMPLE
};

/// One provider's examples, those left out with the reason, and the ids of all
/// that are official.
struct Collection {
    examples: &'static [Example],
    left_out: &'static [(&'static str, &'static str)],
    official: &'static [&'static str],
}

macro_rules! collections {
    ($($module:ident),+ $(,)?) => {
        &[$(Collection {
            examples: $module::EXAMPLES,
            left_out: $module::LEFT_OUT,
            official: $module::OFFICIAL,
        }),+]
    };
}

const COLLECTIONS: &[Collection] = collections![aws, azure, google, cloudflare, vercel, databases];

fn examples() -> impl Iterator<Item = &'static Example> {
    COLLECTIONS
        .iter()
        .flat_map(|collection| collection.examples)
}

/// The catalog as the page has it.
fn catalog_of(account: &Account) -> Catalog {
    let embedded = Catalog::embedded().unwrap_or_else(|error| panic!("{error}"));
    let mut catalog = embedded.clone();
    for (price, usd) in account.prices {
        catalog
            .with_override(&FigureId((*price).to_owned()), *usd)
            .unwrap_or_else(|error| panic!("{error}"));
    }
    for (allowance, units) in account.allowances {
        catalog
            .with_allowance(&FigureId((*allowance).to_owned()), *units)
            .unwrap_or_else(|error| panic!("{error}"));
    }
    catalog
}

fn terms(account: &Account) -> Terms {
    let id = |(key, value): &(&str, f64)| (FigureId((*key).to_owned()), *value);
    let promise = |(service, commitment, coverage): &(&str, &str, f64)| {
        let promise = Promise {
            commitment: (*commitment).to_owned(),
            coverage: *coverage,
        };
        ((*service).to_owned(), promise)
    };
    Terms {
        free_tier: account.free_tier,
        hours_per_month: account.hours,
        already_used: account.used_up.iter().map(id).collect(),
        discount: BTreeMap::new(),
        commitments: account.commitments.iter().map(promise).collect(),
    }
}

/// Who uses a service; `place` is its id, with a region or without.
fn consumer<'a>(
    catalog: &'a Catalog,
    owner: String,
    place: &str,
    given: &[(&str, f64)],
) -> Consumer<'a> {
    let (id, region) = match place.split_once('@') {
        Some((id, region)) => (id, Some(RegionId::from(region))),
        None => (place, None),
    };
    let service = catalog
        .services
        .get(id)
        .unwrap_or_else(|| panic!("{owner}: there is no {id}"));
    let provider = &catalog.providers[&service.id.provider()];
    let region = region.unwrap_or_else(|| provider.default_region.clone());
    assert!(
        provider.regions.contains_key(&region),
        "{owner}: {place} is nowhere"
    );
    // All terms that are not given are 0; hours are the month's.
    let mut usage: BTreeMap<String, Quantity> = vocabulary::COMMON
        .iter()
        .chain(vocabulary::of(service.archetype))
        .filter(|term| term.name != "hours")
        .map(|term| (term.name.to_owned(), Quantity::Number(0.0)))
        .collect();
    let mut units = BTreeMap::new();
    for (key, value) in given {
        let meter = service.meters.iter().any(|meter| meter.id == *key);
        let term = vocabulary::find(service.archetype, key).is_some();
        if term && (!meter || speaks_of(service, key)) {
            usage.insert((*key).to_owned(), Quantity::Number(*value));
        } else {
            assert!(meter, "{owner}: {id} has no term or meter `{key}`");
            units.insert((*key).to_owned(), *value);
        }
    }
    Consumer {
        owner,
        service,
        region,
        usage,
        units,
    }
}

/// Whether a formula of the service mentions a word.
fn speaks_of(service: &Service, word: &str) -> bool {
    let meters = service.meters.iter();
    let companions = service.companions.iter();
    meters
        .flat_map(|meter| std::iter::once(&meter.quantity).chain(&meter.when))
        .chain(companions.flat_map(|c| c.usage.values().chain(&c.when)))
        .any(|formula| formula.names().any(|name| name == word))
}

/// The bill of some usage; everything in it must have a price.
fn bill_of(catalog: &Catalog, account: &Account, uses: &[(&str, &[(&str, f64)])]) -> Bill {
    let consumers: Vec<Consumer> = uses
        .iter()
        .enumerate()
        .map(|(number, (place, given))| consumer(catalog, format!("part-{number}"), place, given))
        .collect();
    let bill = bill(catalog, &consumers, &terms(account), true);
    assert!(bill.is_complete(), "{uses:?}: {:?}", bill.problems);
    let shares: Decimal = bill.by_owner().values().sum();
    assert_eq!(shares, bill.exact_total(), "{uses:?}");
    bill
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// The total as the author rounds it.
fn total(catalog: &Catalog, bill: &Bill, example: &Example) -> Decimal {
    let half_up = |amount: Decimal, places| {
        amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
    };
    let lines = || {
        let spoken_of = |line: &&BillLine| {
            example.meters.is_empty() || example.meters.contains(&line.meter.as_str())
        };
        bill.lines.iter().filter(spoken_of)
    };
    match example.rounding {
        Rounding::Cents => lines().map(|line| line.rounded).sum(),
        Rounding::Tenths => lines().map(|line| half_up(line.exact, 1)).sum(),
        Rounding::Dollars => lines().map(|line| half_up(line.exact, 0)).sum(),
        Rounding::Sum(places) => half_up(lines().map(|line| line.exact).sum(), places),
        Rounding::CentsADay => {
            let hours = example.account.hours.map(|hours| hours / 24.0);
            let days = number(&hours.unwrap_or(30.0).to_string());
            lines()
                .map(|line| match is_daily(catalog, line) {
                    true => half_up(line.exact / days, 2) * days,
                    false => line.rounded,
                })
                .sum()
        }
        Rounding::DollarsOfCompute => {
            let (compute, others): (Vec<_>, Vec<_>) = lines().partition(|l| l.meter == "compute");
            let due = compute.iter().map(|l| half_up(l.exact + l.credit, 0));
            let credit = half_up(compute.iter().map(|l| l.credit).sum(), 0);
            let others: Decimal = others.iter().map(|l| l.rounded).sum();
            due.sum::<Decimal>() - credit + others
        }
    }
}

/// Whether a line has an allowance that renews every day.
fn is_daily(catalog: &Catalog, line: &BillLine) -> bool {
    let meters = &catalog.services[&line.service].meters;
    let allowances = &catalog.providers[&line.service.provider()].allowances;
    meters
        .iter()
        .find(|meter| meter.id == line.meter)
        .and_then(|meter| allowances.get(meter.free.as_ref()?))
        .is_some_and(|allowance| allowance.period == AllowancePeriod::Day)
}

#[test]
fn bills_come_to_the_published_totals() {
    let wrong: Vec<String> = examples().filter_map(difference).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with the bill of an example, if anything is.
fn difference(example: &Example) -> Option<String> {
    let catalog = catalog_of(&example.account);
    let bill = bill_of(&catalog, &example.account, example.uses);
    let total = total(&catalog, &bill, example);
    if total == number(example.total) {
        return None;
    }
    let mut text = format!(
        "{} ({}, {}) is {total} by {:?}, published {}:\n",
        example.id, example.page.0, example.page.1, example.rounding, example.total
    );
    for line in &bill.lines {
        let formula = line.formula.as_deref().unwrap_or_default();
        text.push_str(&format!("  {}: {formula}\n", line.meter));
    }
    Some(text)
}

#[test]
fn every_official_example_is_covered_or_left_out_for_a_reason() {
    let mut listed = BTreeSet::new();
    for collection in COLLECTIONS {
        let (official, others): (Vec<&Example>, Vec<_>) = collection
            .examples
            .iter()
            .partition(|example| example.author == Author::Provider);
        let left_out = collection.left_out.iter().map(|(id, _)| *id);
        let names = BTreeSet::from_iter(collection.official.iter().copied());
        let kept = official.iter().map(|example| example.id);
        let missed = left_out.clone().filter(|id| names.contains(id));
        assert_eq!(kept.chain(missed).collect::<BTreeSet<_>>(), names);
        for other in others {
            assert!(!names.contains(other.id), "{} is official", other.id);
        }
        for id in collection.examples.iter().map(|e| e.id).chain(left_out) {
            assert!(listed.insert(id), "{id} is listed twice");
        }
        for (id, reason) in collection.left_out {
            assert!(!reason.is_empty(), "{id}");
        }
    }
}

#[test]
fn what_is_not_covered_of_an_example_is_said() {
    let partly: Vec<&str> = examples()
        .filter(|example| !example.without.is_empty())
        .map(|example| example.id)
        .collect();
    assert_eq!(
        partly,
        [
            "ddb-ondemand-gaming-2023",
            "gap-firehose",
            "qm-dynamodb-2024",
            "ic-ddb-provisioned",
            "ic-dto-tokyo",
            "bigtable-ondemand",
            "bigtable-cud1",
            "bigtable-cud3",
        ]
    );
    for example in examples().filter(|e| !e.without.is_empty()) {
        assert!(example.without.starts_with("of "), "{}", example.id);
    }
}

#[test]
fn every_example_says_where_it_is_from() {
    for example in examples() {
        let (page, time) = example.page;
        assert!(!page.is_empty() && !time.is_empty(), "{}", example.id);
    }
}
