//! Rates as people write them: "3M/month", "5k/day", "0.9/s".
//!
//! Printing is canonical: of all spellings that read back to exactly the same
//! number the shortest is chosen, so that files differ only where designs do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{RequestsPerSecond, SECONDS_PER_MONTH};

/// The time over which events are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Period {
    /// One second.
    #[default]
    Second,
    /// 60 s.
    Minute,
    /// 3,600 s.
    Hour,
    /// 86,400 s.
    Day,
    /// A billing month of 730 hours, 2,628,000 s.
    Month,
}

impl Period {
    /// Every period, shortest first.
    pub const ALL: [Self; 5] = [
        Self::Second,
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Month,
    ];

    /// Length [s].
    #[must_use]
    pub fn seconds(self) -> f64 {
        match self {
            Self::Second => 1.0,
            Self::Minute => 60.0,
            Self::Hour => 3_600.0,
            Self::Day => 86_400.0,
            Self::Month => SECONDS_PER_MONTH,
        }
    }

    /// The canonical spelling after the slash.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Minute => "min",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "s" | "sec" | "second" => Self::Second,
            "min" | "minute" => Self::Minute,
            "h" | "hour" => Self::Hour,
            "d" | "day" => Self::Day,
            "mo" | "month" => Self::Month,
            _ => return None,
        })
    }
}

/// A number of events per period, never negative and always finite.
///
/// Reads and prints as "3M/month"; a bare number counts per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rate {
    count: f64,
    per: Period,
}

/// Why a text or number is no rate.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RateError {
    /// The part before the slash is no number.
    #[error(
        "`{0}` does not start with a number; write a rate such as \"0.9/s\", \"5k/day\" or \"3M/month\""
    )]
    NotANumber(String),
    /// The part after the slash is no period.
    #[error("`{0}` is not a period; write s, min, hour, day or month, as in \"5k/day\"")]
    UnknownPeriod(String),
    /// The number is negative, infinite or NaN.
    #[error("a rate must be zero or more and finite, not {0}")]
    OutOfRange(f64),
}

impl Rate {
    /// `count` events per `per`.
    ///
    /// # Errors
    ///
    /// When `count` is negative, infinite or NaN.
    pub fn new(count: f64, per: Period) -> Result<Self, RateError> {
        if count.is_finite() && count >= 0.0 {
            // Adding zero turns -0 into 0, which would print as "-0/s".
            Ok(Self {
                count: count + 0.0,
                per,
            })
        } else {
            Err(RateError::OutOfRange(count))
        }
    }

    /// Events per [`Rate::period`].
    #[must_use]
    pub fn count(self) -> f64 {
        self.count
    }

    /// The period that the count refers to.
    #[must_use]
    pub fn period(self) -> Period {
        self.per
    }

    /// The same rate per second [1/s].
    #[must_use]
    pub fn per_second(self) -> RequestsPerSecond {
        RequestsPerSecond(self.count / self.per.seconds())
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let (number, period) = match text.split_once('/') {
            Some((number, period)) => (number, period.trim()),
            None => (text, "s"),
        };
        let per = Period::parse(period).ok_or_else(|| RateError::UnknownPeriod(period.into()))?;
        let count = parse_count(number.trim()).ok_or_else(|| RateError::NotANumber(text.into()))?;
        Self::new(count, per)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", shortest(self.count), self.per.symbol()))
    }
}

impl TryFrom<String> for Rate {
    type Error = RateError;
    fn try_from(text: String) -> Result<Self, RateError> {
        text.parse()
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> Self {
        rate.to_string()
    }
}

const SUFFIXES: [(char, &str, f64); 3] = [('k', "e3", 1e3), ('M', "e6", 1e6), ('G', "e9", 1e9)];

/// Reads "1.1M" as `1.1e6`: one correctly rounded conversion, no multiplication.
fn parse_count(text: &str) -> Option<f64> {
    let suffix = SUFFIXES
        .iter()
        .find_map(|(letter, exponent, _)| Some((text.strip_suffix(*letter)?, *exponent)));
    match suffix {
        Some((digits, exponent)) => format!("{}{exponent}", digits.trim_end()).parse().ok(),
        None => text.parse().ok(),
    }
}

/// The shortest spelling that reads back exactly; ties go to the suffix.
fn shortest(count: f64) -> String {
    let plain = [count.to_string(), format!("{count:e}")];
    let suffixed = SUFFIXES.iter().filter_map(|(letter, _, scale)| {
        let text = format!("{}{letter}", count / scale);
        (count >= *scale && parse_count(&text) == Some(count)).then_some(text)
    });
    // Plain digits read best, so an exponent must save at least a few of them.
    let cost = |text: &String| text.len() + if text.contains('e') { 8 } else { 0 };
    let best = suffixed.min_by_key(cost);
    let [digits, exponent] = plain;
    let plain = if cost(&exponent) < cost(&digits) {
        exponent
    } else {
        digits
    };
    match best {
        Some(text) if cost(&text) <= cost(&plain) => text,
        _ => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_spelling() {
        #[track_caller]
        fn check(text: &str, per_second: f64, canonical: &str) {
            let rate: Rate = text.parse().unwrap();
            assert_eq!(rate.per_second(), RequestsPerSecond(per_second));
            assert_eq!(rate.to_string(), canonical);
            assert_eq!(canonical.parse(), Ok(rate));
        }
        check("3M/month", 3e6 / 2_628_000.0, "3M/month");
        check("5k/day", 5_000.0 / 86_400.0, "5k/day");
        check("0.9/s", 0.9, "0.9/s");
        check("10/min", 10.0 / 60.0, "10/min");
        check(" 1500 / h ", 1_500.0 / 3_600.0, "1.5k/hour");
        check("1234", 1_234.0, "1234/s");
        check("1.1M/s", 1_100_000.0, "1.1M/s");
        check("4.35k", 4_350.0, "4350/s");
        check("2G/month", 2e9 / 2_628_000.0, "2G/month");
        check("0", 0.0, "0/s");
        check("-0/s", 0.0, "0/s");
        check("1e-7/s", 1e-7, "0.0000001/s");
        check("1e300", 1e300, "1e300/s");
        check("5e-300/day", 5e-300 / 86_400.0, "5e-300/day");
    }

    #[test]
    fn every_number_reads_back() {
        let mut count = 1.234_567_890_123_e-6;
        for step in 0..2_000_u32 {
            let rate = Rate::new(count, Period::ALL[step as usize % 5]).unwrap();
            assert_eq!(rate.to_string().parse(), Ok(rate));
            count *= 1.017_3;
        }
    }

    #[test]
    fn helpful_errors() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            let error = text.parse::<Rate>().unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        check("many/day", "\"5k/day\"");
        check("", "number");
        check("/s", "number");
        check("3M/fortnight", "s, min, hour, day or month");
        check("-1/s", "zero or more");
        check("NaN", "finite");
        check("inf/s", "finite");
        check("1e400/s", "finite");
        assert!(Rate::new(f64::NAN, Period::Day).is_err());
    }

    #[test]
    fn a_string_in_files() {
        let rate: Rate = ron::from_str("\"3M/month\"").unwrap();
        assert_eq!(ron::to_string(&rate).unwrap(), "\"3M/month\"");
        assert!(ron::from_str::<Rate>("\"-3/s\"").is_err());
    }
}
