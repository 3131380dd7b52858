//! Traffic to the provider's own stores that goes through a NAT gateway.

use super::facts::MONTH;
use super::{Facts, Rule};
use crate::catalog::Archetype;
use crate::design::{LinkKind, Value};
use crate::format;
use crate::report::{Problem, Severity};

/// Kilobytes of a gigabyte, as transfer is billed.
const KB_PER_GB: f64 = 1_048_576.0;

pub const RULE: Rule = Rule {
    code: "nat-path",
    title: "Traffic to the provider's own stores pays for a NAT gateway",
    judge,
};

/// A function in a private network pays for a gateway where the bill says so.
fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for (seen, function) in facts.functions() {
        if !function.network() {
            continue;
        }
        let (provider, _) = facts.place(seen);
        let nat =
            facts.catalog.services.values().find(|service| {
                service.id.provider() == provider && service.features.contains("nat")
            });
        let Some(nat) = nat else {
            continue;
        };
        let outside: Vec<_> = facts
            .outgoing(seen.id)
            .filter(|(_, link)| matches!(link.kind, LinkKind::Read | LinkKind::Write))
            .filter_map(|(id, link)| Some((id, link, facts.node(&link.to)?)))
            .filter(|(_, _, to)| {
                matches!(to.kind(), Archetype::Bucket | Archetype::Table)
                    && facts.place(to).0 == provider
            })
            .collect();
        let gigabytes: f64 = outside
            .iter()
            .map(|(id, link, _)| {
                let size = link.settings.payload().0 + link.settings.response().0;
                facts.link_rate(id) * MONTH * size / KB_PER_GB
            })
            .sum();
        if gigabytes < 1.0 {
            continue;
        }
        let inside = facts.outgoing(seen.id).any(|(_, link)| {
            facts.node(&link.to).is_some_and(|to| {
                matches!(
                    to.kind(),
                    Archetype::Database
                        | Archetype::Cache
                        | Archetype::Search
                        | Archetype::Container
                )
            })
        });
        let lines = facts.report.cost.lines.iter().filter(|line| {
            line.node == *seen.id && line.service == nat.id && line.companion.is_some()
        });
        let usd: f64 = lines.map(|line| line.cost.value).sum();
        if usd <= 0.0 {
            continue;
        }
        let stores: Vec<&str> = outside.iter().map(|(.., to)| to.label()).collect();
        let made = Problem::new(
            RULE.code,
            Severity::Warning,
            format!("{} reaches {} through a NAT gateway.", seen.label(), stores.join(", ")),
            format!(
                "It runs in a private network, so that {} GB a month of its stores go through {}, which charges for each of them and for every hour: {} a month for all that this function sends there. {}",
                format::count(gigabytes),
                nat.name,
                format::usd(usd),
                if inside {
                    "An endpoint of the store inside the network avoids it."
                } else {
                    "Nothing that it calls is inside that network."
                }
            ),
        )
        .at(seen.id);
        let commands = (!inside)
            .then(|| facts.set(seen, "network", Value::Flag(false)))
            .flatten();
        found.push(match commands {
            Some(commands) => made.mended_by("Take it out of the private network", commands),
            None => made.mended_by(
                "Add an endpoint for these stores to the network",
                Vec::new(),
            ),
        });
    }
}
