//! More consumers than a database has connections.

use super::{Facts, Rule, Seen};
use crate::design::{Settings, Value};
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
        let Some(held) = seen.report.connections.as_ref() else {
            continue;
        };
        let most = f64::from(database.connections());
        if held.value < CLOSE * most {
            continue;
        }
        let mut consumers: Vec<&str> = facts
            .incoming(seen.id)
            .filter_map(|(_, link)| facts.node(&link.from))
            .map(Seen::label)
            .collect();
        consumers.sort_unstable();
        consumers.dedup();
        let why = if database.proxy() {
            "The proxy lends a connection for each statement in progress; what finds none waits."
        } else {
            "What finds none fails, and every retry opens another."
        };
        let made = Problem::new(
            RULE.code,
            if held.value > most {
                Severity::Error
            } else {
                Severity::Warning
            },
            format!("{} runs out of connections at the peak.", seen.label()),
            format!(
                "{} hold {} at the peak; it accepts {}. {why}",
                consumers.join(", "),
                format::count(held.value),
                format::count(most)
            ),
        )
        .at(seen.id);
        let pools = !database.proxy() && (seen.has("proxy") || seen.has("pooler"));
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
