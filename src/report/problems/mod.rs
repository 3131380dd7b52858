//! What is wrong, risky or wasteful, with evidence and a remedy.
//!
//! Here is what concerns the whole design; [`node`] judges one node, [`link`]
//! one wire.

mod link;
mod node;

use crate::analysis::Analysis;
use crate::analysis::cost::Priced;
use crate::analysis::runaway::{DETECTED_AFTER, RunawayState};
use crate::catalog::billing::BillProblem;
use crate::design::{Command, Design, NodeId, ParamPath, Settings, Value};
use crate::format;
use crate::system::Unresolved;

use super::{Problem, Report, Severity};

fn problem(code: &'static str, severity: Severity, what: String, why: String) -> Problem {
    Problem::new(code, severity, what, why)
}

/// An override that names nothing.
pub fn bad_override(error: &String) -> Problem {
    problem(
        "bad-override",
        Severity::Warning,
        format!("An override has no effect: {error}"),
        "The catalog's own figure is used instead.".to_owned(),
    )
}

/// What could not be looked up.
pub fn unresolved(all: &[Unresolved]) -> Vec<Problem> {
    all.iter().map(one_unresolved).collect()
}

fn one_unresolved(unresolved: &Unresolved) -> Problem {
    match unresolved {
        Unresolved::NoService { node, archetype, provider } => problem(
            "no-service",
            Severity::Warning,
            format!("Nothing of {provider} stands for this {}.", archetype.label().to_lowercase()),
            "Its cost and time are unknown, so the totals are lower bounds. Choose a service in the inspector.".to_owned(),
        )
        .at(node),
        Unresolved::NoSuchPin { node, service } => problem(
            "no-such-service",
            Severity::Error,
            format!("The catalog has no service `{service}`."),
            "Its cost and time are unknown, so the totals are lower bounds. Choose another service.".to_owned(),
        )
        .at(node),
        Unresolved::DanglingLink { link, missing } => problem(
            "dangling-link",
            Severity::Error,
            format!("The link {link} leads to `{missing}`, which does not exist."),
            "It is left out of all figures.".to_owned(),
        )
        .on(link)
        .mended_by("Remove the link", vec![Command::RemoveLink { id: link.clone() }]),
        Unresolved::IllegalLink { link, reason } => problem(
            "illegal-link",
            Severity::Error,
            format!("The link {link} cannot carry: {reason}"),
            "It is left out of all figures.".to_owned(),
        )
        .on(link)
        .mended_by("Remove the link", vec![Command::RemoveLink { id: link.clone() }]),
        Unresolved::NoRegion { region, provider } => problem(
            "no-region",
            Severity::Error,
            format!("{provider} has no region `{region}` in the catalog."),
            "Prices and limits there are unknown. Choose a region in the environment.".to_owned(),
        ),
        Unresolved::WrongKind {
            node,
            service,
            archetype,
        } => problem(
            "no-such-service",
            Severity::Error,
            format!("{service} cannot stand for this node."),
            format!(
                "It is a {}. Its cost and time are unknown, so the totals are lower bounds. Choose another service.",
                archetype.label().to_lowercase()
            ),
        )
        .at(node),
        Unresolved::NoProvider { provider } => problem(
            "no-provider",
            Severity::Error,
            format!("The catalog has no provider `{provider}`."),
            "Nothing can be priced. Choose a provider at the top.".to_owned(),
        ),
    }
}

/// What could not be priced.
pub fn unpriced(priced: &Priced) -> Vec<Problem> {
    let of_bill = priced.bill.problems.iter().map(|error| {
        let what = match error {
            BillProblem::MissingPrice { name, region, .. } => {
                format!("The price of {name} in {region} is not known.")
            }
            other => format!("{other}."),
        };
        let made = problem(
            "missing-price",
            Severity::Warning,
            what,
            "The total is a lower bound: it reads \"at least\".".to_owned(),
        );
        match owners(error).first() {
            Some(owner) => made.at(&node_of(owner)),
            None => made,
        }
    });
    let of_companions = priced.problems.iter().map(|companion| {
        problem(
            "missing-price",
            Severity::Warning,
            format!(
                "What {} uses cannot be computed: {}.",
                companion.owner, companion.error
            ),
            "The total is a lower bound: it reads \"at least\".".to_owned(),
        )
        .at(&node_of(&companion.owner))
    });
    of_bill.chain(of_companions).collect()
}

