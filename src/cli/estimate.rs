//! `nephoscope estimate`: cost, latency and problems of a design.

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::input::Subject;
use super::{output, tables};
use crate::export;

/// Print latency, cost and problems of a design.
#[derive(Args, Debug)]
pub(super) struct Estimate {
    #[command(flatten)]
    subject: Subject,

    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
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
        let (design, report) = self.subject.report()?;
        let exporter = match self.format {
            Format::Table => return output::print(tables::report(&design, &report).as_bytes()),
            Format::Json => "json",
            Format::Csv => "csv",
            Format::Markdown => "markdown",
        };
        output::print(&export::exporter(exporter)?.export(&design, &report)?)
    }
}
