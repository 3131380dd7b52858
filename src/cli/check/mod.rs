//! `nephoscope check`: whether a design keeps to its limits, for pipelines.
//!
//! Limits come from the command line, else from the design's objectives.
//! [`verdict`] decides, [`sarif`] writes for code scanners.

mod sarif;
mod verdict;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::failure::{Code, Failure};
use super::input::{Looked, Subject};
use super::{output, tables};
use crate::advice::finding;
use crate::export::cost_text;
use crate::format::{Dimension, parse_number};

use verdict::{Remark, Thresholds, remarks};

/// Check budget, response times and findings; exits with 5 where they fail.
#[derive(Args, Debug)]
pub(super) struct Check {
    #[command(flatten)]
    subject: Subject,

    /// Most that a month may cost, in USD; the design's budget where left out.
    #[arg(long, value_name = "USD", value_parser = dollars)]
    budget: Option<f64>,

    /// Most that the 99th percentile of any trigger may take, such as 300ms;
    /// the design's latency objectives where left out.
    #[arg(long, value_name = "TIME", value_parser = millis)]
    p99: Option<f64>,

    /// The findings that fail the check; ignored ones never do.
    #[arg(long, value_enum, default_value_t = Deny::Errors)]
    deny: Deny,

    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// From which severity on findings fail a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Deny {
    /// No finding.
    None,
    /// What cannot work.
    Errors,
    /// That, and what will hurt.
    Warnings,
    /// All findings.
    Hints,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// SARIF 2.1.0, for code scanners.
    Sarif,
}

impl Check {
    pub fn run(self) -> Result<(), Failure> {
        let Looked {
            catalog,
            design,
            options,
            report,
        } = self.subject.look()?;
        let never = || false;
        let findings = finding::findings(&design, &catalog, &report, &options, &never);
        let thresholds = Thresholds::new(self.budget, self.p99, self.deny, &design);
        let remarks = remarks(&report, &findings.unwrap_or_default(), &thresholds);
        let failed = remarks.iter().filter(|remark| remark.fails).count();
        let text = match self.format {
            Format::Text => text(&cost_text(&report.cost), &remarks),
            Format::Json => {
                let value = json!({
                    "passed": failed == 0,
                    "cost": report.cost.total.value,
                    "complete": report.cost.complete,
                    "budget": thresholds.budget,
                    "remarks": remarks,
                });
                format!("{value:#}\n")
            }
            Format::Sarif => {
                let file = self.subject.file();
                let source = file.and_then(|path| std::fs::read_to_string(path).ok());
                let value = sarif::log(&remarks, file, source.as_deref());
                format!("{value:#}\n")
            }
        };
        output::print(text.as_bytes())?;
        if failed == 0 {
            return Ok(());
        }
        let things = if failed == 1 { "thing" } else { "things" };
        Err(
            Failure::new(Code::Check, format!("the check failed: {failed} {things}")).help(
                "mend them, ignore a finding with a reason, or choose other limits (--budget, --p99, --deny)",
            ),
        )
    }
}

fn text(cost: &str, remarks: &[Remark]) -> String {
    let mut text = format!("Cost {cost}\n");
    for remark in remarks {
        let fails = if remark.fails { "FAILED " } else { "" };
        let place = remark.place();
        let line = format!(
            "{fails}{}[{}]{place}: {}",
            remark.level, remark.rule, remark.message
        );
        text.push_str(&tables::printable(&line));
        text.push('\n');
    }
    if !remarks.iter().any(|remark| remark.fails) {
        text.push_str("The check passed.\n");
    }
    text
}

/// `200`, `$200`, `1,500.50`.
fn dollars(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_start_matches('$');
    match parse_number(number, Dimension::Plain) {
        Ok(usd) if usd >= 0.0 => Ok(usd),
        _ => Err("write an amount of USD, such as 200 or $1,500".to_owned()),
    }
}

fn millis(text: &str) -> Result<f64, String> {
    parse_number(text, Dimension::Millis).map_err(|error| error.to_string())
}
