//! Files that are cut off, wounded, or noise.

use std::collections::BTreeSet;

use super::super::*;
use super::{full, refused};
use crate::design::NodeId;
use crate::design::generate::generate;

#[test]
fn a_file_cut_anywhere_gives_what_came_before() {
    let design = full();
    let text = write(&design).unwrap();
    let ends: Vec<(usize, &NodeId)> = design
        .nodes
        .keys()
        .map(|id| {
            let start = text.find(&format!("\n        \"{id}\": (\n")).unwrap();
            (start + text[start..].find("\n        )").unwrap() + 10, id)
        })
        .collect();
    for cut in 0..text.len() {
        let Some(part) = text.get(..cut) else {
            continue;
        };
        let Err(error) = read(part, "cut.ron") else {
            assert_eq!(part.trim_end(), text.trim_end());
            continue;
        };
        let whole: BTreeSet<_> = ends
            .iter()
            .filter(|(end, _)| *end <= cut)
            .map(|(_, id)| *id)
            .collect();
        let saved = error.salvaged.unwrap_or_default();
        let saved: BTreeSet<_> = saved.design.nodes.keys().collect();
        assert_eq!(saved, whole, "cut at byte {cut}");
    }
}

#[test]
fn one_wound_costs_one_block() {
    let text = write(&generate(40, 5)).unwrap();
    #[track_caller]
    fn check(text: &str, nodes: usize, dropped: &str) {
        let saved = refused(text).salvaged.unwrap();
        assert_eq!(
            saved.design.nodes.len(),
            nodes,
            "{} of {nodes}: {:#?}",
            saved.design.nodes.len(),
            saved.problems
        );
        assert!(saved.design.links.len() > 20);
        let said = dropped.is_empty() || saved.problems.iter().any(|p| p.contains(dropped));
        assert!(said, "{:#?}", saved.problems);
    }
    let at = text.find("settings: Function(").unwrap();
    let wounded =
        |from: &str, to: &str| format!("{}{}", &text[..at], text[at..].replacen(from, to, 1));
    check(
        &wounded("settings:", "setings:"),
        39,
        "unexpected field named `setings` in `Node`",
    );
    check(&wounded("memory: ", "memory: \"much\" "), 39, "x.ron:");
    check(&wounded("\": (\n", ": (\n"), 39, "x.ron:");
    check(&wounded("label: \"", "label: "), 39, "x.ron:");
    check(&wounded("(", ""), 39, "x.ron:");
    // A bracket more or less between two blocks costs nothing at all.
    check(&wounded("),\n        ),\n", "),\n"), 39, "x.ron:");
    check(&wounded("),\n        ),\n", "),\n        )),\n"), 40, "");
    check(&wounded("),\n        ),\n", "),\n        ),),\n"), 40, "");
}

#[test]
fn noise_never_panics() {
    let text = write(&full()).unwrap();
    let mut state = 42_u64;
    let mut next = |limit: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    for _ in 0..400 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..=next(4) {
            let at = next(bytes.len());
            match next(3) {
                0 => drop(bytes.remove(at)),
                1 => bytes.insert(at, b"()[]{}\"'\\/:,#r-9eE.\n"[next(20)]),
                _ => bytes[at] = b"()[]{}\"'\\/:,#r-9eE.\n"[next(20)],
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let _ = read(&text, "noise.ron");
    }
}
