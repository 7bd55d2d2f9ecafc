//! What may happen: clients, faults and checks around the broker, explored exhaustively or simulated by seed.

pub mod check;
pub mod client;
pub mod defect;
pub mod event;
pub mod explore;
pub mod history;
pub mod observe;
pub mod occurrence;
mod replies;
pub mod setup;
pub mod simulate;
pub mod world;
