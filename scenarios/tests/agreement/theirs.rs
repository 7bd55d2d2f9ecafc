//! The other side: a real server, or several, and one connection for each client.
//!
//! It never guesses from silence: whether a client is blocked, the server tells (CLIENT LIST); who is not, gets an answer.
//! Keys whose time is over go when somebody looks, not when the server finds the time: whoever waits for one would be told
//! before or after the look.
//!
//! Its clock is the machine's. Where the engine's moves 1 ms from one command to the next and answers show it, this side
//! waits until the server's has moved too.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redelivery_engine::resp::{Frame, Version};
use redelivery_engine::{Bytes, NodeLimits};
use redelivery_scenarios::live::{Connection, Replica, Server, argv};

use crate::golden::numbers;
use crate::held::Held;
use crate::normalise::has_automatic_id;
use crate::rewriting::{self, Rewriting};
use crate::side::{Outcome, Side, is_push, is_quit};
use crate::step::{CLIENTS, CLIENTS_OF_ONE};

/// A reply that takes longer than this is a difference.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);
/// How often it is asked whether a client that has no answer is blocked, before that is a difference.
const ASKED_MAX: usize = 100_000;

/// On which of several nodes a client is, unless there is but one.
pub(crate) const HOMES: [usize; CLIENTS] = [0, 1, 2, 0, 1, 2, 0];

/// With what a server is started, so that it can be told to leave expired keys alone: older ones can always be told.
pub(crate) fn options(binary: &Path) -> Vec<(&'static str, &'static str)> {
    let option = ("enable-debug-command", "yes");
    is_since(binary, "7.0").then_some(option).into_iter().collect()
}

/// Whether a server is at least of this version, by its folder's name.
pub(crate) fn is_since(binary: &Path, version: &str) -> bool {
    let own = binary.parent().and_then(Path::file_name);
    own.is_none_or(|own| numbers(&own.to_string_lossy()) >= numbers(version))
}

/// A server, or the nodes of a cluster, reached by all clients in one version of the protocol.
pub(crate) struct Theirs<'a> {
    nodes: Vec<Node<'a>>,
    version: Version,
    /// As far as they are known: another run may have left others.
    limits: Option<NodeLimits>,
    /// What is told about keys, likewise.
    letters: Option<String>,
    clients: Vec<Client>,
    /// Of one that may be killed for good.
    replica: Option<Replica>,
    /// How its append-only file is being rewritten, if it is.
    rewriting: Option<Rewriting>,
}

struct Node<'a> {
    server: Held<'a>,
    control: Connection,
}

struct Client {
    connection: Connection,
    id: i64,
    blocked: bool,
    /// It may have subscriptions, so that frames may come at any time.
    subscribes: bool,
}

impl<'a> Theirs<'a> {
    pub(crate) fn new(server: &'a Server, version: Version) -> Self {
        // That those of the script before have gone it may not have noticed yet.
        let mut control = server.connect(TIMEOUT).expect("the server takes connections");
        for kind in ["normal", "pubsub"] {
            let kill = argv(&format!("CLIENT KILL TYPE {kind} SKIPME yes"));
            control.request(&kill).expect("the server answers");
        }
        Self::of([server], CLIENTS_OF_ONE, version)
    }

    /// Our own server.
    pub(crate) fn served(address: SocketAddr, version: Version) -> Self {
        Self::held([Held::Served(address)], CLIENTS_OF_ONE, version)
    }

    /// A server that may be killed.
    pub(crate) fn owning(server: Server, version: Version) -> Self {
        Self::held([Held::Own(server)], CLIENTS_OF_ONE, version)
    }

    /// The same, with another that becomes its replica.
    pub(crate) fn with_replica(server: Server, replica: Server, version: Version) -> Self {
        let mut theirs = Self::owning(server, version);
        theirs.replica = Some(follows(&theirs.nodes[0].server, replica));
        theirs
    }

    /// So many clients of several nodes.
    pub(crate) fn of(servers: impl IntoIterator<Item = &'a Server>, clients: usize, version: Version) -> Self {
        Self::held(servers.into_iter().map(Held::Shared), clients, version)
    }

