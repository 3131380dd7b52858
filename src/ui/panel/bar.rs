//! The top bar: document, history, provider, traffic, appearance.

use egui::{Align, Layout, RichText, Ui, vec2};

use super::{Asked, FileWish, Look, muted, traffic};
use crate::advice::compare::{excluded, why_not};
use crate::advice::translate::translate;
use crate::catalog::Provider;
use crate::export::EXPORTERS;
use crate::ui::fidelity;
use crate::ui::glyph::{self, Glyph};
use crate::ui::view::View;
use crate::workspace::{Action, ActionKind};

/// Room that the groups at both ends need beside the traffic.
const SIDES: f32 = 380.0;

/// Shows the bar.
pub fn bar_ui(ui: &mut Ui, look: Look<'_>, view: &View, asked: &mut Asked) {
    let whole = ui.max_rect();
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        file_ui(ui, look, asked);
        ui.separator();
        history_ui(ui, look, asked);
        ui.separator();
        provider_ui(ui, look, asked);
        let start = ui.cursor().left() + 12.0;
        let width = traffic::TOTAL.min(whole.right() - start - 150.0);
        let centred = whole.center().x - width / 2.0;
        let left = if whole.width() >= traffic::TOTAL + 2.0 * SIDES {
            centred.max(start)
        } else {
            start
        };
        let rect =
            egui::Rect::from_min_size(egui::pos2(left, whole.top()), vec2(width, whole.height()));
        let builder = egui::UiBuilder::new()
            .max_rect(rect)
            .layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(builder, |ui| traffic::traffic_ui(ui, look, asked));
    });
    let rest = egui::UiBuilder::new()
        .max_rect(whole)
        .layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(rest, |ui| appearance_ui(ui, look, view, asked));
}

fn file_ui(ui: &mut Ui, look: Look<'_>, asked: &mut Asked) {
    let name = document_name(look);
    let mark = if look.workspace.is_dirty() { " *" } else { "" };
    let title = RichText::new(format!("{name}{mark} ⏷")).strong();
    let menu = ui.menu_button(title, |ui| {
        ui.set_min_width(220.0);
        kind_ui(ui, look, ActionKind::New, asked);
        kind_ui(ui, look, ActionKind::Open, asked);
        ui.menu_button("Samples", |ui| samples_ui(ui, asked));
        ui.separator();
        kind_ui(ui, look, ActionKind::Save, asked);
        kind_ui(ui, look, ActionKind::SaveAs, asked);
        ui.menu_button("Export", |ui| exports_ui(ui, asked));
        ui.separator();
        ui.menu_button("By typing a path", |ui| {
            if ui.button("Open a path…").clicked() {
                asked.files.push(FileWish::OpenTyped);
            }
            if ui.button("Save to a path…").clicked() {
                asked.files.push(FileWish::SaveTyped);
            }
        });
    });
    let path = look.workspace.path().map(|path| path.display().to_string());
    let state = if look.workspace.is_dirty() {
        "Unsaved changes."
    } else {
        "Saved."
    };
    let hint = path.map_or_else(
        || "No file yet.".to_owned(),
        |path| format!("{path}\n{state}"),
    );
    menu.response.on_hover_text(hint);
}

/// The design's name, or its file's, or the lack of both.
pub fn document_name(look: Look<'_>) -> String {
    let name = look.workspace.design().name.trim();
    let file = look.workspace.path().and_then(|path| path.file_stem());
    match (name.is_empty(), file) {
        (false, _) => name.to_owned(),
        (true, Some(file)) => file.to_string_lossy().into_owned(),
        (true, None) => "Untitled".to_owned(),
    }
}

fn samples_ui(ui: &mut Ui, asked: &mut Asked) {
    let samples = crate::project::samples();
    if samples.is_empty() {
        ui.label("No samples in this build.");
    }
    for sample in samples {
        if ui
            .button(sample.title)
            .on_hover_text(sample.question)
            .clicked()
        {
            asked.files.push(FileWish::Sample(sample.name));
        }
    }
}

