//! What stores are asked for beside capacity.

use petgraph::graph::NodeIndex;

use crate::analysis::{Analysis, connections};
use crate::design::Settings;
use crate::format;

use super::Figure;
use super::figures::Figures;

/// Connections held to a database at the peak.
pub fn connections(
    figures: Figures<'_>,
    analysis: &Analysis<'_>,
    node: NodeIndex,
) -> Option<Figure> {
    let held = connections::held(analysis, node)?;
    Some(figures.figure(held.load, "connections", || {
        let what = if held.is_shared {
            "statements in progress at the peak, as a proxy lends a connection for one statement"
        } else {
            "busy instances of all consumers at the peak × connections of a pool"
        };
        format!("{what}; {} are accepted", format::count(held.limit))
    }))
}

/// Share of the reads that a cache answers.
pub fn hit_ratio(figures: Figures<'_>, analysis: &Analysis<'_>, node: NodeIndex) -> Option<Figure> {
    let set = |set: f64| format!("{} as set", format::percent(set));
    let by_time = |keys: f64, ttl: f64, skew: f64| {
        format!(
            "Σ p·λpT ÷ (1 + λpT) over {} keys with popularity rank^−{}, each fresh for {}",
            format::count(keys),
            format::significant(skew, 3),
            format::millis(ttl)
        )
    };
    let formula = || match &analysis.system.graph[node].settings {
        Settings::Cdn(own) if own.keys() > 0.0 => by_time(own.keys(), own.ttl().0, own.skew()),
        Settings::Cache(own) if own.keys() > 0.0 => by_time(own.keys(), own.ttl().0, own.skew()),
        Settings::Cdn(own) => set(own.hit_ratio()),
        Settings::Cache(own) => set(own.hit_ratio()),
        _ => String::new(),
    };
    match &analysis.system.graph[node].settings {
        Settings::Cdn(_) | Settings::Cache(_) => {
            Some(figures.figure(analysis.flow.hits.node(node), "share", formula))
        }
        _ => None,
    }
}
