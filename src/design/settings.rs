//! What can be set on each kind of node.
//!
//! One struct an archetype; every field is optional in the file and has a
//! visible default here, under [`super::DEFAULTS_VERSION`]. Which service
//! stands behind a node is a pin, not a setting.

use serde::{Deserialize, Serialize};

use crate::catalog::Archetype;
use crate::law::Law;
use crate::units::{Gigabytes, Kilobytes, Megabytes, Millis, Period, Rate};

use super::param::{Param, Parameters, ValueError, settings};
use super::value::{Unit, Value, choices};

choices! {
    /// What sets a trigger off.
    TriggerKind {
        /// People or programs over HTTP.
        Http = "http",
        /// A clock.
        Schedule = "schedule",
        /// Files that arrive.
        Upload = "upload",
        /// Devices.
        Devices = "devices",
        /// Records of some other system.
        Records = "records",
        /// Messages.
        Messages = "messages",
        /// Calls of another company's system.
        Webhook = "webhook",
        /// E-mail.
        Email = "email",
    }
}

choices! {
    /// How traffic varies over time.
    Shape {
        /// The same at all times.
        Steady = "steady",
        /// A daily curve.
        Daily = "daily",
        /// A daily curve with quieter weekends.
        Weekly = "weekly",
        /// A base with one spike.
        Spike = "spike",
        /// A lasting jump.
        Step = "step",
        /// A steady rise to the peak.
        Ramp = "ramp",
        /// At set times.
        Cron = "cron",
        /// Users who wait for each answer.
        ClosedLoop = "closed loop",
        /// Counts from a file.
        Replay = "replay",
    }
}

choices! {
    /// How single arrivals scatter.
    Arrivals {
        /// Independent of each other.
        Poisson = "poisson",
        /// Evenly spaced.
        Regular = "regular",
        /// In clusters.
        Bursty = "bursty",
    }
}

choices! {
    /// Processor architecture.
    Architecture {
        /// Intel and AMD.
        X86 = "x86_64",
        /// Arm.
        Arm = "arm64",
    }
}

choices! {
    /// How code is packaged.
    Package {
        /// A zip file.
        Zip = "zip",
        /// A container image.
        Image = "image",
    }
}

choices! {
    /// How capacity is bought.
    CapacityMode {
        /// By use.
        OnDemand = "on demand",
        /// In advance.
        Provisioned = "provisioned",
    }
}

choices! {
    /// Language runtimes with measured start-up times.
    Runtime {
        /// Node.js 20.
        Node20 = "nodejs20",
        /// Node.js 22.
        Node22 = "nodejs22",
        /// Node.js 24.
        Node24 = "nodejs24",
        /// Python 3.12.
        Python312 = "python3.12",
        /// Python 3.13.
        Python313 = "python3.13",
        /// Python 3.14.
        Python314 = "python3.14",
        /// Java 17.
        Java17 = "java17",
        /// Java 21.
        Java21 = "java21",
        /// Java 25.
        Java25 = "java25",
        /// .NET 8.
        Dotnet8 = "dotnet8",
        /// .NET 10.
        Dotnet10 = "dotnet10",
        /// Go.
        Go = "go",
        /// Rust.
        Rust = "rust",
        /// Ruby 3.4.
        Ruby34 = "ruby3.4",
    }
}