    fn held(servers: impl IntoIterator<Item = Held<'a>>, clients: usize, version: Version) -> Self {
        let node = |server: Held<'a>| Node {
            control: server.connect(),
            server,
        };
        let nodes: Vec<_> = servers.into_iter().map(node).collect();
        let client = |client: usize| Client::new(&nodes[HOMES[client] % nodes.len()].server, version);
        let clients = (0..clients).map(client).collect();
        let mut theirs = Self {
            nodes,
            version,
            limits: None,
            letters: None,
            clients,
            replica: None,
            rewriting: None,
        };
        theirs.leave_expired_alone();
        theirs
    }

    fn leave_expired_alone(&mut self) {
        for answer in self.control_all("DEBUG SET-ACTIVE-EXPIRE 0") {
            assert_eq!(answer, Frame::Simple("OK".into()));
        }
    }

    pub(crate) fn home(&self, client: usize) -> usize {
        HOMES[client] % self.nodes.len()
    }

    /// Asks a node something beside the script.
    pub(crate) fn control(&mut self, node: usize, words: &str) -> Frame {
        let control = &mut self.nodes[node].control;
        control.request(&argv(words)).expect("the server answers")
    }

    /// Asks all nodes the same, at once.
    pub(crate) fn control_all(&mut self, words: &str) -> Vec<Frame> {
        let answers = self.control_each(&vec![vec![words.to_owned()]; self.nodes.len()]);
        answers.into_iter().flatten().collect()
    }

    /// Asks each node its own, all at once; gives the answers of each.
    pub(crate) fn control_each(&mut self, questions: &[Vec<String>]) -> Vec<Vec<Frame>> {
        for (node, questions) in self.nodes.iter_mut().zip(questions) {
            let questions: Vec<Vec<Bytes>> = questions.iter().map(|words| argv(words)).collect();
            node.control.send_all(&questions).expect("the server reads");
        }
        let answers = |(node, questions): (&mut Node, &Vec<String>)| {
            let answers = questions
                .iter()
                .map(|_| node.control.receive().expect("the server answers"));
            answers.collect()
        };
        self.nodes.iter_mut().zip(questions).map(answers).collect()
    }

    /// The clients that are blocked, as far as it is known.
    pub(crate) fn waiting(&self) -> Vec<usize> {
        (0..self.clients.len())
            .filter(|&client| self.clients[client].blocked)
            .collect()
    }

    /// Which of these clients are blocked now. The nodes of `others` are asked something too.
    fn blocked(&mut self, clients: &[usize], others: &[usize]) -> Vec<usize> {
        let question = |node| {
            let ping = || others.contains(&node).then(|| "PING".to_owned());
            self.list(node, clients).or_else(ping).into_iter().collect()
        };
        let questions: Vec<Vec<String>> = (0..self.nodes.len()).map(question).collect();
        let lists = self.control_each(&questions);
        let is_blocked = |client: &usize| {
            let list = match lists[self.home(*client)].as_slice() {
                [Frame::Bulk(list)] => String::from_utf8_lossy(list),
                other => panic!("CLIENT LIST answers {other:?}"),
            };
            let id = format!("id={} ", self.clients[*client].id);
            let line = list.lines().find(|line| line.starts_with(&id));
            let flags = line.and_then(|line| line.split(' ').find_map(|field| field.strip_prefix("flags=")));
            flags.is_some_and(|flags| flags.contains('b'))
        };
        clients.iter().copied().filter(is_blocked).collect()
    }

    /// Whether a node of a cluster serves a key to somebody who asks for it.
    pub(crate) fn serves(&mut self, node: usize, key: &Bytes) -> bool {
        let requests = [argv("ASKING"), vec!["TYPE".into(), key.clone()]];
        let replies = self.nodes[node]
            .control
            .pipeline(&requests)
            .expect("the server answers");
        let is_elsewhere = |frame: &Frame| matches!(frame, Frame::Error(text) if text.starts_with(b"MOVED") || text.starts_with(b"CLUSTERDOWN"));
        !replies.iter().any(is_elsewhere)
    }

    /// CLIENT LIST of those of these clients that are a node's.
    fn list(&self, node: usize, clients: &[usize]) -> Option<String> {
        let here = clients.iter().filter(|client| self.home(**client) == node);
        let ids: Vec<String> = here.map(|client| self.clients[*client].id.to_string()).collect();
        (!ids.is_empty()).then(|| format!("CLIENT LIST ID {}", ids.join(" ")))
    }

    /// What blocked clients and subscribers have received.
    pub(crate) fn delivered(&mut self) -> Vec<(usize, Frame)> {
        let waited = self.waiting();
        let homes: Vec<usize> = (0..self.clients.len())
            .filter(|&client| self.clients[client].subscribes)
            .map(|client| self.home(client))
            .collect();
        // A server writes what it has sent to others before it reads again: then everything has come.
        let still = self.blocked(&waited, &homes);
        let ping = |node: usize| homes.iter().find(|home| **home == node).map(|_| "PING".to_owned());
        let pings: Vec<Vec<String>> = (0..self.nodes.len())
            .map(|node| ping(node).into_iter().collect())
            .collect();
        self.control_each(&pings);
        let mut delivered = Vec::new();
        for (index, client) in self.clients.iter_mut().enumerate() {
            let is_served = client.blocked && !still.contains(&index);
            client.blocked &= !is_served;
            if client.subscribes {
                let frames = std::iter::from_fn(|| client.connection.poll().unwrap_or(None));
                delivered.extend(frames.map(|frame| (index, frame)));
            } else if is_served {
                delivered.push((index, or_no_reply(client.connection.receive())));
            }
        }
        delivered
    }

    fn renew(&mut self, client: usize) {
        self.clients[client] = Client::new(&self.nodes[self.home(client)].server, self.version);
    }

    /// The answer to a command that may block; none if it does. A client that is neither answered nor blocked has sent
    /// what the server has not read yet. What a subscriber is told before it blocks is no answer.
    fn answer_or_block(&mut self, client: usize, told: &mut Vec<(usize, Frame)>) -> Option<Frame> {
        for _ in 0..ASKED_MAX {
            match self.clients[client].connection.poll() {
                Ok(Some(push)) if is_push(&push) => told.push((client, push)),
                Ok(None) if !self.blocked(&[client], &[]).is_empty() => return None,
                Ok(None) => {}
                Ok(Some(frame)) => return Some(frame),
                Err(error) => return Some(or_no_reply(Err(error))),
            }
        }
        Some(Frame::Error("(neither a reply nor blocked)".into()))
    }
}

