//! The cheapest and the fastest ways to build a design, and what lies between.
//!
//! Every node has a few options: memory, architecture, instances kept ready,
//! another service of its kind. Coordinate descent from several weights of
//! cost against time analyses as many combinations as the budget allows; of
//! all that were seen those are kept that no other beats in both.

use std::collections::BTreeMap;

use serde::Serialize;

use super::provisioned::paying;
use super::trial::{NoAdvice, Outcome, Trial, set, set_number};
use crate::catalog::{Compute, Service};
use crate::design::settings::{Architecture, FunctionSettings};
use crate::design::{Command, Editor, Node, NodeId, Objectives, Pin, Settings, Value};
use crate::format;
use crate::report::{Report, TriggerReport};

/// Evaluations that a search may spend where nobody says otherwise.
pub const BUDGET: usize = 600;
/// Weights of cost against time that descents start from.
const WEIGHTS: [f64; 4] = [1.0, 0.0, 0.5, 0.8];
/// Sizes around the current one that are tried, as factors.
const SIZES: [f64; 5] = [0.25, 0.5, 2.0, 3.5, 6.0];

/// One combination that no other beats in both cost and time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FrontPoint {
    /// What it comes to.
    pub outcome: Outcome,
    /// Whether it keeps every objective of the design.
    pub meets: bool,
    /// What is chosen otherwise than now, in words.
    pub changes: Vec<String>,
    /// The edits that make it, as one step.
    #[serde(skip)]
    pub commands: Vec<Command>,
}

/// The result of a search.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Front {
    /// What there is now.
    pub now: Outcome,
    /// Whether that keeps every objective.
    pub meets: bool,
    /// Cheapest first, so slowest first.
    pub points: Vec<FrontPoint>,
    /// The cheapest that keeps every objective; none where none was found.
    pub best: Option<usize>,
    /// Combinations that were analysed.
    pub evaluations: usize,
    /// Whether the budget ended the search before it came to rest.
    pub is_cut_short: bool,
}

/// Searches for combinations that are cheaper, faster, or both.
///
/// # Errors
///
/// If it was told to stop, or no node has any option.
pub fn front(
    trial: Trial<'_>,
    budget: usize,
    stopped: &dyn Fn() -> bool,
) -> Result<Front, NoAdvice> {
    let base = trial.base();
    let knobs = knobs(trial, &base, stopped)?;
    if knobs.is_empty() {
        let what = "no node has another size, plan or service to choose";
        return Err(NoAdvice::Impossible(what.to_owned()));
    }
    let objectives = &trial.design.objectives;
    let now = Seen {
        meets: meets(&base, objectives),
        outcome: Outcome::of(&base),
    };
    let mut search = Search {
        trial,
        knobs: &knobs,
        objectives,
        budget,
        stopped,
        seen: BTreeMap::from([(vec![0; knobs.len()], Some(now.clone()))]),
        now: now.clone(),
        is_cut_short: false,
    };
    for weight in WEIGHTS {
        search.descend(weight, false)?;
        search.descend(weight, true)?;
    }
    let (evaluations, is_cut_short) = (search.seen.len(), search.is_cut_short);
    let points = points(&knobs, search.seen, &now);
    Ok(Front {
        best: points.iter().position(|point| point.meets),
        now: now.outcome,
        meets: now.meets,
        points,
        evaluations,
        is_cut_short,
    })
}

/// One thing that can be chosen; option 0 leaves it as it is.
struct Knob {
    options: Vec<Choice>,
}

#[derive(Clone, Default)]
struct Choice {
    label: String,
    commands: Vec<Command>,
}

/// What a combination comes to.
#[derive(Clone)]
struct Seen {
    outcome: Outcome,
    meets: bool,
}

struct Search<'a> {
    trial: Trial<'a>,
    knobs: &'a [Knob],
    objectives: &'a Objectives,
    budget: usize,
    stopped: &'a dyn Fn() -> bool,
    /// By chosen options; none where an edit is refused.
    seen: BTreeMap<Vec<usize>, Option<Seen>>,
    now: Seen,
    is_cut_short: bool,
}

