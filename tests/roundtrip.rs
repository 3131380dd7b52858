//! Saving and opening again changes nothing, whatever the design.

use nephoscope::design::generate::generate;
use nephoscope::design::{Command, Editor, NodeId};
use nephoscope::project;

#[test]
fn generated_designs_come_back_equal_and_byte_identical() {
    for seed in 0..12 {
        for nodes in [1, 2, 10, 60, 250] {
            let design = generate(nodes, seed);
            let text = project::write(&design).unwrap();
            let opened = project::read(&text, "generated.ron").unwrap();
            assert_eq!(
                opened.problems,
                Vec::<String>::new(),
                "{nodes} nodes, seed {seed}"
            );
            assert!(opened.design == design, "{nodes} nodes, seed {seed}");
            assert!(
                project::write(&opened.design).unwrap() == text,
                "{nodes} nodes, seed {seed}"
            );
        }
    }
}

#[test]
fn a_file_on_disk_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("design.ron");
    for seed in 0..3 {
        let design = generate(100, seed);
        project::save(&design, &path).unwrap();
        let opened = project::open(&path).unwrap();
        assert_eq!(opened.design, design);
        let before = std::fs::read(&path).unwrap();
        project::save(&opened.design, &path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

/// Changing one thing changes one line: files are made for version control.
#[test]
fn a_small_edit_is_a_small_diff() {
    let mut editor = Editor::new(generate(60, 4));
    let before = project::write(editor.design()).unwrap();
    let id = editor.design().nodes.keys().next().unwrap().clone();
    let changed = |editor: &Editor| {
        let after = project::write(editor.design()).unwrap();
        let pairs = before.lines().zip(after.lines());
        pairs
            .filter(|(a, b)| a != b)
            .map(|(_, b)| b.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let label = "Renamed".to_owned();
    editor
        .apply(&[Command::Rename {
            id: id.clone(),
            label,
        }])
        .unwrap();
    assert_eq!(changed(&editor), ["label: \"Renamed\","]);
    editor.undo();
    editor
        .apply(&[Command::Move {
            to: vec![(id.clone(), [12.34, -5.0])],
        }])
        .unwrap();
    assert_eq!(changed(&editor), [format!("\"{id}\": (12.3, -5.0),")]);
}

#[test]
fn what_an_editor_makes_can_be_saved() {
    let mut editor = Editor::new(generate(10, 1));
    let wish = NodeId::from("checkout");
    let id = editor.free_node_id("Checkout!");
    assert_eq!(id, wish);
    let node = editor.design().nodes.values().next().unwrap().clone();
    editor
        .apply(&[Command::AddNode {
            id,
            node,
            at: [1.0, 2.0],
        }])
        .unwrap();
    let text = project::write(editor.design()).unwrap();
    assert_eq!(
        project::read(&text, "edited.ron").unwrap().design,
        **editor.design()
    );
}
