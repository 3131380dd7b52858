//! The canvas: the design as cards and wires, and every gesture on them.
//!
//! One frame runs in this order: the [`projection`] follows the design,
//! invisible widgets tell what was touched ([`gesture`]), gestures become
//! selections and edits, and then the picture is drawn from a [`scene`].
//! egui_graphs draws only when the scene differs from the last one; otherwise
//! what it drew is replayed ([`drawn`]), so that an idle canvas costs nothing.
//!
//! The design is never changed here: edits leave as [`Action`]s.

mod camera;
mod card;
mod connect;
mod drawn;
mod edits;
mod face;
mod gesture;
mod keys;
mod legend;
mod link;
mod measure;
mod menu;
mod node;
mod projection;
mod quick_add;
mod rename;
mod route;
mod scene;
mod text;
mod touch;

use std::sync::Arc;

use egui::{Pos2, Rect, Sense, Shape, Ui, UiBuilder};

use crate::design::{Design, NodeId};
use crate::report::Report;
use crate::ui::theme::Theme;
use crate::ui::view::{Fit, Selection, View};
use crate::workspace::{Action, ActionKind, Workspace};

use camera::{Lens, Wheel};
use drawn::Drawn;
use gesture::Gesture;
use projection::Projection;
use scene::{Facts, Scene, Target};
use text::Line;

/// What the canvas keeps between frames. Selection and camera are the view's.
pub struct Canvas {
    projection: Projection,
    drawn: Option<Drawn>,
    facts: Option<(Arc<Design>, Arc<Report>, Arc<Facts>)>,
    wheel: Wheel,
    gesture: Gesture,
    hovered: Target,
    /// Where the pointer was last over the canvas, in canvas points.
    pointer: Option<Pos2>,
    rect: Rect,
    /// The picture may be ahead of the design.
    stale: bool,
    /// Something outside the canvas had the keyboard in the last frame.
    focus_elsewhere: bool,
    /// The context menu, at a point of the screen.
    menu: Option<Pos2>,
    menu_is_fresh: bool,
    popup_shown: bool,
    renaming_shown: Option<NodeId>,
}

impl Default for Canvas {
    fn default() -> Self {
        Self {
            projection: Projection::default(),
            drawn: None,
            facts: None,
            wheel: Wheel::default(),
            gesture: Gesture::None,
            hovered: Target::Canvas,
            pointer: None,
            rect: Rect::ZERO,
            stale: false,
            focus_elsewhere: false,
            menu: None,
            menu_is_fresh: false,
            popup_shown: false,
            renaming_shown: None,
        }
    }
}

impl Canvas {
    /// A canvas that has drawn nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows the canvas in all the space that is left; returns what the user
    /// asked for, keys included.
    pub fn ui(&mut self, ui: &mut Ui, workspace: &Workspace, view: &mut View) -> Vec<Action> {
        let rect = ui.available_rect_before_wrap();
        let builder = UiBuilder::new().max_rect(rect).id_salt("canvas");
        ui.scope_builder(builder, |ui| {
            ui.set_clip_rect(rect.intersect(ui.clip_rect()));
            ui.advance_cursor_after_rect(rect);
            self.rect = rect;
            self.frame_ui(ui, workspace, view)
        })
        .inner
    }

    fn frame_ui(&mut self, ui: &mut Ui, workspace: &Workspace, view: &mut View) -> Vec<Action> {
        self.prepare(workspace, view);
        let mut actions = self.shortcuts(ui.ctx(), workspace, view);
        self.grant(workspace.shown(), view);
        let background = ui.interact(
            self.rect,
            ui.id().with("background"),
            Sense::click_and_drag(),
        );
        self.navigate(ui, view);
        let scene = self.scene(ui, workspace, view);
        let touch = touch::touch_ui(ui, &background, &self.projection, &scene);
        let has_focus = touch.has_focus;
        self.react(ui, touch, workspace, view);
        actions.extend(self.follow(ui, workspace, view));
        let scene = self.scene(ui, workspace, view);
        self.draw_ui(ui, scene.clone());
        gesture::paint_ui(ui, self, &scene, workspace);
        if self.projection.is_empty() && view.quick_add.is_none() {
            empty_ui(ui, &scene.theme, self.rect);
        }
        let fresh = view.renaming.as_ref().map(|(id, _)| id) != self.renaming_shown.as_ref();
        actions.extend(rename::show_ui(
            ui,
            &scene.lens,
            &self.projection,
            workspace,
            view,
            fresh,
        ));
        self.renaming_shown = view.renaming.as_ref().map(|(id, _)| id.clone());
        legend::legend_ui(ui, &scene.theme, self.rect, &scene.facts.scales, view);
        actions.extend(self.quick_add_ui(ui, &scene, workspace, view));
        actions.extend(self.menu_ui(ui, workspace, view));
        self.focus_elsewhere = !has_focus && ui.memory(egui::Memory::focused).is_some();
        actions
    }

