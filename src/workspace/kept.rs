//! A result that is kept up to date in the background.
//!
//! Each result belongs to a subject. Where the subject has moved on the run is
//! stopped and another started; the earlier result stays, as old, until then.

use std::sync::Arc;

use super::job::{Job, State};

/// The last result, and the one that is being made.
pub struct Kept<S, T> {
    known: Option<(S, Arc<T>)>,
    job: Option<(S, Job<T>)>,
}

impl<S, T> Default for Kept<S, T> {
    fn default() -> Self {
        Self {
            known: None,
            job: None,
        }
    }
}

impl<S: Clone + PartialEq, T: Send + 'static> Kept<S, T> {
    /// Starts over where the subject has moved on.
    pub fn follow(
        &mut self,
        subject: S,
        work: impl FnOnce(&dyn Fn() -> bool) -> Option<T> + Send + 'static,
    ) {
        let is_running = self.job.as_ref().is_some_and(|(of, _)| *of == subject);
        if self.is_of(&subject) {
            self.job = None;
        } else if !is_running {
            self.job = Some((subject, Job::start(work)));
        }
    }

    /// Stops the run, if there is one.
    pub fn stop(&mut self) {
        self.job = None;
    }

    /// Stops the run and forgets the last result.
    pub fn forget(&mut self) {
        self.known = None;
        self.job = None;
    }

    /// The last result, of whatever subject.
    pub fn known(&self) -> Option<&Arc<T>> {
        self.known.as_ref().map(|(_, result)| result)
    }

    /// Whether the last result is of this subject.
    pub fn is_of(&self, subject: &S) -> bool {
        self.known.as_ref().is_some_and(|(of, _)| of == subject)
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
            State::Done(result) => self.known = Some((subject.clone(), Arc::new(result))),
            State::Stopped => {}
        }
        self.job = None;
        true
    }

    /// Waits for the one that is being made.
    pub fn settle(&mut self) {
        if let Some((subject, job)) = self.job.take()
            && let Some(result) = job.wait()
        {
            self.known = Some((subject, Arc::new(result)));
        }
    }
}
