//! A chart in numbers: for those who cannot see it, or want to read it off.

use egui::{Align, Layout, Ui};

use super::{caption, muted};
use crate::ui::chart::Table;
use crate::ui::theme::Theme;

const ROW: f32 = 20.0;

/// Shows a table in the room that there is; the first column is text, others
/// are numbers.
pub fn table_ui(ui: &mut Ui, theme: &Theme, name: &str, table: &Table) {
    let columns = table.columns.len().max(1);
    let width = (ui.available_width() - 12.0) / columns as f32;
    ui.spacing_mut().item_spacing.y = 0.0;
    row_ui(ui, width, &table.columns, |ui, title| {
        ui.add(egui::Label::new(caption(theme, *title)).truncate());
    });
    let area = egui::ScrollArea::vertical().id_salt(("table", name));
    area.auto_shrink(false)
        .show_rows(ui, ROW, table.rows.len(), |ui, rows| {
            for cells in table.rows.get(rows).into_iter().flatten() {
                row_ui(ui, width, cells, |ui, cell| {
                    ui.add(egui::Label::new(muted(theme, cell).color(theme.text)).truncate());
                });
            }
        });
}

fn row_ui<T>(ui: &mut Ui, width: f32, cells: &[T], mut cell_ui: impl FnMut(&mut Ui, &T)) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        for (column, cell) in cells.iter().enumerate() {
            let layout = if column == 0 {
                Layout::left_to_right(Align::Center)
            } else {
                Layout::right_to_left(Align::Center)
            };
            ui.allocate_ui_with_layout(egui::vec2(width, ROW), layout, |ui| {
                ui.set_min_width(width);
                cell_ui(ui, cell);
            });
        }
    });
}
