//! The desk: clients are served here one after the other, as a server serves its connections. It knows what the broker does
//! not: who is connected, under which name and with which rights, and what administrators ask.
//!
//! It is a value like the broker: it reads no clock, socket or file. Commands that are the broker's go there as they are; the
//! others are in `table.rs`, one file for each family. Replies and messages for others become letters. Source:
//! <https://redis.io/docs/latest/commands/>. Read next: `client.rs`, what is known of a connection; `nodes.rs`, one broker or a cluster.

mod administering;
mod client;
mod client_command;
mod clients;
mod command;
mod config;
mod debugging;
mod hello;
mod idle;
mod info;
mod letter;
mod monitoring;
mod nodes;
mod options;
mod pausing;
mod post;
mod queue;
mod route;
mod statistics;
mod table;

use std::collections::BTreeMap;

use redelivery_engine::errors::fixed;
use redelivery_engine::resp::Version;
use redelivery_engine::{Bytes, ClientId, Millis, Reply};

use super::gate::Behind;
pub use client::Arrival;
use client::Client;
pub use config::Chosen;
use config::Settings;
pub use config::{Limit, Limits};
use debugging::Sleep;
pub use letter::{Letter, Then, What};
use nodes::Nodes;
pub use options::Options;
use pausing::Pause;
use route::Route;
use statistics::Statistics;

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
    statistics: Statistics,
    pause: Option<Pause>,
    sleep: Option<Sleep>,
    /// Whether keys go when their time is over, though nobody looks at them.
    expires_actively: bool,
    /// When it was last looked for idle clients.
    looked_at: Millis,
    /// Who is held up by a pause or a sleep.
    held: Vec<ClientId>,
    /// Who hears of all commands.
    monitors: Vec<ClientId>,
}

impl Desk {
    /// Nobody is connected yet.
    pub fn new(options: Options) -> Self {
        let mut desk = Self {
            nodes: Nodes::new(&options),
            clients: BTreeMap::new(),
            last_id: 0,
            letters: Vec::new(),
            settings: Settings::new(&options),
            options,
            statistics: Statistics::new(),
            pause: None,
            sleep: None,
            expires_actively: true,
            looked_at: 0,
            held: Vec::new(),
            monitors: Vec::new(),
        };
        desk.take_effect();
        desk
    }

    /// Somebody has connected.
    ///
    /// # Errors
    /// With what it is told, when there are too many already.
    pub fn connect(&mut self, arrival: Arrival, now: Millis) -> Result<ClientId, Reply> {
        self.statistics.started_at.get_or_insert(now);
        self.statistics.connections += 1;
        if self.clients.len() >= self.options.clients_max {
            self.statistics.refused += 1;
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
        if self.sleeps(now) {
            return;
        }
        self.nodes.advance(now, self.expires_actively);
        self.end_pause(now);
        self.leave_idle(now);
        self.send_off(None);
    }

    /// When time itself will next change something.
    pub fn next_deadline(&self) -> Option<Millis> {
        if let Some(sleep) = self.sleep {
            return Some(sleep.until);
        }
        let pause = self.pause.map(|pause| pause.until);
        let broker = self.nodes.next_deadline(self.expires_actively);
        broker.into_iter().chain(pause).chain(self.next_look()).min()
    }

    /// So many bytes more have come from a client, and were sent to it.
    pub fn note_traffic(&mut self, client: ClientId, read: u64, sent: u64) {
        self.statistics.traffic.0 += read;
        self.statistics.traffic.1 += sent;
        if let Some(known) = self.clients.get_mut(&client) {
            known.traffic.0 += read;
            known.traffic.1 += sent;
        }
    }

    /// Serves a request of a client that does not wait: appends what it is answered, and says how to go on with it.
    pub fn request(&mut self, client: ClientId, argv: &[Bytes], now: Millis, out: &mut Vec<u8>) -> Then {
        let may_wait = self.pause.is_some() || self.sleep.is_some();
        if may_wait && self.clients.contains_key(&client) && self.is_held(client, argv, now) {
            self.held.push(client);
            return Then::Hold;
        }
        let Some(known) = self.clients.get_mut(&client) else {
            return Then::Close;
        };
        let route = known.route(argv, &self.statistics);
        known.last_request = now;
        let (node, replies) = (known.node, known.replies);
        let reply = self.reply(client, route, argv, now);
        let writes = self.statistics.note(route.counted, reply.as_ref());
        if !self.monitors.is_empty() {
            self.tell_monitors(client, argv, now);
        }
        self.nodes.settle(now);
        let is_queued = self.nodes.of(node).queued(client).is_some();
        let known = self.clients.get_mut(&client).expect("it is connected");
        self.statistics
            .note_write(writes, &mut known.queued_writes, is_queued, reply.as_ref());
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
    fn reply(&mut self, client: ClientId, route: Route, argv: &[Bytes], now: Millis) -> Option<Reply> {
        let name = argv.first().map_or(&[][..], |name| name);
        let known = self.client(client);
        let node = known.node;
        if !known.is_admitted && !table::is_for_strangers(name) {
            return Some(hello::NO_AUTH);
        }
        let Some(own) = route.own else {
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
        match own.waits {
            Some(run) => run(self, client, argv, now),
            None => Some((own.run)(self, client, argv, now)),
        }
    }

    /// What the desk does after a command of the broker, which has answered this.
    fn afterwards(&mut self, client: ClientId, name: &[u8], reply: Reply, now: Millis) -> Reply {
        let is = |command: &str| name.eq_ignore_ascii_case(command.as_bytes());
        if is("exec") || is("discard") {
            return self.with_own(client, reply, now);
        }
        if is("quit") {
            self.client_mut(client).is_leaving = true;
        } else if is("reset") && statistics::error(&reply).is_none() {
            self.begin_anew(client);
        }
        reply
    }

    /// What one connection may keep waiting.
    pub fn limits(&self) -> Limits {
        self.settings.limits()
    }

    /// Whether a client has yet to say the password.
    pub fn is_stranger(&self, client: ClientId) -> bool {
        let is_asked_for = self.options.password.is_some();
        is_asked_for && self.clients.get(&client).is_some_and(|known| !known.is_admitted)
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
            if let Some((own, out)) = &mut present
                && *own == client
            {
                reply.encode(self.version(client), out);
                continue;
            }
            match reply {
                Reply::Pushes(_) => self.tell(client, &reply),
                reply => self.answer(client, reply),
            }
        }
    }

    /// Somebody has waited for this.
    fn answer(&mut self, client: ClientId, reply: Reply) {
        let Some(known) = self.clients.get_mut(&client) else {
            return;
        };
        known.is_blocked = false;
        if let Some(error) = statistics::error(&reply) {
            self.statistics.note_error(error);
        }
        let reply = match std::mem::take(&mut known.waits_for_files) {
            true => administering::files(reply),
            false => reply,
        };
        let what = What::Answer(Some(reply).filter(|_| !known.waits_in_silence), known.version);
        self.post(client, what);
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
