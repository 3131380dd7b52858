//! A design with every lookup done.
//!
//! Each node becomes a [`Station`] with its service, provider and region; each
//! link a [`Route`] between stations. What cannot be resolved is left out and
//! reported, so that analyses meet no missing name and no default price.

use std::collections::BTreeMap;
use std::sync::Arc;

use petgraph::graph::{DiGraph, NodeIndex};

use crate::catalog::{
    Archetype, Catalog, FigureId, LimitKind, Operation, ProviderId, RegionId, Service,
};
use crate::design::placement::{Needs, Wires, automatic_service};
use crate::design::{
    Design, Environment, Link, LinkId, LinkKind, LinkSettings, Node, NodeId, Series, Settings,
};
use crate::law::Law;
use crate::units::Megabytes;

/// One node, resolved.
#[derive(Clone, Debug)]
pub struct Station<'a> {
    /// The node.
    pub id: NodeId,
    /// Label or id.
    pub label: String,
    /// Explicit settings, pins' settings laid over them.
    pub settings: Settings,
    /// Where it runs.
    pub provider: ProviderId,
    /// In which region.
    pub region: RegionId,
    /// What stands for it; none for triggers without a service, third parties
    /// and what the catalog does not know.
    pub service: Option<&'a Service>,
    /// Whether it is switched off.
    pub out: bool,
}

impl Station<'_> {
    /// The kind.
    pub fn archetype(&self) -> Archetype {
        self.settings.archetype()
    }

    /// The service's law for an operation, if the catalog has one.
    pub fn timing(&self, operation: Operation) -> Option<&Law> {
        Some(&self.service?.timing.get(&operation)?.value)
    }
}

/// One link, resolved.
#[derive(Clone, Debug)]
pub struct Route {
    /// The link.
    pub id: LinkId,
    /// How it carries.
    pub kind: LinkKind,
    /// Explicit settings.
    pub settings: LinkSettings,
}

/// A design with every lookup done.
#[derive(Clone, Debug)]
pub struct System<'a> {
    /// Stations and routes.
    pub graph: DiGraph<Station<'a>, Route>,
    /// Stations by node.
    pub index: BTreeMap<NodeId, NodeIndex>,
    /// The facts.
    pub catalog: &'a Catalog,
    /// Accounts and terms.
    pub environment: Environment,
    /// Companions switched off, as `node/companion`.
    pub companions_off: std::collections::BTreeSet<String>,
    /// What triggers replay, by the name of its file.
    pub series: BTreeMap<String, Arc<Series>>,
    /// The provider of nodes that name none.
    pub provider: ProviderId,
    /// The region of nodes that name none.
    pub region: RegionId,
}

impl System<'_> {
    /// The triggers, by id.
    pub fn triggers(&self) -> Vec<NodeIndex> {
        self.index
            .values()
            .copied()
            .filter(|&node| self.graph[node].archetype() == Archetype::Trigger)
            .collect()
    }

    /// A quota in force: raised in the environment, or else the catalog's.
    pub fn limit(&self, node: NodeIndex, kind: LimitKind) -> Option<f64> {
        let limit = self.graph[node].service?.limits.get(&kind)?;
        let raised = self.environment.raised_limits.get(&limit.value.id);
        Some(raised.copied().unwrap_or(limit.value.value))
    }

    /// The catalog figure behind a quota.
    pub fn limit_figure(&self, node: NodeIndex, kind: LimitKind) -> Option<&FigureId> {
        Some(&self.graph[node].service?.limits.get(&kind)?.value.id)
    }
}

