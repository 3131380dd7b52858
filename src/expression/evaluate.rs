//! The value of a tree.

use super::error::{ExpressionError, column};
use super::parse::{Function, Kind, Node, Operator};
use super::{Environment, Quantity, number_text};
use crate::units::Millis;

/// Evaluates the parts of one formula in one environment.
pub(super) struct Evaluator<'a> {
    text: &'a str,
    environment: &'a dyn Environment,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(text: &'a str, environment: &'a dyn Environment) -> Self {
        Self { text, environment }
    }

    /// The value of a part; always finite.
    pub(super) fn value(&self, node: &Node) -> Result<f64, ExpressionError> {
        let value = match &node.kind {
            Kind::Number(number) => *number,
            Kind::Name(name) => self.mean(node, name)?,
            Kind::Negate(operand) => -self.value(operand)?,
            Kind::Not(operand) => truth(!self.holds(operand)?),
            Kind::Binary(operator, left, right) => self.binary(*operator, left, right)?,
            Kind::Call(function, arguments) => self.call(*function, arguments)?,
        };
        if value.is_finite() {
            return Ok(value);
        }
        Err(ExpressionError::NotFinite {
            column: self.column(node),
            part: node.source(self.text).to_owned(),
        })
    }

    fn holds(&self, node: &Node) -> Result<bool, ExpressionError> {
        Ok(self.value(node)? != 0.0)
    }

    fn mean(&self, node: &Node, name: &str) -> Result<f64, ExpressionError> {
        let mean = self.quantity(node, name)?.mean();
        if mean.is_finite() {
            return Ok(mean);
        }
        Err(ExpressionError::BadValue {
            column: self.column(node),
            name: name.to_owned(),
        })
    }

    fn quantity(&self, node: &Node, name: &str) -> Result<Quantity, ExpressionError> {
        self.environment
            .quantity(name)
            .ok_or_else(|| ExpressionError::UnknownName {
                column: self.column(node),
                name: name.to_owned(),
            })
    }

    /// `and` and `or` look at the right only where the left does not decide.
    fn binary(
        &self,
        operator: Operator,
        left: &Node,
        right: &Node,
    ) -> Result<f64, ExpressionError> {
        match operator {
            Operator::And => return Ok(truth(self.holds(left)? && self.holds(right)?)),
            Operator::Or => return Ok(truth(self.holds(left)? || self.holds(right)?)),
            _ => {}
        }
        let (a, b) = (self.value(left)?, self.value(right)?);
        if operator == Operator::Divide && b == 0.0 {
            return Err(ExpressionError::DivisionByZero {
                column: self.column(right),
                divisor: right.source(self.text).to_owned(),
            });
        }
        Ok(combine(operator, a, b))
    }

    fn call(&self, function: Function, arguments: &[Node]) -> Result<f64, ExpressionError> {
        let values = || arguments.iter().map(|argument| self.value(argument));
        match (function, arguments) {
            (Function::If, [condition, then, otherwise]) => {
                let chosen = if self.holds(condition)? {
                    then
                } else {
                    otherwise
                };
                self.value(chosen)
            }
            (Function::RoundUp, [of, step]) => self.round_up(of, self.step(step)?, 0.0),
            (Function::RoundUp, [of, step, minimum]) => {
                self.round_up(of, self.step(step)?, self.value(minimum)?)
            }
            (Function::Chunks, [of, size]) => self.chunks(of, self.step(size)?),
            (Function::Min, _) => values().try_fold(f64::MAX, |least, v| Ok(least.min(v?))),
            (Function::Max, _) => values().try_fold(f64::MIN, |most, v| Ok(most.max(v?))),
            (_, [only]) => Ok(of_one(function, self.value(only)?)),
            // The parser has counted the arguments.
            _ => Ok(f64::NAN),
        }
    }

    /// The mean over single events of `max(minimum, x rounded up to steps)`.
    fn round_up(&self, of: &Node, step: f64, minimum: f64) -> Result<f64, ExpressionError> {
        let round = |value: f64| (ceil_guarded(value / step) * step).max(minimum);
        Ok(match self.events(of)? {
            Quantity::Number(value) => round(value),
            Quantity::Law(law) => law.mean_rounded_up(Millis(step), Millis(minimum)).0,
            Quantity::Mixture(parts) => weighted(&parts, round),
        })
    }

    /// The mean over single events of the chunks that each is cut into.
    fn chunks(&self, of: &Node, size: f64) -> Result<f64, ExpressionError> {
        let count = |value: f64| ceil_guarded(value / size).max(1.0);
        Ok(match self.events(of)? {
            Quantity::Number(value) => count(value),
            Quantity::Law(law) => law.mean_rounded_up(Millis(size), Millis(size)).0 / size,
            Quantity::Mixture(parts) => weighted(&parts, count),
        })
    }

    /// What single events come to: a name with its spread, also when numbers
    /// are multiplied, divided, added or taken off; anything else as its mean.
    pub(super) fn events(&self, of: &Node) -> Result<Quantity, ExpressionError> {
        // Evaluated first, so that whatever is wrong in it is said.
        let mean = self.value(of)?;
        let scaled = match &of.kind {
            Kind::Name(name) => return self.quantity(of, name),
            Kind::Binary(operator, left, right) => {
                let (left, right) = (self.events(left)?, self.events(right)?);
                combine_events(*operator, left, right)
            }
            _ => None,
        };
        Ok(scaled.unwrap_or(Quantity::Number(mean)))
    }

    fn step(&self, node: &Node) -> Result<f64, ExpressionError> {
        let step = self.value(node)?;
        if step > 0.0 {
            return Ok(step);
        }
        Err(ExpressionError::BadStep {
            column: self.column(node),
            step: node.source(self.text).to_owned(),
            value: number_text(step),
        })
    }

    fn column(&self, node: &Node) -> usize {
        column(self.text, node.start)
    }
}

