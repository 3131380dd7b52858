//! Bills that Google has worked out, and some of others.

use crate::{Account, EXAMPLE, Example, FREE, OTHERS, Rounding, free_month_of, month_of};

const FIRESTORE: &str = "Firestore, billing example";
const DATASTORE_CUDS: &str = "Datastore, committed use discounts";
const BIGTABLE_CUDS: &str = "Bigtable, committed use discounts";
const FUNCTIONS: &str = "Cloud Functions pricing, 1st generation, as recalled";

#[rustfmt::skip] // One row a service.
pub const EXAMPLES: &[Example] = &[
    Example {
        id: "firestore-small",
        page: (FIRESTORE, "2025 or 2026"),
        // Of 30 days: 400,000 reads, 100,000 writes and deletes each.
        uses: &[
            ("gcp.firestore@nam5", &[("reads", 1.2e7), ("writes", 3e6), ("deletes", 3e6), ("storage", 6.75)]),
            ("gcp.firestore-egress@nam5", &[("transfer", 3.0)]),
        ],
        account: free_month_of(720.0),
        rounding: Rounding::CentsADay,
        total: "12.14",
        ..EXAMPLE
    },
    Example {
        id: "firestore-medium",
        page: (FIRESTORE, "2025 or 2026"),
        uses: &[
            ("gcp.firestore@nam5", &[("reads", 2.4e8), ("writes", 6e7), ("deletes", 6e7), ("storage", 135.0)]),
            ("gcp.firestore-egress@nam5", &[("transfer", 60.0)]),
        ],
        account: free_month_of(720.0),
        rounding: Rounding::CentsADay,
        total: "292.02",
        ..EXAMPLE
    },
    Example {
        id: "firestore-large",
        page: (FIRESTORE, "2025 or 2026"),
        uses: &[
            ("gcp.firestore@nam5", &[("reads", 2.4e9), ("writes", 6e8), ("deletes", 6e8), ("storage", 1_350.0)]),
            ("gcp.firestore-egress@nam5", &[("transfer", 600.0)]),
        ],
        account: free_month_of(720.0),
        rounding: Rounding::CentsADay,
        total: "2951.52",
        ..EXAMPLE
    },
    Example {
        id: "firestore-2018",
        page: ("Firestore pricing, restated in course notes", "2018-05-23"),
        uses: &[("gcp.firestore@nam5", &[("reads", 1e8), ("writes", 5e7), ("deletes", 5e6), ("storage", 100.0)])],
        account: free_month_of(720.0),
        total: "166.72",
        ..EXAMPLE
    },
    Example {
        id: "firestore-count",
        page: (FIRESTORE, "2025 or 2026"),
        // 50,000 index entries a day, a read for each 1,000.
        uses: &[("gcp.firestore@nam5", &[("reads", 1_500.0)])],
        rounding: Rounding::Sum(4),
        total: "0.0009",
        ..EXAMPLE
    },
    Example {
        id: "datastore-ondemand",
        page: (DATASTORE_CUDS, "2026-04-10"),
        // 2 million of each an hour.
        uses: &[("gcp.firestore", &[("reads", 1.46e9), ("writes", 1.46e9)])],
        account: month_of(730.0),
        total: "1752.00",
        ..EXAMPLE
    },
    Example {
        id: "datastore-cud1",
        page: (DATASTORE_CUDS, "2026-04-10"),
        uses: &[("gcp.firestore", &[("reads", 1.46e9), ("writes", 1.46e9)])],
        account: Account { commitments: &[("gcp.firestore", "cud-1y", 1.0)], ..month_of(730.0) },
        total: "1401.60",
        ..EXAMPLE
    },
    Example {
        id: "bigtable-ondemand",
        page: (BIGTABLE_CUDS, "2026-04-10"),
        // 17,000 reads a second are one node: ten of them.
        uses: &[("gcp.bigtable", &[("read_capacity", 170_000.0)])],
        account: month_of(730.0),
        total: "4745.00",
        without: "of 16133.00: 20 nodes in us-west2, 11,388.00, whose price the catalog lacks",
        ..EXAMPLE
    },
    Example {
        id: "bigtable-cud1",
        page: (BIGTABLE_CUDS, "2026-04-10"),
        uses: &[("gcp.bigtable", &[("read_capacity", 170_000.0)])],
        account: Account { commitments: &[("gcp.bigtable", "cud-1y", 1.0)], ..month_of(730.0) },
        total: "3796.00",
        without: "of 12906.40: 20 nodes in us-west2, 9,110.40, whose price the catalog lacks",
        ..EXAMPLE
    },
    Example {
        id: "bigtable-cud3",
        page: (BIGTABLE_CUDS, "2026-04-10"),
        uses: &[("gcp.bigtable", &[("read_capacity", 170_000.0)])],
        account: Account { commitments: &[("gcp.bigtable", "cud-3y", 1.0)], ..month_of(730.0) },
        total: "2847.00",
        without: "of 9679.80: 20 nodes in us-west2, 6,832.80, whose price the catalog lacks",
        ..EXAMPLE
    },
    Example {
        id: "scheduler-3",
        page: ("Cloud Scheduler pricing", "2025"),
        // A job that is there for ten days.
        uses: &[("gcp.scheduler", &[])],
        account: month_of(240.0),
        total: "0.03",
        ..EXAMPLE
    },
    Example {
        id: "gcf-1",
        page: (FUNCTIONS, "2017 to 2024"),
        uses: &[("gcp.functions-gen1", &[("requests", 1e7), ("duration", 300.0), ("memory", 128.0)])],
        account: FREE,
        total: "7.20",
        ..EXAMPLE
    },
    Example {
        id: "gcf-2",
        page: (FUNCTIONS, "2017 to 2024"),
        uses: &[
            ("gcp.functions-gen1", &[("requests", 5e7), ("duration", 500.0), ("memory", 256.0)]),
            // 5 KB each.
            ("gcp.data-transfer", &[("transfer", 5e7 * 5.0 / 1_048_576.0)]),
        ],
        // Functions of this generation send 5 GB for nothing.
        account: Account { allowances: &[("gcp/free.internet-egress", 5.0)], ..FREE },
        total: "159.84",
        ..EXAMPLE
    },
    Example {
        id: "run-cws",
        page: ("Cloud Web School, cost calculator of Cloud Run", "2025 or 2026"),
        uses: &[
            // 10 million requests of 200 ms, one at a time.
            ("gcp.run", &[("requests", 1e7), ("instances", 2e6 / (730.0 * 3_600.0)), ("active", 1.0), ("vcpu", 1.0), ("memory", 512.0)]),
            ("gcp.data-transfer", &[("transfer", 5.0)]),
        ],
        // The author takes the free processor time for that of memory and the
        // other way round.
        account: Account { allowances: &[("gcp/free.run-vcpu", 360_000.0), ("gcp/free.run-memory", 180_000.0)], ..free_month_of(730.0) },
        total: "45.09",
        ..OTHERS
    },
    Example {
        id: "apigw-c3x",
        page: ("c3x, price table", "2026-06-10"),
        uses: &[("gcp.api-gateway", &[("requests", 1.2e7)])],
        account: FREE,
        total: "30.00",
        ..OTHERS
    },
    Example {
        id: "spanner-c3x",
        page: ("c3x, price table", "2026-07"),
        uses: &[("gcp.spanner", &[("capacity", 1.0), ("maximum", 1.0), ("storage", 10.0)])],
        account: month_of(730.0),
        total: "68.70",
        ..OTHERS
    },
];

/// Nothing is left out.
pub const LEFT_OUT: &[(&str, &str)] = &[];

/// Every worked example by Google that was collected.
pub const OFFICIAL: &[&str] = &[
    "firestore-small",
    "firestore-medium",
    "firestore-large",
    "firestore-2018",
    "firestore-count",
    "datastore-ondemand",
    "datastore-cud1",
    "bigtable-ondemand",
    "bigtable-cud1",
    "bigtable-cud3",
    "scheduler-3",
    "gcf-1",
    "gcf-2",
];
