//! How text from a design is made safe for each format.
//!
//! Labels come from people and from imported files: they hold quotes, tags,
//! pipes, line breaks and formulas. Every exporter passes every text through
//! one of these functions and none of its own.

/// For HTML and XML, between tags and in attributes in double quotes.
pub(super) fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(c),
            // XML 1.0 has no place for these, not even as entities.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

/// A whole CSV field (RFC 4180) that no spreadsheet takes for a formula and no
/// terminal for a command.
pub(super) fn csv(text: &str) -> String {
    let harmless = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    let text: String = text.chars().filter(|c| harmless(*c)).collect();
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text };
    if text.contains([',', '"', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// For running text and table cells of GitHub's Markdown.
pub(super) fn markdown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '!' | '|' | '~' => {
                safe.push('\\');
                safe.push(c);
            }
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // An empty comment keeps a label from notifying people.
            '@' => safe.push_str("@<!-- -->"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// For a Mermaid label in double quotes: its own entities, `#` and a number.
pub(super) fn mermaid(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() => safe.push(' '),
            '"' | '#' | '&' | '<' | '>' | '`' | '\\' | '|' | '[' | ']' | '{' | '}' | '(' | ')'
            | ';' | '%' | '*' | '_' | '~' | '@' => {
                safe.push_str(&format!("#{};", u32::from(c)));
            }
            c => safe.push(c),
        }
    }
    safe
}

/// For a Graphviz string in double quotes.
pub(super) fn dot(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => safe.push_str("\\\""),
            '\\' => safe.push_str("\\\\"),
            '\n' => safe.push_str("\\n"),
            // Graphviz reads entities in strings too.
            '&' => safe.push_str("&amp;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// At most so many characters, the last an ellipsis where some are missing.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_made_safe() {
        #[track_caller]
        fn check(escape: fn(&str) -> String, text: &str, expected: &str) {
            assert_eq!(escape(text), expected);
        }
        check(
            xml,
            "<a b=\"c\" d='e'>&\u{1}",
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\u{fffd}",
        );
        check(csv, "plain", "plain");
        check(csv, "a,\"b\"\nc", "\"a,\"\"b\"\"\nc\"");
        check(csv, "=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1");
        check(csv, "-1,@x", "\"'-1,@x\"");
        check(
            markdown,
            "a|b\n*c* @d <e>",
            "a\\|b \\*c\\* @<!-- -->d &lt;e&gt;",
        );
        check(mermaid, "a\"b\" [c]\n#d", "a#34;b#34; #91;c#93; #35;d");
        check(dot, "a\"b\\c\nd\u{7}", "a\\\"b\\\\c\\nd ");
        assert_eq!(shortened("Größenänderung", 7), "Größen…");
        assert_eq!(shortened("kurz", 4), "kurz");
    }
}
