//! What is wrong, risky or wasteful in a design, and what each remedy would
//! do.
//!
//! Problems of the report and the findings of [`FINDINGS`] come together here.
//! The report judges what it computed on the way: refusals, overload, loops,
//! what has no price. A rule looks at a finished report and at the settings
//! behind it. Either way the remedy is a list of edits, and its effect is
//! measured by analysing the mended design.
//!
//! A rule is one file and one line in [`FINDINGS`].

mod account_concurrency;
mod answer_size;
mod arm_saves;
mod batch_redone;
mod burst_ramp;
mod capacity;
mod cheaper_gateway;
mod cheaper_workflow;
mod commitment_over;
mod cron_overlap;
mod cross_region;
mod db_connections;
mod dead_letters_unread;
mod egress_cdn;
mod facts;
mod fan_out;
mod free_tier_cliff;
mod hot_group;
mod idle_connections;
mod log_volume;
mod lost_events;
mod many_copies;
mod max_receives;
mod memory_oversized;
mod nat_path;
mod not_idempotent;
mod package_size;
mod poison_record;
mod provisioned_idle;
mod remedy;
mod retry_storm;
mod run_too_long;
mod scan_reads;
mod single_region;
mod steady_table;
mod step_limit;
mod sync_chain;
mod timeout_limit;
mod waits_on_function;
mod writes_per_request;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::catalog::Catalog;
use crate::design::command::EditError;
use crate::design::{Command, Design, Editor};
use crate::report::{self, Options, Problem, Report};

pub use facts::{Facts, Seen};

/// Findings whose remedies are tried, worst first: each is an analysis of the
/// whole design.
const TRIED: usize = 150;
/// Problems of the report, worst first, whose remedies are looked for: each
/// takes a few analyses.
const COMPLETED: usize = 50;
/// What a remedy adds to its label where the problem remains.
pub const NOT_ENOUGH: &str = " (helps, but is not enough)";

/// One rule.
pub struct Rule {
    /// Code of its findings: `max-receives` …
    pub code: &'static str,
    /// What it looks for, in a few words.
    pub title: &'static str,
    /// Looks at a design and its report, and adds what it finds.
    pub judge: fn(&Facts<'_>, &mut Vec<Problem>),
}

/// All rules.
pub const FINDINGS: &[Rule] = &[
    account_concurrency::RULE,
    answer_size::RULE,
    arm_saves::RULE,
    batch_redone::RULE,
    burst_ramp::RULE,
    cheaper_gateway::RULE,
    cheaper_workflow::RULE,
    commitment_over::RULE,
    cron_overlap::RULE,
    cross_region::RULE,
    db_connections::RULE,
    dead_letters_unread::RULE,
    egress_cdn::RULE,
    fan_out::RULE,
    free_tier_cliff::RULE,
    hot_group::RULE,
    idle_connections::RULE,
    log_volume::RULE,
    lost_events::RULE,
    many_copies::RULE,
    max_receives::RULE,
    memory_oversized::RULE,
    nat_path::RULE,
    not_idempotent::RULE,
    package_size::RULE,
    poison_record::RULE,
    provisioned_idle::RULE,
    retry_storm::RULE,
    run_too_long::RULE,
    scan_reads::RULE,
    single_region::RULE,
    steady_table::RULE,
    step_limit::RULE,
    sync_chain::RULE,
    timeout_limit::RULE,
    waits_on_function::RULE,
    writes_per_request::RULE,
];

/// A problem or finding with what its remedy would do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What, where, why and the remedy.
    #[serde(flatten)]
    pub problem: Problem,
    /// Its name in [`Design::ignored`]: `code@link`, `code@node` or `code`.
    pub key: String,
    /// The reason, where somebody decided to live with it.
    pub ignored: Option<String>,
    /// What the remedy changes; none where it is no edit.
    pub effect: Option<Effect>,
}

impl Finding {
    /// The edit that carries out the remedy; none where a person has to decide.
    pub fn mend(&self) -> Option<&[Command]> {
        let fix = self.problem.fix.as_ref()?;
        (!fix.commands.is_empty()).then_some(fix.commands.as_slice())
    }

    /// The edit that ignores it from now on; none without a reason, which is
    /// stored in the file for whoever reads it next.
    pub fn ignore(&self, reason: &str) -> Option<Command> {
        let reason = reason.trim();
        (!reason.is_empty()).then(|| Command::Ignore {
            finding: self.key.clone(),
            reason: Some(reason.to_owned()),
        })
    }

    /// The edit that minds it again.
    pub fn mind(&self) -> Command {
        Command::Ignore {
            finding: self.key.clone(),
            reason: None,
        }
    }
}

/// What a remedy changes: the mended design less the design as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Effect {
    /// Monthly cost [USD].
    pub usd: f64,
    /// 99th percentile of the slowest trigger [ms].
    pub p99: f64,
    /// Highest probability that a trigger's request is refused.
    pub throttle: f64,
}

