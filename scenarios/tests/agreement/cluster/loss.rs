//! A node of a real cluster is killed, and started again later: what every node answers meanwhile, beside what the world of a
//! scenario with `lose-node` answers.
//!
//! It happens twice: once nobody misses the node before it is back, once the others do. A step of the world is taken when
//! the servers are where it leads, as they tell themselves; nothing is a matter of time. A node is patient, with a
//! `cluster-node-timeout` so long that nothing changes while it is asked, unless something is to change. What cannot be put
//! off are the two seconds for which a node that is back serves no key: one that is asked too late is started once more.
//! Read next: `redelivery_model`'s `world/losing.rs`.

use std::time::Duration;

use redelivery_engine::ClientId;
use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::resp::{Frame, Version};
use redelivery_model::setup::{ClientIx, Mishap, Setup};
use redelivery_model::world::{Action, Failure, Ignore, World};
use redelivery_scenarios::language;
use redelivery_scenarios::live::{Connection, argv};

use super::names::{NODES, Names};
use super::servers::Servers;
use super::theirs::{TIMEOUT, wait_until};
use crate::theirs::is_since;

/// Who is lost, and two others.
const LOST: usize = 0;
const READER: usize = 1;
const THIRD: usize = 2;
/// A key of each node.
const KEYS: [&str; NODES] = ["{b}k", "{c}k", "{a}k"];

/// Milliseconds of `cluster-node-timeout`.
const PATIENT: &str = "100000";
const HASTY: &str = "1000";
/// What real nodes find out takes so long at most.
const PATIENCE: Duration = Duration::from_secs(60);
/// So often they are asked before they stay for so long what they are.
const ATTEMPTS: usize = 20;

const SCENARIO: &str = r#"
story = "The first node is lost, twice. An order is pending there; at the second somebody waits for an entry, and listens."

[cluster]
nodes = 3
full-coverage = COVERAGE
home = { press = 3, ben = 2 }

[stream.orders]
groups = { workers = "0" }

[producer.shop]
stream = "orders"
messages = 1

[consumer.worker]
stream = "orders"
group = "workers"

[stream.c]
groups = { readers = "0" }

[consumer.reader]
stream = "c"
group = "readers"

[publisher.press]
channels = ["news"]
messages = 1

[subscriber.ben]
channels = ["news"]

[broker]
appendonly = true

[faults]
lose-node = { times = 2, node = 1 }

[expect]
holds = ["delivery"]
"#;
/// The same, for real.
const PREPARATION: [(usize, &str); 4] = [
    (LOST, "XGROUP CREATE orders workers 0 MKSTREAM"),
    (LOST, "XADD orders 1-0 key shop-1"),
    (LOST, "XREADGROUP GROUP workers worker COUNT 1 STREAMS orders >"),
    (READER, "XGROUP CREATE c readers 0 MKSTREAM"),
];

/// What a node says of its cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct View {
    /// That it serves keys.
    is_up: bool,
    /// That the node that is lost has failed.
    misses: bool,
}

const UP: View = View {
    is_up: true,
    misses: false,
};

/// What each node says; the one that is gone says nothing.
type State = [Option<View>; NODES];

/// What it is asked for that.
const VIEW: [&str; 2] = ["CLUSTER INFO", "CLUSTER NODES"];

/// Both sides.
struct Cluster {
    servers: Servers,
    names: Names,
    setup: Setup,
    world: World,
    is_gone: bool,
    has_shards: bool,
    agreed: usize,
}

