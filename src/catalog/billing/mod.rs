//! From usage to a bill, the way providers do it.
//!
//! Usage is summed in its scope before anything is priced: a meter (or the
//! pool that it names) per account and region, an allowance per account over
//! all regions. The sum is rounded up, the allowance is taken off, tiers
//! apply, then commitments, discounts and credits, and the line is shared back
//! to whoever caused it, in proportion, so that the parts of a line always add
//! up to it, to the last digit.
//!
//! Money and billed quantities are decimal. What cannot be priced becomes a
//! [`BillProblem`], never a silent zero; the total then reads "at least".

mod amount;
mod collect;
mod companion;
mod credit;
mod price;
mod scope;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rust_decimal::Decimal;

use super::{Catalog, FigureId, Grade, RegionId, Service, ServiceId};
use crate::expression::{ExpressionError, Quantity, number_text, with_commas};

pub use amount::{MAX_QUANTITY, decimal, to_cents};
pub use companion::companion_usage;
pub use scope::billed_after_daily_allowance;

/// Something that uses a service for a month.
#[derive(Clone, Debug, PartialEq)]
pub struct Consumer<'a> {
    /// Who pays its share: a node's id, or `node/companion`.
    pub owner: String,
    /// The service used.
    pub service: &'a Service,
    /// Where it is used.
    pub region: RegionId,
    /// Usage by term of the vocabulary. `hours` may be left out.
    pub usage: BTreeMap<String, Quantity>,
    /// Units of a meter, where they are known rather than computed from usage.
    pub units: BTreeMap<String, f64>,
}

/// Which allowances an account has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FreeTier {
    /// None: what the usage costs beside other usage that eats them up.
    None,
    /// Those that every account has for good.
    #[default]
    AlwaysOnly,
    /// Those of an account's first year as well.
    FirstYear,
}

/// What holds for the account that pays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    /// Allowances that the account has.
    pub free_tier: FreeTier,
    /// Hours in the month; none for each provider's own convention. [h]
    pub hours_per_month: Option<f64>,
    /// Units that the account already uses, which shift tiers and eat
    /// allowances but are not billed here. Keys are `aws.lambda/requests` (in
    /// the provider's default region), `aws.lambda/requests@eu-west-1`, or an
    /// allowance, `aws/free.lambda-requests`.
    pub already_used: BTreeMap<FigureId, f64>,
    /// Shares of the price that are not paid, from 0 to 1, by service or by
    /// provider; a service's own wins.
    pub discount: BTreeMap<String, f64>,
    /// Promises of use by service.
    pub commitments: BTreeMap<String, Promise>,
}

/// A commitment that the account has made.
#[derive(Clone, Debug, PartialEq)]
pub struct Promise {
    /// The key of the service's [`super::Commitment`].
    pub commitment: String,
    /// Share of the use that it covers, from 0 to 1; what is above is paid at
    /// the list price.
    pub coverage: f64,
}

/// A month's bill.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bill {
    /// One line per meter and region, by service.
    pub lines: Vec<BillLine>,
    /// What could not be priced.
    pub problems: Vec<BillProblem>,
}

/// One meter in one region for the account.
#[derive(Clone, Debug, PartialEq)]
pub struct BillLine {
    /// The service that bills it.
    pub service: ServiceId,
    /// The meter's id.
    pub meter: String,
    /// The meter as the provider's bill calls it.
    pub name: String,
    /// What one unit is.
    pub unit: String,
    /// Where it was used.
    pub region: RegionId,
    /// Units used. [unit]
    pub quantity: f64,
    /// Units covered by an allowance. [unit]
    pub free: f64,
    /// Units paid for: used, rounded up, less those covered. [unit]
    pub billed: f64,
    /// How the paid units fall into tiers.
    pub tiers: Vec<TierUse>,
    /// Share of the list price that is not paid, 0 to 1: commitments and
    /// discounts together.
    pub discount: f64,
    /// What a credit pays of it. [USD]
    pub credit: Decimal,
    /// The amount before rounding, credit taken off. [USD]
    pub exact: Decimal,
    /// The amount as billed, half-up to cents. [USD]
    pub rounded: Decimal,
    /// How the amount comes about; only where a trace was asked for.
    pub formula: Option<String>,
    /// The figures that the amount rests on.
    pub figures: BTreeSet<FigureId>,
    /// Keys of their sources in the provider's list.
    pub sources: BTreeSet<String>,
    /// The weakest of their grades; none if it rests on no figure.
    pub grade: Option<Grade>,
    /// Who caused it; amounts add up to [`Self::exact`].
    pub shares: Vec<Share>,
}

/// The units of a line that fall into one tier.
#[derive(Clone, Debug, PartialEq)]
pub struct TierUse {
    /// The price.
    pub figure: FigureId,
    /// Its value, for [`Self::per`] units. [USD]
    pub usd: Decimal,
    /// Units that the price is for. [unit]
    pub per: f64,
    /// Units at this price. [unit]
    pub quantity: f64,
    /// What they cost at list price. [USD]
    pub exact: Decimal,
}

/// One consumer's part of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The consumer.
    pub owner: String,
    /// Units that it used. [unit]
    pub quantity: f64,
    /// Its part of the line. [USD]
    pub exact: Decimal,
    /// The meter's formula with live numbers; only where a trace was asked for.
    pub formula: Option<String>,
}

