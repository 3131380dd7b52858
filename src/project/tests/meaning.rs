//! Well-formed files that do not hold together.

use super::super::*;
use super::opened;
use crate::design::Settings;

#[test]
fn what_does_not_hold_together_is_left_out() {
    #[track_caller]
    fn check(body: &str, problem: &str) -> Design {
        let text = format!("(\nformat: 1,\n{body}\n)");
        let opened = opened(&text);
        assert!(
            opened.problems.iter().any(|p| p.contains(problem)),
            "{:#?}",
            opened.problems
        );
        let clean = write(&opened.design).unwrap();
        assert_eq!(
            read(&clean, "x.ron").unwrap().problems,
            Vec::<String>::new(),
            "{clean}"
        );
        opened.design
    }
    let nodes = |more: &str| {
        format!(
            "nodes: {{\"f\": (settings: Function()), \"t\": (settings: Table()), \
             \"c\": (settings: Trigger())}},\n{more}"
        )
    };
    let design = check(
        "nodes: {\n\"f\": (settings: Function(memory: -5, cpu: Fixed(NaN), reserved: 7))}",
        "x.ron:4:1: node `f`: Memory must be between 64 MB and 32768 MB, not -5 MB; the default is used",
    );
    let Settings::Function(function) = &design.nodes["f"].settings else {
        panic!("not a function")
    };
    assert_eq!(
        (&function.memory, &function.cpu, function.reserved),
        (&None, &None, Some(7))
    );

    let design = check(
        "nodes: {\n\"Bad Id\": (settings: Queue())}",
        "x.ron:4:1: node `Bad Id` was left out",
    );
    assert!(design.nodes.is_empty());
    check(
        &nodes("links: {\n\"f->x\": (from: \"f\", to: \"x\", kind: Request)}"),
        "x.ron:5:1: link `f->x` was left out: there is no node `x`",
    );
    check(
        &nodes("links: {\"t->f\": (from: \"t\", to: \"f\", kind: Read)}"),
        "Poll, Notify can",
    );
    check(
        &nodes("links: {\"bad\": (from: \"f\", to: \"t\", kind: Read)}"),
        "link `bad` was left out",
    );
    check(
        &nodes("links: {\"f->t\": (from: \"f\", to: \"t\", kind: Read, settings: (filtered: 2))}"),
        "link `f->t`: Filtered out must be between 0 % and 100 %",
    );
    check(
        "nodes: {\"f\": (settings: Queue()),\n\"f\": (settings: Topic())}",
        "stands here 2 times",
    );
    check(
        "nodes: {\"f\": (settings: Queue(), group: \"g\")}",
        "no such group",
    );
    check(
        "groups: {\"a\": (parent: \"b\"), \"b\": (parent: \"a\")}",
        "lies within itself",
    );
    check("variables: {\"users\": inf}", "inf is not a finite number");
    check(
        &nodes("expressions: {\"f.memory\": \"=nothing * 2\"}"),
        "expression of `f.memory`",
    );
    check(
        &nodes("expressions: {\"f.network\": \"=1\"}"),
        "Private network takes true or false",
    );
    check(
        &nodes("ranges: {\"f.memori\": (low: 1, high: 2)}"),
        "no parameter `memori`",
    );
    check(
        &nodes("ranges: {\"f.memory\": (low: 2, high: 1)}"),
        "2 to 1 is no range",
    );
    check("overrides: {\"a/b\": (value: NaN)}", "override of `a/b`");
    check("environment: (copies: 0)", "at least 1 copy");
    check(
        "environment: (discounts: {\"aws.lambda\": 7})",
        "between 0 and 1, not 7",
    );
    check("environment: (account_opened: \"soon\")", "YYYY-MM-DD");
    check("objectives: (budget: -1)", "0 or more");
    check(
        &nodes("objectives: (latency: {\"f\": [(percentile: 0.9, millis: 1)]})"),
        "no such trigger",
    );
    check(
        &nodes("business_unit: (name: \"o\", trigger: \"c\", requests_per_unit: 0)"),
        "business unit",
    );
    check(
        &nodes("measurements: [(path: \"f.memory\", value: Number(1), file: \"\", date: \"\")]"),
        "measurement of `f.memory`",
    );
    check(
        &nodes("comments: [(node: \"x\", text: \"hi\")]"),
        "moved to the canvas",
    );
    check(
        &nodes("layout: (positions: {\"f\": (NaN, 0)})"),
        "outside the canvas",
    );
    check(
        &nodes("layout: (positions: {\"x\": (0, 0)})"),
        "no such node",
    );
    check(&nodes("layout: (bookmarks: {1: (0, 0, 0)})"), "no zoom");
    check(
        "nodes: {\"f\": (settings: Queue(), pins: {\"aws\": (service: \"azure.queue\")})}",
        "belongs to another provider",
    );
    check(
        "nodes: {\"f\": (settings: Queue(), pins: {\"aws\": (service: \"aws.sqs\", settings: {\"x\": Number(1)})})}",
        "no parameter `x`",
    );
    check(
        &nodes(
            "scenarios: {\"s\": [AddNode(id: \"n\", node: (settings: Function(memory: 1)), at: (0, 0))]}",
        ),
        "node `n`: Memory",
    );
}
