//! The report as tables for people at a terminal.

use std::fmt::Write;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use crate::design::Design;
use crate::export::wording::{self, known_cost};
use crate::export::{cost_text, place};
use crate::format;
use crate::report::{Problem, Report, Runaway};

/// Columns that a terminal has where nothing says so.
const WIDTH: u16 = 100;

/// The whole report.
pub(super) fn report(design: &Design, report: &Report) -> String {
    let mut text = format!(
        "{}\n{} · {}\n",
        printable(wording::name(design)),
        cost_text(&report.cost),
        printable(&wording::circumstances(report)),
    );
    if let Some(budget) = design.objectives.budget {
        text.push_str(&format!("Budget {}\n", format::usd_per_month(budget)));
    }
    for part in [
        runaways(design, report),
        triggers(design, report),
        costs(design, report),
        at_worst(report),
        units(report),
        problems(design, report),
    ] {
        if !part.is_empty() {
            text.push('\n');
            text.push_str(&part);
        }
    }
    text
}

/// A table with a head; the columns in `numbers` are aligned to the right.
pub(super) fn table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
    numbers: &[usize],
) -> String {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width());
    table.set_header(head.map(Cell::new));
    for row in rows {
        table.add_row(row.map(|cell| Cell::new(printable(&cell))));
    }
    for number in numbers {
        if let Some(column) = table.column_mut(*number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    // Cells have a space on either side; the first column needs none before it.
    let lines = table.lines().map(|line| {
        line.strip_prefix(' ')
            .unwrap_or(&line)
            .trim_end()
            .to_owned()
    });
    let mut text = lines.collect::<Vec<_>>().join("\n");
    text.push('\n');
    text
}

fn width() -> u16 {
    let columns = std::env::var("COLUMNS").ok();
    let columns = columns.and_then(|columns| columns.parse().ok());
    columns.unwrap_or(WIDTH).clamp(60, 400)
}

/// Labels come from files: nothing in them may steer a terminal.
pub(super) fn printable(text: &str) -> String {
    let harmful = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
    text.chars()
        .map(|c| if harmful(c) { ' ' } else { c })
        .collect()
}

fn costs(design: &Design, report: &Report) -> String {
    let rows = wording::cost_rows(design, report);
    if rows.is_empty() {
        return String::new();
    }
    let total = report.cost.total.value;
    let share = |usd: f64| {
        if total > 0.0 {
            format::percent(usd / total)
        } else {
            String::new()
        }
    };
    let sum = [
        "Total".to_owned(),
        String::new(),
        cost_text(&report.cost),
        String::new(),
    ];
    let rows = rows.iter().map(|row| {
        let cost = known_cost(row.usd, row.complete);
        [
            row.title.clone(),
            row.services.join(", "),
            cost,
            share(row.usd),
        ]
    });
    table(
        ["Cost by node", "Billed by", "Cost", "Share"],
        rows.chain([sum]),
        &[2, 3],
    )
}

/// What abuse or a bug can cost, what bounds it, and where a cap would help.
fn at_worst(report: &Report) -> String {
    let risk = &report.risk;
    if risk.usd_per_hour.value <= 0.0 {
        return String::new();
    }
    let mut text = format!(
        "At worst {} an hour, {} a day, if abused or by a bug\n",
        format::usd(risk.usd_per_hour.value),
        format::usd(risk.per_day.value)
    );
    for trigger in &risk.triggers {
        text.push_str(&format!(
            "  {}: {} an hour; {}\n",
            printable(&trigger.label),
            format::usd(trigger.usd_per_hour.value),
            printable(&trigger.bounded_by)
        ));
    }
    for lever in &risk.levers {
        text.push_str(&format!(
            "  {}: then {} an hour, {} of the usual traffic refused\n",
            printable(&lever.label),
            format::usd(lever.usd_per_hour.value),
            format::percent(lever.refused.value)
        ));
    }
    text
}

fn units(report: &Report) -> String {
    let costs = &report.unit_cost;
    let mut text = String::new();
    if let Some(unit) = &costs.unit {
        let usd = format::usd_price(unit.usd.value);
        text.push_str(&format!("{usd} for one {}\n", printable(&unit.name)));
    }
    for trigger in &costs.triggers {
        let Some(million) = &trigger.usd_per_million else {
            continue;
        };
        text.push_str(&format!(
            "{} for a million requests of {}\n",
            format::usd(million.value),
            printable(&trigger.label)
        ));
    }
    text
}

fn triggers(design: &Design, report: &Report) -> String {
    if report.triggers.is_empty() {
        return String::new();
    }
    let mut rows = Vec::new();
    for trigger in &report.triggers {
        rows.push([
            trigger.label.clone(),
            format::rate_per_second(trigger.rate.value),
            format::millis(trigger.p50.value),
            format::millis(trigger.p95.value),
            format::millis(trigger.p99.value),
            format::percent(trigger.cold_start.value),
            format::percent(trigger.throttle.value),
        ]);
        for done in &trigger.completions {
            rows.push([
                format!("… until {} is done", wording::title(design, &done.node)),
                String::new(),
                format::millis(done.p50.value),
                format::millis(done.p95.value),
                format::millis(done.p99.value),
                String::new(),
                String::new(),
            ]);
        }
    }
    let head = [
        "Response time",
        "Rate",
        "p50",
        "p95",
        "p99",
        "Cold starts",
        "Refused",
    ];
    table(head, rows, &[1, 2, 3, 4, 5, 6])
}

fn runaways(design: &Design, report: &Report) -> String {
    let mut text = String::new();
    for Runaway {
        path,
        gain,
        usd_per_hour,
        cost_after,
        cap,
        ..
    } in &report.runaways
    {
        let later: Vec<_> = cost_after
            .iter()
            .map(|cost| format::usd(cost.value))
            .collect();
        text.push_str(&format!(
            "RUNAWAY {}\n  each event becomes {} per turn; up to {} an hour\n  {}\n",
            printable(&wording::path(design, path)),
            format::significant(gain.value, 3),
            format::usd(usd_per_hour.value),
            printable(cap),
        ));
        if !later.is_empty() {
            let later = later.join(", ");
            text.push_str(&format!(
                "  after five minutes, an hour and a weekend: {later}\n"
            ));
        }
    }
    text
}

fn problems(design: &Design, report: &Report) -> String {
    let mut text = String::new();
    for problem in &report.problems {
        // Writing to a string cannot fail.
        let _ = write_problem(&mut text, design, problem);
    }
    text
}

fn write_problem(text: &mut String, design: &Design, problem: &Problem) -> std::fmt::Result {
    writeln!(
        text,
        "{}[{}] {}: {}",
        wording::severity(problem.severity),
        problem.code,
        printable(&place(design, problem).to_string()),
        printable(&problem.what),
    )?;
    if !problem.why.is_empty() {
        writeln!(text, "  {}", printable(&problem.why))?;
    }
    if let Some(fix) = &problem.fix {
        writeln!(text, "  fix: {}", printable(&fix.label))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_line_up_and_labels_stay_on_their_line() {
        let rows = [
            ["a\nb\u{1b}[31m".to_owned(), "1".to_owned()],
            ["c".to_owned(), "1,000".to_owned()],
        ];
        let text = table(["Name", "Number"], rows, &[1]);
        assert_eq!(
            text,
            "Name      Number\na b [31m       1\nc          1,000\n"
        );
    }
}
