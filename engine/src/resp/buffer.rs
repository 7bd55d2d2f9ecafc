//! Bytes that have come and are not yet understood, for both decoders.
//!
//! It never looks twice for the same line end, however many pieces a line comes in, and gives back the room of what
//! was taken.

use alloc::vec::Vec;

/// A queue of bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    /// Before this, all was taken.
    taken: usize,
    /// Between `taken` and this there is no line end.
    searched: usize,
}

impl Buffer {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        // Moving the rest to the front pays when at least half of the room is free: amortised, each byte moves once.
        if self.taken * 2 >= self.bytes.len() {
            self.bytes.drain(..self.taken);
            self.searched = self.searched.saturating_sub(self.taken);
            self.taken = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// What is there.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.taken..]
    }

    /// How many bytes lie before the next `end`, if it has come. A buffer must be asked for one `end` until it is found.
    pub(super) fn find(&mut self, end: u8) -> Option<usize> {
        let from = self.searched.max(self.taken);
        let position = self.bytes[from..].iter().position(|&byte| byte == end);
        self.searched = position.map_or(self.bytes.len(), |position| from + position);
        position.map(|position| from + position - self.taken)
    }

    /// The same as C's `strchr` finds it: never beyond a zero byte.
    pub(super) fn find_before_zero(&mut self, end: u8) -> Option<usize> {
        let from = self.searched.max(self.taken);
        let position = self.bytes[from..].iter().position(|&byte| byte == end || byte == 0);
        self.searched = position.map_or(self.bytes.len(), |position| from + position);
        (self.bytes.get(self.searched) == Some(&end)).then(|| self.searched - self.taken)
    }

    /// Takes so many bytes, which must be there.
    pub(super) fn take(&mut self, count: usize) -> &[u8] {
        let from = self.taken;
        self.taken += count;
        self.searched = self.searched.max(self.taken);
        &self.bytes[from..self.taken]
    }
}
