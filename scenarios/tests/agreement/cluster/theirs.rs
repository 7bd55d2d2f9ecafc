//! A real cluster: three servers, reached by clients that stay with their node.
//!
//! It waits for what the servers do beside answering: the bus has delivered what was published, all nodes have heard whose a
//! slot is, and clients that wait at a node which has lost their slot have been told.

use std::thread;
use std::time::{Duration, Instant};

use redelivery_engine::cluster::{divided, slot_of};
use redelivery_engine::resp::{Frame, Version};
use redelivery_engine::{Bytes, NodeLimits};

use super::names::{NODES, Names, published};
use super::servers::{MOVED, Servers};
use super::slot::{changes, looks};
use crate::side::{Outcome, Side};
use crate::step::{CLIENTS, EXPIRER, Stage, Step};
use crate::theirs::Theirs;

/// What takes longer is a difference, and shows as one.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);
/// Nodes that do not agree about a slot by then do not agree, as after an administrator told but one of them.
const AGREE_TIMEOUT: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(1);

/// The servers of a cluster.
pub(crate) struct TheirCluster<'a> {
    inner: Theirs<'a>,
    names: Names,
    /// What each node had counted when the script began.
    counted: Vec<(u64, u64)>,
    /// The key that each client named last that may block.
    awaited: Vec<Bytes>,
    /// Whether a slot may belong to another node than in the beginning.
    is_changed: bool,
}

impl<'a> TheirCluster<'a> {
    pub(crate) fn new(servers: &'a Servers, version: Version) -> Self {
        Self {
            inner: Theirs::of(servers.iter(), CLIENTS, version),
            names: servers.names().clone(),
            counted: vec![(0, 0); NODES],
            awaited: vec![Bytes::from(""); CLIENTS],
            is_changed: true,
        }
    }

    fn counts(&mut self) -> Vec<(u64, u64)> {
        self.inner.control_all("CLUSTER INFO").iter().map(published).collect()
    }

    /// Every message of PUBLISH that was sent has been received.
    fn await_bus(&mut self) {
        let _ = wait_until(TIMEOUT, || {
            let counts = self.counts();
            let (sent, received): (Vec<u64>, Vec<u64>) = counts.into_iter().unzip();
            sent.iter().sum::<u64>() == received.iter().sum::<u64>()
        });
    }

    /// All nodes say the same of all slots, or will not.
    fn await_agreement(&mut self) {
        let _ = wait_until(AGREE_TIMEOUT, || {
            let views = self.inner.control_all("CLUSTER SLOTS");
            views.iter().all(|view| *view == views[0])
        });
    }

    /// Whoever waits for a key that its node does not serve has been told, which a server does in its own time.
    fn await_the_told(&mut self) -> Vec<(usize, Frame)> {
        let mut delivered = Vec::new();
        for client in self.inner.waiting() {
            let key = self.awaited[client].clone();
            let home = self.inner.home(client);
            let _ = wait_until(TIMEOUT, || {
                delivered.extend(self.inner.delivered());
                !self.inner.waiting().contains(&client) || self.inner.serves(home, &key)
            });
        }
        delivered
    }

    /// What else comes of a command, once the servers have done it all.
    fn settle(&mut self, client: usize, argv: &[Bytes], mut outcome: Outcome) -> Outcome {
        let is = |name: &str| {
            argv.first()
                .is_some_and(|first| first.eq_ignore_ascii_case(name.as_bytes()))
        };
        // A transaction is queued before it is executed.
        self.is_changed |= is("CLUSTER") && argv.get(1).is_some_and(changes_slots) && !outcome.failed();
        let publishes = is("PUBLISH") || is("EXEC");
        let changes_slots = self.is_changed && (is("CLUSTER") || is("EXEC"));
        if publishes {
            self.await_bus();
        }
        if changes_slots {
            self.await_agreement();
            outcome.delivered.extend(self.await_the_told());
        }
        if publishes || changes_slots || argv.is_empty() {
            outcome.delivered.extend(self.inner.delivered());
        }
        outcome.delivered.sort_by_key(|(client, _)| *client);
        self.names.mask(outcome, self.counted[self.inner.home(client)])
    }

    /// The commands of one stage, and what clients receive of it.
    fn change(&mut self, key: &[u8], to: usize, stage: Stage) -> Vec<(usize, Frame)> {
        let owner = self.owner(key, to);
        let mut delivered = Vec::new();
        for part in changes(key, owner, to, stage) {
            let gives = part.iter().any(|(_, words)| words.contains(" NODE "));
            self.tell(part);
            if gives {
                self.await_agreement();
            }
            delivered.extend(self.await_the_told());
        }
        delivered
    }

