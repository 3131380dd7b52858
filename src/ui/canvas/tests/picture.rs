//! Pictures of the canvas: what is drawn, where, and that it differs by state.

use std::sync::Arc;

use egui::{Color32, Pos2, pos2, vec2};

use super::super::scene::{Facts, Scene, Target, Wiring};
use super::super::{Canvas, Lens};
use super::{design, empty_catalog};
use crate::catalog::{Archetype, ProviderId};
use crate::design::settings::{FunctionSettings, NoteSettings};
use crate::design::{Design, LinkId, LinkKind, Node, NodeId, Settings};
use crate::report::{Figure, LinkReport, NodeReport, Problem, Report, Runaway, Severity};
use crate::ui::raster::{Image, screenshot};
use crate::ui::theme::Theme;
use crate::ui::view::{Camera, Selection};

/// A shop: front door, checkout, queue, worker, store, with a note and a loop.
fn shop() -> Design {
    use Archetype as A;
    use LinkKind as K;
    let mut design = design(
        &[
            ("visitors", A::Trigger, [-560.0, -64.0]),
            ("api", A::Gateway, [-288.0, -64.0]),
            ("checkout", A::Function, [0.0, -64.0]),
            ("orders", A::Table, [296.0, -160.0]),
            ("carts", A::Cache, [296.0, -48.0]),
            ("receipts", A::Queue, [296.0, 80.0]),
            ("print-and-mail-the-receipt", A::Function, [568.0, 80.0]),
            ("archive", A::Bucket, [840.0, 80.0]),
            ("remark", A::Note, [-560.0, 120.0]),
        ],
        &[
            ("visitors", "api", K::Request),
            ("api", "checkout", K::Request),
            ("checkout", "orders", K::Write),
            ("checkout", "orders", K::Read),
            ("checkout", "carts", K::Read),
            ("checkout", "receipts", K::Publish),
            ("receipts", "print-and-mail-the-receipt", K::Poll),
            ("print-and-mail-the-receipt", "archive", K::Write),
            ("archive", "checkout", K::Notify),
        ],
    );
    if let Some(node) = design.nodes.get_mut("remark") {
        node.settings = Settings::Note(NoteSettings {
            text: Some("Black Friday is ten times this. Ask for the quota early.".to_owned()),
        });
    }
    if let Some(node) = design.nodes.get_mut("orders") {
        node.label = "Orders, by customer and day of the year".to_owned();
    }
    design
}

fn shop_report(design: &Design) -> Report {
    let mut report = Report::default();
    let rows = [
        ("visitors", "", 0.0, None, None),
        ("api", "API Gateway", 84.2, Some(231.0), Some(0.31)),
        ("checkout", "Lambda", 412.0, Some(212.0), Some(0.84)),
        ("orders", "DynamoDB", 1_230.0, Some(11.4), Some(1.18)),
        ("carts", "ElastiCache", 96.4, Some(1.9), Some(0.65)),
        ("receipts", "SQS", 0.4, None, Some(0.02)),
        (
            "print-and-mail-the-receipt",
            "Lambda",
            18.7,
            Some(1_840.0),
            Some(0.97),
        ),
        ("archive", "S3", 3.21, Some(64.0), None),
    ];
    for (id, service, cost, p99, load) in rows {
        let Some(node) = design.nodes.get(id) else {
            continue;
        };
        let figure = |value, unit| Figure::new(value, unit, "");
        let report_of_node = NodeReport {
            label: node.title(&NodeId::from(id)).to_owned(),
            archetype: node.archetype(),
            service: None,
            service_name: service.to_owned(),
            rate: figure(120.0, "/s"),
            peak_rate: figure(300.0, "/s"),
            concurrency: figure(4.0, ""),
            peak_concurrency: figure(9.0, ""),
            utilisation: load.map(|load| figure(load, "")),
            limit: None,
            cold_start: None,
            throttle: None,
            p50: None,
            p99: p99.map(|p99| figure(p99, "ms")),
            mean: None,
            cost: figure(cost, "USD/month"),
            cost_complete: id != "archive",
            profile: Vec::new(),
            backlog: None,
            refusals: Vec::new(),
            connections: None,
            hit_ratio: None,
        };
        report.nodes.insert(NodeId::from(id), report_of_node);
    }
    for (id, link) in &design.links {
        let rate = Figure::new(
            if link.kind == LinkKind::Poll {
                12.0
            } else {
                120.0
            },
            "/s",
            "",
        );
        let link = LinkReport {
            from: link.from.clone(),
            to: link.to.clone(),
            kind: link.kind,
            rate,
            attempts: 1.0,
        };
        report.links.insert(id.clone(), link);
    }
    for (id, severity) in [
        ("orders", Severity::Error),
        ("checkout", Severity::Warning),
        ("api", Severity::Hint),
    ] {
        report.problems.push(Problem {
            code: "test",
            severity,
            node: Some(NodeId::from(id)),
            link: None,
            what: String::new(),
            why: String::new(),
            fix: None,
            docs: None,
        });
    }
    report.runaways.push(Runaway {
        path: ["archive", "checkout"].map(NodeId::from).to_vec(),
        gain: Figure::default(),
        growth: Figure::default(),
        usd_per_hour: Figure::default(),
        cost_after: Vec::new(),
        cap: String::new(),
    });
    report
}

