//! Bills that people were sent and told about, from the quantities they gave.
//!
//! Such reports round both, so a bill need only come close. What the Workers
//! Paid plan includes is taken off; its 5 USD are left out.

use rust_decimal::prelude::ToPrimitive;

use crate::{Uses, bill_of, catalog_of, free_month_of};

struct Incident {
    what: &'static str,
    uses: Uses,
    /// As reported. [USD]
    reported: f64,
    /// How far the bill may be from it, as a share.
    within: f64,
}

#[rustfmt::skip] // One row an incident.
const INCIDENTS: &[Incident] = &[
    Incident {
        what: "KV listed in a loop",
        uses: &[("cloudflare.kv", &[("lists", 574e6)])],
        reported: 2_870.0,
        within: 0.01,
    },
    Incident {
        what: "KV read in a loop",
        uses: &[("cloudflare.kv", &[("reads", 16.62e9)])],
        reported: 8_306.0,
        within: 0.01,
    },
    Incident {
        what: "KV written in a loop",
        uses: &[("cloudflare.kv", &[("writes", 3.13e9)])],
        reported: 15_635.0,
        within: 0.01,
    },
    Incident {
        what: "rows written by Durable Objects",
        uses: &[("cloudflare.durable-objects", &[("rows-written", 4.01e9)])],
        reported: 3_962.0,
        within: 0.01,
    },
    Incident {
        what: "a loop that writes to D1, by its rows at the list price",
        uses: &[("cloudflare.d1", &[("rows_written", 4.83e9)])],
        reported: 4_780.0,
        within: 0.01,
    },
    Incident {
        // What else is in it is not told.
        what: "a loop that writes to D1, all overage of the month",
        uses: &[("cloudflare.d1", &[("rows_written", 4.83e9)])],
        reported: 4_868.0,
        within: 0.02,
    },
    Incident {
        // 800 runs a second over 30 days, ten transitions each.
        what: "device messages through standard workflows",
        uses: &[("aws.step-functions-standard", &[("requests", 800.0 * 2_592_000.0), ("steps", 10.0)])],
        reported: 518_000.0,
        within: 0.01,
    },
];

#[test]
fn reported_bills_follow_from_the_quantities() {
    let account = free_month_of(720.0);
    let catalog = catalog_of(&account);
    for incident in INCIDENTS {
        let total = bill_of(&catalog, &account, incident.uses).total();
        let off = total.to_f64().map(|usd| usd / incident.reported - 1.0);
        assert!(
            off.is_some_and(|off| off.abs() <= incident.within),
            "{}: {total}, reported {}",
            incident.what,
            incident.reported
        );
    }
}
