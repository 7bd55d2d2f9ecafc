//! One client as its parent knows it: what its process remembers, worked out again from the same replies.

use std::collections::VecDeque;

use redelivery_engine::Millis;
use redelivery_engine::resp::Frame;
use redelivery_model::client::{Intent, Me, Memory, Request};
use redelivery_model::setup::{ClientIx, Setup};

use super::process::{Life, Process};
use super::tap::Wire;

/// A client.
pub(super) struct Actor {
    client: ClientIx,
    pub(super) memory: Memory,
    /// How often it came back under a new name.
    pub(super) restarts: u8,
    /// Which of its lives this is.
    pub(super) generation: usize,
    /// None while it is down.
    pub(super) process: Option<Process>,
    /// Which of this life's connections it uses.
    pub(super) connection: usize,
    pub(super) doing: Doing,
    /// What it does next, and when.
    pub(super) due: Option<(Millis, Next)>,
    /// Requests that were not answered yet, the oldest first.
    sent: VecDeque<Sent>,
}

/// What a client does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// It has said what it intends, or is down.
    Nothing,
    /// It waits for a reply.
    Waiting,
    /// It is about to say what it intends.
    Deciding,
}

/// What a client does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// What it intends.
    Step,
    /// It starts again.
    Restart,
}

/// A request on its way.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) wire: Wire,
    pub(super) request: Request,
    /// It was not sent before this.
    pub(super) earliest_ms: Millis,
    pub(super) reader: Reader,
    /// How many frames are still to come.
    missing: usize,
}

/// Who reads a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// The client, which waits for it.
    Client,
    /// Nobody: the client did not wait, or the reply is lost.
    Nobody,
    /// Nobody: the client had gone before.
    Gone,
}

impl Actor {
    /// Down, and never started.
    pub(super) fn new(setup: &Setup, client: ClientIx) -> Self {
        let restarts = 0;
        Self {
            client,
            memory: Memory::at_start(Me {
                setup,
                client,
                restarts,
            }),
            restarts,
            generation: 0,
            process: None,
            connection: 0,
            doing: Doing::Nothing,
            due: None,
            sent: VecDeque::new(),
        }
    }

    pub(super) fn me<'a>(&self, setup: &'a Setup) -> Me<'a> {
        Me {
            setup,
            client: self.client,
            restarts: self.restarts,
        }
    }

    pub(super) fn intent(&self, setup: &Setup) -> Intent {
        self.memory.intent(self.me(setup))
    }

    pub(super) fn life(&self) -> Life {
        Life {
            client: self.client,
            generation: self.generation,
        }
    }

    /// Whether it is still in this life.
    pub(super) fn lives(&self, life: Life) -> bool {
        self.process.is_some() && self.life() == life
    }

    pub(super) fn wire(&self) -> Wire {
        Wire {
            life: self.life(),
            connection: self.connection,
        }
    }

    /// A request goes out.
    pub(super) fn send(&mut self, request: Request, earliest_ms: Millis, reader: Reader) {
        self.sent.push_back(Sent {
            wire: self.wire(),
            missing: request.commands().len(),
            request,
            earliest_ms,
            reader,
        });
    }

    /// The client lets go of its connection: nobody reads what still comes over it.
    pub(super) fn let_go(&mut self, reader: Reader) {
        let wire = self.wire();
        for sent in self.sent.iter_mut().filter(|sent| sent.wire == wire) {
            sent.reader = reader;
        }
    }

    /// A frame came: answers the request that it completes.
    pub(super) fn receive(&mut self, wire: Wire, frame: &Frame) -> Option<Sent> {
        let place = self.sent.iter().position(|sent| sent.wire == wire);
        let place = place.unwrap_or_else(|| panic!("{wire:?} brought what nobody asked for: {frame:?}"));
        self.sent[place].missing -= 1;
        match self.sent[place].missing {
            0 => self.sent.remove(place),
            _ => None,
        }
    }

    /// Nothing more comes over this connection; answers whether the client waits for something on it.
    pub(super) fn closed(&mut self, wire: Wire) -> bool {
        self.sent.retain(|sent| sent.wire != wire);
        self.doing == Doing::Waiting && self.wire() == wire
    }

    /// Whether nothing will come of this client any more.
    pub(super) fn is_over(&self) -> bool {
        self.doing == Doing::Nothing && self.due.is_none() && self.sent.is_empty()
    }
}
