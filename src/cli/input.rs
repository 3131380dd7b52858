//! What commands start from: a design, a catalog, and the circumstances.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::failure::{Code, Failure};
use super::output;
use crate::catalog::{Catalog, ProviderId, RegionId};
use crate::design::Design;
use crate::project::{self, Opened};
use crate::report::{self, Options, Report};
use crate::workspace::TRAFFIC_RANGE;

/// A design by path or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// A sample that comes with the program.
    Sample(String),
    /// A file.
    File(PathBuf),
}

impl From<&str> for Input {
    fn from(text: &str) -> Self {
        match text.strip_prefix("sample:") {
            Some(name) => Self::Sample(name.to_owned()),
            None => Self::File(PathBuf::from(text)),
        }
    }
}

impl Input {
    /// Reads the design; what is wrong with it goes to standard error.
    pub fn read(&self, salvage: bool) -> Result<Design, Failure> {
        let path = match self {
            Self::Sample(name) => return Ok(project::sample(name)?),
            Self::File(path) => path,
        };
        let Opened { design, problems } = match project::open(path) {
            Ok(opened) => opened,
            Err(mut error) => match error.salvaged.take() {
                Some(opened) if salvage => {
                    output::warn(&[error.message]);
                    *opened
                }
                Some(opened) => {
                    output::warn(&opened.problems);
                    error.help.push_str(" (--salvage)");
                    return Err(error.into());
                }
                None => return Err(error.into()),
            },
        };
        output::warn(&problems);
        Ok(design)
    }
}

/// The design and how much goes on in it.
#[derive(Args, Debug)]
pub(super) struct Drawn {
    /// The design: a path, or sample:NAME.
    #[arg(value_name = "FILE")]
    input: Input,

    /// Go on with what can be read of a damaged file.
    #[arg(long)]
    salvage: bool,

    /// Multiplies all traffic, 0.1x to 1000x.
    #[arg(long, value_name = "FACTOR", default_value = "1x", value_parser = traffic)]
    pub traffic: f64,

    #[command(flatten)]
    facts: Facts,
}

impl Drawn {
    /// The facts and the design.
    pub fn load(&self) -> Result<(Arc<Catalog>, Design), Failure> {
        let catalog = self.facts.load()?;
        let design = self.input.read(self.salvage)?;
        Ok((catalog, design))
    }
}

/// The design and the circumstances that it is looked at under.
#[derive(Args, Debug)]
pub(super) struct Subject {
    #[command(flatten)]
    drawn: Drawn,

    /// Another provider than the design's.
    #[arg(long, value_name = "ID")]
    provider: Option<String>,

    /// Another region than the design's, as the provider spells it.
    #[arg(long, value_name = "ID")]
    region: Option<String>,
}

/// Where the facts come from.
#[derive(Args, Debug)]
pub(super) struct Facts {
    /// A folder of catalog files that are added to the built-in ones, or
    /// replace them.
    #[arg(long, value_name = "DIR")]
    catalog: Option<PathBuf>,
}

impl Facts {
    /// The catalog that ships with the program.
    pub fn built_in() -> Self {
        Self { catalog: None }
    }

    /// Loads the catalog.
    pub fn load(&self) -> Result<Arc<Catalog>, Failure> {
        let wrong = |error: &dyn std::fmt::Display| {
            Failure::new(Code::Unreadable, error.to_string())
                .help("assets/catalog/README.md describes the files")
        };
        let catalog = Catalog::embedded().map_err(|error| wrong(&error))?.clone();
        let catalog = match &self.catalog {
            None => catalog,
            Some(dir) => catalog.with_extra(dir).map_err(|error| wrong(&error))?,
        };
        Ok(Arc::new(catalog))
    }
}

/// All that a subject is looked at with.
pub(super) struct Looked {
    /// The facts.
    pub catalog: Arc<Catalog>,
    /// The design.
    pub design: Design,
    /// The circumstances.
    pub options: Options,
    /// What comes out.
    pub report: Report,
}

impl Subject {
    /// The design with its report.
    pub fn report(&self) -> Result<(Design, Report), Failure> {
        let looked = self.look()?;
        Ok((looked.design, looked.report))
    }

    /// The same with what it rests on, for further analyses.
    pub fn look(&self) -> Result<Looked, Failure> {
        let (catalog, design) = self.drawn.load()?;
        let options = self.options(&catalog)?;
        self.check_region(&catalog, &design)?;
        let report = report::build(&design, &catalog, &options);
        Ok(Looked {
            catalog,
            design,
            options,
            report,
        })
    }

    /// The file that the design comes from; none for samples.
    pub fn file(&self) -> Option<&Path> {
        match &self.drawn.input {
            Input::Sample(_) => None,
            Input::File(path) => Some(path),
        }
    }

    fn options(&self, catalog: &Catalog) -> Result<Options, Failure> {
        if let Some(id) = &self.provider {
            known_provider(catalog, id)?;
        }
        Ok(Options {
            traffic: self.drawn.traffic,
            provider: self.provider.as_deref().map(ProviderId::from),
            region: self.region.as_deref().map(RegionId::from),
            trace: true,
        })
    }

    fn check_region(&self, catalog: &Catalog, design: &Design) -> Result<(), Failure> {
        let id = self
            .provider
            .as_deref()
            .unwrap_or(design.environment.provider.as_str());
        let (Some(region), Some(provider)) = (&self.region, catalog.providers.get(id)) else {
            return Ok(());
        };
        if provider.regions.contains_key(region.as_str()) {
            return Ok(());
        }
        let known: Vec<_> = provider.regions.keys().map(RegionId::as_str).collect();
        let what = format!(
            "the catalog has no prices for region `{region}` of {}",
            provider.name
        );
        Err(Failure::new(Code::Request, what).help(format!("there are {}", known.join(", "))))
    }
}

/// Refuses a provider that the catalog does not have.
pub(super) fn known_provider(catalog: &Catalog, id: &str) -> Result<(), Failure> {
    if catalog.providers.contains_key(id) {
        return Ok(());
    }
    let known: Vec<_> = catalog.providers.keys().map(ProviderId::as_str).collect();
    let what = format!("the catalog has no provider `{id}`");
    Err(Failure::new(Code::Request, what).help(format!("there are {}", known.join(", "))))
}

/// `10x`, `10`, `0.5x`.
fn traffic(text: &str) -> Result<f64, String> {
    let (low, high) = TRAFFIC_RANGE;
    let number = text
        .trim()
        .trim_end_matches(['x', 'X', '×'])
        .trim_end()
        .parse::<f64>();
    match number {
        Ok(factor) if (low..=high).contains(&factor) => Ok(factor),
        _ => Err(format!(
            "write a factor from {low}x to {high}x, such as 10x"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_of_traffic() {
        assert_eq!(traffic("10x"), Ok(10.0));
        assert_eq!(traffic("0.5"), Ok(0.5));
        for wrong in ["", "x", "0", "-1x", "1001x", "NaN", "inf", "ten"] {
            assert!(traffic(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn inputs() {
        assert_eq!(Input::from("sample:x"), Input::Sample("x".to_owned()));
        assert_eq!(
            Input::from("a/b.ron"),
            Input::File(PathBuf::from("a/b.ron"))
        );
    }
}
