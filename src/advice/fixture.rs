//! Small designs that advice is tested on.

use crate::catalog::{Archetype, Catalog, ProviderId, ServiceId};
use crate::design::link::LinkSettings;
use crate::design::param::Parameters as _;
use crate::design::{Design, Link, LinkId, LinkKind, Node, NodeId, Pin, Settings, Value};

/// The facts that ship with the program.
pub fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

/// A design without anything in it, whose account has nothing free.
pub fn bare() -> Design {
    let mut design = Design::default();
    design.environment.free_tier = false;
    design
}

/// Adds a node with some settings.
pub fn node(design: &mut Design, id: &str, kind: Archetype, settings: &[(&str, Value)]) {
    let mut node = Node::new(Settings::default_of(kind));
    for (key, value) in settings {
        node.settings.set(key, Some(value.clone())).unwrap();
    }
    design.nodes.insert(NodeId::from(id), node);
}

/// Pins a node to a service of AWS.
pub fn pin(design: &mut Design, id: &str, service: &str) {
    let pin = Pin {
        service: ServiceId::from(service),
        settings: std::collections::BTreeMap::new(),
    };
    let node = design.nodes.get_mut(id).unwrap();
    node.pins.insert(ProviderId::from("aws"), pin);
}

/// Draws a wire.
pub fn wire(design: &mut Design, from: &str, to: &str, kind: LinkKind) {
    let link = Link {
        from: NodeId::from(from),
        to: NodeId::from(to),
        kind,
        settings: LinkSettings::default(),
        carrier: None,
    };
    let id = LinkId(format!("{from}->{to}"));
    design.links.insert(id, link);
}

/// A rate as written.
pub fn rate(text: &str) -> Value {
    Value::Rate(text.parse().unwrap())
}

/// A number.
pub fn number(value: f64) -> Value {
    Value::Number(value)
}

/// Clients that call a function of 512 MB, 20 ms of CPU time, without logs.
pub fn calls(rate_text: &str) -> Design {
    let mut design = bare();
    node(
        &mut design,
        "clients",
        Archetype::Trigger,
        &[("rate", rate(rate_text))],
    );
    node(
        &mut design,
        "work",
        Archetype::Function,
        &[("log", number(0.0))],
    );
    wire(&mut design, "clients", "work", LinkKind::Request);
    design
}
