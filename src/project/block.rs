//! Finds the blocks of a file without parsing it: the fields of a struct, the
//! entries of a map.
//!
//! Used for two things: to say in which line a node stands, and to save what
//! can be saved of a damaged file. [`Splitter::Balanced`] trusts the brackets;
//! [`Splitter::Aligned`] trusts the lines instead, for where a bracket or a
//! quote is missing the brackets lie, but the layout of the file mostly does
//! not.

use super::scan::{Kind, Texts, Token, tokens};

/// One `key: value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block<'a> {
    /// The key as written, quotes included.
    pub key: &'a str,
    /// Offset of the key.
    pub at: usize,
    /// The value as written.
    pub value: &'a str,
    /// Where to look for inner blocks: the value, or where brackets are not
    /// trusted everything up to the next block.
    pub reach: &'a str,
    /// Offset of the value.
    pub value_at: usize,
    /// Whether the value came to its end.
    pub complete: bool,
}

/// What tells blocks apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Splitter {
    /// Brackets and commas.
    Balanced,
    /// Keys at the start of lines, in the column of the first key.
    Aligned,
}

/// What keys look like.
#[derive(Clone, Copy, Debug)]
pub(super) enum Keys<'a> {
    /// The fields of a struct, by name.
    Fields(&'a [&'a str]),
    /// The keys of a map: texts or numbers.
    Entries,
}

impl Keys<'_> {
    fn fits(self, token: Token, source: &str) -> bool {
        match self {
            Self::Fields(names) => token.kind == Kind::Word && names.contains(&token.text(source)),
            Self::Entries => matches!(token.kind, Kind::Text | Kind::Word),
        }
    }
}

impl Splitter {
    /// The blocks of a value that begins with its opening bracket.
    pub fn split<'a>(self, source: &'a str, keys: Keys) -> Vec<Block<'a>> {
        let texts = match self {
            Self::Balanced => Texts::Strict,
            Self::Aligned => Texts::OneLine,
        };
        let tokens = tokens(source, texts);
        match self {
            Self::Balanced => balanced(source, &tokens[inside(source, &tokens)..], keys),
            Self::Aligned => aligned(source, &tokens, keys),
        }
    }
}

/// The token behind the opening bracket, attributes such as
/// `#![enable(…)]` passed.
fn inside(source: &str, tokens: &[Token]) -> usize {
    let mut at = 0;
    while tokens
        .get(at)
        .is_some_and(|token| token.text(source) == "#!")
    {
        let mut depth = 0_usize;
        for token in tokens.iter().skip(at + 1) {
            at += 1;
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                Kind::Comma | Kind::Colon | Kind::Text | Kind::Word => {}
            }
            if depth == 0 {
                break;
            }
        }
        at += 1;
    }
    let rest = tokens.iter().skip(at);
    let opening = rest.into_iter().position(|token| token.kind == Kind::Open);
    opening.map_or(tokens.len(), |opening| at + opening + 1)
}

fn balanced<'a>(source: &'a str, tokens: &[Token], keys: Keys) -> Vec<Block<'a>> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if is_key(source, tokens, at, keys) {
            let (block, next) = block(source, tokens, at, tokens.len());
            blocks.push(block);
            at = next;
        } else if token.kind == Kind::Close {
            break;
        } else if token.kind == Kind::Open {
            at = value_end(tokens, at, tokens.len()).0;
        } else {
            at += 1;
        }
    }
    blocks
}

fn aligned<'a>(source: &'a str, tokens: &[Token], keys: Keys) -> Vec<Block<'a>> {
    let keyed = |at: &usize| is_key(source, tokens, *at, keys);
    let Some(first) = (0..tokens.len()).find(keyed) else {
        return Vec::new();
    };
    let column = column(source, tokens[first]);
    let starts: Vec<usize> = (first..tokens.len())
        .filter(keyed)
        .filter(|at| {
            *at == first || (tokens[*at].first && self::column(source, tokens[*at]) == column)
        })
        .collect();
    let ends = starts.iter().skip(1).copied().chain([tokens.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            let (block, _) = block(source, tokens, *start, end);
            let next = tokens
                .get(end)
                .map_or(source.len(), |token| token.start as usize);
            let reach = source.get(block.value_at..next).unwrap_or_default();
            Block { reach, ..block }
        })
        .collect()
}

