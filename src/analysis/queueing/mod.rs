//! Closed forms for limits, queues, rate limits, batches, streams and retries.
//!
//! Plain numbers in and out: rates in 1/s, times in s, offered loads in
//! Erlangs (requests in progress). Each function is exact for its stated model
//! or says how far it is from simulation, and answers any finite input with a
//! number. `tests/theory` holds them against reference values.

mod accrual;
mod batch;
mod cache;
mod dead_letter;
mod delay;
mod fluid;
mod gamma;
mod growth;
mod idle;
mod loss;
mod md1;
mod poisson;
mod retry;
mod single;
mod stream;
mod token_bucket;
mod transient;
mod zipf;

pub use accrual::stored;
pub use batch::{BatchFormation, batch_formation};
pub use cache::{harmonic, ttl_cache_hit};
pub use dead_letter::{
    HerdLoss, dlq_retry_inside_visibility, dlq_throttled_receives_herd,
    dlq_throttled_receives_independent,
};
pub use delay::{BatchQueue, ErlangC, allen_cunneen, erlang_c, gi_g_c_batches, whitt_phi};
pub use fluid::{
    Age, Drain, Overload, Wave, WaveBacklog, backlog_drain_ramp, backlog_sinusoid_fluid,
    iterator_age_overload,
};
pub use gamma::upper_gamma;
pub use growth::{chain_invocations, loop_growth_exponential, loop_growth_fixed, spectral_radius};
pub use idle::{AutoPause, database_autopause, outage_concurrency};
pub use loss::{
    ProvisionedOptimum, ProvisionedPrices, RetriedLoss, batch_peakedness, erlang_b,
    erlang_b_continuous, erlang_b_shared, erlang_b_with_client_retries, hayward_bursty,
    provisioned_concurrency_optimum,
};
pub use md1::{md1_wait_exceeds, md1_wait_quantile};
pub use poisson::{poisson_pmf, poisson_quantile, poisson_tail};
pub use retry::{expected_attempts, slowest_exponential_mean, slowest_exponential_quantile};
pub use single::{Feedback, Tandem, bernoulli_feedback, mg1_mean_wait, tandem};
pub use stream::{HotGroup, PollCycle, StreamShard, fifo_hot_group, stream_poll_cycle};
pub use token_bucket::{FluidOverload, token_bucket_fluid, token_bucket_poisson_rejected};
pub use transient::{
    EnvStartRamp, RampThrottling, SinusoidLoad, env_start_ramp_step, mt_ginf_sinusoid_exponential,
    mt_ginf_sinusoid_fixed, mt_ginf_step,
};
pub use zipf::{KeyedWait, hottest_share, mg1_wait_by_key, over_key_limit};

/// The zero of a function that rises through it once between `low` and `high`.
fn bisect(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if f(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests;
