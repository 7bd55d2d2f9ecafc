//! A server that is asked: a real one, be it one that others use too, or our own over TCP.

use std::net::SocketAddr;

use redelivery_scenarios::live::{Connection, Server};

use crate::theirs::TIMEOUT;

/// A server.
pub(crate) enum Held<'a> {
    /// Others use it too.
    Shared(&'a Server),
    /// It may be killed.
    Own(Server),
    /// Ours.
    Served(SocketAddr),
}

impl Held<'_> {
    pub(crate) fn address(&self) -> SocketAddr {
        match self {
            Self::Shared(server) => server.address(),
            Self::Own(server) => server.address(),
            Self::Served(address) => *address,
        }
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::open(self.address(), TIMEOUT).expect("the server takes connections")
    }
}