/// Something that could not be resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// No service of the provider stands for the node.
    NoService {
        /// The node.
        node: NodeId,
        /// Its kind.
        archetype: Archetype,
        /// The provider.
        provider: ProviderId,
    },
    /// The pinned service does not exist.
    NoSuchPin {
        /// The node.
        node: NodeId,
        /// What was pinned.
        service: String,
    },
    /// An end of the link does not exist.
    DanglingLink {
        /// The link.
        link: LinkId,
        /// The missing end.
        missing: NodeId,
    },
    /// The ends cannot play their parts.
    IllegalLink {
        /// The link.
        link: LinkId,
        /// Why.
        reason: String,
    },
    /// The provider has no such region.
    NoRegion {
        /// The region.
        region: RegionId,
        /// The provider.
        provider: ProviderId,
    },
    /// The pinned service is of another kind.
    WrongKind {
        /// The node.
        node: NodeId,
        /// The pinned service's name.
        service: String,
        /// What it can stand for.
        archetype: Archetype,
    },
    /// The provider is not in the catalog.
    NoProvider {
        /// Its id.
        provider: ProviderId,
    },
}

/// A system, and what was left out of it.
pub struct Resolved<'a> {
    /// What could be resolved.
    pub system: System<'a>,
    /// What could not.
    pub problems: Vec<Unresolved>,
}

/// Looks everything up; never fails.
///
/// `provider` and `region` replace the environment's where given.
pub fn resolve<'a>(
    design: &Design,
    catalog: &'a Catalog,
    provider: Option<&ProviderId>,
    region: Option<&RegionId>,
) -> Resolved<'a> {
    let home = provider.unwrap_or(&design.environment.provider).clone();
    let mut problems = Vec::new();
    if !catalog.providers.contains_key(&home) {
        problems.push(Unresolved::NoProvider {
            provider: home.clone(),
        });
    }
    let mut system = System {
        graph: DiGraph::new(),
        index: BTreeMap::new(),
        catalog,
        environment: design.environment.clone(),
        companions_off: design.companions_off.clone(),
        series: design.series.clone(),
        region: region
            .cloned()
            .unwrap_or_else(|| home_region(&design.environment, catalog, &home)),
        provider: home,
    };
    check_region(&system, &mut problems);
    let wires = Wires::of(design);
    for (id, node) in &design.nodes {
        if node.archetype() != Archetype::Note {
            let mut station = station(design, &system, &wires, (id, node), &mut problems);
            station.out = design.outages.contains(id);
            let index = system.graph.add_node(station);
            system.index.insert(id.clone(), index);
        }
    }
    for (id, link) in &design.links {
        match route(&system, id, link) {
            Ok((from, to, route)) => {
                system.graph.add_edge(from, to, route);
            }
            Err(problem) => problems.push(problem),
        }
    }
    Resolved { system, problems }
}

fn check_region(system: &System<'_>, problems: &mut Vec<Unresolved>) {
    let provider = system.catalog.providers.get(&system.provider);
    if provider.is_some_and(|provider| !provider.regions.contains_key(&system.region)) {
        problems.push(Unresolved::NoRegion {
            region: system.region.clone(),
            provider: system.provider.clone(),
        });
    }
}

/// The region that a design names for a provider; else the peer of its home
/// region, in the same part of the world; else the provider's default.
fn home_region(environment: &Environment, catalog: &Catalog, provider: &ProviderId) -> RegionId {
    let own = environment.regions.get(provider);
    let default = || Some(&catalog.providers.get(provider)?.default_region);
    own.or_else(|| peer_region(environment, catalog, provider))
        .or_else(default)
        .cloned()
        .unwrap_or_default()
}

fn peer_region<'a>(
    environment: &Environment,
    catalog: &'a Catalog,
    provider: &ProviderId,
) -> Option<&'a RegionId> {
    let home = catalog.providers.get(&environment.provider)?;
    let region = environment.regions.get(&home.id);
    let area = home.areas.get(region.unwrap_or(&home.default_region))?;
    let areas = &catalog.providers.get(provider)?.areas;
    let mut peers = areas.iter().filter(|(_, other)| *other == area);
    peers.next().map(|(region, _)| region)
}

