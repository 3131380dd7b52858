//! The bottom drawer: charts, the comparison and the bill.
//!
//! A chart is turned into shapes once and replayed until report, size or
//! theme change, so that frames in which nothing happens cost nothing.

use std::cell::OnceCell;
use std::sync::Arc;

use egui::{Align, Galley, Layout, Rect, Sense, Shape, Stroke, Ui, Vec2, pos2, vec2};

use super::{Asked, Look, caption, compare, lines, muted, table, tabs_ui};
use crate::advice::memory::MemorySweep;
use crate::advice::pareto::Front;
use crate::advice::sweep::TrafficSweep;
use crate::advice::uncertainty::Uncertainty;
use crate::catalog::Archetype;
use crate::design::{Design, NodeId};
use crate::report::Report;
use crate::ui::baked::baked;
use crate::ui::chart::{CHARTS, ChartKind, Picture, Placement, Subject, Table};
use crate::ui::theme::Theme;
use crate::ui::view::{DrawerTab, View};
use crate::workspace::studies::Answer;

const TABS: &[(DrawerTab, &str)] = &[
    (DrawerTab::Cost, "Cost"),
    (DrawerTab::Latency, "Latency"),
    (DrawerTab::Load, "Load"),
    (DrawerTab::Sweep, "Sweep"),
    (DrawerTab::Risk, "Risk"),
    (DrawerTab::Compare, "Compare"),
    (DrawerTab::Lines, "Lines"),
];

/// Charts are not stretched beyond this width; wide windows show more at once.
const WIDEST: f32 = 1_100.0;

/// Charts narrower than this say little; those that do not fit wait.
const LEAST: f32 = 300.0;

/// What the drawer remembers.
#[derive(Default)]
pub struct Drawer {
    trigger: Option<NodeId>,
    node: Option<NodeId>,
    drawn: Vec<Drawn>,
    compare: compare::Compare,
    /// The chart that is shown first where not all fit.
    first: Option<&'static str>,
    /// Charts are shown in numbers.
    in_numbers: bool,
}

/// A chart as it was drawn, and for what.
struct Drawn {
    name: &'static str,
    key: Key,
    content: Result<Finished, String>,
}

struct Finished {
    table: OnceCell<Table>,
    picture: Box<dyn Picture>,
    shapes: Vec<Shape>,
    placements: Vec<Placement>,
}

/// Whatever a chart's shapes depend on. The pointers are kept alive, so that
/// an equal address means the same report.
#[derive(Clone)]
struct Key {
    design: Arc<Design>,
    report: Arc<Report>,
    sweep: Option<Arc<TrafficSweep>>,
    sizes: Option<Arc<Answer<MemorySweep>>>,
    uncertainty: Option<Arc<Uncertainty>>,
    front: Option<Arc<Answer<Front>>>,
    rect: Rect,
    is_dark: bool,
    pixels_per_point: f32,
    picked: (Option<NodeId>, Option<NodeId>),
    /// Texts point into the font atlas. It is made anew together with all
    /// laid out texts, so a text that is still the same proves it the same.
    atlas: Arc<Galley>,
}

impl Key {
    fn holds(&self, now: &Self) -> bool {
        Arc::ptr_eq(&self.report, &now.report)
            && Arc::ptr_eq(&self.design, &now.design)
            && is_same(self.sweep.as_ref(), now.sweep.as_ref())
            && is_same(self.sizes.as_ref(), now.sizes.as_ref())
            && is_same(self.uncertainty.as_ref(), now.uncertainty.as_ref())
            && is_same(self.front.as_ref(), now.front.as_ref())
            && self.rect == now.rect
            && self.is_dark == now.is_dark
            && self.pixels_per_point == now.pixels_per_point
            && self.picked == now.picked
            && Arc::ptr_eq(&self.atlas, &now.atlas)
    }
}

fn is_same<T>(one: Option<&Arc<T>>, other: Option<&Arc<T>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    }
}

