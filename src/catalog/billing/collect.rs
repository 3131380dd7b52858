//! Usage summed per meter and region.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::amount::{MAX_QUANTITY, decimal, round_up};
use super::{BillProblem, Consumer, Terms};
use crate::catalog::{Catalog, Combine, FigureId, Meter, ProviderId, RegionId, Service, Sourced};
use crate::expression::{Environment, ExpressionError, Quantity, number_text};
use crate::units::HOURS_PER_MONTH;

/// One meter in one region: who used how much, and what was used before.
pub(super) struct MeterUse<'a> {
    pub service: &'a Service,
    pub meter: &'a Meter,
    pub region: RegionId,
    pub consumers: Vec<Part<'a>>,
    /// Units of all consumers, added up as the meter says.
    pub sum: Decimal,
    /// The sum, rounded up as the meter says.
    pub counted: Decimal,
    /// Units of `counted` that an allowance covers.
    pub free: Decimal,
    /// What the allowance is called and where it is from, if it covers any.
    pub allowance: Option<&'a Sourced<f64>>,
    /// Whether any use was computed by the meter's formula.
    pub by_formula: bool,
    /// Units that the account uses besides.
    pub before: Decimal,
}

/// One consumer's use of a meter.
pub(super) struct Part<'a> {
    pub owner: &'a str,
    pub quantity: Decimal,
    pub formula: Option<String>,
}

impl<'a> MeterUse<'a> {
    fn new(service: &'a Service, meter: &'a Meter, region: RegionId) -> Self {
        Self {
            service,
            meter,
            region,
            consumers: Vec::new(),
            sum: Decimal::ZERO,
            counted: Decimal::ZERO,
            free: Decimal::ZERO,
            allowance: None,
            by_formula: false,
            before: Decimal::ZERO,
        }
    }

    /// Units that are paid for: what the allowance leaves, rounded up as the
    /// meter says.
    pub(super) fn billed(&self) -> Decimal {
        let left = self.counted - self.free;
        decimal(self.meter.round_billed)
            .and_then(|step| round_up(left, step))
            .unwrap_or(left)
    }

    pub(super) fn overflow(&self) -> BillProblem {
        BillProblem::Overflow {
            service: self.service.id.clone(),
            meter: self.meter.id.clone(),
            region: self.region.clone(),
        }
    }

    /// Adds one consumer's units, or says no where the sum cannot be held.
    fn add(&mut self, part: Part<'a>) -> Option<()> {
        self.sum = match self.meter.combine {
            Combine::Sum => self.sum.checked_add(part.quantity)?,
            Combine::Highest => self.sum.max(part.quantity),
        };
        self.counted = round_up(self.sum, decimal(self.meter.round_up)?)?;
        self.consumers.push(part);
        Some(())
    }
}

/// Hours in the month that a provider bills by.
pub(super) fn hours(catalog: &Catalog, terms: &Terms, provider: &ProviderId) -> f64 {
    let own = || catalog.providers.get(provider).map(|p| p.hours_per_month);
    terms
        .hours_per_month
        .or_else(own)
        .unwrap_or(HOURS_PER_MONTH)
}

/// Sums all usage, in the order of services, meters and regions.
pub(super) fn collect<'a>(
    catalog: &'a Catalog,
    consumers: &'a [Consumer<'a>],
    terms: &'a Terms,
    trace: bool,
    problems: &mut Vec<BillProblem>,
) -> Vec<MeterUse<'a>> {
    let mut collector = Collector {
        catalog,
        terms,
        trace,
        uses: BTreeMap::new(),
        problems,
    };
    for consumer in consumers {
        collector.consumer(consumer);
    }
    for (key, quantity) in &terms.already_used {
        if let Err(reason) = collector.already_used(key, *quantity) {
            let key = key.clone();
            collector
                .problems
                .push(BillProblem::AlreadyUsed { key, reason });
        }
    }
    collector.uses.into_values().collect()
}

struct Collector<'a, 'p> {
    catalog: &'a Catalog,
    terms: &'a Terms,
    trace: bool,
    uses: BTreeMap<(&'a str, usize, RegionId), MeterUse<'a>>,
    problems: &'p mut Vec<BillProblem>,
}

impl<'a> Collector<'a, '_> {
    fn consumer(&mut self, consumer: &'a Consumer<'a>) {
        let hours = hours(self.catalog, self.terms, &consumer.service.id.provider());
        for (index, meter) in consumer.service.meters.iter().enumerate() {
            let names = Names {
                usage: &consumer.usage,
                assumes: &meter.assumes,
                hours,
            };
            let given = consumer.units.get(&meter.id).copied();
            match given.map_or_else(|| quantity(meter, &names), Ok) {
                Ok(quantity) => self.used(consumer, index, meter, quantity, &names),
                Err(error) => self.problems.push(BillProblem::Formula {
                    owner: consumer.owner.clone(),
                    service: consumer.service.id.clone(),
                    meter: meter.id.clone(),
                    error,
                }),
            }
        }
    }

