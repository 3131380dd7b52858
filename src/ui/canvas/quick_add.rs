//! Quick-add: search for a kind of node, press Enter, it stands at the pointer.
//!
//! Rows are the archetypes with the service that would stand for them, then
//! services chosen by hand, which are pinned. Opened by dropping a wire, it
//! offers only what the wire can reach, and draws the wire along.

use egui::{Key, Modifiers, Rect, Response, Sense, Ui, Vec2, WidgetInfo, WidgetType, vec2};

use crate::catalog::{Archetype, Service, ServiceId};
use crate::design::placement::usual_service;
use crate::design::settings::{TriggerKind, TriggerSettings};
use crate::design::value::Field;
use crate::design::{Command, Node, NodeId, Pin, Settings, Value};
use crate::ui::glyph;
use crate::ui::theme::Theme;
use crate::ui::view::QuickAdd;
use crate::workspace::Workspace;

use super::camera::Lens;
use super::card;
use super::connect;
use super::edits;
use super::route::CARD;
use super::scene::Wiring;
use super::text::Line;

const WIDTH: f32 = 320.0;
const ROW: f32 = 30.0;
const ROWS_SEEN: f32 = 9.0;

/// Something that can be placed.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What the row says.
    pub title: String,
    /// What it says beside: the service, or the kind.
    pub detail: String,
    /// What it is found by.
    haystack: String,
    settings: Settings,
    pin: Option<ServiceId>,
}

impl Entry {
    fn of_kind(archetype: Archetype, service: Option<&Service>) -> Self {
        let title = archetype.label().to_owned();
        let detail = service
            .map(|service| service.short.clone())
            .unwrap_or_default();
        let full = service.map_or("", |service| service.name.as_str());
        Self {
            haystack: format!("{title} {detail} {full}").to_lowercase(),
            title,
            detail,
            settings: Settings::default_of(archetype),
            pin: None,
        }
    }

    fn of_service(service: &Service) -> Self {
        let detail = service.archetype.label().to_owned();
        Self {
            haystack: format!("{} {} {detail}", service.short, service.name).to_lowercase(),
            title: service.short.clone(),
            detail,
            settings: Settings::default_of(service.archetype),
            pin: Some(service.id.clone()),
        }
    }

