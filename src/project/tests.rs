//! Files in every state: canonical, hand-edited, cut off, broken, hostile.

use std::collections::BTreeSet;

use super::*;
use crate::catalog::{FigureId, ProviderId, RegionId, ServiceId};
use crate::design::environment::LatencyObjective;
use crate::design::generate::generate;
use crate::design::settings::{
    CapacityMode, FunctionSettings, QueueSettings, Runtime, Shape, StreamSettings, TriggerSettings,
};
use crate::design::{
    BusinessUnit, Command, Comment, Group, GroupId, LinkId, Measurement, Node, NodeId, Origin,
    Override, ParamPath, Pin, Range, Settings, Unmapped, Value,
};
use crate::law::Law;
use crate::units::{Megabytes, Millis};

fn path(text: &str) -> ParamPath {
    text.parse().unwrap()
}

/// A design in which every section holds something.
fn full() -> Design {
    let mut design = generate(4, 1);
    let ids: Vec<NodeId> = design.nodes.keys().cloned().collect();
    let trigger = ids
        .iter()
        .find(|id| id.as_str().ends_with("clients"))
        .unwrap()
        .clone();
    let link = design.links.keys().next().unwrap().clone();
    let function = ids
        .iter()
        .find(|id| matches!(design.nodes[*id].settings, Settings::Function(_)))
        .unwrap()
        .clone();
    let origin = Origin {
        dialect: "terraform".to_owned(),
        file: "main.tf".to_owned(),
        line: 12,
        resource: "aws_lambda_function.x".to_owned(),
        confidence: 0.9,
    };

    design.name = "Full \"quoted\"\nname — 🚀".to_owned();
    let environment = &mut design.environment;
    environment
        .regions
        .insert(ProviderId::from("aws"), RegionId::from("eu-west-1"));
    environment.account_opened = Some("2026-02-28".to_owned());
    environment.free_tier = false;
    environment
        .raised_limits
        .insert(FigureId("aws.lambda/Concurrency".to_owned()), 5_000.0);
    environment
        .discounts
        .insert(ServiceId::from("aws.lambda"), 0.17);
    environment
        .already_used
        .insert(FigureId("aws.lambda/requests".to_owned()), 1e6);
    environment.copies = 3;
    design.objectives.budget = Some(250.0);
    design.objectives.error_rate = Some(0.001);
    let objective = LatencyObjective {
        percentile: 0.99,
        millis: 300.0,
    };
    design
        .objectives
        .latency
        .insert(trigger.clone(), vec![objective]);
    for choice in settings_with_odd_choices() {
        let id = NodeId(format!("odd-{}", choice.archetype().label().to_lowercase()));
        design.nodes.insert(id, Node::new(choice));
    }
    let node = design.nodes.get_mut(&function).unwrap();
    node.provider = Some(ProviderId::from("azure"));
    node.region = Some(RegionId::from("westeurope"));
    node.locked = true;
    node.group = Some(GroupId::from("inner"));
    node.origin = Some(origin.clone());
    let pin = Pin {
        service: ServiceId::from("aws.lambda"),
        settings: [("memory".to_owned(), Value::Number(2_048.0))].into(),
    };
    node.pins.insert(ProviderId::from("aws"), pin);
    let group = |label: &str, parent: Option<&str>| Group {
        label: label.to_owned(),
        parent: parent.map(GroupId::from),
    };
    design
        .groups
        .insert(GroupId::from("inner"), group("Inner", Some("outer")));
    design
        .groups
        .insert(GroupId::from("outer"), group("Outer", None));
    design.variables.insert("users".to_owned(), 1e5);
    design.expressions.insert(
        ParamPath::Node(function.clone(), "memory".to_owned()),
        "=512".to_owned(),
    );
    design.ranges.insert(
        path(&format!("{link}.payload")),
        Range {
            low: 1.0,
            high: 8.0,
        },
    );
    let replaced = Override {
        value: 0.15,
        reason: "contract".to_owned(),
    };
    design.overrides.insert(
        FigureId("aws.lambda/requests@us-east-1".to_owned()),
        replaced,
    );
    design
        .scenarios
        .insert("everything at once".to_owned(), scenario(&function, &link));
    design.measurements.push(Measurement {
        path: path(&format!("{function}.cpu")),
        value: Value::Law(Law::Quantiles(vec![
            (0.5, Millis(12.0)),
            (0.99, Millis(90.5)),
        ])),
        file: "trace.csv".to_owned(),
        date: "2026-11-01".to_owned(),
    });
    design.business_unit = Some(BusinessUnit {
        name: "order".to_owned(),
        trigger,
        requests_per_unit: 2.5,
    });
    design
        .ignored
        .insert("idle:checkout".to_owned(), "on purpose".to_owned());
    design.comments.push(Comment {
        node: Some(function.clone()),
        text: "why?\n(see // the \"wiki\")".to_owned(),
        author: "ana".to_owned(),
    });
    design.outages.insert(function.clone());
    design.companions_off.insert(format!("{function}/logs"));
    design.unmapped.push(Unmapped {
        origin,
        resource_type: "aws_iam_role".to_owned(),
        reason: "carries no load".to_owned(),
    });
    design
        .layout
        .reroutes
        .insert(link, vec![[1.5, -2.0], [3.0, 4.0]]);
    design.layout.collapsed.insert(GroupId::from("inner"));
    design.layout.bookmarks.insert(3, (1.0, 2.0, 0.5));
    design
}

