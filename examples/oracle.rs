//! Makes `tests/oracle/quantiles.ron`: percentiles of ten million requests
//! followed through each design of `tests/oracle`, on two threads.
//!
//! ```sh
//! cargo run --release --no-default-features --example oracle > tests/oracle/quantiles.ron
//! ```
//!
//! On standard error stands how far the analysis is from them, and from as many
//! requests whose failures are caused by what happened to them, not drawn with
//! the mean probability: what that assumption of the analysis costs.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a program for developers, which may stop"
)]

#[path = "../tests/oracle/designs.rs"]
mod designs;
#[path = "../tests/oracle/random.rs"]
mod random;
#[path = "../tests/oracle/sampler.rs"]
mod sampler;

use std::io::Write;

use nephoscope::analysis::{Analysis, analyse};
use nephoscope::report::{self, Options};
use nephoscope::system;

use designs::{SEEDS, catalog, constructs, design};
use random::Random;
use sampler::{Failures, Oracle};

const SAMPLES: usize = 10_000_000;
const THREADS: u64 = 2;
const PERCENTILES: [f64; 3] = [0.5, 0.95, 0.99];

fn main() -> std::io::Result<()> {
    let catalog = catalog();
    let (mut out, mut log) = (std::io::stdout().lock(), std::io::stderr().lock());
    writeln!(
        out,
        "// p50, p95 and p99 [ms] of {SAMPLES} requests by seed, made with"
    )?;
    writeln!(
        out,
        "// cargo run --release --no-default-features --example oracle > tests/oracle/quantiles.ron"
    )?;
    writeln!(out, "{{")?;
    for seed in SEEDS {
        let design = design(seed);
        let system = system::resolve(&design, &catalog, None, None).system;
        let analysis = analyse(&system, 1.0, true);
        let report = report::build(&design, &catalog, &Options::default());
        let trigger = &report.triggers[0];
        let found = [trigger.p50.value, trigger.p95.value, trigger.p99.value];
        let assumed = percentiles(&analysis, Failures::Assumed, seed);
        let caused = percentiles(&analysis, Failures::Caused, seed);
        writeln!(
            out,
            "    {seed}: ({:?}, {:?}, {:?}),",
            assumed[0], assumed[1], assumed[2]
        )?;
        let cold = trigger.cold_start.value;
        writeln!(
            log,
            "seed {seed}: cold {cold:.3}, {:?}",
            constructs(&design)
        )?;
        for index in 0..PERCENTILES.len() {
            let off = |exact: f64| 100.0 * (found[index] / exact - 1.0);
            writeln!(
                log,
                "  p{}: {:.3} ms; sampled {:.3} ms, {:+.3} %; failures caused {:.3} ms, {:+.3} %",
                100.0 * PERCENTILES[index],
                found[index],
                assumed[index],
                off(assumed[index]),
                caused[index],
                off(caused[index]),
            )?;
        }
        out.flush()?;
    }
    writeln!(out, "}}")
}

fn percentiles(analysis: &Analysis<'_>, failures: Failures, seed: u64) -> [f64; 3] {
    let oracle = Oracle::new(analysis, failures);
    let part = |thread: u64| -> Vec<f32> {
        let mut random = Random::new(seed * 1_000_003 + thread);
        let share = SAMPLES / THREADS as usize;
        (0..share)
            .map(|_| oracle.sample(&mut random) as f32)
            .collect()
    };
    let mut times: Vec<f32> = std::thread::scope(|scope| {
        let part = &part;
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| scope.spawn(move || part(thread)))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    PERCENTILES.map(|p| {
        let rank = (p * times.len() as f64).ceil() as usize - 1;
        f64::from(*times.select_nth_unstable_by(rank, f32::total_cmp).1)
    })
}
