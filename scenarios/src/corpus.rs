//! Finding scenario files: by path, by folder, or by the name of a family or a scenario of the shipped corpus.
//!
//! The order is always that of the paths, component by component, so that reports are the same on every machine. It
//! never reads what is in the files; [`language::load`](crate::language::load) does.

use std::fs;
use std::path::{Path, PathBuf};

use crate::language::Diagnostic;
use crate::language::nearest::nearest;

/// Folders in folders are searched so deep: root, family, and one more.
const MAX_DEPTH: usize = 4;

/// The shipped corpus, where this package was built; absent when the binary was moved elsewhere.
pub fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// The scenarios that were written for deliberate defects alone, where this package was built.
pub fn stages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("defects")
}

/// The scenario files that a person means by `wanted`: a file, a folder, a family under `root` (`streams`), or one
/// scenario under it (`streams/only-reads-new`, with or without `.toml`).
///
/// # Errors
/// When there is no such file or folder, or no scenario in it.
pub fn find(root: &Path, wanted: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let under_root = root.join(wanted);
    let candidates = [wanted.to_owned(), under_root.clone(), with_extension(&under_root)];
    let Some(found) = candidates.into_iter().find(|path| path.exists()) else {
        return Err(Diagnostic::about_file(
            wanted,
            "there is no such scenario",
            help(root, wanted),
        ));
    };
    if !found.is_dir() {
        return Ok(vec![found]);
    }
    let mut files = Vec::new();
    collect(&found, MAX_DEPTH, &mut files)
        .map_err(|error| Diagnostic::about_file(&found, format!("cannot read this folder: {error}"), None))?;
    if files.is_empty() {
        return Err(Diagnostic::about_file(
            &found,
            "there is no scenario in this folder",
            None,
        ));
    }
    files.sort();
    Ok(files)
}

/// The scenario that may be meant by a name that nothing has, else what can be named.
fn help(root: &Path, wanted: &Path) -> Option<String> {
    let files = all(root).unwrap_or_default();
    let name = |file: &PathBuf| Some(file.strip_prefix(root).ok()?.with_extension("").to_str()?.to_owned());
    let names: Vec<String> = files.iter().filter_map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if let Some(near) = nearest(&wanted.to_string_lossy(), &names) {
        return Some(format!("did you mean `{near}`?"));
    }
    let families = families(root).join("`, `");
    (!families.is_empty()).then(|| format!("name a file, a folder, or one of the families `{families}`"))
}

/// All scenario files under a root.
///
/// # Errors
/// As [`find`].
pub fn all(root: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    find(root, root)
}

/// The families under a root, sorted.
pub fn families(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders
        .map(|entry| entry.file_name().to_string_lossy().into())
        .collect();
    names.sort();
    names
}

/// The scenario files that lie in a folder itself, sorted; none where it cannot be read.
pub fn in_folder(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    match collect(folder, 0, &mut files) {
        Ok(()) => files.sort(),
        Err(_) => files.clear(),
    }
    // A pipe or a socket is no scenario, whatever its name.
    files.retain(|path| path.is_file());
    files
}

/// `name.v2` becomes `name.v2.toml`: nothing of the name is taken for an extension.
fn with_extension(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".toml");
    name.into()
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_are_found_by_file_folder_family_and_name() {
        let root = shipped();
        let all = all(&root).unwrap();
        assert!(all.is_sorted());
        let families = families(&root);
        assert!(
            ["lists", "streams"]
                .iter()
                .all(|family| families.contains(&family.to_string()))
        );
        let each = families.iter().map(|family| find(&root, Path::new(family)).unwrap());
        assert_eq!(each.collect::<Vec<_>>().concat(), all);
        for wanted in ["streams/only-reads-new", "streams/only-reads-new.toml"] {
            let found = find(&root, Path::new(wanted)).unwrap();
            assert_eq!(found, [root.join("streams/only-reads-new.toml")]);
        }
        assert_eq!(find(&root, &all[0]).unwrap(), [all[0].clone()]);
        let unknown = find(&root, Path::new("queues")).unwrap_err();
        assert_eq!(
            unknown.help,
            Some(format!(
                "name a file, a folder, or one of the families `{}`",
                families.join("`, `")
            ))
        );
        let misspelt = find(&root, Path::new("streams/only-read-new")).unwrap_err();
        assert_eq!(misspelt.help.as_deref(), Some("did you mean `streams/only-reads-new`?"));
        let empty = tempfile::tempdir().unwrap();
        assert!(find(empty.path(), empty.path()).is_err());
    }
}
