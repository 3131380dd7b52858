//! What the pointer does: select, move, frame, wire, pan.
//!
//! A gesture begins with what was touched ([`super::touch`]), then follows the
//! pointer itself, so that it survives its widget leaving the view; its end is
//! one edit, and Esc before that leaves everything as it was.

use egui::{Key, PointerButton, Pos2, Rect, Ui, Vec2};

use crate::design::{Command, NodeId, Settings};
use crate::ui::view::{Camera, Selection, View};
use crate::workspace::{Action, Workspace};

use super::camera::Lens;
use super::edits::snapped;
use super::projection::Projection;
use super::scene::{Scene, Target, Wiring};
use super::touch::Touch;
use super::{Canvas, connect, quick_add};

/// Smallest width of a port for the pointer.
pub(super) const PORT: f32 = 24.0;
/// Points a second by which the view follows a gesture over its edge.
const EDGE_SPEED: f32 = 600.0;

/// What the pointer is in the middle of.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Gesture {
    /// Nothing.
    #[default]
    None,
    /// Dragging the view: the canvas point that stays under the pointer.
    Pan(Pos2),
    /// Framing nodes, from a canvas point; with what was selected before.
    Marquee(Pos2, Selection),
    /// Moving cards.
    Move {
        /// Canvas point where they were grabbed.
        grab: Pos2,
        /// The card under the pointer, which the grid is for.
        lead: NodeId,
        /// Where they all were.
        from: Vec<(NodeId, Pos2)>,
    },
    /// Drawing a wire.
    Wire(Wiring),
}

impl Canvas {
    /// Turns what was touched into selections and gestures.
    pub(super) fn react(&mut self, ui: &Ui, touch: Touch, workspace: &Workspace, view: &mut View) {
        let lens = self.lens(view);
        let modifiers = ui.input(|input| input.modifiers);
        let many = modifiers.command || modifiers.shift;
        if let Some(target) = touch.double_clicked {
            self.double_click(&target, workspace, view);
        } else if let Some(target) = touch.clicked {
            select(&target, many, &mut view.selection);
        }
        if let Some(target) = touch.right_clicked {
            let known = match &target {
                Target::Canvas => false,
                Target::Node(id) | Target::Port(id, _) => view.selection.nodes.contains(id),
                Target::Link(id) => view.selection.links.contains(id),
            };
            if !known {
                select(&target, false, &mut view.selection);
            }
            self.menu = ui.input(|input| input.pointer.interact_pos());
            self.menu_is_fresh = true;
        }
        if let Some((target, button)) = touch.dragged {
            let origin = ui.input(|input| {
                input
                    .pointer
                    .press_origin()
                    .or(input.pointer.interact_pos())
            });
            let Some(grab) = origin.map(|origin| lens.to_canvas(origin)) else {
                return;
            };
            let space =
                ui.input(|input| input.key_down(Key::Space)) && !ui.ctx().text_edit_focused();
            self.gesture = if button != PointerButton::Primary || space {
                Gesture::Pan(grab)
            } else {
                self.begin(target, grab, many, workspace, view)
            };
        }
        if self.gesture == Gesture::None {
            self.hovered = touch.hovered.unwrap_or(Target::Canvas);
        }
    }

    fn double_click(&mut self, target: &Target, workspace: &Workspace, view: &mut View) {
        match target {
            Target::Canvas => {
                let at = self.pointer.unwrap_or(view.camera.center);
                view.quick_add = Some(quick_add::opened(at, None));
            }
            Target::Node(id) => start_renaming(id, workspace, view),
            Target::Port(..) | Target::Link(_) => {}
        }
    }

    fn begin(
        &self,
        target: Target,
        grab: Pos2,
        many: bool,
        workspace: &Workspace,
        view: &mut View,
    ) -> Gesture {
        match target {
            Target::Port(from, sends) => match workspace.design().nodes.get(&from) {
                Some(node) => Gesture::Wire(Wiring {
                    archetype: node.archetype(),
                    from,
                    sends,
                }),
                None => Gesture::None,
            },
            Target::Node(lead) => {
                if !view.selection.nodes.contains(&lead) {
                    if !many {
                        view.selection.clear();
                    }
                    view.selection.nodes.insert(lead.clone());
                }
                let at = |id: &NodeId| Some((id.clone(), self.projection.position(id)?));
                let from = view.selection.nodes.iter().filter_map(at).collect();
                Gesture::Move { grab, lead, from }
            }
            Target::Canvas | Target::Link(_) => Gesture::Marquee(grab, view.selection.clone()),
        }
    }

