//! Transactions that get to their end.

use proptest::prelude::*;

use super::{Words, line, sometimes, words};
use crate::step::{Step, Word};

/// What is between MULTI and its end: the client's own commands, and what others do meanwhile.
#[derive(Clone, Debug)]
pub(super) enum Between {
    Own(Vec<Word>),
    Others(Step),
}

impl From<Vec<Word>> for Between {
    fn from(words: Vec<Word>) -> Self {
        Self::Own(words)
    }
}

/// What comes before MULTI.
#[derive(Debug)]
pub(super) struct Before {
    /// Sent by the same client; perhaps nothing.
    own: Words,
    /// Done by anybody after that.
    then: BoxedStrategy<Option<Step>>,
}

impl Before {
    /// Nothing.
    pub(super) fn nothing() -> Self {
        Self::own(Just(Vec::new()).boxed())
    }

    /// This, if it is anything.
    pub(super) fn own(own: Words) -> Self {
        let then = Just(None).boxed();
        Self { own, then }
    }

    /// In some cases WATCH, and in some of all something that may touch what is watched.
    pub(super) fn watching(probability: f64, step: impl Strategy<Value = Step> + 'static) -> Self {
        Self {
            own: sometimes(2, line!["WATCH", super::some(words::any_key(), 1..=2)]),
            then: proptest::option::weighted(probability, step).boxed(),
        }
    }
}

/// MULTI, something between, and the end.
pub(super) fn transaction<T: Into<Between> + std::fmt::Debug>(
    client: impl Strategy<Value = usize>,
    before: Before,
    between: impl Strategy<Value = Vec<T>>,
    end: Words,
) -> impl Strategy<Value = Vec<Step>> {
    (client, before.own, before.then, between, end).prop_map(|(client, own, then, between, end)| {
        let sent = |words: Vec<Word>| Step::Command { client, words };
        let own = (!own.is_empty()).then(|| sent(own));
        let between = between.into_iter().map(|between| match between.into() {
            Between::Own(words) => sent(words),
            Between::Others(step) => step,
        });
        let multi = own.into_iter().chain(then).chain([sent(vec!["MULTI".into()])]);
        multi.chain(between).chain([sent(end)]).collect()
    })
}
