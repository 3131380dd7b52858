//! What growth makes of the bill.

use std::sync::Arc;

use serde::Serialize;

use crate::catalog::Catalog;
use crate::design::settings::{Shape, TriggerSettings};
use crate::design::{Design, Series, Settings};
use crate::format;
use crate::units::Rate;

use super::figures::Figures;
use super::{CostReport, Figure, Options};

/// How far ahead is looked [months].
const MONTHS: [f64; 4] = [0.0, 3.0, 6.0, 12.0];

/// The bill of one month to come.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outlook {
    /// Months from now.
    pub months: f64,
    /// What that month costs; a lower bound where `complete` is false.
    pub cost: Figure,
    /// False where a price is missing.
    pub complete: bool,
}

/// The bill now and later; empty where no trigger grows and where no formulas
/// are written out, as in sweeps.
///
/// The design is analysed again with each trigger's traffic times
/// (1 + growth)^months.
pub(super) fn outlook(
    figures: Figures<'_>,
    design: &Design,
    catalog: &Catalog,
    options: &Options,
    now: &CostReport,
) -> Vec<Outlook> {
    let growing = |settings: &Settings| match settings {
        Settings::Trigger(trigger) => trigger.growth() != 0.0,
        _ => false,
    };
    if !options.trace || !design.nodes.values().any(|node| growing(&node.settings)) {
        return Vec::new();
    }
    let at = |months: f64| {
        if months <= 0.0 {
            return (now.total.value, now.complete);
        }
        let options = Options {
            trace: false,
            ..options.clone()
        };
        let later = super::build(&grown(design, months), catalog, &options).cost;
        (later.total.value, later.complete)
    };
    MONTHS
        .into_iter()
        .map(|months| {
            let (usd, complete) = at(months);
            Outlook {
                months,
                cost: figures.figure(usd, "USD/month", || {
                    format!(
                        "the bill with each trigger's traffic × (1 + its growth)^{}",
                        format::whole(months)
                    )
                }),
                complete,
            }
        })
        .collect()
}

/// The design after so many months.
fn grown(design: &Design, months: f64) -> Design {
    let mut later = design.clone();
    for node in later.nodes.values_mut() {
        if let Settings::Trigger(trigger) = &mut node.settings {
            let factor = (1.0 + trigger.growth()).powf(months);
            let replayed = grow(trigger, factor);
            let series = replayed.and_then(|(from, to)| Some((design.series.get(&from)?, to)));
            if let Some((series, name)) = series {
                later.series.insert(name, Arc::new(scaled(series, factor)));
            }
        }
    }
    later
}

/// Multiplies all that sets how much traffic there is; of a replay, gives the
/// name of the series and that of the grown one.
fn grow(trigger: &mut TriggerSettings, factor: f64) -> Option<(String, String)> {
    let times = |rate: Rate| Rate::new(rate.count() * factor, rate.period()).unwrap_or(rate);
    trigger.rate = Some(times(trigger.rate()));
    trigger.peak = Some(times(trigger.peak()));
    trigger.users = Some(trigger.users() * factor);
    trigger.batch = Some(trigger.batch() * factor);
    if trigger.shape() != Shape::Replay {
        return None;
    }
    let from = trigger.replay();
    let to = format!("{from} × {factor}");
    trigger.replay = Some(to.clone());
    Some((from, to))
}

fn scaled(series: &Series, factor: f64) -> Series {
    Series {
        interval: series.interval,
        counts: series.counts.iter().map(|count| count * factor).collect(),
    }
}
