//! The disk: reading whole files within reason, replacing them whole or not at
//! all.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::design::Design;
use crate::notation::WriteError;

use super::{OpenError, scan, writer};

/// The largest file that is read; a thousand nodes take a quarter of a
/// megabyte.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Why a file was not written; what was there before is untouched.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The design cannot be put into words.
    #[error("{}: the design {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        error: WriteError,
    },
    /// The file must not be changed.
    #[error("{}: the file is read-only; save to another file or make it writable", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The disk refused.
    #[error("{}: cannot be written: {error}", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// Writes a project file, whole or not at all.
///
/// # Errors
///
/// When the file cannot be written; it is then as it was.
pub fn save(design: &Design, path: &Path) -> Result<(), SaveError> {
    let text = writer::write(design).map_err(|error| SaveError::Write {
        path: path.to_owned(),
        error,
    })?;
    write_atomically(path, text.as_bytes())
}

/// Replaces a file's content at once: a reader, or a power cut, finds the old
/// content or the new, never a part. Links are followed and permissions kept.
///
/// # Errors
///
/// When the file cannot be written; it is then as it was.
pub fn write_atomically(path: &Path, content: &[u8]) -> Result<(), SaveError> {
    // A path that leads nowhere yet is taken as it is.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = fs::metadata(&target).ok();
    if before.as_ref().is_some_and(|m| m.permissions().readonly()) {
        return Err(SaveError::ReadOnly {
            path: path.to_owned(),
        });
    }
    let result = match &before {
        // Pipes and devices such as /dev/stdout cannot be replaced.
        Some(metadata) if !metadata.is_file() => fs::write(&target, content),
        _ => replace(&target, content, before.map(|m| m.permissions())),
    };
    result.map_err(|error| SaveError::Disk {
        path: path.to_owned(),
        error,
    })
}

fn replace(target: &Path, content: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".nephoscope-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(content)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    // The new name survives a power cut too; not every system can promise it.
    #[cfg(unix)]
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// The bytes of a file.
pub(super) fn load(path: &Path) -> Result<Vec<u8>, OpenError> {
    let refused = |error: io::Error| {
        let message = format!("{}: {}", path.display(), reason(&error));
        OpenError::new(message, "Check the path and its permissions")
    };
    let file = File::open(path).map_err(refused)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(refused)?;
    if bytes.len() as u64 > MAX_BYTES {
        let message = format!("{}: the file is larger than 64 MB", path.display());
        return Err(OpenError::new(
            message,
            "Choose a design file; a large one takes a megabyte",
        ));
    }
    Ok(bytes)
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "the file may not be read".to_owned(),
        io::ErrorKind::IsADirectory => "this is a folder, not a file".to_owned(),
        _ => format!("the file cannot be read: {error}"),
    }
}

/// The bytes as text.
pub(super) fn text<'a>(bytes: &'a [u8], name: &str) -> Result<&'a str, OpenError> {
    str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let valid = str::from_utf8(valid).unwrap_or_default();
        let (line, column) = scan::position(valid, valid.len());
        OpenError::new(
            format!("{name}:{line}:{column}: the text is not UTF-8 from here on"),
            "Save the file as UTF-8, or restore it from a backup",
        )
    })
}
