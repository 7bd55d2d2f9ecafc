//! The other side: a real server and one connection for each client.
//!
//! Whether a client is blocked cannot be asked; it is inferred: the server executes what it has received in order, so
//! once it has twice answered a PING that was sent later, every earlier command was executed and its replies written.

use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redelivery_engine::resp::{Frame, Version};
use redelivery_engine::{Bytes, NodeLimits};
use redelivery_scenarios::live::{Connection, Server, argv};

use crate::side::{Outcome, Side};
use crate::step::CLIENTS;

/// A reply that takes longer than this is a difference.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A server, reached by all clients in one version of the protocol.
pub(crate) struct Theirs<'a> {
    server: &'a Server,
    version: Version,
    control: Connection,
    /// As far as they are known: another run may have left others.
    limits: Option<NodeLimits>,
    clients: Vec<Client>,
}

struct Client {
    connection: Connection,
    id: i64,
    blocked: bool,
}

impl<'a> Theirs<'a> {
    pub(crate) fn new(server: &'a Server, version: Version) -> Self {
        let control = server.connect(TIMEOUT).expect("the server takes connections");
        let clients = (0..CLIENTS).map(|_| Client::new(server, version)).collect();
        Self {
            server,
            version,
            control,
            limits: None,
            clients,
        }
    }

    fn control(&mut self, words: &str) -> Frame {
        self.control.request(&argv(words)).expect("the server answers")
    }

    /// Waits until everything that was sent is executed and answered.
    fn settle(&mut self) {
        for _ in 0..2 {
            self.control("PING");
        }
    }

    /// What blocked clients have received.
    fn delivered(&mut self) -> Vec<(usize, Frame)> {
        if !self.clients.iter().any(|client| client.blocked) {
            return Vec::new();
        }
        self.settle();
        let mut delivered = Vec::new();
        for (index, client) in self.clients.iter_mut().enumerate().filter(|(_, client)| client.blocked) {
            if let Some(frame) = client.connection.poll().expect("a blocked client stays connected") {
                client.blocked = false;
                delivered.push((index, frame));
            }
        }
        delivered
    }
}

impl Client {
    fn new(server: &Server, version: Version) -> Self {
        let connection = server.connect(TIMEOUT).expect("the server takes connections");
        let mut client = Self {
            connection,
            id: 0,
            blocked: false,
        };
        client.greet(version);
        client
    }

    fn greet(&mut self, version: Version) {
        let hello = if version == Version::Resp3 {
            "HELLO 3"
        } else {
            "HELLO 2"
        };
        let replies = self
            .connection
            .pipeline(&[argv("RESET"), argv(hello), argv("CLIENT ID")]);
        match replies.expect("the server answers").last() {
            Some(Frame::Integer(id)) => self.id = *id,
            other => panic!("CLIENT ID answers {other:?}"),
        }
    }
}

impl Side for Theirs<'_> {
    fn reset(&mut self) {
        for index in 0..CLIENTS {
            if self.clients[index].blocked {
                // A new connection is simpler than to end a wait whose answer nobody wants.
                self.disconnect(index);
            } else {
                self.clients[index].greet(self.version);
            }
        }
        self.control("FLUSHALL");
        self.limit_nodes(NodeLimits::default());
        self.settle();
    }

    fn command(&mut self, client: usize, argv: &[Bytes]) -> Outcome {
        let may_block = argv.iter().any(|word| word.eq_ignore_ascii_case(b"BLOCK"));
        self.clients[client].connection.send(argv).expect("the server reads");
        if may_block {
            self.settle();
        }
        let connection = &mut self.clients[client].connection;
        let reply = if may_block {
            connection.poll()
        } else {
            connection.receive().map(Some)
        };
        let reply = reply.unwrap_or_else(|error| Some(Frame::Error(format!("(no reply: {error})").into())));
        let delivered = self.delivered();
        self.clients[client].blocked = reply.is_none();
        reply
            .iter()
            .chain(delivered.iter().map(|(_, frame)| frame))
            .for_each(wait_for_next_ms);
        Outcome { reply, delivered }
    }

    fn limit_nodes(&mut self, limits: NodeLimits) {
        if self.limits != Some(limits) {
            self.control(&format!("CONFIG SET stream-node-max-entries {}", limits.entries));
            self.control(&format!("CONFIG SET stream-node-max-bytes {}", limits.bytes));
            self.limits = Some(limits);
        }
    }

    fn wait(&mut self, ms: u64) {
        thread::sleep(Duration::from_millis(ms));
    }

    fn time_out(&mut self, client: usize) -> Outcome {
        self.control(&format!("CLIENT UNBLOCK {}", self.clients[client].id));
        Outcome {
            reply: None,
            delivered: self.delivered(),
        }
    }

    fn disconnect(&mut self, client: usize) -> Outcome {
        self.control(&format!("CLIENT KILL ID {}", self.clients[client].id));
        self.clients[client] = Client::new(self.server, self.version);
        self.settle();
        Outcome {
            reply: None,
            delivered: self.delivered(),
        }
    }
}

/// Two automatic IDs of one millisecond would be equal in two streams by chance; so no two are of one millisecond.
#[expect(clippy::disallowed_methods, reason = "the server's clock is this machine's")]
fn wait_for_next_ms(frame: &Frame) {
    match frame {
        Frame::Bulk(bytes) => {
            if let Some(ms) = super::normalise::automatic_ms(bytes) {
                while SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .is_ok_and(|now| now.as_millis() <= u128::from(ms))
                {
                    thread::sleep(Duration::from_micros(100));
                }
            }
        }
        Frame::Array(frames) => frames.iter().for_each(wait_for_next_ms),
        _ => {}
    }
}
