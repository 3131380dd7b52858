//! Tiers, amounts, and who pays which part of them.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::amount::{apportion, decimal, number, settle, to_cents};
use super::collect::{MeterUse, Part};
use super::{BillLine, BillProblem, Share, Terms, TierUse};
use crate::catalog::{FigureId, ProviderId, RegionId, Tier};
use crate::expression::{number_text, with_commas};

/// The lines of a bill.
pub(super) fn lines(
    terms: &Terms,
    uses: &[MeterUse],
    trace: bool,
    problems: &mut Vec<BillProblem>,
) -> Vec<BillLine> {
    for (key, value) in &terms.discount {
        if !(0.0..=1.0).contains(value) {
            let (key, value) = (key.clone(), *value);
            problems.push(BillProblem::Discount { key, value });
        }
    }
    let spans = spans(uses);
    let mut lines = Vec::new();
    for used in uses.iter().filter(|used| !used.consumers.is_empty()) {
        let span = spans.get(&pool(used)).copied().unwrap_or_default();
        match line(terms, used, span, trace) {
            Ok(line) => lines.push(line),
            Err(problem) => problems.push(*problem),
        }
    }
    lines
}

/// Where tiers add up: a pool, or a service and its meter; and the region.
type Pool<'a> = (ProviderId, &'a str, &'a str, &'a RegionId);

fn pool<'a>(used: &'a MeterUse) -> Pool<'a> {
    let provider = used.service.id.provider();
    match &used.meter.pool {
        Some(pool) => (provider, "", pool, &used.region),
        None => (
            provider,
            used.service.id.as_str(),
            &used.meter.id,
            &used.region,
        ),
    }
}

/// The stretch of the tiers' scale that a pool takes up this month.
#[derive(Clone, Copy, Default)]
struct Span {
    /// Units used before: besides this design, and those that are free, which
    /// take up the lowest tier.
    start: Decimal,
    /// Units billed here.
    length: Decimal,
}

fn spans<'a>(uses: &'a [MeterUse]) -> BTreeMap<Pool<'a>, Span> {
    let mut spans: BTreeMap<Pool, Span> = BTreeMap::new();
    for used in uses {
        let span = spans.entry(pool(used)).or_default();
        span.start = span
            .start
            .saturating_add(used.before)
            .saturating_add(used.free);
        span.length = span.length.saturating_add(used.billed());
    }
    spans
}

fn line(
    terms: &Terms,
    used: &MeterUse,
    span: Span,
    trace: bool,
) -> Result<BillLine, Box<BillProblem>> {
    let tiers = tiers(used, span)?;
    let discount = discount(terms, used);
    let exact = amount(&tiers, discount).ok_or_else(|| overflow(used))?;
    let mut line = BillLine {
        service: used.service.id.clone(),
        meter: used.meter.id.clone(),
        name: used.meter.name.clone(),
        unit: used.meter.unit.clone(),
        region: used.region.clone(),
        quantity: number(used.sum),
        free: number(used.free),
        billed: number(used.billed()),
        tiers: tiers.iter().map(|(_, tier)| tier.clone()).collect(),
        discount,
        exact,
        rounded: to_cents(exact),
        formula: None,
        figures: BTreeSet::new(),
        sources: BTreeSet::new(),
        grade: None,
        shares: shares(exact, &used.consumers),
    };
    rest_on(&mut line, used, &tiers);
    line.formula = trace.then(|| formula(&line));
    Ok(line)
}

/// Cuts the billed units at the edges of the tiers that their pool reaches.
fn tiers<'a>(
    used: &MeterUse<'a>,
    span: Span,
) -> Result<Vec<(&'a Tier, TierUse)>, Box<BillProblem>> {
    let billed = used.billed();
    if billed.is_zero() {
        return Ok(Vec::new());
    }
    let prices = &used.meter.prices;
    let tiers = prices
        .get(&used.region)
        .or_else(|| prices.get("*"))
        .filter(|tiers| !tiers.is_empty())
        .ok_or_else(|| missing(used))?;
    let overlaps = overlaps(tiers, span).ok_or_else(|| overflow(used))?;
    let quantities = if span.length == billed {
        overlaps
    } else {
        apportion(billed, &overlaps)
    };
    tiers
        .iter()
        .zip(quantities)
        .filter(|(_, quantity)| !quantity.is_zero())
        .map(|(tier, quantity)| Some((tier, tier_use(tier, used.meter.per, quantity)?)))
        .collect::<Option<_>>()
        .ok_or_else(|| overflow(used))
}

