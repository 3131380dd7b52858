//! What lies between cheapest and fastest: each combination of settings that
//! no other beats in both, as dollars against milliseconds.

use plotters_backend::DrawingBackend;

use super::kind::{ChartKind, Picture, Subject, sentence};
use super::{Area, Axis, Chart, ChartError, Line, Pen, Plot, Table};
use crate::advice::pareto::Front;
use crate::format;
use crate::ui::view::DrawerTab;
use crate::workspace::Workspace;

/// See the module.
pub struct Pareto;

/// Dollars a month and p99 of each combination, what it changes, and whether
/// it keeps the objectives; the present one; the best one by index.
pub struct Data {
    points: Vec<(f64, f64)>,
    changes: Vec<String>,
    now: (f64, f64),
    best: Option<usize>,
}

impl ChartKind for Pareto {
    fn name(&self) -> &'static str {
        "pareto"
    }

    fn title(&self) -> &'static str {
        "Between cheapest and fastest"
    }

    fn tab(&self) -> DrawerTab {
        DrawerTab::Sweep
    }

    fn is_old(&self, workspace: &Workspace) -> bool {
        let study = &workspace.studies().front;
        study.answer().is_some() && !workspace.is_current(study)
    }

    fn picture(&self, subject: &Subject<'_>) -> Result<Box<dyn Picture>, String> {
        match subject.front {
            None => Err("Combinations of settings are being tried.".to_owned()),
            Some(Err(missing)) => Err(sentence(missing)),
            Some(Ok(front)) => match data(front) {
                data if data.points.is_empty() => {
                    Err("No combination of settings keeps up with the load.".to_owned())
                }
                data => Ok(Box::new(data)),
            },
        }
    }
}

fn data(front: &Front) -> Data {
    let is_finite = |usd: f64, p99: f64| usd.is_finite() && p99.is_finite();
    let points = front.points.iter().enumerate();
    let usable: Vec<_> = points
        .filter(|(_, point)| is_finite(point.outcome.usd, point.outcome.p99))
        .collect();
    Data {
        points: usable
            .iter()
            .map(|(_, point)| (point.outcome.usd, point.outcome.p99))
            .collect(),
        changes: usable
            .iter()
            .map(|(_, point)| point.changes.join(", "))
            .collect(),
        now: (front.now.usd, front.now.p99),
        best: front
            .best
            .and_then(|best| usable.iter().position(|(index, _)| *index == best)),
    }
}

impl Data {
    fn words((usd, p99): (f64, f64)) -> String {
        format!(
            "{}, p99 {}",
            format::usd_per_month(usd),
            format::millis(p99)
        )
    }
}

impl Chart for Data {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let all = || self.points.iter().copied().chain([self.now]);
        let x = Axis::log_over(all().map(|point| point.0), format::usd).titled("per month");
        let y = Axis::from_zero(all().map(|point| point.1), format::millis).titled("p99");
        let mut plot = Plot::new(area, pen, x, y, &[])?;
        plot.line(Line::new(&self.points, pen.theme.series(0)))?;
        for point in &self.points {
            plot.dot(*point, pen.theme.series(0))?;
        }
        if let Some(best) = self.best.and_then(|best| self.points.get(best)) {
            plot.point(*best, "cheapest within objectives", pen.theme.ok)?;
        }
        plot.point(self.now, "now", pen.theme.text)?;
        plot.finish()
    }

    fn description(&self) -> String {
        let ends = [self.points.first(), self.points.last()];
        let ends = ends.into_iter().flatten().map(|point| Self::words(*point));
        format!(
            "Between cheapest and fastest: {}; now {}",
            ends.collect::<Vec<_>>().join(" to "),
            Self::words(self.now)
        )
    }

    fn reading(&self, (usd, _): (f64, f64)) -> String {
        let distance = |point: &(f64, f64)| (point.0 / usd).ln().abs();
        let near = self.points.iter().zip(&self.changes);
        let near = near.min_by(|(a, _), (b, _)| distance(a).total_cmp(&distance(b)));
        near.map(|(point, changes)| match changes.as_str() {
            "" => Self::words(*point),
            changes => format!("{}: {changes}", Self::words(*point)),
        })
        .unwrap_or_default()
    }

    fn table(&self) -> Table {
        let rows = self.points.iter().zip(&self.changes);
        let rows = rows.map(|((usd, p99), changes)| {
            [format::usd(*usd), format::millis(*p99), changes.clone()]
        });
        Table::of(["USD per month", "p99", "What it changes"], rows)
    }
}
