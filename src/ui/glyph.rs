//! Our own line drawings for node kinds and for symbols the font lacks.
//!
//! Each is drawn on a square of 20 units in one colour, and scales without
//! loss; no icon font and nobody's logo. A glyph never is the only sign of
//! what something is: cards name the service and problems say what is wrong.

use egui::epaint::PathShape;
use egui::{Color32, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, Vec2, pos2};

/// Units of the square on which all are drawn.
const GRID: f32 = 20.0;

/// The width of all lines, in the same units.
const WIDTH: f32 = 1.5;

macro_rules! glyphs {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// A drawing of ours.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Glyph { $($(#[$doc])* $name),+ }

        impl Glyph {
            /// All of them, node kinds first.
            pub const ALL: &[Self] = &[$(Self::$name),+];
        }
    };
}

glyphs! {
    /// What starts work: a bolt.
    Trigger,
    /// An entry point: an arrow through a gate.
    Gateway,
    /// A content delivery network: a globe.
    Cdn,
    /// Code that runs on demand: angle brackets.
    Function,
    /// Code that stays running: a crate.
    Container,
    /// Coordinated steps: a chart of boxes.
    Workflow,
    /// Messages that wait in line.
    Queue,
    /// A message for all who listen: a fan.
    Topic,
    /// A shared line with taps.
    Bus,
    /// Records that flow on: waves.
    Stream,
    /// Keyed items: a grid.
    Table,
    /// A server for queries: a drum.
    Database,
    /// Fast memory: a chip.
    Cache,
    /// Stored objects.
    Bucket,
    /// A search index: a magnifier.
    Search,
    /// A managed service: a gear.
    Service,
    /// Somebody else's system: an arrow out of a box.
    External,
    /// Anything else.
    Other,
    /// A remark on the canvas.
    Note,
    /// Leads to.
    ArrowRight,
    /// Look at this: a triangle.
    Warning,
    /// This fails: an octagon.
    Error,
    /// Worth knowing: a circle.
    Hint,
    /// An outage: a line that is broken.
    Outage,
    /// One step back.
    Undo,
    /// One step forth.
    Redo,
    /// Add.
    Plus,
    /// Close or remove.
    Close,
    /// Done.
    Check,
    /// Run.
    Run,
}

