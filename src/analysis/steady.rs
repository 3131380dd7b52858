//! A function's pool under a steady rate: the exact most-recently-used pool,
//! with what is provisioned, kept warm, refused and reset.
//!
//! The exact pool is a numeric inversion. Over the many rates of a week it is
//! inverted at a few and interpolated between, which stays within 1 %.

use std::collections::BTreeMap;

use crate::catalog::Compute;

use super::compute::{Demand, PoolBin};
use super::pool::{PoolLoad, cold_after_resets, packed_pool};
use super::queueing::{erlang_b, erlang_b_with_client_retries, hayward_bursty};

/// Different rates up to which each is inverted exactly.
const FEW: usize = 12;
/// Longest step between inversions, in ln of the rate.
const STEP: f64 = 0.3;
/// Most inversions of a table.
const MOST: f64 = 28.0;
/// Probabilities below this are taken as this when interpolated.
const FLOOR: f64 = 1e-12;

/// The steady states of one function.
pub(super) struct Steady<'a> {
    demand: &'a Demand<'a>,
    compute: &'a Compute,
    table: Option<Table>,
    known: BTreeMap<u64, (f64, f64)>,
}

impl<'a> Steady<'a> {
    /// Prepares for the rates that will be asked for [1/s].
    pub(super) fn new(
        demand: &'a Demand<'a>,
        compute: &'a Compute,
        rates: impl Iterator<Item = f64>,
    ) -> Self {
        let mut distinct: Vec<u64> = rates.filter(|rate| *rate > 0.0).map(f64::to_bits).collect();
        distinct.sort_unstable();
        distinct.dedup();
        let mut steady = Self {
            demand,
            compute,
            table: None,
            known: BTreeMap::new(),
        };
        // Bits of positive numbers are in the order of the numbers.
        if let (Some(&low), Some(&high)) = (distinct.first(), distinct.last())
            && distinct.len() > FEW
        {
            let (low, high) = (f64::from_bits(low), f64::from_bits(high));
            steady.table = Some(Table::new(low, high, |rate| steady.exact(rate)));
        }
        steady
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
        let (cold, alive) = match self.table.as_ref().and_then(|table| table.at(rate)) {
            Some(found) => found,
            None => match self.known.get(&rate.to_bits()) {
                Some(known) => *known,
                None => {
                    let exact = self.exact(rate);
                    self.known.insert(rate.to_bits(), exact);
                    exact
                }
            },
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

    /// Probability of a cold start and instances alive, inverted.
    fn exact(&self, rate: f64) -> (f64, f64) {
        let demand = self.demand;
        let timeout = self.compute.idle_timeout.value;
        let spill = spill(demand, rate * demand.service);
        let load = PoolLoad {
            arrival_rate: rate * spill.max(1e-12),
            mean_service_s: demand.service,
            idle_timeout_s: timeout,
            lifetime_cap_s: self.compute.lifetime.as_ref().map(|figure| figure.value),
            limit: None,
        };
        let state = packed_pool(&load, demand.per_instance);
        let (mut cold, mut alive) = (state.cold_probability, state.busy + state.idle);
        if self.is_pinged() && demand.provisioned == 0 {
            // The first instance is never idle for the timeout: the term of the
            // empty pool, π₀ P(τ₀ > T), falls away.
            cold -= (-load.arrival_rate * (demand.service + timeout)).exp();
            alive = alive.max(1.0);
        }
        let cold = cold_after_resets(cold.max(0.0), demand.resets, 0.0) * spill;
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

/// Values at even steps of ln of the rate.
struct Table {
    low: f64,
    step: f64,
    /// ln of the probability of a cold start, and instances alive.
    points: Vec<(f64, f64)>,
}

impl Table {
    fn new(low: f64, high: f64, exact: impl Fn(f64) -> (f64, f64)) -> Self {
        let span = (high / low).ln();
        let steps = (span / STEP).ceil().clamp(4.0, MOST);
        let step = (span / steps).max(1e-9);
        let mut points = Vec::new();
        let mut place = 0.0;
        while place <= steps {
            let (cold, alive) = exact((low.ln() + place * step).exp());
            points.push((cold.max(FLOOR).ln(), alive));
            place += 1.0;
        }
        Self {
            low: low.ln(),
            step,
            points,
        }
    }

    /// Cubic interpolation through the four nearest points; none outside.
    fn at(&self, rate: f64) -> Option<(f64, f64)> {
        let place = (rate.ln() - self.low) / self.step;
        let last = self.points.len().checked_sub(4)?;
        if place < -1e-6 || place > f64::from(u32::try_from(last).ok()?) + 3.0 + 1e-6 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "within the table")]
        #[expect(clippy::cast_sign_loss, reason = "within the table")]
        let first = ((place - 1.0).floor().max(0.0) as usize).min(last);
        let window = self.points.get(first..first + 4)?;
        let x = place - f64::from(u32::try_from(first).ok()?);
        let weights = [
            -(x - 1.0) * (x - 2.0) * (x - 3.0) / 6.0,
            x * (x - 2.0) * (x - 3.0) / 2.0,
            -x * (x - 1.0) * (x - 3.0) / 2.0,
            x * (x - 1.0) * (x - 2.0) / 6.0,
        ];
        let (mut cold, mut alive) = (0.0, 0.0);
        for (weight, point) in weights.iter().zip(window) {
            cold += weight * point.0;
            alive += weight * point.1;
        }
        Some((cold.exp().min(1.0), alive.max(0.0)))
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
    match whole_limit(limit) {
        Some(limit) => erlang_b(limit, busy),
        None if limit < 1.0 => 1.0,
        None => erlang_b(u32::MAX, busy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Interpolated against inverted, over the rates of a week.
    #[test]
    fn tables_stay_within_one_percent() {
        let exact = |service: f64, rate: f64| {
            let load = PoolLoad {
                arrival_rate: rate,
                mean_service_s: service,
                idle_timeout_s: 600.0,
                lifetime_cap_s: Some(7_320.0),
                limit: None,
            };
            let state = packed_pool(&load, 1);
            (state.cold_probability, state.busy + state.idle)
        };
        for (service, low, high) in [
            (0.05, 1e-4, 0.02),
            (0.2, 0.01, 3.0),
            (1.991, 0.05, 60.0),
            (0.03, 1.0, 900.0),
            (5.0, 2e-4, 1.0),
        ] {
            let table = Table::new(low, high, |rate| exact(service, rate));
            for place in 0..=97 {
                let rate = low * (high / low).powf(f64::from(place) / 97.0);
                let (cold, alive) = table.at(rate).unwrap();
                let truth = exact(service, rate);
                // Where hardly anything starts cold, nobody can tell.
                let slack = 0.01 * truth.0 + 1e-9;
                assert!((cold - truth.0).abs() < slack, "{rate}: {cold} {truth:?}");
                assert!(
                    (alive / truth.1 - 1.0).abs() < 0.01,
                    "{rate}: {alive} {truth:?}"
                );
            }
        }
    }
}
