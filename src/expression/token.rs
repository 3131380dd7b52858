//! From text to words.

use super::error::{ExpressionError, column};

/// A word and the bytes that it covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lexeme<'a> {
    pub token: Token<'a>,
    pub start: usize,
    pub end: usize,
}

/// A word of a formula.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Number(f64),
    Name(&'a str),
    Operator(Operator),
    Not,
    Open,
    Close,
    Comma,
    End,
}

/// What stands between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

impl Operator {
    /// Binding power of `not`.
    pub const NEGATED_CONDITION: u8 = 3;
    /// Binding power of the minus sign: `-2 ^ 2` is −4.
    pub const NEGATION: u8 = 7;

    /// How tightly it binds.
    pub fn power(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Add | Self::Subtract => 5,
            Self::Multiply | Self::Divide => 6,
            Self::Power => 8,
            _ => 4,
        }
    }

    /// How tightly an operator must bind to belong to its right operand.
    pub fn power_of_right(self) -> u8 {
        match self {
            Self::Power => self.power(),
            _ => self.power() + 1,
        }
    }

    /// Whether it compares two numbers.
    pub fn is_comparison(self) -> bool {
        self.power() == 4
    }

    /// The sign for people.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::NotEqual => "≠",
            Self::Less => "<",
            Self::LessEqual => "≤",
            Self::Greater => ">",
            Self::GreaterEqual => "≥",
            Self::Add => "+",
            Self::Subtract => "−",
            Self::Multiply => "×",
            Self::Divide => "÷",
            Self::Power => "^",
        }
    }
}

/// Signs as written, longer ones first.
const SIGNS: [(&str, Token<'static>); 14] = [
    ("==", Token::Operator(Operator::Equal)),
    ("!=", Token::Operator(Operator::NotEqual)),
    ("<=", Token::Operator(Operator::LessEqual)),
    (">=", Token::Operator(Operator::GreaterEqual)),
    ("<", Token::Operator(Operator::Less)),
    (">", Token::Operator(Operator::Greater)),
    ("+", Token::Operator(Operator::Add)),
    ("-", Token::Operator(Operator::Subtract)),
    ("*", Token::Operator(Operator::Multiply)),
    ("/", Token::Operator(Operator::Divide)),
    ("^", Token::Operator(Operator::Power)),
    ("(", Token::Open),
    (")", Token::Close),
    (",", Token::Comma),
];

/// The words of a text.
pub(super) fn tokens(text: &str) -> Result<Vec<Lexeme<'_>>, ExpressionError> {
    let mut lexemes = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.get(start..) {
        let Some(first) = rest.chars().next() else {
            break;
        };
        if first.is_whitespace() {
            start += first.len_utf8();
            continue;
        }
        let (token, length) = word(rest).ok_or_else(|| stranger(text, start, first))?;
        let end = start + length;
        lexemes.push(Lexeme { token, start, end });
        start = end;
    }
    Ok(lexemes)
}

/// The word that a text starts with, and its length; none for a stranger.
fn word(rest: &str) -> Option<(Token<'_>, usize)> {
    let first = rest.chars().next()?;
    if first.is_ascii_digit() || first == '.' {
        return number(rest);
    }
    if first.is_ascii_lowercase() || first == '_' {
        return Some(name(rest));
    }
    SIGNS
        .iter()
        .find(|(sign, _)| rest.starts_with(sign))
        .map(|(sign, token)| (*token, sign.len()))
}

fn name(rest: &str) -> (Token<'_>, usize) {
    let part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let length = rest.find(|c| !part(c)).unwrap_or(rest.len());
    let word = rest.get(..length).unwrap_or(rest);
    let token = match word {
        "and" => Token::Operator(Operator::And),
        "or" => Token::Operator(Operator::Or),
        "not" => Token::Not,
        _ => Token::Name(word),
    };
    (token, length)
}

/// Digits with `_` between them, a fraction, an exponent.
fn number(rest: &str) -> Option<(Token<'_>, usize)> {
    let whole = digits(rest, 0);
    let mut end = whole;
    if rest.get(end..)?.starts_with('.') {
        let fraction = digits(rest, end + 1);
        if fraction == end + 1 {
            return None;
        }
        end = fraction;
    }
    end = exponent(rest, end).unwrap_or(end);
    let text: String = rest.get(..end)?.chars().filter(|c| *c != '_').collect();
    let number: f64 = text.parse().ok()?;
    number.is_finite().then_some((Token::Number(number), end))
}

/// The end of the digits that start at an offset.
fn digits(text: &str, start: usize) -> usize {
    let tail = text.get(start..).unwrap_or_default();
    let length = tail
        .find(|c: char| !c.is_ascii_digit() && c != '_')
        .unwrap_or(tail.len());
    match tail.starts_with('_') {
        true => start,
        false => start + length,
    }
}

/// The end of the exponent that starts at an offset, if one does.
fn exponent(text: &str, start: usize) -> Option<usize> {
    let tail = text.get(start..)?.strip_prefix(['e', 'E'])?;
    let sign = usize::from(tail.starts_with(['+', '-']));
    let first = start + 1 + sign;
    let end = digits(text, first);
    (end > first).then_some(end)
}

fn stranger(text: &str, start: usize, first: char) -> ExpressionError {
    let (expected, suggestion) = match first {
        '=' => ("a comparison", Some("==")),
        '!' => ("a comparison or `not`", Some("!=")),
        '&' => ("an operator", Some("and")),
        '|' => ("an operator", Some("or")),
        '×' => ("an operator", Some("*")),
        '÷' => ("an operator", Some("/")),
        '−' | '–' => ("an operator", Some("-")),
        '0'..='9' | '.' => ("a number within range, such as 1_000 or 2.5e-3", None),
        'A'..='Z' => ("a name in lower case", None),
        _ => ("a number, a name, an operator or a parenthesis", None),
    };
    ExpressionError::Syntax {
        column: column(text, start),
        found: format!("`{first}`"),
        expected: expected.to_owned(),
        suggestion: suggestion.map(str::to_owned),
    }
}
