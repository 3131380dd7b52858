//! The pool, interpolated.
//!
//! Without a limit and a lifetime, what a pool does depends only on the load
//! a = λ·E\[S\] and on the timeout in service times, τ = T/E\[S\]. So its values at
//! even steps of ln a and ln τ serve every function, every hour and every edit;
//! they are inverted when first asked for, and kept. Between them ln P(cold) and
//! the idle instances are interpolated, within 1 % (see the test).

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use super::{PoolLoad, PoolState, packed_pool};

/// Steps of ln a, through four of which a cubic goes.
const LOAD_STEP: f64 = 0.25;
/// Steps of ln τ, through three of which a parabola goes.
const TIMEOUT_STEP: f64 = 0.2;
/// Loads below this are inverted: there P(cold) falls in steps, one for each
/// instance, which no grid follows, and inverting is quick.
pub const SMOOTH: f64 = 16.0;
/// Loads above this continue the power law up to it: inverting them takes long,
/// and hardly anything starts cold there.
const HIGHEST: f64 = 2_980.0;
/// Probabilities below this are taken as this.
const FLOOR: f64 = 1e-14;

/// Requests an instance takes, and places on the two grids.
type Place = (u32, i32, i32);

thread_local! {
    /// Pools that were inverted, by load, timeout and requests an instance.
    static EXACT: RefCell<HashMap<(u64, u64, u32), PoolState>> = RefCell::default();
    /// ln P(cold), idle and busy instances at the grid's points that were asked
    /// for.
    static KNOWN: RefCell<HashMap<Place, [f64; 3]>> = RefCell::default();
}

/// Most pools that are kept.
const KEPT: usize = 1 << 16;

/// The pool without limit and lifetime, inverted; `load` in Erlangs, `timeout`
/// in service times. The passes of an analysis, and edits elsewhere, find it
/// still known.
#[must_use]
pub fn exact(load: f64, timeout: f64, per_instance: u32) -> PoolState {
    let key = (load.to_bits(), timeout.to_bits(), per_instance);
    if let Some(known) = EXACT.with_borrow(|known| known.get(&key).copied()) {
        return known;
    }
    let state = packed_pool(
        &PoolLoad {
            arrival_rate: load,
            mean_service_s: 1.0,
            idle_timeout_s: timeout,
            lifetime_cap_s: None,
            limit: None,
        },
        per_instance,
    );
    EXACT.with_borrow_mut(|known| {
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(key, state);
    });
    state
}

/// Pools of one timeout, without limit and lifetime, at any load.
#[derive(Clone, Debug)]
pub struct Line {
    per_instance: u32,
    /// Place on the grid of timeouts, and the weights of the three points
    /// around it; none where the timeout is no positive number.
    timeout: Option<(i32, [f64; 3])>,
    /// The grid's loads, interpolated to the timeout, that were asked for.
    rows: BTreeMap<i32, [f64; 3]>,
}

impl Line {
    /// Pools with a timeout in service times.
    #[must_use]
    pub fn new(timeout: f64, per_instance: u32) -> Self {
        let place = timeout.ln() / TIMEOUT_STEP;
        Self {
            per_instance,
            timeout: place
                .is_finite()
                .then(|| (whole(place.round()), parabola(place - place.round()))),
            rows: BTreeMap::new(),
        }
    }

    /// The pool under a load in Erlangs.
    pub fn at(&mut self, load: f64) -> PoolState {
        if !(load > 0.0 && load.is_finite()) || self.timeout.is_none() {
            return PoolState {
                cold_probability: 1.0,
                ..PoolState::default()
            };
        }
        let mut found = self.inside(load.min(HIGHEST));
        if load > HIGHEST {
            // The last half of an e-fold gives the power law beyond.
            let before = self.inside(HIGHEST * (-0.5_f64).exp());
            let beyond = (load / HIGHEST).ln() / 0.5;
            let follow = |now: f64, earlier: f64| {
                if now > 0.0 && earlier > 0.0 {
                    now * (now / earlier).powf(beyond)
                } else {
                    now
                }
            };
            let cold = found.cold_probability.min(before.cold_probability);
            found.cold_probability = follow(cold, before.cold_probability);
            found.idle = follow(found.idle, before.idle);
            found.busy = follow(found.busy, before.busy);
        }
        if self.per_instance <= 1 {
            found.busy = load;
        }
        found
    }