/// A part of a drawing, in units of the grid.
enum Mark {
    /// A line through points.
    Line(&'static [[f32; 2]]),
    /// A line that returns to its start.
    Loop(&'static [[f32; 2]]),
    /// The outline of a circle: centre and radius.
    Circle([f32; 2], f32),
    /// A filled circle: centre and radius.
    Dot([f32; 2], f32),
    /// Part of an ellipse: centre, radii, and degrees clockwise from the right.
    Arc([f32; 2], [f32; 2], [f32; 2]),
}

use Mark::{Arc, Circle, Dot, Line, Loop};

impl Glyph {
    fn marks(self) -> &'static [Mark] {
        match self {
            Self::Trigger
            | Self::Gateway
            | Self::Cdn
            | Self::Function
            | Self::Container
            | Self::Workflow
            | Self::Service
            | Self::External
            | Self::Other
            | Self::Note => self.actor(),
            Self::Queue
            | Self::Topic
            | Self::Bus
            | Self::Stream
            | Self::Table
            | Self::Database
            | Self::Cache
            | Self::Bucket
            | Self::Search => self.store(),
            _ => self.symbol(),
        }
    }

    /// Node kinds that act.
    fn actor(self) -> &'static [Mark] {
        match self {
            Self::Trigger => &[Loop(&[
                [11.5, 2.5],
                [4.5, 11.5],
                [9.5, 11.5],
                [8.5, 17.5],
                [15.5, 8.5],
                [10.5, 8.5],
            ])],
            Self::Gateway => &[
                Line(&[[6.0, 3.0], [3.0, 3.0], [3.0, 17.0], [6.0, 17.0]]),
                Line(&[[14.0, 3.0], [17.0, 3.0], [17.0, 17.0], [14.0, 17.0]]),
                Line(&[[6.0, 10.0], [14.0, 10.0]]),
                Line(&[[11.0, 7.0], [14.0, 10.0], [11.0, 13.0]]),
            ],
            Self::Cdn => &[
                Circle([10.0, 10.0], 7.5),
                Arc([10.0, 10.0], [3.2, 7.5], [0.0, 360.0]),
                Line(&[[2.5, 10.0], [17.5, 10.0]]),
            ],
            Self::Function => &[
                Line(&[[6.5, 5.0], [2.0, 10.0], [6.5, 15.0]]),
                Line(&[[13.5, 5.0], [18.0, 10.0], [13.5, 15.0]]),
                Line(&[[11.5, 4.0], [8.5, 16.0]]),
            ],
            Self::Container => &[
                Loop(&[
                    [10.0, 2.2],
                    [16.8, 6.0],
                    [16.8, 14.0],
                    [10.0, 17.8],
                    [3.2, 14.0],
                    [3.2, 6.0],
                ]),
                Line(&[[3.2, 6.0], [10.0, 9.8], [16.8, 6.0]]),
                Line(&[[10.0, 9.8], [10.0, 17.8]]),
            ],
            Self::Workflow => &[
                Loop(&[[7.0, 2.5], [13.0, 2.5], [13.0, 7.0], [7.0, 7.0]]),
                Loop(&[[2.5, 13.0], [8.0, 13.0], [8.0, 17.5], [2.5, 17.5]]),
                Loop(&[[12.0, 13.0], [17.5, 13.0], [17.5, 17.5], [12.0, 17.5]]),
                Line(&[[10.0, 7.0], [10.0, 10.0]]),
                Line(&[[5.25, 13.0], [5.25, 10.0], [14.75, 10.0], [14.75, 13.0]]),
            ],
            Self::Service => &[
                Circle([10.0, 10.0], 5.0),
                Circle([10.0, 10.0], 1.7),
                Line(&[[10.0, 5.0], [10.0, 2.2]]),
                Line(&[[10.0, 15.0], [10.0, 17.8]]),
                Line(&[[5.0, 10.0], [2.2, 10.0]]),
                Line(&[[15.0, 10.0], [17.8, 10.0]]),
                Line(&[[6.46, 6.46], [4.5, 4.5]]),
                Line(&[[13.54, 6.46], [15.5, 4.5]]),
                Line(&[[6.46, 13.54], [4.5, 15.5]]),
                Line(&[[13.54, 13.54], [15.5, 15.5]]),
            ],
            Self::External => &[
                Line(&[
                    [10.0, 4.0],
                    [3.5, 4.0],
                    [3.5, 16.5],
                    [16.0, 16.5],
                    [16.0, 10.0],
                ]),
                Line(&[[8.5, 11.5], [17.0, 3.0]]),
                Line(&[[12.0, 3.0], [17.0, 3.0], [17.0, 8.0]]),
            ],
            Self::Note => &[
                Loop(&[
                    [4.0, 2.5],
                    [12.0, 2.5],
                    [16.0, 6.5],
                    [16.0, 17.5],
                    [4.0, 17.5],
                ]),
                Line(&[[12.0, 2.5], [12.0, 6.5], [16.0, 6.5]]),
                Line(&[[7.0, 10.5], [13.0, 10.5]]),
                Line(&[[7.0, 13.8], [11.0, 13.8]]),
            ],
            _ => &[
                Circle([10.0, 10.0], 7.5),
                Dot([6.4, 10.0], 1.1),
                Dot([10.0, 10.0], 1.1),
                Dot([13.6, 10.0], 1.1),
            ],
        }
    }

