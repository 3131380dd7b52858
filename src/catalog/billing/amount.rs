//! Decimal arithmetic that cannot panic and loses nothing that matters.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// The largest quantity that a meter may come to. [unit]
pub const MAX_QUANTITY: f64 = 1e18;

/// Decimal places that amounts are kept to where their size allows it.
const PLACES: u32 = 18;

/// A number as the shortest decimal that names it; none if it is not finite or
/// too large.
pub fn decimal(number: f64) -> Option<Decimal> {
    if !number.is_finite() {
        return None;
    }
    // Beyond the 28 digits that a decimal holds there is nothing to keep.
    if number.abs() < 1e-28 {
        return Some(Decimal::ZERO);
    }
    number.to_string().parse().ok()
}

/// The nearest binary number, for showing.
pub(super) fn number(amount: Decimal) -> f64 {
    amount.to_f64().unwrap_or(f64::NAN)
}

/// Half-up to cents, as a line is billed.
pub fn to_cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// Rounds to as many places as still leave room for exact sums.
pub(super) fn settle(amount: Decimal) -> Decimal {
    amount.round_dp(places(amount))
}

/// Places after the point that leave parts and sums of an amount exact.
fn places(amount: Decimal) -> u32 {
    let whole = amount.trunc().mantissa().unsigned_abs();
    let digits = whole.checked_ilog10().map_or(0, |log| log + 1);
    PLACES.min(27_u32.saturating_sub(digits))
}

/// Cuts an amount in proportion to weights that are not negative.
///
/// The parts add up to the settled amount to the last digit, and none is
/// negative: each is the difference of two rounded running totals. Without
/// weight there is nothing to share.
pub(super) fn apportion(amount: Decimal, weights: &[Decimal]) -> Vec<Decimal> {
    let total = weights
        .iter()
        .copied()
        .fold(Decimal::ZERO, Decimal::saturating_add);
    let places = places(amount);
    let amount = amount.round_dp(places);
    let (mut weight_so_far, mut shared) = (Decimal::ZERO, Decimal::ZERO);
    weights
        .iter()
        .map(|weight| {
            weight_so_far = weight_so_far.saturating_add(*weight);
            let upto = match weight_so_far.checked_div(total) {
                Some(share) if share == Decimal::ONE => amount,
                Some(share) => (share * amount).round_dp(places),
                None => Decimal::ZERO,
            };
            let part = upto - shared;
            shared = upto;
            part
        })
        .collect()
}

/// Rounds up to a multiple of a step, blind to float noise of a relative 10⁻⁹.
pub(super) fn round_up(amount: Decimal, step: Decimal) -> Option<Decimal> {
    if step.is_zero() {
        return Some(amount);
    }
    let steps = amount.checked_div(step)?;
    let whole = steps.round();
    let noise = steps.abs().checked_mul(Decimal::new(1, 9))?;
    let steps = if (steps - whole).abs() <= noise {
        whole
    } else {
        steps.ceil()
    };
    steps.checked_mul(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_become_their_shortest_decimals() {
        assert_eq!(decimal(0.1), Some(exact("0.1")));
        assert_eq!(decimal(0.000_016_666_7), Some(exact("0.0000166667")));
        assert_eq!(decimal(1e18), Some(exact("1000000000000000000")));
        assert_eq!(decimal(5e-324), Some(Decimal::ZERO));
        assert_eq!(
            decimal(1.234_567_890_123e-20).unwrap().round_dp(24),
            exact("0.000000000000000000012346")
        );
        assert_eq!(decimal(-0.0), Some(Decimal::ZERO));
        for number in [f64::NAN, f64::INFINITY, f64::MAX, -1e40] {
            assert_eq!(decimal(number), None);
        }
    }

    #[test]
    fn cents_round_half_up() {
        assert_eq!(to_cents(exact("3.335")), exact("3.34"));
        assert_eq!(to_cents(exact("3.3349999")), exact("3.33"));
        assert_eq!(to_cents(exact("2.345")), exact("2.35"));
    }

    #[test]
    fn parts_add_up() {
        #[track_caller]
        fn check(amount: &str, weights: &[f64]) {
            let weights: Vec<_> = weights.iter().filter_map(|w| decimal(*w)).collect();
            let parts = apportion(exact(amount), &weights);
            assert_eq!(parts.iter().sum::<Decimal>(), settle(exact(amount)));
            assert!(
                parts
                    .iter()
                    .all(|part| !part.is_sign_negative() || part.is_zero())
            );
        }
        check("3.33334", &[1.0, 1.0, 1.0]);
        check("100", &[1.0, 2.0, 4.0, 0.0]);
        check("79228162514264337593543950335", &[1e18, 3.0, 1e-20]);
        check("0.0000000000000000001", &[0.1; 7]);
        check("0.0012345678901234567890123456", &[1e-20, 1e18, 1.0]);
        assert_eq!(apportion(Decimal::ONE, &[Decimal::ZERO]), [Decimal::ZERO]);
    }

    #[test]
    fn rounding_up_ignores_noise() {
        #[track_caller]
        fn check(amount: f64, step: &str, expected: &str) {
            let amount = decimal(amount).unwrap();
            assert_eq!(round_up(amount, exact(step)), Some(exact(expected)));
        }
        check(0.1 + 0.2, "0.1", "0.3");
        check(0.31, "0.1", "0.4");
        check(7.5, "0", "7.5");
        check(0.0, "1", "0");
    }
}
