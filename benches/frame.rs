//! What a frame costs: laying out, drawing and tessellating.
//!
//! 100, 1,000 and 10,000 nodes with 1.5 wires each, fitted into 1280x720
//! without a window. `idle` replays what was drawn; `panned` moves the camera a
//! little, `zoomed` draws everything anew, as every frame of a zoom or of a
//! drag does. `canvas` is the canvas alone, `window` everything.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use egui::vec2;
use nephoscope::catalog::{Archetype, Catalog};
use nephoscope::design::generate::generate;
use nephoscope::design::{Design, Link, LinkId, LinkKind, LinkSettings, Node, NodeId, Settings};
use nephoscope::ui::App;
use nephoscope::ui::canvas::Canvas;
use nephoscope::ui::raster::still;
use nephoscope::ui::theme::Theme;
use nephoscope::ui::view::{Fit, View};
use nephoscope::workspace::Workspace;

/// Functions in a square, each calling its neighbour and every other one the
/// function below too. Wires that wrap around run backwards, so that there is
/// no loop: a loop of 10,000 functions takes minutes to analyse before the
/// first frame.
fn design(count: usize) -> Design {
    let mut design = Design::default();
    let side = (count as f64).sqrt().ceil() as usize;
    let id = |index: usize| NodeId(format!("n{index}"));
    for index in 0..count {
        let at = [(index % side) as f32 * 256.0, (index / side) as f32 * 128.0];
        let node = Node::new(Settings::default_of(Archetype::Function));
        design.nodes.insert(id(index), node);
        design.layout.positions.insert(id(index), at);
        let below = (index % 2 == 0).then_some(index + side);
        for other in [Some(index + 1), below].into_iter().flatten() {
            let (from, to) = if other < count {
                (index, other)
            } else {
                (other % count, index)
            };
            let link = Link {
                from: id(from),
                to: id(to),
                kind: LinkKind::Request,
                settings: LinkSettings::default(),
                carrier: None,
            };
            design
                .links
                .insert(LinkId(format!("n{index}->n{other}")), link);
        }
    }
    design
}

fn frames(criterion: &mut Criterion) {
    for count in [100, 1_000, 10_000] {
        let catalog = Catalog {
            providers: BTreeMap::new(),
            services: BTreeMap::new(),
        };
        let mut workspace = Workspace::new(Arc::new(catalog), design(count), None);
        // The sweep in the background takes minutes for the largest.
        if count < 10_000 {
            workspace.settle();
        }
        let mut view = View {
            fit: Some(Fit::All),
            ..View::default()
        };
        let mut canvas = Canvas::new();
        let ctx = egui::Context::default();
        Theme::dark().apply(&ctx);
        let mut frame = |view: &mut View| {
            let input = still(vec2(1_280.0, 720.0), 1.0, 0);
            let output = ctx.run_ui(input, |ui| {
                black_box(canvas.ui(ui, &workspace, view));
            });
            let shapes = output.shapes.clone();
            output.drop_without_applying_deltas();
            black_box(ctx.tessellate(shapes, 1.0));
        };
        frame(&mut view);
        criterion.bench_function(&format!("canvas/idle/{count}"), |bencher| {
            bencher.iter(|| frame(&mut view));
        });
        criterion.bench_function(&format!("canvas/panned/{count}"), |bencher| {
            let mut step = 0.5;
            bencher.iter(|| {
                view.camera.center.x += step;
                step = -step;
                frame(&mut view);
            });
        });
        criterion.bench_function(&format!("canvas/zoomed/{count}"), |bencher| {
            let mut factor = 0.999;
            bencher.iter(|| {
                view.camera.zoom *= factor;
                factor = 1.0 / factor;
                frame(&mut view);
            });
        });
    }
}

/// The whole window on a generated design that is analysed and priced: bar,
/// palette, canvas, inspector of a node and the drawer with its charts.
fn window(criterion: &mut Criterion) {
    let Ok(catalog) = Catalog::embedded() else {
        return;
    };
    let design = generate(1_000, 7);
    let selected = design.nodes.keys().next().cloned();
    let mut app = App::new(Workspace::new(Arc::new(catalog.clone()), design, None));
    // An idle window is one whose sweep in the background has ended.
    app.settle();
    if let Some(node) = selected {
        app.view_mut().selection.only_node(node);
    }
    let ctx = egui::Context::default();
    app.dress(&ctx);
    let frame = |app: &mut App| {
        let input = still(vec2(1_280.0, 720.0), 1.0, 0);
        let output = ctx.run_ui(input, |ui| app.frame_ui(ui));
        let shapes = output.shapes.clone();
        output.drop_without_applying_deltas();
        black_box(ctx.tessellate(shapes, 1.0));
    };
    for _ in 0..4 {
        frame(&mut app);
    }
    criterion.bench_function("window/idle/1000", |bencher| {
        bencher.iter(|| frame(&mut app));
    });
    criterion.bench_function("window/panned/1000", |bencher| {
        let mut step = 0.5;
        bencher.iter(|| {
            app.view_mut().camera.center.x += step;
            step = -step;
            frame(&mut app);
        });
    });
    criterion.bench_function("window/zoomed/1000", |bencher| {
        let mut factor = 0.999;
        bencher.iter(|| {
            app.view_mut().camera.zoom *= factor;
            factor = 1.0 / factor;
            frame(&mut app);
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .measurement_time(std::time::Duration::from_secs(3))
        .warm_up_time(std::time::Duration::from_secs(1));
    targets = frames, window
}
criterion_main!(benches);
