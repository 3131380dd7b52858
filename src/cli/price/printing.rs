//! A bill as a table and as JSON; the words that a service understands.

use serde_json::{Value, json};

use super::reading::terms_of;
use crate::catalog::billing::{Bill, BillLine};
use crate::catalog::{Catalog, Meter, Service};
use crate::cli::tables;

/// The words and meters of a service.
pub(super) fn words(service: &Service) -> String {
    let terms = terms_of(service).map(|term| {
        [
            term.name.to_owned(),
            term.unit.to_owned(),
            term.meaning.to_owned(),
            match term.implied {
                "0" => String::new(),
                formula => formula.to_owned(),
            },
        ]
    });
    let mut text = format!("{} ({})\n\n", service.name, service.id);
    text.push_str(&tables::table(
        ["Word", "Unit", "Meaning", "Where left out"],
        terms,
        &[],
    ));
    let meters = service.meters.iter().map(|meter: &Meter| {
        [
            meter.id.clone(),
            meter.unit.clone(),
            meter.name.clone(),
            meter.quantity.to_string(),
        ]
    });
    text.push('\n');
    text.push_str(&tables::table(
        ["Meter", "Unit", "Name", "Units a month"],
        meters,
        &[],
    ));
    text
}

pub(super) fn table(catalog: &Catalog, bill: &Bill) -> String {
    let rows = bill.lines.iter().map(|line| {
        let grade = line
            .grade
            .map_or_else(String::new, |grade| grade.to_string());
        [
            format!("{}/{}", line.service, line.meter),
            line.formula.clone().unwrap_or_default(),
            format!("${:.2}", line.rounded),
            grade,
        ]
    });
    let total = [
        "Total".to_owned(),
        String::new(),
        bill.to_string(),
        String::new(),
    ];
    let mut text = tables::table(
        ["Meter", "How it comes about", "USD", "Grade"],
        rows.chain([total]),
        &[2],
    );
    for problem in &bill.problems {
        text.push_str(&format!("\nNot priced: {problem}"));
    }
    if !bill.problems.is_empty() {
        text.push('\n');
    }
    let mut sources: Vec<String> = bill
        .lines
        .iter()
        .flat_map(|line| sources_of(catalog, line))
        .map(|(title, _, checked)| format!("{title}, read {checked}"))
        .collect();
    sources.sort();
    sources.dedup();
    text.push('\n');
    for source in sources {
        text.push_str(&format!("Source: {source}\n"));
    }
    text
}

/// Title, address and day of what a line rests on.
fn sources_of<'a>(
    catalog: &'a Catalog,
    line: &'a BillLine,
) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
    let provider = line.service.provider();
    line.sources.iter().filter_map(move |key| {
        let source = catalog.source(&provider, key)?;
        Some((&*source.title, &*source.url, &*source.checked))
    })
}

pub(super) fn as_json(catalog: &Catalog, bill: &Bill) -> Value {
    let lines = bill.lines.iter().map(|line| {
        let sources = sources_of(catalog, line)
            .map(|(title, url, checked)| json!({"title": title, "url": url, "checked": checked}));
        json!({
            "service": line.service,
            "meter": line.meter,
            "name": line.name,
            "region": line.region,
            "unit": line.unit,
            "quantity": line.quantity,
            "free": line.free,
            "billed": line.billed,
            "usage": line.shares.iter().filter_map(|share| share.formula.as_ref()).collect::<Vec<_>>(),
            "formula": line.formula,
            "credit": line.credit,
            "exact": line.exact,
            "usd": format!("{:.2}", line.rounded),
            "grade": line.grade,
            "figures": line.figures,
            "sources": sources.collect::<Vec<_>>(),
        })
    });
    json!({
        "total": format!("{:.2}", bill.total()),
        "exact": bill.exact_total(),
        "complete": bill.is_complete(),
        "grade": bill.grade(),
        "text": format!("{bill} /month"),
        "lines": lines.collect::<Vec<_>>(),
        "problems": bill.problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
