//! Whatever edits a copy of the design and analyses it again, or looks at it
//! from somewhere else.
//!
//! Runs in the background; never touches the design itself.

pub mod break_even;
pub mod compare;
pub mod finding;
pub mod measured;
pub mod memory;
pub mod parameter;
pub mod pareto;
pub mod provisioned;
pub mod replace;
pub mod sweep;
pub mod translate;
pub mod trial;
pub mod uncertainty;

#[cfg(test)]
mod fixture;
