//! `nephoscope sweep`: cost and time against traffic, memory, instances kept
//! ready, or any numeric parameter.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::failure::{Code, Failure};
use super::input::Drawn;
use super::{output, tables};
use crate::advice::memory::{MemorySweep, memory};
use crate::advice::parameter::{ParameterSweep, parameter, scope, values};
use crate::advice::provisioned::{ProvisionedSweep, provisioned};
use crate::advice::sweep::{Cliff, POINTS, ProviderSweeps, providers_over};
use crate::advice::trial::{NoAdvice, Outcome, Trial};
use crate::catalog::{Catalog, ProviderId};
use crate::design::{Design, NodeId, ParamPath};
use crate::format;
use crate::workspace::TRAFFIC_RANGE;

/// The version of the JSON that a sweep is printed as.
const SCHEMA_VERSION: u32 = 1;
/// Points of a parameter's sweep where nobody says otherwise.
const FEW: usize = 21;
/// Most points: each is a whole analysis.
const MOST: usize = 10_000;

/// Analyse a design at many values of one parameter.
///
/// Sweeps of the traffic name what gives way on the way, and where one provider
/// becomes cheaper than another.
#[derive(Args, Debug)]
pub(super) struct Sweep {
    #[command(flatten)]
    drawn: Drawn,

    /// traffic, memory:NODE, provisioned:NODE, or a parameter: NODE.KEY,
    /// SENDER->RECEIVER.KEY, variable:NAME.
    #[arg(long, value_name = "PARAM", default_value = "traffic")]
    param: String,

    /// The first value; a tenth of the value in force where left out.
    #[arg(long, value_name = "VALUE")]
    from: Option<f64>,

    /// The last value; ten times the value in force where left out.
    #[arg(long, value_name = "VALUE")]
    to: Option<f64>,

    /// How many values, both ends included.
    #[arg(long, value_name = "N")]
    points: Option<usize>,

    /// Even steps, or equal factors.
    #[arg(long, value_enum)]
    scale: Option<Scale>,

    /// Another provider than the design's; several where given several times.
    #[arg(long, value_name = "ID")]
    provider: Vec<String>,

    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Scale {
    /// Even steps.
    Linear,
    /// Equal factors.
    Log,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Tables for people.
    Text,
    /// One row for each value and provider, for spreadsheets.
    Csv,
    /// Everything, for programs.
    Json,
}

/// A sweep of anything.
#[derive(Serialize)]
#[serde(untagged)]
enum Swept {
    Traffic(ProviderSweeps),
    Memory(Vec<On<MemorySweep>>),
    Provisioned(Vec<On<ProvisionedSweep>>),
    Parameter(Vec<On<ParameterSweep>>),
}

/// A sweep on a provider.
#[derive(Serialize)]
struct On<T> {
    provider: ProviderId,
    #[serde(flatten)]
    sweep: T,
}

#[derive(Serialize)]
struct Versioned<'a> {
    schema: u32,
    name: &'a str,
    param: &'a str,
    sweep: &'a Swept,
}

impl Sweep {
    pub fn run(self) -> Result<(), Failure> {
        let (catalog, design) = self.drawn.load()?;
        let providers = self.providers(&catalog, &design)?;
        let swept = self.swept(&catalog, &design, &providers)?;
        match self.format {
            Format::Text => output::print(text(&swept, &catalog).as_bytes()),
            Format::Csv => output::print(csv(&swept).as_bytes()),
            Format::Json => {
                let all = Versioned {
                    schema: SCHEMA_VERSION,
                    name: &design.name,
                    param: &self.param,
                    sweep: &swept,
                };
                let text = serde_json::to_string_pretty(&all)
                    .map_err(|error| Failure::new(Code::Request, error.to_string()))?;
                output::print(format!("{text}\n").as_bytes())
            }
        }
    }

    /// Those asked for, or the design's own.
    fn providers(&self, catalog: &Catalog, design: &Design) -> Result<Vec<ProviderId>, Failure> {
        if self.provider.is_empty() {
            return Ok(vec![design.environment.provider.clone()]);
        }
        let mut providers: Vec<ProviderId> = Vec::new();
        for id in &self.provider {
            super::input::known_provider(catalog, id)?;
            let id = ProviderId::from(id.as_str());
            if !providers.contains(&id) {
                providers.push(id);
            }
        }
        Ok(providers)
    }

