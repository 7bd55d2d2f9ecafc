//! A test that knows its name only at run time, and the small harness that runs such tests.
//!
//! It prints what cargo's own harness prints, and at the end what did not run, and why: that must not go unseen.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// One test.
pub(crate) struct Trial<'a> {
    pub(crate) name: String,
    pub(crate) run: Run<'a>,
}

/// What there is to do.
pub(crate) enum Run<'a> {
    /// Run it; a text on success is printed.
    Test(Box<dyn FnOnce() -> Result<String, String> + Send + 'a>),
    /// It cannot run, for this reason.
    Missing(String),
}

/// What came of the trials.
#[derive(Default)]
struct Tally {
    passed: usize,
    failures: Vec<String>,
    /// The reason, and the name.
    missing: Vec<(String, String)>,
}

/// Runs all trials whose names contain one of the arguments, so many at once; `required`: a trial that cannot run is a
/// failure.
#[expect(clippy::disallowed_methods, reason = "the harness says how long it took")]
pub(crate) fn run_all(trials: Vec<Trial>, required: bool, at_once: usize) -> ExitCode {
    let begin = Instant::now();
    let filters: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let total = trials.len();
    let is_chosen =
        |trial: &Trial| filters.is_empty() || filters.iter().any(|filter| trial.name.contains(filter.as_str()));
    let trials: Vec<Trial> = trials.into_iter().filter(is_chosen).collect();
    let filtered_out = total - trials.len();
    println!("\nrunning {} tests", trials.len());
    let (tally, next) = (Mutex::new(Tally::default()), Mutex::new(trials.into_iter()));
    let worker = || {
        // The lock is for taking the next one only.
        let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
        while let Some(trial) = take() {
            run(trial, required, &tally);
        }
    };
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(worker);
        }
    });
    let Tally {
        passed,
        failures,
        mut missing,
    } = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    missing.sort();
    if !failures.is_empty() {
        println!("\nfailures:\n\n{}", failures.join("\n"));
    }
    let (result, failed, ignored) = (
        if failures.is_empty() { "ok" } else { "FAILED" },
        failures.len(),
        missing.len(),
    );
    let seconds = begin.elapsed().as_secs();
    println!(
        "\ntest result: {result}. {passed} passed; {failed} failed; {ignored} ignored; 0 measured; \
         {filtered_out} filtered out; finished in {seconds}.00s"
    );
    if !missing.is_empty() {
        println!("\nNOT RUN, so nothing is known about real servers (see .ci/servers):");
        for same in missing.chunk_by(|(reason, _), (next, _)| reason == next) {
            let names: Vec<&str> = same.iter().map(|(_, name)| name.as_str()).collect();
            println!("  {}, hence not: {}", same[0].0, names.join(", "));
        }
    }
    ExitCode::from(u8::from(!failures.is_empty()))
}

/// Runs one, says what came of it and notes it.
fn run(Trial { name, run }: Trial, required: bool, tally: &Mutex<Tally>) {
    let result = match run {
        Run::Missing(reason) if required => Err(format!("cannot run: {reason}")),
        Run::Missing(reason) => {
            println!("test {name} ... ignored, {reason}");
            let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
            return tally.missing.push((reason, name));
        }
        Run::Test(test) => {
            catch_unwind(AssertUnwindSafe(test)).unwrap_or_else(|_| Err("panicked, see above".to_owned()))
        }
    };
    let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
    match result {
        Ok(note) => {
            tally.passed += 1;
            let note = if note.is_empty() { note } else { format!(" ({note})") };
            println!("test {name} ... ok{note}");
        }
        Err(reason) => {
            println!("test {name} ... FAILED");
            tally.failures.push(format!("---- {name} ----\n{reason}\n"));
        }
    }
}
