//! From files to a catalog: `<provider>/provider.ron` and
//! `<provider>/<service>.ron`.
//!
//! A file's place gives every figure in it an id. All problems of all files
//! are collected before anything is refused, so that one round of mending is
//! enough. What makes a catalog consistent is said in [`super::check`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::{Catalog, Provider, Service, check, figures};
use crate::notation;

/// Everything that is wrong with a catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogError {
    /// The problems, by file; never empty.
    pub problems: Vec<CatalogProblem>,
}

impl std::error::Error for CatalogError {}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [only] => write!(f, "the catalog has a problem: {only}"),
            problems => {
                write!(f, "the catalog has {} problems:", problems.len())?;
                problems.iter().try_for_each(|p| write!(f, "\n  {p}"))
            }
        }
    }
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CatalogProblem {
    /// The file, relative to the catalog: `aws/lambda.ron`.
    pub file: String,
    /// Line and column from 1, where the file could not be read.
    pub position: Option<(usize, usize)>,
    /// What is wrong and what was expected.
    pub problem: String,
}

impl fmt::Display for CatalogProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if let Some((line, column)) = self.position {
            write!(f, "{line}:{column}:")?;
        }
        write!(f, " {}", self.problem)
    }
}

impl Catalog {
    /// Reads a folder of providers.
    ///
    /// # Errors
    ///
    /// Lists everything that is wrong in any file, or why nothing could be read.
    pub fn load_dir(dir: &Path) -> Result<Self, CatalogError> {
        Draft::read(files_in(dir)).finish()
    }

    /// This catalog with a folder of further or changed files on top.
    ///
    /// # Errors
    ///
    /// As [`Self::load_dir`]; the folder may lean on what is already known,
    /// such as the sources of a provider.
    pub fn with_extra(mut self, dir: &Path) -> Result<Self, CatalogError> {
        let mut draft = Draft::read(files_in(dir));
        self.merge(std::mem::replace(&mut draft.catalog, Self::empty()));
        draft.catalog = self;
        draft.finish()
    }

    /// Takes over another catalog: its services replace those of the same id,
    /// and its providers' regions, sources and allowances are added to those
    /// that are known. Nothing is checked.
    pub fn merge(&mut self, other: Self) {
        self.services.extend(other.services);
        for (id, mut provider) in other.providers {
            if let Some(known) = self.providers.remove(&id) {
                let added = provider;
                provider = known;
                provider.regions.extend(added.regions);
                provider.sources.extend(added.sources);
                provider.allowances.extend(added.allowances);
                provider.credits.extend(added.credits);
                provider.areas.extend(added.areas);
                provider.name = added.name;
                provider.default_region = added.default_region;
                provider.hours_per_month = added.hours_per_month;
                provider.internet_egress = added.internet_egress.or(provider.internet_egress);
            }
            self.providers.insert(id, provider);
        }
    }

    fn empty() -> Self {
        Self {
            providers: BTreeMap::new(),
            services: BTreeMap::new(),
        }
    }
}

/// A catalog in the making: what could be read, and what could not.
pub(super) struct Draft {
    catalog: Catalog,
    /// Ids that have a file, readable or not: an unreadable file is one
    /// problem, not one more for every mention of its service.
    places: BTreeSet<String>,
    problems: Vec<CatalogProblem>,
}

impl Draft {
    /// Reads files given as place and text (or the reason why there is none).
    pub(super) fn read(files: impl Iterator<Item = (String, Result<String, String>)>) -> Self {
        let mut draft = Self {
            catalog: Catalog::empty(),
            places: BTreeSet::new(),
            problems: Vec::new(),
        };
        for (place, text) in files {
            match text {
                Ok(text) => draft.add(&place, &text),
                Err(problem) => draft.problem(&place, problem),
            }
        }
        if draft.places.is_empty() && draft.problems.is_empty() {
            let layout = "holds no `<provider>/provider.ron` or `<provider>/<service>.ron`";
            draft.problem(".", layout.to_owned());
        }
        draft
    }

    /// The checked catalog.
    pub(super) fn finish(mut self) -> Result<Catalog, CatalogError> {
        check::check(&self.catalog, &self.places, &mut self.problems);
        if self.problems.is_empty() {
            return Ok(self.catalog);
        }
        self.problems.sort();
        Err(CatalogError {
            problems: self.problems,
        })
    }

    fn add(&mut self, place: &str, text: &str) {
        let (folder, file) = place.split_once('/').unwrap_or(("", place));
        let name = file.strip_suffix(".ron").unwrap_or(file);
        if name == "provider" {
            self.add_provider(place, folder, text);
        } else {
            self.add_service(place, &format!("{folder}.{name}"), text);
        }
    }

    fn add_provider(&mut self, place: &str, id: &str, text: &str) {
        self.places.insert(id.to_owned());
        let Some(mut provider) = self.parse::<Provider>(place, text) else {
            return;
        };
        if self.id_fits(place, provider.id.as_str(), id) {
            figures::assign_to_provider(&mut provider);
            self.catalog.providers.insert(provider.id.clone(), provider);
        }
    }

    fn add_service(&mut self, place: &str, id: &str, text: &str) {
        self.places.insert(id.to_owned());
        let Some(mut service) = self.parse::<Service>(place, text) else {
            return;
        };
        if self.id_fits(place, service.id.as_str(), id) {
            figures::assign_to_service(&mut service);
            self.catalog.services.insert(service.id.clone(), service);
        }
    }

    fn parse<T: DeserializeOwned>(&mut self, place: &str, text: &str) -> Option<T> {
        match notation::read(text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.problems.push(CatalogProblem {
                    file: place.to_owned(),
                    position: Some((error.line, error.column)),
                    problem: error.problem,
                });
                None
            }
        }
    }

    fn id_fits(&mut self, place: &str, found: &str, expected: &str) -> bool {
        let fits = found == expected;
        if !fits {
            let problem =
                format!("the id is `{found}`, but this file's place makes it `{expected}`");
            self.problem(place, problem);
        }
        fits
    }

    fn problem(&mut self, place: &str, problem: String) {
        self.problems.push(CatalogProblem {
            file: place.to_owned(),
            position: None,
            problem,
        });
    }
}

/// Every `.ron` file one folder down, in order of names.
fn files_in(dir: &Path) -> impl Iterator<Item = (String, Result<String, String>)> {
    let mut files = BTreeMap::new();
    for (folder, path) in entries(dir, "", &mut files) {
        if !path.is_dir() {
            continue;
        }
        for (file, path) in entries(&path, &folder, &mut files) {
            if file.ends_with(".ron") {
                files.insert(format!("{folder}/{file}"), text_of(&path));
            }
        }
    }
    files.into_iter()
}

/// The visible entries of a folder by name; a failure becomes a file's.
fn entries(
    dir: &Path,
    place: &str,
    failed: &mut BTreeMap<String, Result<String, String>>,
) -> Vec<(String, std::path::PathBuf)> {
    let listed = fs::read_dir(dir).and_then(|entries| {
        entries
            .map(|entry| entry.map(|e| (e.file_name().to_string_lossy().into_owned(), e.path())))
            .collect::<Result<Vec<_>, _>>()
    });
    match listed {
        Ok(mut entries) => {
            entries.retain(|(name, _)| !name.starts_with('.'));
            entries.sort();
            entries
        }
        Err(error) => {
            let place = if place.is_empty() { "." } else { place };
            failed.insert(place.to_owned(), Err(format!("cannot be listed: {error}")));
            Vec::new()
        }
    }
}

fn text_of(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))
}
