//! What a rule sees: the design, its report, and the graph between.

use std::collections::BTreeMap;

use crate::catalog::{Archetype, Catalog, LimitKind, ProviderId, RegionId, Service, ServiceId};
use crate::design::param::Parameters;
use crate::design::settings::FunctionSettings;
use crate::design::{
    Command, Design, Editor, Link, LinkId, LinkKind, Node, NodeId, ParamPath, Pin, Settings, Value,
};
use crate::report::{self, NodeReport, Options, Report};

use super::Effect;

/// A saving below this is noise [USD/month].
pub(super) const WORTH: f64 = 1.0;
/// Growth of the slowest trigger's 99th percentile that counts as none.
const SLOWER: f64 = 0.002;
/// Nodes of a kind that sweeps of settings are tried on.
const SWEPT: usize = 10;
/// Events of a month at one a second.
pub(super) const MONTH: f64 = crate::units::SECONDS_PER_MONTH;

/// What a rule sees.
pub struct Facts<'a> {
    /// What somebody drew.
    pub design: &'a Design,
    /// Prices, limits and features.
    pub catalog: &'a Catalog,
    /// What was computed about the design.
    pub report: &'a Report,
    /// What mended designs are computed with: the same, without formulas.
    options: Options,
    /// The design as it is, computed as mended ones are.
    base: Report,
    /// The design without locks, which keep edits away and change no figure.
    unlocked: Design,
    nodes: BTreeMap<&'a NodeId, Seen<'a>>,
    stopped: &'a dyn Fn() -> bool,
}

/// One node with what is known about it.
pub struct Seen<'a> {
    /// Its id.
    pub id: &'a NodeId,
    /// As drawn.
    pub node: &'a Node,
    /// Settings in force: those of a pin laid over the node's own.
    pub settings: Settings,
    /// What was computed about it.
    pub report: &'a NodeReport,
    /// What stands for it.
    pub service: Option<&'a Service>,
}

impl Seen<'_> {
    /// What it is called.
    pub fn label(&self) -> &str {
        &self.report.label
    }

    /// Whether its service has a feature.
    pub fn has(&self, feature: &str) -> bool {
        self.service
            .is_some_and(|service| service.features.contains(feature))
    }

    /// Its settings, where it is a function.
    pub fn function(&self) -> Option<&FunctionSettings> {
        match &self.settings {
            Settings::Function(function) => Some(function),
            _ => None,
        }
    }

    /// The kind of node.
    pub fn kind(&self) -> Archetype {
        self.report.archetype
    }
}

impl<'a> Facts<'a> {
    /// Gathers them; analyses the design once more, as mended ones are.
    pub fn new(
        design: &'a Design,
        catalog: &'a Catalog,
        report: &'a Report,
        options: &Options,
        stopped: &'a dyn Fn() -> bool,
    ) -> Self {
        let options = Options {
            trace: false,
            ..options.clone()
        };
        let base = report::build(design, catalog, &options);
        let seen = |(id, node): (&'a NodeId, &'a Node)| {
            let computed = report.nodes.get(id)?;
            let service = computed.service.as_ref();
            let seen = Seen {
                id,
                node,
                settings: in_force(node, &report.provider),
                report: computed,
                service: service.and_then(|service| catalog.services.get(service)),
            };
            Some((id, seen))
        };
        let mut unlocked = design.clone();
        for node in unlocked.nodes.values_mut() {
            node.locked = false;
        }
        Self {
            unlocked,
            nodes: design.nodes.iter().filter_map(seen).collect(),
            design,
            catalog,
            report,
            options,
            base,
            stopped,
        }
    }

    /// Whether nobody waits for the result any more.
    pub fn is_stopped(&self) -> bool {
        (self.stopped)()
    }

