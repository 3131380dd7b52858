//! Two ways to do the same thing, side by side: what each costs, whether it
//! carries the load, what is lost, and from which traffic on it pays.
//!
//! A card is one file here and one line in [`CARDS`]. It only proposes edits;
//! [`weigh`] analyses the edited design, so that no card has a price or a
//! formula of its own.

mod arm;
mod commitment;
mod container;
mod front_door;
mod hop;
mod logs;
mod network;
mod plan;
mod ready;
mod table;
mod weigh;
mod workflow;

#[cfg(test)]
mod tests;

use serde::Serialize;

use super::translate::feature_text;
use super::trial::{NoAdvice, Outcome, Trial};
use crate::catalog::{Catalog, LimitKind, ProviderId, Service};
use crate::design::placement::Needs;
use crate::design::settings::Package;
use crate::design::{Command, Design, Node, NodeId, Pin, Settings};
use crate::format;
use crate::report::{NodeReport, Report};

/// One question that is answered for every node that it concerns.
pub struct Card {
    /// For the command line and for tests.
    pub id: &'static str,
    /// The question.
    pub title: &'static str,
    /// Which nodes it concerns, and how they could be done otherwise.
    ask: for<'a> fn(&Ask<'a>) -> Vec<Matter<'a>>,
}

/// Every card, in reading order.
pub static CARDS: &[Card] = &[
    container::CARD,
    ready::CARD,
    plan::CARD,
    arm::CARD,
    front_door::CARD,
    workflow::CARD,
    table::CARD,
    hop::CARD,
    logs::CARD,
    network::CARD,
    commitment::CARD,
];

/// What a card looks at.
struct Ask<'a> {
    trial: Trial<'a>,
    /// The design as it is, with the response of each node.
    base: &'a Report,
    /// The only node to ask about, where not all are.
    only: Option<&'a NodeId>,
    stopped: &'a dyn Fn() -> bool,
}

/// One node that a card concerns.
struct Matter<'a> {
    node: NodeId,
    /// What there is now.
    current: String,
    proposals: Vec<Proposal<'a>>,
    yardstick: Option<Yardstick>,
}

/// One way to do it otherwise.
#[derive(Default)]
struct Proposal<'a> {
    label: String,
    lost: Vec<String>,
    /// Why it is out of the question.
    blocked: Option<String>,
    /// The edits that make it, at the trial's traffic.
    commands: Vec<Command>,
    /// The edits at another multiplier, where they depend on it.
    scaled: Option<Box<dyn Fn(f64) -> Vec<Command> + 'a>>,
    /// The service that the node is pinned to, where that is all.
    service: Option<&'a Service>,
    /// The node that stands in place of the matter's.
    stands_in: Option<NodeId>,
    /// It rests on a setting that analyses may not use: left out where it
    /// changes nothing.
    is_uncertain: bool,
}

/// A share or size that decides, with its threshold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Yardstick {
    /// What is measured.
    pub name: String,
    /// Where the design is.
    pub value: f64,
    /// Where the choice turns.
    pub threshold: f64,
    /// Unit of both: `share` or `KB`.
    pub unit: &'static str,
    /// What that means, in a sentence.
    pub text: String,
}

/// An answered card.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BreakEven {
    /// Its [`Card::id`].
    pub card: &'static str,
    /// The question.
    pub title: &'static str,
    /// The node that it is about.
    pub node: NodeId,
    /// The node's label.
    pub label: String,
    /// What there is now, then the other ways.
    pub choices: Vec<Choice>,
    /// What decides between them.
    pub yardstick: Option<Yardstick>,
}

/// One way to do it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    /// What it is.
    pub label: String,
    /// What the whole design then comes to; none where it is blocked.
    pub outcome: Option<Outcome>,
    /// Whether the node carries its load, and no other node is worse off.
    pub holds: bool,
    /// What is lost against what there is now.
    pub lost: Vec<String>,
    /// Why it is out of the question.
    pub blocked: Option<String>,
    /// From which traffic on it costs less, or more, than what there is now.
    pub crossovers: Vec<Crossover>,
    /// The edits that make it, as one step; empty for what there is now.
    #[serde(skip)]
    pub commands: Vec<Command>,
}

/// Where the costs of two ways cross.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Crossover {
    /// Multiplier on all traffic, to 0.1 %.
    pub traffic: f64,
    /// Whether the other way costs less above it, or else below.
    pub cheaper_above: bool,
}

/// Answers every card for every node that it concerns, or for one of them.
///
/// # Errors
///
/// If it was told to stop.
pub fn break_evens(
    trial: Trial<'_>,
    only: Option<&NodeId>,
    stopped: &dyn Fn() -> bool,
) -> Result<Vec<BreakEven>, NoAdvice> {
    answers(trial, CARDS, only, stopped)
}

