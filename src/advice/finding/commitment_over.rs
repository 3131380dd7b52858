//! A promise of use that exceeds what is always used.

use super::{Facts, Rule};
use crate::design::Command;
use crate::format;
use crate::report::{Problem, Severity};

/// Share of the time in which the promised use has to be there.
const ALWAYS: f64 = 0.95;

pub const RULE: Rule = Rule {
    code: "commitment-over",
    title: "A commitment covers more than is always used",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for (service, commitment) in &facts.design.environment.commitments {
        // Work done, by share of the month: of all nodes of the service.
        let mut bins: Vec<(f64, f64)> = Vec::new();
        let of_service = |seen: &&super::Seen<'_>| seen.report.service.as_ref() == Some(service);
        for seen in facts.nodes().filter(of_service) {
            bins.resize(bins.len().max(seen.report.profile.len()), (0.0, 0.0));
            for (sum, bin) in bins.iter_mut().zip(&seen.report.profile) {
                sum.0 += bin.concurrency;
                sum.1 = bin.weight;
            }
        }
        let month: f64 = bins.iter().map(|bin| bin.1).sum();
        let mean = bins.iter().map(|bin| bin.0 * bin.1).sum::<f64>() / month.max(1.0);
        if mean <= 0.0 {
            continue;
        }
        let baseline = (lowest(bins, month) / mean).min(1.0);
        if commitment.coverage <= baseline + 0.01 {
            continue;
        }
        let mut environment = facts.design.environment.clone();
        let safe = format::rounded(baseline, 2).min(baseline);
        if let Some(own) = environment.commitments.get_mut(service) {
            own.coverage = safe;
        }
        found.push(
            Problem::new(
                RULE.code,
                Severity::Warning,
                format!("The commitment for {service} covers more than is always used."),
                format!(
                    "It covers {} of the mean use. In {} of the hours at least {} of the mean is used; what is promised beyond that is paid for unused at quiet times, which the figures leave out.",
                    format::percent(commitment.coverage),
                    format::percent(ALWAYS),
                    format::percent(baseline)
                ),
            )
            .mended_by(
                format!("Cover {}", format::percent(safe)),
                vec![Command::SetEnvironment(environment)],
            ),
        );
    }
}

/// The level that is there nearly always.
fn lowest(mut bins: Vec<(f64, f64)>, month: f64) -> f64 {
    bins.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut passed = 0.0;
    for (level, weight) in bins {
        passed += weight;
        if passed > (1.0 - ALWAYS) * month {
            return level;
        }
    }
    0.0
}
