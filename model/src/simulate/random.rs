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
    /// What a policy draws before a run.
    Policy,
    /// From which run a guided search branches off, and where.
    Guidance,
    /// What clients do otherwise than they intend, and when.
    Choices,
}

/// A part of each span: the first of two is its lower half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lean {
    /// From 0.
    pub part: u64,
    /// So many parts; at least 1.
    pub of: u64,
}

impl Default for Lean {
    /// All of it.
    fn default() -> Self {
        Self { part: 0, of: 1 }
    }
}

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha8Rng, Lean);

impl Stream {
    /// The stream of a seed for one purpose.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(purpose as u64);
        Self(rng, Lean::default())
    }

    /// A whole number, to be read bit by bit.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// From now on durations are drawn from this part of their spans.
    pub fn lean(&mut self, lean: Lean) {
        self.1 = lean;
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
        let Lean { part, of } = self.1;
        if of == 1 {
            return span.min_ms + self.below(width);
        }
        let edge = |part: u64| (u128::from(width) * u128::from(part) / u128::from(of)) as u64;
        let (from, to) = (edge(part), edge(part + 1));
        // Where there are more parts than moments, some parts have none.
        span.min_ms + (from + self.below((to - from).max(1))).min(width - 1)
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
    fn who_leans_draws_from_a_part() {
        let mut stream = Stream::new(1, Purpose::Durations);
        let span = Span { min_ms: 10, max_ms: 19 };
        for (part, of, expected) in [(0, 2, 10..=14), (1, 2, 15..=19), (2, 3, 16..=19), (29, 30, 19..=19)] {
            stream.lean(Lean { part, of });
            let drawn: Vec<_> = (0..200).map(|_| stream.within(span)).collect();
            assert!(expected.clone().all(|ms| drawn.contains(&ms)), "{part} of {of}");
            assert!(drawn.iter().all(|ms| expected.contains(ms)), "{part} of {of}");
        }
        let narrow = Span { min_ms: 3, max_ms: 3 };
        assert_eq!(stream.within(narrow), 3);
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
