//! What is wrong, risky or wasteful, found in the background after each edit.
//!
//! Every remedy is tried on a copy, which takes an analysis each. A preview,
//! which may change with every frame, keeps the findings of its design.

use std::sync::Arc;

use super::kept::Kept;
use crate::advice::finding::{self, Finding};
use crate::catalog::{Catalog, ProviderId};
use crate::design::Design;
use crate::report::{Options, Report};

/// What findings depend on. The design is kept alive, so that an equal address
/// means the same design.
#[derive(Clone)]
pub struct Subject {
    /// The design.
    pub design: Arc<Design>,
    /// Multiplier on all traffic.
    pub traffic: f64,
    /// Another provider than the design's.
    pub provider: Option<ProviderId>,
}

impl PartialEq for Subject {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.design, &other.design)
            && self.traffic == other.traffic
            && self.provider == other.provider
    }
}

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
            let options = Options {
                traffic: of.traffic,
                provider: of.provider.clone(),
                ..Options::default()
            };
            finding::findings(&of.design, &catalog, &report, &options, stopped)
        });
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

    /// Whether findings are being made.
    pub fn is_working(&self) -> bool {
        self.kept.is_working()
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::catalog::Catalog;
    use crate::workspace::{Action, Workspace};

    #[test]
    fn findings_follow_the_design() {
        let catalog = Catalog::embedded().unwrap_or_else(|error| panic!("{error}"));
        let design =
            crate::project::sample("queue-worker").unwrap_or_else(|error| panic!("{error}"));
        let mut workspace = Workspace::new(Arc::new(catalog.clone()), design, None);
        assert!(workspace.is_surveying() && !workspace.findings_are_current());
        workspace.settle();
        assert!(workspace.findings_are_current());
        let first = workspace.findings().and_then(|all| all.first()).cloned();
        let first = first.unwrap_or_else(|| panic!("the sample has findings"));

        let ignore = first.ignore("measured").into_iter().collect();
        workspace.perform(Action::Edit(ignore));
        assert!(!workspace.findings_are_current() && workspace.findings().is_some());
        workspace.settle();
        let is_ignored = |workspace: &Workspace| {
            let all = workspace.findings().map(Arc::clone).unwrap_or_default();
            all.iter()
                .any(|f| f.key == first.key && f.ignored.is_some())
        };
        assert!(workspace.findings_are_current() && is_ignored(&workspace));

        let mend = first.mend().map(<[_]>::to_vec).unwrap_or_default();
        workspace.perform(Action::Preview(mend.clone()));
        assert!(!workspace.findings_are_current() && !workspace.is_surveying());
        workspace.perform(Action::EndPreview);
        assert!(workspace.findings_are_current());

        workspace.perform(Action::Undo);
        workspace.perform(Action::Edit(mend));
        workspace.settle();
        assert!(!is_ignored(&workspace));
        let all = workspace.findings().map(Arc::clone).unwrap_or_default();
        assert!(!all.iter().any(|f| f.key == first.key));
    }
}
