//! Everything that is said about nodes and links elsewhere in the file: terms,
//! objectives, expressions, ranges, remarks.

use crate::design::param::Parameters;
use crate::design::{Design, Environment, LinkId, NodeId, ParamPath, Value};
use crate::expression::Expression;

use super::graph::is_trigger;
use super::{Check, bad_number};

impl Check<'_> {
    pub(super) fn environment(&mut self, environment: &mut Environment) {
        let section = "environment";
        let positive = |number: &f64| bad_number(*number, 0.0, f64::MAX);
        self.keep(
            section,
            "raised limit",
            &mut environment.raised_limits,
            |_, n| positive(n),
        );
        self.keep(
            section,
            "existing usage",
            &mut environment.already_used,
            |_, n| positive(n),
        );
        self.keep(section, "discount", &mut environment.discounts, |_, n| {
            bad_number(*n, 0.0, 1.0)
        });
        self.keep(
            section,
            "commitment",
            &mut environment.commitments,
            |_, c| bad_number(c.coverage, 0.0, 1.0),
        );
        if environment.copies == 0 {
            environment.copies = 1;
            self.say(
                section,
                "",
                "there must be at least 1 copy of the environment; 1 is used",
            );
        }
        if environment.provider.as_str().is_empty() {
            environment.provider = Environment::default().provider;
            let what = format!("no provider is named; `{}` is used", environment.provider);
            self.say(section, "", &what);
        }
        if let Some(day) = environment.account_opened.take_if(|day| !is_day(day)) {
            let what = format!(
                "`{day}` is no day: write YYYY-MM-DD; first-year allowances are not counted"
            );
            self.say(section, "", &what);
        }
    }

    pub(super) fn objectives(&mut self, design: &mut Design) {
        let section = "objectives";
        let budget = design.objectives.budget;
        if let Some(reason) = budget.and_then(|budget| bad_number(budget, 0.0, f64::MAX)) {
            design.objectives.budget = None;
            self.say(section, "", &format!("the budget was left out: {reason}"));
        }
        let error_rate = design.objectives.error_rate;
        if let Some(reason) = error_rate.and_then(|rate| bad_number(rate, 0.0, 1.0)) {
            design.objectives.error_rate = None;
            self.say(
                section,
                "",
                &format!("the error rate was left out: {reason}"),
            );
        }
        let mut latency = std::mem::take(&mut design.objectives.latency);
        self.keep(
            section,
            "latency objective of",
            &mut latency,
            |id, objectives| {
                if !is_trigger(design, id) {
                    return Some("there is no such trigger".to_owned());
                }
                objectives.iter().find_map(|objective| {
                    bad_number(objective.percentile, 0.0, 1.0)
                        .or_else(|| bad_number(objective.millis, 0.0, f64::MAX))
                })
            },
        );
        design.objectives.latency = latency;
    }

    pub(super) fn variables(&mut self, design: &mut Design) {
        self.keep(
            "variables",
            "variable",
            &mut design.variables,
            |_, number| bad_number(*number, f64::MIN, f64::MAX),
        );
        self.keep(
            "overrides",
            "override of",
            &mut design.overrides,
            |_, replaced| bad_number(replaced.value, f64::MIN, f64::MAX),
        );
    }

    /// What refers to parameters by their paths.
    pub(super) fn parameters(&mut self, design: &mut Design) {
        let mut expressions = std::mem::take(&mut design.expressions);
        self.keep(
            "expressions",
            "expression of",
            &mut expressions,
            |path, text| nowhere(design, path).or_else(|| not_computable(design, path, text)),
        );
        design.expressions = expressions;

        let mut ranges = std::mem::take(&mut design.ranges);
        self.keep("ranges", "range of", &mut ranges, |path, range| {
            let ordered =
                range.low.is_finite() && range.high.is_finite() && range.low <= range.high;
            let reason = || format!("{} to {} is no range", range.low, range.high);
            nowhere(design, path).or_else(|| (!ordered).then(reason))
        });
        design.ranges = ranges;

        for commands in design.scenarios.values_mut() {
            self.scenario(commands);
        }
    }

    /// Measurements, comments, outages and the business unit.
    pub(super) fn remarks(&mut self, design: &mut Design) {
        let mut measurements = std::mem::take(&mut design.measurements);
        measurements.retain(|measurement| {
            let (path, value) = (&measurement.path, &measurement.value);
            let reason = nowhere(design, path).or_else(|| unmeasurable(design, path, value));
            if let Some(reason) = &reason {
                let what = format!("the measurement of `{path}` was left out: {reason}");
                self.say("measurements", "", &what);
            }
            reason.is_none()
        });
        design.measurements = measurements;

        let Design {
            nodes,
            comments,
            outages,
            unmapped,
            ..
        } = design;
        for comment in comments {
            if let Some(node) = comment.node.take_if(|node| !nodes.contains_key(node)) {
                let what =
                    format!("a comment on `{node}` was moved to the canvas: there is no such node");
                self.say("comments", "", &what);
            }
        }
        outages.retain(|id| nodes.contains_key(id));
        for unmapped in unmapped {
            if !(0.0..=1.0).contains(&unmapped.origin.confidence) {
                unmapped.origin.confidence = 0.0;
            }
        }
        self.business_unit(design);
    }

    fn business_unit(&mut self, design: &mut Design) {
        let Some(unit) = &design.business_unit else {
            return;
        };
        let reason = if is_trigger(design, &unit.trigger) {
            bad_number(unit.requests_per_unit, f64::MIN_POSITIVE, f64::MAX)
        } else {
            Some(format!("there is no trigger `{}`", unit.trigger))
        };
        if let Some(reason) = reason {
            design.business_unit = None;
            self.say(
                "business_unit",
                "",
                &format!("the business unit was left out: {reason}"),
            );
        }
    }
}

