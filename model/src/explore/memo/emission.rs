//! What some states of a level lead to: looked up, not done.

use std::hint::black_box;

use super::code::{ASLEEP, First, IDLE, Offset};
use super::columns::{Cell, Columns};
use super::layout::Place;
use super::steps::{FAULT, Missing, Steps, UNKNOWN};
use super::store::Store;
use super::visited::{SHARDS, State, shard};
use crate::check::Monitors;
use crate::setup::Setup;
use crate::world::Seat;

/// States of one depth, with their rows.
#[derive(Debug, Default)]
pub(super) struct Level {
    pub(super) stride: usize,
    pub(super) rows: Vec<Cell>,
    pub(super) states: Vec<State>,
    /// In so many ways may clients stand.
    pub(super) ways: usize,
    /// Of each row, in each way.
    pub(super) fingerprints: Vec<u64>,
    /// So many words keep the turns of a row; one of no generation where none are kept.
    pub(super) turns_stride: usize,
    pub(super) turns: Vec<Offset>,
}

impl Level {
    /// No states again, of which the clients may stand in so many ways; with room for as many.
    pub(super) fn begin(&mut self, ways: usize) {
        self.ways = ways;
        (self.stride, self.turns_stride) = (0, 0);
        self.rows.clear();
        self.states.clear();
        self.fingerprints.clear();
        self.turns.clear();
    }

    /// The fingerprints of a row, in each way in which its clients may stand.
    #[inline]
    pub(super) fn fingerprints(&self, place: u32) -> &[u64] {
        &self.fingerprints[place as usize * self.ways..][..self.ways]
    }

    pub(super) fn row(&self, place: u32) -> &[Cell] {
        &self.rows[place as usize * self.stride..][..self.stride]
    }

    /// What is kept of the turns of a row.
    #[inline]
    pub(super) fn turns(&self, place: u32) -> &[Offset] {
        &self.turns[place as usize * self.turns_stride..][..self.turns_stride]
    }

    /// The turns of each row have so many words: those that have others are kept no more.
    pub(super) fn fit(&mut self, stride: usize) {
        if self.turns_stride != stride {
            self.turns_stride = stride;
            self.turns.clear();
        }
        self.turns.resize(self.states.len() * stride, 0);
    }

    /// Rows get longer: new columns are 0 in them.
    pub(super) fn widen(&mut self, stride: usize) {
        if stride > self.stride {
            let mut rows = Vec::with_capacity(self.states.len() * stride);
            for place in 0..self.states.len() as u32 {
                rows.extend_from_slice(self.row(place));
                rows.resize(rows.len() + stride - self.stride, 0);
            }
            self.rows = rows;
        }
        self.stride = stride;
    }
}

/// A state that some step leads to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) fingerprint: u64,
    pub(super) turn: Turn,
    pub(super) outcome: u32,
}

/// Which step of which state of a block: what comes first in the order of the search is smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn(u32);

/// Steps of one state are told apart up to this many; those beyond come in any order, always the same.
const STEPS_MAX: u32 = 1 << 18;

impl Turn {
    fn new(state: u32, block: u32, step: u32) -> Self {
        Self((state - block) * STEPS_MAX + step.min(STEPS_MAX - 1))
    }

    /// Which step, unless there are too many.
    pub(super) fn step(self) -> Option<u32> {
        Some(self.0 % STEPS_MAX).filter(|&step| step < STEPS_MAX - 1)
    }

    /// The place of the state in its level.
    pub(super) fn state(self, block: u32) -> u32 {
        block + self.0 / STEPS_MAX
    }
}

/// What some states of a level lead to.
#[derive(Debug, Default)]
pub(super) struct Emission {
    pub(super) candidates: [Vec<Candidate>; SHARDS],
    pub(super) transitions: usize,
    /// States of which not everything is known, …
    pub(super) unfinished: Vec<u32>,
    /// … and what of them is not.
    pub(super) missing: Vec<(u32, Missing)>,
    /// States in which a run can stay, and the checks that are not fulfilled there.
    pub(super) resting: Vec<(u32, u16)>,
}

impl Emission {
    /// Not everything is known of the state that came last.
    fn take_back(&mut self, block: u32, state: u32) {
        self.unfinished.push(state);
        for candidates in &mut self.candidates {
            while candidates.last().is_some_and(|it| it.turn.state(block) == state) {
                candidates.pop();
            }
        }
    }

