//! Typed units: a number says what it measures.
//!
//! Each unit is a transparent newtype over `f64` with only the arithmetic that
//! makes sense: adding milliseconds to milliseconds, scaling by a plain number,
//! Little's law. Rates as people write them ("3M/month") live in [`Rate`].

mod rate;

use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Sub, SubAssign};

use serde::{Deserialize, Serialize};

pub use rate::{Period, Rate, RateError};

/// Hours in a billing month [h]: 365 days / 12, the convention of AWS, Azure and Google price sheets.
pub const HOURS_PER_MONTH: f64 = 730.0;

/// Seconds in a billing month [s]: 730 hours.
pub const SECONDS_PER_MONTH: f64 = 2_628_000.0;

/// Declares one unit with the arithmetic that every quantity obeys.
macro_rules! unit {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub f64);

        impl $name {
            /// Nothing of this quantity.
            pub const ZERO: Self = Self(0.0);

            /// The larger of two quantities; a NaN loses.
            #[must_use]
            pub fn max(self, other: Self) -> Self {
                Self(self.0.max(other.0))
            }

            /// The smaller of two quantities; a NaN loses.
            #[must_use]
            pub fn min(self, other: Self) -> Self {
                Self(self.0.min(other.0))
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                self.0 -= other.0;
            }
        }

        impl Mul<f64> for $name {
            type Output = Self;
            fn mul(self, factor: f64) -> Self {
                Self(self.0 * factor)
            }
        }

        impl Mul<$name> for f64 {
            type Output = $name;
            fn mul(self, quantity: $name) -> $name {
                $name(self * quantity.0)
            }
        }

        impl Div<f64> for $name {
            type Output = Self;
            fn div(self, divisor: f64) -> Self {
                Self(self.0 / divisor)
            }
        }

        /// The ratio of two quantities of one kind is a plain number.
        impl Div for $name {
            type Output = f64;
            fn div(self, other: Self) -> f64 {
                self.0 / other.0
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
                Self(parts.map(|part| part.0).sum())
            }
        }
    };
}

unit! {
    /// A duration [ms].
    Millis
}
unit! {
    /// A frequency of events [1/s].
    RequestsPerSecond
}
unit! {
    /// Mean number of requests in progress at once [1].
    Concurrency
}
unit! {
    /// Memory [MB], binary: 1 MB = 1,024 KB and 1,024 MB = 1 GB, as AWS Lambda bills it.
    Megabytes
}
unit! {
    /// Payload size [KB], 1 KB = 1,024 bytes.
    Kilobytes
}
unit! {
    /// Storage or traffic [GB], 1 GB = 1,024 MB.
    Gigabytes
}
unit! {
    /// Spending over a billing month of 730 hours [USD/month].
    UsdPerMonth
}
unit! {
    /// Spending over one hour [USD/h].
    UsdPerHour
}

impl Millis {
    /// A duration given in seconds.
    #[must_use]
    pub fn from_seconds(seconds: f64) -> Self {
        Self(seconds * 1_000.0)
    }

    /// The duration in seconds [s].
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.0 / 1_000.0
    }
}

impl Megabytes {
    /// The same amount in gigabytes, 1,024 MB each.
    #[must_use]
    pub fn gigabytes(self) -> Gigabytes {
        Gigabytes(self.0 / 1_024.0)
    }
}

impl Kilobytes {
    /// The same amount in gigabytes, 1,048,576 KB each.
    #[must_use]
    pub fn gigabytes(self) -> Gigabytes {
        Gigabytes(self.0 / 1_048_576.0)
    }
}

impl Gigabytes {
    /// The same amount in megabytes, 1,024 to the gigabyte.
    #[must_use]
    pub fn megabytes(self) -> Megabytes {
        Megabytes(self.0 * 1_024.0)
    }
}

impl UsdPerHour {
    /// What an hourly price comes to in a month of [`HOURS_PER_MONTH`].
    #[must_use]
    pub fn per_month(self) -> UsdPerMonth {
        UsdPerMonth(self.0 * HOURS_PER_MONTH)
    }
}

impl UsdPerMonth {
    /// What a monthly price comes to per hour.
    #[must_use]
    pub fn per_hour(self) -> UsdPerHour {
        UsdPerHour(self.0 / HOURS_PER_MONTH)
    }
}

impl RequestsPerSecond {
    /// How many happen in a billing month [1/month].
    #[must_use]
    pub fn per_month(self) -> f64 {
        self.0 * SECONDS_PER_MONTH
    }
}

/// Little's law: L = λ·W.
impl Mul<Millis> for RequestsPerSecond {
    type Output = Concurrency;
    fn mul(self, stay: Millis) -> Concurrency {
        Concurrency(self.0 * stay.0 / 1_000.0)
    }
}

/// Little's law: L = W·λ.
impl Mul<RequestsPerSecond> for Millis {
    type Output = Concurrency;
    fn mul(self, rate: RequestsPerSecond) -> Concurrency {
        rate * self
    }
}

