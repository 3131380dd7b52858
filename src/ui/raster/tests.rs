//! The painter against pictures whose pixels can be told beforehand.

#![expect(
    clippy::disallowed_methods,
    reason = "pictures whose pixels can be told beforehand need plain colours"
)]

use super::*;
use egui::{CornerRadius, Mesh, Shape, Stroke, TextureOptions, pos2, vec2};

const BACKGROUND: Color32 = Color32::from_rgb(10, 20, 30);

/// Paints shapes on a picture of 40 x 20 points.
fn painted(pixels_per_point: f32, shapes: impl Fn(&egui::Context) -> Vec<Shape>) -> Image {
    let ctx = egui::Context::default();
    let mut raster = Raster::default();
    let output = ctx.run_ui(still(vec2(40.0, 20.0), pixels_per_point, 0), |ui| {
        ui.painter().extend(shapes(ui.ctx()));
    });
    raster.frame(&ctx, output, BACKGROUND)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "compared with pixels that may lie outside"
)]
fn opaque(colour: Color32) -> Option<[u8; 4]> {
    Some(colour.to_array())
}

#[test]
fn a_rectangle_fills_its_pixels_and_no_others() {
    for pixels_per_point in [1.0, 2.0] {
        let red = Color32::from_rgb(200, 0, 0);
        let rect = Rect::from_min_max(pos2(4.0, 5.0), pos2(14.0, 9.0));
        let image = painted(pixels_per_point, |_| {
            vec![Shape::rect_filled(rect, 0.0, red)]
        });
        let scale = pixels_per_point as usize;
        assert_eq!((image.width, image.height), (40 * scale, 20 * scale));
        for y in 0..image.height {
            for x in 0..image.width {
                let inside =
                    (4 * scale..14 * scale).contains(&x) && (5 * scale..9 * scale).contains(&y);
                let expected = if inside { red } else { BACKGROUND };
                assert_eq!(image.pixel(x, y), opaque(expected), "at {x}, {y}");
            }
        }
        assert_eq!(image.pixel(image.width, 0), None);
    }
}

/// Triangles around one corner cover every pixel between them exactly once.
#[test]
fn shared_edges_are_blended_once() {
    let veil = Color32::from_white_alpha(128);
    let image = painted(1.0, |_| {
        let mut mesh = Mesh::default();
        mesh.colored_vertex(pos2(17.3, 9.1), veil);
        let rim = [
            (0.0, 0.0),
            (13.7, 0.0),
            (40.0, 0.0),
            (40.0, 20.0),
            (21.2, 20.0),
            (0.0, 20.0),
        ];
        for (x, y) in rim {
            mesh.colored_vertex(pos2(x, y), veil);
        }
        for corner in 1..=6 {
            mesh.add_triangle(0, corner, corner % 6 + 1);
        }
        vec![Shape::mesh(mesh)]
    });
    let mixed = |below: u8| 128 + ((u32::from(below) * 127 + 127) / 255) as u8;
    let expected = [
        mixed(BACKGROUND.r()),
        mixed(BACKGROUND.g()),
        mixed(BACKGROUND.b()),
        255,
    ];
    assert!(
        image
            .rgba
            .as_chunks::<4>()
            .0
            .iter()
            .all(|&pixel| pixel == expected)
    );
}

#[test]
fn overlapping_veils_add_up() {
    let rect = |x: f32| Rect::from_min_size(pos2(x, 2.0), vec2(10.0, 10.0));
    let blue = Color32::from_rgba_unmultiplied(0, 0, 255, 64);
    let image = painted(1.0, |_| {
        vec![
            Shape::rect_filled(rect(2.0), 0.0, blue),
            Shape::rect_filled(rect(7.0), 0.0, blue),
        ]
    });
    let once = image.pixel(4, 6).unwrap();
    let twice = image.pixel(9, 6).unwrap();
    let kept = 1.0 - f64::from(blue.a()) / 255.0;
    for (pixel, veils) in [(once, 1), (twice, 2)] {
        let red = f64::from(BACKGROUND.r()) * kept.powi(veils);
        assert!(
            (f64::from(pixel[0]) - red).abs() <= 1.0,
            "{pixel:?} after {veils}"
        );
    }
    assert!(twice[2] > once[2] && once[2] > BACKGROUND.b());
}

#[test]
fn clipping_cuts_at_the_pixel() {
    let clip = Rect::from_min_max(pos2(10.0, 0.0), pos2(20.0, 20.0));
    let ctx = egui::Context::default();
    let output = ctx.run_ui(still(vec2(40.0, 20.0), 1.0, 0), |ui| {
        let beyond = Rect::from_min_max(pos2(-500.0, -90.0), pos2(900.0, 70.0));
        ui.painter_at(clip)
            .rect_filled(beyond, CornerRadius::ZERO, Color32::WHITE);
    });
    let image = Raster::default().frame(&ctx, output, BACKGROUND);
    let row: Vec<_> = (0..40)
        .filter(|&x| image.pixel(x, 7) == opaque(Color32::WHITE))
        .collect();
    assert!(
        row.is_empty() || row == (10..20).collect::<Vec<_>>(),
        "{row:?}"
    );
}

