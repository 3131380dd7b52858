//! Wallet risk: what an hour can cost at worst, and what caps it.
//!
//! An attacker or a bug sends as much as the limits on the way let through;
//! loops run to their cap, failed work is tried as often as it may be. The
//! rates that come out are billed like any other hour ([`Risk::hour`]).
//! Knows neither findings nor wording: [`crate::report`] writes it up.

pub mod ceiling;
mod flood;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use crate::catalog::FigureId;
use crate::catalog::billing::{FreeTier, Terms};
use crate::design::settings::TriggerKind;
use crate::design::{NodeId, Settings};
use crate::units::SECONDS_PER_MONTH;

use super::flow::{self, Flow};
use super::queueing::token_bucket_poisson_rejected;
use super::steady::throttle;
use super::timeline::{Bin, Regime, Timeline};
use super::{Analysis, carried, cost, runaway};

pub use ceiling::{Ceiling, Counts, Member, ceilings};
pub use flood::{Flood, Sources};

/// Events a second that are assumed where nothing in the design caps them.
pub const ASSUMED: f64 = 1_000.0;
/// More than any limit lets through [1/s].
const ENDLESS: f64 = 1e9;
/// Seconds of an hour.
const HOUR: f64 = 3_600.0;

/// What can go wrong at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mishap {
    /// Triggers that are flooded.
    pub triggers: Vec<NodeIndex>,
    /// Whether all that is done fails and is tried again.
    pub retries: bool,
    /// Whether loops run to their cap.
    pub loops: bool,
}

/// A bill of some time of a mishap, beyond what the same time costs idle.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Damage {
    /// The whole [USD].
    pub usd: f64,
    /// By node [USD].
    pub by_node: BTreeMap<NodeId, f64>,
    /// Catalog figures that each node's part rests on.
    pub figures: BTreeMap<NodeId, BTreeSet<FigureId>>,
}

impl Damage {
    /// Catalog figures that the whole rests on.
    pub fn all_figures(&self) -> BTreeSet<&FigureId> {
        self.figures.values().flatten().collect()
    }
}

/// A system under attack.
pub struct Risk<'a> {
    analysis: &'a Analysis<'a>,
    /// The limits in place.
    pub ceilings: Vec<Ceiling>,
    flow: Flow,
    /// Where each loop is set going.
    anchors: Vec<NodeIndex>,
    /// What idle nodes cost, by the bits of the seconds.
    idle: RefCell<BTreeMap<u64, BTreeMap<NodeId, f64>>>,
}

impl<'a> Risk<'a> {
    /// Looks for the limits.
    pub fn of(analysis: &'a Analysis<'a>) -> Self {
        let mut flow = analysis.flow.clone();
        let mut anchors = Vec::new();
        for component in &analysis.flow.loops {
            let state = runaway::follow(analysis, component);
            let anchor = state.capped_by.map(|cap| cap.0);
            if let Some(node) = anchor.or_else(|| component.path.first().copied()) {
                flow = flow::one_turn(analysis.system, &flow, component, node);
                anchors.push(node);
            }
        }
        Self {
            analysis,
            ceilings: ceilings(analysis),
            flow,
            anchors,
            idle: RefCell::default(),
        }
    }

    /// Triggers that somebody outside can set off.
    pub fn exposed(&self) -> Vec<NodeIndex> {
        let outside = |node: &&NodeIndex| match &self.analysis.system.graph[**node].settings {
            Settings::Trigger(trigger) => !matches!(
                trigger.source(),
                TriggerKind::Schedule | TriggerKind::Records
            ),
            _ => false,
        };
        let triggers = self.analysis.triggers.iter();
        triggers.filter(outside).copied().collect()
    }

    /// Whether there are loops that feed themselves.
    pub fn has_loops(&self) -> bool {
        !self.anchors.is_empty()
    }

    /// Whether every loop has a limit; else its rate is an assumption.
    pub fn loops_are_capped(&self) -> bool {
        self.anchors.iter().all(|&anchor| self.is_limited(anchor))
    }

    fn is_limited(&self, node: NodeIndex) -> bool {
        let covers = |member: &Member| member.node == node;
        self.ceilings.iter().any(|c| c.members.iter().any(covers))
    }

    /// Highest rate of a trigger as drawn [1/s].
    pub fn peak(&self, trigger: NodeIndex) -> f64 {
        let events = &self.analysis.station(trigger).events;
        events.iter().copied().fold(0.0, f64::max)
    }

