//! More consumers than a database has connections.

use super::{Facts, Rule, Seen};
use crate::design::{LinkKind, Settings, Value};
use crate::format;
use crate::report::{Problem, Severity};

/// Share of the connections that is worth a word.
const CLOSE: f64 = 0.8;

pub const RULE: Rule = Rule {
    code: "db-connections",
    title: "Consumers open more connections than the database has",
    judge,
};

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.nodes() {
        let Settings::Database(database) = &seen.settings else {
            continue;
        };
        if database.proxy() {
            continue;
        }
        let mut consumers: Vec<(&str, f64)> = facts
            .incoming(seen.id)
            .filter(|(_, link)| {
                matches!(
                    link.kind,
                    LinkKind::Read | LinkKind::Write | LinkKind::Request
                )
            })
            .filter_map(|(_, link)| facts.node(&link.from))
            .map(|consumer| (consumer.label(), instances(facts, consumer)))
            .collect();
        consumers.sort_by(|a, b| a.0.cmp(b.0));
        consumers.dedup_by(|a, b| a.0 == b.0);
        let all: f64 = consumers.iter().map(|(_, count)| count).sum();
        let opened = all * f64::from(database.pool());
        let most = f64::from(database.connections());
        if opened < CLOSE * most {
            continue;
        }
        let named: Vec<String> = consumers
            .iter()
            .map(|(label, count)| format!("{label} {}", format::count(*count)))
            .collect();
        let made = Problem::new(
            RULE.code,
            if opened > most { Severity::Error } else { Severity::Warning },
            format!("{} runs out of connections at the peak.", seen.label()),
            format!(
                "{} instances ({}) with {} each open {}; it accepts {}. What finds none fails, and every retry opens another.",
                format::count(all),
                named.join(", "),
                format::whole(f64::from(database.pool())),
                format::count(opened),
                format::count(most)
            ),
        )
        .at(seen.id);
        let pools = seen.has("proxy") || seen.has("pooler");
        let commands = pools
            .then(|| facts.set(seen, "proxy", Value::Flag(true)))
            .flatten();
        found.push(match commands {
            Some(commands) => made.mended_by("Share connections through a proxy", commands),
            None => made.mended_by(
                "Run a connection pooler, or limit the consumers' concurrency",
                Vec::new(),
            ),
        });
    }
}

/// Instances of a consumer at the peak, each with connections of its own.
fn instances(facts: &Facts<'_>, consumer: &Seen<'_>) -> f64 {
    match &consumer.settings {
        Settings::Function(function) => {
            let compute = consumer
                .service
                .and_then(|service| service.compute.as_ref());
            let shared = compute.map_or(1.0, |compute| {
                compute.concurrency(function.concurrency.map(f64::from), function.memory().0)
            });
            let wanted = facts.wanted(consumer);
            let reserved = f64::from(function.reserved());
            let busy = if reserved > 0.0 {
                wanted.min(reserved)
            } else {
                wanted
            };
            (busy / shared.max(1.0)).ceil()
        }
        Settings::Container(container) => f64::from(container.maximum()),
        _ => 0.0,
    }
}
