//! A sweep as tables and as CSV.

use super::{On, Swept};
use crate::advice::provisioned::ProvisionedSweep;
use crate::advice::sweep::{Cliff, ProviderSweeps};
use crate::advice::trial::Outcome;
use crate::catalog::{Catalog, ProviderId};
use crate::cli::tables;
use crate::export::wording::known_cost;
use crate::format;

/// One value on one provider, as all formats but JSON show it.
struct Row {
    provider: ProviderId,
    value: f64,
    usd: f64,
    complete: bool,
    p99: f64,
    refused: f64,
    cold: Option<f64>,
    /// Mean time of one event in the function [ms].
    duration: Option<f64>,
    hours: Option<f64>,
    mark: String,
}

impl Row {
    fn of(provider: &ProviderId, value: f64, outcome: &Outcome) -> Self {
        Self {
            provider: provider.clone(),
            value,
            usd: outcome.usd,
            complete: outcome.complete,
            p99: outcome.p99,
            refused: outcome.refused,
            cold: Some(outcome.cold),
            duration: None,
            hours: None,
            mark: String::new(),
        }
    }
}

fn rows(swept: &Swept) -> Vec<Row> {
    let mut rows = Vec::new();
    match swept {
        Swept::Traffic(sweeps) => {
            for own in &sweeps.providers {
                rows.extend(own.sweep.points.iter().map(|point| Row {
                    provider: own.provider.clone(),
                    value: point.traffic,
                    usd: point.usd,
                    complete: point.complete,
                    p99: point.p99.iter().copied().fold(0.0, f64::max),
                    refused: point.throttle,
                    cold: None,
                    duration: None,
                    hours: None,
                    mark: String::new(),
                }));
            }
        }
        Swept::Memory(sweeps) => {
            for On { provider, sweep } in sweeps {
                rows.extend(sweep.points.iter().enumerate().map(|(index, point)| Row {
                    duration: Some(point.duration),
                    mark: marks(
                        index,
                        &[
                            ("current", Some(sweep.current)),
                            ("cheapest", Some(sweep.cheapest)),
                            ("fastest", Some(sweep.fastest)),
                            ("balanced", Some(sweep.balanced)),
                        ],
                    ),
                    ..Row::of(provider, point.memory, &point.outcome)
                }));
            }
        }
        Swept::Provisioned(sweeps) => {
            for On { provider, sweep } in sweeps {
                rows.extend(sweep.points.iter().enumerate().map(|(index, point)| Row {
                    hours: Some(point.hours),
                    cold: Some(point.cold),
                    mark: marks(
                        index,
                        &[
                            ("current", sweep.current),
                            ("cheapest", Some(sweep.cheapest)),
                        ],
                    ),
                    ..Row::of(provider, f64::from(point.instances), &point.outcome)
                }));
            }
        }
        Swept::Parameter(sweeps) => {
            for On { provider, sweep } in sweeps {
                let points = sweep.points.iter();
                rows.extend(points.map(|p| Row::of(provider, p.value, &p.outcome)));
            }
        }
    }
    rows
}

