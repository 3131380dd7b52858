//! Do logs cost more than the work that they tell of?

use super::{Ask, Card, Matter, Proposal, Yardstick, own_lines, without_allowances};
use crate::advice::trial::set_number;
use crate::design::{NodeId, Settings};
use crate::format;

/// What a platform writes of its own about one run [KB]: start, end and
/// report lines.
const OWN_LINES: f64 = 0.3;

pub(super) const CARD: Card = Card {
    id: "logs",
    title: "Do logs cost more than the work?",
    ask,
};

fn ask<'a>(ask: &Ask<'a>) -> Vec<Matter<'a>> {
    let plain = without_allowances(ask.trial.design);
    let plain = ask.trial.report(&plain, ask.trial.traffic);
    let functions = ask.nodes().filter_map(|(id, node, _, _)| {
        let Settings::Function(function) = &node.settings else {
            return None;
        };
        let log = function.log().0;
        let volume = |label: &str, size: f64, lost: &str| Proposal {
            label: format!("{label}: {}", format::size_kb(size)),
            lost: vec![lost.to_owned()],
            commands: vec![set_number(id, "log", size)],
            ..Proposal::default()
        };
        let mut proposals = Vec::new();
        if log > 2.0 * OWN_LINES {
            proposals.push(volume("Half", log / 2.0, "half of what is logged"));
        }
        if log > OWN_LINES {
            let lost = "everything that the code logs";
            proposals.push(volume("The platform's own lines", OWN_LINES, lost));
        }
        Some(Matter {
            node: id.clone(),
            current: format!("{} for each run", format::size_kb(log)),
            proposals,
            yardstick: yardstick(&plain, id, log),
        })
    });
    functions.collect()
}

/// The volume at which logs cost as much as the function itself.
fn yardstick(plain: &crate::report::Report, id: &NodeId, log: f64) -> Option<Yardstick> {
    let work: f64 = own_lines(plain, id).map(|(_, usd)| usd).sum();
    let lines = plain.cost.lines.iter();
    let logs = lines.filter(|l| l.node == *id && l.companion.as_deref() == Some("logs"));
    let logs: f64 = logs.map(|line| line.cost.value).sum();
    let threshold = log * work / logs;
    (threshold.is_finite() && threshold > 0.0).then(|| Yardstick {
        name: "Logs of one run".to_owned(),
        value: log,
        threshold,
        unit: "KB",
        text: format!(
            "From {} for each run on logs cost more than the function.",
            format::size_kb(threshold)
        ),
    })
}
