//! From text to tree: operator precedence by binding power.
//!
//! Nesting and the number of parts are limited, so that a hostile text can
//! neither exhaust the stack here nor later while its tree is walked.

use std::collections::BTreeSet;

use super::Expression;
use super::error::{ExpressionError, column};
use super::suggest::nearest;
pub(super) use super::token::Operator;
use super::token::{Lexeme, Token, tokens};

/// Deepest nesting of parentheses, calls, signs and powers.
const MAX_DEPTH: usize = 48;

/// Most operators, calls, names and numbers of one formula.
const MAX_PARTS: usize = 400;

/// A part of a formula and the bytes of text that it covers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// What a part is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Number(f64),
    Name(String),
    Negate(Box<Node>),
    Not(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
}

impl Node {
    /// The text that the part covers.
    pub(super) fn source<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.end).unwrap_or(text)
    }

    /// Adds the names that the part uses.
    pub(super) fn collect_names<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        match &self.kind {
            Kind::Number(_) => {}
            Kind::Name(name) => {
                names.insert(name);
            }
            Kind::Negate(operand) | Kind::Not(operand) => operand.collect_names(names),
            Kind::Binary(_, left, right) => {
                left.collect_names(names);
                right.collect_names(names);
            }
            Kind::Call(_, arguments) => {
                for argument in arguments {
                    argument.collect_names(names);
                }
            }
        }
    }
}

/// The functions that a formula may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Min,
    Max,
    Ceil,
    Floor,
    Round,
    Abs,
    Sqrt,
    If,
    RoundUp,
    Chunks,
    Mean,
}

impl Function {
    pub(super) const ALL: [Self; 11] = [
        Self::Min,
        Self::Max,
        Self::Ceil,
        Self::Floor,
        Self::Round,
        Self::Abs,
        Self::Sqrt,
        Self::If,
        Self::RoundUp,
        Self::Chunks,
        Self::Mean,
    ];

    /// As written.
    pub(super) fn name(self) -> &'static str {
        let signature = self.signature();
        signature.split('(').next().unwrap_or(signature)
    }

    /// Name and arguments.
    pub(super) fn signature(self) -> &'static str {
        match self {
            Self::Min => "min(a, b, …)",
            Self::Max => "max(a, b, …)",
            Self::Ceil => "ceil(x)",
            Self::Floor => "floor(x)",
            Self::Round => "round(x)",
            Self::Abs => "abs(x)",
            Self::Sqrt => "sqrt(x)",
            Self::If => "if(condition, then, otherwise)",
            Self::RoundUp => "round_up(x, step, minimum)",
            Self::Chunks => "chunks(x, size)",
            Self::Mean => "mean(x)",
        }
    }

    /// Fewest and most arguments.
    fn arity(self) -> (usize, usize) {
        match self {
            Self::Min | Self::Max => (1, MAX_PARTS),
            Self::If => (3, 3),
            Self::RoundUp => (2, 3),
            Self::Chunks => (2, 2),
            _ => (1, 1),
        }
    }

    fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }
}

/// Reads a whole formula.
pub(super) fn parse(text: &str) -> Result<Node, ExpressionError> {
    if text.len() > Expression::MAX_LENGTH {
        return Err(ExpressionError::TooLong {
            length: text.len(),
            limit: Expression::MAX_LENGTH,
        });
    }
    let mut parser = Parser {
        text,
        lexemes: tokens(text)?,
        next: 0,
        depth: 0,
        parts: 0,
    };
    let root = parser.formula(0)?;
    match parser.peek().token {
        Token::End => Ok(root),
        _ => Err(parser.unexpected("an operator or the end of the formula")),
    }
}

struct Parser<'a> {
    text: &'a str,
    lexemes: Vec<Lexeme<'a>>,
    next: usize,
    depth: usize,
    parts: usize,
}

