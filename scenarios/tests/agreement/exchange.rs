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
    /// Of XINFO, the first field that differs; `ours` and `theirs` are its values, the null where a side lacks it.
    pub(crate) field: Option<String>,
    /// Every command of the script until then.
    pub(crate) history: Vec<Vec<String>>,
    /// Whether the server was killed before.
    pub(crate) restarted: bool,
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
                (queued.into_iter().nth(nth).or(own)?, ours.clone(), theirs.clone())
            }
            (ours, theirs) => {
                let frame = |reply: &Option<Frame>| reply.clone().unwrap_or(Frame::Simple(BLOCKED.into()));
                (own?, frame(ours), frame(theirs))
            }
        };
        let history = history.into_iter().map(|(_, argv)| argv).collect();
        let is_info = argv[0].eq_ignore_ascii_case("XINFO");
        let field = is_info.then(|| first_field(&ours, &theirs)).flatten();
        let (field, ours, theirs) = match field {
            Some((field, ours, theirs)) => (Some(field), ours, theirs),
            None => (None, ours, theirs),
        };
        Some(Self {
            argv,
            ours,
            theirs,
            field,
            history,
            restarted: disagreement
                .before
                .iter()
                .any(|(step, _)| matches!(step, Step::Restart | Step::FailOver)),
        })
    }

    /// Whether an answer of XINFO with these words differs in this field.
    pub(crate) fn is_field(&self, words: &str, field: &str) -> bool {
        self.is(words) && self.field.as_deref() == Some(field)
    }

    /// Whether a command that has one of these words went before.
    pub(crate) fn comes_after(&self, words: &[&str]) -> bool {
        let says = |word: &String| words.iter().any(|expected| word.eq_ignore_ascii_case(expected));
        self.history.iter().flatten().any(says)
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

/// The first field that differs, of two maps or in the first two of two rows of maps that do; maps are flat arrays in
/// RESP2. None if the answers are of other shapes, or not of equally many rows.
fn first_field(ours: &Frame, theirs: &Frame) -> Option<(String, Frame, Frame)> {
    if let (Some(ours), Some(theirs)) = (pairs(ours), pairs(theirs)) {
        let value = |pairs: &[(Frame, Frame)], key: &Frame| {
            let pair = pairs.iter().find(|(candidate, _)| candidate == key);
            pair.map_or(Frame::Null, |(_, value)| value.clone())
        };
        let keys = ours.iter().chain(&theirs).map(|(key, _)| key);
        let mut differing = keys
            .map(|key| (key, value(&ours, key), value(&theirs, key)))
            .filter(|(_, ours, theirs)| ours != theirs);
        return differing.next().and_then(|(key, ours, theirs)| match key {
            Frame::Bulk(key) => Some((key.to_string(), ours, theirs)),
            _ => None,
        });
    }
    match (ours, theirs) {
        (Frame::Array(ours), Frame::Array(theirs)) if ours.len() == theirs.len() => {
            let (ours, theirs) = ours.iter().zip(theirs).find(|(ours, theirs)| ours != theirs)?;
            first_field(ours, theirs)
        }
        _ => None,
    }
}

fn pairs(map: &Frame) -> Option<Vec<(Frame, Frame)>> {
    match map {
        Frame::Map(pairs) => Some(pairs.clone()),
        Frame::Array(flat) if flat.len().is_multiple_of(2) && matches!(flat.first(), Some(Frame::Bulk(_))) => {
            Some(flat.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect())
        }
        _ => None,
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

/// What a client that had been blocked or has subscribed received on one side at least, where the sides part: the last
/// thing that it sent.
fn delivered(
    history: &[(usize, Vec<String>)],
    ours: &Outcome,
    theirs: &Outcome,
) -> Option<(Vec<String>, Frame, Frame)> {
    let received = |outcome: &Outcome, by: usize, nth: usize| {
        let mut frames = outcome.delivered.iter().filter(|(client, _)| *client == by);
        let frame = frames.nth(nth).map(|(_, frame)| frame.clone());
        frame.unwrap_or_else(|| Frame::Simple(BLOCKED.into()))
    };
    let longest = ours.delivered.len().max(theirs.delivered.len());
    let places = (0..CLIENTS).flat_map(|client| (0..longest).map(move |nth| (client, nth)));
    let both = places.map(|(client, nth)| (client, received(ours, client, nth), received(theirs, client, nth)));
    let (client, ours, theirs) = both.into_iter().find(|(_, ours, theirs)| ours != theirs)?;
    let (_, argv) = history.iter().rfind(|(by, _)| *by == client)?;
    Some((argv.clone(), ours, theirs))
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
                    "MULTI" | "DISCARD" | "RESET" | "QUIT" => queued.clear(),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    queued
}
