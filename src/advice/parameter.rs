//! Any numeric parameter against cost and time.

use serde::{Deserialize, Serialize};

use super::trial::{NoAdvice, Outcome, Trial};
use crate::design::param::{Param, Parameters as _};
use crate::design::value::FieldKind;
use crate::design::{Command, Design, ParamPath, Value};

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterPoint {
    /// The value, in the parameter's unit.
    pub value: f64,
    /// What the whole design comes to.
    pub outcome: Outcome,
}

/// All values of one parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterSweep {
    /// The parameter's address.
    pub path: ParamPath,
    /// The unit of its values, as written after a number.
    pub unit: String,
    /// In the order asked for; values that the parameter refuses are left out.
    pub points: Vec<ParameterPoint>,
    /// Why values were left out, where any were.
    pub refused: Option<String>,
}

/// What is known of a parameter before it is swept.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// The value in force.
    pub now: f64,
    /// Lowest and highest value, where there are any.
    pub range: Option<(f64, f64)>,
    /// Whether only whole numbers fit.
    pub is_whole: bool,
    /// The unit of its values.
    pub unit: &'static str,
}

/// Looks a parameter up. Laws count by their mean, rates by the second.
///
/// # Errors
///
/// If there is no such parameter, or it is no number.
pub fn scope(design: &Design, path: &ParamPath) -> Result<Scope, NoAdvice> {
    let impossible = |text: String| NoAdvice::Impossible(text);
    let (param, value): (&Param, Option<Value>) = match path {
        ParamPath::Node(id, key) => {
            let node = design.nodes.get(id);
            let node = node.ok_or_else(|| impossible(format!("there is no node `{id}`")))?;
            let param = node.settings.param(key);
            let unknown = || impossible(node.settings.unknown(key).to_string());
            (param.ok_or_else(unknown)?, node.settings.effective(key))
        }
        ParamPath::Link(id, key) => {
            let link = design.links.get(id);
            let link = link.ok_or_else(|| impossible(format!("there is no link `{id}`")))?;
            let param = link.settings.param(key);
            let unknown = || impossible(link.settings.unknown(key).to_string());
            (param.ok_or_else(unknown)?, link.settings.effective(key))
        }
        ParamPath::Variable(name) => {
            let value = design.variables.get(name).copied();
            let now = value.ok_or_else(|| impossible(format!("there is no variable `{name}`")))?;
            return Ok(bare(now));
        }
        ParamPath::Figure(figure) => {
            let value = design.overrides.get(figure).map(|own| own.value);
            return Ok(bare(value.unwrap_or(f64::NAN)));
        }
    };
    let is_number = matches!(
        param.kind,
        FieldKind::Number | FieldKind::Whole | FieldKind::Law | FieldKind::Rate
    );
    let now = value.as_ref().and_then(Value::as_number);
    match now.filter(|_| is_number) {
        Some(now) => Ok(Scope {
            now,
            range: param.range,
            is_whole: param.kind == FieldKind::Whole,
            unit: param.unit.symbol(),
        }),
        None => Err(impossible(format!("`{path}` is no number"))),
    }
}

fn bare(now: f64) -> Scope {
    Scope {
        now,
        range: None,
        is_whole: false,
        unit: "",
    }
}

/// So many values from one to another, evenly or by equal factors; rounded and
/// without repetition where only whole numbers fit.
pub fn values(from: f64, to: f64, points: usize, is_log: bool, is_whole: bool) -> Vec<f64> {
    let last = points.saturating_sub(1).max(1);
    #[expect(clippy::cast_precision_loss, reason = "numbers of points are small")]
    let share = |step: usize| step as f64 / last as f64;
    let at = |step: usize| {
        let value = match step {
            0 => from,
            step if step == last => to,
            step if is_log => from * (to / from).powf(share(step)),
            step => from + (to - from) * share(step),
        };
        if is_whole { value.round() } else { value }
    };
    let mut values: Vec<f64> = (0..points).map(at).collect();
    values.dedup();
    values
}

/// Tries values of a parameter.
///
/// # Errors
///
/// If there is no such parameter, it is no number, no value fits, or it was
/// told to stop.
pub fn parameter(
    trial: Trial<'_>,
    path: &ParamPath,
    values: &[f64],
    stopped: &dyn Fn() -> bool,
) -> Result<ParameterSweep, NoAdvice> {
    let scope = scope(trial.design, path)?;
    let mut sweep = ParameterSweep {
        path: path.clone(),
        unit: scope.unit.to_owned(),
        points: Vec::with_capacity(values.len()),
        refused: None,
    };
    for &value in values {
        if stopped() {
            return Err(NoAdvice::Stopped);
        }
        let command = Command::Set {
            path: path.clone(),
            value: Some(Value::Number(value)),
        };
        let mut design = trial.design.clone();
        match command.apply(&mut design) {
            Ok(()) => sweep.points.push(ParameterPoint {
                value,
                outcome: Outcome::of(&trial.report(&design, trial.traffic)),
            }),
            Err(error) => sweep.refused = Some(error.to_string()),
        }
    }
    match (&sweep.refused, sweep.points.is_empty()) {
        (Some(why), true) => Err(NoAdvice::Impossible(why.clone())),
        _ => Ok(sweep),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::fixture::{calls, catalog};

    #[test]
    fn values_by_equal_steps_and_by_equal_factors() {
        assert_eq!(values(0.0, 10.0, 3, false, false), [0.0, 5.0, 10.0]);
        let by_factors = values(1.0, 100.0, 3, true, false);
        assert_eq!(by_factors.len(), 3);
        assert!((by_factors[1] - 10.0).abs() < 1e-12);
        assert_eq!(values(1.0, 3.0, 9, false, true), [1.0, 2.0, 3.0]);
        assert_eq!(values(4.0, 4.0, 1, false, false), [4.0]);
    }

    #[test]
    fn rates_laws_and_numbers_can_be_swept_and_texts_cannot() {
        let design = calls("1/s");
        let trial = Trial {
            design: &design,
            catalog: catalog(),
            provider: None,
            traffic: 1.0,
        };
        let swept = |path: &str, values: &[f64]| {
            let path: ParamPath = path.parse().unwrap();
            parameter(trial, &path, values, &|| false)
        };
        let usd = |path: &str, values: &[f64]| {
            let points = swept(path, values).unwrap().points;
            points.iter().map(|p| p.outcome.usd).collect::<Vec<_>>()
        };
        let rates = usd("clients.rate", &[1.0, 2.0]);
        assert!((rates[1] / rates[0] - 2.0).abs() < 0.01, "{rates:?}");
        let times = usd("work.cpu", &[20.0, 200.0]);
        assert!(times[1] > times[0]);
        assert_eq!(usd("clients->work.count", &[1.0, 3.0]).len(), 2);
        let error = |path: &str| swept(path, &[1.0]).unwrap_err().to_string();
        assert_eq!(error("work.runtime"), "`work.runtime` is no number");
        assert!(error("work.tea").contains("memory"));
        assert!(error("nobody.memory").contains("no node"));
        let partly = swept("work.memory", &[1.0, 512.0]).unwrap();
        assert_eq!(partly.points.len(), 1);
        assert!(partly.refused.unwrap().contains("Memory"));
    }
}
