//! A piece of a world: as it lies there, or kept by itself.

use redelivery_engine::{Bytes, KeyPart, Millis};

use super::site::Site;
use super::{Client, Connection, Spent};
use crate::check::Ward;
use crate::observe::Ledger;

/// A piece of a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece(pub(super) Inner);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Inner {
    Clock(Millis),
    Site(Box<Site>),
    Index(Vec<(Bytes, &'static str, bool)>),
    Spent(Spent),
    Ledger(Ledger),
    Client(Client),
    Monitors(Ward),
    Connection(Connection),
    Key(KeyPart),
}

/// A piece as it lies in a world.
#[derive(Debug, Hash)]
pub(crate) struct PieceRef<'a>(pub(super) View<'a>);

#[derive(Debug, Hash)]
pub(super) enum View<'a> {
    Clock(Millis),
    Site(Box<Site>),
    Index(Vec<(Bytes, &'static str, bool)>),
    Spent(Spent),
    Ledger(&'a Ledger),
    Client(&'a Client),
    Monitors(&'a Ward),
    Connection(&'a Connection),
    Key(KeyPart),
}

impl PieceRef<'_> {
    /// Whether it is equal to a piece.
    pub(crate) fn is(&self, piece: &Piece) -> bool {
        match (&self.0, &piece.0) {
            (View::Clock(own), Inner::Clock(other)) => own == other,
            (View::Site(own), Inner::Site(other)) => own == other,
            (View::Index(own), Inner::Index(other)) => own == other,
            (View::Spent(own), Inner::Spent(other)) => own == other,
            (View::Ledger(own), Inner::Ledger(other)) => *own == other,
            (View::Client(own), Inner::Client(other)) => *own == other,
            (View::Monitors(own), Inner::Monitors(other)) => *own == other,
            (View::Connection(own), Inner::Connection(other)) => *own == other,
            (View::Key(own), Inner::Key(other)) => own == other,
            _ => false,
        }
    }

    /// A piece of its own.
    pub(crate) fn into_piece(self) -> Piece {
        Piece(match self.0 {
            View::Clock(own) => Inner::Clock(own),
            View::Site(own) => Inner::Site(own),
            View::Index(own) => Inner::Index(own),
            View::Spent(own) => Inner::Spent(own),
            View::Ledger(own) => Inner::Ledger(own.clone()),
            View::Client(own) => Inner::Client(own.clone()),
            View::Monitors(own) => Inner::Monitors(own.clone()),
            View::Connection(own) => Inner::Connection(own.clone()),
            View::Key(own) => Inner::Key(own),
        })
    }

    /// How lists of keys show it, if it is a key.
    pub(crate) fn listed(&self) -> Option<(&'static str, bool)> {
        match &self.0 {
            View::Key(part) => Some(part.listed()),
            _ => None,
        }
    }
}

impl Piece {
    /// As if it lay in a world.
    pub(crate) fn view(&self) -> PieceRef<'_> {
        PieceRef(match &self.0 {
            Inner::Clock(own) => View::Clock(*own),
            Inner::Site(own) => View::Site(own.clone()),
            Inner::Index(own) => View::Index(own.clone()),
            Inner::Spent(own) => View::Spent(*own),
            Inner::Ledger(own) => View::Ledger(own),
            Inner::Client(own) => View::Client(own),
            Inner::Monitors(own) => View::Monitors(own),
            Inner::Connection(own) => View::Connection(own),
            Inner::Key(own) => View::Key(own.clone()),
        })
    }

    /// The monitors, if it is some.
    pub(crate) fn ward(&self) -> Option<&Ward> {
        match &self.0 {
            Inner::Monitors(ward) => Some(ward),
            _ => None,
        }
    }

    /// How lists of keys show it, if it is a key.
    pub(crate) fn listed(&self) -> Option<(&'static str, bool)> {
        match &self.0 {
            Inner::Key(part) => Some(part.listed()),
            _ => None,
        }
    }
}
