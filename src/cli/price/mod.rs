//! `nephoscope price`: what a month of some usage costs, without a design.
//!
//! Usage is told in the catalog's words (`requests=3M duration=120ms`), or as
//! units of a meter where the bill already has them (`rows-written=4.01G`).

mod printing;
mod reading;

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};

use super::failure::{Code, Failure};
use super::input::Facts;
use super::output;
use super::sample::Format;
use crate::catalog::billing::{Consumer, FreeTier, Promise, Terms, bill, companion_usage};
use crate::catalog::{Catalog, FigureId, Provider, RegionId, Service, ServiceId, vocabulary};
use crate::expression::{Quantity, nearest};
use printing::{as_json, table, words};
use reading::{Request, month, pair, promise};

/// Price a month of usage: SERVICE key=value …, for one service or several.
///
/// A key is a word of the service's vocabulary (requests, duration, memory …)
/// or one of its meters, whose units are then taken as given.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  nephoscope price aws.lambda requests=3M duration=120ms memory=1536MB
  nephoscope price cloudflare.workers requests=15M cpu=7ms
  nephoscope price cloudflare.kv lists=574M --without plan
  nephoscope price aws.lambda requests=5M/day duration=80ms memory=512MB aws.s3 storage=2TB
  nephoscope price aws.dynamodb write-units=42M --unit-price write-units=1.25

`nephoscope price SERVICE` alone lists the words and meters of a service.")]
pub(super) struct Price {
    /// A service, its usage as key=value, further services.
    #[arg(value_name = "SERVICE [KEY=VALUE …]", required = true)]
    usage: Vec<String>,

    /// The region, as the provider spells it; its default where left out.
    #[arg(long, value_name = "ID")]
    region: Option<String>,

    /// Which free quantities are taken off.
    #[arg(long, value_enum, default_value_t = Free::Always)]
    free_tier: Free,

    /// Hours in the month; the provider's own convention where left out.
    #[arg(long, value_name = "HOURS", value_parser = month)]
    hours: Option<f64>,

    /// Another price for a meter, such as requests=0.25 or aws.sqs/requests.2@us-east-1=0.3;
    /// in USD for as many units as the catalog states.
    #[arg(long, value_name = "METER=USD", value_parser = pair)]
    unit_price: Vec<(String, f64)>,

    /// Another free quantity, such as aws/free.lambda-requests=0.
    #[arg(long, value_name = "ALLOWANCE=UNITS", value_parser = pair)]
    allowance: Vec<(String, f64)>,

    /// Units that the account uses besides, such as aws.s3/storage=50000.
    #[arg(long, value_name = "METER=UNITS", value_parser = pair)]
    used: Vec<(String, f64)>,

    /// A share off the list price of a service or provider, such as aws.lambda=0.1.
    #[arg(long, value_name = "SERVICE=SHARE", value_parser = pair)]
    discount: Vec<(String, f64)>,

    /// A commitment, such as aws.lambda=savings-plan-1y, or with the share that
    /// it covers, =savings-plan-1y:0.8.
    #[arg(long, value_name = "SERVICE=PLAN", value_parser = promise)]
    commit: Vec<(String, Promise)>,

    /// Leave out a companion, such as plan, logs or traces.
    #[arg(long, value_name = "COMPANION")]
    without: Vec<String>,

    #[command(flatten)]
    facts: Facts,

    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Which free quantities an account has.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Free {
    /// None, and no credits either.
    None,
    /// Those that every account has for good.
    Always,
    /// Those of its first year as well.
    FirstYear,
}

impl Price {
    pub fn run(self) -> Result<(), Failure> {
        let mut catalog = Catalog::clone(&*self.facts.load()?);
        self.replace_figures(&mut catalog)?;
        let requests = self.requests(&catalog)?;
        if let [only] = requests.as_slice()
            && self.usage.len() == 1
        {
            return output::print(words(only.service).as_bytes());
        }
        let consumers = self.consumers(&catalog, &requests)?;
        let terms = self.terms();
        let bill = bill(&catalog, &consumers, &terms, true);
        if let Some(wrong) = bill.problems.iter().find(|problem| !problem.is_unpriced()) {
            return Err(Failure::new(Code::Request, wrong.to_string())
                .help("`nephoscope catalog show SERVICE` lists what a service offers"));
        }
        match self.format {
            Format::Table => output::print(table(&catalog, &bill).as_bytes()),
            Format::Json => output::print(format!("{:#}\n", as_json(&catalog, &bill)).as_bytes()),
        }
    }

    /// Puts the prices and allowances of the command line into the catalog.
    fn replace_figures(&self, catalog: &mut Catalog) -> Result<(), Failure> {
        for (key, usd) in &self.unit_price {
            let ids = self.price_ids(catalog, key);
            if ids.is_empty() {
                let what = format!("no price is called `{key}`");
                return Err(Failure::new(Code::Request, what)
                    .help("write METER=USD for a meter of a service that is priced, or a figure of `nephoscope catalog show SERVICE`"));
            }
            for id in ids {
                catalog
                    .with_override(&id, *usd)
                    .map_err(|error| Failure::new(Code::Request, error.to_string()))?;
            }
        }
        for (key, units) in &self.allowance {
            catalog
                .with_allowance(&FigureId(key.clone()), *units)
                .map_err(|error| Failure::new(Code::Request, error.to_string()))?;
        }
        Ok(())
    }

