//! One client as its parent knows it: what its process remembers, worked out again from the same replies.

use std::collections::VecDeque;
use std::io;

use redelivery_engine::command::Subscription;
use redelivery_engine::resp::Frame;
use redelivery_engine::{Bytes, Millis, Push};
use redelivery_model::client::{Intent, Me, Memory, Request};
use redelivery_model::setup::{ClientIx, Setup};

use super::process::{Life, Process};
use super::proxy::Wire;
use super::push::frames_of;

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
    /// What its process said that it intends, as long as nobody compared it.
    pub(super) said: Option<String>,
    /// The request that it was ordered to send and that has not come over its wire yet.
    pub(super) ordered: Option<Request>,
    /// Since when its process owes a request or an intent.
    pub(super) owes_since_ms: Option<Millis>,
    /// Requests that the server has and has not answered yet, the oldest first.
    sent: VecDeque<Sent>,
    /// Messages that it has not read, the oldest first.
    unread: VecDeque<(Wire, Push)>,
    /// What its connections are subscribed to: channels before patterns.
    pub(super) subscribed: Vec<(Wire, Subscription, Bytes)>,
}

/// What a client does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// It has said what it intends, or is down.
    Nothing,
    /// It waits for a reply, or is about to send the request.
    Waiting,
    /// It is about to say what it intends.
    Deciding,
}

/// A request that the server has.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) wire: Wire,
    pub(super) request: Request,
    /// The server did not have it before this.
    pub(super) earliest_ms: Millis,
    pub(super) reader: Reader,
    /// What has come of its answer.
    pub(super) frames: Vec<Frame>,
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
            said: None,
            ordered: None,
            owes_since_ms: None,
            sent: VecDeque::new(),
            unread: VecDeque::new(),
            subscribed: Vec::new(),
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

    /// A request reaches the server.
    pub(super) fn send(&mut self, wire: Wire, request: Request, earliest_ms: Millis, reader: Reader) {
        self.sent.push_back(Sent {
            wire,
            frames: Vec::new(),
            request,
            earliest_ms,
            reader,
        });
    }

    /// The client lets go of a connection: nobody reads what still comes over it.
    pub(super) fn let_go(&mut self, wire: Wire, reader: Reader) {
        for sent in self.sent.iter_mut().filter(|sent| sent.wire == wire) {
            sent.reader = reader;
        }
    }

    /// A frame came: answers the request that it completes.
    pub(super) fn receive(&mut self, wire: Wire, frame: &Frame) -> io::Result<Option<Sent>> {
        let place = self.sent.iter().position(|sent| sent.wire == wire);
        let Some(place) = place else {
            return Err(io::Error::other(format!(
                "the server sent what nobody asked for: {frame:?}"
            )));
        };
        let sent = &mut self.sent[place];
        sent.frames.push(frame.clone());
        let is_refused = matches!(frame, Frame::Error(_)) && sent.request.commands().len() == 1;
        Ok(match is_refused || sent.frames.len() == frames_of(&sent.request) {
            true => self.sent.remove(place),
            false => None,
        })
    }

    /// Nothing more comes over this connection; answers whether the client waits for something on it.
    pub(super) fn closed(&mut self, wire: Wire) -> bool {
        self.sent.retain(|sent| sent.wire != wire);
        self.process.is_some() && self.doing == Doing::Waiting && self.wire() == wire
    }

    /// A message came over one of its connections.
    pub(super) fn receive_message(&mut self, wire: Wire, push: Push) {
        self.unread.push_back((wire, push));
    }

    /// The oldest message that it has not read.
    pub(super) fn read_message(&mut self) -> Option<Push> {
        let wire = self.wire();
        let place = self.unread.iter().position(|(over, _)| *over == wire)?;
        self.unread.remove(place).map(|(_, push)| push)
    }

    /// All messages that it has not read: they stood before an answer.
    pub(super) fn read_messages(&mut self) -> Vec<Push> {
        std::iter::from_fn(|| self.read_message()).collect()
    }

    /// How many messages lie unread on a connection of its.
    pub(super) fn unread_on(&self, wire: Wire) -> usize {
        self.unread.iter().filter(|(over, _)| *over == wire).count()
    }

    /// What lay unread on a connection is gone.
    pub(super) fn forget_unread(&mut self, wire: Wire) {
        self.unread.retain(|(over, _)| *over != wire);
    }

    /// Whether it waits for a message.
    pub(super) fn listens(&self, setup: &Setup) -> bool {
        self.process.is_some() && !self.has_unread() && self.intent(setup) == Intent::Listen
    }

    /// Whether there is a message that it has not read.
    pub(super) fn has_unread(&self) -> bool {
        self.unread_on(self.wire()) > 0
    }

    /// A connection of its is subscribed from now on.
    pub(super) fn subscribe(&mut self, wire: Wire, kind: Subscription, name: &Bytes) {
        let subscription = (wire, kind, name.clone());
        if !self.subscribed.contains(&subscription) {
            self.subscribed.push(subscription);
        }
    }

    /// A connection of its has unsubscribed.
    pub(super) fn unsubscribe(&mut self, wire: Wire, kind: Subscription, name: &Bytes) {
        let subscription = (wire, kind, name.clone());
        self.subscribed.retain(|known| *known != subscription);
    }

    /// A connection of its is subscribed to nothing any more.
    pub(super) fn disconnect(&mut self, wire: Wire) {
        self.subscribed.retain(|(known, ..)| *known != wire);
    }

    /// Whether a connection of its is subscribed.
    pub(super) fn is_subscribed(&self, wire: Wire) -> bool {
        self.subscribed.iter().any(|(known, ..)| *known == wire)
    }

    /// Whether it waits for a reply to a request that the server has.
    pub(super) fn waits(&self) -> bool {
        self.doing == Doing::Waiting && self.awaits(self.wire())
    }

    /// Whether something that the server has on this connection is not answered.
    pub(super) fn awaits(&self, wire: Wire) -> bool {
        self.sent.iter().any(|sent| sent.wire == wire)
    }

    /// When the server answers at the latest what it has of this client's requests: when the time is over for which it may
    /// hold one back, if that ends.
    pub(super) fn answered_by_ms(&self) -> Option<Millis> {
        let ends = |sent: &Sent| match sent.request.block_ms() {
            Some(block_ms @ 1..) => Some(sent.earliest_ms.saturating_add(block_ms)),
            _ => None,
        };
        self.sent.iter().filter_map(ends).min()
    }

    /// Whether one of these may wait there for what comes. The server shows others as blocked too, for a moment:
    /// FLUSHALL while it frees memory in the background.
    pub(super) fn may_wait(&self, wire: Wire) -> bool {
        self.sent
            .iter()
            .any(|sent| sent.wire == wire && sent.request.block_ms().is_some())
    }
}
