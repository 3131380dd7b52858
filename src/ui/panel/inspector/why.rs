//! Why a node is slow and why it costs what it costs: the causes, largest
//! first, each as a number, a bar and words.
//!
//! Causes of latency are stages that a trigger waits for; causes of cost are
//! lines of the bill. What would change them are the remedies of findings,
//! whose effects were measured. All three become rows of one kind, so another
//! source of causes is another function that makes rows.

use egui::{RichText, Sense, Ui, vec2};

use super::super::{Asked, Look, caption, empty_ui, problems, section_ui};
use crate::design::NodeId;
use crate::format;
use crate::report::{Backlog, CostLine, NodeReport, TriggerReport};
use crate::ui::theme::Theme;
use crate::ui::view::{Fit, View};

/// Causes beyond so many are summed up in one row.
const SHOWN: usize = 8;

/// A cause with its part of the whole.
struct Cause {
    /// In a few words.
    text: String,
    /// More about it.
    hint: String,
    /// Its part, as it reads.
    value: String,
    /// Its share of the whole.
    share: f64,
    /// Where it is, if elsewhere.
    node: Option<NodeId>,
}

/// Shows the causes behind a node's numbers.
pub fn why_ui(ui: &mut Ui, look: Look<'_>, id: &NodeId, view: &mut View, asked: &mut Asked) {
    let report = look.workspace.report();
    let Some(node) = report.nodes.get(id) else {
        empty_ui(ui, look.theme, "Nothing was computed for this node.");
        return;
    };
    ui.spacing_mut().item_spacing.y = 4.0;
    let trigger = report.triggers.iter().find(|trigger| trigger.node == *id);
    if let Some(trigger) = trigger {
        trigger_ui(ui, look, trigger, view);
    } else {
        node_ui(ui, look, id, node, view);
    }
    cost_ui(ui, look, id, view);
    levers_ui(ui, look, id, trigger.is_some(), view, asked);
}

/// What a trigger waits for.
fn trigger_ui(ui: &mut Ui, look: Look<'_>, trigger: &TriggerReport, view: &mut View) {
    let theme = look.theme;
    let mean = format::millis(trigger.mean.value);
    section_ui(ui, theme, &format!("Response time, mean {mean}"));
    let causes = stages(look, trigger);
    if causes.is_empty() {
        ui.label(caption(theme, "Nothing is waited for."));
    }
    rows_ui(ui, theme, &causes, view);
    let tail = trigger.p99.value - trigger.mean.value;
    let words = format!(
        "p99 {}: {} above the mean.",
        format::millis(trigger.p99.value),
        format::millis(tail.max(0.0)),
    );
    ui.add(egui::Label::new(caption(theme, words)).wrap());
    odds_ui(ui, theme, trigger.cold_start.value, trigger.throttle.value);
    causes_ui(ui, look, trigger, view);
}

/// What would be gained at p99 without each cause alone, largest first.
fn causes_ui(ui: &mut Ui, look: Look<'_>, trigger: &TriggerReport, view: &mut View) {
    if trigger.causes.is_empty() {
        return;
    }
    let p99 = trigger.p99.value;
    let title = format!("Why p99 is {}", format::millis(p99));
    section_ui(ui, look.theme, &title);
    let label = |node: &NodeId| {
        let found = look.workspace.report().nodes.get(node);
        found.map_or_else(|| node.to_string(), |found| found.label.clone())
    };
    let rows: Vec<Cause> = trigger
        .causes
        .iter()
        .map(|cause| Cause {
            text: match (cause.kind, &cause.node) {
                ("time", Some(node)) => format!("{}, altogether", label(node)),
                ("tail", Some(node)) => format!("{}, beyond its median", label(node)),
                ("cold-starts", _) => "Cold starts".to_owned(),
                ("retries", _) => "Retries".to_owned(),
                _ => "Shared processors".to_owned(),
            },
            hint: cause.text.clone(),
            value: format!("−{}", format::millis(cause.p99_ms.max(0.0))),
            share: cause.p99_ms.max(0.0) / p99.max(f64::MIN_POSITIVE),
            node: cause.node.clone(),
        })
        .collect();
    rows_ui(ui, look.theme, &rows, view);
    let words = "What p99 would lose without each alone; effects need not add up.";
    ui.add(egui::Label::new(caption(look.theme, words)).wrap());
}

