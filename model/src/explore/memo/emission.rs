//! What some states of a level lead to: looked up, not done.

use super::columns::{Cell, Columns};
use super::layout::Place;
use super::steps::{FAULT, Missing, Steps};
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
}

impl Level {
    pub(super) fn new(ways: usize) -> Self {
        Self {
            ways,
            ..Self::default()
        }
    }

    /// The fingerprints of a row, in each way in which its clients may stand.
    #[inline]
    pub(super) fn fingerprints(&self, place: u32) -> &[u64] {
        &self.fingerprints[place as usize * self.ways..][..self.ways]
    }

    pub(super) fn row(&self, place: u32) -> &[Cell] {
        &self.rows[place as usize * self.stride..][..self.stride]
    }

    /// Rows get longer: new seats are free in them.
    pub(super) fn widen(&mut self, stride: usize) {
        if stride > self.stride && self.stride > 0 {
            let mut rows = Vec::with_capacity(self.states.len() * stride);
            for row in self.rows.chunks(self.stride) {
                rows.extend_from_slice(row);
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
    fn new(state: u32, block: u32, step: usize) -> Self {
        Self((state - block) * STEPS_MAX + (step as u32).min(STEPS_MAX - 1))
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
    /// Nothing again, with room for as much.
    pub(super) fn clear(&mut self) {
        self.candidates.iter_mut().for_each(Vec::clear);
        self.transitions = 0;
        self.unfinished.clear();
        self.missing.clear();
        self.resting.clear();
    }
}

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
    pub(super) fn emit(
        &self,
        level: &Level,
        block: u32,
        states: impl Iterator<Item = u32>,
        mut emission: Emission,
    ) -> Emission {
        let mut outcomes = Vec::new();
        for state in states {
            let row = level.row(state);
            outcomes.clear();
            let missing = emission.missing.len();
            self.steps
                .of_row(row, &mut outcomes, |it| emission.missing.push((state, it)));
            if emission.missing.len() > missing {
                emission.unfinished.push(state);
                continue;
            }
            emission.transitions += outcomes.len();
            let own = level.fingerprints(state);
            let (mut possible, mut inside) = (0u128, 0u128);
            for (step, outcome) in outcomes.iter().enumerate() {
                let mover = match outcome.mover {
                    FAULT => 0,
                    mover => 1 << mover,
                };
                possible |= mover;
                match outcome.delta {
                    0 => inside |= mover,
                    _ => {
                        let fingerprint = self.steps.key(own, outcome);
                        emission.candidates[shard(fingerprint)].push(Candidate {
                            fingerprint,
                            turn: Turn::new(state, block, step),
                            outcome: outcome.outcome,
                        });
                    }
                }
            }
            // Whoever could move turns on the spot: a run can stay here for ever.
            if possible & !inside == 0 {
                let unfulfilled = self.unfulfilled(row);
                if unfulfilled != 0 {
                    emission.resting.push((state, unfulfilled));
                }
            }
        }
        emission
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
