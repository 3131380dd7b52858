//! The palette: every kind of node, to click or to drag onto the canvas.

use egui::{Rect, Response, RichText, Sense, Ui, vec2};

use super::{Asked, Look, caption, empty_ui, section_ui};
use crate::catalog::Archetype;
use crate::design::placement::usual_service;
use crate::design::{Command, Node, Settings};
use crate::ui::glyph::{self, Glyph};
use crate::ui::theme::{Theme, mix};
use crate::ui::view::View;

use Archetype as A;

/// Kinds in groups, in the order in which data passes them.
pub const GROUPS: &[(&str, &[Archetype])] = &[
    ("Triggers", &[A::Trigger]),
    ("Front doors", &[A::Gateway, A::Cdn]),
    ("Compute", &[A::Function, A::Container]),
    ("Messaging", &[A::Queue, A::Topic, A::Bus, A::Stream]),
    (
        "Data",
        &[A::Table, A::Database, A::Cache, A::Bucket, A::Search],
    ),
    ("Orchestration", &[A::Workflow]),
    ("Around it", &[A::Service, A::External, A::Note]),
];

const ROW: f32 = 30.0;

/// Shows the palette.
pub fn palette_ui(
    ui: &mut Ui,
    look: Look<'_>,
    view: &mut View,
    search: &mut String,
    asked: &mut Asked,
) {
    let field = egui::TextEdit::singleline(search)
        .hint_text("Search nodes and services")
        .margin(crate::ui::field::ENTRY);
    let response = ui.add(field.desired_width(f32::INFINITY));
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::WidgetType::TextEdit, true, "Search palette")
    });
    let wanted = search.trim().to_lowercase();
    let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    if is_entered && let Some(first) = found(look, &wanted).next() {
        add(look, view, first, asked);
        search.clear();
    }
    egui::ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            if found(look, &wanted).next().is_none() {
                empty_ui(ui, look.theme, "No kind of node is called that.");
            }
            for (title, kinds) in GROUPS {
                let kinds: Vec<_> = kinds
                    .iter()
                    .filter(|kind| matches(look, **kind, &wanted))
                    .collect();
                if kinds.is_empty() {
                    continue;
                }
                section_ui(ui, look.theme, title);
                for &&kind in &kinds {
                    if row_ui(ui, look, kind).clicked() {
                        add(look, view, kind, asked);
                    }
                }
            }
        });
}

fn found<'a>(look: Look<'a>, wanted: &'a str) -> impl Iterator<Item = Archetype> + 'a {
    GROUPS
        .iter()
        .flat_map(|(_, kinds)| kinds.iter().copied())
        .filter(move |kind| matches(look, *kind, wanted))
}

/// Whether the kind or one of its services is called that.
fn matches(look: Look<'_>, kind: Archetype, wanted: &str) -> bool {
    let is_wanted = |text: &str| text.to_lowercase().contains(wanted);
    wanted.is_empty()
        || is_wanted(kind.label())
        || look
            .workspace
            .catalog()
            .services_of(look.workspace.provider(), kind)
            .any(|service| is_wanted(&service.name) || is_wanted(&service.short))
}

/// Places a node where the canvas looks.
fn add(look: Look<'_>, view: &mut View, kind: Archetype, asked: &mut Asked) {
    place(look, view, kind, view.camera.center, asked);
}

/// Places a node and selects it.
pub fn place(look: Look<'_>, view: &mut View, kind: Archetype, at: egui::Pos2, asked: &mut Asked) {
    let id = look.workspace.editor().free_node_id(kind.label());
    let node = Node::new(Settings::default_of(kind));
    let at = free_spot(look, at);
    asked.edit(vec![Command::AddNode {
        id: id.clone(),
        node,
        at: [at.x, at.y],
    }]);
    view.selection.only_node(id);
}

/// The nearest spot below that no other card covers.
fn free_spot(look: Look<'_>, mut at: egui::Pos2) -> egui::Pos2 {
    let positions = &look.workspace.design().layout.positions;
    let covered = |at: egui::Pos2| {
        positions
            .values()
            .any(|[x, y]| (x - at.x).abs() < 150.0 && (y - at.y).abs() < 64.0)
    };
    while covered(at) {
        at.y += 96.0;
    }
    at
}

fn row_ui(ui: &mut Ui, look: Look<'_>, kind: Archetype) -> Response {
    let catalog = look.workspace.catalog();
    let provider = look.workspace.provider();
    let service = usual_service(catalog, provider, kind);
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, kind.label()));
    response.dnd_set_drag_payload(kind);
    if ui.is_rect_visible(rect) {
        paint_row(
            ui,
            look.theme,
            rect,
            &response,
            kind,
            service.map(|service| service.short.as_str()),
        );
    }
    let response = response.on_hover_ui(|ui| {
        ui.label(RichText::new(kind.label()).strong());
        if let Some(service) = service {
            ui.label(&service.name);
        }
        ui.label(caption(
            look.theme,
            "Click to add, or drag onto the canvas.",
        ));
    });
    response.on_hover_cursor(egui::CursorIcon::Grab)
}

