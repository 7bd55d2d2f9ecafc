//! The scenario language: files that are wrong and what is said about them, files that are hostile, the schema.

mod bad;
mod corpus;
mod coverage;
mod hostile;
mod meaning;
mod schema;

use std::path::{Path, PathBuf};

/// A path inside this package.
fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares a text with a committed file; with `BLESS=1` in the environment the file is written instead.
fn assert_committed(path: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, text).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == text,
        "{} is not current; read this and run the test again with BLESS=1:\n{text}",
        path.display()
    );
}
