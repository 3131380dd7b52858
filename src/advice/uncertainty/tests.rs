use super::*;
use crate::design::settings::FunctionSettings;
use crate::design::{Node, NodeId, Settings};

fn belief_of(path: &str, low: f64, high: f64) -> Belief {
    let mut design = Design::default();
    let function = Node::new(Settings::Function(FunctionSettings::default()));
    design.nodes.insert(NodeId::from("checkout"), function);
    let ranges = BTreeMap::from([(path.parse().unwrap(), Range { low, high })]);
    let request = Request {
        ranges: &ranges,
        assumed: false,
        samples: 1,
        seed: 0,
        threads: 1,
    };
    let catalog = Catalog::embedded().unwrap();
    let (mut beliefs, refused) = belief::beliefs(&design, catalog, &request);
    assert!(refused.is_empty(), "{refused:?}");
    beliefs.remove(0)
}

#[test]
fn ends_of_a_range_are_its_quantiles() {
    #[track_caller]
    fn check(path: &str, (low, high): (f64, f64), spread: Spread, median: f64) {
        let belief = belief_of(path, low, high);
        assert_eq!(belief.spread, spread);
        let near = |got: f64, expected: f64| {
            assert!(
                (got - expected).abs() < 1e-6 * expected.abs().max(1e-3),
                "{got} {expected}"
            );
        };
        near(belief.quantile(0.1), low);
        near(belief.quantile(0.9), high);
        near(belief.quantile(0.5), median);
    }
    check("checkout.cpu", (10.0, 40.0), Spread::Lognormal, 20.0);
    check("checkout.wait", (0.0, 40.0), Spread::Normal, 20.0);
    // Odds of 1:9 and 9:1.
    check("checkout.error_rate", (0.1, 0.9), Spread::LogitNormal, 0.5);
    assert_eq!(belief_of("checkout.wait", 0.0, 40.0).quantile(1e-6), 0.0);
    let whole = belief_of("checkout.reserved", 2.0, 9.0);
    assert_eq!(whole.quantile(0.37).fract(), 0.0);
}

#[test]
fn strata_are_drawn_once_each() {
    let beliefs = [
        belief_of("checkout.cpu", 10.0, 40.0),
        belief_of("checkout.log", 1.0, 2.0),
    ];
    let ranges = BTreeMap::new();
    let request = Request {
        ranges: &ranges,
        assumed: false,
        samples: 50,
        seed: 3,
        threads: 1,
    };
    let draws = hypercube(&beliefs, &request);
    for (index, belief) in beliefs.iter().enumerate() {
        let mut values: Vec<f64> = draws.iter().map(|draw| draw[index].1).collect();
        values.sort_by(f64::total_cmp);
        for (stratum, value) in values.iter().enumerate() {
            let (low, high) = (
                f64::from(stratum as u32) / 50.0,
                f64::from(stratum as u32 + 1) / 50.0,
            );
            assert!(*value >= belief.quantile(low) && *value <= belief.quantile(high));
        }
    }
    assert_ne!(draws[0][0].1, draws[1][0].1);
}