settings! {
    /// Where events start, and how many.
    TriggerSettings {
        /// What sets it off.
        source: TriggerKind = TriggerKind::Http, "Source", Unit::None, [], "What sets this trigger off.";
        /// Mean (or base) rate.
        rate: Rate = Rate::new(1.0, Period::Second).unwrap_or_default(), "Rate", Unit::PerSecond, [0.0, 1e8], "Events per second, day or month: 12/s, 5k/day, 3M/month.";
        /// How the rate varies.
        shape: Shape = Shape::Steady, "Shape", Unit::None, [], "How the rate varies over time.";
        /// Highest hour against the mean.
        peak_to_mean: f64 = 2.5, "Peak to mean", Unit::None, [1.0, 24.0], "Daily and weekly shapes: the busiest hour against the daily mean.";
        /// When the busiest hour starts.
        peak_hour: f64 = 14.0, "Peak hour", Unit::Hours, [0.0, 23.99], "Daily and weekly shapes: the middle of the busiest hour, 0 to 24.";
        /// Weekend traffic against weekdays.
        weekend: f64 = 0.4, "Weekend share", Unit::Share, [0.0, 10.0], "Weekly shape: a weekend day against a weekday.";
        /// Rate at the top of the spike, step or ramp.
        peak: Rate = Rate::new(10.0, Period::Second).unwrap_or_default(), "Peak rate", Unit::PerSecond, [0.0, 1e8], "Spike, step and ramp: the highest rate.";
        /// How long the rise takes.
        ramp: Millis = Millis(60_000.0), "Rise", Unit::Millis, [0.0, 2.6e9], "Spike and ramp: how long the rise takes.";
        /// How long the top lasts.
        hold: Millis = Millis(600_000.0), "Hold", Unit::Millis, [0.0, 2.6e9], "Spike, step and ramp: how long the highest rate lasts.";
        /// How long the fall takes.
        decay: Millis = Millis(600_000.0), "Fall", Unit::Millis, [0.0, 2.6e9], "Spike: how long the fall back takes.";
        /// Spikes in a month.
        spikes: f64 = 1.0, "Spikes per month", Unit::None, [0.0, 10_000.0], "Spike, step and ramp: how often this happens in a month.";
        /// When a schedule fires.
        cron: String = "0 * * * *".to_owned(), "Schedule", Unit::None, [], "Cron shape: minute, hour, day of month, month, day of week, in UTC.";
        /// Events at each firing.
        batch: f64 = 1.0, "Events per firing", Unit::None, [0.0, 1e7], "Cron shape: how many events each firing sends at once.";
        /// Users of a closed loop.
        users: f64 = 50.0, "Users", Unit::None, [0.0, 1e8], "Closed loop: users who wait for each answer before they go on.";
        /// Pause of a user between requests.
        think_time: Millis = Millis(5_000.0), "Think time", Unit::Millis, [0.0, 8.64e7], "Closed loop: the pause between an answer and the next request.";
        /// Monthly growth.
        growth: f64 = 0.0, "Growth per month", Unit::Share, [-0.99, 10.0], "By how much the traffic grows each month: the outlook shows what that costs. All other figures are those of this month.";
        /// CSV of counts or timestamps.
        replay: String = String::new(), "Replay file", Unit::None, [], "Replay: a CSV of timestamps, or of counts per interval, beside the design.";
        /// How arrivals scatter.
        arrivals: Arrivals = Arrivals::Poisson, "Arrivals", Unit::None, [], "Independent (Poisson), evenly spaced, or in clusters: clusters are refused more often at a function's limit.";
        /// Variance-to-mean ratio of clustered arrivals.
        peakedness: f64 = 4.0, "Peakedness", Unit::None, [1.0, 1_000.0], "Bursty arrivals: variance to mean of the busy count; 1 is Poisson.";
        /// Network time of one round trip.
        round_trip: Law = Law::Fixed(Millis(0.0)), "Client round trip", Unit::Millis, [], "Network time between client and provider, both ways; 0 measures at the provider's edge.";
        /// Share of requests that open a connection.
        new_connections: f64 = 0.0, "New connections", Unit::Share, [0.0, 1.0], "Share of requests that pay another two round trips for TLS.";
    }
}