fn paint_row(
    ui: &Ui,
    theme: &Theme,
    rect: Rect,
    response: &Response,
    kind: Archetype,
    service: Option<&str>,
) {
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 5.0, theme.raised);
    }
    if response.has_focus() {
        let stroke = egui::Stroke::new(1.5, theme.accent);
        ui.painter()
            .rect_stroke(rect, 5.0, stroke, egui::StrokeKind::Inside);
    }
    let glyph = Rect::from_center_size(rect.left_center() + vec2(17.0, 0.0), vec2(20.0, 20.0));
    paint_glyph(ui.painter(), theme, kind, glyph);
    let body = egui::TextStyle::Body.resolve(ui.style());
    let at = rect.left_center() + vec2(36.0, 0.0);
    let left = egui::Align2::LEFT_CENTER;
    let taken = ui.painter().text(at, left, kind.label(), body, theme.text);
    if let Some(service) = service {
        let small = egui::TextStyle::Small.resolve(ui.style());
        let room = rect.right() - 6.0 - taken.right() - 12.0;
        let galley = ui
            .painter()
            .layout_no_wrap(service.to_owned(), small, theme.muted);
        if galley.size().x <= room {
            let corner = rect.right_center() - vec2(galley.size().x + 6.0, galley.size().y / 2.0);
            ui.painter().galley(corner, galley, theme.muted);
        }
    }
}

/// The picture of a kind, in the colour of its category.
pub fn glyph_ui(ui: &mut Ui, theme: &Theme, kind: Archetype, side: f32) {
    let (rect, _) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
    paint_glyph(ui.painter(), theme, kind, rect);
}

fn paint_glyph(painter: &egui::Painter, theme: &Theme, kind: Archetype, rect: Rect) {
    let colour = category(theme, kind);
    let tint = mix(theme.panel, colour, 0.16);
    painter.rect_filled(rect.expand(2.0), 5.0, tint);
    painter.extend(glyph::shapes(glyph_of(kind), rect.shrink(1.0), colour));
}

/// The drawing of a kind.
pub fn glyph_of(kind: Archetype) -> Glyph {
    match kind {
        A::Trigger => Glyph::Trigger,
        A::Gateway => Glyph::Gateway,
        A::Cdn => Glyph::Cdn,
        A::Function => Glyph::Function,
        A::Container => Glyph::Container,
        A::Workflow => Glyph::Workflow,
        A::Queue => Glyph::Queue,
        A::Topic => Glyph::Topic,
        A::Bus => Glyph::Bus,
        A::Stream => Glyph::Stream,
        A::Table => Glyph::Table,
        A::Database => Glyph::Database,
        A::Cache => Glyph::Cache,
        A::Bucket => Glyph::Bucket,
        A::Search => Glyph::Search,
        A::Service => Glyph::Service,
        A::External => Glyph::External,
        A::Other => Glyph::Other,
        A::Note => Glyph::Note,
    }
}

/// The colour of a kind's category.
pub fn category(theme: &Theme, kind: Archetype) -> egui::Color32 {
    match kind {
        A::Trigger | A::Gateway | A::Cdn => theme.trigger,
        A::Function | A::Container => theme.compute,
        A::Queue | A::Topic | A::Bus | A::Stream => theme.queue,
        A::Table | A::Database | A::Cache | A::Bucket | A::Search => theme.data,
        A::Workflow => theme.orchestration,
        A::Service | A::External | A::Other | A::Note => theme.observability,
    }
}

/// The kind under the pointer while it is dragged from the palette.
pub fn ghost_ui(ui: &Ui, theme: &Theme) {
    let Some(kind) = egui::DragAndDrop::payload::<Archetype>(ui.ctx()) else {
        return;
    };
    let Some(pointer) = ui.ctx().pointer_interact_pos() else {
        return;
    };
    let layer = egui::LayerId::new(egui::Order::Tooltip, egui::Id::new("palette-ghost"));
    let painter = ui.ctx().layer_painter(layer);
    let rect = Rect::from_center_size(pointer, vec2(150.0, 48.0));
    let stroke = egui::Stroke::new(1.5, theme.accent);
    painter.rect(rect, 8.0, theme.card, stroke, egui::StrokeKind::Inside);
    let font = egui::FontId::proportional(13.0);
    painter.text(
        rect.center(),
        egui::Align2::CENTER_CENTER,
        kind.label(),
        font,
        theme.text,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_people_draw_is_offered_once() {
        for kind in Archetype::ALL {
            let times = GROUPS
                .iter()
                .flat_map(|(_, kinds)| *kinds)
                .filter(|k| **k == kind)
                .count();
            let expected = usize::from(kind != Archetype::Other);
            assert_eq!(times, expected, "{kind:?}");
        }
    }
}
