//! The lock that the gate is made of: the standard library's, or loom's where its tests try every order of threads.

#[cfg(loom)]
pub(super) use loom::sync::Mutex;
#[cfg(not(loom))]
pub(super) use std::sync::Mutex;
