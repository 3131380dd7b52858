//! Figures with their formulas and sources.

use std::cell::RefCell;
use std::collections::HashMap;

use petgraph::graph::NodeIndex;

use crate::analysis::Analysis;
use crate::catalog::{Catalog, FigureId, Operation};
use crate::format;

use super::{Figure, SourceNote};

/// Makes figures; leaves formulas and sources out where no trace is wanted.
#[derive(Clone, Copy)]
pub struct Figures<'a> {
    /// Where sources are looked up.
    pub catalog: &'a Catalog,
    /// Whether formulas and sources are written out.
    pub trace: bool,
    /// Notes made before: the same few figures stand behind most numbers.
    pub notes: &'a Notes,
}

/// Notes by figure; none for figures that the catalog does not have.
pub type Notes = RefCell<HashMap<FigureId, Option<SourceNote>>>;

impl Figures<'_> {
    /// A figure whose formula is only made where it is wanted.
    pub fn figure(
        &self,
        value: f64,
        unit: &'static str,
        formula: impl FnOnce() -> String,
    ) -> Figure {
        let formula = if self.trace { formula() } else { String::new() };
        Figure::new(value, unit, formula)
    }

    /// The same, resting on catalog figures.
    pub fn resting_on<'i>(
        &self,
        figure: Figure,
        ids: impl IntoIterator<Item = &'i FigureId>,
    ) -> Figure {
        if self.trace {
            figure.resting_on(ids.into_iter().filter_map(|id| self.note(id)))
        } else {
            figure
        }
    }

    fn note(&self, id: &FigureId) -> Option<SourceNote> {
        if let Some(known) = self.notes.borrow().get(id) {
            return known.clone();
        }
        let note = self.make_note(id);
        self.notes.borrow_mut().insert(id.clone(), note.clone());
        note
    }

    fn make_note(&self, id: &FigureId) -> Option<SourceNote> {
        let figure = self.catalog.figure(id)?;
        let origin = figure.origin;
        Some(SourceNote {
            figure: id.clone(),
            value: format!("{} {}", figure.value, figure.unit)
                .trim_end()
                .to_owned(),
            title: origin.map_or_else(|| figure.source.to_owned(), |o| o.title.clone()),
            url: origin.map(|o| o.url.clone()).unwrap_or_default(),
            checked: origin.map(|o| o.checked.clone()).unwrap_or_default(),
            grade: figure.grade,
        })
    }
}

/// The catalog figures that a node's own time rests on.
pub fn timing_figures(analysis: &Analysis<'_>, node: NodeIndex) -> Vec<FigureId> {
    let Some(service) = analysis.system.graph[node].service else {
        return Vec::new();
    };
    service
        .timing
        .iter()
        .filter(|(operation, _)| **operation != Operation::Deliver)
        .map(|(_, figure)| figure.id.clone())
        .collect()
}

/// The catalog figures that a function's cold starts rest on.
pub fn cold_figures(analysis: &Analysis<'_>, node: NodeIndex) -> Vec<FigureId> {
    let Some(compute) = analysis.system.graph[node]
        .service
        .and_then(|s| s.compute.as_ref())
    else {
        return Vec::new();
    };
    let mut ids = vec![compute.idle_timeout.id.clone()];
    ids.extend(compute.lifetime.as_ref().map(|figure| figure.id.clone()));
    ids
}

/// `λ 12.3 /s × E[D] 45 ms`, as far as it reads well.
pub fn littles_law(rate: f64, seconds: f64) -> String {
    format!(
        "arrival rate {} × busy time {} (Little's law)",
        format::rate_per_second(rate),
        format::millis(seconds * 1_000.0)
    )
}
