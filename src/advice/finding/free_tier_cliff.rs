//! A free quantity that growth will use up within a year.

use std::collections::BTreeMap;

use super::{Facts, Rule};
use crate::catalog::{Allowance, AllowancePeriod};
use crate::design::Settings;
use crate::format;
use crate::report::{Problem, Severity};

/// How far ahead is looked [months].
const HORIZON: f64 = 12.0;
/// Days of a month, for what is free by day.
const DAYS: f64 = 730.0 / 24.0;

pub const RULE: Rule = Rule {
    code: "free-tier-cliff",
    title: "Growth uses up a free quantity within a year",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    let growth = facts
        .nodes()
        .filter_map(|seen| match &seen.settings {
            Settings::Trigger(trigger) => Some(trigger.growth()),
            _ => None,
        })
        .fold(0.0, f64::max);
    if growth <= 0.0 || !facts.design.environment.free_tier {
        return;
    }
    let mut ends: Vec<(f64, String)> = used(facts)
        .into_values()
        .filter_map(|(allowance, used)| {
            let free = allowance.quantity.value
                * match allowance.period {
                    AllowancePeriod::Month => 1.0,
                    AllowancePeriod::Day => DAYS,
                };
            let months = (free / used).ln() / growth.ln_1p();
            (months > 0.0 && months <= HORIZON).then(|| (months, allowance.name.clone()))
        })
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    let Some((first, name)) = ends.first() else {
        return;
    };
    let Some(later) = facts.at_traffic((1.0 + growth).powf(HORIZON)) else {
        return;
    };
    let others: Vec<&str> = ends
        .iter()
        .skip(1)
        .take(3)
        .map(|(_, name)| name.as_str())
        .collect();
    let others = if others.is_empty() {
        String::new()
    } else {
        format!(" Then follow: {}.", others.join(", "))
    };
    found.push(
        Problem::new(
            RULE.code,
            Severity::Hint,
            format!("In {} months traffic leaves the free tier.", format::significant(first.ceil(), 2)),
            format!(
                "It grows by {} a month. The first free quantity to end: {name}.{others} The month costs {} now and {} after a year of such growth.",
                format::percent(growth),
                format::usd(facts.report.cost.total.value),
                format::usd(later.cost.total.value)
            ),
        )
        .mended_by("Plan for the price after it: no edit keeps it free", Vec::new()),
    );
}

/// What the design uses of each allowance, and the allowance.
fn used<'a>(facts: &Facts<'a>) -> BTreeMap<(String, String), (&'a Allowance, f64)> {
    let mut used: BTreeMap<_, (&Allowance, f64)> = BTreeMap::new();
    for line in &facts.report.cost.lines {
        let provider = line.service.provider();
        let allowance = facts
            .catalog
            .services
            .get(&line.service)
            .and_then(|service| {
                let meter = service.meters.iter().find(|meter| meter.id == line.meter)?;
                let key = meter.free.clone()?;
                let of = facts.catalog.providers.get(&provider)?;
                Some((of.allowances.get(&key)?, key))
            });
        if let Some((allowance, key)) = allowance.filter(|_| line.free > 0.0) {
            let entry = used
                .entry((provider.to_string(), key))
                .or_insert((allowance, 0.0));
            entry.1 += line.quantity;
        }
    }
    used
}
