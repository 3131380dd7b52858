//! The bill: usage of every node and its companions, priced in its scope.

use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;

use crate::catalog::billing::{self, Bill, Consumer, FreeTier, Promise, Terms};
use crate::catalog::{Companion, RegionId, Service};
use crate::design::Settings;
use crate::expression::Quantity;

use super::Analysis;
use super::usage::{self, Usage};

/// Something that cannot be computed about a companion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanionProblem {
    /// `node/companion`.
    pub owner: String,
    /// Why.
    pub error: String,
}

/// A bill with what was left out of it.
pub struct Priced {
    /// The bill.
    pub bill: Bill,
    /// Companions that could not be computed.
    pub problems: Vec<CompanionProblem>,
    /// Calls of third parties: node, USD per month, calls per month.
    pub third_parties: Vec<(NodeIndex, f64, f64)>,
}

/// Prices what an analysed system uses over `seconds`.
pub fn price(analysis: &Analysis<'_>, terms: &Terms, seconds: f64, trace: bool) -> Priced {
    let mut problems = Vec::new();
    let mut consumers = Vec::new();
    let mut third_parties = Vec::new();
    for node in analysis.system.graph.node_indices() {
        let station = &analysis.system.graph[node];
        if let Settings::External(external) = &station.settings {
            let calls = analysis.arrivals_mean(node) * seconds;
            let usd = calls * external.price();
            if !(0.0..=billing::MAX_QUANTITY).contains(&usd) {
                problems.push(CompanionProblem {
                    owner: station.id.to_string(),
                    error: format!("{calls} calls cannot be billed"),
                });
            } else if external.price() > 0.0 {
                third_parties.push((node, usd, calls));
            }
        }
        let Some(service) = station.service else {
            continue;
        };
        let usage = usage::usage(analysis, node, seconds);
        for companion in &service.companions {
            match caused(analysis, node, companion, &usage) {
                Ok(Some(consumer)) => consumers.push(consumer),
                Ok(None) => {}
                Err(error) => problems.push(error),
            }
        }
        consumers.extend(egress(analysis, node, seconds));
        consumers.push(Consumer {
            owner: station.id.to_string(),
            service,
            region: station.region.clone(),
            usage,
            units: BTreeMap::new(),
        });
    }
    Priced {
        bill: billing::bill(analysis.system.catalog, &consumers, terms, trace),
        problems,
        third_parties,
    }
}

/// The terms that a design's environment sets.
pub fn terms(analysis: &Analysis<'_>) -> Terms {
    let environment = &analysis.system.environment;
    // First-year allowances are not counted: AWS ended them for new accounts in
    // July 2025, and an older account's year is over.
    let free_tier = if environment.free_tier {
        FreeTier::AlwaysOnly
    } else {
        FreeTier::None
    };
    Terms {
        free_tier,
        hours_per_month: None,
        already_used: environment.already_used.clone(),
        discount: environment
            .discounts
            .iter()
            .map(|(service, share)| (service.to_string(), *share))
            .collect(),
        commitments: environment
            .commitments
            .iter()
            .map(|(service, own)| {
                let promise = Promise {
                    commitment: own.plan.clone(),
                    coverage: own.coverage,
                };
                (service.to_string(), promise)
            })
            .collect(),
    }
}

/// The name of a companion's switch and of its share of the bill.
pub fn companion_key(node: &str, companion: &str) -> String {
    format!("{node}/{companion}")
}

fn caused<'a>(
    analysis: &Analysis<'a>,
    node: NodeIndex,
    companion: &Companion,
    usage: &Usage,
) -> Result<Option<Consumer<'a>>, CompanionProblem> {
    let station = &analysis.system.graph[node];
    let owner = companion_key(station.id.as_str(), &companion.id);
    if analysis.system.companions_off.contains(&owner) {
        return Ok(None);
    }
    let Some(service) = analysis.system.catalog.services.get(&companion.service) else {
        return Ok(None);
    };
    let caused =
        billing::companion_usage(companion, service, usage).map_err(|error| CompanionProblem {
            owner: owner.clone(),
            error: error.to_string(),
        })?;
    Ok(caused.map(|usage| consumer(owner, service, &station.region, usage)))
}

/// Transfer to the internet, billed by the provider's own service for it.
fn egress<'a>(analysis: &Analysis<'a>, node: NodeIndex, seconds: f64) -> Option<Consumer<'a>> {
    let station = &analysis.system.graph[node];
    let owner = companion_key(station.id.as_str(), "egress");
    let catalog = analysis.system.catalog;
    let billed_by = catalog
        .providers
        .get(&station.provider)?
        .internet_egress
        .as_ref()?;
    let service = catalog.services.get(billed_by)?;
    let transfer = usage::egress(analysis, node, seconds);
    if transfer <= 0.0 || analysis.system.companions_off.contains(&owner) {
        return None;
    }
    let mut usage: Usage = [
        "requests", "payload", "response", "users", "ingested", "stored", "items",
    ]
    .into_iter()
    .map(|term| (term.to_owned(), Quantity::Number(0.0)))
    .collect();
    usage.insert("transfer".to_owned(), Quantity::Number(transfer));
    Some(consumer(owner, service, &station.region, usage))
}

fn consumer<'a>(
    owner: String,
    service: &'a Service,
    region: &RegionId,
    usage: BTreeMap<String, Quantity>,
) -> Consumer<'a> {
    Consumer {
        owner,
        service,
        region: region.clone(),
        usage,
        units: BTreeMap::new(),
    }
}
