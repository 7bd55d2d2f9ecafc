//! A disagreement taken apart: which command was answered differently, be it at once, later to a blocked client, or
//! within a transaction.

use redelivery_engine::resp::Frame;

use crate::compare::Disagreement;
use crate::side::Outcome;
use crate::step::{CLIENTS, Step, Word};

/// Stands for no answer.
pub(crate) const BLOCKED: &str = "(blocked)";

/// One command with both its answers.
pub(crate) struct Exchange {
    /// Its arguments; name, subcommand and options as they were written.
    pub(crate) argv: Vec<String>,
    pub(crate) ours: Frame,
    pub(crate) theirs: Frame,
    /// Every command of the script until then.
    pub(crate) history: Vec<Vec<String>>,
}

impl Exchange {
    /// The first command that was answered differently, where [`BLOCKED`] counts as an answer; none if it cannot be
    /// told.
    pub(crate) fn of(disagreement: &Disagreement) -> Option<Self> {
        let (ours, theirs) = (disagreement.ours.as_ref()?, disagreement.theirs.as_ref()?);
        let history: Vec<_> = disagreement
            .before
            .iter()
            .filter_map(|(step, _)| command(step))
            .collect();
        let own = command(&disagreement.step).map(|(_, argv)| argv);
        let (argv, ours, theirs) = match (&ours.reply, &theirs.reply) {
            (ours_reply, theirs_reply) if ours_reply == theirs_reply => delivered(&history, ours, theirs)?,
            (Some(Frame::Array(ours)), Some(Frame::Array(theirs)))
                if is_exec(own.as_ref()) && ours.len() == theirs.len() =>
            {
                let (queued, mut both) = (queued(disagreement), ours.iter().zip(theirs));
                let nth = both.clone().position(|(ours, theirs)| ours != theirs)?;
                let (ours, theirs) = both.nth(nth)?;
                (queued.into_iter().nth(nth)?, ours.clone(), theirs.clone())
            }
            (ours, theirs) => {
                let frame = |reply: &Option<Frame>| reply.clone().unwrap_or(Frame::Simple(BLOCKED.into()));
                (own?, frame(ours), frame(theirs))
            }
        };
        let history = history.into_iter().map(|(_, argv)| argv).collect();
        Some(Self {
            argv,
            ours,
            theirs,
            history,
        })
    }

    /// Whether the command begins with these words.
    pub(crate) fn is(&self, words: &str) -> bool {
        let mut argv = self.argv.iter();
        words
            .split(' ')
            .all(|word| argv.next().is_some_and(|argument| argument.eq_ignore_ascii_case(word)))
    }

    /// Whether one of its arguments is one of these words.
    pub(crate) fn says_one_of(&self, words: &[&str]) -> bool {
        self.argv
            .iter()
            .any(|argument| words.iter().any(|word| argument.eq_ignore_ascii_case(word)))
    }

    /// Whether both are errors, with these beginnings.
    pub(crate) fn errors(&self, ours: &str, theirs: &str) -> bool {
        let begins =
            |frame: &Frame, text: &str| matches!(frame, Frame::Error(error) if error.starts_with(text.as_bytes()));
        begins(&self.ours, ours) && begins(&self.theirs, theirs)
    }
}

fn is_exec(argv: Option<&Vec<String>>) -> bool {
    argv.is_some_and(|argv| argv[0].eq_ignore_ascii_case("EXEC"))
}

/// A step's client and command.
fn command(step: &Step) -> Option<(usize, Vec<String>)> {
    match step {
        Step::Command { client, words } => {
            let text = |word: &Word| match word {
                Word::Text(text) => text.to_string(),
                Word::Auto(_) => word.to_string(),
            };
            Some((*client, words.iter().map(text).collect()))
        }
        _ => None,
    }
}

/// What a client that had been blocked received on one side at least: the last thing that it sent.
fn delivered(
    history: &[(usize, Vec<String>)],
    ours: &Outcome,
    theirs: &Outcome,
) -> Option<(Vec<String>, Frame, Frame)> {
    let received = |outcome: &Outcome, by: usize| {
        let frame = outcome.delivered.iter().find(|(client, _)| *client == by);
        frame.map_or_else(|| Frame::Simple(BLOCKED.into()), |(_, frame)| frame.clone())
    };
    let differs = |client: &usize| received(ours, *client) != received(theirs, *client);
    let client = (0..CLIENTS).find(differs)?;
    let (_, argv) = history.iter().rfind(|(by, _)| *by == client)?;
    Some((argv.clone(), received(ours, client), received(theirs, client)))
}

/// The commands that an EXEC executes.
fn queued(disagreement: &Disagreement) -> Vec<Vec<String>> {
    let Step::Command { client, .. } = disagreement.step else {
        return Vec::new();
    };
    let mut queued = Vec::new();
    for (step, outcome) in &disagreement.before {
        match (command(step), outcome.reply.as_ref()) {
            (Some((by, argv)), Some(Frame::Simple(text))) if by == client => {
                match argv[0].to_ascii_uppercase().as_str() {
                    _ if &text[..] == b"QUEUED" => queued.push(argv),
                    "MULTI" | "DISCARD" => queued.clear(),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    queued
}