    /// Whether every receiver of a trigger has a limit; else its rate is an
    /// assumption.
    pub fn is_capped(&self, trigger: NodeIndex) -> bool {
        let graph = &self.analysis.system.graph;
        let mut receivers = graph
            .edges_directed(trigger, Direction::Outgoing)
            .peekable();
        receivers.peek().is_some()
            && receivers.all(|edge| {
                let reads = !flow::makes_events(edge.weight().kind);
                let covers = |member: &Member| {
                    member.node == edge.target()
                        && match member.counts {
                            Counts::Arrivals => true,
                            Counts::Reads => reads,
                            Counts::Writes => !reads,
                            Counts::Link(link) => link == edge.id(),
                        }
                };
                self.ceilings.iter().any(|c| c.members.iter().any(covers))
            })
    }

    /// How far a mishap gets, with further limits in place.
    pub fn flood(&self, mishap: &Mishap, further: &[Ceiling]) -> (Flood, Vec<Ceiling>) {
        let flooded = mishap.triggers.iter().map(|&trigger| {
            let rate = if self.is_capped(trigger) {
                ENDLESS
            } else {
                ASSUMED.max(self.peak(trigger))
            };
            (trigger, rate)
        });
        let looping = self.anchors.iter().filter(|_| mishap.loops).map(|&anchor| {
            let limited = self.is_limited(anchor);
            (anchor, if limited { ENDLESS } else { ASSUMED })
        });
        // A storm of retries needs no attacker: traffic at its peak will do.
        let usual = self.analysis.triggers.iter().filter_map(|&trigger| {
            let alone = mishap.retries && !mishap.triggers.contains(&trigger);
            alone.then(|| (trigger, self.peak(trigger)))
        });
        let sources = Sources {
            rates: flooded.chain(looping).chain(usual).collect(),
            retries: mishap.retries,
        };
        let ceilings: Vec<Ceiling> = self.ceilings.iter().chain(further).cloned().collect();
        let mut flood = flood::flood(self.analysis, &self.flow, &ceilings, &sources);
        self.settle(&mut flood, mishap);
        (flood, ceilings)
    }

    /// A flooded trigger counts for what its receivers take, not for what was
    /// thrown at them.
    fn settle(&self, flood: &mut Flood, mishap: &Mishap) {
        for &trigger in &mishap.triggers {
            let graph = &self.analysis.system.graph;
            let taken = graph
                .edges_directed(trigger, Direction::Outgoing)
                .filter_map(|edge| {
                    let gain = self.flow.gain[edge.id().index()];
                    (gain > 0.0).then(|| flood.links[edge.id().index()] / gain)
                })
                .fold(0.0, f64::max);
            let events = &mut flood.events[trigger.index()];
            *events = events.min(taken);
            flood.arrivals[trigger.index()] = flood.events[trigger.index()];
        }
    }

    /// What some times of a flood cost, beyond what they cost idle, by the
    /// seconds asked for; no allowances, discounts or commitments.
    pub fn bills(&self, flood: &Flood, seconds: &[f64]) -> Vec<Damage> {
        let run = self.run(flood);
        seconds
            .iter()
            .map(|&seconds| self.beyond_idle(price(&run, seconds), seconds))
            .collect()
    }

    /// The same of an hour.
    pub fn hour(&self, flood: &Flood) -> Damage {
        self.beyond_idle(price(&self.run(flood), HOUR), HOUR)
    }

    fn beyond_idle(&self, mut damage: Damage, seconds: f64) -> Damage {
        let mut known = self.idle.borrow_mut();
        let idle = known.entry(seconds.to_bits()).or_insert_with(|| {
            let nothing = vec![0.0; self.analysis.system.graph.node_count()];
            let flood = Flood {
                arrivals: nothing.clone(),
                binding: vec![None; nothing.len()],
                links: vec![0.0; self.flow.gain.len()],
                events: nothing,
            };
            price(&self.run(&flood), seconds).by_node
        });
        for (node, usd) in &mut damage.by_node {
            *usd = (*usd - idle.get(node).copied().unwrap_or(0.0)).max(0.0);
        }
        damage.by_node.retain(|_, usd| *usd > 0.0);
        let Damage {
            by_node, figures, ..
        } = &mut damage;
        figures.retain(|node, _| by_node.contains_key(node));
        damage.usd = damage.by_node.values().sum();
        damage
    }

