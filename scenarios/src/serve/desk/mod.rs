//! The desk: clients are served here one after the other, as a server serves its connections. It knows what the broker does
//! not: who is connected, under which name and with which rights, and what administrators ask.
//!
//! It is a value like the broker: it reads no clock, socket or file. Commands that are the broker's go there as they are; the
//! others are in `table.rs`, one file for each family. Replies and messages for others become letters. Source:
//! <https://redis.io/docs/latest/commands/>. Read next: `client.rs`, what is known of a connection; `nodes.rs`, one broker or a cluster.

mod client;
mod client_command;
mod clients;
mod command;
mod config;
mod hello;
mod letter;
mod monitoring;
mod nodes;
mod options;
mod pausing;
mod queue;
mod table;

use std::collections::BTreeMap;

use redelivery_engine::errors::fixed;
use redelivery_engine::resp::Version;
use redelivery_engine::{Bytes, ClientId, Millis, Reply};

use super::gate::Behind;
pub use client::Arrival;
use client::Client;
use config::Settings;
pub use config::{Limit, Limits};
pub use letter::{Letter, Then, What};
use nodes::Nodes;
pub use options::Options;
use pausing::Pause;

const TOO_MANY: Reply = fixed("ERR max number of clients reached");

/// All that is shared by those who serve connections.
#[derive(Debug)]
pub struct Desk {
    nodes: Nodes,
    clients: BTreeMap<ClientId, Client>,
    last_id: u64,
    letters: Vec<(usize, Letter)>,
    options: Options,
    settings: Settings,
    pause: Option<Pause>,
    /// Who is held up by the pause.
    held: Vec<ClientId>,
    /// Who hears of all commands.
    monitors: Vec<ClientId>,
}

impl Desk {
    /// Nobody is connected yet.
    pub fn new(options: Options) -> Self {
        Self {
            nodes: Nodes::new(&options),
            clients: BTreeMap::new(),
            last_id: 0,
            letters: Vec::new(),
            settings: Settings::new(&options),
            options,
            pause: None,
            held: Vec::new(),
            monitors: Vec::new(),
        }
    }

    /// Somebody has connected.
    ///
    /// # Errors
    /// With what it is told, when there are too many already.
    pub fn connect(&mut self, arrival: Arrival, now: Millis) -> Result<ClientId, Reply> {
        if self.clients.len() >= self.options.clients_max {
            return Err(TOO_MANY);
        }
        self.last_id += 1;
        let id = ClientId(self.last_id);
        let client = Client::new(arrival, now, self.options.password.is_none());
        self.clients.insert(id, client);
        Ok(id)
    }

    /// A connection is closed.
    pub fn disconnect(&mut self, client: ClientId, now: Millis) {
        if let Some(known) = self.clients.remove(&client) {
            self.nodes.at(known.node, |broker| broker.disconnect(client));
            self.nodes.settle(now);
            self.monitors.retain(|&monitor| monitor != client);
        }
    }

    /// It is `now`: what time brings about happens.
    pub fn advance(&mut self, now: Millis) {
        self.nodes.advance(now);
        self.end_pause(now);
        self.send_off(None);
    }

    /// When time itself will next change something.
    pub fn next_deadline(&self) -> Option<Millis> {
        let pause = self.pause.map(|pause| pause.until);
        self.nodes.next_deadline().into_iter().chain(pause).min()
    }

    /// So many bytes more have come from a client, and were sent to it.
    pub fn note_traffic(&mut self, client: ClientId, read: u64, sent: u64) {
        if let Some(known) = self.clients.get_mut(&client) {
            known.traffic.0 += read;
            known.traffic.1 += sent;
        }
    }

