//! Every figure of a catalog, one after the other: ids, lists, overrides.
//!
//! One walk knows where figures are. It exists for reading and for writing,
//! from a single text, so that a figure with an id is a figure in the list.

use super::service::Usd;
use super::sourced::{FigureId, Grade, Source, Sourced};
use super::{
    Allowance, AllowancePeriod, Catalog, Compute, Limit, LimitKind, Meter, Operation, Polling,
    Provider, ProviderId, Scaling, Service, billing,
};
use crate::expression::number_text;
use crate::law::Law;

/// One figure, ready to be listed.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureRef<'a> {
    /// Stable address.
    pub id: FigureId,
    /// The value for people.
    pub value: String,
    /// Its unit: `USD per 1,000,000 request`, `MB`, `ms` …
    pub unit: String,
    /// What it is, for people.
    pub what: String,
    /// Key of its source in the provider's list.
    pub source: &'a str,
    /// Its source; there for every catalog that was checked.
    pub origin: Option<&'a Source>,
    /// How far to trust it.
    pub grade: Grade,
}

/// Why a figure could not be overridden.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverrideError {
    /// No price has this id.
    #[error("no price in the catalog is called `{0}`")]
    Unknown(FigureId),
    /// The value is no price.
    #[error("`{0}` is not a price: expected a number of USD, 0 or more")]
    NotAPrice(String),
    /// No allowance has this id.
    #[error("no allowance in the catalog is called `{0}`")]
    UnknownAllowance(FigureId),
    /// The value is no quantity.
    #[error("`{0}` is not a free quantity: expected a number of 0 or more")]
    NotAQuantity(String),
}

impl Catalog {
    /// Every figure of every provider and service, by provider, then service.
    pub fn figures(&self) -> Vec<FigureRef<'_>> {
        let mut figures = Vec::new();
        for provider in self.providers.values() {
            Self::add_provider(provider, &mut figures);
        }
        for service in self.services.values() {
            self.add_service(service, &mut figures);
        }
        figures
    }

    /// Every figure of a provider itself: allowances and credits.
    pub fn provider_figures(&self, provider: &ProviderId) -> Vec<FigureRef<'_>> {
        let mut figures = Vec::new();
        if let Some(provider) = self.providers.get(provider) {
            Self::add_provider(provider, &mut figures);
        }
        figures
    }

    /// Every figure of a service.
    pub fn service_figures<'a>(&'a self, service: &'a Service) -> Vec<FigureRef<'a>> {
        let mut figures = Vec::new();
        self.add_service(service, &mut figures);
        figures
    }

    /// The figure of an id.
    pub fn figure(&self, id: &FigureId) -> Option<FigureRef<'_>> {
        let owner = id.0.split(['/', '#']).next()?;
        let mut figures = Vec::new();
        if let Some(provider) = self.providers.get(owner) {
            Self::add_provider(provider, &mut figures);
        }
        if let Some(service) = self.services.get(owner) {
            self.add_service(service, &mut figures);
        }
        figures.into_iter().find(|figure| figure.id == *id)
    }

    /// Replaces a price by somebody's own, which is then an assumption (grade
    /// M) with the source `override`.
    ///
    /// # Errors
    ///
    /// When no price has this id or the value is negative or not finite.
    pub fn with_override(&mut self, figure: &FigureId, usd: f64) -> Result<(), OverrideError> {
        let price = billing::decimal(usd)
            .filter(|price| !price.is_sign_negative() || price.is_zero())
            .ok_or_else(|| OverrideError::NotAPrice(usd.to_string()))?;
        let unknown = || OverrideError::Unknown(figure.clone());
        let owner = figure.0.split('/').next().ok_or_else(unknown)?;
        let service = self.services.get_mut(owner).ok_or_else(unknown)?;
        let tier = service
            .meters
            .iter_mut()
            .flat_map(|meter| meter.prices.values_mut().flatten())
            .find(|tier| tier.usd.id == *figure)
            .ok_or_else(unknown)?;
        tier.usd.value = Usd(price);
        tier.usd.grade = Grade::M;
        OVERRIDE.clone_into(&mut tier.usd.source);
        if let Some(provider) = self.providers.get_mut(&service.id.provider()) {
            set_by_hand(provider);
        }
        Ok(())
    }

    /// Replaces a free quantity by another, as with [`Self::with_override`].
    ///
    /// # Errors
    ///
    /// When no allowance has this id or the value is negative or not finite.
    pub fn with_allowance(
        &mut self,
        figure: &FigureId,
        quantity: f64,
    ) -> Result<(), OverrideError> {
        if !(quantity.is_finite() && quantity >= 0.0) {
            return Err(OverrideError::NotAQuantity(quantity.to_string()));
        }
        let unknown = || OverrideError::UnknownAllowance(figure.clone());
        let (owner, key) = figure.0.split_once("/free.").ok_or_else(unknown)?;
        let provider = self.providers.get_mut(owner).ok_or_else(unknown)?;
        let allowance = provider.allowances.get_mut(key).ok_or_else(unknown)?;
        allowance.quantity.value = quantity;
        allowance.quantity.grade = Grade::M;
        OVERRIDE.clone_into(&mut allowance.quantity.source);
        set_by_hand(provider);
        Ok(())
    }

    fn add_provider<'a>(provider: &'a Provider, list: &mut Vec<FigureRef<'a>>) {
        reading::provider(provider, &mut |place, figure| {
            list.push(listed(place, figure, provider.sources.get(figure.source())));
        });
    }

    fn add_service<'a>(&'a self, service: &'a Service, list: &mut Vec<FigureRef<'a>>) {
        let provider = service.id.provider();
        reading::service(service, &mut |place, figure| {
            list.push(listed(
                place,
                figure,
                self.source(&provider, figure.source()),
            ));
        });
    }
}

