//! How many executions of one node are busy over the hours of the profile.

use plotters_backend::DrawingBackend;

use super::kind::{ChartKind, Picture, Subject};
use super::{Area, Axis, Chart, ChartError, Line, Pen, Plot, Table};
use crate::format;
use crate::report::{NodeReport, ProfileBin};
use crate::ui::view::DrawerTab;

/// See the module.
pub struct Load;

/// The node, its busy executions by hour, and its limit.
pub struct Data {
    name: String,
    points: Vec<(f64, f64)>,
    limit: Option<(f64, String)>,
}

impl ChartKind for Load {
    fn name(&self) -> &'static str {
        "load"
    }

    fn title(&self) -> &'static str {
        "Busy executions over time"
    }

    fn tab(&self) -> DrawerTab {
        DrawerTab::Load
    }

    fn picture(&self, subject: &Subject<'_>) -> Result<Box<dyn Picture>, String> {
        let (_, node) = subject
            .node()
            .ok_or("Add a trigger to see how load changes over the day.")?;
        Ok(Box::new(Data {
            name: node.label.clone(),
            points: steps(&node.profile, |bin| bin.concurrency),
            limit: limit(node),
        }))
    }
}

/// The busiest stretch of a profile as a line with steps, over hours: ticks are
/// then round.
pub fn steps(profile: &[ProfileBin], value: fn(&ProfileBin) -> f64) -> Vec<(f64, f64)> {
    busiest(profile)
        .iter()
        .flat_map(|bin| {
            [
                (bin.start, value(bin)),
                (bin.start + bin.length, value(bin)),
            ]
        })
        .map(|(seconds, value)| (seconds / 3_600.0, value))
        .collect()
}

/// The value of a line with steps at a time.
pub fn at(points: &[(f64, f64)], hours: f64) -> f64 {
    let next = points.partition_point(|point| point.0 <= hours);
    let point = next.checked_sub(1).and_then(|at| points.get(at));
    point.map_or(0.0, |point| point.1)
}

/// The stretch with the highest rate: the hours of the cycle, or a spike with
/// what follows it until nothing waits and all is as before. Each stretch
/// begins at 0 again.
fn busiest(profile: &[ProfileBin]) -> &[ProfileBin] {
    let stretches = profile.chunk_by(|one, next| next.start > one.start);
    let peak = |stretch: &[ProfileBin]| stretch.iter().map(|bin| bin.rate).fold(0.0, f64::max);
    let stretch = stretches.reduce(|best, next| if peak(next) > peak(best) { next } else { best });
    let stretch = stretch.unwrap_or_default();
    let calm = stretch.last().map_or(0.0, |bin| bin.rate);
    let last = stretch
        .iter()
        .rposition(|bin| bin.waiting > 0.0 || (bin.rate - calm).abs() > 1e-9 * calm.abs());
    let shown = last.map_or(stretch.len(), |last| (last + 2).min(stretch.len()));
    stretch.get(..shown).unwrap_or(stretch)
}

/// The limit, as far as utilisation and peak tell it.
fn limit(node: &NodeReport) -> Option<(f64, String)> {
    let utilisation = node.utilisation.as_ref()?.value;
    let peak = node
        .profile
        .iter()
        .map(|bin| bin.concurrency)
        .fold(0.0, f64::max);
    let words = node.limit.clone()?;
    // Rates have limits too; only executions can be drawn on this axis.
    let is_executions = words.contains("concurren") || words.contains("execution");
    let value = peak / utilisation;
    (is_executions && utilisation > 0.0 && value.is_finite()).then_some((value, words))
}

/// How times of a profile of so many hours read.
pub fn time_of(span: f64) -> fn(f64) -> String {
    match span {
        span if span <= 2.0 => |hours| format::millis(hours * 3_600_000.0),
        span if span <= 25.0 => clock,
        _ => day,
    }
}

/// A time of the profile: `14:00`, or days where it is long.
fn clock(hours: f64) -> String {
    let minutes = (hours * 60.0).round();
    format!(
        "{:02}:{:02}",
        (minutes / 60.0).floor() % 24.0,
        minutes % 60.0
    )
}

fn day(hours: f64) -> String {
    format!("{} d", format::significant(hours / 24.0, 2))
}

impl Data {
    fn span(&self) -> f64 {
        self.points.last().map_or(1.0, |point| point.0)
    }

    fn time(&self) -> fn(f64) -> String {
        time_of(self.span())
    }
}

impl Chart for Data {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let peak = self.points.iter().map(|point| point.1).fold(0.0, f64::max);
        let x = Axis::linear(0.0, self.span(), self.time()).titled("time");
        // A distant limit would flatten the line it is meant to put in scale.
        let limit = self
            .limit
            .as_ref()
            .filter(|(limit, _)| *limit <= peak * 4.0);
        let limits = limit.iter().map(|(limit, _)| *limit);
        let values = self.points.iter().map(|point| point.1);
        let y = Axis::from_zero(values.chain(limits), format::count).titled("busy executions");
        let mut plot = Plot::new(area, pen, x, y, &[])?;
        plot.line(Line::new(&self.points, pen.theme.series(0)).filled())?;
        if let Some((value, words)) = limit {
            plot.limit_y(*value, words)?;
        }
        plot.finish()
    }

    fn description(&self) -> String {
        let peak = self.points.iter().map(|point| point.1).fold(0.0, f64::max);
        format!(
            "{}: at most {} executions are busy",
            self.name,
            format::count(peak)
        )
    }

    fn reading(&self, (hours, _): (f64, f64)) -> String {
        let next = self.points.partition_point(|point| point.0 <= hours);
        let busy = next
            .checked_sub(1)
            .and_then(|at| self.points.get(at))
            .map_or(0.0, |p| p.1);
        format!("{}: {} busy", (self.time())(hours), format::count(busy))
    }

    fn table(&self) -> Table {
        let time = self.time();
        // Each bin is two points: its ends.
        let bins = self.points.chunks_exact(2).filter_map(|bin| bin.first());
        let rows = bins.map(|&(hours, busy)| [time(hours), format::count(busy)]);
        Table::of(["From", "Busy executions"], rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_stretch_is_shown_until_it_is_calm_again() {
        let bin = |start: f64, length: f64, rate: f64, waiting: f64| ProfileBin {
            start,
            length,
            weight: length,
            rate,
            concurrency: rate,
            cold: 0.0,
            throttle: 0.0,
            alive: rate,
            waiting,
            delay: 0.0,
        };
        let profile = [
            bin(0.0, 2_628_000.0, 10.0, 0.0),
            bin(0.0, 3_600.0, 500.0, 90.0),
            bin(3_600.0, 3_600.0, 10.0, 40.0),
            bin(7_200.0, 3_600.0, 10.0, 0.0),
            bin(10_800.0, 36_000.0, 10.0, 0.0),
        ];
        let points = steps(&profile, |bin| bin.rate);
        assert_eq!(points.first(), Some(&(0.0, 500.0)));
        assert_eq!(points.last(), Some(&(3.0, 10.0)));
        // The hours of a day stay whole.
        let day: Vec<ProfileBin> = (0..24)
            .map(|hour| bin(f64::from(hour) * 3_600.0, 3_600.0, f64::from(hour), 0.0))
            .collect();
        assert_eq!(steps(&day, |bin| bin.rate).len(), 48);
        assert!(steps(&[], |bin| bin.rate).is_empty());
    }
}