    /// Nothing again, with room for as much.
    pub(super) fn clear(&mut self) {
        self.candidates.iter_mut().for_each(Vec::clear);
        self.transitions = 0;
        self.unfinished.clear();
        self.missing.clear();
        self.resting.clear();
    }
}

/// So many states are looked up side by side.
const FEW: usize = 16;

/// All that emitting reads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) setup: &'a Setup,
    pub(super) monitors: &'a Monitors,
    /// The places of monitors.
    pub(super) wards: &'a [(u32, Place)],
    pub(super) columns: &'a Columns,
    pub(super) steps: &'a Steps,
    pub(super) store: &'a Store,
}

impl Known<'_> {
    /// What these states of a block lead to, which begins with this state of the level.
    pub(super) fn emit(&self, level: &Level, block: u32, states: &[u32], mut emission: Emission) -> Emission {
        let mut found = Vec::new();
        for few in states.chunks(FEW) {
            let turns = few.iter().flat_map(|&state| level.turns(state));
            // The processor fetches them side by side.
            black_box(turns.fold(0, |all, turn| all ^ self.steps.code.glance(turn & !ASLEEP)));
            for &state in few {
                let kept = level.turns(state);
                let turns = self.steps.kept_or_found(level.row(state), kept, &mut found);
                self.emit_of(level, (block, state), turns, &mut emission);
            }
        }
        emission
    }

    /// What one state of a block leads to, which has these turns.
    #[inline]
    fn emit_of(&self, level: &Level, (block, state): (u32, u32), turns: &[Offset], emission: &mut Emission) {
        let row = level.row(state);
        let own = level.fingerprints(state);
        let missing = emission.missing.len();
        let (mut step, mut moves, mut stays) = (0, false, false);
        for (&section, &turn) in self.steps.awake.iter().zip(turns) {
            if turn == IDLE {
                continue;
            }
            if turn & ASLEEP != 0 && turn != UNKNOWN {
                step += self.steps.code.steps(turn & !ASLEEP);
                moves |= self.steps.code.moves(turn & !ASLEEP);
                continue;
            }
            let visit = |outcome: First| {
                let is_fault = outcome.mover == FAULT;
                if outcome.delta == 0 {
                    stays |= !is_fault;
                } else {
                    moves |= !is_fault;
                    let fingerprint = self.steps.key(own, &outcome);
                    emission.candidates[shard(fingerprint)].push(Candidate {
                        fingerprint,
                        turn: Turn::new(state, block, step),
                        outcome: outcome.outcome,
                    });
                }
                step += 1;
            };
            let missing = |it| emission.missing.push((state, it));
            self.steps.outcomes_of(row, (section, turn), visit, missing);
        }
        if emission.missing.len() > missing {
            emission.take_back(block, state);
            return;
        }
        emission.transitions += step as usize;
        if !moves || stays && self.stays(row, turns) {
            let unfulfilled = self.unfulfilled(row);
            if unfulfilled != 0 {
                emission.resting.push((state, unfulfilled));
            }
        }
    }

    /// Whether whoever could move turns on the spot: a run can stay here for ever.
    #[cold]
    fn stays(&self, row: &[Cell], turns: &[Offset]) -> bool {
        let (mut possible, mut inside) = (0u128, 0u128);
        let visit = |outcome: First| {
            if outcome.mover != FAULT {
                possible |= 1 << outcome.mover;
                inside |= u128::from(outcome.delta == 0) << outcome.mover;
            }
        };
        self.steps.each_outcome(row, turns, visit, |_| ());
        possible & !inside == 0
    }

    /// The checks that would be violated if a run ended with this row: a bit for each.
    pub(super) fn unfulfilled(&self, row: &[Cell]) -> u16 {
        let wards = self.wards.iter().filter_map(|&(ward, place)| {
            let piece = self.store.get(self.columns.id(place, row))?;
            Some(self.monitors.unfulfilled(self.setup, ward, piece.ward()?))
        });
        wards.fold(0, |all, own| all | own)
    }
}

/// The places of the monitors in a row.
pub(super) fn wards(seats: &[Seat]) -> Vec<(u32, Place)> {
    let places = (0..).zip(seats);
    let wards = places.filter_map(|(place, seat)| match seat {
        Seat::Monitors { place: ward, .. } => Some((*ward, place)),
        _ => None,
    });
    wards.collect()
}
