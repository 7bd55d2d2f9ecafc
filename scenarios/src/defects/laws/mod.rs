//! Laws of the broker, tried with random commands: what must be true of each command, its reply, and how the broker stood
//! before and stands after.
//!
//! A law never looks at a scenario or a client. Without a defect all of them hold for every seed, which a test demands;
//! which of them a defect breaks, and by which seed first, is a row of the table. Next: `random` for what is tried, one
//! file per family for the laws.

mod acknowledgement;
mod claims;
mod lists;
mod random;
mod reads;
mod streams;
mod waiting;

use std::ops::Range;

use redelivery_engine::{Broker, Bytes, ClientId, Command, Group, Millis, Reply, StreamId};
use redelivery_model::defect::Defect;

use super::{After, Catch, Way};

/// The seeds that are tried, each a run of its own.
pub const SEEDS: Range<u64> = 0..40;

/// A law.
#[derive(Clone, Copy, Debug)]
pub struct Law {
    /// Its name.
    pub name: &'static str,
    /// What it claims, in one sentence.
    pub claim: &'static str,
    keeps: fn(&Look<'_>) -> bool,
}

/// All laws.
pub const LAWS: &[Law] = &[
    claims::ONLY_WHAT_IS_IDLE,
    claims::FROM_NOW_ON,
    claims::COUNTED,
    claims::ONLY_WHAT_IS_THERE,
    claims::LOOKS_TO_THE_END,
    reads::IN_TURN,
    reads::PENDING,
    reads::HISTORY,
    acknowledgement::COUNTS,
    streams::IDS_GROW,
    streams::DELETED,
    streams::CONSUMER_GONE,
    streams::MEMBERS,
    waiting::FIRST_COME,
    lists::POP,
    lists::MOVE,
];

/// A command with how things stood before and stand after.
struct Look<'a> {
    before: &'a Broker,
    after: &'a Broker,
    command: &'a Command,
    /// None while it waits.
    reply: Option<&'a Reply>,
    /// The group of each client that waited before, in the order in which they began.
    waiting: &'a [(ClientId, Bytes)],
    /// Who was answered meanwhile.
    served: &'a [ClientId],
    /// The largest ID that XADD has given before.
    highest: StreamId,
    now_ms: Millis,
}

impl<'a> Look<'a> {
    fn group_before(&self, key: &[u8], name: &[u8]) -> Option<&'a Group> {
        self.before.stream(key)?.group(name)
    }

    fn group_after(&self, key: &[u8], name: &[u8]) -> Option<&'a Group> {
        self.after.stream(key)?.group(name)
    }
}

/// The laws that a defect breaks, each with the seeds that it took.
pub(super) fn caught(defect: Defect) -> Vec<Catch> {
    let mut first: Vec<Option<u64>> = vec![None; LAWS.len()];
    for seed in SEEDS {
        for (first, law) in first.iter_mut().zip(broken(Some(defect), seed)) {
            if law && first.is_none() {
                *first = Some(seed);
            }
        }
    }
    let found = LAWS.iter().zip(first).filter_map(|(law, seed)| Some((law, seed?)));
    let catch = |(law, seed): (&Law, u64)| Catch {
        way: Way::Property,
        scenario: None,
        check: law.name.into(),
        of: None,
        after: After::Seeds(seed + 1),
    };
    found.map(catch).collect()
}

/// For each law, whether a run with a defect, or without, breaks it.
pub fn broken(defect: Option<Defect>, seed: u64) -> Vec<bool> {
    let mut broken = vec![false; LAWS.len()];
    random::run(defect, seed, &mut |look| {
        for (broken, law) in broken.iter_mut().zip(LAWS) {
            *broken |= !(law.keeps)(look);
        }
    });
    broken
}
