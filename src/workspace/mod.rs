//! The application without a window: one open design, its report, its file.
//!
//! [`Workspace::perform`] is the only place that changes anything. After each
//! change the design is analysed: at once, or in the background where it is
//! large ([`analyst`]). Sweeps and comparisons always run in the background, on
//! a shared copy. Results of different revisions are never mixed; what is of an
//! earlier one says so.

pub mod action;
mod analyst;
mod job;
mod kept;
pub mod studies;
pub mod study;
mod survey;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::advice::compare::Comparison;
use crate::advice::finding::Finding;
use crate::advice::sweep::{self, TrafficSweep};
use crate::catalog::{Catalog, ProviderId};
use crate::design::{Command, Design, Editor};
use crate::report::Report;

pub use action::{Action, ActionKind};
pub use analyst::{AT_ONCE, Asked, Trigger};
pub use studies::{Studies, Topic, TopicKind};

use analyst::{Analyst, Subject};
use job::{Job, State};
use study::Study;
use survey::Survey;

/// The range of the traffic multiplier.
pub const TRAFFIC_RANGE: (f64, f64) = (0.1, 1_000.0);

/// Something to tell the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What happened and what to do.
    pub text: String,
    /// Whether something went wrong.
    pub is_error: bool,
}

/// One open design with everything computed about it.
pub struct Workspace {
    catalog: Arc<Catalog>,
    editor: Editor,
    preview: Option<Arc<Design>>,
    traffic: f64,
    provider: Option<ProviderId>,
    analyst: Analyst,
    sweep: Option<Arc<TrafficSweep>>,
    job: Option<Job<TrafficSweep>>,
    /// The sweep has to be made anew once the report is there.
    is_sweep_due: bool,
    studies: Studies,
    survey: Survey,
    path: Option<PathBuf>,
    saved: Arc<Design>,
    /// Whether the design differs from the saved one. Every frame asks, and
    /// comparing large designs takes a good part of one.
    is_dirty: bool,
    notices: Vec<Notice>,
    /// Files to replay that could not be read.
    unread: BTreeSet<String>,
}

impl Workspace {
    /// Opens a design, analysed.
    pub fn new(catalog: Arc<Catalog>, design: Design, path: Option<PathBuf>) -> Self {
        let mut workspace = Self::bare(catalog, design, path);
        workspace.analyse(Trigger::Open);
        workspace
    }

    /// A workspace that shows given results until the first change, for tests
    /// of whatever draws them.
    #[cfg(all(test, feature = "ui"))]
    pub(crate) fn with_results(
        catalog: Arc<Catalog>,
        design: Design,
        report: Report,
        sweep: Option<TrafficSweep>,
    ) -> Self {
        Self {
            analyst: Analyst::with_report(report),
            sweep: sweep.map(Arc::new),
            ..Self::bare(catalog, design, None)
        }
    }

    /// A design of which nothing is known yet.
    fn bare(catalog: Arc<Catalog>, design: Design, path: Option<PathBuf>) -> Self {
        let editor = Editor::new(design);
        Self {
            catalog,
            saved: Arc::clone(editor.design()),
            is_dirty: false,
            editor,
            preview: None,
            traffic: 1.0,
            provider: None,
            analyst: Analyst::default(),
            sweep: None,
            job: None,
            is_sweep_due: false,
            studies: Studies::default(),
            survey: Survey::default(),
            path,
            notices: Vec::new(),
            unread: BTreeSet::new(),
        }
    }

    /// The facts in force.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// The design as it is, previews apart.
    pub fn design(&self) -> &Arc<Design> {
        self.editor.design()
    }

    /// The design that is shown: the preview while there is one.
    pub fn shown(&self) -> &Arc<Design> {
        self.preview
            .as_ref()
            .unwrap_or_else(|| self.editor.design())
    }

    /// The design with its history, for free ids and labels.
    pub fn editor(&self) -> &Editor {
        &self.editor
    }

    /// What was computed about the shown design, or about an earlier state of
    /// it while [`Self::report_is_current`] is false.
    pub fn report(&self) -> &Arc<Report> {
        self.analyst.report()
    }