fn or_no_reply(reply: io::Result<Frame>) -> Frame {
    reply.unwrap_or_else(|error| Frame::Error(format!("(no reply: {error})").into()))
}

impl Client {
    fn new(server: &Held<'_>, version: Version) -> Self {
        let mut client = Self {
            connection: server.connect(),
            id: 0,
            blocked: false,
            subscribes: false,
        };
        client.greet(version);
        client
    }

    fn greet(&mut self, version: Version) {
        self.subscribes = false;
        let hello = if version == Version::Resp3 {
            "HELLO 3"
        } else {
            "HELLO 2"
        };
        let greeting = [argv("RESET"), argv(hello), argv("CLIENT ID")];
        self.connection.send_all(&greeting).expect("the server reads");
        let mut next = || self.connection.receive().expect("the server answers");
        // Of the script before, something may still come.
        while next() != Frame::Simple("RESET".into()) {}
        match [next(), next()] {
            [_, Frame::Integer(id)] => self.id = id,
            other => panic!("{hello} and CLIENT ID answer {other:?}"),
        }
    }
}

impl Side for Theirs<'_> {
    fn reset(&mut self) {
        for index in 0..self.clients.len() {
            if self.clients[index].blocked {
                // A new connection is simpler than to end a wait whose answer nobody wants.
                self.disconnect(index);
            } else {
                self.clients[index].greet(self.version);
            }
        }
        if self.rewriting.is_some() {
            self.restart();
        }
        self.control_all("FLUSHALL");
        self.limit_nodes(NodeLimits::default());
        self.notify("");
    }

    fn command(&mut self, client: usize, argv: &[Bytes]) -> Outcome {
        let is_subscription = argv[0].to_ascii_lowercase().ends_with(b"subscribe");
        self.clients[client].subscribes |= is_subscription;
        self.clients[client].connection.send(argv).expect("the server reads");
        let mut delivered = Vec::new();
        let reply = if may_block(argv) {
            self.answer_or_block(client, &mut delivered)
        } else {
            Some(or_no_reply(self.clients[client].connection.receive()))
        };
        delivered.append(&mut self.delivered());
        delivered.sort_by_key(|(client, _)| *client);
        self.clients[client].blocked = reply.is_none();
        let mut frames = reply.iter().chain(delivered.iter().map(|(_, frame)| frame));
        // Two automatic IDs of one millisecond would be equal in two streams by chance.
        if may_set_deadline(argv) || frames.any(has_automatic_id) {
            wait_for_next_ms();
        }
        if is_quit(argv) {
            self.renew(client);
        }
        Outcome { reply, delivered }
    }

    fn look(&mut self, questions: &[(usize, Vec<Bytes>)]) -> Vec<Outcome> {
        for (client, asking) in self.clients.iter_mut().enumerate() {
            let own = questions.iter().filter(|(by, _)| *by == client);
            let own: Vec<Vec<Bytes>> = own.map(|(_, argv)| argv.clone()).collect();
            asking.connection.send_all(&own).expect("the server reads");
        }
        let answer = |(client, _): &(usize, Vec<Bytes>)| Outcome {
            reply: Some(or_no_reply(self.clients[*client].connection.receive())),
            delivered: Vec::new(),
        };
        let mut answers: Vec<Outcome> = questions.iter().map(answer).collect();
        if let Some(last) = answers.last_mut() {
            last.delivered = self.delivered();
        }
        answers
    }

    fn limit_nodes(&mut self, limits: NodeLimits) {
        if self.limits != Some(limits) {
            self.control_all(&format!("CONFIG SET stream-node-max-entries {}", limits.entries));
            self.control_all(&format!("CONFIG SET stream-node-max-bytes {}", limits.bytes));
            self.limits = Some(limits);
        }
    }

    fn notify(&mut self, letters: &str) {
        if self.letters.as_deref() != Some(letters) {
            let set = ["CONFIG", "SET", "notify-keyspace-events", letters].map(Bytes::from);
            for node in &mut self.nodes {
                let reply = node.control.request(&set).expect("the server answers");
                assert_eq!(reply, Frame::Simple("OK".into()), "{letters}");
            }
            self.letters = Some(letters.to_owned());
        }
    }

    fn rewrite(&mut self, ends: bool) {
        if self.rewriting == Some(Rewriting::CutShort) {
            return;
        }
        let rewriting = if ends { Rewriting::Ends } else { Rewriting::CutShort };
        rewriting.begin(&mut self.nodes[0].control);
        self.rewriting = Some(rewriting);
    }

    fn restart(&mut self) {
        let rewriting = self.rewriting.take();
        for node in &mut self.nodes {
            let Held::Own(server) = &mut node.server else {
                panic!("others use this server too");
            };
            let children = rewriting.map_or(Vec::new(), |rewriting| rewriting.end(&mut node.control));
            server.kill().expect("the server is there");
            // They have its port still.
            children.into_iter().for_each(rewriting::kill);
            server.restart().expect("the server starts again");
            node.control = node.server.connect();
            let is_loading = |frame: Frame| matches!(frame, Frame::Error(text) if text.starts_with(b"LOADING"));
            let ping = argv("PING");
            while is_loading(node.control.request(&ping).expect("the server answers")) {
                thread::sleep(Duration::from_millis(1));
            }
        }
        self.leave_expired_alone();
        (0..self.clients.len()).for_each(|client| self.renew(client));
        // It was told, and its file does not say so.
        (self.limits, self.letters) = (None, None);
    }

    fn fail_over(&mut self) {
        let mut replica = self.replica.take().expect("a script of replicas has one");
        let caught_up = replica.catch_up(&mut self.nodes[0].control);
        caught_up
            .and_then(|()| replica.promote())
            .expect("the replica has everything");
        let promoted = Held::Own(replica.into_server());
        let Held::Own(mut killed) = std::mem::replace(&mut self.nodes[0].server, promoted) else {
            panic!("others use this server too");
        };
        self.nodes[0].control = self.nodes[0].server.connect();
        killed.restart().expect("the server starts again");
        self.replica = Some(follows(&self.nodes[0].server, killed));
        self.leave_expired_alone();
        (0..self.clients.len()).for_each(|client| self.renew(client));
        (self.limits, self.letters) = (None, None);
    }

    fn wait(&mut self, ms: u64) {
        thread::sleep(Duration::from_millis(ms));
    }

    fn time_out(&mut self, client: usize) -> Outcome {
        self.control(
            self.home(client),
            &format!("CLIENT UNBLOCK {}", self.clients[client].id),
        );
        Outcome {
            reply: None,
            delivered: self.delivered(),
        }
    }

    fn disconnect(&mut self, client: usize) -> Outcome {
        self.control(
            self.home(client),
            &format!("CLIENT KILL ID {}", self.clients[client].id),
        );
        self.renew(client);
        Outcome {
            reply: None,
            delivered: self.delivered(),
        }
    }
}

