//! Keys of a table that are asked for more than others, against what one
//! partition of the service carries.

use petgraph::graph::NodeIndex;

use crate::catalog::{FigureId, LimitKind, LimitScope};
use crate::design::Settings;
use crate::design::settings::TableSettings;

use super::Analysis;
use super::limits::LimitUse;
use super::queueing::{hottest_share, over_key_limit};

/// Most keys that popularity is spread over.
const MOST_KEYS: f64 = 1e6;
/// Kilobytes in a gigabyte, both binary.
const KB_PER_GB: f64 = 1_048_576.0;

/// Keys that a table holds: an item each; many where nothing is known of what
/// it stores.
pub(super) fn keys(table: &TableSettings) -> f64 {
    let items = table.storage().0 * KB_PER_GB / table.item().0.max(1e-9);
    if items > 0.0 {
        items.floor().clamp(1.0, MOST_KEYS)
    } else {
        MOST_KEYS
    }
}

/// What one partition carries [units/s], and the figure that says so.
fn of_partition(
    analysis: &Analysis<'_>,
    node: NodeIndex,
    own: LimitKind,
    common: LimitKind,
) -> Option<(f64, FigureId)> {
    let service = analysis.system.graph[node].service?;
    let is_common = || {
        let limit = service.limits.get(&common);
        limit.is_some_and(|limit| limit.scope == LimitScope::Partition)
    };
    let kind = if service.limits.contains_key(&own) {
        own
    } else if is_common() {
        common
    } else {
        return None;
    };
    let limit = analysis.system.limit(node, kind)?;
    Some((limit, analysis.system.limit_figure(node, kind)?.clone()))
}

fn limits(analysis: &Analysis<'_>, node: NodeIndex) -> [Option<(f64, FigureId)>; 2] {
    use LimitKind as L;
    [
        of_partition(analysis, node, L::PartitionReadRate, L::ReadRate),
        of_partition(analysis, node, L::PartitionWriteRate, L::WriteRate),
    ]
}

/// The load of the hottest key against its partition: `reads` and `writes` of
/// the whole table [units/s].
pub(super) fn uses(
    analysis: &Analysis<'_>,
    node: NodeIndex,
    table: &TableSettings,
    (reads, writes): (f64, f64),
) -> [Option<LimitUse>; 2] {
    let share = hottest_share(keys(table), table.skew());
    let [of_reads, of_writes] = limits(analysis, node);
    let used = |name: &'static str, load: f64, limit: Option<(f64, FigureId)>| {
        limit.map(|(limit, figure)| LimitUse {
            name,
            load: load * share,
            limit,
            figure: Some(figure),
        })
    };
    [
        used("read units of the hottest key's partition", reads, of_reads),
        used(
            "write units of the hottest key's partition",
            writes,
            of_writes,
        ),
    ]
}

/// Share of the requests that partitions refuse: `requests` are reads and
/// writes [1/s], `units` what they take [units/s].
pub(super) fn refused(
    analysis: &Analysis<'_>,
    node: NodeIndex,
    requests: (f64, f64),
    units: (f64, f64),
) -> f64 {
    let Settings::Table(table) = &analysis.system.graph[node].settings else {
        return 0.0;
    };
    let all = requests.0 + requests.1;
    if all <= 0.0 {
        return 0.0;
    }
    let over = |units: f64, limit: Option<(f64, FigureId)>| {
        limit.map_or(0.0, |(limit, _)| {
            over_key_limit(keys(table), units, limit, table.skew())
        })
    };
    let [of_reads, of_writes] = limits(analysis, node);
    (requests.0 * over(units.0, of_reads) + requests.1 * over(units.1, of_writes)) / all
}
