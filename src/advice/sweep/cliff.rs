//! Multipliers at which something gives way: located, and named.
//!
//! Each report has a signature: which allowances are used up, which tiers are
//! reached, which nodes refuse work. Where the signatures of two neighbouring
//! points differ, the multiplier at which they do is found by bisection.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde::Serialize;

use crate::advice::trial::Trial;
use crate::catalog::{Archetype, Combine, Meter, ProviderId, RegionId, Service, Tier};
use crate::design::NodeId;
use crate::format;
use crate::report::{CostLine, NodeReport, Report, TriggerReport};

/// How closely a cliff is located: the quotient of the bounds.
const WITHIN: f64 = 1.001;
/// Share of refused requests in any bin from which a node counts as refusing.
const REFUSING: f64 = 0.001;

/// What gives way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CliffKind {
    /// A free quantity is used up.
    Allowance,
    /// Another price begins to hold.
    Tier,
    /// A node begins to refuse requests.
    Refusal,
    /// More arrives than a node can ever work off.
    Overload,
    /// Runs begin to be cut off by their timeout.
    CutOff,
    /// A loop begins to feed itself.
    Runaway,
    /// One provider becomes cheaper than another.
    BreakEven,
}

impl CliffKind {
    /// Whether something breaks there, rather than costs otherwise.
    pub fn is_limit(self) -> bool {
        matches!(
            self,
            Self::Refusal | Self::Overload | Self::CutOff | Self::Runaway
        )
    }

    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Allowance => "free quantity ends",
            Self::Tier => "price tier",
            Self::Refusal => "requests refused",
            Self::Overload => "overload",
            Self::CutOff => "runs cut off",
            Self::Runaway => "runaway",
            Self::BreakEven => "break-even",
        }
    }
}

/// One multiplier at which something gives way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cliff {
    /// What.
    pub kind: CliffKind,
    /// Multiplier on all traffic, to 0.1 %: the thing holds here, and not
    /// below. The lowest of the sweep where it holds from the start.
    pub traffic: f64,
    /// Whether it holds at the lowest multiplier of the sweep already.
    pub from_the_start: bool,
    /// The provider that it is about; of a break-even the one that is cheaper
    /// above.
    pub provider: ProviderId,
    /// Where: the node, or the one that uses most of the meter.
    pub node: Option<NodeId>,
    /// `service/meter` or `provider/free.allowance`, where it is about a price.
    pub meter: Option<String>,
    /// The busiest trigger that leads there.
    pub trigger: Option<NodeId>,
    /// Its mean rate there [1/s].
    pub rate: f64,
    /// Its highest rate there [1/s].
    pub peak: f64,
    /// Cost of the design there [USD/month].
    pub usd: f64,
    /// What happens, in a sentence.
    pub text: String,
}

/// Something that can give way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Allowance(ProviderId, String),
    /// Where tiers add up: `service/meter` or a pool, and the region.
    Tier(String, RegionId),
    Node(CliffKind, NodeId),
    Runaway,
}

/// How far each has given way; what has not is left out.
type Signature = BTreeMap<Mark, u32>;

/// A report with its signature.
struct Seen {
    report: Report,
    signature: Signature,
}

/// Looks for cliffs in one design on one provider.
pub(super) struct Surveyor<'a> {
    trial: Trial<'a>,
    /// Triggers that lead to each node.
    leads: BTreeMap<&'a NodeId, BTreeSet<&'a NodeId>>,
}

impl<'a> Surveyor<'a> {
    pub fn new(trial: Trial<'a>) -> Self {
        let design = trial.design;
        let mut out: BTreeMap<&NodeId, Vec<&NodeId>> = BTreeMap::new();
        for link in design.links.values() {
            out.entry(&link.from).or_default().push(&link.to);
        }
        let mut leads: BTreeMap<&NodeId, BTreeSet<&NodeId>> = BTreeMap::new();
        let nodes = design.nodes.iter();
        for (trigger, _) in nodes.filter(|(_, node)| node.archetype() == Archetype::Trigger) {
            let mut next = vec![trigger];
            while let Some(node) = next.pop() {
                if leads.entry(node).or_default().insert(trigger) {
                    next.extend(out.get(node).into_iter().flatten().copied());
                }
            }
        }
        Self { trial, leads }
    }

