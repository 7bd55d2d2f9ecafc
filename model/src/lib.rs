//! Being built.
pub mod check;
pub mod defect;
pub mod event;
pub mod occurrence;
pub mod setup;
pub mod simulate;
