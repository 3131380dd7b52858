//! The life of the window.
//!
//! Each frame: keys are read, panels and canvas are drawn and answer with
//! wishes, and the wishes are performed in one place, [`App::perform`].
//! Repaints are asked for only while something runs in the background.

use std::time::Duration;

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::canvas::Canvas;
use super::confirm::{self, Answer, Pending};
use super::files::{Files, Purpose};
use super::frame_log::{FrameLog, Moment};
use super::keys;
use super::panel::toasts;
use super::panel::{Asked, FileWish, Look, Panels};
use super::panel::{bar, drawer, export, inspector, left, palette, problems, sheet, status};
use super::screenshot::Picture;
use super::theme::Theme;
use super::view::{DrawerTab, Fit, Measure, View};
use crate::catalog::Archetype;
use crate::workspace::{Action, ActionKind, Topic, TopicKind, Workspace};

/// How often background work is looked at while there is any.
const POLL: Duration = Duration::from_millis(50);

/// The window's state.
pub struct App {
    workspace: Workspace,
    view: View,
    canvas: Canvas,
    panels: Panels,
    files: Files,
    pending: Option<Pending>,
    /// The theme that the context was last given.
    applied: Option<bool>,
    title: String,
    may_close: bool,
    log: Option<FrameLog>,
}

impl App {
    /// A window on a workspace; paths are asked for inside the window.
    pub fn new(workspace: Workspace) -> Self {
        Self {
            workspace,
            view: View::default(),
            canvas: Canvas::default(),
            panels: Panels::default(),
            files: Files::default(),
            pending: None,
            applied: None,
            title: String::new(),
            may_close: false,
            log: None,
        }
    }

    /// Lets the system's own file dialogs ask for paths.
    #[must_use]
    pub fn with_native_dialogs(mut self) -> Self {
        self.files.use_native(true);
        self
    }

    /// Writes down how long each frame takes.
    #[must_use]
    pub fn with_log(mut self, log: Option<FrameLog>) -> Self {
        self.log = log;
        self
    }

    /// The design and what was computed about it.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// What the window remembers.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// What the window remembers, to be set up by tests and pictures.
    pub fn view_mut(&mut self) -> &mut View {
        &mut self.view
    }

    /// Sets the window up as a picture wants it.
    pub fn pose(&mut self, picture: &Picture) {
        self.view.dark = picture.dark;
        self.view.drawer_tab = picture.tab;
        self.view.measure = picture.measure;
        if let Some(id) = &picture.selected {
            self.view.selection.only_node(id.clone());
        }
    }

    /// Takes in what the background has finished.
    pub fn poll(&mut self, ctx: &egui::Context) {
        let start = self.log.is_some().then(Moment::now);
        if self.workspace.poll() {
            ctx.request_repaint();
        }
        if self.workspace.is_working() {
            ctx.request_repaint_after(POLL);
        }
        self.count(start);
    }

    fn count(&mut self, start: Option<Moment>) {
        if let (Some(log), Some(start)) = (&mut self.log, start) {
            log.add(start);
        }
    }

    /// Performs an action at once, for tests.
    #[cfg(test)]
    pub(crate) fn perform_now(&mut self, action: Action) {
        self.workspace.perform(action);
    }

    /// What panels remember, to be set up by tests.
    #[cfg(test)]
    pub(crate) fn panels_mut(&mut self) -> &mut Panels {
        &mut self.panels
    }

    /// Waits for the background, so that tests need not.
    pub fn settle(&mut self) {
        self.workspace.settle();
    }

    /// Gives the context the theme in force. Best done between frames: egui
    /// makes its font atlas anew for another theme when the next one begins.
    pub fn dress(&mut self, ctx: &egui::Context) {
        self.view.theme().apply(ctx);
        self.applied = Some(self.view.dark);
    }

    /// Draws one frame and performs what was asked for in it.
    pub fn frame_ui(&mut self, ui: &mut Ui) {
        let start = self.log.is_some().then(Moment::now);
        self.whole_ui(ui);
        self.count(start);
        let ended = self.log.as_mut().map(|log| log.end(&mut self.workspace));
        if let Some(Err(error)) = ended {
            self.log = None;
            self.workspace.complain(format!(
                "The log of frames ends here, since it cannot be written: {error}."
            ));
        }
    }

