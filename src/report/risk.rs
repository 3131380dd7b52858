//! What an hour can cost at worst, what bounds it, and where a cap would help.

use std::collections::BTreeMap;

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use serde::Serialize;

use crate::analysis::Analysis;
use crate::analysis::risk::{self, Ceiling, Counts, Damage, Flood, Mishap};
use crate::design::{Command, LinkId, LinkKind, NodeId, ParamPath, Settings, Value};
use crate::format;

use super::Figure;
use super::figures::Figures;

/// Triggers that are also flooded one by one.
const ALONE: usize = 12;
/// Nodes for which a cap is tried out.
const LEVERS: usize = 6;
/// What a cap leaves room for, against the peak as drawn.
const ROOM: f64 = 2.0;
/// Times after which somebody may notice: seconds, in words.
const TIMES: [(f64, &str); 4] = [
    (300.0, "five minutes"),
    (3_600.0, "an hour"),
    (86_400.0, "a day"),
    // Friday 18:00 to Monday 08:00.
    (223_200.0, "a weekend of 62 hours"),
];

/// What it can cost at worst if somebody or something abuses the design,
/// beyond what it costs idle. Empty in reports without formulas.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Risk {
    /// The worst hour [USD/h].
    pub usd_per_hour: Figure,
    /// The worst day [USD].
    pub per_day: Figure,
    /// False where a rate is assumed because nothing in the design caps it.
    pub bounded: bool,
    /// Cost until somebody notices, everything at its worst from the start.
    pub losses: Vec<Loss>,
    /// What the worst hour is made of; adds up to it.
    pub causes: Vec<RiskCause>,
    /// Each trigger that somebody outside can set off, flooded alone.
    pub triggers: Vec<TriggerRisk>,
    /// Each node's part of the worst hour.
    pub nodes: BTreeMap<NodeId, NodeRisk>,
    /// Caps that would lower it, best first.
    pub levers: Vec<Lever>,
}

/// Cost until somebody notices.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Loss {
    /// After so many seconds.
    pub seconds: f64,
    /// Cost until then [USD].
    pub usd: Figure,
}

/// One cause of a worst hour.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RiskCause {
    /// `abuse`, `retries` or `loop`.
    pub kind: &'static str,
    /// What it adds to the causes before it [USD/h].
    pub usd_per_hour: Figure,
}

/// One trigger flooded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TriggerRisk {
    /// The trigger.
    pub node: NodeId,
    /// Its label.
    pub label: String,
    /// Events a second that get through.
    pub rate: Figure,
    /// Cost of such an hour [USD/h].
    pub usd_per_hour: Figure,
    /// What bounds the rate; none where nothing in the design does.
    pub bound: Option<Bound>,
    /// The same in words.
    pub bounded_by: String,
}

/// One node in the worst hour.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeRisk {
    /// Its part [USD/h].
    pub usd_per_hour: Figure,
    /// Its part of the worst day [USD].
    pub per_day: Figure,
    /// What bounds it; none where nothing in the design does.
    pub bound: Option<Bound>,
}

/// A limit that bounds a risk.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bound {
    /// The limit, in words.
    pub name: String,
    /// Where it is; of a shared one the first node.
    pub node: NodeId,
    /// How much there is.
    pub limit: Figure,
}

/// A cap that could be set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lever {
    /// The node that it protects.
    pub node: NodeId,
    /// What to do.
    pub label: String,
    /// The worst hour of the whole design then [USD/h].
    pub usd_per_hour: Figure,
    /// Share of the traffic as drawn that it would refuse.
    pub refused: Figure,
    /// The edits that do it.
    #[serde(skip)]
    pub commands: Vec<Command>,
}

/// Works it out; empty where no trace is wanted, as sweeps look at many
/// designs.
pub fn risk(figures: Figures<'_>, analysis: &Analysis<'_>) -> Risk {
    if !figures.trace {
        return Risk::default();
    }
    let model = risk::Risk::of(analysis);
    let exposed = model.exposed();
    Writer {
        figures,
        analysis,
        model: &model,
        exposed: &exposed,
    }
    .write()
}

struct Writer<'a> {
    figures: Figures<'a>,
    analysis: &'a Analysis<'a>,
    model: &'a risk::Risk<'a>,
    exposed: &'a [NodeIndex],
}