    fn inside(&mut self, load: f64) -> PoolState {
        let x = load.ln() / LOAD_STEP;
        let left = x.floor();
        let mut sums = [0.0; 3];
        for (row, weight) in (-1..=2).zip(cubic(x - left)) {
            let values = self.row(whole(left) + row);
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += weight * value;
            }
        }
        let [cold, idle, busy] = sums;
        PoolState {
            cold_probability: cold.exp().min(1.0),
            throttle_probability: 0.0,
            busy: busy.max(0.0),
            idle: idle.max(0.0),
        }
    }

    /// ln P(cold), idle and busy instances at one of the grid's loads.
    fn row(&mut self, row: i32) -> [f64; 3] {
        if let Some(known) = self.rows.get(&row) {
            return *known;
        }
        let mut sums = [0.0; 3];
        if let Some((low, along)) = self.timeout {
            for (column, weight) in (-1..=1).zip(along) {
                let values = at(self.per_instance, row, low + column);
                for (sum, value) in sums.iter_mut().zip(values) {
                    *sum += weight * value;
                }
            }
        }
        self.rows.insert(row, sums);
        sums
    }
}

/// Weights of the points at −1, 0, 1 and 2 for a place between 0 and 1.
fn cubic(x: f64) -> [f64; 4] {
    [
        -x * (x - 1.0) * (x - 2.0) / 6.0,
        (x + 1.0) * (x - 1.0) * (x - 2.0) / 2.0,
        -(x + 1.0) * x * (x - 2.0) / 2.0,
        (x + 1.0) * x * (x - 1.0) / 6.0,
    ]
}

/// Weights of the points at −1, 0 and 1 for a place between −½ and ½.
fn parabola(y: f64) -> [f64; 3] {
    [
        0.5 * y * (y - 1.0),
        (1.0 - y) * (1.0 + y),
        0.5 * y * (y + 1.0),
    ]
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "logarithms of finite numbers"
)]
fn whole(place: f64) -> i32 {
    place as i32
}

fn at(per_instance: u32, row: i32, column: i32) -> [f64; 3] {
    let place = (per_instance, row, column);
    if let Some(known) = KNOWN.with_borrow(|known| known.get(&place).copied()) {
        return known;
    }
    let state = packed_pool(
        &PoolLoad {
            arrival_rate: (f64::from(row) * LOAD_STEP).exp(),
            mean_service_s: 1.0,
            idle_timeout_s: (f64::from(column) * TIMEOUT_STEP).exp(),
            lifetime_cap_s: None,
            limit: None,
        },
        per_instance,
    );
    let value = [
        state.cold_probability.max(FLOOR).ln(),
        state.idle,
        state.busy,
    ];
    KNOWN.with_borrow_mut(|known| known.insert(place, value));
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Interpolated against inverted, at loads and timeouts of all sizes.
    #[test]
    fn stays_within_one_percent() {
        let mut worst = 0.0_f64;
        for step in 0..60 {
            let place = f64::from(step) / 59.0;
            let load = SMOOTH * (185.0_f64).powf((place * 7.0).fract());
            let timeout = 2.0 * (1e5_f64).powf((place * 11.0).fract());
            let exact = packed_pool(
                &PoolLoad {
                    arrival_rate: load,
                    mean_service_s: 1.0,
                    idle_timeout_s: timeout,
                    lifetime_cap_s: None,
                    limit: None,
                },
                1,
            );
            let found = Line::new(timeout, 1).at(load);
            let (cold, idle) = (found.cold_probability, found.idle);
            // Where hardly anything starts cold, nobody can tell.
            let off = (cold - exact.cold_probability).abs();
            let slack = 0.01 * exact.cold_probability + 1e-9;
            assert!(off < slack, "{load} {timeout}: {cold} {exact:?}");
            let alive = load + idle;
            let truth = exact.busy + exact.idle;
            assert!(
                (alive / truth - 1.0).abs() < 0.01,
                "{load} {timeout}: {idle} {exact:?}"
            );
            worst = worst.max(off / exact.cold_probability.max(1e-6));
        }
        assert!(worst > 0.0);
    }
}