impl Search<'_> {
    /// Turns one knob after another to its best option until none helps.
    fn descend(&mut self, weight: f64, keeps_objectives: bool) -> Result<(), NoAdvice> {
        let mut at = vec![0; self.knobs.len()];
        let Some(mut score) = self.score(&at, weight, keeps_objectives)? else {
            return Ok(());
        };
        loop {
            let before = score;
            for knob in 0..self.knobs.len() {
                let options = self.knobs.get(knob).map_or(0, |knob| knob.options.len());
                for option in 0..options {
                    let mut next = at.clone();
                    if let Some(chosen) = next.get_mut(knob) {
                        *chosen = option;
                    }
                    match self.score(&next, weight, keeps_objectives)? {
                        Some(better) if better < score * (1.0 - 1e-9) => {
                            (at, score) = (next, better);
                        }
                        _ => {}
                    }
                }
            }
            if score >= before * (1.0 - 1e-9) {
                return Ok(());
            }
        }
    }

    /// Cost and time against now, weighted; far worse where something strains
    /// or an objective is missed. None beyond the budget.
    fn score(
        &mut self,
        at: &[usize],
        weight: f64,
        keeps_objectives: bool,
    ) -> Result<Option<f64>, NoAdvice> {
        let Some(seen) = self.look(at)? else {
            return Ok(None);
        };
        let now = &self.now.outcome;
        let usd = seen.outcome.usd / now.usd.max(0.01);
        let time = seen.outcome.p99 / now.p99.max(0.01);
        // A little of the other keeps what costs nothing.
        let weight = weight.clamp(0.001, 0.999);
        let mut score = weight * usd + (1.0 - weight) * time;
        if !holds(&seen.outcome, now) || (keeps_objectives && !seen.meets) {
            score += 1e6;
        }
        Ok(score.is_finite().then_some(score))
    }

    fn look(&mut self, at: &[usize]) -> Result<Option<Seen>, NoAdvice> {
        if let Some(known) = self.seen.get(at) {
            return Ok(known.clone());
        }
        if (self.stopped)() {
            return Err(NoAdvice::Stopped);
        }
        if self.seen.len() >= self.budget {
            self.is_cut_short = true;
            return Ok(None);
        }
        let commands = commands(self.knobs, at);
        let report = Editor::tried(self.trial.design, &commands).ok();
        let report = report.map(|design| self.trial.report(&design, self.trial.traffic));
        let seen = report.map(|report| Seen {
            meets: meets(&report, self.objectives),
            outcome: Outcome::of(&report),
        });
        self.seen.insert(at.to_vec(), seen.clone());
        Ok(seen)
    }
}

/// Whether no price is missing that was there, and no node is worse off.
fn holds(outcome: &Outcome, now: &Outcome) -> bool {
    (outcome.complete || !now.complete)
        && outcome.p99.is_finite()
        && outcome.strained.is_subset(&now.strained)
}

/// What is not beaten in both cost and time.
fn points(knobs: &[Knob], seen: BTreeMap<Vec<usize>, Option<Seen>>, now: &Seen) -> Vec<FrontPoint> {
    let mut all: Vec<(Vec<usize>, Seen)> = seen
        .into_iter()
        .filter_map(|(at, seen)| Some((at, seen?)))
        .filter(|(_, seen)| holds(&seen.outcome, &now.outcome))
        .collect();
    all.sort_by(|(_, a), (_, b)| {
        let by_cost = a.outcome.usd.total_cmp(&b.outcome.usd);
        by_cost.then(a.outcome.p99.total_cmp(&b.outcome.p99))
    });
    let mut fastest = f64::INFINITY;
    all.retain(|(_, seen)| {
        // A thousandth of a millisecond is nobody's reason to pay more.
        let is_faster = seen.outcome.p99 < fastest - 1e-3;
        fastest = fastest.min(seen.outcome.p99);
        is_faster
    });
    all.into_iter()
        .map(|(at, seen)| FrontPoint {
            changes: chosen(knobs, &at).map(|c| c.label.clone()).collect(),
            commands: commands(knobs, &at),
            outcome: seen.outcome,
            meets: seen.meets,
        })
        .collect()
}

fn chosen<'a>(knobs: &'a [Knob], at: &'a [usize]) -> impl Iterator<Item = &'a Choice> {
    let turned = knobs.iter().zip(at).filter(|(_, option)| **option > 0);
    turned.filter_map(|(knob, option)| knob.options.get(*option))
}