settings! {
    /// Short-lived compute.
    FunctionSettings {
        /// Language runtime.
        runtime: Runtime = Runtime::Node22, "Runtime", Unit::None, [], "Decides how long a cold start takes.";
        /// Processor architecture.
        architecture: Architecture = Architecture::X86, "Architecture", Unit::None, [], "Arm is cheaper where the code runs on it.";
        /// Configured memory.
        memory: Megabytes = Megabytes(512.0), "Memory", Unit::Megabytes, [64.0, 32_768.0], "Also decides the CPU share, so the duration.";
        /// CPU time at one full core.
        cpu: Law = Law::Fixed(Millis(20.0)), "CPU time", Unit::Millis, [], "CPU time of one event at one full core; a batch takes it once for each event.";
        /// Waiting besides the calls drawn.
        wait: Law = Law::Fixed(Millis(0.0)), "Other waiting", Unit::Millis, [], "Waiting besides the calls drawn: third parties, disks, sleeps.";
        /// Share of the CPU time that runs in parallel.
        parallel: f64 = 0.0, "Parallel share", Unit::Share, [0.0, 1.0], "Share of the CPU time that more than one core can take over.";
        /// How code is packaged.
        package: Package = Package::Zip, "Package", Unit::None, [], "Container images start differently.";
        /// Size of the package.
        package_size: Megabytes = Megabytes(5.0), "Package size", Unit::Megabytes, [0.0, 10_240.0], "Unzipped, with its layers: held against the largest that the service takes. Starts take as long whatever it is.";
        /// Initialisation time where it is known.
        init: Law = Law::Fixed(Millis(0.0)), "Initialisation", Unit::Millis, [], "Measured initialisation; 0 takes the catalog's figure for the runtime.";
        /// Initialisation of the code itself.
        init_extra: Law = Law::Fixed(Millis(0.0)), "Extra initialisation", Unit::Millis, [], "What the code adds to the runtime's own initialisation: clients, models.";
        /// Attached to a private network.
        network: bool = false, "Private network", Unit::None, [], "Runs in a private network: what it sends out of it goes through a NAT gateway, billed where the provider needs one.";
        /// Longest run.
        timeout: Millis = Millis(15_000.0), "Timeout", Unit::Millis, [1.0, 900_000.0], "The invocation is cut off after this.";
        /// Reserved concurrency.
        reserved: u32 = 0, "Reserved concurrency", Unit::Executions, [0.0, 1_000_000.0], "Reserves and caps concurrency; 0 for none.";
        /// Provisioned instances.
        provisioned: u32 = 0, "Provisioned concurrency", Unit::Executions, [0.0, 100_000.0], "Instances kept ready; 0 for none.";
        /// Hours a day in which they are ready.
        provisioned_hours: f64 = 24.0, "Provisioned hours", Unit::Hours, [0.0, 24.0], "Hours of each day in which instances are kept ready.";
        /// Starts from a snapshot.
        snapshot: bool = false, "Snapshot start", Unit::None, [], "Starts from a snapshot where runtime and provider can: the catalog's time to restore takes the place of initialisation.";
        /// Requests that one instance handles at once.
        concurrency: u32 = 1, "Concurrency per instance", Unit::None, [1.0, 1_000.0], "Requests that one instance handles at once, where the service can. Fewer start cold.";
        /// Share of invocations that fail.
        error_rate: f64 = 0.0, "Error rate", Unit::Share, [0.0, 1.0], "Share of invocations that fail of themselves.";
        /// Memory that the code needs.
        working_set: Megabytes = Megabytes(128.0), "Working set", Unit::Megabytes, [0.0, 32_768.0], "Memory that the code really needs.";
        /// Scratch disk.
        ephemeral: Megabytes = Megabytes(512.0), "Scratch disk", Unit::Megabytes, [512.0, 10_240.0], "Temporary storage.";
        /// Log volume of one invocation.
        log: Kilobytes = Kilobytes(1.0), "Logs per invocation", Unit::Kilobytes, [0.0, 100_000.0], "What one invocation writes to the log, the platform's own lines included.";
        /// Share of traced requests.
        traced: f64 = 0.0, "Traced", Unit::Share, [0.0, 1.0], "Share of requests that are traced.";
        /// Deployments in a month.
        deployments: f64 = 0.0, "Deployments per month", Unit::None, [0.0, 100_000.0], "Each replaces all instances: further cold starts.";
        /// Warm-up pings.
        warm_up: f64 = 0.0, "Warm-up pings", Unit::PerSecond, [0.0, 100.0], "Pings per second that keep an instance warm; 0 for none.";
        /// Safe to repeat.
        idempotent: bool = true, "Idempotent", Unit::None, [], "A repeated event does no harm. A finding tells of wires that repeat events where it does.";
    }
}

