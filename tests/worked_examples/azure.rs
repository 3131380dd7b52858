//! Bills that Microsoft has worked out, and some of others.

use crate::{Account, EXAMPLE, Example, FREE, OTHERS, Rounding, month_of};

const COSMOS: &str = "Microsoft Learn, understanding a bill of Azure Cosmos DB";
const INFRACOST: &str = "Infracost, golden files of Azure resources";

#[rustfmt::skip] // One row a service.
pub const EXAMPLES: &[Example] = &[
    Example {
        id: "cosmos-2",
        page: (COSMOS, "2022-03-31"),
        // One read of 1 KB is one request unit, so the load is in units.
        uses: &[("azure.cosmos-provisioned", &[("reads", 1.0), ("load", 2_500.0)])],
        account: month_of(24.0),
        total: "4.80",
        ..EXAMPLE
    },
    Example {
        id: "cosmos-3",
        page: (COSMOS, "2022-03-31"),
        uses: &[("azure.cosmos-serverless", &[("reads", 5e5)])],
        rounding: Rounding::Sum(3),
        total: "0.125",
        ..EXAMPLE
    },
    Example {
        id: "cosmos-6",
        page: (COSMOS, "2022-03-31"),
        uses: &[("azure.cosmos-provisioned", &[("reads", 1.0), ("load", 10_000.0), ("storage", 250.0), ("replicas", 3.0)])],
        account: month_of(720.0),
        total: "2554.00",
        ..EXAMPLE
    },
    Example {
        id: "cosmos-8",
        page: (COSMOS, "2022-03-31"),
        // One hour with a peak of 1,600 request units a second, of which a
        // free-tier account, which the catalog does not apply, has 1,000 free.
        uses: &[("azure.cosmos-autoscale", &[("throughput", 6.0)])],
        account: month_of(1.0),
        rounding: Rounding::Sum(3),
        total: "0.072",
        ..EXAMPLE
    },
    Example {
        id: "cosmos-9",
        page: (COSMOS, "2022-03-31"),
        // 1,200 request units a second and 10 GB in each of three regions, less
        // 1,000 and 25 GB of a free-tier account, which the catalog does not apply.
        uses: &[("azure.cosmos-provisioned", &[("throughput", (36.0 - 10.0) * 744.0), ("storage", 30.0 - 25.0)])],
        account: month_of(744.0),
        total: "156.00",
        ..EXAMPLE
    },
    Example {
        id: "cosmos-10",
        page: (COSMOS, "2022-03-31"),
        // The same, written in all three regions.
        uses: &[("azure.cosmos-provisioned", &[("throughput", (36.0 - 10.0) * 744.0), ("storage", 30.0 - 25.0)])],
        account: Account { prices: &[("azure.cosmos-provisioned/throughput@eastus", 0.016)], ..month_of(744.0) },
        total: "310.75",
        ..EXAMPLE
    },
    Example {
        id: "cosmos-12",
        page: (COSMOS, "2022-03-31"),
        // 400 reads and 100 writes a second.
        uses: &[("azure.cosmos-provisioned", &[("load", 500.0), ("reads", 400.0), ("writes", 100.0), ("storage", 100.0)])],
        account: month_of(744.0),
        total: "78.57",
        ..EXAMPLE
    },
    Example {
        id: "cosmos-14",
        page: (COSMOS, "2022-03-31"),
        uses: &[
            ("azure.cosmos-provisioned", &[("reads", 1.0), ("load", 50_000.0)]),
            ("azure.cosmos-provisioned@japaneast", &[("reads", 1.0), ("load", 50_000.0)]),
        ],
        // The reservation covers 8 of the 8.50 USD that an hour costs.
        account: Account { commitments: &[("azure.cosmos-provisioned", "reserved-1y", 8.0 / 8.5)], ..month_of(720.0) },
        // The page leaves 360.00 to pay beside the reservation, for which it
        // names 6.40 an hour: 4,608.00 in 720 hours.
        total: "4968.00",
        ..EXAMPLE
    },
    Example {
        id: "azfn-metric",
        page: ("Microsoft Learn, consumption plan costs; its quantity at the list price", "2019-09-20"),
        // 1.11 billion MB-milliseconds are 1,083.98 GB-seconds: 128 MB for that long.
        uses: &[("azure.functions-consumption", &[("requests", 1.0), ("duration", 8_671_875.0), ("working_set", 128.0)])],
        rounding: Rounding::Sum(4),
        total: "0.0173",
        ..EXAMPLE
    },
    Example {
        id: "azfn-page",
        page: ("Azure Functions pricing, as recalled", "not recorded"),
        uses: &[("azure.functions-consumption", &[("requests", 3e6), ("duration", 1_000.0), ("memory", 512.0)])],
        account: FREE,
        total: "18.00",
        ..EXAMPLE
    },
    Example {
        id: "azfn-modal",
        page: ("Modal, guide to Azure Functions pricing", "2025-05-22"),
        uses: &[("azure.functions-consumption", &[("requests", 3e6), ("duration", 1_000.0), ("working_set", 1_536.0)])],
        account: FREE,
        total: "66.00",
        ..OTHERS
    },
    Example {
        id: "azfn-ep1",
        page: (INFRACOST, "2024-07"),
        uses: &[("azure.functions-premium", &[("instances", 1.0), ("memory", 3_584.0)])],
        account: month_of(730.0),
        total: "157.72",
        ..OTHERS
    },
    Example {
        id: "eh-infracost",
        page: (INFRACOST, "2024-07"),
        uses: &[("azure.event-hubs", &[("shards", 20.0), ("requests", 1e8), ("payload", 1.0), ("conversion", 1.0)])],
        account: month_of(730.0),
        total: "1900.80",
        ..OTHERS
    },
    Example {
        id: "container-apps-c3x",
        page: ("c3x, price table and fixtures", "2026-06"),
        uses: &[("azure.container-apps", &[("instances", 1.0), ("vcpu", 0.5), ("memory", 1_024.0), ("active", 1.0)])],
        account: month_of(730.0),
        total: "39.42",
        ..OTHERS
    },
    Example {
        id: "sql-serverless-infracost",
        page: (INFRACOST, "2024-07"),
        // 500 vCore-hours.
        uses: &[("azure.sql-serverless", &[("capacity", 0.5)])],
        account: month_of(1_000.0),
        total: "260.88",
        ..OTHERS
    },
    Example {
        id: "service-bus-base-infracost",
        page: (INFRACOST, "2024-07"),
        uses: &[("azure.service-bus-standard-base", &[("items", 1.0)])],
        account: month_of(730.0),
        total: "9.81",
        ..OTHERS
    },
];

/// Nothing is left out.
pub const LEFT_OUT: &[(&str, &str)] = &[];

/// Every worked example by Microsoft that was collected.
pub const OFFICIAL: &[&str] = &[
    "cosmos-2",
    "cosmos-3",
    "cosmos-6",
    "cosmos-8",
    "cosmos-9",
    "cosmos-10",
    "cosmos-12",
    "cosmos-14",
    "azfn-metric",
    "azfn-page",
];
