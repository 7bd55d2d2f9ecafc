//! Being built.
pub mod corpus;
pub mod language;
pub mod live;
pub mod outcome;
pub mod run;
pub mod scenario;

pub use scenario::Scenario;