/// Plays the story; `full_coverage`: nodes that miss one serve no key.
pub(super) fn agrees(servers: &Servers, full_coverage: bool) -> Result<String, String> {
    let coverage = if full_coverage { "yes" } else { "no" };
    let own = servers.another_with(
        NODES,
        &[
            ("cluster-require-full-coverage", coverage),
            ("cluster-node-timeout", PATIENT),
            ("appendonly", "yes"),
            // Otherwise a write waits for up to two seconds while another is being synced.
            ("appendfsync", "always"),
        ],
    )?;
    let has_shards = own.iter().all(|server| is_since(server.binary(), "7.0"));
    let mut both = Cluster::new(own, full_coverage, has_shards)?;
    let mut reader = both.prepare()?;
    let mut subscriber = both.connect(READER)?;
    subscriber.request(&argv("SUBSCRIBE news")).map_err(text)?;

    let others = |misses| View {
        is_up: !(misses && full_coverage),
        misses,
    };
    let nodes = |lost, misses| [lost, Some(others(misses)), Some(others(misses))];
    let joining = Some(View { is_up: false, ..UP });

    both.look(nodes(Some(UP), false))?;
    both.kill()?;
    both.look(nodes(None, false))?;
    both.call_back(nodes(joining, false))?;
    both.follow(Action::Serves, nodes(Some(UP), false))?;

    both.kill()?;
    both.be(HASTY)?;
    both.follow(Action::Missed, nodes(None, true))?;
    both.is_carried(&mut subscriber)?;
    both.call_back(nodes(joining, true))?;
    both.follow(Action::Serves, nodes(Some(UP), true))?;
    both.be(HASTY)?;
    both.follow(Action::Covered, nodes(Some(UP), false))?;
    both.is_served(&mut reader)?;
    Ok(format!("{} answers agree", both.agreed))
}

impl Cluster {
    fn new(servers: Servers, full_coverage: bool, has_shards: bool) -> Result<Self, String> {
        let file = SCENARIO.replace("COVERAGE", &full_coverage.to_string());
        let scenario = language::parse("loss.toml".as_ref(), file.as_bytes());
        let scenario = scenario.map_err(|mistakes| mistakes[0].render(false))?;
        let setup = scenario.explore.setup;
        let nodes = setup.cluster.as_ref().ok_or("no cluster")?;
        Ok(Self {
            names: Names(nodes.nodes().map(|node| nodes.address(node).clone()).collect()),
            world: World::initial(&setup, &mut Ignore),
            setup,
            servers,
            is_gone: false,
            has_shards,
            agreed: 0,
        })
    }

    fn connect(&self, node: usize) -> Result<Connection, String> {
        let server = self.servers.iter().nth(node).ok_or("no such node")?;
        server.connect(TIMEOUT).map_err(text)
    }

    fn client(&self, name: &str) -> ClientIx {
        let is_it = |ix: &ClientIx| self.setup.client(*ix).name.to_string() == name;
        self.setup.client_ixs().find(is_it).expect("the scenario has it")
    }

    fn step(&mut self, client: &str) {
        let action = Action::Step(self.client(client));
        self.world.step(&self.setup, action, &mut Ignore);
    }

    /// An order is pending, and somebody waits for an entry at another node, whose connection this is.
    fn prepare(&mut self) -> Result<Connection, String> {
        let is_pending = |world: &World| {
            let group = world.stream(b"orders").and_then(|stream| stream.group(b"workers"));
            group.is_some_and(|group| group.pending_len() == 1)
        };
        self.step("shop");
        while !is_pending(&self.world) {
            self.step("worker");
        }
        for client in ["reader", "ben"] {
            while !self.world.waits(&self.setup, self.client(client)) {
                self.step(client);
            }
        }
        for (node, line) in PREPARATION {
            let reply = self.connect(node)?.request(&argv(line)).map_err(text)?;
            if reply.is_error() {
                return Err(format!("{line}: {reply:?}"));
            }
        }
        let mut reader = self.connect(READER)?;
        let read = argv("XREADGROUP GROUP readers reader COUNT 1 BLOCK 0 STREAMS c >");
        reader.send(&read).map_err(text)?;
        Ok(reader)
    }