settings! {
    /// Front door for requests.
    GatewaySettings {
        /// The integration is given up after this.
        timeout: Millis = Millis(29_000.0), "Timeout", Unit::Millis, [50.0, 900_000.0], "The gateway gives up waiting after this.";
        /// Requests a second; 0 for the account's limit.
        rate_limit: f64 = 0.0, "Rate limit", Unit::PerSecond, [0.0, 1e7], "Requests per second that it lets through; 0 for the account's own limit.";
        /// Bucket on top of the rate.
        burst_limit: f64 = 0.0, "Burst limit", Unit::None, [0.0, 1e7], "Requests that may come at once on top of the rate; 0 for the account's own limit.";
        /// Response cache.
        cache: Gigabytes = Gigabytes(0.0), "Cache size", Unit::Gigabytes, [0.0, 237.0], "Provisioned response cache; 0 for none.";
        /// Share answered from the cache.
        hit_ratio: f64 = 0.0, "Cache hits", Unit::Share, [0.0, 1.0], "Share of requests answered from the cache.";
        /// Minutes that one connection stays open.
        connection: f64 = 0.0, "Connection minutes", Unit::None, [0.0, 120.0], "Minutes that one connection stays open (WebSocket).";
        /// Messages over one connection.
        messages: f64 = 0.0, "Messages per connection", Unit::None, [0.0, 1e6], "Messages over one connection, both ways (WebSocket).";
        /// Access log volume.
        log: Kilobytes = Kilobytes(0.0), "Access log", Unit::Kilobytes, [0.0, 100.0], "Access log of one request; 0 for none.";
    }
}

settings! {
    /// Cache in front.
    CdnSettings {
        /// Share answered at the edge.
        hit_ratio: f64 = 0.85, "Cache hits", Unit::Share, [0.0, 1.0], "Share of requests answered at the edge, where no number of keys is set.";
        /// Time to live.
        ttl: Millis = Millis(3_600_000.0), "Time to live", Unit::Millis, [0.0, 3.2e10], "How long an object stays fresh; decides the hits where a number of keys is set.";
        /// Different objects.
        keys: f64 = 0.0, "Keys", Unit::None, [0.0, 1e12], "Different objects that are asked for; hits then follow from their number and time to live. 0 takes the share of hits as set.";
        /// Skew of the keys.
        skew: f64 = 0.8, "Key skew", Unit::None, [0.0, 3.0], "Zipf exponent of the keys, where a number of keys is set; 0 spreads evenly.";
    }
}

