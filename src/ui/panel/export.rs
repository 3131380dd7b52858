//! The chooser of an export format, made from the registry of exporters.

use egui::Ui;

use super::{Asked, FileWish, caption, muted};
use crate::export::EXPORTERS;
use crate::ui::theme::Theme;

/// Shows the chooser while it is open.
pub fn export_ui(ui: &Ui, theme: &Theme, is_open: &mut bool, asked: &mut Asked) {
    if !*is_open {
        return;
    }
    let modal = egui::Modal::new(egui::Id::new("export")).show(ui.ctx(), |ui| {
        ui.set_width(380.0);
        ui.heading("Export");
        if EXPORTERS.is_empty() {
            ui.label(muted(theme, "This build has no export formats."));
        }
        for exporter in EXPORTERS {
            let text = format!("{} (.{})", exporter.name(), exporter.extension());
            if ui.button(text).clicked() {
                asked.files.push(FileWish::Export(exporter.name()));
                ui.close();
            }
            ui.label(caption(theme, exporter.description()));
        }
        ui.add_space(4.0);
        if ui.button("Cancel").clicked() {
            ui.close();
        }
    });
    *is_open = !modal.should_close();
}
