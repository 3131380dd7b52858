//! The design as a graph that egui_graphs can draw.
//!
//! The design is the truth; this is a picture of it, kept in step by id:
//! nodes are added, removed and moved, never rebuilt. During a drag the
//! picture is ahead of the design; the drag ends in one edit. Node indices are
//! reused after removal and therefore never leave this file.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Pos2, Rect, pos2};
use egui_graphs::{DisplayEdge, DisplayNode, Graph, GraphView, Layout, LayoutState, MetadataFrame};
use petgraph::stable_graph::{DefaultIx, EdgeIndex, IndexType, NodeIndex};
use petgraph::{Directed, Direction, EdgeType};
use serde::{Deserialize, Serialize};

use crate::design::{Design, LinkId, NodeId};

use super::card;
use super::link::{self, WireShape};
use super::node::CardShape;
use super::route::{CARD, Route};
use super::scene::Scene;

type ViewGraph = Graph<NodeId, LinkId, Directed, DefaultIx, CardShape, WireShape>;

/// Under this name egui_graphs keeps its camera.
const NAME: &str = "canvas";

/// The picture of a design.
#[derive(Default)]
pub struct Projection {
    graph: ViewGraph,
    nodes: BTreeMap<NodeId, NodeIndex>,
    links: BTreeMap<LinkId, EdgeIndex>,
    synced: Option<Arc<Design>>,
    moves: u64,
}

impl Projection {
    /// Brings the picture in step with a design; false if it was already.
    pub fn sync(&mut self, design: &Arc<Design>) -> bool {
        if self
            .synced
            .as_ref()
            .is_some_and(|synced| Arc::ptr_eq(synced, design))
        {
            return false;
        }
        self.sync_nodes(design);
        self.sync_links(design);
        self.synced = Some(Arc::clone(design));
        true
    }

    /// Forgets moves that did not make it into the design.
    pub fn reset(&mut self) {
        self.synced = None;
        self.moves += 1;
    }

    fn sync_nodes(&mut self, design: &Design) {
        let graph = &mut self.graph;
        self.nodes.retain(|id, index| {
            let stays = design.nodes.contains_key(id);
            if !stays {
                graph.g_mut().remove_node(*index);
            }
            stays
        });
        let mut unplaced = Unplaced::below(design);
        for (id, node) in &design.nodes {
            let at = match design.layout.positions.get(id) {
                Some([x, y]) => pos2(*x, *y),
                None => unplaced.next(),
            };
            let index = match self.nodes.get(id) {
                Some(index) => *index,
                None => {
                    let index = graph.add_node_custom(id.clone(), |_| {});
                    self.nodes.insert(id.clone(), index);
                    index
                }
            };
            if let Some(shown) = graph.node_mut(index) {
                shown.set_location(at);
                shown.display_mut().set_size(card::size(&node.settings));
                // Shapes learn of moves when drawn; hit tests come earlier.
                let props = shown.props().clone();
                DisplayNode::<NodeId, LinkId, Directed, DefaultIx>::update(
                    shown.display_mut(),
                    &props,
                );
            }
        }
    }

    fn sync_links(&mut self, design: &Design) {
        let (graph, nodes) = (&mut self.graph, &self.nodes);
        self.links.retain(|id, index| {
            let ends = graph.edge_endpoints(*index);
            let wanted = design
                .links
                .get(id)
                .and_then(|link| Some((*nodes.get(&link.from)?, *nodes.get(&link.to)?)));
            let stays = ends.is_some()
                && ends == wanted
                && graph.edge(*index).is_some_and(|edge| edge.payload() == id);
            if !stays && graph.edge(*index).is_some_and(|edge| edge.payload() == id) {
                graph.g_mut().remove_edge(*index);
            }
            stays
        });
        let mut pairs: BTreeMap<(&NodeId, &NodeId), Vec<&LinkId>> = BTreeMap::new();
        for (id, link) in &design.links {
            let (Some(from), Some(to)) = (nodes.get(&link.from), nodes.get(&link.to)) else {
                continue;
            };
            pairs.entry((&link.from, &link.to)).or_default().push(id);
            if !self.links.contains_key(id) {
                let index = graph.add_edge(*from, *to, id.clone());
                self.links.insert(id.clone(), index);
            }
        }
        for ids in pairs.values() {
            for (place, id) in ids.iter().enumerate() {
                let lane = place as f32 - (ids.len() - 1) as f32 / 2.0;
                if let Some(edge) = self.links.get(*id).and_then(|index| graph.edge_mut(*index)) {
                    edge.display_mut().set_lane(lane);
                }
            }
        }
    }

