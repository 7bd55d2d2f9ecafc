//! What a server looks up among the keys before it reads the rest of the arguments.
//!
//! Most commands check all their arguments first; these do not: `XACK none g x` answers 0, since there is no key, though
//! `x` is no ID. So an argument vector that is wrong in itself carries the lookups that come before its error. It never
//! sees a key; `run/refused.rs` does.

use alloc::vec;
use alloc::vec::Vec;

use super::{delete, group, read};
use crate::errors::{INVALID_ID, KEY_REQUIRED, NO_SUCH_KEY, SYNTAX, no_group, no_group_to_read, no_key_or_group};
use crate::{Bytes, Reply};

/// One key, of the one type, and one group of it if that is a stream, that must exist.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Lookup {
    pub(crate) key: Bytes,
    /// The answer when there is no such key; none: the server goes on to the next lookup.
    pub(crate) no_key: Option<Reply>,
    /// What it must hold.
    pub(crate) kind: Kind,
    /// A group, and the answer when the stream lacks it.
    pub(crate) group: Option<(Bytes, Reply)>,
}

/// What a looked up key must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Anything: what it is is asked later.
    Any,
    String,
    List,
    Stream,
}

impl Lookup {
    /// The same answer for no key and no group.
    fn either(key: &Bytes, group: &Bytes, reply: Reply) -> Self {
        let (key, group) = (key.clone(), group.clone());
        Self {
            key,
            no_key: Some(reply.clone()),
            kind: Kind::Stream,
            group: Some((group, reply)),
        }
    }

    fn key(key: &Bytes, no_key: Option<Reply>) -> Self {
        let key = key.clone();
        Self {
            key,
            no_key,
            kind: Kind::Stream,
            group: None,
        }
    }
}

/// The lookups that come before `error` in a command, or subcommand, of that name; `args` are those after the command.
pub(super) fn before(error: &Reply, name: &str, args: &[Bytes]) -> Vec<Lookup> {
    match (name, args) {
        ("xdel", [key, ..]) => vec![Lookup::key(key, Some(Reply::Integer(0)))],
        // The number of IDs is checked before the keys are, each ID after.
        ("xdelex", [key, rest @ ..]) => vec![Lookup::key(key, nothing_deleted(error, rest))],
        ("xackdel", [key, group, rest @ ..]) => match nothing_deleted(error, rest) {
            Some(answer) => vec![Lookup::either(key, group, answer)],
            None => vec![Lookup::key(key, None)],
        },
        ("xack", [key, group, ..]) => vec![Lookup::either(key, group, Reply::Integer(0))],
        ("xclaim", [key, group, ..]) => vec![Lookup::either(key, group, no_key_or_group(key, group))],
        ("xautoclaim", [key, ..]) => vec![Lookup {
            kind: Kind::Any,
            ..Lookup::key(key, None)
        }],
        ("xinfo|stream", [_, key, ..]) => vec![Lookup::key(key, Some(NO_SUCH_KEY))],
        // The options come first, how many they are and the ID last.
        ("xgroup|create", [_, key, ..]) => match group::options(args) {
            Ok((make_stream, _)) => vec![Lookup::key(key, (!make_stream).then_some(KEY_REQUIRED))],
            Err(_) => Vec::new(),
        },
        ("xgroup|setid", [_, key, group, ..]) if group::options(args).is_ok() => vec![Lookup {
            key: key.clone(),
            no_key: Some(KEY_REQUIRED),
            kind: Kind::Stream,
            group: Some((group.clone(), no_group(key, group))),
        }],
        ("lindex", [key, ..]) => vec![Lookup {
            kind: Kind::List,
            ..Lookup::key(key, Some(Reply::Null))
        }],
        ("lset", [key, ..]) => vec![Lookup {
            kind: Kind::List,
            ..Lookup::key(key, Some(NO_SUCH_KEY))
        }],
        // The options come first, the number last.
        ("getex", [key, ..]) if *error != SYNTAX => vec![Lookup {
            kind: Kind::String,
            ..Lookup::key(key, Some(Reply::Null))
        }],
        // Each stream's type is checked just before its ID is read.
        ("xread", args) => read::keys_until_error(args)
            .iter()
            .map(|key| Lookup::key(key, None))
            .collect(),
        // Each stream's group is looked up just before its ID is read.
        ("xreadgroup", args) => match read::streams_until_error(args) {
            Some((group, keys)) => {
                let lookup = |key| Lookup::either(key, group, no_group_to_read(key, group));
                keys.iter().map(lookup).collect()
            }
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Whether a command of that name looks its keys up as one that only reads.
pub(super) fn reads(name: &str) -> bool {
    matches!(
        name,
        "xack" | "xackdel" | "xautoclaim" | "xclaim" | "xinfo|stream" | "lindex" | "getex" | "xread" | "xreadgroup"
    )
}

/// What XDELEX and XACKDEL answer for want of a stream when only an ID is wrong.
fn nothing_deleted(error: &Reply, args: &[Bytes]) -> Option<Reply> {
    (*error == INVALID_ID).then(|| delete::nothing_deleted(delete::count(args)))
}
