//! Traffic to replay: a CSV of timestamps, or of counts per interval.
//!
//! A row is an event at a time, unless a second column counts events. Times are
//! seconds or milliseconds since 1970, or dates such as `2026-11-25 18:00:00`.

use std::path::Path;
use std::sync::Arc;

use crate::design::settings::Shape;
use crate::design::{Design, Series, Settings};

/// Names of a column that counts events.
const COUNTS: [&str; 8] = [
    "count",
    "counts",
    "value",
    "requests",
    "events",
    "invocations",
    "y",
    "n",
];
/// Names of a column that holds times begin like this.
const TIMES: [&str; 4] = ["time", "date", "ds", "ts"];
/// Intervals that single events are counted in [s].
const INTERVALS: [f64; 6] = [1.0, 5.0, 10.0, 60.0, 300.0, 3_600.0];
/// Most intervals of a series of single events; longer ones get longer
/// intervals.
const MOST: f64 = 20_000.0;
/// Numbers from here on are milliseconds since 1970, not seconds.
const MILLISECONDS: f64 = 1e11;

/// Reads what the triggers of a design replay, from files beside it; says in
/// words what could not be read.
pub fn attach_series(design: &mut Design, folder: &Path) -> Vec<String> {
    let mut problems = Vec::new();
    for name in replayed(design) {
        let path = folder.join(&name);
        let read = std::fs::read_to_string(&path)
            .map_err(|error| error.to_string())
            .and_then(|text| parse(&text));
        match read {
            Ok(series) => {
                design.series.insert(name, Arc::new(series));
            }
            Err(error) => problems.push(format!(
                "{}: {error}. The trigger's mean rate is used instead",
                path.display()
            )),
        }
    }
    problems
}

/// The files that triggers of a design replay and that are not read yet.
pub fn replayed(design: &Design) -> Vec<String> {
    let mut names: Vec<String> = design
        .nodes
        .values()
        .filter_map(|node| match &node.settings {
            Settings::Trigger(trigger) if trigger.shape() == Shape::Replay => {
                Some(trigger.replay())
            }
            _ => None,
        })
        .filter(|name| !name.is_empty() && !design.series.contains_key(name))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Reads a series from the text of a CSV file.
///
/// # Errors
///
/// Says which line does not fit, and what was expected.
pub fn parse(text: &str) -> Result<Series, String> {
    let mut rows = text
        .lines()
        .enumerate()
        .map(|(place, line)| (place + 1, fields(line)))
        .filter(|(_, fields)| fields.iter().any(|field| !field.is_empty()))
        .peekable();
    let mut columns = Columns {
        time: 0,
        count: None,
    };
    let Some((_, first)) = rows.peek() else {
        return Err("the file is empty; a column of times was expected".to_owned());
    };
    if first.first().is_some_and(|field| seconds(field).is_none()) {
        columns = Columns::named(first);
        rows.next();
    } else if first.len() == 2 {
        columns.count = Some(1);
    }
    let mut events: Vec<(f64, f64)> = Vec::new();
    for (line, fields) in rows {
        events.push(
            columns
                .read(&fields)
                .map_err(|what| format!("line {line}: {what}"))?,
        );
    }
    events.sort_by(|a, b| a.0.total_cmp(&b.0));
    match columns.count {
        Some(_) => counted(&events),
        None => single(&events),
    }
}

fn fields(line: &str) -> Vec<&str> {
    line.split([',', ';', '\t'])
        .map(|field| field.trim().trim_matches('"'))
        .collect()
}

/// Where times and counts stand.
struct Columns {
    time: usize,
    count: Option<usize>,
}

impl Columns {
    fn named(header: &[&str]) -> Self {
        let names: Vec<String> = header.iter().map(|name| name.to_lowercase()).collect();
        let is_time = |name: &String| TIMES.iter().any(|start| name.contains(start));
        Self {
            time: names.iter().position(is_time).unwrap_or(0),
            count: names
                .iter()
                .position(|name| COUNTS.contains(&name.as_str())),
        }
    }

    fn read(&self, fields: &[&str]) -> Result<(f64, f64), String> {
        let field = |place: usize| fields.get(place).copied().unwrap_or_default();
        let time = seconds(field(self.time)).ok_or_else(|| {
            format!(
                "`{}` is no time; seconds since 1970 or 2026-11-25 18:00:00 was expected",
                field(self.time)
            )
        })?;
        let count = match self.count {
            None => 1.0,
            Some(place) => field(place)
                .parse::<f64>()
                .ok()
                .filter(|count| count.is_finite() && *count >= 0.0)
                .ok_or_else(|| {
                    format!(
                        "`{}` is no count; a number from 0 up was expected",
                        field(place)
                    )
                })?,
        };
        Ok((time, count))
    }
}

/// Counts at even intervals: the commonest gap between rows; what is missing
/// counts as nothing.
fn counted(events: &[(f64, f64)]) -> Result<Series, String> {
    let mut gaps: Vec<f64> = events
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] if b.0 > a.0 => Some(b.0 - a.0),
            _ => None,
        })
        .collect();
    gaps.sort_by(f64::total_cmp);
    let (Some(&interval), Some(&(start, _))) =
        (gaps.get(gaps.len().saturating_sub(1) / 2), events.first())
    else {
        return Err("at least two rows at different times were expected".to_owned());
    };
    binned(events, start, interval)
}

