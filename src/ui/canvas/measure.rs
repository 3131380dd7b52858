//! What a lens makes of a node: one number, how much of the scale it takes,
//! and the colour that goes with it.
//!
//! Cost, response time and cold starts grow on a ramp of one hue whose
//! lightness changes; load and risk use the steps of [`Heat`] and the signs of
//! severity. A colour never stands alone: the number is written and the bar at
//! the bottom edge is as long as the share.

use std::collections::BTreeMap;

use egui::Color32;

use crate::design::NodeId;
use crate::format;
use crate::report::{NodeReport, Report, Severity};
use crate::ui::panel::problems;
use crate::ui::theme::{Heat, Theme, mix};
use crate::ui::view::Measure;

use super::scene::Scene;

/// How much of a lens's colour a card takes on: more would make its small
/// text hard to read.
const TINT: f64 = 0.16;

/// The greatest numbers of all nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scales {
    /// p99 [ms].
    pub latency: f64,
    /// Cost [USD/month].
    pub cost: f64,
    /// Load against the limit.
    pub utilisation: f64,
    /// Probability of a cold start.
    pub cold: f64,
    /// Part of the worst hour [USD/h].
    pub hourly: f64,
    /// Dearest loop that a node is part of [USD/h].
    pub runaway: BTreeMap<NodeId, f64>,
}

impl Scales {
    /// Reads them off a report.
    pub fn of(report: &Report) -> Self {
        let most = |value: fn(&NodeReport) -> Option<f64>| {
            let values = report.nodes.values().filter_map(value);
            values.filter(|value| value.is_finite()).fold(0.0, f64::max)
        };
        let mut runaway = BTreeMap::new();
        for found in &report.runaways {
            for node in &found.path {
                let hourly: &mut f64 = runaway.entry(node.clone()).or_default();
                *hourly = hourly.max(found.usd_per_hour.value);
            }
        }
        Self {
            latency: most(|node| node.p99.as_ref().map(|p99| p99.value)),
            cost: most(|node| Some(node.cost.value)),
            utilisation: most(|node| node.utilisation.as_ref().map(|load| load.value)),
            cold: most(|node| node.cold_start.as_ref().map(|cold| cold.value)),
            hourly: {
                let parts = report.risk.nodes.values();
                parts
                    .map(|node| node.usd_per_hour.value)
                    .fold(0.0, f64::max)
            },
            runaway,
        }
    }
}

/// What a lens says about one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The number, or the threat, in words.
    pub text: String,
    /// Its share of the scale, for the length of the bar.
    pub share: f64,
    /// Its colour, for bar and dot; none where nothing is to be pointed out.
    pub colour: Option<Color32>,
    /// Beyond what can be: hatched.
    pub is_over: bool,
}

impl Reading {
    /// What the lens of a scene says about a node; none without a number, or
    /// without a lens.
    pub fn of(scene: &Scene, id: &NodeId) -> Option<Self> {
        let node = scene.report.nodes.get(id)?;
        let (theme, scales) = (&scene.theme, &scene.facts.scales);
        let ramped = |text: String, value: f64, most: f64| {
            let share = if most > 0.0 {
                (value / most).clamp(0.0, 1.0)
            } else {
                0.0
            };
            Self {
                text,
                share,
                colour: (value > 0.0).then(|| theme.ramp(share)),
                is_over: false,
            }
        };
        match scene.measure {
            Measure::Usual => None,
            Measure::Latency => node.p99.as_ref().map(|p99| {
                let text = format!("p99 {}", format::millis(p99.value));
                ramped(text, p99.value, scales.latency)
            }),
            Measure::Cost => Some(ramped(
                super::card::cost_text(node),
                node.cost.value,
                scales.cost,
            )),
            Measure::Utilisation => node
                .utilisation
                .as_ref()
                .map(|load| Self::load(theme, load.value)),
            Measure::Cold => node.cold_start.as_ref().map(|cold| {
                let text = format!("{} cold", format::percent(cold.value));
                ramped(text, cold.value, scales.cold)
            }),
            Measure::Risk => Some(Self::risk(scene, id, node)),
        }
    }

    fn load(theme: &Theme, load: f64) -> Self {
        let heat = Heat::of(load);
        Self {
            text: format::percent(load),
            share: load.clamp(0.0, 1.0),
            colour: (heat > Heat::Calm).then(|| heat.colour(theme)),
            is_over: heat == Heat::Over,
        }
    }

    /// The gravest threat: a loop that feeds itself, a part of the worst hour,
    /// requests that are refused, or else the worst problem.
    fn risk(scene: &Scene, id: &NodeId, node: &NodeReport) -> Self {
        let theme = &scene.theme;
        if let Some(hourly) = scene.facts.scales.runaway.get(id) {
            return Self {
                text: format!("{} /h", format::usd(*hourly)),
                share: 1.0,
                colour: Some(theme.danger),
                is_over: true,
            };
        }
        let worst_hour = scene.report.risk.nodes.get(id);
        let hourly = worst_hour.map_or(0.0, |risk| risk.usd_per_hour.value);
        if hourly >= 0.005 {
            let share = (hourly / scene.facts.scales.hourly).clamp(0.0, 1.0);
            return Self {
                text: format!("{} /h at worst", format::usd(hourly)),
                share,
                colour: Some(theme.ramp(share)),
                is_over: false,
            };
        }
        let refused = node.throttle.as_ref().map_or(0.0, |share| share.value);
        if refused > 0.0 {
            return Self {
                text: format!("{} refused", format::percent(refused)),
                share: refused.sqrt().clamp(0.1, 1.0),
                colour: Some(if refused >= 0.01 {
                    theme.danger
                } else {
                    theme.warn
                }),
                is_over: refused >= 0.01,
            };
        }
        let worst = scene.facts.nodes.get(id).copied();
        let share = match worst {
            Some(Severity::Error) => 1.0,
            Some(Severity::Warning) => 0.6,
            Some(Severity::Hint) => 0.2,
            None => 0.0,
        };
        Self {
            text: worst.map_or("no threat", problems::word).to_owned(),
            share,
            colour: worst.map(|severity| problems::colour(theme, severity)),
            is_over: false,
        }
    }
}

/// A surface that takes on a lens's colour, so that text on it stays readable.
pub fn tinted(surface: Color32, colour: Color32) -> Color32 {
    mix(surface, colour, TINT)
}

/// Small text on a tinted surface, which has to stand out a little more.
pub fn small_ink(theme: &Theme) -> Color32 {
    mix(theme.muted, theme.text, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::contrast;

    #[test]
    fn text_on_tinted_cards_is_readable() {
        for theme in [Theme::dark(), Theme::light()] {
            let ramp = (0..=10).map(|step| theme.ramp(f64::from(step) / 10.0));
            let steps = [theme.warn, theme.danger, theme.accent];
            for colour in ramp.chain(steps) {
                let surface = tinted(theme.card, colour);
                for ink in [theme.text, small_ink(&theme)] {
                    let ratio = contrast(ink, surface);
                    assert!(ratio >= 4.5, "{ink:?} on {surface:?}: {ratio:.2}");
                }
            }
        }
    }
}
