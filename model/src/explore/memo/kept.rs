//! What of some candidates is new, and its rows.

use std::hint::black_box;

use super::columns::{Cell, Columns};
use super::emission::{Candidate, Level, Turn};
use super::orbits::Orbits;
use super::steps::{FAULT, Steps};
use super::table::upper;
use super::visited::{Shard, State};
use crate::symmetry::Orbit;

/// So many places are looked at side by side.
const FEW: usize = 16;

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
    /// Whether a step that is no fault leads to a state that is not deeper than its own.
    pub(super) leads_back: bool,
}

/// Keeps what is new; the first `known` states of the shard are not deeper than the level.
pub(super) fn keep(
    shard: &mut Shard,
    number: usize,
    level: &Level,
    block: u32,
    (steps, columns, orbits): (&Steps, &Columns, &Orbits),
    known: u32,
    candidates: &[Candidate],
) -> Kept {
    let mut kept = Kept::default();
    let (mut row, mut ids) = (Vec::new(), Vec::new());
    for few in candidates.chunks(FEW) {
        // The processor fetches them side by side: first where each would be, then what may be it.
        black_box(few.iter().fold(0, |all, it| all ^ shard.glance(it.fingerprint)));
        let mut near = [None; FEW];
        for (near, candidate) in near.iter_mut().zip(few) {
            *near = shard.nearly(candidate.fingerprint);
        }
        black_box(near.iter().flatten().fold(0, |all, &place| all ^ shard.upper(place)));
        for (candidate, near) in few.iter().zip(near) {
            if shard.is_exact() {
                row.clear();
                become_row(level, block, steps, (candidate.turn, candidate.outcome), &mut row);
                columns.spread(&row, &mut ids);
                let before = level.fingerprints(candidate.turn.state(block));
                orbits.turn(Orbit::of(steps.fingerprints(before, candidate.outcome)), &mut ids);
            }
            let near = near.filter(|&place| !shard.is_exact() && shard.upper(place) == upper(candidate.fingerprint));
            match near.or_else(|| shard.find(candidate.fingerprint, &ids)) {
                Some(place) => {
                    let leads_back = || steps.outcomes[candidate.outcome as usize].mover != FAULT;
                    kept.leads_back |= place < known && leads_back();
                }
                None => {
                    let parent = level.states[candidate.turn.state(block) as usize];
                    let place = shard.insert(candidate.fingerprint, parent, &ids);
                    kept.new.push(New {
                        turn: candidate.turn,
                        state: State::new(number, place),
                        fingerprint: candidate.fingerprint,
                        outcome: candidate.outcome,
                    });
                }
            }
        }
    }
    kept
}

/// Adds the rows of new states, one after the other.
pub(super) fn rows(level: &Level, block: u32, steps: &Steps, new: &[New], mut rows: Vec<Cell>) -> Vec<Cell> {
    for new in new {
        become_row(level, block, steps, (new.turn, new.outcome), &mut rows);
    }
    rows
}

/// The fingerprints of new states, in each way.
pub(super) fn fingerprints<'a>(
    level: &'a Level,
    block: u32,
    steps: &'a Steps,
    new: &'a [New],
) -> impl Iterator<Item = u64> + 'a {
    // Where there is one way, it is what they were found by.
    let one = new.iter().filter(|_| level.ways == 1).map(|new| new.fingerprint);
    let several = new.iter().filter(|_| level.ways > 1).flat_map(move |new| {
        let before = level.fingerprints(new.turn.state(block));
        steps.fingerprints(before, new.outcome)
    });
    one.chain(several)
}

/// Adds the row that a row of the level becomes.
fn become_row(level: &Level, block: u32, steps: &Steps, (turn, outcome): (Turn, u32), rows: &mut Vec<Cell>) {
    let begin = rows.len();
    rows.extend_from_slice(level.row(turn.state(block)));
    steps.write(outcome, &mut rows[begin..]);
}