/// Shows the drawer.
pub fn drawer_ui(
    ui: &mut Ui,
    look: Look<'_>,
    view: &mut View,
    drawer: &mut Drawer,
    asked: &mut Asked,
) {
    // The drawer is as high as it was made, whatever is in it.
    ui.expand_to_include_rect(ui.available_rect_before_wrap());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        tabs_ui(ui, look.theme, &mut view.drawer_tab, TABS);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            picker_ui(ui, look, view, drawer);
        });
    });
    ui.add_space(2.0);
    match view.drawer_tab {
        DrawerTab::Lines => lines::lines_ui(ui, look, view),
        DrawerTab::Compare => {
            compare::compare_ui(ui, look, view, &mut drawer.compare, asked);
        }
        tab => tab_ui(ui, look, drawer, tab),
    }
}

/// The charts of a tab.
fn tab_ui(ui: &mut Ui, look: Look<'_>, drawer: &mut Drawer, tab: DrawerTab) {
    let charts = CHARTS.iter().copied().filter(|chart| chart.tab() == tab);
    let charts: Vec<_> = charts.collect();
    charts_ui(ui, look, drawer, &charts);
}

/// The chooser of the trigger or node, where a chart shows one of several.
fn picker_ui(ui: &mut Ui, look: Look<'_>, view: &mut View, drawer: &mut Drawer) {
    let report = look.workspace.report();
    let subject = drawer.subject(look, view);
    match view.drawer_tab {
        DrawerTab::Latency if report.triggers.len() > 1 => {
            let all = report.triggers.iter().map(|t| (&t.node, t.label.as_str()));
            let now = subject.trigger().map(|trigger| &trigger.node);
            if let Some(id) = choice_ui(ui, "Trigger", now, all) {
                drawer.trigger = Some(id);
            }
        }
        DrawerTab::Load => {
            let with_profile = report
                .nodes
                .iter()
                .filter(|(_, node)| !node.profile.is_empty());
            let all = with_profile.map(|(id, node)| (id, node.label.as_str()));
            let now = subject.node().map(|(id, _)| id);
            if let Some(id) = choice_ui(ui, "Node", now, all) {
                // What is picked is also selected, so that the two agree.
                view.selection.only_node(id.clone());
                drawer.node = Some(id);
            }
        }
        DrawerTab::Compare => compare::scale_ui(ui, look),
        _ => {}
    }
    numbers_ui(ui, look, view, drawer);
}

/// The choice between charts and their numbers.
fn numbers_ui(ui: &mut Ui, look: Look<'_>, view: &View, drawer: &mut Drawer) {
    if !CHARTS.iter().any(|chart| chart.tab() == view.drawer_tab) {
        return;
    }
    let text = caption(look.theme, "Numbers").color(look.theme.text);
    let is_chosen = drawer.in_numbers;
    let button = egui::Button::new(text).small().selected(is_chosen);
    let response = ui.add(button);
    response.widget_info(|| {
        let label = "Charts as tables";
        egui::WidgetInfo::selected(egui::WidgetType::Checkbox, true, is_chosen, label)
    });
    let hint = "Show what the charts show as tables of numbers.";
    if response.on_hover_text(hint).clicked() {
        drawer.in_numbers = !is_chosen;
    }
}

fn choice_ui<'a>(
    ui: &mut Ui,
    title: &str,
    now: Option<&NodeId>,
    all: impl Iterator<Item = (&'a NodeId, &'a str)>,
) -> Option<NodeId> {
    let all: Vec<_> = all.collect();
    let shown = all
        .iter()
        .find(|(id, _)| Some(*id) == now)
        .map_or("none", |(_, label)| label);
    let mut chosen = None;
    let combo = egui::ComboBox::from_id_salt(title)
        .selected_text(shown)
        .truncate();
    let response = combo.show_ui(ui, |ui| {
        for (id, label) in &all {
            if ui.selectable_label(Some(*id) == now, *label).clicked() {
                chosen = Some((*id).clone());
            }
        }
    });
    ui.ctx()
        .accesskit_node_builder(response.response.id, |node| node.set_label(title));
    chosen
}