fn exports_ui(ui: &mut Ui, asked: &mut Asked) {
    if EXPORTERS.is_empty() {
        ui.label("No formats in this build.");
    }
    for exporter in EXPORTERS {
        let button = ui.button(format!("{} (.{})", exporter.name(), exporter.extension()));
        if button.on_hover_text(exporter.description()).clicked() {
            asked.files.push(FileWish::Export(exporter.name()));
        }
    }
}

/// A menu entry of an action with its keys.
fn kind_ui(ui: &mut Ui, look: Look<'_>, kind: ActionKind, asked: &mut Asked) {
    let keys = kind.shortcuts().first().copied().unwrap_or_default();
    let button = egui::Button::new(kind.label()).shortcut_text(muted(look.theme, keys));
    if ui.add(button).on_hover_text(kind.tooltip()).clicked() {
        asked.kinds.push(kind);
    }
}

fn history_ui(ui: &mut Ui, look: Look<'_>, asked: &mut Asked) {
    let editor = look.workspace.editor();
    let steps = [
        (ActionKind::Undo, Glyph::Undo, editor.undo_label()),
        (ActionKind::Redo, Glyph::Redo, editor.redo_label()),
    ];
    for (kind, glyph, step) in steps {
        let text = match step {
            Some(step) => format!("{}: {step}", kind.label()),
            None => format!("Nothing to {}", kind.label().to_lowercase()),
        };
        if icon_ui(ui, look, glyph, kind, &text, step.is_some(), false) {
            asked.kinds.push(kind);
        }
    }
}

/// A square button with a drawing; the action names it for screen readers.
fn icon_ui(
    ui: &mut Ui,
    look: Look<'_>,
    glyph: Glyph,
    kind: ActionKind,
    hint: &str,
    is_enabled: bool,
    is_on: bool,
) -> bool {
    let (rect, response) = icon_frame(ui, look, kind, hint, is_enabled, is_on);
    let colour = icon_colour(look, is_enabled, is_on || response.hovered());
    ui.painter()
        .extend(glyph::shapes(glyph, rect.shrink(5.0), colour));
    response.clicked()
}

fn icon_colour(look: Look<'_>, is_enabled: bool, is_strong: bool) -> egui::Color32 {
    match (is_enabled, is_strong) {
        (false, _) => look.theme.border,
        (true, false) => look.theme.muted,
        (true, true) => look.theme.text,
    }
}

fn icon_frame(
    ui: &mut Ui,
    look: Look<'_>,
    kind: ActionKind,
    hint: &str,
    is_enabled: bool,
    is_on: bool,
) -> (egui::Rect, egui::Response) {
    let sense = if is_enabled {
        egui::Sense::click()
    } else {
        egui::Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(vec2(26.0, 26.0), sense);
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::WidgetType::Button, is_enabled, is_on, kind.label())
    });
    if is_enabled && response.hovered() {
        ui.painter().rect_filled(rect, 5.0, look.theme.raised);
    }
    if response.has_focus() {
        let stroke = egui::Stroke::new(1.5, look.theme.accent);
        ui.painter()
            .rect_stroke(rect, 5.0, stroke, egui::StrokeKind::Inside);
    }
    let keys = kind.shortcuts().join(", ");
    (rect, response.on_hover_text(format!("{hint}\n{keys}")))
}

fn provider_ui(ui: &mut Ui, look: Look<'_>, asked: &mut Asked) {
    let catalog = look.workspace.catalog();
    let now = look.workspace.provider();
    let name = |id| {
        catalog
            .providers
            .get(id)
            .map_or_else(|| format!("{id}"), |p| p.name.clone())
    };
    let combo = egui::ComboBox::from_id_salt("provider")
        .width(120.0)
        .height(420.0)
        .truncate();
    let shown = combo.selected_text(name(now)).show_ui(ui, |ui| {
        ui.set_min_width(300.0);
        for provider in catalog.providers.values() {
            offer_ui(ui, look, provider, asked);
        }
    });
    ui.ctx()
        .accesskit_node_builder(shown.response.id, |node| node.set_label("Provider"));
    let hint = "Price and measure the design on another provider, without changing it.";
    shown.response.on_hover_text(hint);
}