    fn whole_ui(&mut self, ui: &mut Ui) {
        let theme = self.view.theme();
        if self.applied != Some(self.view.dark) {
            self.dress(ui.ctx());
            ui.set_style(ui.ctx().global_style());
        }
        let mut asked = Asked {
            kinds: keys::pressed(ui.ctx()),
            ..Asked::default()
        };
        if !self.is_asking() {
            asked.actions = self
                .canvas
                .shortcuts(ui.ctx(), &self.workspace, &mut self.view);
        }
        self.panels_ui(ui, &theme, &mut asked);
        self.canvas_ui(ui, &theme, &mut asked);
        self.dialogs_ui(ui, &mut asked);
        self.end_stale_preview(ui, &mut asked);
        self.perform(ui.ctx(), asked);
        self.name_window(ui.ctx());
        if self.applied != Some(self.view.dark) {
            self.dress(ui.ctx());
        }
    }

    /// Whether a dialog wants all keys.
    fn is_asking(&self) -> bool {
        let is_open = self.view.shortcuts_open || self.panels.export_open;
        is_open || self.pending.is_some() || self.files.is_asking()
    }

    fn panels_ui(&mut self, ui: &mut Ui, theme: &Theme, asked: &mut Asked) {
        self.view.lit = None;
        self.want_comparison(asked);
        self.want_studies(asked);
        let look = Look {
            workspace: &self.workspace,
            theme,
        };
        let bare = Frame::new().fill(theme.panel);
        let thin = bare.inner_margin(Margin::symmetric(8, 0));
        let roomy = bare.inner_margin(Margin::symmetric(12, 8));
        Panel::top("bar")
            .exact_size(44.0)
            .frame(thin)
            .show(ui, |ui| {
                bar::bar_ui(ui, look, &self.view, asked);
            });
        Panel::bottom("status")
            .exact_size(26.0)
            .frame(thin)
            .show(ui, |ui| {
                status::status_ui(ui, look, &mut self.view, &mut self.panels, asked);
            });
        if self.view.left_open {
            let panel = Panel::left("left")
                .default_size(240.0)
                .size_range(200.0..=400.0);
            panel.resizable(true).frame(roomy).show(ui, |ui| {
                left::left_ui(ui, look, &mut self.view, &mut self.panels, asked);
            });
        }
        if self.view.right_open {
            let panel = Panel::right("right")
                .default_size(320.0)
                .size_range(280.0..=560.0);
            panel.resizable(true).frame(roomy).show(ui, |ui| {
                let tab = &mut self.panels.inspector;
                inspector::inspector_ui(ui, look, &mut self.view, tab, asked);
            });
        }
        if self.view.drawer_open {
            self.panels.drawer.follow(&self.view);
            let room = ui.available_height();
            let most = (room - 160.0).max(160.0);
            // A table of providers is higher than a chart; each keeps its own
            // height.
            let panel = match self.view.drawer_tab {
                DrawerTab::Compare => {
                    Panel::bottom("compare").default_size((room * 0.62).clamp(260.0, 440.0))
                }
                _ => Panel::bottom("drawer").default_size(260.0),
            };
            let panel = panel.size_range(140.0..=most);
            panel.resizable(true).frame(roomy).show(ui, |ui| {
                drawer::drawer_ui(ui, look, &mut self.view, &mut self.panels.drawer, asked);
            });
        }
    }

    /// Providers are compared only while somebody looks: it costs a dozen
    /// analyses after each edit.
    fn want_comparison(&self, asked: &mut Asked) {
        let is_shown = self.view.drawer_open && self.view.drawer_tab == DrawerTab::Compare;
        if is_shown != self.workspace.wants_comparison() {
            asked.act(Action::WantComparison(is_shown));
        }
    }

    /// What the Sweep tab shows costs hundreds of analyses: it is found only
    /// while somebody looks.
    fn want_studies(&self, asked: &mut Asked) {
        let look = Look {
            workspace: &self.workspace,
            theme: &self.view.theme(),
        };
        let is_shown = self.view.drawer_open && self.view.drawer_tab == DrawerTab::Sweep;
        let studies = self.workspace.studies();
        let node = is_shown
            .then(|| self.panels.drawer.function(look))
            .flatten();
        if node.as_ref() != studies.memory.wanted() {
            asked.act(match node {
                Some(node) => Action::Want(Topic::Memory(node)),
                None => Action::Unwant(TopicKind::Memory),
            });
        }
        let others = [
            (
                studies.uncertainty.wanted().is_some(),
                Topic::Uncertainty,
                TopicKind::Uncertainty,
            ),
            (
                studies.front.wanted().is_some(),
                Topic::Front,
                TopicKind::Front,
            ),
        ];
        for (is_wanted, topic, kind) in others {
            if is_shown != is_wanted {
                asked.act(if is_shown {
                    Action::Want(topic)
                } else {
                    Action::Unwant(kind)
                });
            }
        }
    }

