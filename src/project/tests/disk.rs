//! The disk: whole files or none, permissions, links.

use super::super::*;
use crate::design::generate::generate;

#[test]
fn saving_replaces_whole_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("design.ron");
    let design = generate(5, 1);
    save(&design, &path).unwrap();
    assert_eq!(open(&path).unwrap().design, design);
    save(&generate(6, 1), &path).unwrap();
    assert_eq!(open(&path).unwrap().design.nodes.len(), 6);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

    let missing = open(&folder.path().join("none.ron")).unwrap_err();
    assert!(
        missing.message.contains("there is no such file"),
        "{missing}"
    );
    std::fs::write(&path, b"(format: 1,\n  name: \"\xff\")").unwrap();
    let error = open(&path).unwrap_err();
    assert!(
        error.message.contains(":2:10: the text is not UTF-8"),
        "{error}"
    );
    assert!(save(&design, &folder.path().join("no/such/folder.ron")).is_err());
}

#[cfg(unix)]
#[test]
fn permissions_and_links_survive_saving() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (
        folder.path().join("design.ron"),
        folder.path().join("link.ron"),
    );
    save(&generate(2, 1), &path).unwrap();
    let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode() & 0o600, 0o600);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    symlink(&path, &link).unwrap();
    save(&generate(3, 1), &link).unwrap();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(
        (mode(), open(&path).unwrap().design.nodes.len()),
        (0o640, 3)
    );
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o440)).unwrap();
    let error = save(&generate(4, 1), &path).unwrap_err().to_string();
    assert!(error.contains("read-only"), "{error}");
}
