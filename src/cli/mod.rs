//! The command line: `nephoscope [FILE]` and its subcommands, one file each.
//!
//! Results go to standard output and nothing else does; errors go to standard
//! error as `error: …` and `help: …`. The exit code says what kind of thing
//! went wrong. The window is not known here: `main` hands it in as
//! [`Window`].

mod catalog;
mod check;
mod compare;
mod estimate;
mod export;
mod failure;
mod input;
mod measure;
mod new;
mod output;
mod price;
mod provenance;
mod sample;
mod sweep;
mod tables;
mod weigh;
mod window;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use failure::{Code, Failure};
pub use window::{Lens, Opening, Picture, Tab, Window};

use input::Input;

const AFTER_HELP: &str = "\
A FILE is a path, or sample:NAME for a sample that comes with the program.

Exit codes:
  0  everything was done
  1  what was asked for is not possible: an unknown provider, format, service …
  2  the command line is wrong
  3  a file could not be read, or is no design
  4  there is nothing to show the window on
  5  a check found what is not allowed

See docs/CLI.md for the formats and every field of the JSON report.";

/// Measures serverless architectures before anyone pays for them.
///
/// Without a command, opens the window, on FILE where one is given.
#[derive(Debug, Parser)]
#[command(name = "nephoscope", version, after_help = AFTER_HELP, args_conflicts_with_subcommands = true)]
struct Arguments {
    /// The design to open in the window.
    file: Option<Input>,

    #[command(flatten)]
    opening: window::Options,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Estimate(estimate::Estimate),
    Check(check::Check),
    Measure(measure::Measure),
    Compare(compare::Compare),
    Export(export::Export),
    #[command(subcommand)]
    Catalog(catalog::Catalog),
    New(new::New),
    Price(price::Price),
    Samples(sample::Samples),
    Sweep(sweep::Sweep),
    Weigh(weigh::Weigh),
    Screenshot(window::Screenshot),
}

/// Does what the command line asks for.
pub fn main(window: Option<Window>) -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        None => window::open(arguments.file, arguments.opening, window),
        Some(Command::Estimate(command)) => command.run(),
        Some(Command::Check(command)) => command.run(),
        Some(Command::Measure(command)) => command.run(),
        Some(Command::Compare(command)) => command.run(),
        Some(Command::Export(command)) => command.run(),
        Some(Command::Catalog(command)) => command.run(),
        Some(Command::New(command)) => command.run(),
        Some(Command::Price(command)) => command.run(),
        Some(Command::Samples(command)) => command.run(),
        Some(Command::Sweep(command)) => command.run(),
        Some(Command::Weigh(command)) => command.run(),
        Some(Command::Screenshot(command)) => command.run(window),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure.to_string());
            ExitCode::from(failure.code as u8)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_file_or_a_command() {
        let parse = |line: &[&str]| Arguments::try_parse_from([&["nephoscope"], line].concat());
        assert!(parse(&[]).unwrap().command.is_none());
        assert!(parse(&["x.ron"]).unwrap().file.is_some());
        assert!(parse(&["x.ron", "--frame-log", "f.csv"]).is_ok());
        assert!(parse(&["samples", "--frame-log", "f.csv"]).is_err());
        assert!(parse(&["estimate", "sample:x", "--traffic", "10x"]).is_ok());
        assert!(parse(&["estimate", "x.ron", "--traffic", "0"]).is_err());
        assert!(parse(&["export", "x.ron"]).is_err());
        assert!(parse(&["check", "x.ron", "--budget", "$200", "--p99", "300ms"]).is_ok());
        assert!(parse(&["check", "x.ron", "--p99", "fast"]).is_err());
        assert!(parse(&["measure", "x.ron", "--node", "a"]).is_err());
        assert!(parse(&["screenshot", "x.ron", "-o", "y.png", "--size", "800"]).is_err());
    }
}
