//! Allowances: what is free, for the account over all its regions.
//!
//! An allowance that several meters draw on is shared in proportion to use.
//! Usage that the account has besides eats it first.
//!
//! A daily allowance is lost where a day does not use it. Of a bill only the
//! month is known, so each day is taken to be like the others: at most the
//! allowance times the days of the month is free, a lower bound of the bill.
//! Where the days are known, [`billed_after_daily_allowance`] is exact.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::amount::{apportion, decimal};
use super::collect::{MeterUse, hours};
use super::{FreeTier, Terms};
use crate::catalog::{Allowance, AllowanceKind, AllowancePeriod, Catalog, FigureId, ProviderId};

/// Units that are billed when a free quantity renews every day.
///
/// Negative days count as none.
pub fn billed_after_daily_allowance(daily: &[f64], allowance: f64) -> f64 {
    daily.iter().map(|day| (day - allowance).max(0.0)).sum()
}

/// Fills in what is free.
pub(super) fn take_off_allowances<'a>(
    catalog: &'a Catalog,
    terms: &Terms,
    uses: &mut [MeterUse<'a>],
) {
    let mut shared: BTreeSet<(ProviderId, &'a str)> = BTreeSet::new();
    for used in uses.iter() {
        if let Some(name) = &used.meter.free {
            shared.insert((used.service.id.provider(), name));
        }
    }
    let sizes: BTreeMap<_, _> = shared
        .iter()
        .filter_map(|(provider, name)| {
            let allowance = catalog.providers.get(provider)?.allowances.get(*name)?;
            let size = size(allowance, terms, hours(catalog, terms, provider))?;
            Some(((provider, *name), (allowance, size)))
        })
        .collect();
    for ((provider, name), (allowance, size)) in sizes {
        let direct = FigureId(format!("{provider}/free.{name}"));
        let direct = terms.already_used.get(&direct).copied().unwrap_or(0.0);
        let drawing: Vec<_> = uses
            .iter_mut()
            .filter(|used| {
                used.meter.free.as_deref() == Some(name) && used.service.id.provider() == *provider
            })
            .collect();
        let left = size.saturating_sub(decimal(direct.max(0.0)).unwrap_or(size));
        hand_out(allowance, left.max(Decimal::ZERO), drawing);
    }
}

/// Units free in a month; none where the account does not have the allowance.
fn size(allowance: &Allowance, terms: &Terms, hours: f64) -> Option<Decimal> {
    let granted = match allowance.kind {
        AllowanceKind::Always => terms.free_tier != FreeTier::None,
        AllowanceKind::FirstYear => terms.free_tier == FreeTier::FirstYear,
    };
    let days = match allowance.period {
        AllowancePeriod::Month => Decimal::ONE,
        AllowancePeriod::Day => decimal(hours)?.checked_div(Decimal::from(24))?,
    };
    let quantity = decimal(allowance.quantity.value)?;
    granted.then(|| quantity.checked_mul(days)).flatten()
}

/// Shares an allowance: first what is used besides, then the meters billed.
fn hand_out<'a>(allowance: &'a Allowance, size: Decimal, mut drawing: Vec<&mut MeterUse<'a>>) {
    let before: Vec<_> = drawing.iter().map(|used| used.before).collect();
    let counted: Vec<_> = drawing.iter().map(|used| used.counted).collect();
    let eaten = total(&covered(size, &before));
    let free = covered(size - eaten, &counted);
    for (used, free) in drawing.iter_mut().zip(free) {
        used.free = free;
        used.allowance = (!free.is_zero()).then_some(&allowance.quantity);
    }
}

/// What an allowance covers of each quantity.
fn covered(size: Decimal, quantities: &[Decimal]) -> Vec<Decimal> {
    if total(quantities) <= size {
        return quantities.to_vec();
    }
    let parts = apportion(size, quantities).into_iter();
    parts
        .zip(quantities)
        .map(|(part, all)| part.min(*all))
        .collect()
}

fn total(quantities: &[Decimal]) -> Decimal {
    quantities
        .iter()
        .copied()
        .fold(Decimal::ZERO, Decimal::saturating_add)
}
