//! Every user action: its words, and the keys that ask for it.
//!
//! Menus, buttons, the palette and the shortcut-clash test iterate
//! [`ActionKind::ALL`], so a new action is offered and tested at once.

use std::path::PathBuf;

use crate::catalog::{ProviderId, RegionId};
use crate::design::Command;

use super::studies::{Topic, TopicKind};

/// Something that a user asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// An empty design.
    New,
    /// A file.
    Open(PathBuf),
    /// A sample that comes with the program, by folder name.
    OpenSample(String),
    /// To where it came from.
    Save,
    /// To a path.
    SaveAs(PathBuf),
    /// One gesture, one undo step.
    Edit(Vec<Command>),
    /// Analyse the design with these edits, without making them; replaces an
    /// earlier preview.
    Preview(Vec<Command>),
    /// Back to the design as it is.
    EndPreview,
    /// Take the last step back.
    Undo,
    /// Make it again.
    Redo,
    /// Multiply all traffic, without editing the design.
    SetTraffic(f64),
    /// Make the multiplied traffic the design's own.
    CommitTraffic,
    /// Look at another provider, without editing the design.
    ShowProvider(ProviderId),
    /// Make a region the home region on a provider.
    SetHomeRegion(ProviderId, RegionId),
    /// Export to a file in a registered format.
    Export {
        /// Name of the exporter.
        format: String,
        /// Where to.
        path: PathBuf,
    },
    /// Keep a comparison of all providers up to date, or stop doing so: it
    /// costs a dozen analyses after each edit.
    WantComparison(bool),
    /// Keep an answer up to date, in place of an earlier one of its kind.
    Want(Topic),
    /// Stop doing so.
    Unwant(TopicKind),
    /// Forget a notice.
    Dismiss(usize),
}

/// An action that a key or menu can ask for without further words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActionKind {
    /// [`Action::New`].
    New,
    /// Ask for a path, then [`Action::Open`].
    Open,
    /// [`Action::Save`].
    Save,
    /// Ask for a path, then [`Action::SaveAs`].
    SaveAs,
    /// [`Action::Undo`].
    Undo,
    /// [`Action::Redo`].
    Redo,
    /// Remove the selection.
    Delete,
    /// Copy the selection in place.
    Duplicate,
    /// Select everything.
    SelectAll,
    /// Select nothing.
    SelectNone,
    /// Show everything.
    FitAll,
    /// Show the selection.
    FitSelection,
    /// Original size.
    ZoomReset,
    /// Closer.
    ZoomIn,
    /// Farther.
    ZoomOut,
    /// Add a node at the pointer.
    QuickAdd,
    /// Rename the selected node.
    Rename,
    /// Select the next problem and bring it into view.
    NextProblem,
    /// The one before.
    PreviousProblem,
    /// Cards show their response time.
    LensLatency,
    /// Cards show what they cost.
    LensCost,
    /// Cards show how close to their limit they work.
    LensUtilisation,
    /// Cards show how often an instance has to start.
    LensCold,
    /// Cards show what threatens them.
    LensRisk,
    /// Cards show what they usually do.
    LensNone,
    /// Show or hide the left panel.
    ToggleLeft,
    /// Show or hide the inspector.
    ToggleRight,
    /// Show or hide the drawer.
    ToggleDrawer,
    /// Light or dark.
    ToggleTheme,
    /// Export to a file.
    Export,
    /// List of keys.
    Shortcuts,
}

/// A key with its modifiers, as written: `Ctrl+Shift+Z`.
pub type Shortcut = &'static str;

