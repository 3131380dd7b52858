//! `nephoscope catalog sources` and `catalog stale`: where figures come from,
//! and which want reading again.

use std::collections::{BTreeMap, BTreeSet};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::failure::{Code, Failure};
use super::input::Facts;
use super::sample::Format;
use super::{output, tables};
use crate::catalog::{Catalog, FigureRef, Grade, Service};
use crate::format::{self, Dimension, parse_number};

/// Milliseconds in a day.
const DAY: f64 = 86_400_000.0;

/// What the catalog rests on.
#[derive(Debug, Subcommand)]
pub(super) enum Provenance {
    Sources(Sources),
    Stale(Stale),
}

/// List the pages and data sets that figures come from, with the day they were read.
#[derive(Args, Debug)]
pub(super) struct Sources {
    #[command(flatten)]
    facts: Facts,

    /// How to print them.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// List the sources that were read too long ago, oldest first.
#[derive(Args, Debug)]
pub(super) struct Stale {
    /// How old a source may be: 180d, 26w, 1y.
    #[arg(long, value_name = "AGE", default_value = "180d", value_parser = age)]
    older_than: f64,

    /// The day to count from, YYYY-MM-DD; today where left out.
    #[arg(long, value_name = "DAY", value_parser = day)]
    on: Option<i64>,

    /// Exit with 1 where there are any, for a job that keeps the catalog fresh.
    #[arg(long)]
    deny: bool,

    #[command(flatten)]
    facts: Facts,

    /// How to print them.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl Provenance {
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Self::Sources(sources) => {
                let catalog = sources.facts.load()?;
                print(&origins(&catalog), None, sources.format)
            }
            Self::Stale(stale) => stale.run(),
        }
    }
}

impl Stale {
    fn run(self) -> Result<(), Failure> {
        let catalog = self.facts.load()?;
        let now = match self.on {
            Some(day) => day,
            None => today()?,
        };
        let mut old: Vec<Origin> = origins(&catalog)
            .into_iter()
            .filter(|origin| origin.age(now).is_none_or(|days| days > self.older_than))
            .collect();
        old.sort_by(|a, b| (a.checked, a.provider).cmp(&(b.checked, b.provider)));
        print(&old, Some(now), self.format)?;
        if old.is_empty() || !self.deny {
            return Ok(());
        }
        let figures: usize = old.iter().map(|origin| origin.figures).sum();
        let what = format!(
            "{} sources of {figures} figures are older than {} days",
            old.len(),
            format::count(self.older_than)
        );
        Err(Failure::new(Code::Request, what)
            .help("assets/catalog/README.md tells how a figure is renewed"))
    }
}

/// One page with what rests on it.
struct Origin<'a> {
    provider: &'a str,
    key: &'a str,
    title: &'a str,
    url: &'a str,
    checked: &'a str,
    figures: usize,
    grades: BTreeSet<Grade>,
}

impl Origin<'_> {
    /// Days since it was read; none where the day is unknown.
    fn age(&self, now: i64) -> Option<f64> {
        let read = day(self.checked).ok()?;
        #[expect(clippy::cast_precision_loss, reason = "days")]
        let days = (now - read) as f64;
        Some(days)
    }
}

/// Every source that figures use, by provider and key. Our own assumptions are
/// no pages to read again.
fn origins(catalog: &Catalog) -> Vec<Origin<'_>> {
    let mut origins: BTreeMap<(&str, &str), Origin> = BTreeMap::new();
    for figure in catalog.figures() {
        let owner = catalog.providers.values().find(|provider| {
            let id = figure.id.0.split(['.', '/']).next();
            id == Some(provider.id.as_str())
        });
        let (Some(provider), Some(source)) = (owner, figure.origin) else {
            continue;
        };
        if figure.grade == Grade::M {
            continue;
        }
        let place = (provider.id.as_str(), figure.source);
        let origin = origins.entry(place).or_insert_with(|| Origin {
            provider: provider.id.as_str(),
            key: figure.source,
            title: &source.title,
            url: &source.url,
            checked: &source.checked,
            figures: 0,
            grades: BTreeSet::new(),
        });
        origin.figures += 1;
        origin.grades.insert(figure.grade);
    }
    origins.into_values().collect()
}

