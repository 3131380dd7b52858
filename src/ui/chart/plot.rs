//! A pair of axes and the marks on it: lines, areas, limits, named points.
//!
//! [`Plot::new`] makes room for every label before it fixes the axes, so that
//! none is cut off; labels avoid one another. Values beyond the axes and
//! values that are not finite leave gaps.

use egui::Color32;
use plotters::chart::{ChartBuilder, ChartContext, LabelAreaPosition};
use plotters::coord::cartesian::Cartesian2d;
use plotters::element::{Circle, PathElement, Rectangle};
use plotters::series::{AreaSeries, DashedLineSeries, LineSeries};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_backend::DrawingBackend;

use super::axis::Axis;
use super::clip::clipped;
use super::layout::{Layout, spread};
use super::pen::{LEFT, RIGHT, rgba};
use super::{Area, ChartError, Pen};

/// Points between a label and what it belongs to.
pub(super) const GAP: f64 = 6.0;

/// A series of values and how it is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    points: &'a [(f64, f64)],
    colour: Color32,
    width: f64,
    dashed: bool,
    filled: bool,
    name: &'a str,
}

impl<'a> Line<'a> {
    /// A line through points from left to right.
    pub fn new(points: &'a [(f64, f64)], colour: Color32) -> Self {
        Self {
            points,
            colour,
            width: 1.75,
            dashed: false,
            filled: false,
            name: "",
        }
    }

    /// Names the line at its right end; [`Plot::new`] must have heard of it.
    #[must_use]
    pub fn named(self, name: &'a str) -> Self {
        Self { name, ..self }
    }

    /// Tints the area down to zero, or to the lower end of the axis.
    #[must_use]
    pub fn filled(self) -> Self {
        Self {
            filled: true,
            ..self
        }
    }

    /// Thin and dashed, as the scenario that others are compared with.
    #[must_use]
    pub fn ghost(self) -> Self {
        Self {
            dashed: true,
            width: 1.25,
            ..self
        }
    }
}

/// A rectangle in pixels of the area: left, top, right, bottom.
#[derive(Clone, Copy, Debug)]
struct Frame {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Frame {
    fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn contains(&self, other: &Self) -> bool {
        self.left <= other.left
            && other.right <= self.right
            && self.top <= other.top
            && other.bottom <= self.bottom
    }
}

/// The name of a line, until [`Plot::finish`] finds room for all of them.
struct EndLabel {
    y: i32,
    name: String,
    colour: Color32,
}

/// Axes with their grid, ready for marks.
pub struct Plot<'p, DB: DrawingBackend> {
    pen: &'p Pen<'p>,
    area: Area<DB>,
    chart: ChartContext<'p, DB, Cartesian2d<Axis, Axis>>,
    x: Axis,
    y: Axis,
    frame: Frame,
    line_height: i32,
    texts: Vec<Frame>,
    rules: Vec<Frame>,
    ends: Vec<EndLabel>,
}

