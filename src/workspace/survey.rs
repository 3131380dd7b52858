//! What is wrong, risky or wasteful, found in the background after each edit.
//!
//! Every remedy is tried on a copy, which takes an analysis each. A preview,
//! which may change with every frame, keeps the findings of its design.

use std::sync::Arc;

use super::analyst::Subject;
use super::kept::Kept;
use crate::advice::finding::{self, Finding};
use crate::catalog::Catalog;
use crate::report::Report;

/// The last findings, and those that are being made.
#[derive(Default)]
pub struct Survey {
    kept: Kept<Subject, Vec<Finding>>,
}

impl Survey {
    /// Starts over where the subject has moved on; the report is of it.
    pub fn follow(&mut self, subject: Subject, report: &Arc<Report>, catalog: &Arc<Catalog>) {
        let (report, catalog) = (Arc::clone(report), Arc::clone(catalog));
        let of = subject.clone();
        self.kept.follow(subject, move |stopped| {
            let options = of.options();
            finding::findings(&of.design, &catalog, &report, &options, stopped)
        });
    }

    /// Stops: the design has moved on.
    pub fn stop(&mut self) {
        self.kept.stop();
    }

    /// Whether there are none of this subject, and some could be made.
    pub fn lacks(&self, subject: &Subject) -> bool {
        self.kept.lacks(subject)
    }

    /// Forgets everything about an earlier design.
    pub fn forget(&mut self) {
        self.kept.forget();
    }

    /// The last findings, of whatever revision.
    pub fn known(&self) -> Option<&Arc<Vec<Finding>>> {
        self.kept.known()
    }

    /// Whether the last findings are of this subject.
    pub fn is_of(&self, subject: &Subject) -> bool {
        self.kept.is_of(subject)
    }

    /// Takes in what is finished; true if something changed.
    pub fn poll(&mut self) -> bool {
        self.kept.poll()
    }

    /// Waits for those that are being made.
    pub fn settle(&mut self) {
        self.kept.settle();
    }
}
