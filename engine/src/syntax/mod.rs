//! How commands are spelled: argument vectors read as a server reads them, and written again.
//!
//! One file per family holds both directions side by side. Reading checks what the arguments alone can tell; what
//! depends on the keys is left to `run/`. Where a server looks at the keys before it
//! reads all options, the refusal says what it looks at (`lookup.rs`). Read next: `numbers.rs` and `ids.rs`, which the
//! families share.

mod argv;
mod claim;
mod cluster;
mod commands;
mod databases;
mod delete;
mod finding;
mod group;
mod ids;
mod info;
mod inspect;
mod keys;
mod list;
mod lookup;
mod members;
mod messaging;
mod numbers;
mod read;
mod scan;
mod seconds;
mod set_id;
mod sets;
mod spec;
mod stream;
mod strings;
mod writes;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub(crate) use commands::known;
pub(crate) use databases::OUT_OF_RANGE;
pub(crate) use delete::nothing_deleted;
pub(crate) use ids::parse_id;
pub(crate) use lookup::{Kind, Lookup};
pub(crate) use writes::writes;

use crate::errors::{fixed, quoting, shown, wrong_arity};
use crate::{Bytes, Command, Millis, Reply};
use argv::Argv;
use spec::Spec;

const EXEC_ARITY: Reply =
    fixed("EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command");

/// Why an argument vector is no command.
pub(crate) enum Refusal {
    /// Unknown, or the wrong number of arguments: a server notices before it queues, so that EXEC aborts.
    Rejected(Reply),
    /// The wrong number of arguments of EXEC itself: the transaction is over.
    RejectedExec(Reply),
    /// Wrong in itself: a server notices as it executes, inside MULTI not before EXEC.
    Failed {
        /// The command's, with its subcommand's.
        name: &'static str,
        failure: Failure,
    },
}

/// An error in the arguments of a command, and what a server looks up before it notices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Failure {
    /// A time to wait that the clock may not allow, which is told first.
    pub(crate) block_ms: Option<Millis>,
    pub(crate) lookups: Vec<Lookup>,
    /// Whether it looks up as a command does that only reads, which is told of when there is no key.
    pub(crate) reads: bool,
    /// Whether it would write.
    pub(crate) writes: bool,
    /// All of them.
    pub(crate) argv: Vec<Bytes>,
    pub(crate) error: Reply,
}

impl Command {
    /// Reads an argument vector as a server does.
    ///
    /// # Errors
    /// With the error that the server would answer.
    ///
    /// ```
    /// use redelivery_engine::{Bytes, Command};
    /// let argv = ["xlen", "orders"].map(Bytes::from);
    /// assert_eq!(Command::parse(&argv), Ok(Command::XLen { key: "orders".into() }));
    /// ```
    pub fn parse(argv: &[Bytes]) -> Result<Self, Reply> {
        parse(argv).map_err(|refusal| match refusal {
            Refusal::Rejected(reply) | Refusal::RejectedExec(reply) => reply,
            Refusal::Failed { failure, .. } => failure.error,
        })
    }

    /// The argument vector: `parse` of it gives the command again, if any argument vector gives it.
    pub fn to_argv(&self) -> Vec<Bytes> {
        let mut argv = Argv::default();
        commands::write(self, &mut argv);
        argv.into()
    }
}

/// Reads an argument vector, and tells the two kinds of refusal apart.
pub(crate) fn parse(argv: &[Bytes]) -> Result<Command, Refusal> {
    let Some((name, args)) = argv.split_first() else {
        return Err(Refusal::Rejected(unknown(b"", &[])));
    };
    let Some(spec) = finding::find(name) else {
        return Err(Refusal::Rejected(unknown(name, args)));
    };
    if !spec.accepts(argv.len()) {
        return Err(match spec.name {
            "exec" => Refusal::RejectedExec(EXEC_ARITY),
            name => Refusal::Rejected(wrong_arity(name)),
        });
    }
    if spec.subcommands.is_empty() {
        return read(spec, argv);
    }
    let Some(subcommand) = spec.subcommand(&args[0]) else {
        let end = format!("'. Try {} HELP.", spec.name.to_ascii_uppercase());
        let error = quoting(&[b"ERR unknown subcommand '", &args[0], end.as_bytes()]);
        return Err(Refusal::Rejected(error));
    };
    if !subcommand.accepts(argv.len()) {
        return Err(Refusal::Rejected(wrong_arity(subcommand.name)));
    }
    read(subcommand, argv)
}

