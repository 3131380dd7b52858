//! What the bill would be at other traffic, both on logarithmic scales.

use plotters_backend::DrawingBackend;

use super::kind::{ChartKind, Picture, Subject};
use super::{Area, Axis, Chart, ChartError, Line, Pen, Plot, Table};
use crate::advice::sweep::Cliff;
use crate::format;
use crate::ui::view::DrawerTab;
use crate::workspace::Workspace;

/// See the module.
pub struct CostAgainstTraffic;

/// Multiplier and dollars; the present point; where requests are refused.
pub struct Data {
    points: Vec<(f64, f64)>,
    now: (f64, f64),
    refused_from: Option<f64>,
    cliffs: Vec<Edge>,
    budget: Option<f64>,
}

/// A multiplier at which something gives way, and the bill there.
struct Edge {
    traffic: f64,
    usd: f64,
    word: &'static str,
    text: String,
    is_limit: bool,
}

/// Limits that are named in the chart; more would hide the line.
const NAMED: usize = 5;

/// The share of refused requests that counts as "refused".
const REFUSED: f64 = 0.01;

impl ChartKind for CostAgainstTraffic {
    fn name(&self) -> &'static str {
        "cost-against-traffic"
    }

    fn title(&self) -> &'static str {
        "Cost against traffic"
    }

    fn tab(&self) -> DrawerTab {
        DrawerTab::Cost
    }

    fn is_old(&self, workspace: &Workspace) -> bool {
        workspace.sweep().is_some() && !workspace.sweep_is_current()
    }

    fn picture(&self, subject: &Subject<'_>) -> Result<Box<dyn Picture>, String> {
        let sweep = subject.sweep.ok_or("The traffic is still being swept.")?;
        let points: Vec<_> = sweep
            .points
            .iter()
            .map(|point| (point.traffic, point.usd))
            .collect();
        if points.iter().all(|(_, usd)| *usd <= 0.0) {
            return Err("Nothing here costs anything yet.".to_owned());
        }
        let refused = sweep.points.iter().find(|point| point.throttle > REFUSED);
        Ok(Box::new(Data {
            points,
            now: (subject.report.traffic, subject.report.cost.total.value),
            refused_from: refused.map(|point| point.traffic),
            cliffs: edges(&sweep.cliffs),
            budget: subject.design.objectives.budget,
        }))
    }
}

fn edges(cliffs: &[Cliff]) -> Vec<Edge> {
    let inside = cliffs.iter().filter(|cliff| !cliff.from_the_start);
    let edges = inside.map(|cliff| Edge {
        traffic: cliff.traffic,
        usd: cliff.usd,
        word: cliff.kind.label(),
        text: cliff.text.clone(),
        is_limit: cliff.kind.is_limit(),
    });
    edges.collect()
}

/// A multiplier of traffic: `10x`.
pub fn times(factor: f64) -> String {
    format!("{}x", format::significant(factor, 3))
}

/// The value of a line at a place on its logarithmic axis.
fn at(points: &[(f64, f64)], x: f64) -> f64 {
    let next = points
        .partition_point(|point| point.0 < x)
        .clamp(1, points.len().max(2) - 1);
    match (points.get(next - 1), points.get(next)) {
        (Some(&(x0, y0)), Some(&(x1, y1))) if x1 > x0 => {
            y0 + (y1 - y0) * ((x / x0).ln() / (x1 / x0).ln()).clamp(0.0, 1.0)
        }
        (Some(&(_, y)), _) | (_, Some(&(_, y))) => y,
        _ => f64::NAN,
    }
}

impl Chart for Data {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let x = Axis::log_over(self.points.iter().map(|point| point.0), times).titled("traffic");
        let y = Axis::log_over(self.points.iter().map(|point| point.1), format::usd)
            .titled("per month");
        let mut plot = Plot::new(area, pen, x, y, &[])?;
        plot.line(Line::new(&self.points, pen.theme.series(0)).filled())?;
        if let Some(budget) = self.budget {
            let words = format!("budget {}", format::usd(budget));
            plot.limit_y(budget, &words)?;
        }
        let limits = self.cliffs.iter().filter(|edge| edge.is_limit);
        for edge in limits.clone().take(NAMED) {
            plot.rule_x(edge.traffic, edge.word, pen.theme.danger)?;
        }
        if let Some(traffic) = self.refused_from.filter(|_| limits.clone().count() == 0) {
            plot.rule_x(traffic, "requests are refused", pen.theme.danger)?;
        }
        for edge in &self.cliffs {
            let colour = if edge.is_limit {
                pen.theme.danger
            } else {
                pen.theme.warn
            };
            plot.dot((edge.traffic, edge.usd), colour)?;
        }
        let words = format!("now {}", format::usd(self.now.1));
        plot.point(self.now, &words, pen.theme.text)?;
        plot.finish()
    }

    fn description(&self) -> String {
        let ends = [self.points.first(), self.points.last()];
        let ends = ends.into_iter().flatten();
        let texts =
            ends.map(|(factor, usd)| format!("{} at {}", format::usd(*usd), times(*factor)));
        format!(
            "Cost against traffic: {}",
            texts.collect::<Vec<_>>().join(", ")
        )
    }

    fn reading(&self, (traffic, _): (f64, f64)) -> String {
        let usd = at(&self.points, traffic);
        let bill = format!(
            "{} traffic: {}",
            times(format::rounded(traffic, 2)),
            format::usd_per_month(usd)
        );
        // Within the size of a dot.
        let near = |edge: &&Edge| (edge.traffic / traffic).ln().abs() < 0.06;
        match self.cliffs.iter().find(near) {
            Some(edge) => format!("{bill}; {}", edge.text),
            None => bill,
        }
    }

    fn table(&self) -> Table {
        let points = self.points.iter();
        let mut rows: Vec<_> = points.map(|&(traffic, usd)| (traffic, usd, "")).collect();
        let edges = self.cliffs.iter();
        rows.extend(edges.map(|edge| (edge.traffic, edge.usd, edge.text.as_str())));
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let rows = rows.into_iter();
        let rows =
            rows.map(|(traffic, usd, text)| [times(traffic), format::usd(usd), text.to_owned()]);
        Table::of(["Traffic", "USD per month", "What gives way"], rows)
    }
}

#[cfg(test)]
mod tests {
    use super::at;

    #[test]
    fn reads_between_points_in_ratios() {
        let points = [(1.0, 10.0), (100.0, 30.0)];
        assert!((at(&points, 10.0) - 20.0).abs() < 1e-9);
        assert_eq!(at(&points, 0.1), 10.0);
        assert_eq!(at(&points, 1e6), 30.0);
        assert!(at(&[], 1.0).is_nan());
    }
}
