//! Tokens of a file that may be broken.
//!
//! Knows brackets, commas, colons, texts and comments, and nothing of what
//! they mean; never fails and never recurses, so that damaged and hostile
//! files can be looked at before anything parses them.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// A text in quotes, of any form.
    Text,
    /// Anything else: names, numbers, stray characters.
    Word,
}

/// One token by its place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub kind: Kind,
    /// Whether nothing but space stands before it on its line.
    pub first: bool,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset behind its last byte.
    pub end: u32,
}

impl Token {
    /// The token as written.
    pub fn text(self, source: &str) -> &str {
        source
            .get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }
}

/// Where texts end that lack their closing quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Texts {
    /// At the end of the file, as the notation has it.
    Strict,
    /// At the end of their line: one forgotten quote then costs one line.
    OneLine,
}

/// All tokens of a text of less than 4 GB.
pub(super) fn tokens(source: &str, texts: Texts) -> Vec<Token> {
    Scanner {
        bytes: source.as_bytes(),
        at: 0,
        first: true,
        texts,
    }
    .run()
}

/// The first bracket that is nested deeper than `limit`.
pub(super) fn too_deep(tokens: &[Token], limit: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for token in tokens {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Comma | Kind::Colon | Kind::Text | Kind::Word => {}
        }
        if depth > limit {
            return Some(token.start as usize);
        }
    }
    None
}

/// Line and column of an offset, from 1; columns count characters.
pub(super) fn position(source: &str, offset: usize) -> (usize, usize) {
    let before = &source.as_bytes()[..offset.min(source.len())];
    let line_start = before
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |at| at + 1);
    let line = 1 + before.iter().filter(|b| **b == b'\n').count();
    // Continuation bytes of UTF-8 start no character.
    let column = 1 + before[line_start..]
        .iter()
        .filter(|b| **b & 0xC0 != 0x80)
        .count();
    (line, column)
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    first: bool,
    texts: Texts,
}

impl Scanner<'_> {
    fn run(mut self) -> Vec<Token> {
        let mut tokens = Vec::new();
        while let Some(byte) = self.peek(0) {
            let start = self.at;
            let kind = match byte {
                b'\n' => {
                    self.first = true;
                    self.at += 1;
                    continue;
                }
                b'/' if matches!(self.peek(1), Some(b'/' | b'*')) => {
                    self.comment();
                    continue;
                }
                _ if byte.is_ascii_whitespace() => {
                    self.at += 1;
                    continue;
                }
                b'(' | b'[' | b'{' => self.single(Kind::Open),
                b')' | b']' | b'}' => self.single(Kind::Close),
                b',' => self.single(Kind::Comma),
                b':' => self.single(Kind::Colon),
                b'"' => self.text(),
                b'\'' => self.character(),
                b'r' | b'b' => self.raw_text().unwrap_or_else(|| self.word()),
                _ => self.word(),
            };
            tokens.push(Token {
                kind,
                first: std::mem::take(&mut self.first),
                start: u32::try_from(start).unwrap_or(u32::MAX),
                end: u32::try_from(self.at).unwrap_or(u32::MAX),
            });
        }
        tokens
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn single(&mut self, kind: Kind) -> Kind {
        self.at += 1;
        kind
    }

    fn comment(&mut self) {
        if self.peek(1) == Some(b'/') {
            while self.peek(0).is_some_and(|b| b != b'\n') {
                self.at += 1;
            }
            return;
        }
        let mut depth = 0_usize;
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b'/', Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                _ => {
                    self.first |= byte == b'\n';
                    self.at += 1;
                }
            }
        }
    }

    fn text(&mut self) -> Kind {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' if self.texts == Texts::OneLine => break,
                b'\\' if self.peek(1) != Some(b'\n') => self.at += 1,
                b'"' => {
                    self.at += 1;
                    return Kind::Text;
                }
                _ => {}
            }
            self.at += 1;
        }
        self.at = self.at.min(self.bytes.len());
        Kind::Text
    }

    /// `'x'` or `'\u{1f600}'`; a lone apostrophe is a stray character.
    fn character(&mut self) -> Kind {
        let rest = &self.bytes[self.at + 1..];
        let escaped = usize::from(rest.first() == Some(&b'\\')) * 2;
        let end = rest
            .iter()
            .take(16)
            .skip(escaped)
            .take_while(|b| **b != b'\n')
            .position(|b| *b == b'\'');
        self.at += 1 + end.map_or(0, |end| escaped + end + 1);
        Kind::Text
    }

    /// `r"…"`, `r#"…"#`, `b"…"` and `br"…"`; none where a name begins.
    fn raw_text(&mut self) -> Option<Kind> {
        let mut ahead = usize::from(self.peek(0) == Some(b'b'));
        let raw = self.peek(ahead) == Some(b'r');
        ahead += usize::from(raw);
        let mut hashes = 0;
        while raw && self.peek(ahead) == Some(b'#') {
            hashes += 1;
            ahead += 1;
        }
        if self.peek(ahead) != Some(b'"') {
            return None;
        }
        self.at += ahead;
        if !raw {
            return Some(self.text());
        }
        self.at += 1;
        while self.at < self.bytes.len() {
            let closing = self.peek(0) == Some(b'"')
                && (1..=hashes).all(|ahead| self.peek(ahead) == Some(b'#'));
            self.at += 1;
            if closing {
                self.at += hashes;
                break;
            }
        }
        Some(Kind::Text)
    }

    fn word(&mut self) -> Kind {
        // At least one byte, so that every character is passed.
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            let comment = byte == b'/' && matches!(self.peek(1), Some(b'/' | b'*'));
            if byte.is_ascii_whitespace() || b"()[]{},:\"'".contains(&byte) || comment {
                break;
            }
            self.at += 1;
        }
        Kind::Word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_by_their_texts() {
        #[track_caller]
        fn check(source: &str, expected: &[&str]) {
            let found: Vec<_> = tokens(source, Texts::Strict)
                .into_iter()
                .map(|token| token.text(source))
                .collect();
            assert_eq!(found, expected);
        }
        check("(a: 1.5,)", &["(", "a", ":", "1.5", ",", ")"]);
        check(r#""a\"b": "c""#, &[r#""a\"b""#, ":", r#""c""#]);
        check("a // b (\nc /* d /* e */ ( */ f", &["a", "c", "f"]);
        check(
            "r#\"(\"\" \"# b\"x\" rest",
            &["r#\"(\"\" \"#", "b\"x\"", "rest"],
        );
        check(
            "'(' '\\'' 'é' 'stray",
            &["'('", "'\\''", "'é'", "'", "stray"],
        );
        check("\"open \\", &["\"open \\"]);
        check("/* open", &[]);
        check("é→ü", &["é→ü"]);
    }

    #[test]
    fn a_forgotten_quote_costs_one_line() {
        let source = "a: \"b,\nc: \"d\",\n";
        let found: Vec<_> = tokens(source, Texts::OneLine)
            .into_iter()
            .map(|token| (token.text(source), token.first))
            .collect();
        let expected = [
            ("a", true),
            (":", false),
            ("\"b,", false),
            ("c", true),
            (":", false),
        ];
        assert_eq!(found[..5], expected);
    }

    #[test]
    fn depth_and_position() {
        let deep = "(".repeat(50_000);
        assert_eq!(too_deep(&tokens(&deep, Texts::Strict), 128), Some(128));
        assert_eq!(too_deep(&tokens("((()))", Texts::Strict), 3), None);
        assert_eq!(position("a\nbé(", 5), (2, 3));
        assert_eq!(position("", 9), (1, 1));
    }
}