/// The units of a span in each tier; the last tier is open.
fn overlaps(tiers: &[Tier], span: Span) -> Option<Vec<Decimal>> {
    let end = span.start.checked_add(span.length)?;
    let mut below = Decimal::ZERO;
    let last = tiers.len().saturating_sub(1);
    let overlap = |(index, tier): (usize, &Tier)| {
        let edge = match tier.up_to {
            Some(edge) if index < last => decimal(edge)?,
            _ => Decimal::MAX,
        };
        let units = edge.min(end) - below.max(span.start);
        below = edge;
        Some(units.max(Decimal::ZERO))
    };
    tiers.iter().enumerate().map(overlap).collect()
}

fn tier_use(tier: &Tier, per: f64, quantity: Decimal) -> Option<TierUse> {
    let usd = tier.usd.value.0;
    let exact = quantity.checked_mul(usd)?.checked_div(decimal(per)?)?;
    Some(TierUse {
        figure: tier.usd.id.clone(),
        usd,
        per,
        quantity: number(quantity),
        exact,
    })
}

/// The discount that holds; one that is no share was reported and is ignored.
fn discount(terms: &Terms, used: &MeterUse) -> f64 {
    let provider = used.service.id.provider();
    let of = |key: &str| terms.discount.get(key).copied();
    of(used.service.id.as_str())
        .or_else(|| of(provider.as_str()))
        .filter(|share| (0.0..=1.0).contains(share))
        .unwrap_or(0.0)
}

fn amount(tiers: &[(&Tier, TierUse)], discount: f64) -> Option<Decimal> {
    let paid = Decimal::ONE.checked_sub(decimal(discount)?)?;
    let sum = tiers
        .iter()
        .try_fold(Decimal::ZERO, |sum, (_, tier)| sum.checked_add(tier.exact))?;
    sum.checked_mul(paid).map(settle)
}

fn shares(exact: Decimal, consumers: &[Part]) -> Vec<Share> {
    let weights: Vec<_> = consumers.iter().map(|part| part.quantity).collect();
    consumers
        .iter()
        .zip(apportion(exact, &weights))
        .map(|(part, exact)| Share {
            owner: part.owner.to_owned(),
            quantity: number(part.quantity),
            exact,
            formula: part.formula.clone(),
        })
        .collect()
}

/// Records the figures that a line rests on.
fn rest_on(line: &mut BillLine, used: &MeterUse, tiers: &[(&Tier, TierUse)]) {
    let prices = tiers.iter().map(|(tier, _)| {
        let usd = &tier.usd;
        (&usd.id, &usd.source, usd.grade)
    });
    let allowance = used
        .allowance
        .map(|free| (&free.id, &free.source, free.grade));
    for (id, source, grade) in prices.chain(allowance) {
        line.figures.insert(FigureId::clone(id));
        line.sources.insert(String::clone(source));
        line.grade = line.grade.max(Some(grade));
    }
}

/// `600,000 GB-s − 400,000 free = 200,000: 200,000 × $0.0000166667 = $3.33334`.
fn formula(line: &BillLine) -> String {
    let mut text = format!("{} {}", number_text(line.quantity), line.unit);
    if line.free > 0.0 {
        text.push_str(&format!(" − {} free", number_text(line.free)));
    }
    if line.billed != line.quantity {
        text.push_str(&format!(" = {}", number_text(line.billed)));
    }
    for (index, tier) in line.tiers.iter().enumerate() {
        let (sign, units) = (
            if index == 0 { ": " } else { " + " },
            number_text(tier.quantity),
        );
        text.push_str(&format!("{sign}{units} × ${}", tier.usd.normalize()));
        if tier.per != 1.0 {
            text.push_str(&format!(" ÷ {}", number_text(tier.per)));
        }
    }
    if line.discount > 0.0 {
        text.push_str(&format!(", less {} %", number_text(line.discount * 100.0)));
    }
    // Enough digits to follow; the exact amount stands beside the formula.
    let shown = line.exact.round_sf(9).unwrap_or(line.exact).normalize();
    text.push_str(&format!(" = ${}", with_commas(&shown.to_string())));
    text
}

fn missing(used: &MeterUse) -> Box<BillProblem> {
    Box::new(BillProblem::MissingPrice {
        service: used.service.id.clone(),
        meter: used.meter.id.clone(),
        name: used.meter.name.clone(),
        region: used.region.clone(),
        quantity: number(used.billed()),
        owners: used
            .consumers
            .iter()
            .map(|part| part.owner.to_owned())
            .collect(),
    })
}

fn overflow(used: &MeterUse) -> Box<BillProblem> {
    Box::new(used.overflow())
}
