//! What a card says: its words, numbers and kind, before anything is drawn.
//!
//! The same face serves the card, the sentence that assistive technology reads
//! and the quick-add rows. Numbers come from the report alone; where it has
//! none the card says nothing rather than zero.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use egui::{Color32, Vec2};

use crate::catalog::Archetype;
use crate::design::settings::{Architecture, CapacityMode, Settings, Shape};
use crate::design::{Design, Node, NodeId, link};
use crate::format;
use crate::report::{NodeReport, Severity};
use crate::ui::glyph::Glyph;
use crate::ui::theme::Theme;
use crate::ui::view::Measure;

use super::measure::Reading;
use super::route::CARD;
use super::scene::Scene;

/// Points of a note's line.
pub const NOTE_LINE: f32 = 16.0;
/// Space around a note's text.
pub const NOTE_MARGIN: f32 = 12.0;

/// The words and numbers on a card.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Face {
    /// First line.
    pub title: String,
    /// Second line: service and key settings.
    pub subtitle: String,
    /// Monthly cost, where it is known.
    pub cost: Option<String>,
    /// p99, or else the rate, where it is known.
    pub speed: Option<String>,
    /// Load against the tightest limit.
    pub utilisation: Option<f64>,
    /// The worst problem.
    pub severity: Option<Severity>,
    /// Switched off.
    pub is_out: bool,
    /// What the lens says, where there is one.
    pub reading: Option<Reading>,
    /// Whether there is a lens.
    pub is_measured: bool,
}

impl Face {
    /// Reads it off a scene.
    pub fn of(scene: &Scene, id: &NodeId, node: &Node) -> Self {
        let report = scene.report.nodes.get(id);
        let utilisation = report.and_then(|report| report.utilisation.as_ref());
        Self {
            title: node.title(id).to_owned(),
            subtitle: subtitle(scene, node, report),
            cost: report.and_then(cost),
            speed: report.and_then(speed),
            utilisation: utilisation.map(|figure| figure.value),
            severity: scene.facts.nodes.get(id).copied(),
            is_out: scene.design.outages.contains(id),
            reading: Reading::of(scene, id),
            is_measured: scene.measure != Measure::Usual,
        }
    }
}

/// The cost; none for triggers, which cost nothing themselves.
fn cost(report: &NodeReport) -> Option<String> {
    if report.archetype == Archetype::Trigger && report.cost.value == 0.0 {
        return None;
    }
    Some(cost_text(report))
}

/// What a node costs; a lower bound where a price is missing.
pub fn cost_text(report: &NodeReport) -> String {
    let text = format::usd_per_month(report.cost.value);
    if report.cost_complete {
        text
    } else {
        format!("≥ {text}")
    }
}

fn speed(report: &NodeReport) -> Option<String> {
    match &report.p99 {
        Some(p99) => Some(format!("p99 {}", format::millis(p99.value))),
        None if report.rate.value > 0.0 => Some(format::rate_per_second(report.rate.value)),
        None => None,
    }
}

fn subtitle(scene: &Scene, node: &Node, report: Option<&NodeReport>) -> String {
    let named = report
        .map(|report| report.service_name.as_str())
        .filter(|name| !name.is_empty());
    let service = named.or_else(|| scene.service(node).map(|service| service.short.as_str()));
    let mut words = vec![
        service
            .unwrap_or_else(|| node.archetype().label())
            .to_owned(),
    ];
    words.extend(key_settings(&node.settings));
    words.join(", ")
}

/// The settings that tell one node of a kind from another, shortest first.
pub fn key_settings(settings: &Settings) -> Vec<String> {
    let flag = |on: bool, word: &str| on.then(|| word.to_owned()).into_iter().collect();
    match settings {
        Settings::Trigger(s) => {
            let traffic = match s.shape() {
                Shape::Cron => s.cron(),
                Shape::ClosedLoop => format!("{} users", format::count(s.users())),
                _ => s.rate().to_string(),
            };
            vec![s.source().text().to_owned(), traffic]
        }
        Settings::Gateway(s) if s.rate_limit() > 0.0 => {
            vec![format!("up to {}", format::rate_per_second(s.rate_limit()))]
        }
        Settings::Gateway(_) | Settings::Workflow(_) | Settings::Bus(_) | Settings::Note(_) => {
            Vec::new()
        }
        Settings::Cdn(s) if s.keys() > 0.0 => {
            vec![format!("{} fresh", format::millis(s.ttl().0))]
        }
        Settings::Cdn(s) => vec![format!("{} hits", format::percent(s.hit_ratio()))],
        Settings::Function(s) => {
            vec![
                format::memory_mb(s.memory().0),
                s.architecture().text().to_owned(),
            ]
        }
        Settings::Container(s) => {
            let mut words = vec![
                format!("{} vCPU", format::significant(s.vcpu(), 3)),
                format::memory_mb(s.memory().0),
            ];
            if s.architecture() == Architecture::Arm {
                words.push(s.architecture().text().to_owned());
            }
            words
        }
        Settings::Queue(s) => flag(s.fifo(), "FIFO"),
        Settings::Topic(s) => flag(s.fifo(), "FIFO"),
        Settings::Stream(s) => vec![match s.capacity() {
            CapacityMode::OnDemand => s.capacity().text().to_owned(),
            CapacityMode::Provisioned => format!("{} shards", s.shards()),
        }],
        Settings::Table(s) => vec![s.capacity().text().to_owned()],
        Settings::Database(s) => vec![format!("{} to {} units", s.minimum(), s.maximum())],
        Settings::Cache(s) => vec![format::memory_mb(s.storage().megabytes().0)],
        Settings::Bucket(s) => vec![format!("{} objects", format::size_kb(s.object().0))],
        Settings::Search(s) => vec![format!("{} units", s.units())],
        Settings::Service(_) => Vec::new(),
        Settings::External(s) => vec![format::millis(s.latency().mean().0)],
        Settings::Other(s) => Some(s.resource_type())
            .filter(|kind| !kind.is_empty())
            .into_iter()
            .collect(),
    }
}

