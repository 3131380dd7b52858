//! The window, as far as the command line has to know it: what to open, how
//! large a picture is, and whether there is a screen at all.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::failure::{Code, Failure};
use super::input::{Facts, Input};
use super::output::Target;
use crate::catalog::Catalog;
use crate::design::Design;
use crate::project::{self, DEFAULT_SAMPLE};
use crate::workspace::{Action, Workspace};

/// What `main` lends the command line of the window.
#[derive(Clone, Copy)]
pub struct Window {
    /// Shows a workspace until the user closes the window.
    pub run: fn(Workspace, Opening) -> anyhow::Result<()>,
    /// Draws the window as it would look, without showing it: PNG.
    pub screenshot: fn(Workspace, Picture) -> anyhow::Result<Vec<u8>>,
}

/// How the window is opened.
#[derive(Debug, Default)]
pub struct Opening {
    /// Where a line for each frame is written, open for writing.
    pub frame_log: Option<File>,
}

/// What can be asked of the window from outside.
#[derive(Args, Debug)]
pub(super) struct Options {
    /// Write how long each frame of the window takes to a CSV file.
    #[arg(long, value_name = "FILE")]
    frame_log: Option<PathBuf>,
}

impl Options {
    /// Opens the files; one that cannot be written is better refused in the
    /// terminal.
    fn opening(self) -> Result<Opening, Failure> {
        let open = |path: PathBuf| {
            File::create(&path).map_err(|error| {
                let what = format!("{} cannot be written: {error}", path.display());
                Failure::new(Code::Request, what)
                    .help("name a file in a folder that can be written")
            })
        };
        Ok(Opening {
            frame_log: self.frame_log.map(open).transpose()?,
        })
    }
}

/// How a picture of the window is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Width and height of the window [points].
    pub size: [f32; 2],
    /// Pixels for each point.
    pub scale: f32,
    /// Light instead of dark.
    pub light: bool,
    /// Id of the node to select.
    pub selected: Option<String>,
    /// What the drawer shows.
    pub tab: Tab,
    /// What cards show.
    pub lens: Lens,
}

/// The one number that cards show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Lens {
    /// Cost and speed side by side.
    #[default]
    None,
    /// p99 of the response time.
    Latency,
    /// Monthly cost.
    Cost,
    /// Load against the tightest limit.
    Utilisation,
    /// Share of requests that start an instance.
    Cold,
    /// What threatens a node.
    Risk,
}

/// A tab of the drawer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Tab {
    /// Cost by node, and against traffic.
    #[default]
    Cost,
    /// Distribution of the response time.
    Latency,
    /// Busy executions over time.
    Load,
    /// What else a setting could be.
    Sweep,
    /// What it can cost at worst.
    Risk,
    /// The design on all providers.
    Compare,
    /// The bill, line by line.
    Lines,
}

/// Save a picture of the window.
#[derive(Args, Debug)]
pub(super) struct Screenshot {
    /// The design: a path, or sample:NAME.
    #[arg(value_name = "FILE")]
    input: Input,

    /// The PNG file to write; - for standard output.
    #[arg(short, long, value_name = "PNG")]
    output: Target,

    /// Width and height of the window, in points.
    #[arg(long, value_name = "WxH", default_value = "1280x800", value_parser = size)]
    size: [f32; 2],

    /// Pixels for each point.
    #[arg(long, value_name = "FACTOR", default_value = "1", value_parser = scale)]
    scale: f32,

    /// The light theme instead of the dark one.
    #[arg(long)]
    light: bool,

    /// The node to select, by its id.
    #[arg(long, value_name = "ID")]
    select: Option<String>,

    /// The tab of the drawer.
    #[arg(long, value_enum, default_value_t)]
    tab: Tab,

    /// The lens through which cards are seen.
    #[arg(long, value_enum, default_value_t)]
    lens: Lens,

    #[command(flatten)]
    facts: Facts,
}

impl Screenshot {
    pub fn run(self, window: Option<Window>) -> Result<(), Failure> {
        let window = window.ok_or_else(without_window)?;
        let catalog = self.facts.load()?;
        let design = self.input.read(false)?;
        if let Some(id) = self
            .select
            .as_deref()
            .filter(|id| !design.nodes.contains_key(*id))
        {
            let what = format!("the design has no node `{id}` to select");
            return Err(Failure::new(Code::Request, what));
        }
        let picture = Picture {
            size: self.size,
            scale: self.scale,
            light: self.light,
            selected: self.select,
            tab: self.tab,
            lens: self.lens,
        };
        let png = (window.screenshot)(Workspace::new(catalog, design, None), picture)?;
        self.output.write(&png)
    }
}

/// Opens the window; of a damaged file on what can be read of it.
pub(super) fn open(
    input: Option<Input>,
    options: Options,
    window: Option<Window>,
) -> Result<(), Failure> {
    let catalog = Facts::built_in().load()?;
    let workspace = workspace(catalog, input)?;
    let window = window.ok_or_else(without_window)?;
    let opening = options.opening()?;
    // What the window says is complete: what is missing, and what to do.
    (window.run)(workspace, opening)
        .map_err(|error| Failure::new(Code::NoDisplay, format!("{error:#}")))
}

fn workspace(catalog: Arc<Catalog>, input: Option<Input>) -> Result<Workspace, Failure> {
    let path = match input {
        None => {
            let design = project::sample(DEFAULT_SAMPLE).unwrap_or_default();
            return Ok(Workspace::new(catalog, design, None));
        }
        Some(Input::Sample(name)) => {
            let design = project::sample(&name)?;
            return Ok(Workspace::new(catalog, design, None));
        }
        Some(Input::File(path)) => path,
    };
    // A file with nothing to show is better refused here, in the terminal.
    if let Err(error) = project::open(&path)
        && error.salvaged.is_none()
    {
        return Err(error.into());
    }
    let mut workspace = Workspace::new(catalog, Design::default(), None);
    workspace.perform(Action::Open(path));
    Ok(workspace)
}

fn without_window() -> Failure {
    Failure::new(Code::NoDisplay, "this build has no window")
        .help("build with the feature `ui`, or use a command: see --help")
}

/// `1280x800`, each side from 320 to 8,192.
fn size(text: &str) -> Result<[f32; 2], String> {
    let side = |text: &str| {
        text.parse::<u16>()
            .ok()
            .filter(|side| (320..=8_192).contains(side))
    };
    text.split_once('x')
        .and_then(|(width, height)| Some([f32::from(side(width)?), f32::from(side(height)?)]))
        .ok_or_else(|| "write WIDTHxHEIGHT, each from 320 to 8192, such as 1280x800".to_owned())
}

/// 0.5 to 4.
fn scale(text: &str) -> Result<f32, String> {
    let factor = text
        .parse()
        .ok()
        .filter(|factor| (0.5..=4.0).contains(factor));
    factor.ok_or_else(|| "write a factor from 0.5 to 4".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_scales() {
        assert_eq!(size("1280x800"), Ok([1_280.0, 800.0]));
        for wrong in [
            "",
            "x",
            "1280",
            "1280x",
            "0x0",
            "-1x800",
            "1e9x1",
            "99999x800",
        ] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
        assert_eq!(scale("2"), Ok(2.0));
        assert!(scale("NaN").is_err() && scale("0").is_err());
    }
}
