//! What a client holds and knows, for whoever shows a state: what it intends next follows from it, but does not tell all.
//!
//! Nothing decides by it. Read next: each role's `Memory`, of which this is the part that people care about.

use redelivery_engine::StreamId;

use super::Memory;
use crate::setup::Message;

/// Something that a client holds or knows, and that a crash takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// A message that it handles, or will: the entry, and which try this is, as far as it knows.
    Message {
        /// Which one.
        message: Message,
        /// The entry that carries it.
        id: Option<StreamId>,
        /// From 1.
        tries: Option<u64>,
    },
    /// An entry that it found idle, and how often that was delivered: it is about to claim it.
    Candidate {
        /// The entry.
        id: StreamId,
        /// Its delivery counter.
        deliveries: u64,
    },
    /// An item that it found where somebody left it, and may put back.
    Found(Message),
    /// A message that it heard, and keeps until it has read what it missed.
    HeardEarly(Message),
    /// A message that it will drop if it comes again.
    Known(Message),
    /// An entry that it added itself.
    Added(StreamId),
    /// It has read up to this entry.
    ReadUpTo(StreamId),
    /// It looks for idle entries, or through its own pending ones, from here on.
    Cursor(StreamId),
    /// Whether the last look raised its alarm.
    Alarm(bool),
}

impl Memory {
    /// All of it, what is at hand first.
    pub fn holds(&self) -> Vec<Held> {
        match self {
            Self::Producer(memory) => memory.holds(),
            Self::Consumer(memory) => memory.holds(),
            Self::Administrator(memory) => memory.holds(),
            Self::Repairer(memory) => memory.holds(),
            Self::Reader(memory) => memory.holds(),
            Self::Watcher(memory) => memory.holds(),
            Self::Worker(memory) => memory.holds(),
            Self::Reaper(memory) => memory.holds(),
            Self::Subscriber(memory) => memory.holds(),
            // What they are about to send is all there is.
            Self::Publisher(_) | Self::Mover(_) => Vec::new(),
        }
    }
}
