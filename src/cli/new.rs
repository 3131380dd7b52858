//! `nephoscope new`: an empty, a generated, or a copied design.

use clap::Args;

use super::failure::{Code, Failure};
use super::input::Input;
use super::output::Target;
use crate::design::generate::generate;
use crate::design::{DEFAULTS_VERSION, Design};
use crate::project;

/// The largest design that is generated.
const MOST: u32 = 100_000;

/// Make a design file: empty, generated, or from another design.
#[derive(Args, Debug)]
pub(super) struct New {
    /// Generate so many nodes; 0 for an empty design.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=i64::from(MOST)))]
    nodes: u32,

    /// Which of the generated designs; equal seeds give equal designs.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Start from a design instead: a path, or sample:NAME.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["nodes", "seed"])]
    from: Option<Input>,

    /// The file to write; - for standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: Target,

    /// Replace the file if there is one.
    #[arg(long)]
    force: bool,
}

impl New {
    pub fn run(self) -> Result<(), Failure> {
        if let Target::File(path) = &self.output
            && !self.force
            && path.exists()
        {
            let what = format!("{} exists already", path.display());
            return Err(
                Failure::new(Code::Request, what).help("choose another name, or add --force")
            );
        }
        let design = match &self.from {
            Some(input) => input.read(false)?,
            None if self.nodes == 0 => Design {
                name: "New design".to_owned(),
                defaults_version: DEFAULTS_VERSION,
                ..Design::default()
            },
            None => generate(self.nodes as usize, self.seed),
        };
        let text = project::write(&design)
            .map_err(|error| Failure::new(Code::Request, format!("the design {error}")))?;
        self.output.write(text.as_bytes())
    }
}
