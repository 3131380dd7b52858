//! What it costs until somebody notices, if everything goes as wrong as the
//! design lets it: dollars against time, both on logarithmic scales.

use plotters_backend::DrawingBackend;

use super::kind::{ChartKind, Picture, Subject};
use super::{Area, Axis, Chart, ChartError, Line, Pen, Plot, Table};
use crate::format;
use crate::ui::view::DrawerTab;

/// See the module.
pub struct Loss;

/// Seconds and dollars; whether the design bounds them; what a month costs.
pub struct Data {
    points: Vec<(f64, f64)>,
    is_bounded: bool,
    monthly: f64,
}

impl ChartKind for Loss {
    fn name(&self) -> &'static str {
        "loss"
    }

    fn title(&self) -> &'static str {
        "Cost at worst until somebody notices"
    }

    fn tab(&self) -> DrawerTab {
        DrawerTab::Risk
    }

    fn picture(&self, subject: &Subject<'_>) -> Result<Box<dyn Picture>, String> {
        let risk = &subject.report.risk;
        let points: Vec<_> = risk
            .losses
            .iter()
            .map(|loss| (loss.seconds, loss.usd.value))
            .filter(|(_, usd)| *usd > 0.0 && usd.is_finite())
            .collect();
        if points.len() < 2 {
            return Err("Nothing here can be made to cost more from outside.".to_owned());
        }
        Ok(Box::new(Data {
            points,
            is_bounded: risk.bounded,
            monthly: subject.report.cost.total.value,
        }))
    }
}

/// A time after which somebody notices: `5 min`, `1 h`, `2.6 d`.
pub fn span(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s < 3_600.0 => (s / 60.0, "min"),
        s if s < 86_400.0 => (s / 3_600.0, "h"),
        s => (s / 86_400.0, "d"),
    };
    format!("{} {unit}", format::significant(value, 2))
}

impl Data {
    fn line_at(&self, seconds: f64) -> f64 {
        let next = self.points.partition_point(|point| point.0 < seconds);
        let next = next.clamp(1, self.points.len().saturating_sub(1).max(1));
        match (self.points.get(next - 1), self.points.get(next)) {
            (Some(&(x0, y0)), Some(&(x1, y1))) if x1 > x0 => {
                let share = ((seconds / x0).ln() / (x1 / x0).ln()).clamp(0.0, 1.0);
                (y0.ln() + (y1.ln() - y0.ln()) * share).exp()
            }
            _ => f64::NAN,
        }
    }
}

impl Chart for Data {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let times = self.points.iter().map(|point| point.0);
        let x = Axis::log_over(times.clone(), span)
            .at(times)
            .titled("noticed after");
        let month = Some(self.monthly).filter(|usd| *usd > 0.0);
        let dollars = self.points.iter().map(|point| point.1);
        let y = Axis::log_over(dollars.chain(month), format::usd).titled("lost");
        let mut plot = Plot::new(area, pen, x, y, &[])?;
        let mut line = Line::new(&self.points, pen.theme.danger).filled();
        if !self.is_bounded {
            line = line.ghost();
        }
        plot.line(line)?;
        if let Some(month) = month {
            let words = format!("a usual month {}", format::usd(month));
            plot.rule_y(month, &words, pen.theme.muted)?;
        }
        for &(seconds, usd) in &self.points {
            plot.point((seconds, usd), &format::usd(usd), pen.theme.text)?;
        }
        plot.finish()
    }

    fn description(&self) -> String {
        let points = self.points.iter();
        let texts = points.map(|(s, usd)| format!("{} after {}", format::usd(*usd), span(*s)));
        let bound = if self.is_bounded {
            "as far as limits let it"
        } else {
            "at an assumed rate, since nothing in the design caps it"
        };
        format!(
            "Cost at worst, {bound}: {}",
            texts.collect::<Vec<_>>().join(", ")
        )
    }

    fn reading(&self, (seconds, _): (f64, f64)) -> String {
        format!(
            "{} after {}",
            format::usd(self.line_at(seconds)),
            span(seconds)
        )
    }

    fn table(&self) -> Table {
        let rows = self.points.iter();
        let rows = rows.map(|&(seconds, usd)| [span(seconds), format::usd(usd)]);
        Table::of(["Noticed after", "Lost, USD"], rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_between_times_in_ratios() {
        let data = Data {
            points: vec![(60.0, 1.0), (6_000.0, 100.0)],
            is_bounded: true,
            monthly: 0.0,
        };
        assert!((data.line_at(600.0) - 10.0).abs() < 1e-9);
        assert_eq!(span(300.0), "5 min");
        assert_eq!(span(223_200.0), "2.6 d");
    }
}