    /// Node kinds that carry or keep something.
    fn store(self) -> &'static [Mark] {
        match self {
            Self::Queue => &[
                Line(&[[2.0, 5.0], [18.0, 5.0]]),
                Line(&[[2.0, 15.0], [18.0, 15.0]]),
                Line(&[[5.0, 8.0], [5.0, 12.0]]),
                Line(&[[10.0, 8.0], [10.0, 12.0]]),
                Line(&[[15.0, 8.0], [15.0, 12.0]]),
            ],
            Self::Topic => &[
                Dot([4.0, 10.0], 2.2),
                Line(&[[4.0, 10.0], [14.2, 4.6]]),
                Line(&[[4.0, 10.0], [14.2, 10.0]]),
                Line(&[[4.0, 10.0], [14.2, 15.4]]),
                Circle([16.0, 3.8], 1.7),
                Circle([16.0, 10.0], 1.7),
                Circle([16.0, 16.2], 1.7),
            ],
            Self::Bus => &[
                Line(&[[1.8, 9.0], [18.2, 9.0]]),
                Line(&[[1.8, 11.5], [18.2, 11.5]]),
                Line(&[[5.0, 9.0], [5.0, 5.8]]),
                Line(&[[15.0, 9.0], [15.0, 5.8]]),
                Line(&[[10.0, 11.5], [10.0, 14.2]]),
                Circle([5.0, 4.1], 1.7),
                Circle([15.0, 4.1], 1.7),
                Circle([10.0, 15.9], 1.7),
            ],
            Self::Stream => &[
                Arc([5.0, 5.5], [2.75, 2.2], [180.0, 360.0]),
                Arc([10.5, 5.5], [2.75, 2.2], [180.0, 0.0]),
                Arc([16.0, 5.5], [2.75, 2.2], [180.0, 270.0]),
                Arc([5.0, 10.5], [2.75, 2.2], [180.0, 360.0]),
                Arc([10.5, 10.5], [2.75, 2.2], [180.0, 0.0]),
                Arc([16.0, 10.5], [2.75, 2.2], [180.0, 270.0]),
                Arc([5.0, 15.5], [2.75, 2.2], [180.0, 360.0]),
                Arc([10.5, 15.5], [2.75, 2.2], [180.0, 0.0]),
                Arc([16.0, 15.5], [2.75, 2.2], [180.0, 270.0]),
            ],
            Self::Table => &[
                Loop(&[[2.5, 3.5], [17.5, 3.5], [17.5, 16.5], [2.5, 16.5]]),
                Line(&[[2.5, 7.8], [17.5, 7.8]]),
                Line(&[[2.5, 12.2], [17.5, 12.2]]),
                Line(&[[8.0, 7.8], [8.0, 16.5]]),
            ],
            Self::Database => &[
                Arc([10.0, 4.8], [6.5, 2.3], [0.0, 360.0]),
                Line(&[[3.5, 4.8], [3.5, 15.2]]),
                Line(&[[16.5, 4.8], [16.5, 15.2]]),
                Arc([10.0, 10.0], [6.5, 2.3], [0.0, 180.0]),
                Arc([10.0, 15.2], [6.5, 2.3], [0.0, 180.0]),
            ],
            Self::Cache => &[
                Loop(&[[5.0, 5.0], [15.0, 5.0], [15.0, 15.0], [5.0, 15.0]]),
                Line(&[[8.0, 5.0], [8.0, 2.0]]),
                Line(&[[12.0, 5.0], [12.0, 2.0]]),
                Line(&[[8.0, 15.0], [8.0, 18.0]]),
                Line(&[[12.0, 15.0], [12.0, 18.0]]),
                Line(&[[5.0, 8.0], [2.0, 8.0]]),
                Line(&[[5.0, 12.0], [2.0, 12.0]]),
                Line(&[[15.0, 8.0], [18.0, 8.0]]),
                Line(&[[15.0, 12.0], [18.0, 12.0]]),
            ],
            Self::Bucket => &[
                Arc([10.0, 5.0], [7.0, 2.3], [0.0, 360.0]),
                Line(&[[3.0, 5.0], [5.2, 15.8]]),
                Line(&[[17.0, 5.0], [14.8, 15.8]]),
                Arc([10.0, 15.8], [4.8, 1.7], [0.0, 180.0]),
            ],
            _ => &[Circle([8.5, 8.5], 5.7), Line(&[[12.6, 12.6], [17.3, 17.3]])],
        }
    }

    /// What is not a node kind.
    fn symbol(self) -> &'static [Mark] {
        match self {
            Self::ArrowRight => &[
                Line(&[[3.0, 10.0], [17.0, 10.0]]),
                Line(&[[12.0, 5.0], [17.0, 10.0], [12.0, 15.0]]),
            ],
            Self::Warning => &[
                Loop(&[[10.0, 2.8], [18.0, 16.8], [2.0, 16.8]]),
                Line(&[[10.0, 7.8], [10.0, 11.8]]),
                Dot([10.0, 14.2], 1.0),
            ],
            Self::Error => &[
                Loop(&[
                    [6.9, 2.5],
                    [13.1, 2.5],
                    [17.5, 6.9],
                    [17.5, 13.1],
                    [13.1, 17.5],
                    [6.9, 17.5],
                    [2.5, 13.1],
                    [2.5, 6.9],
                ]),
                Line(&[[10.0, 6.0], [10.0, 11.0]]),
                Dot([10.0, 13.8], 1.0),
            ],
            Self::Hint => &[
                Circle([10.0, 10.0], 7.5),
                Dot([10.0, 6.4], 1.0),
                Line(&[[10.0, 9.2], [10.0, 14.0]]),
            ],
            Self::Outage => &[
                Line(&[[2.0, 10.0], [6.5, 10.0]]),
                Line(&[[13.5, 10.0], [18.0, 10.0]]),
                Line(&[[6.5, 6.5], [6.5, 13.5]]),
                Line(&[[13.5, 6.5], [13.5, 13.5]]),
                Line(&[[11.8, 3.0], [10.8, 5.6]]),
                Line(&[[8.2, 17.0], [9.2, 14.4]]),
            ],
            Self::Undo => &[
                Line(&[[7.0, 3.5], [3.0, 7.5], [7.0, 11.5]]),
                Line(&[[3.0, 7.5], [12.0, 7.5]]),
                Arc([12.0, 12.0], [4.5, 4.5], [-90.0, 90.0]),
                Line(&[[12.0, 16.5], [7.5, 16.5]]),
            ],
            Self::Redo => &[
                Line(&[[13.0, 3.5], [17.0, 7.5], [13.0, 11.5]]),
                Line(&[[17.0, 7.5], [8.0, 7.5]]),
                Arc([8.0, 12.0], [4.5, 4.5], [270.0, 90.0]),
                Line(&[[8.0, 16.5], [12.5, 16.5]]),
            ],
            Self::Plus => &[
                Line(&[[10.0, 3.5], [10.0, 16.5]]),
                Line(&[[3.5, 10.0], [16.5, 10.0]]),
            ],
            Self::Close => &[
                Line(&[[4.5, 4.5], [15.5, 15.5]]),
                Line(&[[15.5, 4.5], [4.5, 15.5]]),
            ],
            Self::Check => &[Line(&[[3.5, 10.5], [8.0, 15.0], [16.5, 5.0]])],
            _ => &[Loop(&[[5.5, 3.2], [16.5, 10.0], [5.5, 16.8]])],
        }
    }
}