/// Key of the source of figures that a person set.
const OVERRIDE: &str = "override";

/// Gives a provider the source that stands for a person's own figures.
fn set_by_hand(provider: &mut Provider) {
    let source = || Source {
        title: "Set by hand in place of the catalog's figure".to_owned(),
        url: String::new(),
        checked: String::new(),
    };
    provider
        .sources
        .entry(OVERRIDE.to_owned())
        .or_insert_with(source);
}

fn listed<'a>(place: Place, figure: &'a dyn Figure, origin: Option<&'a Source>) -> FigureRef<'a> {
    FigureRef {
        id: figure.id().clone(),
        value: figure.text(),
        unit: place.unit,
        what: place.what,
        source: figure.source(),
        origin,
        grade: figure.grade(),
    }
}

/// Gives every figure of a provider its id.
pub(super) fn assign_to_provider(provider: &mut Provider) {
    writing::provider(provider, &mut |place, figure| {
        figure.set_id(FigureId(place.id));
    });
}

/// Gives every figure of a service its id.
pub(super) fn assign_to_service(service: &mut Service) {
    writing::service(service, &mut |place, figure| {
        figure.set_id(FigureId(place.id));
    });
}

/// Where a figure stands and what it is.
pub(super) struct Place {
    pub id: String,
    pub what: String,
    pub unit: String,
}

impl Place {
    fn new(id: String, what: String, unit: impl Into<String>) -> Self {
        let unit = unit.into();
        Self { id, what, unit }
    }
}

/// A sourced value of any type.
pub(super) trait Figure {
    fn id(&self) -> &FigureId;
    fn set_id(&mut self, id: FigureId);
    fn text(&self) -> String;
    fn source(&self) -> &str;
    fn grade(&self) -> Grade;
    /// Why the value cannot be right.
    fn fault(&self) -> Option<String>;
}

impl<T: Value> Figure for Sourced<T> {
    fn id(&self) -> &FigureId {
        &self.id
    }
    fn set_id(&mut self, id: FigureId) {
        self.id = id;
    }
    fn text(&self) -> String {
        self.value.text()
    }
    fn source(&self) -> &str {
        &self.source
    }
    fn grade(&self) -> Grade {
        self.grade
    }
    fn fault(&self) -> Option<String> {
        self.value.fault()
    }
}

/// What a figure can be.
pub(super) trait Value {
    fn text(&self) -> String;
    fn fault(&self) -> Option<String> {
        None
    }
}

impl Value for f64 {
    fn text(&self) -> String {
        number_text(*self)
    }
    fn fault(&self) -> Option<String> {
        let fits = self.is_finite() && *self >= 0.0;
        (!fits).then(|| format!("is {self}, expected a number of 0 or more"))
    }
}

impl Value for Vec<(f64, f64)> {
    fn text(&self) -> String {
        let steps = self
            .iter()
            .map(|(at, value)| format!("{}: {}", number_text(*at), number_text(*value)));
        steps.collect::<Vec<_>>().join(", ")
    }
    fn fault(&self) -> Option<String> {
        let ascends = self.windows(2).all(|pair| match pair {
            [(a, x), (b, y)] => a < b && x <= y,
            _ => true,
        });
        let above_zero = self.iter().all(|(at, value)| *at > 0.0 && *value > 0.0);
        let fits = !self.is_empty() && ascends && above_zero;
        (!fits).then(|| "expected steps above 0 that ascend".to_owned())
    }
}

