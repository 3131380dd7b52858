//! Results that take a while, kept up to date while somebody looks.
//!
//! Each costs many analyses, so it runs in the background, only while it is
//! wanted, and never for a preview, which may change with every frame. An edit
//! stops it and starts another; the last result is kept meanwhile, as old.

use std::sync::Arc;

use super::job::{Job, State};
use crate::catalog::{Catalog, ProviderId};
use crate::design::Design;

/// What results depend on. The design is kept alive, so that an equal address
/// means the same design.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The design.
    pub design: Arc<Design>,
    /// Another provider than the design's.
    pub provider: Option<ProviderId>,
    /// Multiplier on all traffic.
    pub traffic: f64,
}

impl Subject {
    /// The same whatever provider is shown.
    #[must_use]
    pub fn anywhere(&self) -> Self {
        Self {
            provider: None,
            ..self.clone()
        }
    }

    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.design, &other.design)
            && self.provider == other.provider
            && self.traffic == other.traffic
    }
}

/// Asks now and then whether to stop.
pub type Stopped<'a> = &'a (dyn Fn() -> bool + Sync);

/// How an answer is found; none if it was told to stop.
pub type Run<Q, T> = fn(&Subject, &Catalog, &Q, Stopped<'_>) -> Option<T>;

/// One question `Q` about the design, and its answer `T`.
pub struct Study<Q, T> {
    run: Run<Q, T>,
    wanted: Option<Q>,
    known: Option<(Subject, Q, Arc<T>)>,
    job: Option<(Subject, Q, Job<T>)>,
}

impl<Q: Clone + PartialEq + Send + 'static, T: Send + 'static> Study<Q, T> {
    /// A question that nobody has asked yet.
    pub fn new(run: Run<Q, T>) -> Self {
        Self {
            run,
            wanted: None,
            known: None,
            job: None,
        }
    }

    /// A question that is always asked.
    pub fn wanted_always(run: Run<Q, T>) -> Self
    where
        Q: Default,
    {
        Self {
            wanted: Some(Q::default()),
            ..Self::new(run)
        }
    }

    /// Says what is asked, if anything; a run that nobody waits for is stopped.
    pub fn want(&mut self, question: Option<Q>) {
        if question.is_none() {
            self.job = None;
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
        self.known = None;
        self.job = None;
    }

    /// Starts over where the question or the subject has moved on.
    pub fn follow(&mut self, subject: &Subject, catalog: &Arc<Catalog>) {
        let Some(question) = &self.wanted else {
            return;
        };
        let known = self.known.as_ref();
        let is_known = known.is_some_and(|(of, asked, _)| of.is(subject) && asked == question);
        let job = self.job.as_ref();
        let is_running = job.is_some_and(|(of, asked, _)| of.is(subject) && asked == question);
        if is_known {
            self.job = None;
        } else if !is_running {
            let (of, asked, catalog) = (subject.clone(), question.clone(), Arc::clone(catalog));
            let run = self.run;
            let job = Job::start(move |stopped| run(&of, &catalog, &asked, stopped));
            self.job = Some((subject.clone(), question.clone(), job));
        }
    }

    /// The last answer, of whatever revision.
    pub fn known(&self) -> Option<&Arc<T>> {
        self.known.as_ref().map(|(_, _, answer)| answer)
    }

    /// Whether the last answer is to what is asked, of this subject.
    pub fn is_of(&self, subject: &Subject) -> bool {
        let is_asked = |asked: &Q| self.wanted.as_ref().is_none_or(|wanted| wanted == asked);
        let known = self.known.as_ref();
        known.is_some_and(|(of, asked, _)| of.is(subject) && is_asked(asked))
    }

    /// Whether an answer is being found.
    pub fn is_working(&self) -> bool {
        self.job.is_some()
    }

    /// Takes in what is finished; true if something changed.
    pub fn poll(&mut self) -> bool {
        let Some((subject, question, job)) = &self.job else {
            return false;
        };
        match job.state() {
            State::Running => return false,
            State::Done(answer) => {
                self.known = Some((subject.clone(), question.clone(), Arc::new(answer)));
            }
            State::Stopped => {}
        }
        self.job = None;
        true
    }

    /// Waits for the one that is being found.
    pub fn settle(&mut self) {
        if let Some((subject, question, job)) = self.job.take()
            && let Some(answer) = job.wait()
        {
            self.known = Some((subject, question, Arc::new(answer)));
        }
    }
}
