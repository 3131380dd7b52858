//! The samples that come with the program: folders with a design and its
//! story, embedded so that the program needs no installation.

use include_dir::{Dir, include_dir};

use crate::design::Design;

use super::{OpenError, read};

static FOLDERS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/samples");

/// The sample that opens when nothing else is asked for.
pub const DEFAULT_SAMPLE: &str = "order-notification";

/// What a sample is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Name of its folder.
    pub name: String,
    /// Title of the design.
    pub title: String,
    /// The question that it answers: the design's description.
    pub question: String,
}

/// Why there is no such sample.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SampleError {
    /// Nobody wrote it.
    #[error("there is no sample `{name}`; there are {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// It was written wrongly, which the tests rule out.
    #[error("sample `{name}`: {error}")]
    Broken {
        /// Which.
        name: String,
        /// What is wrong.
        error: OpenError,
    },
}

/// All samples by name.
pub fn samples() -> Vec<Sample> {
    let described = |name: String| {
        let design = sample(&name).ok()?;
        Some(Sample {
            title: if design.name.is_empty() {
                name.clone()
            } else {
                design.name
            },
            question: design.description,
            name,
        })
    };
    names().into_iter().filter_map(described).collect()
}

/// A sample that comes with the program.
///
/// # Errors
///
/// When there is no sample of that name.
pub fn sample(name: &str) -> Result<Design, SampleError> {
    let Some(text) = text(name) else {
        return Err(SampleError::Unknown {
            name: name.to_owned(),
            known: names().join(", "),
        });
    };
    match read(text, &format!("sample:{name}")) {
        Ok(opened) => Ok(opened.design),
        Err(error) => Err(SampleError::Broken {
            name: name.to_owned(),
            error,
        }),
    }
}

fn names() -> Vec<String> {
    let mut names: Vec<String> = FOLDERS
        .dirs()
        .map(|folder| folder.path().to_string_lossy().into_owned())
        .filter(|name| text(name).is_some())
        .collect();
    names.sort();
    names
}

fn text(name: &str) -> Option<&'static str> {
    FOLDERS
        .get_file(format!("{name}/design.ron"))?
        .contents_utf8()
}
