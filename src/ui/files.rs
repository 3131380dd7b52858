//! Asking for paths: the system's dialog where there is one, a line of text in
//! the window where there is none.
//!
//! The system's dialog runs in a thread. It answers nothing both when it is
//! cancelled and when no desktop portal is there; an answer faster than any
//! person means the latter, and the window asks instead.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;

use egui::Ui;

use crate::export::EXPORTERS;

/// The extension of design files.
const EXTENSION: &str = "ron";
/// Nobody cancels a dialog within so many seconds.
const TOO_FAST: f64 = 0.8;
/// Files of a folder that are offered.
const OFFERED: usize = 8;

/// What a path is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Opening a design.
    Open,
    /// Saving the design.
    Save,
    /// Exporting in a format.
    Export(&'static str),
}

impl Purpose {
    fn extension(self) -> &'static str {
        match self {
            Self::Open | Self::Save => EXTENSION,
            Self::Export(format) => EXPORTERS
                .iter()
                .find(|exporter| exporter.name() == format)
                .map_or("txt", |exporter| exporter.extension()),
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Open => "Open a design",
            Self::Save => "Save the design",
            Self::Export(_) => "Export",
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Save => "Save",
            Self::Export(_) => "Export",
        }
    }
}

/// The dialogs that are open.
#[derive(Default)]
pub struct Files {
    is_native: bool,
    native: Option<Native>,
    typed: Option<Typed>,
}

struct Native {
    purpose: Purpose,
    answer: Receiver<Option<PathBuf>>,
    since: f64,
    start: String,
}

struct Typed {
    purpose: Purpose,
    text: String,
    note: &'static str,
    is_fresh: bool,
}

impl Files {
    /// Whether the system's dialogs may be used.
    pub fn use_native(&mut self, is_native: bool) {
        self.is_native = is_native;
    }

    /// Whether a path is being asked for.
    pub fn is_asking(&self) -> bool {
        self.native.is_some() || self.typed.is_some()
    }

    /// Asks for a path, starting near the present file.
    pub fn ask(&mut self, ctx: &egui::Context, purpose: Purpose, near: Option<&Path>) {
        if !self.is_native {
            self.ask_typed(purpose, near);
            return;
        }
        let start = start(purpose, near);
        let (sender, answer) = mpsc::channel();
        let (ctx_of_thread, suggested) = (ctx.clone(), PathBuf::from(&start));
        thread::spawn(move || {
            // Nobody may be waiting any more, which is fine.
            let _ = sender.send(ask_system(purpose, &suggested));
            ctx_of_thread.request_repaint();
        });
        let since = ctx.input(|input| input.time);
        self.native = Some(Native {
            purpose,
            answer,
            since,
            start,
        });
    }

    /// Asks for a path inside the window.
    pub fn ask_typed(&mut self, purpose: Purpose, near: Option<&Path>) {
        let text = start(purpose, near);
        self.typed = Some(Typed {
            purpose,
            text,
            note: "",
            is_fresh: true,
        });
    }

    /// Shows what has to be shown; gives back a path once there is one.
    pub fn dialog_ui(&mut self, ui: &Ui) -> Option<(Purpose, PathBuf)> {
        if let Some(answered) = self.answered(ui) {
            return Some(answered);
        }
        let typed = self.typed.as_mut()?;
        let outcome = typed_ui(ui, typed)?;
        let purpose = typed.purpose;
        self.typed = None;
        outcome.map(|path| (purpose, path))
    }

    fn answered(&mut self, ui: &Ui) -> Option<(Purpose, PathBuf)> {
        let native = self.native.as_ref()?;
        let answer = match native.answer.try_recv() {
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => None,
            Ok(answer) => answer,
        };
        let native = self.native.take()?;
        let now = ui.input(|input| input.time);
        if answer.is_none() && now - native.since < TOO_FAST {
            let note = "This system offers no file dialog.";
            self.typed = Some(Typed {
                purpose: native.purpose,
                text: native.start,
                note,
                is_fresh: true,
            });
        }
        answer.map(|path| (native.purpose, path))
    }
}

/// A path to start from.
fn start(purpose: Purpose, near: Option<&Path>) -> String {
    let path = match (purpose, near) {
        (Purpose::Open, Some(path)) => path
            .parent()
            .map(|folder| folder.join(""))
            .unwrap_or_default(),
        (Purpose::Open, None) => PathBuf::new(),
        (_, Some(path)) => path.with_extension(purpose.extension()),
        (_, None) => PathBuf::from("design").with_extension(purpose.extension()),
    };
    path.to_string_lossy().into_owned()
}

fn ask_system(purpose: Purpose, suggested: &Path) -> Option<PathBuf> {
    let mut dialog = rfd::FileDialog::new()
        .set_title(purpose.title())
        .add_filter(format!(".{}", purpose.extension()), &[purpose.extension()]);
    if let Some(folder) = suggested.parent().filter(|folder| folder.is_dir()) {
        dialog = dialog.set_directory(folder);
    }
    if let Some(name) = suggested.file_name() {
        dialog = dialog.set_file_name(name.to_string_lossy());
    }
    match purpose {
        Purpose::Open => dialog.pick_file(),
        Purpose::Save | Purpose::Export(_) => dialog.save_file(),
    }
}

