//! A part of a world that notes who looks at it: a step's outcome depends on the parts that it looked at, and on nothing
//! else.
//!
//! Nothing is declared: the value is reached through `Deref` and `DerefMut` alone, and both note it. Notes are no part of
//! the value: equality and hash do not see them.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU8, Ordering};

const LOOKED_AT: u8 = 1;
const CHANGED: u8 = 2;

/// A value, and whether it was looked at or changed since its notes were cleared.
pub(crate) struct Part<T> {
    value: T,
    /// Atomic, since explorers share worlds between threads; who notes is alone with its world.
    notes: AtomicU8,
}

impl<T> Part<T> {
    /// A new part counts as changed.
    pub(crate) fn new(value: T) -> Self {
        let notes = AtomicU8::new(LOOKED_AT | CHANGED);
        Self { value, notes }
    }

    /// Whether somebody may have changed it.
    pub(crate) fn is_changed(&self) -> bool {
        self.notes.load(Ordering::Relaxed) & CHANGED != 0
    }

    /// Whether somebody looked at it, be it to change it.
    pub(crate) fn is_looked_at(&self) -> bool {
        self.notes.load(Ordering::Relaxed) != 0
    }

    /// Nobody has looked at it since now.
    pub(crate) fn clear_notes(&mut self) {
        *self.notes.get_mut() = 0;
    }

    /// A look that is not noted: for those who keep the notes.
    pub(crate) fn unnoted(&self) -> &T {
        &self.value
    }

    /// The same, to change it.
    pub(super) fn unnoted_mut(&mut self) -> &mut T {
        &mut self.value
    }

    fn note(&self, note: u8) {
        let known = self.notes.load(Ordering::Relaxed);
        self.notes.store(known | note, Ordering::Relaxed);
    }
}

impl<T> Deref for Part<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.note(LOOKED_AT);
        &self.value
    }
}

impl<T> DerefMut for Part<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.note(LOOKED_AT | CHANGED);
        &mut self.value
    }
}

impl<T: Clone> Clone for Part<T> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            notes: AtomicU8::new(self.notes.load(Ordering::Relaxed)),
        }
    }
}

impl<T: PartialEq> PartialEq for Part<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Part<T> {}

impl<T: Hash> Hash for Part<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl<T: fmt::Debug> fmt::Debug for Part<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Part;

    #[test]
    fn notes_looks_and_changes() {
        let mut part = Part::new(1);
        part.clear_notes();
        assert!(!part.is_looked_at() && !part.is_changed());
        assert_eq!(*part, 1);
        assert!(part.is_looked_at() && !part.is_changed());
        *part += 1;
        assert!(part.is_changed());
        let copy = part.clone();
        part.clear_notes();
        assert!(copy.is_changed() && copy == part, "notes are copied, and do not count");
    }
}
