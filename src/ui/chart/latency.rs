//! How long requests of one trigger take: the cumulative distribution with its
//! named percentiles.

use plotters_backend::DrawingBackend;

use super::kind::{ChartKind, Picture, Subject};
use super::{Area, Axis, Chart, ChartError, Line, Pen, Plot, Table};
use crate::format;
use crate::ui::view::DrawerTab;

/// See the module.
pub struct Latency;

/// The trigger, its distribution and its percentiles [ms].
pub struct Data {
    name: String,
    points: Vec<(f64, f64)>,
    marks: [(&'static str, f64, f64); 3],
    goals: Vec<Goal>,
}

/// An objective: that percentile within that time [ms].
struct Goal {
    percentile: f64,
    limit: f64,
    is_met: bool,
}

impl Goal {
    fn name(&self) -> String {
        format!("p{}", format::significant(self.percentile * 100.0, 4))
    }
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

    fn picture(&self, subject: &Subject<'_>) -> Result<Box<dyn Picture>, String> {
        let trigger = subject
            .trigger()
            .ok_or("Add a trigger to see how long requests take.")?;
        if trigger.distribution.len() < 2 {
            return Err(format!(
                "{} waits for nothing: connect it to something that answers.",
                trigger.label
            ));
        }
        let points = cumulative(&trigger.distribution);
        let goals = subject.design.objectives.latency.get(&trigger.node);
        let goals = goals.into_iter().flatten().map(|goal| Goal {
            percentile: goal.percentile,
            limit: goal.millis,
            is_met: share_within(&points, goal.millis) >= goal.percentile,
        });
        Ok(Box::new(Data {
            name: trigger.label.clone(),
            goals: goals.collect(),
            points,
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

/// The share of requests within a time.
fn share_within(points: &[(f64, f64)], millis: f64) -> f64 {
    let next = points.partition_point(|point| point.0 <= millis);
    let point = next.checked_sub(1).and_then(|at| points.get(at));
    point.map_or(0.0, |point| point.1)
}

impl Chart for Data {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let far = self.marks[2].1;
        let shown = self
            .points
            .iter()
            .filter(|(ms, share)| *ms <= far * 1.6 || *share < 0.995);
        // An objective far off would squeeze what it is compared with.
        let near = self.goals.iter().map(|goal| goal.limit);
        let near = near.filter(|limit| *limit <= far * 4.0);
        let x = Axis::log_over(shown.map(|point| point.0).chain(near), format::millis)
            .titled("response time");
        let y = Axis::linear(0.0, 1.0, format::percent).titled("of requests");
        let mut plot = Plot::new(area, pen, x, y, &[])?;
        plot.line(Line::new(&self.points, pen.theme.series(0)).filled())?;
        for goal in &self.goals {
            let (colour, verdict) = if goal.is_met {
                (pen.theme.ok, "met")
            } else {
                (pen.theme.danger, "missed")
            };
            let limit = format::millis(goal.limit);
            let words = format!("objective {} {limit}, {verdict}", goal.name());
            plot.rule_x(goal.limit, &words, colour)?;
        }
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

    fn reading(&self, (millis, _): (f64, f64)) -> String {
        let share = format::percent(share_within(&self.points, millis));
        format!("{share} within {}", format::millis(millis))
    }

    fn table(&self) -> Table {
        let marks = self.marks.iter();
        let marks =
            marks.map(|(name, ms, _)| [(*name).to_owned(), format::millis(*ms), String::new()]);
        let goals = self.goals.iter().map(|goal| {
            let words = if goal.is_met { "met" } else { "missed" };
            [goal.name(), format::millis(goal.limit), words.to_owned()]
        });
        Table::of(
            ["Percentile", "Response time", "Objective"],
            marks.chain(goals),
        )
    }
}
