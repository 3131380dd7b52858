use std::sync::Arc;

use super::*;
use crate::design::{NodeId, ParamPath, Value};

fn opened() -> Workspace {
    let catalog = Arc::new(Catalog::embedded().unwrap().clone());
    let design = crate::project::sample("api-backend").unwrap();
    Workspace::new(catalog, design, None)
}

fn function(workspace: &Workspace) -> NodeId {
    let mut nodes = workspace.design().nodes.iter();
    let is_one =
        |node: &crate::design::Node| node.archetype() == crate::catalog::Archetype::Function;
    nodes.find(|(_, node)| is_one(node)).unwrap().0.clone()
}

#[test]
fn an_answer_is_found_kept_and_found_again_after_an_edit() {
    let mut workspace = opened();
    let node = function(&workspace);
    assert!(workspace.studies().memory.known().is_none());
    workspace.perform(Action::Want(Topic::Memory(node.clone())));
    assert!(workspace.is_working());
    workspace.settle();
    let study = &workspace.studies().memory;
    let first = Arc::clone(study.known().unwrap());
    assert_eq!(first.as_ref().as_ref().unwrap().node, node);
    assert!(workspace.is_current(study));
    // An edit makes it old and starts another.
    let path = ParamPath::Node(node.clone(), "cpu".to_owned());
    let value = Some(Value::Number(333.0));
    workspace.perform(Action::Edit(vec![Command::Set { path, value }]));
    let study = &workspace.studies().memory;
    assert!(study.known().is_some() && !workspace.is_current(study));
    workspace.settle();
    let study = &workspace.studies().memory;
    assert!(workspace.is_current(study));
    assert_ne!(study.known().unwrap(), &first);
    // Nobody looks: nothing runs.
    workspace.perform(Action::Unwant(TopicKind::Memory));
    workspace.perform(Action::Undo);
    assert!(!workspace.studies().memory.is_working());
}

#[test]
fn a_choice_is_one_step_that_can_be_undone() {
    let mut workspace = opened();
    workspace.perform(Action::Want(Topic::Front));
    workspace.perform(Action::Want(Topic::BreakEvens(None)));
    workspace.settle();
    let front = Arc::clone(workspace.studies().front.known().unwrap());
    let front = front.as_ref().as_ref().unwrap();
    let point = front.points.iter().find(|point| !point.commands.is_empty());
    let point = point.unwrap();
    let before = Arc::clone(workspace.design());
    workspace.perform(Action::Edit(point.commands.clone()));
    let usd = workspace.report().cost.total.value;
    assert!((usd - point.outcome.usd).abs() < 1e-9, "{usd}, {point:?}");
    workspace.perform(Action::Undo);
    assert_eq!(*workspace.design(), before);
    let cards = workspace.studies().break_evens.known().unwrap();
    assert!(!cards.as_ref().as_ref().unwrap().is_empty());
}

#[test]
fn what_has_no_answer_says_why_once() {
    let mut workspace = opened();
    workspace.perform(Action::Want(Topic::Memory("nobody".into())));
    workspace.settle();
    let study = &workspace.studies().memory;
    let answer = study.known().unwrap();
    let why = answer.as_ref().as_ref().unwrap_err();
    assert_eq!(why, "there is no node `nobody`");
    workspace.perform(Action::SetTraffic(1.0));
    assert!(!workspace.studies().memory.is_working());
}
