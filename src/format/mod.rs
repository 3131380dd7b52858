//! How quantities read and are read back, everywhere the same.
//!
//! Panels, charts, reports and the command line all write numbers through
//! these functions, so that one quantity never appears in two spellings:
//! three significant figures, the unit always, no false precision. The
//! inverse, for what people type, is [`parse_number`].
//!
//! Nothing here knows what a quantity means or where it came from. Thousands
//! are grouped with a comma: the bundled font draws a narrow no-break space
//! 1.5 pixels wide at body size, which reads as no gap at all.

mod parse;

pub use parse::{Dimension, NumberError, parse_number};

/// Hours in a billing month; cloud price lists use 730 (8,760 / 12).
pub const HOURS_PER_MONTH: f64 = 730.0;

/// What a quantity that nobody can compute reads as.
pub const UNKNOWN: &str = "unknown";

/// What an infinite quantity reads as, such as the wait at an overloaded queue.
pub const UNBOUNDED: &str = "unbounded";

/// Significant figures of a displayed quantity.
const FIGURES: usize = 3;

const MILLIS_PER_SECOND: f64 = 1_000.0;
const MILLIS_PER_MINUTE: f64 = 60.0 * MILLIS_PER_SECOND;
const MILLIS_PER_HOUR: f64 = 60.0 * MILLIS_PER_MINUTE;
const MILLIS_PER_DAY: f64 = 24.0 * MILLIS_PER_HOUR;

/// An amount of money: `$84.2`, `$1,230`, `<$0.01`, `$0`.
///
/// Below ten dollars the cents stay (`$5.50`), because money is read that way.
pub fn usd(dollars: f64) -> String {
    finite(dollars, |dollars| {
        let sign = if dollars < 0.0 { "-" } else { "" };
        match dollars.abs() {
            0.0 => "$0".into(),
            amount if amount < 0.005 && dollars < 0.0 => "-<$0.01".into(),
            amount if amount < 0.01 => "<$0.01".into(),
            amount => format!("{sign}${}", money(amount)),
        }
    })
}

/// A monthly bill: `$84.2 /mo`.
pub fn usd_per_month(dollars: f64) -> String {
    with_unit(usd(dollars), "/mo")
}

/// A change of a bill, with its sign: `+$12.3`, `-$0.50`, `±$0`.
pub fn usd_delta(dollars: f64) -> String {
    if dollars == 0.0 {
        "±$0".into()
    } else if dollars > 0.0 && dollars.is_finite() {
        format!("+{}", usd(dollars))
    } else {
        usd(dollars)
    }
}

/// To the cent, for invoices and tables that must add up: `$1,234.56`.
pub fn usd_exact(dollars: f64) -> String {
    finite(dollars, |dollars| {
        let cents = format!("{:.2}", dollars.abs());
        let sign = if dollars < 0.0 && cents != "0.00" {
            "-"
        } else {
            ""
        };
        format!("{sign}${}", grouped(&cents))
    })
}

/// A unit price, which may be far below a cent: `$0.0000167`, `$0.20`.
pub fn usd_price(dollars: f64) -> String {
    finite(dollars, |dollars| {
        if dollars.abs() >= 0.01 || dollars == 0.0 {
            usd(dollars)
        } else {
            let sign = if dollars < 0.0 { "-" } else { "" };
            format!("{sign}${}", significant(dollars.abs(), FIGURES))
        }
    })
}

/// A duration given in milliseconds: `850 µs`, `12.3 ms`, `2 s`, `15 min`, `4 d`.
pub fn millis(milliseconds: f64) -> String {
    finite(milliseconds, |ms| {
        // Round first: 999.7 ms is a second, not "1,000 ms".
        let (size, unit) = match rounded(ms.abs(), FIGURES) {
            0.0 => return "0 ms".into(),
            ms if ms < 1e-5 => return "<0.01 µs".into(),
            ms if ms < 1.0 => (1e-3, "µs"),
            ms if ms < MILLIS_PER_SECOND => (1.0, "ms"),
            ms if ms < MILLIS_PER_MINUTE => (MILLIS_PER_SECOND, "s"),
            ms if ms < MILLIS_PER_HOUR => (MILLIS_PER_MINUTE, "min"),
            ms if ms < 2.0 * MILLIS_PER_DAY => (MILLIS_PER_HOUR, "h"),
            _ => (MILLIS_PER_DAY, "d"),
        };
        format!("{} {unit}", significant(ms / size, FIGURES))
    })
}

