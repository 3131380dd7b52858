//! The left panel: what can be added, and what is wrong.

use egui::Ui;

use super::{Asked, Look, Panels, palette, problems, tabs_ui};
use crate::ui::view::View;

/// Tabs of the left panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeftTab {
    /// Kinds of node to add.
    #[default]
    Add,
    /// What is wrong, risky or wasteful.
    Problems,
}

/// Shows the left panel.
pub fn left_ui(
    ui: &mut Ui,
    look: Look<'_>,
    view: &mut View,
    panels: &mut Panels,
    asked: &mut Asked,
) {
    let problems = match problems::count(look.workspace) {
        0 => "Problems".to_owned(),
        count => format!("Problems ({count})"),
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        let tabs = [
            (LeftTab::Add, "Add"),
            (LeftTab::Problems, problems.as_str()),
        ];
        tabs_ui(ui, look.theme, &mut panels.left, &tabs);
    });
    ui.add_space(4.0);
    match panels.left {
        LeftTab::Add => palette::palette_ui(ui, look, view, &mut panels.search, asked),
        LeftTab::Problems => {
            problems::problems_ui(ui, look, view, &mut panels.problems, asked);
        }
    }
}
