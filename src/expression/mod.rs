//! Arithmetic that people write: meters' quantities in the catalog, `=users*3`
//! in a design.
//!
//! An expression keeps its text, is checked when it is read, evaluates against
//! an [`Environment`], and can be shown with its live numbers, so that the
//! formula on screen is the one that was computed.
//!
//! The grammar: numbers (`1_000`, `2.5e-3`), names (`[a-z_][a-z0-9_]*`),
//! `+ - * /`, `^` (binds to the right), comparisons (1 or 0, not chained),
//! `and or not`, parentheses, and the functions of [`Expression::functions`].
//!
//! `round_up(x, step)` and `chunks(x, size)` are what providers do to single
//! events. Where `x` is the name of a spread (a law or a mixture), or one times,
//! over, plus or minus a number, they are therefore expectations over events;
//! every other use of a spread is its mean.

mod error;
mod evaluate;
mod parse;
mod show;
mod suggest;
#[cfg(test)]
mod tests;
mod token;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::law::Law;
pub use error::ExpressionError;
pub use evaluate::ceil_guarded;
pub use show::number_text;
pub(crate) use show::with_commas;
pub use suggest::nearest;

use evaluate::Evaluator;
use parse::{Function, Kind, Node};

/// What a name stands for while an expression is evaluated.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// One number.
    Number(f64),
    /// A duration with its spread [ms].
    Law(Law),
    /// Weighted values `(weight, value)`; weights need not sum to 1.
    Mixture(Vec<(f64, f64)>),
}

impl Quantity {
    /// The mean; NaN for a mixture without weight.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Law(law) => law.mean().0,
            Self::Mixture(parts) => evaluate::weighted(parts, |value| value),
        }
    }

    /// Whether single events differ, so that rounding each is not rounding the mean.
    fn is_spread(&self) -> bool {
        match self {
            Self::Number(_) | Self::Law(Law::Fixed(_)) => false,
            Self::Law(_) => true,
            Self::Mixture(parts) => parts.len() > 1,
        }
    }
}

impl From<f64> for Quantity {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<Law> for Quantity {
    fn from(law: Law) -> Self {
        Self::Law(law)
    }
}

/// Names in force.
pub trait Environment {
    /// The quantity that a name stands for, if any.
    fn quantity(&self, name: &str) -> Option<Quantity>;
}

impl Environment for BTreeMap<String, Quantity> {
    fn quantity(&self, name: &str) -> Option<Quantity> {
        self.get(name).cloned()
    }
}

impl Environment for BTreeMap<String, f64> {
    fn quantity(&self, name: &str) -> Option<Quantity> {
        self.get(name).copied().map(Quantity::Number)
    }
}

/// A formula, parsed once.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
    root: Node,
}

impl Expression {
    /// Longest text that is read [bytes].
    pub const MAX_LENGTH: usize = 4_000;

    /// Checks and keeps a formula.
    ///
    /// # Errors
    ///
    /// When the text is no formula, is longer than [`Self::MAX_LENGTH`], or is
    /// nested deeper than anything a person writes.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let root = parse::parse(text)?;
        Ok(Self {
            text: text.to_owned(),
            root,
        })
    }

    /// The formula as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every function with its signature, for help texts.
    pub fn functions() -> impl Iterator<Item = (&'static str, &'static str)> {
        Function::ALL.iter().map(|f| (f.name(), f.signature()))
    }

    /// The names it uses, each once, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let mut names = BTreeSet::new();
        self.root.collect_names(&mut names);
        names.into_iter()
    }

    /// Its value in an environment.
    ///
    /// # Errors
    ///
    /// When a name is unknown or stands for no finite number, at a division by
    /// zero, and where a part has no finite value; each names the culprit.
    pub fn evaluate(&self, environment: &dyn Environment) -> Result<f64, ExpressionError> {
        Evaluator::new(&self.text, environment).value(&self.root)
    }

    /// Its value, with the spread kept where it is nothing but a name.
    ///
    /// # Errors
    ///
    /// As [`Self::evaluate`].
    pub fn quantity(&self, environment: &dyn Environment) -> Result<Quantity, ExpressionError> {
        let value = self.evaluate(environment)?;
        Ok(match &self.root.kind {
            Kind::Name(name) => environment.quantity(name),
            _ => None,
        }
        .unwrap_or(Quantity::Number(value)))
    }

    /// The formula with live numbers after their names:
    /// `requests 3,000,000 × round_up(duration ~120.4, 1) [120.9] ÷ 1,000`.
    ///
    /// `~` marks the mean of a spread, and the number in brackets is the mean
    /// over single events, which cannot be had from the mean. A name without a
    /// value is followed by `?`.
    pub fn with_numbers(&self, environment: &dyn Environment) -> String {
        show::with_numbers(&self.text, &self.root, environment)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Expression {
    type Err = ExpressionError;
    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        Self::parse(text)
    }
}

impl Serialize for Expression {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Expression {
    /// Reads a string, or a bare number for a constant.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FormulaVisitor)
    }
}

struct FormulaVisitor;

impl Visitor<'_> for FormulaVisitor {
    type Value = Expression;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a formula in quotes or a number")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Expression, E> {
        Expression::parse(text).map_err(|error| E::custom(format!("formula `{text}`: {error}")))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Expression, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Expression, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Expression, E> {
        self.visit_str(&number.to_string())
    }
}
