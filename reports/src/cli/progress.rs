//! Progress on stderr, only on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use redelivery_scenarios::run::Done;

use super::Output;
use crate::report::words;

/// Shows how far a run of several scenarios is.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new(scenarios: usize, output: &Output) -> Self {
        Self::of(scenarios as u64, "scenarios", output)
    }

    /// Of so many things of a kind.
    pub(super) fn of(length: u64, what: &str, output: &Output) -> Self {
        let target = match output.quiet() {
            true => ProgressDrawTarget::hidden(),
            false => ProgressDrawTarget::stderr(),
        };
        let bar = ProgressBar::with_draw_target(Some(length), target);
        let style = ProgressStyle::with_template(&format!(
            "{{spinner}} {{pos}}/{{len}} {what}, {{elapsed}}  {{wide_msg}}"
        ));
        bar.set_style(style.expect("the template is right"));
        Self(bar)
    }

    /// Notes what was done of a scenario.
    pub(super) fn note(&self, scenario: &str, done: Done) {
        if self.0.is_hidden() {
            return;
        }
        let message = match done {
            Done::States(states) => format!("{scenario}: {}", words::count(states, "state")),
            Done::Seed(seeds) => format!("{scenario}: {}", words::count(seeds, "seed")),
            Done::Run(runs) => format!("{scenario}: {}", words::count(runs, "live run")),
            Done::Way(_) => return,
        };
        self.0.set_message(message);
        self.0.tick();
    }

    /// So many are done.
    pub(super) fn done(&self, amount: u64) {
        self.0.set_position(amount);
    }

    /// One more is done.
    pub(super) fn one_done(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
