//! A range as a distribution of belief: 10 % lie below its low end, 10 % above
//! its high end.

use serde::Serialize;

use crate::catalog::Catalog;
use crate::design::param::{Param, Parameters};
use crate::design::value::{FieldKind, Unit};
use crate::design::{Command, Design, ParamPath, Range, Value};
use crate::law::{Law, normal_quantile};
use crate::units::{Millis, Rate};

use super::Request;

/// The normal deviate of 90 %.
const Z90: f64 = 1.281_551_565_544_600_5;

/// The shape of a belief.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// Its logarithm is normal: above 0, as wide upwards as downwards in ratio.
    Lognormal,
    /// Shares strictly between 0 and 1: the logarithm of the odds is normal.
    LogitNormal,
    /// Normal, cut off at the parameter's own limits.
    Normal,
}

/// One uncertain parameter or catalog figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Belief {
    /// What is uncertain.
    pub path: ParamPath,
    /// Its name on screen.
    pub label: String,
    /// Unit of the numbers.
    pub unit: String,
    /// The value in force; of a law its mean.
    pub base: f64,
    /// 10 % quantile.
    pub low: f64,
    /// 90 % quantile.
    pub high: f64,
    /// The shape through both.
    pub spread: Spread,
    /// Lowest and highest that can be set.
    #[serde(skip)]
    pub limits: (f64, f64),
    /// Whether only whole numbers can be.
    #[serde(skip)]
    pub whole: bool,
}

/// A range that cannot be used.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refused {
    /// Of what.
    pub path: ParamPath,
    /// Why, and what to do instead.
    pub why: String,
}

impl Belief {
    /// The value that a share of the belief lies below.
    pub fn quantile(&self, probability: f64) -> f64 {
        let z = normal_quantile(probability.clamp(1e-9, 1.0 - 1e-9));
        let through = |low: f64, high: f64| {
            let (middle, spread) = (f64::midpoint(low, high), (high - low) / (2.0 * Z90));
            middle + spread * z
        };
        let odds = |share: f64| (share / (1.0 - share)).ln();
        let value = match self.spread {
            Spread::Lognormal => through(self.low.ln(), self.high.ln()).exp(),
            Spread::LogitNormal => 1.0 / (1.0 + (-through(odds(self.low), odds(self.high))).exp()),
            Spread::Normal => through(self.low, self.high),
        };
        let value = if self.whole { value.round() } else { value };
        value.clamp(self.limits.0, self.limits.1)
    }

    /// The edit that gives the parameter a value. A law keeps its shape and is
    /// scaled to the new mean; a rate keeps its period.
    pub fn command(&self, design: &Design, value: f64) -> Option<Command> {
        let value = match current(design, &self.path) {
            Some(Value::Law(law)) => Value::Law(scaled(&law, value)),
            Some(Value::Rate(rate)) => {
                let period = rate.period();
                Value::Rate(Rate::new(value * period.seconds(), period).ok()?)
            }
            _ => Value::Number(value),
        };
        Some(Command::Set {
            path: self.path.clone(),
            value: Some(value),
        })
    }
}

/// A law of another mean; one that is always 0 has no shape to keep.
fn scaled(law: &Law, mean: f64) -> Law {
    let own = law.mean().0;
    if own > 0.0 {
        law.scaled(mean / own)
    } else {
        Law::Fixed(Millis(mean))
    }
}

/// What is set now, or its default.
fn current(design: &Design, path: &ParamPath) -> Option<Value> {
    match path {
        ParamPath::Node(id, key) => design.nodes.get(id)?.settings.effective(key),
        ParamPath::Link(id, key) => design.links.get(id)?.settings.effective(key),
        ParamPath::Variable(name) => Some(Value::Number(*design.variables.get(name)?)),
        ParamPath::Figure(id) => Some(Value::Number(design.overrides.get(id)?.value)),
    }
}

/// The ranges that can be used, and why the others cannot.
pub(super) fn beliefs(
    design: &Design,
    catalog: &Catalog,
    request: &Request<'_>,
) -> (Vec<Belief>, Vec<Refused>) {
    let (mut beliefs, mut refused) = (Vec::new(), Vec::new());
    for (path, range) in request.ranges {
        match belief(design, catalog, path, *range) {
            Ok(belief) => beliefs.push(belief),
            Err(why) => refused.push(Refused {
                path: path.clone(),
                why,
            }),
        }
    }
    (beliefs, refused)
}

