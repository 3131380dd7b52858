//! The report as one HTML file: nothing is loaded, nothing runs, it prints,
//! and it follows the reader's light or dark scheme.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::escape::xml as safe;
use super::{Exporter, svg, wording};
use crate::design::Design;
use crate::format;
use crate::report::{CostLine, Report, Runaway, SourceNote, TriggerReport};

const STYLE: &str = "\
body{margin:0 auto;max-width:72rem;padding:2rem;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .5rem}p{margin:.3rem 0}.soft{color:var(--soft)}
.total{font-size:2rem;font-weight:600;margin:.5rem 0}.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{color:var(--soft);font-weight:500}.n{text-align:right;white-space:nowrap}td.formula{font-family:ui-monospace,monospace;font-size:12px;overflow-wrap:anywhere}
.error{color:var(--bad)}.warning{color:var(--warn)}.hint{color:var(--accent)}
svg{max-width:100%;height:auto}a{color:var(--accent)}li{margin:.4rem 0}
@media print{body{padding:0;font-size:11px}h2{break-after:avoid}tr,li{break-inside:avoid}a{color:inherit}}
";

/// See the module.
pub(super) struct Html;

impl Exporter for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn extension(&self) -> &'static str {
        "html"
    }

    fn description(&self) -> &'static str {
        "A report in one file to read, print and send"
    }

    fn export(&self, design: &Design, report: &Report) -> anyhow::Result<Vec<u8>> {
        let name = safe(wording::name(design));
        let mut text = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{name}</title>\n<style>{}{STYLE}</style>\n</head>\n<body>\n<h1>{name}</h1>\n",
            svg::COLOURS
        );
        head(&mut text, design, report)?;
        if !design.nodes.is_empty() {
            text.push_str(&svg::drawing(design, report, "")?);
        }
        runaways(&mut text, design, report)?;
        triggers(&mut text, design, report)?;
        costs(&mut text, design, report)?;
        problems(&mut text, design, report)?;
        lines(&mut text, design, report)?;
        sources(&mut text, report)?;
        writeln!(
            text,
            "<p class=\"soft\">{}</p>\n</body>\n</html>",
            safe(wording::NOTE)
        )?;
        Ok(text.into_bytes())
    }
}

fn head(text: &mut String, design: &Design, report: &Report) -> std::fmt::Result {
    if !design.description.is_empty() {
        writeln!(text, "<p>{}</p>", safe(&design.description))?;
    }
    writeln!(
        text,
        "<p class=\"total\">{}</p>",
        safe(&wording::cost_text(&report.cost))
    )?;
    write!(
        text,
        "<p class=\"soft\">{}",
        safe(&wording::circumstances(report))
    )?;
    if let Some(budget) = design.objectives.budget {
        write!(text, " · budget {}", safe(&format::usd_per_month(budget)))?;
    }
    text.push_str("</p>\n");
    Ok(())
}

fn runaways(text: &mut String, design: &Design, report: &Report) -> std::fmt::Result {
    if report.runaways.is_empty() {
        return Ok(());
    }
    text.push_str("<h2 class=\"error\">Loops that feed themselves</h2>\n<ul>\n");
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
        writeln!(
            text,
            "<li><b>{}</b>: each event becomes {} per turn; up to {} an hour. {} \
             After five minutes, an hour and a weekend: {}.</li>",
            safe(&wording::path(design, path)),
            format::significant(gain.value, 3),
            safe(&format::usd(usd_per_hour.value)),
            safe(&sentence(cap)),
            safe(&later.join(", ")),
        )?;
    }
    text.push_str("</ul>\n");
    Ok(())
}

/// With its full stop.
fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}

fn triggers(text: &mut String, design: &Design, report: &Report) -> std::fmt::Result {
    if report.triggers.is_empty() {
        return Ok(());
    }
    text.push_str("<h2>Response time</h2>\n<div class=\"scroll\"><table>\n<tr><th>Trigger</th>");
    for column in [
        "Rate",
        "Peak",
        "p50",
        "p95",
        "p99",
        "Cold starts",
        "Refused",
    ] {
        write!(text, "<th class=\"n\">{column}</th>")?;
    }
    text.push_str("</tr>\n");
    for trigger in &report.triggers {
        trigger_row(text, trigger)?;
        for done in &trigger.completions {
            let node = wording::title(design, &done.node);
            write!(
                text,
                "<tr class=\"soft\"><td>… until {} is done</td><td></td><td></td>",
                safe(&node)
            )?;
            for figure in [&done.p50, &done.p95, &done.p99] {
                write!(
                    text,
                    "<td class=\"n\">{}</td>",
                    safe(&format::millis(figure.value))
                )?;
            }
            text.push_str("<td></td><td></td></tr>\n");
        }
    }
    text.push_str("</table></div>\n");
    Ok(())
}

