//! What happened in the scripts that agreed: two sides that refuse everything would agree as well.

use std::collections::BTreeSet;

use redelivery_engine::resp::Frame;

use crate::golden::REFERENCE;
use crate::side::Outcome;
use crate::step::{Step, Word};

/// From so many commands on, each of `COMMANDS` must have succeeded, and blocked clients must have been served.
const COMMANDS_MIN: usize = 10_000;

/// What the engine answers.
const COMMANDS: &[&str] = &[
    "DEL",
    "DISCARD",
    "EXEC",
    "EXISTS",
    "EXPIRE",
    "FLUSHALL",
    "FLUSHDB",
    "GET",
    "INCR",
    "MULTI",
    "PEXPIRE",
    "PTTL",
    "RENAME",
    "RENAMENX",
    "SADD",
    "SCARD",
    "SET",
    "SISMEMBER",
    "SMEMBERS",
    "SREM",
    "TYPE",
    "UNLINK",
    "UNWATCH",
    "WATCH",
    "XACK",
    "XACKDEL",
    "XADD",
    "XAUTOCLAIM",
    "XCLAIM",
    "XDEL",
    "XDELEX",
    "XGROUP CREATE",
    "XGROUP CREATECONSUMER",
    "XGROUP DELCONSUMER",
    "XGROUP DESTROY",
    "XGROUP SETID",
    "XINFO CONSUMERS",
    "XINFO GROUPS",
    "XINFO STREAM",
    "XLEN",
    "XPENDING",
    "XRANGE",
    "XREAD",
    "XREADGROUP",
    "XREVRANGE",
    "XSETID",
    "XTRIM",
    "XTRIM ~",
];

/// What an older server than the reference may lack.
const NEWER_COMMANDS: &[&str] = &["XACKDEL", "XDELEX"];

/// Counts over all scripts.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) commands: usize,
    errors: usize,
    /// Replies that blocked clients received, and how many of them were errors.
    deliveries: (usize, usize),
    succeeded: BTreeSet<String>,
}

impl Tally {
    /// Adds a script that went alike on both sides.
    pub(crate) fn add(&mut self, story: &[(Step, Outcome)]) {
        for (step, outcome) in story {
            self.deliveries.0 += outcome.delivered.len();
            self.deliveries.1 += outcome.delivered.iter().filter(|(_, frame)| frame.is_error()).count();
            let (Step::Command { words, .. }, Some(reply)) = (step, &outcome.reply) else {
                continue;
            };
            if reply.is_error() {
                self.errors += 1;
            } else if *reply != Frame::Simple("QUEUED".into()) {
                self.succeeded.insert(name(words));
            }
        }
    }

    /// What has not happened though it should have, with a server of this version.
    pub(crate) fn missing(&self, version: &str) -> Vec<&'static str> {
        if self.commands < COMMANDS_MIN {
            return Vec::new();
        }
        let mut missing: Vec<_> = COMMANDS
            .iter()
            .copied()
            .filter(|name| !self.succeeded.contains(*name))
            .filter(|name| version == REFERENCE || !NEWER_COMMANDS.contains(name))
            .collect();
        if self.deliveries.0 == self.deliveries.1 {
            missing.push("an entry for a blocked client");
        }
        missing
    }

    /// One line.
    pub(crate) fn summary(&self) -> String {
        let (Self { commands, errors, .. }, (deliveries, ended)) = (self, self.deliveries);
        format!("{commands} commands, {errors} errors, {deliveries} replies to blocked clients, {ended} of them errors")
    }
}

fn name(words: &[Word]) -> String {
    let word = |index: usize| {
        words
            .get(index)
            .map(|word| word.to_string().to_ascii_uppercase())
            .unwrap_or_default()
    };
    match word(0).as_str() {
        "XTRIM" if words.iter().any(|word| *word == "~".into()) => "XTRIM ~".to_owned(),
        "XGROUP" | "XINFO" => format!("{} {}", word(0), word(1)),
        name => name.to_owned(),
    }
}