fn commands(knobs: &[Knob], at: &[usize]) -> Vec<Command> {
    chosen(knobs, at).flat_map(|c| c.commands.clone()).collect()
}

/// Whether a report keeps every objective. What is refused is what fails here;
/// errors of the code itself are the same whatever is chosen.
pub fn meets(report: &Report, objectives: &Objectives) -> bool {
    let is_within = |usd: f64| objectives.budget.is_none_or(|most| usd <= most);
    let fails = report.triggers.iter().map(|trigger| trigger.throttle.value);
    let worst = fails.fold(0.0, f64::max);
    is_within(report.cost.total.value)
        && objectives.error_rate.is_none_or(|most| worst <= most)
        && report.triggers.iter().all(|trigger| {
            let own = objectives.latency.get(&trigger.node).into_iter().flatten();
            own.clone()
                .all(|objective| at(trigger, objective.percentile) <= objective.millis)
        })
}

/// The percentile asked for, or the next one above that a report has.
fn at(trigger: &TriggerReport, percentile: f64) -> f64 {
    let known = [(0.5, &trigger.p50), (0.95, &trigger.p95)];
    let fits = known.iter().find(|(p, _)| percentile <= p + 1e-9);
    fits.map_or(trigger.p99.value, |(_, figure)| figure.value)
}

/// What can be chosen, node by node; knobs with nothing to choose are left out.
fn knobs(
    trial: Trial<'_>,
    base: &Report,
    stopped: &dyn Fn() -> bool,
) -> Result<Vec<Knob>, NoAdvice> {
    let mut knobs = Vec::new();
    for (id, node) in &trial.design.nodes {
        if stopped() {
            return Err(NoAdvice::Stopped);
        }
        let Some(service) = trial.service(base, id).filter(|_| !node.locked) else {
            continue;
        };
        let title = node.title(id);
        if let Settings::Function(function) = &node.settings {
            if let Some(compute) = &service.compute {
                knobs.push(memory(id, title, function, compute));
            }
            knobs.push(ready(trial, id, base, function));
        }
        knobs.push(arm(id, title, node, service));
        knobs.push(services(trial, id, node, service));
    }
    knobs.retain(|knob| !knob.options.is_empty());
    for knob in &mut knobs {
        knob.options.insert(0, Choice::default());
    }
    Ok(knobs)
}

fn memory(id: &NodeId, title: &str, function: &FunctionSettings, compute: &Compute) -> Knob {
    let now = compute.memory(function.memory().0);
    let mut sizes: Vec<f64> = SIZES
        .iter()
        .map(|factor| compute.memory(now * factor))
        .filter(|size| *size != now && *size >= function.working_set().0)
        .collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    let options = sizes.into_iter().map(|size| Choice {
        label: format!("{title}: {}", format::memory_mb(size)),
        commands: vec![set_number(id, "memory", size)],
    });
    Knob {
        options: options.collect(),
    }
}

/// None, one, or as many as pay for themselves.
fn ready(trial: Trial<'_>, id: &NodeId, base: &Report, function: &FunctionSettings) -> Knob {
    let label = base.nodes.get(id).map_or("", |node| node.label.as_str());
    let mut counts = match paying(trial, id, base) {
        Some(rule) => vec![0, 1, rule],
        None => Vec::new(),
    };
    counts.sort_unstable();
    counts.dedup();
    let options = counts
        .into_iter()
        .filter(|count| *count != function.provisioned())
        .map(|count| Choice {
            label: format!("{label}: {count} kept ready"),
            commands: vec![set_number(id, "provisioned", f64::from(count))],
        });
    Knob {
        options: options.collect(),
    }
}

fn arm(id: &NodeId, title: &str, node: &Node, service: &Service) -> Knob {
    let now = match &node.settings {
        Settings::Function(function) => Some(function.architecture()),
        Settings::Container(container) => Some(container.architecture()),
        _ => None,
    };
    let can = service.features.contains("arm") && !service.features.contains("vm");
    let arm = Architecture::Arm.text();
    let option = (can && now == Some(Architecture::X86)).then(|| Choice {
        label: format!("{title}: {arm}"),
        commands: vec![set(id, "architecture", Value::Choice(arm.to_owned()))],
    });
    Knob {
        options: option.into_iter().collect(),
    }
}

