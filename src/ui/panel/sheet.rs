//! The sheet of keys, made from the registry of actions.

use egui::{RichText, Ui};

use super::{Panels, muted};
use crate::ui::theme::Theme;
use crate::ui::view::View;
use crate::workspace::ActionKind;

/// Shows the sheet while it is open.
pub fn sheet_ui(ui: &Ui, theme: &Theme, view: &mut View, panels: &mut Panels) {
    if !view.shortcuts_open {
        return;
    }
    let modal = egui::Modal::new(egui::Id::new("shortcut-sheet")).show(ui.ctx(), |ui| {
        ui.set_width(560.0);
        ui.horizontal(|ui| {
            ui.heading("Keys");
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if ui.button("Close").clicked() {
                    ui.close();
                }
            });
        });
        let search = egui::TextEdit::singleline(&mut panels.sheet_search);
        let response = ui.add(
            search
                .hint_text("Search actions")
                .margin(crate::ui::field::ENTRY)
                .desired_width(f32::INFINITY),
        );
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::WidgetType::TextEdit, true, "Search actions")
        });
        let wanted = panels.sheet_search.trim().to_lowercase();
        let height = (ui.ctx().content_rect().height() * 0.6).min(520.0);
        egui::ScrollArea::vertical()
            .max_height(height)
            .show(ui, |ui| rows_ui(ui, theme, &wanted));
    });
    if modal.should_close() {
        view.shortcuts_open = false;
        panels.sheet_search.clear();
    }
}

fn rows_ui(ui: &mut Ui, theme: &Theme, wanted: &str) {
    let is_wanted = |kind: &&ActionKind| {
        let text = format!("{} {}", kind.label(), kind.tooltip()).to_lowercase();
        wanted.is_empty() || text.contains(wanted)
    };
    let grid = egui::Grid::new("keys").num_columns(3).spacing([16.0, 4.0]);
    grid.min_row_height(20.0).show(ui, |ui| {
        for kind in ActionKind::ALL.iter().filter(is_wanted) {
            ui.label(kind.label());
            ui.label(RichText::new(kind.shortcuts().join("  ")).monospace());
            ui.label(muted(theme, kind.tooltip()).small());
            ui.end_row();
        }
    });
}