    /// Follows the pointer; the end of a gesture is one edit.
    pub(super) fn follow(
        &mut self,
        ui: &Ui,
        workspace: &Workspace,
        view: &mut View,
    ) -> Vec<Action> {
        if self.gesture == Gesture::None {
            return Vec::new();
        }
        let Some(pointer) = ui.input(|input| input.pointer.latest_pos()) else {
            return Vec::new();
        };
        self.push_edge(ui, pointer, view);
        let lens = self.lens(view);
        let at = lens.to_canvas(pointer);
        let modifiers = ui.input(|input| input.modifiers);
        match &self.gesture {
            Gesture::None => {}
            Gesture::Pan(grab) => {
                ui.set_cursor_icon(egui::CursorIcon::Grabbing);
                view.camera.center += *grab - at;
            }
            Gesture::Marquee(from, before) => {
                view.selection = framed(&self.projection, *from, at, before, modifiers);
            }
            Gesture::Move { grab, lead, from } => {
                ui.set_cursor_icon(egui::CursorIcon::Move);
                let start = from
                    .iter()
                    .find(|(id, _)| id == lead)
                    .map_or(*grab, |(_, at)| *at);
                let mut by = at - *grab;
                if !modifiers.command {
                    by = snapped(start + by) - start;
                }
                for (id, at) in from {
                    self.projection.place(id, *at + by);
                }
            }
            Gesture::Wire(wiring) => {
                let onto = self.wire_target(wiring, at, lens.camera);
                let verdict = connect::judge(workspace, wiring, onto.as_ref());
                let refused = matches!(verdict, connect::Verdict::Refused(_));
                ui.set_cursor_icon(if refused {
                    egui::CursorIcon::NotAllowed
                } else {
                    egui::CursorIcon::Crosshair
                });
                self.hovered = onto.map_or(Target::Canvas, Target::Node);
            }
        }
        if ui.input(|input| input.pointer.any_down()) {
            return Vec::new();
        }
        self.finish(at, workspace, view)
    }

    /// The card that a wire would end on: also just beside its port.
    fn wire_target(&self, wiring: &Wiring, at: Pos2, camera: Camera) -> Option<NodeId> {
        self.projection.card_at(at).or_else(|| {
            let near = Rect::from_center_size(at, Vec2::splat(PORT / camera.zoom));
            let mut cards = self.projection.cards(near);
            cards.retain(|(id, _)| *id != wiring.from);
            cards.pop().map(|(id, _)| id)
        })
    }

    fn finish(&mut self, at: Pos2, workspace: &Workspace, view: &mut View) -> Vec<Action> {
        match std::mem::take(&mut self.gesture) {
            Gesture::None | Gesture::Pan(_) | Gesture::Marquee(..) => Vec::new(),
            Gesture::Move { from, .. } => {
                // If the edit is refused, the cards go back.
                self.stale = true;
                let moved = from.into_iter().filter_map(|(id, start)| {
                    let end = self.projection.position(&id)?;
                    (end != start).then(|| (id, end.into()))
                });
                let to: Vec<(NodeId, [f32; 2])> = moved.collect();
                if to.is_empty() {
                    return Vec::new();
                }
                vec![Action::Edit(vec![Command::Move { to }])]
            }
            Gesture::Wire(wiring) => {
                let onto = self.wire_target(&wiring, at, view.camera);
                let verdict = connect::judge(workspace, &wiring, onto.as_ref());
                if verdict == connect::Verdict::NewNode {
                    view.quick_add = Some(quick_add::opened(at, Some((wiring.from, wiring.sends))));
                    return Vec::new();
                }
                let Some((link, command)) = connect::command(workspace, &verdict) else {
                    return Vec::new();
                };
                view.selection.only_link(link);
                vec![Action::Edit(vec![command])]
            }
        }
    }

