//! A world in pieces, for explorers: equal pieces are kept once, a world is a row of them, and what a step looked at is
//! known piece by piece.
//!
//! The pieces are the parts that note who looks at them, and the keys of the broker, which [`KeyNotes`] notes. Where there
//! is a cluster, all its nodes together are one piece.

use std::sync::Arc;

use redelivery_engine::{Bytes, Index};

use super::key_notes::KeyNotes;
use super::piece::{Inner, Piece, PieceRef, Rest, View};
use super::{ConnectionIx, Part, World};
use crate::setup::ClientIx;

/// Where a piece belongs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Seat {
    /// The clock.
    Clock,
    /// The broker without its keys, or the nodes of a cluster.
    Site,
    /// Which keys there are of some kind: it follows from the keys, and is seen without looking at them.
    Index(Index),
    /// The faults that have happened.
    Spent,
    /// Which entry carries which message.
    Ledger,
    /// A client.
    Client(ClientIx),
    /// The monitors of one subject.
    Monitors {
        /// Their place among all.
        place: u32,
        /// Whether they remember times, which canonical worlds change together.
        is_timed: bool,
    },
    /// A connection.
    Connection(ConnectionIx),
    /// A key of the broker.
    Key(Bytes),
}

/// The lists of keys that are pieces. The list of all keys is none: whoever looks at it looks at each key.
const INDEXES: [Index; 2] = [Index::Grouped, Index::Expiring];

impl World {
    /// From now on the looks at keys are noted there, where there is one broker.
    pub(crate) fn attend(&mut self, notes: Arc<KeyNotes>) {
        if let Some(broker) = self.site.unnoted_mut().alone_mut() {
            broker.attend(notes);
        }
    }

    /// The seats of the lists of keys.
    pub(crate) fn indexes() -> impl Iterator<Item = Seat> {
        INDEXES.into_iter().map(Seat::Index)
    }

    /// The seats that every world of a setup has.
    pub(crate) fn seats(&self) -> impl Iterator<Item = Seat> {
        let clients = (0..self.clients.len() as u16).map(|client| Seat::Client(ClientIx(client)));
        let monitors = self.monitor_seats();
        let fixed = [Seat::Clock, Seat::Site, Seat::Spent, Seat::Ledger];
        let fixed = fixed.into_iter().chain(INDEXES.map(Seat::Index));
        fixed.chain(clients).chain(monitors)
    }

    fn monitor_seats(&self) -> impl Iterator<Item = Seat> {
        let timed = self.monitors.parts_are_timed();
        (0..)
            .zip(timed)
            .map(|(place, is_timed)| Seat::Monitors { place, is_timed })
    }

    /// The seats that only some worlds have and that are taken in this one.
    pub(crate) fn further_seats(&self) -> Vec<Seat> {
        let connections = (0..self.connections.len() as u16).map(ConnectionIx);
        let keys = self
            .site
            .unnoted()
            .alone()
            .into_iter()
            .flat_map(|broker| broker.key_index(Index::Keys));
        let connections = connections.map(Seat::Connection);
        connections
            .chain(keys.map(|(key, ..)| Seat::Key(key.clone())))
            .collect()
    }

