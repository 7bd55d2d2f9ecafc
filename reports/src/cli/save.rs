//! Saving counterexamples as schedule files.

use std::fs;
use std::path::Path;

use redelivery_scenarios::Scenario;
use redelivery_scenarios::outcome::Outcome;
use redelivery_scenarios::schedule::{Schedule, name_of};

use super::Output;

/// Writes each counterexample of an outcome into a folder, which is made if there is none.
pub(super) fn save(folder: &Path, scenario: &Scenario, outcome: &Outcome, output: &mut Output) {
    for row in &outcome.rows {
        let Some(found) = &row.counterexample else { continue };
        let schedule = Schedule {
            scenario: name_of(scenario),
            clock: found.clock,
            ends: found.at_end,
            steps: found.schedule.clone(),
        };
        let name = format!(
            "{}--{}--{}.toml",
            scenario.name,
            row.way.name(),
            row.name.replace(' ', "-")
        );
        let path = folder.join(name);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, schedule.to_text(scenario)));
        match written {
            Ok(()) => output.note(&format!("saved {}", path.display())),
            Err(error) => return cannot_write(&path, &error, output),
        }
    }
}

fn cannot_write(path: &Path, error: &std::io::Error, output: &mut Output) {
    output.error(&format!("cannot write {}: {error}", path.display()));
}
