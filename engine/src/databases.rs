//! The sixteen databases of a broker, and which client uses which.
//!
//! Nearly everybody uses database 0 alone: the others cost nothing until somebody does. It knows no waiting and no
//! watching. Source: <https://redis.io/docs/latest/commands/select/>. Read next: `broker/databases.rs`.

mod renamed;

use alloc::sync::Arc;
use core::hash::{Hash, Hasher};

use crate::keyspace::Keyspace;
use crate::small_map::SmallMap;
use crate::{Bytes, ClientId, Millis};

/// One of the databases, by its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Database(u8);

impl Database {
    /// How many there are: what a server's `databases` is by default.
    pub const COUNT: u8 = 16;
    /// The one that every client begins with.
    pub const FIRST: Self = Self(0);

    /// The database of this number, if there is one.
    pub fn new(index: i64) -> Option<Self> {
        let index = u8::try_from(index).ok();
        index.filter(|&index| index < Self::COUNT).map(Self)
    }

    /// Its number.
    pub fn index(self) -> u8 {
        self.0
    }
}

/// All keys of all databases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Databases {
    first: Keyspace,
    /// Absent while nobody uses another than the first.
    others: Option<Arc<Others>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Others {
    /// Those that hold a key.
    keyspaces: SmallMap<Database, Keyspace>,
    /// Of clients that do not use the first.
    selected: SmallMap<ClientId, Database>,
}

impl Others {
    fn is_empty(&self) -> bool {
        self.keyspaces.is_empty() && self.selected.is_empty()
    }
}

impl Databases {
    /// The database that a client uses.
    #[inline]
    pub(crate) fn selected(&self, client: ClientId) -> Database {
        let others = self.others.as_ref();
        let selected = others.and_then(|others| others.selected.get(&client).copied());
        selected.unwrap_or(Database::FIRST)
    }

    /// A client uses this database from now on.
    pub(crate) fn select(&mut self, client: ClientId, database: Database) {
        if database != Database::FIRST {
            self.change_others(|others| others.selected.insert(client, database));
        } else if self.others.is_some() {
            self.change_others(|others| others.selected.remove(&client));
        }
    }

    /// All but the keys of the first database.
    pub(crate) fn without_first(&self) -> Self {
        Self {
            first: Keyspace::default(),
            others: self.others.clone(),
        }
    }

    /// All keys; every client uses the first database.
    pub(crate) fn without_selections(&self) -> Self {
        let mut copy = self.clone();
        if copy.others.is_some() {
            copy.change_others(|others| others.selected = SmallMap::new());
        }
        copy
    }

    /// Whether all but the keys of the first database are equal.
    pub(crate) fn is_but_for_first(&self, other: &Self) -> bool {
        self.others == other.others
    }

    pub(crate) fn hash_but_for_first(&self, state: &mut impl Hasher) {
        self.others.hash(state);
    }

    pub(crate) fn first(&self) -> &Keyspace {
        &self.first
    }

    pub(crate) fn first_mut(&mut self) -> &mut Keyspace {
        &mut self.first
    }

    /// Those that hold a key.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Database, &Keyspace)> {
        let first = (!self.first.is_empty()).then_some((Database::FIRST, &self.first));
        let others = self.others.iter().flat_map(|others| others.keyspaces.iter());
        first
            .into_iter()
            .chain(others.map(|(database, keyspace)| (*database, keyspace)))
    }

    /// Whether a database holds this key, be its time over or not.
    pub(crate) fn contains(&self, database: Database, key: &[u8]) -> bool {
        self.iter()
            .any(|(candidate, keyspace)| candidate == database && keyspace.contains(key))
    }

    /// Lets `use_keys` reach the keys of one database.
    #[inline]
    pub(crate) fn reach<T>(&mut self, database: Database, use_keys: impl FnOnce(&mut Keyspace) -> T) -> T {
        if database == Database::FIRST {
            return use_keys(&mut self.first);
        }
        self.change_others(|others| {
            let mut keyspace = others.keyspaces.remove(&database).unwrap_or_default();
            let result = use_keys(&mut keyspace);
            if !keyspace.is_empty() {
                others.keyspaces.insert(database, keyspace);
            }
            result
        })
    }

    /// Each database gets the keys of the other.
    pub(crate) fn swap(&mut self, one: Database, other: Database) {
        let mut held = Keyspace::default();
        self.reach(one, |keyspace| keyspace.exchange(&mut held));
        self.reach(other, |keyspace| keyspace.exchange(&mut held));
        self.reach(one, |keyspace| keyspace.exchange(&mut held));
    }

    /// The key whose time to live ends first.
    pub(crate) fn earliest_expiry(&self) -> Option<(Millis, Database, &Bytes)> {
        let earliest = self.iter().filter_map(|(database, keyspace)| {
            let (deadline, key) = keyspace.earliest_expiry()?;
            Some((deadline, database, key))
        });
        earliest.min()
    }

    /// # Panics
    /// When something is kept of databases that nobody uses, or a database contradicts itself.
    pub(crate) fn assert_consistent(&self) {
        self.first.assert_consistent();
        let Some(others) = &self.others else { return };
        assert!(!others.is_empty(), "idle databases: {self:?}");
        for (database, keyspace) in others.keyspaces.iter() {
            let is_needed = *database != Database::FIRST && !keyspace.is_empty();
            assert!(is_needed, "an idle database: {self:?}");
            keyspace.assert_consistent();
        }
        let mut selected = others.selected.values();
        assert!(
            selected.all(|database| *database != Database::FIRST),
            "the first database, selected: {self:?}"
        );
    }

    fn change_others<T>(&mut self, change: impl FnOnce(&mut Others) -> T) -> T {
        let others = Arc::make_mut(self.others.get_or_insert_default());
        let result = change(others);
        if others.is_empty() {
            self.others = None;
        }
        result
    }
}
