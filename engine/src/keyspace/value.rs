//! What a key holds.

use alloc::collections::VecDeque;
use alloc::sync::Arc;

use super::Change;
use crate::small_map::SmallMap;
use crate::witness::{Index, Kept};
use crate::{Bytes, Millis, Stream};

/// What a key holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    String(Bytes),
    Set(SmallMap<Bytes, ()>),
    /// Never empty.
    List(VecDeque<Bytes>),
    Stream(Stream),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Slot {
    pub(crate) value: Arc<Value>,
    pub(crate) expires_at: Option<Millis>,
}

impl Slot {
    pub(super) fn stream(&self) -> Option<&Stream> {
        match &*self.value {
            Value::Stream(stream) => Some(stream),
            _ => None,
        }
    }
}

impl Value {
    /// Its type as TYPE and SCAN name it.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::String(_) => "string",
            Self::Set(_) => "set",
            Self::List(_) => "list",
            Self::Stream(_) => "stream",
        }
    }

    /// What it is to those who wait for its key.
    pub(super) fn change(&self) -> Change {
        match self {
            Self::List(_) | Self::Stream(_) => Change::There,
            Self::String(_) | Self::Set(_) => Change::Gone,
        }
    }
}

impl Kept for Slot {
    fn is_in(&self, index: Index) -> bool {
        match index {
            Index::Keys => true,
            Index::Grouped => matches!(&*self.value, Value::Stream(stream) if stream.groups().next().is_some()),
            Index::Expiring => self.expires_at.is_some(),
        }
    }

    fn is_stream(&self) -> bool {
        matches!(*self.value, Value::Stream(_))
    }
}
