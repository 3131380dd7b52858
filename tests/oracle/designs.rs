//! Random designs of 20 nodes in which everything that shapes a response time
//! occurs: caches, cold starts, timeouts of functions, gateways and callers,
//! retries with pauses, counts of every law, choices, parallel and successive
//! stages, workflows, containers, stores and third parties.

use std::collections::BTreeSet;

use nephoscope::catalog::{Archetype, Catalog, Operation};
use nephoscope::design::link::CountLaw;
use nephoscope::design::settings::Runtime;
use nephoscope::design::{Design, Link, LinkId, LinkKind, LinkSettings, Node, NodeId, Settings};
use nephoscope::law::Law;
use nephoscope::units::{Megabytes, Millis, Period, Rate};

use crate::random::Random;

/// Seeds of the designs.
pub const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];

/// Events per second by seed: from nearly always cold to nearly always warm.
const RATES: [f64; 5] = [0.001, 0.008, 0.04, 0.5, 20.0];

const OTHERS: [(&str, Archetype); 9] = [
    ("edge", Archetype::Cdn),
    ("gateway", Archetype::Gateway),
    ("box", Archetype::Container),
    ("flow", Archetype::Workflow),
    ("partner", Archetype::External),
    ("table", Archetype::Table),
    ("files", Archetype::Bucket),
    ("memory", Archetype::Cache),
    ("jobs", Archetype::Queue),
];

/// Functions in a design.
const FUNCTIONS: usize = 10;

/// The embedded catalog with timings of this test's own, so that a corrected
/// figure of a provider does not call for new samples.
pub fn catalog() -> Catalog {
    let mut catalog = Catalog::embedded().unwrap().clone();
    for service in catalog.services.values_mut() {
        for (operation, law) in &mut service.timing {
            let (p50, p99) = timing(service.archetype, *operation);
            law.value = lognormal(p50, p99);
        }
        if let Some(compute) = &mut service.compute {
            compute.full_core_memory.value = 1_769.0;
            compute.cpu_steps = None;
            compute.idle_timeout.value = 600.0;
            compute.lifetime = None;
            compute.allocation.value = quantiles(&[(0.5, 80.0), (0.95, 160.0), (0.99, 300.0)]);
            for law in compute.init.values_mut() {
                law.value = quantiles(&[(0.5, 142.0), (0.95, 181.0), (0.99, 216.0)]);
            }
        }
    }
    catalog
}

fn timing(archetype: Archetype, operation: Operation) -> (f64, f64) {
    match (archetype, operation) {
        (Archetype::Function, _) => (2.0, 9.0),
        (Archetype::Gateway, _) => (8.0, 35.0),
        (Archetype::Cdn, _) => (12.0, 60.0),
        (Archetype::Workflow, _) => (15.0, 60.0),
        (Archetype::Bucket, _) => (25.0, 150.0),
        (Archetype::Cache, _) => (0.6, 2.0),
        (_, Operation::Read) => (3.0, 12.0),
        _ => (5.0, 25.0),
    }
}

fn lognormal(p50: f64, p99: f64) -> Law {
    Law::Lognormal {
        p50: Millis(p50),
        p99: Millis(p99),
    }
}

fn quantiles(points: &[(f64, f64)]) -> Law {
    Law::Quantiles(points.iter().map(|(p, x)| (*p, Millis(*x))).collect())
}

/// The design of a seed.
pub fn design(seed: u64) -> Design {
    let mut maker = Maker {
        random: Random::new(seed),
        design: Design::default(),
    };
    maker.node("clients", Archetype::Trigger, seed);
    for (id, archetype) in OTHERS {
        maker.node(id, archetype, seed);
    }
    for index in 0..FUNCTIONS {
        maker.node(&function(index), Archetype::Function, seed);
    }
    maker.links();
    maker.choices();
    maker.design
}

fn function(index: usize) -> String {
    format!("f{index}")
}

struct Maker {
    random: Random,
    design: Design,
}

