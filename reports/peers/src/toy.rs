//! A toy broker: one stream, one group, and no more of it than the plain workload needs.
//!
//! It answers with numbers, so that peers pay for carrying a message and not for writing it down.

use std::collections::{BTreeSet, VecDeque};

/// The answer to a read when everything is settled.
pub const END: u64 = u64::MAX;

/// What clients ask for.
#[derive(Clone, Copy, Debug)]
pub enum Command {
    /// XADD.
    Add,
    /// XREADGROUP with BLOCK 0.
    Read,
    /// XACK.
    Ack(u64),
}

impl Command {
    /// As it goes over a wire.
    pub fn to_wire(self) -> [u8; 8] {
        let number = match self {
            Self::Add => 0,
            Self::Read => 1,
            Self::Ack(id) => id + 2,
        };
        number.to_le_bytes()
    }

    /// The same, back.
    pub fn from_wire(bytes: [u8; 8]) -> Self {
        match u64::from_le_bytes(bytes) {
            0 => Self::Add,
            1 => Self::Read,
            more => Self::Ack(more - 2),
        }
    }
}

/// The broker; clients are known by numbers of their own, whatever a peer has of these.
#[derive(Debug)]
pub struct Broker<C> {
    messages: u64,
    added: u64,
    delivered: u64,
    pending: BTreeSet<u64>,
    settled: u64,
    waiting: VecDeque<C>,
}

impl<C> Broker<C> {
    /// So many messages are to come.
    pub fn new(messages: u64) -> Self {
        Self {
            messages,
            added: 0,
            delivered: 0,
            pending: BTreeSet::new(),
            settled: 0,
            waiting: VecDeque::new(),
        }
    }

    /// Messages that were acknowledged.
    pub fn settled(&self) -> u64 {
        self.settled
    }

    /// Executes a command; `reply` hears the answers to it and to those who waited.
    pub fn apply(&mut self, client: C, command: Command, reply: &mut impl FnMut(C, u64)) {
        match command {
            Command::Add => {
                self.added += 1;
                reply(client, self.added - 1);
                if let Some(waiting) = self.waiting.pop_front() {
                    self.deliver(waiting, reply);
                }
            }
            Command::Read if self.delivered < self.added => self.deliver(client, reply),
            Command::Read if self.settled == self.messages => reply(client, END),
            Command::Read => self.waiting.push_back(client),
            Command::Ack(id) => {
                self.settled += u64::from(self.pending.remove(&id));
                reply(client, 1);
                if self.settled == self.messages {
                    self.waiting.drain(..).for_each(|waiting| reply(waiting, END));
                }
            }
        }
    }

    fn deliver(&mut self, client: C, reply: &mut impl FnMut(C, u64)) {
        self.pending.insert(self.delivered);
        reply(client, self.delivered);
        self.delivered += 1;
    }
}
