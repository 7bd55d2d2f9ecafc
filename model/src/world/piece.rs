//! A piece of a world: as it lies there, or kept by itself.

use std::hash::{Hash, Hasher};

use redelivery_engine::{Bytes, KeyPart, Millis};

use super::site::Site;
use super::{Client, Connection, Spent};
use crate::check::Ward;
use crate::observe::Ledger;

/// A piece of a world. What is large is boxed: most pieces are small, and many lie side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece(pub(super) Inner);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Inner {
    Clock(Millis),
    Site(Box<Site>),
    Index(Vec<(Bytes, &'static str, bool)>),
    Spent(Spent),
    Ledger(Ledger),
    Client(Box<Client>),
    Monitors(Ward),
    Connection(Box<Connection>),
    Key(KeyPart),
}

/// A piece as it lies in a world.
#[derive(Debug, Hash)]
pub(crate) struct PieceRef<'a>(pub(super) View<'a>);

/// The broker's side, seen without the keys of the one broker.
#[derive(Debug)]
pub(super) struct Rest<'a>(pub(super) &'a Site);

impl Hash for Rest<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash_but_for_keys(state);
    }
}

#[derive(Debug, Hash)]
pub(super) enum View<'a> {
    Clock(Millis),
    Site(Rest<'a>),
    Index(Vec<(Bytes, &'static str, bool)>),
    Spent(Spent),
    Ledger(&'a Ledger),
    Client(&'a Client),
    Monitors(&'a Ward),
    Connection(&'a Connection),
    Key(KeyPart),
}

impl<'a> PieceRef<'a> {
    /// Monitors that lie nowhere.
    pub(crate) fn of_ward(ward: &'a Ward) -> Self {
        Self(View::Monitors(ward))
    }

    /// Whether it is equal to a piece.
    pub(crate) fn is(&self, piece: &Piece) -> bool {
        match (&self.0, &piece.0) {
            (View::Clock(own), Inner::Clock(other)) => own == other,
            (View::Site(Rest(own)), Inner::Site(other)) => own.is_but_for_keys(other),
            (View::Index(own), Inner::Index(other)) => own == other,
            (View::Spent(own), Inner::Spent(other)) => own == other,
            (View::Ledger(own), Inner::Ledger(other)) => *own == other,
            (View::Client(own), Inner::Client(other)) => **own == **other,
            (View::Monitors(own), Inner::Monitors(other)) => *own == other,
            (View::Connection(own), Inner::Connection(other)) => **own == **other,
            (View::Key(own), Inner::Key(other)) => own == other,
            _ => false,
        }
    }

    /// A piece of its own.
    pub(crate) fn into_piece(self) -> Piece {
        Piece(match self.0 {
            View::Clock(own) => Inner::Clock(own),
            View::Site(Rest(own)) => Inner::Site(Box::new(own.without_keys())),
            View::Index(own) => Inner::Index(own),
            View::Spent(own) => Inner::Spent(own),
            View::Ledger(own) => Inner::Ledger(own.clone()),
            View::Client(own) => Inner::Client(Box::new(own.clone())),
            View::Monitors(own) => Inner::Monitors(own.clone()),
            View::Connection(own) => Inner::Connection(Box::new(own.clone())),
            View::Key(own) => Inner::Key(own),
        })
    }

    /// How lists of keys show it, if it is a key.
    pub(crate) fn listed(&self) -> Option<(&'static str, bool, bool)> {
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
            Inner::Site(own) => View::Site(Rest(own)),
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
    pub(crate) fn listed(&self) -> Option<(&'static str, bool, bool)> {
        match &self.0 {
            Inner::Key(part) => Some(part.listed()),
            _ => None,
        }
    }
}
