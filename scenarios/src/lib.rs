//! Being built.
pub mod language;
pub mod live;
pub mod scenario;

pub use scenario::Scenario;
