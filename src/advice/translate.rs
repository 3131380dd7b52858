//! A design on another provider: which service stands for each node, and how
//! faithfully.
//!
//! Never a silent substitute: each node gets a grade and the reason for it.
//! Which service it is decides [`crate::design::placement`], as for every
//! analysis; here is only judged what it makes of the node.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::{Archetype, Catalog, LimitKind, ProviderId, Service, ServiceId};
use crate::design::placement::{Needs, Wires, automatic_service};
use crate::design::settings::{FunctionSettings, Package};
use crate::design::{Design, Link, LinkSettings, Node, NodeId, Settings};
use crate::format;

/// How much of a node survives the move; worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fidelity {
    /// The same protocol or service: nothing has to change.
    Exact,
    /// The same job with other semantics: code and operations change.
    Near,
    /// Something that the design asks for is lost.
    Lossy,
    /// Nothing there can do it.
    Impossible,
}

impl Fidelity {
    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Near => "near",
            Self::Lossy => "lossy",
            Self::Impossible => "impossible",
        }
    }
}

/// One node on another provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Translation {
    /// The service that stands for it; none where nothing can, and for what no
    /// provider bills.
    pub service: Option<ServiceId>,
    /// Its short name.
    pub service_name: String,
    /// How faithful that is.
    pub fidelity: Fidelity,
    /// Why.
    pub reason: String,
    /// Whether a provider is bound to it at all.
    #[serde(skip)]
    pub is_bound: bool,
}

/// Every node of a design on a provider; notes are left out.
pub fn translate(
    design: &Design,
    catalog: &Catalog,
    provider: &ProviderId,
) -> BTreeMap<NodeId, Translation> {
    let wires = Wires::of(design);
    let nodes = design.nodes.iter();
    nodes
        .filter(|(_, node)| node.archetype() != Archetype::Note)
        .map(|(id, node)| {
            let judge = Judge {
                design,
                catalog,
                id,
                node,
            };
            (id.clone(), judge.translation(&wires, provider))
        })
        .collect()
}

/// Share of the nodes that would not survive a move well: those below near.
///
/// Counted over the nodes that a provider is bound to; 0 where there are none.
pub fn lock_in<'a>(nodes: impl IntoIterator<Item = &'a Translation>) -> f64 {
    let bound: Vec<_> = nodes.into_iter().filter(|node| node.is_bound).collect();
    if bound.is_empty() {
        return 0.0;
    }
    let locked = bound.iter().filter(|node| node.fidelity > Fidelity::Near);
    #[expect(clippy::cast_precision_loss, reason = "counts of nodes")]
    let share = locked.count() as f64 / bound.len() as f64;
    share
}

struct Judge<'a> {
    design: &'a Design,
    catalog: &'a Catalog,
    id: &'a NodeId,
    node: &'a Node,
}

