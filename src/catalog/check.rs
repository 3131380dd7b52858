//! What makes a catalog consistent.
//!
//! The types say what a file may hold; here is what types cannot say: that a
//! name in a formula is in the vocabulary, a source exists, tiers ascend. Each
//! problem names the file, the place in it, and what was expected.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::{Figure, reading};
use super::load::CatalogProblem;
use super::{
    Archetype, Catalog, Companion, Meter, Provider, ProviderId, RegionId, Service, ServiceId, Tier,
    vocabulary,
};
use crate::expression::{Expression, nearest};

/// Adds every inconsistency of a catalog. `places` are the ids that have a
/// file, including files that could not be read.
pub(super) fn check(
    catalog: &Catalog,
    places: &BTreeSet<String>,
    problems: &mut Vec<CatalogProblem>,
) {
    let mut checker = Checker {
        catalog,
        places,
        problems,
        file: String::new(),
    };
    for provider in catalog.providers.values() {
        checker.provider(provider);
    }
    for service in catalog.services.values() {
        checker.service(service);
    }
    checker.shared_scopes();
}

struct Checker<'a> {
    catalog: &'a Catalog,
    places: &'a BTreeSet<String>,
    problems: &'a mut Vec<CatalogProblem>,
    /// The file that is being checked.
    file: String,
}

