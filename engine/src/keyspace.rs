//! The keys of a database, and the one accessor through which commands reach them.
//!
//! A value is shared between copies of the broker until one of them writes it. Nothing outside this file touches a
//! value otherwise than through [`Access`]: what a command read and wrote can be observed here. It decides nothing
//! about replies, except that a key of another type is `WRONGTYPE`. Read next: `run/`, the commands.

mod renamed;
mod signals;
mod value;

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};
use core::mem;

use crate::broker::AutoIds;
use crate::databases::Database;
use crate::errors::WRONG_TYPE;
use crate::notifications::{Class, Event};
use crate::small_map::SmallMap;
use crate::witness::{Index, Kept, Slots, Witness};
use crate::{Bytes, Millis, NodeLimits, Reply, Stream};
pub(crate) use signals::{Change, Ready, Signals};
pub(crate) use value::{Slot, Value};

/// All keys of one database.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keyspace {
    slots: Slots<Slot>,
    /// The times to live once more, the earliest first: they follow from `slots`, so equality and hash ignore them.
    deadlines: SmallMap<(Millis, Bytes), ()>,
}

impl PartialEq for Keyspace {
    fn eq(&self, other: &Self) -> bool {
        self.slots == other.slots
    }
}

impl Eq for Keyspace {}

impl Hash for Keyspace {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.slots.hash(state);
    }
}

