//! Reading the numbers people type: `10k`, `5M/day`, `250ms`, `1.5GB`, `50%`.
//!
//! For every number field and every command-line value. The answer is in the
//! base unit of the [`Dimension`]; a refusal says what would have been
//! understood, with examples. What [`super`] writes can be read back here.

use super::HOURS_PER_MONTH;

/// What kind of quantity a number entry holds, and so its base unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Events per second; a bare number means per second.
    PerSecond,
    /// Milliseconds; a bare number means milliseconds.
    Millis,
    /// Megabytes of 1,024 KB; a bare number means megabytes.
    Megabytes,
    /// Kilobytes of 1,024 bytes; a bare number means kilobytes.
    Kilobytes,
    /// A fraction of one; `50%` and `0.5` mean the same.
    Fraction,
    /// A number without unit, which alone may be negative.
    Plain,
}

impl Dimension {
    /// What to type, for placeholders and refusals.
    pub fn examples(self) -> &'static str {
        match self {
            Self::PerSecond => "100/s, 10k, 5M/day or 3M/month",
            Self::Millis => "250ms, 2s, 15min or 4d",
            Self::Megabytes => "512MB or 1.5GB",
            Self::Kilobytes => "64KB or 1.5MB",
            Self::Fraction => "50% or 0.5",
            Self::Plain => "12, 10k or 2^10",
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::PerSecond => "a rate",
            Self::Millis => "a duration",
            Self::Megabytes | Self::Kilobytes => "a size",
            Self::Fraction => "a share",
            Self::Plain => "a number",
        }
    }
}

/// Why a typed number was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing was typed.
    #[error("write {expected}, such as {examples}")]
    Empty {
        /// The kind of quantity, with its article.
        expected: &'static str,
        /// What would be understood.
        examples: &'static str,
    },
    /// The text is not a quantity of this kind.
    #[error("`{text}` is not {expected}; write {examples}")]
    NotUnderstood {
        /// What was typed.
        text: String,
        /// The kind of quantity, with its article.
        expected: &'static str,
        /// What would be understood.
        examples: &'static str,
    },
    /// Only plain numbers go below zero.
    #[error("{expected} cannot be negative; write {examples}")]
    Negative {
        /// The kind of quantity, with its article.
        expected: &'static str,
        /// What would be understood.
        examples: &'static str,
    },
    /// `50` could mean 50 % or 50 times the whole.
    #[error(
        "`{text}` could mean {text} % or {text} times; write {text}% or a fraction such as 0.5"
    )]
    PercentOrTimes {
        /// What was typed.
        text: String,
    },
    /// A comma that does not separate thousands.
    #[error("`{text}` has a comma that does not separate thousands; write decimals with a point")]
    Comma {
        /// What was typed.
        text: String,
    },
}

/// Reads `text` as a quantity in the base unit of `dimension`.
///
/// ```
/// use nephoscope::format::{Dimension, parse_number};
/// assert_eq!(parse_number("2s", Dimension::Millis), Ok(2_000.0));
/// assert_eq!(parse_number("50%", Dimension::Fraction), Ok(0.5));
/// ```
///
/// # Errors
///
/// A [`NumberError`] whose message tells what would have been understood.
pub fn parse_number(text: &str, dimension: Dimension) -> Result<f64, NumberError> {
    let (expected, examples) = (dimension.noun(), dimension.examples());
    let text = text.trim();
    if text.is_empty() {
        return Err(NumberError::Empty { expected, examples });
    }
    let (number, unit) = split_unit(text);
    let not_understood = || NumberError::NotUnderstood {
        text: text.into(),
        expected,
        examples,
    };
    let number = ungrouped(number).ok_or_else(|| NumberError::Comma { text: text.into() })?;
    let value = power(&number).ok_or_else(not_understood)?;
    if dimension == Dimension::Fraction && unit.is_empty() && value > 1.0 {
        return Err(NumberError::PercentOrTimes { text: text.into() });
    }
    let value = value * unit_size(&unit, dimension).ok_or_else(not_understood)?;
    if !value.is_finite() {
        Err(not_understood())
    } else if value < 0.0 && dimension != Dimension::Plain {
        Err(NumberError::Negative { expected, examples })
    } else {
        Ok(value + 0.0) // turns -0 into 0
    }
}

/// Splits "1 234.5 MB" into "1 234.5" and "MB" without blanks.
fn split_unit(text: &str) -> (&str, String) {
    let bytes = text.as_bytes();
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let sign = matches!(c, '-' | '+')
            && (end == 0 || is_exponent(bytes, at.saturating_sub(1)) || bytes[at - 1] == b'^');
        let number = c.is_ascii_digit()
            || matches!(c, '.' | ',' | '_' | '^' | '$')
            || c.is_whitespace()
            || is_exponent(bytes, at);
        if !(number || sign) {
            break;
        }
        end = at + c.len_utf8();
    }
    let (number, unit) = text.split_at(end);
    (
        number.trim(),
        unit.chars().filter(|c| !c.is_whitespace()).collect(),
    )
}

