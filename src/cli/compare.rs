//! `nephoscope compare`: one design on all providers.

use clap::Args;
use serde::Serialize;

use super::failure::{Code, Failure};
use super::input::Drawn;
use super::sample::Format;
use super::{output, tables};
use crate::advice::compare::{Cause, Column, Comparison, compare, why_not};
use crate::export::wording::known_cost;
use crate::format;

/// The version of the JSON that a comparison is printed as.
const SCHEMA_VERSION: u32 = 1;

/// Price and analyse a design on all providers, and say what makes the difference.
#[derive(Args, Debug)]
pub(super) struct Compare {
    #[command(flatten)]
    drawn: Drawn,

    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Serialize)]
struct Versioned<'a> {
    schema: u32,
    name: &'a str,
    #[serde(flatten)]
    comparison: &'a Comparison,
}

impl Compare {
    pub fn run(self) -> Result<(), Failure> {
        let (catalog, design) = self.drawn.load()?;
        let Some(comparison) = compare(&design, &catalog, self.drawn.traffic, &|| false) else {
            return Ok(());
        };
        match self.format {
            Format::Table => output::print(table(&comparison).as_bytes()),
            Format::Json => {
                let all = Versioned {
                    schema: SCHEMA_VERSION,
                    name: &design.name,
                    comparison: &comparison,
                };
                let text = serde_json::to_string_pretty(&all)
                    .map_err(|error| Failure::new(Code::Request, error.to_string()))?;
                output::print(format!("{text}\n").as_bytes())
            }
        }
    }
}

fn table(comparison: &Comparison) -> String {
    let rows = comparison.providers.iter().map(|column| {
        let grade = column
            .grade()
            .map_or_else(String::new, |grade| grade.to_string());
        [
            column.name.clone(),
            column.region.to_string(),
            known_cost(column.total.value, column.complete),
            format::millis(column.p50),
            format::millis(column.p99),
            column.fidelity.label().to_owned(),
            format::percent(column.lock_in),
            grade,
        ]
    });
    let head = [
        "Provider",
        "Region",
        "Cost",
        "p50",
        "p99",
        "Fidelity",
        "Below near",
        "Grade",
    ];
    let mut text = tables::table(head, rows, &[2, 3, 4, 6]);
    let with_nodes = |column: &&Column| !column.nodes.is_empty();
    for column in comparison.providers.iter().filter(with_nodes) {
        text.push('\n');
        text.push_str(&details(column, column.provider == comparison.home));
    }
    if !comparison.excluded.is_empty() {
        let rows = comparison
            .excluded
            .iter()
            .map(|excluded| [excluded.name.clone(), why_not(excluded)]);
        text.push('\n');
        text.push_str(&tables::table(["Cannot run it", "Because"], rows, &[]));
    }
    text
}

/// The nodes of one provider, and what makes its cost and latency differ.
fn details(column: &Column, is_home: bool) -> String {
    let rows = column.nodes.iter().map(|cell| {
        let translation = &cell.translation;
        [
            cell.label.clone(),
            translation.service_name.clone(),
            format::usd_per_month(cell.cost.value),
            translation.fidelity.label().to_owned(),
            translation.reason.clone(),
        ]
    });
    let head = [column.name.as_str(), "Service", "Cost", "Fidelity", "Why"];
    let mut text = tables::table(head, rows, &[2]);
    if is_home {
        return text;
    }
    let gap = format!("{} a month against home", format::usd_delta(column.gap));
    text.push_str(&causes(&gap, &column.causes, format::usd_delta));
    let signed = |millis: f64| {
        let sign = if millis < 0.0 { "−" } else { "+" };
        format!("{sign}{}", format::millis(millis.abs()))
    };
    text.push_str(&causes(
        "Latency against home",
        &column.latency_causes,
        signed,
    ));
    text
}

fn causes(title: &str, causes: &[Cause], difference: impl Fn(f64) -> String) -> String {
    if causes.is_empty() {
        return String::new();
    }
    let lines = causes
        .iter()
        .map(|cause| format!("  {}  {}\n", difference(cause.difference), cause.text));
    format!("{title}:\n{}", lines.collect::<String>())
}