    /// Whether the report is of the shown design at the shown traffic. Large
    /// designs are analysed in the background; until that is done the report
    /// is an earlier one, and whoever shows it says so.
    pub fn report_is_current(&self) -> bool {
        self.analyst.is_current()
    }

    /// How many reports there were so far.
    pub fn reports(&self) -> u64 {
        self.analyst.arrivals()
    }

    /// The last analysis that was asked for since this was asked last.
    pub fn take_asked(&mut self) -> Option<Asked> {
        self.analyst.take_asked()
    }

    /// Cost and latency against traffic, once it is there.
    pub fn sweep(&self) -> Option<&Arc<TrafficSweep>> {
        self.sweep.as_ref()
    }

    /// Whether the sweep belongs to the shown design; an older one is shown as
    /// old.
    pub fn sweep_is_current(&self) -> bool {
        self.sweep.is_some() && !self.is_sweeping() && self.preview.is_none()
    }

    /// What is wrong, risky or wasteful, with the effect of each remedy, once it
    /// is there.
    pub fn findings(&self) -> Option<&Arc<Vec<Finding>>> {
        self.survey.known()
    }

    /// Whether the findings are of the shown design at the shown traffic; older
    /// ones are shown as old, and their remedies are not offered.
    pub fn findings_are_current(&self) -> bool {
        let subject = self.analyst.subject();
        self.report_is_current() && subject.is_some_and(|of| self.survey.is_of(of))
    }

    /// Whether remedies are being tried, or about to be.
    pub fn is_surveying(&self) -> bool {
        self.survey_due().is_some()
    }

    /// What has to be reviewed; previews, which may change with every frame,
    /// are not.
    fn survey_due(&self) -> Option<&Subject> {
        if self.preview.is_some() || !self.report_is_current() {
            return None;
        }
        let subject = self.analyst.subject();
        subject.filter(|subject| self.survey.lacks(subject))
    }

    /// What is computed on demand; see [`Action::Want`].
    pub fn studies(&self) -> &Studies {
        &self.studies
    }

    /// Whether the answer of a study belongs to the shown design under the
    /// shown circumstances; an older one is shown as old.
    pub fn is_current<Q, T>(&self, study: &Study<Q, T>) -> bool
    where
        Q: Clone + PartialEq + Send + 'static,
        T: Send + 'static,
    {
        study.is_of(&self.subject())
    }

    /// The design on all providers, once it is there; see
    /// [`Action::WantComparison`].
    pub fn comparison(&self) -> Option<&Arc<Comparison>> {
        self.studies.comparison.known()
    }

    /// Whether the comparison belongs to the shown design at the shown
    /// traffic; an older one is shown as old.
    pub fn comparison_is_current(&self) -> bool {
        self.is_current(&self.studies.comparison)
    }

    /// Whether a comparison is kept up to date.
    pub fn wants_comparison(&self) -> bool {
        self.studies.comparison.wanted().is_some()
    }

    /// Whether providers are being compared.
    pub fn is_comparing(&self) -> bool {
        self.studies.comparison.is_working()
    }

    /// Whether traffic is being swept.
    pub fn is_sweeping(&self) -> bool {
        self.job.is_some() || self.is_sweep_due
    }

    /// Whether something runs in the background.
    pub fn is_working(&self) -> bool {
        !self.report_is_current()
            || self.is_sweeping()
            || self.is_surveying()
            || self.studies.is_working()
    }

    /// The multiplier on all traffic.
    pub fn traffic(&self) -> f64 {
        self.traffic
    }

    /// Where the design is saved.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether there are unsaved edits.
    pub fn is_dirty(&self) -> bool {
        self.is_dirty
    }

    /// What to tell the user, oldest first.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The provider that the report is for.
    pub fn provider(&self) -> &ProviderId {
        self.provider
            .as_ref()
            .unwrap_or(&self.editor.design().environment.provider)
    }

    /// Takes in what the background has finished; true if something changed.
    pub fn poll(&mut self) -> bool {
        let is_analysed = self.analyst.poll(&self.catalog);
        self.sweep_if_due();
        let is_answered = self.studies.poll();
        let is_swept = match self.job.as_ref().map(Job::state) {
            None | Some(State::Running) => false,
            Some(State::Done(sweep)) => {
                self.job = None;
                self.sweep = Some(Arc::new(sweep));
                true
            }
            Some(State::Stopped) => {
                self.job = None;
                true
            }
        };
        let is_surveyed = self.survey.poll();
        self.survey_if_due();
        self.follow();
        is_analysed || is_answered || is_swept || is_surveyed
    }

