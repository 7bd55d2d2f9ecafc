//! Real servers that form a cluster.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use redelivery_engine::cluster::{NodeAddress, SlotRange, divided};
use redelivery_engine::resp::Frame;
use redelivery_scenarios::live::{Server, argv, free_address};

use super::names::Names;
use crate::theirs::{is_since, options};

/// A new cluster waits two seconds before it serves anybody.
const FORM_TIMEOUT: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(20);
const REPLY_TIMEOUT: Duration = Duration::from_secs(10);

/// The keys whose slots scripts move.
pub(crate) const MOVED: [&str; 4] = ["s", "t", "k", "m"];

/// The servers, each with its part of the slots.
pub(crate) struct Servers {
    servers: Vec<Server>,
    names: Names,
    formed: Once,
    /// They are one test's at a time.
    turn: Mutex<()>,
}

impl Servers {
    /// Starts them and tells them of each other; they need some time until they are a cluster.
    pub(crate) fn start(binary: &Path, nodes: usize) -> Result<Self, String> {
        Self::try_start(binary, nodes, &[]).map_err(|error| error.to_string())
    }

    /// So many others of this version, which nobody else talks to.
    pub(crate) fn another(&self, nodes: usize) -> Result<Self, String> {
        self.another_with(nodes, &[])
    }

    /// The same, with these options besides.
    pub(crate) fn another_with(&self, nodes: usize, besides: &[(&str, &str)]) -> Result<Self, String> {
        let first = self.servers.first().ok_or("a cluster of nobody")?;
        Self::try_start(first.binary(), nodes, besides).map_err(|error| error.to_string())
    }

    fn try_start(binary: &Path, nodes: usize, besides: &[(&str, &str)]) -> std::io::Result<Self> {
        let (mut servers, mut addresses) = (Vec::new(), Vec::new());
        // An older one takes the port that is 10000 higher, and ends at once where that is none.
        let chooses_bus_port = is_since(binary, "7.0");
        for nth in (0..).take(nodes) {
            let bus_port = free_address()?.port();
            let cluster_port = bus_port.to_string();
            let mut options = options(binary);
            // Whoever waits at the wrong node is told soon.
            options.extend([("cluster-enabled", "yes"), ("hz", "100")]);
            options.extend(besides);
            if chooses_bus_port {
                options.push(("cluster-port", cluster_port.as_str()));
            }
            let server = Server::start(binary, &options)?;
            let port = server.address().port();
            let mut control = server.connect(REPLY_TIMEOUT)?;
            let id = match control.request(&argv("CLUSTER MYID"))? {
                Frame::Bulk(id) => id,
                other => return Err(std::io::Error::other(format!("CLUSTER MYID: {other:?}"))),
            };
            // It has one since 7.2.
            let shard_id = match control.request(&argv("CLUSTER MYSHARDID"))? {
                Frame::Bulk(id) => id,
                _ => NodeAddress::example(nth).shard_id,
            };
            addresses.push(NodeAddress {
                id,
                shard_id,
                host: "127.0.0.1".into(),
                port,
                bus_port: if chooses_bus_port { bus_port } else { port + 10_000 },
            });
            servers.push(server);
        }
        let starting = Self {
            servers,
            names: Names(addresses),
            formed: Once::new(),
            turn: Mutex::new(()),
        };
        starting.introduce()?;
        Ok(starting)
    }

    fn introduce(&self) -> std::io::Result<()> {
        // Who knows another may not choose its epoch any more: so all choose first.
        for (server, (node, SlotRange { first, last })) in self.servers.iter().zip(divided(self.servers.len())) {
            let epoch = node.0 + 1;
            tell(server, &format!("CLUSTER SET-CONFIG-EPOCH {epoch}"))?;
            let slots: Vec<String> = (first..=last).map(|slot| slot.to_string()).collect();
            tell(server, &format!("CLUSTER ADDSLOTS {}", slots.join(" ")))?;
        }
        for (nth, server) in self.servers.iter().enumerate() {
            for NodeAddress { port, bus_port, .. } in &self.names.0[nth + 1..] {
                tell(server, &format!("CLUSTER MEET 127.0.0.1 {port} {bus_port}"))?;
            }
        }
        Ok(())
    }

    /// Waits until they are a cluster.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Server> {
        self.formed.call_once(|| self.wait_until_formed());
        self.servers.iter()
    }

    /// One of them, to be killed and started again; the first is 0.
    pub(crate) fn server_mut(&mut self, node: usize) -> &mut Server {
        &mut self.servers[node]
    }

    /// Waits until no other test uses them.
    pub(crate) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    #[expect(clippy::disallowed_methods, reason = "a real cluster takes real time")]
    fn wait_until_formed(&self) {
        let deadline = Instant::now() + FORM_TIMEOUT;
        while !self.servers.iter().all(|server| is_member(server, self.servers.len())) {
            assert!(Instant::now() < deadline, "the servers do not become a cluster");
            thread::sleep(PAUSE);
        }
    }
}

fn tell(server: &Server, words: &str) -> std::io::Result<()> {
    match server.connect(REPLY_TIMEOUT)?.request(&argv(words))? {
        reply if reply.is_error() => Err(std::io::Error::other(format!("{words}: {reply:?}"))),
        _ => Ok(()),
    }
}

/// Whether one of so many nodes serves, and is connected to all others.
fn is_member(server: &Server, nodes: usize) -> bool {
    let ask = |words: &str| match server
        .connect(REPLY_TIMEOUT)
        .and_then(|mut it| it.request(&argv(words)))
    {
        Ok(Frame::Bulk(text)) => String::from_utf8_lossy(&text).into_owned(),
        other => panic!("{words}: {other:?}"),
    };
    let known = ask("CLUSTER NODES");
    let connected = known
        .lines()
        .filter(|line| line.contains(" connected ") && !line.contains("handshake"));
    ask("CLUSTER INFO").contains("cluster_state:ok") && connected.count() == nodes
}