    fn canvas_ui(&mut self, ui: &mut Ui, theme: &Theme, asked: &mut Asked) {
        let frame = Frame::new().fill(theme.canvas);
        let shown = CentralPanel::default().frame(frame).show(ui, |ui| {
            asked
                .actions
                .extend(self.canvas.ui(ui, &self.workspace, &mut self.view));
            ui.min_rect().union(ui.max_rect())
        });
        let rect = shown.inner;
        let look = Look {
            workspace: &self.workspace,
            theme,
        };
        palette::ghost_ui(ui, theme);
        if ui.input(|input| input.pointer.any_released())
            && let Some(pointer) = ui.ctx().pointer_interact_pos()
            && rect.contains(pointer)
            && let Some(kind) = egui::DragAndDrop::take_payload::<Archetype>(ui.ctx())
        {
            let camera = self.view.camera;
            let at = camera.center + (pointer - rect.center()) / camera.zoom;
            palette::place(look, &mut self.view, *kind, at, asked);
        }
        toasts::toasts_ui(ui, look, rect, &mut self.panels.toasts, asked);
        sheet::sheet_ui(ui, theme, &mut self.view, &mut self.panels);
        export::export_ui(ui, theme, &mut self.panels.export_open, asked);
    }

    fn dialogs_ui(&mut self, ui: &Ui, asked: &mut Asked) {
        if let Some((purpose, path)) = self.files.dialog_ui(ui) {
            match purpose {
                Purpose::Open => asked.act(Action::Open(path)),
                Purpose::Save => asked.act(Action::SaveAs(path)),
                Purpose::Export(format) => {
                    asked.act(Action::Export {
                        format: format.to_owned(),
                        path,
                    });
                }
            }
        }
        let dropped = ui.input(|input| {
            let file = input.raw.dropped_files.first();
            file.map(|file| file.path().to_path_buf())
        });
        if let Some(path) = dropped {
            self.ask_first(ui.ctx(), Pending::OpenPath(path), asked);
        }
        let is_closing = ui.input(|input| input.viewport().close_requested());
        if is_closing && self.workspace.is_dirty() && !self.may_close {
            ui.ctx()
                .send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.pending = Some(Pending::Close);
        }
        // Saving may have taken a dialog; the rest follows once it is done.
        if self.files.is_asking() {
            return;
        }
        let Some(pending) = self.pending.clone() else {
            return;
        };
        match confirm::confirm_ui(ui, &pending, self.workspace.is_dirty()) {
            Some(Answer::Save) => asked.kinds.push(ActionKind::Save),
            Some(Answer::Discard) => {
                self.pending = None;
                self.proceed(ui.ctx(), pending, asked);
            }
            Some(Answer::Cancel) => self.pending = None,
            None => {}
        }
    }

    /// Does what unsaved changes had held up.
    fn proceed(&mut self, ctx: &egui::Context, pending: Pending, asked: &mut Asked) {
        match pending {
            Pending::New => asked.act(Action::New),
            Pending::Open => self.files.ask(ctx, Purpose::Open, self.workspace.path()),
            Pending::OpenTyped => self.files.ask_typed(Purpose::Open, self.workspace.path()),
            Pending::OpenPath(path) => asked.act(Action::Open(path)),
            Pending::Sample(name) => asked.act(Action::OpenSample(name)),
            Pending::Close => {
                self.may_close = true;
                ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            }
        }
    }

    /// Asks first where changes would be lost.
    fn ask_first(&mut self, ctx: &egui::Context, pending: Pending, asked: &mut Asked) {
        if self.workspace.is_dirty() {
            self.pending = Some(pending);
            ctx.request_repaint();
        } else {
            self.proceed(ctx, pending, asked);
        }
    }

    /// Whether a remedy is being tried where it can be seen.
    fn is_trying(&self) -> bool {
        let is_listed = self.view.left_open && self.panels.left == left::LeftTab::Problems;
        is_listed && self.panels.problems.trial.is_some()
    }

