//! A formula as people read it, with live numbers after the names.

use super::Environment;
use super::evaluate::Evaluator;
use super::parse::{Function, Kind, Node, Operator};

/// Significant digits of live numbers.
const DIGITS: i32 = 6;

/// A number for people: commas between thousands, and of a fraction no more
/// than six significant digits. Whole numbers keep all theirs below 10¹⁵.
pub fn number_text(number: f64) -> String {
    let size = number.abs();
    if !number.is_finite() {
        return number.to_string();
    }
    if size != 0.0 && !(1e-9..1e15).contains(&size) {
        return format!("{number:.3e}");
    }
    let whole_digits = if size == 0.0 {
        1
    } else {
        size.log10().floor() as i32 + 1
    };
    let decimals = usize::try_from(DIGITS - whole_digits).unwrap_or(0);
    let text = format!("{number:.decimals$}");
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    with_commas(if text == "-0" { "0" } else { text })
}

/// Puts commas between the thousands of a plain decimal.
pub(crate) fn with_commas(text: &str) -> String {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = match unsigned.find('.') {
        Some(point) => unsigned.split_at(point),
        None => (unsigned, ""),
    };
    let mut grouped = String::with_capacity(text.len() + whole.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{fraction}")
}

/// The whole formula; see [`super::Expression::with_numbers`].
pub(super) fn with_numbers(text: &str, root: &Node, environment: &dyn Environment) -> String {
    let writer = Writer { text, environment };
    let mut line = String::new();
    writer.part(root, 0, &mut line);
    line
}

struct Writer<'a> {
    text: &'a str,
    environment: &'a dyn Environment,
}

impl Writer<'_> {
    /// Adds a part, in parentheses if it binds more loosely than `minimum`.
    fn part(&self, node: &Node, minimum: u8, line: &mut String) {
        let enclosed = power(&node.kind) < minimum;
        if enclosed {
            line.push('(');
        }
        match &node.kind {
            Kind::Number(number) => line.push_str(&constant(*number)),
            Kind::Name(name) => self.name(name, line),
            Kind::Negate(operand) => {
                line.push('−');
                self.part(operand, Operator::NEGATION, line);
            }
            Kind::Not(operand) => {
                line.push_str("not ");
                self.part(operand, Operator::NEGATED_CONDITION, line);
            }
            Kind::Binary(operator, left, right) => self.binary(*operator, left, right, line),
            Kind::Call(function, arguments) => self.call(node, *function, arguments, line),
        }
        if enclosed {
            line.push(')');
        }
    }

    fn binary(&self, operator: Operator, left: &Node, right: &Node, line: &mut String) {
        let tighter = u8::from(operator == Operator::Power || operator.is_comparison());
        self.part(left, operator.power() + tighter, line);
        line.push(' ');
        line.push_str(operator.sign());
        line.push(' ');
        self.part(right, operator.power_of_right(), line);
    }

    fn name(&self, name: &str, line: &mut String) {
        line.push_str(name);
        match self.environment.quantity(name) {
            Some(quantity) => {
                line.push_str(if quantity.is_spread() { " ~" } else { " " });
                line.push_str(&number_text(quantity.mean()));
            }
            None => line.push_str(" ?"),
        }
    }

    fn call(&self, node: &Node, function: Function, arguments: &[Node], line: &mut String) {
        line.push_str(function.name());
        line.push('(');
        for (index, argument) in arguments.iter().enumerate() {
            if index > 0 {
                line.push_str(", ");
            }
            self.part(argument, 0, line);
        }
        line.push(')');
        if self.averages(function, arguments)
            && let Ok(mean) = Evaluator::new(self.text, self.environment).value(node)
        {
            line.push_str(&format!(" [{}]", number_text(mean)));
        }
    }

    /// Whether a call is a mean over single events.
    fn averages(&self, function: Function, arguments: &[Node]) -> bool {
        matches!(function, Function::RoundUp | Function::Chunks)
            && arguments.first().is_some_and(|of| {
                Evaluator::new(self.text, self.environment)
                    .events(of)
                    .is_ok_and(|events| events.is_spread())
            })
    }
}

/// A number of the formula itself keeps every digit.
fn constant(number: f64) -> String {
    match number.abs() {
        size if size != 0.0 && !(1e-9..1e15).contains(&size) => format!("{number:e}"),
        _ => with_commas(&number.to_string()),
    }
}

/// How tightly a part binds.
fn power(kind: &Kind) -> u8 {
    match kind {
        Kind::Number(_) | Kind::Name(_) | Kind::Call(..) => u8::MAX,
        Kind::Negate(_) => Operator::NEGATION,
        Kind::Not(_) => Operator::NEGATED_CONDITION,
        Kind::Binary(operator, ..) => operator.power(),
    }
}