fn marks(index: usize, known: &[(&str, Option<usize>)]) -> String {
    let names = known.iter().filter(|(_, at)| *at == Some(index));
    names.map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// One row for each provider and value.
pub fn csv(swept: &Swept) -> String {
    let mut text =
        "provider,value,hours,usd_per_month,complete,p99_ms,duration_ms,refused,cold,mark\r\n"
            .to_owned();
    let number = |value: f64| {
        if value.is_finite() {
            value.to_string()
        } else {
            String::new()
        }
    };
    let optional = |value: Option<f64>| value.map_or(String::new(), number);
    for row in rows(swept) {
        let cells = [
            row.provider.to_string(),
            number(row.value),
            optional(row.hours),
            number(row.usd),
            row.complete.to_string(),
            number(row.p99),
            optional(row.duration),
            number(row.refused),
            optional(row.cold),
            row.mark.replace(", ", " "),
        ];
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// Tables for people.
pub fn text(swept: &Swept, catalog: &Catalog) -> String {
    let value: fn(&Row) -> String = match swept {
        Swept::Traffic(_) => |row| format!("{}x", format::significant(row.value, 4)),
        Swept::Memory(_) => |row| format::memory_mb(row.value),
        Swept::Provisioned(_) => |row| match row.hours {
            Some(hours) if hours < 24.0 => {
                format!("{} for {} h", row.value, format::significant(hours, 3))
            }
            _ => row.value.to_string(),
        },
        Swept::Parameter(_) => |row| format::significant(row.value, 5),
    };
    let name = |id: &ProviderId| {
        let known = catalog.providers.get(id);
        known.map_or_else(|| id.to_string(), |known| known.name.clone())
    };
    let table = rows(swept).into_iter().map(|row| {
        [
            name(&row.provider),
            value(&row),
            known_cost(row.usd, row.complete),
            format::millis(row.p99),
            row.duration.map(format::millis).unwrap_or_default(),
            format::percent(row.refused),
            row.cold.map(format::percent).unwrap_or_default(),
            row.mark,
        ]
    });
    let what = match swept {
        Swept::Traffic(_) => "Traffic".to_owned(),
        Swept::Memory(_) => "Memory".to_owned(),
        Swept::Provisioned(_) => "Kept ready".to_owned(),
        Swept::Parameter(sweeps) => sweeps.first().map_or_else(String::new, |on| {
            format!("{} {}", on.sweep.path, on.sweep.unit)
                .trim_end()
                .to_owned()
        }),
    };
    let head = [
        "Provider", &what, "Cost", "p99", "Run", "Refused", "Cold", "",
    ];
    let mut text = tables::table(head, table, &[1, 2, 3, 4, 5, 6]);
    match swept {
        Swept::Traffic(sweeps) => text.push_str(&cliffs(sweeps)),
        Swept::Provisioned(sweeps) => {
            for On { sweep, .. } in sweeps {
                text.push_str(&ready(sweep));
            }
        }
        Swept::Parameter(sweeps) => {
            let refused = sweeps.iter().filter_map(|on| on.sweep.refused.as_ref());
            for why in refused.take(1) {
                text.push_str(&format!("\nSome values were left out: {why}.\n"));
            }
        }
        Swept::Memory(_) => {}
    }
    text
}

/// What gives way on the way, in the order in which it does.
fn cliffs(sweeps: &ProviderSweeps) -> String {
    let mut text = String::new();
    for own in &sweeps.providers {
        if let Some(why) = &own.excluded {
            text.push_str(&format!("\n{} cannot run this design: {why}\n", own.name));
        }
    }
    let own = sweeps.providers.iter().flat_map(|own| {
        let cliffs = own.sweep.cliffs.iter();
        cliffs.map(move |cliff| (own.name.clone(), cliff))
    });
    let crossings = sweeps.crossings.iter().map(|cliff| (String::new(), cliff));
    let mut all: Vec<(String, &Cliff)> = own.chain(crossings).collect();
    all.sort_by(|(_, a), (_, b)| a.traffic.total_cmp(&b.traffic));
    if all.is_empty() {
        return text;
    }
    let rows = all.into_iter().map(|(name, cliff)| {
        let at = format!("{}x", format::significant(cliff.traffic, 4));
        let at = if cliff.from_the_start {
            format!("≤ {at}")
        } else {
            at
        };
        [
            at,
            format::rate_per_second(cliff.peak),
            name,
            cliff.kind.label().to_owned(),
            cliff.text.clone(),
        ]
    });
    let head = ["At", "Peak rate", "Provider", "What", ""];
    text.push('\n');
    text.push_str(&tables::table(head, rows, &[0, 1]));
    text
}

fn ready(sweep: &ProvisionedSweep) -> String {
    let mut text = String::new();
    if let (Some(share), Some(rule)) = (sweep.break_even, sweep.rule) {
        text.push_str(&format!(
            "\nAn instance kept ready pays for itself when busy for {} of its time: {rule} do.\n",
            format::percent(share)
        ));
    } else {
        text.push_str("\nNo instance kept ready pays for itself: it would save nothing.\n");
    }
    for way in &sweep.alternatives {
        text.push_str(&format!(
            "{}: {}, p99 {}, cold {}\n",
            way.label,
            format::usd_per_month(way.outcome.usd),
            format::millis(way.outcome.p99),
            format::percent(way.cold)
        ));
    }
    text
}
