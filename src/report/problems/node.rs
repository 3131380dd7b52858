//! What is wrong at one node.

use petgraph::Direction;
use petgraph::graph::NodeIndex;

use crate::analysis::{Analysis, cron, limits};
use crate::design::settings::Shape;
use crate::design::{Design, LinkKind, Settings};
use crate::format;

use super::super::backlog::refusals;
use super::{Problem, Severity, problem, set_number};

/// Share of refused requests that is worth a word, and that is an error.
const THROTTLED: (f64, f64) = (0.001, 0.05);

pub(super) fn refused(analysis: &Analysis<'_>, node: NodeIndex, found: &mut Vec<Problem>) {
    let state = analysis.station(node);
    if state.refused.is_empty() {
        return;
    }
    let bins = &analysis.timeline.bins;
    let refused: Vec<f64> = (0..bins.len()).map(|bin| state.refused_in(bin)).collect();
    let rate = |bin: usize| state.arrivals.get(bin).copied().unwrap_or(0.0);
    let arrivals = analysis.timeline.mean(rate);
    let lost = analysis.timeline.mean(|bin| rate(bin) * refused[bin]);
    let share = if arrivals > 0.0 { lost / arrivals } else { 0.0 };
    let worst = refused.iter().copied().fold(0.0, f64::max);
    if share < THROTTLED.0 && worst < THROTTLED.1 {
        return;
    }
    let station = &analysis.system.graph[node];
    let limit = limits::tightest(analysis, node);
    let episodes = refusals(analysis, node);
    let worst_episode = episodes
        .iter()
        .max_by(|a, b| a.refused.total_cmp(&b.refused))
        .map_or_else(String::new, |episode| format!(" {}", episode.text));
    let severity = if worst >= THROTTLED.1 {
        Severity::Error
    } else {
        Severity::Warning
    };
    let made = problem(
        "throttled",
        severity,
        format!(
            "Up to {} of what arrives is refused.",
            format::percent(worst)
        ),
        format!(
            "At the peak {} arrive.{worst_episode} Over the month {} is refused.",
            format::rate_per_second((0..bins.len()).map(rate).fold(0.0, f64::max)),
            format::percent(share)
        ),
    )
    .at(&station.id);
    found.push(match (&station.settings, limit) {
        (Settings::Function(function), Some(used)) if function.reserved() > 0 => {
            let needed = (used.load * 1.2).ceil();
            made.mended_by(
                format!("Reserve {needed} executions"),
                vec![set_number(&station.id, "reserved", needed)],
            )
        }
        _ => made,
    });
}

pub(super) fn overloaded(analysis: &Analysis<'_>, node: NodeIndex, found: &mut Vec<Problem>) {
    let station = &analysis.system.graph[node];
    if matches!(
        station.settings,
        Settings::Function(_) | Settings::Gateway(_)
    ) {
        return; // Their refusals are computed.
    }
    let Some(used) = limits::tightest(analysis, node).filter(|used| used.utilisation() > 1.0)
    else {
        return;
    };
    found.push(
        problem(
            "overloaded",
            Severity::Error,
            format!("The load exceeds {}.", used.name),
            format!(
                "At the peak {} against {}: {} of the limit.",
                format::count(used.load),
                format::count(used.limit),
                format::percent(used.utilisation())
            ),
        )
        .at(&station.id),
    );
}

pub(super) fn unreached(
    design: &Design,
    analysis: &Analysis<'_>,
    node: NodeIndex,
    found: &mut Vec<Problem>,
) {
    let station = &analysis.system.graph[node];
    let reached = analysis
        .flow
        .influence
        .iter()
        .any(|influence| influence[node.index()] > 0.0)
        || analysis.arrivals_mean(node) > 0.0;
    let dead_letters = analysis
        .system
        .graph
        .edges_directed(node, Direction::Incoming)
        .any(|edge| edge.weight().kind == LinkKind::DeadLetter);
    let waits_for_work = !dead_letters && !upstream_dead_letters(analysis, node);
    if reached
        || !waits_for_work
        || matches!(station.settings, Settings::Trigger(_))
        || design.nodes.len() < 2
    {
        return;
    }
    found.push(
        problem(
            "receives-nothing",
            Severity::Hint,
            "Nothing reaches this node.".to_owned(),
            "No wire leads here from a trigger with traffic, so its load and most of its cost read 0.".to_owned(),
        )
        .at(&station.id),
    );
}