impl Keyspace {
    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Whether there is a key, be its time over or not.
    pub(crate) fn contains(&self, key: &[u8]) -> bool {
        self.slots.contains_key(key)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &Bytes> {
        self.slots.keys()
    }

    pub(crate) fn slots(&self) -> impl Iterator<Item = (&Bytes, &Slot)> {
        self.slots.of(Index::Keys)
    }

    /// The keys with a time to live and when it ends, by key.
    pub(crate) fn keys_that_expire(&self) -> impl Iterator<Item = (&Bytes, Millis)> {
        let expiring = self.slots.of(Index::Expiring);
        expiring.filter_map(|(key, slot)| Some((key, slot.expires_at?)))
    }

    /// The key whose time to live ends first.
    pub(crate) fn earliest_expiry(&self) -> Option<(Millis, &Bytes)> {
        self.slots.see_index(Index::Expiring);
        let (deadline, key) = self.deadlines.keys().next()?;
        self.slots.see(key);
        Some((*deadline, key))
    }

    /// When the key's time to live ends, if it has one.
    pub(crate) fn expires_at(&self, key: &[u8]) -> Option<Millis> {
        self.slots.get(key)?.expires_at
    }

    /// Every key with a time to live keeps one, which never ends by itself. Those of which that is true already are not
    /// looked at.
    pub(crate) fn forget_deadlines(&mut self) {
        let ends = |(deadline, key): &(Millis, Bytes)| (*deadline != Millis::MAX).then(|| (*deadline, key.clone()));
        let ending: Vec<(Millis, Bytes)> = self.deadlines.keys().map_while(ends).collect();
        for (deadline, key) in ending {
            self.deadlines.remove(&(deadline, key.clone()));
            if let Some(slot) = self.slots.get_mut(&key) {
                slot.expires_at = Some(Millis::MAX);
                self.deadlines.insert((Millis::MAX, key), ());
            }
        }
    }

    /// Every time to live ends earlier by so many milliseconds, or later.
    pub(crate) fn bring_forward(&mut self, ms: i64) {
        let ending: Vec<(Millis, Bytes)> = self.deadlines.keys().cloned().collect();
        for (deadline, key) in ending {
            self.deadlines.remove(&(deadline, key.clone()));
            let deadline = deadline.saturating_add_signed(ms.saturating_neg());
            if let Some(slot) = self.slots.get_mut(&key) {
                slot.expires_at = Some(deadline);
                self.deadlines.insert((deadline, key), ());
            }
        }
    }

    /// The keys of streams that may have changed since changes were forgotten, if they ever were; unreported.
    pub(crate) fn changed_streams(&self) -> Option<&[Bytes]> {
        self.slots.changed()
    }

    pub(crate) fn forget_changes(&mut self) {
        self.slots.forget_changes();
    }

    /// From now on somebody hears of each access to a key, or nobody.
    pub(crate) fn attend(&mut self, witness: Option<Arc<dyn Witness>>) {
        self.slots.attend(witness);
    }

    /// Exchanges all keys with another's.
    pub(crate) fn exchange(&mut self, other: &mut Self) {
        self.slots.exchange(&mut other.slots);
        mem::swap(&mut self.deadlines, &mut other.deadlines);
    }

    /// The keys of an index, with their types, and which have a time to live; unreported.
    pub(crate) fn index(&self, of: Index) -> impl Iterator<Item = (&Bytes, &'static str, bool)> {
        let slots = self.slots.unreported().filter(move |(_, slot)| slot.is_in(of));
        slots.map(|(key, slot)| (key, slot.value.type_name(), slot.expires_at.is_some()))
    }

    /// What lies at a key, with its time to live; unreported.
    pub(crate) fn slot(&self, key: &[u8]) -> Option<Slot> {
        self.slots.unreported_at(key).cloned()
    }

    /// Puts something at a key, or takes it away: a change that no command made, unreported.
    pub(crate) fn set_slot(&mut self, key: &Bytes, slot: Option<Slot>) {
        let expires_at = slot.as_ref().and_then(|slot| slot.expires_at);
        if let Some(deadline) = self.slots.replace(key, slot).and_then(|slot| slot.expires_at) {
            self.deadlines.remove(&(deadline, key.clone()));
        }
        if let Some(deadline) = expires_at {
            self.deadlines.insert((deadline, key.clone()), ());
        }
    }

    /// # Panics
    /// When the times to live are not those of the keys.
    pub(crate) fn assert_consistent(&self) {
        let slots = self.slots.unreported();
        let mut expected: Vec<_> = slots.filter_map(|(key, slot)| Some((slot.expires_at?, key))).collect();
        expected.sort();
        let deadlines = self.deadlines.keys().map(|(deadline, key)| (*deadline, key));
        assert!(deadlines.eq(expected), "times to live: {self:?}");
    }

    /// A stream as it is, whether or not its time to live is over.
    pub(crate) fn stream(&self, key: &[u8]) -> Option<&Stream> {
        self.slots.get(key)?.stream()
    }

    pub(crate) fn list(&self, key: &[u8]) -> Option<&VecDeque<Bytes>> {
        match &*self.slots.get(key)?.value {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    pub(crate) fn grouped_streams(&self) -> impl Iterator<Item = (&Bytes, &Stream)> {
        let streams = self.slots.of(Index::Grouped);
        streams.filter_map(|(key, slot)| Some((key, slot.stream()?)))
    }

    /// All streams, unreported: see [`Slots::unreported`].
    pub(crate) fn streams_unreported(&self) -> impl Iterator<Item = (&Bytes, &Stream)> {
        let all = self.slots.unreported();
        all.filter_map(|(key, slot)| Some((key, slot.stream()?)))
    }

    /// A stream to be changed by other means than a command.
    pub(crate) fn stream_mut(&mut self, key: &[u8]) -> Option<&mut Stream> {
        match Arc::make_mut(&mut self.slots.get_mut(key)?.value) {
            Value::Stream(stream) => Some(stream),
            _ => None,
        }
    }
}

/// The keys, as one command sees them at one moment.
#[derive(Debug)]
pub(crate) struct Access<'a> {
    pub(crate) keyspace: &'a mut Keyspace,
    /// Whose keys they are.
    pub(crate) database: Database,
    pub(crate) signals: &'a mut Signals,
    pub(crate) now: Millis,
    pub(crate) auto_ids: AutoIds,
    pub(crate) node_limits: NodeLimits,
}

impl Access<'_> {
    /// What a key holds; a key whose time is over is removed first.
    pub(crate) fn value(&mut self, key: &[u8]) -> Option<&Value> {
        self.expire_if_due(key);
        self.keyspace.slots.get(key).map(|slot| &*slot.value)
    }

    /// What a key holds, to be changed: copied first if a copy of the broker shares it.
    pub(crate) fn value_mut(&mut self, key: &[u8]) -> Option<&mut Value> {
        self.expire_if_due(key);
        self.keyspace
            .slots
            .get_mut(key)
            .map(|slot| Arc::make_mut(&mut slot.value))
    }

    pub(crate) fn contains(&mut self, key: &[u8]) -> bool {
        self.value(key).is_some()
    }

    /// A new key, or a new value that keeps the time to live. Wakes those who wait for either.
    pub(crate) fn insert(&mut self, key: &Bytes, value: Value) {
        let expires_at = self.expires_at(key);
        let change = value.change();
        let value = Arc::new(value);
        if self
            .keyspace
            .slots
            .insert(key.clone(), Slot { value, expires_at })
            .is_none()
        {
            self.notify(Class::New, "new", key);
        }
        self.wake(key, change);
        self.modified(key);
    }

    /// The same, of a value that has nothing to do with the one before.
    pub(crate) fn overwrite(&mut self, key: &Bytes, value: Value) {
        let before = self.value(key).map(Value::type_name);
        let after = value.type_name();
        self.insert(key, value);
        self.notify_overwritten(key, before, after);
    }

    fn notify_overwritten(&mut self, key: &[u8], before: Option<&str>, after: &str) {
        let Some(before) = before else { return };
        self.notify(Class::Overwritten, "overwritten", key);
        if before != after {
            self.notify(Class::TypeChanged, "type_changed", key);
        }
    }

    /// Tells of an event, if events of its class are told.
    #[inline]
    pub(crate) fn notify(&mut self, class: Class, name: &'static str, key: &[u8]) {
        if self.tells(class) {
            let key = key.into();
            self.signals.events.push(Event { name, key });
        }
    }

    /// Whether events of a class are told.
    #[inline]
    pub(crate) fn tells(&self, class: Class) -> bool {
        self.signals.notifications.tell(class)
    }

    /// Removes a key; false when there was none.
    pub(crate) fn remove(&mut self, key: &[u8]) -> bool {
        self.expire_if_due(key);
        let was_there = self.discard(key);
        if was_there {
            self.notify(Class::Generic, "del", key);
        }
        was_there
    }

    pub(crate) fn expires_at(&mut self, key: &[u8]) -> Option<Millis> {
        self.expire_if_due(key);
        self.keyspace.expires_at(key)
    }

    /// Sets or drops the time to live.
    pub(crate) fn set_expires_at(&mut self, key: &Bytes, expires_at: Option<Millis>) {
        let Some(slot) = self.keyspace.slots.get_mut(key) else {
            return;
        };
        if let Some(before) = mem::replace(&mut slot.expires_at, expires_at) {
            self.keyspace.deadlines.remove(&(before, key.clone()));
        }
        if let Some(deadline) = expires_at {
            self.keyspace.deadlines.insert((deadline, key.clone()), ());
        }
    }

    /// WATCH must know that `key` changed.
    pub(crate) fn modified(&mut self, key: &[u8]) {
        self.signals.changed = true;
        if self.signals.watching {
            self.signals.modified.push(key.into());
        }
    }

    /// Those who wait for `key` must try again, once the command has ended.
    pub(crate) fn ready(&mut self, key: &[u8]) {
        self.wake(key, Change::There);
    }

    fn wake(&mut self, key: &[u8], change: Change) {
        if self.signals.waiting {
            let known = self.signals.ready.iter();
            let is_new = !known
                .rev()
                .any(|(database, ready, of)| *database == self.database && **ready == *key && *of == change);
            if is_new {
                self.signals.ready.push((self.database, key.into(), change));
            }
        }
    }

    pub(crate) fn stream(&mut self, key: &[u8]) -> Result<Option<&Stream>, Reply> {
        match self.value(key) {
            Some(Value::Stream(stream)) => Ok(Some(stream)),
            Some(_) => Err(WRONG_TYPE),
            None => Ok(None),
        }
    }

    pub(crate) fn stream_mut(&mut self, key: &[u8]) -> Result<Option<&mut Stream>, Reply> {
        match self.value_of_type(key, |value| matches!(value, Value::Stream(_)))? {
            Some(Value::Stream(stream)) => Ok(Some(stream)),
            _ => Ok(None),
        }
    }

    pub(crate) fn list(&mut self, key: &[u8]) -> Result<Option<&VecDeque<Bytes>>, Reply> {
        match self.value(key) {
            Some(Value::List(list)) => Ok(Some(list)),
            Some(_) => Err(WRONG_TYPE),
            None => Ok(None),
        }
    }

    pub(crate) fn list_mut(&mut self, key: &[u8]) -> Result<Option<&mut VecDeque<Bytes>>, Reply> {
        match self.value_of_type(key, |value| matches!(value, Value::List(_)))? {
            Some(Value::List(list)) => Ok(Some(list)),
            _ => Ok(None),
        }
    }

    /// What a key holds, to be changed. The type is checked first, so that an error copies nothing.
    fn value_of_type(&mut self, key: &[u8], is_it: impl FnOnce(&Value) -> bool) -> Result<Option<&mut Value>, Reply> {
        self.expire_if_due(key);
        match self.keyspace.slots.get_mut(key) {
            None => Ok(None),
            Some(slot) if !is_it(&slot.value) => Err(WRONG_TYPE),
            Some(slot) => Ok(Some(Arc::make_mut(&mut slot.value))),
        }
    }

    /// A stream that a command may change: none also where a copy of the broker shares it and it `changes` nothing, so
    /// that nothing is copied in vain.
    pub(crate) fn stream_to_change(
        &mut self,
        key: &[u8],
        changes: impl FnOnce(&Stream) -> bool,
    ) -> Result<Option<&mut Stream>, Reply> {
        self.expire_if_due(key);
        let Some(slot) = self.keyspace.slots.get_mut(key) else {
            return Ok(None);
        };
        match &*slot.value {
            Value::Stream(stream) if Arc::strong_count(&slot.value) > 1 && !changes(stream) => return Ok(None),
            Value::Stream(_) => {}
            _ => return Err(WRONG_TYPE),
        }
        match Arc::make_mut(&mut slot.value) {
            Value::Stream(stream) => Ok(Some(stream)),
            _ => Ok(None),
        }
    }

    /// Gives what a key holds, with its time to live, another name.
    pub(crate) fn rename(&mut self, key: &Bytes, new_key: &Bytes) {
        let expires_at = self.expires_at(key);
        if key == new_key {
            return;
        }
        let Some(slot) = self.keyspace.slots.get(key) else {
            return;
        };
        let value = slot.value.clone();
        let (after, change) = (value.type_name(), value.change());
        let before = self.value(new_key).map(Value::type_name);
        self.discard(new_key);
        // Whoever waits for the old name tries before those who wait for the new one.
        self.discard(key);
        self.keyspace.slots.insert(
            new_key.clone(),
            Slot {
                value,
                expires_at: None,
            },
        );
        self.set_expires_at(new_key, expires_at);
        self.wake(new_key, change);
        self.modified(new_key);
        self.notify(Class::New, "new", new_key);
        self.notify(Class::Generic, "rename_from", key);
        self.notify(Class::Generic, "rename_to", new_key);
        self.notify_overwritten(new_key, before, after);
    }

    /// Removes every key.
    pub(crate) fn remove_all(&mut self) {
        let keys: Vec<Bytes> = self.keyspace.keys().cloned().collect();
        for key in keys {
            self.discard(&key);
        }
    }

    /// Removes `key` if its time to live is over.
    pub(crate) fn expire_if_due(&mut self, key: &[u8]) {
        // Most keyspaces have no key with a time to live.
        if !self.keyspace.deadlines.is_empty() && self.keyspace.expires_at(key).is_some_and(|at| at <= self.now) {
            self.discard_expired(key);
        }
    }

    /// Removes every key whose time to live is over.
    pub(crate) fn expire_all_due(&mut self) {
        while let Some((_, key)) = self.keyspace.earliest_expiry().filter(|&(at, _)| at <= self.now) {
            let key = key.clone();
            self.discard_expired(&key);
        }
    }

    /// The keys in their order.
    pub(crate) fn keys(&mut self) -> impl Iterator<Item = (&Bytes, &Value)> {
        self.expire_all_due();
        let slots = self.keyspace.slots.of(Index::Keys);
        slots.map(|(key, slot)| (key, &*slot.value))
    }

    /// Removes a key with a time to live, whether or not it is over.
    pub(crate) fn expire(&mut self, key: &[u8]) {
        if self.keyspace.expires_at(key).is_some() {
            self.discard_expired(key);
        }
    }

    fn discard_expired(&mut self, key: &[u8]) {
        let changed = self.signals.changed;
        self.discard(key);
        self.propagate_expiry(key);
        // It is none of the command's changes.
        self.signals.changed = changed;
        self.notify(Class::Expired, "expired", key);
    }

    /// Removes a key and tells nobody of it, but those who wait for it or watch it.
    pub(crate) fn discard(&mut self, key: &[u8]) -> bool {
        let Some(slot) = self.keyspace.slots.remove(key) else {
            return false;
        };
        if let Some(deadline) = slot.expires_at {
            self.keyspace.deadlines.remove(&(deadline, Bytes::from(key)));
        }
        self.wake(key, Change::Gone);
        self.modified(key);
        true
    }
}
