//! Bills that Cloudflare has worked out.
//!
//! What the Workers Paid plan includes is free; the plan's own 5 USD are a row
//! of their own where the page counts them.

use crate::{EXAMPLE, Example, free_month_of, month_of};

const WORKERS: &str = "Cloudflare Workers pricing";
const OBJECTS: &str = "Cloudflare Durable Objects pricing";
const R2: &str = "Cloudflare R2 pricing";

#[rustfmt::skip] // One row a service.
pub const EXAMPLES: &[Example] = &[
    Example {
        id: "cf-workers-1",
        page: (WORKERS, "2025-11 to 2026"),
        uses: &[
            ("cloudflare.plan", &[("items", 1.0)]),
            ("cloudflare.workers", &[("requests", 1.5e7), ("cpu", 7.0)]),
        ],
        account: free_month_of(720.0),
        total: "8.00",
        ..EXAMPLE
    },
    Example {
        id: "cf-workers-2",
        page: (WORKERS, "2025-11 to 2026"),
        // 12 million more are for static assets, which are free.
        uses: &[
            ("cloudflare.plan", &[("items", 1.0)]),
            ("cloudflare.workers", &[("requests", 3e6), ("cpu", 7.0)]),
        ],
        account: free_month_of(720.0),
        total: "5.00",
        ..EXAMPLE
    },
    Example {
        id: "cf-workers-3",
        page: (WORKERS, "2025-11 to 2026"),
        uses: &[
            ("cloudflare.plan", &[("items", 1.0)]),
            ("cloudflare.workers", &[("requests", 720.0), ("cpu", 180_000.0)]),
        ],
        account: free_month_of(720.0),
        total: "6.99",
        ..EXAMPLE
    },
    Example {
        id: "cf-workers-4",
        page: (WORKERS, "2025-11 to 2026"),
        uses: &[
            ("cloudflare.plan", &[("items", 1.0)]),
            ("cloudflare.workers", &[("requests", 1e8), ("cpu", 7.0)]),
        ],
        account: free_month_of(720.0),
        total: "45.40",
        ..EXAMPLE
    },
    Example {
        id: "cf-do-1",
        page: (OBJECTS, "2026"),
        // A million seconds at 0.128 GB.
        uses: &[
            ("cloudflare.plan", &[("items", 1.0)]),
            ("cloudflare.durable-objects", &[("requests", 1.5e6), ("duration", 128_000.0)]),
        ],
        account: free_month_of(720.0),
        total: "5.15",
        ..EXAMPLE
    },
    Example {
        id: "cf-do-2",
        page: (OBJECTS, "2026"),
        // 150,000 connections, 72 million messages, 20 a request; 86.4 million seconds.
        uses: &[
            ("cloudflare.plan", &[("items", 1.0)]),
            ("cloudflare.durable-objects", &[("requests", 150_000.0 + 7.2e7 / 20.0), ("duration", 8.64e7 * 0.128)]),
        ],
        account: free_month_of(720.0),
        total: "142.95",
        ..EXAMPLE
    },
    Example {
        id: "cf-do-3",
        page: (OBJECTS, "2026"),
        // 100 objects that are active all month, a message a second each.
        uses: &[
            ("cloudflare.plan", &[("items", 1.0)]),
            ("cloudflare.durable-objects", &[("requests", 100.0 + 2.592e8 / 20.0), ("duration", 2.592e8 * 0.128)]),
        ],
        account: free_month_of(720.0),
        total: "419.30",
        ..EXAMPLE
    },
    Example {
        id: "cf-do-4",
        page: (OBJECTS, "2026"),
        // 10,000 connections that hibernate, a message a minute each.
        uses: &[
            ("cloudflare.plan", &[("items", 1.0)]),
            ("cloudflare.websockets", &[("requests", 10_000.0), ("messages", 4.32e8)]),
        ],
        account: free_month_of(720.0),
        total: "20.65",
        ..EXAMPLE
    },
    Example {
        id: "cf-queues-1",
        page: ("Cloudflare Queues pricing", "2026"),
        // Without the plan. Messages below 64 KB.
        uses: &[("cloudflare.queues", &[("sends", 3e7), ("receive_calls", 3e7), ("delete_calls", 3e7), ("batch", 1.0), ("payload", 60.0)])],
        account: free_month_of(720.0),
        total: "35.60",
        ..EXAMPLE
    },
    Example {
        id: "cf-r2-1",
        page: (R2, "2026"),
        uses: &[("cloudflare.r2", &[("storage", 1_000.0), ("writes", 1_000.0), ("reads", 1e6)])],
        account: free_month_of(720.0),
        total: "14.85",
        ..EXAMPLE
    },
    Example {
        id: "cf-r2-2",
        page: (R2, "2026"),
        // Five days are billed as thirty. 1,000 GB are read, as the page
        // counts: 10^6 bytes a time.
        uses: &[("cloudflare.r2-infrequent", &[("storage", 1_000.0), ("writes", 1_000.0), ("reads", 1e6), ("read_size", 976.5625)])],
        account: month_of(720.0),
        total: "29.90",
        ..EXAMPLE
    },
    Example {
        id: "cf-r2-3",
        page: (R2, "2026"),
        uses: &[("cloudflare.r2", &[("storage", 10.0), ("writes", 1e5), ("reads", 3e8)])],
        account: free_month_of(720.0),
        total: "104.40",
        ..EXAMPLE
    },
];

/// Nothing is left out.
pub const LEFT_OUT: &[(&str, &str)] = &[];

/// Every worked example by Cloudflare that was collected.
pub const OFFICIAL: &[&str] = &[
    "cf-workers-1",
    "cf-workers-2",
    "cf-workers-3",
    "cf-workers-4",
    "cf-do-1",
    "cf-do-2",
    "cf-do-3",
    "cf-do-4",
    "cf-queues-1",
    "cf-r2-1",
    "cf-r2-2",
    "cf-r2-3",
];