impl Value for u32 {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Value for bool {
    fn text(&self) -> String {
        if *self { "yes" } else { "no" }.to_owned()
    }
}

impl Value for Usd {
    fn text(&self) -> String {
        self.0.to_string()
    }
    fn fault(&self) -> Option<String> {
        let negative = self.0.is_sign_negative() && !self.0.is_zero();
        negative.then(|| format!("is {}, expected a price of 0 or more", self.0))
    }
}

impl Value for Law {
    fn text(&self) -> String {
        match self {
            Law::Fixed(time) => number_text(time.0),
            Law::Lognormal { p50, p99 } => {
                format!("p50 {}, p99 {}", number_text(p50.0), number_text(p99.0))
            }
            Law::Exponential { mean } => format!("mean {}", number_text(mean.0)),
            Law::Quantiles(points) => points
                .iter()
                .map(|(p, time)| format!("p{} {}", number_text(p * 100.0), number_text(time.0)))
                .collect::<Vec<_>>()
                .join(", "),
        }
    }
    fn fault(&self) -> Option<String> {
        self.validate().err().map(|error| error.to_string())
    }
}

/// `LimitKind` and `Operation` are called by their names in ids.
fn word(kind: impl std::fmt::Debug) -> String {
    format!("{kind:?}")
}

fn limit_unit(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::Concurrency => "executions",
        LimitKind::RequestRate => "requests/s",
        LimitKind::Burst => "requests",
        LimitKind::Timeout => "ms",
        LimitKind::RequestPayload | LimitKind::ResponsePayload | LimitKind::EventPayload => "KB",
        LimitKind::WriteRate | LimitKind::PartitionWriteRate => "writes/s",
        LimitKind::ReadRate | LimitKind::PartitionReadRate => "reads/s",
        LimitKind::InFlight | LimitKind::Batch => "messages",
        LimitKind::Package => "MB",
        LimitKind::Steps => "steps",
        LimitKind::Retention => "s",
        LimitKind::ConnectionRate => "connections/s",
    }
}

fn price_place(service: &str, meter: (&str, &str), unit: &str, region: &str, tier: usize) -> Place {
    let (id, name) = meter;
    let (mut id, mut what) = (format!("{service}/{id}"), format!("{service}: {name}"));
    if tier > 1 {
        id.push_str(&format!(".{tier}"));
        what.push_str(&format!(", tier {tier}"));
    }
    if region != "*" {
        id.push_str(&format!("@{region}"));
        what.push_str(&format!(", {region}"));
    }
    Place::new(id, what, unit)
}

fn price_unit(per: f64, unit: &str) -> String {
    if per == 1.0 {
        format!("USD per {unit}")
    } else {
        format!("USD per {} {unit}", number_text(per))
    }
}