    /// The node is lost, on both sides.
    fn kill(&mut self) -> Result<(), String> {
        let (how, lost, unanswered) = (Mishap::NodeLost, 0, None);
        self.take(Action::Fail(Failure { how, lost, unanswered }))?;
        self.is_gone = true;
        self.servers.server_mut(LOST).kill().map_err(text)
    }

    /// It is back, and serves no key.
    fn call_back(&mut self, state: State) -> Result<(), String> {
        self.take(Action::CameBack)?;
        for _ in 0..ATTEMPTS {
            self.servers.server_mut(LOST).restart().map_err(text)?;
            self.is_gone = false;
            if self.look_once(state)? {
                return Ok(());
            }
        }
        Err(format!("never asked while they are {state:?}"))
    }

    /// The servers come to be so, by themselves, and with this action so does the world, if it has any.
    fn follow(&mut self, action: Action, state: State) -> Result<(), String> {
        self.wait_for(state)?;
        self.be(PATIENT)?;
        if self.world.allows(&self.setup, action) {
            self.take(action)?;
        }
        self.look(state)
    }

    fn take(&mut self, action: Action) -> Result<(), String> {
        if !self.world.allows(&self.setup, action) {
            return Err(format!("our world has no {action:?} here"));
        }
        self.world.step(&self.setup, action, &mut Ignore);
        Ok(())
    }

    /// What is published at one node comes to a subscriber of another.
    fn is_carried(&mut self, subscriber: &mut Connection) -> Result<(), String> {
        self.step("press");
        self.take(Action::Bus(NodeIndex(THIRD as u16), NodeIndex(READER as u16)))?;
        let publish = self
            .connect(THIRD)?
            .request(&argv("PUBLISH news press-1"))
            .map_err(text)?;
        let message = subscriber.receive().map_err(text)?;
        match self.world.has_unread(self.client("ben")) {
            true => Ok(()),
            false => Err(format!("{publish:?} {message:?}, and nothing in our world")),
        }
    }

    /// Who waited, on both sides waits on, and is served; or was told on both sides that the cluster is down.
    fn is_served(&mut self, reader: &mut Connection) -> Result<(), String> {
        self.connect(READER)?
            .request(&argv("XADD c 1-0 key none"))
            .map_err(text)?;
        let theirs = reader.receive().map_err(text)?;
        let waits = self.world.waits(&self.setup, self.client("reader"));
        match waits != theirs.is_error() {
            true => Ok(()),
            false => Err(format!(
                "who waited was answered {theirs:?}; in our world it waits: {waits}"
            )),
        }
    }

    /// All nodes that are there are so patient from now on.
    fn be(&self, patience: &str) -> Result<(), String> {
        let line = format!("CONFIG SET cluster-node-timeout {patience}");
        for node in self.there() {
            self.connect(node)?.request(&argv(&line)).map_err(text)?;
        }
        Ok(())
    }

    fn there(&self) -> impl Iterator<Item = usize> {
        let is_gone = self.is_gone;
        (0..NODES).filter(move |node| !is_gone || *node != LOST)
    }
}

/// What nodes answer.
impl Cluster {
    /// All nodes answer the same on both sides, while the servers are in this state.
    fn look(&mut self, state: State) -> Result<(), String> {
        for _ in 0..ATTEMPTS {
            self.wait_for(state)?;
            if self.look_once(state)? {
                return Ok(());
            }
        }
        Err(format!("never for long enough {state:?}"))
    }

    /// The same, once; false when the servers are not so before and after.
    fn look_once(&mut self, state: State) -> Result<bool, String> {
        let mut answers = Vec::new();
        for node in self.there() {
            let lines = self.lines(node);
            let lines = lines.iter().map(String::as_str);
            let requests: Vec<_> = VIEW.into_iter().chain(lines).chain(VIEW).map(argv).collect();
            let mut frames = self.connect(node)?.pipeline(&requests).map_err(text)?;
            let after = frames.split_off(frames.len() - VIEW.len());
            let asked = frames.split_off(VIEW.len());
            let views = [self.view(&frames), self.view(&after)];
            if views.iter().any(|view| Some(*view) != state[node]) {
                return Ok(false);
            }
            answers.push((node, asked));
        }
        for (node, theirs) in answers {
            self.compare(node, &theirs, state)?;
        }
        Ok(true)
    }

