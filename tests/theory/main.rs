//! The library's closed forms against reference values.
//!
//! [`rows`] transcribes what was computed elsewhere with many digits, or
//! simulated with fixed seeds. Closed forms agree to 1e-9 (printed values have
//! twelve digits, so that rounding costs at most 5e-12), the inverted pool
//! formula to 1e-6. Where a row has a simulated value too, the test states how
//! far the formula may be from it. Values of other people's models are compared
//! and their distance is stated; they are no truth.

mod bills;
mod pools;
mod queues;
mod rows;
mod streams;

use std::collections::BTreeSet;
use std::path::Path;

/// Closed forms.
pub const EXACT: f64 = 1e-9;
/// What rests on the numeric inversion of a transform.
pub const INVERTED: f64 = 1e-6;

/// Relative agreement; absolute at 1e-12 where the truth is 0. NaN is no truth.
#[track_caller]
pub fn near(found: f64, truth: f64, within: f64) {
    let error = (found - truth).abs();
    let allowed = if truth == 0.0 {
        1e-12
    } else {
        within * truth.abs()
    };
    assert!(
        truth.is_nan() || error <= allowed || found == truth,
        "{found} instead of {truth}, {error:e} off"
    );
}

/// Agreement of a closed form.
#[track_caller]
pub fn exact(found: f64, truth: f64) {
    near(found, truth, EXACT);
}

/// A formula against a simulated value, as found ÷ simulated − 1 within bounds.
#[track_caller]
pub fn between(found: f64, simulated: f64, low: f64, high: f64) {
    let off = found / simulated - 1.0;
    assert!(
        simulated.is_nan() || (low..=high).contains(&off),
        "{found} is {off:+.3} of {simulated}"
    );
}

/// The groups of both tables.
const GROUPS: [&str; 50] = [
    "erlang_b",
    "erlang_c_mmc",
    "mg1_pollaczek_khinchine",
    "md1",
    "mginf_poisson",
    "jackson_tandem",
    "cold_start_renewal_zero_service",
    "cold_start_function_idle_reclaim",
    "mru_pool_exact",
    "token_bucket_poisson",
    "mt_ginf_sinusoid",
    "mt_ginf_step",
    "retry_amplification",
    "fanout_max_exp",
    "cold_warm_lognormal_mixture",
    "mahmoudi_khazaei_2020_model",
    "simfaas_readme",
    "token_bucket_large_burst",
    "token_bucket_fluid",
    "env_start_ramp_step",
    "cold_starts_in_spike",
    "mru_pool_concurrency_k",
    "active_instances_random_split",
    "autoscaled_instances",
    "flex_minimum_billing",
    "mru_pool_lifetime_cap",
    "cold_starts_correlated_chain",
    "provisioned_concurrency_optimum",
    "break_even_units",
    "hayward_bursty",
    "erlang_shared_pool",
    "dlq_throttled_receives_independent",
    "dlq_throttled_receives_herd",
    "dlq_retry_inside_visibility",
    "batch_formation",
    "gi_g_c_batches",
    "iterator_age_overload",
    "stream_poll_cycle",
    "backlog_drain_ramp",
    "backlog_sinusoid_fluid",
    "runaway_growth",
    "ttl_cache_hit",
    "latency_composition",
    "free_allowance_scope",
    "logs_accrual",
    "timeout_kills_environment",
    "fifo_hot_group",
    "database_autopause",
    "deploy_cold_starts",
    "erlang_b_with_client_retries",
];

/// The list is complete, where the tables lie beside the project.
#[test]
fn every_group_is_covered() {
    let listed = BTreeSet::from(GROUPS.map(str::to_owned));
    assert_eq!(listed.len(), GROUPS.len());
    let sources = [
        include_str!("pools.rs"),
        include_str!("queues.rs"),
        include_str!("streams.rs"),
        include_str!("bills.rs"),
    ];
    for group in GROUPS {
        let test = format!("fn {group}()");
        let tests = sources.iter().filter(|source| source.contains(&test));
        assert_eq!(tests.count(), 1, "{test} is not there");
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference");
    let mut found = BTreeSet::new();
    for file in ["reference_tables.json", "extra_reference.json"] {
        let Ok(text) = std::fs::read_to_string(beside.join(file)) else {
            println!("../shared/reference/{file} is absent: the list of groups is not compared");
            return;
        };
        let table: serde_json::Value = serde_json::from_str(&text).unwrap();
        found.extend(table.as_object().unwrap().keys().cloned());
    }
    assert_eq!(listed, found);
}
