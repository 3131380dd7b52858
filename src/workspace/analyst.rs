//! Who keeps the report up to date.
//!
//! Small designs are analysed at once, so that every frame shows the numbers
//! of the design that it shows. Large ones take longer than a frame, so they
//! are analysed in the background: one run at a time, which is never cut
//! short, so that a steady drag still shows progress; of the requests that
//! come in meanwhile only the last one is kept. What is shown until then is
//! the report of an earlier state, whole, and marked as such by
//! [`Analyst::is_current`].
//!
//! What is large is counted in nodes rather than measured, so that the same
//! design behaves the same on every machine.

use std::sync::Arc;

use super::job::{Job, State};
use crate::catalog::{Catalog, ProviderId};
use crate::design::Design;
use crate::report::{self, Report};

/// Designs with more nodes than this are analysed in the background.
pub const AT_ONCE: usize = 60;

/// What made an analysis necessary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Another design was opened.
    Open,
    /// An edit, an undo or a redo.
    Edit,
    /// An edit was tried or taken back.
    Preview,
    /// The traffic was changed.
    Traffic,
    /// Another provider is looked at.
    Provider,
}

impl Trigger {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Edit => "edit",
            Self::Preview => "preview",
            Self::Traffic => "traffic",
            Self::Provider => "provider",
        }
    }
}

/// An analysis that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Why.
    pub trigger: Trigger,
    /// Whether it was left to the background.
    pub in_background: bool,
}

/// What a report depends on. The design is kept alive, so that an equal
/// address means the same design.
#[derive(Clone)]
pub struct Subject {
    /// What is analysed.
    pub design: Arc<Design>,
    /// Multiplier on all traffic.
    pub traffic: f64,
    /// Another provider than the design's.
    pub provider: Option<ProviderId>,
    /// Revision of the design, which the report will bear.
    pub revision: u64,
}

/// Whether a report of one is a report of the other.
impl PartialEq for Subject {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.design, &other.design)
            && self.traffic == other.traffic
            && self.provider == other.provider
    }
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

    /// What is to be computed of the design.
    pub fn options(&self) -> report::Options {
        report::Options {
            traffic: self.traffic,
            provider: self.provider.clone(),
            region: None,
            trace: true,
        }
    }

    fn report(&self, catalog: &Catalog) -> Report {
        let mut report = report::build(&self.design, catalog, &self.options());
        report.revision = self.revision;
        report
    }
}

/// The report that is shown, and the one that is being made.
#[derive(Default)]
pub struct Analyst {
    report: Arc<Report>,
    /// What the report is of.
    shown: Option<Subject>,
    /// What it should be of.
    wanted: Option<Subject>,
    running: Option<(Subject, Job<Report>)>,
    asked: Option<Asked>,
    arrivals: u64,
}

impl Analyst {
    /// One that shows a given report until it is asked for another.
    #[cfg(all(test, feature = "ui"))]
    pub fn with_report(report: Report) -> Self {
        Self {
            report: Arc::new(report),
            ..Self::default()
        }
    }

    /// What is known, of whatever state.
    pub fn report(&self) -> &Arc<Report> {
        &self.report
    }

    /// Whether the report is of what was asked for last.
    pub fn is_current(&self) -> bool {
        match (&self.shown, &self.wanted) {
            (Some(shown), Some(wanted)) => shown == wanted,
            (_, wanted) => wanted.is_none(),
        }
    }

    /// What the report is of.
    pub fn subject(&self) -> Option<&Subject> {
        self.shown.as_ref()
    }

    /// How many reports there were so far.
    pub fn arrivals(&self) -> u64 {
        self.arrivals
    }

    /// The analysis that was asked for since this was asked last.
    pub fn take_asked(&mut self) -> Option<Asked> {
        self.asked.take()
    }

    /// Forgets everything about an earlier design.
    pub fn forget(&mut self) {
        *self = Self {
            arrivals: self.arrivals,
            ..Self::default()
        };
    }

    /// Analyses at once, or sees to it that somebody does.
    pub fn want(&mut self, subject: Subject, trigger: Trigger, catalog: &Arc<Catalog>) {
        let nodes = subject.design.nodes.len();
        // There is nothing to show while the first analysis runs.
        let in_background = nodes > AT_ONCE && self.shown.is_some();
        self.asked = Some(Asked {
            trigger,
            in_background,
        });
        self.wanted = Some(subject.clone());
        if in_background {
            self.start(catalog);
        } else {
            self.running = None;
            let report = subject.report(catalog);
            self.show(subject, report);
        }
    }

