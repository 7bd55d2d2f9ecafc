//! Strings and keys: payloads of SET.

use crate::{Bytes, Millis};

/// `SET key value [NX | XX] [GET] [EX s | PX ms | KEEPTTL]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Set {
    /// The key.
    pub key: Bytes,
    /// Its new value.
    pub value: Bytes,
    /// When to set at all.
    pub condition: Condition,
    /// Answer the old value.
    pub get: bool,
    /// How long the key lives.
    pub lifetime: Lifetime,
}

/// When SET sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Condition {
    /// In any case.
    #[default]
    Always,
    /// NX: only a key that does not exist.
    IfAbsent,
    /// XX: only a key that exists.
    IfPresent,
}

/// How long a key that SET wrote lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lifetime {
    /// For ever; an earlier time to live is dropped.
    #[default]
    Unlimited,
    /// EX and PX: this many milliseconds.
    For(Millis),
    /// KEEPTTL: as long as it had.
    Kept,
}