fn may_block(argv: &[Bytes]) -> bool {
    let names: [&[u8]; 6] = [b"BLPOP", b"BRPOP", b"BLMOVE", b"BRPOPLPUSH", b"BLMPOP", b"WAIT"];
    let waits_for_list = names.iter().any(|name| argv[0].eq_ignore_ascii_case(name));
    waits_for_list || argv.iter().any(|word| word.eq_ignore_ascii_case(b"BLOCK"))
}

/// Two times to live of one length would end at once by chance, which EXPIRE's GT and LT tell.
fn may_set_deadline(argv: &[Bytes]) -> bool {
    let names: [&[u8]; 7] = [b"EXPIRE", b"PEXPIRE", b"SET", b"SETEX", b"PSETEX", b"GETEX", b"EXEC"];
    names.iter().any(|name| argv[0].eq_ignore_ascii_case(name))
}

fn wait_for_next_ms() {
    let begin = now_ms();
    while now_ms() == begin {
        thread::sleep(Duration::from_micros(100));
    }
}

#[expect(clippy::disallowed_methods, reason = "the server's clock is this machine's")]
fn now_ms() -> u128 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_millis())
}

/// It becomes the replica of the other.
fn follows(primary: &Held<'_>, replica: Server) -> Replica {
    Replica::of(primary.address(), replica).expect("it follows")
}
