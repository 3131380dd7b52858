//! Everything that is computed on demand, besides the report and its sweep.

use std::sync::Arc;

use super::study::{Stopped, Study, Subject};
use crate::advice::break_even::{BreakEven, break_evens};
use crate::advice::compare::{Comparison, compare};
use crate::advice::memory::{MemorySweep, memory};
use crate::advice::pareto::{self, Front};
use crate::advice::provisioned::{ProvisionedSweep, provisioned};
use crate::advice::sweep::{ProviderSweeps, providers};
use crate::advice::trial::{NoAdvice, Trial};
use crate::advice::uncertainty::{self, Request, SAMPLES, Uncertainty};
use crate::catalog::{Catalog, ProviderId};
use crate::design::NodeId;

/// Something that is computed while somebody looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Every memory size of a function.
    Memory(NodeId),
    /// Instances kept ready for a function.
    Provisioned(NodeId),
    /// All break-even cards, of one node or of all.
    BreakEvens(Option<NodeId>),
    /// What lies between cheapest and fastest.
    Front,
    /// Traffic sweeps on several providers, the first held against the others.
    Providers(Vec<ProviderId>),
    /// How sure the estimate is.
    Uncertainty,
}

/// A [`Topic`] without what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicKind {
    /// See [`Topic::Memory`].
    Memory,
    /// See [`Topic::Provisioned`].
    Provisioned,
    /// See [`Topic::BreakEvens`].
    BreakEvens,
    /// See [`Topic::Front`].
    Front,
    /// See [`Topic::Providers`].
    Providers,
    /// See [`Topic::Uncertainty`].
    Uncertainty,
}

/// An answer, or why there is none.
pub type Answer<T> = Result<T, String>;

/// All studies of a workspace.
pub struct Studies {
    /// The design on all providers.
    pub comparison: Study<(), Comparison>,
    /// Every memory size of a function.
    pub memory: Study<NodeId, Answer<MemorySweep>>,
    /// Instances kept ready for a function.
    pub provisioned: Study<NodeId, Answer<ProvisionedSweep>>,
    /// All break-even cards, of one node or of all.
    pub break_evens: Study<Option<NodeId>, Answer<Vec<BreakEven>>>,
    /// What lies between cheapest and fastest.
    pub front: Study<(), Answer<Front>>,
    /// Traffic sweeps on several providers.
    pub providers: Study<Vec<ProviderId>, ProviderSweeps>,
    /// How sure the estimate is.
    pub uncertainty: Study<(), Uncertainty>,
}

impl Default for Studies {
    fn default() -> Self {
        Self {
            comparison: Study::new(|subject, catalog, (), stopped| {
                compare(&subject.design, catalog, subject.traffic, stopped)
            }),
            memory: Study::new(|subject, catalog, node, stopped| {
                answer(memory(trial(subject, catalog), node, stopped))
            }),
            provisioned: Study::new(|subject, catalog, node, stopped| {
                answer(provisioned(trial(subject, catalog), node, stopped))
            }),
            break_evens: Study::new(|subject, catalog, only, stopped| {
                answer(break_evens(trial(subject, catalog), only.as_ref(), stopped))
            }),
            front: Study::new(|subject, catalog, (), stopped| {
                let trial = trial(subject, catalog);
                answer(pareto::front(trial, pareto::BUDGET, stopped))
            }),
            providers: Study::new(|subject, catalog, of, stopped| {
                providers(&subject.design, catalog, of, stopped)
            }),
            uncertainty: Study::new(|subject, catalog, (), stopped| {
                doubts(subject, catalog, stopped)
            }),
        }
    }
}

fn trial<'a>(subject: &'a Subject, catalog: &'a Catalog) -> Trial<'a> {
    Trial {
        design: &subject.design,
        catalog,
        provider: subject.provider.as_ref(),
        traffic: subject.traffic,
    }
}

/// Equal designs are drawn alike.
const SEED: u64 = 1;

