//! Tiers, amounts, and who pays which part of them.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::amount::{apportion, decimal, number, settle, to_cents};
use super::collect::{MeterUse, Part};
use super::{BillLine, BillProblem, Share, Terms, TierUse};
use crate::catalog::{
    Catalog, Commitment, FigureId, Grade, ProviderId, RegionId, Sourced, Tier, Usd,
};
use crate::expression::{number_text, with_commas};

/// A line on its way: priced, not yet shared.
pub(super) struct Priced<'a> {
    used: &'a MeterUse<'a>,
    pub line: BillLine,
    /// The commitment in force and the share of the use that it covers.
    promise: Option<(&'a Commitment, f64)>,
}

impl Priced<'_> {
    /// The credit that pays for this line first, with its provider.
    pub(super) fn credit_key(&self) -> Option<(ProviderId, String)> {
        let credit = self.used.meter.credit.clone()?;
        Some((self.used.service.id.provider(), credit))
    }

    /// Lets a credit pay a part.
    pub(super) fn pay(&mut self, part: Decimal, credit: &Sourced<Usd>) {
        if part.is_zero() {
            return;
        }
        let line = &mut self.line;
        line.credit = part;
        line.exact = settle(line.exact - part);
        line.rounded = to_cents(line.exact);
        rest_on_figure(line, &credit.id, &credit.source, credit.grade);
    }

    /// Shares the line back to its consumers and writes its formula.
    pub(super) fn finish(mut self, trace: bool) -> BillLine {
        self.line.shares = shares(self.line.exact, &self.used.consumers);
        self.line.formula = trace.then(|| formula(&self));
        self.line
    }
}

/// Reports discounts and commitments that mean nothing.
pub(super) fn check_terms(catalog: &Catalog, terms: &Terms, problems: &mut Vec<BillProblem>) {
    for (key, value) in &terms.discount {
        if !(0.0..=1.0).contains(value) {
            let (key, value) = (key.clone(), *value);
            problems.push(BillProblem::Discount { key, value });
        }
    }
    for (key, promise) in &terms.commitments {
        let reason = match catalog.services.get(key.as_str()) {
            None => "there is no such service",
            Some(service) if !service.commitments.contains_key(&promise.commitment) => {
                "the service does not offer it"
            }
            Some(_) if !(0.0..=1.0).contains(&promise.coverage) => {
                "its coverage is no share from 0 to 1"
            }
            Some(_) => continue,
        };
        problems.push(BillProblem::Commitment {
            key: key.clone(),
            commitment: promise.commitment.clone(),
            reason,
        });
    }
}

/// The lines of a bill.
pub(super) fn lines<'a>(
    terms: &Terms,
    uses: &'a [MeterUse<'a>],
    problems: &mut Vec<BillProblem>,
) -> Vec<Priced<'a>> {
    let spans = spans(uses);
    let mut lines = Vec::new();
    for used in uses.iter().filter(|used| !used.consumers.is_empty()) {
        let span = spans.get(&pool(used)).copied().unwrap_or_default();
        match line(terms, used, span) {
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

fn line<'a>(
    terms: &Terms,
    used: &'a MeterUse<'a>,
    span: Span,
) -> Result<Priced<'a>, Box<BillProblem>> {
    let tiers = tiers(used, span)?;
    let promise = promise(terms, used);
    let paid = paid(terms, used, promise).ok_or_else(|| overflow(used))?;
    let exact = amount(&tiers, paid).ok_or_else(|| overflow(used))?;
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
        discount: number(Decimal::ONE - paid),
        credit: Decimal::ZERO,
        exact,
        rounded: to_cents(exact),
        formula: None,
        figures: BTreeSet::new(),
        sources: BTreeSet::new(),
        grade: None,
        shares: Vec::new(),
    };
    for (tier, _) in &tiers {
        let usd = &tier.usd;
        rest_on_figure(&mut line, &usd.id, &usd.source, usd.grade);
    }
    for figure in used.meter.assumes.values().filter(|_| used.by_formula) {
        rest_on_figure(&mut line, &figure.id, &figure.source, figure.grade);
    }
    if let Some(free) = used.allowance {
        rest_on_figure(&mut line, &free.id, &free.source, free.grade);
    }
    if let Some((commitment, _)) = promise {
        let share = &commitment.discount;
        rest_on_figure(&mut line, &share.id, &share.source, share.grade);
    }
    Ok(Priced {
        used,
        line,
        promise,
    })
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

/// The commitment that holds for a meter, with the share of the use covered;
/// one that means nothing was reported and is ignored.
fn promise<'a>(terms: &Terms, used: &MeterUse<'a>) -> Option<(&'a Commitment, f64)> {
    let promise = terms.commitments.get(used.service.id.as_str())?;
    let commitment = used.service.commitments.get(&promise.commitment)?;
    let holds = commitment.meters.contains(&used.meter.id)
        && (0.0..=1.0).contains(&promise.coverage)
        && promise.coverage > 0.0;
    holds.then_some((commitment, promise.coverage))
}

/// Share of the list price that is paid. A discount that is no share was
/// reported and is ignored; it applies to what a commitment leaves.
fn paid(terms: &Terms, used: &MeterUse, promise: Option<(&Commitment, f64)>) -> Option<Decimal> {
    let provider = used.service.id.provider();
    let of = |key: &str| terms.discount.get(key).copied();
    let agreed = of(used.service.id.as_str())
        .or_else(|| of(provider.as_str()))
        .filter(|share| (0.0..=1.0).contains(share))
        .unwrap_or(0.0);
    let after_discount = Decimal::ONE - decimal(agreed)?;
    let Some((commitment, coverage)) = promise else {
        return Some(after_discount);
    };
    let covered = decimal(coverage)?.checked_mul(decimal(commitment.discount.value)?)?;
    after_discount.checked_mul(Decimal::ONE - covered)
}

fn amount(tiers: &[(&Tier, TierUse)], paid: Decimal) -> Option<Decimal> {
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

/// Records a figure that a line rests on.
fn rest_on_figure(line: &mut BillLine, id: &FigureId, source: &str, grade: Grade) {
    line.figures.insert(id.clone());
    line.sources.insert(source.to_owned());
    line.grade = line.grade.max(Some(grade));
}

/// `600,000 GB-s − 400,000 free = 200,000: 200,000 × $0.0000166667 = $3.33334`.
fn formula(priced: &Priced<'_>) -> String {
    let line = &priced.line;
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
        let percent = (line.discount * 1e8).round() / 1e6;
        text.push_str(&format!(", less {} %", number_text(percent)));
    }
    if let Some((commitment, coverage)) = priced.promise {
        text.push_str(&format!(" ({}", commitment.name));
        if coverage < 1.0 {
            text.push_str(&format!(" on {} %", number_text(coverage * 100.0)));
        }
        text.push(')');
    }
    if !line.credit.is_zero() {
        let credit = line.credit.round_sf(9).unwrap_or(line.credit);
        text.push_str(&format!(", less ${} credit", credit.normalize()));
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
