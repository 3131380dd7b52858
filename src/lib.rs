//! Measures serverless architectures before anyone pays for them.
//!
//! A design is resolved against the catalog into a system; the system is
//! analysed into a report; the report is shown, printed or exported. One way;
//! the only arrow back is [`design::Command`]. The modules below are in the
//! order in which data passes through them.

pub mod expression;
pub mod format;
pub mod law;
pub mod notation;
pub mod units;

pub mod catalog;
pub mod design;
pub mod project;

pub mod system;

pub mod analysis;

pub mod advice;
pub mod report;

pub mod export;

pub mod workspace;

pub mod cli;

#[cfg(feature = "ui")]
pub mod ui;