    /// Follows the design.
    fn prepare(&mut self, workspace: &Workspace, view: &mut View) {
        if std::mem::take(&mut self.stale) {
            self.projection.reset();
        }
        let design = workspace.shown();
        // Only then: what was selected in this frame may have been asked for,
        // and so not be in the design yet.
        if self.projection.sync(design) {
            let Selection { nodes, links } = &mut view.selection;
            nodes.retain(|id| design.nodes.contains_key(id));
            links.retain(|id| design.links.contains_key(id));
        }
    }

    /// Grants a wish about the camera.
    fn grant(&self, design: &Design, view: &mut View) {
        if let Some(fit) = view.fit.take() {
            let mut selected = view.selection.nodes.clone();
            let links = view.selection.links.iter();
            for link in links.filter_map(|id| design.links.get(id)) {
                selected.extend([link.from.clone(), link.to.clone()]);
            }
            let lens = self.lens(view);
            let bounds = || self.projection.bounds(|id| selected.contains(id));
            view.camera = match fit {
                Fit::Selection if !selected.is_empty() => lens.fitted(bounds(), 1.5),
                Fit::Reveal if !selected.is_empty() => lens.revealing(bounds()),
                Fit::Reveal => lens.camera,
                Fit::All | Fit::Selection => lens.fitted(self.projection.bounds(|_| true), 1.0),
            };
        }
    }

    fn navigate(&mut self, ui: &Ui, view: &mut View) {
        let Some(pointer) = ui.input(|input| input.pointer.hover_pos()) else {
            return;
        };
        if !ui.rect_contains_pointer(self.rect) {
            return;
        }
        let lens = self.lens(view);
        view.camera = ui.input(|input| self.wheel.turn(input, pointer, lens));
        self.pointer = Some(self.lens(view).to_canvas(pointer));
    }

    fn lens(&self, view: &View) -> Lens {
        Lens {
            rect: self.rect,
            camera: view.camera,
        }
    }

    fn scene(&mut self, ui: &Ui, workspace: &Workspace, view: &View) -> Scene {
        let (design, report) = (workspace.shown(), workspace.report());
        let facts = match &self.facts {
            Some((d, r, facts)) if Arc::ptr_eq(d, design) && Arc::ptr_eq(r, report) => {
                Arc::clone(facts)
            }
            _ => {
                let facts = Arc::new(Facts::of(design, report));
                self.facts = Some((Arc::clone(design), Arc::clone(report), Arc::clone(&facts)));
                facts
            }
        };
        let wiring = match &self.gesture {
            Gesture::Wire(wiring) => Some(wiring.clone()),
            _ => None,
        };
        Scene {
            lens: self.lens(view),
            pixels_per_point: ui.pixels_per_point(),
            theme: if view.dark {
                Theme::dark()
            } else {
                Theme::light()
            },
            design: Arc::clone(design),
            report: Arc::clone(report),
            catalog: Arc::clone(workspace.catalog()),
            provider: workspace.provider().clone(),
            facts,
            measure: view.measure,
            moves: self.projection.moves(),
            selection: view.selection.clone(),
            hovered: self.lit(view),
            wiring,
            renaming: view.renaming.as_ref().map(|(id, _)| id.clone()),
        }
    }

