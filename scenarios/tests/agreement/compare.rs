//! Plays a script on two sides at once and finds the first step at which they differ.

use std::fmt::Write;

use crate::known::{self, Difference};
use crate::notation;
use crate::play::Player;
use crate::side::{Outcome, Side};
use crate::step::Step;

/// Where two sides part.
pub(crate) struct Disagreement {
    /// The steps before it.
    pub(crate) before: Vec<(Step, Outcome)>,
    pub(crate) step: Step,
    pub(crate) ours: Option<Outcome>,
    pub(crate) theirs: Option<Outcome>,
}

/// What came of a comparison.
pub(crate) enum Compared {
    /// No difference; what happened.
    Agree(Vec<(Step, Outcome)>),
    /// A difference that the table of this version has; what follows it is not compared.
    Known(&'static Difference, Vec<(Step, Outcome)>),
    Disagree(Box<Disagreement>),
}

/// Plays `script` on both sides; `version` is that of the server `theirs`.
pub(crate) fn compare(script: &[Step], ours: &mut impl Side, theirs: &mut impl Side, version: &str) -> Compared {
    let (mut ours, mut theirs) = (Player::new(ours), Player::new(theirs));
    let mut before = Vec::new();
    for step in script {
        let (ours, theirs) = (ours.play(step), theirs.play(step));
        if ours == theirs {
            // What could not happen, of a blocked client say, is no part of the story.
            before.extend(ours.map(|outcome| (step.clone(), outcome)));
            continue;
        }
        let disagreement = Disagreement {
            before,
            step: step.clone(),
            ours,
            theirs,
        };
        return match known::find(version, &disagreement) {
            Some(difference) => {
                let Disagreement {
                    mut before,
                    step,
                    theirs,
                    ..
                } = disagreement;
                before.extend(theirs.map(|outcome| (step, outcome)));
                Compared::Known(difference, before)
            }
            None => Compared::Disagree(Box::new(disagreement)),
        };
    }
    Compared::Agree(before)
}

impl Disagreement {
    /// A golden script that shows it, our answer marked `[engine]`: ready to be pasted once that mark is gone.
    pub(crate) fn to_golden(&self) -> String {
        let mut text = String::new();
        for (step, outcome) in &self.before {
            let lines = notation::lines(Some(outcome), step.answers()).join("\n");
            let _ = writeln!(text, "{step}\n{lines}");
        }
        let [ours, theirs] =
            [&self.ours, &self.theirs].map(|outcome| notation::lines(outcome.as_ref(), self.step.answers()).join("\n"));
        let _ = writeln!(text, "{}\n{theirs}\n[engine]\n{ours}", self.step);
        text
    }
}
