//! Pieces of worlds, each kept once. Equal pieces have one number; 0 stands for a free seat.

use std::hash::{Hash, Hasher};

use super::table::{Table, mix, spread, upper};
use crate::world::{Piece, PieceRef};

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

    /// The number of a piece, if it is known.
    pub(super) fn find(&self, hash: u64, piece: &PieceRef<'_>) -> Option<Id> {
        let pieces = &self.pieces;
        let is_it = |place: u32| pieces[place as usize].0 == hash && piece.is(&pieces[place as usize].1);
        Some(self.table.find(hash, is_it)? + 1)
    }

    /// The number of a piece.
    pub(super) fn intern(&mut self, hash: u64, piece: Piece) -> Id {
        self.find(hash, &piece.view()).unwrap_or_else(|| {
            let place = self.table.add(hash, |place| upper(self.pieces[place as usize].0));
            self.pieces.push((hash, piece));
            place + 1
        })
    }
}

/// The same in each run.
pub(super) fn hash(piece: &PieceRef<'_>) -> u64 {
    let mut hasher = Mixer::default();
    piece.hash(&mut hasher);
    hasher.finish()
}

/// A hash of few instructions: equality decides.
#[derive(Default)]
pub(super) struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|&word| self.write_u64(u64::from_le_bytes(word)));
        if !rest.is_empty() {
            let word = rest.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
            self.write_u64(word);
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(number.into());
    }

    fn write_u16(&mut self, number: u16) {
        self.write_u64(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = mix(self.0, number);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        spread(self.0)
    }
}
