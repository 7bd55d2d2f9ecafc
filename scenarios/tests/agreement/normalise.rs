//! What two runs of one script may differ in, and nothing else: the written normalisation.
//!
//! | what | becomes | why |
//! |---|---|---|
//! | automatic IDs (13 digits, `-`, a number) | `<auto1>`, `<auto2>`, … by order of appearance in the script | the clock |
//! | members of a set (SMEMBERS, SPOP), keys (KEYS, SCAN, CLUSTER GETKEYSINSLOT), channels (PUBSUB CHANNELS) | sorted | unordered in Redis |
//! | names of UNSUBSCRIBE's answers, patterns of one message | sorted (`received`) | unordered in Redis |
//! | TTL and PTTL, if positive | rounded up to 50 s; years from EXAT and PXAT | the clock |
//! | EXPIRETIME and PEXPIRETIME, between 2023 and 2033 | `<soon>` | the clock |
//! | idle times (XPENDING, XINFO CONSUMERS), if not negative | rounded down to 500 s, the first of which is cut at 400 ms once the script has waited; since 1970 from TIME 0 | the clock |
//! | radix-tree-nodes of XINFO STREAM, in a script with automatic IDs | `<any>` | how many bytes those IDs share |
//! | moments of XINFO STREAM FULL, if they are of this century | `<any>` | the clock |
//!
//! Scripts use times that are far from these boundaries. The normalisation never looks at the other side.

use std::collections::VecDeque;

use redelivery_engine::Bytes;
use redelivery_engine::resp::Frame;

use crate::received;
use crate::side::{Outcome, is_push};
use crate::step::{CLIENTS, Word};

const IDLE_STEP_MS: i64 = 500_000;
/// Less than a script that waits waits, and more than any other takes.
const IDLE_SHORT_MS: i64 = 400;
const TTL_STEP_MS: i64 = 50_000;
const TTL_STEP_SECONDS: i64 = TTL_STEP_MS / 1000;
/// Times to live beyond this come from a moment that a script names.
const TTL_YEARS_MS: i64 = 1_000_000_000_000;
const TTL_YEARS_SECONDS: i64 = TTL_YEARS_MS / 1000;
/// Moments between these come from the clock.
const NOW_SECONDS_MIN: i64 = 1_700_000_000;
const NOW_SECONDS_MAX: i64 = 2_000_000_000;
/// Idle times beyond this come from a TIME in 1970.
const IDLE_AGES_MS: i64 = 1_000_000_000_000;

/// What it has seen of one side's run of one script.
#[derive(Default)]
pub(crate) struct Normaliser {
    automatic: Vec<Bytes>,
    clients: [Sent; CLIENTS],
    has_waited: bool,
}

/// What of the script's past decides what an answer may tell.
#[derive(Clone, Copy)]
struct Past {
    /// Else a short idle time tells how busy the machine is, and nothing of the script.
    has_waited: bool,
    /// Then how many bytes two IDs share is up to the clock, and so is the shape of a tree of them.
    has_automatic: bool,
}

/// What a client has sent whose results are still to come.
#[derive(Default)]
struct Sent {
    last: Vec<Bytes>,
    queued: Vec<Vec<Bytes>>,
    /// Of a transaction that has ended, commands whose answers follow its array.
    executed: VecDeque<Vec<Bytes>>,
}

impl Normaliser {
    /// A command's arguments on this side.
    pub(crate) fn resolve(&self, words: &[Word]) -> Vec<Bytes> {
        let resolve = |word: &Word| match word {
            Word::Text(text) => text.clone(),
            // An ID that has not appeared becomes one that never does.
            Word::Auto(nth) => self.automatic.get(nth - 1).cloned().unwrap_or_else(|| "9-9".into()),
        };
        words.iter().map(resolve).collect()
    }

    /// The script lets time pass.
    pub(crate) fn wait(&mut self) {
        self.has_waited = true;
    }

    /// What a command brought about; `argv` is none for a time-out, empty for a new client.
    pub(crate) fn outcome(&mut self, client: usize, argv: Option<Vec<Bytes>>, outcome: Outcome) -> Outcome {
        if let Some(argv) = argv {
            // No command: a new client, which has queued nothing.
            if argv.is_empty() {
                self.clients[client].queued.clear();
            }
            self.clients[client].executed.clear();
            self.clients[client].last = argv;
        }
        let mut masked = |client, frame| match frame {
            // It is no answer: that is still to come.
            frame if is_push(&frame) && received::confirmed(&frame).is_none() => frame,
            frame => self.reply(client, frame),
        };
        let reply = outcome.reply.map(|frame| masked(client, frame));
        let delivered = outcome.delivered.into_iter();
        let delivered = delivered.map(|(client, frame)| (client, masked(client, frame)));
        let delivered = delivered.collect();
        received::in_order(client, Outcome { reply, delivered })
    }

