//! The reference broker: what Redis answers, as a value.
//!
//! [`Broker::apply`] is the interface; beside it are the outbox (messages to subscribers, replies to clients that were
//! blocked) and [`Broker::advance`] (time). A [`cluster::Cluster`] is several of them. A [`Broker`] can be cloned, compared and hashed, so that a model checker can
//! explore what a design may meet. Nothing here reads a clock, a file, a socket or a random source.
//!
//! ```
//! use redelivery_engine::{Broker, Bytes, ClientId, Reply};
//!
//! let mut broker = Broker::new();
//! let mut at = |now, line: &str| {
//!     let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
//!     broker.apply_argv(ClientId(1), &argv, now)
//! };
//! at(0, "XGROUP CREATE orders billing $ MKSTREAM");
//! assert_eq!(at(5, "XADD orders * item book"), Some(Reply::Bulk("5-0".into())));
//! at(6, "XREADGROUP GROUP billing anna STREAMS orders >");
//! let bens = at(60_006, "XCLAIM orders billing ben 60000 5-0 JUSTID");
//! assert_eq!(bens, Some(Reply::Array(vec![Reply::Bulk("5-0".into())])));
//! ```
//!
//! # Map
//!
//! | module | what it holds |
//! |---|---|
//! | [`command`] | commands in their parsed form |
//! | `syntax` | argument vectors, read and written: [`Command::parse`], [`Command::to_argv`] |
//! | `broker` | who may run now: transactions, waiting, time; views for monitors |
//! | `run` | what each command does, one file per family |
//! | `keyspace` | the keys, and the accessor through which commands reach them |
//! | `witness` | who hears which keys are looked at |
//! | `propagation` | what a command tells the append-only file and the replicas |
//! | `databases` | sixteen keyspaces, and which client uses which |
//! | `stream` | entries and consumer groups |
//! | `pending` | the pending entries list and the consumers |
//! | `pubsub` | who has subscribed to what |
//! | [`Renaming`] | the same broker with other names for its clients |
//! | `notifications` | what is told about keys, on which channels |
//! | [`cluster`] | several brokers that share the slots, and the bus between them |
//! | [`glob`] | patterns |
//! | [`reply`], [`push`], [`error_text`], [`errors`] | answers, messages, the texts of shared errors |
//! | [`resp`] | RESP2 and RESP3, without IO |
//! | `small_map` | the container of all the above |
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod bytes;
pub mod cluster;
pub mod command;
pub mod error_text;
pub mod errors;
pub mod glob;
pub mod id;
pub mod push;
pub mod reply;
pub mod resp;

mod broker;
mod databases;
mod decimal;
mod keyspace;
mod notifications;
mod pending;
mod propagation;
mod pubsub;
mod renaming;
mod run;
mod small_map;
mod stream;
mod syntax;
mod witness;

pub use broker::{AutoIds, Broker, Counts, DatabaseCounts, KeyPart, SetAside};
pub use bytes::Bytes;
pub use command::Command;
pub use databases::Database;
pub use error_text::ErrorText;
pub use id::StreamId;
pub use notifications::{Notifications, UnknownClass};
pub use pending::{Consumer, PendingEntry};
pub use propagation::Unit;
pub use push::Push;
pub use renaming::Renaming;
pub use reply::Reply;
pub use stream::{Entry, Group, NodeLimits, Stream};
pub use witness::{Index, Witness};

/// Milliseconds since the Unix epoch, or since whatever moment the caller calls zero.
pub type Millis = u64;

/// One connection to the broker, named by whoever made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub u64);