settings! {
    /// Always-on or autoscaled compute.
    ContainerSettings {
        /// Virtual processors of one instance.
        vcpu: f64 = 0.5, "vCPU", Unit::None, [0.0625, 192.0], "Virtual processors of one instance.";
        /// Memory of one instance.
        memory: Megabytes = Megabytes(1_024.0), "Memory", Unit::Megabytes, [128.0, 3_145_728.0], "Memory of one instance.";
        /// Processor architecture.
        architecture: Architecture = Architecture::X86, "Architecture", Unit::None, [], "Arm is cheaper where the code runs on it.";
        /// Fewest instances.
        minimum: u32 = 2, "Minimum instances", Unit::None, [0.0, 10_000.0], "Fewest running instances.";
        /// Most instances.
        maximum: u32 = 20, "Maximum instances", Unit::None, [1.0, 100_000.0], "Most running instances.";
        /// Utilisation that scaling aims at.
        target: f64 = 0.6, "Target utilisation", Unit::Share, [0.05, 1.0], "CPU utilisation that scaling aims at.";
        /// CPU time of one request.
        cpu: Law = Law::Fixed(Millis(20.0)), "CPU time", Unit::Millis, [], "CPU time of one request at one full core.";
        /// Waiting besides the calls drawn.
        wait: Law = Law::Fixed(Millis(0.0)), "Other waiting", Unit::Millis, [], "Waiting besides the calls drawn.";
        /// Disk of one instance.
        storage: Gigabytes = Gigabytes(20.0), "Disk", Unit::Gigabytes, [0.0, 65_536.0], "Disk of one instance.";
        /// Share of requests that fail.
        error_rate: f64 = 0.0, "Error rate", Unit::Share, [0.0, 1.0], "Share of requests that fail of themselves.";
        /// Log volume of one request.
        log: Kilobytes = Kilobytes(1.0), "Logs per request", Unit::Kilobytes, [0.0, 100_000.0], "What one request writes to the log.";
    }
}

settings! {
    /// Orchestration.
    WorkflowSettings {
        /// Transitions beside the steps drawn.
        extra_steps: f64 = 2.0, "Other transitions", Unit::None, [0.0, 25_000.0], "State transitions beside the steps drawn: start, choices, waits, end.";
        /// Waiting beside the steps.
        wait: Law = Law::Fixed(Millis(0.0)), "Waiting", Unit::Millis, [], "Waiting beside the steps drawn: timers, people.";
        /// Memory of one run.
        memory: Megabytes = Megabytes(64.0), "Memory", Unit::Megabytes, [64.0, 10_240.0], "Memory of one run, where it is billed.";
        /// Log volume of one run.
        log: Kilobytes = Kilobytes(0.0), "Logs per run", Unit::Kilobytes, [0.0, 100_000.0], "What one run writes to the log.";
    }
}

settings! {
    /// Pull queue.
    QueueSettings {
        /// First in, first out.
        fifo: bool = false, "First in, first out", Unit::None, [], "Keeps order within a group; no duplicates.";
        /// Message groups.
        groups: u32 = 100, "Message groups", Unit::None, [1.0, 1e7], "Groups whose messages are handled in order (FIFO): one batch of each at a time.";
        /// Skew of the groups.
        skew: f64 = 0.0, "Group skew", Unit::None, [0.0, 3.0], "Zipf exponent of the groups (FIFO); 0 spreads evenly. The hottest group limits the consumers.";
        /// Visibility timeout.
        visibility: Millis = Millis(180_000.0), "Visibility timeout", Unit::Millis, [0.0, 43_200_000.0], "A received message comes back after this unless deleted.";
        /// Receives before the dead-letter queue.
        max_receives: u32 = 5, "Maximum receives", Unit::None, [1.0, 1_000.0], "Receives before a message goes to the dead-letter queue.";
        /// Retention.
        retention: Millis = Millis(345_600_000.0), "Retention", Unit::Millis, [60_000.0, 1_209_600_000.0], "Messages that wait longer for their consumer are lost.";
    }
}

settings! {
    /// Push publish and subscribe.
    TopicSettings {
        /// First in, first out.
        fifo: bool = false, "First in, first out", Unit::None, [], "Keeps order within a group; no duplicates.";
        /// Share of published messages that any subscriber wants.
        retries: u32 = 3, "Delivery retries", Unit::None, [0.0, 100_000.0], "Attempts after a failed delivery to what does not try again itself: third parties, gateways, containers.";
    }
}

settings! {
    /// Routed events.
    BusSettings {
        /// Attempts after a failed delivery.
        retries: u32 = 185, "Delivery retries", Unit::None, [0.0, 185.0], "Attempts after a failed delivery to what does not try again itself: third parties, gateways, containers.";
    }
}

