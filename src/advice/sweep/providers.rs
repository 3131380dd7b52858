//! Sweeps on several providers, and where one becomes cheaper than another.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde::Serialize;

use super::cliff::{Cliff, CliffKind, Surveyor};
use super::{POINTS, SweepPoint, TrafficSweep, multiplier, over};
use crate::advice::compare::{excluded, why_not};
use crate::advice::translate::translate;
use crate::advice::trial::Trial;
use crate::catalog::{Catalog, ProviderId};
use crate::design::Design;
use crate::format;

/// Threads that sweep at once.
const THREADS: usize = 2;
/// How closely a break-even is located: the quotient of the bounds.
const WITHIN: f64 = 1.001;

/// The sweep of one provider.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProviderSweep {
    /// The provider.
    pub provider: ProviderId,
    /// Its name.
    pub name: String,
    /// Why it cannot run the design, where it cannot: its cost is then that of
    /// something else.
    pub excluded: Option<String>,
    /// Its sweep.
    pub sweep: TrafficSweep,
}

/// Sweeps on several providers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProviderSweeps {
    /// In the order asked for.
    pub providers: Vec<ProviderSweep>,
    /// Where one becomes cheaper than another, by multiplier: crossings with
    /// the first provider, and those at which the cheapest of all changes.
    pub crossings: Vec<Cliff>,
}

/// Sweeps the traffic on several providers; none if it was told to stop.
///
/// The first is the one that the others are held against.
pub fn providers(
    design: &Design,
    catalog: &Catalog,
    providers: &[ProviderId],
    stopped: &(dyn Fn() -> bool + Sync),
) -> Option<ProviderSweeps> {
    let factors: Vec<f64> = (0..POINTS).map(multiplier).collect();
    providers_over(design, catalog, providers, &factors, stopped)
}

/// The same over other rising multipliers.
pub fn providers_over(
    design: &Design,
    catalog: &Catalog,
    providers: &[ProviderId],
    factors: &[f64],
    stopped: &(dyn Fn() -> bool + Sync),
) -> Option<ProviderSweeps> {
    let swept: Vec<Mutex<Option<TrafficSweep>>> =
        providers.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((provider, slot)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            providers.get(index).zip(swept.get(index))
        } {
            let sweep = over(design, catalog, Some(provider), factors, stopped);
            if let Ok(mut slot) = slot.lock() {
                *slot = sweep;
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..THREADS.min(providers.len()) {
            scope.spawn(work);
        }
        work();
    });
    let sweeps = swept.into_iter().map(|slot| slot.into_inner().ok()?);
    let sweeps: Vec<TrafficSweep> = sweeps.collect::<Option<_>>()?;
    let providers: Vec<ProviderSweep> = providers
        .iter()
        .zip(sweeps)
        .map(|(provider, sweep)| ProviderSweep {
            name: catalog
                .providers
                .get(provider)
                .map_or_else(|| provider.to_string(), |known| known.name.clone()),
            excluded: why_excluded(design, catalog, provider),
            provider: provider.clone(),
            sweep,
        })
        .collect();
    let crossings = crossings(design, catalog, &providers, stopped)?;
    Some(ProviderSweeps {
        providers,
        crossings,
    })
}

fn why_excluded(design: &Design, catalog: &Catalog, provider: &ProviderId) -> Option<String> {
    let known = catalog.providers.get(provider)?;
    let nodes = translate(design, catalog, provider);
    excluded(known, &nodes)
        .filter(|_| *provider != design.environment.provider)
        .map(|excluded| why_not(&excluded))
}

/// Two neighbouring points of two providers between which their order changes.
struct Change<'a> {
    dearer_above: &'a ProviderSweep,
    cheaper_above: &'a ProviderSweep,
    bounds: (f64, f64),
}

