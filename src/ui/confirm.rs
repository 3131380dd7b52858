//! Asking before unsaved changes are lost.

use std::path::PathBuf;

use egui::Ui;

/// What waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pending {
    /// An empty design.
    New,
    /// Asking for a file to open.
    Open,
    /// Asking for a path to open inside the window.
    OpenTyped,
    /// Opening a file that was dropped on the window.
    OpenPath(PathBuf),
    /// Opening a sample.
    Sample(String),
    /// Closing the window.
    Close,
}

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Save first.
    Save,
    /// Go on; the changes are lost, or there are none any more.
    Discard,
    /// Do nothing.
    Cancel,
}

/// Shows the question; without unsaved changes it answers itself.
pub fn confirm_ui(ui: &Ui, pending: &Pending, is_dirty: bool) -> Option<Answer> {
    if !is_dirty {
        return Some(Answer::Discard);
    }
    let mut answer = None;
    let modal = egui::Modal::new(egui::Id::new("unsaved")).show(ui.ctx(), |ui| {
        ui.set_width(380.0);
        ui.heading("Save the changes?");
        ui.label(match pending {
            Pending::Close => "This design has changes that are not saved. Closing loses them.",
            _ => "This design has changes that are not saved. Opening another one loses them.",
        });
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let buttons = [
                ("Save", Answer::Save),
                ("Discard changes", Answer::Discard),
                ("Cancel", Answer::Cancel),
            ];
            for (label, meaning) in buttons {
                if ui.button(label).clicked() {
                    answer = Some(meaning);
                }
            }
        });
    });
    if modal.should_close() {
        answer = answer.or(Some(Answer::Cancel));
    }
    answer
}
