//! Progress on stderr, only on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use redelivery_scenarios::run::Done;

use super::Output;
use crate::report::words;

/// Shows how far a run of several scenarios is.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new(scenarios: usize, output: &Output) -> Self {
        let target = match output.quiet() {
            true => ProgressDrawTarget::hidden(),
            false => ProgressDrawTarget::stderr(),
        };
        let bar = ProgressBar::with_draw_target(Some(scenarios as u64), target);
        let style = ProgressStyle::with_template("{spinner} {pos}/{len} scenarios, {elapsed}  {wide_msg}");
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

    /// One scenario is done.
    pub(super) fn scenario_done(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
