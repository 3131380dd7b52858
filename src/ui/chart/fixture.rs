//! Advice about the shop of [`crate::ui::demo`], for tests of charts.

use crate::advice::memory::{MemoryPoint, MemorySweep};
use crate::advice::pareto::{Front, FrontPoint};
use crate::advice::trial::Outcome;
use crate::advice::uncertainty::{Band, Belief, Spread, Swing, Uncertainty};
use crate::design::ParamPath;

/// Three sizes of the function.
pub fn sizes() -> MemorySweep {
    let rows = [
        (512.0, 3.1, 90.0),
        (1_024.0, 3.4, 48.0),
        (2_048.0, 5.2, 41.0),
    ];
    let point = |(memory, usd, duration)| MemoryPoint {
        memory,
        usd,
        duration,
        outcome: Outcome::default(),
        commands: Vec::new(),
    };
    MemorySweep {
        node: "checkout".into(),
        label: "Checkout".to_owned(),
        points: rows.map(point).to_vec(),
        current: 1,
        cheapest: 0,
        fastest: 2,
        balanced: 1,
    }
}

/// One unsure input.
pub fn uncertainty() -> Uncertainty {
    let band = |base: f64| Band {
        base,
        p10: 0.8 * base,
        p50: base,
        p90: 1.3 * base,
    };
    let belief = Belief {
        path: ParamPath::Node("checkout".into(), "cpu".to_owned()),
        label: "Checkout: CPU time".to_owned(),
        unit: "ms".to_owned(),
        base: 30.0,
        low: 20.0,
        high: 60.0,
        spread: Spread::Lognormal,
        limits: (0.0, 900_000.0),
        whole: false,
    };
    Uncertainty {
        assumed: true,
        samples: 200,
        seed: 1,
        usd: band(14.2),
        p99: band(214.0),
        tornado: vec![Swing {
            belief,
            usd: [-0.9, 2.4],
            p99: [-20.0, 80.0],
            swing: 0.2,
        }],
        refused: Vec::new(),
    }
}

/// Two combinations.
pub fn front() -> Front {
    let outcome = |usd, p99| Outcome {
        usd,
        p99,
        complete: true,
        ..Outcome::default()
    };
    let point = |(usd, p99)| FrontPoint {
        outcome: outcome(usd, p99),
        meets: true,
        changes: vec!["Checkout 512 MB".to_owned()],
        commands: Vec::new(),
    };
    Front {
        now: outcome(14.2, 214.0),
        meets: true,
        points: [(12.0, 240.0), (16.0, 180.0)].map(point).to_vec(),
        best: Some(0),
        evaluations: 24,
        is_cut_short: false,
    }
}
