//! What an analysis costs, on one core unless said otherwise.
//!
//! Generated designs, half of their nodes functions, on AWS. `cold` resolves,
//! analyses, prices and writes up from nothing, without formulas; `warm` does so
//! after one value was changed; `week` gives every trigger the weekly shape, so
//! 168 hourly bins. `sweep` is the 61-point traffic sweep on five providers, on
//! two threads. The stages of a report stand beside it, so that a regression
//! points at itself. `calibration` is a fixed piece of arithmetic: figures of
//! two machines compare as multiples of it.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use nephoscope::advice::sweep;
use nephoscope::analysis::{analyse, cost};
use nephoscope::catalog::{Catalog, ProviderId};
use nephoscope::design::generate::generate;
use nephoscope::design::settings::Shape;
use nephoscope::design::{Design, Settings};
use nephoscope::law::Law;
use nephoscope::report::{self, Options, Report};
use nephoscope::system;
use nephoscope::units::{Millis, SECONDS_PER_MONTH};

/// The seed of all designs here.
const SEED: u64 = 7;

/// The providers of the sweep: those that have functions and queues.
const PROVIDERS: [&str; 5] = ["aws", "azure", "gcp", "cloudflare", "knative"];

fn untraced() -> Options {
    Options {
        trace: false,
        ..Options::default()
    }
}

/// Everything from nothing: a new thread has none of what the last analysis
/// has learnt about laws and pools.
fn cold(catalog: &Catalog, design: &Design) -> Report {
    std::thread::scope(|scope| {
        let run = scope.spawn(|| report::build(design, catalog, &untraced()));
        run.join().unwrap_or_default()
    })
}

/// The same after an edit. What an earlier report could lend goes in here.
fn warm(catalog: &Catalog, design: &Design) -> Report {
    report::build(design, catalog, &untraced())
}

/// Gives the first function another CPU time, a new one at each call.
fn edit(design: &mut Design, turn: u32) {
    let mut functions = design
        .nodes
        .values_mut()
        .filter_map(|node| match &mut node.settings {
            Settings::Function(function) => Some(function),
            _ => None,
        });
    if let Some(function) = functions.next() {
        let p50 = Millis(20.0 + f64::from(turn % 1_000) * 0.01);
        function.cpu = Some(Law::Lognormal {
            p50,
            p99: p50 * 4.0,
        });
    }
}

/// The design with every trigger's rate following the hours of a week.
fn weekly(mut design: Design) -> Design {
    for node in design.nodes.values_mut() {
        if let Settings::Trigger(trigger) = &mut node.settings {
            trigger.shape = Some(Shape::Weekly);
        }
    }
    design
}

/// One sweep for each provider, shared between two threads.
fn sweeps(catalog: &Catalog, design: &Design) {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(name) = PROVIDERS.get(next.fetch_add(1, Ordering::Relaxed)) {
            let provider = ProviderId((*name).to_owned());
            black_box(sweep::traffic(design, catalog, Some(&provider), &|| false));
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
}

/// A million steps of splitmix64, each with a multiplication and an addition
/// that wait for the step before.
fn arithmetic(seed: u64) -> f64 {
    let mut state = seed;
    let mut sum = 0.0_f64;
    for _ in 0..1_000_000 {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        sum = sum * 0.999 + ((z ^ (z >> 31)) >> 11) as f64;
    }
    sum
}

fn calibration(criterion: &mut Criterion) {
    criterion.bench_function("calibration", |bencher| {
        bencher.iter(|| arithmetic(black_box(SEED)));
    });
}

fn reports(criterion: &mut Criterion, catalog: &Catalog) {
    for count in [100, 1_000] {
        let design = generate(count, SEED);
        criterion.bench_function(&format!("cold/{count}"), |bencher| {
            bencher.iter(|| cold(catalog, black_box(&design)));
        });
        criterion.bench_function(&format!("resolve/{count}"), |bencher| {
            bencher.iter(|| system::resolve(black_box(&design), catalog, None, None).system);
        });
        let system = system::resolve(&design, catalog, None, None).system;
        criterion.bench_function(&format!("analyse/{count}"), |bencher| {
            bencher.iter(|| analyse(black_box(&system), 1.0, false).triggers.len());
        });
        let analysis = analyse(&system, 1.0, false);
        criterion.bench_function(&format!("price/{count}"), |bencher| {
            bencher.iter(|| {
                let terms = cost::terms(black_box(&analysis));
                cost::price(&analysis, &terms, SECONDS_PER_MONTH, false)
            });
        });
        criterion.bench_function(&format!("clone/{count}"), |bencher| {
            bencher.iter(|| black_box(&design).clone());
        });
    }
    let mut design = generate(100, SEED);
    let mut turn = 0;
    criterion.bench_function("warm/100", |bencher| {
        bencher.iter(|| {
            turn += 1;
            edit(&mut design, turn);
            warm(catalog, black_box(&design))
        });
    });
    let week = weekly(generate(100, SEED));
    criterion.bench_function("week/100", |bencher| {
        bencher.iter(|| cold(catalog, black_box(&week)));
    });
}

fn analyses(criterion: &mut Criterion) {
    let Ok(catalog) = Catalog::embedded() else {
        return;
    };
    reports(criterion, catalog);
    let design = generate(100, SEED);
    criterion.bench_function("sweep/100x5", |bencher| {
        bencher.iter(|| sweeps(catalog, black_box(&design)));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .measurement_time(Duration::from_secs(3))
        .warm_up_time(Duration::from_millis(500));
    targets = calibration, analyses
}
criterion_main!(benches);