    fn compare(&mut self, node: usize, theirs: &[Frame], state: State) -> Result<(), String> {
        let mut broker = self.world.broker(NodeIndex(node as u16)).clone();
        let mut ask = |line: &str| {
            let reply = broker.apply_argv(ClientId(1_000), &argv(line), self.world.now_ms());
            reply.map(|reply| reply.to_frames(Version::Resp2).remove(0))
        };
        for (line, theirs) in self.lines(node).iter().zip(theirs) {
            let (ours, theirs) = (
                self.names.masked(ask(line)),
                self.servers.names().masked(Some(theirs.clone())),
            );
            if ours != theirs {
                return Err(format!(
                    "{state:?}\nnode {}> {line}\n--- server\n{theirs:?}\n--- world\n{ours:?}",
                    node + 1
                ));
            }
            self.agreed += 1;
        }
        Ok(())
    }

    /// What a node is asked: nothing that leaves anything behind.
    fn lines(&self, node: usize) -> Vec<String> {
        let own = KEYS[node];
        let keyed = KEYS
            .iter()
            .flat_map(|key| [format!("GET {key}"), format!("SET {key} 1"), format!("DEL {key}")]);
        let rest = [
            "XLEN orders".to_owned(),
            "XPENDING orders workers".to_owned(),
            format!("MULTI\nSET {own} 2\nDEL {own}\nEXEC"),
            format!("MULTI\nGET {own}\nDISCARD"),
            format!("WATCH {own}\nUNWATCH"),
            "PUBLISH other m\nSUBSCRIBE other\nUNSUBSCRIBE other\nPING\nKEYS *".to_owned(),
        ];
        let sharded = KEYS
            .iter()
            .filter(|_| self.has_shards)
            .map(|key| format!("SPUBLISH {key} m"));
        let elsewhere = KEYS.iter().filter(|key| **key != own);
        let waiting = elsewhere.map(|key| format!("BLPOP {key}l 0"));
        let all: Vec<String> = keyed.chain(rest).chain(sharded).chain(waiting).collect();
        all.iter().flat_map(|lines| lines.lines().map(str::to_owned)).collect()
    }

    fn wait_for(&self, state: State) -> Result<(), String> {
        let mut last = Ok(state);
        let is_so = wait_until(PATIENCE, || {
            last = self.state();
            !matches!(&last, Ok(now) if *now != state)
        });
        match (is_so, last?) {
            (true, _) => Ok(()),
            (false, now) => Err(format!("the servers are {now:?}, not {state:?}")),
        }
    }

    fn state(&self) -> Result<State, String> {
        let mut state = [None; NODES];
        for node in self.there() {
            let frames = self.connect(node)?.pipeline(&VIEW.map(argv)).map_err(text)?;
            state[node] = Some(self.view(&frames));
        }
        Ok(state)
    }

    /// What the answers to [`VIEW`] say.
    fn view(&self, frames: &[Frame]) -> View {
        let [Frame::Bulk(info), Frame::Bulk(nodes)] = frames else {
            panic!("a node says {frames:?}");
        };
        let lost = self.servers.names().0[LOST].id.to_string();
        let nodes = String::from_utf8_lossy(nodes);
        let its = nodes.lines().find(|line| line.starts_with(&lost));
        let flags = its
            .and_then(|line| line.split(' ').nth(2))
            .expect("the node has a line");
        View {
            is_up: String::from_utf8_lossy(info).contains("cluster_state:ok"),
            misses: flags.split(',').any(|flag| flag == "fail"),
        }
    }
}

fn text(error: std::io::Error) -> String {
    error.to_string()
}