    /// All nodes that were analysed, by id.
    pub fn nodes(&self) -> impl Iterator<Item = &Seen<'a>> {
        self.nodes.values()
    }

    /// All functions.
    pub fn functions(&self) -> impl Iterator<Item = (&Seen<'a>, &FunctionSettings)> {
        self.nodes()
            .filter_map(|seen| Some((seen, seen.function()?)))
    }

    /// One node.
    pub fn node(&self, id: &NodeId) -> Option<&Seen<'a>> {
        self.nodes.get(id)
    }

    /// All links that carry, by id.
    pub fn links(&self) -> impl Iterator<Item = (&'a LinkId, &'a Link)> {
        let carries = |id: &LinkId| self.report.links.contains_key(id);
        self.design.links.iter().filter(move |(id, _)| carries(id))
    }

    /// Links that lead to a node.
    pub fn incoming(&self, node: &NodeId) -> impl Iterator<Item = (&'a LinkId, &'a Link)> {
        self.links().filter(move |(_, link)| link.to == *node)
    }

    /// Links that leave a node.
    pub fn outgoing(&self, node: &NodeId) -> impl Iterator<Item = (&'a LinkId, &'a Link)> {
        self.links().filter(move |(_, link)| link.from == *node)
    }

    /// Links of a kind with both ends.
    pub fn wires(
        &self,
        kind: LinkKind,
    ) -> impl Iterator<Item = (&'a LinkId, &'a Link, &Seen<'a>, &Seen<'a>)> {
        self.links()
            .filter(move |(_, link)| link.kind == kind)
            .filter_map(|(id, link)| Some((id, link, self.node(&link.from)?, self.node(&link.to)?)))
    }

    /// Whether a node takes in what others could not handle.
    pub fn is_dead_letters(&self, node: &NodeId) -> bool {
        self.incoming(node)
            .any(|(_, link)| link.kind == LinkKind::DeadLetter)
    }

    /// Mean rate of a link, retries included [1/s].
    pub fn link_rate(&self, link: &LinkId) -> f64 {
        self.report
            .links
            .get(link)
            .map_or(0.0, |link| link.rate.value)
    }

    /// A quota in force: raised in the environment, or else the catalog's, in
    /// the unit of its kind.
    pub fn limit(&self, seen: &Seen<'_>, kind: LimitKind) -> Option<f64> {
        let limit = seen.service?.limits.get(&kind)?;
        let raised = self.design.environment.raised_limits.get(&limit.value.id);
        Some(raised.copied().unwrap_or(limit.value.value))
    }

    /// The page that a quota was read on.
    pub fn limit_page(&self, seen: &Seen<'_>, kind: LimitKind) -> Option<String> {
        let service = seen.service?;
        self.page(service, &service.limits.get(&kind)?.value.source)
    }

    /// The page that a source of a service's provider names.
    pub fn page(&self, service: &Service, source: &str) -> Option<String> {
        let source = self.catalog.source(&service.id.provider(), source)?;
        (!source.url.is_empty()).then(|| source.url.clone())
    }

    /// Where a node runs.
    pub fn place(&self, seen: &Seen<'_>) -> (ProviderId, RegionId) {
        let provider = seen
            .service
            .map(|service| service.id.provider())
            .or_else(|| seen.node.provider.clone())
            .unwrap_or_else(|| self.report.provider.clone());
        let region = match &seen.node.region {
            Some(region) => region.clone(),
            None if provider == self.report.provider => self.report.region.clone(),
            None => self
                .design
                .environment
                .regions
                .get(&provider)
                .or_else(|| Some(&self.catalog.providers.get(&provider)?.default_region))
                .cloned()
                .unwrap_or_default(),
        };
        (provider, region)
    }

    /// Mean work on one event, cold starts apart: busy executions over what
    /// arrives, by Little's law [ms].
    pub fn work(&self, seen: &Seen<'_>) -> f64 {
        let (busy, rate) = (seen.report.concurrency.value, seen.report.rate.value);
        if rate > 0.0 {
            busy / rate * 1_000.0
        } else {
            0.0
        }
    }

    /// Executions that would be busy at the peak if none were refused.
    pub fn wanted(&self, seen: &Seen<'_>) -> f64 {
        let bins = seen.report.profile.iter();
        bins.map(|bin| bin.concurrency / (1.0 - bin.throttle).max(1e-3))
            .fold(0.0, f64::max)
    }

    /// The mean response of a node with its callees [ms]; 0 where unknown.
    pub fn response(&self, seen: &Seen<'_>) -> f64 {
        seen.report.mean.as_ref().map_or(0.0, |mean| mean.value)
    }

    /// The report at other traffic, the design as it is.
    pub fn at_traffic(&self, factor: f64) -> Option<Report> {
        if self.is_stopped() {
            return None;
        }
        let options = Options {
            traffic: self.options.traffic * factor,
            ..self.options.clone()
        };
        Some(report::build(self.design, self.catalog, &options))
    }

    /// The nodes of a kind that cost most, dearest first: what a sweep of
    /// settings is worth trying on.
    pub fn dearest(&self, kind: Archetype) -> impl Iterator<Item = &Seen<'a>> {
        let mut nodes: Vec<_> = self.nodes().filter(|seen| seen.kind() == kind).collect();
        nodes.retain(|seen| seen.report.cost.value >= WORTH);
        nodes.sort_by(|a, b| b.report.cost.value.total_cmp(&a.report.cost.value));
        nodes.into_iter().take(SWEPT)
    }

    /// Cost of the lines of a node's own service whose meter is one of these,
    /// or of all where none are named [USD/month].
    pub fn cost(&self, node: &NodeId, meters: &[&str]) -> f64 {
        let own = self.report.cost.lines.iter();
        own.filter(|line| line.node == *node && line.companion.is_none())
            .filter(|line| meters.is_empty() || meters.contains(&line.meter.as_str()))
            .map(|line| line.cost.value)
            .sum()
    }

    /// Sets a node's parameter where it is in force: in the pin, if that has a
    /// value of its own. None if the value does not fit.
    pub fn set(&self, seen: &Seen<'_>, key: &str, value: Value) -> Option<Vec<Command>> {
        let mut tried = seen.settings.clone();
        tried.set(key, Some(value.clone())).ok()?;
        let provider = pinned_on(seen.node, &self.report.provider);
        let pin = seen.node.pins.get(provider);
        Some(vec![
            match pin.filter(|pin| pin.settings.contains_key(key)) {
                Some(pin) => {
                    let mut pin = pin.clone();
                    pin.settings.insert(key.to_owned(), value);
                    Command::SetPin {
                        id: seen.id.clone(),
                        provider: provider.clone(),
                        pin: Some(pin),
                    }
                }
                None => Command::Set {
                    path: ParamPath::Node(seen.id.clone(), key.to_owned()),
                    value: Some(value),
                },
            },
        ])
    }

    /// The same for a number.
    pub fn set_number(&self, seen: &Seen<'_>, key: &str, value: f64) -> Option<Vec<Command>> {
        self.set(seen, key, Value::Number(value))
    }

    /// Sets a link's parameter; none if the value does not fit.
    pub fn set_link(&self, id: &LinkId, key: &str, value: Value) -> Option<Vec<Command>> {
        let mut tried = self.design.links.get(id)?.settings.clone();
        tried.set(key, Some(value.clone())).ok()?;
        Some(vec![Command::Set {
            path: ParamPath::Link(id.clone(), key.to_owned()),
            value: Some(value),
        }])
    }

    /// Puts another service behind a node, its pin's settings kept.
    pub fn choose(&self, seen: &Seen<'_>, service: &ServiceId) -> Vec<Command> {
        let provider = pinned_on(seen.node, &self.report.provider);
        let settings = seen.node.pins.get(provider);
        vec![Command::SetPin {
            id: seen.id.clone(),
            provider: provider.clone(),
            pin: Some(Pin {
                service: service.clone(),
                settings: settings.map(|pin| pin.settings.clone()).unwrap_or_default(),
            }),
        }]
    }

    /// The report of the design with some edits; none where they cannot be
    /// made, or where the work was told to stop.
    pub fn tried(&self, commands: &[Command]) -> Option<Report> {
        if self.is_stopped() {
            return None;
        }
        let mended = Editor::tried(&self.unlocked, commands).ok()?;
        Some(report::build(&mended, self.catalog, &self.options))
    }

    /// What some edits change.
    pub fn effect(&self, commands: &[Command]) -> Option<Effect> {
        Some(self.change(&self.tried(commands)?))
    }

    /// What a mended design changes.
    pub fn change(&self, mended: &Report) -> Effect {
        Effect::between(&self.base, mended)
    }

    /// What some edits change, where they save money worth a word, lose no
    /// price, and make nothing slower or less reliable.
    pub fn saving(&self, commands: &[Command]) -> Option<Effect> {
        self.harmless(&self.tried(commands)?, 1.0)
    }

    /// What a mended design changes, where that is a saving and harmless; with
    /// so many times the usual slack in time.
    pub fn harmless(&self, mended: &Report, slack: f64) -> Option<Effect> {
        let effect = Effect::between(&self.base, mended);
        let whole = mended.cost.complete || !self.base.cost.complete;
        let slowest = self.base.triggers.iter().map(|trigger| trigger.p99.value);
        let slack = slack * (SLOWER * slowest.fold(0.0, f64::max) + 0.05);
        let errors = |report: &Report| {
            let severe = |p: &&report::Problem| p.severity == report::Severity::Error;
            report.problems.iter().filter(severe).count()
        };
        let harmless =
            effect.p99 <= slack && effect.throttle <= 1e-6 && errors(mended) <= errors(&self.base);
        (whole && harmless && effect.usd <= -WORTH).then_some(effect)
    }

    /// A node id that is free.
    pub fn free_node(&self, wish: &str) -> NodeId {
        let slug = crate::design::editor::slug(wish);
        let taken = |id: &str| self.design.nodes.contains_key(id);
        let mut names = std::iter::once(slug.clone()).chain((2..).map(|n| format!("{slug}-{n}")));
        NodeId(names.find(|name| !taken(name)).unwrap_or(slug))
    }

    /// Draws a new node beside another one.
    pub fn add_beside(&self, beside: &NodeId, id: &NodeId, node: Node) -> Command {
        let [x, y] = self
            .design
            .layout
            .positions
            .get(beside)
            .copied()
            .unwrap_or_default();
        Command::AddNode {
            id: id.clone(),
            node,
            at: [x, y + 120.0],
        }
    }
}

/// The provider whose pin of a node is in force.
fn pinned_on<'n>(node: &'n Node, home: &'n ProviderId) -> &'n ProviderId {
    node.provider.as_ref().unwrap_or(home)
}

fn in_force(node: &Node, home: &ProviderId) -> Settings {
    let mut settings = node.settings.clone();
    if let Some(pin) = node.pins.get(pinned_on(node, home)) {
        for (key, value) in &pin.settings {
            // A hand-written misfit keeps the design's own value.
            let _ = settings.set(key, Some(value.clone()));
        }
    }
    settings
}