/// A rate given per second: `12.3 /s`, `4.1k /s`; rare events as `3 /h`, and
/// what happens less than once in three years as `<0.001 /day`.
pub fn rate_per_second(per_second: f64) -> String {
    finite(per_second, |rate| {
        let (size, unit) = match rate.abs() {
            0.0 => (1.0, "/s"),
            rate if rate < 0.001 / 86_400.0 => return "<0.001 /day".into(),
            rate if rate >= 0.1 => (1.0, "/s"),
            rate if rate >= 1.0 / 60.0 => (60.0, "/min"),
            rate if rate >= 1.0 / 3_600.0 => (3_600.0, "/h"),
            _ => (86_400.0, "/day"),
        };
        format!("{} {unit}", count(rate * size))
    })
}

/// A share, given as a fraction of one: `12.3 %`, `0.13 %`, `<0.01 %`.
///
/// A share just short of the whole never reads as the whole, since the
/// difference is the point of an availability: `99.995 %`, not `100 %`.
pub fn percent(fraction: f64) -> String {
    finite(fraction, |fraction| {
        let sign = if fraction < 0.0 { "-" } else { "" };
        match fraction.abs() * 100.0 {
            0.0 => "0 %".into(),
            share if share < 0.01 => format!("{sign}<0.01 %"),
            share if share < 100.0 && rounded(share, FIGURES) >= 99.9 => {
                format!("{sign}{}", nearly_whole(share))
            }
            share if share < 10.0 => format!("{sign}{} %", trimmed(format!("{share:.2}"))),
            share => format!("{sign}{} %", significant(share, FIGURES)),
        }
    })
}

/// How many, in short form: `512`, `1.23k`, `3.4M`, `2B`.
pub fn count(amount: f64) -> String {
    finite(amount, |amount| {
        let (size, suffix) = match rounded(amount.abs(), FIGURES) {
            a if a < 1e3 => (1.0, ""),
            a if a < 1e6 => (1e3, "k"),
            a if a < 1e9 => (1e6, "M"),
            a if a < 1e12 => (1e9, "B"),
            _ => (1e12, "T"),
        };
        format!("{}{suffix}", significant(amount / size, FIGURES))
    })
}

/// How many, to the last one: `1,234,567`.
pub fn whole(amount: f64) -> String {
    finite(amount, |amount| {
        grouped(&unsigned_zero(format!("{amount:.0}")))
    })
}

/// A memory size given in megabytes: `512 MB`, `1.5 GB`, `1,769 MB`.
///
/// Settings must read back exactly, so whole megabytes turn into gigabytes
/// only where they are quarter gigabytes; 1 GB = 1,024 MB.
pub fn memory_mb(megabytes: f64) -> String {
    finite(megabytes, |mb| {
        let size = mb.abs();
        if size >= 10.0 * 1_024.0 || (size >= 1_024.0 && size % 256.0 == 0.0) {
            size_kb(mb * 1_024.0)
        } else if size >= 1_024.0 && size.fract() == 0.0 {
            format!("{} MB", whole(mb))
        } else {
            size_kb(mb * 1_024.0)
        }
    })
}

/// An amount of data given in kilobytes: `64 KB`, `1.5 MB`, `<1 B`.
pub fn size_kb(kilobytes: f64) -> String {
    const STEP: f64 = 1_024.0;
    finite(kilobytes, |kb| {
        let bytes = kb.abs() * STEP;
        if bytes > 0.0 && bytes < 0.995 {
            return "<1 B".into();
        }
        let mut size = kb * STEP;
        let mut units = ["KB", "MB", "GB", "TB", "PB"].into_iter();
        let mut unit = if bytes == 0.0 { "KB" } else { "B" };
        while size.abs() >= STEP {
            let Some(next) = units.next() else { break };
            (size, unit) = (size / STEP, next);
        }
        format!("{} {unit}", significant(size, FIGURES))
    })
}

