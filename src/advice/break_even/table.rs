//! A table on demand, or with units bought in advance?

use std::collections::BTreeMap;

use super::{Ask, Card, Matter, Proposal, Yardstick, own_lines, without_allowances};
use crate::advice::trial::{set, set_number};
use crate::design::settings::{CapacityMode, TableSettings};
use crate::design::{Command, Design, Editor, Node, NodeId, Settings, Value};
use crate::format;
use crate::report::{NodeReport, Report};

/// Units that are never the bottleneck.
const PLENTY: f64 = 1e6;

pub(super) const CARD: Card = Card {
    id: "table-capacity",
    title: "Table on demand, or provisioned?",
    ask,
};

fn ask<'a>(ask: &Ask<'a>) -> Vec<Matter<'a>> {
    let tables = ask.nodes().filter_map(|(id, node, report, service)| {
        let Settings::Table(table) = &node.settings else {
            return None;
        };
        let both = ["on-demand", "provisioned"];
        if !both.iter().all(|mode| service.features.contains(*mode)) {
            return None;
        }
        let need = need(ask, id)?;
        let traffic = ask.trial.traffic;
        let provisioned = move |factor: f64| units(id, need.scaled(factor / traffic));
        let units = need.scaled(1.0);
        let fixed = Proposal {
            label: format!(
                "Provisioned for the peak: {} read and {} write units",
                format::count(units.0),
                format::count(units.1)
            ),
            lost: vec!["capacity for whatever comes".to_owned()],
            commands: provisioned(traffic),
            scaled: Some(Box::new(provisioned)),
            ..Proposal::default()
        };
        let on_demand = Proposal {
            label: "On demand".to_owned(),
            commands: vec![capacity(id, CapacityMode::OnDemand)],
            ..Proposal::default()
        };
        let (current, proposals) = match table.capacity() {
            CapacityMode::OnDemand => ("On demand".to_owned(), vec![fixed]),
            CapacityMode::Provisioned => (provisioned_label(table), vec![on_demand, fixed]),
        };
        Some(Matter {
            node: id.clone(),
            current,
            proposals,
            yardstick: yardstick(ask, (id, node, report), need),
        })
    });
    tables.collect()
}

fn provisioned_label(table: &TableSettings) -> String {
    format!(
        "Provisioned: {} read and {} write units",
        format::count(table.read_units()),
        format::count(table.write_units())
    )
}

fn capacity(id: &NodeId, mode: CapacityMode) -> Command {
    set(id, "capacity", Value::Choice(mode.text().to_owned()))
}

fn units(id: &NodeId, (reads, writes): (f64, f64)) -> Vec<Command> {
    vec![
        capacity(id, CapacityMode::Provisioned),
        set_number(id, "read_units", reads),
        set_number(id, "write_units", writes),
    ]
}

/// Units that the peak needs.
#[derive(Clone, Copy)]
struct Need {
    reads: f64,
    writes: f64,
}

impl Need {
    /// Whole units at so many times the traffic, at least one of each.
    fn scaled(self, factor: f64) -> (f64, f64) {
        let whole = |units: f64| (units * factor).ceil().clamp(1.0, PLENTY);
        (whole(self.reads), whole(self.writes))
    }
}

/// Asks the analysis: with one unit of a kind and plenty of the other the
/// utilisation is what the peak needs of it.
fn need(ask: &Ask<'_>, id: &NodeId) -> Option<Need> {
    let utilisation = |reads: f64, writes: f64| {
        let report = ask.trial.tried(&units(id, (reads, writes)))?;
        Some(report.nodes.get(id)?.utilisation.as_ref()?.value)
    };
    Some(Need {
        reads: utilisation(1.0, PLENTY)?,
        writes: utilisation(PLENTY, 1.0)?,
    })
}

/// How much of the capacity for the peak is used on average, and from where on
/// that makes it cheaper. Both are billed without free quantities.
fn yardstick(
    ask: &Ask<'_>,
    (id, _, report): (&NodeId, &Node, &NodeReport),
    need: Need,
) -> Option<Yardstick> {
    let plain = without_allowances(ask.trial.design);
    let of = |commands: &[Command]| -> Option<Report> {
        let design: Design = Editor::tried(&plain, commands).ok()?;
        Some(ask.trial.report(&design, ask.trial.traffic))
    };
    let by_use = of(&[capacity(id, CapacityMode::OnDemand)])?;
    let ready = of(&units(id, need.scaled(1.0)))?;
    let meters = |report: &'_ Report| -> BTreeMap<String, f64> {
        let lines = own_lines(report, id);
        lines.map(|(meter, usd)| (meter.to_owned(), usd)).collect()
    };
    let (by_use, ready) = (meters(&by_use), meters(&ready));
    // Storage and the like are in both.
    let only = |these: &BTreeMap<String, f64>, others: &BTreeMap<String, f64>| -> f64 {
        let own = these
            .iter()
            .filter(|(meter, _)| !others.contains_key(*meter));
        own.map(|(_, usd)| usd).sum()
    };
    let (paid, bought) = (only(&by_use, &ready), only(&ready, &by_use));
    let value = report.rate.value / report.peak_rate.value;
    let threshold = value * bought / paid;
    (threshold.is_finite() && threshold > 0.0).then(|| Yardstick {
        name: "Mean use of the units that the peak needs".to_owned(),
        value,
        threshold,
        unit: "share",
        text: format!(
            "On demand is dearer from {} mean use of the provisioned units on. Units that follow the load are used more than units for the peak.",
            format::percent(threshold)
        ),
    })
}
