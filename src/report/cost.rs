//! The bill as a report: shared back to nodes, with formulas and sources.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::analysis::Analysis;
use crate::analysis::cost::Priced;
use crate::catalog::ServiceId;
use crate::catalog::billing::{BillLine, Share, decimal, to_cents};
use crate::design::NodeId;
use crate::format;

use super::figures::Figures;
use super::{CostLine, CostReport};

/// Cost of the design and of each node.
pub struct Costs {
    /// The whole.
    pub report: CostReport,
    /// Node by node [USD/month].
    pub by_node: BTreeMap<NodeId, f64>,
}

impl Costs {
    /// The lines of one node; they are sorted by node.
    pub fn of_node(&self, node: &NodeId) -> &[CostLine] {
        let lines = &self.report.lines;
        let start = lines.partition_point(|line| line.node < *node);
        let end = lines.partition_point(|line| line.node <= *node);
        lines.get(start..end).unwrap_or_default()
    }
}

/// Writes the bill up; `copies` like environments each cost the same.
pub fn costs(figures: Figures<'_>, analysis: &Analysis<'_>, priced: &Priced, copies: u32) -> Costs {
    let copies = Decimal::from(copies.max(1));
    let mut lines: Vec<CostLine> = Vec::new();
    for line in &priced.bill.lines {
        lines.extend(
            line.shares
                .iter()
                .map(|share| cost_line(figures, analysis, line, share, copies)),
        );
    }
    lines.extend(third_parties(figures, analysis, priced, copies));
    lines.sort_by(|a, b| (&a.node, &a.companion, &a.meter).cmp(&(&b.node, &b.companion, &b.meter)));
    let mut by_node: BTreeMap<NodeId, f64> = BTreeMap::new();
    let mut exact: BTreeMap<NodeId, Decimal> = BTreeMap::new();
    for line in &lines {
        let sum = exact.entry(line.node.clone()).or_default();
        *sum = sum.saturating_add(line.exact);
    }
    by_node.extend(exact.iter().map(|(node, sum)| (node.clone(), number(*sum))));
    let total = exact
        .values()
        .copied()
        .fold(Decimal::ZERO, Decimal::saturating_add);
    let invoice = priced
        .bill
        .lines
        .iter()
        .map(|line| line.rounded)
        .chain(
            priced
                .third_parties
                .iter()
                .filter_map(|party| decimal(party.1).map(to_cents)),
        )
        .fold(Decimal::ZERO, Decimal::saturating_add)
        .saturating_mul(copies);
    let ids: Vec<_> = priced
        .bill
        .lines
        .iter()
        .flat_map(|line| line.figures.iter())
        .collect();
    let figure = figures.figure(number(total), "USD/month", || {
        format!(
            "sum of {} lines of the bill, each usage × price",
            lines.len()
        )
    });
    Costs {
        report: CostReport {
            total: figures.resting_on(figure, ids),
            invoice,
            complete: priced.bill.is_complete() && priced.problems.is_empty(),
            lines,
        },
        by_node,
    }
}

/// A decimal as a number for showing and sorting.
pub fn number(amount: Decimal) -> f64 {
    amount.to_f64().unwrap_or(f64::NAN)
}

fn cost_line(
    figures: Figures<'_>,
    analysis: &Analysis<'_>,
    line: &BillLine,
    share: &Share,
    copies: Decimal,
) -> CostLine {
    let (node, companion) = match share.owner.split_once('/') {
        Some((node, companion)) => (node, Some(companion.to_owned())),
        None => (share.owner.as_str(), None),
    };
    let exact = share.exact.saturating_mul(copies);
    let part = if line.quantity > 0.0 {
        share.quantity / line.quantity
    } else {
        0.0
    };
    let figure = figures.figure(number(exact), "USD/month", || formula(line, share, copies));
    let service = analysis.system.catalog.services.get(&line.service);
    CostLine {
        node: NodeId::from(node),
        reason: companion.as_deref().map(|id| reason(analysis, node, id)),
        companion,
        service: line.service.clone(),
        service_name: service.map(|s| s.short.clone()).unwrap_or_default(),
        meter: line.meter.clone(),
        name: line.name.clone(),
        unit: line.unit.clone(),
        quantity: share.quantity,
        free: line.free * part,
        cost: figures.resting_on(figure, &line.figures),
        exact,
    }
}

fn formula(line: &BillLine, share: &Share, copies: Decimal) -> String {
    let mut text = share.formula.clone().unwrap_or_default();
    if let Some(pooled) = &line.formula {
        text.push_str("; bill: ");
        text.push_str(pooled);
    }
    if line.shares.len() > 1 {
        text.push_str(&format!(
            "; this node's part is {}",
            format::percent(if line.quantity > 0.0 {
                share.quantity / line.quantity
            } else {
                0.0
            })
        ));
    }
    if copies > Decimal::ONE {
        text.push_str(&format!("; × {copies} like environments"));
    }
    text
}

fn reason(analysis: &Analysis<'_>, node: &str, companion: &str) -> String {
    if companion == "egress" {
        return "Answers to clients and requests to third parties leave the provider's network."
            .to_owned();
    }
    analysis
        .system
        .index
        .get(node)
        .and_then(|&index| analysis.system.graph[index].service)
        .and_then(|service| service.companions.iter().find(|c| c.id == companion))
        .map(|companion| companion.reason.clone())
        .unwrap_or_default()
}

fn third_parties(
    figures: Figures<'_>,
    analysis: &Analysis<'_>,
    priced: &Priced,
    copies: Decimal,
) -> Vec<CostLine> {
    priced
        .third_parties
        .iter()
        .map(|&(node, usd, calls)| {
            let station = &analysis.system.graph[node];
            let exact = decimal(usd).unwrap_or_default().saturating_mul(copies);
            CostLine {
                node: station.id.clone(),
                companion: None,
                reason: None,
                service: ServiceId::default(),
                service_name: "Third party".to_owned(),
                meter: "calls".to_owned(),
                name: "Calls at the price set on the node".to_owned(),
                unit: "call".to_owned(),
                quantity: calls,
                free: 0.0,
                cost: figures.figure(number(exact), "USD/month", || {
                    format!(
                        "calls {} × price {}",
                        format::count(calls),
                        format::usd_price(if calls > 0.0 { usd / calls } else { 0.0 })
                    )
                }),
                exact,
            }
        })
        .collect()
}
