//! Saves what can be saved of a damaged file.
//!
//! The file is taken apart into blocks, each block is parsed on its own, and
//! what cannot be parsed is dropped with its place and the reason. Two ways of
//! taking it apart are tried, and the one that keeps more is taken.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use crate::design::Design;
use crate::notation::{self, NotationError};

use super::block::{Block, Keys, Splitter};
use super::v1::{LAYOUT, SECTIONS};
use super::{Opened, Problems, Source, check, plain};

/// What can be read of a damaged file; none where that is nothing.
pub(super) fn salvage(source: Source) -> Option<Opened> {
    [Splitter::Balanced, Splitter::Aligned]
        .into_iter()
        .map(|splitter| Salvage::new(source, splitter).run())
        .map(|salvage| check::check(salvage.design, salvage.dropped, source))
        // Of equals the first, which trusts the notation.
        .rev()
        .max_by_key(|opened| (opened.design.nodes.len(), opened.design.links.len()))
        .filter(|opened| !opened.design.nodes.is_empty())
}

struct Salvage<'a> {
    source: Source<'a>,
    splitter: Splitter,
    design: Design,
    dropped: Problems<'a>,
}

impl<'a> Salvage<'a> {
    fn new(source: Source<'a>, splitter: Splitter) -> Self {
        Self {
            source,
            splitter,
            design: Design {
                defaults_version: crate::design::DEFAULTS_VERSION,
                ..Design::default()
            },
            dropped: Problems::new(source),
        }
    }

    fn run(mut self) -> Self {
        for block in self
            .splitter
            .split(self.source.text, Keys::Fields(&SECTIONS))
        {
            self.section(&block);
        }
        self
    }

    fn section(&mut self, block: &Block) {
        let mut design = std::mem::take(&mut self.design);
        match block.key {
            "format" => {}
            "defaults_version" => self.whole(block, &mut design.defaults_version),
            "name" => self.whole(block, &mut design.name),
            "description" => self.whole(block, &mut design.description),
            "environment" => self.whole(block, &mut design.environment),
            "objectives" => self.whole(block, &mut design.objectives),
            "business_unit" => self.whole(block, &mut design.business_unit),
            "variables" => self.entries(block, "variable", &mut design.variables),
            "nodes" => self.entries(block, "node", &mut design.nodes),
            "links" => self.entries(block, "link", &mut design.links),
            "groups" => self.entries(block, "group", &mut design.groups),
            "expressions" => self.entries(block, "expression of", &mut design.expressions),
            "ranges" => self.entries(block, "range of", &mut design.ranges),
            "overrides" => self.entries(block, "override of", &mut design.overrides),
            "scenarios" => self.entries(block, "scenario", &mut design.scenarios),
            "measurements" => self.whole(block, &mut design.measurements),
            "ignored" => self.entries(block, "ignored finding", &mut design.ignored),
            "comments" => self.whole(block, &mut design.comments),
            "outages" => self.whole(block, &mut design.outages),
            "companions_off" => self.whole(block, &mut design.companions_off),
            "unmapped" => self.whole(block, &mut design.unmapped),
            "layout" => self.layout(block, &mut design),
            other => self.drop(block.at, &format!("section `{other}`"), "is unknown"),
        }
        self.design = design;
    }

    fn layout(&mut self, block: &Block, design: &mut Design) {
        let layout = &mut design.layout;
        for part in self.splitter.split(block.reach, Keys::Fields(&LAYOUT)) {
            let part = within(&part, block);
            match part.key {
                "positions" => self.entries(&part, "position of", &mut layout.positions),
                "reroutes" => self.entries(&part, "bends of", &mut layout.reroutes),
                "collapsed" => self.whole::<BTreeSet<_>>(&part, &mut layout.collapsed),
                _ => self.entries(&part, "bookmark", &mut layout.bookmarks),
            }
        }
    }