impl Effect {
    /// The difference between two reports of equal options.
    pub fn between(base: &Report, mended: &Report) -> Self {
        let highest = |report: &Report, value: fn(&report::TriggerReport) -> f64| {
            report.triggers.iter().map(value).fold(0.0, f64::max)
        };
        let change = |value| highest(mended, value) - highest(base, value);
        Self {
            usd: mended.cost.total.value - base.cost.total.value,
            p99: change(|trigger| trigger.p99.value),
            throttle: change(|trigger| trigger.throttle.value),
        }
    }
}

/// The name of a problem in [`Design::ignored`].
pub fn key(problem: &Problem) -> String {
    match (&problem.link, &problem.node) {
        (Some(link), _) => format!("{}@{link}", problem.code),
        (None, Some(node)) => format!("{}@{node}", problem.code),
        (None, None) => problem.code.to_owned(),
    }
}

/// Problems of the report and findings of all rules, worst first, equal causes
/// together, ignored ones last; the worst [`TRIED`] with the effect of their
/// remedies.
///
/// `report` is of this design with these options. None if it was told to stop.
pub fn findings(
    design: &Design,
    catalog: &Catalog,
    report: &Report,
    options: &Options,
    stopped: &dyn Fn() -> bool,
) -> Option<Vec<Finding>> {
    let facts = Facts::new(design, catalog, report, options, stopped);
    let mut findings = gathered(&facts)?;
    for finding in findings.iter_mut().take(TRIED) {
        if stopped() {
            return None;
        }
        measure(&facts, finding);
    }
    group(&mut findings);
    (!stopped()).then_some(findings)
}

/// The same without the effects of remedies, which takes far less time.
pub fn without_effects(
    design: &Design,
    catalog: &Catalog,
    report: &Report,
    options: &Options,
) -> Vec<Finding> {
    gathered(&Facts::new(design, catalog, report, options, &|| false)).unwrap_or_default()
}

/// Everything that is found, remedies not yet tried; none if it was told to
/// stop.
fn gathered(facts: &Facts<'_>) -> Option<Vec<Finding>> {
    let mut problems = facts.report.problems.clone();
    for problem in problems.iter_mut().take(COMPLETED) {
        remedy::complete(facts, problem);
    }
    for rule in FINDINGS {
        if facts.is_stopped() {
            return None;
        }
        (rule.judge)(facts, &mut problems);
    }
    let mut findings = collected(facts, problems);
    findings.sort_by(order);
    Some(findings)
}

/// One finding for each key, its remedy checked.
fn collected(facts: &Facts<'_>, problems: Vec<Problem>) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    problems
        .into_iter()
        .filter_map(|mut problem| {
            let key = key(&problem);
            if !seen.insert(key.clone()) {
                return None;
            }
            respect_locks(facts.design, &mut problem);
            Some(Finding {
                ignored: facts.design.ignored.get(&key).cloned(),
                problem,
                key,
                effect: None,
            })
        })
        .collect()
}

/// A lock keeps remedies away as it keeps people: the remedy then says so.
fn respect_locks(design: &Design, problem: &mut Problem) {
    let Some(fix) = problem.fix.as_mut().filter(|fix| !fix.commands.is_empty()) else {
        return;
    };
    if let Err(EditError::Locked(node)) = Editor::tried(design, &fix.commands) {
        fix.commands.clear();
        fix.label = format!("Unlock {node}, then: {}", fix.label);
    }
}

/// Tries the remedy; one that leaves a problem of the report standing says so.
fn measure(facts: &Facts<'_>, finding: &mut Finding) {
    let Some(fix) = finding.problem.fix.as_mut() else {
        return;
    };
    if fix.commands.is_empty() {
        return;
    }
    let Some(mended) = facts.tried(&fix.commands) else {
        return;
    };
    finding.effect = Some(facts.change(&mended));
    if mended.problems.iter().any(|left| key(left) == finding.key) {
        fix.label.push_str(NOT_ENOUGH);
    }
}

fn order(a: &Finding, b: &Finding) -> Ordering {
    let rank = |finding: &Finding| (finding.ignored.is_some(), finding.problem.severity);
    rank(a)
        .cmp(&rank(b))
        .then(a.problem.code.cmp(b.problem.code))
        .then(a.key.cmp(&b.key))
}

/// Puts the causes that save most first within a severity.
fn group(findings: &mut [Finding]) {
    let saved = |finding: &Finding| finding.effect.map_or(0.0, |effect| -effect.usd);
    let mut best: BTreeMap<(bool, report::Severity, &'static str), f64> = BTreeMap::new();
    let cause = |finding: &Finding| {
        let problem = &finding.problem;
        (finding.ignored.is_some(), problem.severity, problem.code)
    };
    for finding in findings.iter() {
        let most = best.entry(cause(finding)).or_insert(f64::NEG_INFINITY);
        *most = most.max(saved(finding));
    }
    let most = |finding: &Finding| best.get(&cause(finding)).copied().unwrap_or(0.0);
    findings.sort_by(|a, b| {
        let (x, y) = (cause(a), cause(b));
        (x.0, x.1)
            .cmp(&(y.0, y.1))
            .then(most(b).total_cmp(&most(a)))
            .then(x.2.cmp(y.2))
            .then(saved(b).total_cmp(&saved(a)))
            .then(a.key.cmp(&b.key))
    });
}
