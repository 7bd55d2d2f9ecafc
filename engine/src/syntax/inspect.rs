//! OBJECT and MEMORY.

use super::argv::Argv;
use super::spec::{Spec, spec};
use super::{is, numbers};
use crate::command::{Memory, Object};
use crate::errors::SYNTAX;
use crate::{Bytes, Command, Reply};

pub(super) const OBJECT: &[Spec] = &[
    spec("object|encoding", 3, |args| {
        Ok(Command::Object(Object::Encoding { key: args[1].clone() }))
    }),
    spec("object|refcount", 3, |args| {
        Ok(Command::Object(Object::RefCount { key: args[1].clone() }))
    }),
    spec("object|freq", 3, |args| {
        Ok(Command::Object(Object::Freq { key: args[1].clone() }))
    }),
    spec("object|help", 2, |_| Ok(Command::Object(Object::Help))),
];

pub(super) const MEMORY: &[Spec] = &[
    spec("memory|usage", -3, usage),
    spec("memory|help", 2, |_| Ok(Command::Memory(Memory::Help))),
];

/// `USAGE key [SAMPLES n]`.
fn usage(args: &[Bytes]) -> Result<Command, Reply> {
    let (key, mut options) = (args[1].clone(), &args[2..]);
    while let [word, number, rest @ ..] = options {
        if !is(word, "SAMPLES") {
            return Err(SYNTAX);
        }
        if numbers::integer(number)? < 0 {
            return Err(SYNTAX);
        }
        options = rest;
    }
    if options.is_empty() {
        Ok(Command::Memory(Memory::Usage { key }))
    } else {
        Err(SYNTAX)
    }
}

pub(super) fn write_object(object: &Object, argv: &mut Argv) {
    argv.word("OBJECT");
    match object {
        Object::Encoding { key } => argv.word("ENCODING").arg(key),
        Object::RefCount { key } => argv.word("REFCOUNT").arg(key),
        Object::Freq { key } => argv.word("FREQ").arg(key),
        Object::Help => argv.word("HELP"),
    };
}

pub(super) fn write_memory(memory: &Memory, argv: &mut Argv) {
    argv.word("MEMORY");
    match memory {
        Memory::Usage { key } => argv.word("USAGE").arg(key),
        Memory::Help => argv.word("HELP"),
    };
}
