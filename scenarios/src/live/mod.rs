//! Real Redis servers, and scenarios run against them. Here, and nowhere else below the runner, are sockets,
//! processes and clocks.
//!
//! It never decides what an answer means: events come of the same code as in a world ([`redelivery_model::observe`]),
//! and checks read them as they read any history. Each client is a process with a connection of its own and runs the
//! same client code as everywhere; a crash is SIGKILL. Read next: `guided` for a run along a path of the explorer,
//! `seeded` for one by seed, `stage` for what both are played on, `client` for the process, `proxy` for what holds and
//! loses requests and replies, `protocol` for what parent and process say to each other.

mod actor;
mod alike;
mod ask;
mod beginning;
mod calm;
mod client;
mod clock;
mod connection;
mod find;
mod guided;
mod history;
mod keeping;
mod process;
mod protocol;
mod proxy;
mod push;
mod replica;
mod reply;
mod seeded;
mod server;
mod stage;
mod watchdog;

pub use calm::wait_for_calm;
pub use client::client;
pub use connection::{Connection, argv};
pub use find::in_path;
pub use guided::{Diverged, Driven, End, Route, doomed, guided};
pub use keeping::{StartOptions, can_be_made_to_fail, put_aside_after, start_options, wants_replica};
pub use process::Launcher;
pub use replica::{Replica, info};
pub use reply::reply;
pub use seeded::seeded;
pub use server::{Server, free_address, servers, version};
pub use stage::{Live, Run};
