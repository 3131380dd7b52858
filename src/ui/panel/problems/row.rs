//! One problem in the list: what, why, the remedy with its effect, and what
//! can be done about it.

use egui::{RichText, Ui};

use super::super::{Asked, Look, caption};
use super::list::{Group, Row, State, Trial, kept, show};
use super::{card, problem_ui};
use crate::advice::finding::Effect;
use crate::design::Command;
use crate::format;
use crate::ui::field::ENTRY;
use crate::ui::view::View;
use crate::workspace::Action;

/// Changes below this are none: half a cent, a tenth of a millisecond.
const LEAST: (f64, f64, f64) = (0.005, 0.1, 1e-5);

/// Shows a problem.
pub fn row_ui(
    ui: &mut Ui,
    look: Look<'_>,
    row: &Row<'_>,
    groups: &[Group<'_>],
    view: &mut View,
    state: &mut State,
    asked: &mut Asked,
) {
    let key = row.key();
    let theme = look.theme;
    let is_current = state.current.as_ref() == Some(&key);
    let edge = if is_current {
        theme.accent
    } else {
        theme.border
    };
    let shown = ui.scope(|ui| {
        card(ui, theme, edge, |ui| {
            problem_ui(ui, theme, row.problem, |ui| {
                if let Some(docs) = &row.problem.docs {
                    ui.add(egui::Label::new(caption(theme, docs)).wrap())
                        .on_hover_text("The provider's page that this rests on.");
                }
                remedy_ui(ui, look, row, state.trial.as_ref().filter(|t| t.key == key));
                if let Some(reason) = row.ignored {
                    ui.label(caption(theme, format!("Ignored: {reason}")));
                }
                buttons_ui(ui, look, (row, &key), groups, view, state, asked);
                reason_ui(ui, &key, state, asked);
            });
        });
    });
    if is_current && std::mem::take(&mut state.scrolls) {
        shown.response.scroll_to_me(Some(egui::Align::Center));
    }
}

/// What to do, and what that would change.
fn remedy_ui(ui: &mut Ui, look: Look<'_>, row: &Row<'_>, trial: Option<&Trial>) {
    let Some(fix) = &row.problem.fix else { return };
    ui.add(egui::Label::new(RichText::new(&fix.label).small()).wrap());
    let measured =
        trial.filter(|trial| trial.mended.is_some() && look.workspace.report_is_current());
    let effect = match measured {
        Some(trial) => Some(Effect::between(&trial.base, look.workspace.report())),
        None => row.effect,
    };
    let Some(effect) = effect else { return };
    let gains = effect.usd < -LEAST.0 || effect.p99 < -LEAST.1 || effect.throttle < -LEAST.2;
    let ink = if gains {
        look.theme.ok
    } else {
        look.theme.muted
    };
    let text = RichText::new(effect_words(&effect)).small().color(ink);
    ui.add(egui::Label::new(text).wrap()).on_hover_text(
        "The design with this remedy, analysed, less the design as it is: cost of the month, \
         p99 of the slowest trigger, highest share of refused requests.",
    );
}

/// What a remedy changes, in words.
pub fn effect_words(effect: &Effect) -> String {
    let change = |value: f64, least: f64, text: fn(f64) -> String, less: &str, more: &str| {
        let word = if value < 0.0 { less } else { more };
        (value.abs() > least).then(|| word.replace('#', &text(value.abs())))
    };
    let parts = [
        change(
            effect.usd,
            LEAST.0,
            format::usd_per_month,
            "saves #",
            "costs # more",
        ),
        change(
            effect.p99,
            LEAST.1,
            format::millis,
            "p99 # shorter",
            "p99 # longer",
        ),
        change(
            effect.throttle,
            LEAST.2,
            format::percent,
            "# fewer refused",
            "# more refused",
        ),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "changes neither cost nor p99".to_owned()
    } else {
        parts.join(", ")
    }
}

fn buttons_ui(
    ui: &mut Ui,
    look: Look<'_>,
    (row, key): (&Row<'_>, &str),
    groups: &[Group<'_>],
    view: &mut View,
    state: &mut State,
    asked: &mut Asked,
) {
    let fix = row.problem.fix.as_ref();
    let commands = fix.map(|fix| fix.commands.as_slice()).unwrap_or_default();
    let what = &row.problem.what;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        if !commands.is_empty() {
            fix_ui(ui, look, (key, what, commands), groups, state, asked);
        }
        let has_place = row.problem.node.is_some() || row.problem.link.is_some();
        let hint = "Select it and bring it into view.";
        if has_place && button_ui(ui, "Show", what, hint) {
            state.current = Some(key.to_owned());
            show(row.problem, view);
        }
        if row.ignored.is_some() {
            if button_ui(ui, "Mind again", what, "No longer ignore this.") {
                asked.edit(vec![Command::Ignore {
                    finding: key.to_owned(),
                    reason: None,
                }]);
            }
        } else if button_ui(
            ui,
            "Ignore…",
            what,
            "Live with this here, for a reason that is kept in the design file.",
        ) {
            state.ignoring = Some((key.to_owned(), String::new()));
        }
    });
}

/// Mend it, or see first what that would do.
fn fix_ui(
    ui: &mut Ui,
    look: Look<'_>,
    (key, what, commands): (&str, &str, &[Command]),
    groups: &[Group<'_>],
    state: &mut State,
    asked: &mut Asked,
) {
    let is_tried = state.trial.as_ref().is_some_and(|trial| trial.key == key);
    // The remedies of an earlier state may not fit the present one.
    let workspace = look.workspace;
    let is_current = workspace.report_is_current()
        && (workspace.findings().is_none() || workspace.findings_are_current());
    ui.add_enabled_ui(is_tried || is_current, |ui| {
        if button_ui(ui, "Fix", what, "Make this edit; it can be undone.") {
            state.trial = None;
            asked.edit(commands.to_vec());
        }
        let (word, hint) = if is_tried {
            ("End preview", "Back to the design as it is.")
        } else {
            (
                "Preview",
                "See the whole window with this edit, without making it.",
            )
        };
        if button_ui(ui, word, what, hint) {
            if is_tried {
                state.trial = None;
                asked.act(Action::EndPreview);
            } else {
                state.trial = Some(Trial {
                    key: key.to_owned(),
                    base: std::sync::Arc::clone(look.workspace.report()),
                    list: std::sync::Arc::new(kept(groups)),
                    mended: None,
                });
                asked.act(Action::Preview(commands.to_vec()));
            }
        }
    });
}

/// A small button that says what it is about to those who only hear it.
fn button_ui(ui: &mut Ui, word: &str, what: &str, hint: &str) -> bool {
    let response = ui.small_button(word);
    let is_enabled = ui.is_enabled();
    response.widget_info(|| {
        let label = format!("{word}: {what}");
        egui::WidgetInfo::labeled(egui::WidgetType::Button, is_enabled, label)
    });
    response.on_hover_text(hint).clicked()
}

/// Where the reason for ignoring a problem is written.
fn reason_ui(ui: &mut Ui, key: &str, state: &mut State, asked: &mut Asked) {
    let Some((about, reason)) = &mut state.ignoring else {
        return;
    };
    if about != key {
        return;
    }
    let field = egui::TextEdit::singleline(reason)
        .hint_text("Why is this acceptable?")
        .margin(ENTRY)
        .desired_width(f32::INFINITY);
    let response = ui.add(field);
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::WidgetType::TextEdit, true, "Reason for ignoring")
    });
    let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    let is_given = !reason.trim().is_empty();
    let (mut is_done, mut is_cancelled) = (is_entered && is_given, false);
    ui.horizontal(|ui| {
        let ignore = ui.add_enabled(is_given, egui::Button::new("Ignore here").small());
        is_done |= ignore
            .on_hover_text("Keep the reason in the design file, where a diff shows it.")
            .on_disabled_hover_text("Write a reason first.")
            .clicked();
        is_cancelled = ui.small_button("Cancel").clicked();
    });
    if is_done {
        asked.edit(vec![Command::Ignore {
            finding: key.to_owned(),
            reason: Some(reason.trim().to_owned()),
        }]);
    }
    if is_done || is_cancelled {
        state.ignoring = None;
    } else if !response.has_focus() && reason.is_empty() && !is_entered {
        response.request_focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_are_said_in_words() {
        #[track_caller]
        fn check(usd: f64, p99: f64, throttle: f64, expected: &str) {
            let effect = Effect { usd, p99, throttle };
            assert_eq!(effect_words(&effect), expected);
        }
        check(-3.2, 0.0, 0.0, "saves $3.20 /mo");
        check(1.0, -12.0, 0.0, "costs $1 /mo more, p99 12 ms shorter");
        check(0.0, 0.01, -0.25, "25 % fewer refused");
        check(0.0, 0.0, 0.0, "changes neither cost nor p99");
    }
}
