//! `nephoscope samples`: the designs that come with the program.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::failure::Failure;
use super::{output, tables};
use crate::project;

/// List the samples; open one as sample:NAME.
#[derive(Args, Debug)]
pub(super) struct Samples {
    /// How to print them.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Tables or JSON.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// Tables for people.
    Table,
    /// For programs.
    Json,
}

impl Samples {
    pub fn run(self) -> Result<(), Failure> {
        let samples = project::samples();
        match self.format {
            Format::Table => {
                let rows = samples.iter().map(|s| {
                    [
                        format!("sample:{}", s.name),
                        s.title.clone(),
                        s.question.clone(),
                    ]
                });
                output::print(tables::table(["Sample", "Title", "Question"], rows, &[]).as_bytes())
            }
            Format::Json => {
                let samples: Vec<_> = samples
                    .iter()
                    .map(|s| json!({"name": s.name, "title": s.title, "question": s.question}))
                    .collect();
                output::print(format!("{:#}\n", json!(samples)).as_bytes())
            }
        }
    }
}
