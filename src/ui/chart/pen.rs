//! What every mark of a chart shares: colours, sizes in points, and where
//! plots were placed.

use std::cell::RefCell;

use egui::{Color32, Pos2, Rect};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color as _, FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle,
};

use super::super::theme::Theme;
use super::axis::Axis;
use super::backend::UNIT;

/// How a chart is drawn: its theme, and how large a point is.
pub struct Pen<'a> {
    /// Where all colours come from.
    pub theme: &'a Theme,
    /// The horizontal value that all charts mark.
    pub cursor: Option<f64>,
    origin: Pos2,
    font: f64,
    placements: RefCell<Vec<Placement>>,
}

impl<'a> Pen<'a> {
    pub(super) fn for_window(theme: &'a Theme, origin: Pos2, cursor: Option<f64>) -> Self {
        Self {
            theme,
            cursor,
            origin,
            font: 1.0,
            placements: RefCell::default(),
        }
    }

    /// Plotters' SVG divides font sizes by 1.24, which is made up for here.
    pub(super) fn for_svg(theme: &'a Theme) -> Self {
        Self {
            font: 1.24,
            ..Self::for_window(theme, Pos2::ZERO, None)
        }
    }

    /// So many points in plotters' pixels.
    pub fn px(&self, points: f64) -> i32 {
        (points * f64::from(UNIT)).round() as i32
    }

    /// A line or an outline.
    pub fn stroke(&self, colour: Color32, points: f64) -> ShapeStyle {
        rgba(colour, 1.0).stroke_width(self.px(points).max(1) as u32)
    }

    /// A filled shape of which `alpha` hides what is below.
    pub fn fill(&self, colour: Color32, alpha: f64) -> ShapeStyle {
        rgba(colour, alpha).filled()
    }

    /// The size of all text within charts: the caption size.
    pub fn caption(&self, colour: Color32) -> TextStyle<'static> {
        self.text(colour, 11.0)
    }

    /// Text of another size.
    pub fn text(&self, colour: Color32, points: f64) -> TextStyle<'static> {
        let size = points * f64::from(UNIT) * self.font;
        FontDesc::new(FontFamily::SansSerif, size, FontStyle::Normal).color(&rgba(colour, 1.0))
    }

    /// The faint colour of grid lines.
    pub fn grid(&self) -> Color32 {
        super::super::theme::mix(self.theme.panel, self.theme.border, 0.55)
    }

    /// Notes where a plot ended up, in plotters' pixels.
    pub(super) fn place(&self, x: (i32, i32), y: (i32, i32), axes: (&Axis, &Axis)) {
        let at = |x: i32, y: i32| self.origin + egui::vec2(x as f32, y as f32) / UNIT as f32;
        let rect = Rect::from_two_pos(at(x.0, y.0), at(x.1, y.1));
        let (x, y) = (axes.0.clone(), axes.1.clone());
        self.placements.borrow_mut().push(Placement { rect, x, y });
    }

    pub(super) fn into_placements(self) -> Vec<Placement> {
        self.placements.into_inner()
    }
}

/// Where a plot is in the window, and what it measures.
#[derive(Clone, Debug)]
pub struct Placement {
    /// The rectangle between the axes.
    pub rect: Rect,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
}

impl Placement {
    /// The values at a place of the window, if it is on the plot.
    pub fn values_at(&self, place: Pos2) -> Option<(f64, f64)> {
        let share = (place - self.rect.min) / self.rect.size();
        self.rect.contains(place).then(|| {
            (
                self.x.value_at(f64::from(share.x)),
                self.y.value_at(f64::from(1.0 - share.y)),
            )
        })
    }

    /// Where a pair of values is in the window.
    pub fn place_of(&self, (x, y): (f64, f64)) -> Pos2 {
        let share = egui::vec2(self.x.share_of(x) as f32, 1.0 - self.y.share_of(y) as f32);
        self.rect.min + share * self.rect.size()
    }
}

/// A colour for plotters.
pub(super) fn rgba(colour: Color32, alpha: f64) -> RGBAColor {
    let [r, g, b, _] = colour.to_array();
    RGBAColor(r, g, b, alpha)
}

pub(super) const LEFT: Pos = Pos {
    h_pos: HPos::Left,
    v_pos: VPos::Center,
};
pub(super) const RIGHT: Pos = Pos {
    h_pos: HPos::Right,
    v_pos: VPos::Center,
};
