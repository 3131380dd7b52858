//! Invisible widgets over cards, ports and wires: what was touched.
//!
//! They are also what assistive technology finds. Where there are too many
//! cards for that, the background finds them by place. What is done about a
//! touch is decided in [`super::gesture`].

use egui::{Id, PointerButton, Rect, Response, Sense, Ui, Vec2, WidgetInfo, WidgetType};

use crate::design::NodeId;

use super::gesture::PORT;
use super::node::DOT;
use super::projection::Projection;
use super::scene::{Scene, Target};
use super::{card, face, link};

/// How near to a wire is on it.
const WIRE_REACH: f32 = 10.0;
/// More cards than this in view get no widgets for ports and wires.
const PORTS: usize = 120;
/// More cards than this in view get no widgets of their own.
const CARDS: usize = 300;
/// What was touched in this frame.
#[derive(Debug, Default)]
pub struct Touch {
    /// What the pointer is on.
    pub hovered: Option<Target>,
    /// What was clicked once.
    pub clicked: Option<Target>,
    /// What was clicked twice.
    pub double_clicked: Option<Target>,
    /// What was clicked with the right button.
    pub right_clicked: Option<Target>,
    /// What began to be dragged, with which button.
    pub dragged: Option<(Target, PointerButton)>,
    /// Something on the canvas has the keyboard.
    pub has_focus: bool,
}

impl Touch {
    fn take(&mut self, target: &Target, response: &Response) {
        self.has_focus |= response.has_focus();
        if response.hovered() {
            self.hovered = Some(target.clone());
        }
        if response.double_clicked() {
            self.double_clicked = Some(target.clone());
        } else if response.clicked() {
            self.clicked = Some(target.clone());
        }
        if response.secondary_clicked() {
            self.right_clicked = Some(target.clone());
        }
        for button in [
            PointerButton::Primary,
            PointerButton::Secondary,
            PointerButton::Middle,
        ] {
            if response.drag_started_by(button) {
                self.dragged = Some((target.clone(), button));
            }
        }
    }
}

/// Lays the widgets and reports what was touched.
pub fn touch_ui(
    ui: &mut Ui,
    background: &Response,
    projection: &Projection,
    scene: &Scene,
) -> Touch {
    let mut touch = Touch::default();
    let lens = &scene.lens;
    let reach = WIRE_REACH / lens.camera.zoom;
    // A drag starts where the button went down, not where it is noticed.
    let pressed = background
        .drag_started()
        .then(|| ui.input(|i| i.pointer.press_origin()))
        .flatten();
    if let Some(pointer) = pressed
        .or_else(|| background.interact_pointer_pos())
        .or_else(|| background.hover_pos())
    {
        let point = lens.to_canvas(pointer);
        let target = match projection.card_at(point) {
            Some(id) => Target::Node(id),
            None => projection
                .wire_at(point, reach)
                .map_or(Target::Canvas, Target::Link),
        };
        touch.take(&target, background);
    }
    if projection.is_crowded(lens.seen(), CARDS) {
        return touch;
    }
    let cards = projection.cards(lens.seen());
    let fine = cards.len() <= PORTS && lens.camera.zoom >= DOT;
    if fine {
        wires_ui(ui, projection, scene, &mut touch);
    }
    for (id, rect) in &cards {
        let rect = lens.rect_to_screen(*rect);
        card_ui(ui, id, rect, projection, scene, &mut touch);
        if fine {
            ports_ui(ui, id, rect, scene, &mut touch);
        }
    }
    touch
}

fn wires_ui(ui: &mut Ui, projection: &Projection, scene: &Scene, touch: &mut Touch) {
    for (id, route) in projection.wires(scene.lens.seen()) {
        let rect = link::handle(scene.lens.to_screen(route.middle()));
        if !scene.lens.rect.contains_rect(rect) {
            continue;
        }
        let response = ui.interact(rect, widget_id(ui, "wire", id.as_str()), Sense::click());
        touch.take(&Target::Link(id.clone()), &response);
        let selected = scene.selection.links.contains(id);
        response.widget_info(|| {
            let label = scene
                .design
                .links
                .get(id)
                .map(|link| card::wire_sentence(&scene.design, link));
            WidgetInfo::selected(
                WidgetType::SelectableLabel,
                true,
                selected,
                label.unwrap_or_default(),
            )
        });
    }
}

fn card_ui(
    ui: &mut Ui,
    id: &NodeId,
    rect: Rect,
    projection: &Projection,
    scene: &Scene,
    touch: &mut Touch,
) {
    let response = ui.interact(
        rect,
        widget_id(ui, "card", id.as_str()),
        Sense::click_and_drag(),
    );
    touch.take(&Target::Node(id.clone()), &response);
    let selected = scene.selection.nodes.contains(id);
    response.widget_info(|| {
        let degrees = projection.degrees(id);
        let label = scene
            .design
            .nodes
            .get(id)
            .map(|node| card::sentence(scene, id, node, degrees));
        WidgetInfo::selected(
            WidgetType::SelectableLabel,
            true,
            selected,
            label.unwrap_or_default(),
        )
    });
    if scene.facts.nodes.contains_key(id) && scene.lens.camera.zoom >= DOT {
        let badge = face::badge_rect(rect, scene.lens.camera.zoom);
        let response = ui.interact(badge, widget_id(ui, "badge", id.as_str()), Sense::hover());
        response.on_hover_ui(|ui| problems_ui(ui, id, scene));
    }
}

/// What is the matter with a node.
fn problems_ui(ui: &mut Ui, id: &NodeId, scene: &Scene) {
    const MOST: usize = 4;
    let problems = scene.report.problems.iter();
    let mut own = problems.filter(|problem| problem.node.as_ref() == Some(id));
    for problem in own.by_ref().take(MOST) {
        ui.label(&problem.what);
    }
    let more = own.count();
    if more > 0 {
        ui.weak(format!("and {more} more"));
    }
}

fn ports_ui(ui: &mut Ui, id: &NodeId, card: Rect, scene: &Scene, touch: &mut Touch) {
    let Some(node) = scene.design.nodes.get(id) else {
        return;
    };
    let size = Vec2::splat((14.0 * scene.lens.camera.zoom).max(PORT));
    let [receives, sends] = card::ports(node.archetype());
    for (there, out, at, verb) in [
        (receives, false, card.left_center(), "receives"),
        (sends, true, card.right_center(), "sends"),
    ] {
        if !there {
            continue;
        }
        let rect = Rect::from_center_size(at, size);
        let response = ui.interact(rect, widget_id(ui, verb, id.as_str()), Sense::drag());
        touch.take(&Target::Port(id.clone(), out), &response);
        response.widget_info(|| {
            WidgetInfo::labeled(
                WidgetType::Other,
                true,
                format!("{} {verb}", node.title(id)),
            )
        });
    }
}

fn widget_id(ui: &Ui, kind: &str, id: &str) -> Id {
    ui.id().with((kind, id))
}