    /// What the pointer is on, or else what a panel points at.
    fn lit(&self, view: &View) -> Target {
        match (&self.hovered, &view.lit) {
            (Target::Canvas, Some(id)) => Target::Node(id.clone()),
            (hovered, _) => hovered.clone(),
        }
    }

    /// Draws the scene, or replays what was drawn where that still holds.
    fn draw_ui(&mut self, ui: &mut Ui, scene: Scene) {
        // When the font atlas was remade, laid-out text is worthless; a text
        // that is laid out every frame comes out of egui's cache until then.
        let atlas = ui.painter().layout_no_wrap(
            "canvas".to_owned(),
            egui::TextStyle::Body.resolve(ui.style()),
            egui::Color32::PLACEHOLDER,
        );
        let painter = ui.painter_at(self.rect);
        painter.rect_filled(self.rect, 0.0, scene.theme.canvas);
        let known = self.drawn.as_mut();
        if !known.is_some_and(|drawn| drawn.fit(&scene, &atlas)) {
            let before = self.drawn.take();
            let drawn = Drawn::new(ui, &mut self.projection, scene, atlas, before.as_ref());
            self.drawn = Some(drawn);
        }
        if let Some(drawn) = &self.drawn {
            painter.extend(drawn.shapes().iter().cloned());
        }
    }

    fn quick_add_ui(
        &mut self,
        ui: &mut Ui,
        scene: &Scene,
        workspace: &Workspace,
        view: &mut View,
    ) -> Vec<Action> {
        let Some(mut popup) = view.quick_add.take() else {
            self.popup_shown = false;
            return Vec::new();
        };
        let fresh = !std::mem::replace(&mut self.popup_shown, true);
        match quick_add::show_ui(ui, &scene.theme, &scene.lens, workspace, &mut popup, fresh) {
            quick_add::Outcome::Open => {
                view.quick_add = Some(popup);
                Vec::new()
            }
            quick_add::Outcome::Closed => Vec::new(),
            quick_add::Outcome::Place(id, commands) => {
                view.selection.only_node(id);
                vec![Action::Edit(commands)]
            }
        }
    }

    fn menu_ui(&mut self, ui: &mut Ui, workspace: &Workspace, view: &mut View) -> Vec<Action> {
        let Some(at) = self.menu else {
            return Vec::new();
        };
        let fresh = std::mem::take(&mut self.menu_is_fresh);
        match menu::show_ui(ui, at, &view.selection, fresh) {
            menu::Outcome::Open => return Vec::new(),
            menu::Outcome::Closed => self.menu = None,
            menu::Outcome::Chosen(kind) => {
                self.menu = None;
                // A new node goes where the menu was asked for.
                self.pointer = Some(self.lens(view).to_canvas(at));
                ui.request_repaint();
                return self.act(kind, workspace, view);
            }
        }
        Vec::new()
    }

