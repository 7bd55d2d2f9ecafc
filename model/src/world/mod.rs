//! The world: everything that changes during a run, as one value.
//!
//! Its components are the broker, or the nodes of a cluster, the clients, the connections between them, the fault budget that is left, the
//! monitors' states and the clock. [`World::enabled`] lists what may happen next, in a fixed order; [`World::step`] does
//! it and reads nothing else. Exploring, simulating and replaying all go through these two.

mod action;
mod bounded;
mod canonical;
mod cluster;
mod connection;
mod connections;
mod defective;
mod enabled;
mod exchange;
mod failing;
mod jump;
mod key_notes;
mod losing;
mod observer;
mod part;
mod parted;
mod piece;
mod pieces;
mod pushes;
mod renamed;
mod replicating;
mod rewriting;
mod script;
mod site;
mod spent;
mod splitting;
mod step;
mod turns;
mod unread;

use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::{Broker, Bytes, ClientId, Millis, Stream};

pub use action::{Action, Actor};
pub(crate) use canonical::Limits;
pub use canonical::{min_idle, thresholds};
pub use connection::{Connection, ConnectionIx};
pub(crate) use enabled::Section;
pub use failing::Failure;
pub(crate) use key_notes::KeyNotes;
pub use observer::{Ignore, Observer, Place};
pub(crate) use part::Part;
pub(crate) use piece::{Piece, PieceRef};
pub(crate) use pieces::Seat;
pub use spent::Spent;
pub use splitting::FORMER;

use crate::check::Monitors;
use crate::client::{Choice, Intent, Me, Memory, Observation, Request, producer};
use crate::event::{Event, Moment};
use crate::observe::Ledger;
use crate::setup::{ClientIx, Setup, Span};
use connections::Connections;
use site::Site;

/// The clock while exploring, where time shows in idle ages only; and the clock's first reading elsewhere.
pub const START_MS: Millis = 1_000_000_000_000;

/// The state of a run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    now_ms: Part<Millis>,
    /// How far the broker's clock is ahead of the true time, or behind it. Canonical worlds have it right.
    ahead_ms: i64,
    site: Part<Site>,
    clients: Vec<Part<Client>>,
    connections: Connections,
    spent: Part<Spent>,
    ledger: Part<Ledger>,
    monitors: Monitors,
}

/// A client as the world sees it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Client {
    memory: Memory,
    /// None while the process is down, cut off or forgotten.
    connection: Option<ConnectionIx>,
    restarts: u8,
    /// Since when it has intended what it intends, where exploring has a clock; elsewhere nobody asks.
    since_ms: Millis,
    /// Whether it stands still, where exploring has a clock.
    is_paused: bool,
    /// Whether it has no connection because the network is parted.
    is_cut_off: bool,
    /// Whether the broker has closed its connection, and it believes in it still.
    is_forgotten: bool,
    /// Whether a node has told it that the cluster is down: it tries again, in vain as long as that is so.
    is_turned_away: bool,
    /// Whether messages lay there that it had not read when the network parted, where that counts.
    is_behind: bool,
}

impl World {
    /// The world before the first step: groups exist, messages produced beforehand lie in their streams, and readers
    /// that want only what is yet to come have asked for it.
    pub fn initial(setup: &Setup, observer: &mut dyn Observer) -> Self {
        let mut world = Self {
            now_ms: Part::new(START_MS),
            ahead_ms: 0,
            site: Part::new(Site::at_start(setup)),
            clients: Vec::new(),
            connections: Connections::default(),
            spent: Part::new(Spent::default()),
            ledger: Part::new(Ledger::default()),
            monitors: Monitors::new(setup),
        };
        for command in setup.preparation() {
            let request = Request::One(command);
            let cluster = setup.cluster.as_ref();
            let owner = cluster.and_then(|cluster| cluster.owner_of(&request.keys().next()?));
            let now_ms = *world.now_ms;
            world
                .site
                .apply(owner.unwrap_or_default(), ClientId(0), &request, now_ms);
        }
        for client in setup.client_ixs() {
            let me = Me {
                setup,
                client,
                restarts: 0,
            };
            world.clients.push(Part::new(Client {
                memory: Memory::at_start(me),
                connection: None,
                restarts: 0,
                since_ms: START_MS,
                is_paused: false,
                is_cut_off: false,
                is_forgotten: false,
                is_turned_away: false,
                is_behind: false,
            }));
            world.connect(setup, client);
        }
        for (client, message, policy, add) in producer::beforehand(setup) {
            let request = Request::One(add);
            world.reach(setup, client, &request, observer);
            let reply = world.execute(setup, world.connection_of(client), &request, observer);
            let touches_items = Self::touches_items(setup, &request);
            world.hand_out(setup, touches_items, observer);
            // A push that wants a list may find none.
            if let Some(produced) = reply.and_then(|reply| producer::produced(client, message, policy, &reply)) {
                world.tell(setup, produced, observer);
            }
        }
        for client in setup.client_ixs() {
            if setup.client(client).role.waits_for_what_comes() {
                world.ask_for_what_comes(setup, client, observer);
            }
        }
        if let Some(kept) = world.site.kept_mut() {
            kept.settle_all();
        }
        world
    }

