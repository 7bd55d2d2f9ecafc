//! The reference broker: what Redis answers, as a value.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod bytes;
pub mod command;
pub mod id;
pub mod reply;
pub mod resp;

pub use bytes::Bytes;
pub use command::Command;
pub use id::StreamId;
pub use reply::Reply;

/// Milliseconds since the Unix epoch, or since whatever moment the caller calls zero.
pub type Millis = u64;

/// One connection to the broker, named by whoever made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub u64);
