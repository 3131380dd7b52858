//! One node: its name, its service, and the tabs.

use egui::{RichText, Ui};

use super::super::{Asked, Look, caption, tabs_ui};
use super::form::{Owner, folded_ui};
use super::{Tab, cost, load, scroll_ui, why};
use crate::catalog::{Archetype, Service};
use crate::design::param::Parameters;
use crate::design::{Command, Node, NodeId, Param, Pin, Settings};
use crate::ui::field::entry_ui;
use crate::ui::panel::palette::glyph_ui;
use crate::ui::view::View;

/// Settings of a kind that are shown before the fold, where they are many.
const FIRST: usize = 9;

/// Shows one node.
pub fn node_ui(
    ui: &mut Ui,
    look: Look<'_>,
    view: &mut View,
    tab: &mut Tab,
    (id, node): (&NodeId, &Node),
    asked: &mut Asked,
) {
    title_ui(ui, look, view, (id, node), asked);
    service_ui(ui, look, (id, node), asked);
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        tabs_ui(ui, look.theme, tab, Tab::ALL);
    });
    ui.separator();
    scroll_ui(ui, ("node", id, *tab as u8), |ui| match tab {
        Tab::Settings => {
            ui.add_enabled_ui(!node.locked, |ui| settings_ui(ui, look, (id, node), asked));
        }
        Tab::Why => why::why_ui(ui, look, id, view, asked),
        Tab::Cost => cost::cost_ui(ui, look, id, asked),
        Tab::Limits => load::load_ui(ui, look, id, node),
    });
}

fn title_ui(
    ui: &mut Ui,
    look: Look<'_>,
    view: &mut View,
    (id, node): (&NodeId, &Node),
    asked: &mut Asked,
) {
    ui.horizontal(|ui| {
        glyph_ui(ui, look.theme, node.archetype(), 24.0);
        let lock = if node.locked { "Unlock" } else { "Lock" };
        let entry = ui.id().with(("title", id));
        let width = ui.available_width() - 64.0;
        let (response, committed) = entry_ui(ui, entry, node.title(id), "", width);
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::WidgetType::TextEdit, true, "Node name")
        });
        if let Some(label) = committed {
            asked.edit(vec![Command::Rename {
                id: id.clone(),
                label,
            }]);
        }
        if response.has_focus() {
            view.renaming = None;
        }
        let hint = "A locked node refuses edits until it is unlocked.";
        if ui.small_button(lock).on_hover_text(hint).clicked() {
            asked.edit(vec![Command::SetLocked {
                id: id.clone(),
                locked: !node.locked,
            }]);
        }
    });
    let kind = node.archetype().label();
    let text = if node.label.is_empty() {
        kind.to_owned()
    } else {
        format!("{kind}, id {id}")
    };
    ui.label(caption(look.theme, text));
}

/// The service that stands behind the node on the provider in view.
fn service_ui(ui: &mut Ui, look: Look<'_>, (id, node): (&NodeId, &Node), asked: &mut Asked) {
    let catalog = look.workspace.catalog();
    let provider = node
        .provider
        .as_ref()
        .unwrap_or_else(|| look.workspace.provider());
    let services: Vec<&Service> = catalog.services_of(provider, node.archetype()).collect();
    if services.is_empty() {
        return;
    }
    let pin = node.pins.get(provider);
    let chosen = look.workspace.report().nodes.get(id);
    let automatic = chosen.map_or("", |node| node.service_name.as_str());
    let shown = match pin.and_then(|pin| catalog.services.get(&pin.service)) {
        Some(service) => service.short.clone(),
        None if automatic.is_empty() => "Automatic".to_owned(),
        None => format!("{automatic} (automatic)"),
    };
    let mut wish: Option<Option<Pin>> = None;
    ui.horizontal(|ui| {
        let label = ui.label(caption(look.theme, "Service"));
        let combo = egui::ComboBox::from_id_salt("service").width(ui.available_width());
        let response = combo.selected_text(shown).show_ui(ui, |ui| {
            if ui.selectable_label(pin.is_none(), "Automatic").clicked() {
                wish = Some(None);
            }
            for service in services {
                let is_pinned = pin.is_some_and(|pin| pin.service == service.id);
                let row = ui.selectable_label(is_pinned, &service.short);
                if row.on_hover_text(&service.name).clicked() {
                    let settings = pin.map(|pin| pin.settings.clone()).unwrap_or_default();
                    wish = Some(Some(Pin {
                        service: service.id.clone(),
                        settings,
                    }));
                }
            }
        });
        let _ = response.response.labelled_by(label.id);
    });
    if let Some(pin) = wish {
        asked.edit(vec![Command::SetPin {
            id: id.clone(),
            provider: provider.clone(),
            pin,
        }]);
    }
}

fn settings_ui(ui: &mut Ui, look: Look<'_>, (id, node): (&NodeId, &Node), asked: &mut Asked) {
    let params = node.settings.params();
    if params.is_empty() {
        ui.label("Nothing can be set here.");
        return;
    }
    let first: Vec<&str> = match &node.settings {
        Settings::Trigger(trigger) => trigger_keys(trigger.shape().text()),
        _ => params.iter().take(FIRST).map(|param| param.key).collect(),
    };
    let is_first = |param: &Param| first.contains(&param.key);
    folded_ui(ui, look, Owner::node(id, node), is_first, asked);
    if node.archetype() == Archetype::Trigger {
        ui.add_space(4.0);
        ui.label(caption(look.theme, "Rates: 12/s, 5k/day or 3M/month."));
    }
    if look.workspace.design().outages.contains(id) {
        ui.label(RichText::new("Switched off").color(look.theme.warn));
    }
}

/// The settings that a shape of traffic uses.
fn trigger_keys(shape: &str) -> Vec<&'static str> {
    let mut keys = vec!["source", "rate", "shape"];
    keys.extend_from_slice(match shape {
        "daily" => &["peak_to_mean", "peak_hour"][..],
        "weekly" => &["peak_to_mean", "peak_hour", "weekend"],
        "spike" => &["peak", "ramp", "hold", "decay", "spikes"],
        "step" => &["peak", "hold", "spikes"],
        "ramp" => &["peak", "ramp", "hold", "spikes"],
        "cron" => &["cron", "batch"],
        "closed loop" => &["users", "think_time"],
        "replay" => &["replay"],
        _ => &[],
    });
    keys.extend(["arrivals", "round_trip"]);
    keys
}
