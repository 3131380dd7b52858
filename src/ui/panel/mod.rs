//! The panels around the canvas.
//!
//! A panel reads the workspace and answers with what the user asked for; it
//! changes nothing itself. What is asked is collected in [`Asked`] and
//! performed by the application after everything is drawn.

pub mod bar;
pub mod compare;
pub mod drawer;
pub mod export;
pub mod inspector;
pub mod left;
pub mod lines;
pub mod palette;
pub mod problems;
pub mod sheet;
pub mod status;
pub mod table;
pub mod toasts;
pub mod traffic;

use std::sync::Arc;

use crate::design::Command;
use crate::workspace::{Action, ActionKind, Workspace};

use super::theme::Theme;

/// What every panel may read.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// The open design and what was computed about it.
    pub workspace: &'a Workspace,
    /// Colours.
    pub theme: &'a Theme,
}

impl Look<'_> {
    /// Whether the shown design is only tried, as while something is dragged.
    pub fn is_previewing(&self) -> bool {
        !Arc::ptr_eq(self.workspace.shown(), self.workspace.design())
    }
}

/// A wish that needs a file or a decision before it becomes an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileWish {
    /// Ask for a path in the window and open it.
    OpenTyped,
    /// Ask for a path in the window and save there.
    SaveTyped,
    /// Open a sample by name.
    Sample(String),
    /// Ask for a path and export in this format.
    Export(&'static str),
}

/// What the user asked for while a frame was drawn.
#[derive(Debug, Default)]
pub struct Asked {
    /// Ready to be performed.
    pub actions: Vec<Action>,
    /// As if their keys had been pressed.
    pub kinds: Vec<ActionKind>,
    /// To be asked about first.
    pub files: Vec<FileWish>,
}

impl Asked {
    /// Asks for an action.
    pub fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Asks for one gesture.
    pub fn edit(&mut self, commands: Vec<Command>) {
        self.actions.push(Action::Edit(commands));
    }
}

/// What the panels remember that concerns nobody else.
#[derive(Default)]
pub struct Panels {
    /// The tab of the left panel.
    pub left: left::LeftTab,
    /// What was typed into the palette's search.
    pub search: String,
    /// The tab of the inspector.
    pub inspector: inspector::Tab,
    /// Charts as they were last drawn, and what was picked in the drawer.
    pub drawer: drawer::Drawer,
    /// When notices were first seen.
    pub toasts: toasts::Toasts,
    /// The chooser of an export format is open.
    pub export_open: bool,
    /// What was picked in the list of problems.
    pub problems: problems::State,
    /// What was typed into the search of the sheet of keys.
    pub sheet_search: String,
}

/// A short text in the muted colour.
pub(crate) fn muted(theme: &Theme, text: impl Into<String>) -> egui::RichText {
    egui::RichText::new(text).color(theme.muted)
}

/// A caption: small and muted.
pub(crate) fn caption(theme: &Theme, text: impl Into<String>) -> egui::RichText {
    egui::RichText::new(text).small().color(theme.muted)
}

/// A small heading over a group of rows.
pub(crate) fn section_ui(ui: &mut egui::Ui, theme: &Theme, title: &str) {
    ui.add_space(6.0);
    ui.label(caption(theme, title).strong());
}

/// A sentence in the middle of what is empty.
pub(crate) fn empty_ui(ui: &mut egui::Ui, theme: &Theme, text: &str) {
    ui.add_space(12.0);
    ui.vertical_centered(|ui| ui.label(muted(theme, text)));
}

/// Tabs in one row; the chosen one is underlined.
pub(crate) fn tabs_ui<T: Copy + PartialEq>(
    ui: &mut egui::Ui,
    theme: &Theme,
    chosen: &mut T,
    tabs: &[(T, &str)],
) {
    for (tab, label) in tabs {
        let is_chosen = *chosen == *tab;
        let colour = if is_chosen { theme.text } else { theme.muted };
        let text = egui::RichText::new(*label).color(colour);
        let button = egui::Button::new(text).frame(false).selected(is_chosen);
        let response = ui.add(button);
        response.widget_info(|| {
            egui::WidgetInfo::selected(egui::WidgetType::SelectableLabel, true, is_chosen, *label)
        });
        if is_chosen {
            let below = response.rect.bottom() + 2.0;
            let line = egui::Stroke::new(2.0, theme.accent);
            ui.painter().hline(response.rect.x_range(), below, line);
        }
        if response.clicked() {
            *chosen = *tab;
        }
    }
}
