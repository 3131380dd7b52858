//! One link: how it carries, and the settings that this uses.

use egui::Ui;

use super::super::{Asked, Look, caption, section_ui};
use super::form::{Owner, folded_ui};
use super::scroll_ui;
use crate::design::{Command, Link, LinkId, LinkKind, Param, link};
use crate::format;
use crate::ui::figure::{figure_row_ui, value_row_ui};

/// Shows one link.
pub fn link_ui(ui: &mut Ui, look: Look<'_>, (id, link): (&LinkId, &Link), asked: &mut Asked) {
    let design = look.workspace.shown();
    let [from, to] = [&link.from, &link.to].map(|end| {
        design
            .nodes
            .get(end)
            .map_or(end.as_str(), |node| node.title(end))
    });
    ui.heading(format!("{from} to {to}"));
    ui.label(caption(look.theme, format!("Link, id {id}")));
    kind_ui(ui, look, (id, link), asked);
    ui.separator();
    scroll_ui(ui, ("link", id), |ui| {
        let keys = keys(link.kind);
        let is_first = |param: &Param| keys.contains(&param.key);
        folded_ui(ui, look, Owner::link(id, link), is_first, asked);
        if let Some(report) = look.workspace.report().links.get(id) {
            section_ui(ui, look.theme, "Load");
            figure_row_ui(
                ui,
                look.theme,
                "Rate, retries included",
                &report.rate,
                format::rate_per_second,
            );
            let attempts = format::significant(report.attempts, 3);
            value_row_ui(ui, look.theme, "Attempts per use", &attempts, |_| {});
        }
    });
}

fn kind_ui(ui: &mut Ui, look: Look<'_>, (id, link): (&LinkId, &Link), asked: &mut Asked) {
    let design = look.workspace.shown();
    let kind_of = |end| design.nodes.get(end).map(crate::design::Node::archetype);
    let (Some(from), Some(to)) = (kind_of(&link.from), kind_of(&link.to)) else {
        return;
    };
    ui.horizontal(|ui| {
        let label = ui.label(caption(look.theme, "Kind"));
        let combo = egui::ComboBox::from_id_salt("kind").width(ui.available_width());
        let response = combo.selected_text(link.kind.label()).show_ui(ui, |ui| {
            for kind in link::proposals(from, to) {
                let row = ui.selectable_label(kind == link.kind, kind.label());
                if row.on_hover_text(meaning(kind)).clicked() && kind != link.kind {
                    asked.edit(vec![Command::SetLinkKind {
                        id: id.clone(),
                        kind,
                    }]);
                }
            }
        });
        let _ = response
            .response
            .labelled_by(label.id)
            .on_hover_text(meaning(link.kind));
    });
}

fn meaning(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Request => "The caller waits for the reply.",
        LinkKind::Invoke => "The caller waits until the invocation is accepted.",
        LinkKind::Publish => "The caller waits until the message is accepted.",
        LinkKind::Deliver => "The sender pushes and retries.",
        LinkKind::Poll => "The receiver fetches batches.",
        LinkKind::Notify => "A store reports a change.",
        LinkKind::Read => "A store is read; the caller waits.",
        LinkKind::Write => "A store is written; the caller waits.",
        LinkKind::Step => "A workflow runs a step.",
        LinkKind::DeadLetter => "What could not be handled goes here.",
    }
}

/// The settings that a kind uses.
fn keys(kind: LinkKind) -> &'static [&'static str] {
    match kind {
        LinkKind::Request | LinkKind::Step | LinkKind::Read | LinkKind::Write => &[
            "count",
            "count_law",
            "misses_of",
            "stage",
            "payload",
            "response",
            "retries",
            "backoff",
            "timeout",
        ],
        LinkKind::Invoke | LinkKind::Publish => &[
            "count",
            "count_law",
            "stage",
            "payload",
            "retries",
            "backoff",
        ],
        LinkKind::Deliver | LinkKind::Notify => &["count", "payload", "filtered", "retries"],
        LinkKind::Poll => &[
            "payload",
            "batch_size",
            "batch_window",
            "maximum_concurrency",
            "partial_failures",
            "parallelisation",
            "filtered",
        ],
        LinkKind::DeadLetter => &["payload"],
    }
}