    /// Breaks a gesture off; true if there was one.
    pub(super) fn cancel(&mut self, view: &mut View) -> bool {
        match std::mem::take(&mut self.gesture) {
            Gesture::None => return false,
            Gesture::Marquee(_, before) => view.selection = before,
            Gesture::Move { .. } => self.projection.reset(),
            Gesture::Pan(_) | Gesture::Wire(_) => {}
        }
        true
    }

    /// Moves the view along while a gesture presses against its edge.
    fn push_edge(&self, ui: &Ui, pointer: Pos2, view: &mut View) {
        if matches!(self.gesture, Gesture::None | Gesture::Pan(_)) {
            return;
        }
        let inside = self.rect.shrink(4.0);
        let beyond = pointer - inside.clamp(pointer);
        if beyond == Vec2::ZERO {
            return;
        }
        let seconds = ui.input(|input| input.stable_dt).min(0.1);
        view.camera.center += beyond.normalized() * EDGE_SPEED * seconds / view.camera.zoom;
        ui.request_repaint();
    }
}

/// Opens the field for a node's title, or for a note's text.
pub(super) fn start_renaming(id: &NodeId, workspace: &Workspace, view: &mut View) {
    let Some(node) = workspace.design().nodes.get(id) else {
        return;
    };
    let text = match &node.settings {
        Settings::Note(note) => note.text(),
        _ => node.title(id).to_owned(),
    };
    view.selection.only_node(id.clone());
    view.renaming = Some((id.clone(), text));
}

fn select(target: &Target, many: bool, selection: &mut Selection) {
    match target {
        Target::Canvas if !many => selection.clear(),
        Target::Node(id) | Target::Port(id, _) if many => {
            if !selection.nodes.remove(id) {
                selection.nodes.insert(id.clone());
            }
        }
        Target::Link(id) if many => {
            if !selection.links.remove(id) {
                selection.links.insert(id.clone());
            }
        }
        Target::Node(id) | Target::Port(id, _) => selection.only_node(id.clone()),
        Target::Link(id) => selection.only_link(id.clone()),
        Target::Canvas => {}
    }
}

/// The selection that a frame makes: Shift adds to it, Alt takes away.
fn framed(
    projection: &Projection,
    from: Pos2,
    to: Pos2,
    before: &Selection,
    modifiers: egui::Modifiers,
) -> Selection {
    let inside = projection
        .cards(Rect::from_two_pos(from, to))
        .into_iter()
        .map(|(id, _)| id);
    let mut selection = if modifiers.shift || modifiers.alt {
        before.clone()
    } else {
        Selection::default()
    };
    if modifiers.alt {
        for id in inside {
            selection.nodes.remove(&id);
        }
    } else {
        selection.nodes.extend(inside);
    }
    selection
}

/// Draws what belongs to the gesture alone: frame and loose wire.
pub fn paint_ui(ui: &mut Ui, canvas: &Canvas, scene: &Scene, workspace: &Workspace) {
    let Some(pointer) = ui.input(|input| input.pointer.latest_pos()) else {
        return;
    };
    let (lens, theme): (&Lens, _) = (&scene.lens, &scene.theme);
    match &canvas.gesture {
        Gesture::Marquee(from, _) => {
            let rect = Rect::from_two_pos(lens.to_screen(*from), pointer);
            let fill = theme.accent.gamma_multiply(0.10);
            let outline = egui::Stroke::new(1.0, theme.accent);
            ui.painter()
                .rect(rect, 2.0, fill, outline, egui::StrokeKind::Inside);
        }
        Gesture::Wire(wiring) => {
            let onto = canvas.hovered.node();
            let verdict = connect::judge(workspace, wiring, onto);
            connect::paint_ui(
                ui,
                theme,
                lens,
                &canvas.projection,
                wiring,
                &verdict,
                pointer,
            );
        }
        Gesture::None | Gesture::Pan(_) | Gesture::Move { .. } => {}
    }
}