/// Whether the byte is the `e` of `1e6`, rather than the start of a unit.
fn is_exponent(bytes: &[u8], at: usize) -> bool {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let signed = matches!(bytes.get(at + 1), Some(b'+' | b'-')) && digit(at + 2);
    matches!(bytes.get(at), Some(b'e' | b'E'))
        && at.checked_sub(1).is_some_and(digit)
        && (digit(at + 1) || signed)
}

/// Removes what separates thousands; `None` where a comma stands elsewhere.
fn ungrouped(number: &str) -> Option<String> {
    let number = number.trim_start_matches('$');
    let whole = number
        .split(['.', 'e', 'E', '^'])
        .next()
        .unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let misplaced = groups.any(|group| group.len() != 3)
        || number[whole.len()..].contains(',')
        || (first.is_empty() && whole.contains(','));
    (!misplaced).then(|| {
        number
            .chars()
            .filter(|c| !(c.is_whitespace() || matches!(c, ',' | '_')))
            .collect()
    })
}

/// `2^10`, or simply a number.
fn power(number: &str) -> Option<f64> {
    match number.split_once('^') {
        Some((base, exponent)) => Some(base.parse::<f64>().ok()?.powf(exponent.parse().ok()?)),
        None => number.parse().ok(),
    }
}

fn unit_size(unit: &str, dimension: Dimension) -> Option<f64> {
    match dimension {
        Dimension::PerSecond => rate_size(unit),
        Dimension::Millis => Some(seconds_in(unit, Some("ms"))? * 1_000.0),
        Dimension::Megabytes => Some(bytes_in(unit, "MB")? / 1_024f64.powi(2)),
        Dimension::Kilobytes => Some(bytes_in(unit, "KB")? / 1_024.0),
        Dimension::Fraction => match unit {
            "" => Some(1.0),
            "%" => Some(0.01),
            _ => None,
        },
        Dimension::Plain => multiplier(unit),
    }
}

/// `k/day`, `M/month`, `rps`, `req/s`: how many per second is one of it.
fn rate_size(unit: &str) -> Option<f64> {
    let lower = unit.to_lowercase().replace("per", "/");
    let (amount, per) = match lower.split_once('/') {
        Some((amount, per)) => (amount, seconds_in(per, None)?),
        None if lower.ends_with("rps") => (lower.trim_end_matches("rps"), 1.0),
        None if lower.ends_with("rpm") => (lower.trim_end_matches("rpm"), 60.0),
        None => (lower.as_str(), 1.0),
    };
    let amount = ["requests", "events", "messages", "req"]
        .iter()
        .find_map(|noun| amount.strip_suffix(noun))
        .unwrap_or(amount);
    Some(multiplier(amount)? / per)
}

/// The length of a unit of time [s]; `bare` is what an absent unit means.
fn seconds_in(unit: &str, bare: Option<&str>) -> Option<f64> {
    const HOUR: f64 = 3_600.0;
    let lower = unit.to_lowercase();
    let unit = if lower.is_empty() {
        bare?
    } else {
        lower.as_str()
    };
    Some(match unit {
        "ns" => 1e-9,
        "us" | "µs" | "μs" => 1e-6,
        "ms" => 1e-3,
        "s" | "sec" | "second" | "seconds" => 1.0,
        "m" | "min" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hour" | "hours" => HOUR,
        "d" | "day" | "days" => 24.0 * HOUR,
        "w" | "week" | "weeks" => 7.0 * 24.0 * HOUR,
        "mo" | "month" | "months" => HOURS_PER_MONTH * HOUR,
        "y" | "year" | "years" => 12.0 * HOURS_PER_MONTH * HOUR,
        _ => return None,
    })
}

fn bytes_in(unit: &str, bare: &str) -> Option<f64> {
    let unit = if unit.is_empty() { bare } else { unit }.to_uppercase();
    let power = match unit.replace("IB", "B").as_str() {
        "B" | "BYTE" | "BYTES" => 0,
        "K" | "KB" => 1,
        "M" | "MB" => 2,
        "G" | "GB" => 3,
        "T" | "TB" => 4,
        _ => return None,
    };
    Some(1_024f64.powi(power))
}

