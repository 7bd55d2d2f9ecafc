//! Being built.
pub mod check;
pub mod defect;
pub mod occurrence;
pub mod setup;
pub mod simulate;