    /// What is broken at the lowest multiplier already.
    pub fn at_the_start(&self, traffic: f64, report: &Report) -> Vec<Cliff> {
        let marks = self.signature(report).into_keys();
        marks
            .filter(|mark| matches!(mark, Mark::Node(..) | Mark::Runaway))
            .map(|mark| Cliff {
                from_the_start: true,
                ..self.cliff(&mark, 1, traffic, report)
            })
            .collect()
    }

    /// What gives way between two neighbouring points; none if it was told to
    /// stop.
    pub fn between(
        &self,
        (low, below): (f64, &Report),
        (high, above): (f64, &Report),
        stopped: &dyn Fn() -> bool,
    ) -> Option<Vec<Cliff>> {
        let (before, after) = (self.signature(below), self.signature(above));
        let mut seen: BTreeMap<u64, Rc<Seen>> = BTreeMap::new();
        let mut found = Vec::new();
        for (mark, &level) in &after {
            let reached = before.get(mark).copied().unwrap_or(0);
            for level in reached + 1..=level {
                let (mut low, mut high, mut there) = (low, high, None);
                while high / low > WITHIN {
                    if stopped() {
                        return None;
                    }
                    let middle = (low * high).sqrt();
                    let seen = seen
                        .entry(middle.to_bits())
                        .or_insert_with(|| Rc::new(self.look(middle)));
                    if seen.signature.get(mark).is_some_and(|at| *at >= level) {
                        (high, there) = (middle, Some(Rc::clone(seen)));
                    } else {
                        low = middle;
                    }
                }
                let report = there.as_ref().map_or(above, |seen| &seen.report);
                found.push(self.cliff(mark, level, high, report));
            }
        }
        Some(found)
    }

    fn look(&self, traffic: f64) -> Seen {
        let report = self.trial.report(self.trial.design, traffic);
        let signature = self.signature(&report);
        Seen { report, signature }
    }

    fn signature(&self, report: &Report) -> Signature {
        let mut marks = Signature::new();
        for (id, node) in &report.nodes {
            if node.profile.iter().any(|bin| bin.throttle >= REFUSING) {
                marks.insert(Mark::Node(CliffKind::Refusal, id.clone()), 1);
            }
        }
        for problem in &report.problems {
            let kind = match problem.code {
                "overloaded" => CliffKind::Overload,
                "times-out" => CliffKind::CutOff,
                _ => continue,
            };
            if let Some(node) = &problem.node
                && !marks.contains_key(&Mark::Node(CliffKind::Refusal, node.clone()))
            {
                marks.insert(Mark::Node(kind, node.clone()), 1);
            }
        }
        if !report.runaways.is_empty() {
            marks.insert(Mark::Runaway, 1);
        }
        self.mark_prices(report, &mut marks);
        marks
    }

    fn mark_prices(&self, report: &Report, marks: &mut Signature) {
        let mut spans: BTreeMap<(String, RegionId), (f64, &[Tier])> = BTreeMap::new();
        for line in &report.cost.lines {
            let Some((service, meter)) = self.meter(line) else {
                continue;
            };
            if let Some(free) = self.used_up(line, meter) {
                let mark = Mark::Allowance(service.id.provider(), free.to_owned());
                marks.insert(mark, 1);
            }
            let region = self.region(report, line);
            let prices = &meter.prices;
            let tiers = prices.get(&region).or_else(|| prices.get("*"));
            if let Some(tiers) = tiers.filter(|tiers| tiers.len() > 1)
                && meter.combine == Combine::Sum
            {
                let key = pool(service, meter);
                let before = self.already_used(service, meter, &region);
                let span = spans.entry((key, region)).or_insert((before, tiers));
                span.0 += line.quantity;
            }
        }
        for ((key, region), (quantity, tiers)) in spans {
            let edges = tiers.iter().filter_map(|tier| tier.up_to);
            let passed = edges.filter(|edge| quantity > *edge).count();
            if let Ok(passed @ 1..) = u32::try_from(passed) {
                marks.insert(Mark::Tier(key, region), passed);
            }
        }
    }

