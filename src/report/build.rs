//! Puts a report together: resolve, analyse, price, write up.

use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;

use crate::analysis::limits::{self, LimitUse};
use crate::analysis::{Analysis, analyse, cost, runaway};
use crate::catalog::{Archetype, Catalog};
use crate::design::{Design, LinkId, NodeId};
use crate::format;
use crate::system::{self, Resolved};

use super::cost::{Costs, costs};
use super::figures::{Figures, Notes, cold_figures, littles_law, timing_figures};
use super::{
    Figure, LinkReport, NodeReport, Options, ProfileBin, Report, Runaway, SCHEMA_VERSION, backlog,
    problems, store, trigger,
};

/// A weekend without anybody looking: Friday 18:00 to Monday 08:00 [s].
const WEEKEND: f64 = 62.0 * 3_600.0;

/// See [`super::build`].
pub fn build(design: &Design, catalog: &Catalog, options: &Options) -> Report {
    let (given, overridden) = (catalog, overridden(design, catalog));
    let catalog = overridden.as_ref().map_or(catalog, |(catalog, _)| catalog);
    let traffic = if options.traffic.is_finite() {
        options.traffic.max(0.0)
    } else {
        1.0
    };
    let Resolved {
        system,
        problems: unresolved,
    } = system::resolve(
        design,
        catalog,
        options.provider.as_ref(),
        options.region.as_ref(),
    );
    let analysis = analyse(&system, traffic, options.trace);
    let notes = Notes::default();
    let figures = Figures {
        catalog,
        trace: options.trace,
        notes: &notes,
    };
    let priced = cost::price(
        &analysis,
        &cost::terms(&analysis),
        crate::units::SECONDS_PER_MONTH,
        options.trace,
    );
    let costs = costs(figures, &analysis, &priced, design.environment.copies);
    let mut report = Report {
        schema: SCHEMA_VERSION,
        name: design.name.clone(),
        revision: 0,
        provider: system.provider.clone(),
        region: system.region.clone(),
        traffic,
        triggers: trigger::triggers(figures, &analysis),
        nodes: nodes(figures, design, &analysis, &costs),
        links: links(figures, &analysis),
        runaways: runaways(figures, &analysis),
        risk: super::risk::risk(figures, &analysis),
        unit_cost: if options.trace {
            super::unit_cost::unit_cost(figures, design, &analysis, &costs)
        } else {
            super::UnitCost::default()
        },
        outlook: Vec::new(),
        cost: costs.report,
        problems: Vec::new(),
    };
    if let Some((_, failed)) = &overridden {
        report
            .problems
            .extend(failed.iter().map(problems::bad_override));
    }
    report.problems.extend(problems::unresolved(&unresolved));
    report.problems.extend(problems::unpriced(&priced));
    problems::judge(design, &analysis, &mut report);
    report
        .nodes
        .values_mut()
        .for_each(|node| node.cost_complete = true);
    problems::mark_incomplete(&priced, &mut report);
    report.outlook = super::outlook::outlook(figures, design, given, options, &report.cost);
    report
        .problems
        .sort_by(|a, b| (a.severity, a.code, &a.node).cmp(&(b.severity, b.code, &b.node)));
    report
}

/// The catalog with the design's own figures; none where it has none.
fn overridden(design: &Design, catalog: &Catalog) -> Option<(Catalog, Vec<String>)> {
    if design.overrides.is_empty() {
        return None;
    }
    let mut own = catalog.clone();
    let failed = design
        .overrides
        .iter()
        .filter_map(|(figure, replacement)| {
            let result = own.with_override(figure, replacement.value);
            result.err().map(|error| error.to_string())
        })
        .collect();
    Some((own, failed))
}

