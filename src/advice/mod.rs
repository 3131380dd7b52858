//! Whatever edits a copy of the design and analyses it again.
//!
//! Runs in the background; never touches the design itself.

pub mod sweep;
