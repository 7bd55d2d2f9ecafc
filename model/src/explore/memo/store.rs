//! Pieces of worlds, each kept once. Equal pieces have one number; 0 stands for a free seat.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use super::table::Table;
use crate::world::Piece;

/// A piece by number.
pub(super) type Id = u32;

/// A free seat.
pub(super) const NOTHING: Id = 0;

/// All pieces that were seen.
#[derive(Debug, Default)]
pub(super) struct Store {
    pieces: Vec<(u64, Piece)>,
    table: Table,
}

impl Store {
    /// A piece; none for a free seat.
    pub(super) fn get(&self, id: Id) -> Option<&Piece> {
        let place = id.checked_sub(1)?;
        Some(&self.pieces[place as usize].1)
    }

    /// The number of a piece.
    pub(super) fn intern(&mut self, hash: u64, piece: Piece) -> Id {
        let pieces = &self.pieces;
        let is_it = |place: u32| pieces[place as usize].0 == hash && pieces[place as usize].1 == piece;
        match self.table.find(hash, is_it) {
            Some(place) => place + 1,
            None => {
                let place = self.table.insert(hash, |place| self.pieces[place as usize].0);
                self.pieces.push((hash, piece));
                place + 1
            }
        }
    }
}

/// Of fixed keys: the same in each run.
pub(super) fn hash(piece: &Piece) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(piece)
}