    /// Serves a request of a client that does not wait: appends what it is answered, and says how to go on with it.
    pub fn request(&mut self, client: ClientId, argv: &[Bytes], now: Millis, out: &mut Vec<u8>) -> Then {
        if !self.clients.contains_key(&client) {
            return Then::Close;
        }
        if self.pause.is_some() && self.is_held(client, argv, now) {
            self.held.push(client);
            return Then::Hold;
        }
        let known = self.client_mut(client);
        known.last_request = now;
        if let Some(name) = argv.first() {
            known.last_command = (name.clone(), argv.get(1).cloned());
        }
        let replies = known.replies;
        let reply = self.reply(client, argv, now);
        if !self.monitors.is_empty() {
            self.tell_monitors(client, argv, now);
        }
        self.nodes.settle(now);
        let known = self.client_mut(client);
        known.commands += 1;
        let is_told = known.replies.take_turn(replies);
        let then = match reply {
            None => {
                known.waits_in_silence = !is_told;
                known.is_blocked = true;
                Then::Wait
            }
            Some(reply) => {
                if is_told {
                    reply.encode(known.version, out);
                }
                if known.is_leaving { Then::Close } else { Then::GoOn }
            }
        };
        self.send_off(Some((client, out)));
        then
    }

    /// What a client is answered; none if it has to wait.
    fn reply(&mut self, client: ClientId, argv: &[Bytes], now: Millis) -> Option<Reply> {
        let name = argv.first().map_or(&[][..], |name| name);
        let known = self.client(client);
        let node = known.node;
        if !known.is_admitted && !table::is_for_strangers(name) {
            return Some(hello::NO_AUTH);
        }
        let Some(own) = table::find(name) else {
            if known.is_monitor && monitoring::touches_keys(argv) {
                return Some(monitoring::NO_KEYS);
            }
            let reply = self.nodes.apply(node, client, argv, now)?;
            return Some(self.afterwards(client, name, reply, now));
        };
        let own = match own.chosen(argv) {
            Ok(own) => own,
            Err(refusal) => {
                self.nodes.at(node, |broker| broker.abort_transaction(client));
                return Some(refusal);
            }
        };
        let broker = self.nodes.of(node);
        if let Some(refusal) = broker.refusal_to_subscriber(client, || own.name.into()) {
            return Some(refusal);
        }
        if broker.queued(client).is_some() {
            return Some(self.queue(client, argv, now));
        }
        Some((own.run)(self, client, argv, now))
    }

    /// What the desk does after a command of the broker, which has answered this.
    fn afterwards(&mut self, client: ClientId, name: &[u8], reply: Reply, now: Millis) -> Reply {
        let is = |command: &str| name.eq_ignore_ascii_case(command.as_bytes());
        if is("exec") || is("discard") {
            return self.with_own(client, reply, now);
        }
        if is("quit") {
            self.client_mut(client).is_leaving = true;
        } else if is("reset") {
            self.begin_anew(client);
        }
        reply
    }

    /// What one connection may keep waiting.
    pub fn limits(&self) -> Limits {
        self.settings.limits()
    }

    /// The version of the protocol that a client speaks.
    pub fn version(&self, client: ClientId) -> Version {
        self.clients.get(&client).map_or(Version::Resp2, |known| known.version)
    }

    fn client(&self, client: ClientId) -> &Client {
        self.clients.get(&client).expect("it is connected")
    }

    fn client_mut(&mut self, client: ClientId) -> &mut Client {
        self.clients.get_mut(&client).expect("it is connected")
    }

    /// What the brokers have for clients becomes letters; whoever is present reads its own at once.
    fn send_off(&mut self, mut present: Option<(ClientId, &mut Vec<u8>)>) {
        for (client, reply) in self.nodes.take_outbox() {
            let Some(known) = self.clients.get_mut(&client) else {
                continue;
            };
            let what = match (reply, &mut present) {
                (reply, Some((own, out))) if *own == client => {
                    reply.encode(known.version, out);
                    continue;
                }
                (reply @ Reply::Pushes(_), _) => What::Message(reply, known.version),
                (reply, _) => {
                    known.is_blocked = false;
                    What::Answer(Some(reply).filter(|_| !known.waits_in_silence), known.version)
                }
            };
            self.letters.push((known.thread, Letter { client, what }));
        }
    }
}

impl Behind for Desk {
    type Letter = Letter;

    fn take_letters(&mut self) -> Vec<(usize, Letter)> {
        std::mem::take(&mut self.letters)
    }
}

/// A number as a server reads it.
fn number(digits: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(digits).ok()?;
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