    fn reply(&mut self, client: usize, frame: Frame) -> Frame {
        let past = Past {
            has_waited: self.has_waited,
            has_automatic: !self.automatic.is_empty() || has_automatic_id(&frame),
        };
        let sent = &mut self.clients[client];
        let argv = std::mem::take(&mut sent.last);
        let frame = match (name(&argv).as_str(), frame) {
            ("MULTI" | "DISCARD" | "RESET" | "QUIT", frame @ Frame::Simple(_)) => {
                sent.queued.clear();
                frame
            }
            (_, queued @ Frame::Simple(_)) if queued == Frame::Simple("QUEUED".into()) => {
                sent.queued.push(argv);
                queued
            }
            ("EXEC", Frame::Array(frames)) => {
                sent.executed = std::mem::take(&mut sent.queued).into();
                let executed = &mut sent.executed;
                let masked = |frame| mask(&received::next_answered(executed, &frame), frame, past);
                Frame::Array(frames.into_iter().map(masked).collect())
            }
            // What follows the array of a transaction.
            ("", frame) => mask(&received::next_answered(&mut sent.executed, &frame), frame, past),
            (_, frame) => mask(&argv, frame, past),
        };
        self.name_automatic_ids(frame)
    }

    fn name_automatic_ids(&mut self, frame: Frame) -> Frame {
        match frame {
            Frame::Bulk(bytes) if is_automatic(&bytes) => {
                let known = self.automatic.iter().position(|known| *known == bytes);
                let nth = known.unwrap_or_else(|| {
                    self.automatic.push(bytes);
                    self.automatic.len() - 1
                });
                Frame::Bulk(format!("<auto{}>", nth + 1).into())
            }
            Frame::Array(frames) => {
                Frame::Array(frames.into_iter().map(|frame| self.name_automatic_ids(frame)).collect())
            }
            Frame::Error(text) if !self.automatic.is_empty() => {
                let mut text = text.to_string();
                for (index, id) in self.automatic.iter().enumerate() {
                    text = text.replace(&id.to_string(), &format!("<auto{}>", index + 1));
                }
                Frame::Error(text.into())
            }
            Frame::Map(pairs) => {
                let pair = |(key, value)| (self.name_automatic_ids(key), self.name_automatic_ids(value));
                Frame::Map(pairs.into_iter().map(pair).collect())
            }
            frame => frame,
        }
    }
}

/// Whether it is an automatic ID. Scripts have no own IDs of 13 digits.
fn is_automatic(bytes: &[u8]) -> bool {
    let id = std::str::from_utf8(bytes).ok().and_then(|id| id.split_once('-'));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    id.is_some_and(|(ms, seq)| ms.len() == 13 && is_number(ms) && is_number(seq))
}

/// Whether an automatic ID is in it.
pub(crate) fn has_automatic_id(frame: &Frame) -> bool {
    match frame {
        Frame::Bulk(bytes) => is_automatic(bytes),
        Frame::Array(frames) => frames.iter().any(has_automatic_id),
        Frame::Map(pairs) => pairs.iter().any(|(_, value)| has_automatic_id(value)),
        _ => false,
    }
}

/// The command's name; with its subcommand for XINFO, PUBSUB and CLUSTER.
fn name(argv: &[Bytes]) -> String {
    let word = |index: usize| {
        argv.get(index)
            .map(|word| word.to_string().to_ascii_uppercase())
            .unwrap_or_default()
    };
    match word(0).as_str() {
        container @ ("XINFO" | "PUBSUB" | "CLUSTER") => format!("{container} {}", word(1)),
        name => name.to_owned(),
    }
}

