//! Which seat is which place in a row. Seats come as worlds need them and never go.

use std::collections::BTreeMap;

use super::store::{Id, NOTHING};
use super::table::spread;
use crate::world::Seat;

/// A place in a row.
pub(super) type Place = u16;

/// The seats of a row.
#[derive(Debug, Default)]
pub(super) struct Layout {
    seats: Vec<Seat>,
    places: BTreeMap<Seat, Place>,
}

impl Layout {
    /// The place of a seat, if it has one.
    pub(super) fn place(&self, seat: &Seat) -> Option<Place> {
        self.places.get(seat).copied()
    }

    /// The place of a seat; a new one comes last.
    pub(super) fn place_or_add(&mut self, seat: &Seat) -> Place {
        let next = self.seats.len() as Place;
        *self.places.entry(seat.clone()).or_insert_with(|| {
            self.seats.push(seat.clone());
            next
        })
    }

    pub(super) fn seats(&self) -> &[Seat] {
        &self.seats
    }

    pub(super) fn len(&self) -> usize {
        self.seats.len()
    }
}

/// What a piece in a place adds to a fingerprint (Zobrist, "A new hashing method with application for game playing",
/// 1970): a fingerprint is the exclusive or of these, so that a step changes it by what it changes.
///
/// Among n states two share a fingerprint, and one of them is overlooked, with a probability of about n² / 2⁶⁵: 1 in 37
/// million for a million states.
#[inline]
pub(super) fn share(place: Place, id: Id) -> u64 {
    match id {
        NOTHING => 0,
        id => spread(u64::from(place) << 32 | u64::from(id)),
    }
}

/// The fingerprint of a row.
pub(super) fn fingerprint(row: &[Id]) -> u64 {
    let shares = (0..).zip(row).map(|(place, &id)| share(place, id));
    shares.fold(0, |all, share| all ^ share)
}
