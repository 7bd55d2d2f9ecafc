//! What steps tell: lists of events, each kept once.

use std::hash::{Hash, Hasher};
use std::ops::Deref;

use super::store::Mixer;
use super::table::{Table, upper};
use crate::event::{Event, Moment};

/// What happened, and when.
pub(super) type Told = (Moment, Event);

/// What happens in a step, one after the other.
#[derive(Debug, Default)]
pub(super) struct Tale {
    told: Vec<Told>,
    /// Once it is kept.
    number: Option<u32>,
}

impl Tale {
    pub(super) fn push(&mut self, told: Told) {
        self.told.push(told);
    }

    pub(super) fn number(&self) -> Option<u32> {
        self.number
    }
}

impl Deref for Tale {
    type Target = [Told];

    fn deref(&self) -> &[Told] {
        &self.told
    }
}

impl FromIterator<Told> for Tale {
    fn from_iter<I: IntoIterator<Item = Told>>(told: I) -> Self {
        Self {
            told: told.into_iter().collect(),
            number: None,
        }
    }
}

/// All tales that steps have told.
#[derive(Debug, Default)]
pub(super) struct Tales {
    tales: Vec<Tale>,
    /// The upper halves of their hashes.
    uppers: Vec<u32>,
    table: Table,
}

impl Tales {
    pub(super) fn get(&self, number: u32) -> &Tale {
        &self.tales[number as usize]
    }

    /// The number of a tale, if it is known.
    pub(super) fn find(&self, tale: &Tale) -> Option<u32> {
        self.find_of(tale.iter())
    }

    /// The number of the tale of this, if it is known.
    pub(super) fn find_of<'a>(&self, told: impl Iterator<Item = &'a Told> + Clone) -> Option<u32> {
        let is_it = |known: u32| told.clone().eq(self.tales[known as usize].iter());
        self.table.find(hash(told.clone()), is_it)
    }

    /// Adds a tale that is not known; answers its number.
    pub(super) fn add(&mut self, mut tale: Tale) -> u32 {
        let hash = hash(tale.iter());
        let number = self.table.add(hash, |known| self.uppers[known as usize]);
        self.uppers.push(upper(hash));
        tale.number = Some(number);
        self.tales.push(tale);
        number
    }
}

fn hash<'a>(told: impl Iterator<Item = &'a Told>) -> u64 {
    let mut hasher = Mixer::default();
    told.for_each(|told| told.hash(&mut hasher));
    hasher.finish()
}
