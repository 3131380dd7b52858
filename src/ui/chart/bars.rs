//! Horizontal bars: one labelled quantity a row, for bills and delays by part.
//!
//! The value stands at the end of its bar, so there is no axis to read it off.

use egui::Color32;
use plotters::element::Rectangle;
use plotters_backend::DrawingBackend;

use super::pen::{LEFT, RIGHT};
use super::{Area, ChartError, Pen};

/// A row of a bar chart.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What is measured; cut with an ellipsis if it is long.
    pub name: String,
    /// How much; negative values run to the left, others that are not finite
    /// have no bar.
    pub value: f64,
    /// How the value reads.
    pub text: String,
    /// The colour of the bar.
    pub colour: Color32,
}

/// Points from a row to the next, at most and at least.
const PITCH: (f64, f64) = (26.0, 16.0);

/// Draws bars from the top in the given order, with those that do not fit
/// counted in a last row.
///
/// # Errors
///
/// Too little room, or whatever the backend refuses.
pub fn bars<DB: DrawingBackend>(
    area: &Area<DB>,
    pen: &Pen,
    bars: &[Bar],
) -> Result<(), ChartError> {
    if bars.is_empty() {
        return Ok(());
    }
    let (width, height) = area.dim_in_pixel();
    let (width, height) = (width as i32, height as i32);
    let rows = (height / pen.px(PITCH.1)).max(0) as usize;
    if rows == 0 || width < pen.px(80.0) {
        return Err(ChartError::TooSmall);
    }
    let all_fit = bars.len() <= rows;
    let shown = if all_fit { bars } else { &bars[..rows - 1] };
    let pitch = (height / bars.len().min(rows) as i32).min(pen.px(PITCH.0));
    let columns = Columns::of(area, pen, shown, width)?;
    for (row, bar) in shown.iter().enumerate() {
        columns.draw(area, pen, bar, row as i32 * pitch, pitch)?;
    }
    if !all_fit {
        let words = format!("and {} more", bars.len() - shown.len());
        let style = pen.caption(pen.theme.muted).pos(RIGHT);
        let middle = shown.len() as i32 * pitch + pitch / 2;
        area.draw_text(&words, &style, (columns.name_right, middle))?;
    }
    Ok(())
}

/// Where names end, and where the least and the greatest value lie.
struct Columns {
    name_right: i32,
    left: i32,
    right: i32,
    least: f64,
    most: f64,
}

impl Columns {
    fn of<DB: DrawingBackend>(
        area: &Area<DB>,
        pen: &Pen,
        bars: &[Bar],
        width: i32,
    ) -> Result<Self, ChartError> {
        let style = pen.caption(pen.theme.text);
        let mut names = 0;
        let (mut before, mut after) = (0, 0);
        let (mut least, mut most) = (0.0f64, 0.0f64);
        for bar in bars {
            names = names.max(area.estimate_text_size(&bar.name, &style)?.0 as i32);
            let text = area.estimate_text_size(&bar.text, &style)?.0 as i32 + pen.px(5.0);
            if bar.value < 0.0 {
                before = before.max(text);
            } else {
                after = after.max(text);
            }
            if bar.value.is_finite() {
                (least, most) = (least.min(bar.value), most.max(bar.value));
            }
        }
        let name_right = names.min(width * 2 / 5);
        let left = name_right + pen.px(8.0) + before;
        let right = (width - after).max(left + pen.px(8.0));
        Ok(Self {
            name_right,
            left,
            right,
            least,
            most,
        })
    }

    fn place(&self, value: f64) -> i32 {
        let range = self.most - self.least;
        let share = if range > 0.0 {
            (value - self.least) / range
        } else {
            0.0
        };
        self.left + (f64::from(self.right - self.left) * share).round() as i32
    }

    fn draw<DB: DrawingBackend>(
        &self,
        area: &Area<DB>,
        pen: &Pen,
        bar: &Bar,
        top: i32,
        pitch: i32,
    ) -> Result<(), ChartError> {
        let middle = top + pitch / 2;
        let ink = pen.caption(pen.theme.text);
        let name = ellipsis(area, pen, &bar.name, self.name_right)?;
        area.draw_text(&name, &ink.pos(RIGHT), (self.name_right, middle))?;
        let value = if bar.value.is_finite() {
            bar.value
        } else {
            0.0
        };
        let (zero, end) = (self.place(0.0), self.place(value));
        // A sliver keeps small values apart from nothing.
        let end = if value != 0.0 && (end - zero).abs() < pen.px(1.0) {
            zero + pen.px(1.0) * if value < 0.0 { -1 } else { 1 }
        } else {
            end
        };
        let half = (pitch * 3 / 10).min(pen.px(7.0));
        let corners = [
            (zero.min(end), middle - half),
            (zero.max(end), middle + half),
        ];
        area.draw(&Rectangle::new(corners, pen.fill(bar.colour, 0.85)))?;
        let gap = pen.px(5.0);
        let (anchor, x) = if value < 0.0 {
            (RIGHT, end - gap)
        } else {
            (LEFT, end + gap)
        };
        area.draw_text(&bar.text, &ink.pos(anchor), (x, middle))?;
        Ok(())
    }
}

/// Letters of a label that are looked at.
const LONGEST: usize = 48;

/// The text, or as much of it as fits with an ellipsis.
pub(super) fn ellipsis<DB: DrawingBackend>(
    area: &Area<DB>,
    pen: &Pen,
    text: &str,
    width: i32,
) -> Result<String, ChartError> {
    let style = pen.caption(pen.theme.text);
    // Nothing longer is ever seen; measuring it would cost time and memory.
    let mut kept: Vec<char> = text.chars().take(LONGEST).collect();
    let mut shown: String = kept.iter().collect();
    while area.estimate_text_size(&shown, &style)?.0 as i32 > width && !kept.is_empty() {
        kept.pop();
        let start: String = kept.iter().collect();
        shown = format!("{}…", start.trim_end());
    }
    Ok(shown)
}
