//! The application without a window: one open design, its report, its file.
//!
//! [`Workspace::perform`] is the only place that changes anything. After each
//! change the design is analysed at once; sweeps and comparisons run in the
//! background on a shared copy, and a result of an earlier revision is never
//! mixed in.

pub mod action;
mod job;
pub mod studies;
pub mod study;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::advice::compare::Comparison;
use crate::advice::finding::Finding;
use crate::advice::sweep::{self, TrafficSweep};
use crate::catalog::{Catalog, ProviderId};
use crate::design::{Command, Design, Editor};
use crate::report::{self, Report};

pub use action::{Action, ActionKind};
use job::{Job, State};
pub use studies::{Studies, Topic, TopicKind};
use study::{Study, Subject};

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
    report: Arc<Report>,
    sweep: Option<Arc<TrafficSweep>>,
    job: Option<Job<TrafficSweep>>,
    studies: Studies,
    path: Option<PathBuf>,
    saved: Arc<Design>,
    /// Whether the design differs from the saved one. Every frame asks, and
    /// comparing large designs takes a good part of one.
    is_dirty: bool,
    notices: Vec<Notice>,
}

impl Workspace {
    /// Opens a design, analysed.
    pub fn new(catalog: Arc<Catalog>, design: Design, path: Option<PathBuf>) -> Self {
        let editor = Editor::new(design);
        let mut workspace = Self {
            catalog,
            saved: Arc::clone(editor.design()),
            is_dirty: false,
            editor,
            preview: None,
            traffic: 1.0,
            provider: None,
            report: Arc::default(),
            sweep: None,
            job: None,
            studies: Studies::default(),
            path,
            notices: Vec::new(),
        };
        workspace.analyse();
        workspace.follow();
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
        let editor = Editor::new(design);
        Self {
            catalog,
            saved: Arc::clone(editor.design()),
            is_dirty: false,
            editor,
            preview: None,
            traffic: 1.0,
            provider: None,
            report: Arc::new(report),
            sweep: sweep.map(Arc::new),
            job: None,
            studies: Studies::default(),
            path: None,
            notices: Vec::new(),
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

    /// What was computed about the shown design.
    pub fn report(&self) -> &Arc<Report> {
        &self.report
    }

    /// Cost and latency against traffic, once it is there.
    pub fn sweep(&self) -> Option<&Arc<TrafficSweep>> {
        self.sweep.as_ref()
    }

    /// Whether the sweep belongs to the shown design; an older one is shown as
    /// old.
    pub fn sweep_is_current(&self) -> bool {
        self.sweep.is_some() && self.job.is_none() && self.preview.is_none()
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

    /// The same for sweeps on several providers.
    pub fn provider_sweeps_are_current(&self) -> bool {
        self.studies.providers.is_of(&self.subject().anywhere())
    }

    /// The design on all providers, once it is there; see
    /// [`Action::WantComparison`].
    pub fn comparison(&self) -> Option<&Arc<Comparison>> {
        self.studies.comparison.known()
    }

    /// Whether the comparison belongs to the shown design at the shown
    /// traffic; an older one is shown as old.
    pub fn comparison_is_current(&self) -> bool {
        self.studies.comparison.is_of(&self.subject().anywhere())
    }

    /// Whether a comparison is kept up to date.
    pub fn wants_comparison(&self) -> bool {
        self.studies.comparison.wanted().is_some()
    }

    /// Whether providers are being compared.
    pub fn is_comparing(&self) -> bool {
        self.studies.comparison.is_working()
    }

    fn subject(&self) -> Subject {
        Subject {
            design: Arc::clone(self.shown()),
            provider: self.provider.clone(),
            traffic: self.traffic,
        }
    }

    /// What is wrong, risky or wasteful, with what each remedy would do, once
    /// it is there. Ignoring one is an edit: see [`Finding::ignore`].
    pub fn findings(&self) -> Option<&Arc<Vec<Finding>>> {
        self.studies.findings.known()
    }

    /// Whether the findings belong to the shown design at the shown traffic and
    /// provider; older ones are shown as old.
    pub fn findings_are_current(&self) -> bool {
        self.preview.is_none() && self.studies.findings.is_of(&self.subject())
    }

    /// Whether remedies are being tried.
    pub fn is_surveying(&self) -> bool {
        self.studies.findings.is_working()
    }

    /// Whether traffic is being swept.
    pub fn is_sweeping(&self) -> bool {
        self.job.is_some()
    }

    /// Whether something runs in the background.
    pub fn is_working(&self) -> bool {
        self.is_sweeping() || self.studies.is_working()
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
        is_answered || is_swept
    }

    /// Waits for the background, for screenshots and tests.
    pub fn settle(&mut self) {
        if let Some(job) = self.job.take() {
            self.sweep = job.wait().map(Arc::new);
        }
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

    /// Keeps up to date what the background makes; a preview, which may change
    /// with every frame, keeps what belongs to the design that it is tried on.
    fn follow(&mut self) {
        if self.preview.is_none() {
            let subject = self.subject();
            self.studies.follow(&subject, &self.catalog);
        }
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
                if previewed || applied.is_ok() {
                    self.analyse();
                }
                applied?;
            }
            Action::Preview(commands) => {
                self.preview = Some(Arc::new(Editor::tried(self.editor.design(), &commands)?));
                self.analyse();
            }
            Action::EndPreview => {
                if self.preview.take().is_some() {
                    self.analyse();
                }
            }
            Action::Undo => {
                let previewed = self.preview.take().is_some();
                if self.editor.undo() || previewed {
                    self.analyse();
                }
            }
            Action::Redo => {
                let previewed = self.preview.take().is_some();
                if self.editor.redo() || previewed {
                    self.analyse();
                }
            }
            Action::SetTraffic(factor) => {
                let factor = if factor.is_finite() { factor } else { 1.0 };
                self.traffic = factor.clamp(TRAFFIC_RANGE.0, TRAFFIC_RANGE.1);
                self.report_now();
            }
            Action::CommitTraffic => {
                self.preview = None;
                let factor = self.traffic;
                self.editor.apply(&[Command::ScaleTraffic(factor)])?;
                self.traffic = 1.0;
                self.analyse();
            }
            Action::ShowProvider(provider) => {
                self.provider = Some(provider);
                self.analyse();
            }
            Action::SetHomeRegion(provider, region) => {
                let mut environment = self.editor.design().environment.clone();
                environment.regions.insert(provider, region);
                self.editor.apply(&[Command::SetEnvironment(environment)])?;
                self.analyse();
            }
            Action::Export { format, path } => {
                crate::export::to_file(&format, self.shown(), &self.report, &path)?;
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
        self.path = path;
        self.saved = Arc::clone(self.editor.design());
        self.analyse();
    }

    fn save(&mut self, path: PathBuf) -> anyhow::Result<()> {
        crate::project::save(self.editor.design(), &path)?;
        self.saved = Arc::clone(self.editor.design());
        self.tell(format!("Saved to {}.", path.display()));
        self.path = Some(path);
        Ok(())
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

    /// Analyses at once and sweeps in the background; a preview, which may
    /// change with every frame, keeps the sweep of the design that it is tried
    /// on.
    fn analyse(&mut self) {
        self.report_now();
        if self.preview.is_some() {
            return;
        }
        let (design, catalog) = (Arc::clone(self.shown()), Arc::clone(&self.catalog));
        let provider = self.provider.clone();
        self.job = Some(Job::start(move |stopped| {
            sweep::traffic(&design, &catalog, provider.as_ref(), stopped)
        }));
    }

    fn report_now(&mut self) {
        let options = report::Options {
            traffic: self.traffic,
            provider: self.provider.clone(),
            region: None,
            trace: true,
        };
        let mut report = report::build(self.shown(), &self.catalog, &options);
        report.revision = self.editor.revision();
        self.report = Arc::new(report);
    }
}