/// What to say of percentiles that come from mean and variance only.
pub(super) fn estimated(analysis: &Analysis<'_>) -> &'static str {
    if analysis.is_detailed() {
        ""
    } else {
        ", estimated from its mean and variance as the design is large"
    }
}

fn nodes(
    figures: Figures<'_>,
    design: &Design,
    analysis: &Analysis<'_>,
    costs: &Costs,
) -> BTreeMap<NodeId, NodeReport> {
    analysis
        .system
        .index
        .iter()
        .filter(|(id, _)| design.nodes.contains_key(*id))
        .map(|(id, &node)| (id.clone(), one_node(figures, analysis, costs, id, node)))
        .collect()
}

fn one_node(
    figures: Figures<'_>,
    analysis: &Analysis<'_>,
    costs: &Costs,
    id: &NodeId,
    node: NodeIndex,
) -> NodeReport {
    let station = &analysis.system.graph[node];
    let state = analysis.station(node);
    let peak = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    let busy: Vec<f64> = state.pool.iter().map(|pool| pool.busy).collect();
    let limit = limits::tightest(analysis, node);
    let is_function = station.archetype() == Archetype::Function;
    let mean_rate = analysis.arrivals_mean(node);
    let cost = costs.by_node.get(id).copied().unwrap_or(0.0);
    let (p50, p99, mean) = latencies(figures, analysis, node);
    NodeReport {
        label: station.label.clone(),
        archetype: station.archetype(),
        service: station.service.map(|service| service.id.clone()),
        service_name: station.service.map(|service| service.short.clone()).unwrap_or_default(),
        rate: figures.figure(mean_rate, "1/s", || rate_text(analysis, node)),
        peak_rate: figures.figure(peak(&state.arrivals), "1/s", || "highest over the profile".to_owned()),
        concurrency: concurrency(figures, analysis, node, &busy),
        peak_concurrency: figures.figure(peak(&busy), "executions", || "highest over the profile".to_owned()),
        utilisation: limit.as_ref().map(|used| utilisation(figures, used)),
        limit: limit.map(|used| format!("{} {}", format::count(used.limit), used.name)),
        cold_start: is_function.then(|| cold_start(figures, analysis, node)),
        throttle: is_function.then(|| {
            figures.figure(analysis.throttle_mean(node), "probability", || {
                "share of invocations that find every place taken (Erlang B per bin; token bucket of new instances in spikes)".to_owned()
            })
        }),
        p50,
        p99,
        mean,
        cost: figures.figure(cost, "USD/month", || {
            let lines = costs.of_node(id).iter();
            let parts: Vec<String> = lines
                .filter(|line| line.cost.value > 0.0)
                .map(|line| format!("{} {}", line.name, format::usd(line.cost.value)))
                .collect();
            parts.join(" + ")
        }).resting_on(
            costs.of_node(id).iter().flat_map(|line| line.cost.sources.clone()),
        ),
        cost_complete: true,
        profile: profile(analysis, node),
        backlog: backlog::backlog(figures, analysis, node),
        refusals: backlog::refusals(analysis, node),
        connections: store::connections(figures, analysis, node),
        hit_ratio: store::hit_ratio(figures, analysis, node),
    }
}

/// Mean busy executions. A firing puts all its work into one short bin, so for
/// functions the mean is taken from the work done, not from the bins.
fn concurrency(
    figures: Figures<'_>,
    analysis: &Analysis<'_>,
    node: NodeIndex,
    busy: &[f64],
) -> Figure {
    let rate = analysis.arrivals_mean(node);
    let mean = if analysis.system.graph[node].archetype() == Archetype::Function {
        let events = analysis.events_mean(node);
        events * analysis.work_mean(node) / 1_000.0 * (1.0 - analysis.throttle_mean(node))
    } else {
        analysis.mean_of(busy)
    };
    figures.figure(mean, "executions", || {
        littles_law(rate, if rate > 0.0 { mean / rate } else { 0.0 })
    })
}

fn rate_text(analysis: &Analysis<'_>, node: NodeIndex) -> String {
    let parts: Vec<String> = analysis
        .system
        .graph
        .edges_directed(node, petgraph::Direction::Incoming)
        .map(|edge| {
            use petgraph::visit::EdgeRef as _;
            format!(
                "{} {}",
                edge.weight().id,
                format::rate_per_second(analysis.link_rate_mean(edge.id()))
            )
        })
        .collect();
    if parts.is_empty() {
        "mean over the month".to_owned()
    } else {
        parts.join(" + ")
    }
}

fn latencies(
    figures: Figures<'_>,
    analysis: &Analysis<'_>,
    node: NodeIndex,
) -> (Option<Figure>, Option<Figure>, Option<Figure>) {
    let archetype = analysis.system.graph[node].archetype();
    if !figures.trace || archetype == Archetype::Trigger {
        return (None, None, None);
    }
    let response = analysis.response(node);
    if *response == crate::analysis::response::Response::Zero {
        return (None, None, None);
    }
    let [p50, _, p99] = analysis.percentiles(&response);
    let ids = timing_figures(analysis, node);
    let make = |value: f64, name: &str| {
        let figure = figures.figure(value, "ms", || {
            format!(
                "{name} of what a caller waits for, callees and cold starts included{}",
                estimated(analysis)
            )
        });
        Some(figures.resting_on(figure, &ids))
    };
    (
        make(p50, "median"),
        make(p99, "99th percentile"),
        make(analysis.moments(&response).mean, "mean"),
    )
}

fn utilisation(figures: Figures<'_>, used: &LimitUse) -> Figure {
    let figure = figures.figure(used.utilisation(), "of the limit", || {
        format!(
            "load at the peak {} ÷ {} {}",
            format::count(used.load),
            used.name,
            format::count(used.limit)
        )
    });
    figures.resting_on(figure, used.figure.iter())
}

fn cold_start(figures: Figures<'_>, analysis: &Analysis<'_>, node: NodeIndex) -> Figure {
    let figure = figures.figure(analysis.cold_mean(node), "probability", || {
        let compute = analysis.system.graph[node].service.and_then(|s| s.compute.as_ref());
        let timeout = compute.map_or(0.0, |compute| compute.idle_timeout.value);
        format!(
            "most-recently-used pool: invocations {}, busy {}, idle timeout {}, weighted over the profile",
            format::rate_per_second(analysis.invocations_mean(node)),
            format::millis(analysis.work_mean(node)),
            format::millis(timeout * 1_000.0)
        )
    });
    figures.resting_on(figure, &cold_figures(analysis, node))
}

fn profile(analysis: &Analysis<'_>, node: NodeIndex) -> Vec<ProfileBin> {
    let state = analysis.station(node);
    let waiting = backlog::deepest(analysis, node).map(|found| found.1);
    analysis
        .timeline
        .bins
        .iter()
        .enumerate()
        .map(|(index, bin)| {
            let pool = state.pool.get(index).copied().unwrap_or_default();
            ProfileBin {
                start: bin.start,
                length: bin.length,
                weight: bin.weight,
                rate: state.arrivals.get(index).copied().unwrap_or(0.0),
                concurrency: pool.busy,
                cold: pool.cold,
                throttle: state.refused_in(index),
                alive: pool.alive,
                waiting: waiting.map_or(0.0, |own| own.depth.get(index).copied().unwrap_or(0.0)),
                delay: waiting.map_or(0.0, |own| own.delay.get(index).copied().unwrap_or(0.0)),
            }
        })
        .collect()
}

fn links(figures: Figures<'_>, analysis: &Analysis<'_>) -> BTreeMap<LinkId, LinkReport> {
    let graph = &analysis.system.graph;
    graph
        .edge_indices()
        .filter_map(|edge| {
            let (from, to) = graph.edge_endpoints(edge)?;
            let route = &graph[edge];
            let gain = analysis.flow.gain[edge.index()];
            let report = LinkReport {
                from: graph[from].id.clone(),
                to: graph[to].id.clone(),
                kind: route.kind,
                rate: figures.figure(analysis.link_rate_mean(edge), "1/s", || {
                    format!(
                        "events of {} {} × {} per event, retries included",
                        graph[from].id,
                        format::rate_per_second(analysis.events_mean(from)),
                        format::significant(gain, 3)
                    )
                }),
                attempts: analysis.flow.attempts[edge.index()],
            };
            Some((route.id.clone(), report))
        })
        .collect()
}

fn runaways(figures: Figures<'_>, analysis: &Analysis<'_>) -> Vec<Runaway> {
    analysis
        .flow
        .loops
        .iter()
        .map(|component| {
            let state = runaway::follow(analysis, component);
            let path: Vec<NodeId> = component
                .path
                .iter()
                .map(|&node| analysis.system.graph[node].id.clone())
                .collect();
            let after = |name: &str, seconds: f64| {
                figures.figure(state.cost_after(seconds), "USD", || {
                    format!(
                        "events until {name} × {} per event, growth and cap in force",
                        format::usd_price(state.usd_per_event)
                    )
                })
            };
            Runaway {
                gain: figures.figure(state.gain, "events per event and turn", || {
                    format!(
                        "spectral radius {} of the loop's gain matrix, to the power of the {} links of a turn",
                        format::significant(component.radius, 4),
                        component.path.len().saturating_sub(1)
                    )
                }),
                growth: figures.figure(state.growth, "1/s", || {
                    format!("ln gain ÷ time of one turn {}", format::millis(state.turn * 1_000.0))
                }),
                usd_per_hour: figures.figure(state.usd_per_hour, "USD/h", || {
                    format!(
                        "bill of an hour at {}, no allowances, less the bill of an idle hour",
                        format::rate_per_second(state.cap)
                    )
                }),
                cost_after: vec![
                    after("five minutes", 300.0),
                    after("an hour", 3_600.0),
                    after("a weekend of 62 hours", WEEKEND),
                ],
                cap: problems::cap_text(analysis, &state),
                path,
            }
        })
        .collect()
}
