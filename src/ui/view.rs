//! What the window remembers that is not part of the design: selection,
//! camera, open panels.

use std::collections::BTreeSet;

use crate::design::{LinkId, NodeId};
use crate::workspace::ActionKind;

use super::theme::Theme;

/// Selected nodes and wires.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Nodes.
    pub nodes: BTreeSet<NodeId>,
    /// Wires.
    pub links: BTreeSet<LinkId>,
}

impl Selection {
    /// Selects exactly one node.
    pub fn only_node(&mut self, id: NodeId) {
        self.clear();
        self.nodes.insert(id);
    }

    /// Selects exactly one wire.
    pub fn only_link(&mut self, id: LinkId) {
        self.clear();
        self.links.insert(id);
    }

    /// Selects nothing.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.links.clear();
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.links.is_empty()
    }
}

/// Where the canvas looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The canvas point in the middle of the view.
    pub center: egui::Pos2,
    /// Screen points per canvas point.
    pub zoom: f32,
}

impl Default for Camera {
    fn default() -> Self {
        Self {
            center: egui::Pos2::ZERO,
            zoom: 1.0,
        }
    }
}

/// A wish about the camera, granted when the canvas is next drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Show everything.
    All,
    /// Show the selection.
    Selection,
    /// Move to the selection where it is not in view, without zooming.
    Reveal,
}

/// The lens: which one number every card shows, and is tinted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Measure {
    /// None: cost and speed side by side.
    #[default]
    Usual,
    /// p99 of the response time.
    Latency,
    /// Monthly cost.
    Cost,
    /// Load against the tightest limit.
    Utilisation,
    /// Share of requests that start an instance.
    Cold,
    /// What threatens it.
    Risk,
}

impl Measure {
    /// All of them, with the action that chooses each.
    pub const ALL: [(Self, ActionKind); 6] = [
        (Self::Usual, ActionKind::LensNone),
        (Self::Latency, ActionKind::LensLatency),
        (Self::Cost, ActionKind::LensCost),
        (Self::Utilisation, ActionKind::LensUtilisation),
        (Self::Cold, ActionKind::LensCold),
        (Self::Risk, ActionKind::LensRisk),
    ];

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Usual => "No lens",
            Self::Latency => "Latency",
            Self::Cost => "Cost",
            Self::Utilisation => "Utilisation",
            Self::Cold => "Cold starts",
            Self::Risk => "Risk",
        }
    }

    /// The one that an action chooses.
    pub fn chosen_by(kind: ActionKind) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(_, chooses)| *chooses == kind)
            .map(|(measure, _)| *measure)
    }
}

/// Tabs of the drawer, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DrawerTab {
    /// Cost by node, cost against traffic.
    #[default]
    Cost,
    /// Latency distribution.
    Latency,
    /// Concurrency over time.
    Load,
    /// What else a setting could be.
    Sweep,
    /// What it can cost at worst.
    Risk,
    /// The design on all providers.
    Compare,
    /// The bill, line by line.
    Lines,
}

/// Everything that the window remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// What is selected.
    pub selection: Selection,
    /// Where the canvas looks.
    pub camera: Camera,
    /// A wish about the camera.
    pub fit: Option<Fit>,
    /// The lens that cards are seen through.
    pub measure: Measure,
    /// Dark theme.
    pub dark: bool,
    /// The palette is open.
    pub left_open: bool,
    /// The inspector is open.
    pub right_open: bool,
    /// The drawer is open.
    pub drawer_open: bool,
    /// The drawer's tab.
    pub drawer_tab: DrawerTab,
    /// Node whose title is being edited, with the text so far.
    pub renaming: Option<(NodeId, String)>,
    /// Open quick-add popup, owned by the canvas.
    pub quick_add: Option<QuickAdd>,
    /// The sheet of keys is open.
    pub shortcuts_open: bool,
    /// The node that a panel points at, for this frame: the canvas lights it
    /// up as if the pointer were on its card.
    pub lit: Option<NodeId>,
}

/// The quick-add popup.
#[derive(Clone, Debug, PartialEq)]
pub struct QuickAdd {
    /// Where the node goes, in canvas points.
    pub at: egui::Pos2,
    /// The node whose port was dropped on empty canvas, and whether that port
    /// sends.
    pub wire: Option<(NodeId, bool)>,
    /// What was typed.
    pub search: String,
    /// The highlighted row.
    pub row: usize,
}

impl View {
    /// The theme in force.
    pub fn theme(&self) -> Theme {
        if self.dark {
            Theme::dark()
        } else {
            Theme::light()
        }
    }
}

impl Default for View {
    fn default() -> Self {
        Self {
            selection: Selection::default(),
            camera: Camera::default(),
            fit: Some(Fit::All),
            measure: Measure::default(),
            dark: true,
            left_open: true,
            right_open: true,
            drawer_open: true,
            drawer_tab: DrawerTab::default(),
            renaming: None,
            quick_add: None,
            shortcuts_open: false,
            lit: None,
        }
    }
}
