//! The same broker with other names: for explorers that know some of its clients to be interchangeable.
//!
//! Nothing here happens in a real broker, and nobody who looks on hears of it. Each place that may hold a client or a text
//! is listed, without `..`: a new field does not compile before somebody has said what becomes of it. Read next:
//! `broker/renamed.rs`.

use alloc::vec::Vec;

use crate::small_map::SmallMap;
use crate::{Bytes, ClientId, Command};

/// Other names, one to one.
pub trait Renaming {
    /// Who stands in place of a client.
    fn client(&self, client: ClientId) -> ClientId;

    /// What stands in place of a key, a name, a value or an argument of a command; itself, if it is nobody's name.
    fn text(&self, text: &Bytes) -> Bytes;
}

impl Command {
    /// The same command with other names among its arguments.
    ///
    /// # Panics
    /// When a text is also a keyword, so that its place makes it no command any more.
    pub fn renamed(&self, renaming: &dyn Renaming) -> Self {
        let argv = self.to_argv();
        let renamed = texts(&argv, renaming);
        if renamed == argv {
            return self.clone();
        }
        Self::parse(&renamed).expect("names are no keywords")
    }
}

pub(crate) fn texts(texts: &[Bytes], renaming: &dyn Renaming) -> Vec<Bytes> {
    texts.iter().map(|text| renaming.text(text)).collect()
}

/// What something is found by, and has another in its place.
pub(crate) trait Name: Ord + Clone {
    /// What stands in its place.
    fn renamed(&self, renaming: &dyn Renaming) -> Self;
}

impl Name for Bytes {
    fn renamed(&self, renaming: &dyn Renaming) -> Self {
        renaming.text(self)
    }
}

impl Name for ClientId {
    fn renamed(&self, renaming: &dyn Renaming) -> Self {
        renaming.client(*self)
    }
}

/// A map from names, with what lies there made anew.
pub(crate) fn named_anew<N: Name, V, W>(
    map: &SmallMap<N, V>,
    renaming: &dyn Renaming,
    anew: impl Fn(&V) -> W,
) -> SmallMap<N, W> {
    let mut renamed = SmallMap::new();
    for (name, value) in map.iter() {
        renamed.insert(name.renamed(renaming), anew(value));
    }
    renamed
}
