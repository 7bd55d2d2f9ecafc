//! Commands spoilt in one place: a word too many, too few, or another; and other letter cases, which spoil names only.

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
    Truncate,
    Swap,
    LowerCase,
    MixedCase,
    Empty,
    AnyBytes,
}

/// A command of `command`, spoilt.
pub(super) fn mangled(command: Words) -> Words {
    use Damage::{AnyBytes, Append, Drop, Empty, LowerCase, MixedCase, Repeat, Replace, Swap, Truncate};
    let damage = prop::sample::select(vec![
        Drop, Truncate, Repeat, Replace, Append, Swap, LowerCase, MixedCase, Empty, AnyBytes,
    ]);
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
        Damage::Truncate => words.truncate(index),
        Damage::Swap => {
            let next = (index + 1) % words.len();
            words.swap(index, next);
        }
        Damage::LowerCase => words = in_case(&words, |_, byte| byte.to_ascii_lowercase()),
        Damage::MixedCase => {
            words = in_case(
                &words,
                |at, byte| if at % 2 == 0 { byte } else { byte.to_ascii_lowercase() },
            );
        }
        Damage::AnyBytes => words[index] = Word::Text(b"\xff\0\r\n"[..].into()),
        Damage::Empty => words[index] = "".into(),
    }
    // A command without any word cannot be sent; SYNC, left over from FLUSHALL, makes a replica of the client; and what
    // SPOP takes of many members is the server's own choice.
    let is_sync = |word: &Word| matches!(word, Word::Text(text) if text.eq_ignore_ascii_case(b"SYNC"));
    let is_spop = |word: &Word| matches!(word, Word::Text(text) if text.eq_ignore_ascii_case(b"SPOP"));
    match words.first() {
        None => vec!["bogus".into()],
        Some(first) if is_sync(first) || is_spop(first) => vec!["bogus".into()],
        Some(_) => words,
    }
}

/// Every text with each of its bytes changed so.
fn in_case(words: &[Word], change: impl Fn(usize, u8) -> u8) -> Vec<Word> {
    let changed = |word: &Word| match word {
        Word::Text(text) => {
            let bytes: Vec<u8> = text.iter().enumerate().map(|(at, &byte)| change(at, byte)).collect();
            Word::Text(bytes.into())
        }
        Word::Auto(nth) => Word::Auto(*nth),
    };
    words.iter().map(changed).collect()
}
