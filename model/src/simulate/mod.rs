//! Seeded runs in virtual time.

mod timing;

pub use timing::Timing;
