//! What went wrong, in words for people and a code for scripts.

use std::fmt;

use crate::project::{OpenError, SampleError};

/// The exit code, as `--help` and `docs/CLI.md` list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// What was asked for is not possible.
    Request = 1,
    /// A file could not be read.
    Unreadable = 3,
    /// There is nothing to show the window on.
    NoDisplay = 4,
    /// A check found something that is not allowed.
    Check = 5,
}

/// Why the program ends without having done what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// For scripts.
    pub code: Code,
    /// What is wrong.
    pub error: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Failure {
    /// A failure without advice.
    pub fn new(code: Code, error: impl Into<String>) -> Self {
        Self {
            code,
            error: error.into(),
            help: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.error)?;
        match &self.help {
            Some(help) => write!(f, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self::new(Code::Unreadable, error.message).help(error.help)
    }
}

impl From<SampleError> for Failure {
    fn from(error: SampleError) -> Self {
        Self::new(Code::Unreadable, error.to_string()).help("`nephoscope samples` lists them")
    }
}

/// Whatever else goes wrong, goes wrong in what was asked for.
impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::new(Code::Request, format!("{error:#}"))
    }
}
