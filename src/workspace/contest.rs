//! The comparison of all providers, kept up to date while somebody looks.
//!
//! It costs a dozen analyses, so it runs in the background, only while it is
//! wanted, and never for a preview, which may change with every frame.

use std::sync::Arc;

use super::job::{Job, State};
use crate::advice::compare::{self, Comparison};
use crate::catalog::Catalog;
use crate::design::Design;

/// What a comparison depends on. The design is kept alive, so that an equal
/// address means the same design.
#[derive(Clone)]
struct Subject {
    design: Arc<Design>,
    traffic: f64,
}

impl Subject {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.design, &other.design) && self.traffic == other.traffic
    }
}

/// The last comparison, and the one that is being made.
#[derive(Default)]
pub struct Contest {
    is_wanted: bool,
    known: Option<(Subject, Arc<Comparison>)>,
    job: Option<(Subject, Job<Comparison>)>,
}

impl Contest {
    /// Says whether anybody looks; a run that nobody waits for is stopped.
    pub fn want(&mut self, is_wanted: bool) {
        self.is_wanted = is_wanted;
        if !is_wanted {
            self.job = None;
        }
    }

    /// Whether anybody looks.
    pub fn is_wanted(&self) -> bool {
        self.is_wanted
    }

    /// Forgets everything about an earlier design.
    pub fn forget(&mut self) {
        self.known = None;
        self.job = None;
    }

    /// Starts over where the design or its traffic has moved on.
    pub fn follow(&mut self, design: &Arc<Design>, traffic: f64, catalog: &Arc<Catalog>) {
        let subject = Subject {
            design: Arc::clone(design),
            traffic,
        };
        let is_known = self.known.as_ref().is_some_and(|(of, _)| of.is(&subject));
        let is_running = self.job.as_ref().is_some_and(|(of, _)| of.is(&subject));
        if is_known {
            self.job = None;
        } else if self.is_wanted && !is_running {
            let (of, catalog) = (subject.clone(), Arc::clone(catalog));
            let job = Job::start(move |stopped| {
                compare::compare(&of.design, &catalog, of.traffic, stopped)
            });
            self.job = Some((subject, job));
        }
    }

    /// The last comparison, of whatever revision.
    pub fn known(&self) -> Option<&Arc<Comparison>> {
        self.known.as_ref().map(|(_, comparison)| comparison)
    }

    /// Whether the last comparison is of this design at this traffic.
    pub fn is_of(&self, design: &Arc<Design>, traffic: f64) -> bool {
        let is_same = |of: &Subject| Arc::ptr_eq(&of.design, design) && of.traffic == traffic;
        self.known.as_ref().is_some_and(|(of, _)| is_same(of))
    }

    /// Whether one is being made.
    pub fn is_working(&self) -> bool {
        self.job.is_some()
    }

    /// Takes in what is finished; true if something changed.
    pub fn poll(&mut self) -> bool {
        let Some((subject, job)) = &self.job else {
            return false;
        };
        match job.state() {
            State::Running => return false,
            State::Done(comparison) => {
                self.known = Some((subject.clone(), Arc::new(comparison)));
            }
            State::Stopped => {}
        }
        self.job = None;
        true
    }

    /// Waits for the one that is being made.
    pub fn settle(&mut self) {
        if let Some((subject, job)) = self.job.take()
            && let Some(comparison) = job.wait()
        {
            self.known = Some((subject, Arc::new(comparison)));
        }
    }
}
