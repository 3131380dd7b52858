//! How much of a bill rests on weak figures.
//!
//! A total carries the weakest grade behind it, which may belong to a cent of
//! it or to nearly all of it. This says which.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use crate::catalog::Grade;

use super::CostLine;

/// Lines that are named.
const NAMED: usize = 3;

/// A total leans on weak figures from this share on; less would change its
/// third digit at most.
const LEANING: f64 = 0.01;

/// What part of a cost rests on figures of grade C, D or M.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Weakness {
    /// Cost of those lines [USD/month].
    pub usd: f64,
    /// Their share of the whole cost.
    pub share: f64,
    /// The weak grades among them.
    pub grades: BTreeSet<Grade>,
    /// The largest of those lines.
    pub lines: Vec<WeakLine>,
}

/// A line of the bill that rests on a weak figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeakLine {
    /// Service and meter, in words.
    pub name: String,
    /// Its cost [USD/month].
    pub usd: f64,
    /// Its grade.
    pub grade: Grade,
}

impl Weakness {
    /// Gathers it from lines of a bill. Credits pay for whatever is there, so
    /// only what costs something counts.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a CostLine>) -> Self {
        let mut weakness = Self::default();
        let (mut whole, mut weak) = (Decimal::ZERO, Decimal::ZERO);
        for line in lines.into_iter().filter(|line| line.exact > Decimal::ZERO) {
            whole = whole.saturating_add(line.exact);
            let Some(grade) = line.cost.grade.filter(|grade| grade.is_weak()) else {
                continue;
            };
            weak = weak.saturating_add(line.exact);
            weakness.grades.insert(grade);
            weakness.add(line, grade);
        }
        let number = |amount: Decimal| amount.to_f64().unwrap_or(0.0);
        weakness.usd = number(weak);
        if whole > Decimal::ZERO {
            weakness.share = number(weak) / number(whole);
        }
        weakness.lines.sort_by(|a, b| b.usd.total_cmp(&a.usd));
        weakness.lines.truncate(NAMED);
        weakness
    }

    /// One meter of several nodes is one line.
    fn add(&mut self, line: &CostLine, grade: Grade) {
        let name = format!("{}, {}", line.service_name, line.name);
        match self.lines.iter_mut().find(|known| known.name == name) {
            Some(known) => {
                known.usd += line.cost.value;
                known.grade = known.grade.max(grade);
            }
            None => self.lines.push(WeakLine {
                name,
                usd: line.cost.value,
                grade,
            }),
        }
    }

    /// Whether a noticeable part rests on weak figures.
    pub fn leans(&self) -> bool {
        self.share >= LEANING
    }

    /// `leans on C and D figures`.
    pub fn text(&self) -> String {
        let grades: Vec<String> = self.grades.iter().map(Grade::to_string).collect();
        let listed = match grades.as_slice() {
            [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            all => all.concat(),
        };
        format!("leans on {listed} figures")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Figure;

    fn line(name: &str, usd: &str, grade: Grade) -> CostLine {
        let exact: Decimal = usd.parse().unwrap();
        let mut cost = Figure::new(exact.to_f64().unwrap(), "USD/month", "");
        cost.grade = Some(grade);
        CostLine {
            node: "a".into(),
            companion: None,
            reason: None,
            service: crate::catalog::ServiceId::default(),
            service_name: "Table".to_owned(),
            meter: name.to_lowercase(),
            name: name.to_owned(),
            unit: String::new(),
            quantity: 1.0,
            free: 0.0,
            cost,
            exact,
        }
    }

    #[test]
    fn the_share_of_weak_lines() {
        let check = |lines: &[(&str, &str, Grade)], share: f64, text: &str| {
            let lines: Vec<_> = lines.iter().map(|(n, usd, g)| line(n, usd, *g)).collect();
            let weakness = Weakness::of(&lines);
            assert!((weakness.share - share).abs() < 1e-12, "{weakness:?}");
            let said = if weakness.leans() {
                weakness.text()
            } else {
                String::new()
            };
            assert_eq!(said, text);
        };
        check(&[], 0.0, "");
        check(
            &[("Reads", "5", Grade::A), ("Writes", "5", Grade::B)],
            0.0,
            "",
        );
        let mixed = [
            ("Reads", "6", Grade::A),
            ("Writes", "3", Grade::D),
            ("Storage", "1", Grade::C),
        ];
        check(&mixed, 0.4, "leans on C and D figures");
        let sliver = [("Reads", "999", Grade::A), ("Writes", "1", Grade::D)];
        check(&sliver, 0.001, "");
        let credit = [
            ("Reads", "5", Grade::A),
            ("Writes", "5", Grade::M),
            ("Credit", "-9", Grade::D),
        ];
        check(&credit, 0.5, "leans on M figures");
    }

    #[test]
    fn the_largest_lines_are_named_once_each() {
        let lines = [
            line("Reads", "1", Grade::C),
            line("Reads", "2", Grade::D),
            line("Writes", "2.5", Grade::C),
        ];
        let named = Weakness::of(&lines).lines;
        let named: Vec<_> = named
            .iter()
            .map(|l| (l.name.as_str(), l.usd, l.grade))
            .collect();
        let expected = [
            ("Table, Reads", 3.0, Grade::D),
            ("Table, Writes", 2.5, Grade::C),
        ];
        assert_eq!(named, expected);
    }
}
