//! Where runs stay when interchangeable clients are taken for each other.
//!
//! A state then stands for all of its orbit, and a component of such
//! states for several components of worlds, each the others with clients in each other's place: a way from orbit to orbit
//! can be gone from any world of the first, and gone again and again it ends where it began. One of these components holds
//! the first state as it is, of each other state those worlds that lead there and back: they are found by going from state
//! to state with the ways in which clients change places (`turns`). Whoever comes back to a state with another way knows a
//! permutation that leaves the component as it is. With all of these, and their products, it is known who could move in each
//! of its worlds, and who moves within it.

use std::collections::BTreeMap;

use super::ending::{Edges, Stay};
use crate::symmetry::{Orbit, Symmetry};
use crate::world::Actor;

/// So many actors are told apart; those beyond are taken for one, which can only make more runs count as fair.
pub(super) const ACTORS_MAX: usize = 128;

/// The ways in which a state of such an orbit stays as it is, a bit for each.
pub(super) fn ways_to_stay(symmetry: &Symmetry, orbit: Orbit) -> u32 {
    let back = symmetry.inverse(orbit.way());
    let ways = orbit.ways().map(|way| 1 << symmetry.product(back, way));
    ways.fold(0, |all: u32, way: u32| all | way)
}

/// The numbers of those that are set.
pub(super) fn bits(ways: u32) -> impl Iterator<Item = u8> {
    (0..u32::BITS as u8).filter(move |way| ways & 1 << way != 0)
}

/// Clients that change places, as far as it matters where runs stay.
#[derive(Debug)]
pub(super) struct Places<'a> {
    symmetry: &'a Symmetry,
    /// By way: who moves in the place of each mover.
    movers: Vec<Vec<u8>>,
}

impl<'a> Places<'a> {
    /// Of these movers, by number; those who move in their place get numbers too.
    pub(super) fn new(symmetry: &'a Symmetry, actors: &mut BTreeMap<Actor, u8>) -> Self {
        let known: Vec<Actor> = actors.keys().cloned().collect();
        let mut number = |actor: Actor| {
            let next = actors.len().min(ACTORS_MAX - 1) as u8;
            *actors.entry(actor).or_insert(next)
        };
        let mut movers: Vec<Vec<u8>> = vec![(0..ACTORS_MAX as u8).collect(); symmetry.renamings().len()];
        for actor in &known {
            for renaming in symmetry.renamings() {
                let other = renaming.actor(actor);
                for (movers, renaming) in movers.iter_mut().zip(symmetry.renamings()) {
                    movers[usize::from(number(other.clone()))] = number(renaming.actor(&other));
                }
            }
        }
        Self { symmetry, movers }
    }

    /// These movers, in the way.
    pub(super) fn moved(&self, way: u8, movers: u128) -> u128 {
        if way == 0 {
            return movers;
        }
        let row = &self.movers[usize::from(way)];
        let moved = (0..128).filter(|mover| movers & 1 << mover != 0);
        moved.fold(0, |all, mover| all | 1 << row[mover])
    }

    /// All products of some ways.
    pub(super) fn products(&self, ways: u32) -> u32 {
        let mut all = 1;
        loop {
            let pairs = bits(all).flat_map(|then| bits(ways).map(move |first| (then, first)));
            let more = pairs.fold(all, |more, (then, first)| {
                more | 1 << self.symmetry.product(then, first)
            });
            if more == all {
                return all;
            }
            all = more;
        }
    }
}

/// By state: in which way it becomes a world of the same component of worlds as the first state of its component. Notes the
/// ways in which components stay as they are.
pub(super) fn sides(edges: &Edges, places: &Places<'_>, component: &[u32], stays: &mut [Stay]) -> Vec<u8> {
    const NONE: u8 = u8::MAX;
    if places.symmetry.classes().is_empty() {
        return vec![0; edges.states()];
    }
    let mut sides = vec![NONE; edges.states()];
    for first in 0..edges.states() as u32 {
        if sides[first as usize] != NONE {
            continue;
        }
        sides[first as usize] = 0;
        let own = component[first as usize];
        let mut open = vec![first];
        while let Some(state) = open.pop() {
            let side = sides[state as usize];
            let mut stay = |there: u8, side: u8| {
                stays[own as usize].ways |= 1 << places.symmetry.product(there, places.symmetry.inverse(side));
            };
            bits(edges.stays[state as usize]).for_each(|way| stay(places.symmetry.product(side, way), side));
            for (target, _, turn) in edges.of(state) {
                if component[target as usize] != own {
                    continue;
                }
                let there = places.symmetry.product(side, turn);
                match &mut sides[target as usize] {
                    unknown if *unknown == NONE => {
                        *unknown = there;
                        open.push(target);
                    }
                    known => stay(there, *known),
                }
            }
        }
    }
    sides
}
