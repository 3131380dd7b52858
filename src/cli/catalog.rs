//! `nephoscope catalog`: what the program knows about services, with sources.

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::failure::{Code, Failure};
use super::input::Facts;
use super::sample::Format;
use super::{output, provenance, tables};
use crate::catalog::{
    self, Exceeded, FigureRef, Limit, LimitKind, LimitScope, Meter, Service, Sourced,
};
use crate::format;
use crate::law::Law;

/// Show the facts that estimates rest on.
#[derive(Debug, Subcommand)]
pub(super) enum Catalog {
    List(List),
    Show(Show),
    #[command(flatten)]
    Provenance(provenance::Provenance),
}

/// List all services; as JSON with every figure that they rest on.
#[derive(Args, Debug)]
pub(super) struct List {
    #[command(flatten)]
    facts: Facts,

    /// How to print them.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Show prices, limits and timings of one service, with their sources.
#[derive(Args, Debug)]
pub(super) struct Show {
    /// The service, such as aws.lambda.
    service: String,

    #[command(flatten)]
    facts: Facts,

    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Catalog {
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run(),
            Self::Show(show) => show.run(),
            Self::Provenance(asked) => asked.run(),
        }
    }
}

impl List {
    fn run(self) -> Result<(), Failure> {
        let catalog = self.facts.load()?;
        let services = catalog.services.values();
        match self.format {
            Format::Table => {
                let rows = services.map(|service| {
                    let kind = service.archetype.label().to_owned();
                    [
                        service.id.to_string(),
                        kind,
                        service.name.clone(),
                        service.meters.len().to_string(),
                    ]
                });
                let head = ["Service", "Kind", "Name", "Meters"];
                output::print(tables::table(head, rows, &[3]).as_bytes())
            }
            Format::Json => {
                let services: Vec<Value> = services
                    .map(|service| {
                        let mut entry = summary(service);
                        entry["figures"] = provenance::as_json(&catalog, service);
                        entry
                    })
                    .collect();
                output::print(format!("{:#}\n", json!(services)).as_bytes())
            }
        }
    }
}

impl Show {
    fn run(self) -> Result<(), Failure> {
        let catalog = self.facts.load()?;
        let Some(service) = catalog.services.get(self.service.as_str()) else {
            return Err(self.unknown(&catalog));
        };
        let figures = Figures {
            catalog: &catalog,
            service,
        };
        match self.format {
            Format::Table => output::print(figures.table().as_bytes()),
            Format::Json => output::print(format!("{:#}\n", figures.json()).as_bytes()),
        }
    }

    fn unknown(&self, catalog: &catalog::Catalog) -> Failure {
        let wish = self.service.to_lowercase();
        let similar: Vec<&str> = catalog
            .services
            .values()
            .filter(|service| {
                let short = service.id.as_str().rsplit('.').next().unwrap_or_default();
                service.id.as_str().contains(&wish)
                    || service.name.to_lowercase().contains(&wish)
                    || wish.contains(short)
            })
            .map(|service| service.id.as_str())
            .take(8)
            .collect();
        let failure = Failure::new(
            Code::Request,
            format!("the catalog has no service `{}`", self.service),
        );
        failure.help(if similar.is_empty() {
            "`nephoscope catalog list` shows all services".to_owned()
        } else {
            format!("there are {}", similar.join(", "))
        })
    }
}

/// What every listing says of a service.
fn summary(service: &Service) -> Value {
    json!({
        "id": service.id,
        "provider": service.id.provider(),
        "name": service.name,
        "short": service.short,
        "archetype": service.archetype,
        "rank": service.rank,
        "features": service.features,
        "apis": service.apis,
    })
}

/// One service with the catalog that knows its sources.
struct Figures<'a> {
    catalog: &'a catalog::Catalog,
    service: &'a Service,
}

/// One figure: its address, what it is, its value with unit, its provenance.
#[derive(Clone)]
struct Row {
    figure: String,
    what: String,
    value: String,
    source: String,
    grade: String,
}

/// Sources in the order in which a table refers to them, by number.
#[derive(Default)]
struct Footnotes(Vec<String>);

impl Footnotes {
    fn number(&mut self, source: String) -> String {
        let known = self.0.iter().position(|known| *known == source);
        let index = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push(source);
        }
        format!("[{}]", index + 1)
    }
}

