//! Pictures of everything that draws, for people to look at.
//!
//! The tests fail only where drawing itself does; the pictures lie in Cargo's
//! directory for test files, and each test prints where.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test that cannot go on should say so and stop"
)]
#![cfg(feature = "ui")]

use std::cell::RefCell;
use std::rc::Rc;

use egui::{Vec2, vec2};
use egui_kittest::kittest::Queryable as _;
use nephoscope::format;
use nephoscope::ui::chart::{
    self, Area, Axis, Bar, Chart, ChartError, Line, Pen, Plot, Table, bars, chart_ui,
};
use nephoscope::ui::glyph::{Glyph, glyph_ui};
use nephoscope::ui::raster::{Raster, screenshot};
use nephoscope::ui::theme::{Theme, kpi, utilisation_colour};
use plotters_backend::DrawingBackend;

fn save(name: &str, theme: &Theme, size: Vec2, scale: f32, ui: impl FnMut(&mut egui::Ui)) {
    let file = screenshot(theme, size, scale, ui).to_small_png().unwrap();
    let brightness = if theme.is_dark { "dark" } else { "light" };
    let path = format!("{}/{name}-{brightness}.png", env!("CARGO_TARGET_TMPDIR"));
    println!("{path}: {} bytes", file.len());
    assert!(file.len() < 100_000);
    std::fs::write(path, file).unwrap();
}

fn themes() -> [Theme; 2] {
    [Theme::dark(), Theme::light()]
}

/// Monthly cost over traffic, against today's bill and two limits.
struct CostOverTraffic;

impl CostOverTraffic {
    fn points(fixed: f64, per_request: f64) -> Vec<(f64, f64)> {
        let traffic = (0..500).map(|i| 10f64.powf(-1.0 + 5.0 * f64::from(i) / 499.0));
        traffic
            .map(|rate| (rate, fixed + rate.powf(0.93) * per_request))
            .collect()
    }
}

impl Chart for CostOverTraffic {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let (lambda, container) = (Self::points(0.0, 1.9), Self::points(2_900.0, 0.7));
        let costs = lambda.iter().chain(&container).map(|point| point.1);
        let x = Axis::log(0.1, 1e4, format::rate_per_second).titled("Traffic");
        let y = Axis::from_zero(costs, format::usd).titled("Cost per month");
        let mut plot = Plot::new(area, pen, x, y, &["Functions", "Containers"])?;
        plot.line(
            Line::new(&container, pen.theme.series(1))
                .ghost()
                .named("Containers"),
        )?;
        plot.line(
            Line::new(&lambda, pen.theme.series(0))
                .filled()
                .named("Functions"),
        )?;
        plot.rule_x(40.0, "today", pen.theme.accent)?;
        plot.limit_x(1_000.0, "1,000 concurrent executions")?;
        plot.limit_y(6_000.0, "budget $6,000 /mo")?;
        plot.finish()
    }

    fn description(&self) -> String {
        "Cost over traffic".into()
    }

    fn table(&self) -> Table {
        Table::default()
    }
}

/// How the time of a request is distributed.
struct LatencyCdf;

impl Chart for LatencyCdf {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let share = |ms: f64| {
            0.97 / (1.0 + (ms / 60.0).powf(-4.0)) + 0.03 / (1.0 + (ms / 800.0).powf(-8.0))
        };
        let points: Vec<_> = (0..300)
            .map(|i| 10f64.powf(1.0 + 2.5 * f64::from(i) / 299.0))
            .map(|ms| (ms, share(ms)))
            .collect();
        let quantile = |q: f64| {
            points
                .iter()
                .copied()
                .find(|point| point.1 >= q)
                .unwrap_or((3_000.0, q))
        };
        let x = Axis::log(10.0, 3_162.0, format::millis).titled("Response time");
        let y = Axis::linear(0.0, 1.0, format::percent).titled("Requests answered within");
        let mut plot = Plot::new(area, pen, x, y, &[])?;
        let colour = pen.theme.series(0);
        plot.line(Line::new(&points, colour).filled())?;
        for (name, q) in [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)] {
            let at = quantile(q);
            plot.point(
                at,
                &format!("{name} {}", format::millis(at.0)),
                pen.theme.text,
            )?;
        }
        plot.limit_x(2_000.0, "goal 2 s")?;
        plot.finish()
    }

    fn description(&self) -> String {
        "Distribution of response times".into()
    }

    fn table(&self) -> Table {
        Table::default()
    }
}

/// A bill by service.
struct Bill(usize);

