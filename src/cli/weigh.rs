//! `nephoscope weigh`: other ways to do the same, held against what there is.

use clap::Args;
use serde::Serialize;

use super::failure::{Code, Failure};
use super::input::{Drawn, known_provider};
use super::sample::Format;
use super::{output, tables};
use crate::advice::break_even::{BreakEven, Choice, Crossover, break_even, break_evens};
use crate::advice::trial::{NoAdvice, Trial};
use crate::catalog::ProviderId;
use crate::design::{Design, NodeId};
use crate::export::wording::known_cost;
use crate::format;

/// The version of the JSON that answers are printed as.
const SCHEMA_VERSION: u32 = 1;

/// Hold other ways to do the same against what there is, node by node: what
/// each costs, what is lost, and from which traffic on it pays.
#[derive(Args, Debug)]
pub(super) struct Weigh {
    #[command(flatten)]
    drawn: Drawn,

    /// Only this question: container, front-door, table-capacity …
    #[arg(long, value_name = "CARD")]
    card: Option<String>,

    /// Only this node.
    #[arg(long, value_name = "ID")]
    node: Option<String>,

    /// Another provider than the design's.
    #[arg(long, value_name = "ID")]
    provider: Option<String>,

    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Serialize)]
struct Versioned<'a> {
    schema: u32,
    name: &'a str,
    break_evens: &'a [BreakEven],
}

impl Weigh {
    pub fn run(self) -> Result<(), Failure> {
        let (catalog, design) = self.drawn.load()?;
        let provider = self.provider.as_deref();
        let provider = match provider {
            Some(id) => {
                known_provider(&catalog, id)?;
                Some(ProviderId::from(id))
            }
            None => None,
        };
        let trial = Trial {
            design: &design,
            catalog: &catalog,
            provider: provider.as_ref(),
            traffic: self.drawn.traffic,
        };
        let answers = self.answers(trial)?;
        match self.format {
            Format::Table => output::print(table(&answers).as_bytes()),
            Format::Json => {
                let all = Versioned {
                    schema: SCHEMA_VERSION,
                    name: &design.name,
                    break_evens: &answers,
                };
                let text = serde_json::to_string_pretty(&all)
                    .map_err(|error| Failure::new(Code::Request, error.to_string()))?;
                output::print(format!("{text}\n").as_bytes())
            }
        }
    }

    fn answers(&self, trial: Trial<'_>) -> Result<Vec<BreakEven>, Failure> {
        let refused = |error: NoAdvice| Failure::new(Code::Request, error.to_string());
        let only = self.only(trial.design)?;
        let never = || false;
        let Some(card) = &self.card else {
            return break_evens(trial, only.as_ref(), &never).map_err(refused);
        };
        let mut answers = break_even(trial, card, &never).map_err(refused)?;
        answers.retain(|answer| only.as_ref().is_none_or(|only| *only == answer.node));
        Ok(answers)
    }

    fn only(&self, design: &Design) -> Result<Option<NodeId>, Failure> {
        let Some(id) = self.node.as_deref().map(NodeId::from) else {
            return Ok(None);
        };
        if design.nodes.contains_key(&id) {
            return Ok(Some(id));
        }
        let known: Vec<&str> = design.nodes.keys().map(NodeId::as_str).collect();
        let what = format!("there is no node `{id}`");
        Err(Failure::new(Code::Request, what).help(format!("there are {}", known.join(", "))))
    }
}

fn table(answers: &[BreakEven]) -> String {
    if answers.is_empty() {
        return "There is no other way to weigh.\n".to_owned();
    }
    let texts: Vec<String> = answers.iter().map(answer_text).collect();
    texts.join("\n")
}

fn answer_text(answer: &BreakEven) -> String {
    let head = [answer.label.as_str(), "Cost", "p99", "Pays", "Lost"];
    let mut text = format!("{}\n", answer.title);
    text.push_str(&tables::table(
        head,
        answer.choices.iter().map(row),
        &[1, 2],
    ));
    if let Some(yardstick) = &answer.yardstick {
        text.push_str(&format!("{}\n", yardstick.text));
    }
    text
}

fn row(choice: &Choice) -> [String; 5] {
    let Some(outcome) = &choice.outcome else {
        let why = choice.blocked.clone().unwrap_or_default();
        return [
            choice.label.clone(),
            "-".to_owned(),
            "-".to_owned(),
            "no".to_owned(),
            why,
        ];
    };
    let mut pays: Vec<String> = choice.crossovers.iter().map(crossover_text).collect();
    if !choice.holds {
        pays.push("does not carry the load".to_owned());
    }
    [
        choice.label.clone(),
        known_cost(outcome.usd, outcome.complete),
        format::millis(outcome.p99),
        pays.join(", "),
        choice.lost.join("; "),
    ]
}

fn crossover_text(crossover: &Crossover) -> String {
    let side = if crossover.cheaper_above {
        "above"
    } else {
        "below"
    };
    format!("{side} {}x", format::significant(crossover.traffic, 3))
}