    /// A preview whose widget has gone is taken back.
    fn end_stale_preview(&self, ui: &Ui, asked: &mut Asked) {
        let is_held = ui.input(|input| input.pointer.any_down() || input.pointer.any_released());
        let look = Look {
            workspace: &self.workspace,
            theme: &self.view.theme(),
        };
        let is_asked = asked.actions.iter().any(|action| {
            matches!(
                action,
                Action::Edit(_) | Action::Preview(_) | Action::EndPreview
            )
        });
        if look.is_previewing() && !is_held && !is_asked && !self.is_trying() {
            asked.act(Action::EndPreview);
        }
    }

    /// Carries out what was asked for: the only place that changes anything.
    fn perform(&mut self, ctx: &egui::Context, mut asked: Asked) {
        for kind in std::mem::take(&mut asked.kinds) {
            self.perform_kind(ctx, kind, &mut asked);
        }
        for wish in std::mem::take(&mut asked.files) {
            self.perform_wish(ctx, wish, &mut asked);
        }
        let is_changed = !asked.actions.is_empty();
        for action in asked.actions {
            let is_other = matches!(
                action,
                Action::New | Action::Open(_) | Action::OpenSample(_)
            );
            self.workspace.perform(action);
            if is_other {
                self.view.selection.clear();
                self.view.fit = Some(Fit::All);
            }
        }
        if is_changed {
            let design = self.workspace.design();
            self.view
                .selection
                .nodes
                .retain(|id| design.nodes.contains_key(id));
            self.view
                .selection
                .links
                .retain(|id| design.links.contains_key(id));
            ctx.request_repaint();
        }
        if self.workspace.is_working() {
            ctx.request_repaint_after(POLL);
        }
    }

    fn perform_wish(&mut self, ctx: &egui::Context, wish: FileWish, asked: &mut Asked) {
        match wish {
            FileWish::OpenTyped => self.ask_first(ctx, Pending::OpenTyped, asked),
            FileWish::SaveTyped => self.files.ask_typed(Purpose::Save, self.workspace.path()),
            FileWish::Sample(name) => self.ask_first(ctx, Pending::Sample(name), asked),
            FileWish::Export(format) => {
                self.files
                    .ask(ctx, Purpose::Export(format), self.workspace.path());
            }
        }
    }

    fn perform_kind(&mut self, ctx: &egui::Context, kind: ActionKind, asked: &mut Asked) {
        let view = &mut self.view;
        match kind {
            ActionKind::New => self.ask_first(ctx, Pending::New, asked),
            ActionKind::Open => self.ask_first(ctx, Pending::Open, asked),
            ActionKind::Save if self.workspace.path().is_some() => asked.act(Action::Save),
            ActionKind::Save | ActionKind::SaveAs => {
                self.files.ask(ctx, Purpose::Save, self.workspace.path());
            }
            ActionKind::Export => self.panels.export_open = true,
            ActionKind::Undo => asked.act(Action::Undo),
            ActionKind::Redo => asked.act(Action::Redo),
            ActionKind::NextProblem | ActionKind::PreviousProblem => {
                let is_next = kind == ActionKind::NextProblem;
                problems::step(&self.workspace, view, &mut self.panels, is_next);
            }
            ActionKind::LensLatency
            | ActionKind::LensCost
            | ActionKind::LensUtilisation
            | ActionKind::LensCold
            | ActionKind::LensRisk
            | ActionKind::LensNone => {
                view.measure = Measure::chosen_by(kind).unwrap_or_default();
            }
            ActionKind::ToggleLeft => view.left_open = !view.left_open,
            ActionKind::ToggleRight => view.right_open = !view.right_open,
            ActionKind::ToggleDrawer => view.drawer_open = !view.drawer_open,
            ActionKind::ToggleTheme => view.dark = !view.dark,
            ActionKind::Shortcuts => view.shortcuts_open = !view.shortcuts_open,
            ActionKind::Delete
            | ActionKind::Duplicate
            | ActionKind::SelectAll
            | ActionKind::SelectNone
            | ActionKind::Rename
            | ActionKind::QuickAdd
            | ActionKind::FitAll
            | ActionKind::FitSelection
            | ActionKind::ZoomReset
            | ActionKind::ZoomIn
            | ActionKind::ZoomOut => {
                asked
                    .actions
                    .extend(self.canvas.act(kind, &self.workspace, view));
            }
        }
        ctx.request_repaint();
    }

    fn name_window(&mut self, ctx: &egui::Context) {
        let look = Look {
            workspace: &self.workspace,
            theme: &self.view.theme(),
        };
        let mark = if self.workspace.is_dirty() { "*" } else { "" };
        let title = format!("{}{mark} - Nephoscope", bar::document_name(look));
        if title != self.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.poll(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.frame_ui(ui);
    }
}
