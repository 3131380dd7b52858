//! What somebody drew: nodes, links, traffic and intentions.
//!
//! The design is the single source of truth and provider-neutral. It changes
//! only through [`Command`]s applied by an [`Editor`]; it knows no prices, no
//! files and no pixels. Ids are never reused. Only explicit values are stored;
//! defaults live in [`settings`] under a version.

pub mod command;
pub mod editor;
pub mod environment;
pub mod generate;
pub mod link;
pub mod param;
pub mod placement;
pub mod series;
pub mod settings;
pub mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::catalog::{Archetype, FigureId, ProviderId, RegionId, ServiceId};

pub use command::{Command, EditError};
pub use editor::Editor;
pub use environment::{Commitment, Environment, Objectives};
pub use link::{Link, LinkKind, LinkSettings};
pub use param::{Param, ParamPath};
pub use series::Series;
pub use settings::Settings;
pub use value::Value;

/// The version of the defaults that this program fills in.
pub const DEFAULTS_VERSION: u32 = 1;

macro_rules! slugs {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The slug as text.
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

slugs! {
    /// Immutable slug of a node: `checkout`, `checkout-2`.
    NodeId,
    /// Immutable slug of a link: `checkout->orders`, `checkout->orders-2`.
    LinkId,
    /// Immutable slug of a group.
    GroupId,
}

/// Everything that one file holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Design {
    /// Title for people.
    pub name: String,
    /// The question that it answers, or what it is for.
    pub description: String,
    /// Defaults in force when it was last saved.
    pub defaults_version: u32,
    /// Accounts, regions and commercial terms.
    pub environment: Environment,
    /// What "good" means.
    pub objectives: Objectives,
    /// Boxes by id.
    pub nodes: BTreeMap<NodeId, Node>,
    /// Wires by id.
    pub links: BTreeMap<LinkId, Link>,
    /// Named sets of nodes.
    pub groups: BTreeMap<GroupId, Group>,
    /// Numbers that expressions may name.
    pub variables: BTreeMap<String, f64>,
    /// Parameters that follow an expression over the variables.
    pub expressions: BTreeMap<ParamPath, String>,
    /// How uncertain parameters are.
    pub ranges: BTreeMap<ParamPath, Range>,
    /// Catalog figures replaced in this design.
    pub overrides: BTreeMap<FigureId, Override>,
    /// Alternatives, as edits on the base.
    pub scenarios: BTreeMap<String, Vec<Command>>,
    /// What was measured, beside what was assumed.
    pub measurements: Vec<Measurement>,
    /// What the business counts: an order, a report.
    pub business_unit: Option<BusinessUnit>,
    /// Findings that somebody decided to live with.
    pub ignored: BTreeMap<String, String>,
    /// Remarks pinned to nodes or to the canvas.
    pub comments: Vec<Comment>,
    /// Nodes switched off to see what happens.
    pub outages: BTreeSet<NodeId>,
    /// Companions switched off, as `node/companion`.
    pub companions_off: BTreeSet<String>,
    /// Imported resources that became nothing.
    pub unmapped: Vec<Unmapped>,
    /// What triggers replay, by the name of its file; read along with the
    /// design, and not part of its own file.
    #[serde(skip)]
    pub series: BTreeMap<String, Arc<Series>>,
    /// Where things are drawn; carries no meaning.
    pub layout: Layout,
}

/// One box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Free text on the card; the id where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Kind and explicit settings.
    pub settings: Settings,
    /// Provider where it differs from the environment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderId>,
    /// Region where it differs from the environment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionId>,
    /// Services chosen by hand, by provider.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pins: BTreeMap<ProviderId, Pin>,
    /// The group that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// Where it was imported from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Locked nodes refuse edits until unlocked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
}

impl Node {
    /// A node with nothing but its kind.
    pub fn new(settings: Settings) -> Self {
        Self {
            label: String::new(),
            settings,
            provider: None,
            region: None,
            pins: BTreeMap::new(),
            group: None,
            origin: None,
            locked: false,
        }
    }

    /// The kind of the node.
    pub fn archetype(&self) -> Archetype {
        self.settings.archetype()
    }

    /// What to call it on screen.
    pub fn title<'a>(&'a self, id: &'a NodeId) -> &'a str {
        if self.label.is_empty() {
            id.as_str()
        } else {
            &self.label
        }
    }
}

/// A service chosen by hand on one provider, with settings that hold there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// The service.
    pub service: ServiceId,
    /// Settings that differ on this provider, by parameter key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, Value>,
}

/// A named set of nodes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Group {
    /// Title.
    pub label: String,
    /// The group around it.
    pub parent: Option<GroupId>,
}

/// An uncertain parameter: 10 % and 90 % quantiles of belief.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// 10 % quantile, in the parameter's unit.
    pub low: f64,
    /// 90 % quantile, in the parameter's unit.
    pub high: f64,
}

/// A catalog figure replaced in this design.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The value used instead, in the figure's unit.
    pub value: f64,
    /// Why: a contract, a newer page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Something measured about a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// What it measures.
    pub path: ParamPath,
    /// The measured value.
    pub value: Value,
    /// The file that it came from.
    pub file: String,
    /// The day it was taken, `YYYY-MM-DD`.
    pub date: String,
}

/// What the business counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessUnit {
    /// `order`, `report`, `active user` …
    pub name: String,
    /// The trigger whose requests make one.
    pub trigger: NodeId,
    /// Requests of that trigger per unit.
    pub requests_per_unit: f64,
}

/// A remark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// The node it is pinned to; the canvas where empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeId>,
    /// What it says.
    pub text: String,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub author: String,
}

/// Where an imported thing came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// `terraform`, `sam` …
    pub dialect: String,
    /// File, relative to the import's root.
    pub file: String,
    /// Line of the resource, from 1.
    pub line: u32,
    /// The resource's own name.
    pub resource: String,
    /// 1 for proved, less for guessed.
    pub confidence: f64,
}

/// An imported resource that became neither node nor link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unmapped {
    /// Where it stands.
    pub origin: Origin,
    /// Its type in the dialect.
    pub resource_type: String,
    /// Why nothing was made of it.
    pub reason: String,
}

/// Where things are drawn. Moving a box changes neither report nor meaning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Layout {
    /// Centre of each card, in canvas points.
    pub positions: BTreeMap<NodeId, [f32; 2]>,
    /// Bends of links.
    pub reroutes: BTreeMap<LinkId, Vec<[f32; 2]>>,
    /// Groups drawn as one card.
    pub collapsed: BTreeSet<GroupId>,
    /// Saved views: centre and zoom, by digit key.
    pub bookmarks: BTreeMap<u8, (f32, f32, f32)>,
}