fn belief(
    design: &Design,
    catalog: &Catalog,
    path: &ParamPath,
    range: Range,
) -> Result<Belief, String> {
    let Range { low, high } = range;
    if !(low.is_finite() && high.is_finite() && low <= high) {
        return Err(format!(
            "its low end {low} must not be above its high end {high}: swap them"
        ));
    }
    if let Some(expression) = design.expressions.get(path) {
        return Err(format!(
            "it follows the expression `{expression}`: give the variables in it a range instead"
        ));
    }
    let mut belief = Belief {
        path: path.clone(),
        label: path.to_string(),
        unit: String::new(),
        base: 0.0,
        low,
        high,
        spread: Spread::Normal,
        limits: (f64::MIN, f64::MAX),
        whole: false,
    };
    match path {
        ParamPath::Node(id, key) => {
            let node = design.nodes.get(id).ok_or("there is no such node")?;
            setting(&mut belief, &node.settings, key)?;
            belief.label = format!("{}: {}", node.title(id), belief.label);
        }
        ParamPath::Link(id, key) => {
            let link = design.links.get(id).ok_or("there is no such link")?;
            setting(&mut belief, &link.settings, key)?;
            belief.label = format!("{id}: {}", belief.label);
        }
        ParamPath::Variable(name) => {
            let value = design.variables.get(name);
            belief.base = *value.ok_or("the design has no such variable")?;
        }
        ParamPath::Figure(id) => {
            let figure = catalog.figure(id).ok_or("the catalog has no such figure")?;
            // The price that is there now tells whether it can be replaced.
            let mut tried = catalog.clone();
            let tried = tried.with_override(id, low.max(0.0));
            tried.map_err(|_| {
                "only prices of the catalog can be replaced so far: give a range to the setting that stands in for it".to_owned()
            })?;
            let number = figure.value.split_whitespace().next();
            let number = number.and_then(|text| text.replace(',', "").parse().ok());
            belief.base = match design.overrides.get(id) {
                Some(own) => own.value,
                None => number.unwrap_or(f64::NAN),
            };
            belief.label = figure.what;
            belief.unit = figure.unit;
            belief.limits = (0.0, f64::MAX);
        }
    }
    let (least, most) = belief.limits;
    if low < least || high > most {
        return Err(format!(
            "it can be from {least} to {most} {}: narrow the range",
            belief.unit
        ));
    }
    belief.spread = spread(&belief);
    for end in [low, high] {
        let mut tried = design.clone();
        let command = belief
            .command(design, end)
            .ok_or("it takes no such value")?;
        command
            .apply(&mut tried)
            .map_err(|error| format!("it cannot be {end}: {error}; narrow the range"))?;
    }
    Ok(belief)
}

fn spread(belief: &Belief) -> Spread {
    let share = belief.limits == (0.0, 1.0);
    if share && belief.low > 0.0 && belief.high < 1.0 {
        Spread::LogitNormal
    } else if belief.low > 0.0 && !share {
        Spread::Lognormal
    } else {
        Spread::Normal
    }
}

/// What is known of a setting; laws and rates are numbers here.
fn setting(belief: &mut Belief, owner: &dyn Parameters, key: &str) -> Result<(), String> {
    let param: &Param = owner
        .param(key)
        .ok_or_else(|| owner.unknown(key).to_string())?;
    param.label.clone_into(&mut belief.label);
    param.unit.symbol().clone_into(&mut belief.unit);
    belief.whole = param.kind == FieldKind::Whole;
    belief.limits = match (param.range, param.kind) {
        (Some(limits), _) => limits,
        (None, FieldKind::Law | FieldKind::Rate) => (0.0, 1e12),
        (None, _) => (f64::MIN, f64::MAX),
    };
    if param.unit == Unit::Share {
        "share".clone_into(&mut belief.unit);
    }
    match param.kind {
        FieldKind::Number | FieldKind::Whole | FieldKind::Law | FieldKind::Rate => {
            let value = owner.effective(key).and_then(|value| value.as_number());
            belief.base = value.unwrap_or(f64::NAN);
            Ok(())
        }
        FieldKind::Flag | FieldKind::Choice(_) | FieldKind::Text => {
            Err("it is no number, so it has no range: compare scenarios instead".to_owned())
        }
    }
}
