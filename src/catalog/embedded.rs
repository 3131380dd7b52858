//! The catalog that ships inside the program.

use std::sync::LazyLock;

use include_dir::{Dir, include_dir};

use super::Catalog;
use super::load::{CatalogError, Draft};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets/catalog");

static CATALOG: LazyLock<Result<Catalog, CatalogError>> =
    LazyLock::new(|| Draft::read(files()).finish());

impl Catalog {
    /// The catalog that ships with the program, read on first use.
    ///
    /// # Errors
    ///
    /// When a shipped file is wrong, which the tests rule out; a caller shows
    /// the error and offers a folder instead.
    pub fn embedded() -> Result<&'static Self, &'static CatalogError> {
        CATALOG.as_ref()
    }
}

/// Every `.ron` file of every provider's folder, by its place.
fn files() -> impl Iterator<Item = (String, Result<String, String>)> {
    FILES
        .dirs()
        .flat_map(Dir::files)
        .filter(|file| file.path().extension().is_some_and(|e| e == "ron"))
        .map(|file| {
            let place = file.path().to_string_lossy().replace('\\', "/");
            let text = file.contents_utf8().map(str::to_owned);
            (place, text.ok_or_else(|| "is not UTF-8 text".to_owned()))
        })
}