impl Maker {
    fn node(&mut self, id: &str, archetype: Archetype, seed: u64) {
        let mut settings = Settings::default_of(archetype);
        let random = &mut self.random;
        match &mut settings {
            Settings::Trigger(trigger) => {
                let rate = RATES[seed as usize % RATES.len()];
                trigger.rate = Rate::new(rate, Period::Second).ok();
                trigger.round_trip = Some(lognormal(30.0, 90.0));
                trigger.new_connections = Some(random.pick(&[0.1, 0.4]));
            }
            Settings::Cdn(cdn) => cdn.hit_ratio = Some(random.pick(&[0.0, 0.1, 0.3])),
            Settings::Gateway(gateway) => {
                gateway.hit_ratio = Some(random.pick(&[0.0, 0.1, 0.2]));
                gateway.timeout = Some(Millis(random.pick(&[2_500.0, 5_000.0, 29_000.0])));
            }
            Settings::Function(function) => {
                let p50 = random.pick(&[2.0, 8.0, 20.0, 40.0]);
                function.cpu = Some(match random.pick(&[0, 1, 2]) {
                    0 => Law::Exponential { mean: Millis(p50) },
                    1 => quantiles(&[(0.5, p50), (0.9, 1.7 * p50), (0.99, 5.0 * p50)]),
                    _ => lognormal(p50, random.pick(&[2.5, 4.0, 8.0]) * p50),
                });
                function.wait = Some(Law::Fixed(Millis(random.pick(&[0.0, 0.0, 5.0]))));
                function.memory = Some(Megabytes(random.pick(&[512.0, 1_024.0, 2_048.0])));
                function.parallel = Some(random.pick(&[0.0, 0.5]));
                function.runtime = Some(random.pick(&[Runtime::Node22, Runtime::Java21]));
                function.init_extra = Some(lognormal(40.0, random.pick(&[90.0, 400.0])));
                function.error_rate = Some(random.pick(&[0.0, 0.01, 0.04]));
                let timeout = random.pick(&[300.0, 1_000.0, 3_000.0, 15_000.0]);
                function.timeout = Some(Millis(timeout));
            }
            Settings::Container(container) => {
                container.cpu = Some(lognormal(6.0, 30.0));
                container.error_rate = Some(0.01);
            }
            Settings::Workflow(workflow) => workflow.wait = Some(Law::Fixed(Millis(10.0))),
            Settings::External(external) => {
                external.latency = Some(lognormal(80.0, random.pick(&[300.0, 700.0])));
                external.error_rate = Some(0.02);
            }
            _ => {}
        }
        self.design
            .nodes
            .insert(NodeId::from(id), Node::new(settings));
    }

    fn link(&mut self, from: &str, to: &str, kind: LinkKind, settings: LinkSettings) {
        let link = Link {
            from: NodeId::from(from),
            to: NodeId::from(to),
            kind,
            settings,
            carrier: None,
        };
        let id = LinkId::from(format!("{from}->{to}").as_str());
        self.design.links.entry(id).or_insert(link);
    }

    /// Callers stand before callees, so that there is no loop.
    fn links(&mut self) {
        use LinkKind as K;
        self.link("clients", "edge", K::Request, LinkSettings::default());
        self.link("edge", "gateway", K::Request, LinkSettings::default());
        self.link("gateway", "f0", K::Request, LinkSettings::default());
        let mut leaves: BTreeSet<usize> = (1..FUNCTIONS).collect();
        for index in 1..FUNCTIONS {
            // The last ones are called by the workflow.
            if index < FUNCTIONS - 2 {
                let parent = self.random.next() as usize % index.min(4);
                leaves.remove(&parent);
                let settings = self.settings(K::Request, 600.0);
                self.link(&function(parent), &function(index), K::Request, settings);
            } else {
                let settings = self.settings(K::Step, 600.0);
                self.link("flow", &function(index), K::Step, settings);
            }
        }
        let caller = function(self.random.pick(&[0, 1, 2]));
        self.link(&caller, "flow", K::Request, LinkSettings::default());
        let caller = function(self.random.pick(&[0, 1, 2, 3]));
        let settings = self.settings(K::Request, 60.0);
        self.link(&caller, "box", K::Request, settings);
        let stores = [
            ("table", K::Read, 14.0),
            ("table", K::Write, 30.0),
            ("files", K::Read, 120.0),
            ("memory", K::Read, 3.0),
            ("jobs", K::Publish, 40.0),
            ("partner", K::Request, 400.0),
        ];
        for (store, kind, timeout) in stores {
            let settings = self.settings(kind, timeout);
            let caller = function(self.random.next() as usize % FUNCTIONS);
            self.link(&caller, store, kind, settings);
            let settings = self.settings(kind, timeout);
            let caller = function(self.random.next() as usize % 4);
            self.link(&caller, store, kind, settings);
        }
        let settings = self.settings(K::Read, 14.0);
        self.link("box", "table", K::Read, settings);
        let settings = self.settings(K::Step, 30.0);
        self.link("flow", "table", K::Step, settings);
    }

