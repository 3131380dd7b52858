//! What waits at a node over the hours of the profile, and for how long.

use plotters_backend::DrawingBackend;

use super::kind::{ChartKind, Picture, Subject};
use super::load::{at, steps, time_of};
use super::{Area, Axis, Chart, ChartError, Line, Pen, Plot, Table};
use crate::format;
use crate::report::NodeReport;
use crate::ui::view::DrawerTab;

/// See the module.
pub struct Backlog;

/// The node, what waits and how long by hour, and what a sentence says of it.
pub struct Data {
    name: String,
    waiting: Vec<(f64, f64)>,
    delay: Vec<(f64, f64)>,
    drains: String,
}

impl ChartKind for Backlog {
    fn name(&self) -> &'static str {
        "backlog"
    }

    fn title(&self) -> &'static str {
        "Backlog and age over time"
    }

    fn tab(&self) -> DrawerTab {
        DrawerTab::Load
    }

    fn picture(&self, subject: &Subject<'_>) -> Result<Box<dyn Picture>, String> {
        let (node, drains) = picked(subject)
            .and_then(|node| Some((node, drains(node)?)))
            .ok_or("Nothing waits: every consumer keeps up, at every hour.")?;
        Ok(Box::new(Data {
            name: node.label.clone(),
            waiting: steps(&node.profile, |bin| bin.waiting),
            delay: steps(&node.profile, |bin| bin.delay),
            drains,
        }))
    }
}

/// The picked node where something waits at it, else the one with the deepest
/// backlog.
fn picked<'a>(subject: &Subject<'a>) -> Option<&'a NodeReport> {
    let own = subject.node().map(|(_, node)| node);
    let deepest = || {
        let nodes = subject.report.nodes.values();
        let waiting = nodes.filter_map(|node| Some((node, node.backlog.as_ref()?.deepest.value)));
        waiting
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(node, _)| node)
    };
    own.filter(|node| node.backlog.is_some()).or_else(deepest)
}

fn drains(node: &NodeReport) -> Option<String> {
    let backlog = node.backlog.as_ref()?;
    Some(match (&backlog.drained, backlog.growth.value) {
        (_, growth) if growth > 0.0 => {
            format!("grows by {} without end", format::rate_per_second(growth))
        }
        (Some(after), _) => format!(
            "gone {} after the start",
            format::millis(after.value * 1_000.0)
        ),
        (None, _) => "drains in the hours after".to_owned(),
    })
}

impl Data {
    fn span(&self) -> f64 {
        self.waiting.last().map_or(1.0, |point| point.0)
    }
}

fn highest(points: &[(f64, f64)]) -> f64 {
    points.iter().map(|point| point.1).fold(0.0, f64::max)
}

impl Chart for Data {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let x = Axis::linear(0.0, self.span(), time_of(self.span())).titled("time");
        let values = self.waiting.iter().map(|point| point.1);
        let y = Axis::from_zero(values, format::count).titled("waiting");
        let mut plot = Plot::new(area, pen, x, y, &[])?;
        plot.line(Line::new(&self.waiting, pen.theme.series(0)).filled())?;
        plot.finish()
    }

    fn description(&self) -> String {
        format!(
            "{}: at most {} wait, at most for {}; {}",
            self.name,
            format::count(highest(&self.waiting)),
            format::millis(highest(&self.delay) * 1_000.0),
            self.drains
        )
    }

    fn reading(&self, (hours, _): (f64, f64)) -> String {
        format!(
            "{}: {} wait, for {}",
            (time_of(self.span()))(hours),
            format::count(at(&self.waiting, hours)),
            format::millis(at(&self.delay, hours) * 1_000.0)
        )
    }

    fn table(&self) -> Table {
        let time = time_of(self.span());
        let bins = self
            .waiting
            .chunks_exact(2)
            .zip(self.delay.chunks_exact(2))
            .filter_map(|(waiting, delay)| Some((waiting.last()?, delay.first()?)));
        let rows = bins.map(|(waiting, delay)| {
            [
                time(waiting.0),
                format::count(waiting.1),
                format::millis(delay.1 * 1_000.0),
            ]
        });
        Table::of(["Until", "Waiting", "Wait"], rows)
    }
}