settings! {
    /// Ordered, sharded log or delivery stream.
    StreamSettings {
        /// How capacity is bought.
        capacity: CapacityMode = CapacityMode::OnDemand, "Capacity", Unit::None, [], "On demand, or provisioned shards.";
        /// Shards.
        shards: u32 = 1, "Shards", Unit::None, [1.0, 100_000.0], "Provisioned shards.";
        /// Skew of the keys.
        skew: f64 = 0.0, "Key skew", Unit::None, [0.0, 3.0], "Zipf exponent of the partition keys; 0 spreads evenly. The hottest shard limits the consumers.";
        /// Retention.
        retention: f64 = 24.0, "Retention", Unit::Hours, [24.0, 8_760.0], "How long records are kept.";
        /// Readers with dedicated throughput.
        fan_out: u32 = 0, "Enhanced fan-out consumers", Unit::None, [0.0, 50.0], "Readers with throughput of their own.";
        /// Delivery buffer.
        buffer: Millis = Millis(60_000.0), "Delivery buffer", Unit::Millis, [0.0, 900_000.0], "How long a delivery stream collects before it writes.";
        /// Delivery buffer by size.
        buffer_size: Megabytes = Megabytes(5.0), "Delivery buffer size", Unit::Megabytes, [0.2, 128.0], "How much a delivery stream collects before it writes. A note: figures take the buffer's time, so what fills it sooner is late here.";
        /// Converts the record format.
        conversion: bool = false, "Format conversion", Unit::None, [], "Converts records to a columnar format on delivery.";
    }
}

settings! {
    /// Key-value or document store.
    TableSettings {
        /// How capacity is bought.
        capacity: CapacityMode = CapacityMode::OnDemand, "Capacity", Unit::None, [], "On demand, or provisioned units.";
        /// Provisioned reads.
        read_units: f64 = 5.0, "Read units", Unit::PerSecond, [1.0, 1e6], "Provisioned read units.";
        /// Provisioned writes.
        write_units: f64 = 5.0, "Write units", Unit::PerSecond, [1.0, 1e6], "Provisioned write units.";
        /// Size of one item.
        item: Kilobytes = Kilobytes(1.0), "Item size", Unit::Kilobytes, [0.001, 4_096.0], "Mean size of one item, where a link names none.";
        /// Strongly consistent reads.
        consistent: bool = false, "Consistent reads", Unit::None, [], "Strongly consistent reads cost twice as much.";
        /// Secondary indexes.
        indexes: u32 = 0, "Secondary indexes", Unit::None, [0.0, 20.0], "Each is written along with the table.";
        /// Skew of the keys.
        skew: f64 = 0.0, "Key skew", Unit::None, [0.0, 3.0], "Zipf exponent of the keys, an item each; 0 spreads evenly. The hottest key is held against what one partition carries.";
        /// Stored data.
        storage: Gigabytes = Gigabytes(1.0), "Storage", Unit::Gigabytes, [0.0, 1e7], "Stored data, mean over the month.";
        /// Change stream.
        stream: bool = false, "Change stream", Unit::None, [], "Asks for a service that reports every change; draw it as a poll or notify wire.";
        /// Continuous backup.
        backup: bool = false, "Continuous backup", Unit::None, [], "Point-in-time recovery.";
        /// Time to live in seconds; unused items vanish.
        replicas: u32 = 0, "Replica regions", Unit::None, [0.0, 20.0], "Further regions that hold a copy.";
    }
}

