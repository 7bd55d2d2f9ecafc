//! Random scripts: few keys, groups, consumers and IDs, so that everything collides.
//!
//! `words` is the vocabulary, `streams`, `groups` and `keys` the commands; `mangle` spoils some of them, for the errors.
//! It never generates what the engine leaves out (`~` trims, XINFO STREAM FULL, PEXPIRE's options).

mod groups;
mod keys;
mod mangle;
mod streams;
mod words;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;

use crate::golden::parse_step;
use crate::step::{EXPIRER, Step, Word};

/// The most steps of a script beyond its beginning.
const STEPS_MAX: usize = 40;

/// Where most interesting scripts begin.
const BEGINNING: &str = "\
A> XGROUP CREATE s g 0 MKSTREAM
A> XADD s 1-0 f v
A> XADD s 1-1 f v
A> XADD s 2-0 f v
A> XADD s 3-0 f v
A> XREADGROUP GROUP g a COUNT 2 STREAMS s >
B> XREADGROUP GROUP g b COUNT 1 STREAMS s >";

/// A script.
pub(crate) fn script() -> impl Strategy<Value = Vec<Step>> {
    let beginning: Vec<Step> = BEGINNING.lines().filter_map(parse_step).collect();
    let len = beginning.len();
    (subsequence(beginning, 0..=len), vec(step(), 1..=STEPS_MAX))
        .prop_map(|(beginning, steps)| [beginning, steps].concat())
}

fn step() -> impl Strategy<Value = Step> {
    let command = prop_oneof![12 => groups::command(), 7 => streams::command(), 3 => keys::command()].boxed();
    let command = prop_oneof![19 => command.clone(), 1 => mangle::mangled(command)];
    prop_oneof![
        60 => (client(), command).prop_map(|(client, words)| Step::Command { client, words }),
        1 => words::key_text().prop_map(|key| Step::Expire { key }),
        1 => client().prop_map(|client| Step::TimeOut { client }),
        1 => client().prop_map(|client| Step::Disconnect { client }),
    ]
}

/// Mostly one client, so that transactions get anywhere.
fn client() -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(0), 2 => 1..EXPIRER]
}

/// Arguments of one command.
type Words = BoxedStrategy<Vec<Word>>;

/// One part after the other.
fn join(parts: Vec<Words>) -> Words {
    parts.prop_map(|parts| parts.concat()).boxed()
}

/// A part, in one of so many cases.
fn sometimes(one_in: u32, part: Words) -> Words {
    prop_oneof![one_in - 1 => Just(Vec::new()), 1 => part].boxed()
}

/// A word as it is; several when there are spaces.
fn text(words: &str) -> Words {
    Just(words.split_whitespace().map(Word::from).collect::<Vec<_>>()).boxed()
}

/// Some of these words.
fn some(part: Words, count: std::ops::RangeInclusive<usize>) -> Words {
    vec(part, count).prop_map(|parts| parts.concat()).boxed()
}

/// One of these texts, which may have several words.
fn one_of(texts: &'static [&'static str]) -> Words {
    prop::sample::select(texts)
        .prop_map(|text| text.split_whitespace().map(Word::from).collect())
        .boxed()
}

/// `line!["GET", words::key()]`
macro_rules! line {
    ($($part:expr),+ $(,)?) => {
        $crate::generate::join(vec![$($crate::generate::Part::from($part).0),+])
    };
}
use line;

/// What `line!` takes: a strategy or a text.
struct Part(Words);

impl From<&str> for Part {
    fn from(words: &str) -> Self {
        Self(text(words))
    }
}

impl From<Words> for Part {
    fn from(words: Words) -> Self {
        Self(words)
    }
}