macro_rules! walk {
    ($module:ident $(, $mutable:ident)?) => {
        /// Visits figures in the order of their files.
        pub(super) mod $module {
            use super::*;

            type Visit<'v, 'a> = dyn FnMut(Place, &'a $($mutable)? dyn Figure) + 'v;

            pub(in crate::catalog) fn provider<'a>(
                provider: &'a $($mutable)? Provider,
                visit: &mut Visit<'_, 'a>,
            ) {
                let Provider { id, allowances, credits, .. } = provider;
                for (key, allowance) in allowances {
                    let Allowance { name, quantity, period, .. } = allowance;
                    let unit = match period {
                        AllowancePeriod::Month => "free per month",
                        AllowancePeriod::Day => "free per day",
                    };
                    visit(Place::new(format!("{id}/free.{key}"), name.to_string(), unit), quantity);
                }
                for (key, credit) in credits {
                    let what = credit.name.to_string();
                    let place = Place::new(format!("{id}/credit.{key}"), what, "USD per month");
                    visit(place, & $($mutable)? credit.usd);
                }
            }

            pub(in crate::catalog) fn service<'a>(
                service: &'a $($mutable)? Service,
                visit: &mut Visit<'_, 'a>,
            ) {
                let Service {
                    id, timing, limits, compute, polling, scaling, meters, commitments, ..
                } = service;
                let id = id.as_str();
                for (operation, law) in timing {
                    let operation: Operation = *operation;
                    let address = format!("{id}#timing.{}", word(operation));
                    visit(Place::new(address, format!("{id}: {}", word(operation)), "ms"), law);
                }
                for (kind, Limit { value, .. }) in limits {
                    let address = format!("{id}#limit.{}", word(*kind));
                    let what = format!("{id}: limit {}", word(*kind));
                    visit(Place::new(address, what, limit_unit(*kind)), value);
                }
                if let Some(compute) = compute {
                    self::compute(id, compute, visit);
                }
                if let Some(polling) = polling {
                    self::polling(id, polling, visit);
                }
                if let Some(scaling) = scaling {
                    self::scaling(id, scaling, visit);
                }
                for (key, commitment) in commitments {
                    let address = format!("{id}#commitment.{key}");
                    let what = format!("{id}: {}", commitment.name);
                    let place = Place::new(address, what, "share of the price");
                    visit(place, & $($mutable)? commitment.discount);
                }
                for meter in meters {
                    self::meter(id, meter, visit);
                }
            }

            fn meter<'a>(
                service: &str,
                meter: &'a $($mutable)? Meter,
                visit: &mut Visit<'_, 'a>,
            ) {
                let Meter { id, name, unit, per, prices, assumes, .. } = meter;
                for (word, figure) in assumes {
                    let address = format!("{service}/{id}#{word}");
                    let what = format!("{service}: {name}, {}", word.replace('_', " "));
                    visit(Place::new(address, what, "in its formula"), figure);
                }
                let unit = price_unit(*per, unit);
                for (region, tiers) in prices {
                    for (index, tier) in tiers.into_iter().enumerate() {
                        let meter = (id.as_str(), name.as_str());
                        let place = price_place(service, meter, &unit, region.as_str(), index + 1);
                        visit(place, & $($mutable)? tier.usd);
                    }
                }
            }

            fn compute<'a>(
                service: &str,
                compute: &'a $($mutable)? Compute,
                visit: &mut Visit<'_, 'a>,
            ) {
                let Compute { init, init_image, restore, lifetime, .. } = compute;
                let groups = [("init", init), ("init-image", init_image), ("restore", restore)];
                for (group, laws) in groups {
                    for (runtime, law) in laws {
                        let address = format!("{service}#{group}.{runtime}");
                        let what = format!("{service}: {group} of {runtime}");
                        visit(Place::new(address, what, "ms"), law);
                    }
                }
                let single: [(&str, &str, &'a $($mutable)? dyn Figure); 7] = [
                    ("full-core-memory", "MB", & $($mutable)? compute.full_core_memory),
                    ("allocation", "ms", & $($mutable)? compute.allocation),
                    ("init-billed", "yes or no", & $($mutable)? compute.init_billed),
                    ("idle-timeout", "s", & $($mutable)? compute.idle_timeout),
                    ("start-burst", "instances", & $($mutable)? compute.start_burst),
                    ("start-rate", "instances/s", & $($mutable)? compute.start_rate),
                    ("async-retries", "retries", & $($mutable)? compute.async_retries),
                ];
                for (name, unit, figure) in single {
                    visit(named(service, name, unit), figure);
                }
                if let Some(lifetime) = lifetime {
                    visit(named(service, "lifetime", "s"), lifetime);
                }
                if let Some(steps) = & $($mutable)? compute.cpu_steps {
                    visit(named(service, "cpu-steps", "MB: cores"), steps);
                }
                if let Some(concurrency) = & $($mutable)? compute.concurrency {
                    visit(named(service, "concurrency", "requests"), concurrency);
                }
                if let Some(steps) = & $($mutable)? compute.default_concurrency {
                    visit(named(service, "default-concurrency", "MB: requests"), steps);
                }
            }

            fn scaling<'a>(
                service: &str,
                scaling: &'a $($mutable)? Scaling,
                visit: &mut Visit<'_, 'a>,
            ) {
                let Scaling { minimum, maximum, step, pause_after, resume } = scaling;
                visit(named(service, "scaling.minimum", "units"), minimum);
                visit(named(service, "scaling.maximum", "units"), maximum);
                visit(named(service, "scaling.step", "units"), step);
                if let Some(after) = pause_after {
                    visit(named(service, "scaling.pause-after", "s"), after);
                }
                if let Some(resume) = resume {
                    visit(named(service, "scaling.resume", "ms"), resume);
                }
            }

            fn polling<'a>(
                service: &str,
                polling: &'a $($mutable)? Polling,
                visit: &mut Visit<'_, 'a>,
            ) {
                let single: [(&str, &str, &'a $($mutable)? dyn Figure); 5] = [
                    ("polling.idle-pollers", "pollers", & $($mutable)? polling.idle_pollers),
                    ("polling.wait", "s", & $($mutable)? polling.wait),
                    ("polling.start", "consumers", & $($mutable)? polling.start),
                    ("polling.ramp", "consumers/min", & $($mutable)? polling.ramp),
                    ("polling.maximum", "consumers", & $($mutable)? polling.maximum),
                ];
                for (name, unit, figure) in single {
                    visit(named(service, name, unit), figure);
                }
            }
        }
    };
}

fn named(service: &str, name: &str, unit: &str) -> Place {
    let what = format!("{service}: {}", name.replace(['-', '.'], " "));
    Place::new(format!("{service}#{name}"), what, unit)
}

walk!(reading);
walk!(writing, mut);
