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
    /// A run that broke down: it would break down again.
    given_up: Option<S>,
}

impl<S, T> Default for Kept<S, T> {
    fn default() -> Self {
        Self {
            known: None,
            job: None,
            given_up: None,
        }
    }
}

impl<S: Clone + PartialEq, T: Send + 'static> Kept<S, T> {
    /// Starts over where the subject has moved on.
    pub fn follow(
        &mut self,
        subject: S,
        work: impl FnOnce(&(dyn Fn() -> bool + Sync)) -> Option<T> + Send + 'static,
    ) {
        let is_running = self.job.as_ref().is_some_and(|(of, _)| *of == subject);
        if !self.lacks(&subject) {
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
        *self = Self::default();
    }

    /// The last result, of whatever subject.
    pub fn known(&self) -> Option<&Arc<T>> {
        self.known.as_ref().map(|(_, result)| result)
    }

    /// The last result, if its subject is such.
    pub fn known_of(&self, is_such: impl FnOnce(&S) -> bool) -> Option<&Arc<T>> {
        let (of, result) = self.known.as_ref()?;
        is_such(of).then_some(result)
    }

    /// Whether the last result is of this subject.
    pub fn is_of(&self, subject: &S) -> bool {
        self.known.as_ref().is_some_and(|(of, _)| of == subject)
    }

    /// Whether there is none of this subject, and one could be made.
    pub fn lacks(&self, subject: &S) -> bool {
        !self.is_of(subject) && self.given_up.as_ref() != Some(subject)
    }

    /// Whether one is being made.
    pub fn is_working(&self) -> bool {
        self.job.is_some()
    }

    /// Takes in what is finished; true if something changed.
    pub fn poll(&mut self) -> bool {
        let done = match self.job.as_ref().map(|(_, job)| job.state()) {
            None | Some(State::Running) => return false,
            Some(State::Done(result)) => Some(result),
            Some(State::Stopped) => None,
        };
        self.take(done);
        true
    }

    /// Waits for the one that is being made.
    pub fn settle(&mut self) {
        if let Some((_, job)) = &self.job {
            let done = job.wait();
            self.take(done);
        }
    }

    fn take(&mut self, done: Option<T>) {
        let Some((subject, _)) = self.job.take() else {
            return;
        };
        match done {
            Some(result) => self.known = Some((subject, Arc::new(result))),
            None => self.given_up = Some(subject),
        }
    }
}
