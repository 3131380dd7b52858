//! The Compare tab: one small multiple for each provider, all on one scale.
//!
//! Columns are home first, then cheapest first; rows are the same in all, so
//! that the eye can run across. What makes the difference stands in [`causes`],
//! for the provider under the pointer. The numbers are
//! [`advice::compare`](crate::advice::compare)'s; nothing is computed here.

mod causes;
mod cell;
mod column;
mod grid;
mod labels;
mod others;

use egui::{Rect, ScrollArea, Sense, Ui, vec2};

use super::{Asked, Look, caption, empty_ui};
use crate::advice::compare::{Column, Comparison};
use crate::catalog::ProviderId;
use crate::format;
use crate::ui::view::View;
use crate::workspace::Action;
use grid::Grid;
use others::Others;

/// From this width on, causes stand beside the columns instead of below.
const WIDE: f32 = 1_060.0;
/// Width of the causes beside the columns.
const ASIDE: f32 = 320.0;
/// Height of the causes below the columns.
const BELOW: f32 = 98.0;
/// Opacity of a comparison that belongs to an earlier design.
const OLD: f32 = 0.55;

/// What the tab remembers.
#[derive(Default)]
pub struct Compare {
    /// The provider whose difference is explained.
    picked: Option<ProviderId>,
}

/// Shows the tab.
pub fn compare_ui(
    ui: &mut Ui,
    look: Look<'_>,
    view: &mut View,
    state: &mut Compare,
    asked: &mut Asked,
) {
    if look.workspace.shown().nodes.is_empty() {
        empty_ui(ui, look.theme, "Add nodes to compare providers.");
        return;
    }
    let Some(comparison) = look.workspace.comparison() else {
        empty_ui(ui, look.theme, "Comparing providers…");
        return;
    };
    if !look.workspace.comparison_is_current() {
        ui.multiply_opacity(OLD);
    }
    let whole = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(whole);
    let (left, rest) = split(whole, Grid::of(comparison, whole.size()).height());
    part_ui(ui, left, |ui| {
        columns_ui(ui, look, view, comparison, state, asked);
    });
    if let Some(rest) = rest {
        let explained = explained(look, comparison, state);
        part_ui(ui, rest, |ui| causes::causes_ui(ui, look.theme, explained));
    }
}

/// What all bars are measured against, for the row of the tabs.
pub fn scale_ui(ui: &mut Ui, look: Look<'_>) {
    let Some(comparison) = look.workspace.comparison() else {
        return;
    };
    let text = if look.workspace.comparison_is_current() {
        let most = grid::dearest(comparison);
        let (can, cannot) = (comparison.providers.len(), comparison.excluded.len());
        let most = format::usd_per_month(most);
        format!("{can} can run it, {cannot} cannot. All bars on one scale, the longest {most}")
    } else {
        "Of the design before the last change".to_owned()
    };
    ui.label(caption(look.theme, text));
}

/// A part of the tab, which never makes the drawer grow.
fn part_ui(ui: &mut Ui, rect: Rect, content: impl FnOnce(&mut Ui)) {
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(rect));
    child.set_clip_rect(rect.expand(2.0).intersect(ui.clip_rect()));
    content(&mut child);
}

/// Room for the columns, which are so high, and for the causes; these go where
/// space is too short.
fn split(whole: Rect, height: f32) -> (Rect, Option<Rect>) {
    let gap = 16.0;
    if whole.width() >= WIDE {
        let (left, right) = whole.split_left_right_at_x(whole.right() - ASIDE);
        return (left.with_max_x(left.right() - gap), Some(right));
    }
    if whole.height() < 2.2 * BELOW {
        return (whole, None);
    }
    let below = (whole.height() - height - gap).max(BELOW);
    let (top, bottom) = whole.split_top_bottom_at_y(whole.bottom() - below);
    (top.with_max_y(top.bottom() - 6.0), Some(bottom))
}

/// The provider whose difference is explained: pointed at last, else shown,
/// else the best alternative.
fn explained<'a>(look: Look<'_>, all: &'a Comparison, state: &Compare) -> Option<&'a Column> {
    let find = |id: &ProviderId| {
        let mut others = all
            .providers
            .iter()
            .filter(|column| column.provider != all.home);
        others.find(|column| column.provider == *id)
    };
    let picked = state.picked.as_ref().and_then(find);
    picked
        .or_else(|| find(look.workspace.provider()))
        .or_else(|| {
            all.providers
                .iter()
                .find(|column| column.provider != all.home)
        })
}

fn columns_ui(
    ui: &mut Ui,
    look: Look<'_>,
    view: &mut View,
    comparison: &Comparison,
    state: &mut Compare,
    asked: &mut Asked,
) {
    // Bars stay in sight, since nothing else tells of columns further right.
    ui.spacing_mut().scroll.dormant_handle_opacity = 0.4;
    let area = ScrollArea::both().id_salt("compare").auto_shrink(false);
    let room = ui.available_size() - vec2(0.0, 8.0);
    area.show_viewport(ui, |ui, viewport| {
        let mut grid = Grid::of(comparison, room);
        let others = Others::of(ui, look, &comparison.excluded, grid.column * 1.5);
        let end = grid.left_of(comparison.providers.len());
        let size = vec2(
            end + grid::PAD + others.width(),
            grid.height().max(others.height()),
        );
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        grid.origin = rect.min;
        for (index, column) in comparison.providers.iter().enumerate() {
            let shown = column::Shown {
                grid: &grid,
                column,
                index,
                is_home: column.provider == comparison.home,
            };
            let touch = column::column_ui(ui, look, &shown, view);
            if touch.is_pointed_at {
                state.picked = Some(column.provider.clone());
            }
            if touch.is_clicked && column.provider != *look.workspace.provider() {
                asked.act(Action::ShowProvider(column.provider.clone()));
            }
        }
        others.show_ui(ui, rect.min + vec2(end + grid::PAD, 0.0));
        labels::labels_ui(ui, look, &grid, rect.left() + viewport.left(), view);
    });
}
