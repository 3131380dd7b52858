//! The report as a comment on a pull request.

use std::fmt::Write;

use super::escape::markdown as safe;
use super::{Exporter, wording};
use crate::design::Design;
use crate::format;
use crate::report::{Report, Runaway};

/// Rows of the cost table; the rest is summed in one.
const ROWS: usize = 20;

/// See the module.
pub(super) struct Markdown;

impl Exporter for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn extension(&self) -> &'static str {
        "md"
    }

    fn description(&self) -> &'static str {
        "A summary for a pull request or a document"
    }

    fn export(&self, design: &Design, report: &Report) -> anyhow::Result<Vec<u8>> {
        let mut text = format!("## {}\n\n", safe(wording::name(design)));
        head(&mut text, design, report)?;
        runaways(&mut text, design, report)?;
        triggers(&mut text, design, report)?;
        costs(&mut text, design, report)?;
        problems(&mut text, design, report)?;
        writeln!(text, "<sub>{}</sub>", safe(wording::NOTE))?;
        Ok(text.into_bytes())
    }
}

fn head(text: &mut String, design: &Design, report: &Report) -> std::fmt::Result {
    write!(text, "**{}**", safe(&wording::cost_text(&report.cost)))?;
    if let Some(budget) = design.objectives.budget {
        write!(
            text,
            " of a budget of {}",
            safe(&format::usd_per_month(budget))
        )?;
    }
    writeln!(text, " · {}\n", safe(&wording::circumstances(report)))
}

fn runaways(text: &mut String, design: &Design, report: &Report) -> std::fmt::Result {
    if report.runaways.is_empty() {
        return Ok(());
    }
    text.push_str("### Loops that feed themselves\n\n");
    for Runaway {
        path,
        gain,
        usd_per_hour,
        cap,
        ..
    } in &report.runaways
    {
        writeln!(
            text,
            "- **{}**: each event becomes {} per turn; up to {} an hour. {}",
            safe(&wording::path(design, path)),
            format::significant(gain.value, 3),
            safe(&format::usd(usd_per_hour.value)),
            safe(cap),
        )?;
    }
    text.push('\n');
    Ok(())
}

fn triggers(text: &mut String, design: &Design, report: &Report) -> std::fmt::Result {
    if report.triggers.is_empty() {
        return Ok(());
    }
    text.push_str("| Trigger | Rate | p50 | p95 | p99 | Cold starts | Refused |\n");
    text.push_str("|---|---:|---:|---:|---:|---:|---:|\n");
    for trigger in &report.triggers {
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            safe(&trigger.label),
            format::rate_per_second(trigger.rate.value),
            safe(&format::millis(trigger.p50.value)),
            safe(&format::millis(trigger.p95.value)),
            safe(&format::millis(trigger.p99.value)),
            safe(&format::percent(trigger.cold_start.value)),
            safe(&format::percent(trigger.throttle.value)),
        )?;
        for done in &trigger.completions {
            writeln!(
                text,
                "| … until {} is done | | {} | {} | {} | | |",
                safe(&wording::title(design, &done.node)),
                safe(&format::millis(done.p50.value)),
                safe(&format::millis(done.p95.value)),
                safe(&format::millis(done.p99.value)),
            )?;
        }
    }
    text.push('\n');
    Ok(())
}

fn costs(text: &mut String, design: &Design, report: &Report) -> std::fmt::Result {
    let rows = wording::cost_rows(design, report);
    if rows.is_empty() {
        return Ok(());
    }
    text.push_str("| Node | Billed by | Cost |\n|---|---|---:|\n");
    for row in rows.iter().take(ROWS) {
        writeln!(
            text,
            "| {} | {} | {} |",
            safe(&row.title),
            safe(&row.services.join(", ")),
            safe(&wording::known_cost(row.usd, row.complete)),
        )?;
    }
    if let Some(rest @ [_, ..]) = rows.get(ROWS..) {
        let usd = rest.iter().map(|row| row.usd).sum();
        let cost = wording::known_cost(usd, rest.iter().all(|row| row.complete));
        writeln!(text, "| {} more nodes | | {} |", rest.len(), safe(&cost))?;
    }
    writeln!(
        text,
        "| **Total** | | **{}** |\n",
        safe(&wording::cost_text(&report.cost))
    )
}

fn problems(text: &mut String, design: &Design, report: &Report) -> std::fmt::Result {
    if report.problems.is_empty() {
        return Ok(());
    }
    text.push_str("### Problems\n\n");
    for problem in &report.problems {
        write!(
            text,
            "- **{}** {}: {} {}",
            wording::severity(problem.severity),
            safe(&super::place(design, problem).to_string()),
            safe(&problem.what),
            safe(&problem.why),
        )?;
        if let Some(fix) = &problem.fix {
            write!(text, " *{}*", safe(fix.label.trim()))?;
        }
        text.push('\n');
    }
    text.push('\n');
    Ok(())
}
