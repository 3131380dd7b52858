//! Parts of a sweep, for many machines at once, and the whole out of them.
//!
//! The k-th part takes every n-th value, so that parts are equally long and
//! the same whoever runs them.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{On, SCHEMA_VERSION};
use crate::advice::parameter::ParameterSweep;
use crate::cli::failure::{Code, Failure};

/// One part of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    number: usize,
    of: usize,
}

impl Shard {
    /// Its part of some values.
    pub fn of(self, values: &[f64]) -> Vec<f64> {
        let own = values.iter().skip(self.number - 1).step_by(self.of);
        own.copied().collect()
    }
}

/// `2/8`.
pub fn parse(text: &str) -> Result<Shard, String> {
    let numbers = text.split_once('/');
    let numbers = numbers.and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
    match numbers {
        Some((number, of)) if (1..=of).contains(&number) => Ok(Shard { number, of }),
        _ => Err("write the number of the part and how many there are, such as 2/8".to_owned()),
    }
}

/// What a part was printed as.
#[derive(Deserialize)]
struct Part {
    schema: u32,
    name: String,
    param: String,
    sweep: Vec<On<ParameterSweep>>,
}

/// Joins parts of one sweep of one design, in whatever order they are named.
pub fn merge(
    paths: &[PathBuf],
    name: &str,
    param: &str,
) -> Result<Vec<On<ParameterSweep>>, Failure> {
    let mut whole: Vec<On<ParameterSweep>> = Vec::new();
    for path in paths {
        for part in read(path, name, param)? {
            let known = whole.iter_mut().find(|on| on.provider == part.provider);
            let Some(known) = known else {
                whole.push(part);
                continue;
            };
            known.sweep.points.extend(part.sweep.points);
            known.sweep.refused = known.sweep.refused.take().or(part.sweep.refused);
        }
    }
    for on in &mut whole {
        let points = &mut on.sweep.points;
        points.sort_by(|a, b| a.value.total_cmp(&b.value));
        points.dedup_by(|a, b| a.value == b.value);
    }
    Ok(whole)
}

fn read(path: &Path, name: &str, param: &str) -> Result<Vec<On<ParameterSweep>>, Failure> {
    let wrong = |what: String| {
        Failure::new(Code::Unreadable, format!("{}: {what}", path.display()))
            .help("parts are what `sweep --shard K/N --format json` prints")
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let part: Part = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if part.schema != SCHEMA_VERSION {
        return Err(wrong(format!(
            "version {} of the format is not known",
            part.schema
        )));
    }
    if part.name != name || part.param != param {
        let (of, swept) = (&part.name, &part.param);
        return Err(wrong(format!(
            "it is of {swept} in `{of}`, not of {param} in `{name}`"
        )));
    }
    Ok(part.sweep)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_hold_every_value_once() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert_eq!(parse("1/2").unwrap().of(&values), [1.0, 3.0, 5.0]);
        assert_eq!(parse("2/2").unwrap().of(&values), [2.0, 4.0]);
        assert!(parse("7/7").unwrap().of(&values).is_empty());
        for wrong in ["", "0/2", "3/2", "1", "a/b", "1/2/3"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
