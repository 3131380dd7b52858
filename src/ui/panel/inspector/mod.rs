//! The inspector: everything about what is selected.
//!
//! One file each for a node, a link and the design itself; several nodes at
//! once share [`form`], which writes every parameter that all of them have.

mod cost;
mod design;
mod form;
mod link;
mod load;
mod node;
mod price;
mod why;

use egui::Ui;

use super::{Asked, Look};
use crate::ui::view::View;

/// The tabs of the inspector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What can be set.
    #[default]
    Settings,
    /// What its time and cost are made of, and what would change them.
    Why,
    /// What it costs, line by line.
    Cost,
    /// How busy it is, against which limits.
    Limits,
}

impl Tab {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Settings, "Settings"),
        (Self::Why, "Why"),
        (Self::Cost, "Cost"),
        (Self::Limits, "Limits"),
    ];
}

/// Shows the inspector of the present selection.
pub fn inspector_ui(
    ui: &mut Ui,
    look: Look<'_>,
    view: &mut View,
    tab: &mut Tab,
    asked: &mut Asked,
) {
    let design = look.workspace.shown();
    let nodes: Vec<_> = view
        .selection
        .nodes
        .iter()
        .filter_map(|id| design.nodes.get_key_value(id))
        .collect();
    let links: Vec<_> = view
        .selection
        .links
        .iter()
        .filter_map(|id| design.links.get_key_value(id))
        .collect();
    match (nodes.as_slice(), links.as_slice()) {
        ([(id, node)], _) => node::node_ui(ui, look, view, tab, (id, node), asked),
        ([], [(id, link)]) => link::link_ui(ui, look, (id, link), asked),
        ([], []) => design::design_ui(ui, look, asked),
        ([], many) => form::links_ui(ui, look, many, asked),
        (many, _) => form::nodes_ui(ui, look, many, asked),
    }
}

/// A scrolling area that leaves room for its bar.
fn scroll_ui(
    ui: &mut Ui,
    id: impl std::hash::Hash + std::fmt::Debug,
    content: impl FnOnce(&mut Ui),
) {
    egui::ScrollArea::vertical()
        .id_salt(id)
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.set_max_width(ui.available_width() - 4.0);
            content(ui);
        });
}