/// Little's law solved for the rate: λ = L / W.
impl Div<Millis> for Concurrency {
    type Output = RequestsPerSecond;
    fn div(self, stay: Millis) -> RequestsPerSecond {
        RequestsPerSecond(self.0 / stay.seconds())
    }
}

/// Little's law solved for the stay: W = L / λ.
impl Div<RequestsPerSecond> for Concurrency {
    type Output = Millis;
    fn div(self, rate: RequestsPerSecond) -> Millis {
        Millis::from_seconds(self.0 / rate.0)
    }
}

/// A probability, always within 0..=1.
///
/// Serialised as the bare number; reading one outside 0..=1 is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Probability(f64);

/// Why a number is no probability.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ProbabilityError {
    /// Not a number at all.
    #[error("a probability must be a number from 0 to 1, not NaN")]
    NotANumber,
    /// A number outside 0..=1, in a file where it cannot be a rounding error.
    #[error("a probability must lie from 0 to 1 (5 % is written 0.05), not {0}")]
    OutOfRange(f64),
}

impl Probability {
    /// It never happens.
    pub const NEVER: Self = Self(0.0);
    /// It always happens.
    pub const CERTAIN: Self = Self(1.0);

    /// Clamps a computed number into 0..=1, which absorbs rounding.
    ///
    /// # Errors
    ///
    /// When `value` is NaN.
    pub fn new(value: f64) -> Result<Self, ProbabilityError> {
        if value.is_nan() {
            return Err(ProbabilityError::NotANumber);
        }
        Ok(Self(value.clamp(0.0, 1.0)))
    }

    /// The plain number, 0..=1.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }

    /// The probability that it does not happen.
    #[must_use]
    pub fn complement(self) -> Self {
        Self(1.0 - self.0)
    }
}

impl TryFrom<f64> for Probability {
    type Error = ProbabilityError;
    fn try_from(value: f64) -> Result<Self, ProbabilityError> {
        if (0.0..=1.0).contains(&value) {
            Ok(Self(value))
        } else if value.is_nan() {
            Err(ProbabilityError::NotANumber)
        } else {
            Err(ProbabilityError::OutOfRange(value))
        }
    }
}

impl From<Probability> for f64 {
    fn from(probability: Probability) -> Self {
        probability.0
    }
}

/// Both of two independent events.
impl Mul for Probability {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn littles_law() {
        #[track_caller]
        fn check(rate: f64, stay: f64, expected: f64) {
            let busy = RequestsPerSecond(rate) * Millis(stay);
            assert_eq!(busy, Concurrency(expected));
            assert_eq!(Millis(stay) * RequestsPerSecond(rate), busy);
        }
        check(0.0, 250.0, 0.0);
        check(40.0, 250.0, 10.0); // 40/s × 0.25 s
        assert_eq!(Concurrency(10.0) / Millis(250.0), RequestsPerSecond(40.0));
        assert_eq!(Concurrency(10.0) / RequestsPerSecond(40.0), Millis(250.0));
    }

    #[test]
    fn arithmetic_of_one_unit() {
        assert_eq!(Millis(2.0) + Millis(3.0) - Millis(1.0), Millis(4.0));
        assert_eq!(2.0 * Millis(3.0) * 2.0 / 4.0, Millis(3.0));
        assert_eq!(Megabytes(512.0) / Megabytes(256.0), 2.0);
        assert_eq!(
            [Millis(1.0), Millis(2.5)].into_iter().sum::<Millis>(),
            Millis(3.5)
        );
        assert_eq!(Megabytes(1_536.0).gigabytes(), Gigabytes(1.5));
        assert_eq!(Kilobytes(1_048_576.0).gigabytes(), Gigabytes(1.0));
        assert_eq!(UsdPerHour(0.1).per_month(), UsdPerMonth(73.0));
        assert_eq!(RequestsPerSecond(1.0).per_month(), SECONDS_PER_MONTH);
    }

    #[test]
    fn probabilities_stay_in_range() {
        assert_eq!(Probability::new(1.0 + 1e-12), Ok(Probability::CERTAIN));
        assert_eq!(Probability::new(-0.1), Ok(Probability::NEVER));
        assert_eq!(
            Probability::new(f64::NAN),
            Err(ProbabilityError::NotANumber)
        );
        assert_eq!(ron::from_str::<Probability>("0.25").unwrap().get(), 0.25);
        let error = ron::from_str::<Probability>("5.0").unwrap_err().to_string();
        assert!(error.contains("0.05"), "{error}");
        assert_eq!(
            Probability(0.25).complement() * Probability(0.5),
            Probability(0.375)
        );
    }

    #[test]
    fn units_are_bare_numbers_in_files() {
        assert_eq!(ron::to_string(&Millis(16.5)).unwrap(), "16.5");
        assert_eq!(ron::from_str::<Megabytes>("512").unwrap(), Megabytes(512.0));
        assert_eq!(ron::to_string(&Probability(0.5)).unwrap(), "0.5");
    }
}