    fn of_trigger(source: TriggerKind) -> Self {
        let title = format!("{} trigger", capitalised(source.text()));
        Self {
            haystack: title.to_lowercase(),
            title,
            detail: Archetype::Trigger.label().to_owned(),
            settings: Settings::Trigger(TriggerSettings {
                source: Some(source),
                ..Default::default()
            }),
            pin: None,
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// All entries that fit what was typed and what the wire can reach, best first.
pub fn entries(workspace: &Workspace, wiring: Option<&Wiring>, search: &str) -> Vec<Entry> {
    let (catalog, provider) = (workspace.catalog(), workspace.provider());
    let mut entries = Vec::new();
    let mut services = Vec::new();
    for archetype in Archetype::ALL {
        let fits = wiring.is_none_or(|wiring| wiring.fits(archetype));
        // Unknown resources come from imports; nobody places one.
        if !fits || archetype == Archetype::Other {
            continue;
        }
        let default = usual_service(catalog, provider, archetype);
        entries.push(Entry::of_kind(archetype, default));
        if archetype == Archetype::Trigger {
            let sources = TriggerKind::TEXTS
                .iter()
                .filter_map(|text| TriggerKind::from_value(&Value::Choice((*text).to_owned())));
            let others = sources.filter(|source| *source != TriggerSettings::default().source());
            services.extend(others.map(Entry::of_trigger));
        }
        let mut others: Vec<_> = catalog
            .services_of(provider, archetype)
            .filter(|service| default.is_none_or(|default| default.id != service.id))
            .collect();
        others.sort_by_key(|service| service.rank);
        services.extend(others.into_iter().map(Entry::of_service));
    }
    entries.extend(services);
    let search = search.trim().to_lowercase();
    if search.is_empty() {
        return entries;
    }
    let mut found: Vec<_> = entries
        .into_iter()
        .filter_map(|entry| Some((score(&search, &entry.haystack)?, entry)))
        .collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// How well letters are found in this order in a text; none if they are not.
///
/// Letters that start a word or follow the one before count more.
pub fn score(needle: &str, hay: &str) -> Option<i32> {
    let mut letters = hay.chars();
    let mut before = ' ';
    let mut adjacent = false;
    let mut score = 0;
    for wanted in needle.chars().filter(|c| !c.is_whitespace()) {
        loop {
            let letter = letters.next()?;
            let starts_word = !before.is_alphanumeric();
            before = letter;
            if letter == wanted {
                score += 1 + if adjacent { 4 } else { 0 } + if starts_word { 6 } else { 0 };
                adjacent = true;
                break;
            }
            adjacent = false;
        }
    }
    // Where the words come first, the entry is about them.
    if hay.starts_with(needle) {
        score += 20;
    }
    Some(score)
}

/// What came of the popup in this frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It stays.
    Open,
    /// It was closed.
    Closed,
    /// A node is to be placed, perhaps with a wire.
    Place(NodeId, Vec<Command>),
}

/// Shows the popup. `fresh` when it has just been opened.
pub fn show_ui(
    ui: &mut Ui,
    theme: &Theme,
    lens: &Lens,
    workspace: &Workspace,
    popup: &mut QuickAdd,
    fresh: bool,
) -> Outcome {
    let wiring = popup.wire.as_ref().and_then(|(from, sends)| {
        let archetype = workspace.design().nodes.get(from)?.archetype();
        Some(Wiring {
            from: from.clone(),
            archetype,
            sends: *sends,
        })
    });
    let keys = Keys::take(ui);
    if keys.escape {
        return Outcome::Closed;
    }
    let at = lens.to_screen(popup.at);
    let area = egui::Area::new(ui.id().with("quick add"))
        .order(egui::Order::Foreground)
        .fixed_pos(at)
        .constrain_to(lens.rect.shrink(8.0))
        .show(ui.ctx(), |ui| {
            egui::Frame::popup(ui.style())
                .show(ui, |ui| {
                    popup_ui(ui, theme, workspace, wiring.as_ref(), popup, &keys, fresh)
                })
                .inner
        });
    if let Some(entry) = area.inner {
        let (id, commands) = place(workspace, wiring.as_ref(), popup, &entry);
        return Outcome::Place(id, commands);
    }
    if !fresh && area.response.clicked_elsewhere() {
        return Outcome::Closed;
    }
    Outcome::Open
}

/// Keys that the popup takes before the search field sees them.
struct Keys {
    up: bool,
    down: bool,
    enter: bool,
    escape: bool,
}

impl Keys {
    fn take(ui: &Ui) -> Self {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        Self {
            up: pressed(Key::ArrowUp),
            down: pressed(Key::ArrowDown),
            enter: pressed(Key::Enter),
            escape: pressed(Key::Escape),
        }
    }
}

fn popup_ui(
    ui: &mut Ui,
    theme: &Theme,
    workspace: &Workspace,
    wiring: Option<&Wiring>,
    popup: &mut QuickAdd,
    keys: &Keys,
    fresh: bool,
) -> Option<Entry> {
    ui.set_width(WIDTH);
    ui.spacing_mut().item_spacing.y = 4.0;
    let field = egui::TextEdit::singleline(&mut popup.search)
        .hint_text("Search for a node or service")
        .margin(egui::Margin::symmetric(8, 6))
        .desired_width(f32::INFINITY);
    let response = ui.add(field);
    if response.changed() {
        popup.row = 0;
    }
    if fresh {
        response.request_focus();
    }
    let entries = entries(workspace, wiring, &popup.search);
    let last = entries.len().saturating_sub(1);
    let moved = keys.up || keys.down;
    popup.row = match (keys.up, keys.down) {
        (true, false) if popup.row == 0 => last,
        (true, false) => popup.row - 1,
        (false, true) if popup.row >= last => 0,
        (false, true) => popup.row + 1,
        _ => popup.row.min(last),
    };
    if entries.is_empty() {
        let text = if wiring.is_some() {
            "Nothing of that name fits this wire."
        } else {
            "Nothing of that name."
        };
        ui.label(egui::RichText::new(text).color(theme.muted));
        return None;
    }
    let mut chosen = keys
        .enter
        .then(|| entries.get(popup.row).cloned())
        .flatten();
    egui::ScrollArea::vertical()
        .max_height(ROW * ROWS_SEEN)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, entry) in entries.iter().enumerate() {
                let response = row_ui(ui, theme, entry, index == popup.row);
                if moved && index == popup.row {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    chosen = Some(entry.clone());
                }
            }
        });
    chosen
}