fn charts_ui(ui: &mut Ui, look: Look<'_>, drawer: &mut Drawer, charts: &[&'static dyn ChartKind]) {
    let gap = 24.0;
    let fits = ((ui.available_width() + gap) / (LEAST + gap)) as usize;
    let charts = &chosen_ui(ui, look, drawer, charts, fits.max(1));
    #[expect(clippy::cast_precision_loss, reason = "a handful of charts")]
    let count = charts.len().max(1) as f32;
    let room = ui.available_size();
    let width = ((room.x - gap * (count - 1.0)) / count).min(WIDEST);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for chart in charts {
            ui.allocate_ui(vec2(width, room.y), |ui| {
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 4.0;
                    if chart.is_old(look.workspace) {
                        let text = format!("{}, before the last change", chart.title());
                        ui.label(caption(look.theme, text).color(look.theme.warn));
                    } else {
                        ui.label(caption(look.theme, chart.title()));
                    }
                    chart_ui(
                        ui,
                        look,
                        drawer,
                        *chart,
                        vec2(width, ui.available_height() - 2.0),
                    );
                });
            });
        }
    });
}

/// Where not all charts fit: which of them is shown first.
fn chosen_ui(
    ui: &mut Ui,
    look: Look<'_>,
    drawer: &mut Drawer,
    charts: &[&'static dyn ChartKind],
    fits: usize,
) -> Vec<&'static dyn ChartKind> {
    if charts.len() <= fits {
        return charts.to_vec();
    }
    let first = charts
        .iter()
        .position(|chart| Some(chart.name()) == drawer.first);
    let mut first = first.unwrap_or(0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.spacing_mut().interact_size.y = 18.0;
        for (index, chart) in charts.iter().enumerate() {
            let is_shown = (index + charts.len() - first) % charts.len() < fits;
            let ink = if is_shown {
                look.theme.text
            } else {
                look.theme.muted
            };
            let text = caption(look.theme, chart.title()).color(ink);
            let button = egui::Button::new(text).small().selected(is_shown);
            if ui.add(button).on_hover_text("Show this chart.").clicked() {
                drawer.first = Some(chart.name());
                first = index;
            }
        }
    });
    let turned = charts.iter().cycle().skip(first).take(fits);
    turned.copied().collect()
}

fn chart_ui(ui: &mut Ui, look: Look<'_>, drawer: &mut Drawer, chart: &dyn ChartKind, size: Vec2) {
    let (rect, response) = ui.allocate_exact_size(size.max(Vec2::splat(8.0)), Sense::hover());
    let in_numbers = drawer.in_numbers;
    let drawn = drawer.drawn(ui.ctx(), look, chart, rect);
    match &drawn.content {
        Err(missing) => {
            ui.put(rect, egui::Label::new(muted(look.theme, missing)).wrap());
        }
        Ok(finished) if in_numbers => {
            let table = finished.table.get_or_init(|| finished.picture.table());
            let builder = egui::UiBuilder::new().max_rect(rect);
            ui.scope_builder(builder, |ui| {
                table::table_ui(ui, look.theme, chart.name(), table);
            });
        }
        Ok(finished) => {
            response.widget_info(|| {
                let words = finished.picture.description();
                egui::WidgetInfo::labeled(egui::WidgetType::Image, true, words)
            });
            ui.painter()
                .with_clip_rect(rect.expand(2.0))
                .extend(finished.shapes.iter().cloned());
            reading_ui(ui, look.theme, &response, finished);
        }
    }
}

/// A line at the pointer, and what the chart says there.
fn reading_ui(ui: &Ui, theme: &Theme, response: &egui::Response, finished: &Finished) {
    let Some(pointer) = response.hover_pos() else {
        return;
    };
    let here = finished
        .placements
        .iter()
        .find_map(|place| Some((place, place.values_at(pointer)?)));
    let Some((place, values)) = here else {
        return;
    };
    let text = finished.picture.reading(values);
    if text.is_empty() {
        return;
    }
    let (painter, rect) = (ui.painter(), place.rect);
    painter.vline(pointer.x, rect.y_range(), Stroke::new(1.0, theme.muted));
    let font = egui::TextStyle::Small.resolve(ui.style());
    let galley = painter.layout_no_wrap(text, font, theme.text);
    let left = (pointer.x + 8.0)
        .min(rect.right() - galley.size().x - 6.0)
        .max(rect.left());
    let corner = pos2(left, rect.top() + 4.0);
    let ground = Rect::from_min_size(corner, galley.size()).expand2(vec2(6.0, 3.0));
    painter.rect(
        ground,
        4.0,
        theme.raised,
        Stroke::new(1.0, theme.border),
        egui::StrokeKind::Inside,
    );
    painter.galley(corner, galley, theme.text);
}

