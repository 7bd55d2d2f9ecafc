//! Our cluster: three brokers, a bus that delivers at once, and a clock that moves 1 ms from one command to the next.

use redelivery_engine::cluster::{Cluster, NodeIndex};
use redelivery_engine::resp::{Frame, Version};
use redelivery_engine::{Bytes, ClientId, Millis, NodeLimits, Reply};

use super::names::{NODES, Names};
use super::slot::{changes, looks};
use crate::ours::BEGIN_MS;
use crate::side::{Outcome, Side, is_quit};
use crate::step::{CLIENTS, Stage, Step};
use crate::theirs::HOMES;

/// The administrator's connection to each node.
const ADMINISTRATOR: ClientId = ClientId(0);

/// The engine's cluster, whose answers are read in one version of the protocol.
pub(crate) struct OurCluster {
    version: Version,
    names: Names,
    cluster: Cluster,
    now_ms: Millis,
    connections: [ClientId; CLIENTS],
    next_connection: u64,
}

impl OurCluster {
    pub(crate) fn new(version: Version, names: Names) -> Self {
        let mut ours = Self {
            version,
            cluster: Cluster::with_slots_divided(names.0.clone()),
            names,
            now_ms: BEGIN_MS,
            connections: [ADMINISTRATOR; CLIENTS],
            next_connection: 1,
        };
        ours.reset();
        ours
    }

    fn connect(&mut self, client: usize) {
        let connection = ClientId(self.next_connection);
        self.connections[client] = connection;
        self.next_connection += 1;
        let version = self.version;
        self.cluster
            .at(home(client), |broker| broker.set_version(connection, version));
    }

    fn frames(&self, client: usize, reply: &Reply) -> Vec<Frame> {
        let broker = self.cluster.node(home(client));
        reply.to_frames(broker.version(self.connections[client]))
    }

    /// What clients receive once the bus is empty.
    fn delivered(&mut self) -> Vec<(usize, Frame)> {
        self.cluster.deliver_all(self.now_ms);
        let mut delivered = Vec::new();
        for node in (0..NODES).map(index) {
            for (connection, reply) in self.cluster.take_outbox(node) {
                let client =
                    (0..CLIENTS).find(|&client| home(client) == node && self.connections[client] == connection);
                let client = client.expect("a reply goes to a client that is there");
                delivered.extend(self.frames(client, &reply).into_iter().map(|frame| (client, frame)));
            }
        }
        delivered.sort_by_key(|(client, _)| *client);
        delivered
    }

    fn masked(&mut self, reply: Option<Frame>, mut delivered: Vec<(usize, Frame)>) -> Outcome {
        delivered.extend(self.delivered());
        delivered.sort_by_key(|(client, _)| *client);
        // Each script has its own cluster, so nothing was counted before it.
        self.names.mask(Outcome { reply, delivered }, (0, 0))
    }
}

impl Side for OurCluster {
    fn reset(&mut self) {
        self.cluster = Cluster::with_slots_divided(self.names.0.clone());
        self.now_ms = BEGIN_MS;
        (0..CLIENTS).for_each(|client| self.connect(client));
    }

    fn command(&mut self, client: usize, argv: &[Bytes]) -> Outcome {
        self.now_ms += 1;
        let argv = self.names.resolve(argv);
        let connection = self.connections[client];
        let reply = self.cluster.apply_argv(home(client), connection, &argv, self.now_ms);
        let frames = reply.map_or(Vec::new(), |reply| self.frames(client, &reply));
        let mut frames = frames.into_iter();
        let reply = frames.next();
        let outcome = self.masked(reply, frames.map(|frame| (client, frame)).collect());
        if is_quit(&argv) {
            self.connect(client);
        }
        outcome
    }

    // Scripts of a cluster do not set them.
    fn limit_nodes(&mut self, _: NodeLimits) {}

    fn notify(&mut self, letters: &str) {
        let notifications = letters.parse().expect("letters of the setting");
        for node in (0..NODES).map(index) {
            self.cluster.at(node, |broker| {
                *broker = std::mem::take(broker).with_notifications(notifications);
            });
        }
    }

    fn wait(&mut self, ms: u64) {
        self.now_ms += ms;
    }

    fn slot(&mut self, key: &[u8], to: usize, stage: Stage) -> Outcome {
        let owner = self
            .cluster
            .node(index(to))
            .owner_of(key)
            .map(|owner| usize::from(owner.0));
        let mut delivered = Vec::new();
        for (node, words) in changes(key, owner, to, stage).into_iter().flatten() {
            let argv: Vec<Bytes> = words.split(' ').map(Bytes::from).collect();
            let argv = self.names.resolve(&argv);
            self.cluster.apply_argv(index(node), ADMINISTRATOR, &argv, self.now_ms);
            delivered.extend(self.delivered());
        }
        self.masked(None, delivered)
    }

    fn looks(&self, version: &str, _: &[Step]) -> (Vec<Step>, Vec<Step>) {
        looks(version)
    }

    fn time_out(&mut self, client: usize) -> Outcome {
        let connection = self.connections[client];
        self.cluster.at(home(client), |broker| broker.time_out(connection));
        self.masked(None, Vec::new())
    }

    fn disconnect(&mut self, client: usize) -> Outcome {
        let connection = self.connections[client];
        self.cluster.at(home(client), |broker| broker.disconnect(connection));
        self.connect(client);
        self.masked(None, Vec::new())
    }
}

fn home(client: usize) -> NodeIndex {
    index(HOMES[client])
}

fn index(node: usize) -> NodeIndex {
    NodeIndex(u16::try_from(node).expect("few nodes"))
}
