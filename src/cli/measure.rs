//! `nephoscope measure`: measurements of a function into its settings.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::failure::{Code, Failure};
use super::input::{Facts, Input};
use super::output::Target;
use super::{output, provenance, tables};
use crate::advice::measured::{self, Fit, Origin};
use crate::design::{Editor, NodeId};
use crate::format;
use crate::law::Law;
use crate::project;

/// Fit a function to measurements: CPU time, waiting and initialisation.
#[derive(Args, Debug)]
pub(super) struct Measure {
    /// The design: a path, or sample:NAME.
    #[arg(value_name = "FILE")]
    input: Input,

    /// The function that was measured.
    #[arg(long, value_name = "ID")]
    node: String,

    /// The output of AWS Lambda Power Tuning (JSON), or durations (CSV).
    #[arg(long, value_name = "FILE")]
    from: PathBuf,

    /// The day of the measurement, YYYY-MM-DD; today where left out.
    #[arg(long, value_name = "DAY", value_parser = provenance::checked_day)]
    date: Option<String>,

    /// Write the design with the fitted settings; - for standard output.
    #[arg(short, long, value_name = "OUT")]
    output: Option<Target>,

    /// How to print the fit.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    #[command(flatten)]
    facts: Facts,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

impl Measure {
    pub fn run(self) -> Result<(), Failure> {
        let catalog = self.facts.load()?;
        let design = self.input.read(false)?;
        let file = self.from.display().to_string();
        let text = std::fs::read_to_string(&self.from)
            .map_err(|error| Failure::new(Code::Unreadable, format!("{file}: {error}")))?;
        let measured = measured::read(&text, &file).map_err(|error| {
            Failure::new(Code::Unreadable, error.to_string())
                .help("docs/CLI.md describes the files that can be imported")
        })?;
        let date = match self.date {
            Some(date) => date,
            None => provenance::today_text()?,
        };
        let name = self.from.file_name().map_or(self.from.as_path(), Path::new);
        let origin = Origin {
            file: &name.display().to_string(),
            date: &date,
        };
        let node = NodeId::from(self.node.as_str());
        let fit = measured::fit(&design, &catalog, &node, &measured, &origin)
            .map_err(|error| Failure::new(Code::Request, error.to_string()))?;
        let shown = match self.format {
            Format::Table => table(&fit),
            Format::Json => format!("{:#}\n", json!(fit)),
        };
        let Some(target) = self.output else {
            return output::print(shown.as_bytes());
        };
        let after = Editor::tried(&design, &fit.commands)
            .map_err(|error| Failure::new(Code::Request, error.to_string()))?;
        let written = project::write(&after)
            .map_err(|error| Failure::new(Code::Request, format!("the design {error}")))?;
        target.write(written.as_bytes())?;
        match target {
            // The design is the result then.
            Target::Standard => Ok(()),
            Target::File(_) => output::print(shown.as_bytes()),
        }
    }
}

fn table(fit: &Fit) -> String {
    let law = |law: &Law| {
        let spread = match law {
            Law::Fixed(_) => String::new(),
            _ => format!(
                ", p50 {}, p99 {}",
                format::millis(law.quantile(0.5).0),
                format::millis(law.quantile(0.99).0)
            ),
        };
        format!("mean {}{spread}", format::millis(law.mean().0))
    };
    let mut text = format!(
        "CPU time        {}\nOther waiting   {}\n",
        law(&fit.cpu),
        law(&fit.wait)
    );
    if let Some(init) = &fit.init {
        text.push_str(&format!("Initialisation  {}\n", law(init)));
    }
    text.push_str(&format!(
        "Calls drawn     {} of each run\n\n",
        format::millis(fit.around)
    ));
    let rows = fit.points.iter().map(|point| {
        let sign = if point.error < 0.0 { "−" } else { "+" };
        [
            point.what.clone(),
            format::millis(point.measured),
            format::millis(point.predicted),
            format!("{sign}{}", format::percent(point.error.abs())),
        ]
    });
    let head = ["Point", "Measured", "Predicted", "Error"];
    text.push_str(&tables::table(head, rows, &[1, 2, 3]));
    for note in &fit.notes {
        text.push_str(&format!("note: {note}\n"));
    }
    text
}