/// The stages of a trigger, largest first.
fn stages(look: Look<'_>, trigger: &TriggerReport) -> Vec<Cause> {
    let mut stages: Vec<_> = trigger.stages.iter().collect();
    stages.sort_by(|a, b| b.own_mean.total_cmp(&a.own_mean));
    let causes = stages.into_iter().map(|stage| {
        let node = look.workspace.report().nodes.get(&stage.node);
        let is_self = stage.node == trigger.node;
        let title = node.map_or(stage.node.as_str(), |node| &node.label);
        let cold = node.and_then(|node| node.cold_start.as_ref());
        let cold = cold.filter(|cold| cold.value > 0.0);
        let hint = cold.map_or_else(String::new, |cold| {
            format!(
                "{} of its requests start an instance.",
                format::percent(cold.value)
            )
        });
        Cause {
            text: if is_self {
                "Round trip".to_owned()
            } else {
                title.to_owned()
            },
            hint,
            value: format::millis(stage.own_mean),
            share: stage.share,
            node: (!is_self).then(|| stage.node.clone()),
        }
    });
    causes.collect()
}

/// How a node's own time and that of what it calls make up its response, and
/// who waits for it.
fn node_ui(ui: &mut Ui, look: Look<'_>, id: &NodeId, node: &NodeReport, view: &mut View) {
    let theme = look.theme;
    let report = look.workspace.report();
    let waiting = report.triggers.iter().filter_map(|trigger| {
        let stage = trigger.stages.iter().find(|stage| stage.node == *id)?;
        Some((trigger, stage))
    });
    let waiting: Vec<_> = waiting.collect();
    if let (Some(mean), Some((_, stage))) = (&node.mean, waiting.first()) {
        let title = format!("Response time, mean {}", format::millis(mean.value));
        section_ui(ui, theme, &title);
        let own = stage.own_mean.clamp(0.0, mean.value.max(0.0));
        let rest = (mean.value - own).max(0.0);
        let part = |text: &str, value: f64, hint: &str| Cause {
            text: text.to_owned(),
            hint: hint.to_owned(),
            value: format::millis(value),
            share: value / mean.value.max(f64::MIN_POSITIVE),
            node: None,
        };
        let mut parts = vec![part("Itself", own, "Work, start and wait at this node.")];
        if rest > 0.005 * mean.value {
            parts.push(part("What it calls", rest, "Everything that it waits for."));
        }
        rows_ui(ui, theme, &parts, view);
    }
    if !waiting.is_empty() {
        section_ui(ui, theme, "Its part of what triggers wait for");
        let parts: Vec<Cause> = waiting
            .iter()
            .map(|(trigger, stage)| Cause {
                text: trigger.label.clone(),
                hint: format!("Of a mean of {}.", format::millis(trigger.mean.value)),
                value: format::millis(stage.own_mean),
                share: stage.share,
                node: Some(trigger.node.clone()),
            })
            .collect();
        rows_ui(ui, theme, &parts, view);
    } else if node.mean.is_some() {
        ui.label(caption(theme, "No trigger waits for it."));
    }
    let value = |figure: Option<&crate::report::Figure>| figure.map_or(0.0, |f| f.value);
    odds_ui(
        ui,
        theme,
        value(node.cold_start.as_ref()),
        value(node.throttle.as_ref()),
    );
    for refusal in &node.refusals {
        let text = RichText::new(&refusal.text).small().color(theme.danger);
        ui.add(egui::Label::new(text).wrap());
    }
    if let Some(backlog) = &node.backlog {
        backlog_ui(ui, theme, backlog);
    }
}

