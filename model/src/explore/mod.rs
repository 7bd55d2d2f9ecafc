//! Exploring: every order of events within a scenario's bounds, on the real engine.
//!
//! `model` is the world as stateright's `Model`; `search` visits all of it breadth first and keeps the shortest path to
//! each violation; `ending` judges how runs end once faults are over.

mod ending;
mod model;
mod search;

pub use model::Exploration;
pub use search::{Explored, Found, explore};
