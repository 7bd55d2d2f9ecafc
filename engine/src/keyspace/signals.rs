//! What a command did to keys that others hear of: those who wait, those who watch, those who follow.

use alloc::vec::Vec;

use crate::Bytes;
use crate::databases::Database;
use crate::notifications::{Event, Notifications};
use crate::propagation;

/// Keys whose waiters must try again, and why, in the order in which that became so.
pub(crate) type Ready = Vec<(Database, Bytes, Change)>;

/// What has become of a key that others may wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// There is something for those who wait, or there may be.
    There,
    /// It went away, or holds now what nobody waits for.
    Gone,
}

/// What a command did to the keys that others may wait for or watch.
#[derive(Debug, Default)]
pub(crate) struct Signals {
    /// Keys that WATCH must know of.
    pub(crate) modified: Vec<Bytes>,
    /// Keys whose waiters must try again.
    pub(crate) ready: Ready,
    /// Whether anybody watches; otherwise `modified` stays empty.
    pub(crate) watching: bool,
    /// Whether anybody waits; otherwise `ready` stays empty.
    pub(crate) waiting: bool,
    /// What happened, of what is told.
    pub(crate) events: Vec<Event>,
    /// What is told.
    pub(crate) notifications: Notifications,
    /// Whether a key was modified since this was last reset.
    pub(crate) changed: bool,
    /// What is propagated, if somebody follows.
    pub(crate) log: propagation::Kept,
}
