//! Designs made up by a program: for trials of scale, benchmarks and tests.
//!
//! A generated design is layered as real ones are: triggers, front doors,
//! functions in up to three tiers with queues, topics and workflows between
//! them, stores and third parties at the end. Half of its nodes are functions;
//! every wire is legal and leads to a later layer, so there are no loops; there
//! are about one and a half wires a node. Equal sizes and seeds give equal
//! designs on every machine.

mod parts;

use std::collections::BTreeSet;

use crate::catalog::Archetype;

use super::link::{Link, LinkKind, LinkSettings};
use super::{DEFAULTS_VERSION, Design, LinkId, NodeId};

use parts::{KINDS, kind_between, settings};

/// Wires for each node.
const LINKS_PER_NODE: f64 = 1.5;

/// The layers, from the triggers to the stores.
const LAYERS: usize = 8;

/// A design of so many nodes.
pub fn generate(nodes: usize, seed: u64) -> Design {
    let mut maker = Maker {
        random: Random::new(seed),
        design: Design {
            name: format!("Generated design of {nodes} nodes"),
            description: format!("Made by `nephoscope new --nodes {nodes} --seed {seed}`."),
            defaults_version: DEFAULTS_VERSION,
            ..Design::default()
        },
        layers: vec![Vec::new(); LAYERS],
        pairs: BTreeSet::new(),
    };
    maker.place(nodes);
    maker.connect();
    maker.design
}

/// splitmix64: small, fast, and the same everywhere.
///
/// Source: Steele, Lea, Flood, *Fast splittable pseudorandom number
/// generators*, OOPSLA 2014.
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// A sequence of its own for each seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// 64 random bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`; 0 for a limit of 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % limit).unwrap_or_default()
    }

    /// One of a list.
    fn pick<T: Copy>(&mut self, items: &[T]) -> Option<T> {
        items.get(self.below(items.len())).copied()
    }
}

struct Maker {
    random: Random,
    design: Design,
    layers: Vec<Vec<NodeId>>,
    pairs: BTreeSet<(NodeId, NodeId)>,
}

impl Maker {
    /// Places all nodes, half of them functions.
    fn place(&mut self, nodes: usize) {
        let functions = nodes / 2;
        let triggers = (nodes / 20).max(1).min(nodes - functions);
        let gateways = (nodes / 20).max(1).min(nodes - functions - triggers);
        for _ in 0..triggers {
            self.add(Archetype::Trigger, 0);
        }
        for _ in 0..gateways {
            self.add(Archetype::Gateway, 1);
        }
        for index in 0..functions {
            // The first tier has to exist; the others share the rest.
            let layer = if index == 0 {
                2
            } else {
                2 + 2 * self.random.below(3)
            };
            self.add(Archetype::Function, layer);
        }
        for _ in 0..nodes - functions - triggers - gateways {
            if let Some((archetype, layers)) = self.random.pick(KINDS) {
                let layer = self.random.pick(layers).unwrap_or(LAYERS - 1);
                self.add(archetype, layer);
            }
        }
    }

    fn add(&mut self, archetype: Archetype, layer: usize) {
        let (mut node, wish) = settings(&mut self.random, archetype);
        let mut id = NodeId(wish.clone());
        let mut number = 2_usize;
        while self.design.nodes.contains_key(&id) {
            // Names repeat with the number of nodes; counting from there keeps
            // this linear.
            number = number.max(self.design.nodes.len() / 64);
            id = NodeId(format!("{wish}-{number}"));
            number += 1;
        }
        node.label = title(id.as_str());
        let row = self.layers[layer].len();
        #[expect(clippy::cast_precision_loss, reason = "canvas points")]
        let at = [layer as f32 * 280.0, row as f32 * 120.0];
        self.design.nodes.insert(id.clone(), node);
        self.design.layout.positions.insert(id.clone(), at);
        self.layers[layer].push(id);
    }

