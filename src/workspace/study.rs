//! Results that take a while, kept up to date while somebody looks.
//!
//! Each costs many analyses, so it runs in the background, only while it is
//! wanted, and never for a preview, which may change with every frame. An edit
//! stops it and starts another; the last result is kept meanwhile, as old.

use std::sync::Arc;

use super::kept::Kept;
use crate::catalog::Catalog;

pub use super::analyst::Subject;

/// Asks now and then whether to stop.
pub type Stopped<'a> = &'a (dyn Fn() -> bool + Sync);

/// How an answer is found; none if it was told to stop.
pub type Run<Q, T> = fn(&Subject, &Catalog, &Q, Stopped<'_>) -> Option<T>;

/// One question `Q` about the design, and its answer `T`.
pub struct Study<Q, T> {
    run: Run<Q, T>,
    wanted: Option<Q>,
    kept: Kept<(Subject, Q), T>,
}

impl<Q: Clone + PartialEq + Send + 'static, T: Send + 'static> Study<Q, T> {
    /// A question that nobody has asked yet.
    pub fn new(run: Run<Q, T>) -> Self {
        Self {
            run,
            wanted: None,
            kept: Kept::default(),
        }
    }

    /// Says what is asked, if anything; a run that nobody waits for is stopped.
    pub fn want(&mut self, question: Option<Q>) {
        if self.wanted != question {
            self.kept.stop();
        }
        self.wanted = question;
    }

    /// What is asked.
    pub fn wanted(&self) -> Option<&Q> {
        self.wanted.as_ref()
    }

    /// Forgets everything about an earlier design; of questions about nodes
    /// that it had, too.
    pub fn forget(&mut self) {
        self.kept.forget();
    }

    /// Starts over where the question or the subject has moved on.
    pub fn follow(&mut self, subject: &Subject, catalog: &Arc<Catalog>) {
        let Some(question) = self.wanted.clone() else {
            return;
        };
        let (of, asked, catalog) = (subject.clone(), question.clone(), Arc::clone(catalog));
        let run = self.run;
        self.kept
            .follow((subject.clone(), question), move |stopped| {
                run(&of, &catalog, &asked, stopped)
            });
    }

    /// The last answer, of whatever revision.
    pub fn known(&self) -> Option<&Arc<T>> {
        self.kept.known()
    }

    /// The last answer to what is asked, of whatever revision.
    pub fn answer(&self) -> Option<&Arc<T>> {
        let wanted = self.wanted.as_ref();
        self.kept.known_of(|(_, asked)| Some(asked) == wanted)
    }

    /// Whether the last answer is to what is asked, of this subject.
    pub fn is_of(&self, subject: &Subject) -> bool {
        let is_asked = |asked: &Q| self.wanted.as_ref().is_none_or(|wanted| wanted == asked);
        let known = self
            .kept
            .known_of(|(of, asked)| of == subject && is_asked(asked));
        known.is_some()
    }

    /// Whether an answer is being found.
    pub fn is_working(&self) -> bool {
        self.kept.is_working()
    }

    /// Takes in what is finished; true if something changed.
    pub fn poll(&mut self) -> bool {
        self.kept.poll()
    }

    /// Waits for the one that is being found.
    pub fn settle(&mut self) {
        self.kept.settle();
    }
}
