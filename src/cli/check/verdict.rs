//! What fails a check, and what is only remarked.

use serde::Serialize;

use super::Deny;
use crate::advice::finding::Finding;
use crate::design::{Design, LinkId, NodeId};
use crate::export::cost_text;
use crate::format;
use crate::report::{Report, Severity, TriggerReport};

/// The limits in force.
#[derive(Clone, Debug)]
pub(super) struct Thresholds {
    /// Most that a month may cost [USD].
    pub budget: Option<f64>,
    /// Latency limits: the trigger, or none for all; percentile; limit [ms].
    pub latency: Vec<(Option<NodeId>, f64, f64)>,
    /// Largest share of requests that may be refused.
    pub error_rate: Option<f64>,
    /// Which findings fail.
    pub deny: Deny,
}

impl Thresholds {
    /// Those of the command line, else the design's own.
    pub fn new(budget: Option<f64>, p99: Option<f64>, deny: Deny, design: &Design) -> Self {
        let own = &design.objectives;
        let latency = match p99 {
            Some(limit) => vec![(None, 0.99, limit)],
            None => own
                .latency
                .iter()
                .flat_map(|(node, all)| all.iter().map(move |one| (node, one)))
                .map(|(node, one)| (Some(node.clone()), one.percentile, one.millis))
                .collect(),
        };
        Self {
            budget: budget.or(own.budget),
            latency,
            error_rate: own.error_rate,
            deny,
        }
    }

