//! What can be wrong with a formula, said so that it can be mended.

/// Why a formula could not be read or has no value. Columns count characters
/// from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// The text is no formula.
    #[error("column {column}: found {found}, expected {expected}{}", hint(.suggestion.as_ref()))]
    Syntax {
        /// Where.
        column: usize,
        /// What stands there.
        found: String,
        /// What could stand there.
        expected: String,
        /// A known word that looks like what was found.
        suggestion: Option<String>,
    },
    /// The text is too long to be a formula.
    #[error("the formula has {length} bytes; at most {limit} are read")]
    TooLong {
        /// Its length [bytes].
        length: usize,
        /// The most that is read [bytes].
        limit: usize,
    },
    /// Too many parentheses in each other, or too many terms.
    #[error("column {column}: the formula is too deeply nested or has too many parts")]
    TooDeep {
        /// Where the limit was met.
        column: usize,
    },
    /// Nothing is known by this name.
    #[error("column {column}: nothing is known by the name `{name}`")]
    UnknownName {
        /// Where.
        column: usize,
        /// The name.
        name: String,
    },
    /// A name stands for no finite number.
    #[error("column {column}: `{name}` stands for no finite number")]
    BadValue {
        /// Where.
        column: usize,
        /// The name.
        name: String,
    },
    /// A divisor is zero.
    #[error("column {column}: division by zero, `{divisor}` is 0")]
    DivisionByZero {
        /// Where the divisor starts.
        column: usize,
        /// The divisor as written.
        divisor: String,
    },
    /// A step or size to round to is not above zero.
    #[error("column {column}: `{step}` is {value}, but rounding needs a step above 0")]
    BadStep {
        /// Where the step starts.
        column: usize,
        /// The step as written.
        step: String,
        /// What it came to.
        value: String,
    },
    /// A part has no finite value.
    #[error("column {column}: `{part}` has no finite value")]
    NotFinite {
        /// Where the part starts.
        column: usize,
        /// The part as written.
        part: String,
    },
}

fn hint(suggestion: Option<&String>) -> String {
    match suggestion {
        Some(word) => format!("; did you mean `{word}`?"),
        None => String::new(),
    }
}

/// The column of a byte offset.
pub(super) fn column(text: &str, offset: usize) -> usize {
    text.get(..offset)
        .map_or(0, |before| before.chars().count())
        + 1
}
