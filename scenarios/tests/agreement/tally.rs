//! What happened in the scripts that agreed: two sides that refuse everything would agree as well. `coverage` says what
//! had to happen.

use std::collections::BTreeSet;
use std::mem;

use redelivery_engine::resp::Frame;

use crate::cluster;
use crate::coverage::{self, ERRORS, MESSAGING, SUCCEEDED, WAITS};
use crate::generate::Family;
use crate::golden::REFERENCE;
use crate::side::Outcome;
use crate::step::{CLIENTS, Step, Word};

/// From so many commands on, everything of `coverage` must have happened with the reference.
const COMMANDS_MIN: usize = 20_000;

/// Counts over all scripts.
pub(crate) struct Tally {
    family: Family,
    pub(crate) commands: usize,
    errors: usize,
    /// What blocked clients and subscribers received, and how many of them were errors.
    deliveries: (usize, usize),
    /// Of the tables, what has happened.
    seen: BTreeSet<&'static str>,
}

impl Tally {
    pub(crate) fn new(family: Family) -> Self {
        Self {
            family,
            commands: 0,
            errors: 0,
            deliveries: (0, 0),
            seen: BTreeSet::new(),
        }
    }

    /// Adds a script that went alike on both sides.
    pub(crate) fn add(&mut self, story: &[(Step, Outcome)]) {
        let mut queued: [Vec<&[Word]>; CLIENTS] = Default::default();
        for (step, outcome) in story {
            for (_, frame) in &outcome.delivered {
                let event = event(frame);
                self.seen
                    .extend(coverage::EVENTS.iter().filter(|known| event == Some(known.as_bytes())));
                self.deliveries.0 += 1;
                self.deliveries.1 += usize::from(frame.is_error());
                let what = format!("{} {}", cause(step), effect(frame));
                let waits = WAITS.iter().chain(coverage::LIST_WAITS).chain(coverage::DATABASE_WAITS);
                let waits = waits.chain(cluster::coverage::WAITS);
                self.seen.extend(waits.filter(|wait| **wait == what));
            }
            let (Step::Command { client, words }, Some(reply)) = (step, &outcome.reply) else {
                continue;
            };
            match reply {
                Frame::Simple(text) if &text[..] == b"QUEUED" => queued[*client].push(words),
                Frame::Array(replies) if cause(step) == "EXEC" => {
                    let queued = mem::take(&mut queued[*client]);
                    queued
                        .iter()
                        .zip(replies)
                        .for_each(|(words, reply)| self.answered(words, reply));
                    self.answered(words, reply);
                }
                reply => {
                    if matches!(cause(step).as_str(), "MULTI" | "DISCARD" | "EXEC" | "RESET" | "QUIT") {
                        queued[*client].clear();
                    }
                    self.answered(words, reply);
                }
            }
        }
    }

    fn answered(&mut self, words: &[Word], reply: &Frame) {
        if let Frame::Error(text) = reply {
            self.errors += 1;
            let begins = |begin: &&&str| text.starts_with(begin.as_bytes());
            self.seen.extend(
                ERRORS
                    .iter()
                    .chain(coverage::MESSAGING_ERRORS)
                    .chain(coverage::LIST_ERRORS)
                    .chain(coverage::DATABASE_ERRORS)
                    .chain(cluster::coverage::ERRORS)
                    .filter(begins),
            );
        } else {
            let lines = SUCCEEDED
                .iter()
                .chain(MESSAGING)
                .chain(coverage::LISTS)
                .chain(coverage::DATABASES)
                .chain(cluster::coverage::SUCCEEDED);
            self.seen.extend(lines.filter(|line| has_in_order(words, line)));
        }
    }

    /// What has not happened though it should have, with a server of this version. Older servers than the reference
    /// lack some of it.
    pub(crate) fn missing(&self, version: &str) -> Vec<&'static str> {
        if self.commands < COMMANDS_MIN || version != REFERENCE {
            return Vec::new();
        }
        let all = match self.family {
            Family::Streams => [SUCCEEDED, ERRORS, WAITS].concat(),
            Family::Lists => [coverage::LISTS, coverage::LIST_ERRORS, coverage::LIST_WAITS].concat(),
            Family::Messaging => [MESSAGING, coverage::MESSAGING_ERRORS].concat(),
            Family::Notifications => coverage::EVENTS.to_vec(),
            Family::Databases => [coverage::DATABASES, coverage::DATABASE_ERRORS, coverage::DATABASE_WAITS].concat(),
            // Those of the others, which say what must happen.
            Family::Restarts | Family::Replicas => Vec::new(),
            Family::Cluster => {
                use cluster::coverage::{ERRORS, SUCCEEDED, WAITS};
                [SUCCEEDED, ERRORS, WAITS].concat()
            }
        };
        all.into_iter().filter(|line| !self.seen.contains(line)).collect()
    }

    /// One line.
    pub(crate) fn summary(&self) -> String {
        let (Self { commands, errors, .. }, (deliveries, ended)) = (self, self.deliveries);
        format!(
            "{commands} commands, {errors} errors, {deliveries} replies to blocked clients and messages, {ended} of them errors"
        )
    }
}

/// What a step is in the table of waits.
fn cause(step: &Step) -> String {
    match step {
        Step::Command { words, .. } => words[0].to_string().to_ascii_uppercase(),
        Step::Expire { .. } => "expiry".to_owned(),
        Step::TimeOut { .. } => "time-out".to_owned(),
        Step::Slot { stage, .. } => stage.name().to_owned(),
        step => step.to_string(),
    }
}

/// What a message tells about a key.
fn event(frame: &Frame) -> Option<&[u8]> {
    let (Frame::Array(parts) | Frame::Push(parts)) = frame else {
        return None;
    };
    match parts.as_slice() {
        [.., Frame::Bulk(channel), Frame::Bulk(event)] if channel.starts_with(b"__keyspace@") => Some(event),
        _ => None,
    }
}

fn effect(received: &Frame) -> &'static str {
    match received {
        Frame::Error(_) => "ends",
        Frame::Null | Frame::NullArray => "frees",
        _ => "serves",
    }
}

/// Whether a command begins with the first of these words and has the others after it, in this order.
fn has_in_order(words: &[Word], line: &str) -> bool {
    let is = |word: &Word, expected: &str| match word {
        Word::Text(text) => text.eq_ignore_ascii_case(expected.as_bytes()),
        Word::Auto(_) => false,
    };
    let (mut words, mut line) = (words.iter(), line.split(' '));
    let name = line.next().unwrap_or_default();
    words.next().is_some_and(|word| is(word, name)) && line.all(|expected| words.any(|word| is(word, expected)))
}
