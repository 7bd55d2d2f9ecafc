//! A command of the table: its name, and how many arguments it takes.

use super::is;
use crate::command::Known;
use crate::{Bytes, Command, Reply};

/// One command, or one subcommand.
pub(super) struct Spec {
    /// In lower case; a subcommand's is `container|subcommand`, as errors show it.
    pub(super) name: &'static str,
    arity: i32,
    /// Reads the arguments after the name; called only with as many as the arity allows.
    pub(super) parse: fn(&[Bytes]) -> Result<Command, Reply>,
    pub(super) subcommands: &'static [Spec],
}

impl Spec {
    pub(super) fn known(&self) -> Known {
        Known {
            name: self.name,
            arity: self.arity,
            subcommands: self.subcommands.iter().map(Self::known).collect(),
        }
    }

    pub(super) fn accepts(&self, argc: usize) -> bool {
        let wanted = self.arity.unsigned_abs() as usize;
        if self.arity < 0 { argc >= wanted } else { argc == wanted }
    }

    pub(super) fn subcommand(&self, word: &[u8]) -> Option<&'static Spec> {
        self.subcommands.iter().find(|candidate| is(word, candidate.word()))
    }

    /// The name without its container's.
    fn word(&self) -> &'static str {
        self.name.split_once('|').map_or(self.name, |(_, word)| word)
    }
}

pub(super) const fn spec(name: &'static str, arity: i32, parse: fn(&[Bytes]) -> Result<Command, Reply>) -> Spec {
    Spec {
        name,
        arity,
        parse,
        subcommands: &[],
    }
}

pub(super) const fn container(name: &'static str, subcommands: &'static [Spec]) -> Spec {
    Spec {
        name,
        arity: -2,
        // Never called: `super::parse` goes on to the subcommand.
        parse: |_| Err(crate::errors::SYNTAX),
        subcommands,
    }
}
