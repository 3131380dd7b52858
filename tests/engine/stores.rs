//! What holds stores back beside capacity, against sums done by hand.

use nephoscope::design::settings::DatabaseSettings;
use nephoscope::units::Gigabytes;

use super::*;

fn database(settings: DatabaseSettings) -> Settings {
    Settings::Database(settings)
}

/// 100 requests a second of 1 s keep 100 instances busy (the query itself
/// takes no time that is known here beyond the catalog's), each with two
/// connections.
#[test]
fn consumers_hold_connections() {
    let design = |proxy: bool, more: &[Wire]| {
        let store = database(DatabaseSettings {
            connections: Some(1_000),
            pool: Some(2),
            proxy: Some(proxy),
            maximum: Some(256.0),
            ..DatabaseSettings::default()
        });
        let read = ("work", "db", LinkKind::Read, plain());
        let mut wires = vec![("clients", "work", LinkKind::Request, plain()), read];
        wires.extend_from_slice(more);
        drawn(
            &[
                ("clients", every("100/s")),
                ("work", function(1_000.0)),
                ("db", store),
            ],
            &wires,
        )
    };
    let report = built(&design(false, &[]));
    let busy = report.nodes["work"].peak_concurrency.value;
    assert!(busy > 100.0, "{busy}");
    let held = report.nodes["db"].connections.as_ref().map(|f| f.value);
    near("held", held.unwrap_or(0.0), 2.0 * busy, 1e-9);
    // The tightest limit: 0.2 of the connections, 100 ÷ 500 of 256 units.
    let used = report.nodes["db"].utilisation.as_ref().map(|f| f.value);
    near("used", used.unwrap_or(0.0), 2.0 * busy / 1_000.0, 1e-9);
    // A second wire of the same consumer opens no second pool, but the write
    // keeps it busy for longer.
    let write = ("work", "db", LinkKind::Write, plain());
    let both = built(&design(false, &[write]));
    let busy = both.nodes["work"].peak_concurrency.value;
    let held = both.nodes["db"].connections.as_ref().map(|f| f.value);
    near("held", held.unwrap_or(0.0), 2.0 * busy, 1e-9);
    // Behind a proxy only statements in progress hold one: 100/s x a read.
    let read = catalog().services["aws.aurora-serverless-v2"].timing[&Operation::Read]
        .value
        .mean();
    let shared = built(&design(true, &[]));
    let held = shared.nodes["db"].connections.as_ref().map(|f| f.value);
    near("held", held.unwrap_or(0.0), 100.0 * read.0 / 1_000.0, 1e-9);
}

/// Databases that are asked over HTTP hold no connections.
#[test]
fn databases_over_http_have_no_connections() {
    let mut design = drawn(
        &[
            ("clients", every("10/s")),
            ("work", function(10.0)),
            ("db", database(DatabaseSettings::default())),
        ],
        &[
            ("clients", "work", LinkKind::Request, plain()),
            ("work", "db", LinkKind::Read, plain()),
        ],
    );
    design.environment.provider = ProviderId::from("cloudflare");
    assert!(built(&design).nodes["db"].connections.is_none());
}

/// Three keys under Zipf's law get 6/11, 3/11 and 2/11 of the writes, and a
/// partition carries 1,000 of them a second.
#[test]
fn hot_keys_are_refused() {
    let design = |skew: f64, writes: &str| {
        let table = Settings::Table(TableSettings {
            // Three items of 1 KB.
            storage: Some(Gigabytes(3.0 / 1_048_576.0)),
            item: Some(Kilobytes(1.0)),
            skew: Some(skew),
            ..TableSettings::default()
        });
        drawn(
            &[("clients", every(writes)), ("items", table)],
            &[("clients", "items", LinkKind::Write, plain())],
        )
    };
    let calm = built(&design(1.0, "1100/s"));
    let used = |report: &Report| report.nodes["items"].utilisation.as_ref().map(|f| f.value);
    near("used", used(&calm).unwrap_or(0.0), 0.6, 1e-9);
    assert!(
        calm.nodes["items"]
            .limit
            .as_ref()
            .is_some_and(|limit| limit.contains("hottest key")),
        "{:?}",
        calm.nodes["items"].limit
    );
    let refused = |report: &Report| {
        let bins = report.nodes["items"].profile.iter();
        bins.map(|bin| bin.throttle).fold(0.0, f64::max)
    };
    assert_eq!(refused(&calm), 0.0);
    // At 4,400/s the three have 2,400, 1,200 and 800: 1,400 and 200 too many.
    let hot = built(&design(1.0, "4400/s"));
    near("used", used(&hot).unwrap_or(0.0), 2.4, 1e-9);
    near("refused", refused(&hot), 1_600.0 / 4_400.0, 1e-9);
    // Evenly, each has a third: 1,467, of which 467 are too many.
    let even = built(&design(0.0, "4400/s"));
    near("refused", refused(&even), 1_400.0 / 4_400.0, 1e-9);
}

/// D1 runs one statement at a time, 500 a second as set: at 250/s half of its
/// thread is used, and a statement waits ρS(1 + c²) ÷ 2(1 − ρ), S = 2 ms.
#[test]
fn statements_wait_for_one_thread() {
    let design = |rate: &str| {
        let mut design = drawn(
            &[
                ("clients", every(rate)),
                ("work", function(10.0)),
                ("db", database(DatabaseSettings::default())),
            ],
            &[
                ("clients", "work", LinkKind::Request, plain()),
                ("work", "db", LinkKind::Read, plain()),
            ],
        );
        design.environment.provider = ProviderId::from("cloudflare");
        design
    };
    let report = built(&design("250/s"));
    let used = |report: &Report| report.nodes["db"].utilisation.as_ref().map(|f| f.value);
    near("used", used(&report).unwrap_or(0.0), 0.5, 1e-9);
    // The wait is what the function takes beyond what it takes when idle.
    let idle = built(&design("0.001/s"));
    let mean = |report: &Report| report.nodes["work"].concurrency.value / node_rate(report, "work");
    let law = &catalog().services["cloudflare.d1"].timing[&Operation::Read].value;
    let spread = law.variance() / (law.mean().0 * law.mean().0);
    let wait = 0.5 * 0.002 * (1.0 + spread) / (2.0 * 0.5);
    near("wait", mean(&report) - mean(&idle), wait, 1e-3);
    // Twice what the thread can do: half is refused.
    let full = built(&design("1000/s"));
    near("used", used(&full).unwrap_or(0.0), 2.0, 1e-9);
    let bins = full.nodes["db"].profile.iter();
    let refused = bins.map(|bin| bin.throttle).fold(0.0, f64::max);
    near("refused", refused, 0.5, 1e-9);
}

/// 1,200/s over two objects by Zipf's law are 800 and 400, of the 1,000 that
/// each can do.
#[test]
fn objects_have_a_thread_each() {
    let table = Settings::Table(TableSettings {
        storage: Some(Gigabytes(2.0 / 1_048_576.0)),
        item: Some(Kilobytes(1.0)),
        skew: Some(1.0),
        ..TableSettings::default()
    });
    let mut design = drawn(
        &[("clients", every("1200/s")), ("rooms", table)],
        &[("clients", "rooms", LinkKind::Write, plain())],
    );
    design.environment.provider = ProviderId::from("cloudflare");
    let report = built(&design);
    let used = report.nodes["rooms"].utilisation.as_ref().map(|f| f.value);
    near("used", used.unwrap_or(0.0), 0.8, 1e-9);
}
