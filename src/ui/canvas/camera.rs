//! The camera: between canvas points and screen points, and how wheel, pinch
//! and keys move it.
//!
//! A wheel that reports lines is a mouse and zooms at the pointer; one that
//! reports points is a trackpad and pans. Pinch and Ctrl+wheel always zoom,
//! Shift+wheel always pans sideways. egui smooths the wheel; nothing here
//! animates, so nothing here asks for another frame.

use egui::{Event, InputState, MouseWheelUnit, Pos2, Rect, Vec2};

use crate::ui::view::Camera;

/// How far the camera may zoom.
pub const ZOOM_RANGE: (f32, f32) = (0.05, 4.0);

/// Space around what is fitted into view, in screen points.
const MARGIN: f32 = 48.0;

/// Points of wheel that zoom by a factor of e.
const WHEEL: f32 = 220.0;

/// A camera with the screen rectangle that it fills.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lens {
    /// The canvas on screen.
    pub rect: Rect,
    /// Where it looks.
    pub camera: Camera,
}

impl Lens {
    /// Where a canvas point appears.
    pub fn to_screen(self, point: Pos2) -> Pos2 {
        self.rect.center() + (point - self.camera.center) * self.camera.zoom
    }

    /// What canvas point appears there.
    pub fn to_canvas(self, point: Pos2) -> Pos2 {
        self.camera.center + (point - self.rect.center()) / self.camera.zoom
    }

    /// Where a canvas rectangle appears.
    pub fn rect_to_screen(self, rect: Rect) -> Rect {
        Rect::from_min_max(self.to_screen(rect.min), self.to_screen(rect.max))
    }

    /// The canvas points in view.
    pub fn seen(self) -> Rect {
        Rect::from_min_max(self.to_canvas(self.rect.min), self.to_canvas(self.rect.max))
    }

    /// The pan of a graph view in this rectangle, relative to its corner.
    pub fn pan(self) -> Vec2 {
        self.rect.size() / 2.0 - self.camera.center.to_vec2() * self.camera.zoom
    }

    /// The camera after zooming by a factor; the point under `anchor` stays.
    pub fn zoomed(self, factor: f32, anchor: Pos2) -> Camera {
        let (low, high) = ZOOM_RANGE;
        let zoom = (self.camera.zoom * factor).clamp(low, high);
        if !zoom.is_finite() {
            return self.camera;
        }
        let fixed = self.to_canvas(anchor);
        Camera {
            center: fixed - (anchor - self.rect.center()) / zoom,
            zoom,
        }
    }

    /// The camera that shows canvas bounds, no closer than `closest`.
    pub fn fitted(self, bounds: Rect, closest: f32) -> Camera {
        if !bounds.is_finite() || bounds.is_negative() {
            return Camera::default();
        }
        let room = (self.rect.size() - Vec2::splat(2.0 * MARGIN)).max(Vec2::splat(1.0));
        let need = bounds.size().max(Vec2::splat(1.0));
        let (low, _) = ZOOM_RANGE;
        Camera {
            center: bounds.center(),
            zoom: (room / need).min_elem().clamp(low, closest),
        }
    }
}

impl Lens {
    /// The camera after moving to canvas bounds that are not in view, from
    /// where cards can be read.
    pub fn revealing(self, bounds: Rect) -> Camera {
        const READABLE: f32 = 0.6;
        let free = self.seen().shrink(MARGIN / self.camera.zoom);
        if !bounds.is_finite() || (free.contains_rect(bounds) && self.camera.zoom >= READABLE) {
            return self.camera;
        }
        let fitting = self.fitted(bounds, self.camera.zoom.max(READABLE));
        Camera {
            center: bounds.center(),
            zoom: fitting.zoom,
        }
    }
}

/// What kind of wheel was turned last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wheel {
    /// A wheel with notches: zooms.
    #[default]
    Mouse,
    /// Two fingers: pans.
    Trackpad,
}

impl Wheel {
    /// Moves the camera as wheel and pinch ask, with the pointer over it.
    pub fn turn(&mut self, input: &InputState, pointer: Pos2, lens: Lens) -> Camera {
        for event in &input.events {
            if let Event::MouseWheel { unit, .. } = event {
                *self = match unit {
                    MouseWheelUnit::Point => Self::Trackpad,
                    MouseWheelUnit::Line | MouseWheelUnit::Page => Self::Mouse,
                };
            }
        }
        let scroll = input.smooth_scroll_delta();
        let mut zoom = input.zoom_delta();
        let mut pan = Vec2::ZERO;
        if *self == Self::Mouse && !input.modifiers.shift && scroll.x == 0.0 {
            zoom *= (scroll.y / WHEEL).exp();
        } else {
            pan = scroll;
        }
        let mut camera = if zoom == 1.0 {
            lens.camera
        } else {
            lens.zoomed(zoom, pointer)
        };
        camera.center -= pan / camera.zoom;
        camera
    }
}

#[cfg(test)]
mod tests {
    use egui::{pos2, vec2};

    use super::*;

    fn lens() -> Lens {
        Lens {
            rect: Rect::from_min_size(pos2(100.0, 50.0), vec2(800.0, 600.0)),
            camera: Camera {
                center: pos2(40.0, -20.0),
                zoom: 2.0,
            },
        }
    }

    #[test]
    fn screen_and_canvas_are_inverse() {
        let lens = lens();
        let point = pos2(317.0, 200.0);
        assert!(lens.to_screen(lens.to_canvas(point)).distance(point) < 1e-3);
        assert_eq!(lens.to_canvas(lens.rect.center()), lens.camera.center);
        let corner = (Pos2::ZERO.to_vec2() * 2.0 + lens.pan()).to_pos2() + lens.rect.min.to_vec2();
        assert_eq!(corner, lens.to_screen(Pos2::ZERO));
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer_and_the_limits() {
        let lens = lens();
        let anchor = pos2(700.0, 100.0);
        let before = lens.to_canvas(anchor);
        for (factor, zoom) in [(1.5, 3.0), (100.0, 4.0), (1e-6, 0.05)] {
            let camera = lens.zoomed(factor, anchor);
            assert_eq!(camera.zoom, zoom);
            let after = Lens { camera, ..lens }.to_canvas(anchor);
            assert!(after.distance(before) < 0.01, "{before:?} {after:?}");
        }
    }

    #[test]
    fn fitting_shows_all_of_the_bounds() {
        let bounds = Rect::from_min_max(pos2(-1_000.0, 0.0), pos2(3_000.0, 500.0));
        let camera = lens().fitted(bounds, 1.0);
        let seen = Lens { camera, ..lens() }.seen();
        assert!(seen.contains_rect(bounds), "{seen:?}");
        assert_eq!(lens().fitted(Rect::NOTHING, 1.0), Camera::default());
    }

    #[test]
    fn revealing_moves_only_where_it_must() {
        let near = Rect::from_center_size(lens().camera.center, vec2(100.0, 40.0));
        assert_eq!(lens().revealing(near), lens().camera);
        let far = near.translate(vec2(5_000.0, 0.0));
        let camera = lens().revealing(far);
        assert_eq!(camera.zoom, lens().camera.zoom);
        assert_eq!(camera.center, far.center());
        let mut distant = lens();
        distant.camera.zoom = 0.1;
        assert_eq!(distant.revealing(near).zoom, 0.6, "cards can be read");
    }
}
