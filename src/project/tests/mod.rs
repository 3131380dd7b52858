//! Files in every state: canonical, hand-edited, cut off, broken, hostile.

mod damage;
mod disk;
mod meaning;

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
    crate::design::command::follow_expressions(&mut design).unwrap();
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
    [
        Settings::Function(FunctionSettings {
            runtime: Some(Runtime::Python313),
            ..FunctionSettings::default()
        }),
        Settings::Trigger(TriggerSettings {
            shape: Some(Shape::ClosedLoop),
            ..TriggerSettings::default()
        }),
        Settings::Stream(StreamSettings {
            capacity: Some(CapacityMode::OnDemand),
            ..StreamSettings::default()
        }),
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