    fn settings(&mut self, kind: LinkKind, timeout: f64) -> LinkSettings {
        let random = &mut self.random;
        let (law, count) = match (random.next() % 8, kind) {
            (0, LinkKind::Read | LinkKind::Write | LinkKind::Publish) => (CountLaw::Fixed, 3.0),
            (0 | 1, _) => (CountLaw::Fixed, 1.5),
            (2, LinkKind::Read | LinkKind::Write) => (CountLaw::Poisson, 2.5),
            (2, _) => (CountLaw::Poisson, 0.8),
            (3, _) => (CountLaw::Probability, 0.3),
            _ => (CountLaw::Fixed, 1.0),
        };
        LinkSettings {
            count: Some(count),
            count_law: Some(law),
            stage: Some(random.pick(&[1, 1, 2])),
            retries: Some(random.pick(&[0, 1, 2, 3])),
            backoff: Some(Millis(random.pick(&[10.0, 50.0, 100.0]))),
            timeout: random.chance(0.5).then_some(Millis(timeout)),
            ..LinkSettings::default()
        }
    }

    /// The first two calls of some functions exclude each other.
    fn choices(&mut self) {
        for index in 0..FUNCTIONS {
            let from = NodeId::from(function(index).as_str());
            let mut own: Vec<_> = self.design.links.values_mut().collect();
            own.retain(|link| link.from == from);
            if own.len() < 3 || self.random.chance(0.4) {
                continue;
            }
            for (link, share) in own.into_iter().zip([0.55, 0.35]) {
                link.settings.count = Some(share);
                link.settings.count_law = Some(CountLaw::Choice);
                link.settings.choice_group = Some("either".to_owned());
                link.settings.stage = Some(2);
            }
        }
    }
}

/// What of a design shapes the response to its callers.
pub fn constructs(design: &Design) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    let mut add = |name, is_there: bool| {
        if is_there {
            found.insert(name);
        }
    };
    for link in design.links.values() {
        let settings = &link.settings;
        add("retries", settings.retries() > 0);
        add("caller timeouts", settings.timeout().0 > 0.0);
        add("choices", settings.count_law() == CountLaw::Choice);
        add("Poisson counts", settings.count_law() == CountLaw::Poisson);
        add(
            "probabilities",
            settings.count_law() == CountLaw::Probability,
        );
        add(
            "repetitions",
            settings.count_law() == CountLaw::Fixed && settings.count() > 1.0,
        );
        add("workflow steps", link.kind == LinkKind::Step);
        let beside = design
            .links
            .values()
            .filter(|other| other.from == link.from && other.settings.stage() == settings.stage());
        add("parallel calls", beside.count() > 1);
    }
    for node in design.nodes.values() {
        match &node.settings {
            Settings::Function(function) => {
                add("function timeouts", function.timeout().0 < 15_000.0);
                add("errors", function.error_rate() > 0.0);
            }
            Settings::Gateway(gateway) => {
                add("gateway timeouts", gateway.timeout().0 < 29_000.0);
                add("cache hits", gateway.hit_ratio() > 0.0);
            }
            Settings::Cdn(cdn) => add("cache hits", cdn.hit_ratio() > 0.0),
            _ => {}
        }
    }
    found
}