fn crossings(
    design: &Design,
    catalog: &Catalog,
    all: &[ProviderSweep],
    stopped: &dyn Fn() -> bool,
) -> Option<Vec<Cliff>> {
    let mut found = Vec::new();
    for change in changes(all) {
        found.push(locate(design, catalog, &change, stopped)?);
    }
    found.sort_by(|a, b| a.traffic.total_cmp(&b.traffic));
    Some(found)
}

fn changes(all: &[ProviderSweep]) -> Vec<Change<'_>> {
    let Some((first, others)) = all.split_first() else {
        return Vec::new();
    };
    // Of what is not whole nobody knows the cost.
    let usd = |of: &ProviderSweep, step: usize| {
        let point = of.sweep.points.get(step)?;
        (point.complete && of.excluded.is_none()).then_some(point.usd)
    };
    let cheapest = |step: usize| {
        all.iter()
            .filter(|of| usd(of, step).is_some())
            .min_by(|a, b| {
                usd(a, step)
                    .unwrap_or(0.0)
                    .total_cmp(&usd(b, step).unwrap_or(0.0))
            })
    };
    let mut changes = Vec::new();
    for step in 1..first.sweep.points.len() {
        let Some(bounds) = bounds(&first.sweep.points, step) else {
            continue;
        };
        for other in others {
            let gap = |step| Some(usd(other, step)? - usd(first, step)?);
            let (Some(before), Some(after)) = (gap(step - 1), gap(step)) else {
                continue;
            };
            if before * after < 0.0 {
                let (cheaper_above, dearer_above) = if after < 0.0 {
                    (other, first)
                } else {
                    (first, other)
                };
                changes.push(Change {
                    dearer_above,
                    cheaper_above,
                    bounds,
                });
            }
        }
        if let (Some(before), Some(after)) = (cheapest(step - 1), cheapest(step))
            && before.provider != after.provider
            && before.provider != first.provider
            && after.provider != first.provider
        {
            changes.push(Change {
                dearer_above: before,
                cheaper_above: after,
                bounds,
            });
        }
    }
    changes
}

fn bounds(points: &[SweepPoint], step: usize) -> Option<(f64, f64)> {
    let low = points.get(step.checked_sub(1)?)?.traffic;
    Some((low, points.get(step)?.traffic))
}

fn locate(
    design: &Design,
    catalog: &Catalog,
    change: &Change<'_>,
    stopped: &dyn Fn() -> bool,
) -> Option<Cliff> {
    let on = |of: &'_ ProviderSweep, factor: f64| {
        let trial = Trial {
            design,
            catalog,
            provider: Some(&of.provider),
            traffic: factor,
        };
        trial.base()
    };
    let (mut low, mut high) = change.bounds;
    while high / low > WITHIN {
        if stopped() {
            return None;
        }
        let middle = (low * high).sqrt();
        let (above, below) = (
            on(change.cheaper_above, middle),
            on(change.dearer_above, middle),
        );
        if above.cost.total.value <= below.cost.total.value {
            high = middle;
        } else {
            low = middle;
        }
    }
    let report = on(change.cheaper_above, high);
    let trial = Trial {
        design,
        catalog,
        provider: Some(&change.cheaper_above.provider),
        traffic: high,
    };
    let surveyor = Surveyor::new(trial);
    let trigger = surveyor.busiest(&report, None);
    let usd = report.cost.total.value;
    Some(Cliff {
        kind: CliffKind::BreakEven,
        traffic: high,
        from_the_start: false,
        provider: change.cheaper_above.provider.clone(),
        node: None,
        meter: None,
        trigger: trigger.map(|trigger| trigger.node.clone()),
        rate: trigger.map_or(0.0, |trigger| trigger.rate.value),
        peak: trigger.map_or(0.0, |trigger| trigger.peak.value),
        usd,
        text: format!(
            "From here on {} costs less than {}: {} a month.",
            change.cheaper_above.name,
            change.dearer_above.name,
            format::usd(usd)
        ),
    })
}