/// A mishap followed to its bill.
struct Case {
    mishap: Mishap,
    flood: Flood,
    ceilings: Vec<Ceiling>,
    damage: Damage,
}

impl Writer<'_> {
    fn write(&self) -> Risk {
        let alone: Vec<Case> = self
            .exposed
            .iter()
            .take(ALONE)
            .map(|&trigger| self.case(&[trigger], true, false))
            .collect();
        let abuse = self.case(self.exposed, false, false);
        let retries = self.case(self.exposed, true, false);
        let loops = self
            .model
            .has_loops()
            .then(|| self.case(self.exposed, true, true));
        // Whoever floods the dearest trigger alone may do more harm than by
        // flooding all: they share limits.
        let worst_of = |cases: &[&Case]| cases.iter().map(|c| c.damage.usd).fold(0.0, f64::max);
        let by_abuse = worst_of(&[&abuse]);
        let mut all: Vec<&Case> = alone.iter().chain([&abuse, &retries]).collect();
        let by_retries = worst_of(&all);
        all.extend(&loops);
        let by_loops = worst_of(&all);
        let Some(worst) = all.into_iter().max_by(|a, b| {
            let order = a.damage.usd.total_cmp(&b.damage.usd);
            order.then(a.mishap.triggers.len().cmp(&b.mishap.triggers.len()))
        }) else {
            return Risk::default();
        };
        let seconds = TIMES.map(|(seconds, _)| seconds);
        let bills = self.model.bills(&worst.flood, &seconds);
        let losses: Vec<Loss> = TIMES
            .iter()
            .zip(&bills)
            .map(|(&(seconds, name), damage)| Loss {
                seconds,
                usd: self.usd(damage, "USD", || {
                    format!(
                        "bill of {name} at the worst rates from the start, no allowances, less the bill of the same time idle"
                    )
                }),
            })
            .collect();
        Risk {
            usd_per_hour: self.usd(&worst.damage, "USD/h", || self.worst_text(worst)),
            per_day: losses.get(2).map(|l| l.usd.clone()).unwrap_or_default(),
            bounded: self.model.loops_are_capped()
                && self
                    .exposed
                    .iter()
                    .all(|&trigger| self.model.is_capped(trigger)),
            causes: self.causes([by_abuse, by_retries, by_loops]),
            triggers: alone.iter().filter_map(|case| self.trigger(case)).collect(),
            nodes: bills
                .get(2)
                .map(|day| self.nodes(worst, day))
                .unwrap_or_default(),
            levers: self.levers(worst),
            losses,
        }
    }

    fn case(&self, triggers: &[NodeIndex], retries: bool, loops: bool) -> Case {
        self.capped(triggers, retries, loops, &[])
    }

    fn capped(&self, triggers: &[NodeIndex], retries: bool, loops: bool, caps: &[Ceiling]) -> Case {
        let mishap = Mishap {
            triggers: triggers.to_vec(),
            retries,
            loops,
        };
        let (flood, ceilings) = self.model.flood(&mishap, caps);
        Case {
            damage: self.model.hour(&flood),
            mishap,
            flood,
            ceilings,
        }
    }

    fn usd(&self, damage: &Damage, unit: &'static str, text: impl FnOnce() -> String) -> Figure {
        let figure = self.figures.figure(damage.usd, unit, text);
        self.figures.resting_on(figure, damage.all_figures())
    }

    fn id(&self, node: NodeIndex) -> &NodeId {
        &self.analysis.system.graph[node].id
    }

    fn worst_text(&self, worst: &Case) -> String {
        let mut what = Vec::new();
        for &trigger in &worst.mishap.triggers {
            what.push(format!("{} flooded", self.id(trigger)));
        }
        if worst.mishap.retries {
            what.push("every failed try repeated".to_owned());
        }
        if worst.mishap.loops {
            what.push("loops at their cap".to_owned());
        }
        format!(
            "bill of an hour with {}, as far as limits let it, no allowances, less the bill of an idle hour",
            what.join(", ")
        )
    }

    fn causes(&self, [abuse, retries, loops]: [f64; 3]) -> Vec<RiskCause> {
        let cause = |kind, usd: f64, text: &str| RiskCause {
            kind,
            usd_per_hour: self
                .figures
                .figure(usd.max(0.0), "USD/h", || text.to_owned()),
        };
        vec![
            cause(
                "abuse",
                abuse,
                "all triggers that can be set off from outside, flooded as far as limits let it",
            ),
            cause(
                "retries",
                retries - abuse,
                "what repeating every failed try as often as its link allows adds",
            ),
            cause(
                "loop",
                loops - retries,
                "what loops that run to their cap add",
            ),
        ]
    }

    fn trigger(&self, case: &Case) -> Option<TriggerRisk> {
        let &node = case.mishap.triggers.first()?;
        let graph = &self.analysis.system.graph;
        let bound = graph
            .edges_directed(node, Direction::Outgoing)
            .filter(|edge| case.flood.links[edge.id().index()] > 0.0)
            .find_map(|edge| case.flood.binding[edge.target().index()])
            .filter(|_| self.model.is_capped(node))
            .and_then(|ceiling| self.bound(case.ceilings.get(ceiling)?));
        let rate = case.flood.events[node.index()];
        let bounded_by = match &bound {
            Some(bound) => bound.text(),
            None => format!(
                "nothing in the design caps it; the figures assume {}",
                format::rate_per_second(rate)
            ),
        };
        Some(TriggerRisk {
            node: self.id(node).clone(),
            label: graph[node].label.clone(),
            rate: self.figures.figure(rate, "1/s", || bounded_by.clone()),
            usd_per_hour: self.usd(&case.damage, "USD/h", || self.worst_text(case)),
            bound,
            bounded_by,
        })
    }

    fn bound(&self, ceiling: &Ceiling) -> Option<Bound> {
        let limit = self
            .figures
            .figure(ceiling.limit, ceiling.unit, || ceiling.name.clone());
        Some(Bound {
            name: ceiling.name.clone(),
            node: self.id(ceiling.members.first()?.node).clone(),
            limit: self.figures.resting_on(limit, &ceiling.figure),
        })
    }

    fn nodes(&self, worst: &Case, day: &Damage) -> BTreeMap<NodeId, NodeRisk> {
        let part = |(id, usd): (&NodeId, &f64)| {
            let &node = self.analysis.system.index.get(id)?;
            let ceiling = worst.flood.bound(self.analysis, node);
            let arrivals = worst.flood.arrivals[node.index()];
            let figure = |usd: f64, unit, time: &str| {
                let figure = self.figures.figure(usd, unit, || {
                    format!(
                        "its part of the worst {time}, with {} arriving",
                        format::rate_per_second(arrivals)
                    )
                });
                let sources = worst.damage.figures.get(id).into_iter().flatten();
                self.figures.resting_on(figure, sources)
            };
            let by_day = day.by_node.get(id).copied().unwrap_or(0.0);
            let risk = NodeRisk {
                usd_per_hour: figure(*usd, "USD/h", "hour"),
                per_day: figure(by_day, "USD", "day"),
                bound: ceiling.and_then(|c| self.bound(worst.ceilings.get(c)?)),
            };
            Some((id.clone(), risk))
        };
        worst.damage.by_node.iter().filter_map(part).collect()
    }

    /// Tries a cap at the dearest nodes on the way, each by itself.
    fn levers(&self, worst: &Case) -> Vec<Lever> {
        let graph = &self.analysis.system.graph;
        let mut on_the_way: Vec<(NodeIndex, f64)> = graph
            .node_indices()
            .filter(|node| worst.flood.arrivals[node.index()] > 0.0)
            .map(|node| {
                let usd = worst.damage.by_node.get(self.id(node));
                (node, usd.copied().unwrap_or(0.0))
            })
            .filter(|(node, _)| {
                matches!(
                    graph[*node].settings,
                    Settings::Function(_) | Settings::Gateway(_)
                )
            })
            .collect();
        on_the_way.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut levers: Vec<Lever> = on_the_way
            .into_iter()
            .take(LEVERS)
            .filter_map(|(node, _)| self.lever(worst, node))
            .collect();
        levers.sort_by(|a, b| a.usd_per_hour.value.total_cmp(&b.usd_per_hour.value));
        levers
    }

    fn lever(&self, worst: &Case, node: NodeIndex) -> Option<Lever> {
        let cap = self.cap(node)?;
        let Mishap {
            triggers,
            retries,
            loops,
        } = &worst.mishap;
        let capped = self.capped(triggers, *retries, *loops, &[cap.ceiling]);
        // A cap that changes nothing is none worth setting.
        if capped.damage.usd > worst.damage.usd * 0.99 {
            return None;
        }
        let label = cap.label;
        Some(Lever {
            node: self.id(node).clone(),
            usd_per_hour: self.usd(&capped.damage, "USD/h", || {
                format!("{}; with this cap: {label}", self.worst_text(&capped))
            }),
            refused: self
                .figures
                .figure(cap.refused, "share", || cap.refused_text.to_owned()),
            label,
            commands: cap.commands,
        })
    }

    fn cap(&self, node: NodeIndex) -> Option<Cap> {
        let graph = &self.analysis.system.graph;
        let id = self.id(node);
        match &graph[node].settings {
            Settings::Gateway(_) => {
                let state = self.analysis.station(node);
                let peak = state.arrivals.iter().copied().fold(0.0, f64::max);
                let limit = (ROOM * peak).ceil().max(1.0);
                let set =
                    |key: &str, value: f64| set(ParamPath::Node(id.clone(), key.to_owned()), value);
                Some(Cap {
                    ceiling: Ceiling::own(
                        "its rate limit",
                        limit,
                        "1/s",
                        node,
                        (Counts::Arrivals, 1.0),
                    ),
                    label: format!("Limit {id} to {}", format::rate_per_second(limit)),
                    refused: self.model.refused_by_rate(node, limit, limit),
                    refused_text: "share of requests that find the token bucket empty, by bin",
                    commands: vec![set("rate_limit", limit), set("burst_limit", limit)],
                })
            }
            Settings::Function(_) => {
                let busy = (self.analysis.work_mean(node) / 1_000.0).max(1e-3);
                let limit = (ROOM * self.model.peak_busy(node)).ceil().max(2.0);
                let ceiling = |name: &str| {
                    Ceiling::own(name, limit, "executions", node, (Counts::Arrivals, busy))
                };
                let polled: Vec<&LinkId> = graph
                    .edges_directed(node, Direction::Incoming)
                    .filter(|edge| edge.weight().kind == LinkKind::Poll)
                    .map(|edge| &edge.weight().id)
                    .collect();
                let all_polled =
                    polled.len() == graph.edges_directed(node, Direction::Incoming).count();
                // Pollers that know of the cap leave the rest in the queue;
                // reserved concurrency would push it towards the dead letters.
                if let (true, [link]) = (all_polled, polled.as_slice()) {
                    let path = ParamPath::Link((*link).clone(), "maximum_concurrency".to_owned());
                    return Some(Cap {
                        ceiling: ceiling("maximum concurrency of the mapping"),
                        label: format!("Let {link} start {} at once", format::count(limit)),
                        refused: 0.0,
                        refused_text: "none: what is above the cap waits in the queue",
                        commands: vec![set(path, limit)],
                    });
                }
                let path = ParamPath::Node(id.clone(), "reserved".to_owned());
                Some(Cap {
                    ceiling: ceiling("reserved concurrency"),
                    label: format!("Reserve {} executions for {id}", format::count(limit)),
                    refused: self.model.refused_by_concurrency(node, limit),
                    refused_text: "share of calls that find every place taken (Erlang B by bin)",
                    commands: vec![set(path, limit)],
                })
            }
            _ => None,
        }
    }
}

struct Cap {
    ceiling: Ceiling,
    label: String,
    refused: f64,
    refused_text: &'static str,
    commands: Vec<Command>,
}

fn set(path: ParamPath, value: f64) -> Command {
    Command::Set {
        path,
        value: Some(Value::Number(value)),
    }
}

impl Bound {
    /// `1,000 executions, concurrency of the account, at checkout`.
    pub fn text(&self) -> String {
        let unit = match self.limit.unit {
            "1/s" => "a second",
            unit => unit,
        };
        format!(
            "{} at {}: {} {unit}",
            self.name,
            self.node,
            format::count(self.limit.value)
        )
    }
}
