//! Which node would cost what in the worst hour: bars, dearest first.

use plotters_backend::DrawingBackend;

use super::kind::{ChartKind, Picture, Subject};
use super::{Area, Bar, Chart, ChartError, Pen, Table, bars};
use crate::format;
use crate::ui::view::DrawerTab;

/// See the module.
pub struct RiskByNode;

/// Name, dollars an hour, and what bounds them.
pub struct Data(Vec<(String, f64, String)>);

impl ChartKind for RiskByNode {
    fn name(&self) -> &'static str {
        "risk-by-node"
    }

    fn title(&self) -> &'static str {
        "The worst hour by node"
    }

    fn tab(&self) -> DrawerTab {
        DrawerTab::Risk
    }

    fn picture(&self, subject: &Subject<'_>) -> Result<Box<dyn Picture>, String> {
        let report = subject.report;
        let nodes = report.risk.nodes.iter();
        let mut rows: Vec<_> = nodes
            .filter(|(_, risk)| risk.usd_per_hour.value > 0.0)
            .map(|(id, risk)| {
                let label = report.nodes.get(id).map(|node| node.label.clone());
                let bound = risk.bound.as_ref().map(|bound| bound.name.clone());
                (
                    label.unwrap_or_else(|| id.to_string()),
                    risk.usd_per_hour.value,
                    bound.unwrap_or_default(),
                )
            })
            .collect();
        rows.sort_by(|a, b| b.1.total_cmp(&a.1));
        if rows.is_empty() {
            return Err("Nothing here can be made to cost more from outside.".to_owned());
        }
        Ok(Box::new(Data(rows)))
    }
}

fn hourly(usd: f64) -> String {
    format!("{} /h", format::usd(usd))
}

impl Chart for Data {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let most = self.0.first().map_or(1.0, |row| row.1);
        let rows: Vec<_> = self
            .0
            .iter()
            .map(|(name, usd, _)| Bar {
                name: name.clone(),
                value: *usd,
                text: hourly(*usd),
                colour: pen
                    .theme
                    .ramp(0.35 + 0.5 * usd / most.max(f64::MIN_POSITIVE)),
            })
            .collect();
        bars(area, pen, &rows)
    }

    fn description(&self) -> String {
        let rows = self
            .0
            .iter()
            .map(|(name, usd, _)| format!("{name} {}", hourly(*usd)));
        format!(
            "The worst hour by node: {}",
            rows.collect::<Vec<_>>().join(", ")
        )
    }

    fn table(&self) -> Table {
        let rows = self.0.iter();
        let rows = rows.map(|(name, usd, bound)| [name.clone(), hourly(*usd), bound.clone()]);
        Table::of(["Node", "USD an hour", "Bounded by"], rows)
    }
}
