//! The project file: versioned RON, canonical, salvaged block by block when it
//! is damaged, saved atomically.
//!
//! [`read`] never fails without saying where and what to do, and never panics
//! whatever it is given. A well-formed file whose content does not hold
//! together is opened without the offending parts; a file that is not
//! well-formed is refused, with what could be saved of it at hand. Nothing
//! here draws or computes.

mod block;
mod check;
mod file;
mod salvage;
mod sample;
mod scan;
mod series;
mod v1;
mod writer;

#[cfg(test)]
mod tests;

use std::path::Path;

use crate::design::Design;
use crate::notation;

pub use file::{SaveError, save, write_atomically};
pub use sample::{DEFAULT_SAMPLE, Sample, SampleError, sample, samples};
pub use series::{attach_series, parse as parse_series, replayed};
pub use writer::write;

use block::{Keys, Splitter};
use scan::Texts;
use v1::FileV1;

/// The format that this program writes; it reads this and all earlier ones.
pub const FORMAT: u32 = 1;

/// Brackets may be nested this deep; our own files stay below 20.
const MAX_DEPTH: usize = 128;

/// A design that was read, and what was wrong with its file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opened {
    /// What could be read.
    pub design: Design,
    /// What could not, in words, with its place.
    pub problems: Vec<String>,
}

/// Why a file was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}. {help}")]
pub struct OpenError {
    /// `file:line:column: what is wrong and what was expected`.
    pub message: String,
    /// What to do about it, as a sentence.
    pub help: String,
    /// What could be saved of it, for a caller who asks the user first. It has
    /// no file of its own: saving it must not overwrite the damaged one.
    pub salvaged: Option<Box<Opened>>,
}

impl OpenError {
    fn new(message: String, help: &str) -> Self {
        Self {
            message,
            help: help.to_owned(),
            salvaged: None,
        }
    }
}

/// Reads a project file.
///
/// # Errors
///
/// When the file cannot be read, is no design, is damaged, or was written by a
/// newer version of the program.
pub fn open(path: &Path) -> Result<Opened, OpenError> {
    let bytes = file::load(path)?;
    let name = path.to_string_lossy();
    let text = file::text(&bytes, &name)?;
    let mut opened = read(text, &name)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let unread = attach_series(&mut opened.design, folder);
    opened.problems.extend(unread);
    Ok(opened)
}

/// Reads a design from the text of its file; `file_name` is for messages.
///
/// # Errors
///
/// As [`open`], save for what has to do with the disk.
pub fn read(text: &str, file_name: &str) -> Result<Opened, OpenError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = Source {
        text,
        name: file_name,
    };
    source.refuse_what_no_parser_should_see()?;
    let format = source.format()?;
    match parse(text, format) {
        Ok(file) => Ok(check::check(file.into(), Problems::new(source), source)),
        Err(error) => Err(source.damaged(error)),
    }
}

/// Reads the current form of any format up to [`FORMAT`].
///
/// The hook for migrations: format 2 would be read as `FileV2`, and format 1 as
/// `FileV1` followed by `FileV2::from`.
fn parse(text: &str, format: u32) -> Result<FileV1, notation::NotationError> {
    debug_assert!(format <= FORMAT);
    notation::read(text)
}

/// A text with the name that messages give it.
#[derive(Clone, Copy, Debug)]
struct Source<'a> {
    text: &'a str,
    name: &'a str,
}

