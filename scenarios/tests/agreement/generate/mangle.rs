//! Commands spoilt in one place: a word too many, too few, or another; and the lower case, which is none.

use proptest::prelude::*;
use proptest::sample::Index;

use super::Words;
use crate::step::Word;

#[derive(Clone, Copy, Debug)]
enum Damage {
    Drop,
    Repeat,
    Replace,
    Append,
    LowerCase,
    Empty,
}

/// A command of `command`, spoilt.
pub(super) fn mangled(command: Words) -> Words {
    use Damage::{Append, Drop, Empty, LowerCase, Repeat, Replace};
    let damage = prop::sample::select(vec![Drop, Drop, Repeat, Replace, Append, LowerCase, Empty]);
    (command, damage, any::<Index>())
        .prop_map(|(words, damage, index)| mangle(words, damage, index))
        .boxed()
}

fn mangle(mut words: Vec<Word>, damage: Damage, index: Index) -> Vec<Word> {
    let index = index.index(words.len());
    match damage {
        Damage::Drop => drop(words.remove(index)),
        Damage::Repeat => words.insert(index, words[index].clone()),
        Damage::Replace => words[index] = "bogus".into(),
        Damage::Append => words.push("bogus".into()),
        Damage::LowerCase => {
            words = words
                .iter()
                .map(|word| word.to_string().to_ascii_lowercase().as_str().into())
                .collect()
        }
        Damage::Empty => words[index] = "".into(),
    }
    // A command without any word cannot be sent, and SYNC, left over from FLUSHALL, makes a replica of the client.
    let is_sync = |word: &Word| matches!(word, Word::Text(text) if text.eq_ignore_ascii_case(b"SYNC"));
    match words.first() {
        None => vec!["bogus".into()],
        Some(first) if is_sync(first) => vec!["bogus".into()],
        Some(_) => words,
    }
}