    /// Carries out what a key or menu asked of the canvas. Selection, camera
    /// and popups change in the view; edits are returned. Kinds that are not
    /// the canvas's do nothing.
    pub fn act(&mut self, kind: ActionKind, workspace: &Workspace, view: &mut View) -> Vec<Action> {
        let edit = |commands: Vec<_>| {
            if commands.is_empty() {
                Vec::new()
            } else {
                vec![Action::Edit(commands)]
            }
        };
        match kind {
            ActionKind::Delete => {
                let commands = edits::delete(workspace, &view.selection);
                view.selection.clear();
                return edit(commands);
            }
            ActionKind::Duplicate => {
                let (commands, copies) = edits::duplicate(workspace, &view.selection.nodes);
                if !copies.is_empty() {
                    view.selection.clear();
                    view.selection.nodes = copies;
                }
                return edit(commands);
            }
            ActionKind::SelectAll => {
                view.selection.nodes = workspace.design().nodes.keys().cloned().collect();
                view.selection.links = workspace.design().links.keys().cloned().collect();
            }
            ActionKind::SelectNone => {
                let closed = self.menu.take().is_some()
                    || view.quick_add.take().is_some()
                    || view.renaming.take().is_some();
                if !self.cancel(view) && !closed {
                    view.selection.clear();
                }
            }
            ActionKind::Rename => {
                if let Some(id) = view.selection.nodes.first().cloned() {
                    gesture::start_renaming(&id, workspace, view);
                }
            }
            ActionKind::QuickAdd => {
                let at = self
                    .pointer
                    .filter(|at| self.lens(view).seen().contains(*at));
                view.quick_add = Some(quick_add::opened(at.unwrap_or(view.camera.center), None));
            }
            ActionKind::FitAll => view.fit = Some(Fit::All),
            ActionKind::FitSelection => view.fit = Some(Fit::Selection),
            ActionKind::ZoomReset => self.zoom(1.0 / view.camera.zoom, view),
            ActionKind::ZoomIn => self.zoom(1.25, view),
            ActionKind::ZoomOut => self.zoom(0.8, view),
            ActionKind::New
            | ActionKind::NextProblem
            | ActionKind::PreviousProblem
            | ActionKind::LensLatency
            | ActionKind::LensCost
            | ActionKind::LensUtilisation
            | ActionKind::LensCold
            | ActionKind::LensRisk
            | ActionKind::LensNone
            | ActionKind::Open
            | ActionKind::Save
            | ActionKind::SaveAs
            | ActionKind::Undo
            | ActionKind::Redo
            | ActionKind::ToggleLeft
            | ActionKind::ToggleRight
            | ActionKind::ToggleDrawer
            | ActionKind::ToggleTheme
            | ActionKind::Export
            | ActionKind::Shortcuts => {}
        }
        Vec::new()
    }

    fn zoom(&self, factor: f32, view: &mut View) {
        view.camera = self.lens(view).zoomed(factor, self.rect.center());
    }

    /// Carries out the canvas keys that were pressed: the shortcuts of its
    /// actions, and arrows, which move the selection. Takes the keys out of the
    /// input; never while text is typed or something is open above the canvas.
    /// [`Self::ui`] calls it.
    pub fn shortcuts(
        &mut self,
        ctx: &egui::Context,
        workspace: &Workspace,
        view: &mut View,
    ) -> Vec<Action> {
        let covered = ctx.memory(|memory| memory.top_modal_layer().is_some())
            || egui::Popup::is_any_open(ctx);
        if covered || ctx.text_edit_focused() {
            return Vec::new();
        }
        let mut actions = Vec::new();
        for kind in keys::take_actions(ctx, self.focus_elsewhere) {
            actions.extend(self.act(kind, workspace, view));
        }
        if !view.selection.nodes.is_empty()
            && !self.focus_elsewhere
            && let Some(by) = keys::take_nudge(ctx)
        {
            let commands = edits::nudge(workspace, &view.selection.nodes, by);
            if !commands.is_empty() {
                actions.push(Action::Edit(commands));
            }
        }
        actions
    }
}

/// What an empty canvas says.
fn empty_ui(ui: &mut Ui, theme: &Theme, rect: Rect) {
    let mut shapes = Vec::new();
    let ghost = Rect::from_center_size(rect.center(), route::CARD);
    let outline = egui::Stroke::new(1.0, theme.border);
    let corners = [
        ghost.left_top(),
        ghost.right_top(),
        ghost.right_bottom(),
        ghost.left_bottom(),
        ghost.left_top(),
    ];
    shapes.extend(Shape::dashed_line(&corners, outline, 6.0, 4.0));
    let mut line = |text: &str, size, colour, y: f32| {
        let line = Line {
            text,
            size,
            colour,
            width: rect.width() - 32.0,
        };
        line.add(
            ui.ctx(),
            &mut shapes,
            egui::Align2::CENTER_CENTER,
            rect.center() + egui::vec2(0.0, y),
        );
    };
    let hint = "Double-click to add a trigger";
    line(hint, 13.0, theme.text, 0.0);
    line(
        "Tab searches every kind of node. Drag from a port to draw a wire.",
        12.0,
        theme.muted,
        60.0,
    );
    ui.painter_at(rect).extend(shapes);
    let id = ui.id().with("empty hint");
    let response = ui.interact(ghost, id, Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Label, true, hint));
}

#[cfg(test)]
mod tests;
