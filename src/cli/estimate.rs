//! `nephoscope estimate`: cost, latency and problems of a design.

use std::thread;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::failure::{Code, Failure};
use super::input::{Looked, Subject};
use super::{output, tables};
use crate::advice::finding;
use crate::advice::uncertainty::{Request, SAMPLES, Uncertainty, default_ranges, uncertainty};
use crate::export;

/// Print latency, cost and problems of a design.
#[derive(Args, Debug)]
pub(super) struct Estimate {
    #[command(flatten)]
    subject: Subject,

    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// With --format json: where the design gives no ranges, take assumed ones
    /// for what it leaves at defaults.
    #[arg(long)]
    assume_ranges: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Tables for people.
    Table,
    /// The whole report, for programs.
    Json,
    /// The lines of the bill, for spreadsheets.
    Csv,
    /// A summary for a pull request.
    Markdown,
}

impl Estimate {
    pub fn run(self) -> Result<(), Failure> {
        let looked = self.subject.look()?;
        let Looked { design, report, .. } = &looked;
        let exporter = match self.format {
            Format::Table => return output::print(tables::report(design, report).as_bytes()),
            Format::Json => return output::print(&self.json(&looked)?),
            Format::Csv => "csv",
            Format::Markdown => "markdown",
        };
        output::print(&export::exporter(exporter)?.export(design, report)?)
    }

    /// The report with what further analyses advise.
    fn json(&self, looked: &Looked) -> Result<Vec<u8>, Failure> {
        let Looked {
            catalog,
            design,
            options,
            report,
        } = looked;
        let failed = |error: serde_json::Error| Failure::new(Code::Request, error.to_string());
        let mut value = serde_json::to_value(report).map_err(failed)?;
        let findings = finding::findings(design, catalog, report, options, &|| false);
        value["advice"] = json!({
            "findings": findings.unwrap_or_default(),
            "uncertainty": self.uncertainty(looked),
        });
        let mut text = serde_json::to_vec_pretty(&value).map_err(failed)?;
        text.push(b'\n');
        Ok(text)
    }

    /// None where there are no ranges.
    fn uncertainty(&self, looked: &Looked) -> Option<Uncertainty> {
        let own = &looked.design.ranges;
        let assumed = own.is_empty() && self.assume_ranges;
        let ranges = if assumed {
            default_ranges(&looked.design, &looked.report)
        } else {
            own.clone()
        };
        let request = Request {
            ranges: &ranges,
            assumed,
            samples: SAMPLES,
            seed: 1,
            threads: thread::available_parallelism().map_or(1, usize::from),
        };
        let Looked {
            catalog,
            design,
            options,
            ..
        } = looked;
        if ranges.is_empty() {
            return None;
        }
        uncertainty(design, catalog, options, &request, &|| false)
    }
}