/// The drawing, as large as fits in `rect` and in its middle.
pub fn shapes(glyph: Glyph, rect: Rect, colour: Color32) -> Vec<Shape> {
    let side = rect.width().min(rect.height());
    let scale = side / GRID;
    let origin = rect.center() - Vec2::splat(side / 2.0);
    let place = |&[x, y]: &[f32; 2]| origin + Vec2::new(x, y) * scale;
    // Thinner than a point, lines fade rather than shrink.
    let stroke = Stroke::new((WIDTH * scale).max(1.0), colour);
    let mut shapes = Vec::new();
    for mark in glyph.marks() {
        shapes.push(match mark {
            Line(points) => Shape::line(points.iter().map(place).collect(), stroke),
            Loop(points) => {
                PathShape::closed_line(points.iter().map(place).collect(), stroke).into()
            }
            Circle(centre, radius) => Shape::circle_stroke(place(centre), radius * scale, stroke),
            Dot(centre, radius) => Shape::circle_filled(place(centre), radius * scale, colour),
            Arc(centre, radii, [from, to]) => {
                arc(place(centre), radii, scale, (*from, *to), stroke)
            }
        });
    }
    shapes
}

/// Shows a drawing as part of a line of widgets.
pub fn glyph_ui(ui: &mut Ui, glyph: Glyph, side: f32, colour: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    ui.painter().extend(shapes(glyph, rect, colour));
    response
}

fn arc(
    centre: Pos2,
    radii: &[f32; 2],
    scale: f32,
    (from, to): (f32, f32),
    stroke: Stroke,
) -> Shape {
    let whole = to - from >= 360.0;
    // Steps of about 12 degrees look round at twice the usual size.
    let steps = ((to - from).abs() / 12.0).ceil().max(1.0) as usize;
    let count = if whole { steps } else { steps + 1 };
    let point = |step: usize| {
        let angle = (from + (to - from) * step as f32 / steps as f32).to_radians();
        pos2(
            centre.x + radii[0] * scale * angle.cos(),
            centre.y + radii[1] * scale * angle.sin(),
        )
    };
    let points = (0..count).map(point).collect();
    if whole {
        Shape::closed_line(points, stroke)
    } else {
        Shape::line(points, stroke)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_glyph_fills_its_square_and_stays_in_it() {
        for side in [12.0, 20.0, 40.0] {
            let rect = Rect::from_min_size(pos2(30.0, 50.0), Vec2::new(side * 2.0, side));
            let square = Rect::from_center_size(rect.center(), Vec2::splat(side));
            for &glyph in Glyph::ALL {
                let bounds = shapes(glyph, rect, Color32::WHITE)
                    .iter()
                    .fold(Rect::NOTHING, |all, shape| {
                        all.union(shape.visual_bounding_rect())
                    });
                assert!(
                    square.expand(0.5).contains_rect(bounds),
                    "{glyph:?}: {bounds:?}"
                );
                assert!(
                    bounds.size().max_elem() > 0.6 * side,
                    "{glyph:?}: {bounds:?}"
                );
                assert!(
                    bounds.center().distance(square.center()) < 0.12 * side,
                    "{glyph:?}"
                );
            }
        }
    }

    /// Two kinds with one picture would be taken for each other.
    #[test]
    fn no_two_glyphs_are_alike() {
        let rect = Rect::from_min_size(Pos2::ZERO, Vec2::splat(GRID));
        for (index, &one) in Glyph::ALL.iter().enumerate() {
            for &other in &Glyph::ALL[index + 1..] {
                let drawn = |glyph| shapes(glyph, rect, Color32::WHITE);
                assert_ne!(drawn(one), drawn(other), "{one:?} and {other:?}");
            }
        }
    }
}
