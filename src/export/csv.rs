//! The lines of the bill for spreadsheets.

use super::escape::csv;
use super::{Exporter, wording};
use crate::design::Design;
use crate::report::{CostLine, Problem, Report};

/// The columns, as documented in `docs/CLI.md`.
const COLUMNS: [&str; 14] = [
    "node",
    "label",
    "companion",
    "service",
    "service_name",
    "meter",
    "meter_name",
    "unit",
    "quantity",
    "free",
    "usd_per_month",
    "usd_exact",
    "grade",
    "formula",
];

/// See the module.
pub(super) struct Csv;

impl Exporter for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn extension(&self) -> &'static str {
        "csv"
    }

    fn description(&self) -> &'static str {
        "One row for each line of the bill, for spreadsheets"
    }

    fn export(&self, design: &Design, report: &Report) -> anyhow::Result<Vec<u8>> {
        let mut text = COLUMNS.join(",");
        text.push_str("\r\n");
        for line in &report.cost.lines {
            text.push_str(&row(design, line).join(","));
            text.push_str("\r\n");
        }
        // What has no price is a row without a cost, lest the sum look whole.
        for problem in report.problems.iter().filter(|p| p.is_unpriced()) {
            text.push_str(&unpriced(design, problem).join(","));
            text.push_str("\r\n");
        }
        Ok(text.into_bytes())
    }
}

/// A row for what cannot be priced: only where, and why.
fn unpriced(design: &Design, problem: &Problem) -> [String; 14] {
    let mut row: [String; 14] = Default::default();
    let [node, label, .., meter_name, _, _, _, _, _, _, formula] = &mut row;
    if let Some(id) = &problem.node {
        *node = csv(id.as_str());
        *label = csv(&wording::title(design, id));
    }
    "no price".clone_into(meter_name);
    *formula = csv(&problem.what);
    row
}

fn row(design: &Design, line: &CostLine) -> [String; 14] {
    let grade = line.cost.grade.map(|grade| grade.to_string());
    [
        csv(line.node.as_str()),
        csv(&wording::title(design, &line.node)),
        csv(line.companion.as_deref().unwrap_or_default()),
        csv(line.service.as_str()),
        csv(&line.service_name),
        csv(&line.meter),
        csv(&line.name),
        csv(&line.unit),
        number(line.quantity),
        number(line.free),
        number(line.cost.value),
        line.exact.to_string(),
        grade.unwrap_or_default(),
        csv(&line.cost.formula),
    ]
}

/// A number as it is; nothing where it is none.
fn number(value: f64) -> String {
    if value.is_finite() {
        value.to_string()
    } else {
        String::new()
    }
}
