//! Bills that makers of hosted databases have worked out: Neon, PlanetScale,
//! Supabase, Upstash.

use crate::{EXAMPLE, Example, PLAIN, Rounding, free_month_of};

const NEON: &str = "Neon, plans";
const PLANETSCALE: &str = "PlanetScale documentation";
const UPSTASH: &str = "Upstash documentation";
const SUPABASE: &str = "Supabase, manage your usage";

#[rustfmt::skip] // One row a service.
pub const EXAMPLES: &[Example] = &[
    // Hours of units, and GB of root branches, child branches and history.
    Example {
        id: "neon-launch-1",
        page: (NEON, "2026-03-20"),
        uses: &[("neon.launch", &[("compute", 10.0), ("storage", 2.0), ("child", 1.0), ("restore", 1.0)])],
        total: "2.31",
        ..EXAMPLE
    },
    Example {
        id: "neon-launch-2",
        page: (NEON, "2026-03-20"),
        uses: &[("neon.launch", &[("compute", 120.0), ("storage", 20.0), ("child", 5.0), ("restore", 10.0)])],
        total: "23.47",
        ..EXAMPLE
    },
    Example {
        id: "neon-launch-3",
        page: (NEON, "2026-03-20"),
        uses: &[("neon.launch", &[("compute", 250.0), ("storage", 40.0), ("child", 10.0), ("restore", 20.0)])],
        total: "48.00",
        ..EXAMPLE
    },
    Example {
        id: "neon-scale-1",
        page: (NEON, "2026-03-20"),
        uses: &[("neon.scale", &[("compute", 1_700.0), ("storage", 100.0), ("child", 25.0), ("restore", 50.0)])],
        total: "431.15",
        ..EXAMPLE
    },
    Example {
        id: "neon-scale-2",
        page: (NEON, "2026-03-20"),
        uses: &[("neon.scale", &[("compute", 2_600.0), ("storage", 150.0), ("child", 40.0), ("restore", 75.0)])],
        total: "658.70",
        ..EXAMPLE
    },
    Example {
        id: "ps-prorate",
        page: (PLANETSCALE, "2024-11-12"),
        // Half a month of each.
        uses: &[
            ("planetscale.ps-10", &[("cluster", 0.5)]),
            ("planetscale.ps-20", &[("cluster", 0.5)]),
        ],
        total: "49.00",
        ..EXAMPLE
    },
    Example {
        id: "ps-storage",
        page: (PLANETSCALE, "2024-11-12"),
        uses: &[("planetscale.ps-10", &[("storage", 20.0)])],
        total: "54.00",
        ..EXAMPLE
    },
    Example {
        id: "ps-ro",
        page: (PLANETSCALE, "2024-11-12"),
        // 7 GB in two regions, the cluster apart.
        uses: &[("planetscale.ps-10", &[("cluster", 0.0), ("read-only-storage", 14.0)])],
        total: "10.50",
        ..EXAMPLE
    },
    Example {
        id: "upstash-global",
        page: (UPSTASH, "2026-08-21"),
        uses: &[("upstash.redis-table", &[("writes", 1e5), ("replicas", 1.0)])],
        total: "0.40",
        ..EXAMPLE
    },
    Example {
        id: "upstash-storage",
        page: (UPSTASH, "2026-08-21"),
        uses: &[("upstash.redis", &[("storage", 10.0)])],
        // The page is older than the first GB that is free.
        account: PLAIN,
        total: "2.50",
        ..EXAMPLE
    },
    Example {
        id: "supabase-compute-1",
        page: (SUPABASE, "2025 or 2026"),
        uses: &[
            ("supabase.pro", &[("items", 1.0)]),
            ("supabase.db-micro", &[]),
        ],
        account: free_month_of(744.0),
        rounding: Rounding::DollarsOfCompute,
        total: "25.00",
        ..EXAMPLE
    },
    Example {
        id: "supabase-compute-2",
        page: (SUPABASE, "2025 or 2026"),
        uses: &[
            ("supabase.pro", &[("items", 1.0)]),
            ("supabase.db-micro", &[]),
            ("supabase.db-micro", &[]),
            ("supabase.db-micro", &[]),
        ],
        account: free_month_of(744.0),
        rounding: Rounding::DollarsOfCompute,
        total: "45.00",
        ..EXAMPLE
    },
    Example {
        id: "supabase-compute-3",
        page: (SUPABASE, "2025 or 2026"),
        // One project that changes its size.
        uses: &[
            ("supabase.pro", &[("items", 1.0)]),
            ("supabase.db-micro", &[("compute", 233.0)]),
            ("supabase.db-small", &[("compute", 511.0)]),
        ],
        account: free_month_of(744.0),
        rounding: Rounding::DollarsOfCompute,
        total: "29.00",
        ..EXAMPLE
    },
    Example {
        id: "supabase-compute-4",
        page: (SUPABASE, "2025 or 2026"),
        uses: &[
            ("supabase.pro", &[("items", 1.0)]),
            ("supabase.db-micro", &[("hours", 744.0)]),
            ("supabase.db-micro", &[("hours", 20.0)]),
            ("supabase.db-micro", &[("hours", 70.0)]),
        ],
        account: free_month_of(744.0),
        total: "26.21",
        ..EXAMPLE
    },
    Example {
        id: "supabase-fn-1",
        page: (SUPABASE, "2025 or 2026"),
        uses: &[
            ("supabase.pro", &[("items", 1.0)]),
            ("supabase.db-small", &[]),
            ("supabase.edge-functions", &[("requests", 1.8e6)]),
        ],
        account: free_month_of(730.0),
        rounding: Rounding::DollarsOfCompute,
        total: "30.00",
        ..EXAMPLE
    },
    Example {
        id: "supabase-fn-2",
        page: (SUPABASE, "2025 or 2026"),
        uses: &[
            ("supabase.pro", &[("items", 1.0)]),
            ("supabase.db-small", &[]),
            ("supabase.edge-functions", &[("requests", 3.4e6)]),
        ],
        account: free_month_of(730.0),
        rounding: Rounding::DollarsOfCompute,
        total: "34.00",
        ..EXAMPLE
    },
    Example {
        id: "supabase-egress-1",
        page: (SUPABASE, "2025 or 2026"),
        uses: &[
            ("supabase.pro", &[("items", 1.0)]),
            ("supabase.db-small", &[]),
            ("supabase.egress", &[("transfer", 200.0), ("cached", 230.0)]),
        ],
        account: free_month_of(730.0),
        rounding: Rounding::DollarsOfCompute,
        total: "30.00",
        ..EXAMPLE
    },
    Example {
        id: "supabase-disk-gp3",
        page: (SUPABASE, "2025 or 2026"),
        uses: &[
            ("supabase.pro", &[("items", 1.0)]),
            ("supabase.db-small", &[("storage", 8.0)]),
            ("supabase.db-small", &[("storage", 8.0)]),
            ("supabase.db-small", &[("storage", 50.0)]),
        ],
        account: free_month_of(730.0),
        rounding: Rounding::DollarsOfCompute,
        total: "65.24",
        ..EXAMPLE
    },
    Example {
        id: "supabase-storage-1",
        page: (SUPABASE, "2025 or 2026"),
        uses: &[
            ("supabase.pro", &[("items", 1.0)]),
            ("supabase.db-micro", &[]),
            ("supabase.storage", &[("storage", 85.0)]),
        ],
        account: free_month_of(744.0),
        rounding: Rounding::DollarsOfCompute,
        total: "25.00",
        ..EXAMPLE
    },
    Example {
        id: "supabase-storage-2",
        page: (SUPABASE, "2025 or 2026"),
        uses: &[
            ("supabase.pro", &[("items", 1.0)]),
            ("supabase.db-micro", &[]),
            ("supabase.storage", &[("storage", 357.0)]),
        ],
        account: free_month_of(744.0),
        rounding: Rounding::DollarsOfCompute,
        total: "30.40",
        ..EXAMPLE
    },
    Example {
        id: "supabase-users-1",
        page: (SUPABASE, "2025 or 2026"),
        uses: &[
            ("supabase.pro", &[("items", 1.0)]),
            ("supabase.db-micro", &[]),
            ("supabase.auth", &[("users", 23_000.0)]),
        ],
        account: free_month_of(744.0),
        rounding: Rounding::DollarsOfCompute,
        total: "25.00",
        ..EXAMPLE
    },
    Example {
        id: "supabase-users-2",
        page: (SUPABASE, "2025 or 2026"),
        uses: &[
            ("supabase.pro", &[("items", 1.0)]),
            ("supabase.db-micro", &[]),
            ("supabase.auth", &[("users", 160_000.0)]),
        ],
        account: free_month_of(744.0),
        rounding: Rounding::DollarsOfCompute,
        total: "220.00",
        ..EXAMPLE
    },
];

/// Nothing is left out.
pub const LEFT_OUT: &[(&str, &str)] = &[];

/// Every worked example by these makers that was collected.
pub const OFFICIAL: &[&str] = &[
    "neon-launch-1",
    "neon-launch-2",
    "neon-launch-3",
    "neon-scale-1",
    "neon-scale-2",
    "ps-prorate",
    "ps-storage",
    "ps-ro",
    "upstash-global",
    "upstash-storage",
    "supabase-compute-1",
    "supabase-compute-2",
    "supabase-compute-3",
    "supabase-compute-4",
    "supabase-fn-1",
    "supabase-fn-2",
    "supabase-egress-1",
    "supabase-disk-gp3",
    "supabase-storage-1",
    "supabase-storage-2",
    "supabase-users-1",
    "supabase-users-2",
];