impl Checker<'_> {
    fn problem(&mut self, problem: String) {
        self.problems.push(CatalogProblem {
            file: self.file.clone(),
            position: None,
            problem,
        });
    }

    fn require(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.problem(problem());
        }
    }

    fn provider(&mut self, provider: &Provider) {
        self.file = format!("{}/provider.ron", provider.id);
        self.slug("provider", provider.id.as_str());
        self.require(!provider.name.trim().is_empty(), || {
            "the name is empty".to_owned()
        });
        self.require((672.0..=744.0).contains(&provider.hours_per_month), || {
            let hours = provider.hours_per_month;
            format!("hours_per_month is {hours}, expected 672 to 744")
        });
        self.require(
            provider.regions.contains_key(&provider.default_region),
            || {
                format!(
                    "default_region `{}` is not in regions",
                    provider.default_region
                )
            },
        );
        for (key, source) in &provider.sources {
            self.require(is_date(&source.checked), || {
                let date = &source.checked;
                format!("source `{key}`: checked is `{date}`, expected a day as YYYY-MM-DD")
            });
            self.require(!source.title.trim().is_empty(), || {
                format!("source `{key}`: the title is empty")
            });
            self.require(!source.url.trim().is_empty(), || {
                format!("source `{key}`: the url is empty")
            });
        }
        for key in provider.allowances.keys() {
            self.slug("allowance", key);
        }
        for key in provider.credits.keys() {
            self.slug("credit", key);
        }
        for region in provider.areas.keys() {
            self.require(provider.regions.contains_key(region), || {
                format!("areas: `{region}` is not in regions")
            });
        }
        if let Some(egress) = &provider.internet_egress {
            self.known_service("internet_egress", egress);
        }
        reading::provider(provider, &mut |_, figure| {
            self.figure(figure, Some(provider));
        });
    }

    fn service(&mut self, service: &Service) {
        let provider_id = service.id.provider();
        let (folder, name) = service.id.as_str().split_once('.').unwrap_or_default();
        self.file = format!("{folder}/{name}.ron");
        self.slug("service", name);
        let provider = self.catalog.providers.get(&provider_id);
        let expected = provider.is_some() || self.places.contains(provider_id.as_str());
        self.require(expected, || {
            format!("there is no `{provider_id}/provider.ron`")
        });
        let named = !service.name.trim().is_empty() && !service.short.trim().is_empty();
        self.require(named, || "name or short is empty".to_owned());
        reading::service(service, &mut |_, figure| self.figure(figure, provider));
        self.compute(service);
        let mut ids = BTreeSet::new();
        for meter in &service.meters {
            self.require(ids.insert(&meter.id), || {
                format!("meter `{}` is there twice", meter.id)
            });
            self.meter(service.archetype, meter, provider);
        }
        self.commitments(service);
        let mut ids = BTreeSet::new();
        for companion in &service.companions {
            self.require(ids.insert(&companion.id), || {
                format!("companion `{}` is there twice", companion.id)
            });
            self.companion(service.archetype, companion);
        }
    }

    /// The source exists and the value can be right.
    fn figure(&mut self, figure: &dyn Figure, provider: Option<&Provider>) {
        if let Some(fault) = figure.fault() {
            self.problem(format!("figure `{}`: {fault}", figure.id()));
        }
        let Some(provider) = provider else {
            return;
        };
        let key = figure.source();
        self.require(provider.sources.contains_key(key), || {
            let known = provider.sources.keys().map(String::as_str);
            let hint = did_you_mean(key, known);
            let place = &provider.id;
            format!(
                "figure `{}`: source `{key}` is not in {place}/provider.ron{hint}",
                figure.id()
            )
        });
    }

    fn compute(&mut self, service: &Service) {
        let Some(compute) = &service.compute else {
            return;
        };
        let sizes = compute.memory_min > 0.0
            && compute.memory_min <= compute.memory_max
            && compute.memory_max.is_finite()
            && compute.memory_step > 0.0;
        self.require(sizes, || {
            "compute: expected 0 < memory_min <= memory_max and memory_step > 0".to_owned()
        });
        let ascends = compute
            .memory_sizes
            .windows(2)
            .all(|pair| pair[0] < pair[1])
            && compute.memory_sizes.iter().all(|size| *size > 0.0);
        self.require(ascends, || {
            "compute: expected memory_sizes above 0 that ascend".to_owned()
        });
        self.require(compute.full_core_memory.value > 0.0, || {
            "compute: full_core_memory must be above 0".to_owned()
        });
        self.require(!compute.init.is_empty(), || {
            "compute: init names no runtime".to_owned()
        });
    }

    fn commitments(&mut self, service: &Service) {
        for (key, commitment) in &service.commitments {
            self.slug("commitment", key);
            let share = commitment.discount.value;
            self.require((0.0..=1.0).contains(&share), || {
                format!("commitment `{key}`: discount is {share}, expected a share from 0 to 1")
            });
            for meter in &commitment.meters {
                let known = service.meters.iter().any(|own| own.id == *meter);
                self.require(known, || {
                    let ids = service.meters.iter().map(|own| own.id.as_str());
                    let hint = did_you_mean(meter, ids);
                    format!("commitment `{key}`: there is no meter `{meter}`{hint}")
                });
            }
        }
    }

    fn meter(&mut self, archetype: Archetype, meter: &Meter, provider: Option<&Provider>) {
        let place = format!("meter `{}`", meter.id);
        self.slug("meter", &meter.id);
        for word in meter.assumes.keys() {
            self.require(vocabulary::find(archetype, word).is_none(), || {
                format!("{place}: `{word}` of assumes is already in the vocabulary")
            });
        }
        let formulas = [
            ("quantity", Some(&meter.quantity)),
            ("when", meter.when.as_ref()),
        ];
        for (name, formula) in formulas {
            let words = formula.into_iter().flat_map(Expression::names);
            for word in words.filter(|word| !meter.assumes.contains_key(*word)) {
                self.word(&format!("{place}: {name}"), archetype, word);
            }
        }
        self.require(meter.per > 0.0 && meter.per.is_finite(), || {
            format!("{place}: per is {}, expected a number above 0", meter.per)
        });
        for (name, step) in [
            ("round_up", meter.round_up),
            ("round_billed", meter.round_billed),
        ] {
            self.require(step >= 0.0 && step.is_finite(), || {
                format!("{place}: {name} is {step}, expected 0 or more")
            });
        }
        self.require(!meter.prices.is_empty(), || {
            format!("{place}: no region has a price")
        });
        for (region, tiers) in &meter.prices {
            self.tiers(&format!("{place}, `{region}`"), tiers);
        }
        if let Some(provider) = provider {
            self.meter_in_provider(&place, meter, provider);
        }
    }

    fn meter_in_provider(&mut self, place: &str, meter: &Meter, provider: &Provider) {
        for region in meter.prices.keys() {
            let known = region.as_str() == "*" || provider.regions.contains_key(region);
            self.require(known, || {
                let hint = did_you_mean(
                    region.as_str(),
                    provider.regions.keys().map(RegionId::as_str),
                );
                format!(
                    "{place}: region `{region}` is not in {}/provider.ron{hint}",
                    provider.id
                )
            });
        }
        if let Some(free) = &meter.free {
            self.require(provider.allowances.contains_key(free), || {
                let hint = did_you_mean(free, provider.allowances.keys().map(String::as_str));
                format!(
                    "{place}: allowance `{free}` is not in {}/provider.ron{hint}",
                    provider.id
                )
            });
        }
        if let Some(credit) = &meter.credit {
            self.require(provider.credits.contains_key(credit), || {
                let hint = did_you_mean(credit, provider.credits.keys().map(String::as_str));
                format!(
                    "{place}: credit `{credit}` is not in {}/provider.ron{hint}",
                    provider.id
                )
            });
        }
    }

    /// Edges ascend, and only the last tier is open.
    fn tiers(&mut self, place: &str, tiers: &[Tier]) {
        self.require(!tiers.is_empty(), || format!("{place}: no tier"));
        let mut below = 0.0;
        for (index, tier) in tiers.iter().enumerate() {
            let last = index + 1 == tiers.len();
            match tier.up_to {
                Some(edge) => {
                    self.require(edge > below && edge.is_finite(), || {
                        format!(
                            "{place}: tier {} ends at {edge}, expected more than {below}",
                            index + 1
                        )
                    });
                    self.require(!last, || {
                        format!("{place}: the last tier ends at {edge}, expected no `up_to`")
                    });
                    below = edge;
                }
                None => self.require(last, || {
                    format!(
                        "{place}: tier {} has no `up_to`, but is not the last",
                        index + 1
                    )
                }),
            }
        }
    }

    fn companion(&mut self, archetype: Archetype, companion: &Companion) {
        let place = format!("companion `{}`", companion.id);
        self.slug("companion", &companion.id);
        self.require(!companion.reason.trim().is_empty(), || {
            format!("{place}: no reason")
        });
        self.known_service(&place, &companion.service);
        if let Some(when) = &companion.when {
            self.words(&format!("{place}: when"), archetype, when);
        }
        for (term, usage) in &companion.usage {
            self.words(&format!("{place}: usage `{term}`"), archetype, usage);
            if let Some(other) = self.catalog.services.get(&companion.service) {
                let place = format!("{place}: usage of {}", other.id);
                self.word(&place, other.archetype, term);
            }
        }
    }

    fn known_service(&mut self, place: &str, id: &ServiceId) {
        let known = self.catalog.services.contains_key(id) || self.places.contains(id.as_str());
        self.require(known, || {
            let hint = did_you_mean(
                id.as_str(),
                self.catalog.services.keys().map(ServiceId::as_str),
            );
            format!("{place}: there is no service `{id}`{hint}")
        });
    }

    fn words(&mut self, place: &str, archetype: Archetype, formula: &Expression) {
        for name in formula.names() {
            self.word(place, archetype, name);
        }
    }

    fn word(&mut self, place: &str, archetype: Archetype, name: &str) {
        self.require(vocabulary::find(archetype, name).is_some(), || {
            let terms = vocabulary::COMMON.iter().chain(vocabulary::of(archetype));
            let hint = did_you_mean(name, terms.map(|term| term.name));
            format!("{place}: `{name}` is not in the vocabulary of {archetype:?}{hint}")
        });
    }

    fn slug(&mut self, what: &str, id: &str) {
        let fits = !id.is_empty()
            && id
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        self.require(fits, || {
            format!("{what} `{id}`: expected an id of lower-case letters, digits and hyphens")
        });
    }

    /// Meters that are added up must count the same thing in the same tiers.
    fn shared_scopes(&mut self) {
        let mut pools: BTreeMap<(ProviderId, &str), (&Service, &Meter)> = BTreeMap::new();
        let mut allowances: BTreeMap<(ProviderId, &str), &Meter> = BTreeMap::new();
        let services = self.catalog.services.values();
        for (service, meter) in services.flat_map(|s| s.meters.iter().map(move |m| (s, m))) {
            self.file = service.id.as_str().replacen('.', "/", 1) + ".ron";
            if let Some(free) = &meter.free {
                let first = *allowances
                    .entry((service.id.provider(), free))
                    .or_insert(meter);
                self.require(first.unit == meter.unit, || {
                    let (id, unit) = (&meter.id, &meter.unit);
                    format!(
                        "meter `{id}` counts in `{unit}`, but allowance `{free}` also serves `{}`, in `{}`",
                        first.id, first.unit
                    )
                });
            }
            if let Some(pool) = &meter.pool {
                let (_, first) = *pools
                    .entry((service.id.provider(), pool))
                    .or_insert((service, meter));
                let alike = first.unit == meter.unit && edges(first) == edges(meter);
                self.require(alike, || {
                    let (id, other) = (&meter.id, &first.id);
                    format!(
                        "meter `{id}`: unit or tier edges differ from `{other}` in pool `{pool}`"
                    )
                });
            }
        }
    }
}

/// The edges of the tiers by region.
fn edges(meter: &Meter) -> Vec<(&RegionId, Vec<Option<f64>>)> {
    let edges = |tiers: &[Tier]| tiers.iter().map(|tier| tier.up_to).collect();
    meter
        .prices
        .iter()
        .map(|(region, tiers)| (region, edges(tiers)))
        .collect()
}

fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map_or_else(String::new, |word| format!("; did you mean `{word}`?"))
}

/// Whether a text is a day of the calendar, written `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let part =
        |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (part(0..4), part(5..7), part(8..10)) else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    shape && (1..=days).contains(&day)
}
