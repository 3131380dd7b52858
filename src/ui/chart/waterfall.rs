//! What a trigger waits for, stage after stage, as a cascade: where each bar
//! ends the next one begins.
//!
//! Stages are known by their means, which add up; percentiles do not. The step
//! from the mean to the p99 is therefore a bar of its own.

use egui::Color32;
use plotters::element::{PathElement, Rectangle};
use plotters_backend::DrawingBackend;

use super::kind::{ChartKind, Picture, Subject};
use super::pen::{LEFT, RIGHT};
use super::{Area, Chart, ChartError, Pen, Table};
use crate::design::NodeId;
use crate::format;
use crate::report::TriggerReport;
use crate::ui::view::DrawerTab;

/// Stages beyond so many are summed up.
const STAGES: usize = 9;
/// Points from a row to the next, at most and at least.
const PITCH: (f64, f64) = (24.0, 13.0);

/// See the module.
pub struct Waterfall;

/// One step of the cascade [ms].
struct Step {
    name: String,
    from: f64,
    to: f64,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Stage,
    Tail,
    Sum,
}

/// The trigger and its steps.
pub struct Data {
    name: String,
    steps: Vec<Step>,
}

impl ChartKind for Waterfall {
    fn name(&self) -> &'static str {
        "waterfall"
    }

    fn title(&self) -> &'static str {
        "Where the time goes"
    }

    fn tab(&self) -> DrawerTab {
        DrawerTab::Latency
    }

    fn picture(&self, subject: &Subject<'_>) -> Result<Box<dyn Picture>, String> {
        let trigger = subject
            .trigger()
            .ok_or("Add a trigger to see where its time goes.")?;
        if trigger.stages.is_empty() || !trigger.p99.value.is_finite() {
            return Err(format!("{} waits for nothing that ends.", trigger.label));
        }
        let label = |node: &NodeId| match subject.report.nodes.get(node) {
            Some(report) => report.label.clone(),
            None => format!("{node}"),
        };
        Ok(Box::new(Data {
            name: trigger.label.clone(),
            steps: steps(trigger, label),
        }))
    }
}

fn steps(trigger: &TriggerReport, label: impl Fn(&NodeId) -> String) -> Vec<Step> {
    let mut known: Vec<(String, f64)> = Vec::new();
    for stage in &trigger.stages {
        let name = if stage.node == trigger.node {
            "Round trip".to_owned()
        } else {
            label(&stage.node)
        };
        known.push((name, stage.own_mean.max(0.0)));
    }
    if known.len() > STAGES {
        let mut order: Vec<f64> = known.iter().map(|(_, ms)| *ms).collect();
        order.sort_by(|a, b| b.total_cmp(a));
        let least = order.get(STAGES - 2).copied().unwrap_or(0.0);
        let (kept, rest): (Vec<_>, Vec<_>) = known.into_iter().partition(|(_, ms)| *ms >= least);
        let others: f64 = rest.iter().map(|(_, ms)| ms).sum();
        known = kept;
        if !rest.is_empty() {
            known.push((format!("{} others", rest.len()), others));
        }
    }
    let mut at = 0.0;
    let mut steps: Vec<Step> = Vec::new();
    for (name, ms) in known {
        steps.push(Step {
            name,
            from: at,
            to: at + ms,
            kind: Kind::Stage,
        });
        at += ms;
    }
    let p99 = trigger.p99.value;
    steps.push(Step {
        name: "Mean".to_owned(),
        from: 0.0,
        to: trigger.mean.value,
        kind: Kind::Sum,
    });
    steps.push(Step {
        name: "Tail".to_owned(),
        from: trigger.mean.value,
        to: p99,
        kind: Kind::Tail,
    });
    steps.push(Step {
        name: "p99".to_owned(),
        from: 0.0,
        to: p99,
        kind: Kind::Sum,
    });
    steps
}

