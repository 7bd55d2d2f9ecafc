//! Which scenario files are meant: what is wrong with one is said at once, and the others go on.

use std::path::{Path, PathBuf};

use redelivery_scenarios::Scenario;
use redelivery_scenarios::corpus;
use redelivery_scenarios::language::load;

use super::Output;

/// Where the shipped scenarios lie, seen from the repository's root: paths are shortest so.
const HERE: &str = "scenarios/corpus";

/// Where scenarios are looked for by name.
fn root() -> PathBuf {
    let here = Path::new(HERE);
    if here.is_dir() {
        here.to_owned()
    } else {
        corpus::shipped()
    }
}

/// The scenarios that are meant by these words: files, folders, families or names of the corpus; all of it when there
/// is no word.
pub(super) fn select(words: &[String], output: &mut Output) -> Vec<Scenario> {
    let root = root();
    let found = match words {
        [] => vec![corpus::all(&root)],
        words => words.iter().map(|word| corpus::find(&root, Path::new(word))).collect(),
    };
    let mut paths = Vec::new();
    for found in found {
        match found {
            Ok(found) => paths.extend(found),
            Err(diagnostic) => output.diagnostics(&[diagnostic]),
        }
    }
    files(&paths, output)
}

/// The one file that is meant.
pub(super) fn one(word: &str, output: &mut Output) -> Option<PathBuf> {
    match corpus::find(&root(), Path::new(word)) {
        Ok(found) => match <[PathBuf; 1]>::try_from(found) {
            Ok([path]) => return Some(path),
            Err(several) => output.error(&format!("`{word}` is {} scenarios: name one", several.len())),
        },
        Err(diagnostic) => output.diagnostics(&[diagnostic]),
    }
    None
}

/// The scenarios in these files.
pub(super) fn files(paths: &[PathBuf], output: &mut Output) -> Vec<Scenario> {
    let read = paths.iter().filter_map(|path| match load(path) {
        Ok(scenario) => Some(scenario),
        Err(diagnostics) => {
            output.diagnostics(&diagnostics);
            None
        }
    });
    read.collect()
}
