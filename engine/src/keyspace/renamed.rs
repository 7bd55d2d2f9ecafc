//! Keys, and what lies there, with other names. Read first: `renaming.rs`.

use alloc::sync::Arc;

use super::{Keyspace, Slot, Value};
use crate::renaming::{Renaming, named_anew};

impl Keyspace {
    /// The same keys with other names, without a witness.
    pub(crate) fn renamed(&self, renaming: &dyn Renaming) -> Self {
        // Times to live follow from the slots.
        let Self { slots, deadlines: _ } = self;
        let mut renamed = Self::default();
        for (key, slot) in slots.unreported() {
            renamed.set_slot(&renaming.text(key), Some(slot.renamed(renaming)));
        }
        renamed
    }
}

impl Slot {
    pub(crate) fn renamed(&self, renaming: &dyn Renaming) -> Self {
        let Self { value, expires_at } = self;
        let value = match &**value {
            Value::String(text) => Value::String(renaming.text(text)),
            Value::Set(members) => Value::Set(named_anew(members, renaming, |()| ())),
            Value::List(items) => Value::List(items.iter().map(|item| renaming.text(item)).collect()),
            Value::Stream(stream) => Value::Stream(stream.renamed(renaming)),
        };
        // Where nothing changes, what is shared with other copies stays shared.
        let value = match value == *self.value {
            true => self.value.clone(),
            false => Arc::new(value),
        };
        Self {
            value,
            expires_at: *expires_at,
        }
    }
}