settings! {
    /// Relational database.
    DatabaseSettings {
        /// Least capacity.
        minimum: f64 = 0.5, "Minimum capacity", Unit::None, [0.0, 256.0], "Least capacity units.";
        /// Most capacity.
        maximum: f64 = 8.0, "Maximum capacity", Unit::None, [0.5, 256.0], "Most capacity units.";
        /// Statements a second that one unit carries.
        statements_per_unit: f64 = 500.0, "Statements per unit", Unit::PerSecond, [1.0, 1e6], "Statements per second that one capacity unit carries.";
        /// Pause when idle.
        auto_pause: bool = false, "Auto-pause", Unit::None, [], "Pauses when idle, where the service can; the next request waits for it to resume.";
        /// Connections that it accepts.
        connections: u32 = 1_000, "Connections", Unit::None, [1.0, 100_000.0], "Connections that it accepts, or that its proxy keeps open to it.";
        /// Connections of one consumer.
        pool: u32 = 1, "Pool per consumer", Unit::None, [1.0, 1_000.0], "Connections that one busy instance of a consumer holds.";
        /// Connection proxy.
        proxy: bool = false, "Connection proxy", Unit::None, [], "A proxy shares connections among consumers.";
        /// Stored data.
        storage: Gigabytes = Gigabytes(20.0), "Storage", Unit::Gigabytes, [0.0, 131_072.0], "Stored data, mean over the month.";
        /// Input and output per statement.
        io: f64 = 2.0, "I/O per statement", Unit::None, [0.0, 1e6], "Input and output operations of one statement.";
        /// Rows that one read looks at.
        rows_read: f64 = 10.0, "Rows per read", Unit::None, [0.0, 1e9], "Rows that one read looks at, where rows are billed.";
        /// Rows that one write changes.
        rows_written: f64 = 2.0, "Rows per write", Unit::None, [0.0, 1e9], "Rows that one write changes, index entries included, where rows are billed.";
    }
}

settings! {
    /// In-memory store.
    CacheSettings {
        /// Data held.
        storage: Gigabytes = Gigabytes(1.0), "Data held", Unit::Gigabytes, [0.0, 5_000.0], "Data held, mean over the month.";
        /// Size of one value.
        item: Kilobytes = Kilobytes(1.0), "Value size", Unit::Kilobytes, [0.001, 524_288.0], "Mean size of one value.";
        /// Share of reads that find something.
        hit_ratio: f64 = 0.9, "Hits", Unit::Share, [0.0, 1.0], "Share of reads that find something, where no number of keys is set. Wires for misses only use it.";
        /// Time to live.
        ttl: Millis = Millis(300_000.0), "Time to live", Unit::Millis, [0.0, 3.2e10], "How long a value stays after it was filled; decides the hits where a number of keys is set.";
        /// Different values.
        keys: f64 = 0.0, "Keys", Unit::None, [0.0, 1e12], "Different values that are asked for; hits then follow from their number and time to live. 0 takes the share of hits as set.";
        /// Skew of the keys.
        skew: f64 = 0.8, "Key skew", Unit::None, [0.0, 3.0], "Zipf exponent of the keys, where a number of keys is set; 0 spreads evenly.";
    }
}

settings! {
    /// Object store.
    BucketSettings {
        /// Size of one object.
        object: Kilobytes = Kilobytes(512.0), "Object size", Unit::Kilobytes, [0.0, 5.4e9], "Mean size of one object, where a link names none.";
        /// Stored data at the start.
        storage: Gigabytes = Gigabytes(0.0), "Stored before", Unit::Gigabytes, [0.0, 1e9], "Data already stored.";
        /// Days that a written object is kept.
        retention: f64 = 30.0, "Kept for", Unit::Days, [0.0, 36_500.0], "Days that a written object is kept; its storage is counted at the steady state.";
        /// Prefix and suffix of notifications are filtered.
        notify_prefix: String = String::new(), "Notify prefix", Unit::None, [], "Only objects under this prefix are reported. A note: the share that this leaves out is the wire's filter.";
    }
}

settings! {
    /// Text and log search.
    SearchSettings {
        /// Capacity units.
        units: f64 = 2.0, "Capacity units", Unit::None, [0.0, 10_000.0], "Running capacity units.";
        /// Stored data.
        storage: Gigabytes = Gigabytes(10.0), "Storage", Unit::Gigabytes, [0.0, 1e6], "Indexed data.";
    }
}

