//! Which scenario repairs which, and what each pair says: a file names those that it repairs, and this finds the way
//! back.
//!
//! Never runs anything: what a pair says are the expectations of its two files. Running the repair judges them, and
//! `tests/repairs.rs` holds the shipped ones to more. Next: [`Pair`].

mod easier;
mod pair;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::scenario::Scenario;
use crate::{corpus, language};
pub use pair::Pair;

/// The pairs of the scenarios in some folders.
#[derive(Clone, Debug, Default)]
pub struct Repairs {
    /// With their folder, in the order of the names of the repairs, then as those name what they repair.
    pairs: Vec<(PathBuf, Pair)>,
}

impl Repairs {
    /// Reads the scenarios in the same folders as these that repair others, and those others. Those with mistakes repair
    /// nothing, and nothing is said of how they are repaired.
    pub fn around(scenarios: &[Scenario]) -> Self {
        let folders: BTreeSet<&Path> = scenarios.iter().map(folder).collect();
        let mut repairs = Self::default();
        for folder in folders {
            let files = corpus::in_folder(folder);
            // Most files repair nothing and are repaired by nobody: those are not read, however large their runs are.
            let repairing = files.iter().filter(|path| language::may_repair(path));
            let repairing: Vec<Scenario> = repairing.filter_map(|path| language::load(path).ok()).collect();
            let names: BTreeSet<&str> = repairing
                .iter()
                .flat_map(|repair| &repair.repairs)
                .map(String::as_str)
                .collect();
            let is_named = |path: &&PathBuf| {
                let name = path.file_stem().map(|name| name.to_string_lossy());
                name.is_some_and(|name| names.contains(&*name))
            };
            let failing = files
                .iter()
                .filter(is_named)
                .filter_map(|path| language::load(path).ok());
            let failing: BTreeMap<String, Scenario> = failing.map(|failing| (failing.name.clone(), failing)).collect();
            for repair in &repairing {
                let names = repair.repairs.iter();
                let pairs = names.filter_map(|name| Some(Pair::of(repair, failing.get(name)?)));
                repairs.pairs.extend(pairs.map(|pair| (folder.to_owned(), pair)));
            }
        }
        repairs
    }

    /// The pairs in which this scenario repairs another.
    pub fn by(&self, scenario: &Scenario) -> impl Iterator<Item = &Pair> {
        let (folder, name) = (folder(scenario).to_owned(), scenario.name.clone());
        let pairs = self.pairs.iter();
        pairs.filter_map(move |(of, pair)| (*of == folder && pair.repair == name).then_some(pair))
    }

    /// The pairs in which another scenario repairs this one.
    pub fn of(&self, scenario: &Scenario) -> impl Iterator<Item = &Pair> {
        let (folder, name) = (folder(scenario).to_owned(), scenario.name.clone());
        let pairs = self.pairs.iter();
        pairs.filter_map(move |(of, pair)| (*of == folder && pair.failing == name).then_some(pair))
    }
}

fn folder(scenario: &Scenario) -> &Path {
    match scenario.path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_found_for_each_file_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, more: &str| {
            let text = format!(
                "story = 'A group.'\n{more}\nstream.s.groups.g = '0'\n\
                 producer.p = {{ stream = 's', messages = 1 }}\nexpect.holds = ['order']\n"
            );
            std::fs::write(folder.path().join(name), text).expect("a file");
        };
        write("broken.toml", "");
        write("better.toml", "repairs = ['broken']");
        write("best.toml", "repairs = ['broken', 'better']");
        write("wrong.toml", "repairs = ['brken']");
        let load = |name: &str| language::load(&folder.path().join(name)).expect("it is right");
        let names = |name: &str| {
            let scenarios = [load(name)];
            let repairs = Repairs::around(&scenarios);
            let of: Vec<String> = repairs.of(&scenarios[0]).map(|pair| pair.repair.clone()).collect();
            let by: Vec<String> = repairs.by(&scenarios[0]).map(|pair| pair.failing.clone()).collect();
            (of.join(" "), by.join(" "))
        };
        assert_eq!(names("broken.toml"), ("best better".into(), String::new()));
        assert_eq!(names("better.toml"), ("best".into(), "broken".into()));
        assert_eq!(names("best.toml"), (String::new(), "broken better".into()));
        let wrong = language::load(&folder.path().join("wrong.toml")).expect_err("nothing is called so");
        assert_eq!(wrong[0].message, "unknown scenario `brken`");
        assert_eq!(wrong[0].help.as_deref(), Some("did you mean `broken`?"));
    }
}
