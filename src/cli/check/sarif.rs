//! The verdict as SARIF 2.1.0, which code scanners and editors read.
//!
//! Source: OASIS, *Static Analysis Results Interchange Format (SARIF) Version
//! 2.1.0*, §§ 3.13, 3.19, 3.27, 3.28.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::verdict::Remark;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The whole log; `source` is the text of the file, for its lines.
pub(super) fn log(remarks: &[Remark], file: Option<&Path>, source: Option<&str>) -> Value {
    let rules: BTreeSet<&str> = remarks.iter().map(|remark| remark.rule.as_str()).collect();
    let rules: Vec<&str> = rules.into_iter().collect();
    let described: Vec<Value> = rules
        .iter()
        .map(|rule| {
            let name = rule.replace('-', " ");
            json!({"id": rule, "shortDescription": {"text": name}})
        })
        .collect();
    let results: Vec<Value> = remarks
        .iter()
        .map(|remark| {
            json!({
                "ruleId": remark.rule,
                "ruleIndex": rules.iter().position(|rule| *rule == remark.rule),
                "level": remark.level,
                "message": {"text": remark.message},
                "locations": [location(remark, file, source)],
                "properties": {"fails": remark.fails},
            })
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "nephoscope",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": described,
            }},
            "results": results,
        }],
    })
}

fn location(remark: &Remark, file: Option<&Path>, source: Option<&str>) -> Value {
    let link = remark.link.as_ref().map(|link| ("links:", link.as_str()));
    let node = remark.node.as_ref().map(|node| ("nodes:", node.as_str()));
    let place = link.or(node);
    let mut location = json!({});
    if let Some((section, id)) = place {
        let kind = section.trim_end_matches("s:");
        location["logicalLocations"] = json!([{"fullyQualifiedName": id, "kind": kind}]);
    }
    if let Some(path) = file {
        let line = place
            .zip(source)
            .and_then(|((section, id), text)| line_of(text, section, id));
        location["physicalLocation"] = json!({
            "artifactLocation": {"uri": uri(path)},
            "region": {"startLine": line.unwrap_or(1)},
        });
    }
    location
}

/// The line of an entry's block, from 1.
fn line_of(text: &str, section: &str, id: &str) -> Option<usize> {
    let start = text.find(section)?;
    let entry = format!("{id:?}:");
    let at = start + text.get(start..)?.find(&entry)?;
    Some(text.get(..at)?.matches('\n').count() + 1)
}

/// A path as a relative or `file:` reference, RFC 3986.
fn uri(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let mut uri = String::new();
    if path.is_absolute() {
        uri.push_str("file://");
        if !text.starts_with('/') {
            uri.push('/');
        }
    }
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' | b':' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_lines_and_paths_are_references() {
        let text = "(\n  environment: (regions: {\"aws\": \"x\"}),\n  nodes: {\n    \"aws\": (),\n    \"b\": (),\n  },\n  links: {\n    \"aws->b\": (),\n  },\n)";
        assert_eq!(line_of(text, "nodes:", "aws"), Some(4));
        assert_eq!(line_of(text, "nodes:", "b"), Some(5));
        assert_eq!(line_of(text, "links:", "aws->b"), Some(8));
        assert_eq!(line_of(text, "nodes:", "c"), None);
        assert_eq!(uri(Path::new("a b/ü.ron")), "a%20b/%C3%BC.ron");
        assert_eq!(uri(Path::new("/a/b.ron")), "file:///a/b.ron");
    }
}
