//! Numbers that can be traced: the tooltip behind every figure, and rows of
//! figures.
//!
//! A figure is shown with the value formatted by its place (money, time,
//! share); the tooltip adds the formula with the inputs in force, the dated
//! sources and the grade. What a grade means is said in words here.

use egui::{Response, RichText, Ui};

use super::panel::{caption, muted};
use super::theme::Theme;
use crate::catalog::Grade;
use crate::format;
use crate::report::{Figure, Report, SourceNote};

/// Sources beyond so many are only counted.
const SOURCES: usize = 6;

/// What a grade means, in a few words.
pub fn grade_meaning(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "the provider's own text or price list",
        Grade::B => "derived from the price feed, or corroborated",
        Grade::C => "a single third party",
        Grade::D => "recalled, without a stored source",
        Grade::M => "an assumption of ours",
    }
}

/// The colour of a grade; the letter always stands beside it.
pub fn grade_colour(theme: &Theme, grade: Grade) -> egui::Color32 {
    match grade {
        Grade::A | Grade::B => theme.muted,
        Grade::C | Grade::D | Grade::M => theme.warn,
    }
}

/// The content of the tooltip of a figure.
pub fn figure_tooltip_ui(ui: &mut Ui, theme: &Theme, title: &str, value: &str, figure: &Figure) {
    ui.set_max_width(380.0);
    ui.horizontal(|ui| {
        ui.label(RichText::new(title).strong());
        ui.label(RichText::new(value).strong().color(theme.accent));
    });
    if !figure.formula.is_empty() {
        ui.label(RichText::new(&figure.formula).monospace());
    }
    for note in figure.sources.iter().take(SOURCES) {
        source_ui(ui, theme, note);
    }
    if figure.sources.len() > SOURCES {
        let more = figure.sources.len() - SOURCES;
        ui.label(caption(theme, format!("and {more} more sources")));
    }
    if let Some(grade) = figure.grade {
        let text = format!("Grade {grade}: {}", grade_meaning(grade));
        ui.label(
            RichText::new(text)
                .small()
                .color(grade_colour(theme, grade)),
        );
    }
}

fn source_ui(ui: &mut Ui, theme: &Theme, note: &SourceNote) {
    // What somebody set by hand was read nowhere.
    let read = match note.checked.as_str() {
        "" => String::new(),
        day => format!(", read {day}"),
    };
    let (figure, value, title) = (&note.figure, &note.value, &note.title);
    let text = format!("{figure}: {value}\n{title}{read}, grade {}", note.grade);
    ui.label(caption(theme, text));
}

/// Adds the tooltip of a figure to whatever shows it.
pub fn explained(
    response: Response,
    theme: &Theme,
    title: &str,
    value: &str,
    figure: &Figure,
) -> Response {
    response.on_hover_ui(|ui| figure_tooltip_ui(ui, theme, title, value, figure))
}

/// The monthly total; a lower bound where a price is missing.
pub fn total_text(report: &Report) -> String {
    let cost = &report.cost;
    let total = format::usd_per_month(cost.total.value);
    // Nothing at all misses no price.
    if cost.complete || report.nodes.is_empty() {
        total
    } else {
        format!("at least {total}")
    }
}

/// A row of a list of figures: name on the left, value on the right.
pub fn figure_row_ui(
    ui: &mut Ui,
    theme: &Theme,
    title: &str,
    figure: &Figure,
    format: fn(f64) -> String,
) {
    let value = format(figure.value);
    value_row_ui(ui, theme, title, &value, |response| {
        explained(response, theme, title, &value, figure);
    });
}

/// A row of a list: name on the left, value on the right.
pub fn value_row_ui(
    ui: &mut Ui,
    theme: &Theme,
    title: &str,
    value: &str,
    explain: impl FnOnce(Response),
) {
    let row = ui.horizontal(|ui| {
        ui.set_height(20.0);
        ui.label(muted(theme, title));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(value);
        });
    });
    // Labels under the pointer would otherwise keep the hover to themselves.
    let id = ui.id().with(("row", title, row.response.rect.top() as i32));
    explain(ui.interact(row.response.rect, id, egui::Sense::hover()));
}
