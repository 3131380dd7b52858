//! All that the shapes of one frame depend on.
//!
//! Cards and wires read everything from a shared [`Scene`]: design, report,
//! theme, camera, selection, hover. Two equal scenes look the same, so the
//! canvas draws anew only when the scene differs from the last one and else
//! replays what it drew. [`super::drawn`] does that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalog::{Archetype, Catalog, ProviderId, Service};
use crate::design::placement::{Needs, automatic_service};
use crate::design::{Design, LinkId, Node, NodeId, link};
use crate::report::{Report, Severity};
use crate::ui::theme::Theme;
use crate::ui::view::{Measure, Selection};

use super::camera::Lens;
use super::measure::Scales;

/// What the pointer is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Nothing but canvas.
    Canvas,
    /// A card.
    Node(NodeId),
    /// A port; true for the one that sends.
    Port(NodeId, bool),
    /// A wire.
    Link(LinkId),
}

impl Target {
    /// The node, for cards and ports.
    pub fn node(&self) -> Option<&NodeId> {
        match self {
            Self::Node(id) | Self::Port(id, _) => Some(id),
            Self::Canvas | Self::Link(_) => None,
        }
    }
}

/// A wire being drawn: from which port, and whether that port sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wiring {
    /// The node whose port was grabbed.
    pub from: NodeId,
    /// Its kind.
    pub archetype: Archetype,
    /// Whether the grabbed port sends.
    pub sends: bool,
}

impl Wiring {
    /// Whether a node of that kind could be at the other end.
    pub fn fits(&self, other: Archetype) -> bool {
        let (from, to) = if self.sends {
            (self.archetype, other)
        } else {
            (other, self.archetype)
        };
        !link::proposals(from, to).is_empty()
    }
}

/// What follows from design and report and is looked up by card or wire.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The worst problem of each node.
    pub nodes: BTreeMap<NodeId, Severity>,
    /// The worst problem of each wire.
    pub links: BTreeMap<LinkId, Severity>,
    /// Wires that are part of a loop that feeds itself.
    pub runaway: BTreeSet<LinkId>,
    /// The greatest numbers of all nodes, which lenses are scaled by.
    pub scales: Scales,
}

impl Facts {
    /// Gathers them.
    pub fn of(design: &Design, report: &Report) -> Self {
        let mut facts = Self {
            scales: Scales::of(report),
            ..Self::default()
        };
        for problem in &report.problems {
            let worse = |known: &mut Severity| *known = (*known).min(problem.severity);
            if let Some(id) = &problem.node {
                facts
                    .nodes
                    .entry(id.clone())
                    .and_modify(worse)
                    .or_insert(problem.severity);
            }
            if let Some(id) = &problem.link {
                facts
                    .links
                    .entry(id.clone())
                    .and_modify(worse)
                    .or_insert(problem.severity);
            }
        }
        let steps: BTreeSet<(&NodeId, &NodeId)> = report
            .runaways
            .iter()
            .flat_map(|runaway| runaway.path.iter().zip(runaway.path.iter().skip(1)))
            .collect();
        if !steps.is_empty() {
            let in_loop = design
                .links
                .iter()
                .filter(|(_, link)| steps.contains(&(&link.from, &link.to)));
            facts.runaway = in_loop.map(|(id, _)| id.clone()).collect();
        }
        facts
    }
}

/// Everything that decides how the canvas looks.
#[derive(Clone)]
pub struct Scene {
    /// Rectangle and camera.
    pub lens: Lens,
    /// Physical pixels in a point.
    pub pixels_per_point: f32,
    /// Colours.
    pub theme: Theme,
    /// What is drawn.
    pub design: Arc<Design>,
    /// What is known of it.
    pub report: Arc<Report>,
    /// Names of services.
    pub catalog: Arc<Catalog>,
    /// The provider looked at.
    pub provider: ProviderId,
    /// What follows from design and report.
    pub facts: Arc<Facts>,
    /// The one number that cards show.
    pub measure: Measure,
    /// Counts moves that are not yet in the design.
    pub moves: u64,
    /// What is selected.
    pub selection: Selection,
    /// What the pointer is on.
    pub hovered: Target,
    /// The wire being drawn.
    pub wiring: Option<Wiring>,
    /// The node whose text is being edited, and so is not drawn.
    pub renaming: Option<NodeId>,
}

impl Scene {
    /// The service that stands for a node here: pinned, or the catalog's
    /// default.
    pub fn service(&self, node: &Node) -> Option<&Service> {
        let provider = node.provider.as_ref().unwrap_or(&self.provider);
        match node.pins.get(provider) {
            Some(pin) => self.catalog.services.get(&pin.service),
            None => {
                let needs = Needs::of_settings(&node.settings);
                automatic_service(&self.catalog, provider, &needs)
            }
        }
    }

    /// Whether both look the same but for where the camera looks.
    pub fn is_same_but_for_pan(&self, other: &Self) -> bool {
        self.lens.rect == other.lens.rect
            && self.lens.camera.zoom == other.lens.camera.zoom
            && self.pixels_per_point == other.pixels_per_point
            && self.theme.is_dark == other.theme.is_dark
            && Arc::ptr_eq(&self.design, &other.design)
            && Arc::ptr_eq(&self.report, &other.report)
            && Arc::ptr_eq(&self.catalog, &other.catalog)
            && self.provider == other.provider
            && self.measure == other.measure
            && self.moves == other.moves
            && self.selection == other.selection
            && self.hovered == other.hovered
            && self.wiring == other.wiring
            && self.renaming == other.renaming
    }
}

impl PartialEq for Scene {
    fn eq(&self, other: &Self) -> bool {
        self.lens == other.lens && self.is_same_but_for_pan(other)
    }
}
