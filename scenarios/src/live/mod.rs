//! Real Redis servers, and scenarios run against them. Here, and nowhere else below the runner, are sockets,
//! processes and clocks.
//!
//! It never decides what an answer means: events come of the same code as in a world ([`redelivery_model::observe`]),
//! and checks read them as they read any history. Each client is a process with a connection of its own and runs the
//! same client code as everywhere; a crash is SIGKILL. Read next: `run` for one run, `client` for the process, `tap` for
//! how the parent sees what nobody received, `protocol` for what parent and process say to each other.

mod actor;
mod beginning;
mod client;
mod clock;
mod connection;
mod find;
mod history;
mod process;
mod protocol;
mod reply;
mod run;
mod server;
mod steps;
mod tap;

pub use client::client;
pub use connection::{Connection, argv};
pub use find::in_path;
pub use process::Launcher;
pub use reply::reply;
pub use run::{Live, Run, run};
pub use server::{Server, servers};
