//! Credits: money that a plan includes, which pays for some meters first.
//!
//! Lines that draw on one credit share it in proportion to their amounts. What
//! they do not use is lost.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::amount::apportion;
use super::price::Priced;
use super::{FreeTier, Terms};
use crate::catalog::Catalog;

/// Takes every credit off the lines that draw on it.
pub(super) fn take_off(catalog: &Catalog, terms: &Terms, lines: &mut [Priced<'_>]) {
    if terms.free_tier == FreeTier::None {
        return;
    }
    let names: BTreeSet<_> = lines.iter().filter_map(Priced::credit_key).collect();
    for (provider, name) in names {
        let Some(credit) = catalog
            .providers
            .get(&provider)
            .and_then(|provider| provider.credits.get(&name))
        else {
            continue;
        };
        let key = Some((provider, name));
        let mut drawing: Vec<_> = lines
            .iter_mut()
            .filter(|line| line.credit_key() == key)
            .collect();
        let due: Vec<_> = drawing.iter().map(|line| line.line.exact).collect();
        let paid = paid(credit.usd.value.0, &due);
        for (line, part) in drawing.iter_mut().zip(paid) {
            line.pay(part, &credit.usd);
        }
    }
}

/// What a credit pays of each amount.
fn paid(credit: Decimal, due: &[Decimal]) -> Vec<Decimal> {
    let total = due
        .iter()
        .copied()
        .fold(Decimal::ZERO, Decimal::saturating_add);
    if total <= credit {
        return due.to_vec();
    }
    let parts = apportion(credit, due).into_iter();
    parts.zip(due).map(|(part, all)| part.min(*all)).collect()
}
