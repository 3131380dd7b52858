//! What is wrong on one wire.

use petgraph::graph::{EdgeIndex, NodeIndex};

use crate::analysis::Analysis;
use crate::analysis::dead_letter::{self, ThrottledReceives};
use crate::analysis::hits;
use crate::catalog::LimitKind;
use crate::design::{Command, LinkKind, ParamPath, Settings, Value};
use crate::format;

use super::{Problem, Severity, problem, set_number};

pub(super) fn timeouts(analysis: &Analysis<'_>, edge: EdgeIndex, found: &mut Vec<Problem>) {
    let graph = &analysis.system.graph;
    let Some((from, to)) = graph.edge_endpoints(edge) else {
        return;
    };
    match (&graph[from].settings, &graph[to].settings, graph[edge].kind) {
        (Settings::Gateway(gateway), Settings::Function(function), LinkKind::Request)
            if function.timeout() > gateway.timeout() =>
        {
            found.push(
                problem(
                    "timeout-order",
                    Severity::Warning,
                    format!("{} gives up before {} does.", graph[from].label, graph[to].label),
                    format!(
                        "The gateway waits {}, the function may run {}: the caller sees an error while the function runs on and is billed.",
                        format::millis(gateway.timeout().0),
                        format::millis(function.timeout().0)
                    ),
                )
                .on(&graph[edge].id)
                .at(&graph[to].id)
                .mended_by(
                    format!("Set the function's timeout to {}", format::millis(gateway.timeout().0)),
                    vec![set_number(&graph[to].id, "timeout", gateway.timeout().0)],
                ),
            );
        }
        (Settings::Queue(queue), Settings::Function(function), LinkKind::Poll) => {
            // AWS asks for six times, as its pollers hold throttled batches
            // back; elsewhere a message must only not come back too early.
            let times = if is_lambda(analysis, to) { 6.0 } else { 1.0 };
            let needed = (times * function.timeout().0).min(43_200_000.0);
            if queue.visibility().0 >= needed {
                return;
            }
            found.push(
                problem(
                    "visibility-too-short",
                    Severity::Warning,
                    "Messages come back while they are still being handled.".to_owned(),
                    format!(
                        "Visibility timeout {} against {}the function's timeout of {}: messages are received again too early, handled twice, and may end in the dead-letter queue.",
                        format::millis(queue.visibility().0),
                        if times > 1.0 { "6 × " } else { "" },
                        format::millis(function.timeout().0)
                    ),
                )
                .on(&graph[edge].id)
                .at(&graph[from].id)
                .mended_by(
                    format!("Set the visibility timeout to {}", format::millis(needed)),
                    vec![set_number(&graph[from].id, "visibility", needed)],
                ),
            );
        }
        _ => {}
    }
}

/// Whether a node runs on AWS Lambda, whose pollers of queues are its own.
fn is_lambda(analysis: &Analysis<'_>, node: NodeIndex) -> bool {
    let service = analysis.system.graph[node].service;
    service.is_some_and(|service| service.id.as_str() == "aws.lambda")
}

pub(super) fn pollers(analysis: &Analysis<'_>, edge: EdgeIndex, found: &mut Vec<Problem>) {
    let graph = &analysis.system.graph;
    let Some((from, to)) = graph.edge_endpoints(edge) else {
        return;
    };
    let (Settings::Queue(_), Settings::Function(function)) =
        (&graph[from].settings, &graph[to].settings)
    else {
        return;
    };
    let route = &graph[edge];
    if route.kind != LinkKind::Poll {
        return;
    }
    let unaware = function.reserved() > 0 && route.settings.maximum_concurrency() == 0;
    if !unaware || !is_lambda(analysis, to) {
        return;
    }
    // The service knows no smaller maximum than 2.
    let most = f64::from(function.reserved().max(2));
    let mut commands = vec![Command::Set {
        path: ParamPath::Link(route.id.clone(), "maximum_concurrency".to_owned()),
        value: Some(Value::Number(most)),
    }];
    if function.reserved() < 2 {
        commands.push(set_number(&graph[to].id, "reserved", most));
    }
    let lost = dead_letter::throttled_receives(analysis, edge);
    let (severity, why) = match &lost {
        Some(lost) => (Severity::Error, lost_text(lost)),
        None => (
            Severity::Warning,
            format!(
                "They start more invocations than the {} reserved; each refused one counts as a receive, and valid messages can end in the dead-letter queue.",
                function.reserved()
            ),
        ),
    };
    found.push(
        problem(
            "throttled-poller",
            severity,
            "The queue's pollers do not know of the reserved concurrency.".to_owned(),
            why,
        )
        .on(&route.id)
        .at(&graph[to].id)
        .mended_by(
            format!("Set the mapping's maximum concurrency to {most}"),
            commands,
        ),
    );
}

