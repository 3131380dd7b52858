//! Which share of a node's requests starts an instance, or is refused, over
//! the hours of the profile.

use plotters_backend::DrawingBackend;

use super::kind::{ChartKind, Picture, Subject};
use super::load::{at, steps, time_of};
use super::{Area, Axis, Chart, ChartError, Line, Pen, Plot, Table};
use crate::format;
use crate::ui::view::DrawerTab;

/// See the module.
pub struct Cold;

/// The node and its shares by hour.
pub struct Data {
    name: String,
    cold: Vec<(f64, f64)>,
    refused: Vec<(f64, f64)>,
}

impl ChartKind for Cold {
    fn name(&self) -> &'static str {
        "cold"
    }

    fn title(&self) -> &'static str {
        "Cold starts and refusals over time"
    }

    fn tab(&self) -> DrawerTab {
        DrawerTab::Load
    }

    fn picture(&self, subject: &Subject<'_>) -> Result<Box<dyn Picture>, String> {
        let (_, node) = subject
            .node()
            .ok_or("Add a trigger to see when instances have to start.")?;
        let refuses = node.profile.iter().any(|bin| bin.throttle > 0.0);
        if node.cold_start.is_none() && node.throttle.is_none() && !refuses {
            return Err(format!(
                "{} has no instances to start, and refuses nothing.",
                node.label
            ));
        }
        Ok(Box::new(Data {
            name: node.label.clone(),
            cold: steps(&node.profile, |bin| bin.cold),
            refused: steps(&node.profile, |bin| bin.throttle),
        }))
    }
}

impl Data {
    fn span(&self) -> f64 {
        self.cold.last().map_or(1.0, |point| point.0)
    }

    fn refuses(&self) -> bool {
        self.refused.iter().any(|point| point.1 > 0.0)
    }
}

impl Chart for Data {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let x = Axis::linear(0.0, self.span(), time_of(self.span())).titled("time");
        let values = self.cold.iter().chain(&self.refused).map(|point| point.1);
        let y = Axis::from_zero(values, format::percent).titled("of requests");
        let names: &[&str] = if self.refuses() {
            &["cold", "refused"]
        } else {
            &[]
        };
        let mut plot = Plot::new(area, pen, x, y, names)?;
        let mut cold = Line::new(&self.cold, pen.theme.series(0)).filled();
        if self.refuses() {
            cold = cold.named("cold");
            plot.line(Line::new(&self.refused, pen.theme.danger).named("refused"))?;
        }
        plot.line(cold)?;
        plot.finish()
    }

    fn description(&self) -> String {
        let most = |points: &[(f64, f64)]| points.iter().map(|point| point.1).fold(0.0, f64::max);
        format!(
            "{}: at most {} of requests start an instance, at most {} are refused",
            self.name,
            format::percent(most(&self.cold)),
            format::percent(most(&self.refused))
        )
    }

    fn reading(&self, (hours, _): (f64, f64)) -> String {
        format!(
            "{}: {} cold, {} refused",
            (time_of(self.span()))(hours),
            format::percent(at(&self.cold, hours)),
            format::percent(at(&self.refused, hours))
        )
    }

    fn table(&self) -> Table {
        let time = time_of(self.span());
        let bins = self.cold.chunks_exact(2).zip(self.refused.chunks_exact(2));
        let rows = bins.filter_map(|(cold, refused)| {
            let (cold, refused) = (cold.first()?, refused.first()?);
            Some([
                time(cold.0),
                format::percent(cold.1),
                format::percent(refused.1),
            ])
        });
        Table::of(["From", "Cold starts", "Refused"], rows)
    }
}
