//! The charts there are, and what they show.
//!
//! A [`ChartKind`] picks what it needs out of a [`Subject`] and gives back a
//! [`Picture`], or a sentence where there is nothing to draw. The drawer, the
//! exports and the tests iterate [`CHARTS`]; a new chart is a file and a line
//! here.

use egui::{Rect, Shape, Vec2};

use crate::advice::sweep::TrafficSweep;
use crate::design::NodeId;
use crate::report::{NodeReport, Report, TriggerReport};
use crate::ui::theme::Theme;
use crate::ui::view::DrawerTab;

use super::{Chart, ChartError, Placement};
use super::{cost_against_traffic, cost_by_node, latency, load};

/// All charts, in the order in which they are shown.
pub const CHARTS: &[&dyn ChartKind] = &[
    &cost_by_node::CostByNode,
    &cost_against_traffic::CostAgainstTraffic,
    &latency::Latency,
    &load::Load,
];

/// What charts are about.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// Everything computed about the shown design.
    pub report: &'a Report,
    /// Cost and latency against traffic, once it is there.
    pub sweep: Option<&'a TrafficSweep>,
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

/// A chart with its data.
pub enum Picture {
    /// Cost by node.
    CostByNode(cost_by_node::Data),
    /// Cost against traffic.
    CostAgainstTraffic(cost_against_traffic::Data),
    /// Distribution of a response time.
    Latency(latency::Data),
    /// Busy executions over time.
    Load(load::Data),
}

impl Picture {
    /// The shapes within `rect`, and where the plot is.
    pub fn shapes(
        &self,
        ctx: &egui::Context,
        theme: &Theme,
        rect: Rect,
    ) -> (Vec<Shape>, Vec<Placement>) {
        match self {
            Self::CostByNode(data) => super::shapes(ctx, theme, rect, None, data),
            Self::CostAgainstTraffic(data) => super::shapes(ctx, theme, rect, None, data),
            Self::Latency(data) => super::shapes(ctx, theme, rect, None, data),
            Self::Load(data) => super::shapes(ctx, theme, rect, None, data),
        }
    }

    /// As an SVG document.
    ///
    /// # Errors
    ///
    /// As [`Chart::draw`].
    pub fn svg(&self, theme: &Theme, size: Vec2) -> Result<String, ChartError> {
        match self {
            Self::CostByNode(data) => super::svg(theme, size, data),
            Self::CostAgainstTraffic(data) => super::svg(theme, size, data),
            Self::Latency(data) => super::svg(theme, size, data),
            Self::Load(data) => super::svg(theme, size, data),
        }
    }

    /// What it says, in a sentence.
    pub fn description(&self) -> String {
        match self {
            Self::CostByNode(data) => data.description(),
            Self::CostAgainstTraffic(data) => data.description(),
            Self::Latency(data) => data.description(),
            Self::Load(data) => data.description(),
        }
    }

    /// What to say about the values under the pointer.
    pub fn reading(&self, values: (f64, f64)) -> String {
        match self {
            Self::CostByNode(_) => String::new(),
            Self::CostAgainstTraffic(data) => data.reading(values.0),
            Self::Latency(data) => data.reading(values.0),
            Self::Load(data) => data.reading(values.0),
        }
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
    /// The chart with its data; an error says what is missing.
    ///
    /// # Errors
    ///
    /// A sentence for the user where there is nothing to draw.
    fn picture(&self, subject: &Subject<'_>) -> Result<Picture, String>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::demo;

    #[test]
    fn every_chart_draws_itself_and_has_a_name_of_its_own() {
        let (report, sweep) = (demo::report(), demo::sweep());
        let subject = Subject {
            report: &report,
            sweep: Some(&sweep),
            trigger: None,
            node: None,
        };
        let mut names = Vec::new();
        for chart in CHARTS {
            assert!(!names.contains(&chart.name()), "{}", chart.name());
            names.push(chart.name());
            let picture = chart.picture(&subject).unwrap();
            assert!(!picture.description().is_empty());
            let svg = picture
                .svg(&Theme::light(), egui::vec2(480.0, 220.0))
                .unwrap();
            assert!(svg.starts_with("<svg"), "{}", chart.name());
        }
    }

    #[test]
    fn every_chart_says_what_an_empty_report_lacks() {
        let report = Report::default();
        let subject = Subject {
            report: &report,
            sweep: None,
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
