//! Real Redis servers: starting them and talking to them. Here, and nowhere else below the runner, are sockets,
//! processes and clocks.
//!
//! It never decides what an answer means; that is for the drivers and the tests. `server` starts a process,
//! `connection` speaks to one through our own codec.

mod connection;
mod server;

pub use connection::{Connection, argv};
pub use server::{Server, servers};
