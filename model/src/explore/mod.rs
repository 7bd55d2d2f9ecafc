//! Exploring: every order of events within a scenario's bounds, on the real engine.
//!
//! `model` is the world as stateright's `Model`; `search` visits all of it breadth first and keeps the shortest path to
//! each violation; `ending` judges how runs end once faults are over; `onward`
//! says what can still follow a world.

mod ending;
mod model;
mod onward;
mod search;

pub use model::Exploration;
pub use onward::onward;
pub use search::{Explored, Found, explore};
