//! Rows with interchangeable clients in each other's place: states of one orbit are visited once, where that is asked for.
//!
//! A state is found by the least of the fingerprints of all ways in which its clients may stand, which is the same for each
//! row of its orbit. A step changes each of these fingerprints by what it changes, so that no row is ever laid out anew:
//! it stays as it was reached. Where nobody is taken for anybody else there is one way, and all this is nothing.

use super::layout::{Layout, Place, share};
use super::moves::Change;
use super::store::{Id, Store};
use super::table::spread;
use super::ways::Ways;
use crate::symmetry::{Orbit, Symmetry};

/// The ways of which states are visited once.
#[derive(Debug)]
pub(super) struct Orbits {
    symmetry: Symmetry,
    /// All ways there are, whether or not each of their states is visited.
    all: Ways,
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

impl Orbits {
    /// `all`: of all who are interchangeable, and `symmetry`: the same, or nobody.
    pub(super) fn new(symmetry: Symmetry, all: Symmetry) -> Self {
        Self {
            symmetry,
            all: Ways::new(all),
        }
    }

    pub(super) fn symmetry(&self) -> &Symmetry {
        &self.symmetry
    }

    /// All ways in which clients may stand.
    pub(super) fn all(&self) -> &Ways {
        &self.all
    }

    /// How many ways there are of which states are visited once.
    pub(super) fn ways(&self) -> usize {
        self.symmetry.renamings().len()
    }

    /// Seats have come: those that are taken in other ways come too.
    pub(super) fn grow(&mut self, layout: &mut Layout) {
        self.all.grow(layout);
    }

    /// Finds out what a piece is in each way, before it is asked for.
    pub(super) fn know(&mut self, store: &mut Store, id: Id) {
        self.all.know(store, id);
    }

    /// What a known piece in a place adds to the fingerprint of a way.
    fn share(&self, way: usize, place: Place, id: Id) -> u64 {
        let (place, id) = self.all.end(way, place, id);
        share(place, id)
    }

    /// The same for all pieces in places that are the same but for who is who.
    pub(super) fn least(&self, place: Place, id: Id) -> (Place, Id) {
        let ends = (0..self.ways()).map(|way| self.all.end(way, place, id));
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
        if orbit.way() != 0 {
            let mut turned = Vec::new();
            self.all.turned(orbit.way().into(), row, &mut turned);
            *row = turned;
        }
    }
}
