//! A front door with features that nobody uses.

use std::collections::BTreeSet;

use super::{Facts, Rule, Seen};
use crate::catalog::{Archetype, Service};
use crate::design::Settings;
use crate::format;
use crate::report::{Problem, Severity};

pub const RULE: Rule = Rule {
    code: "cheaper-gateway",
    title: "A simpler front door costs less",
    judge,
};

/// Features that a design can do without, as far as it says.
const EXTRAS: [&str; 4] = ["api-keys", "request-validation", "private", "cache"];

fn judge(facts: &Facts<'_>, found: &mut Vec<Problem>) {
    for seen in facts.dearest(Archetype::Gateway) {
        let Some(now) = seen.service else {
            continue;
        };
        let (provider, _) = facts.place(seen);
        let needed = needed(seen, now);
        let best = facts
            .catalog
            .services_of(&provider, Archetype::Gateway)
            .filter(|other| other.id != now.id && needed.is_subset(&features(other)))
            .filter_map(|other| {
                let effect = facts.saving(&facts.choose(seen, &other.id))?;
                Some((other, effect))
            })
            .min_by(|a, b| a.1.usd.total_cmp(&b.1.usd));
        let Some((other, effect)) = best else {
            continue;
        };
        let lost: Vec<String> = features(now)
            .difference(&features(other))
            .map(|feature| feature.replace('-', " "))
            .collect();
        found.push(
            Problem::new(
                RULE.code,
                Severity::Hint,
                format!("{} would do with {}.", seen.label(), other.short),
                format!(
                    "The same requests cost {} less a month there. It lacks {}, which the design does not ask for.",
                    format::usd(-effect.usd),
                    lost.join(", ")
                ),
            )
            .at(seen.id)
            .mended_by(format!("Use {}", other.name), facts.choose(seen, &other.id)),
        );
    }
}

fn features(service: &Service) -> BTreeSet<&str> {
    service.features.iter().map(String::as_str).collect()
}

/// What the present front door can do and the design may rely on.
fn needed<'s>(seen: &Seen<'_>, now: &'s Service) -> BTreeSet<&'s str> {
    let caches = matches!(&seen.settings, Settings::Gateway(own) if own.cache().0 > 0.0 || own.hit_ratio() > 0.0);
    features(now)
        .into_iter()
        .filter(|feature| !EXTRAS.contains(feature) || (*feature == "cache" && caches))
        .collect()
}