/// Why a path leads nowhere.
fn nowhere(design: &Design, path: &ParamPath) -> Option<String> {
    match path {
        ParamPath::Node(id, key) => unknown(node(design, id).ok_or("node"), key),
        ParamPath::Link(id, key) => unknown(link(design, id).ok_or("link"), key),
        // Figures are the catalog's, which may know more tomorrow.
        ParamPath::Figure(_) => None,
        ParamPath::Variable(name) => {
            let missing = !design.variables.contains_key(name);
            missing.then(|| "there is no such variable".to_owned())
        }
    }
}

fn node<'a>(design: &'a Design, id: &NodeId) -> Option<&'a dyn Parameters> {
    design
        .nodes
        .get(id)
        .map(|node| &node.settings as &dyn Parameters)
}

fn link<'a>(design: &'a Design, id: &LinkId) -> Option<&'a dyn Parameters> {
    design
        .links
        .get(id)
        .map(|link| &link.settings as &dyn Parameters)
}

fn unknown(settings: Result<&dyn Parameters, &str>, key: &str) -> Option<String> {
    match settings {
        Err(noun) => Some(format!("there is no such {noun}")),
        Ok(settings) if settings.param(key).is_none() => Some(settings.unknown(key).to_string()),
        Ok(_) => None,
    }
}

/// Why an expression has no value, or none that its parameter takes.
fn not_computable(design: &Design, path: &ParamPath, text: &str) -> Option<String> {
    let expression = match Expression::parse(text.trim_start_matches('=')) {
        Ok(expression) => expression,
        Err(error) => return Some(error.to_string()),
    };
    match expression.evaluate(&design.variables) {
        Ok(value) => unmeasurable(design, path, &Value::Number(value)),
        Err(error) => Some(error.to_string()),
    }
}

/// Why a parameter cannot have a value.
fn unmeasurable(design: &Design, path: &ParamPath, value: &Value) -> Option<String> {
    let refused = match path {
        ParamPath::Node(id, key) => {
            let mut settings = design.nodes.get(id)?.settings.clone();
            settings.set(key, Some(value.clone())).err()
        }
        ParamPath::Link(id, key) => {
            let mut settings = design.links.get(id)?.settings.clone();
            settings.set(key, Some(value.clone())).err()
        }
        ParamPath::Figure(_) | ParamPath::Variable(_) => {
            return bad_number(value.as_number().unwrap_or_default(), f64::MIN, f64::MAX);
        }
    };
    refused.map(|error| error.to_string())
}

/// Whether a text is a day, `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let number = |at: usize, digits: usize| -> Option<u32> {
        let part = parts.get(at)?;
        let plain = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        part.parse().ok().filter(|_| plain)
    };
    let (year, month, day) = (number(0, 4), number(1, 2), number(2, 2));
    let (Some(_), Some(month), Some(day), 3) = (year, month, day, parts.len()) else {
        return false;
    };
    (1..=12).contains(&month) && (1..=31).contains(&day)
}
