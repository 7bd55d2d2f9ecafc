//! Which scenario files are meant: what is wrong with one is said at once, and the others go on.

use std::path::{Path, PathBuf};

use redelivery_scenarios::Scenario;
use redelivery_scenarios::corpus;
use redelivery_scenarios::language::load;

use super::Output;

/// Where the shipped scenarios lie, seen from the repository's root: paths are shortest so.
const HERE: &str = "scenarios/corpus";

/// The scenarios that are meant by these words: files, folders, families or names of the corpus; all of it when there
/// is no word.
pub(super) fn select(words: &[String], output: &mut Output) -> Vec<Scenario> {
    let here = Path::new(HERE);
    let root = if here.is_dir() {
        here.to_owned()
    } else {
        corpus::shipped()
    };
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
