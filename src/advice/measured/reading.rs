//! Files of measurements: the output of AWS Lambda Power Tuning, and CSV.
//!
//! Source of the first: its README-INPUT-OUTPUT.md, "State Machine Output".
//! The link in `visualization` holds the sizes as 16-bit, durations and costs
//! as 32-bit numbers, little end first, in Base64, with semicolons between.

use serde_json::Value as Json;

/// What a file says.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured {
    /// Mean durations at memory sizes.
    Power(Vec<PowerPoint>),
    /// Single runs.
    Runs(Vec<Run>),
}

/// A mean duration at a memory size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerPoint {
    /// Memory [MB].
    pub memory: f64,
    /// Mean duration [ms].
    pub duration: f64,
    /// Mean cost of one run [USD].
    pub usd: Option<f64>,
}

/// One run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    /// Duration of the handler [ms].
    pub duration: f64,
    /// Memory [MB].
    pub memory: Option<f64>,
    /// Whether an instance had to start.
    pub cold: bool,
    /// How long it took to start [ms].
    pub init: Option<f64>,
}

/// Why a file cannot be used, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{place}: {problem}")]
pub struct ImportError {
    /// The file.
    pub file: String,
    /// `:line:column`, or empty.
    pub place: String,
    /// What is wrong and what is expected.
    pub problem: String,
}

/// Reads the text of a file: JSON where it begins with a brace, else CSV.
///
/// # Errors
///
/// If it is neither, or says nothing usable.
pub fn read(text: &str, file: &str) -> Result<Measured, ImportError> {
    let text = text.trim_start_matches('\u{feff}');
    let failed = |(place, problem): (String, String)| ImportError {
        file: file.to_owned(),
        place,
        problem,
    };
    if text.trim_start().starts_with('{') {
        power(text).map(Measured::Power).map_err(failed)
    } else {
        runs(text).map(Measured::Runs).map_err(failed)
    }
}

type Wrong = (String, String);

fn at(line: usize, column: usize, problem: impl Into<String>) -> Wrong {
    (format!(":{line}:{column}"), problem.into())
}

fn field(name: &str, problem: &str) -> Wrong {
    (String::new(), format!("field `{name}`: {problem}"))
}

fn power(text: &str) -> Result<Vec<PowerPoint>, Wrong> {
    let json: Json = serde_json::from_str(text)
        .map_err(|error| at(error.line(), error.column(), format!("no JSON: {error}")))?;
    // The state machine wraps its results; its console shows them bare.
    let results = json.get("results").unwrap_or(&json);
    let points = if let Some(stats) = results.get("stats") {
        let stats = stats
            .as_array()
            .ok_or_else(|| field("stats", "a list is expected"))?;
        let numbered = stats.iter().enumerate();
        numbered
            .map(|(index, entry)| stat(index, entry))
            .collect::<Result<Vec<_>, _>>()?
    } else if let Some(link) = results
        .get("stateMachine")
        .and_then(|machine| machine.get("visualization"))
    {
        let link = link
            .as_str()
            .ok_or_else(|| field("stateMachine.visualization", "a text is expected"))?;
        visualised(link).map_err(|problem| field("stateMachine.visualization", &problem))?
    } else {
        single(results)?
    };
    match points
        .iter()
        .find(|p| !(p.memory > 0.0 && p.duration > 0.0 && p.duration.is_finite()))
    {
        Some(wrong) => Err(field(
            "stats",
            &format!(
                "a duration above 0 ms at a size above 0 MB is expected, not {} ms at {} MB",
                wrong.duration, wrong.memory
            ),
        )),
        None if points.is_empty() => Err(field("stats", "at least one size is expected")),
        None => Ok(points),
    }
}

fn stat(index: usize, entry: &Json) -> Result<PowerPoint, Wrong> {
    let number = |name: &str| {
        number(entry.get(name))
            .ok_or_else(|| field(&format!("stats[{index}].{name}"), "a number is expected"))
    };
    Ok(PowerPoint {
        memory: number("value")?,
        duration: number("averageDuration")?,
        usd: entry.get("averagePrice").and_then(Json::as_f64),
    })
}

/// `power` is a text in the output.
fn number(value: Option<&Json>) -> Option<f64> {
    match value? {
        Json::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    }
}

/// Only the best size: one point.
fn single(results: &Json) -> Result<Vec<PowerPoint>, Wrong> {
    let expected = "the output of AWS Lambda Power Tuning is expected, with `stats`, `stateMachine.visualization`, or `power` and `duration`";
    let memory = number(results.get("power")).ok_or_else(|| field("power", expected))?;
    let duration = number(results.get("duration")).ok_or_else(|| field("duration", expected))?;
    Ok(vec![PowerPoint {
        memory,
        duration,
        usd: number(results.get("cost")),
    }])
}