    /// Waits for the background, for screenshots and tests.
    pub fn settle(&mut self) {
        self.analyst.settle(&self.catalog);
        self.sweep_if_due();
        if let Some(job) = self.job.take() {
            self.sweep = job.wait().map(Arc::new);
        }
        self.survey_if_due();
        self.survey.settle();
        self.follow();
        self.studies.settle();
    }

    /// Carries out an action; what goes wrong becomes a notice.
    pub fn perform(&mut self, action: Action) {
        let result = self.try_perform(action);
        if let Err(error) = result {
            self.notices.push(Notice {
                text: format!("{error:#}"),
                is_error: true,
            });
        }
        self.follow();
        let (design, saved) = (self.editor.design(), &self.saved);
        self.is_dirty = !Arc::ptr_eq(design, saved) && design != saved;
    }

    /// Reads what triggers replay, once for each name.
    fn attach_series(&mut self) {
        let asked = crate::project::replayed(self.editor.design());
        if asked.iter().all(|name| self.unread.contains(name)) {
            return;
        }
        let folder = self
            .path
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new(""))
            .to_owned();
        let mut problems = Vec::new();
        self.editor.attach(|design| {
            problems = crate::project::attach_series(design, &folder);
        });
        self.unread = crate::project::replayed(self.editor.design())
            .into_iter()
            .collect();
        self.notices.extend(problems.into_iter().map(|text| Notice {
            text,
            is_error: true,
        }));
    }

    fn try_perform(&mut self, action: Action) -> anyhow::Result<()> {
        match action {
            Action::New => self.replace(Design::default(), None),
            Action::Open(path) => {
                self.open(path)?;
            }
            Action::OpenSample(name) => {
                let design = crate::project::sample(&name)?;
                self.replace(design, None);
            }
            Action::Save => {
                let path = self
                    .path
                    .clone()
                    .ok_or_else(|| anyhow::anyhow!("This design has no file yet: use Save as."))?;
                self.save(path)?;
            }
            Action::SaveAs(path) => self.save(path)?,
            Action::Edit(commands) => {
                let previewed = self.preview.take().is_some();
                let applied = self.editor.apply(&commands);
                self.attach_series();
                if previewed || applied.is_ok() {
                    self.analyse(Trigger::Edit);
                }
                applied?;
            }
            Action::Preview(commands) => {
                self.preview = Some(Arc::new(Editor::tried(self.editor.design(), &commands)?));
                self.analyse(Trigger::Preview);
            }
            Action::EndPreview => {
                if self.preview.take().is_some() {
                    self.analyse(Trigger::Preview);
                }
            }
            Action::Undo => {
                let previewed = self.preview.take().is_some();
                if self.editor.undo() || previewed {
                    self.analyse(Trigger::Edit);
                }
            }
            Action::Redo => {
                let previewed = self.preview.take().is_some();
                if self.editor.redo() || previewed {
                    self.analyse(Trigger::Edit);
                }
            }
            Action::SetTraffic(factor) => {
                let factor = if factor.is_finite() { factor } else { 1.0 };
                self.traffic = factor.clamp(TRAFFIC_RANGE.0, TRAFFIC_RANGE.1);
                self.report_soon(Trigger::Traffic);
            }
            Action::CommitTraffic => {
                self.preview = None;
                let factor = self.traffic;
                self.editor.apply(&[Command::ScaleTraffic(factor)])?;
                self.traffic = 1.0;
                self.analyse(Trigger::Traffic);
            }
            Action::ShowProvider(provider) => {
                self.provider = Some(provider);
                self.analyse(Trigger::Provider);
            }
            Action::SetHomeRegion(provider, region) => {
                let mut environment = self.editor.design().environment.clone();
                environment.regions.insert(provider, region);
                self.editor.apply(&[Command::SetEnvironment(environment)])?;
                self.analyse(Trigger::Edit);
            }
            Action::Export { format, path } => {
                // A file must not pair a design with an earlier report.
                self.analyst.settle(&self.catalog);
                crate::export::to_file(&format, self.shown(), self.report(), &path)?;
                self.tell(format!("Exported to {}.", path.display()));
            }
            Action::WantComparison(is_wanted) => {
                self.studies.comparison.want(is_wanted.then_some(()));
            }
            Action::Want(topic) => self.studies.want(topic),
            Action::Unwant(kind) => self.studies.drop(kind),
            Action::Dismiss(index) => {
                if index < self.notices.len() {
                    self.notices.remove(index);
                }
            }
        }
        Ok(())
    }

    /// Opens a file. Where parts of it had to be left out the design keeps no
    /// path, so that saving cannot overwrite what could not be read.
    fn open(&mut self, path: PathBuf) -> anyhow::Result<()> {
        match crate::project::open(&path) {
            Ok(opened) => {
                let whole = opened.problems.is_empty();
                self.replace(opened.design, whole.then_some(path));
                self.tell_all(opened.problems);
                Ok(())
            }
            Err(mut error) => {
                if let Some(opened) = error.salvaged.take() {
                    self.replace(opened.design, None);
                    self.tell_all(opened.problems);
                }
                Err(error.into())
            }
        }
    }

    fn replace(&mut self, design: Design, path: Option<PathBuf>) {
        self.editor = Editor::new(design);
        self.preview = None;
        self.traffic = 1.0;
        self.provider = None;
        self.sweep = None;
        self.studies.forget();
        self.survey.forget();
        self.path = path;
        self.saved = Arc::clone(self.editor.design());
        self.analyst.forget();
        self.analyse(Trigger::Open);
    }

    fn save(&mut self, path: PathBuf) -> anyhow::Result<()> {
        crate::project::save(self.editor.design(), &path)?;
        self.saved = Arc::clone(self.editor.design());
        self.tell(format!("Saved to {}.", path.display()));
        self.path = Some(path);
        Ok(())
    }

    /// Tells the user what went wrong outside of the workspace.
    pub fn complain(&mut self, text: String) {
        self.tell_all(vec![text]);
    }

    fn tell(&mut self, text: String) {
        self.notices.push(Notice {
            text,
            is_error: false,
        });
    }

    fn tell_all(&mut self, problems: Vec<String>) {
        self.notices.extend(problems.into_iter().map(|text| Notice {
            text,
            is_error: true,
        }));
    }

    /// Analyses and then sweeps; a preview, which may change with every frame,
    /// keeps the sweep of the design that it is tried on.
    fn analyse(&mut self, trigger: Trigger) {
        self.report_soon(trigger);
        if self.preview.is_none() {
            self.job = None;
            self.is_sweep_due = true;
            self.sweep_if_due();
        }
    }

    fn report_soon(&mut self, trigger: Trigger) {
        let subject = self.subject();
        self.survey.stop();
        self.analyst.want(subject, trigger, &self.catalog);
    }

    /// Reviews once report and sweep are there, which people look at first.
    fn survey_if_due(&mut self) {
        if self.is_sweeping() {
            return;
        }
        if let Some(subject) = self.survey_due().cloned() {
            let report = self.analyst.report();
            self.survey.follow(subject, report, &self.catalog);
        }
    }

    /// Keeps up to date what is computed on demand, but for a preview, which
    /// may change with every frame.
    fn follow(&mut self) {
        if self.preview.is_none() && self.report_is_current() {
            let subject = self.subject();
            self.studies.follow(&subject, &self.catalog);
        }
    }

    fn subject(&self) -> Subject {
        Subject {
            design: Arc::clone(self.shown()),
            traffic: self.traffic,
            provider: self.provider.clone(),
            revision: self.editor.revision(),
        }
    }

    /// Sweeps once the report is there, which people wait for.
    fn sweep_if_due(&mut self) {
        if !self.is_sweep_due || !self.report_is_current() {
            return;
        }
        self.is_sweep_due = false;
        let (design, catalog) = (Arc::clone(self.design()), Arc::clone(&self.catalog));
        let provider = self.provider.clone();
        self.job = Some(Job::start(move |stopped| {
            sweep::traffic(&design, &catalog, provider.as_ref(), stopped)
        }));
    }
}
