//! Arm or x86?

use super::{Ask, Card, Matter, Proposal};
use crate::advice::trial::set;
use crate::design::settings::Architecture;
use crate::design::{Settings, Value};

pub(super) const CARD: Card = Card {
    id: "arm",
    title: "Arm or x86?",
    ask,
};

fn ask<'a>(ask: &Ask<'a>) -> Vec<Matter<'a>> {
    let nodes = ask.nodes().filter_map(|(id, node, _, service)| {
        let now = match &node.settings {
            Settings::Function(function) => function.architecture(),
            Settings::Container(container) => container.architecture(),
            _ => return None,
        };
        // A machine is what it is; only its pin can change that.
        if !service.features.contains("arm") || service.features.contains("vm") {
            return None;
        }
        let (other, lost) = match now {
            Architecture::X86 => (
                Architecture::Arm,
                "native dependencies that are not built for Arm",
            ),
            Architecture::Arm => (
                Architecture::X86,
                "native dependencies that are not built for x86",
            ),
        };
        let value = Value::Choice(other.text().to_owned());
        Some(Matter {
            node: id.clone(),
            current: now.text().to_owned(),
            proposals: vec![Proposal {
                label: other.text().to_owned(),
                lost: vec![lost.to_owned()],
                commands: vec![set(id, "architecture", value)],
                ..Proposal::default()
            }],
            yardstick: None,
        })
    });
    nodes.collect()
}