impl Source<'_> {
    /// `file:line:column` of an offset.
    fn place(self, offset: usize) -> String {
        let (line, column) = scan::position(self.text, offset);
        format!("{}:{line}:{column}", self.name)
    }

    fn refuse_what_no_parser_should_see(self) -> Result<(), OpenError> {
        if self.text.trim().is_empty() {
            return Err(OpenError::new(
                format!("{}:1:1: the file is empty", self.name),
                "A design begins with `(format: 1`; make one with `nephoscope new`",
            ));
        }
        if let Some(at) = self.text.find('\0') {
            return Err(OpenError::new(
                format!(
                    "{}: a NUL character, so this is no text file",
                    self.place(at)
                ),
                "Choose a design file, or restore this one from a backup",
            ));
        }
        let tokens = scan::tokens(self.text, Texts::Strict);
        match scan::too_deep(&tokens, MAX_DEPTH) {
            Some(at) => Err(OpenError::new(
                format!(
                    "{}: more than {MAX_DEPTH} brackets are open here",
                    self.place(at)
                ),
                "No design needs that many: close the brackets before this place",
            )),
            None => Ok(()),
        }
    }

    /// The format, once it is one that can be read.
    fn format(self) -> Result<u32, OpenError> {
        let blocks = Splitter::Balanced.split(self.text, Keys::Fields(&["format"]));
        let Some(block) = blocks.first() else {
            return Err(self.without_format());
        };
        let place = self.place(block.value_at);
        match block.value.parse::<u32>() {
            Ok(format @ 1..=FORMAT) => Ok(format),
            Ok(format) if format > FORMAT => Err(OpenError::new(
                format!(
                    "{place}: written by a newer Nephoscope (format {format}); this one reads up to {FORMAT}"
                ),
                "Update Nephoscope to open it; the file was not changed",
            )),
            _ => Err(self.with_salvage(OpenError::new(
                format!(
                    "{place}: `format` must be a number from 1 to {FORMAT}, not `{}`",
                    block.value
                ),
                "Write `format: 1`",
            ))),
        }
    }

    fn without_format(self) -> OpenError {
        let error = OpenError::new(
            format!(
                "{}:1:1: no `format` was found, so this may be no design",
                self.name
            ),
            "A design begins with `(format: 1`",
        );
        self.with_salvage(error)
    }

    fn damaged(self, error: notation::NotationError) -> OpenError {
        let notation::NotationError {
            line,
            column,
            problem,
        } = error;
        let error = OpenError::new(
            format!("{}:{line}:{column}: {}", self.name, plain(&problem)),
            "Correct that place in a text editor",
        );
        self.with_salvage(error)
    }

    /// Adds what can be saved, if that is anything.
    fn with_salvage(self, mut error: OpenError) -> OpenError {
        if let Some(opened) = salvage::salvage(self) {
            let Design { nodes, links, .. } = &opened.design;
            let readable = format!(
                ", or go on with what can still be read: {} and {}",
                counted(nodes.len(), "node"),
                counted(links.len(), "link"),
            );
            error.help.push_str(&readable);
            error.salvaged = Some(Box::new(opened));
        }
        error
    }
}

/// Problems with their places, the first hundred in full.
#[derive(Debug)]
struct Problems<'a> {
    source: Source<'a>,
    said: Vec<String>,
    unsaid: usize,
}

impl<'a> Problems<'a> {
    /// Nobody reads more than this, and a hostile file can hold millions.
    const MOST: usize = 100;

    fn new(source: Source<'a>) -> Self {
        Self {
            source,
            said: Vec::new(),
            unsaid: 0,
        }
    }

    fn push(&mut self, at: usize, what: &str) {
        if self.said.len() < Self::MOST {
            self.said.push(format!("{}: {what}", self.source.place(at)));
        } else {
            self.unsaid += 1;
        }
    }

    fn finish(mut self) -> Vec<String> {
        if self.unsaid > 0 {
            let more = counted(self.unsaid, "more problem");
            self.said
                .push(format!("{}: {more} of this kind", self.source.name));
        }
        self.said
    }
}

/// A parser's message as the middle of a sentence of ours.
fn plain(problem: &str) -> String {
    let problem = problem.trim_end_matches('.');
    let mut chars = problem.chars();
    let first = chars.next().map(|c| c.to_lowercase().to_string());
    format!("{}{}", first.unwrap_or_default(), chars.as_str())
}

/// `1 node`, `2 nodes`.
fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
