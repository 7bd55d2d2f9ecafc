//! Which scenario repairs which: a file names those that it repairs, and this finds the way back.
//!
//! Never judges whether it does: `tests/repairs.rs` explores the shipped ones and does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::scenario::Scenario;
use crate::{corpus, language};

/// The repairs of scenarios.
#[derive(Clone, Debug, Default)]
pub struct Repairs {
    /// By folder and name: the names of those that say they repair it, sorted.
    by: BTreeMap<(PathBuf, String), Vec<String>>,
}

impl Repairs {
    /// Reads all scenarios that lie in the same folders as these. Those with mistakes repair nothing.
    pub fn around(scenarios: &[Scenario]) -> Self {
        let folders: BTreeSet<&Path> = scenarios.iter().map(folder).collect();
        let mut repairs = Self::default();
        for folder in folders {
            for path in corpus::in_folder(folder) {
                let Ok(scenario) = language::load(&path) else { continue };
                for repaired in scenario.repairs {
                    let place = (folder.to_owned(), repaired);
                    repairs.by.entry(place).or_default().push(scenario.name.clone());
                }
            }
        }
        repairs
    }

    /// The names of the scenarios that repair this one, sorted.
    pub fn of(&self, scenario: &Scenario) -> &[String] {
        let place = (folder(scenario).to_owned(), scenario.name.clone());
        self.by.get(&place).map_or(&[], Vec::as_slice)
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
            Repairs::around(&scenarios).of(&scenarios[0]).to_vec()
        };
        assert_eq!(names("broken.toml"), ["best", "better"]);
        assert_eq!(names("better.toml"), ["best"]);
        assert!(names("best.toml").is_empty());
        let wrong = language::load(&folder.path().join("wrong.toml")).expect_err("nothing is called so");
        assert_eq!(wrong[0].message, "unknown scenario `brken`");
        assert_eq!(wrong[0].help.as_deref(), Some("did you mean `broken`?"));
    }
}