    /// The allowance of a line that does not cover all of it.
    fn used_up<'m>(&self, line: &CostLine, meter: &'m Meter) -> Option<&'m str> {
        let is_counted = self.trial.design.environment.free_tier;
        let is_beyond = line.quantity > line.free * (1.0 + 1e-9);
        let free = meter.free.as_deref()?;
        (is_counted && is_beyond).then_some(free)
    }

    fn meter(&self, line: &CostLine) -> Option<(&'a Service, &'a Meter)> {
        let service = self.trial.catalog.services.get(&line.service)?;
        let meter = service.meters.iter().find(|meter| meter.id == line.meter)?;
        Some((service, meter))
    }

    /// Where a line is billed: the node's own region, or its provider's.
    fn region(&self, report: &Report, line: &CostLine) -> RegionId {
        let own = self.trial.design.nodes.get(&line.node);
        if let Some(region) = own.and_then(|node| node.region.clone()) {
            return region;
        }
        let provider = line.service.provider();
        if provider == report.provider {
            return report.region.clone();
        }
        let regions = &self.trial.design.environment.regions;
        let default = || Some(&self.trial.catalog.providers.get(&provider)?.default_region);
        let region = regions.get(&provider).or_else(default);
        region.cloned().unwrap_or_default()
    }

    /// What the account uses of a meter besides the design [unit].
    fn already_used(&self, service: &Service, meter: &Meter, region: &RegionId) -> f64 {
        let used = &self.trial.design.environment.already_used;
        let provider = self.trial.catalog.providers.get(&service.id.provider());
        let is_default = provider.is_some_and(|p| p.default_region == *region);
        let plain = format!("{}/{}", service.id, meter.id);
        let here = format!("{plain}@{region}");
        let of = |key: &str| {
            let figure = used.iter().find(|(figure, _)| figure.0 == key);
            figure.map_or(0.0, |(_, units)| *units)
        };
        of(&here) + if is_default { of(&plain) } else { 0.0 }
    }

    /// Names what has given way.
    fn cliff(&self, mark: &Mark, level: u32, traffic: f64, report: &Report) -> Cliff {
        let (kind, node, meter, text) = match mark {
            Mark::Allowance(provider, free) => {
                let lines = |line: &CostLine| {
                    let (service, meter) = self.meter(line)?;
                    let is_its = meter.free.as_ref() == Some(free);
                    (is_its && service.id.provider() == *provider).then_some(meter)
                };
                let text = self.allowance_text(provider, free);
                let meter = format!("{provider}/free.{free}");
                (CliffKind::Allowance, most(report, lines), Some(meter), text)
            }
            Mark::Tier(key, region) => {
                let lines = |line: &CostLine| {
                    let (service, meter) = self.meter(line)?;
                    (pool(service, meter) == *key).then_some(meter)
                };
                let tiers = report.cost.lines.iter().find_map(lines);
                let text = tiers.map(|meter| tier_text(meter, region, level));
                let name = report.cost.lines.iter().find(|line| lines(line).is_some());
                let name = name.map_or(String::new(), |line| line.service_name.clone());
                let text = format!("{name}: {}", text.unwrap_or_default());
                (
                    CliffKind::Tier,
                    most(report, lines),
                    Some(key.clone()),
                    text,
                )
            }
            Mark::Node(kind, node) => {
                let text = report.nodes.get(node).map(|own| limit_text(*kind, own));
                (*kind, Some(node.clone()), None, text.unwrap_or_default())
            }
            Mark::Runaway => {
                let node = report.runaways.first().and_then(|r| r.path.first());
                let text = "A loop feeds itself: each event causes at least another.";
                (CliffKind::Runaway, node.cloned(), None, text.to_owned())
            }
        };
        let trigger = self.busiest(report, node.as_ref());
        Cliff {
            kind,
            traffic,
            from_the_start: false,
            provider: report.provider.clone(),
            node,
            meter,
            trigger: trigger.map(|trigger| trigger.node.clone()),
            rate: trigger.map_or(0.0, |trigger| trigger.rate.value),
            peak: trigger.map_or(0.0, |trigger| trigger.peak.value),
            usd: report.cost.total.value,
            text,
        }
    }

    /// The busiest trigger that leads to a node, or of all.
    pub fn busiest<'r>(
        &self,
        report: &'r Report,
        node: Option<&NodeId>,
    ) -> Option<&'r TriggerReport> {
        let leads = node.and_then(|node| self.leads.get(node));
        let triggers = report.triggers.iter();
        triggers
            .filter(|trigger| leads.is_none_or(|leads| leads.contains(&trigger.node)))
            .max_by(|a, b| a.peak.value.total_cmp(&b.peak.value))
    }

    fn allowance_text(&self, provider: &ProviderId, free: &str) -> String {
        let known = self.trial.catalog.providers.get(provider);
        let allowance = known.and_then(|provider| provider.allowances.get(free));
        let name = allowance.map_or(free, |allowance| allowance.name.as_str());
        format!("Nothing is left of what is free: {name}.")
    }
}

