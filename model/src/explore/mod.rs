//! Exploring: every order of events within a scenario's bounds, on the real engine.
//!
//! `model` is the world as stateright's `Model`; `memo` visits all of it breadth first and keeps the shortest path to
//! each violation, and `plain` does the same without its art; `simplest` looks for the simplest among the shortest paths;
//! `ending` judges how runs end once faults are over (`places`: where clients are interchangeable); `round` finds the
//! cycle in which one of them stays; `onward` says what can still follow a world; `clock` dates paths where time is
//! bounded; `walk` shows every transition to somebody who looks on.

mod clock;
mod ending;
mod explored;
mod memo;
mod model;
mod onward;
mod places;
mod plain;
mod round;
mod seen;
mod simplest;
mod walk;

pub use clock::{from_beginning, from_step_to_step};
pub use explored::{Explored, Found, Settings};
pub use memo::explore;
pub use model::{Exploration, properties};
pub use onward::onward;
pub use plain::explore_plainly;
pub use round::{round, round_steps};
pub use simplest::{acting, faults, simplest};
pub use walk::{Onlooker, walk};
