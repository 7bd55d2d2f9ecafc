//! Rows with interchangeable clients in each other's place: what each piece is then, and where it lies.
//!
//! A state is found by the least of the fingerprints of all ways in which its clients may stand, which is the same for each
//! row of its orbit. A step changes each of these fingerprints by what it changes, so that no row is ever laid out anew:
//! it stays as it was reached. Where nobody is interchangeable there is one way, and all this is nothing.

use super::layout::{Layout, Place, share};
use super::moves::Change;
use super::store::{Id, NOTHING, Store, hash};
use super::table::spread;
use crate::symmetry::{Orbit, Symmetry};

/// The ways in which clients may stand, with the pieces that are known in all of them.
#[derive(Debug)]
pub(super) struct Orbits {
    symmetry: Symmetry,
    /// All ways but the first, each with a swap of two clients and an earlier way: it does what that does, then the swap.
    made: Vec<(u8, u8, u8)>,
    /// By way, then by place: where what lies there lies then.
    places: Vec<Vec<Place>>,
    /// By way, then by piece: its number then.
    ids: Vec<Vec<Id>>,
}

/// By what states of an orbit are found, where there are so many ways. Least fingerprints lie close together: they are spread,
/// since what is found by them is kept by their upper bits.
#[inline]
pub(super) fn key(least: u64, ways: usize) -> u64 {
    match ways {
        1 => least,
        _ => spread(least),
    }
}

/// Nobody has asked yet.
const UNKNOWN: Id = Id::MAX;

impl Orbits {
    pub(super) fn new(symmetry: Symmetry) -> Self {
        let ways = symmetry.renamings().len();
        Self {
            made: made(&symmetry),
            places: vec![Vec::new(); ways],
            ids: vec![Vec::new(); ways],
            symmetry,
        }
    }

    pub(super) fn symmetry(&self) -> &Symmetry {
        &self.symmetry
    }

    /// How many ways there are.
    pub(super) fn ways(&self) -> usize {
        self.places.len()
    }

    /// Seats have come: those that are taken in other ways come too.
    pub(super) fn grow(&mut self, layout: &mut Layout) {
        let mut place = self.places[0].len();
        while let Some(seat) = layout.seats().get(place).cloned() {
            for (places, renaming) in self.places.iter_mut().zip(self.symmetry.renamings()) {
                places.push(layout.place_or_add(&seat.renamed(renaming)));
            }
            place += 1;
        }
    }

    /// Finds out what a piece is in each way, before it is asked for.
    pub(super) fn know(&mut self, store: &mut Store, id: Id) {
        let Some(&(last, ..)) = self.made.last().filter(|_| id != NOTHING) else {
            return;
        };
        if self.known(last, id) != UNKNOWN {
            return;
        }
        for (way, swap, before) in self.made.clone() {
            let before = match before {
                0 => id,
                before => self.known(before, id),
            };
            if self.known(swap, before) == UNKNOWN {
                let piece = store.get(before).expect("it has a number");
                let piece = piece.renamed(&self.symmetry.renamings()[usize::from(swap)]);
                let after = store.intern(hash(&piece.view()), piece);
                self.note(swap, before, after);
                self.note(swap, after, before);
            }
            self.note(way, id, self.known(swap, before));
        }
    }

    fn known(&self, way: u8, id: Id) -> Id {
        let ids = &self.ids[usize::from(way)];
        ids.get(id as usize).copied().unwrap_or(UNKNOWN)
    }

    fn note(&mut self, way: u8, id: Id, then: Id) {
        let ids = &mut self.ids[usize::from(way)];
        if ids.len() <= id as usize {
            ids.resize(id as usize + 1, UNKNOWN);
        }
        ids[id as usize] = then;
    }

    /// What lies in a place in a way, and where. The piece is known.
    fn end(&self, way: usize, place: Place, id: Id) -> (Place, Id) {
        let then = match (way, id) {
            (0, id) | (_, id @ NOTHING) => id,
            (way, id) => self.ids[way][id as usize],
        };
        (self.places[way][usize::from(place)], then)
    }

    /// What a known piece in a place adds to the fingerprint of a way.
    fn share(&self, way: usize, place: Place, id: Id) -> u64 {
        let (place, id) = self.end(way, place, id);
        share(place, id)
    }

    /// The same for all pieces in places that are the same but for who is who.
    pub(super) fn least(&self, place: Place, id: Id) -> (Place, Id) {
        let ends = (0..self.ways()).map(|way| self.end(way, place, id));
        ends.min().unwrap_or((place, id))
    }

    /// By what an orbit is found.
    pub(super) fn key(&self, orbit: Orbit) -> u64 {
        key(orbit.key, self.ways())
    }

    /// What changes in the fingerprints of all ways but the first. The pieces are known.
    pub(super) fn turned<'a>(&'a self, changes: &'a [Change]) -> impl Iterator<Item = u64> + 'a {
        (1..self.ways()).map(move |way| {
            let share = |place, id| self.share(way, place, id);
            let deltas = changes
                .iter()
                .map(|&(place, before, after)| share(place, before) ^ share(place, after));
            deltas.fold(0, |all, delta| all ^ delta)
        })
    }

    /// The fingerprints of a row in all ways.
    pub(super) fn fingerprints(&mut self, store: &mut Store, row: &[Id]) -> Vec<u64> {
        row.iter().for_each(|&id| self.know(store, id));
        let of_way = |way| {
            let shares = (0..).zip(row).map(|(place, &id)| self.share(way, place, id));
            shares.fold(0, |all, share| all ^ share)
        };
        (0..self.ways()).map(of_way).collect()
    }

    /// Makes a row what it is where its fingerprint is the least: the same for each row of its orbit.
    pub(super) fn turn(&self, orbit: Orbit, row: &mut Vec<Id>) {
        if orbit.way() == 0 {
            return;
        }
        let mut turned = vec![NOTHING; row.len()];
        for (place, &id) in (0..).zip(&*row) {
            let (place, id) = self.end(orbit.way().into(), place, id);
            turned[usize::from(place)] = id;
        }
        *row = turned;
    }
}

/// How all ways but the first come about, by few swaps.
fn made(symmetry: &Symmetry) -> Vec<(u8, u8, u8)> {
    let ways = symmetry.renamings().len() as u8;
    let mut swaps: Vec<u8> = Vec::new();
    let mut made: Vec<(u8, u8, u8)> = Vec::new();
    let is_made = |made: &[(u8, u8, u8)], way| way == 0 || made.iter().any(|&(known, ..)| known == way);
    for swap in (1..ways).filter(|&way| symmetry.is_swap(way)) {
        if is_made(&made, swap) {
            continue;
        }
        swaps.push(swap);
        made.push((swap, swap, 0));
        let mut next = 0;
        while next <= made.len() {
            let before = next.checked_sub(1).map_or(0, |place| made[place].0);
            for &swap in &swaps {
                let way = symmetry.product(swap, before);
                if !is_made(&made, way) {
                    made.push((way, swap, before));
                }
            }
            next += 1;
        }
    }
    made
}
