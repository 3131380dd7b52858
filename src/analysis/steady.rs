//! A function's pool under a steady rate: the exact most-recently-used pool,
//! with what is provisioned, kept warm, refused and reset.
//!
//! The exact pool is a numeric inversion. From a load of [`SMOOTH`] on it is
//! interpolated, which stays within 1 %.

use std::collections::BTreeMap;

use crate::catalog::Compute;

use super::compute::{Demand, PoolBin};
use super::pool::{Line, SMOOTH, cold_after_resets, exact};
use super::queueing::{erlang_b, erlang_b_with_client_retries, hayward_bursty};

/// The steady states of one function.
pub(super) struct Steady<'a> {
    demand: &'a Demand<'a>,
    compute: &'a Compute,
    line: Line,
    known: BTreeMap<u64, (f64, f64)>,
}

impl<'a> Steady<'a> {
    /// The pools of a function.
    pub(super) fn new(demand: &'a Demand<'a>, compute: &'a Compute) -> Self {
        Self {
            demand,
            compute,
            line: Line::new(
                compute.idle_timeout.value / demand.service,
                demand.per_instance,
            ),
            known: BTreeMap::new(),
        }
    }

    /// The state at a rate, where at most so many executions run at once.
    pub(super) fn at(&mut self, rate: f64, limit: f64) -> PoolBin {
        let kept = f64::from(self.demand.provisioned).max(f64::from(u8::from(self.is_pinged())));
        if rate <= 0.0 {
            return PoolBin {
                cold: if self.demand.provisioned > 0 || self.is_pinged() {
                    0.0
                } else {
                    1.0
                },
                alive: kept,
                waits_not: 1.0,
                ..PoolBin::default()
            };
        }
        let (cold, alive) = match self.known.get(&rate.to_bits()) {
            Some(known) => *known,
            None => {
                let found = self.cold_and_alive(rate);
                self.known.insert(rate.to_bits(), found);
                found
            }
        };
        let load = rate * self.demand.service;
        let (lost, turned_away) = self.refused(limit, load);
        PoolBin {
            busy: load * (1.0 - lost),
            alive: alive.min(limit.max(kept)),
            cold,
            throttle: lost,
            turned_away,
            wanted: load,
            provisioned: 1.0 - spill(self.demand, load),
            waits_not: 1.0,
        }
    }

    /// Whether warm-up pings come often enough that one instance never goes.
    fn is_pinged(&self) -> bool {
        self.demand.pings > 0.0 && 1.0 / self.demand.pings <= self.compute.idle_timeout.value
    }

    /// Probability of a cold start, and instances alive.
    fn cold_and_alive(&mut self, rate: f64) -> (f64, f64) {
        let demand = self.demand;
        let (service, timeout) = (demand.service, self.compute.idle_timeout.value);
        let spill = spill(demand, rate * service);
        let rate = rate * spill.max(1e-12);
        let load = rate * service;
        let state = if load >= SMOOTH * f64::from(demand.per_instance) {
            self.line.at(load)
        } else {
            exact(load, timeout / service, demand.per_instance)
        };
        let (mut cold, mut alive) = (state.cold_probability, state.busy + state.idle);
        if self.is_pinged() && demand.provisioned == 0 {
            // The first instance is never idle for the timeout: the term of the
            // empty pool, π₀ P(τ₀ > T), falls away.
            cold -= (-rate * (service + timeout)).exp();
            alive = alive.max(1.0);
        }
        let lifetime = self
            .compute
            .lifetime
            .as_ref()
            .map_or(f64::INFINITY, |l| l.value);
        let cold = cold.max(0.0) + service / lifetime;
        let cold = cold_after_resets(cold.min(1.0), demand.resets, 0.0) * spill;
        (cold.min(1.0), alive + f64::from(demand.provisioned))
    }

    /// Shares of requests and of attempts that find no place.
    fn refused(&self, limit: f64, load: f64) -> (f64, f64) {
        let demand = self.demand;
        let whole = whole_limit(limit);
        match whole {
            Some(places) if (demand.peakedness - 1.0).abs() > 1e-6 => {
                let lost = hayward_bursty(places, load, demand.peakedness);
                (lost, lost)
            }
            Some(places) if demand.client_retries > 0 && load > 0.5 * limit => {
                let lost = erlang_b_with_client_retries(places, load, demand.client_retries);
                (lost.per_request, lost.per_attempt)
            }
            _ => {
                let lost = throttle(limit, load);
                (lost, lost)
            }
        }
    }
}

/// Share of the load that finds no provisioned instance free.
pub(super) fn spill(demand: &Demand<'_>, busy: f64) -> f64 {
    if demand.provisioned == 0 {
        return 1.0;
    }
    let lost = erlang_b(demand.provisioned, busy);
    1.0 - (1.0 - lost) * demand.provisioned_share
}

fn whole_limit(limit: f64) -> Option<u32> {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be in range")]
    #[expect(clippy::cast_sign_loss, reason = "checked to be in range")]
    (limit.is_finite() && (1.0..4e9).contains(&limit)).then_some(limit as u32)
}

/// Probability that a limit refuses an invocation (Erlang B).
pub fn throttle(limit: f64, busy: f64) -> f64 {
    if busy <= 0.0 || !limit.is_finite() {
        return 0.0;
    }
    // A Poisson number this far above its mean is rarer than 1e-13.
    if limit > busy + 8.0 * busy.sqrt() + 20.0 {
        return 0.0;
    }
    match whole_limit(limit) {
        Some(limit) => erlang_b(limit, busy),
        None if limit < 1.0 => 1.0,
        None => erlang_b(u32::MAX, busy),
    }
}