/// Single events, counted in intervals short enough to show spikes.
fn single(events: &[(f64, f64)]) -> Result<Series, String> {
    let (Some(&(start, _)), Some(&(end, _))) = (events.first(), events.last()) else {
        return Err("no row holds a time".to_owned());
    };
    let span = end - start;
    if span <= 0.0 {
        return Err("all rows hold the same time; events over some time were expected".to_owned());
    }
    let fits = |interval: &&f64| span / **interval <= MOST;
    let interval = INTERVALS.iter().find(fits).copied().unwrap_or(span / MOST);
    binned(events, start, interval)
}

fn binned(events: &[(f64, f64)], start: f64, interval: f64) -> Result<Series, String> {
    let end = events.last().map_or(start, |event| event.0);
    let intervals = ((end - start) / interval).floor() + 1.0;
    if !(1.0..=10.0 * MOST).contains(&intervals) {
        return Err(format!(
            "it spans {intervals} intervals of {interval} s; at most {} were expected",
            10.0 * MOST
        ));
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked above")]
    #[expect(clippy::cast_sign_loss, reason = "checked above")]
    let mut counts = vec![0.0; intervals as usize];
    for (time, count) in events {
        #[expect(clippy::cast_possible_truncation, reason = "within the span")]
        #[expect(clippy::cast_sign_loss, reason = "not before the start")]
        let place = ((time - start) / interval + 1e-9).floor() as usize;
        if let Some(slot) = counts.get_mut(place) {
            *slot += count;
        }
    }
    Ok(Series { interval, counts })
}

/// Seconds since 1970.
fn seconds(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse::<f64>() {
        let is_millis = number.abs() >= MILLISECONDS;
        return number
            .is_finite()
            .then_some(if is_millis { number / 1_000.0 } else { number });
    }
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, "0:0:0"));
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let time = time.trim_end_matches('Z');
    let mut clock = time.splitn(3, ':').map(|part| part.parse::<f64>().ok());
    let hour = clock.next()??;
    let minute = clock.next().unwrap_or(Some(0.0))?;
    let second = clock.next().unwrap_or(Some(0.0))?;
    let is_valid = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (1_000..10_000).contains(&year)
        && (0.0..24.0).contains(&hour)
        && (0.0..60.0).contains(&minute)
        && (0.0..61.0).contains(&second);
    #[expect(clippy::cast_precision_loss, reason = "four-digit years")]
    let days = days(year, month, day) as f64;
    is_valid.then_some(days * 86_400.0 + hour * 3_600.0 + minute * 60.0 + second)
}

/// Days since 1970 in the Gregorian calendar.
///
/// Source: H. Hinnant, *chrono-Compatible Low-Level Date Algorithms*.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_events() {
        let counts = "timestamp,value\n2014-04-10 00:04:00,94.0\n2014-04-10 00:09:00,56.0\n\
                      2014-04-10 00:19:00,187.0\n2014-04-10 00:24:00,1";
        let series = parse(counts).unwrap();
        assert_eq!(series.interval, 300.0);
        assert_eq!(series.counts, [94.0, 56.0, 0.0, 187.0, 1.0]);
        let events = "TIMESTAMP,ContextTokens\n2023-11-16 18:17:03.97,4808\n\
                      2023-11-16 18:17:04.03,3180\n2023-11-16 18:17:06.5,1";
        let series = parse(events).unwrap();
        assert_eq!((series.interval, series.counts), (1.0, vec![2.0, 0.0, 1.0]));
        let millis = parse("1700000000000\n1700000001000\n1700000001500\n").unwrap();
        assert_eq!(millis.counts, [1.0, 2.0]);
        assert_eq!(seconds("1970-01-02"), Some(86_400.0));
        assert_eq!(seconds("2000-03-01T00:00:00Z"), Some(951_868_800.0));
    }

    #[test]
    fn errors_say_where_and_what() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        check("", "empty");
        check(
            "time,count\n2020-01-01,5\nsoon,5",
            "line 3: `soon` is no time",
        );
        check("time,count\n2020-01-01,many", "line 2: `many` is no count");
        check("time,count\n2020-01-01,5", "two rows");
        check("time\n2020-01-01\n2020-01-01", "same time");
        check("1,1\n2,1\n1e17,1", "intervals");
        check("a\nb", "line 2: `b` is no time");
    }
}
