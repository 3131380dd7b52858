//! The order of the modules, held by a test: who may use whom, and what each
//! file must keep to. `docs/ARCHITECTURE.md` says why.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should say so and stop"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and what it may use; whatever it uses stands above it.
const MAY_USE: &[(&str, &[&str])] = &[
    // 1: words and numbers.
    ("units", &[]),
    ("law", &["units"]),
    ("notation", &["units", "law"]),
    ("expression", &["units", "law", "notation"]),
    ("format", &["units"]),
    // 2: facts, and the event loop of a simulation.
    ("catalog", &["expression", "law", "notation", "units"]),
    ("engine", &["units"]),
    // 3: what somebody drew.
    ("design", &["catalog", "expression", "law", "units"]),
    // 4: a design with every lookup done; designs in files of ours and of others.
    ("system", &["catalog", "design", "law", "units"]),
    (
        "iac",
        &[
            "catalog",
            "design",
            "expression",
            "law",
            "notation",
            "units",
        ],
    ),
    (
        "project",
        &[
            "catalog",
            "design",
            "expression",
            "law",
            "notation",
            "units",
        ],
    ),
    // 5: numbers out of a system.
    (
        "analysis",
        &[
            "catalog",
            "design",
            "engine",
            "expression",
            "law",
            "system",
            "units",
        ],
    ),
    // 6: what is shown of them.
    (
        "report",
        &[
            "analysis",
            "catalog",
            "design",
            "expression",
            "format",
            "law",
            "system",
            "units",
        ],
    ),
    // 7: many reports of edited copies.
    (
        "advice",
        &["catalog", "design", "format", "law", "report", "units"],
    ),
    // 8: a report in another format.
    (
        "export",
        &[
            "advice", "catalog", "design", "format", "law", "project", "report", "units",
        ],
    ),
    // 9: the application without a window.
    (
        "workspace",
        &[
            "advice", "catalog", "design", "export", "format", "iac", "law", "project", "report",
            "units",
        ],
    ),
    // 10: the two ways to use it.
    (
        "cli",
        &[
            "advice",
            "catalog",
            "design",
            "export",
            "expression",
            "format",
            "iac",
            "law",
            "notation",
            "project",
            "report",
            "units",
            "workspace",
        ],
    ),
    (
        "ui",
        &[
            "advice",
            "catalog",
            "design",
            "export",
            "expression",
            "format",
            "iac",
            "law",
            "project",
            "report",
            "units",
            "workspace",
        ],
    ),
];

/// Lines that a file may have; what is longer is about two things.
const LONGEST: usize = 600;

/// One source file, its comments and the text in its quotes blanked.
struct Source {
    path: String,
    /// As written.
    text: String,
    /// With comments, strings and test modules blanked, line by line.
    code: Vec<String>,
    /// Whether the whole file is tests.
    is_test: bool,
}

impl Source {
    /// The module of the first row that the file belongs to.
    fn module(&self) -> &str {
        let inner = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let first = inner.split('/').next().unwrap_or(inner);
        first.strip_suffix(".rs").unwrap_or(first)
    }
}

#[test]
fn modules_use_only_what_stands_above_them() {
    let table: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut broken = Vec::new();
    for file in sources() {
        let module = file.module();
        if module == "lib" || module == "main" {
            continue; // They name everything and do nothing.
        }
        let Some(allowed) = table.get(module) else {
            broken.push(format!("{}:1: {module} has no row in MAY_USE", file.path));
            continue;
        };
        for (line, used) in uses(&file.code) {
            if used != module
                && table.contains_key(used.as_str())
                && !allowed.contains(&used.as_str())
            {
                broken.push(format!(
                    "{}:{line}: {module} must not use {used}",
                    file.path
                ));
            }
        }
    }
    report("a module uses what it must not know", &broken);
}

#[test]
fn the_table_has_no_way_back() {
    for (row, (module, allowed)) in MAY_USE.iter().enumerate() {
        let above: BTreeSet<_> = MAY_USE[..row].iter().map(|(name, _)| *name).collect();
        for used in *allowed {
            assert!(
                above.contains(used),
                "{module} uses {used}, which stands below it"
            );
        }
    }
}