/// Answers one card.
///
/// # Errors
///
/// If there is no such card, or it was told to stop.
pub fn break_even(
    trial: Trial<'_>,
    card: &str,
    stopped: &dyn Fn() -> bool,
) -> Result<Vec<BreakEven>, NoAdvice> {
    let known = CARDS.iter().find(|known| known.id == card);
    let known = known.ok_or_else(|| {
        let all: Vec<&str> = CARDS.iter().map(|card| card.id).collect();
        NoAdvice::Impossible(format!("no card `{card}`; there are {}", all.join(", ")))
    })?;
    answers(trial, std::slice::from_ref(known), None, stopped)
}

fn answers(
    trial: Trial<'_>,
    cards: &[Card],
    only: Option<&NodeId>,
    stopped: &dyn Fn() -> bool,
) -> Result<Vec<BreakEven>, NoAdvice> {
    let base = trial.traced(trial.design);
    let ask = Ask {
        trial,
        base: &base,
        only,
        stopped,
    };
    let scale = weigh::Scale::new(&ask);
    let mut answers = Vec::new();
    for card in cards {
        for matter in (card.ask)(&ask) {
            answers.extend(scale.weigh(card, matter)?);
        }
        if stopped() {
            return Err(NoAdvice::Stopped);
        }
    }
    Ok(answers)
}

impl<'a> Ask<'a> {
    /// Nodes with their reports and the services that stand for them.
    fn nodes(
        &self,
    ) -> impl Iterator<Item = (&'a NodeId, &'a Node, &'a NodeReport, &'a Service)> + '_ {
        let nodes = self.trial.design.nodes.iter();
        let nodes = nodes.filter(|(id, _)| self.only.is_none_or(|only| only == *id));
        nodes.filter_map(|(id, node)| {
            let service = self.trial.service(self.base, id)?;
            Some((id, node, self.base.nodes.get(id)?, service))
        })
    }

    /// The node on other services of its kind and provider, by pins.
    fn other_services(
        &self,
        id: &NodeId,
        node: &Node,
        current: &Service,
        fits: impl Fn(&Service) -> bool,
    ) -> Vec<Proposal<'a>> {
        let provider = self.trial.provider_of(node);
        let catalog: &'a Catalog = self.trial.catalog;
        catalog
            .services_of(&provider, node.archetype())
            .filter(|service| service.id != current.id && fits(service))
            .map(|service| Proposal {
                label: service.short.clone(),
                lost: lost(current, service),
                blocked: self.blocked(id, node, service),
                commands: vec![pinned(id, node, &provider, service)],
                service: Some(service),
                ..Proposal::default()
            })
            .collect()
    }

    /// Why a service cannot do the work of a node.
    fn blocked(&self, id: &NodeId, node: &Node, service: &Service) -> Option<String> {
        let required = Needs::of_settings(&node.settings).required;
        let lacks = |feature: &&&str| !service.features.contains(**feature);
        if let Some(feature) = required.iter().find(lacks) {
            return Some(format!("it has no {}", feature_text(feature)));
        }
        if let Settings::Function(function) = &node.settings {
            let compute = service.compute.as_ref()?;
            let runtime = function.runtime().text();
            let is_image =
                function.package() == Package::Image && service.features.contains("image");
            if !is_image && !compute.init.contains_key(runtime) {
                return Some(format!("{runtime} does not run there"));
            }
            let most = compute.memory(f64::MAX);
            if function.working_set().0 > most {
                return Some(format!("it has {} at most", format::memory_mb(most)));
            }
        }
        let most = service.limits.get(&LimitKind::Timeout)?.value.value;
        let longest = self.base.nodes.get(id)?.p99.as_ref()?.value;
        (longest > most).then(|| {
            format!(
                "one in a hundred runs takes {} or more, and it allows {}",
                format::millis(longest),
                format::millis(most)
            )
        })
    }
}

/// What a service can and another cannot, by name.
fn lost(current: &Service, other: &Service) -> Vec<String> {
    let missing = current.features.difference(&other.features);
    missing.map(|feature| feature_text(feature)).collect()
}

/// Chooses a service; settings of an earlier pin stay.
fn pinned(id: &NodeId, node: &Node, provider: &ProviderId, service: &Service) -> Command {
    let earlier = node.pins.get(provider);
    Command::SetPin {
        id: id.clone(),
        provider: provider.clone(),
        pin: Some(Pin {
            service: service.id.clone(),
            settings: earlier.map(|pin| pin.settings.clone()).unwrap_or_default(),
        }),
    }
}

/// A node's own lines of the bill, companions apart, by meter [USD/month].
fn own_lines<'r>(report: &'r Report, id: &'r NodeId) -> impl Iterator<Item = (&'r str, f64)> {
    let lines = report.cost.lines.iter();
    let own = lines.filter(move |line| line.node == *id && line.companion.is_none());
    own.map(|line| (line.meter.as_str(), line.cost.value))
}

/// The design as a large account sees it, to which nothing is free.
fn without_allowances(design: &Design) -> Design {
    let mut plain = design.clone();
    plain.environment.free_tier = false;
    plain
}
