//! The language's own kinds of values: durations, spans of them, bounded numbers.

mod duration;
mod follow;
mod number;

pub(super) use duration::{Block, Duration, Stretch};
pub(super) use follow::Follow;
pub(super) use number::Number;