    /// Takes in what is finished and goes on with what is still wanted; true
    /// if there is another report.
    pub fn poll(&mut self, catalog: &Arc<Catalog>) -> bool {
        let done = match self.running.as_ref().map(|(_, job)| job.state()) {
            None | Some(State::Running) => return false,
            Some(State::Done(report)) => Some(report),
            Some(State::Stopped) => None,
        };
        self.finish(done, catalog)
    }

    /// Waits until the report is of what was asked for last.
    pub fn settle(&mut self, catalog: &Arc<Catalog>) {
        while let Some((_, job)) = &self.running {
            let done = job.wait();
            self.finish(done, catalog);
        }
    }

    fn finish(&mut self, done: Option<Report>, catalog: &Arc<Catalog>) -> bool {
        let Some((subject, _)) = self.running.take() else {
            return false;
        };
        // A try that was taken back meanwhile is not shown after all.
        let is_news = !self.is_current();
        match done {
            Some(report) if is_news => self.show(subject, report),
            Some(_) => {}
            // The run broke down: better slow than never.
            None => self.catch_up(catalog),
        }
        self.start(catalog);
        is_news
    }

    fn catch_up(&mut self, catalog: &Catalog) {
        if let Some(wanted) = self.wanted.clone() {
            let report = wanted.report(catalog);
            self.show(wanted, report);
        }
    }

    /// Starts a run for what is wanted, unless one runs or none is needed.
    fn start(&mut self, catalog: &Arc<Catalog>) {
        if self.running.is_some() || self.is_current() {
            return;
        }
        if let Some(subject) = self.wanted.clone() {
            let (of, catalog) = (subject.clone(), Arc::clone(catalog));
            let job = Job::start(move |_| Some(of.report(&catalog)));
            self.running = Some((subject, job));
        }
    }

    fn show(&mut self, subject: Subject, report: Report) {
        self.report = Arc::new(report);
        self.shown = Some(subject);
        self.arrivals += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::generate::generate;

    fn catalog() -> Arc<Catalog> {
        Arc::new(Catalog::embedded().unwrap().clone())
    }

    fn subject(design: &Arc<Design>, traffic: f64) -> Subject {
        Subject {
            design: Arc::clone(design),
            traffic,
            provider: None,
            revision: 1,
        }
    }

    fn poll_until_news(analyst: &mut Analyst, catalog: &Arc<Catalog>) {
        while !analyst.poll(catalog) {
            std::thread::yield_now();
        }
    }

    #[test]
    fn small_designs_are_analysed_at_once() {
        let (catalog, design) = (catalog(), Arc::new(generate(10, 1)));
        let mut analyst = Analyst::default();
        for traffic in [1.0, 2.0, 3.0] {
            analyst.want(subject(&design, traffic), Trigger::Traffic, &catalog);
            assert!(analyst.is_current());
            assert_eq!(analyst.report().traffic, traffic);
        }
        let asked = analyst.take_asked().unwrap();
        assert!(!asked.in_background);
        assert_eq!(analyst.take_asked(), None);
    }

    #[test]
    fn of_many_requests_the_one_that_runs_and_the_last_are_shown() {
        let catalog = catalog();
        let design = Arc::new(generate(AT_ONCE + 10, 1));
        let mut analyst = Analyst::default();
        analyst.want(subject(&design, 1.0), Trigger::Open, &catalog);
        assert!(analyst.is_current(), "the first analysis is waited for");
        for traffic in [2.0, 3.0, 4.0] {
            analyst.want(subject(&design, traffic), Trigger::Traffic, &catalog);
            assert_eq!(analyst.report().traffic, 1.0, "the earlier report is kept");
            assert!(!analyst.is_current());
        }
        poll_until_news(&mut analyst, &catalog);
        assert_eq!(analyst.report().traffic, 2.0, "a drag shows progress");
        assert!(!analyst.is_current());
        poll_until_news(&mut analyst, &catalog);
        assert_eq!(analyst.report().traffic, 4.0);
        assert!(analyst.is_current() && analyst.running.is_none());
        assert_eq!(analyst.arrivals(), 3);
    }

    #[test]
    fn what_was_taken_back_is_not_shown() {
        let catalog = catalog();
        let design = Arc::new(generate(AT_ONCE + 10, 1));
        let mut analyst = Analyst::default();
        analyst.want(subject(&design, 1.0), Trigger::Open, &catalog);
        analyst.want(subject(&design, 9.0), Trigger::Preview, &catalog);
        analyst.want(subject(&design, 1.0), Trigger::Preview, &catalog);
        assert!(analyst.is_current());
        analyst.settle(&catalog);
        assert_eq!(analyst.report().traffic, 1.0);
        assert_eq!(analyst.arrivals(), 1);
    }
}
