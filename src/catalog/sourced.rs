//! A figure with its provenance.
//!
//! Nothing in the catalog is a bare number: whatever a total rests on can be
//! followed to a named page and the day somebody read it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How far a figure can be trusted; the weakest grade wins when figures combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Grade {
    /// The provider's own text or price list.
    A,
    /// Derived from the price feed by a tool, or corroborated.
    B,
    /// A single third party.
    C,
    /// Recalled, with no stored source.
    D,
    /// An assumption of ours.
    M,
}

impl Grade {
    /// Whether nothing of the provider's own stands behind such a figure.
    pub fn is_weak(self) -> bool {
        self >= Self::C
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The stable address of one figure, such as `aws.lambda/requests@us-east-1`.
///
/// Assigned from the figure's place in its file when the catalog is loaded, so
/// an id cannot be forgotten or given twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FigureId(pub String);

impl fmt::Display for FigureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where figures come from: a page, and the day it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What the page or data set is called.
    pub title: String,
    /// Address of the page, or the repository and file for data sets.
    pub url: String,
    /// The day it was read or the price list was issued, `YYYY-MM-DD`.
    pub checked: String,
}

/// A value, the key of its source in `provider.ron`, and its grade.
///
/// Written as a tuple in the catalog: `(0.20, "lambda-pricing", A)`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "(T, String, Grade)")]
pub struct Sourced<T> {
    /// Stable address; see [`FigureId`].
    pub id: FigureId,
    /// The figure itself, in the unit its field documents.
    pub value: T,
    /// Key into the provider's `sources`.
    pub source: String,
    /// How far to trust it.
    pub grade: Grade,
}

impl<T> From<(T, String, Grade)> for Sourced<T> {
    fn from((value, source, grade): (T, String, Grade)) -> Self {
        Self {
            id: FigureId::default(),
            value,
            source,
            grade,
        }
    }
}
