//! Settings as text and back, without losing a digit.
//!
//! A setting is shown in its short form where that reads back to exactly the
//! same number, and in full otherwise.

use crate::design::value::Unit;
use crate::design::{Param, Value};
use crate::format::{self, Dimension, parse_number};
use crate::law::Law;

const KB_PER_GB: f64 = 1_048_576.0;

/// A number of a unit, exactly.
pub fn number_text(unit: Unit, value: f64) -> String {
    let short = short_text(unit, value);
    match parse(unit, &short) {
        Ok(read) if read == value => short,
        _ => full_text(unit, value),
    }
}

fn short_text(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Millis => format::millis(value),
        Unit::Seconds => format::millis(value * 1_000.0),
        Unit::Hours => format!("{value} h"),
        Unit::Days => format!("{value} d"),
        Unit::Megabytes => format::memory_mb(value),
        Unit::Kilobytes => format::size_kb(value),
        Unit::Gigabytes => format::size_kb(value * KB_PER_GB),
        Unit::PerSecond => format::rate_per_second(value),
        Unit::Share => format::percent(value),
        Unit::Usd => format::usd_price(value),
        Unit::None | Unit::Executions if value.fract() == 0.0 => format::whole(value),
        Unit::None | Unit::Executions => value.to_string(),
    }
}

fn full_text(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Share => {
            // Twelve digits hide that 0.07 * 100 is not quite 7.
            format!("{} %", format::rounded(value * 100.0, 12))
        }
        Unit::Usd => format!("${value}"),
        Unit::PerSecond => format!("{value} /s"),
        Unit::None | Unit::Executions => value.to_string(),
        _ => format!("{value} {}", unit.symbol()),
    }
}

/// Reads a number of a unit.
///
/// # Errors
///
/// If the text is no such number; the error says what would be understood.
pub fn parse(unit: Unit, text: &str) -> Result<f64, String> {
    let read = |dimension| parse_number(text, dimension).map_err(|error| error.to_string());
    match unit {
        Unit::Millis => read(Dimension::Millis),
        Unit::Seconds => with_suffix(text, "s", |text, bare| {
            let value = parse_number(
                text,
                if bare {
                    Dimension::Plain
                } else {
                    Dimension::Millis
                },
            );
            value.map(|value| if bare { value } else { value / 1_000.0 })
        }),
        Unit::Hours => plain(text, "h"),
        Unit::Days => plain(text, "d"),
        Unit::Megabytes => read(Dimension::Megabytes),
        Unit::Kilobytes => read(Dimension::Kilobytes),
        Unit::Gigabytes => with_suffix(text, "B", |text, bare| {
            let value = parse_number(
                text,
                if bare {
                    Dimension::Plain
                } else {
                    Dimension::Megabytes
                },
            );
            value.map(|value| if bare { value } else { value / 1_024.0 })
        }),
        Unit::PerSecond => read(Dimension::PerSecond),
        Unit::Share => match text.trim().strip_suffix('%') {
            Some(percent) => plain(percent, "%").map(|value| {
                // 7 / 100 is the nearest number to 0.07; 7 * 0.01 is not.
                value / 100.0
            }),
            None => parse_number(text, Dimension::Fraction).map_err(|error| error.to_string()),
        },
        Unit::None | Unit::Executions | Unit::Usd => read(Dimension::Plain),
    }
}

fn plain(text: &str, suffix: &str) -> Result<f64, String> {
    let text = text.trim();
    let number = text.strip_suffix(suffix).unwrap_or(text);
    parse_number(number, Dimension::Plain).map_err(|error| error.to_string())
}

fn with_suffix(
    text: &str,
    suffix: &str,
    read: impl FnOnce(&str, bool) -> Result<f64, format::NumberError>,
) -> Result<f64, String> {
    let is_bare =
        !text.trim().ends_with(|c: char| c.is_alphabetic()) && !text.trim().ends_with(suffix);
    read(text, is_bare).map_err(|error| error.to_string())
}

/// Any value, as its field shows it.
pub fn value_text(param: &Param, value: &Value) -> String {
    match value {
        Value::Number(number) => number_text(param.unit, *number),
        Value::Flag(flag) => if *flag { "on" } else { "off" }.to_owned(),
        Value::Choice(text) => text.clone(),
        Value::Text(text) if text.is_empty() => "empty".to_owned(),
        Value::Text(text) => text.clone(),
        Value::Rate(rate) => rate.to_string(),
        Value::Law(law) => law_text(law),
    }
}

/// A law in a few words.
pub fn law_text(law: &Law) -> String {
    let millis = |value: f64| number_text(Unit::Millis, value);
    match law {
        Law::Fixed(value) => millis(value.0),
        Law::Exponential { mean } => format!("mean {}, exponential", millis(mean.0)),
        Law::Lognormal { p50, p99 } => format!("p50 {}, p99 {}", millis(p50.0), millis(p99.0)),
        Law::Quantiles(points) => format!("{} measured quantiles", points.len()),
    }
}

/// The allowed range in words; none where everything is allowed.
pub fn range_text(param: &Param) -> Option<String> {
    let (low, high) = param.range?;
    let text = |value| number_text(param.unit, value);
    Some(format!("{} to {}", text(low), text(high)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_read_back_exactly() {
        #[track_caller]
        fn check(unit: Unit, value: f64, expected: &str) {
            assert_eq!(number_text(unit, value), expected);
            assert_eq!(parse(unit, expected), Ok(value), "{expected}");
        }
        check(Unit::Millis, 29_000.0, "29 s");
        check(Unit::Millis, 123_456.0, "123456 ms");
        check(Unit::Millis, 0.0, "0 ms");
        check(Unit::Megabytes, 512.0, "512 MB");
        check(Unit::Megabytes, 1_769.0, "1,769 MB");
        check(Unit::Gigabytes, 20.0, "20 GB");
        check(Unit::Kilobytes, 2.0, "2 KB");
        check(Unit::Share, 0.85, "85 %");
        check(Unit::Share, 0.07, "7 %");
        check(Unit::Share, 2.5, "250 %");
        check(Unit::Hours, 14.0, "14 h");
        check(Unit::Days, 30.0, "30 d");
        check(Unit::None, 10_000.0, "10,000");
        check(Unit::None, 2.5, "2.5");
        check(Unit::PerSecond, 500.0, "500 /s");
        check(Unit::Usd, 0.0015, "$0.0015");
    }

    #[test]
    fn people_write_units_as_they_like() {
        assert_eq!(parse(Unit::Millis, "2s"), Ok(2_000.0));
        assert_eq!(parse(Unit::Seconds, "90"), Ok(90.0));
        assert_eq!(parse(Unit::Gigabytes, "512MB"), Ok(0.5));
        assert_eq!(parse(Unit::Gigabytes, "3"), Ok(3.0));
        assert_eq!(parse(Unit::Share, "-5%"), Ok(-0.05));
        assert_eq!(parse(Unit::PerSecond, "3M/month").map(f64::round), Ok(1.0));
        assert!(parse(Unit::Megabytes, "much").is_err());
    }
}
