//! The charts there are, and what they show.
//!
//! A [`ChartKind`] picks what it needs out of a [`Subject`] and gives back a
//! [`Picture`], or a sentence where there is nothing to draw. The drawer, the
//! exports and the tests iterate [`CHARTS`]; a new chart is a file and a line
//! here.

use egui::{Rect, Shape, Vec2};

use crate::advice::memory::MemorySweep;
use crate::advice::pareto::Front;
use crate::advice::sweep::TrafficSweep;
use crate::advice::uncertainty::Uncertainty;
use crate::design::{Design, NodeId};
use crate::report::{NodeReport, Report, TriggerReport};
use crate::ui::theme::Theme;
use crate::ui::view::DrawerTab;
use crate::workspace::Workspace;

use super::{Chart, ChartError, Placement, Table};
use super::{
    backlog, cold, cost_against_traffic, cost_by_node, latency, load, loss, memory, pareto,
    risk_by_node, tornado, waterfall,
};

/// All charts, in the order in which they are shown.
pub const CHARTS: &[&dyn ChartKind] = &[
    &cost_by_node::CostByNode,
    &cost_against_traffic::CostAgainstTraffic,
    &latency::Latency,
    &waterfall::Waterfall,
    &load::Load,
    &cold::Cold,
    &backlog::Backlog,
    &memory::Memory,
    &pareto::Pareto,
    &tornado::Tornado,
    &loss::Loss,
    &risk_by_node::RiskByNode,
];

/// What charts are about.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The shown design, for its objectives.
    pub design: &'a Design,
    /// Everything computed about the shown design.
    pub report: &'a Report,
    /// Cost and latency against traffic, once it is there.
    pub sweep: Option<&'a TrafficSweep>,
    /// All sizes of a function, once they are there, or why there are none.
    pub sizes: Option<&'a Result<MemorySweep, String>>,
    /// How sure the estimate is, once that is there.
    pub uncertainty: Option<&'a Uncertainty>,
    /// What lies between cheapest and fastest, once it is known, or why nothing.
    pub front: Option<&'a Result<Front, String>>,
    /// The trigger picked by hand.
    pub trigger: Option<&'a NodeId>,
    /// The node picked by hand.
    pub node: Option<&'a NodeId>,
}

impl<'a> Subject<'a> {
    /// The picked trigger, or else the slowest.
    pub fn trigger(&self) -> Option<&'a TriggerReport> {
        let picked = self
            .report
            .triggers
            .iter()
            .find(|t| Some(&t.node) == self.trigger);
        picked.or_else(|| slowest(self.report))
    }

    /// The picked node, or else the one closest to its limit, or else the
    /// busiest.
    pub fn node(&self) -> Option<(&'a NodeId, &'a NodeReport)> {
        let with_profile = || {
            self.report
                .nodes
                .iter()
                .filter(|(_, node)| !node.profile.is_empty())
        };
        let picked = with_profile().find(|(id, _)| Some(*id) == self.node);
        let heat = |node: &NodeReport| node.utilisation.as_ref().map_or(0.0, |u| u.value);
        picked.or_else(|| {
            with_profile().max_by(|(_, a), (_, b)| {
                let busy = a
                    .peak_concurrency
                    .value
                    .total_cmp(&b.peak_concurrency.value);
                heat(a).total_cmp(&heat(b)).then(busy)
            })
        })
    }
}

/// The trigger with the highest p99.
pub fn slowest(report: &Report) -> Option<&TriggerReport> {
    report
        .triggers
        .iter()
        .max_by(|a, b| a.p99.value.total_cmp(&b.p99.value))
}

/// A reason with a capital letter and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

/// A chart with its data, whatever kind it is of: every [`Chart`] is one.
pub trait Picture {
    /// The shapes within `rect`, and where the plot is.
    fn shapes(
        &self,
        ctx: &egui::Context,
        theme: &Theme,
        rect: Rect,
    ) -> (Vec<Shape>, Vec<Placement>);

    /// As an SVG document.
    ///
    /// # Errors
    ///
    /// As [`Chart::draw`].
    fn svg(&self, theme: &Theme, size: Vec2) -> Result<String, ChartError>;

    /// What it says, in a sentence.
    fn description(&self) -> String;

    /// What to say about the values under the pointer.
    fn reading(&self, values: (f64, f64)) -> String;

    /// What it shows, in numbers.
    fn table(&self) -> Table;
}

impl<T: Chart> Picture for T {
    fn shapes(
        &self,
        ctx: &egui::Context,
        theme: &Theme,
        rect: Rect,
    ) -> (Vec<Shape>, Vec<Placement>) {
        super::shapes(ctx, theme, rect, None, self)
    }

    fn svg(&self, theme: &Theme, size: Vec2) -> Result<String, ChartError> {
        super::svg(theme, size, self)
    }

    fn description(&self) -> String {
        Chart::description(self)
    }

    fn reading(&self, values: (f64, f64)) -> String {
        Chart::reading(self, values)
    }

    fn table(&self) -> Table {
        Chart::table(self)
    }
}

/// What a chart can pick out of a report.
pub trait ChartKind: Sync {
    /// Short name for files: `cost-by-node`.
    fn name(&self) -> &'static str;
    /// The words over the chart.
    fn title(&self) -> &'static str;
    /// The tab of the drawer that shows it.
    fn tab(&self) -> DrawerTab;
    /// Whether what it shows is of an earlier state than the window shows.
    fn is_old(&self, workspace: &Workspace) -> bool {
        !workspace.report_is_current()
    }
    /// The chart with its data; an error says what is missing.
    ///
    /// # Errors
    ///
    /// A sentence for the user where there is nothing to draw.
    fn picture(&self, subject: &Subject<'_>) -> Result<Box<dyn Picture>, String>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::chart::fixture;
    use crate::ui::demo;

    #[test]
    fn every_chart_draws_itself_and_has_a_name_of_its_own() {
        let (report, sweep) = (demo::report(), demo::sweep());
        let design = demo::design();
        let front = Ok(fixture::front());
        let (sizes, doubt) = (Ok(fixture::sizes()), fixture::uncertainty());
        let subject = Subject {
            design: &design,
            report: &report,
            sweep: Some(&sweep),
            sizes: Some(&sizes),
            uncertainty: Some(&doubt),
            front: Some(&front),
            trigger: None,
            node: None,
        };
        let mut names = Vec::new();
        for chart in CHARTS {
            assert!(!names.contains(&chart.name()), "{}", chart.name());
            names.push(chart.name());
            let picture = chart.picture(&subject).unwrap();
            assert!(!picture.description().is_empty());
            let table = picture.table();
            assert!(!table.rows.is_empty(), "{}", chart.name());
            for row in &table.rows {
                assert_eq!(row.len(), table.columns.len(), "{}", chart.name());
            }
            let svg = picture
                .svg(&Theme::light(), egui::vec2(480.0, 220.0))
                .unwrap();
            assert!(svg.starts_with("<svg"), "{}", chart.name());
        }
    }

    #[test]
    fn every_chart_says_what_an_empty_report_lacks() {
        let (report, design) = (Report::default(), Design::default());
        let subject = Subject {
            design: &design,
            report: &report,
            sweep: None,
            sizes: None,
            uncertainty: None,
            front: None,
            trigger: None,
            node: None,
        };
        for chart in CHARTS {
            let missing = chart.picture(&subject).err();
            assert!(
                missing.is_some_and(|text| text.ends_with('.')),
                "{}",
                chart.name()
            );
        }
    }
}
