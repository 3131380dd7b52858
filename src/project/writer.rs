//! Writes the canonical text of a design.
//!
//! Made for version control: equal designs give equal bytes, maps are sorted,
//! what is empty or default is left out, each node is a block of its own, and
//! the layout, which carries no meaning, comes last with one position a line.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::{FigureId, ProviderId, RegionId, ServiceId};
use crate::design::environment::LatencyObjective;
use crate::design::{
    Commitment, DEFAULTS_VERSION, Design, Environment, Group, GroupId, Layout, NodeId, Objectives,
};
use crate::notation::{self, WriteError};

use super::FORMAT;

/// Lines of a block get longer than this only where one setting does.
const WIDTH: usize = 100;

/// The canonical text of a design.
///
/// # Errors
///
/// When its scenarios nest deeper than a file can hold.
pub fn write(design: &Design) -> Result<String, WriteError> {
    let mut file = Writer::default();
    file.value("format", &FORMAT)?;
    let defaults = match design.defaults_version {
        0 => DEFAULTS_VERSION,
        version => version,
    };
    file.value("defaults_version", &defaults)?;
    file.value("name", &design.name)?;
    if !design.description.is_empty() {
        file.value("description", &design.description)?;
    }
    file.value("environment", &EnvironmentV1::from(&design.environment))?;
    if design.objectives != Objectives::default() {
        file.value("objectives", &ObjectivesV1::from(&design.objectives))?;
    }
    if let Some(unit) = &design.business_unit {
        file.value("business_unit", unit)?;
    }
    file.map("variables", &design.variables)?;
    file.entries(1, "nodes", &design.nodes, Style::Block)?;
    file.map("links", &design.links)?;
    let groups = design
        .groups
        .iter()
        .map(|(id, group)| (id, GroupV1::from(group)));
    file.map("groups", &groups.collect())?;
    file.map("expressions", &design.expressions)?;
    file.map("ranges", &design.ranges)?;
    file.map("overrides", &design.overrides)?;
    file.map("scenarios", &design.scenarios)?;
    file.list("measurements", &design.measurements)?;
    file.map("ignored", &design.ignored)?;
    file.list("comments", &design.comments)?;
    file.list("outages", &design.outages)?;
    file.list("companions_off", &design.companions_off)?;
    file.list("unmapped", &design.unmapped)?;
    file.layout(&design.layout)?;
    Ok(file.finish())
}

#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn value<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), WriteError> {
        let value = wrapped(value, 1, name.len() + 2, Style::Fit)?;
        self.item(1, &format!("{name}: {value}"));
        Ok(())
    }

    fn map<K: Serialize, V: Serialize>(
        &mut self,
        name: &str,
        map: &BTreeMap<K, V>,
    ) -> Result<(), WriteError> {
        self.entries(1, name, map, Style::Fit)
    }

    fn entries<K: Serialize, V: Serialize>(
        &mut self,
        level: usize,
        name: &str,
        map: &BTreeMap<K, V>,
        style: Style,
    ) -> Result<(), WriteError> {
        if map.is_empty() {
            return Ok(());
        }
        self.item_without_comma(level, &format!("{name}: {{"));
        for (key, value) in map {
            let key = notation::write(key, 0)?;
            let value = wrapped(value, level + 1, key.len() + 2, style)?;
            self.item(level + 1, &format!("{key}: {value}"));
        }
        self.item(level, "}");
        Ok(())
    }

    fn list<'a, T: Serialize + 'a>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = &'a T>,
    ) -> Result<(), WriteError> {
        let mut items = items.into_iter().peekable();
        if items.peek().is_none() {
            return Ok(());
        }
        self.item_without_comma(1, &format!("{name}: ["));
        for item in items {
            let item = wrapped(item, 2, 0, Style::Fit)?;
            self.item(2, &item);
        }
        self.item(1, "]");
        Ok(())
    }

    fn layout(&mut self, layout: &Layout) -> Result<(), WriteError> {
        if *layout == Layout::default() {
            return Ok(());
        }
        self.item_without_comma(1, "layout: (");
        let positions = layout.positions.iter().map(|(id, at)| (id, at.map(tenth)));
        self.entries(2, "positions", &positions.collect(), Style::Fit)?;
        let bends = |points: &[[f32; 2]]| points.iter().map(|at| at.map(tenth)).collect::<Vec<_>>();
        let reroutes = layout
            .reroutes
            .iter()
            .map(|(id, points)| (id, bends(points)));
        self.entries(2, "reroutes", &reroutes.collect(), Style::Fit)?;
        if !layout.collapsed.is_empty() {
            let collapsed = notation::write(&layout.collapsed, 0)?;
            self.item(2, &format!("collapsed: {collapsed}"));
        }
        self.entries(2, "bookmarks", &layout.bookmarks, Style::Fit)?;
        self.item(1, ")");
        Ok(())
    }

    fn item(&mut self, level: usize, text: &str) {
        self.item_without_comma(level, text);
        // Behind the text, before its line's end.
        self.text.truncate(self.text.len() - 1);
        self.text.push_str(",\n");
    }

    fn item_without_comma(&mut self, level: usize, text: &str) {
        for line in text.lines() {
            self.text.push_str(&"    ".repeat(level));
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    fn finish(self) -> String {
        format!("(\n{})\n", self.text)
    }
}

/// How the outermost level of a value is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// On one line where it fits.
    Fit,
    /// One field a line.
    Block,
}

