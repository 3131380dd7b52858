//! Which node costs what: bars, dearest first.

use plotters_backend::DrawingBackend;

use super::kind::{ChartKind, Picture, Subject};
use super::{Area, Bar, Chart, ChartError, Pen, Table, bars};
use crate::format;
use crate::ui::view::DrawerTab;

/// See the module.
pub struct CostByNode;

/// Name and dollars, dearest first.
pub struct Data(Vec<(String, f64, bool)>);

impl ChartKind for CostByNode {
    fn name(&self) -> &'static str {
        "cost-by-node"
    }

    fn title(&self) -> &'static str {
        "Cost by node"
    }

    fn tab(&self) -> DrawerTab {
        DrawerTab::Cost
    }

    fn picture(&self, subject: &Subject<'_>) -> Result<Box<dyn Picture>, String> {
        let nodes = subject.report.nodes.values();
        let mut rows: Vec<_> = nodes
            .map(|node| (node.label.clone(), node.cost.value, node.cost_complete))
            .filter(|(_, usd, is_complete)| *usd > 0.0 || !is_complete)
            .collect();
        rows.sort_by(|a, b| b.1.total_cmp(&a.1));
        if rows.is_empty() {
            return Err("Nothing here costs anything yet.".to_owned());
        }
        Ok(Box::new(Data(rows)))
    }
}

impl Chart for Data {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let most = self
            .0
            .first()
            .map_or(1.0, |row| row.1)
            .max(f64::MIN_POSITIVE);
        let rows: Vec<_> = self
            .0
            .iter()
            .map(|(name, usd, is_complete)| Bar {
                name: name.clone(),
                value: *usd,
                text: match is_complete {
                    true => format::usd(*usd),
                    false => format!("at least {}", format::usd(*usd)),
                },
                colour: pen.theme.ramp(0.35 + 0.5 * usd / most),
            })
            .collect();
        bars(area, pen, &rows)
    }

    fn description(&self) -> String {
        let rows = self
            .0
            .iter()
            .map(|(name, usd, _)| format!("{name} {}", format::usd(*usd)));
        format!("Cost by node: {}", rows.collect::<Vec<_>>().join(", "))
    }

    fn table(&self) -> Table {
        let rows = self.0.iter().map(|(name, usd, is_complete)| {
            let prefix = if *is_complete { "" } else { "at least " };
            [name.clone(), format!("{prefix}{}", format::usd(*usd))]
        });
        Table::of(["Node", "USD per month"], rows)
    }
}
