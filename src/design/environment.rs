//! Where a design runs and under which terms, and what it should achieve.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::{FigureId, ProviderId, RegionId, ServiceId};

use super::NodeId;

/// Accounts, regions and commercial terms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Environment {
    /// The provider of nodes that name none.
    pub provider: ProviderId,
    /// The region of nodes that name none, by provider; the provider's default
    /// where missing.
    pub regions: BTreeMap<ProviderId, RegionId>,
    /// The day the account was opened, `YYYY-MM-DD`, for free-tier rules that
    /// depend on it; today only what is free for good is counted.
    pub account_opened: Option<String>,
    /// Whether any allowance is counted at all.
    pub free_tier: bool,
    /// Quotas raised by the provider, in the quota's unit.
    pub raised_limits: BTreeMap<FigureId, f64>,
    /// Discounts by service, 0 to 1.
    pub discounts: BTreeMap<ServiceId, f64>,
    /// Promises of use by service: savings plans, reservations.
    pub commitments: BTreeMap<ServiceId, Commitment>,
    /// Units per month that the account uses besides this design, by meter
    /// (`aws.lambda/requests`).
    pub already_used: BTreeMap<FigureId, f64>,
    /// Like environments: preview, staging. Multiplies the bill.
    pub copies: u32,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            provider: ProviderId::from("aws"),
            regions: BTreeMap::new(),
            account_opened: None,
            free_tier: true,
            raised_limits: BTreeMap::new(),
            discounts: BTreeMap::new(),
            commitments: BTreeMap::new(),
            already_used: BTreeMap::new(),
            copies: 1,
        }
    }
}

/// A promise of use that the account has made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// Which of the service's commitments: `savings-plan-1y` …
    pub plan: String,
    /// Share of the use that it covers, 0 to 1; the rest is paid at the list
    /// price.
    #[serde(default = "whole")]
    pub coverage: f64,
}

fn whole() -> f64 {
    1.0
}

/// What "good" means for a design.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Objectives {
    /// Most that a month may cost [USD].
    pub budget: Option<f64>,
    /// Latency objectives by trigger.
    pub latency: BTreeMap<NodeId, Vec<LatencyObjective>>,
    /// Largest share of requests that may fail.
    pub error_rate: Option<f64>,
}

/// "p99 below 300 ms".
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatencyObjective {
    /// 0.5, 0.95, 0.99 …
    pub percentile: f64,
    /// Upper limit [ms].
    pub millis: f64,
}