impl Figures<'_> {
    fn table(&self) -> String {
        let Service {
            id,
            name,
            archetype,
            note,
            ..
        } = self.service;
        let mut text = format!("{name} ({id}) · {archetype}\n");
        if !note.is_empty() {
            text.push_str(&format!("{note}\n"));
        }
        let mut notes = Footnotes::default();
        for (title, rows) in [
            ("Price", self.prices()),
            ("Limit", self.limits()),
            ("Timing", self.timings()),
            ("Further figure", self.further()),
        ] {
            if rows.is_empty() {
                continue;
            }
            let rows = rows
                .into_iter()
                .map(|row| [row.what, row.value, row.grade, notes.number(row.source)]);
            text.push('\n');
            text.push_str(&tables::table(
                [title, "Value", "Grade", "Source"],
                rows,
                &[],
            ));
        }
        text.push('\n');
        for (index, source) in notes.0.iter().enumerate() {
            text.push_str(&format!("[{}] {source}\n", index + 1));
        }
        text
    }

    fn json(&self) -> Value {
        let section = |rows: Vec<Row>| -> Vec<Value> {
            let figure = |row: Row| {
                json!({
                    "figure": row.figure,
                    "what": row.what,
                    "value": row.value,
                    "source": row.source,
                    "grade": row.grade,
                })
            };
            rows.into_iter().map(figure).collect()
        };
        let mut value = summary(self.service);
        let more = json!({
            "note": self.service.note,
            "meters": self.service.meters.iter().map(meter).collect::<Vec<_>>(),
            "prices": section(self.prices()),
            "limits": section(self.limits()),
            "timings": section(self.timings()),
            "further": section(self.further()),
        });
        if let (Value::Object(all), Value::Object(more)) = (&mut value, more) {
            all.extend::<Map<_, _>>(more);
        }
        value
    }

    fn row<T>(&self, what: String, value: String, figure: &Sourced<T>) -> Row {
        let source = self
            .catalog
            .source(&self.service.id.provider(), &figure.source);
        let source = source.map(|source| format!("{}, read {}", source.title, source.checked));
        Row {
            figure: figure.id.to_string(),
            what,
            value,
            source: source.unwrap_or_else(|| figure.source.clone()),
            grade: figure.grade.to_string(),
        }
    }

    fn prices(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for meter in &self.service.meters {
            for (region, tiers) in &meter.prices {
                for tier in tiers {
                    let limit = tier
                        .up_to
                        .map(|edge| format!(" up to {}", format::count(edge)));
                    let what = format!("{}, {region}{}", meter.name, limit.unwrap_or_default());
                    let usd = tier.usd.value.0;
                    let value = format!(
                        "${usd} per {} {}",
                        format::significant(meter.per, 12),
                        meter.unit
                    );
                    rows.push(self.row(what, value, &tier.usd));
                }
            }
        }
        rows
    }

    /// Everything else: how it runs and scales, commitments, assumptions, and
    /// the allowances and credits that its meters draw on.
    fn further(&self) -> Vec<Row> {
        let shown = [self.prices(), self.limits(), self.timings()].concat();
        let is_shown = |id: &str| shown.iter().any(|row| row.figure == id);
        let figures = provenance::figures(self.catalog, self.service);
        let row = |figure: FigureRef<'_>| Row {
            figure: figure.id.to_string(),
            what: figure.what,
            value: format!("{} {}", figure.value, figure.unit),
            source: figure.origin.map_or_else(
                || figure.source.to_owned(),
                |origin| format!("{}, read {}", origin.title, origin.checked),
            ),
            grade: figure.grade.to_string(),
        };
        let others = figures.into_iter().filter(|f| !is_shown(&f.id.0));
        others.map(row).collect()
    }

    fn limits(&self) -> Vec<Row> {
        let limits = self.service.limits.iter();
        let row = |(kind, limit): (&LimitKind, &Limit)| {
            let (noun, unit) = limit_words(*kind);
            let what = format!(
                "{noun} per {}; beyond it {}",
                scope(limit.scope),
                exceeded(limit.exceeded)
            );
            let value = format!("{} {unit}", format::significant(limit.value.value, 12));
            self.row(what, value, &limit.value)
        };
        limits.map(row).collect()
    }

    fn timings(&self) -> Vec<Row> {
        let timing = self.service.timing.iter();
        let mut rows: Vec<Row> = timing
            .map(|(operation, law)| self.row(format!("{operation:?}"), law_text(&law.value), law))
            .collect();
        let compute = self.service.compute.as_ref();
        for (runtime, law) in compute.iter().flat_map(|compute| &compute.init) {
            rows.push(self.row(
                format!("Initialisation, {runtime}"),
                law_text(&law.value),
                law,
            ));
        }
        rows
    }
}

fn meter(meter: &Meter) -> Value {
    json!({
        "id": meter.id,
        "name": meter.name,
        "unit": meter.unit,
        "quantity": meter.quantity,
        "when": meter.when,
        "per": meter.per,
        "combine": meter.combine,
        "allowance": meter.free,
        "credit": meter.credit,
    })
}

/// A limit in words, and its unit.
fn limit_words(kind: LimitKind) -> (&'static str, &'static str) {
    match kind {
        LimitKind::Concurrency => ("Concurrency", "executions"),
        LimitKind::RequestRate => ("Requests", "/s"),
        LimitKind::Burst => ("Burst", "requests"),
        LimitKind::Timeout => ("Longest run", "ms"),
        LimitKind::RequestPayload => ("Request size", "KB"),
        LimitKind::ResponsePayload => ("Response size", "KB"),
        LimitKind::EventPayload => ("Event size", "KB"),
        LimitKind::WriteRate => ("Writes", "/s"),
        LimitKind::ReadRate => ("Reads", "/s"),
        LimitKind::PartitionWriteRate => ("Writes to one partition", "/s"),
        LimitKind::PartitionReadRate => ("Reads of one partition", "/s"),
        LimitKind::InFlight => ("Messages in flight", "messages"),
        LimitKind::Batch => ("Batch", "messages"),
        LimitKind::Package => ("Package size", "MB"),
        LimitKind::Steps => ("Steps", "steps"),
        LimitKind::Retention => ("Retention", "s"),
        LimitKind::ConnectionRate => ("New connections", "/s"),
    }
}

fn scope(scope: LimitScope) -> &'static str {
    match scope {
        LimitScope::Account => "account and region",
        LimitScope::Resource => "resource",
        LimitScope::Partition => "partition",
        LimitScope::Item => "item",
    }
}

fn exceeded(exceeded: Exceeded) -> &'static str {
    match exceeded {
        Exceeded::Throttle => "throttled",
        Exceeded::Reject => "refused",
        Exceeded::Delay => "delayed",
        Exceeded::Abort => "cut off",
        Exceeded::FailDeployment => "not deployable",
    }
}

fn law_text(law: &Law) -> String {
    match law {
        Law::Fixed(value) => format::millis(value.0),
        _ => format!(
            "p50 {}, p99 {}",
            format::millis(law.quantile(0.5).0),
            format::millis(law.quantile(0.99).0)
        ),
    }
}
