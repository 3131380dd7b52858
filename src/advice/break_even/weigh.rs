//! Analyses what cards propose.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::{Ask, BreakEven, Card, Choice, Crossover, Matter, Proposal};
use crate::advice::trial::{NoAdvice, Outcome};
use crate::design::{Command, Design, Editor, NodeId};
use crate::report::Report;

/// Multipliers between which crossings are looked for, half a decade apart:
/// two costs that cross twice within less are taken not to.
const STEPS: u32 = 8;
/// How closely a crossing is located: the quotient of the bounds.
const WITHIN: f64 = 1.001;

/// Weighs proposals against the design as it is.
pub struct Scale<'a> {
    ask: &'a Ask<'a>,
    now: Outcome,
    /// Cost of the design as it is, by multiplier.
    known: RefCell<BTreeMap<u64, f64>>,
}

impl<'a> Scale<'a> {
    pub fn new(ask: &'a Ask<'a>) -> Self {
        Self {
            ask,
            now: Outcome::of(ask.base),
            known: RefCell::default(),
        }
    }

    /// Analyses every proposal; none where nothing is left of them.
    pub fn weigh(&self, card: &Card, matter: Matter<'_>) -> Result<Option<BreakEven>, NoAdvice> {
        let mut choices = vec![Choice {
            label: matter.current,
            outcome: Some(self.now.clone()),
            holds: !self.now.strained.contains(&matter.node),
            lost: Vec::new(),
            blocked: None,
            crossovers: Vec::new(),
            commands: Vec::new(),
        }];
        for proposal in matter.proposals {
            choices.extend(self.choice(&matter.node, proposal)?);
        }
        let label = self.ask.base.nodes.get(&matter.node);
        let label = label.map_or_else(|| matter.node.to_string(), |node| node.label.clone());
        Ok((choices.len() > 1).then_some(BreakEven {
            card: card.id,
            title: card.title,
            node: matter.node,
            label,
            choices,
            yardstick: matter.yardstick,
        }))
    }

    fn choice(&self, node: &NodeId, proposal: Proposal<'_>) -> Result<Option<Choice>, NoAdvice> {
        if (self.ask.stopped)() {
            return Err(NoAdvice::Stopped);
        }
        let blocked = proposal.blocked.clone();
        let report = match &blocked {
            Some(_) => None,
            // A locked node refuses edits: there is nothing to propose.
            None => match self.report(&proposal.commands, self.ask.trial.traffic) {
                Some(report) => Some(report),
                None => return Ok(None),
            },
        };
        let outcome = report.as_ref().map(Outcome::of);
        if proposal.is_uncertain && outcome.as_ref() == Some(&self.now) {
            return Ok(None);
        }
        let own = proposal.stands_in.as_ref().unwrap_or(node);
        let holds = outcome.as_ref().is_some_and(|outcome| {
            !outcome.strained.contains(own) && outcome.strained.is_subset(&self.now.strained)
        });
        // What has no price can be neither cheaper nor dearer.
        let is_priced = |outcome: &Outcome| outcome.complete && self.now.complete;
        let crossovers = if outcome.as_ref().is_some_and(is_priced) {
            self.crossovers(&proposal)?
        } else {
            Vec::new()
        };
        Ok(Some(Choice {
            label: proposal.label,
            outcome,
            holds,
            lost: proposal.lost,
            commands: if blocked.is_none() {
                proposal.commands
            } else {
                Vec::new()
            },
            blocked,
            crossovers,
        }))
    }

    fn report(&self, commands: &[Command], traffic: f64) -> Option<Report> {
        let design = Editor::tried(self.ask.trial.design, commands).ok()?;
        Some(self.ask.trial.report(&design, traffic))
    }

    fn now_at(&self, traffic: f64) -> f64 {
        let known = self.known.borrow().get(&traffic.to_bits()).copied();
        known.unwrap_or_else(|| {
            let usd = self.usd(self.ask.trial.design, traffic);
            self.known.borrow_mut().insert(traffic.to_bits(), usd);
            usd
        })
    }

    fn usd(&self, design: &Design, traffic: f64) -> f64 {
        self.ask.trial.report(design, traffic).cost.total.value
    }

    /// Above 0 where the proposal costs less.
    fn gain(&self, proposal: &Proposal<'_>, fixed: &Design, traffic: f64) -> f64 {
        let scaled = proposal.scaled.as_ref().and_then(|scaled| {
            let commands = scaled(traffic);
            Editor::tried(self.ask.trial.design, &commands).ok()
        });
        self.now_at(traffic) - self.usd(scaled.as_ref().unwrap_or(fixed), traffic)
    }

    fn crossovers(&self, proposal: &Proposal<'_>) -> Result<Vec<Crossover>, NoAdvice> {
        let Some(fixed) = self.ask.trial.edited(&proposal.commands) else {
            return Ok(Vec::new());
        };
        let gain = |traffic: f64| self.gain(proposal, &fixed, traffic);
        let at = |step: u32| 10_f64.powf(f64::from(step) * 4.0 / f64::from(STEPS) - 1.0);
        let mut found = Vec::new();
        let mut before = (at(0), gain(at(0)));
        for step in 1..=STEPS {
            if (self.ask.stopped)() {
                return Err(NoAdvice::Stopped);
            }
            let after = (at(step), gain(at(step)));
            // Equal to a cent is no crossing: both may have nothing to pay.
            if before.1 * after.1 < 0.0 && before.1.abs().max(after.1.abs()) > 0.01 {
                let cheaper_above = after.1 > 0.0;
                let (mut low, mut high) = (before.0, after.0);
                while high / low > WITHIN {
                    let middle = (low * high).sqrt();
                    if (gain(middle) > 0.0) == cheaper_above {
                        high = middle;
                    } else {
                        low = middle;
                    }
                }
                found.push(Crossover {
                    traffic: high,
                    cheaper_above,
                });
            }
            before = after;
        }
        Ok(found)
    }
}
