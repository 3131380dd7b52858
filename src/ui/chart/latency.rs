//! How long requests of one trigger take: the cumulative distribution with its
//! named percentiles.

use plotters_backend::DrawingBackend;

use super::kind::{ChartKind, Picture, Subject};
use super::{Area, Axis, Chart, ChartError, Line, Pen, Plot};
use crate::format;
use crate::ui::view::DrawerTab;

/// See the module.
pub struct Latency;

/// The trigger, its distribution and its percentiles [ms].
pub struct Data {
    name: String,
    points: Vec<(f64, f64)>,
    marks: [(&'static str, f64, f64); 3],
}

impl ChartKind for Latency {
    fn name(&self) -> &'static str {
        "latency"
    }

    fn title(&self) -> &'static str {
        "Response time"
    }

    fn tab(&self) -> DrawerTab {
        DrawerTab::Latency
    }

    fn picture(&self, subject: &Subject<'_>) -> Result<Picture, String> {
        let trigger = subject
            .trigger()
            .ok_or("Add a trigger to see how long requests take.")?;
        if trigger.distribution.len() < 2 {
            return Err(format!(
                "{} waits for nothing: connect it to something that answers.",
                trigger.label
            ));
        }
        Ok(Picture::Latency(Data {
            name: trigger.label.clone(),
            points: cumulative(&trigger.distribution),
            marks: [
                ("p50", trigger.p50.value, 0.50),
                ("p95", trigger.p95.value, 0.95),
                ("p99", trigger.p99.value, 0.99),
            ],
        }))
    }
}

/// Milliseconds and the share of requests that take no longer.
///
/// The report gives a probability for each duration, which add up to one, or
/// sums of them already.
fn cumulative(distribution: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let rises = distribution.windows(2).all(|pair| pair[0].1 <= pair[1].1);
    if rises
        && distribution
            .last()
            .is_some_and(|point| (0.9..1.001).contains(&point.1))
    {
        return distribution.to_vec();
    }
    let total: f64 = distribution.iter().map(|(_, share)| share).sum();
    let mut sum = 0.0;
    distribution
        .iter()
        .map(|(ms, share)| {
            sum += share;
            (*ms, sum / total.max(f64::MIN_POSITIVE))
        })
        .collect()
}

impl Data {
    /// The share of requests within a time.
    pub fn reading(&self, millis: f64) -> String {
        let next = self.points.partition_point(|point| point.0 <= millis);
        let share = next
            .checked_sub(1)
            .and_then(|at| self.points.get(at))
            .map_or(0.0, |p| p.1);
        format!(
            "{} within {}",
            format::percent(share),
            format::millis(millis)
        )
    }
}

impl Chart for Data {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let far = self.marks[2].1;
        let shown = self
            .points
            .iter()
            .filter(|(ms, share)| *ms <= far * 1.6 || *share < 0.995);
        let x = Axis::log_over(shown.map(|point| point.0), format::millis).titled("response time");
        let y = Axis::linear(0.0, 1.0, format::percent).titled("of requests");
        let mut plot = Plot::new(area, pen, x, y, &[])?;
        plot.line(Line::new(&self.points, pen.theme.series(0)).filled())?;
        for (name, ms, share) in self.marks {
            let words = format!("{name} {}", format::millis(ms));
            plot.point((ms, share), &words, pen.theme.text)?;
        }
        plot.finish()
    }

    fn description(&self) -> String {
        let marks = self
            .marks
            .iter()
            .map(|(name, ms, _)| format!("{name} {}", format::millis(*ms)));
        format!(
            "Response time of {}: {}",
            self.name,
            marks.collect::<Vec<_>>().join(", ")
        )
    }
}