    /// The system with the rates of a flood.
    fn run(&self, flood: &Flood) -> Analysis<'a> {
        let system = self.analysis.system;
        let mut flow = self.flow.clone();
        for edge in system.graph.edge_indices() {
            let ends = system.graph.edge_endpoints(edge);
            let from = ends.map_or(0.0, |(from, _)| flood.events[from.index()]);
            if from > 0.0 {
                flow.gain[edge.index()] = flood.links[edge.index()] / from;
            }
        }
        let triggers: Vec<NodeIndex> = system
            .graph
            .node_indices()
            .filter(|&node| self.begins_at(flood, node))
            .collect();
        for &node in &triggers {
            // Beside a flood of its own, what is brought does not count.
            for edge in system.graph.edges_directed(node, Direction::Incoming) {
                flow.cut[edge.id().index()] |= flow::makes_events(edge.weight().kind);
            }
        }
        // What the first source sends brings all events of the flood.
        let sent: Vec<Vec<f64>> = triggers
            .iter()
            .map(|&node| vec![flood.events[node.index()]])
            .collect();
        flow.influence = vec![vec![0.0; flood.events.len()]; triggers.len()];
        let first = sent.first().and_then(|rates| rates.first()).copied();
        if let (Some(influence), Some(rate)) = (flow.influence.first_mut(), first) {
            *influence = flood.events.iter().map(|all| all / rate).collect();
        }
        let timeline = Timeline {
            bins: vec![Bin {
                start: 0.0,
                length: SECONDS_PER_MONTH,
                weight: SECONDS_PER_MONTH,
                regime: Regime::Stationary,
            }],
            rates: sent,
        };
        carried(system, triggers, flow, timeline)
    }

    /// Whether more happens at a node than its links bring.
    fn begins_at(&self, flood: &Flood, node: NodeIndex) -> bool {
        let graph = &self.analysis.system.graph;
        let brought: f64 = graph
            .edges_directed(node, Direction::Incoming)
            .filter(|edge| flow::makes_events(edge.weight().kind))
            .map(|edge| flood.links[edge.id().index()])
            .sum();
        let events = flood.events[node.index()];
        events - brought > 1e-6 * events
    }

    /// Executions of a function that its traffic as drawn needs at its peak.
    pub fn peak_busy(&self, function: NodeIndex) -> f64 {
        let pool = &self.analysis.station(function).pool;
        pool.iter().map(|pool| pool.wanted).fold(0.0, f64::max)
    }

    /// Share of a function's usual calls that a limit on its concurrency would
    /// refuse (Erlang B by bin).
    pub fn refused_by_concurrency(&self, function: NodeIndex, limit: f64) -> f64 {
        let state = self.analysis.station(function);
        self.lost(&state.invocations, &|bin| {
            let wanted = state.pool.get(bin).map_or(0.0, |pool| pool.wanted);
            throttle(limit, wanted)
        })
    }

    /// Share of a gateway's usual requests that a rate limit would refuse
    /// (token bucket by bin).
    pub fn refused_by_rate(&self, gateway: NodeIndex, limit: f64, burst: f64) -> f64 {
        let arrivals = &self.analysis.station(gateway).arrivals;
        self.lost(arrivals, &|bin| {
            let rate = arrivals.get(bin).copied().unwrap_or(0.0);
            if rate < 0.5 * limit {
                return 0.0;
            }
            token_bucket_poisson_rejected(rate, limit, burst.max(1.0)).clamp(0.0, 1.0)
        })
    }

    /// A probability by bin, weighted by what comes in each.
    fn lost(&self, rates: &[f64], refused: &dyn Fn(usize) -> f64) -> f64 {
        let rate = |bin: usize| rates.get(bin).copied().unwrap_or(0.0);
        let timeline = &self.analysis.timeline;
        let all = timeline.mean(rate);
        if all > 0.0 {
            timeline.mean(|bin| rate(bin) * refused(bin)) / all
        } else {
            0.0
        }
    }
}

/// The bill of so many seconds at the rates of a run.
fn price(run: &Analysis<'_>, seconds: f64) -> Damage {
    let terms = Terms {
        free_tier: FreeTier::None,
        hours_per_month: Some(seconds / HOUR),
        ..Terms::default()
    };
    let priced = cost::price(run, &terms, seconds, false);
    let mut damage = Damage::default();
    for line in &priced.bill.lines {
        for share in &line.shares {
            let owner = NodeId::from(share.owner.split('/').next().unwrap_or_default());
            let usd = f64::try_from(share.exact).unwrap_or(0.0);
            let figures = damage.figures.entry(owner.clone()).or_default();
            figures.extend(line.figures.iter().cloned());
            *damage.by_node.entry(owner).or_default() += usd;
        }
    }
    for (node, usd, _) in &priced.third_parties {
        let id = run.system.graph[*node].id.clone();
        *damage.by_node.entry(id).or_default() += usd;
    }
    damage.usd = damage.by_node.values().sum();
    damage
}
