//! Exploring: every order of events within a scenario's bounds, on the real engine.
//!
//! `model` is the world as stateright's `Model`; `search` visits all of it breadth first and keeps the shortest path to
//! each violation; `simplest` looks for the simplest among the shortest paths; `ending` judges how runs end once faults are
//! over; `round` finds the cycle in which one of them stays; `onward` says what can still follow a world.

mod ending;
mod model;
mod onward;
mod round;
mod search;
mod simplest;

pub use model::{Exploration, properties};
pub use onward::onward;
pub use round::{round, round_steps};
pub use search::{Explored, Found, explore};
pub use simplest::{acting, faults, simplest};
