//! Format 1 of the project file.
//!
//! The outermost level is a mirror of [`Design`], so that the design may
//! change without breaking files; what is in a block is the design's own type.
//! A change to those that old files cannot follow needs a new format with a
//! mirror beside this one, and a step from here to there.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::catalog::FigureId;
use crate::design::{
    BusinessUnit, Command, Comment, DEFAULTS_VERSION, Design, Environment, Group, GroupId, Layout,
    Link, LinkId, Measurement, Node, NodeId, Objectives, Override, ParamPath, Range, Unmapped,
};

/// The sections of a file, in their order.
pub(super) const SECTIONS: [&str; 22] = [
    "format",
    "defaults_version",
    "name",
    "description",
    "environment",
    "objectives",
    "business_unit",
    "variables",
    "nodes",
    "links",
    "groups",
    "expressions",
    "ranges",
    "overrides",
    "scenarios",
    "measurements",
    "ignored",
    "comments",
    "outages",
    "companions_off",
    "unmapped",
    "layout",
];

/// The sections of the layout.
pub(super) const LAYOUT: [&str; 4] = ["positions", "reroutes", "collapsed", "bookmarks"];

fn first_defaults() -> u32 {
    DEFAULTS_VERSION
}

/// A whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(rename = "Design", deny_unknown_fields)]
pub(super) struct FileV1 {
    /// Always 1; looked at before anything is parsed.
    #[serde(rename = "format")]
    _format: u32,
    #[serde(default = "first_defaults")]
    pub defaults_version: u32,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub environment: Environment,
    #[serde(default)]
    pub objectives: Objectives,
    #[serde(default)]
    pub business_unit: Option<BusinessUnit>,
    #[serde(default)]
    pub variables: BTreeMap<String, f64>,
    #[serde(default)]
    pub nodes: BTreeMap<NodeId, Node>,
    #[serde(default)]
    pub links: BTreeMap<LinkId, Link>,
    #[serde(default)]
    pub groups: BTreeMap<GroupId, Group>,
    #[serde(default)]
    pub expressions: BTreeMap<ParamPath, String>,
    #[serde(default)]
    pub ranges: BTreeMap<ParamPath, Range>,
    #[serde(default)]
    pub overrides: BTreeMap<FigureId, Override>,
    #[serde(default)]
    pub scenarios: BTreeMap<String, Vec<Command>>,
    #[serde(default)]
    pub measurements: Vec<Measurement>,
    #[serde(default)]
    pub ignored: BTreeMap<String, String>,
    #[serde(default)]
    pub comments: Vec<Comment>,
    #[serde(default)]
    pub outages: BTreeSet<NodeId>,
    #[serde(default)]
    pub companions_off: BTreeSet<String>,
    #[serde(default)]
    pub unmapped: Vec<Unmapped>,
    #[serde(default)]
    pub layout: Layout,
}

impl From<FileV1> for Design {
    fn from(file: FileV1) -> Self {
        Self {
            name: file.name,
            description: file.description,
            defaults_version: file.defaults_version,
            environment: file.environment,
            objectives: file.objectives,
            nodes: file.nodes,
            links: file.links,
            groups: file.groups,
            variables: file.variables,
            expressions: file.expressions,
            ranges: file.ranges,
            overrides: file.overrides,
            scenarios: file.scenarios,
            measurements: file.measurements,
            business_unit: file.business_unit,
            ignored: file.ignored,
            comments: file.comments,
            outages: file.outages,
            companions_off: file.companions_off,
            unmapped: file.unmapped,
            series: BTreeMap::new(),
            layout: file.layout,
        }
    }
}
