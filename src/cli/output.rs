//! Standard output and standard error, without panics when nobody listens.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::failure::{Code, Failure};
use crate::project;

/// Prints a result. A reader that has gone (`nephoscope … | head`) has seen
/// enough, so that is no failure.
pub(super) fn print(content: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(content).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let what = format!("standard output cannot be written: {error}");
            Err(Failure::new(Code::Request, what))
        }
        _ => Ok(()),
    }
}

/// Says something on standard error, where nobody has to listen.
pub(super) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Warns on standard error about what does not stop the program.
pub(super) fn warn(texts: &[String]) {
    for text in texts {
        complain(&format!("warning: {text}"));
    }
}

/// Where a result goes.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// `-`
    Standard,
    /// A file, replaced whole.
    File(PathBuf),
}

impl From<&str> for Target {
    fn from(text: &str) -> Self {
        match text {
            "-" => Self::Standard,
            path => Self::File(PathBuf::from(path)),
        }
    }
}

impl Target {
    /// Writes a result.
    pub fn write(&self, content: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Standard => print(content),
            Self::File(path) => write(path, content),
        }
    }
}

fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    project::write_atomically(path, content)
        .map_err(|error| Failure::new(Code::Request, error.to_string()))
}
