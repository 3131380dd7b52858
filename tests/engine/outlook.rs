//! What growth costs, against sums done by hand.

use std::sync::Arc;

use nephoscope::design::Series;

use super::*;

/// Third parties of 0.01 USD a call, one call an event, 10 a second: the bill
/// of a month is the calls, and it grows by half each month.
fn growing(trigger: TriggerSettings) -> Design {
    let third = Settings::External(ExternalSettings {
        price: Some(0.01),
        ..ExternalSettings::default()
    });
    drawn(
        &[("clients", Settings::Trigger(trigger)), ("partner", third)],
        &[("clients", "partner", LinkKind::Request, plain())],
    )
}

#[test]
fn growth_is_priced_ahead() {
    let trigger = TriggerSettings {
        rate: rate("10/s"),
        growth: Some(0.5),
        ..TriggerSettings::default()
    };
    let design = growing(trigger);
    let report = built(&design);
    let now = 10.0 * MONTH * 0.01;
    let found: Vec<(f64, f64)> = report
        .outlook
        .iter()
        .map(|later| (later.months, later.cost.value))
        .collect();
    for ((months, usd), expected) in found.iter().zip([0.0, 3.0, 6.0, 12.0]) {
        assert_eq!(*months, expected);
        near("later", *usd, now * 1.5_f64.powf(expected), 1e-6);
    }
    assert_eq!(found.len(), 4);
    assert!(untraced(&design, 1.0).outlook.is_empty());
    // Without growth there is nothing to look at.
    let steady = growing(TriggerSettings::default());
    assert!(built(&steady).outlook.is_empty());
}

/// A replayed file grows as a rate does.
#[test]
fn replays_grow() {
    let mut design = growing(TriggerSettings {
        shape: Some(Shape::Replay),
        replay: Some("counts.csv".to_owned()),
        growth: Some(0.1),
        ..TriggerSettings::default()
    });
    let series = Series {
        interval: 3_600.0,
        counts: vec![3_600.0; 24],
    };
    design
        .series
        .insert("counts.csv".to_owned(), Arc::new(series));
    let outlook = built(&design).outlook;
    near("now", outlook[0].cost.value, MONTH * 0.01, 1e-6);
    near(
        "later",
        outlook[3].cost.value,
        MONTH * 0.01 * 1.1_f64.powf(12.0),
        1e-6,
    );
}
