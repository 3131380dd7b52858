//! How our files are written: RON with one set of extensions for catalog and
//! designs alike.
//!
//! `Some(…)` and the names of newtypes may be left out, so a file reads as
//! data. Errors keep line and column. Writing is canonical: equal values give
//! equal bytes, whatever the machine.

use ron::extensions::Extensions;
use ron::ser::PrettyConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The options that every RON file of ours is read and written with.
pub fn options() -> ron::Options {
    ron::Options::default().with_default_extension(
        Extensions::IMPLICIT_SOME
            | Extensions::UNWRAP_NEWTYPES
            | Extensions::UNWRAP_VARIANT_NEWTYPES,
    )
}

/// Where a file departs from what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {problem}")]
pub struct NotationError {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: String,
}

/// Reads a value.
///
/// # Errors
///
/// When the text is not RON or does not describe a `T`.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, NotationError> {
    options().from_str(text).map_err(|error| NotationError {
        line: error.span.start.line,
        column: error.span.start.col,
        problem: error.code.to_string(),
    })
}

/// A value that cannot be written, for its parts nest too deep.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot be written: {0}")]
pub struct WriteError(String);

/// Writes a value: the outermost `depth` levels one item a line, what is
/// inside them on the line of its item.
///
/// # Errors
///
/// When the value nests deeper than 128 levels.
pub fn write<T: Serialize>(value: &T, depth: usize) -> Result<String, WriteError> {
    let config = PrettyConfig::new()
        .depth_limit(depth)
        .new_line("\n")
        .indentor("    ")
        .separator(" ");
    options()
        .to_string_pretty(value, config)
        .map_err(|error| WriteError(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::law::Law;
    use crate::units::Millis;

    #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
    struct Sample {
        law: Option<Law>,
        by_key: BTreeMap<String, Vec<f64>>,
    }

    fn sample() -> Sample {
        Sample {
            law: Some(Law::Lognormal {
                p50: Millis(20.0),
                p99: Millis(80.0),
            }),
            by_key: BTreeMap::from([("a".to_owned(), vec![1.0, 2.5])]),
        }
    }

    #[test]
    fn inner_levels_stay_on_their_line() {
        let text = write(&sample(), 2).unwrap();
        let expected = "(\n    law: Lognormal(\n        p50: 20.0,\n        p99: 80.0,\n    ),\n    \
                        by_key: {\n        \"a\": [1.0, 2.5],\n    },\n)";
        assert_eq!(text, expected);
        assert_eq!(read::<Sample>(&text), Ok(sample()));
        let short = "(law: Lognormal(p50: 20.0, p99: 80.0), by_key: {\"a\": [1.0, 2.5]})";
        assert_eq!(write(&sample(), 0).unwrap(), short);
    }

    #[test]
    fn errors_have_a_place() {
        let error =
            read::<Sample>("(\n    law: Fixed(1.0),\n    by_key: {\"a\" 1},\n)").unwrap_err();
        assert_eq!((error.line, error.column), (3, 17));
        assert_eq!(error.problem, "Expected colon");
    }

    #[test]
    fn every_text_reads_back() {
        let odd: String = (0..=0x2fff_u32)
            .chain(0x1f300..0x1f680)
            .filter_map(char::from_u32)
            .collect();
        let text = write(&odd, 1).unwrap();
        assert!(!text.contains('\n'));
        assert_eq!(read::<String>(&text), Ok(odd));
    }
}
