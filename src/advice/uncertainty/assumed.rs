//! Ranges for a design that has none: what it leaves at defaults, and prices
//! that rest on weak sources. Assumptions of ours, to be shown as such.

use std::collections::BTreeMap;

use crate::design::param::Parameters;
use crate::design::{Design, ParamPath, Range, Settings};
use crate::report::Report;

/// Settings that decide much and that few people know: key, and how far off
/// the default may be either way, as a factor.
const GUESSED: [(&str, f64); 4] = [
    ("cpu", 2.0),
    ("log", 2.0),
    ("payload", 2.0),
    ("response", 2.0),
];
/// Waiting is 0 by default; what may be there after all [ms].
const WAITING: Range = Range {
    low: 0.0,
    high: 20.0,
};
/// How far off a price from a weak source may be, as a factor.
const WEAK_PRICE: f64 = 1.25;

/// Ranges for the weak inputs of a design.
pub fn default_ranges(design: &Design, report: &Report) -> BTreeMap<ParamPath, Range> {
    let mut ranges = BTreeMap::new();
    for (id, node) in &design.nodes {
        let path = |key: &str| ParamPath::Node(id.clone(), key.to_owned());
        add(&mut ranges, &node.settings, &path);
        let waits = matches!(
            node.settings,
            Settings::Function(_) | Settings::Container(_)
        );
        if waits && node.settings.get("wait").is_none() {
            ranges.insert(path("wait"), WAITING);
        }
    }
    for (id, link) in &design.links {
        add(&mut ranges, &link.settings, &|key| {
            ParamPath::Link(id.clone(), key.to_owned())
        });
    }
    let sources = report.cost.lines.iter().flat_map(|line| &line.cost.sources);
    for note in sources.filter(|note| note.grade.is_weak()) {
        let priced = note.value.contains("USD") && note.figure.0.contains('/');
        let number = note.value.split_whitespace().next();
        let price: Option<f64> = number.and_then(|text| text.replace(',', "").parse().ok());
        if let (true, Some(price)) = (priced, price.filter(|price| *price > 0.0)) {
            let path = ParamPath::Figure(note.figure.clone());
            ranges.insert(path, around(price, WEAK_PRICE));
        }
    }
    ranges.retain(|path, _| !design.expressions.contains_key(path));
    ranges
}

fn add(
    ranges: &mut BTreeMap<ParamPath, Range>,
    owner: &dyn Parameters,
    path: &dyn Fn(&str) -> ParamPath,
) {
    for (key, factor) in GUESSED {
        if owner.get(key).is_some() {
            continue;
        }
        let value = owner.effective(key).and_then(|value| value.as_number());
        if let Some(value) = value.filter(|value| *value > 0.0) {
            ranges.insert(path(key), around(value, factor));
        }
    }
}

fn around(value: f64, factor: f64) -> Range {
    Range {
        low: value / factor,
        high: value * factor,
    }
}
