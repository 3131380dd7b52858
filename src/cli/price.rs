//! `nephoscope price`: what a month of some usage costs, without a design.
//!
//! Usage is told in the catalog's words (`requests=3M duration=120ms`), or as
//! units of a meter where the bill already has them (`rows-written=4.01G`).

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::failure::{Code, Failure};
use super::input::Facts;
use super::{output, tables};
use crate::catalog::billing::{
    Bill, BillLine, Consumer, FreeTier, Promise, Terms, bill, companion_usage,
};
use crate::catalog::vocabulary::{self, Term};
use crate::catalog::{Catalog, FigureId, Meter, Provider, RegionId, Service, ServiceId};
use crate::expression::{Quantity, nearest};
use crate::format::{Dimension, parse_number};
use crate::law::Law;
use crate::notation;

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
    #[arg(long, value_enum, default_value_t = super::sample::Format::Table)]
    format: super::sample::Format,
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

/// One service with the usage asked for.
struct Request<'a> {
    service: &'a Service,
    usage: BTreeMap<String, Quantity>,
    units: BTreeMap<String, f64>,
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
            super::sample::Format::Table => output::print(table(&catalog, &bill).as_bytes()),
            super::sample::Format::Json => {
                output::print(format!("{:#}\n", as_json(&catalog, &bill)).as_bytes())
            }
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

impl Request<'_> {
    /// Takes a word of the vocabulary, or the units of a meter.
    fn set(&mut self, key: &str, value: &str, hours: f64) -> Result<(), Failure> {
        let meter = self.service.meters.iter().find(|meter| meter.id == key);
        let term = vocabulary::find(self.service.archetype, key)
            .filter(|_| meter.is_none() || self.speaks_of(key));
        let wrong = |problem: String| Failure::new(Code::Request, format!("{key}: {problem}"));
        if let Some(term) = term {
            let quantity = quantity(term, value, hours).map_err(wrong)?;
            self.usage.insert(key.to_owned(), quantity);
            return Ok(());
        }
        let Some(meter) = meter else {
            return Err(self.unknown(key));
        };
        let units = parse_number(value, Dimension::Plain).map_err(|e| wrong(e.to_string()))?;
        self.units.insert(meter.id.clone(), units);
        Ok(())
    }

    /// Whether a formula of the service mentions a word.
    fn speaks_of(&self, word: &str) -> bool {
        let meters = self.service.meters.iter();
        let formulas = meters.flat_map(|meter| std::iter::once(&meter.quantity).chain(&meter.when));
        let companions = self.service.companions.iter();
        let caused = companions.flat_map(|c| c.usage.values().chain(&c.when));
        formulas
            .chain(caused)
            .any(|formula| formula.names().any(|name| name == word))
    }

    fn unknown(&self, key: &str) -> Failure {
        let service = self.service;
        let terms = terms_of(service).map(|term| term.name);
        let meters = service.meters.iter().map(|meter| meter.id.as_str());
        let known: Vec<&str> = terms.chain(meters).collect();
        let what = format!("{} has no word or meter `{key}`", service.id);
        let failure = Failure::new(Code::Request, what);
        failure.help(match nearest(key, known) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("`nephoscope price {}` lists them", service.id),
        })
    }
}

/// Everything that a service's formulas can speak of.
fn terms_of(service: &Service) -> impl Iterator<Item = &'static Term> {
    vocabulary::COMMON
        .iter()
        .chain(vocabulary::of(service.archetype))
}

/// A value in the unit of its term: `3M`, `5M/day`, `120ms`, `1.5GB`, `yes`, or
/// a law such as `Lognormal(p50: 20, p99: 80)`.
fn quantity(term: &Term, text: &str, hours: f64) -> Result<Quantity, String> {
    if text.ends_with(')') {
        return notation::read::<Law>(text)
            .map(Quantity::Law)
            .map_err(|error| format!("`{text}` is no law: {}", error.problem));
    }
    let read = |dimension| parse_number(text, dimension).map_err(|error| error.to_string());
    let has_unit = text.ends_with(|c: char| c.is_ascii_alphabetic());
    let number = match term.unit {
        "ms" => read(Dimension::Millis)?,
        "MB" => read(Dimension::Megabytes)?,
        "KB" => read(Dimension::Kilobytes)?,
        "GB" | "GB/month" if has_unit => read(Dimension::Megabytes)? / 1_024.0,
        "h" | "h/month" if has_unit => read(Dimension::Millis)? / 3.6e6,
        "s/month" if has_unit => read(Dimension::Millis)? / 1e3,
        "/s" => read(Dimension::PerSecond)?,
        "/month" if text.contains('/') => read(Dimension::PerSecond)? * hours * 3_600.0,
        "share" => read(Dimension::Fraction)?,
        "0/1" => match text {
            "yes" | "true" => 1.0,
            "no" | "false" => 0.0,
            _ => read(Dimension::Plain)?,
        },
        _ => read(Dimension::Plain)?,
    };
    if number < 0.0 {
        return Err(format!("`{text}` is negative; {} cannot be", term.meaning));
    }
    Ok(Quantity::Number(number))
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

/// The words and meters of a service.
fn words(service: &Service) -> String {
    let terms = terms_of(service).map(|term| {
        [
            term.name.to_owned(),
            term.unit.to_owned(),
            term.meaning.to_owned(),
            match term.implied {
                "0" => String::new(),
                formula => formula.to_owned(),
            },
        ]
    });
    let mut text = format!("{} ({})\n\n", service.name, service.id);
    text.push_str(&tables::table(
        ["Word", "Unit", "Meaning", "Where left out"],
        terms,
        &[],
    ));
    let meters = service.meters.iter().map(|meter: &Meter| {
        [
            meter.id.clone(),
            meter.unit.clone(),
            meter.name.clone(),
            meter.quantity.to_string(),
        ]
    });
    text.push('\n');
    text.push_str(&tables::table(
        ["Meter", "Unit", "Name", "Units a month"],
        meters,
        &[],
    ));
    text
}

fn table(catalog: &Catalog, bill: &Bill) -> String {
    let rows = bill.lines.iter().map(|line| {
        let grade = line
            .grade
            .map_or_else(String::new, |grade| grade.to_string());
        [
            format!("{}/{}", line.service, line.meter),
            line.formula.clone().unwrap_or_default(),
            format!("${:.2}", line.rounded),
            grade,
        ]
    });
    let total = [
        "Total".to_owned(),
        String::new(),
        bill.to_string(),
        String::new(),
    ];
    let mut text = tables::table(
        ["Meter", "How it comes about", "USD", "Grade"],
        rows.chain([total]),
        &[2],
    );
    for problem in &bill.problems {
        text.push_str(&format!("\nNot priced: {problem}"));
    }
    if !bill.problems.is_empty() {
        text.push('\n');
    }
    let mut sources: Vec<String> = bill
        .lines
        .iter()
        .flat_map(|line| sources_of(catalog, line))
        .map(|(title, _, checked)| format!("{title}, read {checked}"))
        .collect();
    sources.sort();
    sources.dedup();
    text.push('\n');
    for source in sources {
        text.push_str(&format!("Source: {source}\n"));
    }
    text
}

/// Title, address and day of what a line rests on.
fn sources_of<'a>(
    catalog: &'a Catalog,
    line: &'a BillLine,
) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
    let provider = line.service.provider();
    line.sources.iter().filter_map(move |key| {
        let source = catalog.source(&provider, key)?;
        Some((&*source.title, &*source.url, &*source.checked))
    })
}

