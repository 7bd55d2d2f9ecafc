//! The scenario language: TOML files, their mistakes, and their JSON schema.
//!
//! A file passes through four rooms: `toml` makes a tree of it, `tree` makes the types of `grammar` of that,
//! `plan` resolves names and makes a [`Scenario`]; what is wrong becomes [`Diagnostic`]s, as many as there are. It
//! never runs anything and never decides a verdict.

mod diagnostic;
mod duplicate;
mod file;
mod grammar;
mod located;
mod named;
pub(crate) mod nearest;
mod plan;
mod schema;
mod tree;
mod value;

use std::path::Path;

use redelivery_engine::Millis;
use toml::de::DeTable;

use crate::corpus;
use crate::scenario::Scenario;
pub use diagnostic::{Diagnostic, Label};
use diagnostic::{Mistake, Mistakes};
pub use file::MAX_BYTES;
pub use schema::schema;

/// What the parser says of a key that stands twice.
const DUPLICATE: &str = "duplicate key";

/// Reads a scenario from a file.
///
/// # Errors
/// Everything that is wrong with the file, in the order of its places.
pub fn load(path: &Path) -> Result<Scenario, Vec<Diagnostic>> {
    let bytes = file::read(path).map_err(|mistake| vec![*mistake])?;
    // However the path was typed, and from which folder: schedules name the scenario so.
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let neighbours = real.parent().map(corpus::in_folder).unwrap_or_default();
    let neighbours: Vec<String> = neighbours.iter().map(|path| plan::family_and_name(path).1).collect();
    let mut scenario = read(path, &bytes, Some(&neighbours), Reading::AllWays)?;
    (scenario.family, scenario.name) = plan::family_and_name(&real);
    Ok(scenario)
}

/// Whether a file may name scenarios that it repairs. Of its other words nothing is read.
pub(crate) fn may_repair(path: &Path) -> bool {
    const KEY: &[u8] = b"repairs";
    file::read(path).is_ok_and(|bytes| bytes.windows(KEY.len()).any(|word| word == KEY))
}

/// Reads a scenario from the content of a file. Which scenarios lie beside it is not known: those that it names are
/// believed to exist.
///
/// # Errors
/// Everything that is wrong with it, in the order of its places: all mistakes of syntax; or else all fields, words and
/// values that cannot be; or else all names and relations that do not fit.
pub fn parse(path: &Path, content: &[u8]) -> Result<Scenario, Vec<Diagnostic>> {
    read(path, content, None, Reading::AllWays)
}

/// Reads a scenario that is to be simulated only, from the content of a file: idle times may be as close to each other as
/// they like, and what would be too much to explore or too fast to run live is not refused.
///
/// # Errors
/// As [`parse`].
pub fn parse_to_simulate(path: &Path, content: &[u8]) -> Result<Scenario, Vec<Diagnostic>> {
    read(path, content, None, Reading::Simulated)
}

/// For what a scenario is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// To be judged in all three ways.
    AllWays,
    /// To be simulated, and nothing else.
    Simulated,
}

/// Reads a duration as scenario files write it: `30s`.
///
/// # Errors
/// With what is wrong with it, and what would be right.
pub fn duration(text: &str) -> Result<Millis, String> {
    value::duration(text)
}

fn read(
    path: &Path,
    content: &[u8],
    neighbours: Option<&[String]>,
    reading: Reading,
) -> Result<Scenario, Vec<Diagnostic>> {
    let source = file::text(path, content).map_err(|mistake| vec![*mistake])?;
    let mut mistakes = Mistakes::default();
    scenario(path, (neighbours, reading), source, &mut mistakes).ok_or_else(|| mistakes.of_file(path, source))
}

fn scenario(
    path: &Path,
    (neighbours, reading): (Option<&[String]>, Reading),
    source: &str,
    mistakes: &mut Mistakes,
) -> Option<Scenario> {
    let (root, errors) = DeTable::parse_recoverable(source);
    let mut again = Vec::new();
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let mut mistake = Mistake::at(&span, error.message());
        if error.message() == DUPLICATE && !mistakes.are_enough() {
            if let Some(first) = duplicate::first(source, &again, &span) {
                mistake = mistake.label("again here").and(&first, "first here");
            }
            again.push(span);
        }
        mistakes.add(mistake);
    }
    if !mistakes.is_empty() {
        return None;
    }
    let file: grammar::File = tree::read(&root, grammar::choices, mistakes)?;
    plan::plan(path, (neighbours, reading), &file, mistakes)
}