/// The dialog inside the window: none while it is open, then a path or none.
fn typed_ui(ui: &Ui, typed: &mut Typed) -> Option<Option<PathBuf>> {
    let mut outcome = None;
    let modal = egui::Modal::new(egui::Id::new("typed-path")).show(ui.ctx(), |ui| {
        ui.set_width(460.0);
        ui.heading(typed.purpose.title());
        if !typed.note.is_empty() {
            ui.label(typed.note);
        }
        let edit = egui::TextEdit::singleline(&mut typed.text)
            .hint_text("/path/to/design.ron")
            .margin(super::field::ENTRY);
        let response = ui.add(edit.desired_width(f32::INFINITY));
        response
            .widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::TextEdit, true, "Path"));
        if std::mem::take(&mut typed.is_fresh) {
            response.request_focus();
        }
        let path = completed(&typed.text, typed.purpose);
        offers_ui(ui, typed);
        let problem = problem(&path, typed.purpose);
        ui.label(
            egui::RichText::new(problem.clone().unwrap_or_default())
                .small()
                .weak(),
        );
        let is_entered =
            response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        ui.horizontal(|ui| {
            let button = egui::Button::new(typed.purpose.verb());
            let is_clicked = ui.add_enabled(problem.is_none(), button).clicked();
            if problem.is_none() && (is_clicked || is_entered) {
                outcome = Some(Some(path));
            }
            if ui.button("Cancel").clicked() {
                outcome = Some(None);
            }
        });
    });
    if modal.should_close() && outcome.is_none() {
        outcome = Some(None);
    }
    outcome
}

/// Adds the extension that was left out.
fn completed(text: &str, purpose: Purpose) -> PathBuf {
    let path = PathBuf::from(text.trim());
    let is_missing = path.extension().is_none() && path.file_name().is_some();
    if is_missing && purpose != Purpose::Open {
        path.with_extension(purpose.extension())
    } else {
        path
    }
}

/// Why a path will not do, or what it would do.
fn problem(path: &Path, purpose: Purpose) -> Option<String> {
    if path.as_os_str().is_empty() {
        return Some("Write a path.".to_owned());
    }
    if path.is_dir() {
        return Some("This is a folder: write the name of a file in it.".to_owned());
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match purpose {
        Purpose::Open if !path.is_file() => Some("There is no such file.".to_owned()),
        Purpose::Open => None,
        _ if folder.is_some_and(|folder| !folder.is_dir()) => {
            Some("There is no such folder.".to_owned())
        }
        _ => None,
    }
}

/// Folders and fitting files that continue what was typed.
fn offers_ui(ui: &mut Ui, typed: &mut Typed) {
    let mut chosen = None;
    for path in offers(&typed.text, typed.purpose.extension()) {
        let text = path.to_string_lossy().into_owned();
        if ui.add(egui::Button::new(&text).frame(false)).clicked() {
            chosen = Some(text);
        }
    }
    if let Some(text) = chosen {
        typed.text = text;
        typed.is_fresh = true;
    }
}

fn offers(text: &str, extension: &str) -> Vec<PathBuf> {
    let (folder, start) = text
        .trim()
        .rsplit_once('/')
        .map_or(("", text.trim()), |(folder, start)| {
            (if folder.is_empty() { "/" } else { folder }, start)
        });
    let place = if folder.is_empty() {
        Path::new(".")
    } else {
        Path::new(folder)
    };
    let Ok(entries) = std::fs::read_dir(place) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with(start) && name != start && !name.starts_with('.')
        })
        .map(|entry| entry.path())
        .filter(|path| path.is_dir() || path.extension().is_some_and(|found| found == extension))
        .map(|path| {
            path.strip_prefix("./")
                .map(Path::to_path_buf)
                .unwrap_or(path)
        })
        .map(|path| if path.is_dir() { path.join("") } else { path })
        .collect();
    found.sort();
    found.truncate(OFFERED);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_completed_and_checked() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shop.ron");
        std::fs::write(&file, "()").unwrap();
        let text = folder.path().join("sh").to_string_lossy().into_owned();
        assert_eq!(offers(&text, "ron"), std::slice::from_ref(&file));
        assert_eq!(problem(&file, Purpose::Open), None);
        assert!(problem(folder.path(), Purpose::Open).is_some());
        assert!(problem(&folder.path().join("none.ron"), Purpose::Open).is_some());
        assert!(problem(Path::new("/no/such/folder/a.ron"), Purpose::Save).is_some());
        assert_eq!(completed(" a/b ", Purpose::Save), PathBuf::from("a/b.ron"));
        assert_eq!(
            completed("a/b.ron", Purpose::Save),
            PathBuf::from("a/b.ron")
        );
        assert_eq!(start(Purpose::Save, None), "design.ron");
        assert_eq!(start(Purpose::Open, Some(Path::new("/x/y.ron"))), "/x/");
    }
}