    /// Sends all these at once, each to its node.
    fn tell(&mut self, commands: Vec<(usize, String)>) {
        let mut each = vec![Vec::new(); NODES];
        for (node, words) in commands {
            let argv: Vec<Bytes> = words.split(' ').map(Bytes::from).collect();
            let words: Vec<String> = self.names.resolve(&argv).iter().map(Bytes::to_string).collect();
            each[node].push(words.join(" "));
        }
        self.inner.control_each(&each);
    }

    /// Whose the slot of a key is, as a node says.
    fn owner(&mut self, key: &[u8], node: usize) -> Option<usize> {
        let slot = i64::from(slot_of(key));
        let Frame::Array(rows) = self.inner.control(node, "CLUSTER SLOTS") else {
            return None;
        };
        let id = rows.iter().find_map(|row| match row {
            Frame::Array(row) => match row.as_slice() {
                [Frame::Integer(first), Frame::Integer(last), Frame::Array(owner)]
                    if (first..=last).contains(&&slot) =>
                {
                    owner.get(2).cloned()
                }
                _ => None,
            },
            _ => None,
        })?;
        self.names.0.iter().position(|name| Frame::Bulk(name.id.clone()) == id)
    }

    /// Gives the slots back that scripts move.
    fn restore(&mut self) {
        let home = |key: &str| {
            let slot = slot_of(key.as_bytes());
            let home = divided(NODES).find(|(_, range)| (range.first..=range.last).contains(&slot));
            home.map_or(0, |(home, _)| usize::from(home.0))
        };
        let closed = |key: &str| changes(key.as_bytes(), None, home(key), Stage::Close);
        // A server writes to its disk what it is told, but once for all that it is told at once.
        self.tell(MOVED.into_iter().flat_map(closed).flatten().collect());
        for key in MOVED {
            self.change(key.as_bytes(), home(key), Stage::Give);
        }
        self.is_changed = false;
    }
}

fn changes_slots(subcommand: &Bytes) -> bool {
    let names = ["SETSLOT", "ADDSLOTS", "ADDSLOTSRANGE", "DELSLOTS", "DELSLOTSRANGE"];
    names
        .iter()
        .any(|name| subcommand.eq_ignore_ascii_case(name.as_bytes()))
}

#[expect(clippy::disallowed_methods, reason = "a real cluster takes real time")]
pub(super) fn wait_until(timeout: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + timeout;
    while !is_so() {
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(PAUSE);
    }
    true
}

impl Side for TheirCluster<'_> {
    fn reset(&mut self) {
        self.inner.reset();
        if self.is_changed {
            self.restore();
        }
        self.await_bus();
        self.counted = self.counts();
    }

    fn command(&mut self, client: usize, argv: &[Bytes]) -> Outcome {
        let argv = self.names.resolve(argv);
        self.awaited[client] = awaited(&argv);
        let outcome = self.inner.command(client, &argv);
        self.settle(client, &argv, outcome)
    }

    fn look(&mut self, questions: &[(usize, Vec<Bytes>)]) -> Vec<Outcome> {
        let answers = self.inner.look(questions).into_iter().zip(questions);
        let masked = |(answer, (client, _)): (Outcome, &(usize, _))| {
            self.names.mask(answer, self.counted[self.inner.home(*client)])
        };
        answers.map(masked).collect()
    }

    fn limit_nodes(&mut self, limits: NodeLimits) {
        self.inner.limit_nodes(limits);
    }

    fn notify(&mut self, letters: &str) {
        self.inner.notify(letters);
    }

    fn wait(&mut self, ms: u64) {
        self.inner.wait(ms);
    }

    fn slot(&mut self, key: &[u8], to: usize, stage: Stage) -> Outcome {
        self.is_changed = true;
        let delivered = self.change(key, to, stage);
        self.settle(EXPIRER, &[], Outcome { reply: None, delivered })
    }

    fn looks(&self, version: &str, _: &[Step]) -> (Vec<Step>, Vec<Step>) {
        looks(version)
    }

    fn time_out(&mut self, client: usize) -> Outcome {
        let outcome = self.inner.time_out(client);
        self.settle(client, &[], outcome)
    }

    fn disconnect(&mut self, client: usize) -> Outcome {
        let outcome = self.inner.disconnect(client);
        self.settle(client, &[], outcome)
    }
}

/// The first key that a command which may block waits for.
fn awaited(argv: &[Bytes]) -> Bytes {
    let at = |index: usize| argv.get(index).cloned();
    let is = |word: &Bytes, name: &str| word.eq_ignore_ascii_case(name.as_bytes());
    let key = match argv.first() {
        Some(name) if is(name, "BLMPOP") => at(3),
        Some(name) if is(name, "XREAD") || is(name, "XREADGROUP") => {
            let streams = argv.iter().position(|word| is(word, "STREAMS"));
            streams.and_then(|streams| at(streams + 1))
        }
        _ => at(1),
    };
    key.unwrap_or(Bytes::from(""))
}