/// Draws the design's own ranges, or those that we assume.
fn doubts(subject: &Subject, catalog: &Catalog, stopped: Stopped<'_>) -> Option<Uncertainty> {
    let design = &*subject.design;
    let assumed = design.ranges.is_empty();
    let ranges = if assumed {
        let report = trial(subject, catalog).traced(design);
        uncertainty::default_ranges(design, &report)
    } else {
        design.ranges.clone()
    };
    let request = Request {
        ranges: &ranges,
        assumed,
        samples: SAMPLES,
        seed: SEED,
        threads: 1,
    };
    uncertainty::uncertainty(design, catalog, &subject.options(), &request, stopped)
}

fn answer<T>(found: Result<T, NoAdvice>) -> Option<Answer<T>> {
    match found {
        Ok(found) => Some(Ok(found)),
        Err(NoAdvice::Stopped) => None,
        Err(error) => Some(Err(error.to_string())),
    }
}

/// Does the same to every study.
macro_rules! each {
    ($studies:expr, $study:ident => $what:expr) => {{
        let studies: &mut Studies = $studies;
        [
            {
                let $study = &mut studies.comparison;
                $what
            },
            {
                let $study = &mut studies.memory;
                $what
            },
            {
                let $study = &mut studies.provisioned;
                $what
            },
            {
                let $study = &mut studies.break_evens;
                $what
            },
            {
                let $study = &mut studies.front;
                $what
            },
            {
                let $study = &mut studies.providers;
                $what
            },
            {
                let $study = &mut studies.uncertainty;
                $what
            },
        ]
    }};
}

impl Studies {
    /// Asks for something, in place of an earlier question of its kind.
    pub fn want(&mut self, topic: Topic) {
        match topic {
            Topic::Memory(node) => self.memory.want(Some(node)),
            Topic::Provisioned(node) => self.provisioned.want(Some(node)),
            Topic::BreakEvens(only) => self.break_evens.want(Some(only)),
            Topic::Front => self.front.want(Some(())),
            Topic::Providers(of) => self.providers.want(Some(of)),
            Topic::Uncertainty => self.uncertainty.want(Some(())),
        }
    }

    /// Says that nobody looks any more.
    pub fn drop(&mut self, kind: TopicKind) {
        match kind {
            TopicKind::Memory => self.memory.want(None),
            TopicKind::Provisioned => self.provisioned.want(None),
            TopicKind::BreakEvens => self.break_evens.want(None),
            TopicKind::Front => self.front.want(None),
            TopicKind::Providers => self.providers.want(None),
            TopicKind::Uncertainty => self.uncertainty.want(None),
        }
    }

    /// Forgets everything about an earlier design.
    pub fn forget(&mut self) {
        each!(self, study => study.forget());
        // It may have no such nodes.
        self.memory.want(None);
        self.provisioned.want(None);
        self.break_evens.want(None);
    }

    /// Starts over what the design has moved on from; what is of all or of
    /// named providers does not depend on the one that is shown.
    pub(super) fn follow(&mut self, subject: &Subject, catalog: &Arc<Catalog>) {
        let anywhere = subject.anywhere();
        self.comparison.follow(&anywhere, catalog);
        self.providers.follow(&anywhere, catalog);
        self.memory.follow(subject, catalog);
        self.provisioned.follow(subject, catalog);
        self.break_evens.follow(subject, catalog);
        self.front.follow(subject, catalog);
        self.uncertainty.follow(subject, catalog);
    }

    /// Whether something runs.
    pub fn is_working(&self) -> bool {
        self.comparison.is_working()
            || self.memory.is_working()
            || self.provisioned.is_working()
            || self.break_evens.is_working()
            || self.front.is_working()
            || self.providers.is_working()
            || self.uncertainty.is_working()
    }

    /// Takes in what is finished; true if something changed.
    pub(super) fn poll(&mut self) -> bool {
        each!(self, study => study.poll()).contains(&true)
    }

    /// Waits for all that runs.
    pub(super) fn settle(&mut self) {
        each!(self, study => study.settle());
    }
}
