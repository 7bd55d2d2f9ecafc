//! Simulating: seeded runs in virtual time, in larger scope than exploring reaches.
//!
//! The actions are those of exploring, picked by a seeded policy; durations are drawn on a virtual clock. A function α
//! maps a simulated world to an explored one, and a test shows that each simulated step is an explored action or leaves
//! α unchanged (`tests/alpha.rs`). Read next: `run`, `agenda`, `row`, `policy`; [`numbers`] for
//! what runs come to in figures.

mod agenda;
pub mod numbers;
pub mod policy;
pub mod random;
mod row;
mod run;
mod timing;

pub use policy::{Faults, Hit, Policy};
pub use run::{Outcome, Simulation, settle, simulate};
pub use timing::Timing;
