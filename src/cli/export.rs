//! `nephoscope export`: a report or a drawing as a file.

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::failure::Failure;
use super::input::Subject;
use super::output::Target;
use crate::export::{self, EXPORTERS, Exporter};

/// Write the report, or a drawing of the design, to a file.
#[derive(Args, Debug)]
pub(super) struct Export {
    #[command(flatten)]
    subject: Subject,

    /// The format.
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    to: String,

    /// The file to write; - for standard output.
    #[arg(short, long, value_name = "OUT")]
    output: Target,
}

impl Export {
    pub fn run(self) -> Result<(), Failure> {
        let (design, report) = self.subject.report()?;
        let content = export::exporter(&self.to)?.export(&design, &report)?;
        self.output.write(&content)
    }
}

/// The registry as choices with their descriptions.
fn formats() -> PossibleValuesParser {
    let value = |exporter: &&dyn Exporter| {
        clap::builder::PossibleValue::new(exporter.name()).help(exporter.description())
    };
    PossibleValuesParser::new(EXPORTERS.iter().map(value))
}