fn picture(theme: Theme, zoom: f32, alter: impl Fn(&mut Scene, &mut Design)) -> Image {
    let scene = scene(theme, zoom, alter);
    let center = scene.lens.camera.center;
    panned(&scene, &[center]).0
}

fn scene(theme: Theme, zoom: f32, alter: impl Fn(&mut Scene, &mut Design)) -> Scene {
    let mut design = shop();
    let report = Arc::new(shop_report(&design));
    let lens = Lens {
        rect: egui::Rect::from_min_size(pos2(0.0, 0.0), vec2(1_280.0, 800.0)),
        camera: Camera {
            center: pos2(140.0, 0.0),
            zoom,
        },
    };
    let mut scene = Scene {
        lens,
        pixels_per_point: 1.0,
        theme,
        facts: Arc::new(Facts::of(&design, &report)),
        design: Arc::default(),
        report,
        catalog: empty_catalog(),
        provider: ProviderId::from("aws"),
        measure: crate::ui::view::Measure::Usual,
        moves: 0,
        selection: Selection::default(),
        hovered: Target::Canvas,
        wiring: None,
        renaming: None,
    };
    alter(&mut scene, &mut design);
    scene.design = Arc::new(design);
    scene
}

/// The picture after the camera went through some centres, and how many
/// drawings that took.
fn panned(scene: &Scene, centers: &[Pos2]) -> (Image, usize) {
    let rect = scene.lens.rect;
    let mut canvas = Canvas {
        rect,
        ..Canvas::default()
    };
    canvas.projection.sync(&scene.design);
    let mut frames = centers.iter();
    let mut scene = scene.clone();
    let mut drawings: Vec<Arc<Scene>> = Vec::new();
    let image = screenshot(&scene.theme.clone(), rect.size(), 1.0, |ui| {
        if let Some(center) = frames.next() {
            scene.lens.camera.center = *center;
        }
        canvas.draw_ui(ui, scene.clone());
        let drawn = canvas.drawn.as_ref().map(|drawn| &drawn.scene);
        if let Some(drawn) = drawn.filter(|drawn| !drawings.iter().any(|d| Arc::ptr_eq(d, drawn))) {
            drawings.push(Arc::clone(drawn));
        }
    });
    (image, drawings.len())
}

/// Keeps a picture to be looked at, where a folder for it is named.
fn keep(name: &str, image: &Image) {
    if let Ok(folder) = std::env::var("CANVAS_PICTURES") {
        let png = image.to_png().expect("a picture has pixels");
        std::fs::write(format!("{folder}/{name}.png"), png).expect("the folder is writable");
    }
}

/// How many pixels are of a colour, give or take a little.
fn count(image: &Image, colour: Color32) -> usize {
    let near = |pixel: &&[u8]| {
        let channels = pixel.iter().zip(colour.to_array());
        channels.take(3).all(|(a, b)| a.abs_diff(b) <= 6)
    };
    image.rgba.chunks_exact(4).filter(near).count()
}

#[test]
fn the_shop_is_drawn_in_both_themes() {
    for theme in [Theme::dark(), Theme::light()] {
        let image = picture(theme.clone(), 0.84, |scene, _| {
            scene.selection.nodes.insert(NodeId::from("checkout"));
            scene.hovered = Target::Node(NodeId::from("receipts"));
        });
        keep(if theme.is_dark { "dark" } else { "light" }, &image);
        for (name, colour, least) in [
            ("card", theme.card, 40_000),
            ("accent", theme.accent, 100),
            ("danger", theme.danger, 100),
            ("warn", theme.warn, 30),
        ] {
            let pixels = count(&image, colour);
            assert!(pixels >= least, "{name}: {pixels}");
        }
    }
}

