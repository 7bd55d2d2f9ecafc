//! Strings and keys: payloads of SET, SETEX, EXPIRE and its like, SCAN.

use crate::{Bytes, Millis};

/// `SET key value [NX | XX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]`.
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
    /// EXAT and PXAT: until this moment, in milliseconds of the broker's clock. What is over already ends the key.
    Until(Millis),
    /// KEEPTTL: as long as it had.
    Kept,
}

/// `SETEX key seconds value` and `PSETEX key ms value`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SetEx {
    /// The key.
    pub key: Bytes,
    /// How long it lives.
    pub time: i64,
    /// What the time is counted in.
    pub unit: TimeUnit,
    /// Its new value.
    pub value: Bytes,
}

/// `EXPIRE key seconds [NX | XX | GT | LT]`, `PEXPIRE key ms …`, `EXPIREAT key moment …`, `PEXPIREAT key moment …`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Expire {
    /// The key.
    pub key: Bytes,
    /// How long it lives, or until when.
    pub time: i64,
    /// When the time begins.
    pub since: Since,
    /// What the time is counted in.
    pub unit: TimeUnit,
    /// When to change its time to live at all.
    pub condition: ExpireIf,
}

/// When the time of an EXPIRE begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Since {
    /// EXPIRE and PEXPIRE: now.
    Now,
    /// EXPIREAT and PEXPIREAT: at the zero of the broker's clock.
    Epoch,
}

/// EXPIRE's or PEXPIRE's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// EXPIRE
    Seconds,
    /// PEXPIRE
    Milliseconds,
}

/// When EXPIRE and PEXPIRE change a time to live; a key without one lives for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ExpireIf {
    /// In any case.
    #[default]
    Always,
    /// NX: the key has none.
    Absent,
    /// XX: it has one.
    Present,
    /// GT: it becomes longer. XX says nothing more.
    Longer,
    /// LT: it becomes shorter.
    Shorter,
    /// XX and LT.
    PresentAndShorter,
}

/// `SCAN cursor [MATCH pattern] [COUNT n] [TYPE type]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scan {
    /// Where to go on; 0 to begin.
    pub cursor: u64,
    /// Only keys that it matches.
    pub pattern: Option<Bytes>,
    /// How many keys to look at, whether or not they are wanted; 10 when not said.
    pub count: Option<u64>,
    /// Only keys that hold this type.
    pub type_name: Option<Bytes>,
}