#[test]
fn only_the_window_knows_egui() {
    let graphics = ["egui", "eframe", "epaint", "egui_graphs", "plotters", "rfd"];
    let mut broken = Vec::new();
    for file in sources().iter().filter(|file| file.module() != "ui") {
        for (number, line) in numbered(&file.code) {
            let found = words(line).find(|word| graphics.contains(word));
            if let Some(word) = found {
                broken.push(format!("{}:{number}: only ui may use {word}", file.path));
            }
        }
    }
    report("graphics outside the window", &broken);
}

#[test]
fn files_stay_short() {
    let broken: Vec<String> = sources()
        .iter()
        .filter_map(|file| {
            let lines = file.text.lines().count();
            let path = &file.path;
            (lines > LONGEST).then(|| format!("{path}:{LONGEST}: {lines} lines, split it"))
        })
        .collect();
    report("files that are about two things", &broken);
}

#[test]
fn nothing_outside_tests_gives_up() {
    let mut broken = Vec::new();
    for file in sources().iter().filter(|file| !file.is_test) {
        for (number, line) in numbered(&file.code) {
            for call in [
                ".unwrap()",
                ".expect(",
                "panic!(",
                "todo!(",
                "unimplemented!(",
            ] {
                if line.contains(call) {
                    broken.push(format!("{}:{number}: `{call}` ends the program", file.path));
                }
            }
        }
    }
    report("code that gives up", &broken);
}

#[test]
fn there_is_one_egui() {
    let lock = read(&root().join("Cargo.lock"));
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut lines = lock.lines();
    while let Some(line) = lines.next() {
        let Some(name) = quoted(line, "name = ") else {
            continue;
        };
        let version = lines.next().and_then(|line| quoted(line, "version = "));
        versions.entry(name).or_default().extend(version);
    }
    assert!(
        versions.contains_key("egui"),
        "Cargo.lock does not name egui"
    );
    for name in [
        "egui",
        "eframe",
        "epaint",
        "emath",
        "egui_graphs",
        "petgraph",
        "winit",
    ] {
        let found = versions.get(name).map_or(&[][..], Vec::as_slice);
        assert!(
            found.len() <= 1,
            "Cargo.lock holds {name} {}",
            found.join(" and ")
        );
    }
}

/// The scanner itself, on a text where every trap is set.
#[test]
fn the_scanner_sees_code_only() {
    let code = stripped(concat!(
        "// crate::a\n",
        "let s = \"crate::b {\"; /* crate::c */ let q = '\"';\n",
        "let r = r#\"crate::d \"# ; use crate::{e, f::G, h::{i, j}};\n",
        "#[cfg(test)]\nmod tests {\n    use crate::k;\n}\n",
        "fn after<'a>() { crate::l::m() }\n",
    ));
    let found: Vec<String> = uses(&code)
        .into_iter()
        .map(|(line, used)| format!("{line} {used}"))
        .collect();
    assert_eq!(found, ["3 e", "3 f", "3 h", "8 l"]);
}

fn report(what: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{what}:\n{}\n", broken.join("\n"));
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn sources() -> Vec<Source> {
    let mut paths = Vec::new();
    collect(&root().join("src"), &mut paths);
    paths.sort();
    let texts: Vec<(String, String)> = paths
        .into_iter()
        .map(|path| {
            let inner = path.strip_prefix(root()).unwrap_or(&path);
            (inner.to_string_lossy().replace('\\', "/"), read(&path))
        })
        .collect();
    let tests = test_files(&texts);
    texts
        .into_iter()
        .map(|(path, text)| Source {
            is_test: tests
                .iter()
                .any(|test| path == format!("{test}.rs") || path.starts_with(&format!("{test}/"))),
            code: stripped(&text),
            path,
            text,
        })
        .collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            paths.push(path);
        }
    }
}

/// Paths, without ending, of modules declared as `#[cfg(test)] mod name;`.
fn test_files(texts: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in texts {
        let folder = path
            .strip_suffix("/mod.rs")
            .or_else(|| path.strip_suffix(".rs"))
            .unwrap_or(path);
        let folder = if folder == "src/lib" { "src" } else { folder };
        let mut marked = false;
        for line in text.lines().map(str::trim) {
            if line == "#[cfg(test)]" {
                marked = true;
            } else if marked && !line.starts_with("#[") {
                let name = line
                    .strip_suffix(';')
                    .and_then(|line| line.rsplit_once("mod "));
                found.extend(name.map(|(_, name)| format!("{folder}/{name}")));
                marked = false;
            }
        }
    }
    found
}