    fn swept(
        &self,
        catalog: &Arc<Catalog>,
        design: &Design,
        providers: &[ProviderId],
    ) -> Result<Swept, Failure> {
        let never = || false;
        if self.param == "traffic" {
            let factors = self.range(Some(TRAFFIC_RANGE), f64::NAN, false, POINTS)?;
            let swept = providers_over(design, catalog, providers, &factors, &never);
            return Ok(Swept::Traffic(swept.unwrap_or_default()));
        }
        let trial = |provider| Trial {
            design,
            catalog,
            provider: Some(provider),
            traffic: self.drawn.traffic,
        };
        if let Some(node) = self.param.strip_prefix("memory:") {
            let node = self.whole_range(node)?;
            let sweep = |provider| memory(trial(provider), &node, &never);
            return Ok(Swept::Memory(on(providers, sweep)?));
        }
        if let Some(node) = self.param.strip_prefix("provisioned:") {
            let node = self.whole_range(node)?;
            let sweep = |provider| provisioned(trial(provider), &node, &never);
            return Ok(Swept::Provisioned(on(providers, sweep)?));
        }
        let path: ParamPath = self.param.parse().map_err(|error| {
            Failure::new(Code::Request, format!("{error}"))
                .help("or traffic, memory:NODE, provisioned:NODE")
        })?;
        let scope = scope(design, &path).map_err(refused)?;
        let tenfold = (scope.now / 10.0, scope.now * 10.0);
        let (low, high) = scope.range.unwrap_or((f64::MIN, f64::MAX));
        let usual =
            (scope.now > 0.0).then_some((tenfold.0.clamp(low, high), tenfold.1.clamp(low, high)));
        let values = self.range(usual, scope.now, scope.is_whole, FEW)?;
        let sweep = |provider| parameter(trial(provider), &path, &values, &never);
        Ok(Swept::Parameter(on(providers, sweep)?))
    }

    /// Sweeps of sizes and instances choose their own values.
    fn whole_range(&self, node: &str) -> Result<NodeId, Failure> {
        if self.from.is_none() && self.to.is_none() && self.points.is_none() {
            return Ok(NodeId::from(node));
        }
        let what = format!("{} tries the values that make sense", self.param);
        let help = format!("leave out --from, --to and --points, or sweep {node}.memory");
        Err(Failure::new(Code::Request, what).help(help))
    }

    fn range(
        &self,
        usual: Option<(f64, f64)>,
        now: f64,
        is_whole: bool,
        points: usize,
    ) -> Result<Vec<f64>, Failure> {
        let wrong = |what: String| Failure::new(Code::Request, what);
        let missing = || {
            let what = format!("{} is {now}: there is nothing to multiply", self.param);
            wrong(what).help("say --from and --to")
        };
        let from = self
            .from
            .or(usual.map(|(low, _)| low))
            .ok_or_else(missing)?;
        let to = self
            .to
            .or(usual.map(|(_, high)| high))
            .ok_or_else(missing)?;
        let points = self.points.unwrap_or(points);
        if !from.is_finite() || !to.is_finite() || from > to {
            return Err(wrong(format!("from {from} to {to} is no range"))
                .help("--from is the lower of two numbers"));
        }
        if !(1..=MOST).contains(&points) {
            return Err(wrong(format!("{points} points: write 1 to {MOST}")));
        }
        if self.param == "traffic" && (from < TRAFFIC_RANGE.0 || to > TRAFFIC_RANGE.1) {
            let (low, high) = TRAFFIC_RANGE;
            return Err(wrong(format!("traffic goes from {low}x to {high}x")));
        }
        let is_log = match self.scale {
            Some(scale) => scale == Scale::Log,
            None => from > 0.0 && to / from >= 10.0,
        };
        if is_log && from <= 0.0 {
            return Err(wrong("equal factors need a range above 0".to_owned()));
        }
        Ok(values(from, to, points, is_log, is_whole))
    }
}

fn refused(error: NoAdvice) -> Failure {
    Failure::new(Code::Request, error.to_string())
}

fn on<'a, T>(
    providers: &'a [ProviderId],
    sweep: impl Fn(&'a ProviderId) -> Result<T, NoAdvice>,
) -> Result<Vec<On<T>>, Failure> {
    let swept = providers.iter().map(|provider| {
        Ok(On {
            provider: provider.clone(),
            sweep: sweep(provider).map_err(refused)?,
        })
    });
    swept.collect()
}

/// One value on one provider, as all formats but JSON show it.
struct Row {
    provider: ProviderId,
    value: f64,
    usd: f64,
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

fn csv(swept: &Swept) -> String {
    let mut text =
        "provider,value,hours,usd_per_month,p99_ms,duration_ms,refused,cold,mark\r\n".to_owned();
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

fn text(swept: &Swept, catalog: &Catalog) -> String {
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
            format::usd_per_month(row.usd),
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
    let own = sweeps.providers.iter().flat_map(|own| {
        let cliffs = own.sweep.cliffs.iter();
        cliffs.map(move |cliff| (own.name.clone(), cliff))
    });
    let crossings = sweeps.crossings.iter().map(|cliff| (String::new(), cliff));
    let mut all: Vec<(String, &Cliff)> = own.chain(crossings).collect();
    all.sort_by(|(_, a), (_, b)| a.traffic.total_cmp(&b.traffic));
    if all.is_empty() {
        return String::new();
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
    format!("\n{}", tables::table(head, rows, &[0, 1]))
}

fn ready(sweep: &ProvisionedSweep) -> String {
    let mut text = String::new();
    if let (Some(share), Some(rule)) = (sweep.break_even, sweep.rule) {
        text.push_str(&format!(
            "\nAn instance kept ready pays for itself when busy for {} of its time: {rule} do.\n",
            format::percent(share)
        ));
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
