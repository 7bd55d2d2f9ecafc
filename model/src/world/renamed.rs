//! A world, and its pieces, with clients in each other's place. Read first: `symmetry`.
//!
//! Each place that may hold a client, a connection or a name is listed, without `..`: a new one does not compile before
//! somebody has said what becomes of it.

use super::connections::Connections;
use super::piece::Inner;
use super::site::Site;
use super::{Client, Connection, Part, Piece, Seat, Section, World};
use crate::setup::ClientIx;
use crate::symmetry::Renaming;

impl World {
    /// The same world with clients in each other's place; canonical, if this is.
    pub fn renamed(&self, renaming: &Renaming) -> Self {
        let Self {
            now_ms,
            ahead_ms,
            site,
            clients,
            connections,
            spent,
            ledger,
            monitors,
        } = self;
        let mut renamed = Self {
            now_ms: Part::new(*now_ms.unnoted()),
            ahead_ms: *ahead_ms,
            site: Part::new(site.unnoted().renamed(renaming)),
            clients: clients.clone(),
            connections: Connections::default(),
            spent: Part::new(*spent.unnoted()),
            ledger: Part::new(ledger.unnoted().renamed(renaming)),
            monitors: monitors.renamed(renaming),
        };
        for (client, state) in (0..).map(ClientIx).zip(clients) {
            let place = usize::from(renaming.client(client).0);
            renamed.clients[place] = Part::new(state.unnoted().renamed(renaming));
        }
        for connection in connections.ixs() {
            let state = connections.get(connection).map(|state| state.renamed(renaming));
            renamed.connections.set(renaming.connection(connection), state);
        }
        renamed.clear_notes();
        renamed
    }
}

impl Client {
    fn renamed(&self, renaming: &Renaming) -> Self {
        let Self {
            memory,
            connection,
            restarts,
            since_ms,
            is_paused,
            is_cut_off,
            is_forgotten,
            is_turned_away,
            is_behind,
        } = self;
        Self {
            memory: memory.renamed(renaming),
            connection: connection.map(|connection| renaming.connection(connection)),
            restarts: *restarts,
            since_ms: *since_ms,
            is_paused: *is_paused,
            is_cut_off: *is_cut_off,
            is_forgotten: *is_forgotten,
            is_turned_away: *is_turned_away,
            is_behind: *is_behind,
        }
    }
}

impl Connection {
    fn renamed(&self, renaming: &Renaming) -> Self {
        let Self {
            client,
            node,
            asking,
            in_flight,
            blocked_on,
            subscriber,
            unread,
        } = self;
        Self {
            client: client.map(|client| renaming.client(client)),
            node: *node,
            asking: *asking,
            in_flight: in_flight.iter().map(|request| request.renamed(renaming)).collect(),
            blocked_on: blocked_on.as_ref().map(|request| request.renamed(renaming)),
            // Subscribers have a row each: none of them moves, and what they hear is of messages.
            subscriber: *subscriber,
            unread: unread.clone(),
        }
    }
}

impl Site {
    fn renamed(&self, renaming: &Renaming) -> Self {
        match self {
            Self::One(broker) => Self::One(broker.renamed(renaming)),
            Self::Cluster(_) => unreachable!("in a cluster nobody is taken for interchangeable"),
            Self::Kept(_) => unreachable!("where the broker fails nobody is taken for interchangeable"),
        }
    }
}

impl Seat {
    /// Where what belongs here belongs instead.
    pub(crate) fn renamed(&self, renaming: &Renaming) -> Self {
        match self {
            Self::Client(client) => Self::Client(renaming.client(*client)),
            Self::Connection(connection) => Self::Connection(renaming.connection(*connection)),
            Self::Key(key) => Self::Key(renaming.text(key)),
            Self::Clock | Self::Site | Self::Index(_) | Self::Spent | Self::Ledger => self.clone(),
            Self::Monitors { .. } => self.clone(),
        }
    }
}

impl Section {
    /// The section of others in their place.
    pub(crate) fn renamed(self, renaming: &Renaming) -> Self {
        match self {
            Self::Client(client) => Self::Client(renaming.client(client)),
            Self::Connection(connection) => Self::Connection(renaming.connection(connection)),
            Self::Faults(client) => Self::Faults(renaming.client(client)),
            Self::Bus | Self::Ageing | Self::Expiry | Self::Failures | Self::Network => self,
        }
    }
}

impl Piece {
    /// The same with clients in each other's place.
    pub(crate) fn renamed(&self, renaming: &Renaming) -> Self {
        Self(match &self.0 {
            Inner::Clock(now_ms) => Inner::Clock(*now_ms),
            Inner::Site(site) => Inner::Site(Box::new(site.renamed(renaming))),
            Inner::Index(keys) => {
                let keys = keys.iter();
                let mut keys: Vec<_> = keys
                    .map(|(key, kind, expires)| (renaming.text(key), *kind, *expires))
                    .collect();
                keys.sort_unstable();
                Inner::Index(keys)
            }
            Inner::Spent(spent) => Inner::Spent(*spent),
            Inner::Ledger(ledger) => Inner::Ledger(ledger.renamed(renaming)),
            Inner::Client(client) => Inner::Client(Box::new(client.renamed(renaming))),
            Inner::Monitors(ward) => Inner::Monitors(ward.renamed(renaming)),
            Inner::Connection(connection) => Inner::Connection(Box::new(connection.renamed(renaming))),
            Inner::Key(part) => Inner::Key(part.renamed(renaming)),
        })
    }
}