/// A plain number to so many significant figures, without trailing zeros and
/// with its thousands grouped: `12.3`, `1,230`, `0.00123`.
pub fn significant(value: f64, digits: usize) -> String {
    finite(value, |value| trimmed(fixed(value, digits)))
}

/// The value rounded to so many significant figures.
pub fn rounded(value: f64, digits: usize) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let shown = format!("{value:.*e}", digits.max(1) - 1);
    shown.parse().unwrap_or(value)
}

/// Writes `value` to `digits` significant figures, keeping trailing zeros.
fn fixed(value: f64, digits: usize) -> String {
    let value = rounded(value, digits);
    if value == 0.0 {
        return "0".into();
    }
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = (digits as i32 - 1 - magnitude).max(0) as usize;
    grouped(&format!("{value:.decimals$}"))
}

fn money(amount: f64) -> String {
    let amount = rounded(amount, FIGURES);
    let text = if amount < 10.0 {
        format!("{amount:.2}")
    } else {
        fixed(amount, FIGURES)
    };
    match text.strip_suffix(".00") {
        Some(dollars) => dollars.into(),
        None if amount >= 10.0 => trimmed(text),
        None => text,
    }
}

/// A percentage in [99.85, 100) with the decimals that keep it apart from 100.
fn nearly_whole(share: f64) -> String {
    for decimals in 1..=4 {
        let text = format!("{share:.decimals$}");
        let gap = 100.0 - text.parse::<f64>().unwrap_or(100.0);
        // Two figures of the gap are enough: 99.95, 99.995, 99.9995.
        if gap > 1.5 * 10f64.powi(-(decimals as i32)) || (gap > 0.0 && decimals == 4) {
            return format!("{} %", trimmed(text));
        }
    }
    ">99.999 %".into()
}

fn finite(value: f64, write: impl FnOnce(f64) -> String) -> String {
    if value.is_nan() {
        UNKNOWN.into()
    } else if value.is_infinite() {
        UNBOUNDED.into()
    } else {
        write(value)
    }
}

fn with_unit(text: String, unit: &str) -> String {
    if text == UNKNOWN || text == UNBOUNDED {
        text
    } else {
        format!("{text} {unit}")
    }
}

/// Drops zeros after the point, and the point with them.
fn trimmed(text: String) -> String {
    if text.contains('.') {
        unsigned_zero(text.trim_end_matches('0').trim_end_matches('.').into())
    } else {
        text
    }
}

fn unsigned_zero(text: String) -> String {
    if text == "-0" { "0".into() } else { text }
}