    /// The prices that a key means: a figure's id, or all tiers of a meter.
    fn price_ids(&self, catalog: &Catalog, key: &str) -> Vec<FigureId> {
        let services = self.usage.iter().filter(|word| !word.contains('='));
        services
            .filter_map(|id| catalog.services.get(id.as_str()))
            .flat_map(|service| {
                let meters = service.meters.iter().map(move |meter| (service, meter));
                meters.flat_map(move |(service, meter)| {
                    let full = format!("{}/{}", service.id, meter.id);
                    let whole = meter.id == key || full == key;
                    let tiers = meter.prices.values().flatten();
                    tiers
                        .map(|tier| &tier.usd.id)
                        .filter(move |id| whole || id.0 == key)
                })
            })
            .cloned()
            .collect()
    }

    fn requests<'a>(&self, catalog: &'a Catalog) -> Result<Vec<Request<'a>>, Failure> {
        let mut requests: Vec<Request> = Vec::new();
        for word in &self.usage {
            match (word.split_once('='), requests.last_mut()) {
                (None, _) => requests.push(Request {
                    service: service(catalog, word)?,
                    usage: BTreeMap::new(),
                    units: BTreeMap::new(),
                }),
                (Some(_), None) => {
                    let what = format!("`{word}` comes before any service");
                    return Err(Failure::new(Code::Request, what)
                        .help("write the service first: aws.lambda requests=3M"));
                }
                (Some((key, value)), Some(request)) => {
                    let hours = self.month(catalog, request.service);
                    request.set(key.trim(), value.trim(), hours)?;
                }
            }
        }
        Ok(requests)
    }

    /// Hours in the month of a service.
    fn month(&self, catalog: &Catalog, service: &Service) -> f64 {
        let provider = catalog.providers.get(&service.id.provider());
        let own = provider.map_or(crate::units::HOURS_PER_MONTH, |p| p.hours_per_month);
        self.hours.unwrap_or(own)
    }

    fn consumers<'a>(
        &self,
        catalog: &'a Catalog,
        requests: &[Request<'a>],
    ) -> Result<Vec<Consumer<'a>>, Failure> {
        let mut consumers = Vec::new();
        for (index, request) in requests.iter().enumerate() {
            let service = request.service;
            let region = self.region(catalog, service)?;
            let owner = format!("{} {}", index + 1, service.id);
            let usage = self.complete(catalog, request)?;
            for companion in &service.companions {
                let target = catalog.services.get(&companion.service);
                let Some(target) = target.filter(|_| !self.without.contains(&companion.id)) else {
                    continue;
                };
                let caused = companion_usage(companion, target, &usage)
                    .map_err(|error| Failure::new(Code::Request, error.to_string()))?;
                consumers.extend(caused.map(|usage| Consumer {
                    owner: format!("{owner}/{}", companion.id),
                    service: target,
                    region: region.clone(),
                    usage,
                    units: BTreeMap::new(),
                }));
            }
            consumers.push(Consumer {
                owner,
                service,
                region,
                usage,
                units: request.units.clone(),
            });
        }
        Ok(consumers)
    }

    /// The usage asked for and what it implies.
    fn complete(
        &self,
        catalog: &Catalog,
        request: &Request<'_>,
    ) -> Result<BTreeMap<String, Quantity>, Failure> {
        let mut usage = request.usage.clone();
        let hours = Quantity::Number(self.month(catalog, request.service));
        usage.entry("hours".to_owned()).or_insert(hours);
        vocabulary::complete(request.service.archetype, &mut usage)
            .map_err(|error| Failure::new(Code::Request, error.to_string()))?;
        Ok(usage)
    }

    fn region(&self, catalog: &Catalog, service: &Service) -> Result<RegionId, Failure> {
        let Some(provider) = catalog.providers.get(&service.id.provider()) else {
            return Ok(RegionId::default());
        };
        match self.region.as_deref() {
            None => Ok(provider.default_region.clone()),
            Some(region) if provider.regions.contains_key(region) => Ok(RegionId::from(region)),
            Some(region) => Err(unknown_region(provider, region)),
        }
    }

    fn terms(&self) -> Terms {
        let used = self.used.iter();
        Terms {
            free_tier: match self.free_tier {
                Free::None => FreeTier::None,
                Free::Always => FreeTier::AlwaysOnly,
                Free::FirstYear => FreeTier::FirstYear,
            },
            hours_per_month: self.hours,
            already_used: used
                .map(|(key, units)| (FigureId(key.clone()), *units))
                .collect(),
            discount: self.discount.iter().cloned().collect(),
            commitments: self.commit.iter().cloned().collect(),
        }
    }
}

fn service<'a>(catalog: &'a Catalog, id: &str) -> Result<&'a Service, Failure> {
    catalog.services.get(id).ok_or_else(|| {
        let what = format!("the catalog has no service `{id}`");
        let known = catalog.services.keys().map(ServiceId::as_str);
        Failure::new(Code::Request, what).help(match nearest(id, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`nephoscope catalog list` shows all services".to_owned(),
        })
    })
}

fn unknown_region(provider: &Provider, region: &str) -> Failure {
    let known: Vec<_> = provider.regions.keys().map(RegionId::as_str).collect();
    let what = format!(
        "the catalog has no prices for region `{region}` of {}",
        provider.name
    );
    Failure::new(Code::Request, what).help(format!("there are {}", known.join(", ")))
}