/// Choices that are no names in the notation.
fn settings_with_odd_choices() -> [Settings; 3] {
    let mut function = FunctionSettings::default();
    function.runtime = Some(Runtime::Python313);
    let mut trigger = TriggerSettings::default();
    trigger.shape = Some(Shape::ClosedLoop);
    let mut stream = StreamSettings::default();
    stream.capacity = Some(CapacityMode::OnDemand);
    [
        Settings::Function(function),
        Settings::Trigger(trigger),
        Settings::Stream(stream),
    ]
}

fn scenario(node: &NodeId, link: &LinkId) -> Vec<Command> {
    let memory = ParamPath::Node(node.clone(), "memory".to_owned());
    vec![
        Command::Set {
            path: memory.clone(),
            value: Some(Value::Number(512.0)),
        },
        Command::Set {
            path: memory,
            value: None,
        },
        Command::SetBusinessUnit(None),
        Command::SetEnvironment(crate::design::Environment::default()),
        Command::AddComment(Comment {
            node: None,
            text: "x".to_owned(),
            author: String::new(),
        }),
        Command::RemoveLink { id: link.clone() },
        Command::AddNode {
            id: NodeId::from("new-queue"),
            node: Node::new(Settings::Queue(QueueSettings {
                fifo: Some(true),
                ..Default::default()
            })),
            at: [10.0, 20.0],
        },
        Command::SetScenario {
            name: "inner".to_owned(),
            commands: Some(vec![Command::ScaleTraffic(2.0)]),
        },
    ]
}

#[track_caller]
fn opened(text: &str) -> Opened {
    read(text, "x.ron").unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[track_caller]
fn refused(text: &str) -> OpenError {
    read(text, "x.ron").unwrap_err()
}

#[test]
fn everything_survives_a_round_trip() {
    let design = full();
    let text = write(&design).unwrap();
    let again = opened(&text);
    assert_eq!(again.problems, Vec::<String>::new());
    assert_eq!(again.design, design, "{text}");
    assert_eq!(write(&again.design).unwrap(), text);
    for section in v1::SECTIONS {
        assert!(
            text.contains(&format!("\n    {section}: ")),
            "{section} is missing:\n{text}"
        );
    }
}

#[test]
fn the_canonical_text() {
    let mut design = Design::default();
    let function = FunctionSettings {
        memory: Some(Megabytes(1_024.0)),
        ..FunctionSettings::default()
    };
    design
        .nodes
        .insert(NodeId::from("b"), Node::new(Settings::Function(function)));
    design.nodes.insert(
        NodeId::from("a"),
        Node::new(Settings::Queue(QueueSettings::default())),
    );
    design
        .layout
        .positions
        .insert(NodeId::from("b"), [120.04, -0.01]);
    let expected = r#"(
    format: 1,
    defaults_version: 1,
    name: "",
    environment: (provider: "aws"),
    nodes: {
        "a": (
            settings: Queue(),
        ),
        "b": (
            settings: Function(memory: 1024.0),
        ),
    },
    layout: (
        positions: {
            "b": (120.0, 0.0),
        },
    ),
)
"#;
    assert_eq!(write(&design).unwrap(), expected);
    assert_eq!(write(&opened(expected).design).unwrap(), expected);
}

