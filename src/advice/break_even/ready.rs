//! Instances kept ready, pings, snapshots, or none of them?

use super::{Ask, Card, Matter, Proposal, Yardstick};
use crate::advice::provisioned::provisioned;
use crate::design::Settings;
use crate::design::settings::FunctionSettings;
use crate::format;
use crate::report::NodeReport;

pub(super) const CARD: Card = Card {
    id: "provisioned",
    title: "Keep instances ready?",
    ask,
};

fn ask<'a>(ask: &Ask<'a>) -> Vec<Matter<'a>> {
    let functions = ask.nodes().filter_map(|(id, node, report, _)| {
        let Settings::Function(function) = &node.settings else {
            return None;
        };
        let sweep = provisioned(ask.trial, id, ask.stopped).ok()?;
        let mut proposals = Vec::new();
        let wanted = [0, 1, sweep.rule.unwrap_or(0)];
        let best = sweep.points.get(sweep.cheapest);
        for point in &sweep.points {
            let is_asked = point.hours == 24.0 && wanted.contains(&point.instances);
            let is_best = best == Some(point);
            let is_now = sweep.current.and_then(|now| sweep.points.get(now)) == Some(point);
            if (is_asked || is_best) && !is_now {
                proposals.push(Proposal {
                    label: label(point.instances, point.hours),
                    commands: point.commands.clone(),
                    ..Proposal::default()
                });
            }
        }
        proposals.extend(sweep.alternatives.into_iter().map(|way| Proposal {
            label: way.label,
            commands: way.commands,
            is_uncertain: true,
            ..Proposal::default()
        }));
        Some(Matter {
            node: id.clone(),
            current: label(function.provisioned(), function.provisioned_hours()),
            proposals,
            yardstick: sweep
                .break_even
                .map(|share| yardstick(function, report, share)),
        })
    });
    functions.collect()
}

fn label(instances: u32, hours: f64) -> String {
    match (instances, hours) {
        (0, _) => "None kept ready".to_owned(),
        (n, hours) if hours >= 24.0 => format!("{n} ready all day"),
        (n, hours) => format!("{n} ready {} h a day", format::significant(hours, 3)),
    }
}

/// How busy those are that are kept ready, or would be at the mean load.
fn yardstick(function: &FunctionSettings, report: &NodeReport, share: f64) -> Yardstick {
    let mean = report.concurrency.value;
    let ready = function.provisioned();
    let value = if ready > 0 {
        mean / f64::from(ready)
    } else {
        mean / report.peak_concurrency.value.max(1.0)
    };
    Yardstick {
        name: "Time for which a ready instance is busy".to_owned(),
        value: value.min(1.0),
        threshold: share,
        unit: "share",
        text: if share > 1.0 {
            "At these prices an instance that is kept ready never pays for itself.".to_owned()
        } else {
            format!(
                "An instance that is kept ready pays for itself if it is busy for more than {} of its time.",
                format::percent(share)
            )
        },
    }
}
