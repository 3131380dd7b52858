//! What the command line says of usage, in the units of the vocabulary.

use std::collections::BTreeMap;

use crate::catalog::Service;
use crate::catalog::billing::Promise;
use crate::catalog::vocabulary::{self, Term};
use crate::cli::failure::{Code, Failure};
use crate::expression::{Quantity, nearest};
use crate::format::{Dimension, parse_number};
use crate::law::Law;
use crate::notation;

/// One service with the usage asked for.
pub(super) struct Request<'a> {
    pub service: &'a Service,
    pub usage: BTreeMap<String, Quantity>,
    pub units: BTreeMap<String, f64>,
}

impl Request<'_> {
    /// Takes a word of the vocabulary, or the units of a meter.
    pub(super) fn set(&mut self, key: &str, value: &str, hours: f64) -> Result<(), Failure> {
        let meter = self.service.meters.iter().find(|meter| meter.id == key);
        let term = vocabulary::find(self.service.archetype, key)
            .filter(|_| meter.is_none() || self.speaks_of(key));
        let wrong = |problem: String| Failure::new(Code::Request, format!("{key}: {problem}"));
        if let Some(term) = term {
            let quantity = quantity(term, value, hours).map_err(wrong)?;
            self.usage.insert(key.to_owned(), quantity);
            return Ok(());
        }
        let Some(meter) = meter else {
            return Err(self.unknown(key));
        };
        let units = parse_number(value, Dimension::Plain).map_err(|e| wrong(e.to_string()))?;
        self.units.insert(meter.id.clone(), units);
        Ok(())
    }

    /// Whether a formula of the service mentions a word.
    fn speaks_of(&self, word: &str) -> bool {
        let meters = self.service.meters.iter();
        let formulas = meters.flat_map(|meter| std::iter::once(&meter.quantity).chain(&meter.when));
        let companions = self.service.companions.iter();
        let caused = companions.flat_map(|c| c.usage.values().chain(&c.when));
        formulas
            .chain(caused)
            .any(|formula| formula.names().any(|name| name == word))
    }

    fn unknown(&self, key: &str) -> Failure {
        let service = self.service;
        let terms = terms_of(service).map(|term| term.name);
        let meters = service.meters.iter().map(|meter| meter.id.as_str());
        let known: Vec<&str> = terms.chain(meters).collect();
        let what = format!("{} has no word or meter `{key}`", service.id);
        let failure = Failure::new(Code::Request, what);
        failure.help(match nearest(key, known) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("`nephoscope price {}` lists them", service.id),
        })
    }
}

/// Everything that a service's formulas can speak of.
pub(super) fn terms_of(service: &Service) -> impl Iterator<Item = &'static Term> {
    vocabulary::COMMON
        .iter()
        .chain(vocabulary::of(service.archetype))
}

/// A value in the unit of its term: `3M`, `5M/day`, `120ms`, `1.5GB`, `yes`, or
/// a law such as `Lognormal(p50: 20, p99: 80)`.
fn quantity(term: &Term, text: &str, hours: f64) -> Result<Quantity, String> {
    if text.ends_with(')') {
        return notation::read::<Law>(text)
            .map(Quantity::Law)
            .map_err(|error| format!("`{text}` is no law: {}", error.problem));
    }
    let read = |dimension| parse_number(text, dimension).map_err(|error| error.to_string());
    let has_unit = text.ends_with(|c: char| c.is_ascii_alphabetic());
    let number = match term.unit {
        "ms" => read(Dimension::Millis)?,
        "MB" => read(Dimension::Megabytes)?,
        "KB" => read(Dimension::Kilobytes)?,
        "GB" | "GB/month" if has_unit => read(Dimension::Megabytes)? / 1_024.0,
        "h" | "h/month" if has_unit => read(Dimension::Millis)? / 3.6e6,
        "s/month" if has_unit => read(Dimension::Millis)? / 1e3,
        "/s" => read(Dimension::PerSecond)?,
        "/month" if text.contains('/') => read(Dimension::PerSecond)? * hours * 3_600.0,
        "share" => read(Dimension::Fraction)?,
        "0/1" => match text {
            "yes" | "true" => 1.0,
            "no" | "false" => 0.0,
            _ => read(Dimension::Plain)?,
        },
        _ => read(Dimension::Plain)?,
    };
    if number < 0.0 {
        return Err(format!("`{text}` is negative; {} cannot be", term.meaning));
    }
    Ok(Quantity::Number(number))
}

/// Hours in a month; a page may speak of a day or of a year.
pub(super) fn month(text: &str) -> Result<f64, String> {
    let hours = parse_number(text, Dimension::Plain).map_err(|error| error.to_string())?;
    if (1.0..=8_784.0).contains(&hours) {
        return Ok(hours);
    }
    Err("write hours from 1 to 8784, such as 730".to_owned())
}

/// `key=number`.
pub(super) fn pair(text: &str) -> Result<(String, f64), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| "write key=number".to_owned())?;
    let number = parse_number(value, Dimension::Plain).map_err(|error| error.to_string())?;
    Ok((key.trim().to_owned(), number))
}

/// `service=plan` or `service=plan:share`.
pub(super) fn promise(text: &str) -> Result<(String, Promise), String> {
    let (service, plan) = text
        .split_once('=')
        .ok_or_else(|| "write service=plan".to_owned())?;
    let (plan, coverage) = match plan.split_once(':') {
        None => (plan, 1.0),
        Some((plan, share)) => {
            let share = parse_number(share, Dimension::Fraction);
            (plan, share.map_err(|error| error.to_string())?)
        }
    };
    let promise = Promise {
        commitment: plan.trim().to_owned(),
        coverage,
    };
    Ok((service.trim().to_owned(), promise))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Archetype;

    #[test]
    fn values_are_read_in_the_unit_of_their_term() {
        #[track_caller]
        fn check(term: &str, text: &str, expected: f64) {
            let term = vocabulary::find(Archetype::Function, term).unwrap();
            assert_eq!(quantity(term, text, 730.0), Ok(Quantity::Number(expected)));
        }
        check("requests", "3M", 3e6);
        check("requests", "1/s", 2_628_000.0);
        check("duration", "120ms", 120.0);
        check("duration", "2s", 2_000.0);
        check("memory", "1.5GB", 1_536.0);
        check("traced", "5%", 0.05);
        check("arm", "yes", 1.0);
        check("provisioned_hours", "2d", 48.0);
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        let term = vocabulary::find(Archetype::Function, "requests").unwrap();
        for text in ["", "many", "-1", "NaN", "1e999", "Lognormal(p50)"] {
            assert!(quantity(term, text, 730.0).is_err(), "{text}");
        }
        assert!(pair("requests").is_err());
        assert!(month("0").is_err() && month("NaN").is_err() && month("744") == Ok(744.0));
        assert!(promise("aws.lambda=savings:2").is_err());
    }
}