fn read(spec: &Spec, argv: &[Bytes]) -> Result<Command, Refusal> {
    let args = &argv[1..];
    (spec.parse)(args).map_err(|error| {
        let lookups = lookup::before(&error, spec.name, args);
        let block_ms = match spec.name {
            "xread" => read::block_until_error(args, false),
            "xreadgroup" => read::block_until_error(args, true),
            _ => None,
        };
        let failure = Failure {
            block_ms,
            lookups,
            reads: lookup::reads(spec.name),
            writes: writes::writes(spec.name),
            argv: argv.to_vec(),
            error,
        };
        let name = spec.name;
        Refusal::Failed { name, failure }
    })
}

/// A command's name as errors tell it: in lower case, with its subcommand as in `xgroup|create`.
pub(crate) fn name_of(command: &Command) -> String {
    let argv = command.to_argv();
    let spec = argv.first().and_then(|name| finding::find(name));
    let subcommand = spec.and_then(|spec| spec.subcommand(argv.get(1)?));
    let name = subcommand.or(spec).map_or("", |spec| spec.name);
    name.into()
}

/// The names of all commands, in lower case.
#[cfg(test)]
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    commands::names()
}

/// Whether an argument is this word, in upper or lower case.
fn is(arg: &[u8], word: &str) -> bool {
    arg.eq_ignore_ascii_case(word.as_bytes())
}

/// The server quotes up to 128 bytes of the name and of the arguments.
fn unknown(name: &[u8], args: &[Bytes]) -> Reply {
    const QUOTED_MAX: usize = 128;
    let mut quoted = Vec::new();
    for arg in args {
        let Some(left) = QUOTED_MAX.checked_sub(quoted.len()).filter(|&left| left > 0) else {
            break;
        };
        quoted.push(b'\'');
        quoted.extend(shown(&arg[..arg.len().min(left)]));
        quoted.extend(b"' ");
    }
    let name = &name[..name.len().min(QUOTED_MAX)];
    quoting(&[
        b"ERR unknown command '",
        name,
        b"', with args beginning with: ",
        &quoted,
    ])
}

/// After a subcommand's options; it is repeated as it was written.
fn subcommand_syntax(container: &str, subcommand: &[u8]) -> Reply {
    let end = format!("'. Try {container} HELP.");
    quoting(&[
        b"ERR unknown subcommand or wrong number of arguments for '",
        subcommand,
        end.as_bytes(),
    ])
}

#[cfg(test)]
mod tests {
    use super::commands::COMMANDS;
    use super::*;

    /// So many arguments after the name, of which one is a subcommand's.
    fn argv(spec: &Spec, argc: usize) -> Vec<Bytes> {
        let words = spec.name.split('|').map(Bytes::from);
        words
            .chain(core::iter::repeat_n(Bytes::from("1"), argc))
            .take(argc)
            .collect()
    }

    #[test]
    fn a_wrong_number_of_arguments_is_told_of_each_command() {
        for spec in COMMANDS
            .iter()
            .flat_map(|spec| core::iter::once(spec).chain(spec.subcommands))
        {
            let wrong = (1..20).filter(|&argc| !spec.accepts(argc) && argc > spec.name.matches('|').count());
            for argc in wrong.collect::<Vec<_>>() {
                let Err(refusal) = Command::parse(&argv(spec, argc)) else {
                    panic!("{} takes {argc} arguments", spec.name);
                };
                let expected = match spec.name {
                    "exec" => EXEC_ARITY,
                    name => wrong_arity(name),
                };
                assert_eq!(refusal, expected, "{argc}");
            }
        }
    }

    #[test]
    fn numbers_at_the_ends_of_their_range_make_nothing_fail() {
        let ends = [
            "-9223372036854775808",
            "9223372036854775807",
            "18446744073709551615",
            "-1",
            "0",
            "",
        ];
        for spec in COMMANDS
            .iter()
            .flat_map(|spec| core::iter::once(spec).chain(spec.subcommands))
        {
            for argc in (1..9).filter(|&argc| spec.accepts(argc)) {
                for (end, place) in ends.iter().flat_map(|end| (1..argc).map(move |place| (end, place))) {
                    let mut argv = argv(spec, argc);
                    argv[place] = Bytes::from(*end);
                    let mut broker = crate::Broker::new();
                    let reply = broker.apply_argv(crate::ClientId(0), &argv, u64::MAX);
                    let waits = broker.is_blocked(crate::ClientId(0));
                    assert_eq!(reply.is_none(), waits, "{argv:?}");
                }
            }
        }
    }
}
