//! The language's own kinds of values: durations, spans of them, bounded numbers, words that are no enum.

mod begin;
mod duration;
mod follow;
mod number;
mod version;

pub(super) use begin::Begin;
pub(super) use duration::{Block, Duration, MAX_HELP, MAX_MS, Stretch, duration};
pub(super) use follow::Follow;
pub(super) use number::Number;
pub(super) use version::Version;
