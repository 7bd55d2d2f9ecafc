//! The keys, and the one accessor through which commands reach them.
//!
//! A value is shared between copies of the broker until one of them writes it. Nothing outside this file touches a
//! value otherwise than through [`Access`]: what a command read and wrote can be observed here. It decides nothing
//! about replies, except that a key of another type is `WRONGTYPE`. Read next: `run/`, the commands.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::broker::AutoIds;
use crate::errors::WRONG_TYPE;
use crate::small_map::SmallMap;
use crate::{Bytes, Millis, Reply, Stream};

/// What a key holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    String(Bytes),
    Set(SmallMap<Bytes, ()>),
    Stream(Stream),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Slot {
    value: Arc<Value>,
    expires_at: Option<Millis>,
}

/// All keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Keyspace(SmallMap<Bytes, Slot>);

impl Keyspace {
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Bytes> {
        self.0.keys()
    }

    pub(crate) fn keys_that_expire(&self) -> impl Iterator<Item = (&Bytes, Millis)> {
        self.0.iter().filter_map(|(key, slot)| Some((key, slot.expires_at?)))
    }

    /// A stream as it is, whether or not its time to live is over.
    pub(crate) fn stream(&self, key: &[u8]) -> Option<&Stream> {
        match &*self.0.get(key)?.value {
            Value::Stream(stream) => Some(stream),
            _ => None,
        }
    }

    pub(crate) fn streams(&self) -> impl Iterator<Item = (&Bytes, &Stream)> {
        self.0.iter().filter_map(|(key, slot)| match &*slot.value {
            Value::Stream(stream) => Some((key, stream)),
            _ => None,
        })
    }

    /// A stream to be changed by other means than a command.
    pub(crate) fn stream_mut(&mut self, key: &[u8]) -> Option<&mut Stream> {
        match Arc::make_mut(&mut self.0.get_mut(key)?.value) {
            Value::Stream(stream) => Some(stream),
            _ => None,
        }
    }
}

/// What a command did to the keys that others may wait for or watch.
#[derive(Debug, Default)]
pub(crate) struct Signals {
    /// Keys that WATCH must know of.
    pub(crate) modified: Vec<Bytes>,
    /// Keys whose waiters must try again.
    pub(crate) ready: Vec<Bytes>,
    /// Whether anybody watches; otherwise `modified` stays empty.
    pub(crate) watching: bool,
    /// Whether anybody waits; otherwise `ready` stays empty.
    pub(crate) waiting: bool,
}

/// The keys, as one command sees them at one moment.
#[derive(Debug)]
pub(crate) struct Access<'a> {
    pub(crate) keyspace: &'a mut Keyspace,
    pub(crate) signals: Signals,
    pub(crate) now: Millis,
    pub(crate) auto_ids: AutoIds,
}

impl Access<'_> {
    /// What a key holds; a key whose time is over is removed first.
    pub(crate) fn value(&mut self, key: &[u8]) -> Option<&Value> {
        self.expire_if_due(key);
        self.keyspace.0.get(key).map(|slot| &*slot.value)
    }

    /// What a key holds, to be changed: copied first if a copy of the broker shares it.
    pub(crate) fn value_mut(&mut self, key: &[u8]) -> Option<&mut Value> {
        self.expire_if_due(key);
        self.keyspace.0.get_mut(key).map(|slot| Arc::make_mut(&mut slot.value))
    }

    pub(crate) fn contains(&mut self, key: &[u8]) -> bool {
        self.value(key).is_some()
    }

    /// A new key, or a new value that keeps the time to live. Wakes those who wait for either.
    pub(crate) fn insert(&mut self, key: &Bytes, value: Value) {
        let expires_at = self.expires_at(key);
        let value = Arc::new(value);
        self.keyspace.0.insert(key.clone(), Slot { value, expires_at });
        self.ready(key);
        self.modified(key);
    }

    /// Removes a key; false when there was none.
    pub(crate) fn remove(&mut self, key: &[u8]) -> bool {
        self.expire_if_due(key);
        self.discard(key)
    }

    pub(crate) fn expires_at(&mut self, key: &[u8]) -> Option<Millis> {
        self.expire_if_due(key);
        self.keyspace.0.get(key)?.expires_at
    }

    /// Sets or drops the time to live.
    pub(crate) fn set_expires_at(&mut self, key: &[u8], expires_at: Option<Millis>) {
        if let Some(slot) = self.keyspace.0.get_mut(key) {
            slot.expires_at = expires_at;
        }
    }

    /// WATCH must know that `key` changed.
    pub(crate) fn modified(&mut self, key: &[u8]) {
        if self.signals.watching {
            self.signals.modified.push(key.into());
        }
    }

    /// Those who wait for `key` must try again, once the command has ended.
    pub(crate) fn ready(&mut self, key: &[u8]) {
        if self.signals.waiting && !self.signals.ready.iter().any(|ready| **ready == *key) {
            self.signals.ready.push(key.into());
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
        // The type first, so that an error copies nothing.
        if self.stream(key)?.is_none() {
            return Ok(None);
        }
        match self.value_mut(key) {
            Some(Value::Stream(stream)) => Ok(Some(stream)),
            _ => Ok(None),
        }
    }

    /// Removes `key` if its time to live is over.
    pub(crate) fn expire_if_due(&mut self, key: &[u8]) {
        let expires_at = self.keyspace.0.get(key).and_then(|slot| slot.expires_at);
        if expires_at.is_some_and(|at| at <= self.now) {
            self.discard(key);
        }
    }

    /// Removes a key with a time to live, whether or not it is over.
    pub(crate) fn expire(&mut self, key: &[u8]) {
        if self.keyspace.0.get(key).is_some_and(|slot| slot.expires_at.is_some()) {
            self.discard(key);
        }
    }

    fn discard(&mut self, key: &[u8]) -> bool {
        let removed = self.keyspace.0.remove(key).is_some();
        if removed {
            self.ready(key);
            self.modified(key);
        }
        removed
    }
}
