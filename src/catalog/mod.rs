//! Immutable facts: providers, services, prices, limits and timings.
//!
//! A service is one RON file, a provider a folder; neither needs Rust. Every
//! figure carries its source, the day it was read and a grade. This module
//! knows no design: it answers what things cost and how they behave, never
//! what somebody drew.

pub mod service;
pub mod sourced;
pub mod vocabulary;

mod load;

mod check;

mod embedded;

mod figures;

pub mod billing;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use figures::{FigureRef, OverrideError};
pub use load::{CatalogError, CatalogProblem};
pub use service::{
    Allowance, AllowanceKind, AllowancePeriod, Combine, Commitment, Companion, Compute, Credit,
    Exceeded, Limit, LimitKind, LimitScope, Meter, Operation, Polling, Provider, Scaling, Service,
    Tier, Usd,
};
pub use sourced::{FigureId, Grade, Source, Sourced};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// A provider: `aws`, `azure` …
    ProviderId,
    /// A service: `aws.lambda` …
    ServiceId,
    /// A region in the provider's own spelling: `us-east-1` …
    RegionId,
}

impl ServiceId {
    /// The provider before the first dot.
    pub fn provider(&self) -> ProviderId {
        ProviderId(self.0.split('.').next().unwrap_or_default().to_owned())
    }
}

/// The kinds of node that a design can hold; services are variants of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Archetype {
    /// Where events start.
    Trigger,
    /// Front door for requests.
    Gateway,
    /// Cache in front.
    Cdn,
    /// Short-lived compute.
    Function,
    /// Always-on or autoscaled compute.
    Container,
    /// Orchestration.
    Workflow,
    /// Pull queue.
    Queue,
    /// Push publish and subscribe.
    Topic,
    /// Routed events.
    Bus,
    /// Ordered, sharded log or delivery stream.
    Stream,
    /// Key-value or document store.
    Table,
    /// Relational database.
    Database,
    /// In-memory store.
    Cache,
    /// Object store.
    Bucket,
    /// Text and log search.
    Search,
    /// A managed API billed per call.
    Service,
    /// A third party.
    External,
    /// Something imported that the catalog does not know.
    Other,
    /// Text on the canvas.
    Note,
}

impl Archetype {
    /// All archetypes, in reading order.
    pub const ALL: [Self; 19] = [
        Self::Trigger,
        Self::Gateway,
        Self::Cdn,
        Self::Function,
        Self::Container,
        Self::Workflow,
        Self::Queue,
        Self::Topic,
        Self::Bus,
        Self::Stream,
        Self::Table,
        Self::Database,
        Self::Cache,
        Self::Bucket,
        Self::Search,
        Self::Service,
        Self::External,
        Self::Other,
        Self::Note,
    ];

    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Trigger => "Trigger",
            Self::Gateway => "Gateway",
            Self::Cdn => "CDN",
            Self::Function => "Function",
            Self::Container => "Container",
            Self::Workflow => "Workflow",
            Self::Queue => "Queue",
            Self::Topic => "Topic",
            Self::Bus => "Event bus",
            Self::Stream => "Stream",
            Self::Table => "Table",
            Self::Database => "Database",
            Self::Cache => "Cache",
            Self::Bucket => "Bucket",
            Self::Search => "Search",
            Self::Service => "Managed service",
            Self::External => "Third party",
            Self::Other => "Unknown resource",
            Self::Note => "Note",
        }
    }
}

impl fmt::Display for Archetype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// All providers and services, read once and never changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalog {
    /// Providers by id.
    pub providers: BTreeMap<ProviderId, Provider>,
    /// Services by id.
    pub services: BTreeMap<ServiceId, Service>,
}

impl Catalog {
    /// The service that stands for an archetype on a provider: the lowest rank
    /// that has every required feature.
    pub fn default_service(
        &self,
        provider: &ProviderId,
        archetype: Archetype,
        required: &[&str],
    ) -> Option<&Service> {
        self.services_of(provider, archetype)
            .filter(|service| required.iter().all(|f| service.features.contains(*f)))
            .min_by_key(|service| (service.rank, &service.id))
    }

    /// All services of an archetype on a provider, by id.
    pub fn services_of(
        &self,
        provider: &ProviderId,
        archetype: Archetype,
    ) -> impl Iterator<Item = &Service> {
        self.services
            .values()
            .filter(move |s| s.archetype == archetype && s.id.provider() == *provider)
    }

    /// Where a figure comes from; the loader has checked that it exists.
    pub fn source(&self, provider: &ProviderId, key: &str) -> Option<&Source> {
        self.providers.get(provider)?.sources.get(key)
    }
}