/// The sentence about a node for those who do not see the card.
pub fn sentence(
    scene: &Scene,
    id: &NodeId,
    node: &Node,
    [calls_in, calls_out]: [usize; 2],
) -> String {
    let face = Face::of(scene, id, node);
    if let Settings::Note(note) = &node.settings {
        return format!("Note {}: {}", face.title, note.text());
    }
    let mut parts = vec![format!("{} {}", node.archetype().label(), face.title)];
    parts.extend(key_settings(&node.settings));
    parts.extend(face.speed);
    parts.extend(
        face.cost
            .map(|cost| cost.replace(" /mo", " per month").replace("≥", "at least")),
    );
    parts.extend(
        face.utilisation
            .map(|load| format!("{} of its limit", format::percent(load))),
    );
    parts.extend(
        face.reading
            .map(|reading| format!("{} lens: {}", scene.measure.label(), reading.text)),
    );
    parts.extend(face.is_out.then(|| "switched off".to_owned()));
    parts.extend(face.severity.map(|severity| {
        match severity {
            Severity::Error => "has an error",
            Severity::Warning => "has a warning",
            Severity::Hint => "has a hint",
        }
        .to_owned()
    }));
    parts.push(format!("{calls_in} in"));
    parts.push(format!("{calls_out} out"));
    parts.join(", ")
}

/// The sentence about a wire: "checkout writes orders".
pub fn wire_sentence(design: &Design, link: &crate::design::Link) -> String {
    use crate::design::LinkKind as K;
    let verb = match link.kind {
        K::Request => "calls",
        K::Invoke => "invokes",
        K::Publish => "publishes to",
        K::Deliver => "delivers to",
        K::Poll => "is polled by",
        K::Notify => "notifies",
        K::Read => "reads",
        K::Write => "writes",
        K::Step => "runs",
        K::DeadLetter => "gives up to",
    };
    let title = |id: &NodeId| match design.nodes.get(id) {
        Some(node) => node.title(id).to_owned(),
        None => id.to_string(),
    };
    format!("{} {verb} {}", title(&link.from), title(&link.to))
}

/// Size of a node's card at 100 %: notes grow with their text.
pub fn size(settings: &Settings) -> Vec2 {
    let Settings::Note(note) = settings else {
        return CARD;
    };
    const LETTERS: usize = 26;
    let text = note.text();
    let lines: usize = text
        .lines()
        .map(|line| 1 + line.chars().count() / LETTERS)
        .sum();
    let lines = lines.clamp(1, 20) as f32;
    Vec2::new(CARD.x, 2.0 * NOTE_MARGIN + lines * NOTE_LINE)
}

/// Whether a kind of node can receive, and whether it can send.
pub fn ports(archetype: Archetype) -> [bool; 2] {
    static PORTS: LazyLock<BTreeMap<Archetype, [bool; 2]>> = LazyLock::new(|| {
        let can = |from, to| !link::proposals(from, to).is_empty();
        let ports = |kind: Archetype| {
            [
                Archetype::ALL.iter().any(|other| can(*other, kind)),
                Archetype::ALL.iter().any(|other| can(kind, *other)),
            ]
        };
        Archetype::ALL
            .iter()
            .map(|kind| (*kind, ports(*kind)))
            .collect()
    });
    PORTS.get(&archetype).copied().unwrap_or_default()
}

/// The drawing of a kind of node.
pub fn glyph(archetype: Archetype) -> Glyph {
    match archetype {
        Archetype::Trigger => Glyph::Trigger,
        Archetype::Gateway => Glyph::Gateway,
        Archetype::Cdn => Glyph::Cdn,
        Archetype::Function => Glyph::Function,
        Archetype::Container => Glyph::Container,
        Archetype::Workflow => Glyph::Workflow,
        Archetype::Queue => Glyph::Queue,
        Archetype::Topic => Glyph::Topic,
        Archetype::Bus => Glyph::Bus,
        Archetype::Stream => Glyph::Stream,
        Archetype::Table => Glyph::Table,
        Archetype::Database => Glyph::Database,
        Archetype::Cache => Glyph::Cache,
        Archetype::Bucket => Glyph::Bucket,
        Archetype::Search => Glyph::Search,
        Archetype::Service => Glyph::Service,
        Archetype::External => Glyph::External,
        Archetype::Other => Glyph::Other,
        Archetype::Note => Glyph::Note,
    }
}

/// The colour of a kind's category.
pub fn category(theme: &Theme, archetype: Archetype) -> Color32 {
    match archetype {
        Archetype::Trigger | Archetype::Gateway | Archetype::Cdn => theme.trigger,
        Archetype::Function | Archetype::Container => theme.compute,
        Archetype::Workflow => theme.orchestration,
        Archetype::Queue | Archetype::Topic | Archetype::Bus | Archetype::Stream => theme.queue,
        Archetype::Table
        | Archetype::Database
        | Archetype::Cache
        | Archetype::Bucket
        | Archetype::Search => theme.data,
        Archetype::Service | Archetype::External | Archetype::Other | Archetype::Note => {
            theme.observability
        }
    }
}