#[test]
fn less_detail_when_far_away() {
    let near = picture(Theme::dark(), 1.6, |_, _| {});
    let icons = picture(Theme::dark(), 0.45, |_, _| {});
    let dots = picture(Theme::dark(), 0.2, |_, _| {});
    keep("near", &near);
    keep("icons", &icons);
    keep("dots", &dots);
    let text = Theme::dark().text;
    assert!(count(&near, text) > count(&icons, text));
    assert!(count(&icons, text) > 20);
    assert_eq!(count(&dots, text), 0);
}

/// What is moved must look like what is drawn where the camera ends.
#[test]
fn a_pan_looks_as_if_drawn_anew() {
    for (zoom, steps, most, why) in [
        (
            0.2,
            [40.0, 200.0, 900.0],
            1,
            "all is in view from the start",
        ),
        (2.0, [10.0, 60.0, 100.0], 2, "the first step draws ahead"),
        (
            2.0,
            [10.0, 60.0, 1_900.0],
            3,
            "the last step is out of reach",
        ),
    ] {
        let scene = scene(Theme::dark(), zoom, |_, _| {});
        let start = scene.lens.camera.center;
        // Whole pixels, as a pan is rounded to.
        let path: Vec<_> = [0.0, steps[0], steps[1], steps[2]]
            .iter()
            .map(|step| start - vec2(*step, step / 10.0) / zoom)
            .collect();
        let (moved, drawings) = panned(&scene, &path);
        let (anew, _) = panned(&scene, &path[3..]);
        keep(&format!("panned-{zoom}-{most}"), &moved);
        assert_eq!(drawings, most, "{why}");
        let pixels = moved.rgba.chunks_exact(4).zip(anew.rgba.chunks_exact(4));
        let other = pixels.filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > 40));
        let other = other.count();
        assert!(other < 300, "{other} pixels differ: {why}");
    }
}

#[test]
fn what_a_wire_can_reach_glows_and_the_rest_stands_back() {
    let plain = picture(Theme::dark(), 0.84, |_, _| {});
    let wiring = picture(Theme::dark(), 0.84, |scene, design| {
        scene.wiring = Some(Wiring {
            from: NodeId::from("checkout"),
            archetype: Archetype::Function,
            sends: true,
        });
        scene.hovered = Target::Node(NodeId::from("orders"));
        design.outages.insert(NodeId::from("api"));
    });
    keep("wiring", &wiring);
    let ok = Theme::dark().ok;
    assert_eq!(count(&plain, ok), 0);
    assert!(count(&wiring, ok) > 500);
}

#[test]
fn nothing_is_drawn_of_what_is_not_known() {
    let image = picture(Theme::light(), 1.0, |scene, design| {
        scene.report = Arc::default();
        design.nodes.insert(
            NodeId::from("new"),
            Node::new(Settings::Function(FunctionSettings::default())),
        );
        scene.selection.links.insert(LinkId::from("visitors->api"));
    });
    keep("unknown", &image);
    assert!(count(&image, Theme::light().accent) > 50);
}

/// Quick-add over a design, the field for a title, and the empty canvas.
#[test]
fn popups_are_drawn_inside_the_canvas() {
    use super::super::quick_add;
    use crate::ui::view::View;
    use crate::workspace::Workspace;
    let theme = Theme::dark();
    let shown = |design: Design, alter: &dyn Fn(&mut View, &mut Canvas)| {
        let workspace = Workspace::new(empty_catalog(), design, None);
        let mut view = View::default();
        let mut canvas = Canvas::default();
        alter(&mut view, &mut canvas);
        screenshot(&theme, vec2(1_280.0, 800.0), 1.0, |ui| {
            canvas.ui(ui, &workspace, &mut view);
        })
    };
    let adding = shown(shop(), &|view, _| {
        let wire = Some((NodeId::from("checkout"), true));
        view.quick_add = Some(quick_add::opened(pos2(900.0, 300.0), wire));
    });
    keep("adding", &adding);
    assert!(count(&adding, theme.raised) > 5_000, "the current row");
    let renaming = shown(shop(), &|view, _| {
        view.renaming = Some((NodeId::from("checkout"), "checkout".to_owned()));
    });
    keep("renaming", &renaming);
    let empty = shown(Design::default(), &|_, _| {});
    keep("empty", &empty);
    assert!(count(&empty, theme.text) > 50, "the hint");
    let menu = shown(shop(), &|view, canvas| {
        view.selection.only_node(NodeId::from("checkout"));
        canvas.menu = Some(pos2(560.0, 380.0));
    });
    keep("menu", &menu);
    assert!(count(&menu, theme.accent) > 200, "the selected card");
}