fn row_ui(ui: &mut Ui, theme: &Theme, entry: &Entry, current: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let label = if entry.detail.is_empty() {
        entry.title.clone()
    } else {
        format!("{}, {}", entry.title, entry.detail)
    };
    response.widget_info(|| {
        WidgetInfo::selected(WidgetType::SelectableLabel, true, current, label.clone())
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let archetype = entry.settings.archetype();
    let mut shapes = Vec::new();
    if current || response.hovered() {
        let strength = if current {
            theme.raised
        } else {
            crate::ui::theme::mix(theme.card, theme.raised, 0.6)
        };
        shapes.push(egui::Shape::rect_filled(rect, 5.0, strength));
    }
    let picture = Rect::from_center_size(rect.left_center() + vec2(17.0, 0.0), Vec2::splat(18.0));
    shapes.extend(glyph::shapes(
        card::glyph(archetype),
        picture,
        card::category(theme, archetype),
    ));
    let line = |text, size, colour, width| Line {
        text,
        size,
        colour,
        width,
    };
    let detail = line(&entry.detail, 11.0, theme.muted, 130.0);
    let right = rect.right_center() - vec2(8.0, 0.0);
    let taken = detail
        .add(ui.ctx(), &mut shapes, egui::Align2::RIGHT_CENTER, right)
        .width();
    let title = line(
        &entry.title,
        13.0,
        theme.text,
        rect.width() - 34.0 - 24.0 - taken,
    );
    title.add(
        ui.ctx(),
        &mut shapes,
        egui::Align2::LEFT_CENTER,
        rect.left_center() + vec2(34.0, 0.0),
    );
    ui.painter().extend(shapes);
    response
}

/// The edits that place an entry.
fn place(
    workspace: &Workspace,
    wiring: Option<&Wiring>,
    popup: &QuickAdd,
    entry: &Entry,
) -> (NodeId, Vec<Command>) {
    let pin = entry.pin.clone().map(|service| Pin {
        service,
        settings: std::collections::BTreeMap::new(),
    });
    // Dropped wires end at the new card's port.
    let aside = vec2(CARD.x / 2.0, 0.0);
    let at = match wiring {
        Some(Wiring { sends: true, .. }) => popup.at + aside,
        Some(_) => popup.at - aside,
        None => popup.at,
    };
    let (id, add) = edits::place(workspace, Node::new(entry.settings.clone()), pin, at);
    let mut commands = vec![add];
    if let Some(wiring) = wiring
        && let Some(kind) = connect::kind_with(wiring, entry.settings.archetype())
    {
        let (from, to) = if wiring.sends {
            (&wiring.from, &id)
        } else {
            (&id, &wiring.from)
        };
        commands.push(edits::connect(workspace, from, to, kind).1);
    }
    (id, commands)
}

/// A closed popup, opened at a canvas point.
pub fn opened(at: egui::Pos2, wire: Option<(NodeId, bool)>) -> QuickAdd {
    QuickAdd {
        at,
        wire,
        search: String::new(),
        row: 0,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;

    use super::*;
    use crate::catalog::Catalog;
    use crate::design::Design;

    fn service(id: &str, short: &str, archetype: Archetype, rank: u32) -> Service {
        Service {
            id: ServiceId::from(id),
            name: format!("Amazon {short}"),
            short: short.to_owned(),
            archetype,
            rank,
            features: BTreeSet::new(),
            apis: BTreeSet::new(),
            iac: BTreeMap::new(),
            timing: BTreeMap::new(),
            limits: BTreeMap::new(),
            compute: None,
            polling: None,
            scaling: None,
            meters: Vec::new(),
            commitments: BTreeMap::new(),
            companions: Vec::new(),
            note: String::new(),
        }
    }

    fn workspace() -> Workspace {
        let services = [
            service("aws.lambda", "Lambda", Archetype::Function, 1),
            service("aws.fargate", "Fargate", Archetype::Container, 1),
            service("aws.apprunner", "App Runner", Archetype::Container, 2),
            service("azure.functions", "Functions", Archetype::Function, 1),
        ];
        let catalog = Catalog {
            providers: BTreeMap::new(),
            services: services.into_iter().map(|s| (s.id.clone(), s)).collect(),
        };
        Workspace::new(Arc::new(catalog), Design::default(), None)
    }

    fn titles(search: &str) -> Vec<String> {
        let found = entries(&workspace(), None, search);
        found.into_iter().map(|entry| entry.title).collect()
    }

    #[test]
    fn kinds_and_services_are_found_by_name() {
        assert_eq!(titles("lambda")[0], "Function");
        assert_eq!(titles("fargate")[0], "Container");
        assert_eq!(titles("app r")[0], "App Runner");
        assert_eq!(titles("tbl")[0], "Table");
        assert_eq!(titles("schedule")[0], "Schedule trigger");
        assert!(titles("xyz").is_empty());
        assert!(
            !titles("").iter().any(|title| title == "Functions"),
            "another provider's"
        );
    }

    #[test]
    fn word_starts_and_runs_count_more() {
        assert!(score("que", "queue sqs") > score("que", "unique"));
        assert!(score("fn", "function lambda").is_some());
        assert_eq!(score("fx", "function"), None);
    }

    #[test]
    fn only_a_chosen_service_is_pinned() {
        let workspace = workspace();
        let popup = opened(egui::pos2(3.0, 5.0), None);
        for (search, pins) in [("lambda", 0), ("app runner", 1)] {
            let found = entries(&workspace, None, search);
            let (_, commands) = place(&workspace, None, &popup, &found[0]);
            let [Command::AddNode { node, at, .. }] = commands.as_slice() else {
                panic!("one command, not {commands:?}");
            };
            assert_eq!(node.pins.len(), pins, "{search}");
            assert_eq!(*at, [0.0, 8.0]);
        }
    }

    #[test]
    fn a_wire_offers_only_what_it_reaches() {
        let wiring = Wiring {
            from: NodeId::from("jobs"),
            archetype: Archetype::Queue,
            sends: true,
        };
        let found = entries(&workspace(), Some(&wiring), "");
        assert!(found.iter().any(|entry| entry.title == "Function"));
        assert!(
            found
                .iter()
                .all(|entry| wiring.fits(entry.settings.archetype()))
        );
        assert!(!found.iter().any(|entry| entry.title == "Cache"));
    }
}