/// A provider with whether it can run the design; those that cannot can be
/// looked at too, to see how far they get.
fn offer_ui(ui: &mut Ui, look: Look<'_>, provider: &Provider, asked: &mut Asked) {
    let (workspace, theme) = (look.workspace, look.theme);
    let design = workspace.shown();
    let nodes = translate(design, workspace.catalog(), &provider.id);
    let barred = excluded(provider, &nodes);
    let worst = nodes.values().map(|node| node.fidelity).max();
    let is_home = provider.id == design.environment.provider;
    let (word, ink) = match (&barred, worst) {
        (Some(_), _) => ("cannot run it", theme.warn),
        _ if is_home => ("home", theme.muted),
        (None, Some(worst)) => (worst.label(), fidelity::colour(theme, worst)),
        (None, None) => ("", theme.muted),
    };
    let hint = match (&barred, worst) {
        (Some(barred), _) => why_not(barred),
        (None, Some(worst)) => fidelity::meaning(worst).to_owned(),
        (None, None) => String::new(),
    };
    let is_now = provider.id == *workspace.provider();
    let button = egui::Button::selectable(is_now, provider.name.as_str())
        .right_text(RichText::new(word).small().color(ink));
    let response = ui.add_sized([ui.available_width(), 24.0], button);
    response.widget_info(|| {
        let words = format!("{}, {word}", provider.name);
        egui::WidgetInfo::selected(egui::WidgetType::SelectableLabel, true, is_now, words)
    });
    if response.on_hover_text(hint).clicked() && !is_now {
        asked.act(Action::ShowProvider(provider.id.clone()));
    }
}

fn appearance_ui(ui: &mut Ui, look: Look<'_>, view: &View, asked: &mut Asked) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let panels = [
        (ActionKind::ToggleRight, view.right_open, Side::Right),
        (ActionKind::ToggleDrawer, view.drawer_open, Side::Bottom),
        (ActionKind::ToggleLeft, view.left_open, Side::Left),
    ];
    for (kind, is_open, side) in panels {
        let (rect, response) = icon_frame(ui, look, kind, kind.tooltip(), true, is_open);
        let colour = icon_colour(look, true, is_open || response.hovered());
        panel_icon(ui.painter(), rect.shrink(6.0), side, is_open, colour);
        if response.clicked() {
            asked.kinds.push(kind);
        }
    }
    let kind = ActionKind::ToggleTheme;
    let (rect, response) = icon_frame(ui, look, kind, kind.tooltip(), true, false);
    half_moon(
        ui.painter(),
        rect,
        icon_colour(look, true, response.hovered()),
    );
    if response.clicked() {
        asked.kinds.push(kind);
    }
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
    Bottom,
}

/// A window with one side marked.
fn panel_icon(
    painter: &egui::Painter,
    rect: egui::Rect,
    side: Side,
    is_open: bool,
    colour: egui::Color32,
) {
    let stroke = egui::Stroke::new(1.2, colour);
    painter.rect_stroke(rect, 2.0, stroke, egui::StrokeKind::Inside);
    let mut part = rect.shrink(1.0);
    match side {
        Side::Left => part.max.x = part.min.x + 4.5,
        Side::Right => part.min.x = part.max.x - 4.5,
        Side::Bottom => part.min.y = part.max.y - 4.5,
    }
    if is_open {
        painter.rect_filled(part, 0.0, colour);
    } else {
        painter.rect_stroke(
            part,
            0.0,
            egui::Stroke::new(0.8, colour),
            egui::StrokeKind::Inside,
        );
    }
}

/// A disc, half of it filled.
fn half_moon(painter: &egui::Painter, rect: egui::Rect, colour: egui::Color32) {
    let (centre, radius) = (rect.center(), 6.5);
    painter.circle_stroke(centre, radius, egui::Stroke::new(1.2, colour));
    let half = (0..=16).map(|step| {
        let angle = std::f32::consts::PI * step as f32 / 16.0;
        centre + radius * vec2(angle.sin(), -angle.cos())
    });
    painter.add(egui::Shape::convex_polygon(
        half.collect(),
        colour,
        egui::Stroke::NONE,
    ));
}