impl Drawer {
    fn subject<'a>(&'a self, look: Look<'a>, view: &'a View) -> Subject<'a> {
        let selected = view.selection.nodes.iter().next();
        let picked = selected.filter(|_| view.selection.nodes.len() == 1);
        Subject {
            design: look.workspace.shown(),
            report: look.workspace.report(),
            sweep: look.workspace.sweep().map(Arc::as_ref),
            sizes: look.workspace.studies().memory.answer().map(Arc::as_ref),
            uncertainty: look
                .workspace
                .studies()
                .uncertainty
                .answer()
                .map(Arc::as_ref),
            front: look.workspace.studies().front.answer().map(Arc::as_ref),
            trigger: self.trigger.as_ref(),
            node: picked.or(self.node.as_ref()),
        }
    }

    /// The function whose sizes are shown: the selected one, or else the
    /// dearest.
    pub fn function(&self, look: Look<'_>) -> Option<NodeId> {
        let report = look.workspace.report();
        let is_function = |id: &&NodeId| {
            let node = report.nodes.get(*id);
            node.is_some_and(|node| node.archetype == Archetype::Function)
        };
        let picked = self.node.as_ref().filter(is_function);
        let dearest = || {
            let functions = report.nodes.keys().filter(is_function);
            functions.max_by(|a, b| {
                let cost = |id: &NodeId| report.nodes.get(id).map_or(0.0, |node| node.cost.value);
                cost(a).total_cmp(&cost(b))
            })
        };
        picked.or_else(dearest).cloned()
    }

    /// Follows the selection: its node is the one that charts show.
    pub fn follow(&mut self, view: &View) {
        let mut nodes = view.selection.nodes.iter();
        if let (Some(id), None) = (nodes.next(), nodes.next()) {
            if self.node.as_ref() != Some(id) {
                self.node = Some(id.clone());
            }
            if self.trigger.as_ref() != Some(id) {
                self.trigger = Some(id.clone());
            }
        }
    }

    fn drawn(
        &mut self,
        ctx: &egui::Context,
        look: Look<'_>,
        chart: &dyn ChartKind,
        rect: Rect,
    ) -> &Drawn {
        let key = Key {
            design: Arc::clone(look.workspace.shown()),
            report: Arc::clone(look.workspace.report()),
            sweep: look.workspace.sweep().cloned(),
            sizes: look.workspace.studies().memory.answer().cloned(),
            uncertainty: look.workspace.studies().uncertainty.answer().cloned(),
            front: look.workspace.studies().front.answer().cloned(),
            rect,
            is_dark: look.theme.is_dark,
            pixels_per_point: ctx.pixels_per_point(),
            picked: (self.trigger.clone(), self.node.clone()),
            atlas: ctx.fonts_mut(|fonts| {
                let font = egui::FontId::proportional(11.0);
                fonts.layout_no_wrap("atlas".to_owned(), font, look.theme.text)
            }),
        };
        let name = chart.name();
        let kept = self.drawn.iter().position(|drawn| drawn.name == name);
        let at = match kept {
            Some(at)
                if self
                    .drawn
                    .get(at)
                    .is_some_and(|drawn| drawn.key.holds(&key)) =>
            {
                at
            }
            kept => {
                let subject = Subject {
                    design: &key.design,
                    report: &key.report,
                    sweep: key.sweep.as_deref(),
                    sizes: key.sizes.as_deref(),
                    uncertainty: key.uncertainty.as_deref(),
                    front: key.front.as_deref(),
                    trigger: self.trigger.as_ref(),
                    node: self.node.as_ref(),
                };
                let content = chart.picture(&subject).map(|picture| {
                    let (shapes, placements) = picture.shapes(ctx, look.theme, rect);
                    Finished {
                        table: OnceCell::new(),
                        picture,
                        shapes: baked(ctx, shapes),
                        placements,
                    }
                });
                if let Some(at) = kept {
                    self.drawn.remove(at);
                }
                self.drawn.push(Drawn { name, key, content });
                self.drawn.len() - 1
            }
        };
        &self.drawn[at]
    }
}
