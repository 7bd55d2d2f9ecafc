//! What shrinking leaves, as a scenario file that stands alone: `scenarios/found/NAME.toml`.
//!
//! It tells where it was found, expects that the check is violated, and has the run with its moments. Where exploring
//! violates the same check within so many states, the file expects that too, and says so; else it expects it of the run
//! alone.

use redelivery_model::defect::Defect;
use redelivery_model::simulate::Policy;
use toml::Value;

use super::{Failure, Shrunk};
use crate::Scenario;
use crate::outcome::{Unknown, Verdict, Way};
use crate::run::{Options, run};
use crate::scenario::Scheduled;
use crate::schedule::lines::write_lines;
use crate::schedule::name_of;

/// Exploring beyond so many states is not tried.
pub const STATES: u64 = 100_000;

/// What exploring says of the check in the scenario that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// It is violated by so many steps.
    Violated(usize),
    /// Not within so many states.
    Beyond(u64),
    /// No order of events violates it, or nothing can be said.
    NotSo,
}

/// Whether exploring finds the same.
pub fn confirm(shrunk: &Shrunk) -> Confirmed {
    let options = Options {
        simulate: false,
        max_states: Some(STATES),
        ..Options::default()
    };
    let outcome = run(&shrunk.scenario, &options, &|_, _| ());
    let row = outcome.rows.iter().find(|row| row.way == Way::Explore);
    match row.map(|row| (&row.verdict, &row.counterexample)) {
        Some((Verdict::Violated, Some(found))) => Confirmed::Violated(found.schedule.len()),
        Some((Verdict::Unknown(Unknown::StateLimit(states)), _)) => Confirmed::Beyond(*states),
        _ => Confirmed::NotSo,
    }
}

/// The content of the file. `how` is what found it: a command, say.
pub fn file(failure: &Failure<'_>, shrunk: &Shrunk, confirmed: Confirmed, how: &str) -> String {
    let steps = |count: usize| {
        if count == 1 {
            "1 step".to_owned()
        } else {
            format!("{count} steps")
        }
    };
    let exploring = match confirmed {
        Confirmed::Violated(length) => format!("Exploring violates it too, by {}.", steps(length)),
        Confirmed::Beyond(states) => format!("Exploring has not met it within {states} states."),
        Confirmed::NotSo => "Exploring does not meet it.".to_owned(),
    };
    let minimal = match shrunk.is_minimal {
        true => "no single change makes it smaller",
        false => "there were no more tries, so that it may become smaller",
    };
    let setup = &shrunk.scenario.simulate.setup;
    let (with, defect) = match setup.defect.map(Defect::name) {
        Some(name) => (format!(" with {name}"), format!("defect = \"{name}\"\n")),
        None => (String::new(), String::new()),
    };
    let story = format!(
        "{} is violated in {}{with}, as {how} has found.\nShrunk from {} to {}: {minimal}. {exploring}\n",
        failure.check,
        name_of(failure.scenario),
        steps(failure.schedule.len()),
        steps(shrunk.schedule.len()),
    );
    let mut document = shrunk.document.clone();
    document.set("story", story.as_str());
    if !matches!(confirmed, Confirmed::Violated(_)) {
        document.expect_of_simulating_alone();
    }
    let ends = if shrunk.ends { "ends = true\n" } else { "" };
    let mut text = format!(
        "#:schema ../scenario.schema.json\n\n{}\n[schedule]\n{defect}{ends}steps = [\n",
        document.text()
    );
    for line in write_lines(setup, &shrunk.schedule) {
        text += &format!("  {},\n", Value::from(line));
    }
    text += "]\n";
    text
}

/// What is left, without a word about how it was found: two failures of a check are the same if these are.
pub fn essence(shrunk: &Shrunk) -> String {
    let mut text = shrunk.document.text();
    for line in write_lines(&shrunk.scenario.simulate.setup, &shrunk.schedule) {
        text += &line;
        text.push('\n');
    }
    text
}

/// What has found a failure, in words: a run of a seed.
pub fn of_seed(policy: Policy, seed: u64, generation: usize) -> String {
    let policy = policy.name();
    match generation {
        0 => format!("seed {seed} by policy {policy}"),
        generation => format!("generation {generation} of seed {seed} by policy {policy}"),
    }
}

/// A failure that a file with a schedule is, to shrink it again.
pub fn failure<'a>(scenario: &'a Scenario, text: &'a str) -> Option<Failure<'a>> {
    let Scheduled { steps, ends } = scenario.simulate.schedule.as_ref()?;
    let [expectation] = scenario.expect.as_slice() else {
        return None;
    };
    Some(Failure {
        scenario,
        text,
        check: &expectation.name,
        schedule: steps,
        ends: *ends,
    })
}