impl Judge<'_> {
    fn translation(&self, wires: &Wires<'_>, provider: &ProviderId) -> Translation {
        let home = &self.design.environment.provider;
        let stays = self.node.provider.as_ref();
        let target = stays.unwrap_or(provider);
        let needs = Needs::of(self.design, wires, self.id, self.node);
        let pin = self.node.pins.get(target);
        let service = match pin {
            Some(pin) => self.catalog.services.get(&pin.service),
            None => automatic_service(self.catalog, target, &needs),
        };
        if service.is_none() && is_free_of_providers(self.node, &needs) {
            return judged(None, Fidelity::Exact, "no provider is bound to it", false);
        }
        let Some(service) = service.filter(|s| s.archetype == self.node.archetype()) else {
            return judged(None, Fidelity::Impossible, &self.nothing(target), true);
        };
        if let Some(stays) = stays {
            let reason = format!("stays on {}", self.name_of(stays));
            return judged(Some(service), Fidelity::Exact, &reason, true);
        }
        if target == home {
            return judged(Some(service), Fidelity::Exact, "as designed", true);
        }
        if service.id.provider() != *target {
            let reason = format!("stays {}, called from outside", service.name);
            return judged(Some(service), Fidelity::Lossy, &reason, true);
        }
        if let Some(reason) = self.impossible(service) {
            return judged(Some(service), Fidelity::Impossible, &reason, true);
        }
        let lost = self.lost(service, &needs);
        if !lost.is_empty() {
            return judged(Some(service), Fidelity::Lossy, &lost.join("; "), true);
        }
        let (fidelity, mut reason) = self.likeness(service, home, &needs);
        if pin.is_some() {
            reason.push_str("; chosen by hand");
        }
        if let Some(memory) = self.other_memory(service) {
            reason.push_str(&format!("; {memory}"));
        }
        judged(Some(service), fidelity, &reason, true)
    }

    fn name_of(&self, provider: &ProviderId) -> String {
        let known = self.catalog.providers.get(provider);
        known.map_or_else(|| provider.to_string(), |known| known.name.clone())
    }

    /// Why nothing stands for the node.
    fn nothing(&self, provider: &ProviderId) -> String {
        let kind = self.node.archetype();
        let label = match kind {
            Archetype::Cdn => "CDN".to_owned(),
            _ => kind.label().to_lowercase(),
        };
        if kind == Archetype::Other {
            return "nothing is known of this resource".to_owned();
        }
        let required = Needs::of_settings(&self.node.settings).required;
        let kinds = self.catalog.services_of(provider, kind).count();
        match required.iter().next() {
            Some(feature) if kinds > 0 => {
                format!("no {label} with {}", feature_text(feature))
            }
            _ if kind == Archetype::Service => "no service that does the same".to_owned(),
            _ => format!("no {label}"),
        }
    }

    /// Why the node's work cannot be done there at all.
    fn impossible(&self, service: &Service) -> Option<String> {
        let Settings::Function(function) = &self.node.settings else {
            return None;
        };
        let compute = service.compute.as_ref()?;
        let runtime = function.runtime().text();
        let brings_its_own =
            function.package() == Package::Image && service.features.contains("image");
        if !brings_its_own && !compute.init.contains_key(runtime) {
            return Some(format!("{runtime} does not run on {}", service.short));
        }
        let (needs, most) = (function.working_set().0, compute.memory(f64::MAX));
        (needs > most).then(|| {
            format!(
                "needs {}, {} has {} at most",
                format::memory_mb(needs),
                service.short,
                format::memory_mb(most)
            )
        })
    }

    /// What the design asks for and does not get.
    fn lost(&self, service: &Service, needs: &Needs) -> Vec<String> {
        let missing = needs.missing(service).into_iter();
        let mut lost: Vec<String> = missing
            .map(|feature| format!("no {}", feature_text(feature)))
            .collect();
        let limit = |kind| Some(service.limits.get(&kind)?.value.value);
        if let (Settings::Function(function), Some(most)) =
            (&self.node.settings, limit(LimitKind::Timeout))
        {
            let asked = FunctionSettings::timeout(function).0;
            if asked > most {
                lost.push(format!(
                    "cut off after {}, not {}",
                    format::millis(most),
                    format::millis(asked)
                ));
            }
        }
        lost.extend(self.too_long(limit(LimitKind::Retention)));
        let kind = if service.archetype == Archetype::Function
            || service.archetype == Archetype::Gateway
        {
            LimitKind::RequestPayload
        } else {
            LimitKind::EventPayload
        };
        lost.extend(self.too_large(limit(kind)));
        lost
    }

    /// Items kept longer than the service can.
    fn too_long(&self, most: Option<f64>) -> Option<String> {
        let kept = match &self.node.settings {
            Settings::Queue(queue) => queue.retention().0 / 1_000.0,
            Settings::Stream(stream) => stream.retention() * 3_600.0,
            _ => return None,
        };
        let most = most.filter(|most| kept > *most)?;
        Some(format!(
            "keeps for {}, not {}",
            format::millis(most * 1_000.0),
            format::millis(kept * 1_000.0)
        ))
    }

    /// What arrives and is larger than the service takes.
    fn too_large(&self, most: Option<f64>) -> Option<String> {
        let incoming = self
            .design
            .links
            .values()
            .filter(|link| link.to == *self.id);
        let largest = incoming
            .map(|link: &Link| LinkSettings::payload(&link.settings).0)
            .fold(0.0, f64::max);
        let most = most.filter(|most| largest > *most)?;
        Some(format!(
            "takes {} at most, not {}",
            format::size_kb(most),
            format::size_kb(largest)
        ))
    }

    /// Exact where both services speak one protocol, else near.
    fn likeness(&self, service: &Service, home: &ProviderId, needs: &Needs) -> (Fidelity, String) {
        let pinned = needs.home.as_ref();
        let at_home = match pinned {
            Some(id) => self.catalog.services.get(id),
            None => automatic_service(self.catalog, home, needs),
        };
        let Some(at_home) = at_home else {
            return (Fidelity::Near, format!("{} takes its place", service.short));
        };
        if let Some(api) = at_home.apis.intersection(&service.apis).next() {
            let reason = format!("both speak {}", feature_text(api));
            return (Fidelity::Exact, reason);
        }
        let reason = format!("{} in place of {}", service.short, at_home.short);
        (Fidelity::Near, reason)
    }

    /// That the function gets another size than it asks for.
    fn other_memory(&self, service: &Service) -> Option<String> {
        let Settings::Function(function) = &self.node.settings else {
            return None;
        };
        let asked = function.memory().0;
        let given = service.compute.as_ref()?.memory(asked);
        (given != asked).then(|| {
            format!(
                "runs with {}, not {}",
                format::memory_mb(given),
                format::memory_mb(asked)
            )
        })
    }
}

/// Whether a node is nobody's service: a client, a third party.
fn is_free_of_providers(node: &Node, needs: &Needs) -> bool {
    match node.archetype() {
        Archetype::External => true,
        Archetype::Trigger => needs.required.is_empty(),
        _ => false,
    }
}

fn judged(
    service: Option<&Service>,
    fidelity: Fidelity,
    reason: &str,
    is_bound: bool,
) -> Translation {
    Translation {
        service: service.map(|service| service.id.clone()),
        service_name: service.map(|s| s.short.clone()).unwrap_or_default(),
        fidelity,
        reason: reason.to_owned(),
        is_bound,
    }
}

/// A feature or protocol for people.
pub(super) fn feature_text(feature: &str) -> String {
    let known = match feature {
        "fifo" => "strict order",
        "websocket" => "open connections",
        "schedule" => "schedules",
        "on-demand" => "capacity on demand",
        "provisioned" => "provisioned capacity",
        "notifications" => "notifications of new objects",
        "dead-letter" => "dead-letter queue",
        "filter" => "filters",
        "indexes" => "secondary indexes",
        "backup" => "continuous backup",
        "replicas" => "replicas in other regions",
        "image" => "container images",
        "long-running" => "runs of more than five minutes",
        "scale-to-zero" => "scaling to zero",
        "postgres" => "PostgreSQL",
        "mysql" => "MySQL",
        "redis" => "Redis",
        "s3" => "the S3 API",
        "kafka" => "Kafka",
        "oci-image" => "container images",
        "mqtt" => "MQTT",
        "sqlite" => "SQLite",
        "mongodb" => "MongoDB",
        other => return other.replace('-', " "),
    };
    known.to_owned()
}