/// Puts commas between the thousands of a written decimal number.
fn grouped(number: &str) -> String {
    let (whole, fraction) = number
        .split_once('.')
        .map_or((number, None), |(w, f)| (w, Some(f)));
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |digits| ("-", digits));
    let mut text = String::from(sign);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(write: impl Fn(f64) -> String, rows: &[(f64, &str)]) {
        for &(value, expected) in rows {
            assert_eq!(write(value), expected, "for {value}");
        }
        assert_eq!(write(f64::NAN), UNKNOWN);
        assert_eq!(write(f64::INFINITY), UNBOUNDED);
    }

    #[test]
    fn money_reads_as_money() {
        check(
            usd,
            &[
                (0.0, "$0"),
                (-0.0, "$0"),
                (0.004, "<$0.01"),
                (0.0099, "<$0.01"),
                (0.01, "$0.01"),
                (0.126, "$0.13"),
                (0.5, "$0.50"),
                (5.0, "$5"),
                (5.5, "$5.50"),
                (9.996, "$10"),
                (84.0, "$84"),
                (84.24, "$84.2"),
                (999.6, "$1,000"),
                (1_234.0, "$1,230"),
                (1_234_567.0, "$1,230,000"),
                (-84.24, "-$84.2"),
                (-0.001, "-<$0.01"),
            ],
        );
        check(usd_per_month, &[(84.2, "$84.2 /mo"), (0.001, "<$0.01 /mo")]);
        check(
            usd_delta,
            &[(0.0, "±$0"), (12.34, "+$12.3"), (-0.5, "-$0.50")],
        );
        check(
            usd_exact,
            &[
                (1_234.564, "$1,234.56"),
                (-0.001, "$0.00"),
                (-2.5, "-$2.50"),
            ],
        );
        check(
            usd_price,
            &[(0.000_016_666_7, "$0.0000167"), (0.2, "$0.20"), (0.0, "$0")],
        );
    }

    #[test]
    fn durations_take_the_unit_that_fits() {
        check(
            millis,
            &[
                (0.0, "0 ms"),
                (0.000_001, "<0.01 µs"),
                (0.85, "850 µs"),
                (0.9999, "1 ms"),
                (12.345, "12.3 ms"),
                (250.0, "250 ms"),
                (999.7, "1 s"),
                (1_500.0, "1.5 s"),
                (59_990.0, "1 min"),
                (900_000.0, "15 min"),
                (7_200_000.0, "2 h"),
                (345_600_000.0, "4 d"),
            ],
        );
    }

    #[test]
    fn rates_scale_both_ways() {
        check(
            rate_per_second,
            &[
                (0.0, "0 /s"),
                (12.34, "12.3 /s"),
                (4_100.0, "4.1k /s"),
                (0.002 / 86_400.0, "0.002 /day"),
                (7.3e-26, "<0.001 /day"),
                (0.5, "0.5 /s"),
                (0.05, "3 /min"),
                (3.0 / 3_600.0, "3 /h"),
                (3.0 / 86_400.0, "3 /day"),
            ],
        );
    }

    #[test]
    fn shares_never_round_to_nothing_or_all() {
        check(
            percent,
            &[
                (0.0, "0 %"),
                (0.000_05, "<0.01 %"),
                (0.0001, "0.01 %"),
                (0.001_34, "0.13 %"),
                (0.05, "5 %"),
                (0.123_4, "12.3 %"),
                (0.999, "99.9 %"),
                (0.9995, "99.95 %"),
                (0.9999, "99.99 %"),
                (0.999_95, "99.995 %"),
                (0.999_99, "99.999 %"),
                (0.999_999_99, ">99.999 %"),
                (1.0, "100 %"),
                (1.18, "118 %"),
                (12.0, "1,200 %"),
                (-0.05, "-5 %"),
            ],
        );
    }

    #[test]
    fn counts_are_short_and_whole_numbers_long() {
        check(
            count,
            &[
                (0.0, "0"),
                (0.5, "0.5"),
                (512.0, "512"),
                (999.9, "1k"),
                (1_234.0, "1.23k"),
                (999_600.0, "1M"),
                (3_400_000.0, "3.4M"),
                (2e9, "2B"),
                (-1_500.0, "-1.5k"),
            ],
        );
        check(
            whole,
            &[
                (1_234_567.4, "1,234,567"),
                (-0.2, "0"),
                (-1_000.0, "-1,000"),
            ],
        );
        check(
            |v| significant(v, 3),
            &[(0.001_234, "0.00123"), (12_345.0, "12,300"), (7.0, "7")],
        );
    }

    #[test]
    fn sizes_read_back_as_they_were_set() {
        check(
            memory_mb,
            &[
                (0.0, "0 KB"),
                (128.0, "128 MB"),
                (1_000.0, "1,000 MB"),
                (1_024.0, "1 GB"),
                (1_536.0, "1.5 GB"),
                (1_769.0, "1,769 MB"),
                (10_240.0, "10 GB"),
                (0.5, "512 KB"),
            ],
        );
        check(
            size_kb,
            &[
                (0.0, "0 KB"),
                (0.25, "256 B"),
                (64.0, "64 KB"),
                (1_536.0, "1.5 MB"),
                (1e-6, "<1 B"),
            ],
        );
    }
}