impl ActionKind {
    /// All of them, in menu order.
    pub const ALL: &'static [Self] = &[
        Self::New,
        Self::Open,
        Self::Save,
        Self::SaveAs,
        Self::Export,
        Self::Undo,
        Self::Redo,
        Self::Delete,
        Self::Duplicate,
        Self::SelectAll,
        Self::SelectNone,
        Self::Rename,
        Self::QuickAdd,
        Self::FitAll,
        Self::FitSelection,
        Self::ZoomReset,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::NextProblem,
        Self::PreviousProblem,
        Self::LensLatency,
        Self::LensCost,
        Self::LensUtilisation,
        Self::LensCold,
        Self::LensRisk,
        Self::LensNone,
        Self::ToggleLeft,
        Self::ToggleRight,
        Self::ToggleDrawer,
        Self::ToggleTheme,
        Self::Shortcuts,
    ];

    /// The words on the button.
    pub fn label(self) -> &'static str {
        self.entry().0
    }

    /// What it does, in a sentence.
    pub fn tooltip(self) -> &'static str {
        self.entry().1
    }

    /// The keys that ask for it; the first is shown.
    pub fn shortcuts(self) -> &'static [Shortcut] {
        self.entry().2
    }

    fn entry(self) -> (&'static str, &'static str, &'static [Shortcut]) {
        match self {
            Self::New => ("New", "Start an empty design.", &["Ctrl+N"]),
            Self::Open => ("Open…", "Open a design file.", &["Ctrl+O"]),
            Self::Save => ("Save", "Save the design to its file.", &["Ctrl+S"]),
            Self::SaveAs => (
                "Save as…",
                "Save the design to another file.",
                &["Ctrl+Shift+S"],
            ),
            Self::Export => (
                "Export…",
                "Write the report or a picture to a file.",
                &["Ctrl+E"],
            ),
            Self::Undo => ("Undo", "Take the last step back.", &["Ctrl+Z"]),
            Self::Redo => (
                "Redo",
                "Make the last undone step again.",
                &["Ctrl+Shift+Z", "Ctrl+Y"],
            ),
            Self::Delete => (
                "Delete",
                "Remove the selected nodes and wires.",
                &["Delete", "Backspace"],
            ),
            Self::Duplicate => (
                "Duplicate",
                "Copy the selected nodes and the wires among them.",
                &["Ctrl+D"],
            ),
            Self::SelectAll => ("Select all", "Select every node.", &["Ctrl+A"]),
            Self::SelectNone => (
                "Select none",
                "Select nothing.",
                &["Escape", "Ctrl+Shift+A"],
            ),
            Self::Rename => ("Rename", "Rename the selected node.", &["F2"]),
            Self::QuickAdd => (
                "Add a node",
                "Search for a node to place at the pointer.",
                &["Tab", "Shift+A"],
            ),
            Self::FitAll => ("Fit all", "Show the whole design.", &["Shift+1", "Home"]),
            Self::FitSelection => (
                "Fit selection",
                "Show the selected nodes.",
                &["F", "Shift+2"],
            ),
            Self::ZoomReset => ("Original size", "Zoom to 100 %.", &["Ctrl+0"]),
            Self::ZoomIn => ("Zoom in", "Show the canvas larger.", &["Ctrl+Plus"]),
            Self::ZoomOut => ("Zoom out", "Show the canvas smaller.", &["Ctrl+Minus"]),
            Self::NextProblem => (
                "Next problem",
                "Select what the next problem is about.",
                &["."],
            ),
            Self::PreviousProblem => (
                "Previous problem",
                "Select what the previous problem is about.",
                &[","],
            ),
            Self::LensLatency => (
                "Lens: latency",
                "Show the p99 response time on every card.",
                &["L"],
            ),
            Self::LensCost => (
                "Lens: cost",
                "Show the monthly cost on every card.",
                &["Shift+4"],
            ),
            Self::LensUtilisation => (
                "Lens: utilisation",
                "Show the load against its limit on every card.",
                &["U"],
            ),
            Self::LensCold => (
                "Lens: cold starts",
                "Show how often an instance has to start on every card.",
                &["C"],
            ),
            Self::LensRisk => (
                "Lens: risk",
                "Show what threatens each node on its card.",
                &["R"],
            ),
            Self::LensNone => ("Lens: none", "Show the usual numbers on cards.", &["0"]),
            Self::ToggleLeft => ("Left panel", "Show or hide the palette.", &["Ctrl+B"]),
            Self::ToggleRight => ("Inspector", "Show or hide the inspector.", &["Ctrl+Alt+B"]),
            Self::ToggleDrawer => ("Drawer", "Show or hide the charts.", &["Ctrl+J"]),
            Self::ToggleTheme => (
                "Light or dark",
                "Switch between the light and the dark theme.",
                &["Ctrl+Shift+L"],
            ),
            Self::Shortcuts => ("Keys", "Show all keys.", &["?"]),
        }
    }
}