fn visualised(link: &str) -> Result<Vec<PowerPoint>, String> {
    let (_, data) = link
        .split_once('#')
        .ok_or("a link with data after # is expected")?;
    let parts: Vec<&str> = data.split(';').collect();
    let [sizes, durations, rest @ ..] = parts.as_slice() else {
        return Err("sizes;durations;costs are expected after #".to_owned());
    };
    let sizes: Vec<f64> = base64(sizes)?
        .chunks_exact(2)
        .filter_map(|bytes| Some(f64::from(i16::from_le_bytes(bytes.try_into().ok()?))))
        .collect();
    let durations = floats(durations)?;
    let costs = rest.first().map(|costs| floats(costs)).transpose()?;
    if sizes.len() != durations.len() {
        return Err(format!(
            "as many durations as sizes are expected, not {} and {}",
            durations.len(),
            sizes.len()
        ));
    }
    let usd = |index: usize| costs.as_ref()?.get(index).copied();
    let pairs = sizes.into_iter().zip(durations).enumerate();
    let points = pairs.map(|(index, (memory, duration))| PowerPoint {
        memory,
        duration,
        usd: usd(index),
    });
    Ok(points.collect())
}

fn floats(text: &str) -> Result<Vec<f64>, String> {
    let bytes = base64(text)?;
    let numbers = bytes.chunks_exact(4);
    Ok(numbers
        .filter_map(|bytes| Some(f64::from(f32::from_le_bytes(bytes.try_into().ok()?))))
        .collect())
}

/// RFC 4648; padding may be left out.
fn base64(text: &str) -> Result<Vec<u8>, String> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0_u32, Vec::new());
    for c in text.trim_end_matches('=').bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return Err(format!("`{}` is no Base64", char::from(c))),
        };
        bits = (bits << 6 | u32::from(value)) & 0xFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xFF).unwrap_or_default());
        }
    }
    Ok(bytes)
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Duration,
    Memory,
    Cold,
    Init,
    Other,
}

const EXPECTED: &str =
    "a column `duration_ms` is expected, and may stand beside `memory_mb`, `cold` and `init_ms`";

fn runs(text: &str) -> Result<Vec<Run>, Wrong> {
    let rows = text
        .lines()
        .enumerate()
        .map(|(index, row)| (index + 1, row));
    let mut rows = rows.filter(|(_, row)| !row.trim().is_empty()).peekable();
    let Some(&(line, first)) = rows.peek() else {
        return Err(at(1, 1, format!("the file is empty: {EXPECTED}")));
    };
    let columns = if first
        .split(',')
        .all(|cell| cell.trim().parse::<f64>().is_ok())
    {
        if first.contains(',') {
            return Err(at(line, 1, format!("a head is missing: {EXPECTED}")));
        }
        vec![Column::Duration]
    } else {
        rows.next();
        first.split(',').map(column).collect()
    };
    if !columns.contains(&Column::Duration) {
        return Err(at(
            line,
            1,
            format!("no durations in `{}`: {EXPECTED}", first.trim()),
        ));
    }
    let runs: Vec<Run> = rows
        .map(|(line, row)| run(line, row, &columns))
        .collect::<Result<_, _>>()?;
    if runs.is_empty() {
        return Err(at(line, 1, "rows of durations are expected below the head"));
    }
    Ok(runs)
}

fn column(head: &str) -> Column {
    let head = head.trim().trim_matches('"').to_lowercase();
    match head.as_str() {
        "duration_ms" | "duration" | "@duration" => Column::Duration,
        "memory_mb" | "memory" => Column::Memory,
        "cold" => Column::Cold,
        "init_ms" | "init" | "@initduration" => Column::Init,
        _ => Column::Other,
    }
}

fn run(line: usize, row: &str, columns: &[Column]) -> Result<Run, Wrong> {
    let mut run = Run {
        duration: f64::NAN,
        memory: None,
        cold: false,
        init: None,
    };
    let mut start = 1;
    for (index, cell) in row.split(',').enumerate() {
        let column = columns.get(index).copied().unwrap_or(Column::Other);
        let text = cell.trim().trim_matches('"');
        let number = |expected: &str| match text.parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
            _ => Err(at(line, start, format!("`{text}`: {expected} is expected"))),
        };
        match column {
            Column::Duration => run.duration = number("a duration in milliseconds")?,
            Column::Memory if !text.is_empty() => run.memory = Some(number("memory in MB")?),
            Column::Init if !text.is_empty() => {
                let init = number("initialisation in milliseconds")?;
                run.init = (init > 0.0).then_some(init);
                run.cold |= init > 0.0;
            }
            Column::Cold => match text.to_lowercase().as_str() {
                "" | "0" | "false" | "no" => {}
                "1" | "true" | "yes" => run.cold = true,
                _ => {
                    let problem = format!("`{text}`: true or false is expected");
                    return Err(at(line, start, problem));
                }
            },
            Column::Memory | Column::Init | Column::Other => {}
        }
        start += cell.chars().count() + 1;
    }
    if run.duration.is_nan() {
        return Err(at(line, 1, "a duration in milliseconds is expected"));
    }
    if run.memory.is_some_and(|memory| memory <= 0.0) {
        return Err(at(line, 1, "memory above 0 MB is expected"));
    }
    Ok(run)
}