fn owners(error: &BillProblem) -> Vec<String> {
    match error {
        BillProblem::MissingPrice { owners, .. } => owners.clone(),
        BillProblem::Formula { owner, .. } | BillProblem::Quantity { owner, .. } => {
            vec![owner.clone()]
        }
        _ => Vec::new(),
    }
}

fn node_of(owner: &str) -> NodeId {
    NodeId::from(owner.split('/').next().unwrap_or(owner))
}

/// Marks the nodes whose cost is a lower bound.
pub fn mark_incomplete(priced: &Priced, report: &mut Report) {
    let unpriced: Vec<NodeId> = priced
        .bill
        .problems
        .iter()
        .flat_map(owners)
        .chain(
            priced
                .problems
                .iter()
                .map(|companion| companion.owner.clone()),
        )
        .map(|owner| node_of(&owner))
        .chain(
            report
                .problems
                .iter()
                .filter(|p| p.code == "no-service" || p.code == "no-such-service")
                .filter_map(|p| p.node.clone()),
        )
        .collect();
    for node in &unpriced {
        if let Some(node) = report.nodes.get_mut(node) {
            node.cost_complete = false;
        }
    }
    let no_provider = report
        .problems
        .iter()
        .any(|problem| problem.code == "no-provider");
    report.cost.complete &= unpriced.is_empty() && !no_provider;
}

/// What ends a runaway's growth, in words.
pub fn cap_text(analysis: &Analysis<'_>, state: &RunawayState) -> String {
    let mut text = match &state.capped_by {
        Some((node, name, limit)) => format!(
            "{} {name} of {} caps it at {}",
            format::count(*limit),
            analysis.system.graph[*node].id,
            format::rate_per_second(state.cap)
        ),
        None => {
            "nothing in the design caps it; the figures assume 1,000 events a second".to_owned()
        }
    };
    if state.watched {
        text.push_str(&format!(
            "; the provider's own loop detection, where it is on, stops a chain after about {DETECTED_AFTER} turns"
        ));
    }
    text
}

/// Judges what was computed.
pub fn judge(design: &Design, analysis: &Analysis<'_>, report: &mut Report) {
    let mut found = Vec::new();
    runaways(analysis, report, &mut found);
    for node in analysis.system.graph.node_indices() {
        node::refused(analysis, node, &mut found);
        node::overloaded(analysis, node, &mut found);
        node::unreached(design, analysis, node, &mut found);
        node::working_set(analysis, node, &mut found);
        node::cut_off(analysis, node, &mut found);
        node::no_dead_letters(analysis, node, &mut found);
        node::quiet_triggers(analysis, node, &mut found);
    }
    for edge in analysis.system.graph.edge_indices() {
        link::timeouts(analysis, edge, &mut found);
        link::pollers(analysis, edge, &mut found);
        link::backlog(analysis, edge, &mut found);
        link::payloads(analysis, edge, &mut found);
        link::misses(analysis, edge, &mut found);
    }
    report.problems.extend(found);
}

fn runaways(analysis: &Analysis<'_>, report: &Report, found: &mut Vec<Problem>) {
    for runaway in &report.runaways {
        let path: Vec<&str> = runaway.path.iter().map(NodeId::as_str).collect();
        let made = problem(
            "runaway",
            Severity::Error,
            format!("This loop feeds itself: {}.", path.join(" -> ")),
            format!(
                "Each event becomes {} per turn. Up to {} an hour; {}. The monthly figures count each event once.",
                format::significant(runaway.gain.value, 3),
                format::usd(runaway.usd_per_hour.value),
                runaway.cap
            ),
        );
        let function = runaway.path.iter().find(|id| {
            analysis.system.index.get(*id).is_some_and(|&node| {
                matches!(analysis.system.graph[node].settings, Settings::Function(_))
            })
        });
        found.push(match function {
            Some(function) => made.at(function).mended_by(
                format!("Cap it: reserve 2 executions for {function}"),
                vec![set_number(function, "reserved", 2.0)],
            ),
            None => made,
        });
    }
}

fn set_number(node: &NodeId, key: &str, value: f64) -> Command {
    Command::Set {
        path: ParamPath::Node(node.clone(), key.to_owned()),
        value: Some(Value::Number(value)),
    }
}