/// Other services of the kind that can do all that the present one can: what a
/// design loses by a change is for a person to decide.
fn services(trial: Trial<'_>, id: &NodeId, node: &Node, service: &Service) -> Knob {
    let provider = trial.provider_of(node);
    let others = trial.catalog.services_of(&provider, node.archetype());
    let options = others
        .filter(|other| other.id != service.id && other.features.is_superset(&service.features))
        .filter(|other| service.apis.is_subset(&other.apis))
        .map(|other| {
            let pin = Pin {
                service: other.id.clone(),
                settings: BTreeMap::new(),
            };
            Choice {
                label: format!("{}: {}", node.title(id), other.short),
                commands: vec![Command::SetPin {
                    id: id.clone(),
                    provider: provider.clone(),
                    pin: Some(pin),
                }],
            }
        });
    Knob {
        options: options.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::fixture::{calls, catalog};
    use crate::design::Design;
    use crate::design::environment::LatencyObjective;
    use crate::design::param::Parameters as _;
    use crate::law::Law;
    use crate::units::Millis;

    /// 200 ms of CPU time at 512 MB: 691 ms on 0.29 of a core.
    fn slow() -> Design {
        let mut design = calls("50/s");
        let work = design.nodes.get_mut("work").unwrap();
        let cpu = Value::Law(Law::Fixed(Millis(200.0)));
        work.settings.set("cpu", Some(cpu)).unwrap();
        design
    }

    fn searched(design: &Design, budget: usize) -> Front {
        let trial = Trial {
            design,
            catalog: catalog(),
            provider: None,
            traffic: 1.0,
        };
        front(trial, budget, &|| false).unwrap()
    }

    #[test]
    fn the_front_falls_in_time_as_it_rises_in_cost() {
        let design = slow();
        let found = searched(&design, BUDGET);
        assert!(!found.points.is_empty() && !found.is_cut_short);
        for pair in found.points.windows(2) {
            assert!(pair[0].outcome.usd <= pair[1].outcome.usd);
            assert!(pair[0].outcome.p99 > pair[1].outcome.p99);
        }
        // Arm is a fifth cheaper at the same speed, and is found.
        let cheapest = &found.points[0];
        assert!(cheapest.outcome.usd < 0.85 * found.now.usd, "{found:?}");
        // Each point is what its edits make.
        for point in &found.points {
            let made = Editor::tried(&design, &point.commands).unwrap();
            let trial = Trial {
                design: &made,
                catalog: catalog(),
                provider: None,
                traffic: 1.0,
            };
            assert_eq!(Outcome::of(&trial.base()), point.outcome);
        }
    }

    #[test]
    fn the_best_is_the_cheapest_that_keeps_the_objectives() {
        let mut design = slow();
        let p99 = LatencyObjective {
            percentile: 0.99,
            millis: 400.0,
        };
        design
            .objectives
            .latency
            .insert("clients".into(), vec![p99]);
        let found = searched(&design, BUDGET);
        assert!(!found.meets, "691 ms is more than 400");
        let best = &found.points[found.best.unwrap()];
        assert!(best.outcome.p99 <= 400.0 && best.meets);
        let cheaper = found
            .points
            .iter()
            .filter(|p| p.outcome.usd < best.outcome.usd);
        assert!(cheaper.clone().all(|point| !point.meets));
        assert!(
            best.changes
                .iter()
                .any(|change| change.starts_with("work:"))
        );
        // An objective that nothing keeps has no best.
        design.objectives.budget = Some(0.01);
        assert_eq!(searched(&design, BUDGET).best, None);
    }

    #[test]
    fn a_search_ends_with_its_budget() {
        let design = slow();
        let found = searched(&design, 5);
        assert!(found.evaluations <= 5 && found.is_cut_short);
        let trial = Trial {
            design: &design,
            catalog: catalog(),
            provider: None,
            traffic: 1.0,
        };
        assert_eq!(front(trial, 100, &|| true), Err(NoAdvice::Stopped));
    }
}