impl Step {
    fn text(&self) -> String {
        let ms = format::millis((self.to - self.from).abs());
        match self.kind {
            Kind::Sum => ms,
            _ if self.to < self.from => format!("-{ms}"),
            _ => format!("+{ms}"),
        }
    }

    fn colour(&self, pen: &Pen) -> Color32 {
        match self.kind {
            Kind::Stage => pen.theme.series(0),
            Kind::Tail => pen.theme.series(1),
            Kind::Sum => pen.theme.muted,
        }
    }
}

impl Chart for Data {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let (width, height) = area.dim_in_pixel();
        let (width, height) = (width as i32, height as i32);
        let rows = i32::try_from(self.steps.len()).unwrap_or(i32::MAX).max(1);
        let pitch = (height / rows).min(pen.px(PITCH.0));
        if pitch < pen.px(PITCH.1) || width < pen.px(120.0) {
            return Err(ChartError::TooSmall);
        }
        let style = pen.caption(pen.theme.text);
        let (mut names, mut texts) = (0, 0);
        for step in &self.steps {
            names = names.max(area.estimate_text_size(&step.name, &style)?.0 as i32);
            texts = texts.max(area.estimate_text_size(&step.text(), &style)?.0 as i32);
        }
        let left = names.min(width * 2 / 5) + pen.px(8.0);
        let right = (width - texts - pen.px(6.0)).max(left + pen.px(8.0));
        let most = self.steps.iter().map(|step| step.to.max(step.from));
        let most = most.fold(f64::MIN_POSITIVE, f64::max);
        let place = |ms: f64| left + (f64::from(right - left) * (ms / most)).round() as i32;
        for (row, step) in (0..).zip(&self.steps) {
            let middle = row * pitch + pitch / 2;
            let name = super::bars::ellipsis(area, pen, &step.name, left - pen.px(8.0))?;
            area.draw_text(&name, &style.pos(RIGHT), (left - pen.px(8.0), middle))?;
            let (from, to) = (place(step.from.min(step.to)), place(step.to.max(step.from)));
            let to = to.max(from + pen.px(1.0));
            let half = (pitch * 3 / 10).min(pen.px(7.0));
            let corners = [(from, middle - half), (to, middle + half)];
            area.draw(&Rectangle::new(corners, pen.fill(step.colour(pen), 0.85)))?;
            if row + 1 < rows && step.kind != Kind::Sum {
                let thread = vec![(to, middle + half), (to, middle + pitch - half)];
                area.draw(&PathElement::new(thread, pen.stroke(pen.theme.border, 1.0)))?;
            }
            area.draw_text(&step.text(), &style.pos(LEFT), (to + pen.px(5.0), middle))?;
        }
        Ok(())
    }

    fn description(&self) -> String {
        let parts = self
            .steps
            .iter()
            .map(|step| format!("{} {}", step.name, step.text()));
        format!(
            "Where the time of {} goes: {}",
            self.name,
            parts.collect::<Vec<_>>().join(", ")
        )
    }

    fn table(&self) -> Table {
        let rows = self.steps.iter();
        let rows = rows.map(|step| [step.name.clone(), format::millis(step.from), step.text()]);
        Table::of(["Stage", "Begins at", "Takes"], rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::demo;

    #[test]
    fn stages_add_up_to_the_mean_and_the_tail_to_the_p99() {
        let report = demo::report();
        let trigger = &report.triggers[0];
        let steps = steps(trigger, ToString::to_string);
        let stages: Vec<_> = steps
            .iter()
            .filter(|step| step.kind == Kind::Stage)
            .collect();
        for pair in stages.windows(2) {
            assert_eq!(pair[0].to, pair[1].from);
        }
        let last = steps.last().unwrap();
        assert_eq!((last.name.as_str(), last.to), ("p99", trigger.p99.value));
        let tail = &steps[steps.len() - 2];
        assert_eq!(
            (tail.from, tail.to),
            (trigger.mean.value, trigger.p99.value)
        );
    }
}
