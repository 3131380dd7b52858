//! Which unsure input moves the monthly cost most: a bar from its low to its
//! high end for each, widest on top. What stands on top is to be measured
//! next.

use plotters::element::{PathElement, Rectangle};
use plotters_backend::DrawingBackend;

use super::kind::{ChartKind, Picture, Subject};
use super::pen::{LEFT, RIGHT};
use super::{Area, Chart, ChartError, Pen, Table};
use crate::format;
use crate::ui::view::DrawerTab;
use crate::workspace::Workspace;

/// Bars beyond so many say little.
const SHOWN: usize = 10;
/// Points from a row to the next, at most and at least.
const PITCH: (f64, f64) = (24.0, 13.0);

/// See the module.
pub struct Tornado;

/// Input, and what its low and high end do to the bill [USD/month].
struct Swing {
    name: String,
    change: [f64; 2],
    range: String,
}

/// All swings, and whether the ranges are ours.
pub struct Data {
    swings: Vec<Swing>,
    is_assumed: bool,
    band: [f64; 2],
}

impl ChartKind for Tornado {
    fn name(&self) -> &'static str {
        "tornado"
    }

    fn title(&self) -> &'static str {
        "What moves the monthly cost"
    }

    fn tab(&self) -> DrawerTab {
        DrawerTab::Sweep
    }

    fn is_old(&self, workspace: &Workspace) -> bool {
        let study = &workspace.studies().uncertainty;
        study.answer().is_some() && !workspace.is_current(study)
    }

    fn picture(&self, subject: &Subject<'_>) -> Result<Box<dyn Picture>, String> {
        let doubt = subject.uncertainty.ok_or("Ranges are being drawn.")?;
        let mut swings: Vec<Swing> = doubt
            .tornado
            .iter()
            .filter(|swing| swing.usd.iter().any(|usd| usd.abs() >= 0.005))
            .map(|swing| {
                let belief = &swing.belief;
                let number = |value: f64| format::significant(value, 3);
                let (low, high) = (number(belief.low), number(belief.high));
                Swing {
                    name: belief.label.clone(),
                    change: swing.usd,
                    range: format!("{low} to {high} {}", belief.unit),
                }
            })
            .collect();
        swings.sort_by(|a, b| width(b).total_cmp(&width(a)));
        if swings.is_empty() {
            return Err("No unsure input moves the monthly cost.".to_owned());
        }
        Ok(Box::new(Data {
            swings,
            is_assumed: doubt.assumed,
            band: [doubt.usd.p10, doubt.usd.p90],
        }))
    }
}

fn width(swing: &Swing) -> f64 {
    (swing.change[1] - swing.change[0]).abs()
}

impl Chart for Data {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let (wide, high) = area.dim_in_pixel();
        let (wide, high) = (wide as i32, high as i32);
        let fits = (high / pen.px(PITCH.1)).max(0) as usize;
        let shown = self.swings.get(..self.swings.len().min(fits).min(SHOWN));
        let shown = shown.filter(|shown| !shown.is_empty() && wide >= pen.px(160.0));
        let shown = shown.ok_or(ChartError::TooSmall)?;
        let pitch = (high / i32::try_from(shown.len()).unwrap_or(1).max(1)).min(pen.px(PITCH.0));
        let style = pen.caption(pen.theme.text);
        let (mut names, mut texts) = (0, 0);
        for swing in shown {
            names = names.max(area.estimate_text_size(&swing.name, &style)?.0 as i32);
            for change in swing.change {
                let text = format::usd_delta(change);
                texts = texts.max(area.estimate_text_size(&text, &style)?.0 as i32);
            }
        }
        let edge = names.min(wide * 2 / 5);
        let room = texts + pen.px(6.0);
        let left = edge + pen.px(8.0) + room;
        let right = (wide - room).max(left + pen.px(16.0));
        let ends = || shown.iter().flat_map(|swing| swing.change);
        let (least, most) = (ends().fold(0.0, f64::min), ends().fold(0.0, f64::max));
        let range = (most - least).max(f64::MIN_POSITIVE);
        let place = |usd: f64| left + (f64::from(right - left) * ((usd - least) / range)) as i32;
        for (row, swing) in (0..).zip(shown) {
            let middle = row * pitch + pitch / 2;
            let half = (pitch * 3 / 10).min(pen.px(7.0));
            let name = super::bars::ellipsis(area, pen, &swing.name, edge)?;
            area.draw_text(&name, &style.pos(RIGHT), (edge, middle))?;
            for (end, change) in swing.change.into_iter().enumerate() {
                let (from, to) = (place(change.min(0.0)), place(change.max(0.0)));
                let colour = pen.theme.diverging(if end == 0 { -1.0 } else { 1.0 });
                // The low end is hollow, so that the two differ without hue.
                let corners = [(from, middle - half), (to, middle + half)];
                let fill = pen.fill(colour, if end == 0 { 0.35 } else { 0.85 });
                area.draw(&Rectangle::new(corners, fill))?;
                let outline = pen.stroke(colour, 1.0);
                area.draw(&Rectangle::new(corners, outline))?;
                if change.abs() >= 0.005 {
                    let (anchor, x) = if change < 0.0 {
                        (RIGHT, from - pen.px(5.0))
                    } else {
                        (LEFT, to + pen.px(5.0))
                    };
                    let text = format::usd_delta(change);
                    area.draw_text(&text, &style.pos(anchor), (x, middle))?;
                }
            }
        }
        let zero = place(0.0);
        let axis = vec![
            (zero, 0),
            (zero, pitch * i32::try_from(shown.len()).unwrap_or(0)),
        ];
        area.draw(&PathElement::new(axis, pen.stroke(pen.theme.muted, 1.0)))?;
        Ok(())
    }

    fn description(&self) -> String {
        let whose = if self.is_assumed {
            "ranges that we assume"
        } else {
            "the design's own ranges"
        };
        let swings = self.swings.iter().take(SHOWN).map(|swing| {
            let [low, high] = swing.change.map(format::usd_delta);
            format!("{} {low} to {high}", swing.name)
        });
        let [low, high] = self.band.map(format::usd_per_month);
        format!(
            "What moves the monthly cost, by {whose}: {low} to {high} in 8 of 10 draws; {}",
            swings.collect::<Vec<_>>().join(", ")
        )
    }

    fn table(&self) -> Table {
        let rows = self.swings.iter().map(|swing| {
            let [low, high] = swing.change.map(format::usd_delta);
            [swing.name.clone(), swing.range.clone(), low, high]
        });
        Table::of(["Input", "Range", "At its low", "At its high"], rows)
    }
}
