//! `nephoscope sweep`: cost and time against traffic, memory, instances kept
//! ready, or any numeric parameter. [`print`] shows it, [`shard`] splits it.

mod print;
mod shard;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use super::failure::{Code, Failure};
use super::input::Drawn;
use super::output;
use crate::advice::memory::{MemorySweep, memory};
use crate::advice::parameter::{ParameterSweep, parameter, scope, values};
use crate::advice::provisioned::{ProvisionedSweep, provisioned};
use crate::advice::sweep::{POINTS, ProviderSweeps, providers_over};
use crate::advice::trial::{NoAdvice, Trial};
use crate::catalog::{Catalog, ProviderId};
use crate::design::{Design, NodeId, ParamPath};
use crate::workspace::TRAFFIC_RANGE;
use shard::Shard;

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

    /// Only the K-th of N parts of a parameter's sweep.
    #[arg(long, value_name = "K/N", value_parser = shard::parse)]
    shard: Option<Shard>,

    /// Join parts that were printed as JSON, instead of sweeping.
    #[arg(long, value_name = "PART", num_args = 1.., conflicts_with = "shard")]
    merge: Vec<PathBuf>,

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
#[derive(Serialize, Deserialize)]
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
        let swept = if self.merge.is_empty() {
            let providers = self.providers(&catalog, &design)?;
            self.swept(&catalog, &design, &providers)?
        } else {
            Swept::Parameter(shard::merge(&self.merge, &design.name, &self.param)?)
        };
        match self.format {
            Format::Text => output::print(print::text(&swept, &catalog).as_bytes()),
            Format::Csv => output::print(print::csv(&swept).as_bytes()),
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
        let is_whole = ["traffic", "memory:", "provisioned:"];
        if self.shard.is_some() && is_whole.iter().any(|whole| self.param.starts_with(whole)) {
            let what = format!("the sweep of {} is not split", self.param);
            return Err(Failure::new(Code::Request, what).help("sweep NODE.KEY in parts"));
        }
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
        let mut values = self.range(usual, scope.now, scope.is_whole, FEW)?;
        if let Some(shard) = self.shard {
            values = shard.of(&values);
        }
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
