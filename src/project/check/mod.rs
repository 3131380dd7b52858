//! Whether what a file says holds together.
//!
//! A file can be well-formed and still name nodes that do not exist, draw
//! wires that cannot carry, or hold numbers that cannot be. Each such part is
//! left out (a setting returns to its default) and reported with its place, so
//! that whoever computes with the design need not check again.

mod graph;
mod terms;

use std::collections::BTreeMap;

use crate::design::command::follow_expressions;
use crate::design::param::Parameters;
use crate::design::{Design, Value};

use super::salvage::Index;
use super::{Opened, Problems, Source};

/// The design without what does not hold together, and what that was.
pub(super) fn check(mut design: Design, problems: Problems, source: Source) -> Opened {
    let mut check = Check {
        index: Index::new(source),
        problems,
    };
    check.repeated();
    check.defaults(&design);
    check.nodes(&mut design);
    check.groups(&mut design);
    check.links(&mut design);
    check.environment(&mut design.environment);
    check.objectives(&mut design);
    check.variables(&mut design);
    check.parameters(&mut design);
    check.remarks(&mut design);
    check.layout(&mut design);
    check.expressions(&mut design);
    Opened {
        design,
        problems: check.problems.finish(),
    }
}

struct Check<'a> {
    index: Index<'a>,
    problems: Problems<'a>,
}

impl Check<'_> {
    /// Reports something about an entry of a section.
    fn say(&mut self, section: &str, key: &str, what: &str) {
        self.problems.push(self.index.offset(section, key), what);
    }

    /// Parameters follow their expressions, whatever value stands in the file.
    fn expressions(&mut self, design: &mut Design) {
        if let Err(error) = follow_expressions(design) {
            self.say("expressions", "", &error.to_string());
        }
    }

    /// The parser takes the last of several entries with one key.
    fn repeated(&mut self) {
        for (section, key, offsets) in self.index.repeated() {
            let what = if key.is_empty() {
                format!("section `{section}`")
            } else {
                format!("`{key}` in section `{section}`")
            };
            let times = offsets.len();
            let at = offsets.last().copied().unwrap_or_default();
            let message = format!("{what} stands here {times} times; only this last one counts");
            self.problems.push(at, &message);
        }
    }

    fn defaults(&mut self, design: &Design) {
        let (found, known) = (design.defaults_version, crate::design::DEFAULTS_VERSION);
        if found > known {
            let what = format!(
                "the file relies on defaults of version {found}, but this program knows {known}: \
                 figures may differ"
            );
            self.say("defaults_version", "", &what);
        }
    }

    /// Keeps the entries of a section that nothing is said against.
    fn keep<K: Ord + std::fmt::Display, V>(
        &mut self,
        section: &str,
        noun: &str,
        map: &mut BTreeMap<K, V>,
        against: impl Fn(&K, &V) -> Option<String>,
    ) {
        map.retain(|key, value| match against(key, value) {
            None => true,
            Some(reason) => {
                let key = key.to_string();
                self.say(
                    section,
                    &key,
                    &format!("{noun} `{key}` was left out: {reason}"),
                );
                false
            }
        });
    }

    /// Returns settings that are out of range to their defaults.
    fn settings(&mut self, section: &str, noun: &str, id: &str, settings: &mut dyn Parameters) {
        for param in settings.params() {
            let Some(value) = settings.get(param.key) else {
                continue;
            };
            let Err(reason) = fits(settings, param.key, &value) else {
                continue;
            };
            // Taking a value away is never refused.
            let _ = settings.set(param.key, None);
            let what = format!("{noun} `{id}`: {reason}; the default is used instead");
            self.say(section, id, &what);
        }
    }
}

/// Why a value cannot be that of a parameter.
fn fits(settings: &dyn Parameters, key: &str, value: &Value) -> Result<(), String> {
    let param = settings
        .param(key)
        .ok_or_else(|| settings.unknown(key).to_string())?;
    if let Value::Law(law) = value {
        law.validate()
            .map_err(|error| format!("{}: {error}", param.label))?;
    }
    param.check(value).map_err(|error| error.to_string())
}

/// Why a number cannot be: it is not finite, or out of its range.
fn bad_number(number: f64, low: f64, high: f64) -> Option<String> {
    if number.is_finite() && (low..=high).contains(&number) {
        return None;
    }
    Some(match (low == f64::MIN, high == f64::MAX) {
        (true, true) => format!("{number} is not a finite number"),
        (false, true) => format!("it must be {low} or more and finite, not {number}"),
        _ => format!("it must be between {low} and {high}, not {number}"),
    })
}