    /// Gives every node a sender, then adds wires until there are enough.
    fn connect(&mut self) {
        for layer in 1..LAYERS {
            for to in self.layers[layer].clone() {
                self.connect_to(layer, &to);
            }
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "numbers of nodes are small"
        )]
        let wanted = (self.design.nodes.len() as f64 * LINKS_PER_NODE) as usize;
        for _ in 0..20 * wanted {
            if self.design.links.len() >= wanted {
                break;
            }
            let to_layer = 1 + self.random.below(LAYERS - 1);
            let from_layer = self.random.below(to_layer);
            self.connect_layers(from_layer, to_layer);
        }
    }

    /// A sender for a node: by chance, else the first that can.
    fn connect_to(&mut self, layer: usize, to: &NodeId) {
        for _ in 0..16 {
            let from_layer = self.random.below(layer);
            let Some(from) = self.any_of(from_layer) else {
                continue;
            };
            if self.link(&from, to) {
                return;
            }
        }
        let earlier: Vec<NodeId> = self.layers[..layer]
            .iter()
            .rev()
            .flatten()
            .cloned()
            .collect();
        for from in earlier {
            if self.link(&from, to) {
                return;
            }
        }
    }

    fn connect_layers(&mut self, from_layer: usize, to_layer: usize) {
        if let (Some(from), Some(to)) = (self.any_of(from_layer), self.any_of(to_layer)) {
            self.link(&from, &to);
        }
    }

    fn any_of(&mut self, layer: usize) -> Option<NodeId> {
        let index = self.random.below(self.layers[layer].len());
        self.layers[layer].get(index).cloned()
    }

    /// Draws a wire; false where there is one, or none is usual.
    fn link(&mut self, from: &NodeId, to: &NodeId) -> bool {
        let kind_of = |id: &NodeId| self.design.nodes.get(id).map(super::Node::archetype);
        let (Some(sender), Some(receiver)) = (kind_of(from), kind_of(to)) else {
            return false;
        };
        let Some(kind) = kind_between(&mut self.random, sender, receiver) else {
            return false;
        };
        if !self.pairs.insert((from.clone(), to.clone())) {
            return false;
        }
        let link = Link {
            from: from.clone(),
            to: to.clone(),
            kind,
            settings: self.link_settings(kind),
            carrier: None,
        };
        self.design
            .links
            .insert(LinkId(format!("{from}->{to}")), link);
        true
    }

    fn link_settings(&mut self, kind: LinkKind) -> LinkSettings {
        let mut settings = LinkSettings::default();
        if kind == LinkKind::Poll {
            settings.batch_size = self.random.pick(&[1, 5, 10]);
        }
        if self.random.below(4) == 0 {
            settings.payload = self
                .random
                .pick(&[1.0, 4.0, 16.0])
                .map(crate::units::Kilobytes);
        }
        settings
    }
}

/// `charge-orders-2` as `Charge orders 2`.
fn title(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut chars = words.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_is_layered_legal_and_repeatable() {
        for nodes in [0, 1, 2, 3, 7, 50, 400] {
            let design = generate(nodes, 7);
            assert_eq!(design.nodes.len(), nodes);
            assert_eq!(design, generate(nodes, 7));
            let functions = design
                .nodes
                .values()
                .filter(|n| n.archetype() == Archetype::Function);
            assert_eq!(functions.count(), nodes / 2);
            for (id, link) in &design.links {
                let kind = |id: &NodeId| design.nodes[id].archetype();
                assert!(link.kind.allows(kind(&link.from), kind(&link.to)), "{id}");
                let x = |id: &NodeId| design.layout.positions[id][0];
                assert!(x(&link.from) < x(&link.to), "{id} leads back");
            }
        }
        assert_ne!(generate(50, 1), generate(50, 2));
    }

    #[test]
    fn a_large_design_is_connected() {
        let design = generate(1_000, 3);
        let reached: BTreeSet<_> = design.links.values().map(|link| &link.to).collect();
        for (id, node) in &design.nodes {
            assert!(
                node.archetype() == Archetype::Trigger || reached.contains(id),
                "{id}"
            );
        }
        assert_eq!(design.links.len(), 1_500);
    }

    /// The first numbers of the published generator with seed 1234567.
    #[test]
    fn the_generator_is_splitmix64() {
        let mut random = Random::new(1_234_567);
        let numbers = [random.next(), random.next(), random.next()];
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        assert_eq!(numbers, expected);
    }
}
