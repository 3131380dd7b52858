//! The catalog is compiled in; a file added to it must compile the crate anew.

fn main() {
    println!("cargo::rerun-if-changed=assets/catalog");
}
