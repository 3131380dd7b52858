//! Pictures as PNG files, small enough to keep in a repository.
//!
//! Pictures of the window have a few surfaces and thousands of shades where
//! letters are smoothed. Exact files keep them all; small ones gather shades
//! that nobody can tell apart into a palette.

use std::collections::HashMap;

use png::{BitDepth, ColorType, Compression, Encoder, Filter};

use super::Image;

type Pixel = [u8; 4];

/// A picture that could not be written as PNG.
#[derive(Debug, thiserror::Error)]
#[error("a picture of {width} x {height} pixels cannot be written as PNG: {source}")]
pub struct PngError {
    width: usize,
    height: usize,
    source: png::EncodingError,
}

/// Whether a file keeps every shade.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shades {
    /// Every pixel as it is.
    Exact,
    /// At most 256, each near the one it stands for.
    Few,
}

/// The bytes of the PNG file.
pub fn encode(image: &Image, shades: Shades) -> Result<Vec<u8>, PngError> {
    let &Image { width, height, .. } = image;
    write(image, shades).map_err(|source| PngError {
        width,
        height,
        source,
    })
}

fn write(image: &Image, shades: Shades) -> Result<Vec<u8>, png::EncodingError> {
    let size = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, size(image.width), size(image.height));
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    // Plain surfaces compress best unfiltered: a fifth smaller than adaptive.
    encoder.set_filter(Filter::NoFilter);
    let (pixels, _) = image.rgba.as_chunks::<4>();
    let palette = palette(pixels, shades);
    let data = if let Some(Palette { colours, places }) = palette {
        encoder.set_color(ColorType::Indexed);
        encoder.set_palette(
            colours
                .iter()
                .flat_map(|&[r, g, b, _]| [r, g, b])
                .collect::<Vec<_>>(),
        );
        if colours.iter().any(|colour| colour[3] < 255) {
            encoder.set_trns(colours.iter().map(|colour| colour[3]).collect::<Vec<_>>());
        }
        mapped(pixels, |pixel| places.get(&pixel).copied().unwrap_or(0))
    } else if pixels.iter().all(|pixel| pixel[3] == 255) {
        encoder.set_color(ColorType::Rgb);
        pixels.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect()
    } else {
        encoder.set_color(ColorType::Rgba);
        image.rgba.clone()
    };
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&data)?;
    writer.finish()?;
    Ok(file)
}

/// At most 256 colours, and which of them stands for each in the picture.
struct Palette {
    colours: Vec<Pixel>,
    places: HashMap<Pixel, u8>,
}

/// `None` if there are more colours than the wanted fidelity allows.
fn palette(pixels: &[Pixel], shades: Shades) -> Option<Palette> {
    let mut counts: HashMap<Pixel, usize> = HashMap::new();
    for run in pixels.chunk_by(|one, next| one == next) {
        if let Some(&pixel) = run.first() {
            *counts.entry(pixel).or_default() += run.len();
        }
    }
    let mut used: Vec<(Pixel, usize)> = counts.into_iter().collect();
    used.sort_by_key(|&(pixel, count)| (std::cmp::Reverse(count), pixel));
    let tolerances: &[u8] = match shades {
        Shades::Exact => &[0],
        Shades::Few => &[0, 2, 4, 6, 8, 11, 15, 20, 27, 36],
    };
    tolerances
        .iter()
        .find_map(|&tolerance| covering(&used, tolerance))
}

/// The most used colours such that every other is within `tolerance` of one,
/// so that a small mark of its own colour is never lost to a common shade.
fn covering(used: &[(Pixel, usize)], tolerance: u8) -> Option<Palette> {
    if tolerance == 0 && used.len() > 256 {
        return None;
    }
    let mut colours: Vec<Pixel> = Vec::new();
    let mut places = HashMap::new();
    for &(pixel, _) in used {
        let near = colours
            .iter()
            .position(|&colour| difference(colour, pixel) <= tolerance);
        let place = near.unwrap_or(colours.len());
        places.insert(pixel, u8::try_from(place).ok()?);
        if near.is_none() {
            colours.push(pixel);
        }
    }
    Some(Palette { colours, places })
}

fn difference([r, g, b, a]: Pixel, other: Pixel) -> u8 {
    let [or, og, ob, oa] = other;
    r.abs_diff(or)
        .max(g.abs_diff(og))
        .max(b.abs_diff(ob))
        .max(a.abs_diff(oa))
}

/// Looks up every pixel, but neighbours that are alike only once.
fn mapped(pixels: &[Pixel], place: impl Fn(Pixel) -> u8) -> Vec<u8> {
    let mut data = Vec::with_capacity(pixels.len());
    for run in pixels.chunk_by(|one, next| one == next) {
        if let Some(&pixel) = run.first() {
            data.resize(data.len() + run.len(), place(pixel));
        }
    }
    data
}
