//! What waits, what is lost while it waits, and when requests are refused.

use petgraph::Direction;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;
use serde::Serialize;

use crate::analysis::Analysis;
use crate::analysis::dead_letter::{self, ThrottledReceives};
use crate::analysis::limits::{self, Binding};
use crate::analysis::timeline::Regime;
use crate::analysis::waiting::Waiting;
use crate::catalog::Archetype;
use crate::design::LinkId;
use crate::format;

use super::Figure;
use super::figures::Figures;

/// Share of refused requests from which a bin counts as refusing.
const REFUSING: f64 = 1e-3;

/// What waits in front of a consumer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Backlog {
    /// The link that it waits before.
    pub link: LinkId,
    /// Deepest backlog.
    pub deepest: Figure,
    /// Longest wait.
    pub longest: Figure,
    /// From the start of a spike until nothing waits; none where it never
    /// drains or nothing spikes.
    pub drained: Option<Figure>,
    /// Growth without end; 0 where it drains.
    pub growth: Figure,
    /// Events dropped in a month because they waited too long.
    pub expired: Figure,
    /// Valid messages that end in the dead-letter queue.
    pub dead_letters: Option<DeadLetters>,
}

/// Valid messages that end in a dead-letter queue because nobody was free.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeadLetters {
    /// Messages lost in a month, as incidents report it.
    pub lost: Figure,
    /// Share of all messages.
    pub share: f64,
    /// The same share as the documentation has it.
    pub documented: f64,
    /// From the first receipt to the dead-letter queue.
    pub after: Figure,
}

/// A stretch of time in which requests are refused.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refusal {
    /// When it begins, from the start of the day, week, spike or firing [s].
    pub from: f64,
    /// How long it lasts [s].
    pub lasts: f64,
    /// How often it happens in a month.
    pub times: f64,
    /// Highest share refused [1].
    pub share: f64,
    /// Requests refused each time.
    pub refused: f64,
    /// What refuses them, with its value.
    pub limit: String,
    /// In words.
    pub text: String,
}

/// Where something waits that belongs to a node: before its consumers for
/// whatever keeps messages, before itself for the rest.
pub(super) fn deepest<'a>(
    analysis: &'a Analysis<'_>,
    node: NodeIndex,
) -> Option<(EdgeIndex, &'a Waiting)> {
    let graph = &analysis.system.graph;
    let keeps = |archetype| {
        matches!(
            archetype,
            Archetype::Queue
                | Archetype::Topic
                | Archetype::Bus
                | Archetype::Stream
                | Archetype::Table
                | Archetype::Database
                | Archetype::Bucket
        )
    };
    let direction = if keeps(graph[node].archetype()) {
        Direction::Outgoing
    } else {
        Direction::Incoming
    };
    graph
        .edges_directed(node, direction)
        .filter(|edge| direction == Direction::Outgoing || !keeps(graph[edge.source()].archetype()))
        .filter_map(|edge| Some((edge.id(), analysis.wire(edge.id()).waiting.as_ref()?)))
        .filter(|(_, waiting)| waiting.deepest() >= 1.0 || waiting.growth > 0.0)
        .max_by(|a, b| a.1.deepest().total_cmp(&b.1.deepest()))
}

/// What waits at a node.
pub(super) fn backlog(
    figures: Figures<'_>,
    analysis: &Analysis<'_>,
    node: NodeIndex,
) -> Option<Backlog> {
    let lost = analysis
        .system
        .graph
        .edges_directed(node, Direction::Outgoing)
        .find_map(|edge| dead_letter::throttled_receives(analysis, edge.id()));
    let nothing = Waiting::default();
    let (edge, waiting) = match (deepest(analysis, node), &lost) {
        (Some(found), _) => found,
        (None, Some(lost)) => (lost.edge, &nothing),
        (None, None) => return None,
    };
    let figure = |value: f64, unit: &'static str, how: &'static str| {
        figures.figure(value, unit, || how.to_owned())
    };
    Some(Backlog {
        link: analysis.system.graph[edge].id.clone(),
        deepest: figure(
            waiting.deepest(),
            "events",
            "sum of what comes less what consumers take, bin by bin",
        ),
        longest: figure(
            waiting.longest(),
            "s",
            "events waiting ÷ events taken a second (Little's law), the longest of all bins",
        ),
        drained: drained(analysis, waiting).map(|seconds| {
            figure(
                seconds,
                "s",
                "first bin of the spike's tail without backlog",
            )
        }),
        growth: figure(
            waiting.growth,
            "1/s",
            "what comes less what consumers can take, where that goes on for ever",
        ),
        expired: figure(
            waiting.expired,
            "events/month",
            "events that would wait longer than they are kept",
        ),
        dead_letters: lost.map(|lost| dead_letters(figures, &lost)),
    })
}

