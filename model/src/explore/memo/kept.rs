//! What of some candidates is new, and its rows.

use std::hint::black_box;

use super::emission::{Candidate, Level, Turn};
use super::steps::{FAULT, Steps};
use super::store::Id;
use super::visited::{Shard, State};

/// So many places are looked at side by side.
const FEW: usize = 16;

/// A state that was not known.
#[derive(Clone, Copy, Debug)]
pub(super) struct New {
    pub(super) turn: Turn,
    pub(super) state: State,
    outcome: u32,
}

/// What a shard made of its candidates.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) new: Vec<New>,
    /// Whether a step that is no fault leads to a state that is not deeper than its own.
    pub(super) leads_back: bool,
}

/// Keeps what is new; the first `known` states of the shard are not deeper than the level.
pub(super) fn keep(
    shard: &mut Shard,
    number: usize,
    level: &Level,
    block: u32,
    steps: &Steps,
    known: u32,
    candidates: &[Candidate],
) -> Kept {
    let mut kept = Kept::default();
    let mut row = Vec::new();
    for few in candidates.chunks(FEW) {
        // The processor fetches them side by side.
        let mut near = [0; FEW];
        for (near, candidate) in near.iter_mut().zip(few) {
            *near = shard.glance(candidate.fingerprint);
        }
        black_box(near.iter().fold(0, |all, &place| all ^ shard.glance_at(place)));
        for candidate in few {
            if shard.is_exact() {
                row.clear();
                become_row(level, block, steps, (candidate.turn, candidate.outcome), &mut row);
            }
            match shard.find(candidate.fingerprint, &row) {
                Some(place) => kept.leads_back |= place < known && steps.outcome(candidate.outcome).mover != FAULT,
                None => {
                    let parent = level.states[candidate.turn.state(block) as usize];
                    let place = shard.insert(candidate.fingerprint, parent, &row);
                    kept.new.push(New {
                        turn: candidate.turn,
                        state: State::new(number, place),
                        outcome: candidate.outcome,
                    });
                }
            }
        }
    }
    kept
}

/// The rows of new states, one after the other.
pub(super) fn rows(level: &Level, block: u32, steps: &Steps, new: &[New]) -> Vec<Id> {
    let mut rows = Vec::with_capacity(new.len() * level.stride);
    for new in new {
        become_row(level, block, steps, (new.turn, new.outcome), &mut rows);
    }
    rows
}

/// Adds the row that a row of the level becomes.
fn become_row(level: &Level, block: u32, steps: &Steps, (turn, outcome): (Turn, u32), rows: &mut Vec<Id>) {
    let begin = rows.len();
    rows.extend_from_slice(level.row(turn.state(block)));
    steps.write(outcome, &mut rows[begin..]);
}
