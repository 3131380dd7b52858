//! The whole report for programs. The schema is described in `docs/CLI.md` and
//! numbered by [`crate::report::SCHEMA_VERSION`].

use super::Exporter;
use crate::design::Design;
use crate::report::Report;

/// See the module.
pub(super) struct Json;

impl Exporter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn description(&self) -> &'static str {
        "The whole report with formulas and sources, for programs"
    }

    fn export(&self, _design: &Design, report: &Report) -> anyhow::Result<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(report)?;
        text.push(b'\n');
        Ok(text)
    }
}