fn station<'a>(
    design: &Design,
    system: &System<'a>,
    wires: &Wires<'_>,
    (id, node): (&NodeId, &Node),
    problems: &mut Vec<Unresolved>,
) -> Station<'a> {
    let provider = node.provider.as_ref().unwrap_or(&system.provider).clone();
    let region = node.region.clone().unwrap_or_else(|| {
        if provider == system.provider {
            system.region.clone()
        } else {
            home_region(&design.environment, system.catalog, &provider)
        }
    });
    let mut settings = node.settings.clone();
    if let Some(pin) = node.pins.get(&provider) {
        for (key, value) in &pin.settings {
            // The editor has checked them; a hand-written misfit keeps the
            // design's own value.
            let _ = crate::design::param::Parameters::set(&mut settings, key, Some(value.clone()));
        }
    }
    let needs = || Needs::of(design, wires, id, node);
    let service = service(system.catalog, (id, node), &needs, &provider, problems);
    fit_memory(&mut settings, service);
    // A managed API that has no counterpart stays where it is.
    let (provider, region) = match service.map(|service| service.id.provider()) {
        Some(own) if own != provider => {
            let region = home_region(&design.environment, system.catalog, &own);
            (own, region)
        }
        _ => (provider, region),
    };
    Station {
        id: id.clone(),
        label: node.title(id).to_owned(),
        settings,
        provider,
        region,
        service,
        out: false,
    }
}

/// The service that stands for a node: pinned, or the catalog's choice.
fn service<'a>(
    catalog: &'a Catalog,
    (id, node): (&NodeId, &Node),
    needs: &dyn Fn() -> Needs,
    provider: &ProviderId,
    problems: &mut Vec<Unresolved>,
) -> Option<&'a Service> {
    let archetype = node.archetype();
    if let Some(pin) = node.pins.get(provider) {
        let service = catalog.services.get(&pin.service);
        if let Some(other) = service.filter(|s| s.archetype != archetype) {
            problems.push(Unresolved::WrongKind {
                node: id.clone(),
                service: other.name.clone(),
                archetype: other.archetype,
            });
            return None;
        }
        if service.is_none() {
            problems.push(Unresolved::NoSuchPin {
                node: id.clone(),
                service: pin.service.to_string(),
            });
        }
        return service;
    }
    let service = automatic_service(catalog, provider, &needs());
    let needs_one = !matches!(
        archetype,
        Archetype::Trigger | Archetype::External | Archetype::Note
    );
    if service.is_none() && needs_one {
        problems.push(Unresolved::NoService {
            node: id.clone(),
            archetype,
            provider: provider.clone(),
        });
    }
    service
}

/// Gives a function the memory that its service has: the next size, or the
/// largest.
fn fit_memory(settings: &mut Settings, service: Option<&Service>) {
    let (Settings::Function(function), Some(compute)) = (
        settings,
        service.and_then(|service| service.compute.as_ref()),
    ) else {
        return;
    };
    let asked = function.memory().0;
    let given = compute.memory(asked);
    if given != asked {
        function.memory = Some(Megabytes(given));
    }
}

fn route(
    system: &System<'_>,
    id: &LinkId,
    link: &Link,
) -> Result<(NodeIndex, NodeIndex, Route), Unresolved> {
    let end = |node: &NodeId| {
        system
            .index
            .get(node)
            .copied()
            .ok_or_else(|| Unresolved::DanglingLink {
                link: id.clone(),
                missing: node.clone(),
            })
    };
    let (from, to) = (end(&link.from)?, end(&link.to)?);
    let (sender, receiver) = (system.graph[from].archetype(), system.graph[to].archetype());
    if !link.kind.allows(sender, receiver) {
        return Err(Unresolved::IllegalLink {
            link: id.clone(),
            reason: crate::design::link::refusal(sender, receiver),
        });
    }
    let route = Route {
        id: id.clone(),
        kind: link.kind,
        settings: link.settings.clone(),
    };
    Ok((from, to, route))
}