impl<'a> Parser<'a> {
    /// A formula whose operators bind at least as tightly as `minimum`.
    fn formula(&mut self, minimum: u8) -> Result<Node, ExpressionError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.too_deep());
        }
        let mut left = self.operand()?;
        let mut compared = false;
        while let Token::Operator(operator) = self.peek().token {
            if operator.power() < minimum {
                break;
            }
            if compared && operator.is_comparison() {
                return Err(self.unexpected("`and` between two comparisons"));
            }
            compared = operator.is_comparison();
            self.next += 1;
            let right = self.formula(operator.power_of_right())?;
            let (start, end) = (left.start, right.end);
            let kind = Kind::Binary(operator, Box::new(left), Box::new(right));
            left = self.node(kind, start, end)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// A number, a name, a call, a parenthesis, or one of them with a sign.
    fn operand(&mut self) -> Result<Node, ExpressionError> {
        let lexeme = self.peek();
        match lexeme.token {
            Token::Number(number) => {
                self.next += 1;
                self.node(Kind::Number(number), lexeme.start, lexeme.end)
            }
            Token::Name(name) => {
                self.next += 1;
                self.name_or_call(name, lexeme)
            }
            Token::Operator(Operator::Subtract) => {
                self.prefixed(lexeme, Operator::NEGATION, Kind::Negate)
            }
            Token::Not => self.prefixed(lexeme, Operator::NEGATED_CONDITION, Kind::Not),
            Token::Open => self.parenthesis(lexeme),
            _ => Err(self.unexpected("a number, a name, a function or `(`")),
        }
    }

    fn prefixed(
        &mut self,
        sign: Lexeme<'a>,
        power: u8,
        kind: fn(Box<Node>) -> Kind,
    ) -> Result<Node, ExpressionError> {
        self.next += 1;
        let operand = self.formula(power)?;
        let end = operand.end;
        self.node(kind(Box::new(operand)), sign.start, end)
    }

    fn parenthesis(&mut self, open: Lexeme<'a>) -> Result<Node, ExpressionError> {
        self.next += 1;
        let inside = self.formula(0)?;
        let end = self.close("an operator or `)`")?;
        Ok(Node {
            start: open.start,
            end,
            ..inside
        })
    }

    fn name_or_call(&mut self, name: &str, lexeme: Lexeme<'a>) -> Result<Node, ExpressionError> {
        let called = self.peek().token == Token::Open;
        match (Function::find(name), called) {
            (Some(function), true) => self.call(function, lexeme),
            (Some(function), false) => {
                Err(self.unexpected(&format!("`(`, as in `{}`", function.signature())))
            }
            (None, true) => Err(self.unknown_function(name, lexeme)),
            (None, false) => self.node(Kind::Name(name.to_owned()), lexeme.start, lexeme.end),
        }
    }

    fn call(&mut self, function: Function, name: Lexeme<'a>) -> Result<Node, ExpressionError> {
        self.next += 1;
        let (fewest, most) = function.arity();
        let mut arguments = vec![self.formula(0)?];
        while self.peek().token == Token::Comma && arguments.len() < most {
            self.next += 1;
            arguments.push(self.formula(0)?);
        }
        if arguments.len() < fewest {
            return Err(self.unexpected(&format!("`,`, as in `{}`", function.signature())));
        }
        let end = self.close(&format!("`)`, as in `{}`", function.signature()))?;
        self.node(Kind::Call(function, arguments), name.start, end)
    }

    /// The end of the closing parenthesis that must stand here.
    fn close(&mut self, expected: &str) -> Result<usize, ExpressionError> {
        let lexeme = self.peek();
        if lexeme.token != Token::Close {
            return Err(self.unexpected(expected));
        }
        self.next += 1;
        Ok(lexeme.end)
    }

    fn node(&mut self, kind: Kind, start: usize, end: usize) -> Result<Node, ExpressionError> {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return Err(self.too_deep());
        }
        Ok(Node { kind, start, end })
    }

    fn peek(&self) -> Lexeme<'a> {
        let end = self.text.len();
        self.lexemes.get(self.next).copied().unwrap_or(Lexeme {
            token: Token::End,
            start: end,
            end,
        })
    }

    fn unexpected(&self, expected: &str) -> ExpressionError {
        let lexeme = self.peek();
        let found = match self.text.get(lexeme.start..lexeme.end) {
            Some(text) if !text.is_empty() => format!("`{text}`"),
            _ => "the end".to_owned(),
        };
        ExpressionError::Syntax {
            column: column(self.text, lexeme.start),
            found,
            expected: expected.to_owned(),
            suggestion: None,
        }
    }

    fn unknown_function(&self, name: &str, lexeme: Lexeme<'a>) -> ExpressionError {
        let known = Function::ALL.iter().map(|function| function.name());
        ExpressionError::Syntax {
            column: column(self.text, lexeme.start),
            found: format!("`{name}`"),
            expected: "a function".to_owned(),
            suggestion: nearest(name, known).map(str::to_owned),
        }
    }

    fn too_deep(&self) -> ExpressionError {
        ExpressionError::TooDeep {
            column: column(self.text, self.peek().start),
        }
    }
}