    /// The piece in a seat; none if it is free.
    pub(crate) fn piece(&self, seat: &Seat) -> Option<PieceRef<'_>> {
        Some(PieceRef(match seat {
            Seat::Clock => View::Clock(*self.now_ms.unnoted()),
            Seat::Site => View::Site(Rest(self.site.unnoted())),
            Seat::Index(of) => {
                let broker = self.site.unnoted().alone();
                let keys = broker.into_iter().flat_map(|broker| broker.key_index(*of));
                View::Index(keys.map(|(key, kind, expires)| (key.clone(), kind, expires)).collect())
            }
            Seat::Spent => View::Spent(*self.spent.unnoted()),
            Seat::Ledger => View::Ledger(self.ledger.unnoted()),
            Seat::Client(client) => View::Client(self.clients[usize::from(client.0)].unnoted()),
            Seat::Monitors { place, .. } => View::Monitors(self.monitors.parts().nth(*place as usize)?.unnoted()),
            Seat::Connection(connection) => View::Connection(self.connections.part(*connection)?.unnoted().as_ref()?),
            Seat::Key(key) => View::Key(self.site.unnoted().alone()?.key_part(key)?),
        }))
    }

    /// Puts a piece into a seat, or leaves the seat free. Nobody notes it.
    pub(crate) fn put_piece(&mut self, seat: &Seat, piece: Option<&Piece>) {
        match (seat, piece.map(|Piece(inner)| inner)) {
            (Seat::Clock, Some(Inner::Clock(now_ms))) => *self.now_ms.unnoted_mut() = *now_ms,
            (Seat::Site, Some(Inner::Site(site))) => self.site.unnoted_mut().put_all_but_keys((**site).clone()),
            // It follows from the keys.
            (Seat::Index(_), Some(Inner::Index(_))) => {}
            (Seat::Spent, Some(Inner::Spent(spent))) => *self.spent.unnoted_mut() = *spent,
            (Seat::Ledger, Some(Inner::Ledger(ledger))) => self.ledger.unnoted_mut().clone_from(ledger),
            (Seat::Client(client), Some(Inner::Client(state))) => {
                self.clients[usize::from(client.0)].unnoted_mut().clone_from(state);
            }
            (Seat::Monitors { place, .. }, Some(Inner::Monitors(ward))) => {
                let part = self.monitors.parts_mut().nth(*place as usize);
                part.expect("a seat of this world").unnoted_mut().clone_from(ward);
            }
            (Seat::Connection(connection), Some(Inner::Connection(state))) => {
                *self.connections.part_mut(*connection).unnoted_mut() = Some((**state).clone());
            }
            (Seat::Connection(connection), None) => *self.connections.part_mut(*connection).unnoted_mut() = None,
            (Seat::Key(key), part @ (None | Some(Inner::Key(_)))) => {
                let part = match part {
                    Some(Inner::Key(part)) => Some(part.clone()),
                    _ => None,
                };
                if let Some(broker) = self.site.unnoted_mut().alone_mut() {
                    broker.set_key_part(key, part);
                }
            }
            (seat, piece) => unreachable!("{piece:?} has no place in {seat:?}"),
        }
    }

    /// Nobody has looked at anything since now.
    pub(crate) fn clear_notes(&mut self) {
        self.now_ms.clear_notes();
        self.site.unnoted_mut().forget_changes();
        self.site.clear_notes();
        self.clients.iter_mut().for_each(Part::clear_notes);
        self.connections.clear_notes();
        self.spent.clear_notes();
        self.ledger.clear_notes();
        self.monitors.parts_mut().for_each(Part::clear_notes);
    }

    /// The seats that were looked at since notes were cleared, and whether each may have changed. Clears the notes of
    /// keys; a seat may come twice. Indexes follow from keys: who sees keys change asks for them.
    pub(crate) fn looked_at(&mut self, keys: &KeyNotes, visit: &mut dyn FnMut(Seat, bool)) {
        let mut visit_part = |seat: Seat, is_looked_at: bool, is_changed: bool| {
            if is_looked_at {
                visit(seat, is_changed);
            }
        };
        visit_part(Seat::Clock, self.now_ms.is_looked_at(), self.now_ms.is_changed());
        visit_part(Seat::Site, self.site.is_looked_at(), self.site.is_changed());
        visit_part(Seat::Spent, self.spent.is_looked_at(), self.spent.is_changed());
        visit_part(Seat::Ledger, self.ledger.is_looked_at(), self.ledger.is_changed());
        for (client, part) in (0..).map(ClientIx).zip(&self.clients) {
            visit_part(Seat::Client(client), part.is_looked_at(), part.is_changed());
        }
        self.monitors.each_part(&mut |place, is_timed, part| {
            visit_part(
                Seat::Monitors { place, is_timed },
                part.is_looked_at(),
                part.is_changed(),
            );
        });
        for connection in (0..self.connections.len() as u16).map(ConnectionIx) {
            if let Some(part) = self.connections.part(connection) {
                visit_part(Seat::Connection(connection), part.is_looked_at(), part.is_changed());
            }
        }
        keys.indexes().for_each(|of| visit_part(Seat::Index(of), true, false));
        keys.keys()
            .for_each(|key| visit_part(Seat::Key(key.clone()), true, true));
        keys.clear();
    }
}
