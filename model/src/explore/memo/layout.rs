//! Which seat is which place in a row. Seats come as worlds need them and never go.

use std::collections::BTreeMap;

use redelivery_engine::{Bytes, Index};

use super::store::{Id, NOTHING};
use super::table::spread;
use crate::world::Seat;

/// A place in a row.
pub(super) type Place = u16;

/// The seats of a row.
#[derive(Debug, Default)]
pub(super) struct Layout {
    seats: Vec<Seat>,
    /// All but keys, of which there may be any: by kind and number.
    numbered: [Vec<Option<Place>>; 4],
    keys: BTreeMap<Bytes, Place>,
}

/// A seat by kind and number, or a key.
fn number(seat: &Seat) -> Result<(usize, usize), &Bytes> {
    Ok(match seat {
        Seat::Client(client) => (0, client.0.into()),
        Seat::Monitors { place, .. } => (1, *place as usize),
        Seat::Connection(connection) => (2, connection.0.into()),
        Seat::Clock => (3, 0),
        Seat::Site => (3, 1),
        Seat::Spent => (3, 2),
        Seat::Ledger => (3, 3),
        Seat::Index(Index::Keys) => (3, 4),
        Seat::Index(Index::Grouped) => (3, 5),
        Seat::Index(Index::Expiring) => (3, 6),
        Seat::Key(key) => return Err(key),
    })
}

impl Layout {
    /// The place of a seat, if it has one.
    pub(super) fn place(&self, seat: &Seat) -> Option<Place> {
        match number(seat) {
            Ok((kind, number)) => self.numbered[kind].get(number).copied().flatten(),
            Err(key) => self.keys.get(key).copied(),
        }
    }

    /// The place of a seat; a new one comes last.
    pub(super) fn place_or_add(&mut self, seat: &Seat) -> Place {
        if let Some(place) = self.place(seat) {
            return place;
        }
        let place = self.seats.len() as Place;
        self.seats.push(seat.clone());
        match number(seat) {
            Ok((kind, number)) => {
                let places = &mut self.numbered[kind];
                places.resize(places.len().max(number + 1), None);
                places[number] = Some(place);
            }
            Err(key) => {
                self.keys.insert(key.clone(), place);
            }
        }
        place
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
