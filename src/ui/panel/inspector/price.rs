//! The prices behind a line of the bill, each of which the design can replace
//! by its own: a contract, a newer page.
//!
//! A replaced price is an edit like any other: one undo step, saved in the
//! file. The catalog's own stays in view, and one click returns to it.

use egui::{DragValue, RichText, Ui, vec2};
use rust_decimal::prelude::ToPrimitive;

use super::super::{Asked, Look, caption};
use crate::catalog::{Catalog, FigureId, Meter, Tier};
use crate::design::value::Unit;
use crate::design::{Command, Override};
use crate::format;
use crate::report::CostLine;
use crate::ui::field::{NUMBER, entry_ui, text};
use crate::workspace::Action;

/// The dearest price that can be typed [USD].
const MOST: f64 = 1e9;

/// A price of the catalog.
struct Price<'a> {
    figure: &'a FigureId,
    meter: &'a Meter,
    tier: &'a Tier,
    /// Its place among the tiers, where there are several.
    rank: Option<usize>,
    /// As the catalog has it [USD].
    usd: f64,
}

/// Shows the prices of a line.
pub fn prices_ui(ui: &mut Ui, look: Look<'_>, line: &CostLine, asked: &mut Asked) {
    let catalog = look.workspace.catalog();
    let figures = line.cost.sources.iter().map(|note| &note.figure);
    for price in figures.filter_map(|figure| price_of(catalog, figure)) {
        ui.push_id(price.figure, |ui| price_ui(ui, look, &price, asked));
    }
}

/// The price of that id; other figures cannot be replaced.
fn price_of<'a>(catalog: &'a Catalog, figure: &'a FigureId) -> Option<Price<'a>> {
    let (owner, _) = figure.0.split_once('/')?;
    let service = catalog.services.get(owner)?;
    let lists = service
        .meters
        .iter()
        .flat_map(|meter| meter.prices.values().map(move |tiers| (meter, tiers)));
    for (meter, tiers) in lists {
        if let Some(at) = tiers.iter().position(|tier| tier.usd.id == *figure) {
            let tier = tiers.get(at)?;
            return Some(Price {
                figure,
                meter,
                tier,
                rank: (tiers.len() > 1).then_some(at + 1),
                usd: tier.usd.value.0.to_f64()?,
            });
        }
    }
    None
}

fn price_ui(ui: &mut Ui, look: Look<'_>, price: &Price<'_>, asked: &mut Asked) {
    let own = look.workspace.shown().overrides.get(price.figure);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let height = ui.spacing().interact_size.y;
        let width = ui.available_width() - NUMBER - 6.0;
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        ui.allocate_ui_with_layout(vec2(width, height), layout, |ui| {
            ui.set_min_width(width);
            let label = egui::Label::new(caption(look.theme, unit_text(price)));
            ui.add(label.truncate().selectable(false))
                .on_hover_text(format!("{}\n{}", unit_text(price), price.figure));
        });
        number_ui(ui, look, price, own, asked);
    });
    if let Some(own) = own {
        own_ui(ui, look, price, own, asked);
    }
}

/// `per 1M requests`, with the tier where there are several.
fn unit_text(price: &Price<'_>) -> String {
    let meter = price.meter;
    let per = match meter.per {
        1.0 => format!("per {}", meter.unit),
        many => format!("per {} × {}", format::count(many), meter.unit),
    };
    match (price.rank, price.tier.up_to) {
        (None, _) => per,
        (Some(_), Some(edge)) => format!("{per}, up to {}", format::count(edge)),
        (Some(rank), None) => format!("{per}, tier {rank}"),
    }
}

fn number_ui(
    ui: &mut Ui,
    look: Look<'_>,
    price: &Price<'_>,
    own: Option<&Override>,
    asked: &mut Asked,
) {
    let now = own.map_or(price.usd, |own| own.value);
    let mut usd = now;
    let drag = DragValue::new(&mut usd)
        .range(0.0..=MOST)
        .clamp_existing_to_range(false)
        .speed((now * 0.005).max(1e-9))
        .update_while_editing(false)
        .custom_formatter(|usd, _| text::number_text(Unit::Usd, usd))
        .custom_parser(|typed| text::parse(Unit::Usd, typed).ok());
    ui.spacing_mut().interact_size.x = NUMBER;
    if own.is_none() {
        ui.visuals_mut().override_text_color = Some(look.theme.muted);
    }
    let response = ui.add(drag);
    let name = format!("Price {}", price.figure);
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_label(name.as_str()));
    if usd != now || response.drag_stopped() {
        let reason = own.map(|own| own.reason.clone()).unwrap_or_default();
        let command = set(price, Some(usd), reason);
        if response.dragged() {
            asked.act(Action::Preview(vec![command]));
        } else {
            asked.edit(vec![command]);
        }
    }
    response.on_hover_text("Type or drag to use a price of your own in this design.");
}

/// The edit; a price that equals the catalog's is no price of one's own.
fn set(price: &Price<'_>, usd: Option<f64>, reason: String) -> Command {
    let own = usd.filter(|usd| *usd != price.usd);
    Command::SetOverride {
        figure: price.figure.clone(),
        value: own.map(|value| Override { value, reason }),
    }
}

/// What the catalog says, why it was replaced, and the way back.
fn own_ui(ui: &mut Ui, look: Look<'_>, price: &Price<'_>, own: &Override, asked: &mut Asked) {
    let catalog = text::number_text(Unit::Usd, price.usd);
    ui.horizontal(|ui| {
        let text = format!("yours, catalog says {catalog}");
        ui.label(RichText::new(text).small().color(look.theme.accent));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let button = ui.small_button("Reset");
            let name = format!("Reset {}", price.figure);
            ui.ctx()
                .accesskit_node_builder(button.id, |node| node.set_label(name.as_str()));
            if button
                .on_hover_text("Back to the catalog's price.")
                .clicked()
            {
                asked.edit(vec![set(price, None, String::new())]);
            }
        });
    });
    let id = ui.id().with("reason");
    let hint = "Why? A contract, a newer page";
    let (response, committed) = entry_ui(ui, id, &own.reason, hint, f32::INFINITY);
    let name = format!("Reason for {}", price.figure);
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::TextEdit, true, name.as_str()));
    if let Some(reason) = committed {
        asked.edit(vec![set(price, Some(own.value), reason)]);
    }
}
