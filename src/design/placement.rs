//! Which service stands for a node where nobody has chosen one.
//!
//! A node asks for features: some that its work cannot do without, some that it
//! would miss. Settings ask, and so do wires. Among a provider's services of
//! the kind that one is chosen which lacks the fewest, then the usual one.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Archetype, Catalog, ProviderId, Service, ServiceId};

use super::settings::{CapacityMode, Package, TriggerKind};
use super::{Design, LinkKind, Node, NodeId, Settings};

/// A workflow that waits longer than this needs a service that lets it [ms].
const LONG_RUN: f64 = 300_000.0;

/// What a node asks of the service that stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The kind.
    pub archetype: Archetype,
    /// Features without which the node cannot do its work.
    pub required: BTreeSet<&'static str>,
    /// Features that it would miss.
    pub wanted: BTreeSet<&'static str>,
    /// The service that was chosen for it on its home provider.
    pub home: Option<ServiceId>,
}

impl Needs {
    /// What settings alone ask for.
    pub fn of_settings(settings: &Settings) -> Self {
        let mut needs = Self {
            archetype: settings.archetype(),
            required: BTreeSet::new(),
            wanted: BTreeSet::new(),
            home: None,
        };
        needs.add_settings(settings);
        needs
    }

    /// What a node asks for in its design; `wires` are of the same design.
    pub fn of(design: &Design, wires: &Wires<'_>, id: &NodeId, node: &Node) -> Self {
        let mut needs = Self::of_settings(&node.settings);
        if let Some(features) = wires.0.get(id) {
            needs.wanted.extend(features);
        }
        let home = node.provider.as_ref();
        let home = home.unwrap_or(&design.environment.provider);
        needs.home = node.pins.get(home).map(|pin| pin.service.clone());
        needs
    }

    fn add_settings(&mut self, settings: &Settings) {
        let mut want = |feature, asked: bool| {
            if asked {
                self.wanted.insert(feature);
            }
        };
        match settings {
            Settings::Queue(queue) if queue.fifo() => {
                self.required.insert("fifo");
            }
            Settings::Topic(topic) if topic.fifo() => {
                self.required.insert("fifo");
            }
            Settings::Gateway(gateway) if gateway.connection() > 0.0 => {
                self.required.insert("websocket");
            }
            Settings::Trigger(trigger) if trigger.source() == TriggerKind::Schedule => {
                self.required.insert("schedule");
            }
            Settings::Function(function) => {
                want("provisioned-concurrency", function.provisioned() > 0);
                want("image", function.package() == Package::Image);
            }
            Settings::Container(container) => want("scale-to-zero", container.minimum() == 0),
            Settings::Workflow(workflow) => {
                want("long-running", workflow.wait().mean().0 > LONG_RUN);
            }
            Settings::Stream(stream) => {
                want(capacity(stream.capacity()), true);
            }
            Settings::Table(table) => {
                want(capacity(table.capacity()), true);
                want("change-stream", table.stream());
                want("indexes", table.indexes() > 0);
                want("backup", table.backup());
                want("replicas", table.replicas() > 0);
            }
            Settings::Database(database) => want("scale-to-zero", database.auto_pause()),
            _ => {}
        }
    }

    /// The features asked for that a service lacks.
    pub fn missing(&self, service: &Service) -> Vec<&'static str> {
        let asked = self.required.iter().chain(&self.wanted);
        asked
            .copied()
            .filter(|feature| !service.features.contains(*feature))
            .collect()
    }
}

fn capacity(mode: CapacityMode) -> &'static str {
    match mode {
        CapacityMode::OnDemand => "on-demand",
        CapacityMode::Provisioned => "provisioned",
    }
}

/// What the wires of a design ask of the nodes at their ends.
pub struct Wires<'a>(BTreeMap<&'a NodeId, BTreeSet<&'static str>>);

impl<'a> Wires<'a> {
    /// Looks at every wire once.
    pub fn of(design: &'a Design) -> Self {
        let mut features: BTreeMap<&NodeId, BTreeSet<&'static str>> = BTreeMap::new();
        for link in design.links.values() {
            let Some(sender) = design.nodes.get(&link.from).map(Node::archetype) else {
                continue;
            };
            let mut ask = |feature| {
                features.entry(&link.from).or_default().insert(feature);
            };
            match (sender, link.kind) {
                (Archetype::Table | Archetype::Database, LinkKind::Poll | LinkKind::Notify) => {
                    ask("change-stream");
                }
                (Archetype::Bucket, LinkKind::Notify) => ask("notifications"),
                (_, LinkKind::DeadLetter) => ask("dead-letter"),
                _ => {}
            }
            if link.settings.filtered() > 0.0 {
                ask("filter");
            }
        }
        Self(features)
    }
}

/// The service that stands for a new node of a kind.
pub fn usual_service<'a>(
    catalog: &'a Catalog,
    provider: &ProviderId,
    kind: Archetype,
) -> Option<&'a Service> {
    let needs = Needs::of_settings(&Settings::default_of(kind));
    automatic_service(catalog, provider, &needs)
}

/// The service that stands for a node where nothing is pinned.
///
/// None for third parties and for triggers that nobody bills, and none where a
/// guess would be wrong: an unknown resource can be anything, and a managed API
/// is only replaced by one that does the same. Where there is no such API the
/// node keeps the one that it has: it can be called from anywhere.
pub fn automatic_service<'a>(
    catalog: &'a Catalog,
    provider: &ProviderId,
    needs: &Needs,
) -> Option<&'a Service> {
    let home = needs.home.as_ref().and_then(|id| catalog.services.get(id));
    match needs.archetype {
        Archetype::External | Archetype::Note | Archetype::Other => return None,
        Archetype::Trigger if needs.required.is_empty() => return None,
        Archetype::Service if home.is_none() => return None,
        _ => {}
    }
    let does_the_same = |service: &Service| {
        needs.archetype != Archetype::Service
            || home.is_some_and(|home| !home.features.is_disjoint(&service.features))
    };
    let speaks_the_same =
        |service: &Service| home.is_some_and(|home| !home.apis.is_disjoint(&service.apis));
    catalog
        .services_of(provider, needs.archetype)
        .filter(|service| needs.required.iter().all(|f| service.features.contains(*f)))
        .filter(|service| does_the_same(service))
        .min_by_key(|service| {
            let missing = needs.missing(service).len();
            (
                missing,
                !speaks_the_same(service),
                service.rank,
                &service.id,
            )
        })
        .or_else(|| home.filter(|home| home.archetype == Archetype::Service))
}
