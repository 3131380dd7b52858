//! Room for labels: how wide margins must be, how many labels fit, where the
//! names of lines go. Everything here is in plotters' pixels.

use plotters_backend::DrawingBackend;

use super::axis::Axis;
use super::plot::GAP;
use super::{Area, ChartError, Pen};

/// The room that labels need around a plot, in pixels.
pub struct Layout {
    pub left: i32,
    pub right: i32,
    pub top: i32,
    pub bottom: i32,
    pub x_labels: usize,
    pub y_labels: usize,
    pub line_height: i32,
}

impl Layout {
    pub fn of<DB: DrawingBackend>(
        area: &Area<DB>,
        pen: &Pen,
        x: &Axis,
        y: &Axis,
        line_names: &[&str],
    ) -> Result<Self, ChartError> {
        let style = pen.caption(pen.theme.muted);
        let width_of = |text: &str| -> Result<i32, ChartError> {
            Ok(area.estimate_text_size(text, &style)?.0 as i32)
        };
        let widest = |texts: Vec<String>| -> Result<i32, ChartError> {
            texts
                .iter()
                .try_fold(0, |widest, text| Ok(width_of(text)?.max(widest)))
        };
        let (area_width, area_height) = area.dim_in_pixel();
        let line_height = area.estimate_text_size("0", &style)?.1 as i32;
        let gap = pen.px(GAP);
        let titled = |axis: &Axis| {
            if axis.title().is_empty() {
                0
            } else {
                line_height
            }
        };
        let top = (titled(y) + line_height / 2 + pen.px(1.0)).max(line_height / 2);
        let bottom = line_height + gap + titled(x);
        let height = area_height as i32 - top - bottom;
        let y_labels = (height / (2 * line_height).max(1)).clamp(2, 8) as usize;

        let y_width = widest(
            y.ticks(y_labels)
                .into_iter()
                .map(|tick| y.text(tick))
                .collect(),
        )?;
        let names = widest(line_names.iter().map(|&name| name.to_owned()).collect())?;
        let left = y_width + gap;
        let names = if names > 0 { names + gap } else { 0 };
        let width = area_width as i32 - left - names;
        if width < pen.px(48.0) || height < pen.px(24.0) {
            return Err(ChartError::TooSmall);
        }
        // As many labels as fit with room between them.
        let mut x_labels = (width / pen.px(36.0)) as usize;
        let mut x_width = 0;
        while x_labels > 0 {
            let ticks = x.ticks(x_labels);
            x_width = widest(ticks.iter().map(|&tick| x.text(tick)).collect())?;
            if ticks.len() as i32 * (x_width + pen.px(14.0)) <= width {
                break;
            }
            x_labels = ticks.len().min(x_labels).saturating_sub(1);
        }
        let half = x_width / 2 + pen.px(1.0);
        let (left, right) = (left.max(half), names.max(half));
        Ok(Self {
            left,
            right,
            top,
            bottom,
            x_labels,
            y_labels,
            line_height,
        })
    }
}

/// Moves ascending rows apart by at least `step`, between `top` and `bottom`.
pub fn spread(rows: &mut [i32], step: i32, top: i32, bottom: i32) {
    let mut floor = top;
    for row in rows.iter_mut() {
        *row = (*row).max(floor);
        floor = *row + step;
    }
    let mut ceiling = bottom;
    for row in rows.iter_mut().rev() {
        *row = (*row).min(ceiling);
        ceiling = *row - step;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_lines_move_apart() {
        let mut rows = [50, 52, 53, 99];
        spread(&mut rows, 10, 5, 95);
        assert_eq!(rows, [50, 60, 70, 95]);
        let mut rows = [90, 94, 95];
        spread(&mut rows, 10, 5, 95);
        assert_eq!(rows, [75, 85, 95]);
    }
}
