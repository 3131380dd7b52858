//! One provider: its name, the facts about it, and its nodes.

use egui::{Rect, Response, RichText, Sense, Stroke, StrokeKind, TextStyle, Ui};
use egui::{WidgetInfo, WidgetType, pos2, vec2};

use super::super::{Look, caption};
use super::cell::{cell_ui, line_in, number_in, text_in};
use super::grid::{Fact, Grid, NAME, PAD};
use crate::advice::compare::{Column, Tail};
use crate::export::wording::known_cost;
use crate::format;
use crate::report::Figure;
use crate::ui::figure::{explained, grade_colour, grade_meaning};
use crate::ui::view::View;
use crate::ui::{fidelity, weak};

/// A provider with its place.
pub struct Shown<'a> {
    /// Where things lie.
    pub grid: &'a Grid,
    /// What is known of it.
    pub column: &'a Column,
    /// Its place among the others.
    pub index: usize,
    /// Whether it is what the others are held against.
    pub is_home: bool,
}

/// What the pointer or the keyboard does to a column.
pub struct Touch {
    /// It is what the reader looks at.
    pub is_pointed_at: bool,
    /// It was chosen.
    pub is_clicked: bool,
}

/// Shows a provider.
pub fn column_ui(ui: &Ui, look: Look<'_>, shown: &Shown<'_>, view: &mut View) -> Touch {
    let rect = shown.grid.column_rect(shown.index);
    let response = frame_ui(ui, look, shown, rect);
    let touch = Touch {
        is_pointed_at: response.contains_pointer() || response.has_focus(),
        is_clicked: response.clicked(),
    };
    if !ui.is_rect_visible(rect) {
        return touch;
    }
    head_ui(ui, look, shown, rect);
    for fact in Fact::ALL {
        let place = shown
            .grid
            .fact_rect(fact, rect.left() + PAD, rect.right() - PAD);
        fact_ui(ui, look, shown, fact, place);
    }
    for (row, (node, _)) in shown.grid.rows.iter().enumerate() {
        let place = shown.grid.node_rect(row, rect.left(), rect.right());
        let mut cells = shown.column.nodes.iter();
        if let Some(cell) = cells.find(|cell| cell.node == *node)
            && cell_ui(ui, look, shown, place, cell)
        {
            view.lit = Some(node.clone());
        }
    }
    touch
}

