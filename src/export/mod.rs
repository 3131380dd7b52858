//! Reports and designs as files in other formats, one file a format.
//!
//! A format is one file here and one line in [`EXPORTERS`]; command line,
//! window and tests iterate the registry. Exporters compute nothing: what they
//! show stands in the report.

mod csv;
mod dot;
mod drawing;
mod escape;
mod html;
mod json;
mod markdown;
mod mermaid;
mod svg;
pub(crate) mod wording;

#[cfg(test)]
mod tests;

use std::path::Path;

use crate::design::Design;
use crate::project;
use crate::report::Report;

pub use wording::{Where, cost_text, place};

/// A format that a report can be written in.
pub trait Exporter: Sync {
    /// Name on the command line, such as `csv`.
    fn name(&self) -> &'static str;
    /// File extension.
    fn extension(&self) -> &'static str;
    /// What it is for, in a sentence.
    fn description(&self) -> &'static str;
    /// The file's content.
    ///
    /// # Errors
    ///
    /// If the report cannot be written in this format.
    fn export(&self, design: &Design, report: &Report) -> anyhow::Result<Vec<u8>>;
}

/// All formats, in the order in which they are offered.
pub const EXPORTERS: &[&dyn Exporter] = &[
    &html::Html,
    &markdown::Markdown,
    &csv::Csv,
    &json::Json,
    &svg::Svg,
    &mermaid::Mermaid,
    &dot::Dot,
];

/// The format of a name.
///
/// # Errors
///
/// If there is no such format; the message lists those that there are.
pub fn exporter(format: &str) -> anyhow::Result<&'static dyn Exporter> {
    let found = EXPORTERS.iter().find(|exporter| exporter.name() == format);
    found.copied().ok_or_else(|| {
        let names: Vec<_> = EXPORTERS.iter().map(|exporter| exporter.name()).collect();
        anyhow::anyhow!(
            "there is no export format `{format}`; there are {}",
            names.join(", ")
        )
    })
}

/// Writes a report to a file in a format by name.
///
/// # Errors
///
/// If there is no such format or the file cannot be written.
pub fn to_file(format: &str, design: &Design, report: &Report, path: &Path) -> anyhow::Result<()> {
    let content = exporter(format)?.export(design, report)?;
    project::write_atomically(path, &content)?;
    Ok(())
}
