//! The comparison of all providers, kept up to date while somebody looks.
//!
//! It costs a dozen analyses, so it runs in the background, only while it is
//! wanted, and never for a preview, which may change with every frame.

use std::sync::Arc;

use super::kept::Kept;
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

impl PartialEq for Subject {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.design, &other.design) && self.traffic == other.traffic
    }
}

/// The last comparison, and the one that is being made.
#[derive(Default)]
pub struct Contest {
    is_wanted: bool,
    kept: Kept<Subject, Comparison>,
}

impl Contest {
    /// Says whether anybody looks; a run that nobody waits for is stopped.
    pub fn want(&mut self, is_wanted: bool) {
        self.is_wanted = is_wanted;
        if !is_wanted {
            self.kept.stop();
        }
    }

    /// Whether anybody looks.
    pub fn is_wanted(&self) -> bool {
        self.is_wanted
    }

    /// Forgets everything about an earlier design.
    pub fn forget(&mut self) {
        self.kept.forget();
    }

    /// Starts over where the design or its traffic has moved on.
    pub fn follow(&mut self, design: &Arc<Design>, traffic: f64, catalog: &Arc<Catalog>) {
        if !self.is_wanted {
            return;
        }
        let subject = Subject {
            design: Arc::clone(design),
            traffic,
        };
        let (of, catalog) = (subject.clone(), Arc::clone(catalog));
        self.kept.follow(subject, move |stopped| {
            compare::compare(&of.design, &catalog, of.traffic, stopped)
        });
    }

    /// The last comparison, of whatever revision.
    pub fn known(&self) -> Option<&Arc<Comparison>> {
        self.kept.known()
    }

    /// Whether the last comparison is of this design at this traffic.
    pub fn is_of(&self, design: &Arc<Design>, traffic: f64) -> bool {
        let design = Arc::clone(design);
        self.kept.is_of(&Subject { design, traffic })
    }

    /// Whether one is being made.
    pub fn is_working(&self) -> bool {
        self.kept.is_working()
    }

    /// Takes in what is finished; true if something changed.
    pub fn poll(&mut self) -> bool {
        self.kept.poll()
    }

    /// Waits for the one that is being made.
    pub fn settle(&mut self) {
        self.kept.settle();
    }
}