/// The ground of the column, which is one large button.
fn frame_ui(ui: &Ui, look: Look<'_>, shown: &Shown<'_>, rect: Rect) -> Response {
    let (theme, column) = (look.theme, shown.column);
    let is_shown = column.provider == *look.workspace.provider();
    let response = ui.interact(rect, ui.id().with(&column.provider), Sense::click());
    response.widget_info(|| {
        let cost = known_cost(column.total.value, column.complete);
        let word = column.fidelity.label();
        let words = format!("Show {}, {cost}, fidelity {word}", column.name);
        WidgetInfo::selected(WidgetType::Button, true, is_shown, words)
    });
    let fill = match (is_shown, response.contains_pointer()) {
        (true, _) => theme.card,
        (false, true) => ui.visuals().faint_bg_color,
        (false, false) => theme.panel,
    };
    ui.painter().rect_filled(rect, 6.0, fill);
    let outline = match (response.has_focus(), is_shown) {
        (true, _) => Stroke::new(1.5, theme.accent),
        (false, true) => Stroke::new(1.0, theme.accent),
        (false, false) => Stroke::new(1.0, theme.border),
    };
    ui.painter()
        .rect_stroke(rect, 6.0, outline, StrokeKind::Inside);
    if response.gained_focus() {
        ui.scroll_to_rect(rect, None);
    }
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

fn head_ui(ui: &Ui, look: Look<'_>, shown: &Shown<'_>, rect: Rect) {
    let (left, right) = (rect.left() + PAD, rect.right() - PAD);
    let top = pos2(left, rect.top() + 3.0);
    let place = Rect::from_min_max(top, pos2(right, rect.top() + NAME));
    line_in(
        ui,
        place,
        &shown.column.name,
        look.theme.text,
        &TextStyle::Body,
    );
    let id = ui.id().with((&shown.column.provider, "name"));
    let response = ui.interact(place, id, Sense::hover());
    let name = &shown.column.name;
    response.on_hover_text(format!("{name}\nClick to show the design there."));
}

fn fact_ui(ui: &Ui, look: Look<'_>, shown: &Shown<'_>, fact: Fact, place: Rect) {
    let (theme, column) = (look.theme, shown.column);
    let id = ui.id().with((&column.provider, fact.label()));
    let sense = |rect: Rect| ui.interact(rect, id, Sense::hover());
    match fact {
        Fact::Region => region_ui(ui, look, shown, place),
        Fact::Total => total_ui(ui, look, shown, place, sense(place)),
        Fact::Gap => gap_ui(ui, look, shown, place),
        Fact::Latency => latency_ui(ui, look, column, place),
        Fact::Fidelity => {
            let centre = pos2(place.left() + 5.0, place.center().y);
            let mark = fidelity::mark(theme, column.fidelity, centre, 4.0);
            ui.painter().extend(mark);
            let word = column.fidelity.label();
            let text = place.with_min_x(centre.x + 10.0);
            text_in(ui, text, word, fidelity::colour(theme, column.fidelity));
            let meaning = fidelity::meaning(column.fidelity);
            sense(place).on_hover_text(format!("The worst of all nodes: {word}, {meaning}."));
        }
        Fact::Below => {
            let share = format::percent(column.lock_in);
            text_in(ui, place, &share, theme.text);
            sense(place).on_hover_ui(|ui| below_ui(ui, look, column, &share));
        }
        Fact::Evidence => evidence_ui(ui, look, column, place, sense),
    }
}

/// The region, and what the provider is in this comparison.
fn region_ui(ui: &Ui, look: Look<'_>, shown: &Shown<'_>, place: Rect) {
    let is_shown = shown.column.provider == *look.workspace.provider();
    let (role, ink) = match (shown.is_home, is_shown) {
        (true, true) => ("home, shown", look.theme.accent),
        (true, false) => ("home", look.theme.muted),
        (false, true) => ("shown", look.theme.accent),
        (false, false) => ("", look.theme.muted),
    };
    let room = number_in(ui, place, role, ink);
    let text = place.with_max_x(room - 4.0);
    text_in(ui, text, shown.column.region.as_str(), look.theme.muted);
}

/// The total with its bar, on the scale of the nodes' bars.
fn total_ui(ui: &Ui, look: Look<'_>, shown: &Shown<'_>, place: Rect, response: Response) {
    let column = shown.column;
    let cost = known_cost(column.total.value, column.complete);
    let (text, bar) = place.split_top_bottom_at_y(place.top() + 20.0);
    line_in(ui, text, &cost, look.theme.text, &TextStyle::Body);
    let length = shown.grid.bar(column.total.value);
    let bar = Rect::from_min_size(bar.min, vec2(length, 5.0));
    ui.painter().rect_filled(bar, 1.0, look.theme.ramp(0.85));
    response.widget_info(|| {
        let words = format!("{}, per month, {cost}", column.name);
        WidgetInfo::labeled(WidgetType::Label, true, words)
    });
    let title = format!("Monthly cost on {}", column.name);
    explained(response, look.theme, &title, &cost, &column.total);
}

fn gap_ui(ui: &Ui, look: Look<'_>, shown: &Shown<'_>, place: Rect) {
    if shown.is_home {
        text_in(ui, place, "this is home", look.theme.muted);
    } else {
        let gap = format::usd_delta(shown.column.gap);
        text_in(ui, place, &gap, look.theme.text);
    }
}

/// Its name, its value, and where a trigger has it.
type Percentile = (&'static str, f64, fn(&Tail) -> &Figure);

/// Median and 99th percentile of the slowest trigger.
fn latency_ui(ui: &Ui, look: Look<'_>, column: &Column, place: Rect) {
    let parts: [Percentile; 2] = [
        ("p50", column.p50, |tail| &tail.p50),
        ("p99", column.p99, |tail| &tail.p99),
    ];
    let mut left = place.left();
    for (name, value, figure) in parts {
        let text = format::millis(value);
        let text = if name == "p50" {
            format!("{text},")
        } else {
            text
        };
        let right = text_in(ui, place.with_min_x(left), &text, look.theme.text);
        let rect = Rect::from_x_y_ranges(left..=right, place.y_range());
        let response = ui.interact(rect, ui.id().with((&column.provider, name)), Sense::hover());
        let slowest = column
            .triggers
            .iter()
            .map(figure)
            .find(|f| f.value == value);
        if let Some(figure) = slowest {
            let title = format!("{name} of the slowest trigger on {}", column.name);
            explained(response, look.theme, &title, &format::millis(value), figure);
        }
        left = right + 4.0;
    }
}

/// Which nodes are below near.
fn below_ui(ui: &mut Ui, look: Look<'_>, column: &Column, share: &str) {
    ui.set_max_width(360.0);
    let title = format!("{share} of the nodes fare worse than near");
    ui.label(RichText::new(title).strong());
    ui.label(caption(
        look.theme,
        "What moving there would lose: a measure of lock-in.",
    ));
    let below = column.nodes.iter().filter(|cell| {
        cell.translation.is_bound
            && cell.translation.fidelity > crate::advice::translate::Fidelity::Near
    });
    for cell in below {
        let translation = &cell.translation;
        let word = translation.fidelity.label();
        ui.label(format!("{}, {word}: {}", cell.label, translation.reason));
    }
}

/// The weakest grade, or the badge where it matters.
fn evidence_ui(
    ui: &Ui,
    look: Look<'_>,
    column: &Column,
    place: Rect,
    sense: impl Fn(Rect) -> Response,
) {
    let badge = ui.id().with((&column.provider, "badge"));
    if weak::badge_in(ui, look.theme, &column.weakness, place, badge) {
        return;
    }
    match column.grade() {
        Some(grade) => {
            let text = format!("grade {grade}");
            text_in(ui, place, &text, grade_colour(look.theme, grade));
            let meaning = grade_meaning(grade);
            sense(place).on_hover_text(format!("The weakest figure behind the total: {meaning}."));
        }
        None => {
            text_in(ui, place, "no figure", look.theme.muted);
        }
    }
}