    /// Reads a section that stands or falls as one.
    fn whole<T: DeserializeOwned>(&mut self, block: &Block, into: &mut T) {
        match notation::read(block.value) {
            Ok(value) => *into = value,
            Err(error) => self.unreadable(block, &format!("section `{}`", block.key), &error),
        }
    }

    /// Reads a map entry by entry.
    fn entries<K: DeserializeOwned + Ord, V: DeserializeOwned>(
        &mut self,
        section: &Block,
        noun: &str,
        into: &mut BTreeMap<K, V>,
    ) {
        for entry in self.splitter.split(section.reach, Keys::Entries) {
            let entry = within(&entry, section);
            let read = notation::read(entry.key)
                .and_then(|key| notation::read(entry.value).map(|value| (key, value)));
            match read {
                Ok((key, value)) => {
                    into.insert(key, value);
                }
                Err(error) => {
                    let what = format!("{noun} `{}`", entry.key.trim_matches('"'));
                    self.unreadable(&entry, &what, &error);
                }
            }
        }
        if !section.complete {
            let (what, why) = (
                format!("section `{}`", section.key),
                "breaks off: its end is missing",
            );
            let end = section.value_at + section.value.len();
            self.dropped.push(end, &format!("{what} {why}"));
        }
    }

    fn unreadable(&mut self, block: &Block, what: &str, error: &NotationError) {
        if block.complete {
            let at = block.value_at + offset(block.value, error);
            self.drop(
                at,
                what,
                &format!("could not be read: {}", plain(&error.problem)),
            );
        } else {
            self.drop(block.at, what, "breaks off: its end is missing");
        }
    }

    fn drop(&mut self, at: usize, what: &str, why: &str) {
        self.dropped
            .push(at, &format!("{what} was left out: it {why}"));
    }
}

/// An inner block with places that count from the file's beginning.
fn within<'a>(inner: &Block<'a>, outer: &Block<'a>) -> Block<'a> {
    Block {
        at: outer.value_at + inner.at,
        value_at: outer.value_at + inner.value_at,
        ..*inner
    }
}

/// Where in a value an error is.
fn offset(value: &str, error: &NotationError) -> usize {
    let line = value
        .split_inclusive('\n')
        .take(error.line - 1)
        .map(str::len)
        .sum::<usize>();
    let rest = value.get(line..).unwrap_or_default();
    let column = rest
        .chars()
        .take(error.column.saturating_sub(1))
        .map(char::len_utf8);
    (line + column.sum::<usize>()).min(value.len())
}

/// Where things stand in a file, for messages about a design that was read.
pub(super) struct Index<'a> {
    places: BTreeMap<(&'a str, &'a str), Vec<usize>>,
}

impl<'a> Index<'a> {
    /// Finds the entries of all sections.
    pub fn new(source: Source<'a>) -> Self {
        let mut places: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for section in Splitter::Balanced.split(source.text, Keys::Fields(&SECTIONS)) {
            places
                .entry((section.key, ""))
                .or_default()
                .push(section.at);
            if !section.value.starts_with('{') {
                continue;
            }
            for entry in Splitter::Balanced.split(section.value, Keys::Entries) {
                let key = (section.key, entry.key.trim_matches('"'));
                places
                    .entry(key)
                    .or_default()
                    .push(section.value_at + entry.at);
            }
        }
        Self { places }
    }

    /// Where an entry stands, or its section, or the file begins.
    pub fn offset(&self, section: &str, key: &str) -> usize {
        let entry = self.places.get(&(section, key));
        let found = entry.or_else(|| self.places.get(&(section, "")));
        found
            .and_then(|all| all.last())
            .copied()
            .unwrap_or_default()
    }

    /// Entries that stand in the file more than once: section, key, offsets.
    pub fn repeated(&self) -> impl Iterator<Item = (&'a str, &'a str, &[usize])> {
        self.places
            .iter()
            .filter(|(_, places)| places.len() > 1)
            .map(|((section, key), places)| (*section, *key, places.as_slice()))
    }
}