/// From the start of the first event until nothing waits after its deepest
/// backlog [s].
fn drained(analysis: &Analysis<'_>, waiting: &Waiting) -> Option<f64> {
    let bins = &analysis.timeline.bins;
    let (deepest, _) = waiting
        .depth
        .iter()
        .enumerate()
        .filter(|(_, depth)| **depth > 0.0)
        .max_by(|a, b| a.1.total_cmp(b.1))?;
    let event = match bins.get(deepest)?.regime {
        Regime::Stationary => return None,
        Regime::Transient(event) | Regime::Burst(event) => event,
    };
    bins.iter()
        .zip(&waiting.depth)
        .skip(deepest)
        .take_while(|(bin, _)| {
            matches!(bin.regime, Regime::Transient(own) | Regime::Burst(own) if own == event)
        })
        .find(|(_, depth)| **depth <= 0.0)
        .map(|(bin, _)| bin.start + bin.length)
}

fn dead_letters(figures: Figures<'_>, lost: &ThrottledReceives) -> DeadLetters {
    DeadLetters {
        lost: figures.figure(lost.lost, "messages/month", || match lost.herd {
            Some((messages, gone)) => format!(
                "{} messages at once − {} receives × {} executions = {} lost each time",
                format::count(messages),
                lost.receives,
                format::count(lost.limit),
                format::count(gone)
            ),
            None => format!(
                "share that finds no place (Erlang B with {} executions) at each of {} receives",
                format::count(lost.limit),
                lost.receives
            ),
        }),
        share: lost.share,
        documented: lost.documented,
        after: figures.figure(lost.after, "s", || {
            format!("{} receives × visibility timeout", lost.receives)
        }),
    }
}

/// When requests are refused at a node.
pub(super) fn refusals(analysis: &Analysis<'_>, node: NodeIndex) -> Vec<Refusal> {
    let bins = &analysis.timeline.bins;
    let state = analysis.station(node);
    if state.refused.is_empty() {
        return Vec::new();
    }
    let refused = |bin: usize| state.refused_in(bin);
    let mut episodes: Vec<Episode> = Vec::new();
    for (index, bin) in bins.iter().enumerate() {
        let share = refused(index);
        if share < REFUSING {
            continue;
        }
        let rate = state.arrivals.get(index).copied().unwrap_or(0.0);
        let follows = episodes.last().is_some_and(|last| {
            last.next == index
                && bins
                    .get(index.wrapping_sub(1))
                    .is_some_and(|b| same(b.regime, bin.regime))
        });
        if !follows {
            episodes.push(Episode {
                from: bin.start,
                times: bin.weight / bin.length.max(1e-9),
                ..Episode::default()
            });
        }
        if let Some(episode) = episodes.last_mut() {
            episode.next = index + 1;
            episode.lasts += bin.length;
            episode.share = episode.share.max(share);
            episode.refused += rate * share * bin.length;
            episode.regime = Some(bin.regime);
        }
    }
    if episodes.is_empty() {
        return Vec::new();
    }
    let limit = match limits::binding(analysis, node) {
        Some(Binding::Limit(used)) => format!("{} {}", format::count(used.limit), used.name),
        Some(Binding::Starts(burst, rate)) => format!(
            "new environments start {} at once and then {} a second",
            format::count(burst),
            format::count(rate)
        ),
        None => "its limit".to_owned(),
    };
    episodes
        .into_iter()
        .map(|episode| episode.told(&limit))
        .collect()
}

fn same(one: Regime, other: Regime) -> bool {
    match (one, other) {
        (Regime::Stationary, Regime::Stationary) => true,
        (
            Regime::Transient(one) | Regime::Burst(one),
            Regime::Transient(other) | Regime::Burst(other),
        ) => one == other,
        _ => false,
    }
}

#[derive(Default)]
struct Episode {
    from: f64,
    lasts: f64,
    times: f64,
    share: f64,
    refused: f64,
    next: usize,
    regime: Option<Regime>,
}

impl Episode {
    fn told(self, limit: &str) -> Refusal {
        let seconds = |value: f64| format::millis(value * 1_000.0);
        let when = match self.regime {
            Some(Regime::Stationary) if self.lasts > 8.0 * 86_400.0 => "all the time".to_owned(),
            Some(Regime::Stationary) => format!(
                "from hour {} of the profile, for {}",
                format::count(self.from / 3_600.0),
                seconds(self.lasts)
            ),
            _ => format!(
                "{} after the start of the spike, for {}",
                seconds(self.from),
                seconds(self.lasts)
            ),
        };
        Refusal {
            text: format!(
                "Up to {} is refused {when}: {limit}.",
                format::percent(self.share)
            ),
            from: self.from,
            lasts: self.lasts,
            times: self.times,
            share: self.share,
            refused: self.refused,
            limit: limit.to_owned(),
        }
    }
}