/// Modules of this crate that the code names, with their lines.
fn uses(code: &[String]) -> Vec<(usize, String)> {
    let all = code.join("\n");
    let mut found = Vec::new();
    for (at, _) in all.match_indices("crate::") {
        let line = all[..at].matches('\n').count() + 1;
        let rest = &all[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => found.extend(heads(list).into_iter().map(|name| (line, name))),
            None => found.extend(words(rest).next().map(|name| (line, name.to_owned()))),
        }
    }
    found
}

/// The first names of a use list, `a, b::C, d::{e, f}}` giving a, b, d.
fn heads(list: &str) -> Vec<String> {
    let (mut depth, mut heads, mut head) = (0_u32, Vec::new(), String::new());
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(std::mem::take(&mut head)),
            _ if depth == 0 => head.push(c),
            _ => {}
        }
    }
    heads.push(head);
    heads
        .iter()
        .filter_map(|head| words(head).next())
        .map(str::to_owned)
        .collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
}

fn numbered(code: &[String]) -> impl Iterator<Item = (usize, &str)> {
    code.iter()
        .enumerate()
        .map(|(index, line)| (index + 1, line.as_str()))
}

fn quoted<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix('"')?.strip_suffix('"')
}

/// Code without comments, strings and `#[cfg(test)]` blocks; lines stay lines.
fn stripped(text: &str) -> Vec<String> {
    without_tests(&without_text(text))
        .lines()
        .map(str::to_owned)
        .collect()
}

/// Blanks comments and what stands in quotes.
fn without_text(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let (mut out, mut i) = (String::with_capacity(text.len()), 0);
    while i < chars.len() {
        let end = match at(i) {
            '/' if at(i + 1) == '/' => (i..).find(|&j| j >= chars.len() || at(j) == '\n'),
            '/' if at(i + 1) == '*' => Some(block_end(&chars, i)),
            '"' => Some(string_end(&chars, i)),
            'r' if i == 0 || !(at(i - 1).is_alphanumeric() || at(i - 1) == '_') => {
                raw_end(&chars, i)
            }
            '\'' if at(i + 1) == '\\' => (i + 3..)
                .find(|&j| j >= chars.len() || at(j) == '\'')
                .map(|j| j + 1),
            '\'' if at(i + 2) == '\'' => Some(i + 3),
            _ => None,
        };
        match end {
            Some(end) => {
                let end = end.min(chars.len());
                out.extend(
                    chars[i..end]
                        .iter()
                        .map(|&c| if c == '\n' { '\n' } else { ' ' }),
                );
                i = end;
            }
            None => {
                out.push(at(i));
                i += 1;
            }
        }
    }
    out
}

fn block_end(chars: &[char], start: usize) -> usize {
    let (mut depth, mut i) = (0_u32, start);
    while i + 1 < chars.len() {
        match (chars[i], chars[i + 1]) {
            ('/', '*') => (depth, i) = (depth + 1, i + 2),
            ('*', '/') => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            return i;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], start: usize) -> usize {
    let mut i = start + 1;
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 2,
            '"' => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}

/// The end of `r"…"` or `r#"…"#`; none where `r` is a name.
fn raw_end(chars: &[char], start: usize) -> Option<usize> {
    let hashes = chars[start + 1..].iter().take_while(|&&c| c == '#').count();
    let open = start + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let closes = |i: &usize| {
        chars[*i] == '"'
            && chars[i + 1..]
                .iter()
                .take(hashes)
                .filter(|&&c| c == '#')
                .count()
                == hashes
    };
    Some(
        (open + 1..chars.len())
            .find(closes)
            .map_or(chars.len(), |i| i + 1 + hashes),
    )
}

/// Blanks the block after each `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find(MARK) {
        let body = &rest[start + MARK.len()..];
        let end = start + MARK.len() + item_end(body);
        let _ = write!(
            out,
            "{}{}",
            &rest[..start],
            "\n".repeat(rest[start..end].matches('\n').count())
        );
        rest = &rest[end..];
    }
    out + rest
}

/// Where the next item ends: at its closing brace or its semicolon.
fn item_end(code: &str) -> usize {
    let mut depth = 0_u32;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}