/// `k`, `M`, `B` and `T`, in either case: nobody means a thousandth of a request.
fn multiplier(suffix: &str) -> Option<f64> {
    Some(match suffix.to_lowercase().as_str() {
        "" => 1.0,
        "k" | "thousand" => 1e3,
        "m" | "mn" | "million" => 1e6,
        "b" | "bn" | "g" | "billion" => 1e9,
        "t" | "trillion" => 1e12,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;

    #[track_caller]
    fn check(text: &str, dimension: Dimension, expected: f64) {
        let value = parse_number(text, dimension).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(
            (value - expected).abs() <= 1e-9 * expected.abs(),
            "{text}: {value}, not {expected}"
        );
    }

    #[test]
    fn typed_quantities_reach_their_base_unit() {
        use Dimension::*;
        check("10k", PerSecond, 10_000.0);
        check("100/s", PerSecond, 100.0);
        check("5M/day", PerSecond, 5e6 / 86_400.0);
        check("3M/month", PerSecond, 3e6 / (730.0 * 3_600.0));
        check("3 million per month", PerSecond, 3e6 / (730.0 * 3_600.0));
        check("60 rpm", PerSecond, 1.0);
        check("2k req/s", PerSecond, 2_000.0);
        check("1e3/min", PerSecond, 1_000.0 / 60.0);
        check("250", Millis, 250.0);
        check("250ms", Millis, 250.0);
        check("2 s", Millis, 2_000.0);
        check("15m", Millis, 900_000.0);
        check("850µs", Millis, 0.85);
        check("1.5GB", Megabytes, 1_536.0);
        check("512 MiB", Megabytes, 512.0);
        check("64KB", Kilobytes, 64.0);
        check("256b", Kilobytes, 0.25);
        check("50%", Fraction, 0.5);
        check("118 %", Fraction, 1.18);
        check("0.5", Fraction, 0.5);
        check("2^10", Plain, 1_024.0);
        check("2^-1", Plain, 0.5);
        check("-3.5e-2", Plain, -0.035);
        check("$1,234.50", Plain, 1_234.5);
        check("1\u{202f}234", Plain, 1_234.0);
        check("1_000", Plain, 1_000.0);
    }

    #[test]
    fn refusals_say_what_to_write() {
        #[track_caller]
        fn check(text: &str, dimension: Dimension, expected: &str) {
            let message = parse_number(text, dimension).map_err(|error| error.to_string());
            assert_eq!(message, Err(expected.to_owned()));
        }
        use Dimension::*;
        check(
            "",
            Millis,
            "write a duration, such as 250ms, 2s, 15min or 4d",
        );
        check(
            "fast",
            Millis,
            "`fast` is not a duration; write 250ms, 2s, 15min or 4d",
        );
        check(
            "5 apples",
            Kilobytes,
            "`5 apples` is not a size; write 64KB or 1.5MB",
        );
        check(
            "-1",
            PerSecond,
            "a rate cannot be negative; write 100/s, 10k, 5M/day or 3M/month",
        );
        check(
            "50",
            Fraction,
            "`50` could mean 50 % or 50 times; write 50% or a fraction such as 0.5",
        );
        check(
            "1,5",
            Plain,
            "`1,5` has a comma that does not separate thousands; write decimals with a point",
        );
        check(
            "9^9999",
            Plain,
            "`9^9999` is not a number; write 12, 10k or 2^10",
        );
    }

    /// Whatever is typed, the answer is a value or a message.
    #[test]
    fn odd_input_never_panics() {
        for text in [
            "^", "e", "1e", "--", "1--", "µ", "/", "k/", "é1", "1é", ",", "$", "1^", "%", ".",
            "\u{202f}", "+-e^",
        ] {
            for dimension in [
                Dimension::PerSecond,
                Dimension::Millis,
                Dimension::Fraction,
                Dimension::Plain,
            ] {
                assert!(
                    parse_number(text, dimension).is_err(),
                    "{text:?} as {dimension:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        #[track_caller]
        fn check(value: f64, written: &str, dimension: Dimension) {
            let read = parse_number(written, dimension).unwrap_or(f64::NAN);
            assert!(
                (read / value - 1.0).abs() < 5e-3,
                "{value}: {written}: {read}"
            );
        }
        for value in [0.000_03, 0.02, 0.7, 12.3, 4_100.0, 2.5e6] {
            check(value, &format::rate_per_second(value), Dimension::PerSecond);
            check(value, &format::millis(value), Dimension::Millis);
            check(value, &format::count(value), Dimension::Plain);
            check(value, &format::memory_mb(value), Dimension::Megabytes);
        }
        check(0.123, &format::percent(0.123), Dimension::Fraction);
        check(1_234.5, &format::usd_exact(1_234.5), Dimension::Plain);
    }
}
