//! The ways in which interchangeable clients may stand: what each piece is then, and where it lies.

use super::layout::{Layout, Place};
use super::store::{Id, NOTHING, Store, hash};
use crate::symmetry::{Renaming, Symmetry};

/// All ways, with the pieces that are known in all of them. The first changes nothing.
#[derive(Debug)]
pub(super) struct Ways {
    symmetry: Symmetry,
    /// All ways but the first, each with a swap of two clients and an earlier way: it does what that does, then the swap.
    made: Vec<(u8, u8, u8)>,
    /// By way, then by place: where what lies there lies then.
    places: Vec<Vec<Place>>,
    /// By way, then by piece: its number then.
    ids: Vec<Vec<Id>>,
}

/// Nobody has asked yet.
const UNKNOWN: Id = Id::MAX;

impl Ways {
    pub(super) fn new(symmetry: Symmetry) -> Self {
        let ways = symmetry.renamings().len();
        Self {
            made: made(&symmetry),
            places: vec![Vec::new(); ways],
            ids: vec![Vec::new(); ways],
            symmetry,
        }
    }

    pub(super) fn renaming(&self, way: usize) -> &Renaming {
        &self.symmetry.renamings()[way]
    }

    /// The way back.
    pub(super) fn inverse(&self, way: usize) -> usize {
        self.symmetry.inverse(way as u8).into()
    }

    pub(super) fn len(&self) -> usize {
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

    /// Finds out what a piece is in each way, before it is asked for; what it is then is known in each way, too.
    pub(super) fn know(&mut self, store: &mut Store, id: Id) {
        let Some(&(last, ..)) = self.made.last().filter(|_| id != NOTHING) else {
            return;
        };
        if self.known(last, id) != UNKNOWN {
            return;
        }
        self.note(0, id, id);
        for (way, swap, before) in self.made.clone() {
            let piece = store.get(self.known(before, id)).expect("it has a number");
            let piece = piece.renamed(&self.symmetry.renamings()[usize::from(swap)]);
            let after = store.intern(hash(&piece.view()), piece);
            self.note(way, id, after);
        }
        let ways = 0..self.len() as u8;
        let ends: Vec<Id> = ways.clone().map(|way| self.known(way, id)).collect();
        for (first, &end) in ways.clone().zip(&ends) {
            for then in ways.clone() {
                let way = self.symmetry.product(then, first);
                self.note(then, end, ends[usize::from(way)]);
            }
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

    /// Where what lies in a place lies in a way.
    pub(super) fn place(&self, way: usize, place: Place) -> Place {
        self.places[way][usize::from(place)]
    }

    /// What a piece is in a way. It is known.
    pub(super) fn id(&self, way: usize, id: Id) -> Id {
        match (way, id) {
            (0, id) | (_, id @ NOTHING) => id,
            (way, id) => self.ids[way][id as usize],
        }
    }

    /// What lies in a place in a way, and where. The piece is known.
    pub(super) fn end(&self, way: usize, place: Place, id: Id) -> (Place, Id) {
        (self.place(way, place), self.id(way, id))
    }

    /// A row as it is in a way. Its pieces are known.
    pub(super) fn turned(&self, way: usize, row: &[Id], turned: &mut Vec<Id>) {
        turned.resize(row.len(), NOTHING);
        for (place, &id) in (0..).zip(row) {
            let (place, id) = self.end(way, place, id);
            turned[usize::from(place)] = id;
        }
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
