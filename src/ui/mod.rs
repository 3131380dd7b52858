//! The window: everything that draws.
//!
//! [`app`] is the window's life: it collects what panels and canvas ask for
//! and performs it in one place. [`panel`]s, [`field`]s and [`chart`]s only
//! read and answer. [`start`] opens the window, [`screenshot`] draws the very
//! same thing without one. Nothing here computes latency, load or money.

pub mod app;
mod baked;
pub mod canvas;
pub mod chart;
mod confirm;
pub mod fidelity;
pub mod field;
pub mod figure;
mod files;
pub mod frame_log;
pub mod glyph;
pub mod icon;
mod keys;
pub mod panel;
pub mod raster;
pub mod screenshot;
pub mod start;
pub mod theme;
pub mod view;
pub mod weak;

#[cfg(test)]
pub(crate) mod demo;
#[cfg(test)]
mod tests;

pub use app::App;
pub use frame_log::FrameLog;
pub use screenshot::{Picture, screenshot};
pub use start::{StartError, run};