settings! {
    /// A managed API billed per call.
    ServiceSettings {
        /// Time of one call; 0 takes the catalog's figure.
        latency: Law = Law::Fixed(Millis(0.0)), "Latency", Unit::Millis, [], "Time of one call; 0 takes the catalog's figure.";
        /// Share of calls that fail.
        error_rate: f64 = 0.0, "Error rate", Unit::Share, [0.0, 1.0], "Share of calls that fail.";
        /// Monthly active users.
        users: f64 = 0.0, "Active users", Unit::None, [0.0, 1e10], "Monthly active users, where they are billed.";
        /// Data kept.
        stored: Gigabytes = Gigabytes(0.0), "Data kept", Unit::Gigabytes, [0.0, 1e9], "Data kept, mean over the month.";
        /// Things kept: secrets, metrics, alarms.
        items: f64 = 0.0, "Items", Unit::None, [0.0, 1e9], "Things kept for the month: secrets, metrics, alarms.";
    }
}

settings! {
    /// A third party.
    ExternalSettings {
        /// Time of one call.
        latency: Law = Law::Lognormal { p50: Millis(120.0), p99: Millis(900.0) }, "Latency", Unit::Millis, [], "Time of one call.";
        /// Share of calls that fail.
        error_rate: f64 = 0.001, "Error rate", Unit::Share, [0.0, 1.0], "Share of calls that fail.";
        /// Price of one call.
        price: f64 = 0.0, "Price per call", Unit::Usd, [0.0, 10_000.0], "What the third party charges for one call.";
        /// Calls a second that it accepts.
        rate_limit: f64 = 0.0, "Rate limit", Unit::PerSecond, [0.0, 1e7], "Calls per second that it accepts; 0 for no limit.";
    }
}

settings! {
    /// Something imported that the catalog does not know.
    OtherSettings {
        /// Its type where it came from.
        resource_type: String = String::new(), "Resource type", Unit::None, [], "Its type where it came from.";
    }
}

settings! {
    /// Text on the canvas.
    NoteSettings {
        /// The text.
        text: String = String::new(), "Text", Unit::None, [], "What the note says.";
    }
}

macro_rules! kinds {
    ($($variant:ident($type:ident)),+ $(,)?) => {
        /// The kind of a node with its explicit settings.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Settings {
            $(
                #[doc = concat!("See [`", stringify!($type), "`].")]
                $variant($type)
            ),+
        }

        impl Settings {
            /// Settings of an archetype with everything at its default.
            pub fn default_of(archetype: Archetype) -> Self {
                match archetype {
                    $(Archetype::$variant => Self::$variant($type::default())),+
                }
            }

            /// The kind.
            pub fn archetype(&self) -> Archetype {
                match self {
                    $(Self::$variant(_) => Archetype::$variant),+
                }
            }

            fn inner(&self) -> &dyn Parameters {
                match self {
                    $(Self::$variant(settings) => settings),+
                }
            }

            fn inner_mut(&mut self) -> &mut dyn Parameters {
                match self {
                    $(Self::$variant(settings) => settings),+
                }
            }
        }
    };
}

kinds! {
    Trigger(TriggerSettings),
    Gateway(GatewaySettings),
    Cdn(CdnSettings),
    Function(FunctionSettings),
    Container(ContainerSettings),
    Workflow(WorkflowSettings),
    Queue(QueueSettings),
    Topic(TopicSettings),
    Bus(BusSettings),
    Stream(StreamSettings),
    Table(TableSettings),
    Database(DatabaseSettings),
    Cache(CacheSettings),
    Bucket(BucketSettings),
    Search(SearchSettings),
    Service(ServiceSettings),
    External(ExternalSettings),
    Other(OtherSettings),
    Note(NoteSettings),
}

impl Parameters for Settings {
    fn params(&self) -> &'static [Param] {
        self.inner().params()
    }

    fn get(&self, key: &str) -> Option<Value> {
        self.inner().get(key)
    }

    fn set(&mut self, key: &str, value: Option<Value>) -> Result<(), ValueError> {
        self.inner_mut().set(key, value)
    }
}