/// What waits, and what is lost while it waits.
fn backlog_ui(ui: &mut Ui, theme: &Theme, backlog: &Backlog) {
    section_ui(ui, theme, "What waits");
    let seconds = |value: f64| format::millis(value * 1_000.0);
    let mut words = format!(
        "At most {} wait, at most for {}.",
        format::count(backlog.deepest.value),
        seconds(backlog.longest.value)
    );
    if backlog.growth.value > 0.0 {
        words.push_str(&format!(
            " The backlog grows by {} without end.",
            format::rate_per_second(backlog.growth.value)
        ));
    } else if let Some(drained) = &backlog.drained {
        words.push_str(&format!(
            " Nothing waits any more {} after the start.",
            seconds(drained.value)
        ));
    }
    ui.add(egui::Label::new(caption(theme, words)).wrap());
    if let Some(lost) = &backlog.dead_letters {
        let text = format!(
            "{} valid messages a month end in the dead-letter queue, {} after they were first received: {}.",
            format::count(lost.lost.value),
            seconds(lost.after.value),
            lost.lost.formula
        );
        let text = RichText::new(text).small().color(theme.danger);
        ui.add(egui::Label::new(text).wrap());
    }
}

/// How often an instance has to start, and how often there is none.
fn odds_ui(ui: &mut Ui, theme: &Theme, cold: f64, refused: f64) {
    if cold > 0.0 {
        let text = format!(
            "{} of requests wait for an instance to start.",
            format::percent(cold)
        );
        ui.add(egui::Label::new(caption(theme, text)).wrap());
    }
    if refused > 0.0 {
        let text = format!(
            "{} are refused for want of capacity.",
            format::percent(refused)
        );
        let text = RichText::new(text).small().color(theme.danger);
        ui.add(egui::Label::new(text).wrap());
    }
}

/// The lines of the bill that the node causes, largest first.
fn cost_ui(ui: &mut Ui, look: Look<'_>, id: &NodeId, view: &mut View) {
    let lines = look.workspace.report().cost.lines.iter();
    let mut lines: Vec<&CostLine> = lines
        .filter(|line| line.node == *id && line.cost.value > 0.0)
        .collect();
    if lines.is_empty() {
        return;
    }
    lines.sort_by(|a, b| b.cost.value.total_cmp(&a.cost.value));
    let total: f64 = lines.iter().map(|line| line.cost.value).sum();
    let title = format!("Cost, {}", format::usd_per_month(total));
    section_ui(ui, look.theme, &title);
    let causes: Vec<Cause> = lines
        .iter()
        .map(|line| Cause {
            text: line.name.clone(),
            hint: format!("{}\n{}", line.service_name, line.cost.formula),
            value: format::usd(line.cost.value),
            share: line.cost.value / total,
            node: None,
        })
        .collect();
    rows_ui(ui, look.theme, &causes, view);
}

/// Remedies of findings at this node, for a trigger those of all its stages,
/// with what they were measured to change.
fn levers_ui(
    ui: &mut Ui,
    look: Look<'_>,
    id: &NodeId,
    is_trigger: bool,
    view: &mut View,
    asked: &mut Asked,
) {
    let workspace = look.workspace;
    let Some(findings) = workspace.findings() else {
        return;
    };
    let mut triggers = workspace.report().triggers.iter();
    let stages = triggers.find(|trigger| trigger.node == *id);
    let on_path = |node: &NodeId| {
        stages.is_some_and(|trigger| trigger.stages.iter().any(|stage| stage.node == *node))
    };
    let mut levers: Vec<_> = findings
        .iter()
        .filter(|finding| finding.ignored.is_none())
        .filter(|finding| {
            let node = finding.problem.node.as_ref();
            node.is_some_and(|node| node == id || (is_trigger && on_path(node)))
        })
        .filter_map(|finding| Some((finding, finding.effect?, finding.problem.fix.as_ref()?)))
        .collect();
    levers.sort_by(|(_, a, _), (_, b, _)| a.usd.total_cmp(&b.usd).then(a.p99.total_cmp(&b.p99)));
    if levers.is_empty() {
        return;
    }
    section_ui(ui, look.theme, "Levers");
    for (finding, effect, fix) in levers.into_iter().take(SHOWN) {
        ui.add(egui::Label::new(&fix.label).wrap());
        ui.add(egui::Label::new(caption(look.theme, problems::effect_words(&effect))).wrap());
        ui.horizontal(|ui| {
            let is_current = workspace.findings_are_current();
            let button = ui.add_enabled(is_current, egui::Button::new("Apply").small());
            let label = format!("Apply: {}", fix.label);
            button.widget_info(|| {
                egui::WidgetInfo::labeled(egui::WidgetType::Button, is_current, &label)
            });
            if button.on_hover_text(&finding.problem.what).clicked() {
                asked.edit(fix.commands.clone());
            }
            let elsewhere = finding.problem.node.as_ref().filter(|node| *node != id);
            if let Some(node) = elsewhere
                && ui
                    .small_button("Show")
                    .on_hover_text("Select the node.")
                    .clicked()
            {
                view.selection.only_node(node.clone());
                view.fit = Some(Fit::Reveal);
            }
        });
    }
}

