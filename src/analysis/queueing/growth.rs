//! Loops that feed themselves: whether they grow, how fast, how far.

/// Growth rate of a loop whose turn always takes as long [1/s]: ln g ÷ τ.
///
/// `gain` events per event and turn, `turn` in s. Negative below a gain of 1,
/// 0 at 1, where the loop grows by the seed each turn.
///
/// Source: the root s of g e^(−sτ) = 1 (Euler–Lotka).
#[must_use]
pub fn loop_growth_fixed(gain: f64, turn: f64) -> f64 {
    per_turn(gain.max(0.0).ln(), turn)
}

/// The same for exponential turns of mean `turn` [1/s]: (g − 1) ÷ τ.
///
/// Source: the root s of g ÷ (1 + sτ) = 1 (Euler–Lotka).
#[must_use]
pub fn loop_growth_exponential(gain: f64, turn: f64) -> f64 {
    per_turn(gain.max(0.0) - 1.0, turn)
}

fn per_turn(growth: f64, turn: f64) -> f64 {
    if growth == 0.0 {
        0.0
    } else {
        growth / turn.max(0.0)
    }
}

/// Invocations that one event causes before loop detection stops its chain [1].
///
/// 1 + g + … + gⁿ⁻¹ over `turns` n; n for a gain of 1.
#[must_use]
pub fn chain_invocations(gain: f64, turns: u32) -> f64 {
    let (gain, turns) = (gain.max(0.0), f64::from(turns));
    if gain == 1.0 || turns == 0.0 {
        turns
    } else if gain == 0.0 {
        1.0
    } else {
        // expm1 keeps the digits next to a gain of 1.
        (turns * gain.ln()).exp_m1() / (gain - 1.0)
    }
}

/// The largest eigenvalue of a gain matrix [1]: a system of loops grows from 1 on.
///
/// `gains` are (from, to, events per event) among `size` nodes; others are
/// left out. By power iteration on I + G, which converges for cycles of any
/// length. Infinite where it overflows.
///
/// Source: Perron–Frobenius; multi-type branching (Harris 1963, ch. II).
#[must_use]
pub fn spectral_radius(size: usize, gains: &[(usize, usize, f64)]) -> f64 {
    let mut vector = vec![1.0; size];
    let mut next = vector.clone();
    let mut radius = 0.0_f64;
    for _ in 0..2_000 {
        next.copy_from_slice(&vector);
        for &(from, to, gain) in gains {
            if let (Some(sent), Some(received)) = (vector.get(from), next.get_mut(to)) {
                *received += gain.max(0.0) * sent;
            }
        }
        let norm = next.iter().copied().fold(0.0, f64::max);
        if size == 0 {
            return 0.0;
        }
        if !(norm.is_finite() && norm > 0.0) {
            return f64::INFINITY;
        }
        for value in &mut next {
            *value /= norm;
        }
        let settled = (norm - 1.0 - radius).abs() < 1e-13;
        radius = norm - 1.0;
        std::mem::swap(&mut vector, &mut next);
        if settled {
            break;
        }
    }
    radius
}