    fn used(
        &mut self,
        consumer: &'a Consumer<'a>,
        index: usize,
        meter: &'a Meter,
        quantity: f64,
        names: &Names,
    ) {
        let Some(units) = billable(quantity) else {
            self.problems.push(BillProblem::Quantity {
                owner: consumer.owner.clone(),
                service: consumer.service.id.clone(),
                meter: meter.id.clone(),
                quantity,
            });
            return;
        };
        if units.is_zero() {
            return;
        }
        let part = Part {
            owner: &consumer.owner,
            quantity: units,
            formula: self.trace.then(|| match consumer.units.get(&meter.id) {
                Some(given) => format!("{} {} as given", number_text(*given), meter.unit),
                None => meter.quantity.with_numbers(names),
            }),
        };
        let by_formula = !consumer.units.contains_key(&meter.id);
        let used = self.entry(consumer.service, index, meter, consumer.region.clone());
        used.by_formula |= by_formula;
        if used.add(part).is_none() {
            let problem = used.overflow();
            self.problems.push(problem);
        }
    }

    fn already_used(&mut self, key: &FigureId, quantity: f64) -> Result<(), &'static str> {
        let units = billable(quantity).ok_or("it is not a quantity of 0 or more")?;
        let (owner, rest) = key.0.split_once('/').ok_or("expected `service/meter`")?;
        if let Some(provider) = self.catalog.providers.get(owner) {
            let known = rest
                .strip_prefix("free.")
                .is_some_and(|a| provider.allowances.contains_key(a));
            return known.then_some(()).ok_or("there is no such allowance");
        }
        let service = self
            .catalog
            .services
            .get(owner)
            .ok_or("there is no such service")?;
        let (id, region) = match rest.split_once('@') {
            Some((id, region)) => (id, RegionId::from(region)),
            None => (rest, self.default_region(service)?),
        };
        let mut meters = service.meters.iter().enumerate();
        let (index, meter) = meters
            .find(|(_, meter)| meter.id == id)
            .ok_or("the service has no such meter")?;
        let used = self.entry(service, index, meter, region);
        used.before = used.before.saturating_add(units);
        Ok(())
    }

    fn default_region(&self, service: &Service) -> Result<RegionId, &'static str> {
        let provider = self.catalog.providers.get(&service.id.provider());
        provider
            .map(|provider| provider.default_region.clone())
            .ok_or("its provider is not known")
    }

    fn entry(
        &mut self,
        service: &'a Service,
        index: usize,
        meter: &'a Meter,
        region: RegionId,
    ) -> &mut MeterUse<'a> {
        self.uses
            .entry((service.id.as_str(), index, region.clone()))
            .or_insert_with(|| MeterUse::new(service, meter, region))
    }
}

/// Units of a meter; none where it does not apply.
fn quantity(meter: &Meter, names: &Names) -> Result<f64, ExpressionError> {
    match &meter.when {
        Some(when) if when.evaluate(names)? == 0.0 => Ok(0.0),
        _ => meter.quantity.evaluate(names),
    }
}

/// A quantity that a bill can hold. A hair below zero is float noise.
fn billable(quantity: f64) -> Option<Decimal> {
    if (-1e-6..0.0).contains(&quantity) {
        return Some(Decimal::ZERO);
    }
    (0.0..=MAX_QUANTITY)
        .contains(&quantity)
        .then(|| decimal(quantity))
        .flatten()
}

/// A consumer's usage and what its meter assumes; the hours of the month are
/// known to everybody.
struct Names<'a> {
    usage: &'a BTreeMap<String, Quantity>,
    assumes: &'a BTreeMap<String, Sourced<f64>>,
    hours: f64,
}

impl Environment for Names<'_> {
    fn quantity(&self, name: &str) -> Option<Quantity> {
        match self.usage.get(name) {
            None if name == "hours" => Some(Quantity::Number(self.hours)),
            None => Some(Quantity::Number(self.assumes.get(name)?.value)),
            quantity => quantity.cloned(),
        }
    }
}