fn as_json(catalog: &Catalog, bill: &Bill) -> Value {
    let lines = bill.lines.iter().map(|line| {
        let sources = sources_of(catalog, line)
            .map(|(title, url, checked)| json!({"title": title, "url": url, "checked": checked}));
        json!({
            "service": line.service,
            "meter": line.meter,
            "name": line.name,
            "region": line.region,
            "unit": line.unit,
            "quantity": line.quantity,
            "free": line.free,
            "billed": line.billed,
            "usage": line.shares.iter().filter_map(|share| share.formula.as_ref()).collect::<Vec<_>>(),
            "formula": line.formula,
            "credit": line.credit,
            "exact": line.exact,
            "usd": format!("{:.2}", line.rounded),
            "grade": line.grade,
            "figures": line.figures,
            "sources": sources.collect::<Vec<_>>(),
        })
    });
    json!({
        "total": format!("{:.2}", bill.total()),
        "exact": bill.exact_total(),
        "complete": bill.is_complete(),
        "grade": bill.grade(),
        "text": format!("{bill} /month"),
        "lines": lines.collect::<Vec<_>>(),
        "problems": bill.problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// Hours in a month; a page may speak of a day or of a year.
fn month(text: &str) -> Result<f64, String> {
    let hours = parse_number(text, Dimension::Plain).map_err(|error| error.to_string())?;
    if (1.0..=8_784.0).contains(&hours) {
        return Ok(hours);
    }
    Err("write hours from 1 to 8784, such as 730".to_owned())
}

/// `key=number`.
fn pair(text: &str) -> Result<(String, f64), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| "write key=number".to_owned())?;
    let number = parse_number(value, Dimension::Plain).map_err(|error| error.to_string())?;
    Ok((key.trim().to_owned(), number))
}

/// `service=plan` or `service=plan:share`.
fn promise(text: &str) -> Result<(String, Promise), String> {
    let (service, plan) = text
        .split_once('=')
        .ok_or_else(|| "write service=plan".to_owned())?;
    let (plan, coverage) = match plan.split_once(':') {
        None => (plan, 1.0),
        Some((plan, share)) => {
            let share = parse_number(share, Dimension::Fraction);
            (plan, share.map_err(|error| error.to_string())?)
        }
    };
    let promise = Promise {
        commitment: plan.trim().to_owned(),
        coverage,
    };
    Ok((service.trim().to_owned(), promise))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Archetype;

    #[test]
    fn values_are_read_in_the_unit_of_their_term() {
        #[track_caller]
        fn check(term: &str, text: &str, expected: f64) {
            let term = vocabulary::find(Archetype::Function, term).unwrap();
            assert_eq!(quantity(term, text, 730.0), Ok(Quantity::Number(expected)));
        }
        check("requests", "3M", 3e6);
        check("requests", "1/s", 2_628_000.0);
        check("duration", "120ms", 120.0);
        check("duration", "2s", 2_000.0);
        check("memory", "1.5GB", 1_536.0);
        check("traced", "5%", 0.05);
        check("arm", "yes", 1.0);
        check("provisioned_hours", "2d", 48.0);
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        let term = vocabulary::find(Archetype::Function, "requests").unwrap();
        for text in ["", "many", "-1", "NaN", "1e999", "Lognormal(p50)"] {
            assert!(quantity(term, text, 730.0).is_err(), "{text}");
        }
        assert!(pair("requests").is_err());
        assert!(month("0").is_err() && month("NaN").is_err() && month("744") == Ok(744.0));
        assert!(promise("aws.lambda=savings:2").is_err());
    }
}
