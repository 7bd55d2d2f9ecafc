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

/// Plays `script` on both sides; `version` is that of the server `theirs`. The keys are looked at after each command
/// that failed, and at the end.
pub(crate) fn compare(script: &[Step], ours: &mut impl Side, theirs: &mut impl Side, version: &str) -> Compared {
    let (brief, full) = theirs.looks(version, script);
    let (mut ours, mut theirs) = (Player::new(ours), Player::new(theirs));
    let mut before = Vec::new();
    let mut play = |ours: &mut Player<_>, theirs: &mut Player<_>, step: &Step| {
        let (ours, theirs) = (ours.play(step), theirs.play(step));
        if ours != theirs {
            return Err(Box::new((step.clone(), ours, theirs)));
        }
        let failed = ours.as_ref().is_some_and(Outcome::failed);
        // What could not happen, of a blocked client say, is no part of the story.
        before.extend(ours.map(|outcome| (step.clone(), outcome)));
        Ok(failed)
    };
    let mut play_all = || {
        for step in script {
            if play(&mut ours, &mut theirs, step)? {
                look(&mut ours, &mut theirs, &brief)?;
            }
        }
        look(&mut ours, &mut theirs, &full)
    };
    let Err(parting) = play_all() else {
        return Compared::Agree(before);
    };
    let (step, ours, theirs) = *parting;
    let disagreement = Disagreement {
        before,
        step,
        ours,
        theirs,
    };
    match known::find(version, &disagreement) {
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
    }
}

/// A step, and what came of it on our side and on theirs.
type Parting = (Step, Option<Outcome>, Option<Outcome>);

/// Looks on both sides.
fn look(ours: &mut Player<impl Side>, theirs: &mut Player<impl Side>, looks: &[Step]) -> Result<(), Box<Parting>> {
    let both = ours.look(looks).into_iter().zip(theirs.look(looks));
    let mut parting = looks.iter().zip(both).filter(|(_, (ours, theirs))| ours != theirs);
    parting.next().map_or(Ok(()), |(step, (ours, theirs))| {
        Err(Box::new((step.clone(), Some(ours), Some(theirs))))
    })
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