    fn denies(&self, severity: Severity) -> bool {
        let from = match severity {
            Severity::Error => Deny::Errors,
            Severity::Warning => Deny::Warnings,
            Severity::Hint => Deny::Hints,
        };
        self.deny >= from
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Remark {
    /// Stable code.
    pub rule: String,
    /// `error`, `warning` or `note`.
    pub level: &'static str,
    /// Whether it fails the check.
    pub fails: bool,
    /// What is the matter, with the remedy where there is one.
    pub message: String,
    /// Where, if at one node.
    pub node: Option<NodeId>,
    /// Where, if at one link.
    pub link: Option<LinkId>,
}

impl Remark {
    /// ` checkout`, or nothing for the whole design.
    pub fn place(&self) -> String {
        let link = self.link.as_ref().map(LinkId::as_str);
        let place = link.or(self.node.as_ref().map(NodeId::as_str));
        place.map_or_else(String::new, |place| format!(" {place}"))
    }
}

/// Limits that are broken, then findings; ignored ones are left out.
pub(super) fn remarks(
    report: &Report,
    findings: &[Finding],
    thresholds: &Thresholds,
) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = Vec::new();
    remarks.extend(over_budget(report, thresholds));
    remarks.extend(too_slow(report, thresholds));
    remarks.extend(refused(report, thresholds));
    let minded = findings.iter().filter(|finding| finding.ignored.is_none());
    remarks.extend(minded.map(|finding| from_finding(finding, thresholds)));
    remarks
}

fn broken(rule: &str, node: Option<NodeId>, message: String) -> Remark {
    Remark {
        rule: rule.to_owned(),
        level: "error",
        fails: true,
        message,
        node,
        link: None,
    }
}

fn over_budget(report: &Report, thresholds: &Thresholds) -> Option<Remark> {
    let budget = thresholds.budget?;
    let message = format!(
        "{} against a budget of {}.",
        cost_text(&report.cost),
        format::usd_per_month(budget)
    );
    (report.cost.total.value > budget).then(|| broken("over-budget", None, message))
}

fn too_slow(report: &Report, thresholds: &Thresholds) -> Vec<Remark> {
    let mut found = Vec::new();
    for (node, percentile, limit) in &thresholds.latency {
        let meant = |trigger: &&TriggerReport| node.as_ref().is_none_or(|n| *n == trigger.node);
        for trigger in report.triggers.iter().filter(meant) {
            let value = at_percentile(trigger, *percentile);
            // An unbounded wait is over any limit.
            if value > *limit || value.is_nan() {
                let message = format!(
                    "p{} of {} is {}, above {}.",
                    format::significant(percentile * 100.0, 4),
                    trigger.label,
                    format::millis(value),
                    format::millis(*limit)
                );
                found.push(broken("too-slow", Some(trigger.node.clone()), message));
            }
        }
    }
    found
}

/// The response that a share of requests stays within [ms].
fn at_percentile(trigger: &TriggerReport, percentile: f64) -> f64 {
    for (known, figure) in [
        (0.5, &trigger.p50),
        (0.95, &trigger.p95),
        (0.99, &trigger.p99),
    ] {
        if (percentile - known).abs() < 1e-9 {
            return figure.value;
        }
    }
    let within = trigger.distribution.iter();
    let mut within = within.filter(|(_, probability)| *probability >= percentile);
    within.next().map_or(f64::INFINITY, |(millis, _)| *millis)
}

fn refused(report: &Report, thresholds: &Thresholds) -> Vec<Remark> {
    let Some(limit) = thresholds.error_rate else {
        return Vec::new();
    };
    let over = report.triggers.iter().filter(|t| t.throttle.value > limit);
    over.map(|trigger| {
        let message = format!(
            "{} of the requests of {} are refused, above {}.",
            format::percent(trigger.throttle.value),
            trigger.label,
            format::percent(limit)
        );
        broken("too-many-refused", Some(trigger.node.clone()), message)
    })
    .collect()
}

fn from_finding(finding: &Finding, thresholds: &Thresholds) -> Remark {
    let problem = &finding.problem;
    let mut message = problem.what.clone();
    if !problem.why.is_empty() {
        message.push_str(&format!(" {}", problem.why));
    }
    if let Some(fix) = &problem.fix {
        message.push_str(&format!(" Fix: {}.", fix.label.trim_end_matches('.')));
    }
    Remark {
        rule: problem.code.to_owned(),
        level: match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "note",
        },
        fails: thresholds.denies(problem.severity),
        message,
        node: problem.node.clone(),
        link: problem.link.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::environment::LatencyObjective;
    use crate::report::{Figure, Problem};

    fn trigger(p99: f64) -> TriggerReport {
        let figure = |value| Figure::new(value, "ms", "");
        TriggerReport {
            node: NodeId::from("users"),
            label: "Users".to_owned(),
            rate: figure(1.0),
            peak: figure(1.0),
            p50: figure(p99 / 4.0),
            p95: figure(p99 / 2.0),
            p99: figure(p99),
            mean: figure(p99 / 4.0),
            cold_start: figure(0.0),
            throttle: figure(0.02),
            distribution: vec![(10.0, 0.5), (90.0, 0.9), (400.0, 0.999)],
            completions: Vec::new(),
            stages: Vec::new(),
            causes: Vec::new(),
        }
    }

    fn report(usd: f64, p99: f64) -> Report {
        let mut report = Report::default();
        report.cost.total.value = usd;
        report.cost.complete = true;
        report.triggers = vec![trigger(p99)];
        report
    }

    fn finding(severity: Severity, ignored: Option<&str>) -> Finding {
        Finding {
            problem: Problem {
                code: "throttled",
                severity,
                node: Some(NodeId::from("users")),
                link: None,
                what: "What.".to_owned(),
                why: "Why.".to_owned(),
                fix: None,
                docs: None,
            },
            key: "throttled@users".to_owned(),
            ignored: ignored.map(str::to_owned),
            effect: None,
        }
    }

    fn failing(report: &Report, findings: &[Finding], thresholds: &Thresholds) -> Vec<String> {
        let all = remarks(report, findings, thresholds);
        let failing = all.into_iter().filter(|remark| remark.fails);
        failing.map(|remark| remark.rule).collect()
    }

    #[test]
    fn limits_of_the_command_line_and_of_the_design() {
        let mut design = Design::default();
        let check = |design: &Design, budget, p99, expected: &[&str]| {
            let thresholds = Thresholds::new(budget, p99, Deny::Errors, design);
            assert_eq!(failing(&report(100.0, 300.0), &[], &thresholds), expected);
        };
        check(&design, None, None, &[]);
        check(&design, Some(100.0), Some(300.0), &[]);
        check(
            &design,
            Some(99.0),
            Some(299.0),
            &["over-budget", "too-slow"],
        );
        design.objectives.budget = Some(50.0);
        design.objectives.error_rate = Some(0.01);
        let objective = |percentile, millis| LatencyObjective { percentile, millis };
        let own = vec![
            objective(0.95, 149.0),
            objective(0.9, 90.0),
            objective(0.9995, 400.0),
        ];
        design.objectives.latency.insert(NodeId::from("users"), own);
        let all = ["over-budget", "too-slow", "too-slow", "too-many-refused"];
        check(&design, None, None, &all);
        // What is asked for replaces the design's own.
        check(&design, Some(200.0), Some(400.0), &["too-many-refused"]);
    }

    #[test]
    fn findings_fail_from_a_severity_on() {
        let design = Design::default();
        let check = |deny, severity, ignored, fails: bool| {
            let thresholds = Thresholds::new(None, None, deny, &design);
            let found = failing(
                &report(1.0, 1.0),
                &[finding(severity, ignored)],
                &thresholds,
            );
            assert_eq!(!found.is_empty(), fails, "{deny:?} {severity:?}");
        };
        check(Deny::None, Severity::Error, None, false);
        check(Deny::Errors, Severity::Error, None, true);
        check(Deny::Errors, Severity::Warning, None, false);
        check(Deny::Warnings, Severity::Warning, None, true);
        check(Deny::Warnings, Severity::Hint, None, false);
        check(Deny::Hints, Severity::Hint, None, true);
        check(Deny::Hints, Severity::Error, Some("we know"), false);
    }
}