fn truth(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

fn combine(operator: Operator, a: f64, b: f64) -> f64 {
    match operator {
        Operator::Or => truth(a != 0.0 || b != 0.0),
        Operator::And => truth(a != 0.0 && b != 0.0),
        Operator::Equal => truth(a == b),
        Operator::NotEqual => truth(a != b),
        Operator::Less => truth(a < b),
        Operator::LessEqual => truth(a <= b),
        Operator::Greater => truth(a > b),
        Operator::GreaterEqual => truth(a >= b),
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / b,
        Operator::Power => a.powf(b),
    }
}

/// A spread and a number combined event by event; none where the result is no
/// such thing.
fn combine_events(operator: Operator, left: Quantity, right: Quantity) -> Option<Quantity> {
    let linear = matches!(
        operator,
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide
    );
    match (left, right) {
        (Quantity::Mixture(parts), other) if linear && !other.is_spread() => {
            let number = other.mean();
            let each = |(weight, value)| (weight, combine(operator, value, number));
            Some(Quantity::Mixture(parts.into_iter().map(each).collect()))
        }
        (other, Quantity::Mixture(parts))
            if linear && operator != Operator::Divide && !other.is_spread() =>
        {
            let number = other.mean();
            let each = |(weight, value)| (weight, combine(operator, number, value));
            Some(Quantity::Mixture(parts.into_iter().map(each).collect()))
        }
        (Quantity::Law(law), other) if !other.is_spread() => match operator {
            Operator::Multiply if other.mean() > 0.0 => Some(law.scaled(other.mean()).into()),
            Operator::Divide if other.mean() > 0.0 => Some(law.scaled(1.0 / other.mean()).into()),
            _ => None,
        },
        (other, Quantity::Law(law))
            if operator == Operator::Multiply && !other.is_spread() && other.mean() > 0.0 =>
        {
            Some(law.scaled(other.mean()).into())
        }
        _ => None,
    }
}

fn of_one(function: Function, value: f64) -> f64 {
    match function {
        Function::Ceil => ceil_guarded(value),
        Function::Floor => -ceil_guarded(-value),
        Function::Round => value.round(),
        Function::Abs => value.abs(),
        Function::Sqrt => value.sqrt(),
        _ => value,
    }
}

/// The next whole number, blind to float noise: a value within a relative
/// 10⁻⁹ above a whole number (never more than 0.001) is that number.
///
/// `0.1 × 3 ÷ 0.1` is a hair more than 3 in floating point, and no provider
/// bills a fourth unit for it.
pub fn ceil_guarded(value: f64) -> f64 {
    let whole = value.round();
    let noise = (value.abs() * 1e-9).min(1e-3);
    if (value - whole).abs() <= noise {
        whole
    } else {
        value.ceil()
    }
}

/// The weighted average of a function; NaN without positive weight.
pub(super) fn weighted(parts: &[(f64, f64)], of: impl Fn(f64) -> f64) -> f64 {
    let total: f64 = parts.iter().map(|(weight, _)| weight).sum();
    if total <= 0.0 || parts.iter().any(|(weight, _)| *weight < 0.0) {
        return f64::NAN;
    }
    let sum: f64 = parts
        .iter()
        .map(|(weight, value)| weight * of(*value))
        .sum();
    sum / total
}
