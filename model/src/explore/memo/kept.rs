//! What of some candidates is new, and its rows.

use std::hint::black_box;

use super::code::{Mask, Offset};
use super::columns::{Cell, Columns};
use super::emission::{Candidate, Level, Turn};
use super::following::Taken;
use super::orbits::Orbits;
use super::steps::Steps;
use super::store::Id;
use super::visited::{Shard, State};
use crate::symmetry::Orbit;

/// So many slots are looked at side by side.
const FEW: usize = 32;

/// A state that was not known.
#[derive(Clone, Copy, Debug)]
pub(super) struct New {
    pub(super) turn: Turn,
    pub(super) state: State,
    fingerprint: u64,
    outcome: u32,
}

/// What a shard made of its candidates.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) new: Vec<New>,
    /// Whether a step leads to a state that is not deeper than its own.
    pub(super) leads_back: bool,
}

fn merged_by_turn(lists: &[&[Candidate]]) -> Vec<Candidate> {
    let mut merged = lists.concat();
    merged.sort_by_key(|candidate| candidate.turn);
    merged
}

/// What keeping reads: a block of a level, and what is known of its steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keeping<'a> {
    pub(super) level: &'a Level,
    pub(super) block: u32,
    pub(super) steps: &'a Steps,
    pub(super) columns: &'a Columns,
    pub(super) orbits: &'a Orbits,
}

impl<'a> Keeping<'a> {
    /// Keeps what is new of a shard; the first `known` states of the shard are not deeper than the level.
    pub(super) fn keep(self, shard: &mut Shard, number: usize, known: u32, lists: &[&[Candidate]]) -> Kept {
        let merged;
        let candidates = match lists {
            [only] => only,
            // What was not known at first comes after the rest: in the order of the search it lies between.
            lists => {
                merged = merged_by_turn(lists);
                &merged[..]
            }
        };
        let mut kept = Kept::default();
        let (mut row, mut ids) = (Vec::new(), Vec::new());
        for few in candidates.chunks(FEW) {
            shard.reserve(few.len());
            // The processor fetches them side by side.
            black_box(few.iter().fold(0, |all, it| all ^ shard.glance(it.fingerprint)));
            for candidate in few {
                if shard.is_exact() {
                    self.lay_out(candidate, &mut row, &mut ids);
                }
                let parent = || self.level.states[candidate.turn.state(self.block) as usize];
                match shard.visit(candidate.fingerprint, parent, &ids) {
                    Ok(place) => kept.leads_back |= place < known,
                    Err(place) => kept.new.push(New {
                        turn: candidate.turn,
                        state: State::new(number, place),
                        fingerprint: candidate.fingerprint,
                        outcome: candidate.outcome,
                    }),
                }
            }
        }
        kept
    }

    /// A row by place, as it is where its fingerprint is the least.
    fn lay_out(self, candidate: &Candidate, row: &mut Vec<Cell>, ids: &mut Vec<Id>) {
        row.clear();
        self.become_row((candidate.turn, candidate.outcome), row);
        self.columns.spread(row, ids);
        let before = self.level.fingerprints(candidate.turn.state(self.block));
        let fingerprints = self.steps.fingerprints(before, candidate.outcome);
        self.orbits.turn(Orbit::of(fingerprints), ids);
    }

    /// Adds the rows of new states, one after the other, and their turns.
    pub(super) fn rows(self, new: &[New], (mut rows, mut turns): (Vec<Cell>, Vec<Offset>)) -> (Vec<Cell>, Vec<Offset>) {
        for few in new.chunks(FEW) {
            // The processor fetches them side by side.
            let writes = &self.steps.writes;
            black_box(few.iter().fold(0, |all, it| all ^ writes.glance(it.outcome)));
            for new in few {
                let begin = rows.len();
                let written = self.become_row((new.turn, new.outcome), &mut rows);
                let before = self.level.turns(new.turn.state(self.block));
                let step = new.turn.step();
                let taken = Taken { step, written };
                self.steps.follow(&rows[begin..], before, taken, &mut turns);
            }
        }
        (rows, turns)
    }

    /// The fingerprints of new states, in each way.
    pub(super) fn fingerprints(self, new: &'a [New]) -> impl Iterator<Item = u64> + 'a {
        // Where there is one way, it is what they were found by.
        let ways = self.level.ways;
        let one = new.iter().filter(move |_| ways == 1).map(|new| new.fingerprint);
        let several = new.iter().filter(move |_| ways > 1).flat_map(move |new| {
            let before = self.level.fingerprints(new.turn.state(self.block));
            self.steps.fingerprints(before, new.outcome)
        });
        one.chain(several)
    }

    /// Adds the row that a row of the level becomes. Answers which columns change.
    fn become_row(self, (turn, outcome): (Turn, u32), rows: &mut Vec<Cell>) -> Mask {
        let begin = rows.len();
        rows.extend_from_slice(self.level.row(turn.state(self.block)));
        self.steps.writes.write(outcome, &mut rows[begin..])
    }
}