fn print(origins: &[Origin<'_>], now: Option<i64>, format: Format) -> Result<(), Failure> {
    if let Format::Json = format {
        let all: Vec<Value> = origins
            .iter()
            .map(|origin| {
                json!({
                    "provider": origin.provider,
                    "source": origin.key,
                    "title": origin.title,
                    "url": origin.url,
                    "checked": origin.checked,
                    "age_days": now.and_then(|now| origin.age(now)),
                    "figures": origin.figures,
                    "grades": origin.grades,
                })
            })
            .collect();
        return output::print(format!("{:#}\n", json!(all)).as_bytes());
    }
    let rows = origins.iter().map(|origin| {
        let grades: Vec<String> = origin.grades.iter().map(Grade::to_string).collect();
        [
            origin.provider.to_owned(),
            origin.checked.to_owned(),
            origin.figures.to_string(),
            grades.join(" "),
            origin.title.to_owned(),
            origin.url.to_owned(),
        ]
    });
    let head = ["Provider", "Read", "Figures", "Grades", "Source", "Where"];
    output::print(tables::table(head, rows, &[2]).as_bytes())
}

/// Every figure that a service rests on: its own, and the allowances and
/// credits that its meters draw on.
pub(super) fn figures<'a>(catalog: &'a Catalog, service: &'a Service) -> Vec<FigureRef<'a>> {
    let provider = service.id.provider();
    let shared: BTreeSet<String> = service
        .meters
        .iter()
        .flat_map(|meter| {
            let free = meter
                .free
                .iter()
                .map(|key| format!("{provider}/free.{key}"));
            let credit = meter.credit.iter();
            free.chain(credit.map(|key| format!("{provider}/credit.{key}")))
        })
        .collect();
    let mut figures = catalog.service_figures(service);
    let of_provider = catalog.provider_figures(&provider).into_iter();
    figures.extend(of_provider.filter(|figure| shared.contains(&figure.id.0)));
    figures
}

/// The same for programs.
pub(super) fn as_json(catalog: &Catalog, service: &Service) -> Value {
    figures(catalog, service).iter().map(figure).collect()
}

fn figure(figure: &FigureRef<'_>) -> Value {
    json!({
        "id": figure.id,
        "what": figure.what,
        "value": figure.value,
        "unit": figure.unit,
        "source": figure.origin.map(|origin| &origin.title),
        "url": figure.origin.map(|origin| &origin.url),
        "checked": figure.origin.map(|origin| &origin.checked),
        "grade": figure.grade,
    })
}

/// An age in days: `180d`, `26w`, `1y`, or a bare number of days.
fn age(text: &str) -> Result<f64, String> {
    let text = text.trim();
    if text.chars().all(|c| c.is_ascii_digit()) && !text.is_empty() {
        return text
            .parse()
            .map_err(|_| "write an age such as 180d".to_owned());
    }
    if let Some(years) = text.strip_suffix('y').and_then(|y| y.parse::<f64>().ok()) {
        return Ok(years * 365.0);
    }
    parse_number(text, Dimension::Millis)
        .map(|millis| millis / DAY)
        .map_err(|_| format!("`{text}` is no age; write 180d, 26w or 1y"))
}

/// Days since 1970-01-01 of a day written `YYYY-MM-DD`.
fn day(text: &str) -> Result<i64, String> {
    let mut parts = text.splitn(3, '-').map(str::parse::<i64>);
    let (Some(Ok(year)), Some(Ok(month @ 1..=12)), Some(Ok(day @ 1..=31))) =
        (parts.next(), parts.next(), parts.next())
    else {
        return Err(format!("`{text}` is no day; write YYYY-MM-DD"));
    };
    if !(1_970..=9_999).contains(&year) {
        return Err(format!("`{text}` is no day of our time"));
    }
    // March is the first month, so that the leap day is the last of its year.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Ok(days - 719_468)
}

/// Today, in days since 1970-01-01.
fn today() -> Result<i64, Failure> {
    #[expect(
        clippy::disallowed_methods,
        reason = "how old a source or a measurement is, is a question of today"
    )]
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH);
    let seconds = since.map_err(|error| Failure::new(Code::Request, error.to_string()))?;
    i64::try_from(seconds.as_secs() / 86_400)
        .map_err(|error| Failure::new(Code::Request, error.to_string()))
}

/// Today as `YYYY-MM-DD`.
pub(super) fn today_text() -> Result<String, Failure> {
    Ok(day_text(today()?))
}

/// A day as it was written, if it is one.
pub(super) fn checked_day(text: &str) -> Result<String, String> {
    Ok(day_text(day(text)?))
}

/// The day so many days after 1970-01-01; the other way round of [`day`].
fn day_text(days: i64) -> String {
    // Days since 0000-03-01, in eras of 400 years.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!("{:04}-{month:02}-{date:02}", era * 400 + year + later)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted() {
        assert_eq!(day("1970-01-01"), Ok(0));
        assert_eq!(day("2000-03-01"), Ok(11_017));
        assert_eq!(day("2024-02-29"), Ok(19_782));
        assert_eq!(day("2026-11-25"), Ok(20_782));
        for wrong in ["", "2026", "2026-13-01", "2026-1-x", "0001-01-01"] {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn days_are_written_as_they_were_read() {
        for text in [
            "1970-01-01",
            "2000-02-29",
            "2000-03-01",
            "2024-12-31",
            "2026-11-25",
        ] {
            assert_eq!(checked_day(text), Ok(text.to_owned()));
        }
    }

    #[test]
    fn ages_are_read() {
        assert_eq!(age("180d"), Ok(180.0));
        assert_eq!(age("180"), Ok(180.0));
        assert_eq!(age("2w"), Ok(14.0));
        assert_eq!(age("1y"), Ok(365.0));
        assert!(age("old").is_err());
        assert!(age("").is_err());
    }
}