fn trigger_row(text: &mut String, trigger: &TriggerReport) -> std::fmt::Result {
    write!(text, "<tr><td>{}</td>", safe(&trigger.label))?;
    let cells = [
        (&trigger.rate, format::rate_per_second(trigger.rate.value)),
        (&trigger.peak, format::rate_per_second(trigger.peak.value)),
        (&trigger.p50, format::millis(trigger.p50.value)),
        (&trigger.p95, format::millis(trigger.p95.value)),
        (&trigger.p99, format::millis(trigger.p99.value)),
        (
            &trigger.cold_start,
            format::percent(trigger.cold_start.value),
        ),
        (&trigger.throttle, format::percent(trigger.throttle.value)),
    ];
    for (figure, shown) in cells {
        write!(
            text,
            "<td class=\"n\" title=\"{}\">{}</td>",
            safe(&figure.formula),
            safe(&shown)
        )?;
    }
    text.push_str("</tr>\n");
    Ok(())
}

fn costs(text: &mut String, design: &Design, report: &Report) -> std::fmt::Result {
    let rows = wording::cost_rows(design, report);
    if rows.is_empty() {
        return Ok(());
    }
    text.push_str("<h2>Cost by node</h2>\n<div class=\"scroll\"><table>\n");
    text.push_str("<tr><th>Node</th><th>Billed by</th><th class=\"n\">Cost</th></tr>\n");
    for row in &rows {
        writeln!(
            text,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td></tr>",
            safe(&row.title),
            safe(&row.services.join(", ")),
            safe(&wording::known_cost(row.usd, row.complete)),
        )?;
    }
    let total = safe(&wording::cost_text(&report.cost));
    writeln!(
        text,
        "<tr><th>Total</th><th></th><th class=\"n\">{total}</th></tr>\n</table></div>"
    )
}

fn problems(text: &mut String, design: &Design, report: &Report) -> std::fmt::Result {
    if report.problems.is_empty() {
        return Ok(());
    }
    text.push_str("<h2>Problems</h2>\n<ul>\n");
    for problem in &report.problems {
        let severity = wording::severity(problem.severity);
        write!(
            text,
            "<li><b class=\"{severity}\">{severity}</b> {}: {} <span class=\"soft\">{}</span>",
            safe(&super::place(design, problem).to_string()),
            safe(&problem.what),
            safe(&problem.why),
        )?;
        if let Some(fix) = &problem.fix {
            write!(text, " <i>{}</i>", safe(&fix.label))?;
        }
        text.push_str("</li>\n");
    }
    text.push_str("</ul>\n");
    Ok(())
}

fn lines(text: &mut String, design: &Design, report: &Report) -> std::fmt::Result {
    if report.cost.lines.is_empty() {
        return Ok(());
    }
    text.push_str("<h2>The bill, line by line</h2>\n<div class=\"scroll\"><table>\n");
    text.push_str("<tr><th>Node</th><th>Meter</th><th class=\"n\">Quantity</th>");
    text.push_str(
        "<th class=\"n\">Free</th><th class=\"n\">Cost</th><th>Formula</th><th>Grade</th></tr>\n",
    );
    for line in &report.cost.lines {
        line_row(text, design, line)?;
    }
    text.push_str("</table></div>\n");
    Ok(())
}

fn line_row(text: &mut String, design: &Design, line: &CostLine) -> std::fmt::Result {
    let reason = line.reason.as_deref().unwrap_or_default();
    writeln!(
        text,
        "<tr><td>{}</td><td title=\"{}\">{}: {}</td><td class=\"n\">{} {}</td><td class=\"n\">{}</td>\
         <td class=\"n\">{}</td><td class=\"formula\">{}</td><td>{}</td></tr>",
        safe(&wording::title(design, &line.node)),
        safe(reason),
        safe(&line.service_name),
        safe(&line.name),
        safe(&format::count(line.quantity)),
        safe(&line.unit),
        safe(&format::count(line.free)),
        safe(&format::usd_exact(line.cost.value)),
        safe(&line.cost.formula),
        line.cost
            .grade
            .map(|grade| grade.to_string())
            .unwrap_or_default(),
    )
}

fn sources(text: &mut String, report: &Report) -> std::fmt::Result {
    let mut sources: BTreeMap<(&str, &str), &SourceNote> = BTreeMap::new();
    for note in report.cost.lines.iter().flat_map(|line| &line.cost.sources) {
        sources.entry((&note.title, &note.checked)).or_insert(note);
    }
    if sources.is_empty() {
        return Ok(());
    }
    text.push_str("<h2>Sources</h2>\n<ul>\n");
    for SourceNote {
        title,
        url,
        checked,
        grade,
        ..
    } in sources.values()
    {
        write!(text, "<li>")?;
        // Only addresses of the web become links.
        if url.starts_with("https://") || url.starts_with("http://") {
            write!(text, "<a href=\"{}\">{}</a>", safe(url), safe(title))?;
        } else {
            write!(text, "{} ({})", safe(title), safe(url))?;
        }
        writeln!(text, ", read {}, grade {grade}</li>", safe(checked))?;
    }
    text.push_str("</ul>\n");
    Ok(())
}
