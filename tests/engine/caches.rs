//! Caches, batches and retries, against sums done by hand.

use nephoscope::design::settings::{CacheSettings, CdnSettings};

use super::*;

/// Entries that live for 60 s, 100 keys read evenly at 10/s: each key is read
/// 0.1 x 60 = 6 times in its life, so that 6 of 7 reads find it.
#[test]
fn times_to_live_decide_the_hits() {
    let cdn = Settings::Cdn(CdnSettings {
        keys: Some(100.0),
        ttl: Some(Millis(60_000.0)),
        skew: Some(0.0),
        ..CdnSettings::default()
    });
    let design = drawn(
        &[
            ("clients", every("10/s")),
            ("edge", cdn),
            ("work", function(700.0)),
        ],
        &[
            ("clients", "edge", LinkKind::Request, plain()),
            ("edge", "work", LinkKind::Request, plain()),
        ],
    );
    let report = built(&design);
    let hits = |node: &str| report.nodes[node].hit_ratio.as_ref().map(|f| f.value);
    near("hits", hits("edge").unwrap_or(0.0), 6.0 / 7.0, 1e-9);
    near("misses", node_rate(&report, "work"), 10.0 / 7.0, 1e-9);
    // Misses alone wait for the function: twice the traffic, fewer of them.
    let busier = at_traffic(&design, 2.0);
    near("misses", node_rate(&busier, "work"), 20.0 / 13.0, 1e-9);
    let mean = |report: &Report| report.triggers[0].mean.value;
    let work = |report: &Report| report.nodes["work"].mean.as_ref().map_or(0.0, |f| f.value);
    let own = mean(&report) - work(&report) / 7.0;
    near("mean", mean(&busier), own + work(&busier) / 13.0, 1e-3);
}

/// A function asks a cache first and the table only for what is not there.
#[test]
fn wires_carry_what_a_cache_does_not_answer() {
    let design = |cache: CacheSettings, misses_of: &str| {
        let misses = LinkSettings {
            misses_of: Some(misses_of.to_owned()),
            stage: Some(2),
            ..plain()
        };
        drawn(
            &[
                ("clients", every("10/s")),
                ("work", function(5.0)),
                ("near", Settings::Cache(cache)),
                ("items", Settings::default_of(Archetype::Table)),
            ],
            &[
                ("clients", "work", LinkKind::Request, plain()),
                ("work", "near", LinkKind::Read, plain()),
                ("work", "items", LinkKind::Read, misses),
            ],
        )
    };
    let set = CacheSettings {
        hit_ratio: Some(0.75),
        ..CacheSettings::default()
    };
    let report = built(&design(set.clone(), "near"));
    near("reads", node_rate(&report, "items"), 2.5, 1e-9);
    // By time to live: 10/s over 10 keys that live for 9 s, 9 of 10 reads.
    let by_time = CacheSettings {
        keys: Some(10.0),
        skew: Some(0.0),
        ttl: Some(Millis(9_000.0)),
        ..CacheSettings::default()
    };
    let report = built(&design(by_time, "near"));
    near("reads", node_rate(&report, "items"), 1.0, 1e-9);
    // A name that is no cache of the sender is reported and counted in full.
    let report = built(&design(set, "far"));
    near("reads", node_rate(&report, "items"), 10.0, 1e-9);
    assert!(codes(&report).contains(&"no-such-cache"));
}

/// A tenth of the runs fail. Without partial failures each message comes back
/// with its batch, with them one of a batch of b with 1 − 0.9^(1/b).
#[test]
fn only_failed_messages_come_back() {
    let design = |partial: bool| {
        let poll = LinkSettings {
            batch_size: Some(10),
            batch_window: Some(Millis(20_000.0)),
            partial_failures: Some(partial),
            ..plain()
        };
        let queue = Settings::Queue(QueueSettings {
            max_receives: Some(1_000),
            visibility: Some(Millis(600_000.0)),
            ..QueueSettings::default()
        });
        drawn(
            &[
                ("clients", every("100/s")),
                ("jobs", queue),
                ("work", failing(0.1)),
            ],
            &[
                ("clients", "jobs", LinkKind::Publish, plain()),
                ("jobs", "work", LinkKind::Poll, poll),
            ],
        )
    };
    // Full batches of ten, as 100/s fill them in a fraction of the window.
    let whole = built(&design(false));
    near("whole", link_rate(&whole, "jobs->work"), 100.0 / 0.9, 1e-6);
    let one = 1.0 - 0.9_f64.powf(0.1);
    let partial = built(&design(true));
    near(
        "partial",
        link_rate(&partial, "jobs->work"),
        100.0 / (1.0 - one),
        1e-6,
    );
}

/// A topic tries third parties again as it is set; functions have retries of
/// their own.
#[test]
fn topics_try_again() {
    let design = |retries: u32| {
        let third = Settings::External(ExternalSettings {
            error_rate: Some(0.5),
            ..ExternalSettings::default()
        });
        let topic = Settings::Topic(TopicSettings {
            retries: Some(retries),
            ..TopicSettings::default()
        });
        drawn(
            &[
                ("clients", every("8/s")),
                ("news", topic),
                ("partner", third),
                ("work", failing(0.5)),
            ],
            &[
                ("clients", "news", LinkKind::Publish, plain()),
                ("news", "partner", LinkKind::Deliver, plain()),
                ("news", "work", LinkKind::Deliver, plain()),
            ],
        )
    };
    for (retries, attempts) in [(0, 1.0), (2, 1.75), (3, 1.875)] {
        let report = built(&design(retries));
        near(
            "partner",
            link_rate(&report, "news->partner"),
            8.0 * attempts,
            1e-9,
        );
        near("work", link_rate(&report, "news->work"), 8.0 * 1.75, 1e-9);
    }
}
