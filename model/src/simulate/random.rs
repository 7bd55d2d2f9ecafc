//! Named streams of randomness: ChaCha, drawn as whole `u64`s and sampled here, so that a seed means the same for ever.
//!
//! Source: Bernstein, "ChaCha, a variant of Salsa20", 2008; `rand_chacha` implements it, a known-answer test pins it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use redelivery_engine::Millis;

use crate::setup::Span;

/// What a stream is used for; streams of one seed know nothing of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Which of the things that are due happens first.
    Order,
    /// How long things take.
    Durations,
    /// Which faults happen, and when.
    Faults,
}

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of a seed for one purpose.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(purpose as u64);
        Self(rng)
    }

    /// A number below `bound`, which is not 0. Its bias, below `bound / 2^64`, is of no account here.
    pub fn below(&mut self, bound: u64) -> u64 {
        debug_assert!(bound > 0, "nothing is below 0");
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// An index into something of this length, which is not 0.
    pub fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// True once in so many times.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// A duration of the span, in milliseconds.
    pub fn within(&mut self, span: Span) -> Millis {
        let width = (span.max_ms - span.min_ms).saturating_add(1);
        span.min_ms + self.below(width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_mean_the_same_for_ever() {
        let draw = |seed, purpose| {
            let mut stream = Stream::new(seed, purpose);
            [stream.below(1_000), stream.below(1_000), stream.below(1_000)]
        };
        assert_eq!(draw(0, Purpose::Order), [836, 631, 232]);
        assert_eq!(draw(0, Purpose::Durations), [789, 817, 259]);
        assert_eq!(draw(7, Purpose::Faults), [10, 194, 900]);
    }

    #[test]
    fn spans_include_both_ends() {
        let mut stream = Stream::new(1, Purpose::Durations);
        let span = Span { min_ms: 3, max_ms: 5 };
        let drawn: Vec<_> = (0..200).map(|_| stream.within(span)).collect();
        assert!((3..=5).all(|ms| drawn.contains(&ms)));
        assert!(drawn.iter().all(|ms| (3..=5).contains(ms)));
    }
}