#[test]
fn hand_written_files_are_read_leniently() {
    let text = "\u{feff}// mine\n#![enable(implicit_some)]\nDesign(\r\n  layout: (), /* last /* is */ first */\n  \
                nodes: {\"f\": (settings: Function(memory: 512, timeout: Some(3000))), \"note\": (settings: Note())},\n\
                format: 1)\n";
    let text = text.replace("// mine\n#!", "#!");
    let design = opened(&text).design;
    assert_eq!(design.nodes.len(), 2);
    assert_eq!(design.defaults_version, 1);
}

#[test]
fn refusals_say_where_and_what_to_do() {
    #[track_caller]
    fn check(text: &str, message: &str, help: &str) {
        let error = refused(text);
        assert!(error.message.starts_with(message), "{}", error.message);
        assert!(error.help.contains(help), "{}", error.help);
    }
    let newer = opened("(format: 1, defaults_version: 9)").problems;
    assert!(
        newer[0].contains("relies on defaults of version 9"),
        "{newer:?}"
    );
    check("", "x.ron:1:1: the file is empty", "nephoscope new");
    check("(format: 1, \0)", "x.ron:1:13: a NUL character", "backup");
    check(
        "(\n  format: 3,\n  future: {})",
        "x.ron:2:11: written by a newer Nephoscope (format 3); this one reads up to 1",
        "Update Nephoscope",
    );
    check(
        "(format: 0)",
        "x.ron:1:10: `format` must be a number from 1 to 1, not `0`",
        "format: 1",
    );
    check("(nodes: {})", "x.ron:1:1: no `format`", "(format: 1");
    check("hello", "x.ron:1:1: no `format`", "(format: 1");
    check(
        "(format: 1, nodes: {\"a\": (settings: Lambda())})",
        "x.ron:1:",
        "text editor",
    );
    check(
        "(format: 1,\n nodes: {},\n colour: 3)",
        "x.ron:3:",
        "text editor",
    );
    let deep = format!("(format: 1, nodes: {}", "(".repeat(50_000));
    check(
        &deep,
        "x.ron:1:147: more than 128 brackets",
        "close the brackets",
    );
    let comments = format!("(format: 1, {}", "/*".repeat(50_000));
    check(&comments, "x.ron:1:", "text editor");
    assert_eq!(refused("(format: 3)").salvaged, None);
}

#[test]
fn a_file_cut_anywhere_gives_what_came_before() {
    let design = full();
    let text = write(&design).unwrap();
    let ends: Vec<(usize, &NodeId)> = design
        .nodes
        .keys()
        .map(|id| {
            let start = text.find(&format!("\n        \"{id}\": (\n")).unwrap();
            (start + text[start..].find("\n        )").unwrap() + 10, id)
        })
        .collect();
    for cut in 0..text.len() {
        let Some(part) = text.get(..cut) else {
            continue;
        };
        let Err(error) = read(part, "cut.ron") else {
            assert_eq!(part.trim_end(), text.trim_end());
            continue;
        };
        let whole: BTreeSet<_> = ends
            .iter()
            .filter(|(end, _)| *end <= cut)
            .map(|(_, id)| *id)
            .collect();
        let saved = error.salvaged.unwrap_or_default();
        let saved: BTreeSet<_> = saved.design.nodes.keys().collect();
        assert_eq!(saved, whole, "cut at byte {cut}");
    }
}

