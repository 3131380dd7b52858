//! More capacity for what is refused or falls behind.

use super::remedy::{is_gone, larger};
use super::{Facts, Seen};
use crate::catalog::LimitKind;
use crate::design::settings::CapacityMode;
use crate::design::{Command, LinkKind, Settings};
use crate::format;
use crate::report::{Fix, Problem};

/// The smallest raise that ends a problem of capacity, where there is one.
pub fn more(facts: &Facts<'_>, problem: &Problem, seen: &Seen<'_>) -> Option<Fix> {
    let raise = |keys: &[&str]| larger(facts, problem, seen, keys);
    let quota = |kind| quota(facts, problem, seen, kind);
    match &seen.settings {
        Settings::Function(function) if function.reserved() > 0 => raise(&["reserved"]),
        Settings::Function(_) => {
            quota(LimitKind::Concurrency).or_else(|| quota(LimitKind::RequestRate))
        }
        Settings::Gateway(gateway) if gateway.rate_limit() > 0.0 => raise(&["rate_limit"]),
        Settings::Gateway(_) => quota(LimitKind::RequestRate),
        Settings::Table(table) if table.capacity() == CapacityMode::Provisioned => {
            raise(&["read_units"])
                .or_else(|| raise(&["write_units"]))
                .or_else(|| raise(&["read_units", "write_units"]))
        }
        Settings::Table(_) => quota(LimitKind::ReadRate).or_else(|| quota(LimitKind::WriteRate)),
        Settings::Stream(stream) if stream.capacity() == CapacityMode::Provisioned => {
            raise(&["shards"])
        }
        Settings::Container(_) | Settings::Database(_) => raise(&["maximum"]),
        Settings::Workflow(_) | Settings::Topic(_) | Settings::Bus(_) | Settings::Service(_) => {
            quota(LimitKind::RequestRate)
        }
        Settings::Queue(_) => {
            consumers(facts, problem, seen).or_else(|| quota(LimitKind::RequestRate))
        }
        _ => None,
    }
}

/// A quota that the provider raises on request, as high as it takes.
fn quota(facts: &Facts<'_>, problem: &Problem, seen: &Seen<'_>, kind: LimitKind) -> Option<Fix> {
    let limit = seen.service?.limits.get(&kind)?;
    if !limit.adjustable {
        return None;
    }
    let now = facts.limit(seen, kind)?;
    for factor in [1.5, 2.0, 3.0, 4.0, 8.0, 16.0] {
        let mut environment = facts.design.environment.clone();
        let raised = (now * factor).ceil();
        environment
            .raised_limits
            .insert(limit.value.id.clone(), raised);
        let commands = vec![Command::SetEnvironment(environment)];
        if is_gone(facts, problem, &commands)? {
            return Some(Fix {
                label: format!(
                    "Ask the provider for a quota of {} and enter it",
                    format::whole(raised)
                ),
                commands,
            });
        }
    }
    None
}

/// More simultaneous consumers for a queue that falls behind.
fn consumers(facts: &Facts<'_>, problem: &Problem, queue: &Seen<'_>) -> Option<Fix> {
    let id = problem.link.as_ref()?;
    let link = facts.design.links.get(id)?;
    let consumer = facts.node(&link.to)?;
    let function = consumer
        .function()
        .filter(|_| link.kind == LinkKind::Poll)?;
    let own = link.settings.maximum_concurrency();
    let work = facts.work(consumer) / 1_000.0;
    let rate = facts.link_rate(id).max(queue.report.rate.value);
    let mut needed = (rate * work * 1.25).ceil().max(2.0);
    for _ in 0..12 {
        let mut commands = Vec::new();
        if own > 0 {
            let value = crate::design::Value::Number(needed.max(f64::from(own)));
            commands.extend(facts.set_link(id, "maximum_concurrency", value)?);
        }
        if function.reserved() > 0 {
            let value = needed.max(f64::from(function.reserved()));
            commands.extend(facts.set_number(consumer, "reserved", value)?);
        }
        if commands.is_empty() {
            return None;
        }
        if is_gone(facts, problem, &commands)? {
            return Some(Fix {
                label: format!("Allow {} consumers at once", format::whole(needed)),
                commands,
            });
        }
        needed *= 2.0;
    }
    None
}