/// What valid messages are lost, and how soon.
fn lost_text(lost: &ThrottledReceives) -> String {
    let how = match lost.herd {
        Some((messages, gone)) => format!(
            "Of {} messages at once {} end in the dead-letter queue",
            format::count(messages),
            format::count(gone)
        ),
        None => format!(
            "{} of all messages end in the dead-letter queue",
            format::percent(lost.share)
        ),
    };
    format!(
        "{how} {} after they were first received, though the code is fine: {} pollers start, {} may run, and each refused start counts as one of {} receives. As the documentation has it, pollers try again until the visibility timeout ends, and {} would be lost.",
        format::millis(lost.after * 1_000.0),
        format::count(lost.pollers),
        format::count(lost.limit),
        lost.receives,
        format::percent(lost.documented)
    )
}

/// A consumer that cannot keep up, however long it takes.
pub(super) fn backlog(analysis: &Analysis<'_>, edge: EdgeIndex, found: &mut Vec<Problem>) {
    let graph = &analysis.system.graph;
    let (Some((from, to)), wire) = (graph.edge_endpoints(edge), analysis.wire(edge)) else {
        return;
    };
    let Some(waiting) = wire.waiting.as_ref().filter(|waiting| waiting.growth > 0.0) else {
        return;
    };
    let expired = if waiting.expired >= 1.0 {
        format!(
            " What waits too long is dropped: {} a month.",
            format::count(waiting.expired)
        )
    } else {
        String::new()
    };
    found.push(
        problem(
            "backlog-grows",
            Severity::Error,
            "Unstable: more arrives than can be handled.".to_owned(),
            format!(
                "On average {} arrive and {} can take {}: the backlog grows by {} a minute.{expired}",
                format::rate_per_second(analysis.mean_of(&wire.offered)),
                graph[to].label,
                format::rate_per_second(wire.rate_mean()),
                format::count(waiting.growth * 60.0)
            ),
        )
        .on(&graph[edge].id)
        .at(&graph[from].id),
    );
}

pub(super) fn payloads(analysis: &Analysis<'_>, edge: EdgeIndex, found: &mut Vec<Problem>) {
    let graph = &analysis.system.graph;
    let Some((_, to)) = graph.edge_endpoints(edge) else {
        return;
    };
    let route = &graph[edge];
    let kind = match route.kind {
        LinkKind::Request => LimitKind::RequestPayload,
        LinkKind::Invoke | LinkKind::Publish => LimitKind::EventPayload,
        _ => return,
    };
    let Some(limit) = analysis.system.limit(to, kind) else {
        return;
    };
    let size = route.settings.payload().0;
    if size > limit {
        found.push(
            problem(
                "payload-too-large",
                Severity::Error,
                format!(
                    "{} does not take payloads of {}.",
                    graph[to].label,
                    format::size_kb(size)
                ),
                format!(
                    "Its limit is {}: pass a reference to a bucket instead.",
                    format::size_kb(limit)
                ),
            )
            .on(&route.id)
            .at(&graph[to].id),
        );
    }
}

/// A wire for what a cache does not answer, where its sender asks no such
/// cache.
pub(super) fn misses(analysis: &Analysis<'_>, edge: EdgeIndex, found: &mut Vec<Problem>) {
    let route = &analysis.system.graph[edge];
    let name = route.settings.misses_of();
    if name.is_empty() || hits::cache_before(analysis.system, edge).is_some() {
        return;
    }
    found.push(
        problem(
            "no-such-cache",
            Severity::Warning,
            format!("No cache `{name}` is read before this wire."),
            "It is to carry only what that cache does not answer, but its sender has no read wire to a cache of this id: it is counted in full.".to_owned(),
        )
        .on(&route.id)
        .mended_by(
            "Count it in full",
            vec![Command::Set {
                path: ParamPath::Link(route.id.clone(), "misses_of".to_owned()),
                value: None,
            }],
        ),
    );
}
