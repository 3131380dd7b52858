//! Much data sent to the internet without a cache in front.

use super::{Facts, Rule, Seen};
use crate::catalog::Archetype;
use crate::design::{Command, Link, LinkId, LinkKind, LinkSettings, Node, Settings};
use crate::format;
use crate::report::{Problem, Severity};

/// Cost of transfer that is worth a word [USD/month].
const MUCH: f64 = 5.0;
/// Answers from this size on are pictures and pages, which many people share;
/// smaller ones are data of one person [KB].
const LARGE: f64 = 20.0;

pub const RULE: Rule = Rule {
    code: "egress-cdn",
    title: "Much is sent to the internet without a cache in front",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.nodes() {
        let lines = facts.report.cost.lines.iter();
        let egress: f64 = lines
            .filter(|line| line.node == *seen.id && line.companion.as_deref() == Some("egress"))
            .map(|line| line.cost.value)
            .sum();
        if egress < MUCH {
            continue;
        }
        let asked: Vec<_> = facts
            .incoming(seen.id)
            .filter(|(_, link)| {
                matches!(link.kind, LinkKind::Request | LinkKind::Read)
                    && link.settings.response().0 >= LARGE
                    && facts
                        .node(&link.from)
                        .is_some_and(|from| from.kind() == Archetype::Trigger)
            })
            .collect();
        if asked.is_empty() {
            continue;
        }
        let Some(commands) = with_cdn(facts, seen, &asked) else {
            continue;
        };
        let Some(effect) = facts.effect(&commands).filter(|effect| effect.usd < -1.0) else {
            continue;
        };
        found.push(
            Problem::new(
                RULE.code,
                Severity::Hint,
                format!("{} sends {} a month worth of data to the internet.", seen.label(), format::usd(egress)),
                format!(
                    "With a cache at the edge that answers 85 % of the requests the month costs {} less, if that much of it is the same for many people.",
                    format::usd(-effect.usd)
                ),
            )
            .at(seen.id)
            .mended_by("Put a CDN in front", commands),
        );
    }
}

/// The requests of clients led through a cache.
fn with_cdn(
    facts: &Facts<'_>,
    seen: &Seen<'_>,
    asked: &[(&LinkId, &Link)],
) -> Option<Vec<Command>> {
    let (provider, _) = facts.place(seen);
    facts
        .catalog
        .services_of(&provider, Archetype::Cdn)
        .next()?;
    let id = facts.free_node(&format!("{}-cdn", seen.id));
    let mut cdn = Node::new(Settings::default_of(Archetype::Cdn));
    cdn.provider.clone_from(&seen.node.provider);
    cdn.label = format!("{} CDN", seen.label());
    let mut commands = vec![facts.add_beside(seen.id, &id, cdn)];
    let origin = asked.iter().map(|(_, link)| link.kind).next()?;
    for (number, (old, link)) in asked.iter().enumerate() {
        commands.push(Command::RemoveLink { id: (*old).clone() });
        let suffix = if number == 0 {
            String::new()
        } else {
            format!("-{}", number + 1)
        };
        commands.push(Command::AddLink {
            id: LinkId(format!("{}->{id}{suffix}", link.from)),
            link: Link {
                from: link.from.clone(),
                to: id.clone(),
                kind: LinkKind::Request,
                settings: link.settings.clone(),
                carrier: None,
            },
        });
    }
    let settings = asked.first().map(|(_, link)| LinkSettings {
        payload: link.settings.payload,
        response: link.settings.response,
        ..LinkSettings::default()
    });
    let usable = origin.allows(Archetype::Cdn, seen.kind());
    usable.then(|| {
        commands.push(Command::AddLink {
            id: LinkId(format!("{id}->{}", seen.id)),
            link: Link {
                from: id.clone(),
                to: seen.id.clone(),
                kind: origin,
                settings: settings.unwrap_or_default(),
                carrier: None,
            },
        });
        commands
    })
}