impl<'p, DB: DrawingBackend + 'p> Plot<'p, DB> {
    /// Draws the grid and the labels of two axes onto the whole of `area`,
    /// leaving room on the right for the names of lines.
    ///
    /// # Errors
    ///
    /// Too little room, or whatever the backend refuses.
    pub fn new(
        area: &Area<DB>,
        pen: &'p Pen<'p>,
        x: Axis,
        y: Axis,
        line_names: &[&str],
    ) -> Result<Self, ChartError> {
        let layout = Layout::of(area, pen, &x, &y, line_names)?;
        let mut chart = ChartBuilder::on(area)
            .margin_top(layout.top)
            .margin_right(layout.right)
            .set_label_area_size(LabelAreaPosition::Left, layout.left)
            .set_label_area_size(LabelAreaPosition::Bottom, layout.bottom)
            .build_cartesian_2d(x.clone(), y.clone())?;
        chart
            .configure_mesh()
            .axis_style(rgba(Color32::BLACK, 0.0))
            .x_labels(layout.x_labels)
            .y_labels(layout.y_labels)
            .max_light_lines(0)
            .light_line_style(rgba(Color32::BLACK, 0.0))
            .bold_line_style(pen.stroke(pen.grid(), 1.0))
            .label_style(pen.caption(pen.theme.muted))
            .set_all_tick_mark_size(pen.px(GAP / 2.0))
            .draw()?;
        let (base_x, base_y) = area.get_base_pixel();
        let (across, down) = chart.plotting_area().get_pixel_range();
        pen.place((across.start, across.end), (down.start, down.end), (&x, &y));
        let frame = Frame {
            left: across.start - base_x,
            top: down.start - base_y,
            right: across.end - base_x,
            bottom: down.end - base_y,
        };
        let line_height = layout.line_height;
        let area = area.clone();
        let plot = Self {
            pen,
            area,
            chart,
            x,
            y,
            frame,
            line_height,
            texts: vec![],
            rules: vec![],
            ends: vec![],
        };
        plot.write_titles()?;
        Ok(plot)
    }

    /// Draws a series.
    ///
    /// # Errors
    ///
    /// Whatever the backend refuses.
    pub fn line(&mut self, line: Line<'_>) -> Result<(), ChartError> {
        if line.filled {
            self.fill_below(&line)?;
        }
        let stroke = self.pen.stroke(line.colour, line.width);
        for run in self.runs(line.points, (0.0, 1.0)) {
            if line.dashed {
                let (dash, gap) = (self.pen.px(5.0), self.pen.px(4.0));
                self.chart
                    .draw_series(DashedLineSeries::new(run, dash, gap, stroke))?;
            } else {
                self.chart.draw_series(LineSeries::new(run, stroke))?;
            }
        }
        self.remember_end(&line);
        Ok(())
    }

    /// A dashed line at a limit of the horizontal quantity, in words.
    ///
    /// # Errors
    ///
    /// Whatever the backend refuses.
    pub fn limit_x(&mut self, value: f64, words: &str) -> Result<(), ChartError> {
        self.rule_x(value, words, self.pen.theme.danger)
    }

    /// A dashed line at a limit of the vertical quantity, in words.
    ///
    /// # Errors
    ///
    /// Whatever the backend refuses.
    pub fn limit_y(&mut self, value: f64, words: &str) -> Result<(), ChartError> {
        self.rule_y(value, words, self.pen.theme.danger)
    }

    /// An upright dashed line with words at its top; nothing if off the axis.
    ///
    /// # Errors
    ///
    /// Whatever the backend refuses.
    pub fn rule_x(&mut self, value: f64, words: &str, colour: Color32) -> Result<(), ChartError> {
        let share = self.x.share_of(value);
        if !(0.0..=1.0).contains(&share) {
            return Ok(());
        }
        let frame = self.frame;
        let x = between(frame.left, frame.right, share);
        self.dashes((x, frame.bottom), (x, frame.top), colour)?;
        let (gap, half) = (self.pen.px(GAP / 2.0), self.line_height / 2);
        let row = |row: i32| frame.top + half + row * self.line_height;
        let places = (0..6).flat_map(|r| [(x + gap, row(r), LEFT), (x - gap, row(r), RIGHT)]);
        self.write(words, colour, &places.collect::<Vec<_>>())
    }

    /// A level dashed line with words at one end; nothing if off the axis.
    ///
    /// # Errors
    ///
    /// Whatever the backend refuses.
    pub fn rule_y(&mut self, value: f64, words: &str, colour: Color32) -> Result<(), ChartError> {
        let share = self.y.share_of(value);
        if !(0.0..=1.0).contains(&share) {
            return Ok(());
        }
        let frame = self.frame;
        let y = between(frame.bottom, frame.top, share);
        self.dashes((frame.left, y), (frame.right, y), colour)?;
        let gap = self.pen.px(GAP / 2.0);
        let (above, below) = (y - self.line_height / 2, y + self.line_height / 2);
        let (left, right) = (frame.left + gap, frame.right - gap);
        let places = [
            (left, above, LEFT),
            (left, below, LEFT),
            (right, above, RIGHT),
            (right, below, RIGHT),
        ];
        self.write(words, colour, &places)
    }

    /// A dot with words beside it and a thread down to the axis, as for the
    /// quantiles of a distribution.
    ///
    /// # Errors
    ///
    /// Whatever the backend refuses.
    pub fn point(
        &mut self,
        at: (f64, f64),
        words: &str,
        colour: Color32,
    ) -> Result<(), ChartError> {
        let (across, up) = (self.x.share_of(at.0), self.y.share_of(at.1));
        if !((0.0..=1.0).contains(&across) && (0.0..=1.0).contains(&up)) {
            return Ok(());
        }
        let frame = self.frame;
        let x = between(frame.left, frame.right, across);
        let y = between(frame.bottom, frame.top, up);
        let pen = self.pen;
        let thread = PathElement::new(
            vec![(x, y), (x, frame.bottom)],
            pen.stroke(pen.theme.border, 1.0),
        );
        self.area.draw(&thread)?;
        self.area.draw(&Circle::new(
            (x, y),
            pen.px(4.5),
            pen.fill(pen.theme.panel, 1.0),
        ))?;
        self.area
            .draw(&Circle::new((x, y), pen.px(3.0), pen.fill(colour, 1.0)))?;
        let gap = pen.px(GAP);
        let step = self.line_height * 3 / 4;
        let near = [(1, LEFT), (-1, RIGHT), (1, RIGHT), (-1, LEFT)];
        let far = (2..=6).flat_map(|row| [(row, LEFT), (row, RIGHT)]);
        let places: Vec<_> = near
            .into_iter()
            .chain(far)
            .map(|(row, anchor)| {
                let aside = if matches!(anchor.h_pos, HPos::Left) {
                    gap
                } else {
                    -gap
                };
                (x + aside, y + row * step, anchor)
            })
            .collect();
        self.write(words, colour, &places)
    }

    /// A dot without words.
    ///
    /// # Errors
    ///
    /// Whatever the backend refuses.
    pub fn dot(&mut self, at: (f64, f64), colour: Color32) -> Result<(), ChartError> {
        let (across, up) = (self.x.share_of(at.0), self.y.share_of(at.1));
        if (0.0..=1.0).contains(&across) && (0.0..=1.0).contains(&up) {
            let x = between(self.frame.left, self.frame.right, across);
            let y = between(self.frame.bottom, self.frame.top, up);
            let fill = self.pen.fill(colour, 1.0);
            self.area
                .draw(&Circle::new((x, y), self.pen.px(2.5), fill))?;
        }
        Ok(())
    }

    /// Draws what had to wait: the cursor, and the names of the lines.
    ///
    /// # Errors
    ///
    /// Whatever the backend refuses.
    pub fn finish(mut self) -> Result<(), ChartError> {
        if let Some(share) = self.pen.cursor.map(|value| self.x.share_of(value))
            && (0.0..=1.0).contains(&share)
        {
            let x = between(self.frame.left, self.frame.right, share);
            let stroke = self.pen.stroke(self.pen.theme.muted, 1.0);
            let path = vec![(x, self.frame.top), (x, self.frame.bottom)];
            self.area.draw(&PathElement::new(path, stroke))?;
        }
        self.ends.sort_by_key(|end| end.y);
        let half = self.line_height / 2;
        let mut rows: Vec<i32> = self.ends.iter().map(|end| end.y).collect();
        spread(
            &mut rows,
            self.line_height,
            self.frame.top + half,
            self.frame.bottom - half,
        );
        for (end, y) in self.ends.iter().zip(rows) {
            let style = self.pen.caption(end.colour).pos(LEFT);
            self.area
                .draw_text(&end.name, &style, (self.frame.right + self.pen.px(GAP), y))?;
        }
        Ok(())
    }

    fn fill_below(&mut self, line: &Line<'_>) -> Result<(), ChartError> {
        let base = self.y.value_at(self.y.share_of(0.0).clamp(0.0, 1.0));
        let (least, most) = self.y.bounds();
        let tint = rgba(line.colour, 0.14);
        for run in self.runs(line.points, (f64::NEG_INFINITY, f64::INFINITY)) {
            let run = run.into_iter().map(|(x, y)| (x, y.clamp(least, most)));
            self.chart.draw_series(AreaSeries::new(run, base, tint))?;
        }
        Ok(())
    }

    /// The parts of a line between the ends of the axes, in values.
    fn runs(&self, points: &[(f64, f64)], rows: (f64, f64)) -> Vec<Vec<(f64, f64)>> {
        let shares: Vec<_> = points
            .iter()
            .map(|&(x, y)| (self.x.share_of(x), self.y.share_of(y)))
            .collect();
        let value = |(x, y)| (self.x.value_at(x), self.y.value_at(y));
        let runs = clipped(&shares, rows).into_iter();
        runs.map(|run| run.into_iter().map(value).collect())
            .collect()
    }

    fn remember_end(&mut self, line: &Line<'_>) {
        let finite = |&&(x, y): &&(f64, f64)| x.is_finite() && y.is_finite();
        if let Some(&(_, last)) = line.points.iter().rev().find(finite)
            && !line.name.is_empty()
        {
            let share = self.y.share_of(last).clamp(0.0, 1.0);
            let y = between(self.frame.bottom, self.frame.top, share);
            self.ends.push(EndLabel {
                y,
                name: line.name.into(),
                colour: line.colour,
            });
        }
    }

    fn dashes(
        &mut self,
        from: (i32, i32),
        to: (i32, i32),
        colour: Color32,
    ) -> Result<(), ChartError> {
        let (dash, gap) = (self.pen.px(4.0), self.pen.px(3.0));
        self.rules.push(Frame {
            left: from.0.min(to.0),
            top: from.1.min(to.1),
            right: from.0.max(to.0) + 1,
            bottom: from.1.max(to.1) + 1,
        });
        let length = (to.0 - from.0).abs().max((to.1 - from.1).abs());
        let stroke = self.pen.stroke(colour, 1.0);
        let at = |way: i32| {
            let share = f64::from(way.min(length)) / f64::from(length.max(1));
            (between(from.0, to.0, share), between(from.1, to.1, share))
        };
        for start in (0..length).step_by((dash + gap).max(1) as usize) {
            self.area
                .draw(&PathElement::new(vec![at(start), at(start + dash)], stroke))?;
        }
        Ok(())
    }

    /// Writes at the place that hides least; nowhere if other text would
    /// suffer, since two labels on top of each other say less than one.
    fn write(
        &mut self,
        text: &str,
        colour: Color32,
        places: &[(i32, i32, Pos)],
    ) -> Result<(), ChartError> {
        let style = self.pen.caption(colour);
        let (width, height) = self.area.estimate_text_size(text, &style)?;
        let (width, height) = (width as i32, height as i32);
        let rooms = places.iter().map(|&(x, y, anchor)| {
            let left = if matches!(anchor.h_pos, HPos::Right) {
                x - width
            } else {
                x
            };
            let room = Frame {
                left,
                top: y - height / 2,
                right: left + width,
                bottom: y + height / 2,
            };
            (room, y)
        });
        let fitting = rooms.filter(|(room, _)| {
            self.frame.contains(room) && !self.texts.iter().any(|text| text.overlaps(room))
        });
        let crossed = |room: &Frame| self.rules.iter().filter(|rule| rule.overlaps(room)).count();
        let Some((room, y)) = fitting.min_by_key(|(room, _)| crossed(room)) else {
            return Ok(());
        };
        let veil = self.pen.fill(self.pen.theme.panel, 0.75);
        self.area.draw(&Rectangle::new(
            [(room.left, room.top), (room.right, room.bottom)],
            veil,
        ))?;
        self.area
            .draw_text(text, &style.pos(LEFT), (room.left, y))?;
        self.texts.push(room);
        Ok(())
    }

    fn write_titles(&self) -> Result<(), ChartError> {
        let style = self.pen.caption(self.pen.theme.muted);
        let (width, height) = self.area.dim_in_pixel();
        if !self.y.title().is_empty() {
            let style = style.pos(Pos::new(HPos::Left, VPos::Top));
            self.area.draw_text(self.y.title(), &style, (0, 0))?;
        }
        if !self.x.title().is_empty() {
            let style = style.pos(Pos::new(HPos::Right, VPos::Bottom));
            let right = self.frame.right.min(width as i32);
            self.area
                .draw_text(self.x.title(), &style, (right, height as i32))?;
        }
        Ok(())
    }
}

fn between(from: i32, to: i32, share: f64) -> i32 {
    from + (f64::from(to - from) * share).round() as i32
}