    /// Moves a node in the picture only.
    pub fn place(&mut self, id: &NodeId, at: Pos2) {
        let Some(node) = self
            .nodes
            .get(id)
            .and_then(|index| self.graph.node_mut(*index))
        else {
            return;
        };
        if node.location() != at {
            node.set_location(at);
            let props = node.props().clone();
            DisplayNode::<NodeId, LinkId, Directed, DefaultIx>::update(node.display_mut(), &props);
            self.moves += 1;
        }
    }

    /// Changes whenever the picture moves away from the design.
    pub fn moves(&self) -> u64 {
        self.moves
    }

    /// Whether nothing is drawn.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The middle of a card.
    pub fn position(&self, id: &NodeId) -> Option<Pos2> {
        self.rect(id).map(|rect| rect.center())
    }

    /// The place of a card.
    pub fn rect(&self, id: &NodeId) -> Option<Rect> {
        let index = self.nodes.get(id)?;
        self.graph.node(*index).map(|node| node.display().rect())
    }

    /// All cards that touch a rectangle, the topmost last.
    pub fn cards(&self, within: Rect) -> Vec<(NodeId, Rect)> {
        let touched = |selected: bool| {
            self.graph.nodes_iter().filter_map(move |(_, node)| {
                let rect = node.display().rect();
                (node.selected() == selected && rect.intersects(within))
                    .then(|| (node.payload().clone(), rect))
            })
        };
        touched(false).chain(touched(true)).collect()
    }

    /// Whether more than so many cards touch a rectangle.
    pub fn is_crowded(&self, within: Rect, most: usize) -> bool {
        let cards = self.graph.nodes_iter();
        let touching = cards.filter(|(_, node)| node.display().rect().intersects(within));
        touching.take(most + 1).count() > most
    }

    /// The topmost card under a point.
    pub fn card_at(&self, point: Pos2) -> Option<NodeId> {
        self.cards(Rect::from_min_max(point, point))
            .pop()
            .map(|(id, _)| id)
    }

    /// A box around the chosen cards.
    pub fn bounds(&self, chosen: impl Fn(&NodeId) -> bool) -> Rect {
        self.graph
            .nodes_iter()
            .filter(|(_, node)| chosen(node.payload()))
            .fold(Rect::NOTHING, |bounds, (_, node)| {
                bounds.union(node.display().rect())
            })
    }

    /// A box around all cards and wires.
    pub fn extent(&self) -> Rect {
        let cards = self.bounds(|_| true);
        self.wires(Rect::EVERYTHING)
            .fold(cards, |extent, (_, route)| extent.union(route.bounds()))
    }

    /// All wires that may touch a rectangle.
    pub fn wires(&self, within: Rect) -> impl Iterator<Item = (&LinkId, Route)> {
        self.graph.edges_iter().filter_map(move |(index, edge)| {
            let (from, to) = self.graph.edge_endpoints(index)?;
            let [start, end] = link::ends(
                self.graph.node(from)?.display(),
                self.graph.node(to)?.display(),
            );
            let route = Route::between(start, end, edge.display().lane());
            route
                .bounds()
                .intersects(within)
                .then(|| (edge.payload(), route))
        })
    }