#[test]
fn one_wound_costs_one_block() {
    let text = write(&generate(40, 5)).unwrap();
    #[track_caller]
    fn check(text: &str, nodes: usize, dropped: &str) {
        let saved = refused(text).salvaged.unwrap();
        assert_eq!(
            saved.design.nodes.len(),
            nodes,
            "{} of {nodes}: {:#?}",
            saved.design.nodes.len(),
            saved.problems
        );
        assert!(saved.design.links.len() > 20);
        let said = dropped.is_empty() || saved.problems.iter().any(|p| p.contains(dropped));
        assert!(said, "{:#?}", saved.problems);
    }
    let at = text.find("settings: Function(").unwrap();
    let wounded =
        |from: &str, to: &str| format!("{}{}", &text[..at], text[at..].replacen(from, to, 1));
    check(
        &wounded("settings:", "setings:"),
        39,
        "unexpected field named `setings` in `Node`",
    );
    check(&wounded("memory: ", "memory: \"much\" "), 39, "x.ron:");
    check(&wounded("\": (\n", ": (\n"), 39, "x.ron:");
    check(&wounded("label: \"", "label: "), 39, "x.ron:");
    check(&wounded("(", ""), 39, "x.ron:");
    // A bracket more or less between two blocks costs nothing at all.
    check(&wounded("),\n        ),\n", "),\n"), 39, "x.ron:");
    check(&wounded("),\n        ),\n", "),\n        )),\n"), 40, "");
    check(&wounded("),\n        ),\n", "),\n        ),),\n"), 40, "");
}

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
        "x.ron:4:1: node `f`: Memory must be between 64 and 32768 MB, not -5; the default is used",
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
        "link `f->t`: Filtered out must be between 0 and 1",
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

#[test]
fn noise_never_panics() {
    let text = write(&full()).unwrap();
    let mut state = 42_u64;
    let mut next = |limit: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    for _ in 0..400 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..=next(4) {
            let at = next(bytes.len());
            match next(3) {
                0 => drop(bytes.remove(at)),
                1 => bytes.insert(at, b"()[]{}\"'\\/:,#r-9eE.\n"[next(20)]),
                _ => bytes[at] = b"()[]{}\"'\\/:,#r-9eE.\n"[next(20)],
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let _ = read(&text, "noise.ron");
    }
}

#[test]
fn saving_replaces_whole_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("design.ron");
    let design = generate(5, 1);
    save(&design, &path).unwrap();
    assert_eq!(open(&path).unwrap().design, design);
    save(&generate(6, 1), &path).unwrap();
    assert_eq!(open(&path).unwrap().design.nodes.len(), 6);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

    let missing = open(&folder.path().join("none.ron")).unwrap_err();
    assert!(
        missing.message.contains("there is no such file"),
        "{missing}"
    );
    std::fs::write(&path, b"(format: 1,\n  name: \"\xff\")").unwrap();
    let error = open(&path).unwrap_err();
    assert!(
        error.message.contains(":2:10: the text is not UTF-8"),
        "{error}"
    );
    assert!(save(&design, &folder.path().join("no/such/folder.ron")).is_err());
}

#[cfg(unix)]
#[test]
fn permissions_and_links_survive_saving() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (
        folder.path().join("design.ron"),
        folder.path().join("link.ron"),
    );
    save(&generate(2, 1), &path).unwrap();
    let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode() & 0o600, 0o600);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    symlink(&path, &link).unwrap();
    save(&generate(3, 1), &link).unwrap();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(
        (mode(), open(&path).unwrap().design.nodes.len()),
        (0o640, 3)
    );
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o440)).unwrap();
    let error = save(&generate(4, 1), &path).unwrap_err().to_string();
    assert!(error.contains("read-only"), "{error}");
}

#[test]
fn samples_are_canonical_and_whole() {
    let all = samples();
    assert!(all.iter().any(|sample| sample.name == DEFAULT_SAMPLE));
    for Sample {
        name,
        title,
        question,
    } in &all
    {
        assert!(!title.is_empty() && !question.is_empty(), "{name}");
        let path = format!("{}/samples/{name}/design.ron", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap();
        let opened = read(&text, &path).unwrap();
        assert_eq!(opened.problems, Vec::<String>::new(), "{name}");
        assert_eq!(
            write(&opened.design).unwrap(),
            text,
            "{name} is not canonical"
        );
        for id in opened.design.nodes.keys() {
            assert!(
                opened.design.layout.positions.contains_key(id),
                "{name}: {id} has no position"
            );
        }
    }
    let error = sample("nothing").unwrap_err().to_string();
    assert!(error.contains(DEFAULT_SAMPLE), "{error}");
}