impl Chart for Bill {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let rows = [
            ("Lambda checkout", 412.0),
            ("DynamoDB orders, on demand, with a long name", 236.0),
            ("API Gateway", 122.0),
            ("Step Functions", 58.4),
            ("SQS", 4.1),
            ("CloudWatch logs", 0.0),
            ("Committed use", -61.0),
        ];
        let rows: Vec<_> = rows
            .iter()
            .cycle()
            .take(self.0)
            .map(|&(name, value)| Bar {
                name: name.into(),
                value,
                text: format::usd(value),
                colour: pen.theme.series(0),
            })
            .collect();
        bars(area, pen, &rows)
    }

    fn description(&self) -> String {
        "Cost by service".into()
    }

    fn table(&self) -> Table {
        Table::default()
    }
}

/// Four quantiles over a day, close to one another, with a gap.
struct DayOfLatency;

impl Chart for DayOfLatency {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: &Pen) -> Result<(), ChartError> {
        let names = ["p50", "p90", "p99", "p99.9"];
        let series: Vec<Vec<(f64, f64)>> = (0..4)
            .map(|rank| {
                (0..144)
                    .map(|i| f64::from(i) / 6.0)
                    .map(|hour| {
                        let wave =
                            (hour * std::f64::consts::TAU / 24.0).sin() + 0.2 * (hour * 5.0).sin();
                        let gap = (12.0..13.0).contains(&hour) && rank == 3;
                        (
                            hour,
                            if gap {
                                f64::NAN
                            } else {
                                40.0 + f64::from(rank) * 9.0 + 12.0 * wave
                            },
                        )
                    })
                    .collect()
            })
            .collect();
        let x = Axis::linear(0.0, 24.0, |hour| format!("{hour:02.0}:00"))
            .at((0..9).map(|i| f64::from(i) * 3.0));
        let y = Axis::from_zero(series.iter().flatten().map(|point| point.1), format::millis);
        let mut plot = Plot::new(area, pen, x, y.titled("Response time"), &names)?;
        for (rank, points) in series.iter().enumerate() {
            plot.line(Line::new(points, pen.theme.series(rank)).named(names[rank]))?;
        }
        plot.finish()
    }

    fn description(&self) -> String {
        "Response time over a day".into()
    }

    fn table(&self) -> Table {
        Table::default()
    }
}

#[test]
fn charts() {
    for theme in themes() {
        save("charts", &theme, vec2(940.0, 640.0), 2.0, |ui| {
            let frame = egui::Frame::new().fill(theme.panel).inner_margin(16);
            egui::CentralPanel::default().frame(frame).show(ui, |ui| {
                ui.horizontal(|ui| {
                    chart_ui(
                        ui,
                        &theme,
                        vec2(470.0, 260.0),
                        Some(200.0),
                        &CostOverTraffic,
                    );
                    chart_ui(ui, &theme, vec2(400.0, 260.0), None, &LatencyCdf);
                });
                ui.add_space(16.0);
                ui.horizontal(|ui| {
                    chart_ui(ui, &theme, vec2(380.0, 190.0), None, &Bill(7));
                    chart_ui(ui, &theme, vec2(460.0, 190.0), Some(9.0), &DayOfLatency);
                });
                ui.add_space(16.0);
                ui.horizontal(|ui| {
                    chart_ui(ui, &theme, vec2(200.0, 90.0), None, &CostOverTraffic);
                    chart_ui(ui, &theme, vec2(160.0, 90.0), None, &LatencyCdf);
                    chart_ui(ui, &theme, vec2(160.0, 90.0), None, &Bill(9));
                    chart_ui(ui, &theme, vec2(120.0, 90.0), None, &DayOfLatency);
                    chart_ui(ui, &theme, vec2(60.0, 40.0), None, &DayOfLatency);
                });
            });
        });
    }
}

#[test]
fn charts_as_svg() {
    let size = vec2(470.0, 260.0);
    for theme in themes() {
        let document = chart::svg(&theme, size, &CostOverTraffic).unwrap();
        assert!(
            document.starts_with("<svg width=\"470\" height=\"260\" viewBox=\"0 0 3760 2080\"")
        );
        assert!(document.contains("budget $6,000 /mo") && document.trim_end().ends_with("</svg>"));
        chart::svg(&theme, size, &LatencyCdf).unwrap();
        chart::svg(&theme, size, &Bill(7)).unwrap();
        chart::svg(&theme, size, &DayOfLatency).unwrap();
        std::fs::write(
            format!("{}/chart.svg", env!("CARGO_TARGET_TMPDIR")),
            document,
        )
        .unwrap();
    }
    assert!(matches!(
        chart::svg(&themes()[0], vec2(30.0, 20.0), &LatencyCdf),
        Err(ChartError::TooSmall)
    ));
}