#[test]
fn text_and_curves_leave_marks() {
    let image = painted(2.0, |ctx| {
        let font = egui::FontId::proportional(13.0);
        let galley = ctx.fonts_mut(|f| f.layout_no_wrap("Hg".into(), font, Color32::WHITE));
        vec![
            Shape::galley(pos2(2.0, 2.0), galley, Color32::WHITE),
            Shape::circle_stroke(pos2(32.0, 10.0), 5.0, Stroke::new(1.0, Color32::WHITE)),
        ]
    });
    let marks = |columns: std::ops::Range<usize>| {
        let pixels = columns.flat_map(|x| (0..40).map(move |y| (x, y)));
        pixels
            .filter(|&(x, y)| image.pixel(x, y) != opaque(BACKGROUND))
            .count()
    };
    assert!(marks(0..40) > 100, "the letters");
    assert!(marks(50..80) > 60, "the circle");
    assert_eq!(image.pixel(64, 20), opaque(BACKGROUND), "inside the circle");
}

/// A texture of the application, shown texel by pixel and then enlarged.
#[test]
fn pictures_are_sampled_like_opengl_does() {
    let ctx = egui::Context::default();
    let checks = [
        Color32::BLACK,
        Color32::WHITE,
        Color32::WHITE,
        Color32::BLACK,
    ];
    let image = egui::ColorImage::new([2, 2], checks.to_vec());
    let nearest = ctx.load_texture("nearest", image.clone(), TextureOptions::NEAREST);
    let linear = ctx.load_texture("linear", image, TextureOptions::LINEAR);
    let output = ctx.run_ui(still(vec2(40.0, 20.0), 1.0, 0), |ui| {
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        for (x, texture) in [(0.0, &nearest), (20.0, &linear)] {
            let rect = Rect::from_min_size(pos2(x, 0.0), vec2(20.0, 20.0));
            ui.painter()
                .image(texture.id(), rect, whole, Color32::WHITE);
        }
    });
    let image = Raster::default().frame(&ctx, output, BACKGROUND);
    assert_eq!(image.pixel(9, 9), opaque(Color32::BLACK));
    assert_eq!(image.pixel(10, 9), opaque(Color32::WHITE));
    let middle = image.pixel(30, 10).unwrap();
    assert!((120..=135).contains(&middle[0]), "{middle:?}");
}

#[test]
fn broken_geometry_is_skipped() {
    let image = painted(1.0, |_| {
        let mut mesh = Mesh::default();
        for (x, y) in [
            (f32::NAN, 0.0),
            (5.0, f32::INFINITY),
            (9.0, 9.0),
            (9.0, 9.0),
            (12.0, 12.0),
        ] {
            mesh.colored_vertex(pos2(x, y), Color32::WHITE);
        }
        mesh.add_triangle(0, 1, 2);
        mesh.add_triangle(2, 3, 4);
        vec![Shape::mesh(mesh)]
    });
    assert!(
        image
            .rgba
            .as_chunks::<4>()
            .0
            .iter()
            .all(|&p| p == BACKGROUND.to_array())
    );
}

#[test]
fn a_screenshot_is_small_and_decodes_to_itself() {
    let image = screenshot(&Theme::dark(), vec2(1_440.0, 900.0), 1.0, |ui| {
        egui::Panel::left("left").show(ui, |ui| {
            ui.heading("Checkout");
            for row in 0..24 {
                ui.label(format!("Function {row}: 12.3 ms, $84.2 /mo"));
            }
        });
        egui::CentralPanel::default().show(ui, |ui| {
            ui.horizontal(|ui| {
                let _ = ui.button("Run");
                ui.add(egui::Slider::new(&mut 40.0, 0.0..=100.0));
                ui.checkbox(&mut true, "Animate");
            });
            ui.separator();
            ui.label("One picture says more than a thousand words. ".repeat(60));
        });
    });
    let file = image.to_png().unwrap();
    assert!(file.len() < 200_000, "{} bytes", file.len());
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(&file))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(
        (info.width, info.height, info.color_type),
        (1_440, 900, ::png::ColorType::Rgb)
    );
    let rgb: Vec<u8> = image
        .rgba
        .as_chunks::<4>()
        .0
        .iter()
        .flat_map(|p| p[..3].to_vec())
        .collect();
    assert_eq!(pixels, rgb);

    let small = image.to_small_png().unwrap();
    assert!(small.len() < 80_000, "{} bytes", small.len());
    let decoder = ::png::Decoder::new(std::io::Cursor::new(&small));
    assert_eq!(
        decoder.read_info().unwrap().info().color_type,
        ::png::ColorType::Indexed
    );
}

#[test]
fn few_colours_become_a_palette() {
    let rgba = [[1, 2, 3, 255], [9, 8, 7, 128]].repeat(50).into_flattened();
    let file = Image {
        width: 10,
        height: 10,
        rgba,
    }
    .to_png()
    .unwrap();
    let info = ::png::Decoder::new(std::io::Cursor::new(&file))
        .read_info()
        .unwrap();
    assert_eq!(info.info().color_type, ::png::ColorType::Indexed);
    let nothing = Image {
        width: 0,
        height: 0,
        rgba: Vec::new(),
    };
    assert!(nothing.to_png().is_err());
}
