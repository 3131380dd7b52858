//! Quantities that Vercel has worked out, at its list prices.

use crate::{EXAMPLE, Example, Rounding};

const FLUID: &str = "Vercel Functions, usage and pricing; its quantity at the list price";

#[rustfmt::skip] // One row a service.
pub const EXAMPLES: &[Example] = &[
    Example {
        id: "vercel-mem",
        page: (FLUID, "2025 or 2026"),
        uses: &[("vercel.functions", &[("active", 3_600.0), ("memory", 1_024.0)])],
        rounding: Rounding::Sum(4),
        total: "0.0106",
        ..EXAMPLE
    },
    Example {
        id: "vercel-cpu",
        page: (FLUID, "2025 or 2026"),
        // 400 ms more of waiting are no CPU time.
        uses: &[("vercel.functions", &[("requests", 1e6), ("cpu", 100.0), ("duration", 500.0)])],
        meters: &["active-cpu"],
        rounding: Rounding::Sum(4),
        total: "3.5556",
        ..EXAMPLE
    },
];

/// Nothing is left out.
pub const LEFT_OUT: &[(&str, &str)] = &[];

/// Every worked example by Vercel that was collected.
pub const OFFICIAL: &[&str] = &["vercel-mem", "vercel-cpu"];
