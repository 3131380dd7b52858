//! The questions that practitioners ask about serverless designs, each answered
//! on a small design.
//!
//! An answer is a field of the report, a result of an advice or a finding. What
//! it is held against is a number worked by hand, a published figure, or a
//! relation that a wrong answer would break. `docs/QUESTIONS.md` says where
//! each answer is shown; what nothing answers yet is in [`NOT_ANSWERED`].
#![expect(clippy::panic, reason = "a test stops where it fails")]

mod compute;
mod failure;
mod help;
mod money;
mod services;
mod trust;

use std::collections::BTreeMap;

/// Makes a test of each question, and the registry of them all.
macro_rules! questions {
    ($($number:literal $theme:ident::$answer:ident $question:literal,)+) => {
        const QUESTIONS: &[(u32, &str, fn())] =
            &[$(($number, $question, $theme::$answer)),+];
        $(
            #[test]
            fn $answer() {
                $theme::$answer();
            }
        )+
    };
}

questions! {
    1 money::ten_times_the_traffic "What does the bill become at ten or a hundred times the traffic?",
    2 money::what_calculators_miss "Why is the bill so much higher than the function's price?",
    3 failure::loops "Can this design set itself off, and what has that cost when somebody notices?",
    4 failure::worst_hour "What can an hour cost at worst, and which cap lowers it?",
    5 compute::memory "How much memory should a function have?",
    6 compute::provisioned "When do instances kept ready pay for themselves, and how many?",
    7 failure::throttled "Which limit refuses requests, when, and who uses it up?",
    8 failure::valid_dead_letters "Why do valid messages end in the dead-letter queue?",
    9 compute::containers "From which traffic on is a container cheaper than a function?",
    10 money::logs_and_nat "What do logs and NAT gateways add?",
    11 compute::cold_starts "How often are starts cold, how long do they take, and what does avoiding them cost?",
    12 services::table_capacity "Table on demand, or provisioned?",
    13 services::workflows "Standard or Express workflow?",
    14 services::front_doors "Which front door costs least?",
    15 failure::retries "What do retries do to load and bill?",
    16 failure::database_connections "Does the database have enough connections for the functions?",
    17 money::providers "Which provider is cheapest for this design, and why?",
    18 money::free_tier "Which free quantity ends first, and at what traffic?",
    19 money::transfer "What does sending data cost?",
    20 failure::tail "Why is the 99th percentile so far from the median?",
    21 failure::backlog "Does a backlog drain, and when?",
    22 failure::what_breaks_first "What breaks first as traffic grows?",
    23 compute::cpu_or_wall_time "Is waiting billed, or CPU time only?",
    24 money::unit_cost "What does one order, customer or report cost?",
    25 compute::cloud_run "Cloud Run: billed by request or by instance?",
    26 compute::azure_plans "Which Azure plan, and what do always-ready instances cost?",
    27 services::hops "Queue, topic, bus or stream?",
    28 services::batches "Which batch size and window?",
    29 services::idle_pollers "What do pollers cost that find nothing?",
    30 compute::arm "Does Arm pay?",
    31 compute::initialisation "What does initialisation add to the bill?",
    32 money::commitments "How much use is safe to promise?",
    34 services::live_updates "WebSocket or polling for live updates?",
    35 compute::waiting_for_functions "What does a function cost that waits for another?",
    36 services::rows_and_keys "What do stores cost that bill rows and keys?",
    37 trust::what_to_do_first "Which function should be improved first?",
    38 trust::reports "How is a design shown to those who decide?",
    39 trust::confidence "How sure is an estimate?",
    40 failure::slow_dependency "What happens when a third party becomes slow?",
    41 money::copies "What do preview and staging environments add?",
    42 compute::language_models "What do functions cost that wait for language models, and do they run out of time?",
    43 services::durable_functions "Do durable functions pay?",
}

/// What nothing answers yet, and why.
const NOT_ANSWERED: &[(u32, &str)] = &[(
    33,
    "Several regions: replicas of a table are billed, but requests are not led to the nearest region, so their latency is not known.",
)];

#[test]
fn every_question_is_answered_or_named() {
    for (number, why) in NOT_ANSWERED {
        println!("{number} is not answered yet. {why}");
    }
    let mut times: BTreeMap<u32, u32> = BTreeMap::new();
    let answered = QUESTIONS.iter().map(|(number, ..)| *number);
    let others = NOT_ANSWERED.iter().map(|(number, _)| *number);
    for number in answered.chain(others) {
        *times.entry(number).or_default() += 1;
    }
    let once: BTreeMap<u32, u32> = (1..=43).map(|number| (number, 1)).collect();
    assert_eq!(times, once);
}

/// One row of the page: number, question, the place of the answer.
fn rows(page: &str) -> Vec<(u32, &str, Vec<&str>)> {
    let lines = page.lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let number = cells.next()?.parse().ok()?;
        Some((number, cells.next()?, cells.collect()))
    });
    lines.collect()
}

#[test]
fn the_page_has_the_same_questions() {
    let page = include_str!("../../docs/QUESTIONS.md");
    let rows = rows(page);
    let numbers: Vec<u32> = rows.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, (1..=43).collect::<Vec<_>>(), "in order, once each");
    for (number, question, cells) in &rows {
        let known = QUESTIONS.iter().find(|(known, ..)| known == number);
        let says_not = cells
            .iter()
            .any(|cell| cell.starts_with("Not answered yet"));
        assert_eq!(known.is_none(), says_not, "{number}: {cells:?}");
        if let Some((_, text, _)) = known {
            assert_eq!(question, text, "{number}");
        }
        assert!(
            cells.iter().take(3).all(|cell| !cell.is_empty()),
            "{number}"
        );
    }
}