fn rows_ui(ui: &mut Ui, theme: &Theme, causes: &[Cause], view: &mut View) {
    for cause in causes.iter().take(SHOWN) {
        row_ui(ui, theme, cause, view);
    }
    if let Some(rest) = causes.get(SHOWN..).filter(|rest| !rest.is_empty()) {
        let share: f64 = rest.iter().map(|cause| cause.share).sum();
        let text = format!("and {} more, {}", rest.len(), format::percent(share));
        ui.label(caption(theme, text));
    }
}

/// Name and part above a bar as long as the share.
fn row_ui(ui: &mut Ui, theme: &Theme, cause: &Cause, view: &mut View) {
    let sense = if cause.node.is_some() {
        Sense::click()
    } else {
        Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 26.0), sense);
    let label = format!(
        "{}: {}, {}",
        cause.text,
        cause.value,
        format::percent(cause.share)
    );
    let kind = if cause.node.is_some() {
        egui::WidgetType::Link
    } else {
        egui::WidgetType::Label
    };
    response.widget_info(|| egui::WidgetInfo::labeled(kind, true, &label));
    if response.hovered() || response.has_focus() {
        ui.painter()
            .rect_filled(rect.expand2(vec2(4.0, 0.0)), 4.0, theme.raised);
    }
    let body = egui::TextStyle::Body.resolve(ui.style());
    let value = ui
        .painter()
        .layout_no_wrap(cause.value.clone(), body.clone(), theme.text);
    let room = rect.width() - value.size().x - 12.0;
    let ink = if cause.node.is_some() {
        theme.accent
    } else {
        theme.muted
    };
    let mut job = egui::text::LayoutJob::simple_singleline(cause.text.clone(), body, ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room);
    let name = ui.painter().layout_job(job);
    ui.painter().galley(rect.min + vec2(0.0, 1.0), name, ink);
    let at = rect.right_top() + vec2(-value.size().x, 1.0);
    ui.painter().galley(at, value, theme.text);
    let track = egui::Rect::from_min_max(
        rect.left_bottom() - vec2(0.0, 5.0),
        rect.right_bottom() - vec2(0.0, 2.0),
    );
    ui.painter().rect_filled(track, 1.5, theme.raised);
    let share = cause.share.clamp(0.0, 1.0);
    let mut bar = track;
    bar.set_width(track.width() * share as f32);
    ui.painter()
        .rect_filled(bar, 1.5, theme.ramp(0.35 + 0.5 * share));
    let response = if cause.hint.is_empty() {
        response.on_hover_text(&label)
    } else {
        response.on_hover_text(format!("{label}\n{}", cause.hint))
    };
    if let Some(node) = cause.node.as_ref().filter(|_| response.clicked()) {
        view.selection.only_node(node.clone());
        view.fit = Some(Fit::Reveal);
    }
}