/// Whether all that could reach a node comes out of a dead-letter queue.
fn upstream_dead_letters(analysis: &Analysis<'_>, node: NodeIndex) -> bool {
    analysis
        .system
        .graph
        .neighbors_directed(node, Direction::Incoming)
        .any(|sender| {
            analysis
                .system
                .graph
                .edges_directed(sender, Direction::Incoming)
                .any(|edge| edge.weight().kind == LinkKind::DeadLetter)
        })
}

pub(super) fn working_set(analysis: &Analysis<'_>, node: NodeIndex, found: &mut Vec<Problem>) {
    let station = &analysis.system.graph[node];
    let Settings::Function(function) = &station.settings else {
        return;
    };
    if function.working_set() > function.memory() {
        let needed = (function.working_set().0 / 64.0).ceil() * 64.0;
        found.push(
            problem(
                "memory-too-small",
                Severity::Error,
                "The code needs more memory than it has.".to_owned(),
                format!(
                    "Working set {} against {} configured: invocations are killed.",
                    format::memory_mb(function.working_set().0),
                    format::memory_mb(function.memory().0)
                ),
            )
            .at(&station.id)
            .mended_by(
                format!("Set memory to {needed} MB"),
                vec![set_number(&station.id, "memory", needed)],
            ),
        );
    }
}

pub(super) fn no_dead_letters(analysis: &Analysis<'_>, node: NodeIndex, found: &mut Vec<Problem>) {
    let station = &analysis.system.graph[node];
    let outgoing = || {
        analysis
            .system
            .graph
            .edges_directed(node, Direction::Outgoing)
    };
    let polled = outgoing().any(|edge| edge.weight().kind == LinkKind::Poll);
    let has_one = outgoing().any(|edge| edge.weight().kind == LinkKind::DeadLetter);
    let is_one = analysis
        .system
        .graph
        .edges_directed(node, Direction::Incoming)
        .any(|edge| edge.weight().kind == LinkKind::DeadLetter);
    if matches!(station.settings, Settings::Queue(_)) && polled && !has_one && !is_one {
        found.push(
            problem(
                "no-dead-letters",
                Severity::Hint,
                "Messages that always fail have nowhere to go.".to_owned(),
                "They come back until they expire and are then lost. Wire a second queue as dead-letter queue.".to_owned(),
            )
            .at(&station.id),
        );
    }
}

pub(super) fn quiet_triggers(analysis: &Analysis<'_>, node: NodeIndex, found: &mut Vec<Problem>) {
    let station = &analysis.system.graph[node];
    let Settings::Trigger(trigger) = &station.settings else {
        return;
    };
    if analysis.arrivals_mean(node) <= 0.0 {
        let why = match (trigger.shape(), cron::Schedule::parse(&trigger.cron())) {
            (Shape::Cron, Err(error)) => format!("{error}."),
            _ => {
                "Set its rate in the inspector; until then all figures behind it read 0.".to_owned()
            }
        };
        found.push(
            problem(
                "no-traffic",
                Severity::Warning,
                "This trigger sends nothing.".to_owned(),
                why,
            )
            .at(&station.id),
        );
    }
    let is_read = analysis.system.series.contains_key(&trigger.replay());
    if trigger.shape() == Shape::Replay && !is_read {
        let what = if trigger.replay().is_empty() {
            "No file to replay is named.".to_owned()
        } else {
            format!("The file to replay, {}, is not read.", trigger.replay())
        };
        found.push(
            problem(
                "replay-unread",
                Severity::Warning,
                what,
                "The trigger's mean rate is taken as steady instead. Name a CSV of timestamps, or of times and counts, beside the design.".to_owned(),
            )
            .at(&station.id),
        );
    }
}

/// A function that is cut off by its own timeout.
pub(super) fn cut_off(analysis: &Analysis<'_>, node: NodeIndex, found: &mut Vec<Problem>) {
    let station = &analysis.system.graph[node];
    let share = analysis
        .late
        .nodes
        .get(node.index())
        .copied()
        .unwrap_or(0.0);
    let Settings::Function(function) = &station.settings else {
        return;
    };
    if share < 0.001 {
        return;
    }
    let severity = if share >= 0.05 {
        Severity::Error
    } else {
        Severity::Warning
    };
    found.push(
        problem(
            "times-out",
            severity,
            format!("{} of its runs are cut off.", format::percent(share)),
            format!(
                "The timeout is {}, the work takes {} on average where nothing cuts it off. What is cut off failed: it is billed, retried, and may end in a dead-letter queue.",
                format::millis(function.timeout().0),
                format::millis(analysis.uncut_mean(node))
            ),
        )
        .at(&station.id),
    );
}
