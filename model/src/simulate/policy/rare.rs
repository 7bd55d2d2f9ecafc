//! Rare choices of clients: each seed draws which of those that the scenario names it has at all, and how rare they are; then
//! before each request whether its client asks otherwise, and how.
//!
//! Every policy has them, since they are nobody's fault. They have a stream of their own: where a scenario names none, nothing
//! is drawn, and seeds mean what they meant. What was chosen is an action of the schedule, so that a replay needs no
//! seed. Read next: `client::choice` for what may be chosen.

use crate::client::{Choice, Request};
use crate::setup::Setup;
use crate::simulate::random::{Purpose, Stream};

/// The choices of one run.
#[derive(Clone, Debug)]
pub(in crate::simulate) struct Rare {
    stream: Stream,
    choices: Vec<Choice>,
    /// Before one request in so many, of those that could be asked otherwise.
    rarity: u64,
}

impl Rare {
    /// Those of a seed; nothing where there are none to draw.
    pub(in crate::simulate) fn of(setup: &Setup, seed: u64) -> Option<Self> {
        if setup.choices.is_empty() {
            return None;
        }
        let mut stream = Stream::new(seed, Purpose::Choices);
        let choices = setup.choices.iter().copied().filter(|_| stream.one_in(2)).collect();
        let rarity = 1 << (1 + stream.below(5));
        Some(Self {
            stream,
            choices,
            rarity,
        })
    }

    /// What a client does in place of asking this.
    pub(in crate::simulate) fn instead_of(&mut self, request: &Request) -> Option<Choice> {
        let possible = |choice: &Choice| choice.instead(request).is_some();
        let possible: Vec<Choice> = self.choices.iter().copied().filter(possible).collect();
        if possible.is_empty() || !self.stream.one_in(self.rarity) {
            return None;
        }
        Some(possible[self.stream.index(possible.len())])
    }

    /// What was drawn.
    pub(super) fn drawn(&self) -> (&'static str, String) {
        let names: Vec<&str> = self.choices.iter().map(|choice| choice.name()).collect();
        let drawn = match names.as_slice() {
            [] => "none".to_owned(),
            names => format!("{}, before one request in {}", names.join(", "), self.rarity),
        };
        ("rare choices", drawn)
    }
}

#[cfg(test)]
mod tests {
    use redelivery_engine::{Bytes, Command};

    use super::*;

    #[test]
    fn each_seed_has_some_of_them_and_makes_them_now_and_then() {
        let setup = Setup {
            choices: Choice::ALL.into(),
            ..Setup::default()
        };
        let line = "XREADGROUP GROUP g c COUNT 10 BLOCK 5000 STREAMS s >";
        let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
        let request = Request::One(Command::parse(&argv).expect("a command"));
        let made = |seed| {
            let mut rare = Rare::of(&setup, seed).expect("there is something to draw");
            let made: Vec<Choice> = (0..100).filter_map(|_| rare.instead_of(&request)).collect();
            assert!(made.iter().all(|choice| rare.choices.contains(choice)), "{made:?}");
            (rare.choices, made.len())
        };
        let all: Vec<(Vec<Choice>, usize)> = (0..64).map(made).collect();
        for choice in Choice::ALL {
            let with = all.iter().filter(|(choices, _)| choices.contains(&choice)).count();
            assert!((16..=48).contains(&with), "{choice:?} in {with} of 64 seeds");
        }
        assert!(all.iter().any(|(choices, _)| choices.is_empty()));
        assert!(all.iter().any(|(_, made)| (1..20).contains(made)) && all.iter().any(|(_, made)| *made > 20));
    }

    #[test]
    fn where_none_is_named_none_is_drawn() {
        assert!(Rare::of(&Setup::default(), 7).is_none());
    }
}