#[test]
fn widgets() {
    for theme in themes() {
        let mut text = String::from("10k/day");
        save("widgets", &theme, vec2(1_440.0, 900.0), 1.0, |ui| {
            egui::Panel::left("add").default_size(240.0).show(ui, |ui| {
                ui.heading("Problems");
                for row in 0..40 {
                    let _ =
                        ui.selectable_label(row == 2, format!("Function {row} is over capacity"));
                }
            });
            egui::Panel::right("inspector")
                .default_size(320.0)
                .show(ui, |ui| {
                    ui.heading("Inspector");
                    ui.label(egui::RichText::new("$1,230 /mo").text_style(kpi()));
                    ui.small("between $980 and $1,510, depends on usage");
                    ui.monospace("rate × duration / 1,000 = 10 concurrent");
                    ui.text_edit_singleline(&mut text).request_focus();
                    ui.checkbox(&mut true, "Animate");
                    let _ = ui.radio(true, "arm64");
                    ui.add(egui::Slider::new(&mut 40.0, 0.0..=100.0).text("Traffic"));
                    egui::ComboBox::from_label("Region")
                        .selected_text("eu-west-1")
                        .show_ui(ui, |_| {});
                    ui.horizontal(|ui| {
                        let _ = ui.button("Run");
                        ui.add_enabled(false, egui::Button::new("Undo"));
                        ui.hyperlink_to("Why", "https://example.org");
                    });
                    ui.separator();
                    for u in [0.3, 0.7, 0.9, 0.97, 1.18] {
                        ui.colored_label(utilisation_colour(&theme, u), format::percent(u));
                    }
                    ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = 0.0;
                        for step in 0..=20 {
                            let (rect, _) =
                                ui.allocate_exact_size(vec2(12.0, 16.0), egui::Sense::hover());
                            ui.painter()
                                .rect_filled(rect, 0.0, theme.ramp(f64::from(step) / 20.0));
                        }
                    });
                });
            egui::CentralPanel::default().show(ui, |ui| {
                ui.label("One picture says more than a thousand words. ".repeat(60));
            });
        });
    }
}

#[test]
fn glyphs() {
    for theme in themes() {
        save("glyphs", &theme, vec2(820.0, 440.0), 2.0, |ui| {
            let inks = [
                theme.trigger,
                theme.compute,
                theme.queue,
                theme.data,
                theme.orchestration,
            ];
            for side in [14.0, 20.0, 40.0] {
                ui.horizontal_wrapped(|ui| {
                    for (index, &glyph) in Glyph::ALL.iter().enumerate() {
                        glyph_ui(ui, glyph, side, inks[index % inks.len()]);
                    }
                });
                ui.add_space(8.0);
            }
            for row in Glyph::ALL.chunks(11) {
                ui.horizontal(|ui| {
                    for &glyph in row {
                        ui.vertical(|ui| {
                            ui.set_width(60.0);
                            glyph_ui(ui, glyph, 28.0, theme.text);
                            ui.small(format!("{glyph:?}"));
                        });
                    }
                });
            }
        });
    }
}

/// Feeds the font textures of a harness to our painter.
struct Textures(Rc<RefCell<Raster>>);

impl egui_kittest::TestRenderer for Textures {
    fn handle_delta(&mut self, delta: &mut egui::TexturesDelta) {
        self.0.borrow_mut().update(std::mem::take(delta));
    }
}

/// What a test has clicked its way to can be painted too.
#[test]
fn a_harness_can_be_painted() {
    let theme = Theme::light();
    let raster = Rc::new(RefCell::new(Raster::default()));
    let mut harness = egui_kittest::Harness::builder()
        .with_size(vec2(160.0, 60.0))
        .renderer(Textures(Rc::clone(&raster)))
        .build_ui_state(|ui, on: &mut bool| _ = ui.checkbox(on, "Animate"), false);
    theme.apply(&harness.ctx);
    let painted = |harness: &egui_kittest::Harness<'_, bool>| {
        let output = harness.output();
        let shapes = output.shapes.clone();
        raster
            .borrow()
            .paint(&harness.ctx, shapes, output.pixels_per_point, theme.canvas)
    };
    harness.run();
    let before = painted(&harness);
    harness.get_by_label("Animate").click();
    harness.run();
    assert!(*harness.state());
    assert_eq!((before.width, before.height), (160, 60));
    assert_ne!(painted(&harness), before);
}