fn mask(argv: &[Bytes], frame: Frame, past: Past) -> Frame {
    let idle = |frame| idle(frame, past.has_waited);
    match (name(argv).as_str(), frame) {
        (
            "SMEMBERS" | "SPOP" | "KEYS" | "PUBSUB CHANNELS" | "PUBSUB SHARDCHANNELS" | "CLUSTER GETKEYSINSLOT",
            Frame::Array(members),
        ) => Frame::Array(sorted(members)),
        ("SMEMBERS" | "SPOP", Frame::Set(members)) => Frame::Set(sorted(members)),
        ("SCAN", Frame::Array(page)) => {
            let keys = |part| match part {
                Frame::Array(keys) => Frame::Array(sorted(keys)),
                cursor => cursor,
            };
            Frame::Array(page.into_iter().map(keys).collect())
        }
        ("TTL", Frame::Integer(TTL_YEARS_SECONDS..)) | ("PTTL", Frame::Integer(TTL_YEARS_MS..)) => {
            Frame::Simple("<years>".into())
        }
        ("TTL", Frame::Integer(seconds)) if seconds > 0 => coarse(
            "s",
            (seconds + TTL_STEP_SECONDS - 1) / TTL_STEP_SECONDS * TTL_STEP_SECONDS,
        ),
        ("EXPIRETIME", Frame::Integer(NOW_SECONDS_MIN..NOW_SECONDS_MAX)) => Frame::Simple("<soon>".into()),
        ("PEXPIRETIME", Frame::Integer(at)) if (NOW_SECONDS_MIN..NOW_SECONDS_MAX).contains(&(at / 1000)) => {
            Frame::Simple("<soon>".into())
        }
        ("PTTL", Frame::Integer(ms)) if ms > 0 => coarse("ms", (ms + TTL_STEP_MS - 1) / TTL_STEP_MS * TTL_STEP_MS),
        ("XPENDING", Frame::Array(rows)) if argv.len() > 3 => {
            Frame::Array(rows.into_iter().map(|row| mask_pending(row, idle)).collect())
        }
        ("XINFO CONSUMERS", Frame::Array(rows)) => Frame::Array(
            rows.into_iter()
                .map(|row| mask_fields(row, &["idle", "inactive"], idle))
                .collect(),
        ),
        ("XINFO STREAM", frame) => {
            let nodes = |frame| if past.has_automatic { any() } else { frame };
            mask_fields(mask_fields(frame, &["radix-tree-nodes"], nodes), &["groups"], moments)
        }
        (_, frame) => frame,
    }
}

fn sorted(mut members: Vec<Frame>) -> Vec<Frame> {
    members.sort();
    members
}

/// A row of XPENDING: ID, consumer, idle time, counter.
fn mask_pending(row: Frame, idle: impl Fn(Frame) -> Frame) -> Frame {
    match row {
        Frame::Array(mut row) if row.len() == 4 => {
            row[2] = idle(row[2].clone());
            Frame::Array(row)
        }
        row => row,
    }
}

/// Replaces the values of these fields of a map, or of RESP2's flat array.
fn mask_fields(frame: Frame, fields: &[&str], masked: impl Fn(Frame) -> Frame) -> Frame {
    let is_masked =
        |key: &Frame| matches!(key, Frame::Bulk(key) if fields.iter().any(|field| field.as_bytes() == &key[..]));
    match frame {
        Frame::Map(pairs) => {
            let pair = |(key, value)| {
                if is_masked(&key) {
                    (key, masked(value))
                } else {
                    (key, value)
                }
            };
            Frame::Map(pairs.into_iter().map(pair).collect())
        }
        Frame::Array(mut flat) => {
            for pair in flat.chunks_exact_mut(2).filter(|pair| is_masked(&pair[0])) {
                pair[1] = masked(pair[1].clone());
            }
            Frame::Array(flat)
        }
        frame => frame,
    }
}

fn idle(frame: Frame, has_waited: bool) -> Frame {
    match frame {
        Frame::Integer(IDLE_AGES_MS..) => Frame::Simple("<idle since 1970>".into()),
        Frame::Integer(IDLE_SHORT_MS..IDLE_STEP_MS) if has_waited => coarse("idle", IDLE_SHORT_MS),
        Frame::Integer(ms @ 0..) => coarse("idle", ms / IDLE_STEP_MS * IDLE_STEP_MS),
        frame => frame,
    }
}

/// XINFO STREAM FULL tells moments: of every group's pending entries and consumers, and theirs.
fn moments(groups: Frame) -> Frame {
    let group = |group| {
        let group = mask_fields(group, &["pending"], |rows| each(rows, |row| mask_cell(row, 2)));
        mask_fields(group, &["consumers"], |consumers| each(consumers, consumer))
    };
    each(groups, group)
}

fn consumer(consumer: Frame) -> Frame {
    let consumer = mask_fields(consumer, &["seen-time", "active-time"], moment);
    mask_fields(consumer, &["pending"], |rows| each(rows, |row| mask_cell(row, 1)))
}

fn mask_cell(row: Frame, at: usize) -> Frame {
    match row {
        Frame::Array(mut row) if row.len() > at => {
            row[at] = moment(row[at].clone());
            Frame::Array(row)
        }
        row => row,
    }
}

fn each(frame: Frame, masked: impl Fn(Frame) -> Frame) -> Frame {
    match frame {
        Frame::Array(rows) => Frame::Array(rows.into_iter().map(masked).collect()),
        frame => frame,
    }
}

fn moment(frame: Frame) -> Frame {
    match frame {
        Frame::Integer(IDLE_AGES_MS..) => any(),
        frame => frame,
    }
}

fn any() -> Frame {
    Frame::Simple("<any>".into())
}

fn coarse(what: &str, ms: i64) -> Frame {
    Frame::Simple(format!("<{what} {ms}>").into())
}