    /// The wire nearest to a point and no farther than `reach`.
    pub fn wire_at(&self, point: Pos2, reach: f32) -> Option<LinkId> {
        self.wires(Rect::from_center_size(
            point,
            egui::Vec2::splat(2.0 * reach),
        ))
        .map(|(id, route)| (id, route.distance(point)))
        .filter(|(_, distance)| *distance <= reach)
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(id, _)| id.clone())
    }

    /// How many wires arrive and leave.
    pub fn degrees(&self, id: &NodeId) -> [usize; 2] {
        let Some(index) = self.nodes.get(id) else {
            return [0, 0];
        };
        [Direction::Incoming, Direction::Outgoing]
            .map(|direction| self.graph.edges_directed(*index, direction).count())
    }

    /// Draws everything into the layer of `ui`.
    pub fn show_ui(&mut self, ui: &mut egui::Ui, scene: &Arc<Scene>) {
        for index in self.nodes.values() {
            if let Some(node) = self.graph.node_mut(*index) {
                let selected = scene.selection.nodes.contains(node.payload());
                node.set_selected(selected);
                node.display_mut().dress(scene);
            }
        }
        for index in self.links.values() {
            if let Some(edge) = self.graph.edge_mut(*index) {
                edge.display_mut().dress(scene);
            }
        }
        let mut frame = MetadataFrame::new(Some(NAME.to_owned())).load(ui);
        frame.zoom = scene.lens.camera.zoom;
        frame.pan = scene.lens.pan();
        frame.save(ui);
        let navigation = egui_graphs::SettingsNavigation::new()
            .with_fit_to_screen_enabled(false)
            .with_zoom_and_pan_enabled(false);
        let interaction = egui_graphs::SettingsInteraction::new()
            .with_dragging_enabled(false)
            .with_hover_enabled(false);
        GraphView::<Fixed, Fixed>::new()
            .with_id(Some(NAME.to_owned()))
            .with_navigations(&navigation)
            .with_interactions(&interaction)
            .show(ui, &mut self.graph);
    }

    /// Whether the last showing used the scene's camera.
    pub fn was_shown_as_asked(ui: &egui::Ui, scene: &Scene) -> bool {
        let frame = MetadataFrame::new(Some(NAME.to_owned())).load(ui);
        frame.zoom == scene.lens.camera.zoom && frame.pan == scene.lens.pan()
    }
}

/// Places for nodes that the design has none for: rows below everything else.
struct Unplaced {
    top: f32,
    count: u16,
}

impl Unplaced {
    fn below(design: &Design) -> Self {
        let lowest = design
            .layout
            .positions
            .values()
            .map(|[_, y]| *y)
            .reduce(f32::max);
        Self {
            top: lowest.map_or(0.0, |y| y + 2.0 * CARD.y),
            count: 0,
        }
    }

    fn next(&mut self) -> Pos2 {
        const COLUMNS: u16 = 6;
        let (column, row) = (self.count % COLUMNS, self.count / COLUMNS);
        self.count += 1;
        pos2(f32::from(column) * 256.0, self.top + f32::from(row) * 128.0)
    }
}

/// The layout that leaves everything where it is: egui_graphs' own would
/// scatter the nodes when first shown.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Fixed;

impl LayoutState for Fixed {}

impl Layout<Fixed> for Fixed {
    fn from_state(state: Fixed) -> impl Layout<Fixed> {
        state
    }

    fn next<N, E, Ty, Ix, Dn, De>(&mut self, _: &mut Graph<N, E, Ty, Ix, Dn, De>, _: &egui::Ui)
    where
        N: Clone,
        E: Clone,
        Ty: EdgeType,
        Ix: IndexType,
        Dn: DisplayNode<N, E, Ty, Ix>,
        De: DisplayEdge<N, E, Ty, Ix, Dn>,
    {
    }

    fn state(&self) -> Fixed {
        self.clone()
    }
}
