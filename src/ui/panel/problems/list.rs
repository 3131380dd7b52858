//! Which problems are listed, in which order, and the step from one to the
//! next.
//!
//! Findings where there are any, else the problems of the report. Those with
//! the same cause stand together, those that somebody decided to live with
//! come last.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::left::LeftTab;
use super::super::{Look, Panels};
use crate::advice::finding::{self, Effect, FINDINGS, Finding};
use crate::design::Design;
use crate::report::{Problem, Report, Severity};
use crate::ui::view::{Fit, View};
use crate::workspace::Workspace;

/// What the panel remembers.
#[derive(Default)]
pub struct State {
    /// The problem that was stepped to, by its key.
    pub current: Option<String>,
    /// It has to be scrolled to.
    pub scrolls: bool,
    /// The problem that is about to be ignored, and the reason so far.
    pub ignoring: Option<(String, String)>,
    /// The remedy that is being tried.
    pub trial: Option<Trial>,
}

/// A remedy that is tried: what the list and the numbers were before.
pub struct Trial {
    /// Key of the problem.
    pub key: String,
    /// The report before.
    pub base: Arc<Report>,
    /// The list before: a problem that is mended would drop out of it.
    pub list: Arc<Vec<Finding>>,
    /// The mended design, once the workspace shows it.
    pub mended: Option<Arc<Design>>,
}

impl State {
    /// Forgets a trial that something else has ended.
    pub fn follow(&mut self, look: Look<'_>) {
        let Some(trial) = &mut self.trial else { return };
        let shown = look.workspace.shown();
        match &trial.mended {
            None if look.is_previewing() => trial.mended = Some(Arc::clone(shown)),
            Some(mended) if !Arc::ptr_eq(mended, shown) => self.trial = None,
            _ => {}
        }
    }
}

/// A problem as it is listed.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// What, where, why and the remedy.
    pub problem: &'a Problem,
    /// What the remedy changes, where that is known.
    pub effect: Option<Effect>,
    /// The reason why it is ignored.
    pub ignored: Option<&'a str>,
}

impl Row<'_> {
    /// Its name among ignored problems.
    pub fn key(&self) -> String {
        finding::key(self.problem)
    }
}

/// Problems with the same cause.
pub struct Group<'a> {
    /// Their code.
    pub code: &'static str,
    /// Their severity.
    pub severity: Severity,
    /// Somebody decided to live with them.
    pub is_ignored: bool,
    /// All of them.
    pub rows: Vec<Row<'a>>,
}

impl Group<'_> {
    /// The cause in a few words.
    pub fn title(&self) -> Cow<'static, str> {
        let rule = FINDINGS.iter().find(|rule| rule.code == self.code);
        rule.map_or_else(|| spelt_out(self.code).into(), |rule| rule.title.into())
    }
}

/// `missing-price` as `Missing price`.
fn spelt_out(code: &str) -> String {
    let words = code.replace('-', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// All problems by cause; of a list that is kept, where there is one.
pub fn groups<'a>(workspace: &'a Workspace, kept: Option<&'a Vec<Finding>>) -> Vec<Group<'a>> {
    let known = kept.or(workspace.findings().map(Arc::as_ref));
    match known {
        Some(findings) => grouped(findings.iter().map(|finding| Row {
            problem: &finding.problem,
            effect: finding.effect,
            ignored: finding.ignored.as_deref(),
        })),
        None => {
            let ignored = &workspace.shown().ignored;
            let problems = workspace.report().problems.iter();
            grouped(problems.map(|problem| Row {
                problem,
                effect: None,
                ignored: match ignored.is_empty() {
                    true => None,
                    false => ignored.get(&finding::key(problem)).map(String::as_str),
                },
            }))
        }
    }
}

fn grouped<'a>(rows: impl Iterator<Item = Row<'a>>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for row in rows {
        let (code, severity) = (row.problem.code, row.problem.severity);
        let is_ignored = row.ignored.is_some();
        let same = |group: &&mut Group<'_>| {
            (group.code, group.severity, group.is_ignored) == (code, severity, is_ignored)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group {
                code,
                severity,
                is_ignored,
                rows: vec![row],
            }),
        }
    }
    groups.sort_by_key(|group| (group.is_ignored, group.severity));
    groups
}

/// The list as it is, to be kept while a remedy is tried.
pub fn kept(groups: &[Group<'_>]) -> Vec<Finding> {
    let rows = groups.iter().flat_map(|group| &group.rows);
    rows.map(|row| Finding {
        problem: row.problem.clone(),
        key: row.key(),
        ignored: row.ignored.map(str::to_owned),
        effect: row.effect,
    })
    .collect()
}

/// How many problems nobody has decided to live with.
pub fn count(workspace: &Workspace) -> usize {
    match workspace.findings() {
        Some(findings) => findings.iter().filter(|f| f.ignored.is_none()).count(),
        None => workspace.report().problems.len(),
    }
}

/// Selects the next or previous problem, brings it into view, and shows it in
/// the list; at the end it starts over.
pub fn step(workspace: &Workspace, view: &mut View, panels: &mut Panels, is_next: bool) {
    let state = &mut panels.problems;
    let kept = state.trial.as_ref().map(|trial| Arc::clone(&trial.list));
    let groups = groups(workspace, kept.as_deref());
    let open = groups.iter().filter(|group| !group.is_ignored);
    let rows: Vec<Row<'_>> = open.flat_map(|group| group.rows.iter().copied()).collect();
    if rows.is_empty() {
        return;
    }
    let now = state.current.as_ref();
    let at = now.and_then(|key| rows.iter().position(|row| row.key() == *key));
    let next = match (at, is_next) {
        (Some(at), true) => (at + 1) % rows.len(),
        (Some(at), false) => at.checked_sub(1).unwrap_or(rows.len() - 1),
        (None, true) => 0,
        (None, false) => rows.len() - 1,
    };
    if let Some(row) = rows.get(next) {
        state.current = Some(row.key());
        state.scrolls = true;
        show(row.problem, view);
    }
    view.left_open = true;
    panels.left = LeftTab::Problems;
}

/// Selects what a problem is about and brings it into view.
pub fn show(problem: &Problem, view: &mut View) {
    if let Some(id) = &problem.node {
        view.selection.only_node(id.clone());
    } else if let Some(id) = &problem.link {
        view.selection.only_link(id.clone());
    } else {
        view.selection.clear();
        return;
    }
    view.fit = Some(Fit::Reveal);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_causes_stand_together_worst_first_and_ignored_last() {
        let problem = |code, severity| Problem::new(code, severity, "", "");
        let all = [
            problem("arm-saves", Severity::Hint),
            problem("no-dlq", Severity::Warning),
            problem("arm-saves", Severity::Hint),
            problem("runaway", Severity::Error),
        ];
        let rows = all.iter().enumerate().map(|(index, problem)| Row {
            problem,
            effect: None,
            ignored: (index == 1).then_some("later"),
        });
        let groups = grouped(rows);
        let found: Vec<_> = groups.iter().map(|g| (g.code, g.rows.len())).collect();
        assert_eq!(found, [("runaway", 1), ("arm-saves", 2), ("no-dlq", 1)]);
        assert!(groups[2].is_ignored);
        assert_eq!(groups[1].title(), "The same work costs less on Arm");
    }
}