/// Where the tiers of a meter add up.
fn pool(service: &Service, meter: &Meter) -> String {
    match &meter.pool {
        Some(pool) => format!("{}/{pool}", service.id.provider()),
        None => format!("{}/{}", service.id, meter.id),
    }
}

/// The node that uses most of some lines.
fn most<'m>(report: &Report, is_its: impl Fn(&CostLine) -> Option<&'m Meter>) -> Option<NodeId> {
    let lines = report.cost.lines.iter();
    let lines = lines.filter(|line| is_its(line).is_some());
    let most = lines.max_by(|a, b| a.quantity.total_cmp(&b.quantity))?;
    Some(most.node.clone())
}

fn tier_text(meter: &Meter, region: &RegionId, level: u32) -> String {
    let tiers = meter.prices.get(region).or_else(|| meter.prices.get("*"));
    let at = |index: usize| tiers.and_then(|tiers| tiers.get(index));
    let index = usize::try_from(level).unwrap_or(usize::MAX);
    let (Some(before), Some(after)) = (at(index.saturating_sub(1)), at(index)) else {
        return format!("another tier of {} begins.", meter.name);
    };
    let price = |tier: &Tier| tier.usd.value.0.normalize();
    let per = if meter.per == 1.0 {
        meter.unit.clone()
    } else {
        format!("{} {}", format::count(meter.per), meter.unit)
    };
    format!(
        "{} above {} {} cost ${} instead of ${} per {per}.",
        meter.name,
        format::count(before.up_to.unwrap_or(0.0)),
        meter.unit,
        price(after),
        price(before),
    )
}

fn limit_text(kind: CliffKind, node: &NodeReport) -> String {
    let limit = node.limit.as_deref().unwrap_or("what it can take");
    match kind {
        CliffKind::Refusal => format!("{} begins to refuse requests: {limit}.", node.label),
        CliffKind::Overload => {
            format!(
                "{} falls behind for good: {limit} does not hold the load.",
                node.label
            )
        }
        _ => format!(
            "{} begins to cut off its own runs: they outlast its timeout.",
            node.label
        ),
    }
}
