//! Where a server to start may be: in PATH.

use std::path::PathBuf;

/// The `redis-server` in `$PATH`.
pub fn in_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join("redis-server"))
        .find(|binary| binary.is_file())
}