fn is_key(source: &str, tokens: &[Token], at: usize, keys: Keys) -> bool {
    let colon = tokens
        .get(at + 1)
        .is_some_and(|next| next.kind == Kind::Colon);
    colon
        && tokens
            .get(at)
            .is_some_and(|token| keys.fits(*token, source))
}

/// Bytes before a token on its line.
fn column(source: &str, token: Token) -> usize {
    let before = source.get(..token.start as usize).unwrap_or_default();
    before.len() - before.rfind('\n').map_or(0, |at| at + 1)
}

/// The block whose key is at `key`, and the token behind its value.
fn block<'a>(source: &'a str, tokens: &[Token], key: usize, limit: usize) -> (Block<'a>, usize) {
    let first = key + 2;
    let (end, complete) = value_end(tokens, first, limit);
    let start = match tokens.get(first) {
        Some(token) if first < end => token.start as usize,
        _ => tokens[key + 1].end as usize,
    };
    let stop = match end.checked_sub(1).and_then(|last| tokens.get(last)) {
        Some(token) if first < end => token.end as usize,
        _ => start,
    };
    let value = source.get(start..stop).unwrap_or_default();
    let block = Block {
        key: tokens[key].text(source),
        at: tokens[key].start as usize,
        value,
        reach: value,
        value_at: start,
        complete,
    };
    (block, end)
}

/// The token behind a value, and whether something ended it.
fn value_end(tokens: &[Token], first: usize, limit: usize) -> (usize, bool) {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().take(limit).skip(first) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Comma if depth == 0 => return (at, true),
            Kind::Close if depth == 0 => return (at, true),
            Kind::Close => depth -= 1,
            Kind::Comma | Kind::Colon | Kind::Text | Kind::Word => {}
        }
    }
    (limit.min(tokens.len()), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(splitter: Splitter, source: &str, keys: Keys, expected: &[(&str, &str)]) {
        let found: Vec<_> = splitter
            .split(source, keys)
            .into_iter()
            .map(|block| (block.key, block.value))
            .collect();
        assert_eq!(found, expected);
    }

    const FIELDS: Keys = Keys::Fields(&["a", "b", "c"]);

    #[test]
    fn brackets_tell_blocks_apart() {
        let source = "( a: 1, // b: 2,\n b: (a: 3, x: [1, 2]), junk (c: 4), c: \"}\" )";
        let blocks = [("a", "1"), ("b", "(a: 3, x: [1, 2])"), ("c", "\"}\"")];
        check(Splitter::Balanced, source, FIELDS, &blocks);
        let map = "{\"x\": (1), 7: F(a: {}), \"y\":";
        let blocks = [("\"x\"", "(1)"), ("7", "F(a: {})"), ("\"y\"", "")];
        check(Splitter::Balanced, map, Keys::Entries, &blocks);
    }

    #[test]
    fn attributes_are_passed() {
        let source = "#![enable(implicit_some)]\n#![enable(unwrap_newtypes)]\n(a: 1) c: 2";
        check(Splitter::Balanced, source, FIELDS, &[("a", "1")]);
        check(Splitter::Balanced, "#!", FIELDS, &[]);
    }

    #[test]
    fn lines_tell_blocks_apart_where_brackets_lie() {
        let source = "(\n    a: (1,\n    b: \"open,\n    c: 3)),\n)";
        let blocks = [("a", "(1,"), ("b", "\"open,"), ("c", "3")];
        check(Splitter::Aligned, source, FIELDS, &blocks);
    }

    #[test]
    fn a_value_knows_whether_it_ended() {
        let blocks = Splitter::Balanced.split("(a: (1), b: (2", FIELDS);
        assert_eq!(
            blocks.iter().map(|b| b.complete).collect::<Vec<_>>(),
            [true, false]
        );
        assert_eq!(blocks[1].value, "(2");
        assert_eq!(blocks[1].value_at, 12);
    }
}
