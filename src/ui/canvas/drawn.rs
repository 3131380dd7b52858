//! What the canvas drew last, kept to be shown again.
//!
//! Drawing a thousand cards takes several times as long as showing the
//! triangles of a drawing. So a drawing is shown again while its scene is the
//! same, and moved while only the camera moves: the first frame of a pan draws
//! somewhat more than is in view, and the following ones have to draw nothing
//! until they come to its edge.

use std::sync::Arc;

use egui::{Galley, LayerId, Order, Rect, Shape, Ui, UiBuilder, Vec2};

use super::projection::Projection;
use super::scene::Scene;
use crate::ui::baked::{baked, moved};

/// How much is drawn on each side when the camera begins to pan, as a share of
/// the view.
const AHEAD: f32 = 0.25;

/// A drawing and what it depended on.
pub struct Drawn {
    /// The scene as it was drawn.
    pub(super) scene: Arc<Scene>,
    /// Laid-out text that egui lays out anew when it remakes the font atlas.
    atlas: Arc<Galley>,
    /// What part of the canvas was drawn.
    covers: Rect,
    /// As it was drawn.
    shapes: Vec<Shape>,
    /// As it was shown last: moved by so much.
    shown: (Vec2, Vec<Shape>),
}

impl Drawn {
    /// Draws a scene. What was drawn before tells whether it is being panned.
    pub fn new(
        ui: &mut Ui,
        projection: &mut Projection,
        scene: Scene,
        atlas: Arc<Galley>,
        before: Option<&Self>,
    ) -> Self {
        let is_panned = before.is_some_and(|before| before.scene.is_same_but_for_pan(&scene));
        let ahead = if is_panned { AHEAD } else { 0.0 };
        let area = scene.lens.rect.expand2(ahead * scene.lens.rect.size());
        let scene = Arc::new(scene);
        let sketch = sketch(ui, area, projection, &scene);
        let shapes = baked(ui.ctx(), sketch);
        let drawn = Rect::from_min_max(
            scene.lens.to_canvas(area.min),
            scene.lens.to_canvas(area.max),
        );
        let covers = if drawn.contains_rect(projection.extent()) {
            Rect::EVERYTHING
        } else {
            drawn
        };
        Self {
            scene,
            atlas,
            covers,
            shown: (Vec2::ZERO, shapes.clone()),
            shapes,
        }
    }

    /// Gets the drawing ready to be shown for a scene; false if that needs
    /// another drawing.
    pub fn fit(&mut self, scene: &Scene, atlas: &Arc<Galley>) -> bool {
        let is_same = Arc::ptr_eq(&self.atlas, atlas) && self.scene.is_same_but_for_pan(scene);
        if !is_same || !(*self.scene == *scene || self.covers.contains_rect(scene.lens.seen())) {
            return false;
        }
        let by = self.offset(scene);
        let (known, _) = &self.shown;
        if *known != by {
            self.shown = (by, moved(&self.shapes, by));
        }
        true
    }

    /// How far the drawing has to move on screen. Whole pixels, since its
    /// edges and texts were put on pixels.
    fn offset(&self, scene: &Scene) -> Vec2 {
        let camera = scene.lens.camera;
        let by = (self.scene.lens.camera.center - camera.center) * camera.zoom;
        let pixels = scene.pixels_per_point;
        (by * pixels).round() / pixels
    }

    /// The picture.
    pub fn shapes(&self) -> &[Shape] {
        &self.shown.1
    }
}

/// Lets egui_graphs draw into a layer that is never shown, and takes the
/// shapes from there. A layer without an area takes no clicks either.
fn sketch(ui: &mut Ui, area: Rect, projection: &mut Projection, scene: &Arc<Scene>) -> Vec<Shape> {
    let layer = LayerId::new(Order::Background, egui::Id::new("canvas sketch"));
    let mut shapes = Vec::new();
    // It fits to its own taste when first shown and corrects its camera when
    // it was moved; the second showing is then as asked.
    for _ in 0..2 {
        let builder = UiBuilder::new()
            .layer_id(layer)
            .max_rect(area)
            .id(egui::Id::new("canvas sketch ui"));
        let mut hidden = ui.new_child(builder);
        hidden.set_clip_rect(area);
        projection.show_ui(&mut hidden, scene);
        let drawn = ui
            .ctx()
            .graphics_mut(|graphics| std::mem::take(graphics.entry(layer)));
        shapes = drawn
            .all_entries()
            .map(|entry| entry.shape.clone())
            .collect();
        if Projection::was_shown_as_asked(ui, scene) {
            break;
        }
    }
    shapes
}
