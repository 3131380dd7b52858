//! The usage that a service's companion causes.

use std::collections::BTreeMap;

use crate::catalog::{Companion, Service, vocabulary};
use crate::expression::{Environment, ExpressionError, Quantity};

/// What a companion uses of its own service (`target`), given the usage of the
/// service that brings it along; none where it is absent.
///
/// Terms that the companion does not mention are 0: it causes what it says and
/// nothing else. `hours` is left to the bill.
///
/// # Errors
///
/// When a formula has no value, such as for a term that is missing in `usage`.
pub fn companion_usage(
    companion: &Companion,
    target: &Service,
    usage: &dyn Environment,
) -> Result<Option<BTreeMap<String, Quantity>>, ExpressionError> {
    if let Some(when) = &companion.when
        && when.evaluate(usage)? == 0.0
    {
        return Ok(None);
    }
    let terms = vocabulary::COMMON
        .iter()
        .chain(vocabulary::of(target.archetype))
        .filter(|term| term.name != "hours");
    let mut caused: BTreeMap<_, _> = terms
        .map(|term| (term.name.to_owned(), Quantity::Number(0.0)))
        .collect();
    for (term, formula) in &companion.usage {
        caused.insert(term.clone(), formula.quantity(usage)?);
    }
    Ok(Some(caused))
}
