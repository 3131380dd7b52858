//! Charts: one drawing for the window and for the exported file.
//!
//! A kind of chart implements [`Chart`] with plotters and the marks of
//! [`Plot`]; [`chart_ui`] shows it, [`shapes`] paints it anywhere, [`svg`]
//! writes it. Charts have no frame, a faint grid, labels next to the lines
//! instead of legends, and limits named in words. What the numbers mean is
//! decided where a chart is made, not here.

pub mod axis;
pub mod backend;
mod backlog;
mod bars;
mod clip;
mod cold;
mod cost_against_traffic;
mod cost_by_node;
#[cfg(test)]
mod fixture;
mod kind;
mod latency;
mod layout;
mod load;
mod loss;
mod memory;
mod pareto;
mod pen;
mod plot;
mod risk_by_node;
mod tornado;
mod waterfall;

pub use axis::{Axis, Scale};
pub use bars::{Bar, bars};
pub use cost_against_traffic::times;
pub use kind::{CHARTS, ChartKind, Picture, Subject, slowest};
pub use pen::{Pen, Placement};
pub use plot::{Line, Plot};

use egui::{Rect, Response, Sense, Shape, Ui, Vec2, WidgetInfo, WidgetType};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea as _};
use plotters::prelude::SVGBackend;
use plotters_backend::DrawingBackend;

use super::theme::Theme;
use backend::{ShapeBackend, UNIT};

/// Where a chart is drawn, in plotters' pixels.
pub type Area<DB> = DrawingArea<DB, Shift>;

/// A chart that could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// Axes and labels leave no room for the data.
    #[error("the chart needs more room")]
    TooSmall,
    /// What plotters or the file format reports.
    #[error("the chart could not be drawn: {0}")]
    Backend(String),
}

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for ChartError {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        Self::Backend(error.to_string())
    }
}

/// A kind of chart with its data, which draws itself on anything.
pub trait Chart {
    /// Draws onto an area whose background is already filled.
    ///
    /// # Errors
    ///
    /// Too little room, or whatever the backend refuses.
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError>;

    /// What the chart says in a sentence, for those who cannot see it.
    fn description(&self) -> String;

    /// What to say about the values under the pointer; nothing where the chart
    /// writes all its values.
    fn reading(&self, _values: (f64, f64)) -> String {
        String::new()
    }

    /// What the chart shows, in numbers, for those who cannot see it or want
    /// to copy it.
    fn table(&self) -> Table;
}

/// What a chart shows, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Titles of the columns, with units where they are needed.
    pub columns: Vec<&'static str>,
    /// Rows, a text for each column.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table of such columns.
    pub fn of<const N: usize>(
        columns: [&'static str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: rows.into_iter().map(Vec::from).collect(),
        }
    }
}

/// A chart as it was shown.
pub struct Shown {
    /// The interaction with its rectangle, which senses hovering.
    pub response: Response,
    /// Where its plots ended up, to tell which value the pointer is at.
    pub placements: Vec<Placement>,
}

impl Shown {
    /// The values under the pointer, if it is on a plot.
    pub fn hovered(&self) -> Option<(f64, f64)> {
        let pointer = self.response.hover_pos()?;
        self.placements
            .iter()
            .find_map(|placement| placement.values_at(pointer))
    }
}

/// Shows a chart; `cursor` is the horizontal value that all charts mark.
pub fn chart_ui(
    ui: &mut Ui,
    theme: &Theme,
    size: Vec2,
    cursor: Option<f64>,
    chart: &impl Chart,
) -> Shown {
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, chart.description()));
    let mut placements = Vec::new();
    if ui.is_rect_visible(rect) {
        let (shapes, placed) = shapes(ui.ctx(), theme, rect, cursor, chart);
        ui.painter()
            .with_clip_rect(rect.intersect(ui.clip_rect()))
            .extend(shapes);
        placements = placed;
    }
    Shown {
        response,
        placements,
    }
}

/// The shapes of a chart within `rect`; a sentence if it cannot be drawn.
///
/// Lays out text, so `ctx` must have begun its first frame.
pub fn shapes(
    ctx: &egui::Context,
    theme: &Theme,
    rect: Rect,
    cursor: Option<f64>,
    chart: &impl Chart,
) -> (Vec<Shape>, Vec<Placement>) {
    let mut shapes = Vec::new();
    let pen = Pen::for_window(theme, rect.min, cursor);
    let area = ShapeBackend::new(ctx, rect, &mut shapes).into_drawing_area();
    let drawn = chart.draw(&area, &pen);
    drop(area);
    if let Err(error) = drawn {
        shapes.clear();
        let font = egui::FontId::proportional(11.0);
        let galley =
            ctx.fonts_mut(|f| f.layout(error.to_string(), font, theme.muted, rect.width()));
        shapes.push(Shape::galley(
            rect.center() - galley.size() / 2.0,
            galley,
            theme.muted,
        ));
    }
    (shapes, pen.into_placements())
}

/// A chart of `size` points as an SVG document.
///
/// # Errors
///
/// As [`Chart::draw`].
pub fn svg(theme: &Theme, size: Vec2, chart: &impl Chart) -> Result<String, ChartError> {
    let (width, height) = (size.x.max(1.0) as u32, size.y.max(1.0) as u32);
    let (wide, high) = (width * UNIT, height * UNIT);
    let mut document = String::new();
    {
        let area = SVGBackend::with_string(&mut document, (wide, high)).into_drawing_area();
        area.fill(&pen::rgba(theme.panel, 1.0))?;
        chart.draw(&area, &Pen::for_svg(theme))?;
        area.present()?;
    }
    // Drawn finely and shown at its size: the view box keeps the fine units.
    let fine = format!("width=\"{wide}\" height=\"{high}\"");
    Ok(document.replacen(&fine, &format!("width=\"{width}\" height=\"{height}\""), 1))
}