/// A value on as few lines as its style and [`WIDTH`] allow; two levels are
/// opened up at most.
fn wrapped<T: Serialize>(
    value: &T,
    level: usize,
    before: usize,
    style: Style,
) -> Result<String, WriteError> {
    let indent = 4 * level;
    if style == Style::Fit {
        let short = notation::write(value, 0)?;
        // Behind it comes a comma.
        if indent + before + short.len() < WIDTH {
            return Ok(short);
        }
    }
    let open = notation::write(value, 1)?;
    if open.lines().all(|line| indent + line.len() <= WIDTH) {
        return Ok(open);
    }
    notation::write(value, 2)
}

/// To a tenth of a point, so that a file does not churn with the mouse.
fn tenth(coordinate: f32) -> f32 {
    let rounded = (f64::from(coordinate) * 10.0).round() / 10.0;
    #[expect(clippy::cast_possible_truncation, reason = "it came from an f32")]
    let rounded = rounded as f32;
    // Adding zero turns -0 into 0.
    rounded + 0.0
}

/// The environment: the provider always, the rest where it is not the default.
#[derive(Serialize)]
struct EnvironmentV1<'a> {
    provider: &'a ProviderId,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    regions: &'a BTreeMap<ProviderId, RegionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_opened: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    free_tier: Option<bool>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    raised_limits: &'a BTreeMap<FigureId, f64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    discounts: &'a BTreeMap<ServiceId, f64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    commitments: &'a BTreeMap<ServiceId, Commitment>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    already_used: &'a BTreeMap<FigureId, f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copies: Option<u32>,
}

impl<'a> From<&'a Environment> for EnvironmentV1<'a> {
    fn from(environment: &'a Environment) -> Self {
        let default = Environment::default();
        Self {
            provider: &environment.provider,
            regions: &environment.regions,
            account_opened: environment.account_opened.as_deref(),
            free_tier: Some(environment.free_tier).filter(|free| *free != default.free_tier),
            raised_limits: &environment.raised_limits,
            discounts: &environment.discounts,
            commitments: &environment.commitments,
            already_used: &environment.already_used,
            copies: Some(environment.copies).filter(|copies| *copies != default.copies),
        }
    }
}

#[derive(Serialize)]
struct ObjectivesV1<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<f64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    latency: &'a BTreeMap<NodeId, Vec<LatencyObjective>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_rate: Option<f64>,
}

impl<'a> From<&'a Objectives> for ObjectivesV1<'a> {
    fn from(objectives: &'a Objectives) -> Self {
        Self {
            budget: objectives.budget,
            latency: &objectives.latency,
            error_rate: objectives.error_rate,
        }
    }
}

#[derive(Serialize)]
struct GroupV1<'a> {
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a GroupId>,
}

impl<'a> From<&'a Group> for GroupV1<'a> {
    fn from(group: &'a Group) -> Self {
        Self {
            label: &group.label,
            parent: group.parent.as_ref(),
        }
    }
}