/// Something that keeps a bill from being complete.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BillProblem {
    /// Nobody has recorded what it costs there.
    #[error("the price of {service}, {name}, in `{region}` is not known")]
    MissingPrice {
        /// The service.
        service: ServiceId,
        /// The meter's id.
        meter: String,
        /// The meter's name.
        name: String,
        /// The region without a price.
        region: RegionId,
        /// Units that are not priced. [unit]
        quantity: f64,
        /// Who uses it.
        owners: Vec<String>,
    },
    /// The quantity could not be computed.
    #[error("`{owner}`: the use of {service}, {meter}, cannot be computed: {error}")]
    Formula {
        /// The consumer.
        owner: String,
        /// The service.
        service: ServiceId,
        /// The meter's id.
        meter: String,
        /// Why.
        error: ExpressionError,
    },
    /// The quantity is negative, not a number, or beyond any bill.
    #[error(
        "`{owner}`: the use of {service}, {meter}, comes to {}, which cannot be billed",
        number_text(*quantity)
    )]
    Quantity {
        /// The consumer.
        owner: String,
        /// The service.
        service: ServiceId,
        /// The meter's id.
        meter: String,
        /// The quantity.
        quantity: f64,
    },
    /// The amount has more digits than can be held.
    #[error("{service}, {meter}, in `{region}`: the amount is too large to be computed")]
    Overflow {
        /// The service.
        service: ServiceId,
        /// The meter's id.
        meter: String,
        /// The region.
        region: RegionId,
    },
    /// A discount is not between 0 and 1.
    #[error("the discount on `{key}` is {value}, expected a share from 0 to 1")]
    Discount {
        /// What it is on.
        key: String,
        /// Its value.
        value: f64,
    },
    /// A commitment that the service does not offer, or cannot cover so much.
    #[error("the commitment `{commitment}` on `{key}` is left out: {reason}")]
    Commitment {
        /// The service.
        key: String,
        /// What was named.
        commitment: String,
        /// Why.
        reason: &'static str,
    },
    /// An entry of [`Terms::already_used`] means nothing.
    #[error("the usage that the account already has of `{key}` is left out: {reason}")]
    AlreadyUsed {
        /// The entry.
        key: FigureId,
        /// Why.
        reason: &'static str,
    },
}

/// Bills a month.
///
/// With `trace` lines and shares carry their formulas as text, which costs
/// time that a sweep does not want to spend.
pub fn bill<'a>(
    catalog: &'a Catalog,
    consumers: &'a [Consumer<'a>],
    terms: &'a Terms,
    trace: bool,
) -> Bill {
    let mut problems = Vec::new();
    let mut uses = collect::collect(catalog, consumers, terms, trace, &mut problems);
    scope::take_off_allowances(catalog, terms, &mut uses);
    price::check_terms(catalog, terms, &mut problems);
    let mut lines = price::lines(terms, &uses, &mut problems);
    credit::take_off(catalog, terms, &mut lines);
    let lines = lines.into_iter().map(|line| line.finish(trace)).collect();
    Bill { lines, problems }
}

impl BillProblem {
    /// Whether it leaves something out of the bill; if not, it is about terms
    /// that are ignored.
    pub fn is_unpriced(&self) -> bool {
        match self {
            Self::MissingPrice { .. }
            | Self::Formula { .. }
            | Self::Quantity { .. }
            | Self::Overflow { .. } => true,
            Self::Discount { .. } | Self::Commitment { .. } | Self::AlreadyUsed { .. } => false,
        }
    }
}

impl Bill {
    /// Whether everything used has a price; if not, the total is a lower bound.
    pub fn is_complete(&self) -> bool {
        !self.problems.iter().any(BillProblem::is_unpriced)
    }

    /// The amount due: lines rounded as the provider does, then summed. [USD]
    pub fn total(&self) -> Decimal {
        sum(self.lines.iter().map(|line| line.rounded))
    }

    /// The sum before rounding, which owners' parts add up to. [USD]
    pub fn exact_total(&self) -> Decimal {
        sum(self.lines.iter().map(|line| line.exact))
    }

    /// What each owner causes, before rounding. [USD]
    pub fn by_owner(&self) -> BTreeMap<&str, Decimal> {
        let mut owners = BTreeMap::new();
        for share in self.lines.iter().flat_map(|line| &line.shares) {
            let amount: &mut Decimal = owners.entry(share.owner.as_str()).or_default();
            *amount = amount.saturating_add(share.exact);
        }
        owners
    }

    /// The weakest grade that the total rests on.
    pub fn grade(&self) -> Option<Grade> {
        self.lines.iter().filter_map(|line| line.grade).max()
    }
}

impl fmt::Display for Bill {
    /// The total: `$3.33`, or `at least $3.33`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = if self.is_complete() { "" } else { "at least " };
        write!(
            f,
            "{bound}${}",
            with_commas(&format!("{:.2}", self.total()))
        )
    }
}

fn sum(amounts: impl Iterator<Item = Decimal>) -> Decimal {
    amounts.fold(Decimal::ZERO, Decimal::saturating_add)
}
