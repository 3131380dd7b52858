//! End-to-end percentiles against an independent Monte Carlo.
//!
//! Five random designs of 20 nodes. `quantiles.ron` keeps the percentiles of ten
//! million followed requests each, made with
//!
//! ```sh
//! cargo run --release --no-default-features --example oracle > tests/oracle/quantiles.ron
//! ```
//!
//! The analysis must stay within 1 % of them. A hundred thousand requests are
//! followed here and must agree with them too, within their own sampling error:
//! else the kept figures belong to other designs, and the command makes new ones.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where it fails"
)]

mod designs;
mod random;
mod sampler;

use std::collections::BTreeMap;

use nephoscope::analysis::analyse;
use nephoscope::law::Law;
use nephoscope::report::{self, Options};
use nephoscope::system;
use nephoscope::units::Millis;

use designs::{SEEDS, catalog, constructs, design};
use random::{Draw, Random};
use sampler::{Failures, Oracle};

const PERCENTILES: [f64; 3] = [0.5, 0.95, 0.99];

/// p50, p95 and p99 [ms] by seed.
fn kept() -> BTreeMap<u64, [f64; 3]> {
    ron::from_str(include_str!("quantiles.ron")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_analysis_is_within_a_hundredth_of_ten_million_samples() {
    let (catalog, kept) = (catalog(), kept());
    let mut misses = Vec::new();
    for seed in SEEDS {
        for trace in [true, false] {
            let options = Options {
                trace,
                ..Options::default()
            };
            let report = report::build(&design(seed), &catalog, &options);
            let trigger = &report.triggers[0];
            let found = [&trigger.p50, &trigger.p95, &trigger.p99];
            for ((p, found), exact) in PERCENTILES.iter().zip(found).zip(kept[&seed]) {
                let off = found.value / exact - 1.0;
                let line = format!(
                    "seed {seed}, p{}, trace {trace}: {:.3} ms against {exact:.3} ms, {:+.3} %",
                    p * 100.0,
                    found.value,
                    off * 100.0
                );
                println!("{line}");
                if off.abs() > 0.01 {
                    misses.push(line);
                }
            }
        }
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}

#[test]
fn a_hundred_thousand_samples_agree_with_the_kept_percentiles() {
    const SAMPLES: usize = 100_000;
    let (catalog, kept) = (catalog(), kept());
    for seed in SEEDS {
        let design = design(seed);
        let system = system::resolve(&design, &catalog, None, None).system;
        let analysis = analyse(&system, 1.0, false);
        let oracle = Oracle::new(&analysis, Failures::Assumed);
        let mut random = Random::new(1_000 + seed);
        let mut times: Vec<f64> = (0..SAMPLES).map(|_| oracle.sample(&mut random)).collect();
        times.sort_unstable_by(f64::total_cmp);
        for (p, exact) in PERCENTILES.into_iter().zip(kept[&seed]) {
            // The number of samples below a true quantile is binomial: four of
            // its standard deviations, and one rank for rounding.
            let count = SAMPLES as f64;
            let spread = 4.0 * (count * p * (1.0 - p)).sqrt() + 1.0;
            let at = |rank: f64| times[(rank as usize).min(SAMPLES - 1)];
            let (low, high) = (at(count * p - spread), at(count * p + spread));
            assert!(
                low <= exact && exact <= high,
                "seed {seed}, p{}: {exact} ms is kept, between {low} and {high} ms was drawn",
                p * 100.0
            );
        }
    }
}

#[test]
fn everything_that_shapes_a_response_occurs() {
    let mut all = std::collections::BTreeSet::new();
    for seed in SEEDS {
        let design = design(seed);
        assert_eq!(design.nodes.len(), 20);
        let found = constructs(&design);
        assert!(found.len() >= 8, "seed {seed}: {found:?}");
        all.extend(found);
    }
    let expected = [
        "Poisson counts",
        "cache hits",
        "caller timeouts",
        "choices",
        "errors",
        "function timeouts",
        "gateway timeouts",
        "parallel calls",
        "probabilities",
        "repetitions",
        "retries",
        "workflow steps",
    ];
    assert_eq!(Vec::from_iter(all), expected);
}

/// The oracle's own laws against the crate's.
#[test]
fn laws_are_drawn_as_they_are_stated() {
    let points =
        |list: &[(f64, f64)]| Law::Quantiles(list.iter().map(|(p, x)| (*p, Millis(*x))).collect());
    let laws = [
        Law::Fixed(Millis(3.0)),
        Law::Exponential { mean: Millis(7.0) },
        Law::Lognormal {
            p50: Millis(5.0),
            p99: Millis(80.0),
        },
        points(&[(0.5, 80.0), (0.95, 160.0), (0.99, 300.0)]),
        points(&[(0.1, 0.0), (0.5, 10.0), (0.9, 10.0), (0.99, 40.0)]),
        points(&[(0.5, 4.0)]),
    ];
    for law in laws {
        let draw = Draw::new(&law);
        for p in [1e-6, 0.05, 0.3, 0.5, 0.7, 0.93, 0.97, 0.995, 0.999_999] {
            let (found, stated) = (draw.at(p), law.quantile(p).0);
            assert!(
                (found - stated).abs() <= 1e-9 * stated.max(1.0),
                "{law:?} at {p}: {found}, not {stated}"
            );
        }
    }
}