    /// A client that wants what is yet to come asks for it, before anything else happens.
    fn ask_for_what_comes(&mut self, setup: &Setup, client: ClientIx, observer: &mut dyn Observer) {
        loop {
            match self.intent(setup, client) {
                Some(Intent::Send(request)) => self.exchange(setup, client, request, observer),
                Some(Intent::SendOnly(request)) => {
                    if !self.reach(setup, client, &request, observer) {
                        continue;
                    }
                    let connection = self.connection_of(client);
                    self.execute_or_hold(setup, connection, request, observer);
                    self.hear(setup, client, Observation::Sent, observer);
                }
                _ => return,
            }
        }
    }

    /// A node, to look at; where there is no cluster, the broker is the first.
    ///
    /// # Panics
    /// When there is no such node.
    pub fn broker(&self, node: NodeIndex) -> &Broker {
        self.site.node(node)
    }

    /// The stream at a key, on whichever node it lies.
    pub fn stream(&self, key: &[u8]) -> Option<&Stream> {
        self.site.stream(key)
    }

    /// The keys with a time to live, node by node in their order.
    pub fn keys_that_expire(&self) -> impl Iterator<Item = (NodeIndex, &Bytes)> {
        self.site_of_times().keys_that_expire()
    }

    /// When a time-out or the end of a key comes next, in milliseconds.
    pub fn next_deadline(&self) -> Option<Millis> {
        let deadline_ms = match self.site.alone() {
            Some(broker) => broker.next_deadline(),
            None => self.site.nodes().filter_map(|(_, broker)| broker.next_deadline()).min(),
        };
        deadline_ms.map(|broker_ms| self.when_broker_shows(broker_ms))
    }

    /// The broker's side, to look for times: where there is one broker only its streams are looked at.
    fn site_of_times(&self) -> &Site {
        match self.site.unnoted() {
            alone @ Site::One(_) => alone,
            Site::Cluster(_) | Site::Kept(_) => &self.site,
        }
    }

    /// The monitors, to look at.
    pub fn monitors(&self) -> &Monitors {
        &self.monitors
    }

    /// The clock, in milliseconds.
    pub fn now_ms(&self) -> Millis {
        *self.now_ms
    }

    /// What a client would do next; none while it is down or waits for a reply.
    pub fn intent(&self, setup: &Setup, client: ClientIx) -> Option<Intent> {
        let state = self.client(client);
        let is_blocked = match state.connection {
            Some(connection) => self.connection(connection)?.blocked_on().is_some(),
            None => !state.is_forgotten,
        };
        if is_blocked {
            return None;
        }
        Some(state.memory.intent(self.me(setup, client)))
    }

    /// What the client that an action is of does in it.
    pub fn intent_in(&self, setup: &Setup, action: Action) -> Option<Intent> {
        match action {
            Action::Choose(client, turn) => self.chosen(setup, client, turn),
            Action::Deviate(client, choice) => self.deviating(setup, client, choice),
            action => self.intent(setup, action.client()?),
        }
    }

    /// What a client does that asks otherwise than it intends; none where it cannot.
    pub(crate) fn deviating(&self, setup: &Setup, client: ClientIx, choice: Choice) -> Option<Intent> {
        match self.intent(setup, client)? {
            Intent::Send(request) => choice.instead(&request).map(Intent::Send),
            _ => None,
        }
    }

    /// What a client remembers, to look at.
    pub fn memory(&self, client: ClientIx) -> &Memory {
        &self.client(client).memory
    }

    /// How long a client waits before the first thing that it does, if it is to wait and has not done it.
    pub fn begins_after(&self, setup: &Setup, client: ClientIx) -> Option<Span> {
        self.client(client).memory.begins_after(self.me(setup, client))
    }

    fn me<'a>(&self, setup: &'a Setup, client: ClientIx) -> Me<'a> {
        Me {
            setup,
            client,
            restarts: self.client(client).restarts,
        }
    }

    fn client(&self, client: ClientIx) -> &Client {
        &self.clients[usize::from(client.0)]
    }

    fn client_mut(&mut self, client: ClientIx) -> &mut Client {
        &mut self.clients[usize::from(client.0)]
    }

    /// Tells an event to the monitors and the observer.
    fn tell(&mut self, setup: &Setup, event: Event, observer: &mut dyn Observer) {
        tell(setup, (&self.now_ms, &mut self.monitors), &event, observer);
    }
}

/// Tells an event, that happens now, to the monitors and the observer.
fn tell(setup: &Setup, (now_ms, monitors): (&Part<Millis>, &mut Monitors), event: &Event, observer: &mut dyn Observer) {
    let moment = Moment::at(**now_ms);
    observer.event(moment, event);
    let all = !observer.tells_untimed();
    let report = &mut |violation| observer.violation(violation);
    match all {
        true => monitors.on(setup, moment, event, report),
        false => monitors.on_timed(setup, moment, event, report),
    }
}
